//! What each kind of statistic says about the report, taken alone.

use super::sample::{BySeed, Estimate, Limits, PERCENT, POINTS, mean, relative};
use super::{Part, Verdict};

/// The widest half-width that still decides \[points\].
const DECIDABLE_POINTS: f64 = 4.0;
/// So near is near enough, whatever the spread \[points\].
const NEAR_POINTS: f64 = 2.0;
/// Two curves are in line within this \[points\].
const IN_LINE_POINTS: f64 = 3.0;
/// Two costs are alike within this part of their mean \[%\].
const ALIKE_PERCENT: f64 = 10.0;
/// A difference of two positive numbers in percent of their mean.
const RELATIVE: Limits = [-200.0, 200.0];
/// More than this is most \[%\].
const MAJORITY_PERCENT: f64 = 50.0;

impl Part {
    fn new(statistic: &str, values: &BySeed, interval: Option<[f64; 2]>, (verdict, p): Judged) -> Part {
        let (statistic, ours, seeds) = (statistic.to_owned(), mean(values), values.len());
        Part { statistic, images: None, report: None, ours, interval, seeds, p, p_holm: None, verdict }
    }
}

/// A verdict, and the p that goes with it.
type Judged = (Verdict, Option<f64>);

/// Below two seeds nothing is known of the spread.
const UNKNOWN: Judged = (Verdict::NotDecidable, Some(1.0));

/// Does the report's value come out \[%\]?
#[must_use]
pub fn value(statistic: &str, report: f64, percent: &BySeed) -> Part {
    let run = Estimate::of_a_run(percent);
    let off = (report - mean(percent)).abs();
    let judged = match &run {
        _ if off <= NEAR_POINTS => (Verdict::Reproduced, Some(1.0)),
        Some(run) => (of_a_value(report, run.interval(PERCENT)), Some(run.p(off))),
        None => UNKNOWN,
    };
    let interval = run.map(|run| run.interval(PERCENT));
    Part { report: Some(report), ..Part::new(statistic, percent, interval, judged) }
}

fn of_a_value(report: f64, [low, high]: [f64; 2]) -> Verdict {
    if report < low || high < report {
        Verdict::NotReproduced
    } else if (high - low) / 2.0 <= DECIDABLE_POINTS {
        Verdict::Reproduced
    } else {
        Verdict::NotDecidable
    }
}

/// Does the paired difference lie above 0, as claimed?
#[must_use]
pub fn ordering(statistic: &str, differences: &BySeed, limits: Limits) -> Part {
    beyond(statistic, differences, 0.0, Side::Above, limits)
}

/// Is it most, as claimed \[%\]?
#[must_use]
pub fn most(statistic: &str, percent: &BySeed) -> Part {
    beyond(statistic, percent, MAJORITY_PERCENT, Side::Above, PERCENT)
}

/// Is it less than half, as claimed \[%\]?
#[must_use]
pub fn few(statistic: &str, percent: &BySeed) -> Part {
    beyond(statistic, percent, MAJORITY_PERCENT, Side::Below, PERCENT)
}

/// Is the accuracy above twice that of a guess among so many classes \[%\]?
#[must_use]
pub fn learned(statistic: &str, percent: &BySeed, classes: usize) -> Part {
    beyond(statistic, percent, 200.0 / classes as f64, Side::Above, PERCENT)
}

/// Where the mean should lie of a bound.
#[derive(Clone, Copy)]
enum Side {
    Above,
    Below,
}

fn beyond(statistic: &str, values: &BySeed, bound: f64, side: Side, limits: Limits) -> Part {
    let excess = match side {
        Side::Above => mean(values) - bound,
        Side::Below => bound - mean(values),
    };
    let estimate = Estimate::of_the_mean(values);
    let judged = estimate.as_ref().map_or(UNKNOWN, |estimate| {
        let [low, high] = estimate.interval(limits);
        let is_decided = bound < low || high < bound;
        (of_a_side(excess > 0.0, is_decided), Some(estimate.p(-excess)))
    });
    Part::new(statistic, values, estimate.map(|estimate| estimate.interval(limits)), judged)
}

fn of_a_side(is_right: bool, is_decided: bool) -> Verdict {
    match (is_decided, is_right) {
        (true, true) => Verdict::Reproduced,
        (true, false) => Verdict::Refuted,
        (false, _) => Verdict::NotDecidable,
    }
}

/// Does the paired difference stay within ±3 points, as claimed?
#[must_use]
pub fn in_line(statistic: &str, differences: &BySeed) -> Part {
    within(statistic, differences, IN_LINE_POINTS, POINTS)
}

/// Do two costs differ by less than 10 % of their mean, as claimed? Told in percent of it.
#[must_use]
pub fn alike(statistic: &str, a: &BySeed, b: &BySeed) -> Part {
    within(statistic, &relative(a, b), ALIKE_PERCENT, RELATIVE)
}

fn within(statistic: &str, differences: &BySeed, margin: f64, limits: Limits) -> Part {
    let estimate = Estimate::of_the_mean(differences);
    let judged = estimate.as_ref().map_or(UNKNOWN, |estimate| {
        let verdict = of_a_margin(estimate.interval(limits), margin);
        (verdict, Some(estimate.p(mean(differences).abs() - margin)))
    });
    Part::new(statistic, differences, estimate.map(|estimate| estimate.interval(limits)), judged)
}

fn of_a_margin([low, high]: [f64; 2], margin: f64) -> Verdict {
    if -margin <= low && high <= margin {
        Verdict::Reproduced
    } else if high < -margin || margin < low {
        Verdict::Refuted
    } else {
        Verdict::NotDecidable
    }
}

/// Does it hold (1) or not (0), in every seed, in none, or in some? Told in percent of seeds.
///
/// That it holds in none of n has p = 2⁻ⁿ, if it holds in most runs.
#[must_use]
pub fn in_every_seed(statistic: &str, holds: &BySeed) -> Part {
    let percent: BySeed = holds.iter().map(|(seed, holds)| (*seed, 100.0 * holds)).collect();
    let judged = match mean(&percent) {
        100.0 => (Verdict::Reproduced, Some(1.0)),
        0.0 => (Verdict::NotReproduced, Some(0.5_f64.powf(percent.len() as f64))),
        _ => (Verdict::NotDecidable, Some(1.0)),
    };
    Part::new(statistic, &percent, None, judged)
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
    let interval = Estimate::of_the_mean(values).map(|estimate| estimate.interval(limits));
    Part::new(statistic, values, interval, (Verdict::Measured, None))
}

#[cfg(test)]
mod tests;
