//! What the potentials of many neurons have come to at one instant, as vector code: the formulas of
//! [`State::potential_at`](super::super::state::State::potential_at) for delta synapses.

use multiversion::multiversion;

use crate::laws::lif::{decay_factor, relaxed};

/// Neurons that are looked at together.
pub(super) const MANY: usize = 64;

/// One column of [`MANY`] neurons.
pub(super) type Column = [f64; MANY];

/// Potentials as they are stored, what they tend to and how fast.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub potentials_mv: Column,
    pub since_ms: Column,
    pub limits_mv: Column,
    pub taus_ms: Column,
}

impl Default for Stored {
    fn default() -> Stored {
        let zeros = [0.0; MANY];
        Stored { potentials_mv: zeros, since_ms: zeros, limits_mv: zeros, taus_ms: [1.0; MANY] }
    }
}

/// The first `count` potentials at `now_ms`, which may lie before they were stored: then they are as stored.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq+avx512bw", "x86_64+avx2"))]
pub(super) fn potentials_at(stored: &Stored, count: usize, now_ms: f64, potentials_mv: &mut Column) {
    // Whole vectors: what stands behind the last neuron is computed and not read.
    for place in 0..count.next_multiple_of(8).min(MANY) {
        let (stored_mv, since_ms) = (stored.potentials_mv[place], stored.since_ms[place]);
        let factor = decay_factor(now_ms - since_ms, stored.taus_ms[place]);
        let decayed_mv = relaxed(stored_mv, stored.limits_mv[place], factor);
        potentials_mv[place] = if now_ms <= since_ms { stored_mv } else { decayed_mv };
    }
}
