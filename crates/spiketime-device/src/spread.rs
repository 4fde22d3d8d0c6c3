//! How far devices and pulses differ from each other, apart from what noise explains.
//!
//! ```text
//! device to device  s² − mean of the squared standard errors,  s² the variance of the estimates of single devices
//! interval          of s² by χ², less the same;  from 0 where noise may explain all of it
//! reading           −(covariance of neighbouring residuals):  e_k = ξ_k + r_(k+1) − r_k
//! cycle to cycle    mean e² = c² · (mean Σs² or mean m) + 2 (reading)²,  s the steps and m the pulses of a residual
//! ```
//!
//! e are predictions of one reading from the one before, by the law of its own device, less their mean in the branch, so
//! that neither a device of its own nor a slow drift counts as noise of pulses. Whether c is of the step or of the range is
//! what makes the residuals likelier. Method of moments: Searle, Casella & McCulloch 1992, *Variance Components*, §3. An end
//! of the range differs from device to device only where branches level off there (`ends`).

use schemars::JsonSchema;
use serde::Serialize;
use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::choice::Choice;
use crate::curve::{Law, Shape, State};
use crate::ends::end;
use crate::file::CycleOf;
use crate::least_squares::{Fit, Sample, Value, from};
use crate::likelihood::{Noise, Series};
use crate::measured::Measured;
use crate::pulses::{Branch, Direction};
use crate::scale::scale;

/// Pairs of neighbouring residuals that a covariance needs.
const LEAST_PAIRS: usize = 10;

/// Spreads; none where there is one device only, or where noise explains all of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Spread {
    /// Of steps up and of steps down, relative to their mean.
    pub step_sd: [Option<Value>; 2],
    /// Of the nonlinearities of both directions, relative to their mean.
    pub nonlinearity_sd: Option<Value>,
    /// Of the lowest conductance of a device.
    pub conductance_min_sd_ns: Option<Value>,
    /// Of the highest conductance of a device.
    pub conductance_max_sd_ns: Option<Value>,
    /// Why an end of the range may differ without being told.
    pub not_told: Option<&'static str>,
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
    let shapes = own.iter().map(|fits| fits.iter().flatten().filter_map(Fit::nonlinearity).collect());
    let shapes: Vec<Vec<[f64; 2]>> = shapes.collect();
    let ends = Direction::BOTH.map(|direction| ends(branches, measured, direction));
    let cycle = cycle(&residuals);
    Spread {
        step_sd: [0, 1].map(|at| apart(&[relative(steps(&choices[at].chosen().1, &own[at], samples[at]))])),
        nonlinearity_sd: apart(&shapes.into_iter().map(relative).collect::<Vec<_>>()),
        conductance_min_sd_ns: apart(&[ends[1].clone()]),
        conductance_max_sd_ns: apart(&[ends[0].clone()]),
        not_told: (measured.devices.len() > 1).then(|| not_told(measured)).flatten(),
        cycle_sd: cycle.sd.map(|(sd, _)| sd),
        cycle_of: cycle.sd.map(|(_, of)| of),
        reading_sd_ns: Some(cycle.reading_sd * (measured.window.max_ns - measured.window.min_ns))
            .filter(|sd| *sd > 0.0),
    }
}

fn not_told(measured: &Measured) -> Option<&'static str> {
    match measured.levels {
        [true, true] => None,
        [true, false] => Some("G_min, where no branch levels off"),
        [false, true] => Some("G_max, where no branch levels off"),
        [false, false] => Some("G_min and G_max, where no branch levels off"),
    }
}

/// The standard deviation of estimates [value, standard error] about the mean of their group, apart from their errors; `None`
/// where those are all of it.
fn apart(groups: &[Vec<[f64; 2]>]) -> Option<Value> {
    let groups: Vec<&Vec<[f64; 2]>> = groups.iter().filter(|group| group.len() > 1).collect();
    let count: f64 = groups.iter().map(|group| group.len() as f64).sum();
    let freedom = count - groups.len() as f64;
    let squares: f64 = groups.iter().map(|group| squares(group)).sum();
    let errors = groups.iter().copied().flatten().map(|[_, error]| error * error).sum::<f64>() / count;
    let chi = ChiSquared::new(freedom).ok()?;
    let sd = |variance: f64| (variance - errors).max(0.0).sqrt();
    let interval = [0.975, 0.025].map(|quantile| sd(squares / chi.inverse_cdf(quantile)));
    let value = sd(squares / freedom);
    // Estimates without errors differ by rounding.
    (value > 1e-9).then_some(Value { value, interval: Some(interval) })
}

/// About the mean.
fn squares(group: &[[f64; 2]]) -> f64 {
    let mean = group.iter().map(|[value, _]| value).sum::<f64>() / group.len() as f64;
    group.iter().map(|[value, _]| (value - mean) * (value - mean)).sum()
}

/// Estimates as parts of their mean.
fn relative(group: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    let mean = group.iter().map(|[value, _]| value).sum::<f64>() / group.len() as f64;
    group.into_iter().map(|estimate| estimate.map(|part| part / mean)).collect()
}

/// The steps of devices.
fn steps(all: &Fit, own: &[Option<Fit>], sample: Sample) -> Vec<[f64; 2]> {
    match &all.shape {
        Shape::Formula(_) => {
            let step = |fit: &Fit| [fit.parameters[0].exp(), fit.parameters[0].exp() * fit.errors[0]];
            own.iter().flatten().map(step).collect()
        }
        Shape::Points(_) => (0..own.len()).filter_map(|device| scale_of(all, device, sample)).collect(),
    }
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

/// Where the branches of each device end and the error of that, where they level off and there are several.
fn ends(branches: &[Branch], measured: &Measured, direction: Direction) -> Vec<[f64; 2]> {
    let of_device = |device: &String| {
        let own: Vec<&Branch> = branches.iter().filter(|branch| branch.device == *device).collect();
        let end = end(&own, direction, true)?;
        Some([end.ns, end.error_ns?])
    };
    let levels = measured.levels[direction as usize];
    measured.devices.iter().filter(|_| levels).filter_map(of_device).collect()
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
