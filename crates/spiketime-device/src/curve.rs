//! The curve of n pulses, pulse by pulse, and how it moves with its start and its parameters.
//!
//! ```text
//! y ← min(y + s(y), top),   y the way from the bound that pulses lead away from: x up, 1 − x down
//! s(y) = step · r(y), or straight between points
//! ∂y/∂p ← (1 + s'(y)) ∂y/∂p + ∂s/∂p,   0 where the way ends
//! ```
//!
//! Down is up of 1 − x, as every factor of [`spiketime_sim::laws::conductance`] is, so that one curve serves both. Its
//! parameters are ln step and the exponent, or ln of the step at every point: a step is then above 0 whatever they are.

use spiketime_sim::Dependence;

use crate::kind::LawKind;

/// Parameters that a law may have: points of a table, jumps included.
pub(crate) const MOST: usize = 20;
/// Steps beyond this are none of a window of 1, or none at all.
const LOGS: [f64; 2] = [-25.0, 2.0];

/// What is fitted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    Formula(LawKind),
    /// The ways of points, ascending; two with one way are a jump.
    Points(Vec<f64>),
}

impl Shape {
    /// How many parameters it has.
    pub fn count(&self) -> usize {
        match self {
            Shape::Formula(kind) => 1 + usize::from(kind.nonlinearity().is_some()),
            Shape::Points(ways) => ways.len(),
        }
    }
}

/// A shape with its parameters.
pub(crate) enum Law<'a> {
    Formula { dependence: Dependence, step: f64 },
    Points { ways: &'a [f64], steps: Vec<f64> },
}

/// Where a curve is, and how that moves.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub way: f64,
    pub by_start: f64,
    pub by: [f64; MOST],
    /// The sum of the squares of the steps that led here.
    pub squares: f64,
}

impl State {
    pub fn at(way: f64) -> State {
        State { way, by_start: 1.0, by: [0.0; MOST], squares: 0.0 }
    }
}

impl Law<'_> {
    pub fn new<'a>(shape: &'a Shape, parameters: &[f64]) -> Law<'a> {
        let step = |log: &f64| log.clamp(LOGS[0], LOGS[1]).exp();
        match shape {
            Shape::Formula(kind) => {
                let exponent = parameters.get(1).copied().unwrap_or(0.0);
                let dependence = kind.dependence(exponent).unwrap_or(Dependence::Additive);
                Law::Formula { dependence, step: step(&parameters[0]) }
            }
            Shape::Points(ways) => Law::Points { ways, steps: parameters.iter().map(step).collect() },
        }
    }

    /// Moves a curve by so many pulses, no further than `top`.
    pub fn advance(&self, state: &mut State, pulses: u32, top: f64) {
        for _ in 0..pulses {
            if state.way < top {
                match self {
                    Law::Formula { dependence, step } => formula(state, dependence, *step),
                    Law::Points { ways, steps } => points(state, ways, steps),
                }
            }
            if state.way >= top {
                *state = State { way: top, by_start: 0.0, by: [0.0; MOST], squares: state.squares };
                return;
            }
        }
    }
}

fn formula(state: &mut State, dependence: &Dependence, step: f64) {
    let factor = dependence.rising(state.way, 1.0);
    let (by_way, by_exponent) = slopes(dependence, state.way, factor);
    let growth = 1.0 + step * by_way;
    state.by_start *= growth;
    state.by[0] = state.by[0] * growth + step * factor;
    state.by[1] = state.by[1] * growth + step * by_exponent;
    state.way += step * factor;
    state.squares += (step * factor) * (step * factor);
}

/// How a factor moves with the way and with its exponent.
fn slopes(dependence: &Dependence, way: f64, factor: f64) -> (f64, f64) {
    let room = 1.0 - way;
    match *dependence {
        // No room is left: a factor of 0 that stays.
        Dependence::Soft | Dependence::Straight { .. } | Dependence::Power { .. } if factor <= 0.0 => {
            (0.0, 0.0)
        }
        Dependence::Soft => (-1.0, 0.0),
        Dependence::Exponential { exponent } => (-exponent * factor, -way * factor),
        Dependence::Straight { exponent } => ((-exponent).exp_m1(), -(-exponent).exp() * way),
        Dependence::Power { exponent } => (-exponent * factor / room, room.ln() * factor),
        Dependence::Additive | Dependence::Table(_) => (0.0, 0.0),
    }
}

