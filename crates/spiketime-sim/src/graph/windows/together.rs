//! One spike's deliveries to many neurons of the same constants, as vector code.
//!
//! ```text
//! delta:        v ← limit + (v − limit) e^(−t/τ) + w
//! exponential:  v ← limit + (v − limit) e^(−t/τ) + s h(t),   s ← s e^(−t/τ_s) + w
//! ```
//!
//! That is all there is to an ordinary delivery: the neuron was below its threshold on the way and is so now. What is
//! not ordinary (a refractory neuron, a crossing before the input or at it) is told, and left to the laws one by one.
//! The formulas are those of [`State`](super::super::state::State), an adaptive threshold is not among them.

// A lane is one place of several columns.
#![allow(clippy::needless_range_loop)]

use multiversion::multiversion;

use crate::laws::crossing::{early_response, has_early_response};
use crate::laws::lif::{decay_factor, received, relaxed};
use crate::laws::quiet::Quiet;

/// Neurons that are looked at together.
pub(super) const MANY: usize = 128;

/// A value of each of them.
pub(super) type Column<T = f64> = [T; MANY];

/// What is stored of [`MANY`] neurons, then what an input has left; where it is not ordinary, what was stored.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub potentials_mv: Column,
    pub since_ms: Column,
    pub weights_mv: Column,
    pub currents_mv: Column,
    pub currents_since_ms: Column,
    /// No crossing before.
    pub quiet_until_ms: Column,
    /// Is there nothing more to the input?
    pub are_ordinary: Column<bool>,
}

impl Default for Columns {
    fn default() -> Columns {
        let zeros = [0.0; MANY];
        Columns {
            potentials_mv: zeros,
            since_ms: zeros,
            weights_mv: zeros,
            currents_mv: zeros,
            currents_since_ms: zeros,
            quiet_until_ms: zeros,
            are_ordinary: [false; MANY],
        }
    }
}

impl Columns {
    /// Delta inputs at `now_ms` to the first `count` neurons.
    pub fn receive_jumps(&mut self, count: usize, constants: &Constants, now_ms: f64) {
        let Columns { potentials_mv, since_ms, weights_mv, quiet_until_ms, are_ordinary, .. } = self;
        let columns = (potentials_mv, since_ms, quiet_until_ms, are_ordinary);
        receive_jumps(
            columns.0,
            columns.1,
            weights_mv,
            columns.2,
            columns.3,
            lanes(count),
            constants,
            now_ms,
        );
    }

    /// Inputs at `now_ms` to the currents of the first `count` neurons.
    pub fn receive_currents(&mut self, count: usize, constants: &Constants, now_ms: f64) {
        receive_currents(self, lanes(count), constants, now_ms);
    }
}

/// What all of the neurons share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Constants {
    pub limit_mv: f64,
    pub tau_ms: f64,
    /// Of a current.
    pub tau_synapse_ms: f64,
    pub quiet: Quiet,
}

/// Whole vectors: what stands behind the last neuron is computed and not read.
fn lanes(count: usize) -> usize {
    count.next_multiple_of(8).min(MANY)
}

