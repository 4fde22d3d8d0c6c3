//! Neurons that cross between inputs, against closed forms that mpmath computed (`fixtures/lif`).
//!
//! Deterministic rows hold to 1e-12 relative in f64, crossings near tangency to 4 ulp times their condition
//! number. Statistical rows have fixed seeds and allow z = 6 standard errors: 2e-9 for a normal law, which
//! leaves three orders of magnitude for the skewness of these means below the stated 1e-6.

mod extremes;

use spiketime_data::{PoissonInput, Purpose, stream};
use spiketime_sim::graph::{Connection, Graph, Learning, Neuron, Rule, Source, Synapses};
use spiketime_sim::laws::pair_stdp::{PairStdp, Pairing};
use spiketime_sim::{InputSpike, Time};

use crate::both_graphs::Both;
use crate::fixture::{Row, assert_relative, cases, crossing_tolerance, passed, rows};

const TOLERANCE: f64 = 1e-12;
const STANDARD_ERRORS: f64 = 6.0;

fn ms(time: f64) -> Time {
    Time::from_ms(time)
}

fn simulation(graph: Graph, start_ms: f64) -> Both {
    Both::new(graph, ms(start_ms)).expect("the graph is valid")
}

/// A graph of one neuron and one input of this weight, without delay.
fn one(neuron: Neuron, weight_mv: f64) -> Graph {
    let mut graph = Graph { inputs: 1, ..Graph::default() };
    let target = graph.add(neuron);
    graph.connect(Source::Input(0), target, 0.0, weight_mv);
    graph
}

fn input(simulation: &mut Both, at_ms: f64, source: u32) {
    simulation.input(InputSpike { at: ms(at_ms), source }).expect("it lies ahead");
}

/// All spikes up to and including `until_ms`: (time \[ms\], neuron).
pub fn spikes(simulation: &mut Both, until_ms: f64) -> Vec<(f64, u32)> {
    let mut spikes = Vec::new();
    while let Some((at, neurons)) = simulation.next_spikes(ms(until_ms)).expect("it runs") {
        spikes.extend(neurons.iter().map(|&neuron| (at.ms(), neuron)));
    }
    spikes
}

fn times(simulation: &mut Both, until_ms: f64) -> Vec<f64> {
    spikes(simulation, until_ms).into_iter().map(|(at, _)| at).collect()
}

fn potential(simulation: &Both, at_ms: f64) -> f64 {
    simulation.potential_mv(0, ms(at_ms)).expect("it lies ahead")
}

#[test]
fn a_constant_current_gives_first_spike_rate_and_refractory_time() {
    for (case, rows) in cases(include_str!("../fixtures/lif/constant_current.csv"), "case") {
        let row = &rows[0];
        let neuron = Neuron {
            tau_membrane_ms: row.number("tau_membrane_ms"),
            rest_mv: row.number("rest_mv"),
            bias_mv: row.number("bias_mv"),
            threshold_mv: row.number("threshold_mv"),
            reset_mv: row.number("reset_mv"),
            refractory_ms: row.number("refractory_ms"),
            initial_mv: row.number("reset_mv"),
            ..Neuron::default()
        };
        let last = rows[rows.len() - 1].number("spike_ms");
        let found = times(&mut simulation(one(neuron, 0.0), 0.0), last * (1.0 + TOLERANCE));
        for row in &rows {
            let number = row.number("number") as usize;
            assert_relative(found[number - 1], row.number("spike_ms"), TOLERANCE, case);
        }
        assert_eq!(found.len(), 100);
        let rate_hz = 99.0 * 1000.0 / (found[99] - found[0]);
        assert_relative(rate_hz, row.number("rate_hz"), TOLERANCE, case);
        passed("lif/constant_current", case, rows.len());
    }
}

/// One exponential current; the threshold out of reach if the row has none.
fn current_neuron(row: &Row) -> Neuron {
    Neuron {
        synapses: Synapses::Exponential { tau_synapse_ms: row.number("tau_synapse_ms") },
        tau_membrane_ms: row.number("tau_membrane_ms"),
        threshold_mv: 1e9,
        ..Neuron::default()
    }
}

#[test]
fn an_exponential_current_loses_no_digit_where_its_time_constant_meets_the_membranes() {
    let rows = rows(include_str!("../fixtures/lif/psc.csv"));
    for row in &rows {
        let mut simulation = simulation(one(current_neuron(row), row.number("weight_mv")), 0.0);
        input(&mut simulation, row.number("input_ms"), 0);
        let probe = row.number("probe_ms");
        assert_eq!(times(&mut simulation, probe), [0.0; 0]);
        let what = format!("tau_s {} ms, probe at {probe} ms", row.text("tau_synapse_ms"));
        assert_relative(potential(&simulation, probe), row.number("potential_mv"), TOLERANCE, &what);
    }
    passed("lif/psc", "tau_s from 0.5 to 100 ms and 10 ms ± 1e-9 to 1", rows.len());
}

