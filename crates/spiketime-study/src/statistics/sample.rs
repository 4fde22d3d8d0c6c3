//! A value a seed: means, the intervals around them, and how unlikely it is to be far off.

use std::collections::BTreeMap;

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Where 95 % lie below, of a distribution of which 95 % lie within both its ends.
const UPPER_END: f64 = 0.975;

/// One value a seed.
pub type BySeed = BTreeMap<u64, f64>;
/// What a metric can be, from and to; an interval is kept within.
pub type Limits = [f64; 2];
/// A part of a whole \[%\].
pub const PERCENT: Limits = [0.0, 100.0];
/// A difference of two percentages \[points\].
pub const POINTS: Limits = [-100.0, 100.0];

/// What is known of the values of some seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    pub(super) mean: f64,
    pub(super) spread: f64,
    pub(super) seeds: u64,
}

impl Sample {
    pub(super) fn of(values: &BySeed) -> Sample {
        Sample { mean: mean(values), spread: standard_deviation(values), seeds: values.len() as u64 }
    }
}

/// A mean of seeds, and how far from it something lies.
pub(super) struct Estimate {
    mean: f64,
    error: f64,
    half_width: f64,
    student: StudentsT,
}

impl Estimate {
    /// Of what one more run would give; `None` below two seeds.
    pub(super) fn of_a_run(sample: &Sample) -> Option<Estimate> {
        Estimate::new(sample, |spread, n| spread * (1.0 + 1.0 / n).sqrt())
    }

    /// Of the mean itself; `None` below two seeds.
    pub(super) fn of_the_mean(sample: &Sample) -> Option<Estimate> {
        Estimate::new(sample, |spread, n| spread / n.sqrt())
    }

    fn new(&Sample { mean, spread, seeds }: &Sample, error: fn(f64, f64) -> f64) -> Option<Estimate> {
        let n = seeds as f64;
        let student = StudentsT::new(0.0, 1.0, n - 1.0).ok().filter(|_| seeds > 1)?;
        let half_width = error(student.inverse_cdf(UPPER_END) * spread, n);
        Some(Estimate { mean, error: error(spread, n), half_width, student })
    }

    /// Where 95 % lie, as far as the metric goes.
    pub(super) fn interval(&self, [least, most]: Limits) -> [f64; 2] {
        [(self.mean - self.half_width).max(least), (self.mean + self.half_width).min(most)]
    }

    /// How often something lies so far from the mean, to either side, by chance; 1 where the distance is none.
    pub(super) fn p(&self, distance: f64) -> f64 {
        if distance > 0.0 { 2.0 * self.student.cdf(-distance / self.error) } else { 1.0 }
    }
}

/// a − b for every seed that has both.
#[must_use]
pub fn paired(a: &BySeed, b: &BySeed) -> BySeed {
    by_pair(a, b, |a, b| a - b)
}

/// a − b in percent of the mean of both, for every seed that has both.
pub(super) fn relative(a: &BySeed, b: &BySeed) -> BySeed {
    by_pair(a, b, |a, b| 100.0 * (a - b) / f64::midpoint(a, b))
}

fn by_pair(a: &BySeed, b: &BySeed, of: fn(f64, f64) -> f64) -> BySeed {
    a.iter().filter_map(|(seed, a)| Some((*seed, of(*a, *b.get(seed)?)))).collect()
}

/// Mean over the seeds, and where 95 % of single runs would fall \[%\]; no interval below two seeds.
#[must_use]
pub fn single_run(percent: &BySeed) -> (f64, Option<[f64; 2]>) {
    (mean(percent), Estimate::of_a_run(&Sample::of(percent)).map(|run| run.interval(PERCENT)))
}

/// The mean over the seeds.
#[must_use]
pub fn mean(values: &BySeed) -> f64 {
    values.values().sum::<f64>() / values.len() as f64
}

/// Standard deviation of the seeds within two sets of equally many; none below two seeds.
#[must_use]
pub fn pooled_spread(a: &BySeed, b: &BySeed) -> Option<f64> {
    let squares = [a, b].map(|values| standard_deviation(values).powi(2));
    (a.len() > 1 && b.len() > 1).then(|| ((squares[0] + squares[1]) / 2.0).sqrt())
}

fn standard_deviation(values: &BySeed) -> f64 {
    let mean = mean(values);
    let squares = values.values().map(|value| (value - mean).powi(2)).sum::<f64>();
    (squares / (values.len() as f64 - 1.0)).sqrt()
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

    #[test]
    fn seeds_are_paired_by_their_number() {
        let a = BySeed::from([(1, 5.0), (2, 7.0), (9, 1.0)]);
        let b = BySeed::from([(2, 4.0), (1, 1.0), (3, 9.0)]);
        assert_eq!(paired(&a, &b), BySeed::from([(1, 4.0), (2, 3.0)]));
        // 100 · 4/3 and 100 · 3/5.5
        let relative: Vec<f64> = relative(&a, &b).into_values().collect();
        assert!((relative[0] - 400.0 / 3.0).abs() < 1e-12 && (relative[1] - 600.0 / 11.0).abs() < 1e-12);
    }

    #[test]
    fn a_line_has_an_r_squared_of_one_and_a_parabola_less() {
        // y = x² at 0, 1, 2, 3: by hand Sxy = 15, Sxx = 5, Syy = 49.
        let parabola = [(0.0, 0.0), (1.0, 1.0), (2.0, 4.0), (3.0, 9.0)];
        assert!((r_squared(&parabola) - 225.0 / 245.0).abs() < 1e-15);
        assert!((r_squared(&[(0.0, 1.0), (1.0, 3.0), (4.0, 9.0)]) - 1.0).abs() < 1e-15);
        assert!(r_squared(&[(0.0, 2.0), (1.0, 2.0)]) == 0.0);
    }
}
