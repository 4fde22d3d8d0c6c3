//! Laws of a graph under way, on random graphs; and the graph as third opinion on the report's layer.

use proptest::prelude::*;
use spiketime_sim::graph::{Connection, Graph, Learning, Neuron, Rule, Source, Synapses};
use spiketime_sim::laws::pair_stdp::{PairStdp, Pairing};
use spiketime_sim::{Engine, Inhibition, InputSpike, Layer, LayerRule, Network, Recorder, Time, present};

use crate::analytic_graph::spikes;
use crate::both_graphs::Both;

#[derive(Clone, Debug)]
struct Case {
    graph: Graph,
    inputs: Vec<InputSpike>,
}

fn synapses() -> impl Strategy<Value = Synapses> {
    prop_oneof![
        (prop_oneof![Just(0.0), Just(4.0)], prop_oneof![Just(5.0), Just(20.0), Just(40.0)]).prop_map(
            |(adaptation_mv, tau_adaptation_ms)| Synapses::Delta { adaptation_mv, tau_adaptation_ms }
        ),
        prop_oneof![Just(2.0), Just(20.0)]
            .prop_map(|tau_synapse_ms| Synapses::Exponential { tau_synapse_ms }),
    ]
}

fn neuron(bias_max_mv: f64) -> impl Strategy<Value = Neuron> {
    // Without a refractory time a strong ring multiplies its spikes without end.
    (synapses(), 0.0..=bias_max_mv, prop_oneof![Just(0.25), Just(2.5)], 0.0..9.0).prop_map(
        |(synapses, bias_mv, refractory_ms, initial_mv)| Neuron {
            synapses,
            bias_mv,
            refractory_ms,
            initial_mv,
            threshold_mv: 10.0,
            ..Neuron::default()
        },
    )
}

const NEURONS: u32 = 6;
const INPUTS: u32 = 3;

fn connection() -> impl Strategy<Value = Connection> {
    let source = prop_oneof![(0..INPUTS).prop_map(Source::Input), (0..NEURONS).prop_map(Source::Neuron)];
    (source, 0..NEURONS, 1_u8..24, -32_i8..96, prop::option::of(0_u32..2)).prop_map(
        |(source, target, eighths, weight, learning)| Connection {
            source,
            target,
            delay_ms: f64::from(eighths) / 8.0,
            weight_mv: if learning.is_some() { f64::from(weight.unsigned_abs()) } else { f64::from(weight) }
                / 8.0,
            learning,
        },
    )
}

/// From the ends of what is taken and the middle: potentials, and time constants.
fn any_mv() -> impl Strategy<Value = f64> {
    let sizes = vec![0.0, 5e-324, 1e-310, 1e-300, 1e-9, 1.0, 50.0, 1e12];
    (prop::sample::select(sizes), prop::bool::ANY)
        .prop_map(|(size, negative)| if negative { -size } else { size })
}

fn any_ms() -> impl Strategy<Value = f64> {
    prop::sample::select(vec![1e-9, 1e-3, 20.0, 20.000_000_1, 1e12])
}

/// A neuron whose constants may all lie at the ends of what is taken.
fn extreme_neuron() -> impl Strategy<Value = Neuron> {
    let synapses = prop_oneof![
        (any_mv(), any_ms()).prop_map(|(step_mv, tau_adaptation_ms)| Synapses::Delta {
            adaptation_mv: step_mv.abs(),
            tau_adaptation_ms
        }),
        any_ms().prop_map(|tau_synapse_ms| Synapses::Exponential { tau_synapse_ms }),
    ];
    let refractory = prop_oneof![Just(0.0), Just(5e-324), Just(2.5), Just(1e12)];
    (synapses, any_ms(), [any_mv(), any_mv(), any_mv(), any_mv(), any_mv()], refractory)
        .prop_map(|(synapses, tau_membrane_ms, potentials, refractory_ms)| {
            let [rest_mv, bias_mv, threshold_mv, reset_mv, initial_mv] = potentials;
            Neuron {
                synapses,
                tau_membrane_ms,
                rest_mv,
                bias_mv,
                threshold_mv,
                reset_mv,
                refractory_ms,
                initial_mv,
            }
        })
        .prop_filter("what is taken", |neuron| neuron.broken_rule().is_none())
}

