//! The rules of statistics that have an interval: what a mean, its spread and so many seeds say, taken alone.

use super::Verdict;
use super::sample::{Estimate, Limits, PERCENT, Sample};

/// The widest half-width that still decides \[points\].
const DECIDABLE_POINTS: f64 = 4.0;
/// So near is near enough, whatever the spread \[points\].
const NEAR_POINTS: f64 = 2.0;

/// What a statistic is held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Held {
    /// The report's value \[%\], by where a single run would fall.
    Value(f64),
    /// A bound, by the interval of the mean: on the right side of it?
    Beyond(f64, Side, Limits),
    /// A margin around 0, by the interval of the mean: inside of it?
    Within(f64, Limits),
}

/// Where the mean should lie of a bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Side {
    Above,
    Below,
}

/// An interval, a verdict, and the p that goes with it.
pub(super) type Judged = (Option<[f64; 2]>, Verdict, Option<f64>);

/// Below two seeds nothing is known of the spread.
const UNKNOWN: Judged = (None, Verdict::NotDecidable, Some(1.0));

impl Held {
    /// What such a sample says.
    pub(super) fn judged(self, sample: &Sample) -> Judged {
        match self {
            Held::Value(report) => near(report, sample),
            Held::Beyond(bound, side, limits) => beyond(bound, side, limits, sample),
            Held::Within(margin, limits) => within(margin, limits, sample),
        }
    }
}

fn near(report: f64, sample: &Sample) -> Judged {
    let run = Estimate::of_a_run(sample);
    let off = (report - sample.mean).abs();
    let interval = run.as_ref().map(|run| run.interval(PERCENT));
    match (&run, interval) {
        _ if off <= NEAR_POINTS => (interval, Verdict::Reproduced, Some(1.0)),
        (Some(run), Some(within)) => (interval, of_a_value(report, within), Some(run.p(off))),
        _ => UNKNOWN,
    }
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

fn beyond(bound: f64, side: Side, limits: Limits, sample: &Sample) -> Judged {
    let excess = match side {
        Side::Above => sample.mean - bound,
        Side::Below => bound - sample.mean,
    };
    let Some(estimate) = Estimate::of_the_mean(sample) else { return UNKNOWN };
    let [low, high] = estimate.interval(limits);
    let is_decided = bound < low || high < bound;
    (Some([low, high]), of_a_side(excess > 0.0, is_decided), Some(estimate.p(-excess)))
}

fn of_a_side(is_right: bool, is_decided: bool) -> Verdict {
    match (is_decided, is_right) {
        (true, true) => Verdict::Reproduced,
        (true, false) => Verdict::Refuted,
        (false, _) => Verdict::NotDecidable,
    }
}

fn within(margin: f64, limits: Limits, sample: &Sample) -> Judged {
    let Some(estimate) = Estimate::of_the_mean(sample) else { return UNKNOWN };
    let interval = estimate.interval(limits);
    (Some(interval), of_a_margin(interval, margin), Some(estimate.p(sample.mean.abs() - margin)))
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
