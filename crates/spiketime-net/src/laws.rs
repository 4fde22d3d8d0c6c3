//! What a network file means: who is connected to whom, what is drawn from which dice, what is told at the end.

use std::path::Path;

use rand::RngExt;
use spiketime_data::{PoissonInput, Purpose, stream};
use spiketime_sim::graph::{Rule, Source};
use spiketime_sim::laws::pair_stdp::Pairing;

use crate::{LARGEST, Net};

/// Two parts of each kind, so that none begins at 0.
const PARTS: &str = "
seed = 7
[[neurons]]
name = 'a'
count = 3
tau_membrane_ms = 20
threshold_mv = 10
[[neurons]]
name = 'b'
count = 4
tau_membrane_ms = 20
threshold_mv = 10
rest_mv = -3
reset_mv = -5
[[inputs]]
name = 'in'
count = 2
rate_hz = 500
[[inputs]]
name = 'late'
count = 4
rate_hz = 200
until_ms = 30
";

fn parsed(text: &str, until_ms: f64) -> Net {
    Net::parse(text, Path::new("net.toml"), until_ms, LARGEST).unwrap()
}

/// The network of `PARTS` and these tables.
fn with(tables: &str) -> Net {
    parsed(&format!("{PARTS}{tables}"), 50.0)
}

fn table(from: &str, to: &str, more: &str) -> String {
    format!("[[connections]]\nfrom = '{from}'\nto = '{to}'\ndelay_ms = 1\nweight_mv = 1\n{more}\n")
}

fn ends(net: &Net) -> Vec<(Source, u32)> {
    net.graph.connections.iter().map(|connection| (connection.source, connection.target)).collect()
}

#[test]
fn one_to_one_joins_the_first_with_the_first_of_their_parts() {
    let expected = [(2, 3), (3, 4), (4, 5), (5, 6)].map(|(input, neuron)| (Source::Input(input), neuron));
    assert_eq!(ends(&with(&table("late", "b", "one_to_one = true"))), expected);
}

#[test]
fn pairs_count_within_their_parts() {
    let found = with(&table("b", "b", "pairs = [[0, 3], [2, 2]]"));
    assert_eq!(ends(&found), [(Source::Neuron(3), 6), (Source::Neuron(5), 5)]);
}

#[test]
fn all_pairs_are_all_but_those_of_a_neuron_with_itself() {
    let of_inputs = ends(&with(&table("late", "a", "")));
    let every = |source| (0..3).map(move |target| (Source::Input(source), target));
    assert!(of_inputs.into_iter().eq((2..6).flat_map(every)));
    let among = ends(&with(&table("b", "b", "")));
    let others = |source| {
        (3..7).filter(move |&target| target != source).map(move |target| (Source::Neuron(source), target))
    };
    assert!(among.into_iter().eq((3..7).flat_map(others)));
}

/// As `Purpose::Connections` says: index = table · 2³² + source, counted within the table.
fn drawn(seed: u64, table: u64) -> impl Iterator<Item = (Source, u32)> {
    (0..4_u32).flat_map(move |source| {
        let mut rng = stream(seed, Purpose::Connections, table << 32 | u64::from(source));
        let draws: Vec<f64> = (0..3).map(|_| rng.random()).collect();
        let hits = (0..3_u32).zip(draws).filter(|(_, draw)| *draw < 0.5);
        hits.map(move |(target, _)| (Source::Neuron(3 + source), target)).collect::<Vec<_>>()
    })
}

#[test]
fn each_table_and_seed_draws_its_own_connections() {
    let twice = table("b", "a", "probability = 0.5").repeat(2);
    let found = ends(&with(&twice));
    assert!(found.iter().copied().eq(drawn(7, 0).chain(drawn(7, 1))), "{found:?}");
    let other = parsed(&format!("{}{twice}", PARTS.replace("seed = 7", "seed = 8")), 50.0);
    assert!(ends(&other).into_iter().eq(drawn(8, 0).chain(drawn(8, 1))));
    assert!(!drawn(7, 0).eq(drawn(7, 1)) && !drawn(7, 0).eq(drawn(8, 0)));
}

/// Connections of 100 sources to 10 000 targets, of the probability.
fn sparse(probability: &str) -> Vec<(Source, u32)> {
    let parts = "[[neurons]]\nname = 'to'\ncount = 10000\ntau_membrane_ms = 20\nthreshold_mv = 10\n\
                 [[inputs]]\nname = 'from'\ncount = 100\nrate_hz = 0\n";
    let more = format!("probability = {probability}");
    ends(&parsed(&format!("{parts}{}", table("from", "to", &more)), 1.0))
}

#[test]
fn sparse_connections_are_as_many_as_their_probability_says_anywhere_and_none_twice() {
    for (written, probability) in [("0.0199", 0.0199), ("0.001", 0.001), ("1e-5", 1e-5)] {
        let found = sparse(written);
        let (mean, count) = (1e6 * probability, found.len() as f64);
        // Binomial: five standard deviations; the streams are fixed, so this holds always or never.
        assert!((count - mean).abs() < 5.0 * mean.sqrt(), "{written}: {count} connections, not about {mean}");
        assert!(found.is_sorted_by(|a, b| a < b), "a source's targets rise");
        let upper = found.iter().filter(|(_, target)| *target >= 5_000).count() as f64;
        assert!((upper - count / 2.0).abs() < 2.5 * count.sqrt(), "{written}: {upper} of {count} are above");
    }
    assert_eq!(sparse("0"), []);
}

