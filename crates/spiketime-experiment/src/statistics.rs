//! From a value a seed to a verdict: the rules, each a pure function.
//!
//! The report is one run; we have several seeds. With mean m, standard deviation sd of n seeds and t
//! the two-sided 95 % quantile of Student's t with n − 1 degrees of freedom:
//!
//! ```text
//! value      m ± t·sd·√(1 + 1/n)  (where a single run would fall). Reproduced if the report's value lies
//!            in it and the half-width is at most 4 points, or within 2 points of m; not reproduced if
//!            outside and the half-width is at most 4; else not decidable.
//! ordering   m ± t·sd/√n of the paired differences: reproduced if it excludes 0 on the right side, refuted
//!            if on the wrong side, else not decidable.
//! in line    the same interval: reproduced within ±3 points, refuted wholly outside, else not decidable.
//! majority   the same interval of a percentage: reproduced on the right side of 50 %, refuted on the other.
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The widest half-width that still decides \[points\].
const DECIDABLE_POINTS: f64 = 4.0;
/// So near is near enough, whatever the spread \[points\].
const NEAR_POINTS: f64 = 2.0;
/// Two curves are in line within this \[points\].
const IN_LINE_POINTS: f64 = 3.0;
/// More than this is most \[%\].
const MAJORITY_PERCENT: f64 = 50.0;

/// One value a seed.
pub type BySeed = BTreeMap<u64, f64>;

/// What is found about a claim, a question, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Verdict {
    Reproduced,
    PartlyReproduced,
    NotReproduced,
    Refuted,
    NotDecidable,
    /// The answer to a question.
    Yes,
    No,
    /// A number that nothing is held against.
    Measured,
    /// Runs are missing.
    Waiting,
    /// The runs were made smaller, so that nothing can be judged.
    Quick,
    /// The runs saw the embedded sample, so that nothing can be judged.
    Sample,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Verdict::Reproduced => "reproduced",
            Verdict::PartlyReproduced => "partly reproduced",
            Verdict::NotReproduced => "not reproduced",
            Verdict::Refuted => "refuted",
            Verdict::NotDecidable => "not decidable",
            Verdict::Yes => "yes",
            Verdict::No => "no",
            Verdict::Measured => "measured",
            Verdict::Waiting => "waiting",
            Verdict::Quick => "quick: no verdict",
            Verdict::Sample => "sample: no verdict",
        })
    }
}

/// One statistic of a claim or a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What was measured.
    pub statistic: String,
    /// What the report says, if it gives a number.
    pub report: Option<f64>,
    /// Mean over our seeds.
    pub ours: f64,
    /// 95 % interval: of a single run for values, of the mean for the rest.
    pub interval: Option<[f64; 2]>,
    /// How many seeds.
    pub seeds: usize,
    /// What follows.
    pub verdict: Verdict,
}

impl Part {
    fn new(statistic: &str, values: &BySeed, half: Option<f64>, verdict: Verdict) -> Part {
        let ours = mean(values);
        let interval = half.map(|half| [ours - half, ours + half]);
        Part { statistic: statistic.to_owned(), report: None, ours, interval, seeds: values.len(), verdict }
    }
}

/// a − b for every seed that has both.
#[must_use]
pub fn paired(a: &BySeed, b: &BySeed) -> BySeed {
    a.iter().filter_map(|(seed, a)| Some((*seed, a - b.get(seed)?))).collect()
}

fn mean(values: &BySeed) -> f64 {
    values.values().sum::<f64>() / values.len() as f64
}

/// t · sd; `None` below two seeds.
fn spread(values: &BySeed) -> Option<f64> {
    let n = values.len() as f64;
    let t = StudentsT::new(0.0, 1.0, n - 1.0).ok().filter(|_| values.len() > 1)?.inverse_cdf(0.975);
    let mean = mean(values);
    let variance = values.values().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    Some(t * variance.sqrt())
}

/// Half-width of the interval of a single run.
fn half_of_a_run(values: &BySeed) -> Option<f64> {
    Some(spread(values)? * (1.0 + 1.0 / values.len() as f64).sqrt())
}

