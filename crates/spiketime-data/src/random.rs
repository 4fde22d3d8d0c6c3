//! Where random numbers come from, and nowhere else.
//!
//! Randomness is addressed, not consumed: a stream is named by (seed, purpose, index). Changing the
//! number of neurons, threads or conditions, or where a run was cut, moves no other number.
//! Key = SHA-256 of version, seed and purpose; index = the stream number of ChaCha8.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use sha2::{Digest, Sha256};
use spiketime_sim::Real;

use crate::law::Law;

/// Changes whenever any drawn number changes; written into every result.
pub const STREAMS_VERSION: &str = "chacha8/v2";

/// What a stream of random numbers is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Initial weights; index = neuron.
    Weights,
    /// Device variation of the thresholds; index = neuron.
    Thresholds,
    /// Which training images find the labels; index 0.
    LabelImages,
    /// Which images of a data set without a test set are held out; index 0.
    HeldOut,
    /// Order of the training images of an epoch; index = epoch.
    ImageOrder,
    /// Poisson spikes of training; index = number of the presentation (a second epoch sees new spikes).
    TrainSpikes,
    /// Poisson spikes of labelling; index = training image.
    LabelSpikes,
    /// Poisson spikes of testing; index = test image.
    TestSpikes,
    /// Poisson spikes of images that are shown to a trained network; index = image.
    PredictSpikes,
    /// Poisson spikes of validating; index = number of the image from the first that validates.
    ValidationSpikes,
    /// Which neurons of a graph are connected; index = table · 2³² + source.
    Connections,
    /// Potentials of a graph at the start; index = neuron.
    InitialPotentials,
    /// Poisson inputs of a graph; index = input.
    NetInputs,
    /// Devices' factors of steps up; index = neuron, as of all that follows.
    GainSteps,
    /// Of steps down.
    LossSteps,
    /// Of the exponents of steps up.
    GainShapes,
    /// Of the exponents of steps down.
    LossShapes,
    /// Their lowest weights.
    LowestWeights,
    /// Their highest weights.
    HighestWeights,
    /// Which devices are stuck.
    Stuck,
    /// Where those are stuck that are so anywhere.
    StuckAt,
    /// Exponents of drift.
    Drift,
    /// Time constants of membranes.
    MembraneTaus,
    /// Time constants of adaptive thresholds.
    AdaptationTaus,
    /// Root of what differs from update to update; index 0.
    Cycles,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::Weights => "weights",
            Purpose::Thresholds => "thresholds",
            Purpose::LabelImages => "label-images",
            Purpose::HeldOut => "held-out",
            Purpose::ImageOrder => "image-order",
            Purpose::TrainSpikes => "train-spikes",
            Purpose::LabelSpikes => "label-spikes",
            Purpose::TestSpikes => "test-spikes",
            Purpose::PredictSpikes => "predict-spikes",
            Purpose::ValidationSpikes => "validation-spikes",
            Purpose::Connections => "connections",
            Purpose::InitialPotentials => "initial-potentials",
            Purpose::NetInputs => "net-inputs",
            Purpose::GainSteps => "gain-steps",
            Purpose::LossSteps => "loss-steps",
            Purpose::GainShapes => "gain-shapes",
            Purpose::LossShapes => "loss-shapes",
            Purpose::LowestWeights => "lowest-weights",
            Purpose::HighestWeights => "highest-weights",
            Purpose::Stuck => "stuck",
            Purpose::StuckAt => "stuck-at",
            Purpose::Drift => "drift",
            Purpose::MembraneTaus => "membrane-taus",
            Purpose::AdaptationTaus => "adaptation-taus",
            Purpose::Cycles => "cycles",
        }
    }
}

/// The stream of random numbers at (seed, purpose, index).
#[must_use]
pub fn stream(seed: u64, purpose: Purpose, index: u64) -> ChaCha8Rng {
    named(seed, purpose.name(), index)
}

fn named(seed: u64, purpose: &str, index: u64) -> ChaCha8Rng {
    let mut hash = Sha256::new();
    hash.update(STREAMS_VERSION);
    hash.update(seed.to_le_bytes());
    hash.update(purpose);
    let mut rng = ChaCha8Rng::from_seed(hash.finalize().into());
    rng.set_stream(index);
    rng
}

/// A number that others are addressed from.
#[must_use]
pub fn key(seed: u64, purpose: Purpose) -> u64 {
    stream(seed, purpose, 0).random()
}

/// Where the numbers of one presentation begin that a noisy reading draws: of the same (purpose, index) as its spikes.
#[must_use]
pub fn reading(seed: u64, purpose: Purpose, index: u64) -> u64 {
    named(seed, &format!("reading {}", purpose.name()), index).random()
}

