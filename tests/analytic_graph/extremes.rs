//! The ends of what a neuron may be: thresholds far above, time constants far apart, subnormal potentials.

use spiketime_sim::graph::{Graph, Neuron, SimulationError, Source, Synapses};

use super::{TOLERANCE, adaptive_neuron, input, ms, one, simulation, times};
use crate::both_graphs::Both;
use crate::fixture::{Row, assert_relative, cases, passed};

/// An input that makes any neuron of these tables spike.
const STRONG_MV: f64 = 1e12;

#[test]
fn a_step_far_above_the_threshold_takes_no_digit_of_what_follows() {
    for (case, rows) in cases(include_str!("../../fixtures/lif/high_threshold.csv"), "case") {
        let neuron = Neuron { bias_mv: rows[0].number("bias_mv"), ..adaptive_neuron(&rows[0]) };
        let mut simulation = simulation(one(neuron, STRONG_MV), 0.0);
        input(&mut simulation, 0.0, 0);
        let last = rows[rows.len() - 1].number("spike_ms");
        let found = times(&mut simulation, last * (1.0 + TOLERANCE));
        assert_eq!(found.len(), 1 + rows.len(), "{case}");
        for (row, &found) in rows.iter().zip(&found[1..]) {
            assert_relative(found, row.number("spike_ms"), TOLERANCE, case);
        }
        passed("lif/high_threshold", case, rows.len());
    }
}

/// A neuron at threshold 0 whose distance from it begins as the row says, and how many spikes come before.
fn begun(row: &Row) -> (Both, usize) {
    let tau_drive_ms = row.number("tau_drive_ms");
    let neuron = Neuron {
        tau_membrane_ms: row.number("tau_membrane_ms"),
        bias_mv: row.number("limit_mv"),
        threshold_mv: 0.0,
        reset_mv: row.number("margin_mv"),
        initial_mv: row.number("margin_mv"),
        ..Neuron::default()
    };
    match row.text("kind") {
        "bias" => (simulation(one(neuron, 0.0), 0.0), 0),
        "current" => {
            let synapses = Synapses::Exponential { tau_synapse_ms: tau_drive_ms };
            let mut simulation = simulation(one(Neuron { synapses, ..neuron }, row.number("drive_mv")), 0.0);
            input(&mut simulation, 0.0, 0);
            (simulation, 0)
        }
        _ => (raised(neuron, row.number("drive_mv"), tau_drive_ms), 1),
    }
}

/// After a spike at 0 ms, and right after it a jump to the margin if that lies above the threshold's fixed part.
fn raised(neuron: Neuron, adaptation_mv: f64, tau_adaptation_ms: f64) -> Both {
    let synapses = Synapses::Delta { adaptation_mv, tau_adaptation_ms };
    let (margin_mv, limit_mv) = (neuron.reset_mv, neuron.bias_mv);
    let is_jump = margin_mv > 0.0;
    let reset_mv = if is_jump { limit_mv } else { margin_mv };
    let mut graph: Graph = one(Neuron { synapses, reset_mv, initial_mv: 0.0, ..neuron }, STRONG_MV);
    graph.inputs = 2;
    graph.connect(Source::Input(1), 0, 0.0, if is_jump { margin_mv - limit_mv } else { 0.0 });
    let mut simulation = simulation(graph, 0.0);
    input(&mut simulation, 0.0, 0);
    if is_jump {
        input(&mut simulation, f64::MIN_POSITIVE, 1);
    }
    simulation
}

fn next_spike_ms(simulation: &mut Both) -> Option<f64> {
    match simulation.next_spikes(ms(1e300)) {
        Ok(spikes) => spikes.map(|(at, _)| at.ms()),
        // It spikes, and from a reset so near again at once, which is refused.
        Err(SimulationError::TooFast { at_ms, .. }) => Some(at_ms),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn at_the_ends_of_what_is_taken_each_crossing_is_found_and_none_that_is_not_there() {
    for (kind, rows) in cases(include_str!("../../fixtures/lif/extreme.csv"), "kind") {
        for row in &rows {
            let (mut simulation, before) = begun(row);
            let what = ["tau_membrane_ms", "tau_drive_ms", "limit_mv", "margin_mv", "drive_mv", "spike_ms"]
                .map(|column| row.text(column))
                .join(",");
            for _ in 0..before {
                assert_eq!(simulation.next_spikes(ms(0.0)).expect("it runs").expect("a spike").0, ms(0.0));
            }
            let found = next_spike_ms(&mut simulation);
            match row.text("spike_ms") {
                "none" => assert_eq!(found, None, "{kind},{what}"),
                _ => {
                    let found = found.unwrap_or_else(|| panic!("{kind},{what}: never"));
                    assert_relative(found, row.number("spike_ms"), TOLERANCE, &format!("{kind},{what}"));
                }
            }
        }
        passed("lif/extreme", kind, rows.len());
    }
}
