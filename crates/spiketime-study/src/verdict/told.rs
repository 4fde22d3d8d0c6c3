//! A claim of many statistics in one line that can be read alone: where it holds, where it fails, how often.

use std::collections::BTreeSet;

use crate::spaced::spaced;
use crate::statistics::{Part, Verdict, is_significant};

/// So many are named; more are counted.
const NAMED: usize = 2;

/// `holds from 2 000 images on, 20 of 23; 3 undecided`; nothing for a single statistic, whose verdict is the claim's.
#[must_use]
pub fn told(parts: &[Part]) -> Option<String> {
    let judged: Vec<&Part> = parts.iter().filter(|part| part.verdict != Verdict::Measured).collect();
    let all = judged.len();
    if all < 2 {
        return None;
    }
    let is_question = judged.iter().any(|part| matches!(part.verdict, Verdict::Yes | Verdict::No));
    Some(if is_question { answered(&judged) } else { claimed(&judged) })
}

fn claimed(judged: &[&Part]) -> String {
    let all = judged.len();
    let (holding, failing): (Vec<&Part>, Vec<&Part>) =
        judged.iter().partition(|part| part.verdict == Verdict::Reproduced);
    if failing.is_empty() {
        return format!("holds in all {all}");
    }
    let is_refuted = |part: &&Part| part.p_holm.is_some_and(is_significant);
    let (refuted, undecided): (Vec<&Part>, Vec<&Part>) = failing.iter().partition(|part| is_refuted(part));
    let share = format!("{} of {all}", holding.len());
    let head =
        span(judged, &failing).map_or_else(|| format!("holds in {share}"), |span| format!("{span}, {share}"));
    let tails = [("refuted", refuted), ("undecided", undecided)].map(|(word, parts)| tail(word, &parts));
    [head].into_iter().chain(tails.into_iter().flatten()).collect::<Vec<_>>().join("; ")
}

/// Where all statistics hold, if that is one stretch of the training from its end or from its beginning.
fn span(judged: &[&Part], failing: &[&Part]) -> Option<String> {
    let points = |parts: &[&Part]| parts.iter().map(|part| part.images).collect::<Option<BTreeSet<u64>>>();
    let (all, failing) = (points(judged)?, points(failing)?);
    let (first, last) = (*failing.first()?, *failing.last()?);
    let (before, after) = (all.range(..first).next_back(), all.range(last + 1..).next());
    match (before, after) {
        (_, Some(&from)) => Some(format!("holds from {} images on", spaced(from))),
        (Some(&until), None) => Some(format!("holds up to {} images", spaced(until))),
        (None, None) => None,
    }
}

/// `3 undecided`, and where if they are few.
fn tail(word: &str, parts: &[&Part]) -> Option<String> {
    let names: Vec<&str> = parts.iter().map(|part| name(part)).collect();
    match names.len() {
        0 => None,
        count if count > NAMED => Some(format!("{count} {word}{}", stretch(parts))),
        _ => Some(format!("{word}: {}", names.join(" and "))),
    }
}

/// ` (after 900 to 3 000 images)`, where all of them look at one point each.
fn stretch(parts: &[&Part]) -> String {
    let points = parts.iter().map(|part| part.images).collect::<Option<BTreeSet<u64>>>().unwrap_or_default();
    match (points.first(), points.last()) {
        (Some(first), Some(last)) if first < last => {
            format!(" (after {} to {} images)", spaced(*first), spaced(*last))
        }
        (Some(only), _) => format!(" (after {} images)", spaced(*only)),
        _ => String::new(),
    }
}

/// The statistic without its unit.
fn name(part: &Part) -> &str {
    part.statistic.split(" [").next().unwrap_or(&part.statistic)
}

fn answered(judged: &[&Part]) -> String {
    let with = |verdict: Verdict| -> Vec<&Part> {
        judged.iter().copied().filter(|part| part.verdict == verdict).collect()
    };
    if [Verdict::Yes, Verdict::No].into_iter().any(|verdict| with(verdict).len() == judged.len()) {
        return format!("in all {}", judged.len());
    }
    let undecided = judged.len() - with(Verdict::Yes).len() - with(Verdict::No).len();
    let open = (undecided > 0).then(|| format!("{undecided} undecided"));
    let [yes, no] = [("yes", Verdict::Yes), ("no", Verdict::No)].map(|(word, v)| tail(word, &with(v)));
    [yes, no, open].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(images: Option<u64>, verdict: Verdict) -> Part {
        let p = if matches!(verdict, Verdict::Refuted) { 0.001 } else { 1.0 };
        let statistic = format!("accuracy after {} [points]", images.unwrap_or(0));
        Part {
            statistic,
            images,
            report: None,
            ours: 1.0,
            interval: None,
            seeds: 5,
            p: Some(p),
            p_holm: Some(p),
            verdict,
            more_seeds: None,
            outlook: None,
        }
    }

    const HOLDS: Verdict = Verdict::Reproduced;
    const OPEN: Verdict = Verdict::NotDecidable;

    fn line(points: &[(u64, Verdict)]) -> String {
        let parts: Vec<Part> = points.iter().map(|&(images, verdict)| part(Some(images), verdict)).collect();
        told(&parts).unwrap()
    }

    #[test]
    fn a_claim_says_where_it_holds_and_how_often() {
        assert_eq!(
            line(&[(300, OPEN), (900, HOLDS), (300, HOLDS), (900, HOLDS)]),
            "holds from 900 images on, 3 of 4; undecided: accuracy after 300"
        );
        assert_eq!(
            line(&[(300, HOLDS), (900, Verdict::Refuted), (2_000, OPEN)]),
            "holds up to 300 images, 1 of 3; refuted: accuracy after 900; undecided: accuracy after 2000"
        );
        assert_eq!(line(&[(300, HOLDS), (900, HOLDS)]), "holds in all 2");
        assert_eq!(
            line(&[(300, OPEN), (900, HOLDS), (2_000, OPEN)]),
            "holds in 1 of 3; undecided: accuracy after 300 and accuracy after 2000"
        );
        assert_eq!(
            line(&[(900, OPEN), (300, OPEN), (2_000, OPEN)]),
            "holds in 0 of 3; 3 undecided (after 300 to 2\u{a0}000 images)"
        );
        assert_eq!(line(&[(9, OPEN); 4]), "holds in 0 of 4; 4 undecided (after 9 images)");
    }

    #[test]
    fn a_question_says_for_what_it_is_answered_how() {
        assert_eq!(
            line(&[(1, Verdict::Yes), (2, Verdict::No), (3, OPEN), (4, Verdict::Measured)]),
            "yes: accuracy after 1; no: accuracy after 2; 1 undecided"
        );
        assert_eq!(line(&[(1, Verdict::No), (2, Verdict::No), (4, Verdict::Measured)]), "in all 2");
        assert_eq!(told(&[part(None, HOLDS)]), None);
    }
}
