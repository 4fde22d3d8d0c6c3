//! The engine in windows gives the bits of the reference: spikes, order, potentials, thresholds, weights, deliveries.
//!
//! A thousand random graphs of every law there is, run by both in pieces that end anywhere, with biases that change
//! between them, in 1, 2, 3 and 8 parts on as many threads. Delays, inputs and refractory times lie on a grid of
//! eighths; every graph runs a second time with inputs at the very instants at which its neurons spiked and came out
//! of their refractory times, so that arrivals meet crossings. What coincided is counted and must be many.

mod ends;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use spiketime_sim::graph::{
    Connection, Graph, Learning, Neuron, Part, Rule, Simulation, SimulationError, Source, Synapses, Windows,
};
use spiketime_sim::laws::pair_stdp::{PairStdp, Pairing};
use spiketime_sim::{Conductance, Dependence, InputSpike, Plasticity, Time};

const NEURONS: u32 = 7;
const INPUTS: u32 = 3;
const GRAPHS: u32 = 1000;
const UNTIL_MS: f64 = 60.0;
/// A graph without refractory times may multiply its spikes: both engines stop there.
const MOST_SPIKES: usize = 1500;

#[derive(Clone, Debug)]
struct Case {
    graph: Graph,
    inputs: Vec<InputSpike>,
    /// Up to when, and which neuron has which bias from then on.
    pieces: Vec<(f64, u32, f64)>,
}

/// What can be seen, as bits: spikes, and after each piece the potentials, thresholds and weights; then the error.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    spikes: Vec<(u64, u32)>,
    states: Vec<u64>,
    deliveries: Vec<u64>,
    error: Option<String>,
}

impl Seen {
    fn look(
        &mut self,
        at_ms: f64,
        read: impl Fn(u32, Time) -> [f64; 2],
        weights_mv: impl Iterator<Item = f64>,
        deliveries: u64,
    ) {
        let at = Time::from_ms(at_ms);
        self.states.extend((0..NEURONS).flat_map(|neuron| read(neuron, at).map(f64::to_bits)));
        self.states.extend(weights_mv.map(f64::to_bits));
        self.deliveries.push(deliveries);
    }
}

fn by_reference(case: &Case) -> Seen {
    let mut seen = Seen::default();
    seen.error = reference(case, &mut seen).err().map(|error| error.to_string());
    seen
}

fn reference(case: &Case, seen: &mut Seen) -> Result<(), SimulationError> {
    let mut simulation = Simulation::new(case.graph.clone(), Time::ZERO)?;
    case.inputs.iter().try_for_each(|&spike| simulation.input(spike))?;
    for &(until_ms, neuron, bias_mv) in &case.pieces {
        while let Some((at, neurons)) = simulation.next_spikes(Time::from_ms(until_ms))? {
            seen.spikes.extend(neurons.iter().map(|&neuron| (at.ms().to_bits(), neuron)));
            if seen.spikes.len() > MOST_SPIKES {
                return Ok(());
            }
        }
        let read = |neuron, at| {
            [simulation.potential_mv(neuron, at), simulation.threshold_mv(neuron, at)]
                .map(|it| it.expect("now"))
        };
        seen.look(until_ms, read, simulation.weights_mv(), simulation.deliveries());
        simulation.set_bias_mv(neuron, bias_mv)?;
    }
    Ok(())
}

/// As many threads as parts, begun from the last: no order of theirs may matter.
fn on_threads(parts: &mut [Part], work: &(dyn Fn(&mut Part) + Sync)) {
    std::thread::scope(|scope| {
        for part in parts.iter_mut().rev() {
            scope.spawn(|| work(part));
        }
    });
}

fn one_by_one(parts: &mut [Part], work: &(dyn Fn(&mut Part) + Sync)) {
    parts.iter_mut().rev().for_each(work);
}

fn by_windows(case: &Case, parts: usize, threads: bool) -> Seen {
    let mut seen = Seen::default();
    seen.error = windows(case, parts, threads, &mut seen).err().map(|error| error.to_string());
    seen
}

fn windows(case: &Case, parts: usize, threads: bool, seen: &mut Seen) -> Result<(), SimulationError> {
    let mut simulation = Windows::new(case.graph.clone(), Time::ZERO, parts)?;
    simulation.limit(MOST_SPIKES);
    case.inputs.iter().try_for_each(|&spike| simulation.input(spike))?;
    for &(until_ms, neuron, bias_mv) in &case.pieces {
        let each = if threads { on_threads } else { one_by_one };
        loop {
            let goes_on =
                simulation.next_window(Time::from_ms(until_ms), each).map(|spikes| spikes.is_some());
            let is_done = matches!(goes_on, Ok(false));
            let spikes = simulation.spikes().iter().filter(|_| !is_done);
            seen.spikes.extend(spikes.map(|spike| (spike.at.ms().to_bits(), spike.neuron)));
            if seen.spikes.len() > MOST_SPIKES {
                return Ok(());
            }
            if !goes_on? {
                break;
            }
        }
        let read = |neuron, at| {
            [simulation.potential_mv(neuron, at), simulation.threshold_mv(neuron, at)]
                .map(|it| it.expect("now"))
        };
        seen.look(until_ms, read, simulation.weights_mv().into_iter(), simulation.deliveries());
        simulation.set_bias_mv(neuron, bias_mv)?;
    }
    Ok(())
}

