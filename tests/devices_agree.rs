//! Both engines on random layers of all laws whose synapses are devices: the same bits in either precision, on all
//! instruction sets, however a presentation is cut, and whatever of a layer is there beside.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use spiketime_sim::{
    Cycle, Engine, InstructionSet, LayerRule, Network, Own, Real, Share, Variation, present,
};

use crate::all_laws_agree::{Case, Told, bits, case, either, maybe};

/// A layer of devices; its constants and presentations are those of the case.
#[derive(Clone, Debug)]
struct Devices {
    case: Case,
    variation: Variation,
    own: Own<f64>,
}

fn variation() -> impl Strategy<Value = Variation> {
    let of = either(&[Share::Step, Share::Range]);
    let cycle = prop::option::of((either(&[0.25, 2.0]), of).prop_map(|(sd, of)| Cycle { sd, of }));
    (maybe(&[2_u32, 3, 17]), cycle, either(&[0.0, 0.0, 0.5])).prop_map(|(levels, cycle, read_sd)| Variation {
        levels,
        cycle,
        read_sd,
    })
}

/// Arrays that are there or not, each on its own; a tenth of the devices is stuck.
fn own(case: &Case) -> impl Strategy<Value = Own<f64>> + use<> {
    let neurons = case.thresholds.len();
    let synapses = case.weights.len();
    let leaks = case.layer.tau_membrane_ms < f64::INFINITY && case.layer.lasting.is_none();
    let factors =
        || prop::option::of(prop::collection::vec((0_u8..12).prop_map(|f| f32::from(f) / 4.0), synapses));
    let bounds = (0_u8..4, 4_u8..11, 0_u8..10).prop_map(|(low, high, stuck)| {
        let high = if stuck == 0 { low } else { high };
        [low, high].map(|bound| f64::from(bound) / 8.0)
    });
    let bounds = prop::option::of(prop::collection::vec(bounds, synapses));
    let tau = (1_u8..8, 0_u8..4).prop_map(|(tau, more)| [f64::from(tau) * 4.0, f64::from(tau + more) * 4.0]);
    let taus = prop::option::of(prop::collection::vec(tau, neurons));
    let factors = (factors(), factors(), factors(), factors());
    (factors, bounds, taus, any::<u64>(), any::<u64>()).prop_map(
        move |(factors, bounds, taus, key, reading)| {
            let side =
                |side: usize| bounds.iter().flatten().map(move |bounds: &[f64; 2]| bounds[side]).collect();
            let tau = |which: usize| {
                let taus = taus.iter().filter(|_| leaks).flatten();
                taus.map(move |tau_ms: &[f64; 2]| tau_ms[which]).collect()
            };
            Own {
                rise_steps: factors.0.unwrap_or_default(),
                fall_steps: factors.1.unwrap_or_default(),
                rise_shapes: factors.2.unwrap_or_default(),
                fall_shapes: factors.3.unwrap_or_default(),
                min_mv: side(0),
                max_mv: side(1),
                tau_membrane_ms: tau(0),
                tau_adaptation_ms: tau(1),
                key,
                reading,
            }
        },
    )
}

fn devices() -> impl Strategy<Value = Devices> {
    (case(), variation()).prop_flat_map(|(case, variation)| {
        own(&case).prop_map(move |own| Devices { case: case.clone(), variation, own })
    })
}

impl Devices {
    fn network<R: Real>(&self) -> Network<R> {
        let rounded = |values: &[f64]| -> Vec<R> { values.iter().map(|&value| R::rounded(value)).collect() };
        let layer = spiketime_sim::Layer { variation: self.variation, ..self.case.layer.clone() };
        let own = Own {
            min_mv: rounded(&self.own.min_mv),
            max_mv: rounded(&self.own.max_mv),
            rise_steps: self.own.rise_steps.clone(),
            fall_steps: self.own.fall_steps.clone(),
            rise_shapes: self.own.rise_shapes.clone(),
            fall_shapes: self.own.fall_shapes.clone(),
            tau_membrane_ms: self.own.tau_membrane_ms.clone(),
            tau_adaptation_ms: self.own.tau_adaptation_ms.clone(),
            key: self.own.key,
            reading: self.own.reading,
        };
        let weights_mv = own.held(&rounded(&self.case.weights), self.case.thresholds.len(), 1.0);
        Network::with_own(layer, weights_mv, rounded(&self.case.thresholds), own)
    }