#[test]
fn a_threshold_just_below_the_peak_of_a_psp_is_crossed_and_one_just_above_is_not() {
    let rows = rows(include_str!("../fixtures/lif/peak.csv"));
    for row in &rows {
        let (peak_ms, peak_mv) = (row.number("peak_ms"), row.number("peak_mv"));
        let with_threshold = |threshold_mv| {
            let neuron = Neuron { threshold_mv, ..current_neuron(row) };
            let mut simulation = simulation(one(neuron, row.number("weight_mv")), 0.0);
            input(&mut simulation, 0.0, 0);
            (times(&mut simulation, peak_ms), simulation)
        };
        let what = format!("tau_s {} ms", row.text("tau_synapse_ms"));
        let (above, simulation) = with_threshold(peak_mv * (1.0 + TOLERANCE));
        assert_eq!(above, [0.0; 0], "{what}");
        assert_relative(potential(&simulation, peak_ms), peak_mv, TOLERANCE, &what);
        let (below, _) = with_threshold(row.number("threshold_mv"));
        assert_eq!(below.len(), 1, "{what}");
        assert_relative(below[0], row.number("spike_ms"), crossing_tolerance(row), &what);
    }
    passed("lif/peak", "tau_s from 0.5 to 100 ms and 10 ms ± 1e-9 to 1", rows.len());
}

#[test]
fn an_excursion_above_threshold_of_any_length_is_never_missed() {
    for row in rows(include_str!("../fixtures/lif/lossless.csv")) {
        let neuron = Neuron {
            rest_mv: row.number("rest_mv"),
            threshold_mv: row.number("threshold_mv"),
            reset_mv: row.number("rest_mv"),
            initial_mv: row.number("initial_mv"),
            ..current_neuron(&row)
        };
        let start_ms = row.number("start_ms");
        let mut simulation = simulation(one(neuron, row.number("weight_mv")), start_ms);
        input(&mut simulation, start_ms, 0);
        let (what, peak_ms) = (row.text("current_pa"), row.number("peak_ms"));
        let found = times(&mut simulation, peak_ms);
        if row.text("spike_ms") == "none" {
            assert_eq!(found, [0.0; 0], "{what} pA");
            let margin_mv = potential(&simulation, peak_ms) - neuron.threshold_mv;
            // A difference of potentials near 49 mV: known to a few of their ulp, 7e-15 mV.
            assert!((margin_mv - row.number("margin_mv")).abs() < 5e-14, "{margin_mv}");
        } else {
            assert_eq!(found.len(), 1, "{what} pA");
            assert_relative(found[0], row.number("spike_ms"), TOLERANCE, what);
        }
        passed("lif/lossless", what, 1);
    }
}

fn adaptive_neuron(row: &Row) -> Neuron {
    Neuron {
        synapses: Synapses::Delta {
            adaptation_mv: row.number("step_mv"),
            tau_adaptation_ms: row.number("tau_adaptation_ms"),
        },
        tau_membrane_ms: row.number("tau_membrane_ms"),
        threshold_mv: row.number("base_mv"),
        ..Neuron::default()
    }
}

#[test]
fn bias_and_an_adaptive_threshold_of_any_time_constant_give_each_interval() {
    for (tau, rows) in cases(include_str!("../fixtures/lif/adaptive.csv"), "tau_adaptation_ms") {
        let neuron = Neuron { bias_mv: rows[0].number("bias_mv"), ..adaptive_neuron(&rows[0]) };
        let last = rows[rows.len() - 1].number("spike_ms");
        let found = times(&mut simulation(one(neuron, 0.0), 0.0), last * (1.0 + TOLERANCE));
        assert_eq!(found.len(), rows.len());
        for (row, found) in rows.iter().zip(found) {
            assert_relative(found, row.number("spike_ms"), TOLERANCE, row.text("number"));
        }
        passed("lif/adaptive", tau, rows.len());
    }
}

