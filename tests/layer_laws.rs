//! Laws of one layer under way, for both engines: cuts, bounds, and who stands above threshold.

use proptest::prelude::*;
use spiketime_sim::{Engine, Inhibition, InputSpike, Layer, Network, Recorder, TieRule, Time, present};

const INPUTS: usize = 4;
const NEURONS: usize = 5;

fn inhibition() -> impl Strategy<Value = Inhibition> {
    prop_oneof![
        Just(Inhibition::WinnerTakesAll),
        Just(Inhibition::Soft { by_mv: 0.5 }),
        Just(Inhibition::None)
    ]
}

fn network(inhibition: Inhibition, eighths: &[u8]) -> Network<f64> {
    let layer = Layer { inhibition, adaptation_mv: 0.5, ..Layer::report() };
    assert_eq!(layer.tie_rule, TieRule::AllAboveThreshold);
    let weights = eighths.iter().map(|&eighths| f64::from(eighths) / 8.0).collect();
    Network::new(layer, weights, vec![1.5; NEURONS])
}

fn spikes() -> impl Strategy<Value = Vec<InputSpike>> {
    let spike = (0_u16..80, 0..INPUTS as u32)
        .prop_map(|(ms, source)| InputSpike { at: Time::from_ms(f64::from(ms)), source });
    prop::collection::vec(spike, 1..80).prop_map(|mut spikes| {
        spikes.sort_unstable();
        spikes
    })
}

fn eighths() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0_u8..=8, INPUTS * NEURONS)
}

proptest! {
    #[test]
    fn presenting_instant_by_instant_changes_nothing_and_keeps_every_bound(
        inhibition in inhibition(), eighths in eighths(), spikes in spikes(),
    ) {
        for engine in [Engine::Reference, Engine::Dense] {
            let (mut whole, mut all) = (network(inhibition, &eighths), Recorder::default());
            present(engine, &mut whole, &spikes, &mut all);
            let (mut cut, mut pieces) = (network(inhibition, &eighths), Recorder::default());
            for instant in spikes.chunk_by(|a, b| a.at == b.at) {
                present(engine, &mut cut, instant, &mut pieces);
                let now = instant[0].at;
                for neuron in 0..NEURONS {
                    let left = (-now.elapsed_since(cut.adaptations_since[neuron]) / 40.0).exp();
                    let threshold_mv = cut.thresholds_mv[neuron] + cut.adaptations_mv[neuron] * left;
                    // The platform's exp here and ours there differ by 2 ulp of a few mV.
                    prop_assert!(cut.potentials_mv[neuron] <= threshold_mv + 1e-14);
                }
                prop_assert!(cut.weights_mv.iter().all(|weight| (0.0..=1.0).contains(&weight)));
            }
            prop_assert_eq!(&all, &pieces);
            prop_assert_eq!(&whole, &cut);
        }
    }

    #[test]
    fn a_frozen_copy_is_at_rest_and_neither_learns_nor_adapts(
        inhibition in inhibition(), eighths in eighths(), spikes in spikes(),
    ) {
        for engine in [Engine::Reference, Engine::Dense] {
            let mut trained = network(inhibition, &eighths);
            present(engine, &mut trained, &spikes, &mut Recorder::default());
            let mut frozen = trained.frozen();
            prop_assert_eq!(&frozen.potentials_mv, &[0.0; NEURONS]);
            present(engine, &mut frozen, &spikes, &mut Recorder::default());
            prop_assert_eq!(&frozen.adaptations_mv, &[0.0; NEURONS]);
            prop_assert_eq!(&frozen.weights_mv, &trained.weights_mv);
        }
    }

    #[test]
    fn a_later_onset_moves_every_spike_by_exactly_the_shift(
        inhibition in inhibition(), eighths in eighths(), spikes in spikes(), shift in 1_u16..4000,
    ) {
        let shift_ms = f64::from(shift) / 8.0;
        for engine in [Engine::Reference, Engine::Dense] {
            let (mut here, mut expected) = (network(inhibition, &eighths), Recorder::default());
            present(engine, &mut here, &spikes, &mut expected);
            let (mut later, mut found) = (network(inhibition, &eighths), Recorder::default());
            let moved: Vec<_> = spikes
                .iter()
                .map(|spike| InputSpike { at: Time::from_ms(spike.at.ms() + shift_ms), ..*spike })
                .collect();
            present(engine, &mut later, &moved, &mut found);
            later.next_onset(shift_ms);
            let back: Vec<_> = found.spikes.iter().map(|&(at, n)| (at.seen_after(shift_ms), n)).collect();
            prop_assert_eq!(back, expected.spikes);
            prop_assert_eq!(&later.weights_mv, &here.weights_mv);
            prop_assert_eq!(&later.potentials_mv, &here.potentials_mv);
        }
    }

    #[test]
    fn naming_the_neurons_otherwise_renames_what_they_do(
        inhibition in inhibition(), eighths in eighths(), spikes in spikes(),
        order in Just((0..NEURONS).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let renamed: Vec<u8> =
            (0..INPUTS).flat_map(|input| order.iter().map(move |&n| (input, n))).map(|(i, n)| eighths[i * NEURONS + n]).collect();
        for engine in [Engine::Reference, Engine::Dense] {
            let (mut here, mut there) = (network(inhibition, &eighths), network(inhibition, &renamed));
            present(engine, &mut here, &spikes, &mut Recorder::default());
            present(engine, &mut there, &spikes, &mut Recorder::default());
            for (name, &neuron) in order.iter().enumerate() {
                prop_assert_eq!(there.potentials_mv[name], here.potentials_mv[neuron]);
                for input in 0..INPUTS {
                    prop_assert_eq!(there.weights_mv[(input, name)], here.weights_mv[(input, neuron)]);
                }
            }
        }
    }
}
