//! Both engines against closed forms that mpmath computed (`fixtures/lif`), and the dice against theirs.
//!
//! Deterministic rows hold to 1e-12 relative in f64: a row is at most a hundred roundings of 1.1e-16.
//! Statistical rows have fixed seeds. Their bounds are not asymptotic: a distribution function strays
//! from n samples by more than √(ln(2/α)/2n) with probability below α (Dvoretzky, Kiefer & Wolfowitz
//! 1956, constant by Massart 1990), a binomial count by Bernstein's inequality. α = 1e-6 a row: the
//! false-alarm rate of a change of seed.

use spiketime_data::{PoissonInput, Purpose, stream};
use spiketime_sim::laws::lif::value_at;
use spiketime_sim::laws::threshold::threshold_at;
use spiketime_sim::{
    Conductance, Dependence, Engine, InputSpike, Layer, LayerRule, Network, Plasticity, Recorder, Time,
    present,
};

use crate::fixture::{Row, assert_relative, cases, passed, rows};

const ENGINES: [Engine; 2] = [Engine::Reference, Engine::Dense];
const TOLERANCE: f64 = 1e-12;
const FALSE_ALARM: f64 = 1e-6;

/// One neuron and `weights_mv`, one an input; nothing learns.
fn neuron(row: &Row, weights_mv: Vec<f64>, threshold_mv: f64) -> Network<f64> {
    let or_report = |column, report| if row.has(column) { row.number(column) } else { report };
    let layer = Layer {
        tau_membrane_ms: or_report("tau_membrane_ms", 20.0),
        tau_adaptation_ms: or_report("tau_adaptation_ms", 40.0),
        adaptation_mv: or_report("step_mv", 0.0),
        weight_max_mv: weights_mv.iter().copied().fold(1.0, f64::max),
        plasticity: None,
        ..Layer::report()
    };
    Network::new(layer, weights_mv, vec![threshold_mv])
}

fn spike(ms: f64, source: usize) -> InputSpike {
    InputSpike { at: Time::from_ms(ms), source: source as u32 }
}

/// When the network spikes \[ms\].
fn spike_times(engine: Engine, network: &mut Network<f64>, spikes: &[InputSpike]) -> Vec<f64> {
    let mut recorder = Recorder::default();
    present(engine, network, spikes, &mut recorder);
    recorder.spikes.iter().map(|(at, _)| at.ms()).collect()
}

#[test]
fn delta_inputs_decay_between_events_and_spike_iff_strictly_above_threshold() {
    for (case, rows) in cases(include_str!("../fixtures/lif/delta.csv"), "case") {
        let weights: Vec<f64> = rows.iter().map(|row| row.number("weight_mv")).collect();
        for engine in ENGINES {
            let mut network = neuron(&rows[0], weights.clone(), rows[0].number("threshold_mv"));
            for (input, row) in rows.iter().enumerate() {
                let at = row.number("input_ms");
                let spiked = spike_times(engine, &mut network, &[spike(at, input)]);
                assert_eq!(spiked.len(), row.number("spikes") as usize, "{case}: spikes at {at} ms");
                assert_relative(network.potentials_mv[0], row.number("potential_mv"), TOLERANCE, case);
                let probe = Time::from_ms(row.number("probe_ms"));
                let tau_ms = network.layer.tau_membrane_ms;
                let read = value_at(network.potentials_mv[0], network.potentials_since[0], probe, tau_ms);
                assert_relative(read, row.number("probe_mv"), TOLERANCE, case);
            }
        }
        passed("lif/delta", case, rows.len());
    }
}

#[test]
fn the_adaptive_threshold_grows_at_own_spikes_and_decays_between_them() {
    for (case, rows) in cases(include_str!("../fixtures/lif/adaptation.csv"), "case") {
        for engine in ENGINES {
            let mut network = neuron(&rows[0], vec![1000.0, 0.0], rows[0].number("base_mv"));
            for row in &rows {
                let (at, probe) = (row.number("spike_ms"), row.number("probe_ms"));
                assert_eq!(spike_times(engine, &mut network, &[spike(at, 0)]), [at]);
                assert_relative(network.adaptations_mv[0], row.number("adaptation_mv"), TOLERANCE, case);
                assert_threshold(engine, &network, probe, row.number("threshold_mv"));
            }
        }
        passed("lif/adaptation", case, rows.len());
    }
}

/// The threshold reads as expected, and a jump from reset a little above it spikes, a little below not.
fn assert_threshold(engine: Engine, network: &Network<f64>, probe: f64, expected_mv: f64) {
    let read = threshold_at(
        network.thresholds_mv[0],
        network.adaptations_mv[0],
        network.adaptations_since[0],
        Time::from_ms(probe),
        network.layer.tau_adaptation_ms,
    );
    assert_relative(read, expected_mv, TOLERANCE, "threshold");
    for (factor, spikes) in [(1.0 + TOLERANCE, 1), (1.0 - TOLERANCE, 0)] {
        let mut network = network.clone();
        network.weights_mv[(1, 0)] = expected_mv * factor;
        let spiked = spike_times(engine, &mut network, &[spike(probe, 1)]);
        assert_eq!(spiked.len(), spikes, "a jump of {factor} thresholds at {probe} ms");
    }
}