fn points(state: &mut State, ways: &[f64], steps: &[f64]) {
    let next = ways.partition_point(|&way| way <= state.way);
    let (before, after) = (next.saturating_sub(1), next.min(ways.len() - 1));
    let width = ways[after] - ways[before];
    let part = if width > 0.0 { (state.way - ways[before]) / width } else { 0.0 };
    let slope = if width > 0.0 { (steps[after] - steps[before]) / width } else { 0.0 };
    let step = steps[before] + part * (steps[after] - steps[before]);
    let growth = 1.0 + slope;
    state.by_start *= growth;
    state.by[..steps.len()].iter_mut().for_each(|by| *by *= growth);
    state.by[before] += (1.0 - part) * steps[before];
    state.by[after] += part * steps[after];
    state.way += step;
    state.squares += step * step;
}

#[cfg(test)]
mod tests {
    use super::*;
    use spiketime_sim::Table;

    fn shapes() -> Vec<(Shape, Vec<f64>)> {
        let formula = |kind, exponent: f64| (Shape::Formula(kind), vec![0.03_f64.ln(), exponent]);
        vec![
            (Shape::Formula(LawKind::Linear), vec![0.01_f64.ln()]),
            (Shape::Formula(LawKind::Soft), vec![0.03_f64.ln()]),
            formula(LawKind::Exponential, 2.1),
            formula(LawKind::Neurosim, 3.0),
            formula(LawKind::Power, 1.7),
            (
                Shape::Points(vec![0.125, 0.375, 0.375, 0.875]),
                [0.03_f64, 0.02, 0.01, 0.005].map(f64::ln).to_vec(),
            ),
        ]
    }

    #[test]
    fn a_curve_of_n_pulses_is_n_single_steps_of_the_simulator() {
        for (shape, parameters) in shapes() {
            let (dependence, step) = match &shape {
                Shape::Formula(kind) => {
                    let exponent = parameters.get(1).copied().unwrap_or(0.0);
                    (kind.dependence(exponent).unwrap(), parameters[0].exp())
                }
                Shape::Points(ways) => {
                    let points: Vec<[f64; 2]> =
                        ways.iter().zip(&parameters).map(|(&way, log)| [way, log.exp()]).collect();
                    (Dependence::Table(std::sync::Arc::new(Table::new(&points).unwrap())), 1.0)
                }
            };
            let mut state = State::at(0.05);
            Law::new(&shape, &parameters).advance(&mut state, 60, 1.0);
            let [mut up, mut down] = [0.05, 0.95];
            for _ in 0..60 {
                up = f64::min(up + step * dependence.rising(up, 1.0), 1.0);
                // A table is of x, and so is not mirrored by itself.
                if !matches!(dependence, Dependence::Table(_)) {
                    down = f64::max(down - step * dependence.falling(down, 1.0), 0.0);
                }
            }
            // Two ways to round a point of a table; 60 roundings of 1 − x.
            assert!((state.way - up).abs() < 1e-14, "{shape:?}: {} against {up}", state.way);
            if !matches!(dependence, Dependence::Table(_)) {
                assert!((1.0 - state.way - down).abs() < 1e-13, "{shape:?}: {} against {down}", state.way);
            }
        }
    }

    #[test]
    fn slopes_are_what_small_changes_do() {
        for (shape, parameters) in shapes() {
            let end = |parameters: &[f64], start: f64| {
                let mut state = State::at(start);
                Law::new(&shape, parameters).advance(&mut state, 25, 1.0);
                state
            };
            let small = 1e-6;
            let slope =
                |change: &dyn Fn(f64) -> State| (change(small).way - change(-small).way) / (2.0 * small);
            let state = end(&parameters, 0.05);
            let by_start = slope(&|change| end(&parameters, 0.05 + change));
            // Of central differences: the square of the change, and rounding over the change.
            assert!((state.by_start - by_start).abs() < 1e-8, "{shape:?}: start");
            for number in 0..shape.count() {
                let by = slope(&|change| {
                    let mut moved = parameters.clone();
                    moved[number] += change;
                    end(&moved, 0.05)
                });
                assert!(
                    (state.by[number] - by).abs() < 1e-8,
                    "{shape:?}: {number}: {} against {by}",
                    state.by[number]
                );
            }
        }
    }

    #[test]
    fn a_curve_ends_at_the_window_and_moves_no_more() {
        let shape = Shape::Formula(LawKind::Linear);
        let mut state = State::at(0.9);
        Law::new(&shape, &[0.05_f64.ln()]).advance(&mut state, 10, 1.0);
        assert_eq!((state.way, state.by_start, state.by[0]), (1.0, 0.0, 0.0));
    }
}