/// The same but for what comes after the most spikes that are looked at.
fn assert_same(case: &Case, expected: &Seen, found: &Seen, how: &str) {
    let most = if expected.spikes.len() > MOST_SPIKES { MOST_SPIKES } else { usize::MAX };
    let first = |seen: &Seen| seen.spikes.iter().copied().take(most).collect::<Vec<_>>();
    let (theirs, ours) = (first(expected), first(found));
    let parted = theirs.iter().zip(&ours).position(|(a, b)| a != b);
    let around = |spikes: &[(u64, u32)]| {
        let some = spikes.iter().skip(parted.unwrap_or_default().saturating_sub(2)).take(5);
        some.map(|&(bits, neuron)| (f64::from_bits(bits), neuron)).collect::<Vec<_>>()
    };
    assert!(
        theirs == ours,
        "{how}: spikes part at {parted:?} of {} and {}: {:?}, {:?}; {case:#?}",
        theirs.len(),
        ours.len(),
        around(&theirs),
        around(&ours)
    );
    if most == usize::MAX {
        assert!(expected.states == found.states, "{how}: states part: {case:#?}");
        assert_eq!(
            (&expected.deliveries, nameless(expected)),
            (&found.deliveries, nameless(found)),
            "{how}: {case:#?}"
        );
    }
}

/// Of neurons that fail at one instant another may be told: a part whose spikes are too many goes no further.
fn nameless(seen: &Seen) -> Option<&str> {
    seen.error.as_deref().map(|error| error.split_once(" spikes twice at ").map_or(error, |(_, when)| when))
}

fn synapses() -> impl Strategy<Value = Synapses> {
    // τ_T below, at and above τ_v = 20 ms; a time constant of the current below, at and above.
    let adapting =
        (prop_oneof![Just(0.0), Just(0.0), Just(4.0)], prop::sample::select(vec![5.0, 20.0, 40.0])).prop_map(
            |(adaptation_mv, tau_adaptation_ms)| Synapses::Delta { adaptation_mv, tau_adaptation_ms },
        );
    let current = prop::sample::select(vec![2.0, 20.0, 20.000_001, 50.0])
        .prop_map(|tau_synapse_ms| Synapses::Exponential { tau_synapse_ms });
    prop_oneof![2 => adapting, 1 => current]
}

