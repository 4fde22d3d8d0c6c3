//! Measured pulses in, a device file out: which law each direction follows, how devices and pulses differ, and what is left.

use schemars::JsonSchema;
use serde::Serialize;

use crate::choice::Choice;
use crate::curve::{Law, Shape};
use crate::file::{DeviceFile, SpreadLaw, Steps, Variation};
use crate::kind::LawKind;
use crate::least_squares::{Fit, Sample, Value};
use crate::likelihood::{Noise, curve};
use crate::measured::{Measured, Window};
use crate::pulses::{Branch, Direction};
use crate::remarks::remarks;
use crate::spread::{Spread, noise_sd, spread};

/// Above this a normal law would be cut off below 0 too often.
const WIDEST_NORMAL: f64 = 1.0 / 3.0;
/// Readings of no change at all still make a device file.
const SMALLEST_STEP: f64 = 1e-9;
/// Readings, beyond the level of each branch, that the smallest law needs.
const LEAST_READINGS: usize = 4;

/// Everything that was found.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Fitted {
    /// The conductances that are x = 0 and 1.
    pub window: Window,
    /// How many devices there are.
    pub devices: usize,
    /// Steps up and steps down.
    pub directions: [DirectionFit; 2],
    /// How devices and pulses differ.
    pub spread: Spread,
    /// What the chosen laws cannot hold, a sentence a direction.
    pub cannot_hold: Vec<String>,
}

/// What was found of one direction.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DirectionFit {
    /// `potentiation` or `depression`.
    pub direction: &'static str,
    /// How many branches there are.
    pub branches: usize,
    /// How many readings.
    pub readings: usize,
    /// Every law, under the noise that fits it better.
    pub laws: Vec<LawFit>,
    /// The number of the chosen one.
    pub chosen: usize,
    /// Where every reading lies, what the chosen law says there, and what it leaves.
    #[serde(skip)]
    pub curves: Vec<Curve>,
}

/// One law of one direction.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LawFit {
    /// Which.
    pub law: LawKind,
    /// Of one pulse at the bound it leads away from, as a fraction of the window; of a table the first and the last point.
    pub step: Vec<Value>,
    /// β, NeuroSim's label, or γ.
    pub nonlinearity: Option<Value>,
    /// Of a table: [x, step], x ascending.
    pub table: Option<Vec<[f64; 2]>>,
    /// How many parameters it has.
    pub parameters: usize,
    /// Under which noise.
    pub noise: Noise,
    /// Standard deviation of that noise, of a reading or of a pulse.
    pub noise_sd_ns: f64,
    /// Less that of the best law.
    pub aic_difference: f64,
}

/// One branch and the chosen law on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Which device, by its number.
    pub device: usize,
    /// After how many pulses.
    pub pulses: Vec<u32>,
    /// What was read \[nS\].
    pub read_ns: Vec<f64>,
    /// What the law says \[nS\].
    pub law_ns: Vec<f64>,
    /// Pulse, and reading less law \[nS\]: of a walk, less the prediction from the reading before, by √pulses.
    pub left_ns: Vec<(u32, f64)>,
}

