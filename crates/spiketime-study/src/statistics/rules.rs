//! Each kind of statistic: what it is held against, and what is told of it.

use super::held::{Held, Side};
use super::outlook::Outlook;
use super::sample::{BySeed, Estimate, Limits, PERCENT, POINTS, Sample, mean, relative};
use super::{Part, Verdict};

/// Two curves are in line within this \[points\].
const IN_LINE_POINTS: f64 = 3.0;
/// Two costs are alike within this part of their mean \[%\].
const ALIKE_PERCENT: f64 = 10.0;
/// A difference of two positive numbers in percent of their mean.
const RELATIVE: Limits = [-200.0, 200.0];
/// More than this is most \[%\].
const MAJORITY_PERCENT: f64 = 50.0;

impl Part {
    fn new(statistic: &str, values: &BySeed, interval: Option<[f64; 2]>, verdict: Verdict) -> Part {
        let (statistic, ours, seeds) = (statistic.to_owned(), mean(values), values.len());
        let (images, report, p, p_holm, more_seeds, outlook) = (None, None, None, None, None, None);
        Part { statistic, images, report, ours, interval, seeds, p, p_holm, verdict, more_seeds, outlook }
    }

    fn held(statistic: &str, values: &BySeed, held: Held) -> Part {
        let sample = Sample::of(values);
        let (interval, verdict, p) = held.judged(&sample);
        let outlook = (verdict != Verdict::Reproduced).then_some(Outlook { held, sample });
        let is_open = verdict == Verdict::NotDecidable;
        let more = outlook.filter(|_| is_open).and_then(|outlook| outlook.more_seeds(1));
        let more_seeds = more.map(|(seeds, _)| seeds);
        Part { p, more_seeds, outlook, ..Part::new(statistic, values, interval, verdict) }
    }
}

/// Does the report's value come out \[%\]?
#[must_use]
pub fn value(statistic: &str, report: f64, percent: &BySeed) -> Part {
    Part { report: Some(report), ..Part::held(statistic, percent, Held::Value(report)) }
}

/// Does the mean lie above the largest of some published values, as claimed \[%\]?
#[must_use]
pub fn above(statistic: &str, published: f64, percent: &BySeed) -> Part {
    let part = Part::held(statistic, percent, Held::Beyond(published, Side::Above, PERCENT));
    Part { report: Some(published), ..part }
}

/// Does the paired difference lie above 0, as claimed?
#[must_use]
pub fn ordering(statistic: &str, differences: &BySeed, limits: Limits) -> Part {
    Part::held(statistic, differences, Held::Beyond(0.0, Side::Above, limits))
}

/// Is it most, as claimed \[%\]?
#[must_use]
pub fn most(statistic: &str, percent: &BySeed) -> Part {
    Part::held(statistic, percent, Held::Beyond(MAJORITY_PERCENT, Side::Above, PERCENT))
}

/// Is it less than half, as claimed \[%\]?
#[must_use]
pub fn few(statistic: &str, percent: &BySeed) -> Part {
    Part::held(statistic, percent, Held::Beyond(MAJORITY_PERCENT, Side::Below, PERCENT))
}

/// Is the accuracy above twice that of a guess among so many classes \[%\]?
#[must_use]
pub fn learned(statistic: &str, percent: &BySeed, classes: usize) -> Part {
    Part::held(statistic, percent, Held::Beyond(200.0 / classes as f64, Side::Above, PERCENT))
}

/// Does the paired difference stay within ±3 points, as claimed?
#[must_use]
pub fn in_line(statistic: &str, differences: &BySeed) -> Part {
    Part::held(statistic, differences, Held::Within(IN_LINE_POINTS, POINTS))
}

/// Do two costs differ by less than 10 % of their mean, as claimed? Told in percent of it.
#[must_use]
pub fn alike(statistic: &str, a: &BySeed, b: &BySeed) -> Part {
    Part::held(statistic, &relative(a, b), Held::Within(ALIKE_PERCENT, RELATIVE))
}

/// Does it hold (1) or not (0), in every seed, in none, or in some? Told in percent of seeds.
///
/// That it holds in none of n has p = 2⁻ⁿ, if it holds in most runs.
#[must_use]
pub fn in_every_seed(statistic: &str, holds: &BySeed) -> Part {
    let percent: BySeed = holds.iter().map(|(seed, holds)| (*seed, 100.0 * holds)).collect();
    let (verdict, p) = match mean(&percent) {
        100.0 => (Verdict::Reproduced, 1.0),
        0.0 => (Verdict::NotReproduced, 0.5_f64.powf(percent.len() as f64)),
        _ => (Verdict::NotDecidable, 1.0),
    };
    Part { p: Some(p), ..Part::new(statistic, &percent, None, verdict) }
}

/// What a statistic answers to a question: yes or no, and no claim is held against anything.
#[must_use]
pub fn answer(part: Part) -> Part {
    let verdict = match part.verdict {
        Verdict::Reproduced => Verdict::Yes,
        Verdict::Refuted | Verdict::NotReproduced => Verdict::No,
        other => other,
    };
    Part { verdict, p: None, ..part }
}

/// A number with the interval of its mean, held against nothing.
#[must_use]
pub fn measured(statistic: &str, values: &BySeed, limits: Limits) -> Part {
    let interval = Estimate::of_the_mean(&Sample::of(values)).map(|estimate| estimate.interval(limits));
    Part::new(statistic, values, interval, Verdict::Measured)
}

#[cfg(test)]
mod tests;