/// Mean over the seeds, and where 95 % of single runs would fall; no interval below two seeds.
#[must_use]
pub fn single_run(values: &BySeed) -> (f64, Option<[f64; 2]>) {
    let mean = mean(values);
    (mean, half_of_a_run(values).map(|half| [mean - half, mean + half]))
}

/// Half-width of the interval of the mean.
fn half_of_the_mean(values: &BySeed) -> Option<f64> {
    Some(spread(values)? / (values.len() as f64).sqrt())
}

/// Does the report's value come out \[points\]?
#[must_use]
pub fn value(statistic: &str, report: f64, values: &BySeed) -> Part {
    let half = half_of_a_run(values);
    let off = (report - mean(values)).abs();
    let verdict = match half {
        _ if off <= NEAR_POINTS => Verdict::Reproduced,
        Some(half) if half <= DECIDABLE_POINTS && off <= half => Verdict::Reproduced,
        Some(half) if half <= DECIDABLE_POINTS => Verdict::NotReproduced,
        _ => Verdict::NotDecidable,
    };
    Part { report: Some(report), ..Part::new(statistic, values, half, verdict) }
}

/// Does the paired difference lie above 0, as claimed?
#[must_use]
pub fn ordering(statistic: &str, differences: &BySeed) -> Part {
    above(statistic, differences, 0.0)
}

/// Is it most, as claimed \[%\]?
#[must_use]
pub fn most(statistic: &str, percent: &BySeed) -> Part {
    above(statistic, percent, MAJORITY_PERCENT)
}

/// Is it less than half, as claimed \[%\]?
#[must_use]
pub fn few(statistic: &str, percent: &BySeed) -> Part {
    let part = above(statistic, percent, MAJORITY_PERCENT);
    let verdict = match part.verdict {
        Verdict::Reproduced => Verdict::Refuted,
        Verdict::Refuted => Verdict::Reproduced,
        other => other,
    };
    Part { verdict, ..part }
}

fn above(statistic: &str, values: &BySeed, bound: f64) -> Part {
    let (mean, half) = (mean(values), half_of_the_mean(values));
    let verdict = match half {
        Some(half) if mean - half > bound => Verdict::Reproduced,
        Some(half) if mean + half < bound => Verdict::Refuted,
        _ => Verdict::NotDecidable,
    };
    Part::new(statistic, values, half, verdict)
}

/// Does the paired difference stay within ±3 points, as claimed?
#[must_use]
pub fn in_line(statistic: &str, differences: &BySeed) -> Part {
    let (mean, half) = (mean(differences), half_of_the_mean(differences));
    let verdict = match half {
        Some(half) if mean.abs() + half <= IN_LINE_POINTS => Verdict::Reproduced,
        Some(half) if mean.abs() - half > IN_LINE_POINTS => Verdict::Refuted,
        _ => Verdict::NotDecidable,
    };
    Part::new(statistic, differences, half, verdict)
}

/// Does it hold (1) or not (0), in every seed, in none, or in some? Told in percent of seeds.
#[must_use]
pub fn in_every_seed(statistic: &str, holds: &BySeed) -> Part {
    let percent: BySeed = holds.iter().map(|(seed, holds)| (*seed, 100.0 * holds)).collect();
    let verdict = match mean(&percent) {
        100.0 => Verdict::Reproduced,
        0.0 => Verdict::NotReproduced,
        _ => Verdict::NotDecidable,
    };
    Part::new(statistic, &percent, None, verdict)
}

/// Is the paired difference above 0? The answer to a question.
#[must_use]
pub fn is_above(statistic: &str, differences: &BySeed) -> Part {
    let part = ordering(statistic, differences);
    let verdict = match part.verdict {
        Verdict::Reproduced => Verdict::Yes,
        Verdict::Refuted => Verdict::No,
        other => other,
    };
    Part { verdict, ..part }
}

/// A number with the interval of its mean, held against nothing.
#[must_use]
pub fn measured(statistic: &str, values: &BySeed) -> Part {
    Part::new(statistic, values, half_of_the_mean(values), Verdict::Measured)
}

