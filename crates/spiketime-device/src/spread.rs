//! How far devices and pulses differ from each other, apart from what noise explains.
//!
//! ```text
//! device to device  variance of the estimates of single devices − mean of their squared standard errors
//! reading           −(covariance of neighbouring residuals):  e_k = ξ_k + r_(k+1) − r_k
//! cycle to cycle    mean e² = c² · (mean Σs² or mean m) + 2 (reading)²,  s the steps and m the pulses of a residual
//! ```
//!
//! e are predictions of one reading from the one before, by the law of its own device, less their mean in the branch, so
//! that neither a device of its own nor a slow drift counts as noise of pulses. Whether c is of the step or of the range is
//! what makes the residuals likelier. Method of moments: Searle, Casella & McCulloch 1992, *Variance Components*, §3.

use schemars::JsonSchema;
use serde::Serialize;

use crate::choice::Choice;
use crate::curve::{Law, Shape, State};
use crate::file::CycleOf;
use crate::least_squares::{Fit, Sample, from};
use crate::likelihood::{Noise, Series};
use crate::measured::Measured;
use crate::pulses::{Branch, Direction};
use crate::scale::scale;

/// Pairs of neighbouring residuals that a covariance needs.
const LEAST_PAIRS: usize = 10;

/// Spreads; none where there is one device only, or where noise explains all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Spread {
    /// Of steps up and of steps down, relative to their mean.
    pub step_sd: [Option<f64>; 2],
    /// Of the nonlinearities of both directions, relative to their mean.
    pub nonlinearity_sd: Option<f64>,
    /// Of the lowest conductance of a device.
    pub conductance_min_sd_ns: Option<f64>,
    /// Of the highest conductance of a device.
    pub conductance_max_sd_ns: Option<f64>,
    /// From pulse to pulse.
    pub cycle_sd: Option<f64>,
    /// What `cycle_sd` is a fraction of.
    pub cycle_of: Option<CycleOf>,
    /// Of a reading.
    pub reading_sd_ns: Option<f64>,
}

/// All of them.
pub(crate) fn spread(branches: &[Branch], measured: &Measured, choices: &[Choice; 2]) -> Spread {
    let samples = Direction::BOTH.map(|direction| measured.sample(direction));
    let own: [Vec<Option<Fit>>; 2] =
        [0, 1].map(|at| by_device(&choices[at].chosen().1, samples[at], measured));
    let residuals: Vec<Vec<Residual>> =
        (0..2).flat_map(|at| single_steps(&choices[at].chosen().1, &own[at], samples[at])).collect();
    let shapes = own.iter().filter_map(|fits| {
        apart(&fits.iter().flatten().filter_map(Fit::nonlinearity).collect::<Vec<_>>())
            .map(|[mean, sd]| sd / mean)
    });
    let shapes: Vec<f64> = shapes.collect();
    let squares: f64 = shapes.iter().map(|sd| sd * sd).sum();
    let ends = [f64::min, f64::max].map(|end| apart(&ends(branches, measured, end)).map(|[_, sd]| sd));
    let cycle = cycle(&residuals);
    Spread {
        step_sd: [0, 1].map(|at| step_sd(&choices[at].chosen().1, &own[at], samples[at])),
        nonlinearity_sd: (!shapes.is_empty()).then(|| (squares / shapes.len() as f64).sqrt()),
        conductance_min_sd_ns: ends[0],
        conductance_max_sd_ns: ends[1],
        cycle_sd: cycle.sd.map(|(sd, _)| sd),
        cycle_of: cycle.sd.map(|(_, of)| of),
        reading_sd_ns: Some(cycle.reading_sd * (measured.window.max_ns - measured.window.min_ns))
            .filter(|sd| *sd > 0.0),
    }
}

/// The mean of estimates [value, standard error], and their standard deviation apart from their errors; `None` where there
/// is one only or nothing is left.
fn apart(estimates: &[[f64; 2]]) -> Option<[f64; 2]> {
    let count = estimates.len() as f64;
    let mean = estimates.iter().map(|[value, _]| value).sum::<f64>() / count;
    let variance =
        estimates.iter().map(|[value, _]| (value - mean) * (value - mean)).sum::<f64>() / (count - 1.0);
    let errors = estimates.iter().map(|[_, error]| error * error).sum::<f64>() / count;
    (estimates.len() > 1 && variance > errors).then(|| [mean, (variance - errors).sqrt()])
}

/// Of the steps of devices, relative to their mean.
fn step_sd(all: &Fit, own: &[Option<Fit>], sample: Sample) -> Option<f64> {
    let steps: Vec<[f64; 2]> = match &all.shape {
        Shape::Formula(_) => {
            let step = |fit: &Fit| [fit.parameters[0].exp(), fit.parameters[0].exp() * fit.errors[0]];
            own.iter().flatten().map(step).collect()
        }
        Shape::Points(_) => (0..own.len()).filter_map(|device| scale_of(all, device, sample)).collect(),
    };
    apart(&steps).map(|[mean, sd]| sd / mean)
}

fn scale_of(all: &Fit, device: usize, sample: Sample) -> Option<[f64; 2]> {
    let own: Vec<&Series> = sample.series.iter().filter(|branch| branch.device == device).collect();
    scale(&Law::new(&all.shape, &all.parameters), &own, sample.top)
}

