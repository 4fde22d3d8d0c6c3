//! One presentation of a training as a story: every crossing, who was second, who learned what.
//!
//! The network is trained by the dense engine up to the presentation. Then the reference engine shows
//! it one instant after the other, twice: who spikes is told first (`witness`), then how the two
//! neurons that matter most came there (`trace`). Before each instant the potentials and thresholds
//! are computed by the simulator's own formulas, as the test of that instant will find them, so the
//! margins are exact and nothing watches from inside: the network that is explained is the one that
//! trains. What is kept of an instant is what is told of it, however large the network is.

mod told;
mod trace;
mod witness;

pub use told::{Crossing, Learned, STORY_VERSION, Standing, Story, Trace, Vote};

use std::sync::atomic::{AtomicBool, Ordering};

use spiketime_data::{Class, Dataset, Purpose, Stimulus, stream};
use spiketime_sim::{Engine, InputSpike, Network, Real};

use self::witness::{Witness, instants};
use crate::condition::{Condition, Precision};
use crate::present::{Presenter, initial_network, label_until};

/// What cannot be told.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum ExplainError {
    #[error("image {image}: the training set has {images}; choose one from 0 to {}", images - 1)]
    NoImage { image: usize, images: usize },
    #[error("label_images is {wanted}, but there are {images} training images")]
    TooFewImages { wanted: usize, images: usize },
    #[error("stopped")]
    Stopped,
}

/// Trains a network on the images before `image`, then tells how it takes this one.
///
/// # Errors
/// When the training set is too small, or `stop` was set; between images it is looked at, and `seen` is called: `image`
/// times in training, then for each label image.
pub fn explain(
    condition: &Condition,
    seed: u64,
    image: usize,
    data: &Dataset,
    stop: &AtomicBool,
    seen: &dyn Fn(),
) -> Result<Story, ExplainError> {
    let data = &condition.seen(data);
    let images = data.train.len();
    if image >= images {
        return Err(ExplainError::NoImage { image, images });
    }
    if condition.label_images > images {
        return Err(ExplainError::TooFewImages { wanted: condition.label_images, images });
    }
    let told = match condition.precision {
        Precision::F32 => told::<f32>(condition, seed, image, data, stop, seen),
        Precision::F64 => told::<f64>(condition, seed, image, data, stop, seen),
    };
    told.ok_or(ExplainError::Stopped)
}

fn told<R: Real>(
    condition: &Condition,
    seed: u64,
    image: usize,
    data: &Dataset,
    stop: &AtomicBool,
    seen: &dyn Fn(),
) -> Option<Story> {
    let mut network = trained::<R>(condition, seed, image, data, stop, seen)?;
    network.progress = condition.progress(image as u64);
    let labels = label_until(stop, seen, Engine::Dense, condition, seed, &network, data)?;
    let stored = condition.sequence(seed, data.train.len()).image(image);
    let mut spikes = input_spikes(condition, seed, image, data.train.presented(stored));
    let mut witness = Witness::new(network.clone(), labels, data.classes);
    instants(&spikes).for_each(|instant| witness.present(instant));
    // What an end cut off was not seen.
    witness.end().iter().for_each(|&end| spikes.retain(|spike| spike.at <= end));
    let vote = witness.vote(true_label(seed, stored, data));
    let told = witness.told(vote.neuron);
    Some(Story {
        story_version: STORY_VERSION,
        condition: condition.clone(),
        seed,
        image,
        is_sample: data.is_sample,
        pixels: data.train.presented(stored).picture(data.inputs),
        input_ms: spikes.iter().map(|spike| spike.at.ms()).collect(),
        input_pixel: spikes.iter().map(|spike| spike.source).collect(),
        traces: trace::of(&told, network, &spikes),
        crossings: witness.crossings,
        vote,
    })
}

/// The network as it is when the image comes; `None` if it was stopped before.
fn trained<R: Real>(
    condition: &Condition,
    seed: u64,
    image: usize,
    data: &Dataset,
    stop: &AtomicBool,
    seen: &dyn Fn(),
) -> Option<Network<R>> {
    let network = initial_network::<R>(condition, seed);
    let mut presenter = Presenter::new(Engine::Dense, condition, seed, network);
    let mut sequence = condition.sequence(seed, data.train.len());
    for earlier in 0..image {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        presenter.train(data.train.presented(sequence.image(earlier)), earlier);
        seen();
    }
    Some(presenter.into_network())
}

fn input_spikes(condition: &Condition, seed: u64, image: usize, stored: Stimulus) -> Vec<InputSpike> {
    let mut spikes = Vec::new();
    let rng = stream(seed, Purpose::TrainSpikes, image as u64);
    stored.encode(&condition.input(), rng, &mut spikes);
    spikes
}

