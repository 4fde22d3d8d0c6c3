//! One presentation of a training as a story: every crossing, who was second, who learned what.
//!
//! The network is trained by the dense engine up to the presentation. Then the reference engine shows
//! it one instant after the other. Before each instant every potential and threshold is computed by
//! the simulator's own formulas, as the test of that instant will find them, so the margins are exact
//! and nothing watches from inside: the network that is explained is the one that trains.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiketime_data::{Dataset, Purpose, stream};
use spiketime_sim::lif::{received, value_at};
use spiketime_sim::threshold::threshold_at;
use spiketime_sim::{Engine, InputSpike, Network, Real, Recorder, Rows, Time, present};

use crate::condition::{Condition, Precision};
use crate::present::{Presenter, initial_network, label};
use crate::score::{Labels, most_active};

/// Version of this layout.
pub const STORY_VERSION: u32 = 1;

/// One presentation, told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// Version of the layout.
    pub story_version: u32,
    /// The network.
    pub condition: Condition,
    /// Root of every random stream.
    pub seed: u64,
    /// Number of the presentation, from 0; so many images were seen before.
    pub image: usize,
    /// True: the embedded sample was used.
    pub is_sample: bool,
    /// The image, row by row.
    pub pixels: Vec<u8>,
    /// When each input spike came \[ms since the onset\].
    pub input_ms: Vec<f64>,
    /// Which pixel it came from.
    pub input_pixel: Vec<u32>,
    /// Every instant with output spikes, in order.
    pub crossings: Vec<Crossing>,
    /// The most active neuron, then the one that came nearest to beating it.
    pub traces: Vec<Trace>,
    /// What follows.
    pub vote: Vote,
}

/// An instant at which neurons spiked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Crossing {
    /// When \[ms since the onset\].
    pub at_ms: f64,
    /// The pixels whose spikes did it.
    pub pixels: Vec<u32>,
    /// Who spiked, ascending.
    pub spiking: Vec<Standing>,
    /// Of the others, the one nearest to its threshold or farthest above.
    pub runner_up: Option<Standing>,
    /// What the spiking ones learned, in the same order.
    pub learned: Vec<Learned>,
}

/// How a neuron stood at a crossing, before anything changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// Which neuron.
    pub neuron: usize,
    /// The class it stands for before this image; none while it is silent.
    pub class: Option<u8>,
    /// Its potential v \[mV\].
    pub potential_mv: f64,
    /// Its own threshold T₀ \[mV\].
    pub base_mv: f64,
    /// Its threshold T₀ + T \[mV\].
    pub threshold_mv: f64,
    /// v − T₀ − T \[mV\].
    pub margin_mv: f64,
}

/// The synapses of one neuron that its spike changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Learned {
    /// Pixels whose synapse gained.
    pub gained: Vec<u32>,
    /// Pixels whose synapse lost.
    pub lost: Vec<u32>,
    /// Synapses that stayed, held at a bound.
    pub held: usize,
    /// Sum of all gains and losses \[g/g_max\].
    pub sum: f64,
}

/// Potential and threshold of one neuron over the presentation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trace {
    /// Which neuron.
    pub neuron: usize,
    /// Times \[ms\]; a crossing has two entries, before and after it.
    pub at_ms: Vec<f64>,
    /// v \[mV\] at each time.
    pub potential_mv: Vec<f64>,
    /// T₀ + T \[mV\] at each time.
    pub threshold_mv: Vec<f64>,
}

/// What the output spikes say, and what the image is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// Output spikes of each neuron.
    pub spikes: Vec<u32>,
    /// The most active neuron, the lowest on a tie.
    pub neuron: usize,
    /// The class it stands for.
    pub class: u8,
    /// The class with most spikes of all its neurons.
    pub class_sum: u8,
    /// What the image shows.
    pub label: u8,
}

/// What cannot be told.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum ExplainError {
    #[error("image {image}: the training set has {images}; choose one from 0 to {}", images - 1)]
    NoImage { image: usize, images: usize },
    #[error("label_images is {wanted}, but there are {images} training images")]
    TooFewImages { wanted: usize, images: usize },
}

