//! How many more seeds would decide a claim that is not decidable.

use crate::spaced::spaced;
use crate::statistics::{Part, Verdict, is_significant};

/// One statistic that refutes a claim decides it; else it takes all that are open. A question takes all.
pub(super) fn seeds(parts: &[Part]) -> Option<u64> {
    let counted = parts.iter().filter(|part| part.p.is_some()).count();
    let outlooks: Vec<(&Part, Option<(u64, Verdict)>)> = parts
        .iter()
        .filter(|part| is_open(part))
        .map(|part| (part, part.outlook.and_then(|outlook| outlook.more_seeds(counted.max(1)))))
        .collect();
    let against = outlooks.iter().filter_map(|(part, outlook)| {
        outlook.filter(|(_, verdict)| part.p.is_some() && *verdict != Verdict::Reproduced)
    });
    let first = against.map(|(seeds, _)| seeds).min();
    let all = || outlooks.iter().map(|(_, outlook)| Some((*outlook)?.0)).collect::<Option<Vec<u64>>>();
    first.or_else(|| all()?.into_iter().max())
}

/// Neither as claimed, nor refuted by Holm, nor an answer.
fn is_open(part: &Part) -> bool {
    let is_said =
        matches!(part.verdict, Verdict::Reproduced | Verdict::Yes | Verdict::No | Verdict::Measured);
    !is_said && !part.p_holm.is_some_and(is_significant)
}

/// `about 12 more seeds`: two digits are more than anybody knows.
pub(super) fn words(seeds: u64) -> String {
    let mut step = 1;
    while seeds.div_ceil(step) >= 100 {
        step *= 10;
    }
    let about = seeds.div_ceil(step) * step;
    format!("about {} more seed{}", spaced(about), if about == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{BySeed, POINTS, answer, in_every_seed, ordering};
    use crate::verdict::Claim;

    fn difference(values: &[f64]) -> Part {
        let values: BySeed = (1..).zip(values.iter().copied()).collect();
        ordering("s", &values, POINTS)
    }

    /// 17 more seeds decide it alone (see `outlook`).
    fn open() -> Part {
        difference(&[-2.0, 0.0, 1.0, 2.0, 4.0])
    }

    fn against() -> Part {
        difference(&[2.0, 0.0, -1.0, -2.0, -4.0])
    }

    fn more(parts: Vec<Part>) -> Option<u64> {
        Claim::new("C", "", Some(parts)).more_seeds
    }

    #[test]
    fn a_claim_takes_the_seeds_of_the_statistic_that_needs_most_unless_one_refutes_it_before() {
        // Half the mean at the same spread; scipy: stats.t.ppf(0.975, n - 1)·sd/√n < 0.5 from 80 seeds on.
        let wider = difference(&[-2.5, -0.5, 0.5, 1.5, 3.5]);
        assert_eq!(more(vec![open(), wider.clone()]), Some(75));
        // Among ten statistics a tenth of 5 % counts: from 44 seeds on, by scipy's stats.t.sf.
        let ten = [vec![wider, against()], vec![difference(&[1.0, 2.0, 1.5]); 8]].concat();
        assert_eq!(more(ten), Some(39));
    }

    #[test]
    fn what_is_decided_or_no_seed_decides_has_no_number() {
        let holds = difference(&[2.0, 2.5, 3.0]);
        let some = in_every_seed("", &[(1, 0.0), (2, 1.0)].into());
        assert_eq!(more(vec![holds.clone()]), None);
        assert_eq!(more(vec![holds.clone(), some.clone()]), None);
        assert_eq!(more(vec![open(), some]), None);
        assert_eq!(more(vec![difference(&[5.0])]), None);
        assert_eq!(more(vec![answer(open())]), Some(17));
    }

    #[test]
    fn a_number_of_seeds_has_two_digits_rounded_up() {
        let told = [1, 12, 99, 100, 101, 4_321, 999_999].map(words).map(|words| words.replace('\u{a0}', " "));
        assert_eq!(told[0], "about 1 more seed");
        let expected = ["12", "99", "100", "110", "4 400", "1 000 000"];
        assert!(
            told[1..].iter().zip(expected).all(|(words, n)| *words == format!("about {n} more seeds")),
            "{told:?}"
        );
    }
}