/// The same formula fitted to every device alone, where there are several.
fn by_device(all: &Fit, sample: Sample, measured: &Measured) -> Vec<Option<Fit>> {
    let count = measured.devices.len();
    let own = |device: usize| {
        let series: Vec<Series> =
            sample.series.iter().filter(|branch| branch.device == device).cloned().collect();
        from(&all.shape, all.noise, Sample { series: &series, top: sample.top }, &all.parameters)
    };
    if count < 2 || matches!(all.shape, Shape::Points(_)) {
        vec![None; count]
    } else {
        (0..count).map(own).collect()
    }
}

/// The mean over its branches of the lowest or highest reading of each device, and the standard error of that.
fn ends(branches: &[Branch], measured: &Measured, end: fn(f64, f64) -> f64) -> Vec<[f64; 2]> {
    let of_device = |device: &String| {
        let direction = if end(0.0, 1.0) > 0.5 { Direction::Potentiation } else { Direction::Depression };
        let own = branches.iter().filter(|branch| branch.device == *device && branch.direction == direction);
        let ends: Vec<f64> =
            own.filter_map(|branch| branch.conductance_ns.iter().copied().reduce(end)).collect();
        let count = ends.len() as f64;
        let mean = ends.iter().sum::<f64>() / count;
        let squares: f64 = ends.iter().map(|ns| (ns - mean) * (ns - mean)).sum();
        let error = if count > 1.0 { (squares / (count - 1.0) / count).sqrt() } else { 0.0 };
        [mean, error]
    };
    measured.devices.iter().map(of_device).filter(|[mean, _]| mean.is_finite()).collect()
}

/// What a prediction of one reading from the one before leaves.
#[derive(Clone, Copy, Debug)]
struct Residual {
    left: f64,
    /// The sum of the squares of its steps.
    squares: f64,
    pulses: f64,
}

/// By branch.
fn single_steps(all: &Fit, own: &[Option<Fit>], sample: Sample) -> Vec<Vec<Residual>> {
    let of_branch = |branch: &Series| {
        let fit = own[branch.device].as_ref().unwrap_or(all);
        let law = Law::new(&fit.shape, &fit.parameters);
        let mut residuals: Vec<Residual> = branch
            .gaps()
            .zip(branch.ways.windows(2))
            // Where the window ends no noise is seen.
            .filter(|(_, ways)| ways[0] < sample.top)
            .map(|(gap, ways)| {
                let mut state = State::at(ways[0]);
                law.advance(&mut state, gap, sample.top);
                Residual { left: ways[1] - state.way, squares: state.squares, pulses: f64::from(gap) }
            })
            .collect();
        let mean =
            residuals.iter().map(|residual| residual.left).sum::<f64>() / residuals.len().max(1) as f64;
        residuals.iter_mut().for_each(|residual| residual.left -= mean);
        residuals
    };
    sample.series.iter().map(of_branch).collect()
}

struct Cycle {
    sd: Option<(f64, CycleOf)>,
    /// \[window\].
    reading_sd: f64,
}

fn cycle(branches: &[Vec<Residual>]) -> Cycle {
    let all: Vec<Residual> = branches.iter().flatten().copied().collect();
    let pairs = branches.iter().flat_map(|branch| branch.windows(2)).map(|pair| pair[0].left * pair[1].left);
    let pairs: Vec<f64> = pairs.collect();
    let mean = |value: &dyn Fn(&Residual) -> f64| all.iter().map(value).sum::<f64>() / all.len() as f64;
    if pairs.len() < LEAST_PAIRS {
        return Cycle { sd: None, reading_sd: 0.0 };
    }
    let variance = mean(&|residual| residual.left * residual.left);
    let covariance = pairs.iter().sum::<f64>() / pairs.len() as f64;
    let reading = (-covariance).clamp(0.0, variance / 2.0);
    let rest = (variance - 2.0 * reading).max(0.0);
    let of = [(CycleOf::Step, mean(&|residual| residual.squares)), (CycleOf::Range, mean(&|r| r.pulses))];
    let [step, range] = of.map(|(of, scale)| ((rest / scale).sqrt(), of));
    let likelier = |(sd, of): (f64, CycleOf)| {
        let scale =
            |residual: &Residual| if of == CycleOf::Step { residual.squares } else { residual.pulses };
        // A variance of 0 explains nothing: a hundredth of the mean is kept.
        let variance_of =
            |residual: &Residual| (sd * sd * scale(residual) + 2.0 * reading).max(0.01 * variance);
        mean(&|r| -(r.left * r.left / variance_of(r) + variance_of(r).ln()))
    };
    let sd = if likelier(step) > likelier(range) { step } else { range };
    // What is left of a mean of so many squares by chance alone: two standard errors of it.
    let chance = 2.0 * variance * (2.0 / all.len() as f64).sqrt();
    Cycle { sd: (rest > chance && sd.0.is_finite()).then_some(sd), reading_sd: reading.sqrt() }
}

/// The noise that was chosen says itself what a reading's error is, where it has one.
pub(crate) fn noise_sd(fit: &Fit) -> f64 {
    let squares: f64 = fit.left.residuals.iter().map(|residual| residual * residual).sum();
    let count = match fit.noise {
        Noise::Readings => fit.left.residuals.len() - fit.left.starts.len(),
        Noise::Walk => fit.left.residuals.len(),
    };
    (squares / (count - fit.parameters.len()) as f64).sqrt()
}
