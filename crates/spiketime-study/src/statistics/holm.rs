//! Many statistics of one claim: which of them refute it, if any of them could by chance?

use super::Part;

/// How often a claim that holds may be called refuted.
const LEVEL: f64 = 0.05;

/// Is it refuted at 5 %?
#[must_use]
pub fn is_significant(p: f64) -> bool {
    p <= LEVEL
}

/// The statistics of one claim, with what Holm makes of their p.
#[must_use]
pub fn with_holm(parts: Vec<Part>) -> Vec<Part> {
    let mut adjusted = adjusted(&parts.iter().filter_map(|part| part.p).collect::<Vec<f64>>()).into_iter();
    let with_holm = |part: Part| Part { p_holm: part.p.and_then(|_| adjusted.next()), ..part };
    parts.into_iter().map(with_holm).collect()
}

/// Holm's adjusted p: the k-th smallest of m counts m − k + 1 times, and no less than a smaller one.
///
/// Whatever depends on what: of claims that hold, at most 5 % have one that is 5 % or less.
fn adjusted(p: &[f64]) -> Vec<f64> {
    let mut ascending: Vec<usize> = (0..p.len()).collect();
    ascending.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let (mut adjusted, mut largest) = (vec![1.0; p.len()], 0.0_f64);
    for (smaller, index) in ascending.into_iter().enumerate() {
        largest = largest.max((p.len() - smaller) as f64 * p[index]).min(1.0);
        adjusted[index] = largest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Verdict;

    fn part(p: Option<f64>) -> Part {
        let verdict = Verdict::NotDecidable;
        Part {
            statistic: String::new(),
            images: None,
            report: None,
            ours: 0.0,
            interval: None,
            seeds: 5,
            p,
            p_holm: None,
            verdict,
            more_seeds: None,
            outlook: None,
        }
    }

    #[test]
    fn holm_adjusts_as_in_the_literature() {
        // The example of Wikipedia's "Holm–Bonferroni method", by hand: 4 · 0.005, 3 · 0.01, 2 · 0.03, and 0.04 no less
        // than that. statsmodels' multipletests(…, method="holm") gives the same for both rows.
        for (p, expected) in [
            (vec![0.01, 0.04, 0.03, 0.005], vec![0.03, 0.06, 0.06, 0.02]),
            (vec![0.000_01, 0.000_1, 0.001, 0.000_5, 0.04], vec![0.000_05, 0.000_4, 0.002, 0.001_5, 0.04]),
            (vec![0.4, 0.6], vec![0.8, 0.8]),
            (vec![0.9, 0.7], vec![1.0, 1.0]),
        ] {
            let off = |(ours, theirs): (f64, f64)| (ours - theirs).abs();
            assert!(adjusted(&p).into_iter().zip(expected).all(|pair| off(pair) < 1e-15), "{p:?}");
        }
    }

    #[test]
    fn what_says_nothing_about_the_claim_is_not_counted_by_holm() {
        let parts = with_holm(vec![part(Some(0.02)), part(None), part(Some(0.5))]);
        let p_holm: Vec<Option<f64>> = parts.into_iter().map(|part| part.p_holm).collect();
        assert_eq!(p_holm, [Some(0.04), None, Some(0.5)]);
    }

    #[test]
    fn five_percent_refutes_and_more_does_not() {
        assert!(is_significant(0.05) && !is_significant(0.050_001));
    }
}
