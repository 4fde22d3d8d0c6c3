//! What one spike teaches many synapses by pairs, as vector code: the laws of [`crate::laws::pair_stdp`], lane by lane.

// A lane is one place of several columns.
#![allow(clippy::needless_range_loop)]

use multiversion::multiversion;

use super::together::{Column, MANY};
use crate::laws::pair_stdp::{PairStdp, Trace};
use crate::time::Time;

/// Synapses that are taught together: weights and both traces.
#[derive(Clone, Debug)]
pub(super) struct Lessons {
    pub weights_mv: Column,
    pub inputs: Traces,
    pub outputs: Traces,
}

/// Traces, side by side.
#[derive(Clone, Debug)]
pub(super) struct Traces {
    values: Column,
    since_ms: Column,
}

impl Default for Lessons {
    fn default() -> Lessons {
        let traces = Traces { values: [0.0; MANY], since_ms: [0.0; MANY] };
        Lessons { weights_mv: [0.0; MANY], inputs: traces.clone(), outputs: traces }
    }
}

impl Traces {
    #[inline(always)]
    pub fn set(&mut self, lane: usize, trace: &Trace) {
        (self.values[lane], self.since_ms[lane]) = (trace.value, trace.since.ms());
    }

    #[inline(always)]
    pub fn get(&self, lane: usize) -> Trace {
        Trace { value: self.values[lane], since: Time::stored(self.since_ms[lane]) }
    }
}

/// An input reaches the neurons of the first `count` synapses: the weights lose, the traces of the inputs rise.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq+avx512bw", "x86_64+avx2"))]
pub(super) fn inputs_arrive(lessons: &mut Lessons, count: usize, pairs: &PairStdp, max_mv: f64, now: Time) {
    let (&pairs, Lessons { weights_mv, inputs, outputs }) = (pairs, lessons);
    for lane in 0..count.min(MANY) {
        weights_mv[lane] = pairs.lost(weights_mv[lane], max_mv, &outputs.get(lane), now);
        let risen = inputs.get(lane).after_spike(now, pairs.tau_gain_ms, pairs.pairing);
        (inputs.values[lane], inputs.since_ms[lane]) = (risen.value, risen.since.ms());
    }
}

/// The neuron of the first `count` synapses spikes: the weights gain.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq+avx512bw", "x86_64+avx2"))]
pub(super) fn neuron_spikes(lessons: &mut Lessons, count: usize, pairs: &PairStdp, max_mv: f64, now: Time) {
    let (&pairs, Lessons { weights_mv, inputs, .. }) = (pairs, lessons);
    for lane in 0..count.min(MANY) {
        weights_mv[lane] = pairs.gained(weights_mv[lane], max_mv, &inputs.get(lane), now);
    }
}
