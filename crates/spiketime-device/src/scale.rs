//! How large the steps of some branches are, relative to those of a law: a regression over stretches of pulses.
//!
//! ```text
//! q = Σ s d/Σ s²,  error² = Σ (d − q s)²/((n − 1) Σ s²),   s what the law says of a stretch, d what was read
//! ```
//!
//! Over stretches, since errors of readings cancel within one. A table, whose points a single device may never reach, has
//! no other parameter that every device shows.

use crate::curve::{Law, State};
use crate::likelihood::Series;

/// Of a branch.
const STRETCHES: usize = 6;

/// q and its standard error; `None` where there are too few readings.
pub(crate) fn scale(law: &Law, branches: &[&Series], top: f64) -> Option<[f64; 2]> {
    let steps: Vec<[f64; 2]> = branches.iter().flat_map(|branch| stretches(law, branch, top)).collect();
    let squares: f64 = steps.iter().map(|[law, _]| law * law).sum();
    let scale = steps.iter().map(|[law, seen]| law * seen).sum::<f64>() / squares;
    let left: f64 = steps.iter().map(|[law, seen]| (seen - scale * law) * (seen - scale * law)).sum();
    let error = (left / (steps.len() as f64 - 1.0) / squares).sqrt();
    (steps.len() > 3 && squares > 0.0 && left > 0.0).then_some([scale, error])
}

/// What the law says of each stretch, and what was read.
fn stretches(law: &Law, branch: &Series, top: f64) -> Vec<[f64; 2]> {
    let length = (branch.ways.len().div_ceil(STRETCHES)).max(2) - 1;
    let ends: Vec<usize> = (0..branch.ways.len()).step_by(length).collect();
    let stretch = |pair: &[usize]| {
        let [begin, end] = [branch.ways[pair[0]], branch.ways[pair[1]]];
        let mut state = State::at(begin);
        law.advance(&mut state, branch.pulses[pair[1]] - branch.pulses[pair[0]], top);
        [state.way - begin, end - begin]
    };
    ends.windows(2).map(stretch).collect()
}