/// Graphs of six neurons whose inputs and delays lie on a grid of eighths, so that many spikes coincide.
fn case(bias_max_mv: f64) -> impl Strategy<Value = Case> {
    let pairs = |pairing| Learning {
        rule: Rule::Pairs(PairStdp { gain: 0.1, tau_gain_ms: 15.0, loss: 0.1, tau_loss_ms: 30.0, pairing }),
        weight_max_mv: 12.0,
    };
    let input = (0_u16..400, 0..INPUTS)
        .prop_map(|(eighths, source)| InputSpike { at: Time::from_ms(f64::from(eighths) / 8.0), source });
    (
        prop::collection::vec(neuron(bias_max_mv), NEURONS as usize),
        prop::collection::vec(connection(), 0..40),
        prop::collection::vec(input, 0..60),
    )
        .prop_map(move |(neurons, connections, inputs)| {
            let learning = vec![pairs(Pairing::AllToAll), pairs(Pairing::Nearest)];
            let connections = connections.into_iter().collect();
            Case { graph: Graph { inputs: INPUTS, neurons, connections, learning }, inputs }
        })
}

const UNTIL_MS: f64 = 60.0;

fn started(case: &Case, shift_ms: f64) -> Both {
    let mut simulation = Both::new(case.graph.clone(), Time::from_ms(shift_ms)).expect("a valid graph");
    for spike in &case.inputs {
        let at = Time::from_ms(spike.at.ms() + shift_ms);
        simulation.input(InputSpike { at, source: spike.source }).expect("it lies ahead");
    }
    simulation
}

/// Everything that can be seen at the end, as bits.
fn state(simulation: &Both, at_ms: f64) -> Vec<u64> {
    let at = Time::from_ms(at_ms);
    let read = |neuron| {
        let potential = simulation.potential_mv(neuron, at).expect("it is not past");
        let threshold = simulation.threshold_mv(neuron, at).expect("it is not past");
        [potential.to_bits(), threshold.to_bits()]
    };
    (0..NEURONS).flat_map(read).chain(simulation.weights_mv().map(f64::to_bits)).collect()
}

