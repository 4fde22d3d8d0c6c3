//! Both engines against layers of laws beyond the report's, traced by a script that shares no line with them
//! (`fixtures/layer`).
//!
//! Values hold to 1e-12 relative in f64: some hundred roundings of 1.1e-16 each. Spikes fall on input times, which are
//! the same f64 numbers.

use spiketime_sim::{
    Annealed, Conductance, CountPlasticity, Dependence, Engine, Homeostasis, InputSpike, Lasting, Layer,
    LayerRule, Measure, Network, Normalisation, NormalisedAt, Rate, Recorder, TieRule, Time, present,
};

use crate::fixture::{Row, assert_relative, cases, passed};

const START: &str = include_str!("../fixtures/layer/start.csv");
const INPUTS: &str = include_str!("../fixtures/layer/inputs.csv");
const SPIKES: &str = include_str!("../fixtures/layer/spikes.csv");
const STATE: &str = include_str!("../fixtures/layer/state.csv");
const TOLERANCE: f64 = 1e-12;
const PERIOD_MS: f64 = 100.0;
const IMAGES: u32 = 8;

fn counts(rule: CountPlasticity) -> Option<LayerRule> {
    Some(LayerRule::Counts(rule))
}

/// The recipe of c = 0.25 without leak: one output spike an image.
fn frontier() -> Layer {
    let (c, weight_max_mv) = (0.25, 4.0);
    let conductance = Conductance {
        rise: Dependence::Exponential { exponent: weight_max_mv / c },
        fall: Dependence::Additive,
    };
    Layer {
        tau_membrane_ms: f64::INFINITY,
        adaptation_mv: 0.0,
        weight_max_mv,
        tie_rule: TieRule::HighestRelative,
        plasticity: counts(CountPlasticity {
            tau_trace_ms: f64::INFINITY,
            sum_mv: Some(4.0),
            gain_offset_mv: c,
            loss_mv: c,
            conductance,
            rate: Rate::OwnSpikes { power: 0.6, floor: 0.3 },
            imprints: true,
        }),
        spikes_a_presentation: Some(1),
        rests_at_onset: true,
        homeostasis: Some(Homeostasis {
            gain: Annealed { start: 0.25, factor: 0.125 },
            mean_images: 8.0,
            lowest: -0.9,
            highest: 10.0,
            virgin: Some(-0.7),
        }),
        threshold_scale: Some(Measure::Norm),
        ..Layer::report()
    }
}

/// Leak, traces, soft bounds, silences, a threshold that lasts, weights brought to a sum.
fn lasting() -> Layer {
    Layer {
        adaptation_mv: 0.0,
        plasticity: counts(CountPlasticity {
            tau_trace_ms: 12.0,
            sum_mv: None,
            gain_offset_mv: 0.125,
            loss_mv: 0.5,
            conductance: Conductance { rise: Dependence::Soft, fall: Dependence::Soft },
            rate: Rate::Annealed(Annealed { start: 0.0625, factor: 1.0 }),
            imprints: false,
        }),
        refractory_ms: 8.0,
        hold_ms: 2.5,
        lasting: Some(Lasting { step_mv: 0.125, tau_ms: 500.0 }),
        threshold_factor: 0.75,
        normalisation: Some(Normalisation {
            measure: Measure::Sum,
            target_mv: 2.0,
            when: NormalisedAt::ImageEnd,
        }),
        ..Layer::report()
    }
}

/// The running mean, annealed; thresholds that adapt, follow sums of weights and move to equal shares.
fn mean() -> Layer {
    let weight_max_mv = 4.0;
    Layer {
        tau_membrane_ms: 30.0,
        tau_adaptation_ms: 60.0,
        adaptation_mv: 0.25,
        weight_max_mv,
        plasticity: counts(CountPlasticity {
            tau_trace_ms: f64::INFINITY,
            sum_mv: Some(3.0),
            gain_offset_mv: 0.0,
            loss_mv: weight_max_mv,
            conductance: Conductance { rise: Dependence::Additive, fall: Dependence::Soft },
            rate: Rate::Annealed(Annealed { start: 0.5, factor: 0.25 }),
            imprints: true,
        }),
        refractory_ms: 1.5,
        hold_ms: f64::INFINITY,
        spikes_a_presentation: Some(3),
        rests_at_onset: true,
        homeostasis: Some(Homeostasis {
            gain: Annealed { start: 0.5, factor: 1.0 },
            mean_images: 4.0,
            lowest: -0.5,
            highest: 0.25,
            virgin: None,
        }),
        threshold_scale: Some(Measure::Sum),
        ..Layer::report()
    }
}

fn of(rows: &'static str, case: &str, what: impl Fn(&Row) -> bool) -> Vec<Row> {
    let rows = cases(rows, "case").remove(case).unwrap_or_default();
    rows.into_iter().filter(what).collect()
}

fn network(case: &str, layer: Layer) -> Network<f64> {
    let values = |what| {
        of(START, case, |row| row.text("what") == what).iter().map(|row| row.number("value")).collect()
    };
    Network::new(layer, values("weight_mv"), values("base_mv"))
}

fn found(network: &Network<f64>, row: &Row) -> f64 {
    let index = row.number("index") as usize;
    match row.text("what") {
        "weight_mv" => network.weights_mv[(index / network.neurons(), index % network.neurons())],
        "threshold_mv" => network.thresholds_mv[index],
        "potential_mv" => network.potentials_mv[index],
        "own_spikes" => network.memory.own_spikes[index].into(),
        "theta" => network.memory.thetas[index],
        "lasting_mv" => network.memory.lasting_mv[index],
        what => panic!("no value '{what}'"),
    }
}

#[test]
fn both_engines_trace_what_a_script_of_its_own_traces() {
    for (case, layer) in [("frontier", frontier()), ("lasting", lasting()), ("mean", mean())] {
        for engine in [Engine::Reference, Engine::Dense] {
            let mut network = network(case, layer.clone());
            let mut rows = 0;
            for image in 0..IMAGES {
                let of_image = |table| of(table, case, |row| row.number("image") == f64::from(image));
                let spike = |row: &Row| InputSpike {
                    at: Time::from_ms(row.number("at_ms")),
                    source: row.number("input") as u32,
                };
                let inputs: Vec<InputSpike> = of_image(INPUTS).iter().map(spike).collect();
                let mut recorder = Recorder::default();
                network.progress = f64::from(image) / f64::from(IMAGES);
                present(engine, &mut network, &inputs, &mut recorder);
                network.end_image();
                network.next_onset(PERIOD_MS);
                let spike = |row: &Row| (Time::from_ms(row.number("at_ms")), row.number("neuron") as u32);
                assert_eq!(
                    recorder.spikes,
                    of_image(SPIKES).iter().map(spike).collect::<Vec<_>>(),
                    "{case}, image {image}"
                );
                for row in of_image(STATE) {
                    let what = format!("{case}, image {image}: {} {}", row.text("what"), row.text("index"));
                    assert_relative(found(&network, &row), row.number("value"), TOLERANCE, &what);
                    rows += 1;
                }
            }
            passed("layer", case, rows);
            if case == "frontier" {
                // One spike an image: the rows show every weight that there was.
                let is_weight = |row: &Row| row.text("what") == "weight_mv";
                let all = [START, STATE].into_iter().flat_map(|table| of(table, case, is_weight));
                let largest = all.map(|row| row.number("value")).fold(0.0, f64::max);
                assert_relative(network.largest_weight_mv(), largest, TOLERANCE, case);
            }
        }
    }
}