/// Looked up when all is over: the network never saw it.
fn true_label(seed: u64, image: usize, data: &Dataset) -> Class {
    let split = data.train.label_split(seed, data.train.len());
    split.iter().find(|&(index, ..)| index == image).map_or(0, |(.., label)| label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::{Inhibition, TieRule};
    use spiketime_data::source::embedded;
    use spiketime_sim::{Recorder, present};

    static GO_ON: AtomicBool = AtomicBool::new(false);

    fn small(condition: Condition) -> (Condition, Dataset) {
        let condition = Condition { neurons: 20, label_images: 50, ..condition };
        let data = embedded(condition.dataset.known().expect("a known set")).unwrap();
        (condition, data)
    }

    fn conditions() -> [Condition; 4] {
        [
            Condition::default(),
            Condition { inhibition: Inhibition::Soft, ..Condition::default() },
            Condition { inhibition: Inhibition::None, ..Condition::default() },
            Condition { tie_rule: TieRule::HighestOnly, ..Condition::default() },
        ]
    }

    #[test]
    fn the_story_tells_the_spikes_and_the_learning_of_the_network_that_trains() {
        for condition in conditions() {
            let (condition, data) = small(condition);
            let story = explain(&condition, 1, 30, &data, &GO_ON, &|| {}).unwrap();
            let mut network = trained::<f32>(&condition, 1, 30, &data, &GO_ON, &|| {}).unwrap();
            let before = network.weights_mv.clone();
            let (mut spikes, mut recorder) = (Vec::new(), Recorder::default());
            let rng = stream(1, Purpose::TrainSpikes, 30);
            condition.input().of(&story.pixels).encode(&story.pixels, rng, &mut spikes);
            present(Engine::Dense, &mut network, &spikes, &mut recorder);
            let told = story.crossings.iter().flat_map(|c| c.spiking.iter().map(|s| (c.at_ms, s.neuron)));
            assert!(told.eq(recorder.spikes.iter().map(|&(at, neuron)| (at.ms(), neuron as usize))));
            assert!(!recorder.spikes.is_empty());
            let moved: f64 =
                network.weights_mv.iter().zip(before.iter()).map(|(a, b)| f64::from(a) - f64::from(b)).sum();
            let sum: f64 = story.crossings.iter().flat_map(|c| &c.learned).map(|learned| learned.sum).sum();
            assert!((moved - sum).abs() < 1e-6, "rounding of f64 sums only: {moved} and {sum}");
        }
    }

    #[test]
    fn who_spikes_stands_above_and_the_runner_up_is_the_best_of_the_others() {
        for condition in conditions() {
            let (condition, data) = small(condition);
            let story = explain(&condition, 1, 30, &data, &GO_ON, &|| {}).unwrap();
            for crossing in &story.crossings {
                assert!(crossing.spiking.iter().all(|standing| standing.margin_mv > 0.0));
                if let Some(second) = &crossing.runner_up {
                    let highest_only = condition.tie_rule == TieRule::HighestOnly;
                    assert!(second.margin_mv <= 0.0 || highest_only, "{second:?}");
                    assert!(crossing.spiking.iter().all(|s| s.margin_mv >= second.margin_mv));
                }
            }
        }
    }

    #[test]
    fn the_winner_of_a_trace_falls_to_zero_and_its_threshold_rises_by_ten() {
        let (condition, data) = small(Condition::default());
        let story = explain(&condition, 1, 30, &data, &GO_ON, &|| {}).unwrap();
        let trace = &story.traces[0];
        let first = story.crossings.iter().find(|c| c.spiking.iter().any(|s| s.neuron == trace.neuron));
        let at = trace.at_ms.iter().position(|&at_ms| at_ms == first.unwrap().at_ms).unwrap();
        assert_eq!((trace.at_ms[at], trace.potential_mv[at + 1]), (trace.at_ms[at + 1], 0.0));
        let rise = trace.threshold_mv[at + 1] - trace.threshold_mv[at];
        assert!((rise - 10.0).abs() < 1e-5, "f32 near 60 mV: {rise}");
    }

    #[test]
    fn an_image_that_is_not_there_is_an_error_that_says_which_are() {
        let (condition, data) = small(Condition::default());
        let message = explain(&condition, 1, 1_000, &data, &GO_ON, &|| {}).unwrap_err().to_string();
        assert_eq!(message, "image 1000: the training set has 1000; choose one from 0 to 999");
    }

    #[test]
    fn a_story_stops_when_it_is_asked_to() {
        let (condition, data) = small(Condition::default());
        for image in [0, 30] {
            let told = explain(&condition, 1, image, &data, &AtomicBool::new(true), &|| {});
            assert!(matches!(told, Err(ExplainError::Stopped)), "at image {image}");
        }
    }
}
