//! A table fitted to series: the step at points of the way, straight between them, with jumps where readings ask for one.
//!
//! The points are quantiles of the readings, so that each has about as many; how many of them, and whether one is a jump,
//! is the AIC's to say. They are parameters like any other and fitted like any other, under either noise, so that a table
//! competes with the formulas on the same data by the same likelihood.

use crate::curve::Shape;
use crate::least_squares::{Fit, Sample, from};
use crate::likelihood::{Noise, Series};

/// How many points are tried; two are the straight line, which has a formula.
const COUNTS: [usize; 6] = [3, 4, 6, 8, 12, 16];
/// Readings that a point needs.
const READINGS_A_POINT: usize = 6;
const MOST_JUMPS: usize = 2;
/// What a jump must be worth: its place is looked for among all points, which the AIC does not know.
const WORTH_OF_A_JUMP: f64 = 6.0;
/// Of [`spiketime_sim::Table`].
const GRID: f64 = 256.0;
/// Nearer points say nothing of their own \[window\].
const NEAR: f64 = 0.01;

/// The best table, or `None` where there are too few readings for any.
pub(crate) fn points(noise: Noise, sample: Sample) -> Option<Fit> {
    let counts = COUNTS.into_iter().filter(|count| count * READINGS_A_POINT <= sample.count());
    let smooth = counts.filter_map(|count| {
        let ways = quantiles(sample, count);
        (ways.len() == count).then(|| smooth(noise, sample, ways))?
    });
    let mut best = smooth.min_by(|a, b| a.aic.total_cmp(&b.aic))?;
    for _ in 0..MOST_JUMPS {
        match with_a_jump(&best, sample).filter(|jump| jump.aic < best.aic - WORTH_OF_A_JUMP) {
            Some(jump) => best = jump,
            None => break,
        }
    }
    Some(best)
}

fn quantiles(sample: Sample, count: usize) -> Vec<f64> {
    let ways = sample.series.iter().flat_map(|branch| &branch.ways);
    let mut ways: Vec<f64> = ways.map(|way| way.clamp(0.0, 1.0)).collect();
    ways.sort_by(f64::total_cmp);
    // The simulator knows points on its own grid only.
    let at = |point: usize| (ways[point * (ways.len() - 1) / (count - 1)] * GRID).round() / GRID;
    let mut points: Vec<f64> = (0..count).map(at).collect();
    points.dedup_by(|after, before| *after - *before < NEAR);
    points
}

fn smooth(noise: Noise, sample: Sample, ways: Vec<f64>) -> Option<Fit> {
    let start = mean_steps(sample, &ways);
    from(&Shape::Points(ways), noise, sample, &start)
}

/// ln of the mean step of the pulses that began nearest to each point.
fn mean_steps(sample: Sample, points: &[f64]) -> Vec<f64> {
    let mut sums = vec![[0.0, 0.0]; points.len()];
    let pairs = |branch: &Series| -> Vec<(f64, f64, f64)> {
        let ways = branch.ways.windows(2);
        branch.gaps().zip(ways).map(|(gap, ways)| (ways[0], ways[1] - ways[0], f64::from(gap))).collect()
    };
    for (way, change, pulses) in sample.series.iter().flat_map(pairs) {
        let after = points.partition_point(|&point| point <= way).min(points.len() - 1);
        let before = after.saturating_sub(1);
        let nearest = if way - points[before] < points[after] - way { before } else { after };
        sums[nearest][0] += change;
        sums[nearest][1] += pulses;
    }
    // Noise may lead the wrong way; a step does not.
    let least = 0.05 * sample.mean_step().max(1e-9);
    sums.into_iter().map(|[change, pulses]| (change / pulses.max(1.0)).max(least).ln()).collect()
}

/// The best table with one more jump.
fn with_a_jump(table: &Fit, sample: Sample) -> Option<Fit> {
    let Shape::Points(ways) = &table.shape else { return None };
    let is_jump = |point: usize| ways[point - 1] == ways[point] || ways[point] == ways[point + 1];
    let places = (1..ways.len().saturating_sub(1)).filter(|&point| !is_jump(point));
    let fits = places.filter_map(|point| {
        let (mut ways, mut start) = (ways.clone(), table.parameters.clone());
        ways.insert(point, ways[point]);
        start.insert(point + 1, table.parameters[point + 1]);
        start[point] = table.parameters[point - 1];
        from(&Shape::Points(ways), table.noise, sample, &start)
    });
    fits.min_by(|a, b| a.aic.total_cmp(&b.aic))
}