#[test]
fn a_regular_input_train_fires_the_neuron_at_every_mth_input() {
    for row in rows(include_str!("../fixtures/lif/periodic.csv")) {
        let (case, every) = (row.text("case"), row.number("every"));
        let interval = row.number("interval_ms");
        let inputs: Vec<_> = (1..=20_000).map(|k| spike(f64::from(k) * interval, 0)).collect();
        for engine in ENGINES {
            let mut network = neuron(&row, vec![row.number("weight_mv")], row.number("base_mv"));
            let spiked = spike_times(engine, &mut network, &inputs);
            // Multiples of the interval are exact, so the period is; a start-up of half the train.
            let late = &spiked[spiked.len() / 2..];
            assert!(late.len() > 50 && late.windows(2).all(|pair| pair[1] - pair[0] == every * interval));
            assert_relative(network.adaptations_mv[0], row.number("adaptation_mv"), TOLERANCE, case);
        }
        passed("lif/periodic", case, 1);
    }
}

/// Inputs that learn, and two more that together lift the neuron above its threshold. The membrane forgets
/// within nanoseconds, so that the learning inputs do not.
fn report_rule() -> Plasticity {
    let Some(LayerRule::Window(rule)) = Layer::report().plasticity else {
        panic!("the report's rule is a window")
    };
    rule
}

fn learner(mut weights_mv: Vec<f64>, plasticity: Plasticity) -> Network<f64> {
    let layer = Layer {
        tau_membrane_ms: 1e-6,
        plasticity: Some(LayerRule::Window(plasticity)),
        adaptation_mv: 0.0,
        ..Layer::report()
    };
    weights_mv.extend([1.0, 1.0]);
    Network::new(layer, weights_mv, vec![1.5])
}

#[test]
fn the_rectangular_rule_includes_its_20_ms_edge_and_clips() {
    let rows = rows(include_str!("../fixtures/lif/rectangle.csv"));
    for row in &rows {
        let (age, weight) = (row.number("age_ms"), row.number("weight_mv"));
        for engine in ENGINES {
            for onset in [0.0, 10.0] {
                let learned = learned_at_age(engine, weight, age, onset);
                let what = format!("weight {weight} after an age of {age} ms");
                assert_relative(learned, row.number("learned_mv"), TOLERANCE, &what);
            }
        }
    }
    passed("lif/rectangle", "ages and weights", rows.len());
}

/// Of the room that is left each step takes a part: after n of them 1 − (1 − x)(1 − a₊)ⁿ and x (1 − a₋)ⁿ are left.
#[test]
fn soft_bounds_leave_after_equal_steps_a_power_of_the_room_that_there_was() {
    let conductance = Conductance { rise: Dependence::Soft, fall: Dependence::Soft };
    let rule = Plasticity { gain: 0.125, loss: 0.25, conductance, ..report_rule() };
    for engine in ENGINES {
        let mut network = learner(vec![0.5, 0.0, 0.75, 1.0], rule.clone());
        let posts: Vec<f64> = (1..=12).map(f64::from).collect();
        let inputs: Vec<_> =
            posts.iter().flat_map(|&at| [0, 1, 4, 5].map(|source| spike(at, source))).collect();
        assert_eq!(spike_times(engine, &mut network, &inputs), posts);
        // 7^12 and 3^13 are whole numbers below 2^53: each step is exact, and so is what comes out.
        let (up, down) = (0.875_f64.powi(12), 0.75_f64.powi(12));
        let expected = [1.0 - 0.5 * up, 1.0 - up, 0.75 * down, down, 1.0, 1.0];
        assert_eq!(network.weights_mv.column(0).collect::<Vec<_>>(), expected, "{engine:?}");
    }
}

/// The weight after an output spike `age` after its input spike. The input spike lies `onset` before
/// an onset of the clock: all these differences are exact in f64.
fn learned_at_age(engine: Engine, weight: f64, age: f64, onset: f64) -> f64 {
    let mut network = learner(vec![weight], report_rule());
    if age.is_finite() {
        assert!(spike_times(engine, &mut network, &[spike(400.0 - onset, 0)]).is_empty());
        network.next_onset(400.0);
    }
    let now = if age.is_finite() { age - onset } else { 500.0 };
    assert_eq!(spike_times(engine, &mut network, &[spike(now, 1), spike(now, 2)]), [now]);
    network.weights_mv[(0, 0)]
}

#[test]
fn the_rule_neither_gains_nor_loses_at_20_27_hz() {
    const INPUTS: usize = 500;
    const POST_SPIKES: usize = 40;
    let samples = (INPUTS * POST_SPIKES) as f64;
    for row in rows(include_str!("../fixtures/lif/break_even.csv")) {
        let (recent, mean_step) = (row.number("recent"), row.number("mean_step"));
        for engine in ENGINES {
            let network = paired(engine, row.number("rate_hz"), INPUTS, POST_SPIKES);
            let moved: f64 = network.weights_mv.column(0).take(INPUTS).map(|weight| weight - 0.5).sum();
            // A step is −0.005, or 0.015 more where the input was recent: a binomial count.
            let bound = 0.015 * bernstein(samples * recent * (1.0 - recent));
            assert!(
                (moved - samples * mean_step).abs() <= bound,
                "{engine:?}: a mean step of {} against {mean_step} ± {}",
                moved / samples,
                bound / samples
            );
        }
        passed("lif/break_even", row.text("rate_hz"), 1);
    }
}