/// Trains a network on the images before `image`, then tells how it takes this one.
///
/// # Errors
/// When the training set is too small.
pub fn explain(
    condition: &Condition,
    seed: u64,
    image: usize,
    data: &Dataset,
) -> Result<Story, ExplainError> {
    let images = data.train.len();
    if image >= images {
        return Err(ExplainError::NoImage { image, images });
    }
    if condition.label_images > images {
        return Err(ExplainError::TooFewImages { wanted: condition.label_images, images });
    }
    Ok(match condition.precision {
        Precision::F32 => told::<f32>(condition, seed, image, data),
        Precision::F64 => told::<f64>(condition, seed, image, data),
    })
}

fn told<R: Real>(condition: &Condition, seed: u64, image: usize, data: &Dataset) -> Story {
    let network = trained::<R>(condition, seed, image, data);
    let labels = label(Engine::Dense, condition, seed, &network, data);
    let pixels = data.train.presented(image);
    let mut spikes = Vec::new();
    condition.input().encode(pixels, stream(seed, Purpose::TrainSpikes, image as u64), &mut spikes);
    let mut witness = Witness { network, labels, levels: Vec::new(), crossings: Vec::new() };
    for instant in spikes.chunk_by(|a, b| a.at == b.at) {
        witness.present(instant);
    }
    let vote = witness.vote(true_label(seed, image, data));
    Story {
        story_version: STORY_VERSION,
        condition: condition.clone(),
        seed,
        image,
        is_sample: data.is_sample,
        pixels: pixels.to_vec(),
        input_ms: spikes.iter().map(|spike| spike.at.ms()).collect(),
        input_pixel: spikes.iter().map(|spike| spike.source).collect(),
        traces: witness.traces(vote.neuron),
        crossings: witness.crossings,
        vote,
    }
}

/// The network as it is when the image comes.
fn trained<R: Real>(condition: &Condition, seed: u64, image: usize, data: &Dataset) -> Network<R> {
    let network = initial_network::<R>(condition, seed);
    let mut presenter = Presenter::new(Engine::Dense, condition, seed, network);
    for earlier in 0..image {
        presenter.show(data.train.presented(earlier), Purpose::TrainSpikes, earlier, condition.rest_ms);
    }
    presenter.network().clone()
}

/// Looked up when all is over: the network never saw it.
fn true_label(seed: u64, image: usize, data: &Dataset) -> u8 {
    let split = data.train.label_split(seed, data.train.len());
    split.iter().find(|&(index, ..)| index == image).map_or(0, |(.., label)| label)
}

/// (v, T₀ + T) of every neuron at a time \[mV\].
struct Level {
    at_ms: f64,
    neurons: Vec<(f64, f64)>,
}

struct Witness<R> {
    network: Network<R>,
    labels: Labels,
    levels: Vec<Level>,
    crossings: Vec<Crossing>,
}

impl<R: Real> Witness<R> {
    /// Shows all input spikes of one instant.
    fn present(&mut self, instant: &[InputSpike]) {
        let (now, weights) = (instant[0].at, self.network.weights_mv.clone());
        let before = level(&self.network, now, instant);
        let mut recorder = Recorder::default();
        present(Engine::Reference, &mut self.network, instant, &mut recorder);
        let spiking: Vec<usize> = recorder.spikes.iter().map(|&(_, neuron)| neuron as usize).collect();
        if spiking.is_empty() {
            return self.levels.push(before);
        }
        self.crossings.push(Crossing {
            at_ms: now.ms(),
            pixels: instant.iter().map(|spike| spike.source).collect(),
            spiking: spiking.iter().map(|&neuron| self.standing(&before, neuron)).collect(),
            runner_up: self.runner_up(&before, &spiking),
            learned: spiking.iter().map(|&neuron| self.learned(neuron, &weights)).collect(),
        });
        self.levels.extend([before, level(&self.network, now, &[])]);
    }

    fn runner_up(&self, level: &Level, spiking: &[usize]) -> Option<Standing> {
        let margin = |neuron: &usize| level.neurons[*neuron].0 - level.neurons[*neuron].1;
        let others = (0..level.neurons.len()).filter(|neuron| !spiking.contains(neuron));
        let second = others.reduce(|best, next| if margin(&next) > margin(&best) { next } else { best })?;
        Some(self.standing(level, second))
    }