#[test]
fn a_threshold_that_falls_faster_than_the_potential_is_crossed_at_the_earlier_root() {
    for row in rows(include_str!("../fixtures/lif/falling_threshold.csv")) {
        let mut graph = one(adaptive_neuron(&row), 2.0 * row.number("base_mv"));
        graph.inputs = 2;
        graph.connect(Source::Input(1), 0, 0.0, row.number("jump_mv"));
        let mut simulation = simulation(graph, 0.0);
        input(&mut simulation, 0.0, 0);
        input(&mut simulation, 1.0, 1);
        let found = times(&mut simulation, 100.0);
        let case = row.text("case");
        assert_eq!(found[0], 0.0);
        if case == "never" {
            assert_eq!(found.len(), 1, "{found:?}");
        } else {
            assert_relative(found[1], row.number("spike_ms"), crossing_tolerance(&row), case);
        }
        passed("lif/falling_threshold", case, 1);
    }
}

#[test]
fn the_exact_lif_case_of_the_nir_project() {
    let table = rows(include_str!("../fixtures/lif/nir.csv"));
    let neuron = Neuron { tau_membrane_ms: 1.0, threshold_mv: 1.0, bias_mv: 0.5, ..Neuron::default() };
    let mut simulation = simulation(one(neuron, 0.0), 0.0);
    let (mut found, mut potentials) = (Vec::new(), Vec::new());
    for (until_ms, next_bias_mv) in [(10.0, 0.1), (20.0, 0.3), (50.0, 1.05), (100.0, 0.0)] {
        found.extend(times(&mut simulation, until_ms));
        potentials.push(potential(&simulation, until_ms));
        simulation.set_bias_mv(0, next_bias_mv).expect("a bias");
    }
    let expected = |kind| table.iter().filter(move |row| row.text("kind") == kind);
    assert_eq!(found.len(), expected("spike").count());
    let spikes = expected("spike").zip(&found);
    for (row, &found) in spikes.chain(expected("potential").zip(&potentials)) {
        assert_relative(found, row.number("value"), TOLERANCE, row.text("index"));
    }
    passed("lif/nir", "spikes and potentials", table.len());
}

fn pair_rule(row: &Row) -> PairStdp {
    PairStdp {
        gain: row.number("gain"),
        tau_gain_ms: row.number("tau_gain_ms"),
        loss: row.number("loss"),
        tau_loss_ms: row.number("tau_loss_ms"),
        pairing: if row.text("pairing") == "nearest" { Pairing::Nearest } else { Pairing::AllToAll },
    }
}

/// Pairs of inputs: the first of a pair learns, the second makes its neuron spike.
fn learners(rule: PairStdp, pairs: u32) -> Graph {
    let learning = vec![Learning { rule: Rule::Pairs(rule), weight_max_mv: 1.0 }];
    let mut graph = Graph { inputs: 2 * pairs, learning, ..Graph::default() };
    for pair in 0..pairs {
        let target = graph.add(Neuron { tau_membrane_ms: 1e-6, ..Neuron::default() });
        let source = Source::Input(2 * pair);
        let learning = Some(0);
        graph.connections.push(Connection { source, target, delay_ms: 0.0, weight_mv: 0.5, learning });
        graph.connect(Source::Input(2 * pair + 1), target, 0.0, 1000.0);
    }
    graph
}

#[test]
fn pair_stdp_sums_over_all_pairs_or_the_nearest_and_an_input_comes_first_at_one_instant() {
    let rows = rows(include_str!("../fixtures/lif/pairs.csv"));
    for row in &rows {
        let mut simulation = simulation(learners(pair_rule(row), 1), 0.0);
        for (source, column) in [(0, "inputs_ms"), (1, "outputs_ms")] {
            for at in row.text(column).split(' ') {
                input(&mut simulation, at.parse().expect("a time"), source);
            }
        }
        assert_eq!(times(&mut simulation, 1000.0).len(), row.text("outputs_ms").split(' ').count());
        let learned = simulation.weights_mv().next().expect("a weight");
        let what =
            format!("{}: {} and {}", row.text("pairing"), row.text("inputs_ms"), row.text("outputs_ms"));
        assert_relative(learned, row.number("learned"), TOLERANCE, &what);
    }
    passed("lif/pairs", "window and trains", rows.len());
}

/// Poisson spikes of one source, from `from_ms` on.
fn poisson(index: u64, rate_khz: f64, from_ms: f64, duration_ms: f64) -> impl Iterator<Item = f64> {
    let mut spikes = Vec::new();
    let poisson = PoissonInput { rate_max_hz: 1000.0 * rate_khz, duration_ms };
    poisson.encode(&[255], stream(2, Purpose::TrainSpikes, index), &mut spikes);
    spikes.into_iter().map(move |spike| from_ms + spike.at.ms())
}

/// Mean and its standard error.
fn mean_of(samples: &[f64]) -> (f64, f64) {
    let count = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / count;
    let variance = samples.iter().map(|sample| (sample - mean).powi(2)).sum::<f64>() / (count - 1.0);
    (mean, (variance / count).sqrt())
}

