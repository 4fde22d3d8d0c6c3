//! One spike's deliveries to many neurons of the same constants, as vector code.
//!
//! ```text
//! delta:        v ← limit + (v − limit) e^(−t/τ) + w
//! exponential:  v ← limit + (v − limit) e^(−t/τ) + s h(t),   s ← s e^(−t/τ_s) + w
//! ```
//!
//! That is all there is to most deliveries: the neuron was below its threshold on the way and is so now, or it is
//! refractory. What is odd (a crossing before the input or at it, and all that is not judged) is told, and left to the laws
//! one by one.
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

/// What is stored of [`MANY`] neurons and reaches them, and what that leaves.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub stored: Stored,
    pub weights_mv: Column,
    pub left: Left,
}

/// What is stored of each.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub potentials_mv: Column,
    pub since_ms: Column,
    pub currents_mv: Column,
    pub currents_since_ms: Column,
    /// No crossing before.
    pub quiet_until_ms: Column,
}

/// What an input leaves of each, if it hears it and is not odd; columns of their own, since a store over what was read only
/// where something changes is slow on many processors.
#[derive(Clone, Debug)]
pub(super) struct Left {
    pub potentials_mv: Column,
    pub since_ms: Column,
    pub currents_mv: Column,
    /// No crossing before.
    pub quiet_until_ms: Column,
    /// Does the input change what is stored?
    pub hear: Column<bool>,
    /// Is there more to the input than the formulas above?
    pub are_odd: Column<bool>,
}

impl Default for Columns {
    fn default() -> Columns {
        let (zeros, no) = ([0.0; MANY], [false; MANY]);
        let stored = Stored {
            potentials_mv: zeros,
            since_ms: zeros,
            currents_mv: zeros,
            currents_since_ms: zeros,
            quiet_until_ms: zeros,
        };
        let left = Left {
            potentials_mv: zeros,
            since_ms: zeros,
            currents_mv: zeros,
            quiet_until_ms: zeros,
            hear: no,
            are_odd: no,
        };
        Columns { stored, weights_mv: zeros, left }
    }
}

impl Columns {
    /// Delta inputs at `now_ms` to the first `count` neurons; false where none of them is odd.
    pub fn receive_jumps(&mut self, count: usize, constants: &Constants, now_ms: f64) -> bool {
        receive_jumps(&self.stored, &self.weights_mv, &mut self.left, lanes(count), constants, now_ms)
    }

    /// Inputs at `now_ms` to the currents of the first `count` neurons; false where none of them is odd.
    pub fn receive_currents(&mut self, count: usize, constants: &Constants, now_ms: f64) -> bool {
        receive_currents(&self.stored, &self.weights_mv, &mut self.left, lanes(count), constants, now_ms)
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

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq+avx512bw", "x86_64+avx2"))]
fn receive_jumps(
    stored: &Stored,
    weights_mv: &Column,
    left: &mut Left,
    lanes: usize,
    &Constants { limit_mv, tau_ms, quiet, .. }: &Constants,
    now_ms: f64,
) -> bool {
    let mut is_any_odd = false;
    for lane in 0..lanes.min(MANY) {
        let (stored_mv, stored_ms) = (stored.potentials_mv[lane], stored.since_ms[lane]);
        let decayed_mv = relaxed(stored_mv, limit_mv, decay_factor(now_ms - stored_ms, tau_ms));
        // What was stored at this instant is as it was stored.
        let potential_mv = if now_ms <= stored_ms { stored_mv } else { decayed_mv };
        let received_mv = received(potential_mv, weights_mv[lane]);
        let stays_below = quiet.stays_below(stored_mv, potential_mv) & quiet.is_below(received_mv);
        // What is stored for later is refractory and hears nothing.
        let hears = now_ms >= stored_ms;
        left.potentials_mv[lane] = received_mv;
        left.since_ms[lane] = now_ms;
        left.quiet_until_ms[lane] = quiet.until_ms(received_mv, 0.0, now_ms);
        left.hear[lane] = hears & stays_below;
        left.are_odd[lane] = hears & !stays_below;
        is_any_odd |= left.are_odd[lane];
    }
    is_any_odd
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq+avx512bw", "x86_64+avx2"))]
fn receive_currents(
    stored: &Stored,
    weights_mv: &Column,
    left: &mut Left,
    lanes: usize,
    &Constants { limit_mv, tau_ms, tau_synapse_ms, quiet }: &Constants,
    now_ms: f64,
) -> bool {
    let mut is_any_odd = false;
    for lane in 0..lanes.min(MANY) {
        let (stored_mv, stored_ms) = (stored.potentials_mv[lane], stored.since_ms[lane]);
        let (current_mv, current_ms) = (stored.currents_mv[lane], stored.currents_since_ms[lane]);
        let elapsed_ms = now_ms - stored_ms;
        let undriven_mv = relaxed(stored_mv, limit_mv, decay_factor(elapsed_ms, tau_ms));
        let driven_mv = undriven_mv + current_mv * early_response(elapsed_ms, tau_ms, tau_synapse_ms);
        // What is stored for later is refractory: its current flows on, its potential stays.
        let potential_mv = if now_ms <= stored_ms { stored_mv } else { driven_mv };
        let left_current_mv = current_mv * decay_factor(now_ms - current_ms, tau_synapse_ms);
        let received_mv = received(left_current_mv, weights_mv[lane]);
        let is_known = (stored_ms == current_ms) & has_early_response(elapsed_ms, tau_ms, tau_synapse_ms);
        let is_quiet = quiet.stays_below_driven((stored_mv, current_mv), (potential_mv, left_current_mv))
            | (now_ms <= stored.quiet_until_ms[lane]) & quiet.is_below(potential_mv);
        let hears = (now_ms < stored_ms) | (is_known & is_quiet);
        let left_ms = if now_ms < stored_ms { stored_ms } else { now_ms };
        left.potentials_mv[lane] = potential_mv;
        left.since_ms[lane] = left_ms;
        left.currents_mv[lane] = received_mv;
        left.quiet_until_ms[lane] = quiet.until_ms(potential_mv, received_mv, left_ms);
        left.hear[lane] = hears;
        left.are_odd[lane] = !hears;
        is_any_odd |= !hears;
    }
    is_any_odd
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