// Each column a parameter: what is known to overlap nothing needs no test of that at every call.
#[allow(clippy::too_many_arguments)]
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq+avx512bw", "x86_64+avx2"))]
fn receive_jumps(
    potentials_mv: &mut Column,
    since_ms: &mut Column,
    weights_mv: &Column,
    quiet_until_ms: &mut Column,
    are_ordinary: &mut Column<bool>,
    lanes: usize,
    &Constants { limit_mv, tau_ms, quiet, .. }: &Constants,
    now_ms: f64,
) {
    for lane in 0..lanes.min(MANY) {
        let (stored_mv, stored_ms) = (potentials_mv[lane], since_ms[lane]);
        let decayed_mv = relaxed(stored_mv, limit_mv, decay_factor(now_ms - stored_ms, tau_ms));
        // What was stored at this instant is as it was stored; what is stored for later is refractory and hears nothing.
        let potential_mv = if now_ms <= stored_ms { stored_mv } else { decayed_mv };
        let received_mv = received(potential_mv, weights_mv[lane]);
        let stays_below = quiet.stays_below(stored_mv, potential_mv) & quiet.is_below(received_mv);
        let (is_refractory, hears) = (now_ms < stored_ms, stays_below & (now_ms >= stored_ms));
        let left_mv = if hears { received_mv } else { stored_mv };
        let left_ms = if hears { now_ms } else { stored_ms };
        potentials_mv[lane] = left_mv;
        since_ms[lane] = left_ms;
        quiet_until_ms[lane] = quiet.until_ms(left_mv, 0.0, left_ms);
        are_ordinary[lane] = is_refractory | hears;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq+avx512bw", "x86_64+avx2"))]
fn receive_currents(columns: &mut Columns, lanes: usize, constants: &Constants, now_ms: f64) {
    let &Constants { limit_mv, tau_ms, tau_synapse_ms, quiet } = constants;
    for lane in 0..lanes.min(MANY) {
        let (stored_mv, stored_ms) = (columns.potentials_mv[lane], columns.since_ms[lane]);
        let (current_mv, elapsed_ms) = (columns.currents_mv[lane], now_ms - stored_ms);
        let undriven_mv = relaxed(stored_mv, limit_mv, decay_factor(elapsed_ms, tau_ms));
        let driven_mv = undriven_mv + current_mv * early_response(elapsed_ms, tau_ms, tau_synapse_ms);
        let potential_mv = if now_ms <= stored_ms { stored_mv } else { driven_mv };
        let left_current_mv = current_mv * decay_factor(elapsed_ms, tau_synapse_ms);
        let received_mv = received(left_current_mv, columns.weights_mv[lane]);
        let is_known = (stored_ms == columns.currents_since_ms[lane]) & (now_ms >= stored_ms);
        let is_quiet = quiet.stays_below_driven((stored_mv, current_mv), (potential_mv, left_current_mv))
            | (now_ms <= columns.quiet_until_ms[lane]) & quiet.is_below(potential_mv);
        let is_ordinary = is_known & is_quiet & has_early_response(elapsed_ms, tau_ms, tau_synapse_ms);
        let left_mv = if is_ordinary { potential_mv } else { stored_mv };
        let left_ms = if is_ordinary { now_ms } else { stored_ms };
        let until_ms = quiet.until_ms(potential_mv, received_mv, now_ms);
        columns.potentials_mv[lane] = left_mv;
        columns.since_ms[lane] = left_ms;
        columns.currents_mv[lane] = if is_ordinary { received_mv } else { current_mv };
        columns.currents_since_ms[lane] = if is_ordinary { now_ms } else { columns.currents_since_ms[lane] };
        columns.quiet_until_ms[lane] = if is_ordinary { until_ms } else { columns.quiet_until_ms[lane] };
        columns.are_ordinary[lane] = is_ordinary;
    }
}

/// The smallest of these, and whether one of them lies before `end_ms`.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq+avx512bw", "x86_64+avx2"))]
pub(super) fn smallest(times_ms: &[f64], end_ms: f64) -> (f64, bool) {
    let (mut smallest_ms, mut is_before) = ([f64::INFINITY; 8], [false; 8]);
    let (whole, rest) = times_ms.as_chunks::<8>();
    for times_ms in whole {
        for lane in 0..8 {
            let at_ms = times_ms[lane];
            smallest_ms[lane] = if at_ms < smallest_ms[lane] { at_ms } else { smallest_ms[lane] };
            is_before[lane] |= at_ms < end_ms;
        }
    }
    let smallest_ms =
        smallest_ms.iter().chain(rest).fold(f64::INFINITY, |least_ms, &at_ms| at_ms.min(least_ms));
    (smallest_ms, is_before.contains(&true) || rest.iter().any(|&at_ms| at_ms < end_ms))
}