fn outcome(case: &Case) -> (Vec<(f64, u32)>, Vec<u64>) {
    let mut simulation = started(case, 0.0);
    let spikes = spikes(&mut simulation, UNTIL_MS);
    let state = state(&simulation, UNTIL_MS);
    (spikes, state)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_a_neuron_may_be_it_runs_or_says_why_not(
        neuron in extreme_neuron(),
        weights in [any_mv(), any_mv()],
        bias_mv in any_mv(),
    ) {
        let mut graph = Graph { inputs: 2, ..Graph::default() };
        graph.add(neuron);
        for (input, weight_mv) in (0..).zip(weights) {
            graph.connect(Source::Input(input), 0, 0.0, weight_mv);
        }
        let inputs = [(0, 0.0), (1, 0.0), (0, 1e-300), (1, 3.0), (0, 1e12)]
            .map(|(source, ms)| InputSpike { at: Time::from_ms(ms), source });
        let mut simulation = Both::new(graph, Time::ZERO).expect("it is taken");
        inputs.into_iter().for_each(|spike| simulation.input(spike).expect("it lies ahead"));
        let mut last_ms = -1.0;
        for until_ms in [0.0, 1.0, 1e200] {
            // Spikes may be many; too fast ones are refused.
            for _ in 0..20 {
                let Ok(Some((at, _))) = simulation.next_spikes(Time::from_ms(until_ms)) else { break };
                prop_assert!(last_ms < at.ms(), "{} ms, then {:?}", last_ms, at);
                last_ms = at.ms();
            }
            let potential_mv = simulation.potential_mv(0, Time::from_ms(1e200)).expect("it lies ahead");
            prop_assert!(potential_mv.is_finite(), "{} mV", potential_mv);
            let _ = simulation.set_bias_mv(0, bias_mv);
        }
    }

    #[test]
    fn splitting_a_run_at_any_times_changes_nothing(
        case in case(14.0),
        mut cuts in prop::collection::vec(0.0..UNTIL_MS, 1..8),
    ) {
        cuts.sort_by(f64::total_cmp);
        let mut simulation = started(&case, 0.0);
        let mut pieces = Vec::new();
        for cut in cuts.into_iter().chain([UNTIL_MS]) {
            pieces.extend(spikes(&mut simulation, cut));
        }
        prop_assert_eq!((pieces, state(&simulation, UNTIL_MS)), outcome(&case));
    }

    #[test]
    fn a_probe_changes_nothing(case in case(14.0), probes in prop::collection::vec(0.0..UNTIL_MS, 1..20)) {
        let mut simulation = started(&case, 0.0);
        let mut probed = Vec::new();
        let mut probes = probes;
        probes.sort_by(f64::total_cmp);
        for probe in probes {
            probed.extend(spikes(&mut simulation, probe));
            state(&simulation, probe);
            state(&simulation, probe + 3.0);
        }
        probed.extend(spikes(&mut simulation, UNTIL_MS));
        prop_assert_eq!((probed, state(&simulation, UNTIL_MS)), outcome(&case));
    }

    #[test]
    fn a_later_start_moves_every_spike_by_exactly_the_shift(mut case in case(0.0), shift in 1_u16..2000) {
        // Without bias and currents spikes happen at inputs, on the grid: their times are representable.
        for neuron in &mut case.graph.neurons {
            neuron.synapses = Synapses::Delta { adaptation_mv: 4.0, tau_adaptation_ms: 40.0 };
        }
        let shift_ms = f64::from(shift) / 8.0;
        let mut later = started(&case, shift_ms);
        let moved: Vec<_> = spikes(&mut later, UNTIL_MS + shift_ms)
            .into_iter()
            .map(|(at, neuron)| (at - shift_ms, neuron))
            .collect();
        prop_assert_eq!((moved, state(&later, UNTIL_MS + shift_ms)), outcome(&case));
    }

    #[test]
    fn naming_the_neurons_otherwise_renames_the_spikes(
        mut case in case(14.0),
        order in Just((0..NEURONS).collect::<Vec<_>>()).prop_shuffle(),
        offsets in prop::collection::vec(0.0..0.1, 40),
    ) {
        // No two spikes arrive at once: delays leave the grid, each by another amount.
        let later = |(own, offset): (Connection, f64)| Connection { delay_ms: own.delay_ms + offset, ..own };
        case.graph.connections = case.graph.connections.iter().zip(offsets).map(later).collect();
        case.inputs.sort();
        case.inputs.dedup();
        let mut renamed = case.clone();
        for (neuron, &name) in order.iter().enumerate() {
            renamed.graph.neurons[name as usize] = case.graph.neurons[neuron];
        }
        let named = |own: Connection| {
            let source = match own.source {
                Source::Neuron(neuron) => Source::Neuron(order[neuron as usize]),
                input => input,
            };
            Connection { source, target: order[own.target as usize], ..own }
        };
        renamed.graph.connections = case.graph.connections.iter().map(named).collect();
        let mut expected: Vec<_> =
            outcome(&case).0.into_iter().map(|(at, neuron)| (at, order[neuron as usize])).collect();
        expected.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        prop_assert_eq!(outcome(&renamed).0, expected);
    }

    #[test]
    fn no_spike_is_delivered_before_it_was_sent_and_refractory_times_are_kept(case in case(14.0)) {
        let (found, _) = outcome(&case);
        prop_assert!(found.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", found);
        for neuron in 0..NEURONS {
            let own: Vec<f64> = found.iter().filter(|spike| spike.1 == neuron).map(|spike| spike.0).collect();
            let rest_ms = case.graph.neurons[neuron as usize].refractory_ms;
            prop_assert!(own.windows(2).all(|pair| pair[1] - pair[0] >= rest_ms - 1e-12), "{:?}", own);
        }
        // A neuron without bias spikes at most when something can have arrived.
        let inputs = case.inputs.iter().map(|spike| (Source::Input(spike.source), spike.at.ms()));
        let neurons = found.iter().map(|&(at, neuron)| (Source::Neuron(neuron), at));
        let sent: Vec<_> = inputs.chain(neurons).collect();
        let arrivals: Vec<(u32, f64)> = case.graph.connections.iter().flat_map(|connection| {
            let own = sent.iter().filter(move |(source, _)| *source == connection.source);
            own.map(move |(_, at)| (connection.target, at + connection.delay_ms))
        }).collect();
        for &(at, neuron) in &found {
            let constants = &case.graph.neurons[neuron as usize];
            let has_arrived = arrivals.iter().any(|&(target, arrival)| target == neuron && arrival <= at);
            prop_assert!(constants.bias_mv > 10.0 || has_arrived, "neuron {} at {} ms", neuron, at);
        }
    }

    #[test]
    fn no_potential_exceeds_its_threshold_between_spikes_and_weights_stay_within_bounds(case in case(14.0)) {
        let mut simulation = started(&case, 0.0);
        for step in 1..=240_u16 {
            let at_ms = f64::from(step) / 4.0;
            spikes(&mut simulation, at_ms);
            for neuron in 0..NEURONS {
                let at = Time::from_ms(at_ms);
                let over = simulation.potential_mv(neuron, at).expect("now")
                    - simulation.threshold_mv(neuron, at).expect("now");
                // A predicted crossing lies within rounding of the true one, before it or after.
                prop_assert!(over <= 1e-12, "neuron {} stands {} mV above at {} ms", neuron, over, at_ms);
            }
            let learning = case.graph.connections.iter().zip(simulation.weights_mv());
            for (connection, weight_mv) in learning {
                prop_assert!(connection.learning.is_none() || (0.0..=12.0).contains(&weight_mv));
            }
        }
    }

    #[test]
    fn a_graph_of_unconnected_neurons_is_the_reports_layer_without_inhibition(
        weights in prop::collection::vec((0_u8..=8).prop_map(|eighths| f64::from(eighths) / 8.0), 12),
        times in prop::collection::vec((0_u16..60, 0_u32..4), 1..80),
    ) {
        let layer = Layer { inhibition: Inhibition::None, adaptation_mv: 0.5, ..Layer::report() };
        let mut inputs: Vec<_> =
            times.iter().map(|&(ms, source)| InputSpike { at: Time::from_ms(f64::from(ms)), source }).collect();
        inputs.sort();
        let mut network = Network::<f64>::new(layer.clone(), weights.clone(), vec![1.0; 3]);
        let mut recorder = Recorder::default();
        present(Engine::Reference, &mut network, &inputs, &mut recorder);

        let synapses = Synapses::Delta { adaptation_mv: 0.5, tau_adaptation_ms: layer.tau_adaptation_ms };
        let neuron = Neuron { synapses, threshold_mv: 1.0, ..Neuron::default() };
        let Some(LayerRule::Window(window)) = layer.plasticity else { panic!("the report's rule is a window") };
        let rule = Rule::Window(window);
        let mut graph = Graph { inputs: 4, neurons: vec![neuron; 3], ..Graph::default() };
        graph.learning = vec![Learning { rule, weight_max_mv: 1.0 }];
        graph.connections.extend(weights.iter().zip(0_u32..).map(|(&weight_mv, synapse)| Connection {
            source: Source::Input(synapse / 3),
            target: synapse % 3,
            delay_ms: 0.0,
            weight_mv,
            learning: Some(0),
        }));
        let mut simulation = started(&Case { graph, inputs }, 0.0);
        let found: Vec<_> =
            spikes(&mut simulation, 100.0).into_iter().map(|(at, neuron)| (Time::from_ms(at), neuron)).collect();
        prop_assert_eq!(found, recorder.spikes);
        prop_assert!(simulation.weights_mv().eq(network.weights_mv.iter()));
    }
}