#[track_caller]
fn assert_mean(samples: &[f64], expected: f64, what: &str) {
    let (mean, error) = mean_of(samples);
    assert!((mean - expected).abs() <= STANDARD_ERRORS * error, "{what}: {mean} ± {error}, not {expected}");
}

#[test]
fn poisson_input_gives_campbells_mean_and_variance() {
    // Samples 200 ms apart are as good as independent: e^(−200/20).
    const APART_MS: f64 = 200.0;
    for row in rows(include_str!("../fixtures/lif/campbell.csv")) {
        let kind = row.text("kind");
        let neuron = match kind {
            "delta" => Neuron { threshold_mv: 1e9, ..Neuron::default() },
            _ => current_neuron(&row),
        };
        let mut simulation = simulation(one(neuron, row.number("weight_mv")), 0.0);
        let samples: Vec<f64> = (0..4000_u32)
            .map(|sample| {
                let from_ms = f64::from(sample) * APART_MS;
                for at in poisson(u64::from(sample), row.number("rate_khz"), from_ms, APART_MS) {
                    input(&mut simulation, at, 0);
                }
                assert_eq!(times(&mut simulation, from_ms + APART_MS), [0.0; 0]);
                potential(&simulation, from_ms + APART_MS)
            })
            .collect();
        let mean_mv = row.number("mean_mv");
        assert_mean(&samples, mean_mv, kind);
        let squares: Vec<f64> = samples.iter().map(|sample| (sample - mean_mv).powi(2)).collect();
        assert_mean(&squares, row.number("variance_mv2"), kind);
        passed("lif/campbell", kind, 1);
    }
}

#[test]
fn pair_stdp_drifts_as_expected_between_poisson_trains() {
    const PAIRS: u32 = 400;
    for (number, row) in rows(include_str!("../fixtures/lif/drift.csv")).iter().enumerate() {
        let mut simulation = simulation(learners(pair_rule(row), PAIRS), 0.0);
        let until_ms = row.number("until_ms");
        for source in 0..2 * PAIRS {
            let rate_hz = row.number(if source % 2 == 0 { "input_hz" } else { "output_hz" });
            let index = (number as u64) << 32 | u64::from(source);
            for at in poisson(index, rate_hz / 1000.0, 0.0, until_ms) {
                input(&mut simulation, at, source);
            }
        }
        spikes(&mut simulation, until_ms);
        let changes: Vec<f64> = simulation.weights_mv().step_by(2).map(|weight| weight - 0.5).collect();
        let what = format!("{} {} Hz", row.text("pairing"), row.text("input_hz"));
        assert_mean(&changes, row.number("mean_change"), &what);
        passed("lif/drift", &what, 1);
    }
}

#[test]
fn the_rate_under_poisson_input_tends_to_siegerts_as_the_jumps_shrink() {
    const SECONDS: u32 = 100;
    for row in rows(include_str!("../fixtures/lif/siegert.csv")) {
        let weight_mv = row.number("weight_mv");
        let neuron = Neuron {
            tau_membrane_ms: row.number("tau_membrane_ms"),
            threshold_mv: row.number("threshold_mv"),
            reset_mv: row.number("reset_mv"),
            refractory_ms: row.number("refractory_ms"),
            ..Neuron::default()
        };
        let mut graph = one(neuron, weight_mv);
        graph.inputs = 2;
        graph.connect(Source::Input(1), 0, 0.0, -weight_mv);
        let mut simulation = simulation(graph, 0.0);
        let mut found = Vec::new();
        for second in 0..SECONDS {
            let from_ms = 1000.0 * f64::from(second);
            for (source, rate) in [(0, "up_khz"), (1, "down_khz")] {
                let index = u64::from(2 * second + source);
                for at in poisson(index, row.number(rate), from_ms, 1000.0) {
                    input(&mut simulation, at, source);
                }
            }
            found.extend(times(&mut simulation, from_ms + 1000.0));
        }
        let intervals: Vec<f64> = found.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let (mean_ms, error_ms) = mean_of(&intervals);
        let slack = STANDARD_ERRORS * error_ms / mean_ms;
        let (rate_hz, upper, lower) = (1000.0 / mean_ms, row.number("siegert_hz"), row.number("lower_hz"));
        assert!(
            lower * (1.0 - slack) < rate_hz && rate_hz < upper * (1.0 + slack),
            "w = {weight_mv} mV: {rate_hz} Hz, not between {lower} and {upper} ± {slack} of it"
        );
        passed("lif/siegert", &format!("w = {weight_mv} mV: {rate_hz:.2} Hz in {lower:.2} to {upper:.2}"), 1);
    }
}