/// R² of the least-squares line through (x, y); 0 where the values do not vary.
#[must_use]
pub fn r_squared(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / n;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / n;
    let sum =
        |f: &dyn Fn(f64, f64) -> f64| points.iter().map(|(x, y)| f(x - mean_x, y - mean_y)).sum::<f64>();
    let (xx, yy, xy) = (sum(&|x, _| x * x), sum(&|_, y| y * y), sum(&|x, y| x * y));
    if xx * yy > 0.0 { xy * xy / (xx * yy) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeds(values: &[f64]) -> BySeed {
        (1..).zip(values.iter().copied()).collect()
    }

    #[test]
    fn a_value_is_judged_by_the_prediction_interval_of_a_single_run() {
        // t(0.975, 4) = 2.776445; sd of 74..78 = 1.581139; half-width = 2.776445 · 1.581139 · √1.2 = 4.8089
        let wide = seeds(&[74.0, 75.0, 76.0, 77.0, 78.0]);
        let part = value("", 72.0, &wide);
        assert_eq!(part.verdict, Verdict::NotDecidable);
        assert!((part.interval.unwrap()[1] - 80.8089).abs() < 1e-3);
        assert_eq!(value("", 74.0, &wide).verdict, Verdict::Reproduced); // within 2 points of the mean
        let narrow = seeds(&[75.5, 75.75, 76.0, 76.25, 76.5]);
        assert_eq!(value("", 78.5, &narrow).verdict, Verdict::NotReproduced);
        assert_eq!(value("", 70.0, &seeds(&[76.0])).verdict, Verdict::NotDecidable);
    }

    #[test]
    fn an_ordering_is_judged_by_the_interval_of_the_mean_difference() {
        // 2 ± 4.303 · 1/√3 = 2 ± 2.48
        assert_eq!(ordering("", &seeds(&[1.0, 2.0, 3.0])).verdict, Verdict::NotDecidable);
        assert_eq!(ordering("", &seeds(&[2.0, 2.5, 3.0])).verdict, Verdict::Reproduced);
        assert_eq!(ordering("", &seeds(&[-2.0, -2.5, -3.0])).verdict, Verdict::Refuted);
        assert_eq!(ordering("", &seeds(&[5.0])).verdict, Verdict::NotDecidable);
    }

    #[test]
    fn in_line_needs_the_whole_interval_within_three_points() {
        // ± 4.303 · 0.5/√3 = ± 1.242
        assert_eq!(in_line("", &seeds(&[1.0, 1.5, 2.0])).verdict, Verdict::Reproduced);
        assert_eq!(in_line("", &seeds(&[2.0, 2.5, 3.0])).verdict, Verdict::NotDecidable);
        assert_eq!(in_line("", &seeds(&[-5.0, -5.5, -6.0])).verdict, Verdict::Refuted);
    }

    #[test]
    fn most_and_few_are_judged_against_one_half() {
        let large = seeds(&[70.0, 72.0, 74.0]);
        assert_eq!(
            (most("", &large).verdict, few("", &large).verdict),
            (Verdict::Reproduced, Verdict::Refuted)
        );
        assert_eq!(most("", &seeds(&[48.0, 52.0, 51.0])).verdict, Verdict::NotDecidable);
    }

    #[test]
    fn seeds_are_paired_by_their_number() {
        let a = BySeed::from([(1, 5.0), (2, 7.0), (9, 1.0)]);
        let b = BySeed::from([(2, 4.0), (1, 1.0), (3, 9.0)]);
        assert_eq!(paired(&a, &b), BySeed::from([(1, 4.0), (2, 3.0)]));
    }

    #[test]
    fn a_line_has_an_r_squared_of_one_and_a_parabola_less() {
        // y = x² at 0, 1, 2, 3: R² = 49/(5·49)·… = 0.918367 (by hand: Sxy = 15, Sxx = 5, Syy = 49).
        let parabola = [(0.0, 0.0), (1.0, 1.0), (2.0, 4.0), (3.0, 9.0)];
        assert!((r_squared(&parabola) - 225.0 / 245.0).abs() < 1e-15);
        assert!((r_squared(&[(0.0, 1.0), (1.0, 3.0), (4.0, 9.0)]) - 1.0).abs() < 1e-15);
    }
}