/// By how much a sum of centred variables within [−1, 1] of this total variance may stray (Bernstein):
/// P(|S| ≥ t) ≤ 2 exp(−t²/2(V + t/3)), solved for t.
fn bernstein(variance: f64) -> f64 {
    let logarithm = (2.0 / FALSE_ALARM).ln();
    logarithm / 3.0 + (logarithm * logarithm / 9.0 + 2.0 * logarithm * variance).sqrt()
}

/// Poisson inputs of one rate, and an output spike each 25 ms: the windows of 20 ms do not overlap, so
/// what is recent at one output spike tells nothing of the next.
fn paired(engine: Engine, rate_hz: f64, inputs: usize, post_spikes: usize) -> Network<f64> {
    let mut network = learner(vec![0.5; inputs], report_rule());
    let poisson = PoissonInput { rate_max_hz: rate_hz, duration_ms: 25.0 * post_spikes as f64 };
    let mut spikes = Vec::new();
    poisson.encode(&vec![255; inputs], stream(1, Purpose::TrainSpikes, 0), &mut spikes);
    let posts: Vec<f64> = (1..=post_spikes).map(|post| 25.0 * post as f64).collect();
    spikes.extend(posts.iter().flat_map(|&at| [spike(at, inputs), spike(at, inputs + 1)]));
    spikes.sort_unstable();
    assert_eq!(spike_times(engine, &mut network, &spikes), posts);
    network
}

#[test]
fn poisson_counts_intervals_and_superposition_follow_their_laws() {
    let table = rows(include_str!("../fixtures/lif/poisson.csv"));
    let check = |law: &str, parameter: &str, samples: &[f64]| {
        let rows: Vec<_> =
            table.iter().filter(|row| (row.text("law"), row.text("parameter")) == (law, parameter)).collect();
        assert!(rows.len() >= 20);
        rows.iter().for_each(|row| assert_distribution(samples, row));
        passed("lif/poisson", &format!("{law} {parameter}"), rows.len());
    };
    check("counts", "25.0", &counts(20_000));
    // Pixels of 10, 50 and 50 Hz, for 1 000 s.
    let spikes = encoded(&[51, 255, 255], 1e6, 0);
    let of = |pixel| spikes.iter().filter(move |spike| spike.source == pixel);
    check("intervals", "10.0", &intervals(of(0), 9_000));
    check("intervals", "50.0", &intervals(of(1), 45_000));
    check("intervals", "110.0", &intervals(spikes.iter(), 100_000));
    check("superposition", "10.0", &between(&spikes, 9_000));
}

/// At most √(ln(2/α)/2n) between the share of samples up to the argument and its probability.
fn assert_distribution(samples: &[f64], row: &Row) {
    let (argument, probability) = (row.number("argument"), row.number("probability"));
    let count = samples.len() as f64;
    let share = samples.iter().filter(|&&sample| sample <= argument).count() as f64 / count;
    let bound = ((2.0 / FALSE_ALARM).ln() / (2.0 * count)).sqrt();
    let law = row.text("law");
    assert!(
        (share - probability).abs() <= bound,
        "{law}: {share} up to {argument}, expected {probability} ± {bound}"
    );
}

fn encoded(image: &[u8], duration_ms: f64, index: u64) -> Vec<InputSpike> {
    let mut spikes = Vec::new();
    let poisson = PoissonInput { rate_max_hz: 50.0, duration_ms };
    poisson.encode(image, stream(1, Purpose::TrainSpikes, index), &mut spikes);
    spikes
}

/// Spikes a presentation of four pixels that sum to 510: 100 Hz for 250 ms.
fn counts(presentations: u64) -> Vec<f64> {
    (0..presentations).map(|index| encoded(&[255, 10, 45, 200], 250.0, index).len() as f64).collect()
}

/// The first `count` intervals \[ms\]; a count fixed beforehand, so that no long interval is cut off.
fn intervals<'a>(spikes: impl Iterator<Item = &'a InputSpike>, count: usize) -> Vec<f64> {
    let times: Vec<f64> = spikes.map(|spike| spike.at.ms()).take(count + 1).collect();
    assert_eq!(times.len(), count + 1);
    times.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// How many spikes of pixel 1 lie between consecutive spikes of pixel 0.
fn between(spikes: &[InputSpike], count: usize) -> Vec<f64> {
    let pair: Vec<u32> = spikes.iter().map(|spike| spike.source).filter(|&source| source < 2).collect();
    let runs: Vec<f64> = pair.split(|&source| source == 0).map(|run| run.len() as f64).collect();
    runs[..count].to_vec()
}
