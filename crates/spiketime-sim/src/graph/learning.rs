//! What a spike teaches a synapse of a graph: at an input that reaches its neuron, and at a spike of that neuron.
//!
//! A synapse knows its weight and the trace of its inputs; the trace of the output spikes is its neuron's.

use super::{Learning, Rule};
use crate::laws::pair_stdp::Trace;
use crate::time::Time;

/// The weight and the trace of the inputs after an input at `now`, which was delivered with the weight it found.
pub(super) fn after_input(
    learning: &Learning,
    weight_mv: f64,
    inputs: &Trace,
    outputs: &Trace,
    now: Time,
) -> (f64, Trace) {
    match &learning.rule {
        Rule::Window(_) => (weight_mv, Trace { value: 1.0, since: now }),
        Rule::Pairs(pairs) => (
            pairs.lost(weight_mv, learning.weight_max_mv, outputs, now),
            inputs.after_spike(now, pairs.tau_gain_ms, pairs.pairing),
        ),
    }
}

/// The weight after a spike of its neuron at `now`.
pub(super) fn after_output(learning: &Learning, weight_mv: f64, inputs: &Trace, now: Time) -> f64 {
    let max_mv = learning.weight_max_mv;
    match &learning.rule {
        Rule::Window(window) => {
            let factors = window.conductance.factors(weight_mv / max_mv);
            window.learned(weight_mv, factors, max_mv, window.is_recent(inputs.since, now))
        }
        Rule::Pairs(pairs) => pairs.gained(weight_mv, max_mv, inputs, now),
    }
}

/// The trace of the output spikes after one at `now`.
pub(super) fn outputs_after(learning: &Learning, outputs: &Trace, now: Time) -> Trace {
    match &learning.rule {
        Rule::Window(_) => *outputs,
        Rule::Pairs(pairs) => outputs.after_spike(now, pairs.tau_loss_ms, pairs.pairing),
    }
}
