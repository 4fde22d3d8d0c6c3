//! What a graph refuses, and the order of one instant.

use super::*;
use crate::event::InputSpike;
use crate::laws::pair_stdp::{PairStdp, Pairing};
use crate::time::Time;

/// Two neurons that excite each other; the first is driven.
fn ring() -> Graph {
    let mut graph = Graph { inputs: 1, ..Graph::default() };
    let driven = graph.add(Neuron { bias_mv: 100.0, ..Neuron::default() });
    let other = graph.add(Neuron::default());
    graph.connect(Source::Neuron(driven), other, 1.5, 60.0);
    graph.connect(Source::Neuron(other), driven, 1.5, 60.0);
    graph.connect(Source::Input(0), driven, 0.0, 60.0);
    graph
}

/// Changes one connection.
fn edit(graph: &mut Graph, index: usize, change: impl Fn(&mut Connection)) {
    let mut connections: Vec<Connection> = graph.connections.iter().collect();
    change(&mut connections[index]);
    graph.connections = connections.into_iter().collect();
}

fn error(change: impl Fn(&mut Graph)) -> String {
    let mut graph = ring();
    change(&mut graph);
    graph.check().unwrap_err().to_string()
}

#[test]
fn bad_constants_and_connections_are_named_with_their_rule() {
    let between = "it must be a number from";
    assert_eq!(
        error(|graph| graph.neurons[1].tau_membrane_ms = -1.0),
        format!("neuron 1: tau_membrane_ms is -1.0; {between} 1e-9 to 1e12")
    );
    assert!(error(|graph| graph.neurons[0].bias_mv = f64::NAN).contains("neuron 0: bias_mv is NaN"));
    assert!(error(|graph| graph.neurons[0].threshold_mv = f64::INFINITY).contains("threshold_mv is inf"));
    assert!(error(|graph| graph.neurons[0].initial_mv = 51.0).contains("must not lie above threshold_mv"));
    assert!(
        error(|graph| edit(graph, 0, |own| own.delay_ms = -0.5)).contains("connection 0: delay_ms is -0.5")
    );
    assert!(
        error(|graph| edit(graph, 1, |own| own.delay_ms = 0.0))
            .contains("between neurons it must be above 0")
    );
    assert!(
        error(|graph| edit(graph, 2, |own| own.weight_mv = f64::NAN))
            .contains("connection 2: weight_mv is NaN")
    );
    assert!(
        error(|graph| edit(graph, 0, |own| own.target = 2))
            .contains("there is no neuron 2; they go from 0 to")
    );
    assert!(
        error(|graph| edit(graph, 2, |own| own.source = Source::Input(1))).contains("there is no input 1")
    );
    assert!(error(|graph| edit(graph, 2, |own| own.learning = Some(0))).contains("there is no learning 0"));
}

#[test]
fn an_event_in_the_past_and_an_unknown_neuron_are_refused() {
    let mut simulation = Simulation::new(ring(), Time::ZERO).unwrap();
    while simulation.next_spikes(Time::from_ms(20.0)).unwrap().is_some() {}
    let past = simulation.input(InputSpike { at: Time::from_ms(20.0), source: 0 }).unwrap_err();
    assert_eq!(past.to_string(), "20 ms lies in the past: everything up to 20 ms is done");
    let unknown = simulation.input(InputSpike { at: Time::from_ms(21.0), source: 1 }).unwrap_err();
    assert_eq!(unknown.to_string(), "there is no input 1; they go from 0 to below 1");
    assert!(simulation.set_bias_mv(2, 0.0).unwrap_err().to_string().contains("there is no neuron 2"));
    assert!(simulation.set_bias_mv(0, f64::NAN).unwrap_err().to_string().contains("bias_mv is NaN"));
    assert!(simulation.potential_mv(0, Time::from_ms(19.0)).is_err());
}

#[test]
fn spikes_faster_than_times_can_tell_apart_end_in_an_error() {
    let mut graph = ring();
    graph.neurons[0].bias_mv = 1e12;
    graph.neurons[0].tau_membrane_ms = 1e-9;
    let mut simulation = Simulation::new(graph, Time::from_ms(1e6)).unwrap();
    let error = simulation.next_spikes(Time::from_ms(1e6 + 1.0)).unwrap_err();
    assert!(error.to_string().contains("neuron 0 spikes twice at 1000000 ms"), "{error}");
}

#[test]
fn a_delay_too_short_for_its_time_ends_in_an_error() {
    let mut graph = ring();
    edit(&mut graph, 0, |own| own.delay_ms = 1e-300);
    let mut simulation = Simulation::new(graph, Time::ZERO).unwrap();
    let error = simulation.next_spikes(Time::from_ms(100.0)).unwrap_err();
    assert!(error.to_string().starts_with("a delay of 1e-300 ms is lost at 13.86"), "{error}");
}

#[test]
fn inhibition_at_the_very_instant_of_a_crossing_prevents_it() {
    let crossing_ms = 20.0 * libm::log1p(1.0); // 100 (1 − e^(−t/20)) = 50.
    for (weight_mv, spikes) in [(-1.0, 0), (1.0, 1)] {
        let mut graph = ring();
        edit(&mut graph, 2, |own| own.weight_mv = weight_mv);
        let mut simulation = Simulation::new(graph, Time::ZERO).unwrap();
        simulation.input(InputSpike { at: Time::from_ms(crossing_ms), source: 0 }).unwrap();
        let found = simulation
            .next_spikes(Time::from_ms(crossing_ms))
            .unwrap()
            .map_or(0, |(_, neurons)| neurons.len());
        assert_eq!(found, spikes, "a jump of {weight_mv} mV");
    }
}