    /// Presented in one piece, or instant by instant.
    fn outcome<R: Real>(&self, engine: Engine, is_cut: bool) -> (Told, Vec<u64>) {
        let (mut network, mut told) = (self.network::<R>(), Told::default());
        for (number, spikes) in self.case.presentations.iter().enumerate() {
            network.progress = number as f64 / self.case.presentations.len() as f64;
            network.own.reading = self.own.reading.wrapping_add(number as u64);
            if is_cut {
                spikes
                    .chunk_by(|a, b| a.at == b.at)
                    .for_each(|instant| present(engine, &mut network, instant, &mut told));
            } else {
                present(engine, &mut network, spikes, &mut told);
            }
            network.end_image();
            network.next_onset(100.0);
        }
        let weights_mv: Vec<R> = network.weights_mv.iter().collect();
        let held = network.own.held(&weights_mv, network.neurons(), network.layer.weight_max_mv);
        assert_eq!(weights_mv, held, "a device left its bounds");
        let bits = bits(&network);
        (told, bits)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn both_engines_give_the_same_bits_whatever_devices_have_of_their_own(devices in devices()) {
        let single = devices.outcome::<f32>(Engine::Reference, false);
        let double = devices.outcome::<f64>(Engine::Reference, false);
        for engine in InstructionSet::ALL.map(Engine::DenseOn) {
            prop_assert_eq!(&single, &devices.outcome::<f32>(engine, false));
            prop_assert_eq!(&double, &devices.outcome::<f64>(engine, false));
            prop_assert_eq!(&double, &devices.outcome::<f64>(engine, true));
        }
    }

    /// An array of ones, zeros and largest weights says what its absence says.
    #[test]
    fn devices_that_all_are_as_the_law_change_no_bit(case in case()) {
        let (neurons, synapses) = (case.thresholds.len(), case.weights.len());
        let ones = vec![1.0_f32; synapses];
        let own = Own {
            rise_steps: ones.clone(),
            fall_steps: ones.clone(),
            rise_shapes: ones.clone(),
            fall_shapes: ones,
            min_mv: vec![0.0; synapses],
            max_mv: vec![1.0; synapses],
            tau_membrane_ms: vec![case.layer.tau_membrane_ms; neurons],
            tau_adaptation_ms: vec![case.layer.tau_adaptation_ms; neurons],
            ..Own::default()
        };
        let own = if case.layer.plasticity.is_some() { own } else { Own::default() };
        let plain = Devices { case: case.clone(), variation: Variation::STEADY, own: Own::default() };
        let devices = Devices { own, ..plain.clone() };
        for engine in [Engine::Reference, Engine::Dense] {
            prop_assert_eq!(plain.outcome::<f64>(engine, false), devices.outcome::<f64>(engine, false));
            prop_assert_eq!(plain.outcome::<f32>(engine, false), devices.outcome::<f32>(engine, false));
        }
    }
}

/// A spread that only some laws have would not be seen where the generator never makes the others.
#[test]
fn the_generator_makes_devices_under_both_rules_of_learning() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut met = [0; 4];
    for _ in 0..500 {
        let devices = devices().new_tree(&mut runner).expect("a case").current();
        let differs = devices.variation.asks_chance() || !devices.own.max_mv.is_empty();
        match devices.case.layer.plasticity {
            Some(LayerRule::Window(_)) if differs => met[0] += 1,
            Some(LayerRule::Counts(_)) if differs => met[1] += 1,
            _ => {}
        }
        met[2] += u32::from(devices.variation.read_sd > 0.0);
        met[3] += u32::from(!devices.own.tau_membrane_ms.is_empty());
    }
    assert!(met.iter().all(|&times| times >= 50), "{met:?}");
}
