//! Both engines side by side on the images of an experiment, up to the first difference.
//!
//! They must agree bit for bit: every output spike, and after each presentation every weight,
//! potential and threshold.

use spiketime_data::{Dataset, Purpose, stream};
use spiketime_sim::{Engine, InputSpike, Network, Real, Recorder, Time, present};

use crate::condition::{Condition, Precision};
use crate::present::initial_network;

/// Where the engines part.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[allow(missing_docs)]
pub enum Difference {
    #[error("presentation {presentation}, output spike {number}: reference {reference}, dense {dense}")]
    Spike { presentation: usize, number: usize, reference: String, dense: String },
    #[error(
        "after presentation {presentation}, {what} {index}: reference {reference:e} ({:#018x}), \
         dense {dense:e} ({:#018x})", .reference.to_bits(), .dense.to_bits()
    )]
    State { presentation: usize, what: &'static str, index: usize, reference: f64, dense: f64 },
}

/// Trains both engines on the first `images` images; returns how many output spikes were compared.
///
/// # Errors
/// The first difference.
pub fn compare(condition: &Condition, seed: u64, data: &Dataset, images: usize) -> Result<usize, Difference> {
    match condition.precision {
        Precision::F32 => compare_as::<f32>(condition, seed, data, images),
        Precision::F64 => compare_as::<f64>(condition, seed, data, images),
    }
}

fn compare_as<R: Real>(
    condition: &Condition,
    seed: u64,
    data: &Dataset,
    images: usize,
) -> Result<usize, Difference> {
    let data = &condition.seen(data);
    let mut reference = initial_network::<R>(condition, seed);
    let mut dense = reference.clone();
    let (mut spikes, mut compared) = (Vec::new(), 0);
    let mut sequence = condition.sequence(seed, data.train.len());
    for presentation in 0..images {
        let rng = stream(seed, Purpose::TrainSpikes, presentation as u64);
        data.train.presented(sequence.image(presentation)).encode(&condition.input(), rng, &mut spikes);
        let expected = shown(Engine::Reference, &mut reference, &spikes);
        let found = shown(Engine::Dense, &mut dense, &spikes);
        same_spikes(presentation, &expected, &found)?;
        same_state(presentation, &reference, &dense)?;
        compared += expected.len();
        for network in [&mut reference, &mut dense] {
            network.end_image();
            network.next_onset(condition.image_ms + condition.rest_ms);
            network.progress = condition.progress(presentation as u64 + 1);
        }
    }
    Ok(compared)
}

fn shown<R: Real>(engine: Engine, network: &mut Network<R>, spikes: &[InputSpike]) -> Vec<(Time, u32)> {
    let mut recorder = Recorder::default();
    present(engine, network, spikes, &mut recorder);
    recorder.spikes
}

fn same_spikes(presentation: usize, a: &[(Time, u32)], b: &[(Time, u32)]) -> Result<(), Difference> {
    let told = |spike: Option<&(Time, u32)>| {
        spike.map_or_else(|| "none".to_owned(), |(at, neuron)| format!("neuron {neuron} at {} ms", at.ms()))
    };
    match (0..a.len().max(b.len())).find(|&number| a.get(number) != b.get(number)) {
        None => Ok(()),
        Some(number) => {
            let (reference, dense) = (told(a.get(number)), told(b.get(number)));
            Err(Difference::Spike { presentation, number, reference, dense })
        }
    }
}

fn same_state<'a, R: Real>(
    presentation: usize,
    a: &'a Network<R>,
    b: &'a Network<R>,
) -> Result<(), Difference> {
    let values = [
        ("potential of neuron", &a.potentials_mv, &b.potentials_mv),
        ("adaptation of neuron", &a.adaptations_mv, &b.adaptations_mv),
    ];
    let stamps = [
        ("time of the potential of neuron", &a.potentials_since, &b.potentials_since),
        ("time of the adaptation of neuron", &a.adaptations_since, &b.adaptations_since),
        ("time of the last spike of input", &a.last_input, &b.last_input),
    ];
    let weights = |network: &'a Network<R>| network.weights_mv.iter().map(|w| w.to_f64());
    same_bits(presentation, "weight", weights(a), weights(b))?;
    for (what, a, b) in values {
        same_bits(presentation, what, a.iter().map(|v| v.to_f64()), b.iter().map(|v| v.to_f64()))?;
    }
    for (what, a, b) in stamps {
        same_bits(presentation, what, a.iter().map(|t| t.ms()), b.iter().map(|t| t.ms()))?;
    }
    for ((what, a), (_, b)) in a.extra_state().into_iter().zip(b.extra_state()) {
        same_bits(presentation, what, a.into_iter(), b.into_iter())?;
    }
    Ok(())
}

fn same_bits(
    presentation: usize,
    what: &'static str,
    a: impl Iterator<Item = f64>,
    b: impl Iterator<Item = f64>,
) -> Result<(), Difference> {
    match a.zip(b).enumerate().find(|(_, (a, b))| a.to_bits() != b.to_bits()) {
        None => Ok(()),
        Some((index, (reference, dense))) => {
            Err(Difference::State { presentation, what, index, reference, dense })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spiketime_data::source::embedded;

    #[test]
    fn the_engines_agree_on_the_sample_and_every_spike_is_counted() {
        let condition = Condition { neurons: 20, ..Condition::default() };
        let data = embedded(condition.dataset.known().expect("a known set")).unwrap();
        assert!(compare(&condition, 1, &data, 5).unwrap() > 5);
    }

    #[test]
    fn a_difference_is_told_with_its_place_and_bits() {
        let spike = (Time::from_ms(2.5), 7);
        let difference = same_spikes(3, &[spike], &[]).unwrap_err();
        let text = "presentation 3, output spike 0: reference neuron 7 at 2.5 ms, dense none";
        assert_eq!(difference.to_string(), text);
        let difference = same_bits(3, "weight", [1.0, 0.5].into_iter(), [1.0, 0.25].into_iter()).unwrap_err();
        assert!(difference.to_string().contains("weight 1: reference 5e-1 (0x3fe0000000000000)"));
    }
}