#[test]
fn a_delta_input_is_lost_within_the_refractory_time_and_counts_at_its_end() {
    for (at_ms, potential_mv) in [(2.9, 0.0), (3.0, 10.0)] {
        let mut graph = Graph { inputs: 2, ..Graph::default() };
        let neuron = graph.add(Neuron { refractory_ms: 2.0, ..Neuron::default() });
        graph.connect(Source::Input(0), neuron, 0.0, 60.0);
        graph.connect(Source::Input(1), neuron, 0.0, 10.0);
        let mut simulation = Simulation::new(graph, Time::ZERO).unwrap();
        for (at_ms, source) in [(1.0, 0), (at_ms, 1)] {
            simulation.input(InputSpike { at: Time::from_ms(at_ms), source }).unwrap();
        }
        while simulation.next_spikes(Time::from_ms(3.0)).unwrap().is_some() {}
        assert_eq!(simulation.potential_mv(neuron, Time::from_ms(3.0)).unwrap(), potential_mv);
    }
}

#[test]
fn a_current_flows_on_within_the_refractory_time() {
    let synapses = Synapses::Exponential { tau_synapse_ms: 5.0 };
    let mut graph = Graph { inputs: 1, ..Graph::default() };
    let neuron = graph.add(Neuron { synapses, bias_mv: 100.0, refractory_ms: 10.0, ..Neuron::default() });
    graph.connect(Source::Input(0), neuron, 0.0, 40.0);
    let mut simulation = Simulation::new(graph, Time::ZERO).unwrap();
    let (first, _) = simulation.next_spikes(Time::from_ms(20.0)).unwrap().unwrap();
    simulation.input(InputSpike { at: Time::from_ms(first.ms() + 5.0), source: 0 }).unwrap();
    let (second, _) = simulation.next_spikes(Time::from_ms(50.0)).unwrap().unwrap();
    // From reset at 10 ms after the spike, with what 5 ms have left of the current:
    // 100 (1 − e^(−t/20)) + 40/e · 5/15 · (e^(−t/20) − e^(−t/5)) = 50 at t = 12.38… ms.
    let t = second.ms() - first.ms() - 10.0;
    let v = 100.0 * (1.0 - (-t / 20.0).exp())
        + 40.0 * (-1.0_f64).exp() / 3.0 * ((-t / 20.0).exp() - (-t / 5.0).exp());
    assert!((v - 50.0).abs() < 1e-12 && t < 13.8, "{v} mV after {t} ms");
}

/// One neuron; input 0 learns, input 1 makes it spike.
fn learner(rule: Rule, weight_mv: f64) -> Graph {
    let learning = vec![Learning { rule, weight_max_mv: 10.0 }];
    let mut graph = Graph { inputs: 2, learning, ..Graph::default() };
    let target = graph.add(Neuron::default());
    let (source, learning) = (Source::Input(0), Some(0));
    graph.connections.push(Connection { source, target, delay_ms: 0.0, weight_mv, learning });
    graph.connect(Source::Input(1), target, 0.0, 60.0);
    graph
}

/// The graph after these inputs, at the last of them.
fn after(graph: Graph, inputs: &[(f64, u32)]) -> Simulation {
    let mut simulation = Simulation::new(graph, Time::ZERO).unwrap();
    for &(at_ms, source) in inputs {
        simulation.input(InputSpike { at: Time::from_ms(at_ms), source }).unwrap();
    }
    let (until_ms, _) = inputs[inputs.len() - 1];
    while simulation.next_spikes(Time::from_ms(until_ms)).unwrap().is_some() {}
    simulation
}

#[test]
fn an_input_is_delivered_with_the_weight_it_finds_and_learns_then() {
    let pairing = Pairing::AllToAll;
    let rule = Rule::Pairs(PairStdp { gain: 0.0, tau_gain_ms: 20.0, loss: 0.5, tau_loss_ms: 20.0, pairing });
    let half_ms = 20.0 * std::f64::consts::LN_2;
    let simulation = after(learner(rule, 8.0), &[(0.0, 1), (half_ms, 0)]);
    // Reset at 0 ms; half of the output spike is left, so the input takes 0.5 · 10 · 0.5 = 2.5 of its 8 mV.
    assert_eq!(simulation.potential_mv(0, Time::from_ms(half_ms)).unwrap(), 8.0);
    let left_mv = simulation.weights_mv().next().unwrap();
    assert!((left_mv - 5.5).abs() < 1e-14, "{left_mv}");
}

#[test]
fn each_target_hears_a_spike_after_its_own_delay_and_counts_as_a_delivery() {
    let mut graph = Graph { inputs: 1, ..Graph::default() };
    for delay_ms in [4.0, 1.0, 2.5, 1.0] {
        let target = graph.add(Neuron::default());
        graph.connect(Source::Input(0), target, delay_ms, 60.0);
    }
    let mut simulation = Simulation::new(graph, Time::ZERO).unwrap();
    simulation.input(InputSpike { at: Time::from_ms(10.0), source: 0 }).unwrap();
    for (at_ms, neurons, deliveries) in [(11.0, &[1, 3][..], 2), (12.5, &[2], 3), (14.0, &[0], 4)] {
        let (at, found) = simulation.next_spikes(Time::from_ms(20.0)).unwrap().unwrap();
        assert_eq!((at.ms(), found), (at_ms, neurons));
        assert_eq!(simulation.deliveries(), deliveries);
    }
    assert_eq!(simulation.next_spikes(Time::from_ms(20.0)).unwrap(), None);
}
