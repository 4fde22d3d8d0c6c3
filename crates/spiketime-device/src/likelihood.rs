//! What is left of readings under a law, by one of two models of noise, and how likely that is.
//!
//! ```text
//! readings  each reading has an error of its own:   e_k = c_k(y₀) − y_k,  y₀ free in every branch
//! walk      each pulse has one, which stays:        e_k = (F^m(y_(k−1)) − y_k)/√m,  m pulses after the last reading
//! −2 ln L = N ln(2π Σe²/N) + N + extra,  N = readings − branches
//! extra   = Σ over branches ln Σ_k (∂c_k/∂y₀)²  of readings;   Σ ln m  of a walk
//! AIC     = −2 ln L + 2k + 2k(k + 1)/(N − k − 1),   k = parameters of the law + 1
//! ```
//!
//! In a walk a pulse starts where the last one really led, so that what is compared is the prediction of one reading from
//! the one before; a difference of residuals would keep what a law that has less room takes back. Both are likelihoods of the
//! same data, all readings but the level of each branch: of readings it is integrated over all y₀ (Laplace's way, which
//! makes `extra`), of a walk it falls out with the first. So the AIC of any law, a table too, and either noise compare.
//!
//! y₀ is not asked of the minimiser: for each trial of the law it is found by Gauss and Newton, and its direction is taken out
//! of the slopes (Kaufman 1975, BIT 15:49). Hurvich & Tsai 1989, Biometrika 76:297, for the last term of the AIC.

use schemars::JsonSchema;
use serde::Serialize;

use crate::curve::{Law, MOST, State};

/// A model of noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Noise {
    /// Every reading has an error of its own.
    Readings,
    /// Every pulse has one, which stays.
    Walk,
}

/// A branch as ways from the bound that its pulses lead away from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    /// Which device, by its number.
    pub device: usize,
    pub pulses: Vec<u32>,
    pub ways: Vec<f64>,
}

impl Series {
    /// Pulses between a reading and the one before it.
    pub fn gaps(&self) -> impl Iterator<Item = u32> + '_ {
        self.pulses.windows(2).map(|pair| pair[1] - pair[0])
    }
}

/// What a law leaves of readings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Left {
    pub residuals: Vec<f64>,
    /// How each moves with the parameters.
    pub slopes: Vec<[f64; MOST]>,
    /// Where the branches start, of readings.
    pub starts: Vec<f64>,
    pub extra: f64,
}

/// Everything that `law` leaves; a curve ends at `top`.
pub(crate) fn left(law: &Law, series: &[Series], top: f64, noise: Noise) -> Left {
    let mut all = Left::default();
    for branch in series {
        match noise {
            Noise::Readings => readings(law, branch, top, &mut all),
            Noise::Walk => walk(law, branch, top, &mut all),
        }
    }
    all
}

/// −2 ln L + penalty.
pub(crate) fn aic(squares: f64, extra: f64, count: usize, parameters: usize) -> f64 {
    let (count, parameters) = (count as f64, parameters as f64 + 1.0);
    // Data without noise leave what rounding leaves, or nothing.
    let variance = (squares / count).max(f64::EPSILON * f64::EPSILON);
    let likelihood = count * ((std::f64::consts::TAU * variance).ln() + 1.0) + extra;
    let small = 2.0 * parameters * (parameters + 1.0) / (count - parameters - 1.0).max(1e-9);
    likelihood + 2.0 * parameters + small
}

/// The states of a curve at every reading.
pub(crate) fn curve(law: &Law, branch: &Series, start: f64, top: f64) -> Vec<State> {
    let mut state = State::at(start);
    let mut states = vec![state.clone()];
    for gap in branch.gaps() {
        law.advance(&mut state, gap, top);
        states.push(state.clone());
    }
    states
}

fn readings(law: &Law, branch: &Series, top: f64, all: &mut Left) {
    const MOST_TURNS: usize = 12;
    let mut start = branch.ways[0];
    for _ in 0..MOST_TURNS {
        let turn = turn(law, branch, start, top);
        start += turn;
        if turn.abs() < 1e-13 {
            break;
        }
    }
    let states = curve(law, branch, start, top);
    let squares: f64 = states.iter().map(|state| state.by_start * state.by_start).sum();
    let along = along_start(&states, squares);
    for (state, way) in states.iter().zip(&branch.ways) {
        all.residuals.push(state.way - way);
        all.slopes.push(std::array::from_fn(|number| state.by[number] - state.by_start * along[number]));
    }
    all.starts.push(start);
    all.extra += squares.ln();
}

/// What Gauss and Newton add to a start.
fn turn(law: &Law, branch: &Series, start: f64, top: f64) -> f64 {
    let mut state = State::at(start);
    let mut sums = [1.0, branch.ways[0] - start];
    for (gap, way) in branch.gaps().zip(&branch.ways[1..]) {
        law.advance(&mut state, gap, top);
        sums[0] += state.by_start * state.by_start;
        sums[1] += state.by_start * (way - state.way);
    }
    sums[1] / sums[0]
}

/// How the best start moves with the parameters.
fn along_start(states: &[State], squares: f64) -> [f64; MOST] {
    std::array::from_fn(|number| {
        states.iter().map(|state| state.by_start * state.by[number]).sum::<f64>() / squares
    })
}

fn walk(law: &Law, branch: &Series, top: f64, all: &mut Left) {
    for (gap, ways) in branch.gaps().zip(branch.ways.windows(2)) {
        let mut state = State::at(ways[0]);
        law.advance(&mut state, gap, top);
        let scale = 1.0 / f64::from(gap).sqrt();
        all.residuals.push((state.way - ways[1]) * scale);
        all.slopes.push(state.by.map(|slope| slope * scale));
        all.extra += f64::from(gap).ln();
    }
}
