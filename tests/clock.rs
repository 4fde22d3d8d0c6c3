//! The clock of the model: presentation 1 000 000 is as exact as the first.

use spiketime_sim::{Engine, InputSpike, Layer, Network, Recorder, Time, present};

const INPUTS: usize = 5;
const PERIOD_MS: f64 = 400.0;
const FIRST_MS: f64 = 10.0 / 3.0;
/// After so many presentations without an input e^(−t/τ) is 0, also with the 40 ms of the threshold.
const SILENT: usize = 80;

/// Times that have no end in binary. Inputs 0 and 1 lie 1e-9 ms apart and are two instants; inputs 0 and 3 lie
/// 20 ms apart to the last bit, the edge of the window.
fn first_image() -> Vec<InputSpike> {
    let times = [(FIRST_MS, 0), (FIRST_MS + 1e-9, 1), (7.7, 2), (FIRST_MS + 20.0, 3), (FIRST_MS + 20.7, 4)];
    times.map(|(ms, source)| InputSpike { at: Time::from_ms(ms), source }).to_vec()
}

/// Some other image each time, dense enough to be learned from.
fn image(number: usize) -> Vec<InputSpike> {
    let at = |input: usize| Time::from_ms(((number * 7919 + input * 104_729) % 20_000) as f64 / 1000.0);
    let mut spikes: Vec<InputSpike> =
        (0..INPUTS).map(|input| InputSpike { at: at(input), source: input as u32 }).collect();
    spikes.sort_unstable();
    spikes
}

fn network() -> Network<f32> {
    let weights = (0..INPUTS * 3).map(|synapse| 0.3 + 0.04 * synapse as f32).collect();
    Network::new(Layer::report(), weights, vec![1.0, 1.1, 1.2])
}

fn shown(network: &mut Network<f32>, spikes: &[InputSpike]) -> Vec<(Time, u32)> {
    let mut recorder = Recorder::default();
    present(Engine::Dense, network, spikes, &mut recorder);
    recorder.spikes
}

/// The first image and another after it, whose potentials and thresholds begin where the first left them.
fn two_shown(network: &mut Network<f32>) -> Vec<(Time, u32)> {
    let mut spikes = shown(network, &first_image());
    network.next_onset(PERIOD_MS);
    spikes.extend(shown(network, &first_image()));
    spikes
}

#[test]
fn presentation_1_000_000_gives_the_bits_of_the_first() {
    let far_ms = 1e6 * PERIOD_MS;
    assert_eq!(
        far_ms + FIRST_MS,
        far_ms + FIRST_MS + 1e-9,
        "a clock that runs on takes two instants for one"
    );

    let mut first = network();
    let spikes = two_shown(&mut first);
    assert!(spikes.len() > 2, "{spikes:?}");

    let mut later = network();
    for number in 0..1_000_000 - SILENT {
        shown(&mut later, &image(number));
        later.next_onset(PERIOD_MS);
    }
    assert_ne!(later.weights_mv, network().weights_mv, "it learned on the way");
    (0..SILENT).for_each(|_| later.next_onset(PERIOD_MS));
    later.weights_mv = network().weights_mv;
    assert_eq!(two_shown(&mut later), spikes);
    assert_eq!(later.weights_mv, first.weights_mv);
    assert_eq!(later.potentials_mv, first.potentials_mv);
    assert_eq!(later.potentials_since, first.potentials_since);
    assert_eq!(later.last_input, first.last_input);
    for neuron in spikes.iter().map(|&(_, neuron)| neuron as usize) {
        assert_eq!(later.adaptations_mv[neuron], first.adaptations_mv[neuron]);
        assert_eq!(later.adaptations_since[neuron], first.adaptations_since[neuron]);
    }
}