    fn standing(&self, level: &Level, neuron: usize) -> Standing {
        let (potential_mv, threshold_mv) = level.neurons[neuron];
        Standing {
            neuron,
            class: Some(self.labels.classes[neuron]).filter(|_| !self.labels.silent[neuron]),
            potential_mv,
            base_mv: self.network.thresholds_mv[neuron].to_f64(),
            threshold_mv,
            margin_mv: potential_mv - threshold_mv,
        }
    }

    fn learned(&self, neuron: usize, before: &Rows<R>) -> Learned {
        let max_mv = self.network.layer.weight_max_mv;
        let mut learned = Learned { gained: Vec::new(), lost: Vec::new(), held: 0, sum: 0.0 };
        for pixel in 0..self.network.inputs() {
            let synapse = (pixel, neuron);
            let step = self.network.weights_mv[synapse].to_f64() - before[synapse].to_f64();
            learned.sum += step / max_mv;
            match step {
                step if step > 0.0 => learned.gained.push(pixel as u32),
                step if step < 0.0 => learned.lost.push(pixel as u32),
                _ => learned.held += 1,
            }
        }
        learned
    }

    fn vote(&self, label: u8) -> Vote {
        let mut spikes = vec![0; self.network.neurons()];
        for standing in self.crossings.iter().flat_map(|crossing| &crossing.spiking) {
            spikes[standing.neuron] += 1;
        }
        let neuron = most_active(&spikes);
        let (class, class_sum) = (self.labels.classes[neuron], self.labels.class_sum(&spikes));
        Vote { spikes, neuron, class, class_sum, label }
    }

    /// Of the most active neuron, and of the runner-up at its narrowest win.
    fn traces(&self, winner: usize) -> Vec<Trace> {
        let wins = self.crossings.iter().filter(|c| c.spiking.iter().any(|s| s.neuron == winner));
        let rivals = wins.filter_map(|crossing| crossing.runner_up.as_ref());
        let rival = rivals.max_by(|a, b| a.margin_mv.total_cmp(&b.margin_mv)).map(|rival| rival.neuron);
        [Some(winner), rival].into_iter().flatten().map(|neuron| self.trace(neuron)).collect()
    }

    fn trace(&self, neuron: usize) -> Trace {
        let values = self.levels.iter().map(|level| level.neurons[neuron]);
        let (potential_mv, threshold_mv) = values.unzip();
        Trace {
            neuron,
            at_ms: self.levels.iter().map(|level| level.at_ms).collect(),
            potential_mv,
            threshold_mv,
        }
    }
}

/// How every neuron stands at `now`, once the given spikes have been delivered to it.
fn level<R: Real>(network: &Network<R>, now: Time, delivered: &[InputSpike]) -> Level {
    let layer = &network.layer;
    let neurons = (0..network.neurons()).map(|neuron| {
        let since = network.potentials_since[neuron];
        let decayed = value_at(network.potentials_mv[neuron], since, now, layer.tau_membrane_ms);
        let potential = delivered.iter().fold(decayed, |potential, spike| {
            received(potential, network.weights_mv[(spike.source as usize, neuron)])
        });
        let (adaptation, raised) = (network.adaptations_mv[neuron], network.adaptations_since[neuron]);
        let base = network.thresholds_mv[neuron];
        let threshold = threshold_at(base, adaptation, raised, now, layer.tau_adaptation_ms);
        (potential.to_f64(), threshold.to_f64())
    });
    Level { at_ms: now.ms(), neurons: neurons.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::{Inhibition, TieRule};
    use spiketime_data::source::embedded;

    fn small(condition: Condition) -> (Condition, Dataset) {
        let condition = Condition { neurons: 20, label_images: 50, ..condition };
        let data = embedded(condition.dataset.name()).unwrap();
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
            let story = explain(&condition, 1, 30, &data).unwrap();
            let mut network = trained::<f32>(&condition, 1, 30, &data);
            let before = network.weights_mv.clone();
            let (mut spikes, mut recorder) = (Vec::new(), Recorder::default());
            let rng = stream(1, Purpose::TrainSpikes, 30);
            condition.input().encode(&story.pixels, rng, &mut spikes);
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
            let story = explain(&condition, 1, 30, &data).unwrap();
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
        let story = explain(&condition, 1, 30, &data).unwrap();
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
        let message = explain(&condition, 1, 1_000, &data).unwrap_err().to_string();
        assert_eq!(message, "image 1000: the training set has 1000; choose one from 0 to 999");
    }
}
