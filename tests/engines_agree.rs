//! The reference engine and the dense one agree bit for bit: spikes, weights, state.
//!
//! The generator makes coincidences likely: weights on a grid of eighths, equal columns, spikes on
//! a grid of milliseconds (so that several fall together and some inputs are exactly 20 ms old).

use proptest::prelude::*;
use spiketime_sim::{
    Conductance, Dependence, Engine, Inhibition, InputSpike, InstructionSet, Layer, LayerRule, Network,
    Plasticity, Real, Recorder, TieRule, Time, present, present_on,
};

#[derive(Clone, Debug)]
struct Case {
    layer: Layer,
    weights: Vec<f64>,
    thresholds: Vec<f64>,
    presentations: Vec<Vec<InputSpike>>,
}

fn layer() -> impl Strategy<Value = Layer> {
    let inhibition = prop_oneof![
        Just(Inhibition::WinnerTakesAll),
        Just(Inhibition::Soft { by_mv: 0.25 }),
        Just(Inhibition::Soft { by_mv: 1.0 }),
        Just(Inhibition::None),
    ];
    let tie_rule = prop_oneof![Just(TieRule::AllAboveThreshold), Just(TieRule::HighestOnly)];
    let exponential = |exponent| Just(Dependence::Exponential { exponent });
    // An exponent of 0 is additive, and goes the way of those that are not.
    let dependence = prop_oneof![3 => Just(Dependence::Additive), 1 => exponential(0.0), 1 => exponential(1.0), 1 => exponential(5.0)];
    let loss = prop_oneof![Just(0.005), Just(0.125), Just(-0.005)];
    let learns = prop::bool::weighted(0.9);
    (inhibition, tie_rule, dependence.clone(), dependence, loss, prop_oneof![Just(0.0), Just(0.5)], learns)
        .prop_map(|(inhibition, tie_rule, rise, fall, loss, adaptation_mv, learns)| {
            let conductance = Conductance { rise, fall };
            let plasticity = Plasticity { window_ms: 20.0, gain: 0.125, loss, conductance };
            Layer {
                inhibition,
                tie_rule,
                adaptation_mv,
                plasticity: learns.then_some(LayerRule::Window(plasticity)),
                ..Layer::report()
            }
        })
}

fn case() -> impl Strategy<Value = Case> {
    (1_usize..8, 1_usize..44).prop_flat_map(|(inputs, neurons)| {
        let weights =
            prop::collection::vec((0_u8..=8).prop_map(|eighths| f64::from(eighths) / 8.0), inputs * neurons);
        let thresholds = prop::collection::vec(prop_oneof![Just(1.0), Just(1.5), Just(2.0)], neurons);
        let spike = (0_u16..60, 0..inputs as u32)
            .prop_map(|(ms, source)| InputSpike { at: Time::from_ms(f64::from(ms)), source });
        let presentation = prop::collection::vec(spike, 0..60).prop_map(|mut spikes| {
            spikes.sort_unstable();
            spikes
        });
        (layer(), weights, thresholds, prop::collection::vec(presentation, 1..4)).prop_map(
            |(layer, weights, thresholds, presentations)| Case { layer, weights, thresholds, presentations },
        )
    })
}

type Outcome = (Vec<(Time, u32)>, Vec<Vec<u64>>, Vec<Time>);

/// `None` is the reference engine, else the dense one on these instructions.
fn outcome<R: Real>(dense: Option<InstructionSet>, case: &Case) -> Outcome {
    let rounded = |values: &[f64]| values.iter().map(|&value| R::rounded(value)).collect();
    let mut network =
        Network::<R>::new(case.layer.clone(), rounded(&case.weights), rounded(&case.thresholds));
    let mut recorder = Recorder::default();
    for spikes in &case.presentations {
        match dense {
            None => present(Engine::Reference, &mut network, spikes, &mut recorder),
            Some(instructions) => present_on(instructions, &mut network, spikes, &mut recorder),
        }
        network.next_onset(100.0);
    }
    let bits = |value: R| value.to_f64().to_bits();
    let state = vec![
        network.weights_mv.iter().map(bits).collect(),
        network.potentials_mv.iter().copied().map(bits).collect(),
        network.adaptations_mv.iter().copied().map(bits).collect(),
    ];
    let stamps = [network.potentials_since, network.adaptations_since, network.last_input].concat();
    (recorder.spikes, state, stamps)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn both_engines_give_the_same_bits_on_random_layers_full_of_ties_on_every_instruction_set(case in case()) {
        let (single, double) = (outcome::<f32>(None, &case), outcome::<f64>(None, &case));
        for instructions in InstructionSet::ALL {
            prop_assert_eq!(&single, &outcome::<f32>(Some(instructions), &case));
            prop_assert_eq!(&double, &outcome::<f64>(Some(instructions), &case));
        }
    }
}