/// Why nothing can be fitted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[allow(missing_docs)]
pub enum FitError {
    #[error("all readings are {0} nS: there is no window to fit in")]
    NoWindow(f64),
    #[error("--min {min_ns} nS does not lie below --max {max_ns} nS")]
    Window { min_ns: f64, max_ns: f64 },
    #[error(
        "{direction} has {readings} readings in {branches} branches: too few for a law, which needs {LEAST_READINGS} more than branches"
    )]
    TooFew { direction: &'static str, readings: usize, branches: usize },
    #[error("readings of {0} lead the wrong way on the whole; are the directions swapped?")]
    WrongWay(&'static str),
}

/// Fits every law; an end of the window that is not given is what the devices showed.
///
/// # Errors
/// When there is no window, there are too few readings, or they lead the wrong way.
pub fn fit(branches: &[Branch], min_ns: Option<f64>, max_ns: Option<f64>) -> Result<Fitted, FitError> {
    if let Some(direction) = Direction::BOTH.into_iter().find(|direction| leads_back(branches, *direction)) {
        return Err(FitError::WrongWay(direction.word()));
    }
    let measured = Measured::new(branches, min_ns, max_ns);
    let Window { min_ns: low, max_ns: high } = measured.window;
    match low < high {
        false if min_ns.is_some() || max_ns.is_some() => {
            return Err(FitError::Window { min_ns: low, max_ns: high });
        }
        false => return Err(FitError::NoWindow(low)),
        true => {}
    }
    let [up, down] = Direction::BOTH.map(|direction| choice(&measured, direction));
    let choices = [up?, down?];
    Ok(Fitted {
        window: measured.window,
        devices: measured.devices.len(),
        directions: Direction::BOTH
            .map(|direction| of_direction(&measured, &choices[direction as usize], direction)),
        spread: spread(branches, &measured, &choices),
        cannot_hold: remarks(branches, &measured, &choices),
    })
}

/// On the whole, from first to last readings.
fn leads_back(branches: &[Branch], direction: Direction) -> bool {
    let own = branches.iter().filter(|branch| branch.direction == direction);
    let whole_ns: f64 = own
        .map(|Branch { conductance_ns, .. }| conductance_ns[conductance_ns.len() - 1] - conductance_ns[0])
        .sum();
    if direction == Direction::Potentiation { whole_ns < 0.0 } else { whole_ns > 0.0 }
}

fn choice(measured: &Measured, direction: Direction) -> Result<Choice, FitError> {
    let (sample, word) = (measured.sample(direction), direction.word());
    let readings = sample.series.iter().map(|branch| branch.ways.len()).sum();
    let too_few = FitError::TooFew { direction: word, readings, branches: sample.series.len() };
    if sample.count() < LEAST_READINGS {
        return Err(too_few);
    }
    if sample.mean_step() <= 0.0 {
        return Err(FitError::WrongWay(word));
    }
    Choice::of(sample).ok_or(too_few)
}

fn of_direction(measured: &Measured, choice: &Choice, direction: Direction) -> DirectionFit {
    let sample = measured.sample(direction);
    let range_ns = measured.window.max_ns - measured.window.min_ns;
    let best = choice.chosen().1.aic;
    let law = |(kind, fit): &(LawKind, Fit)| LawFit {
        noise_sd_ns: noise_sd(fit) * range_ns,
        aic_difference: fit.aic - best,
        ..law_fit(*kind, fit, direction)
    };
    DirectionFit {
        direction: direction.word(),
        branches: sample.series.len(),
        readings: sample.series.iter().map(|branch| branch.ways.len()).sum(),
        laws: choice.fits.iter().map(law).collect(),
        chosen: choice.best,
        curves: curves(&choice.chosen().1, sample, measured, direction),
    }
}

fn law_fit(law: LawKind, fit: &Fit, direction: Direction) -> LawFit {
    let last = fit.parameters.len() - 1;
    let ends = if law == LawKind::Table { vec![0, last] } else { vec![0] };
    let mut step: Vec<Value> = ends.into_iter().map(|number| fit.value(number)).collect();
    if direction == Direction::Depression {
        step.reverse();
    }
    LawFit {
        law,
        step,
        nonlinearity: law.nonlinearity().map(|_| fit.value(1)),
        table: table(fit, direction),
        parameters: fit.parameters.len(),
        noise: fit.noise,
        noise_sd_ns: 0.0,
        aic_difference: 0.0,
    }
}

/// By x, ascending: a way down is 1 − x.
fn table(fit: &Fit, direction: Direction) -> Option<Vec<[f64; 2]>> {
    let Shape::Points(ways) = &fit.shape else { return None };
    let points = ways.iter().zip(&fit.parameters);
    let mut points: Vec<[f64; 2]> = match direction {
        Direction::Potentiation => points.map(|(&way, log)| [way, log.exp()]).collect(),
        Direction::Depression => points.rev().map(|(&way, log)| [1.0 - way, log.exp()]).collect(),
    };
    points.iter_mut().for_each(|point| *point = [rounded(point[0]), shortened(rounded(point[1]))]);
    Some(points)
}

fn curves(fit: &Fit, sample: Sample, measured: &Measured, direction: Direction) -> Vec<Curve> {
    let law = Law::new(&fit.shape, &fit.parameters);
    let range_ns = measured.window.max_ns - measured.window.min_ns;
    let sign = if direction == Direction::Potentiation { -range_ns } else { range_ns };
    let mut residuals = fit.left.residuals.iter();
    let one = |(number, branch): (usize, &crate::likelihood::Series)| {
        let start = fit.left.starts.get(number).copied().unwrap_or(branch.ways[0]);
        let ns = |way: f64| measured.window.ns(direction, way);
        let skipped = usize::from(fit.noise == Noise::Walk);
        Curve {
            device: branch.device,
            pulses: branch.pulses.clone(),
            read_ns: branch.ways.iter().map(|&way| ns(way)).collect(),
            law_ns: curve(&law, branch, start, sample.top).iter().map(|state| ns(state.way)).collect(),
            left_ns: branch.pulses[skipped..]
                .iter()
                .zip(residuals.by_ref())
                .map(|(&pulse, left)| (pulse, sign * left))
                .collect(),
        }
    };
    sample.series.iter().enumerate().map(one).collect()
}

/// A step of which a million do not cross the window is none.
fn shortened(step: f64) -> f64 {
    if step < 1e-6 { 0.0 } else { step }
}

/// To five digits, which is more than any interval.
fn rounded(value: f64) -> f64 {
    format!("{value:.4e}").parse().unwrap_or(value)
}

impl Window {
    /// An end, rounded unless the window is so small that both ends would be one.
    fn end(self, ns: f64) -> f64 {
        if self.max_ns - self.min_ns > 1e-2 * self.max_ns { rounded(ns) } else { ns }
    }
}

impl Fitted {
    /// As a device file; `source` says in words where it comes from.
    #[must_use]
    pub fn device(&self, source: String) -> DeviceFile {
        let steps = [0, 1].map(|at| self.steps(at));
        let [potentiation, depression] = steps;
        let has_shape = potentiation.nonlinearity.is_some() || depression.nonlinearity.is_some();
        let spread = &self.spread;
        let law = |sd: Option<f64>| {
            sd.map(|sd| if sd > WIDEST_NORMAL { SpreadLaw::LogNormal } else { SpreadLaw::Normal })
        };
        let sd = |value: Option<Value>| value.map(|value| rounded(value.value));
        let nonlinearity_sd = sd(spread.nonlinearity_sd).filter(|_| has_shape);
        let normal = |sd: Option<Value>| sd.map(|_| SpreadLaw::Normal);
        DeviceFile {
            name: None,
            source: Some(source),
            conductance_min_ns: self.window.end(self.window.min_ns),
            conductance_max_ns: self.window.end(self.window.max_ns),
            potentiation,
            depression,
            variation: Variation {
                nonlinearity_sd,
                nonlinearity_law: law(nonlinearity_sd),
                conductance_min_sd_ns: sd(spread.conductance_min_sd_ns),
                conductance_min_law: normal(spread.conductance_min_sd_ns),
                conductance_max_sd_ns: sd(spread.conductance_max_sd_ns),
                conductance_max_law: normal(spread.conductance_max_sd_ns),
                cycle_sd: spread.cycle_sd.map(rounded),
                cycle_of: spread.cycle_of,
                levels: None,
            },
        }
    }

    fn steps(&self, at: usize) -> Steps {
        let direction = &self.directions[at];
        let law = &direction.laws[direction.chosen];
        let step = law.table.is_none().then(|| rounded(law.step[0].value.clamp(SMALLEST_STEP, 1.0)));
        let step_sd = self.spread.step_sd[at].map(|sd| rounded(sd.value));
        Steps {
            law: law.law,
            step,
            pulses: None,
            nonlinearity: law.nonlinearity.map(|value| rounded(value.value)),
            table: law.table.clone(),
            step_sd,
            step_law: step_sd
                .map(|sd| if sd > WIDEST_NORMAL { SpreadLaw::LogNormal } else { SpreadLaw::Normal }),
        }
    }
}

#[cfg(test)]
mod tests;