/// A value of each synapse by a law within bounds: neurons × inputs.
#[must_use]
pub fn synapses(
    seed: u64,
    purpose: Purpose,
    neurons: usize,
    inputs: usize,
    law: Law,
    bounds: [f64; 2],
) -> Vec<f64> {
    let mut values = Vec::with_capacity(neurons * inputs);
    for neuron in 0..neurons {
        let mut rng = stream(seed, purpose, neuron as u64);
        values.extend((0..inputs).map(|_| law.draw(&mut rng, bounds)));
    }
    values
}

/// A value of each neuron by a law within bounds.
#[must_use]
pub fn neurons(seed: u64, purpose: Purpose, neurons: usize, law: Law, bounds: [f64; 2]) -> Vec<f64> {
    let dice = |neuron| stream(seed, purpose, neuron as u64);
    (0..neurons).map(|neuron| law.draw(&mut dice(neuron), bounds)).collect()
}

/// Initial weights, by a law of g/g_max within [0, 1]: inputs × neurons, one row an input \[mV\].
#[must_use]
pub fn initial_weights<R: Real>(seed: u64, inputs: usize, neurons: usize, max_mv: f64, law: Law) -> Vec<R> {
    let mut weights = vec![R::ZERO; inputs * neurons];
    for neuron in 0..neurons {
        let mut rng = stream(seed, Purpose::Weights, neuron as u64);
        for input in 0..inputs {
            weights[input * neurons + neuron] = R::rounded(law.draw(&mut rng, [0.0, 1.0]) * max_mv);
        }
    }
    weights
}

/// Thresholds T₀ by a law, none below 0 \[mV\].
#[must_use]
pub fn thresholds<R: Real>(seed: u64, neurons: usize, law: Law) -> Vec<R> {
    let dice = |neuron| stream(seed, Purpose::Thresholds, neuron as u64);
    (0..neurons).map(|neuron| R::rounded(law.draw(&mut dice(neuron), [0.0, f64::INFINITY]))).collect()
}

/// `count` distinct training images that find the labels, in the order drawn.
#[must_use]
pub fn label_images(seed: u64, training_images: usize, count: usize) -> Vec<usize> {
    let mut rng = stream(seed, Purpose::LabelImages, 0);
    rand::seq::index::sample(&mut rng, training_images, count).into_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Law = Law::Uniform { min: 0.0, max: 1.0 };
    const WIDE: Law = Law::Uniform { min: 40.0, max: 60.0 };

    #[test]
    fn value_stability_of_the_streams() {
        let first = |purpose, index| stream(1, purpose, index).random::<u64>();
        assert_eq!(first(Purpose::Weights, 0), 3_847_276_998_173_370_967);
    }

    #[test]
    fn streams_differ_by_seed_purpose_and_index() {
        let first = |seed, purpose, index| stream(seed, purpose, index).random::<u64>();
        let here = first(1, Purpose::TrainSpikes, 5);
        assert_ne!(here, first(2, Purpose::TrainSpikes, 5));
        assert_ne!(here, first(1, Purpose::TestSpikes, 5));
        assert_ne!(here, first(1, Purpose::TrainSpikes, 6));
    }

    #[test]
    fn more_neurons_move_no_weight_and_no_threshold() {
        let few = initial_weights::<f64>(3, 5, 2, 1.0, ALL);
        let many = initial_weights::<f64>(3, 5, 7, 1.0, ALL);
        for input in 0..5 {
            assert_eq!(few[input * 2..][..2], many[input * 7..][..2]);
        }
        assert_eq!(thresholds::<f64>(3, 2, WIDE), thresholds::<f64>(3, 7, WIDE)[..2]);
    }

    #[test]
    fn value_stability_of_weights_thresholds_and_label_images() {
        assert_eq!(
            initial_weights::<f64>(1, 2, 1, 1.0, ALL),
            [0.208_561_303_978_653_9, 0.327_060_607_502_869_14]
        );
        assert_eq!(thresholds::<f64>(1, 2, WIDE), [49.612_828_346_634_615, 52.395_915_385_081_956]);
        assert_eq!(label_images(1, 60_000, 3), [54_448, 48_962, 35_470]);
    }

    #[test]
    fn label_images_are_distinct() {
        let mut images = label_images(1, 1_200, 1_000);
        images.sort_unstable();
        images.dedup();
        assert_eq!(images.len(), 1_000);
        assert!(images.iter().all(|&image| image < 1_200));
    }
}
