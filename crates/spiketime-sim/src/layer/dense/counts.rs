//! The rule of counts of a whole layer: what its inputs count, and what an output spike makes of it.
//!
//! The drive of each input serves all winners of an instant. A winner's weights are a column: part by part it is
//! taken out, changed as a contiguous vector and put back.

use crate::event::InputSpike;
use crate::laws::conductance::Factors;
use crate::laws::count_stdp::CountPlasticity;
use crate::layer::network::Network;
use crate::layer::rows::LANES;
use crate::real::Real;
use crate::time::Time;

use super::column::{factors, part, put, take};
use super::devices::Synapses;

/// Counts input spikes, and stamps their inputs.
#[inline(always)]
pub(super) fn count<R: Real>(network: &mut Network<R>, rule: &CountPlasticity, spikes: &[InputSpike]) {
    for spike in spikes {
        let source = spike.source as usize;
        let (trace, last) = (&mut network.memory.traces[source], &mut network.last_input[source]);
        *trace = rule.traced(*trace, *last, spike.at);
        *last = spike.at;
    }
}

/// What the winners learn.
#[inline(always)]
pub(super) fn learn_counts<R: Real>(
    network: &mut Network<R>,
    rule: &CountPlasticity,
    winners: &[u32],
    now: Time,
    column_mv: &mut [R],
    synapses: &mut Synapses<R>,
) {
    let drives_mv = drives(network, rule, now);
    let (part, max_mv) = (part(network.inputs()), network.layer.weight_max_mv);
    for &winner in winners {
        let spikes = network.memory.own_spikes[winner as usize];
        let rate = rule.rate.at(spikes, network.progress);
        for (at, drives_mv) in drives_mv.chunks(part).enumerate() {
            let (from, column_mv) = (at * part, &mut column_mv[..drives_mv.len()]);
            take(network, winner, from, column_mv);
            if network.differs() {
                synapses.learn_counts(network, rule, (winner as usize, from), rate, drives_mv, column_mv);
            } else if rule.imprints && spikes == 1 {
                for (weight, &drive_mv) in column_mv.iter_mut().zip(drives_mv) {
                    *weight = rule.imprinted(max_mv, drive_mv);
                }
            } else {
                learn_column(rule, max_mv, rate, drives_mv, column_mv);
            }
            put(network, winner, from, column_mv);
        }
    }
}

/// The step of a part of a neuron: the factors of all its weights, then all its weights.
#[inline(always)]
fn learn_column<R: Real>(
    rule: &CountPlasticity,
    max_mv: f64,
    rate: f64,
    drives_mv: &[f64],
    column_mv: &mut [R],
) {
    let (rises, falls) = factors(&rule.conductance, max_mv, column_mv);
    for (((weight, &drive_mv), &rise), &fall) in column_mv.iter_mut().zip(drives_mv).zip(&rises).zip(&falls) {
        *weight = rule.learned(*weight, Factors { rise, fall }, max_mv, drive_mv, rate);
    }
}

/// y of each input \[mV\].
#[inline(always)]
fn drives<R: Real>(network: &Network<R>, rule: &CountPlasticity, now: Time) -> Vec<f64> {
    let mut drives_mv = network.memory.traces.clone();
    for (trace, &last) in drives_mv.iter_mut().zip(&network.last_input) {
        *trace = rule.trace_at(*trace, last, now);
    }
    let total = total(rule, &drives_mv);
    for drive in &mut drives_mv {
        *drive = rule.drive_mv(*drive, total);
    }
    drives_mv
}

/// The sum of all traces, in ascending order of input. Counts are whole numbers, which add up to the same in any order:
/// in lanes.
#[inline(always)]
fn total(rule: &CountPlasticity, traces: &[f64]) -> f64 {
    let (whole, rest) = match rule.tau_trace_ms == f64::INFINITY {
        true => traces.as_chunks::<LANES>(),
        false => (&[][..], traces),
    };
    let mut lanes = [0.0; LANES];
    for traces in whole {
        for (lane, trace) in lanes.iter_mut().zip(traces) {
            *lane += trace;
        }
    }
    lanes.iter().chain(rest).fold(0.0, |sum, trace| sum + trace)
}