#[test]
fn value_stability_of_sparse_connections() {
    let first: Vec<u32> = sparse("0.001").iter().take(4).map(|(_, target)| *target).collect();
    assert_eq!(first, [1263, 1925, 4660, 6506]);
}

#[test]
fn each_input_has_its_own_spikes_up_to_its_own_end() {
    let net = with("");
    let expected = (0..6_u32).flat_map(|input| {
        let (rate_max_hz, duration_ms) = if input < 2 { (500.0, 50.0) } else { (200.0, 30.0) };
        let mut spikes = Vec::new();
        let rng = stream(7, Purpose::NetInputs, u64::from(input));
        PoissonInput { rate_max_hz, duration_ms }.encode(&[255], rng, &mut spikes);
        spikes.into_iter().map(move |spike| (input, spike.at))
    });
    assert!(net.spikes.iter().map(|spike| (spike.source, spike.at)).eq(expected));
    assert!(net.spikes.iter().all(|spike| spike.at.ms() < if spike.source < 2 { 50.0 } else { 30.0 }));
    // A simulation that ends before the inputs do has no spikes after its end.
    assert!(parsed(PARTS, 10.0).spikes.iter().all(|spike| spike.at.ms() < 10.0));
}

#[test]
fn a_neuron_starts_at_its_reset_or_where_the_file_says() {
    let starts = |more: &str| {
        let text = PARTS.replacen("reset_mv = -5", &format!("reset_mv = -5\n{more}"), 1);
        parsed(&text, 50.0).graph.neurons[3..].iter().map(|neuron| neuron.initial_mv).collect::<Vec<_>>()
    };
    assert_eq!(starts(""), [-5.0; 4]);
    assert_eq!(starts("initial_mv = 2"), [2.0; 4]);
    let uniform = |index| stream(7, Purpose::InitialPotentials, index).random::<f64>();
    let expected: Vec<f64> = (3..7).map(|index| 2.0 + 6.0 * uniform(index)).collect();
    assert_eq!(starts("initial_mv = 2\ninitial_max_mv = 8"), expected);
}

/// Two clocks of 20 ms · ln 2 and one of half that; the quick one is the last.
const CLOCKS: &str = "
[[neurons]]
name = 'slow'
count = 2
tau_membrane_ms = 20
bias_mv = 20
threshold_mv = 10
[[neurons]]
name = 'quick'
tau_membrane_ms = 10
bias_mv = 20
threshold_mv = 10
";

#[test]
fn each_population_is_told_by_its_own_spikes() {
    let outcome = parsed(CLOCKS, 100.0).run(100.0, 28).unwrap();
    let told = |index: usize| {
        let summary = &outcome.populations[index];
        (summary.name.as_str(), summary.first, summary.neurons, summary.spikes, summary.rate_hz)
    };
    // 100 ms hold 7 intervals of 13.86 ms and 14 of 6.93 ms.
    assert_eq!(told(0), ("slow", 0, 2, 14, 70.0));
    assert_eq!(told(1), ("quick", 2, 1, 14, 140.0));
}

#[test]
fn one_spike_more_than_allowed_is_too_many() {
    assert_eq!(parsed(CLOCKS, 100.0).run(100.0, 28).unwrap().spikes.unwrap().neurons.len(), 28);
    let error = parsed(CLOCKS, 100.0).run(100.0, 27).unwrap_err().to_string();
    assert!(error.starts_with("more than 27 spikes by 97.0"), "{error}");
}

const RULE: &str = "
[[learning]]
name = 'rule'
rule = 'nearest'
weight_max_mv = 2
gain = 0.1
loss = 0.2
tau_gain_ms = 3
tau_loss_ms = 4
";

#[test]
fn a_rule_is_the_one_that_its_name_says() {
    for (name, pairing) in [("nearest", Pairing::Nearest), ("all-to-all", Pairing::AllToAll)] {
        let net = with(&RULE.replace("nearest", name));
        let Rule::Pairs(pairs) = &net.graph.learning[0].rule else { panic!("no pairs: {name}") };
        assert_eq!((pairs.pairing, pairs.gain, pairs.loss), (pairing, 0.1, 0.2));
        assert_eq!((pairs.tau_gain_ms, pairs.tau_loss_ms), (3.0, 4.0));
    }
}

#[test]
fn what_was_learned_is_told_with_where_it_comes_from_and_every_delivery_counts() {
    let learns =
        |from: &str, to: &str, pair: &str| table(from, to, &format!("pairs = [{pair}]\nlearning = 'rule'"));
    let fixed = table("slow", "quick", "");
    let tables = [learns("in", "quick", "[1, 0]"), learns("quick", "slow", "[0, 1]"), fixed].concat();
    let inputs = "[[inputs]]\nname = 'in'\ncount = 2\nspikes_ms = [1, 2]\n";
    let outcome = parsed(&format!("{CLOCKS}{inputs}{RULE}{tables}"), 5.0).run(5.0, 100).unwrap();
    let told = outcome.learned.iter().map(|own| (own.kind, own.source, own.target, own.weight_mv));
    assert_eq!(told.collect::<Vec<_>>(), [("input", 1, 2, 1.0), ("neuron", 2, 1, 1.0)]);
    // Nobody spikes before 5 ms; of two inputs one is connected, and it spikes twice.
    assert_eq!((outcome.spikes.unwrap().neurons.len(), outcome.deliveries), (0, 2));
}