fn neuron() -> impl Strategy<Value = Neuron> {
    let bias = prop_oneof![Just(0.0), Just(10.0), Just(20.0), 0.0..14.0];
    let refractory = prop::sample::select(vec![0.0, 0.25, 2.5]);
    (synapses(), bias, refractory, prop_oneof![Just(0.0), Just(10.0), 0.0..9.0]).prop_map(
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

fn connection() -> impl Strategy<Value = Connection> {
    let source = prop_oneof![(0..INPUTS).prop_map(Source::Input), (0..NEURONS).prop_map(Source::Neuron)];
    (source, 0..NEURONS, 0_u8..6, -32_i8..96, prop::option::of(0_u32..3)).prop_map(
        |(source, target, eighths, weight, learning)| {
            let least = if matches!(source, Source::Neuron(_)) { 1 } else { 0 };
            let weight = if learning.is_some() { weight.unsigned_abs() as f64 } else { f64::from(weight) };
            let delay_ms = f64::from(eighths.max(least)) / 8.0;
            Connection { source, target, delay_ms, weight_mv: weight / 8.0, learning }
        },
    )
}

fn rules() -> Vec<Learning> {
    let pairs = |pairing| {
        Rule::Pairs(PairStdp { gain: 0.1, tau_gain_ms: 15.0, loss: 0.1, tau_loss_ms: 30.0, pairing })
    };
    let conductance = Conductance {
        rise: Dependence::Exponential { exponent: 2.0 },
        fall: Dependence::Exponential { exponent: 1.0 },
    };
    let window = Rule::Window(Plasticity { window_ms: 5.0, gain: 0.1, loss: 0.05, conductance });
    let of = |rule| Learning { rule, weight_max_mv: 16.0 };
    vec![of(pairs(Pairing::AllToAll)), of(pairs(Pairing::Nearest)), of(window)]
}

fn case() -> impl Strategy<Value = Case> {
    let input = (0_u16..400, 0..INPUTS, prop::bool::weighted(0.1)).prop_map(|(eighths, source, twice)| {
        vec![InputSpike { at: Time::from_ms(f64::from(eighths) / 8.0), source }; 1 + usize::from(twice)]
    });
    let piece = (0.0..UNTIL_MS, 0..NEURONS, prop_oneof![Just(0.0), Just(20.0), -5.0..14.0]);
    (
        prop::collection::vec(neuron(), NEURONS as usize),
        prop::collection::vec(connection(), 0..40),
        prop::collection::vec(input, 0..50),
        prop::collection::vec(piece, 0..4),
    )
        .prop_map(|(neurons, connections, inputs, mut pieces)| {
            pieces.push((UNTIL_MS, 0, 0.0));
            pieces.sort_by(|a, b| a.0.total_cmp(&b.0));
            let connections = connections.into_iter().collect();
            let graph = Graph { inputs: INPUTS, neurons, connections, learning: rules() };
            Case { graph, inputs: inputs.concat(), pieces }
        })
}

/// The same graph with inputs at the instants at which something happened.
fn with_coincidences(case: &Case, seen: &Seen) -> Case {
    let mut coinciding = case.clone();
    let spikes = seen.spikes.iter().step_by(1 + seen.spikes.len() / 20);
    for (number, &(bits, neuron)) in spikes.enumerate() {
        let at_ms = f64::from_bits(bits);
        let edge_ms = at_ms + case.graph.neurons[neuron as usize].refractory_ms;
        let source = number as u32 % INPUTS;
        coinciding.inputs.extend([at_ms, edge_ms].map(|ms| InputSpike { at: Time::from_ms(ms), source }));
    }
    // A piece may end at such an instant too.
    if let Some(&(bits, neuron)) = seen.spikes.get(seen.spikes.len() / 2) {
        coinciding.pieces.insert(0, (f64::from_bits(bits), neuron, 20.0));
        coinciding.pieces.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    coinciding
}

/// What came together, by kind.
fn coincidences(case: &Case, seen: &Seen, counts: &mut BTreeMap<&'static str, u32>) {
    let mut count = |kind, many: usize| *counts.entry(kind).or_default() += many as u32;
    let times: Vec<u64> = seen.spikes.iter().map(|spike| spike.0).collect();
    count("neurons that spike at one instant", times.windows(2).filter(|pair| pair[0] == pair[1]).count());
    let mut arrivals: BTreeMap<(u32, u64), Vec<Source>> = BTreeMap::new();
    let inputs = case.inputs.iter().map(|spike| (Source::Input(spike.source), spike.at.ms()));
    let neurons = seen.spikes.iter().map(|&(bits, neuron)| (Source::Neuron(neuron), f64::from_bits(bits)));
    for (source, at_ms) in inputs.chain(neurons).filter(|(_, at_ms)| *at_ms <= UNTIL_MS) {
        for own in case.graph.connections.iter().filter(|own| own.source == source) {
            let arrival_ms = at_ms + own.delay_ms;
            arrivals.entry((own.target, arrival_ms.to_bits())).or_default().push(source);
        }
    }
    count(
        "arrivals of two spikes at one neuron and instant",
        arrivals.values().filter(|all| all.len() > 1).count(),
    );
    let spikes: BTreeSet<(u32, u64)> = seen.spikes.iter().map(|&(bits, neuron)| (neuron, bits)).collect();
    let at_spikes = spikes.iter().filter(|spike| arrivals.contains_key(spike));
    count("arrivals at the instant of a spike", at_spikes.count());
    let edges = seen.spikes.iter().filter(|&&(bits, neuron)| {
        let edge_ms = f64::from_bits(bits) + case.graph.neurons[neuron as usize].refractory_ms;
        edge_ms > f64::from_bits(bits) && arrivals.contains_key(&(neuron, edge_ms.to_bits()))
    });
    count("arrivals at the end of a refractory time", edges.count());
    let undelayed = |own: &Connection| own.delay_ms == 0.0;
    count("inputs without delay", case.graph.connections.iter().filter(undelayed).count());
    count("biases changed at the instant of a spike", {
        let at: BTreeSet<u64> = times.iter().copied().collect();
        case.pieces.iter().filter(|piece| at.contains(&piece.0.to_bits())).count()
    });
}

#[test]
fn a_thousand_random_graphs_run_to_the_same_bits_in_any_number_of_parts() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[18; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut counts = BTreeMap::new();
    for number in 0..GRAPHS {
        let drawn = case().new_tree(&mut runner).expect("a case").current();
        let coinciding = with_coincidences(&drawn, &by_reference(&drawn));
        for case in [drawn, coinciding] {
            let expected = by_reference(&case);
            for parts in [1, 2, 3, 8] {
                // Threads are dear to start: one graph in ten has them.
                let found = by_windows(&case, parts, number % 10 == 0);
                assert_same(&case, &expected, &found, &format!("graph {number} in {parts} parts"));
            }
            coincidences(&case, &expected, &mut counts);
        }
    }
    println!("{counts:#?}");
    for (kind, least) in [
        ("arrivals at the end of a refractory time", 2000),
        ("arrivals at the instant of a spike", 20_000),
        ("arrivals of two spikes at one neuron and instant", 50_000),
        ("biases changed at the instant of a spike", 500),
        ("inputs without delay", 1000),
        ("neurons that spike at one instant", 10_000),
    ] {
        assert!(counts[kind] >= least, "{kind}: {}, at least {least} are asked for", counts[kind]);
    }
}
