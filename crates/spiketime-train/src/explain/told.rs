//! What is told of one presentation: the document of `spiketime explain --json`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use spiketime_data::Class;

use crate::condition::Condition;

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
    /// The image, row by row; of a recording, its events counted an input, the most frequent 255.
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
    pub class: Option<Class>,
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
    pub class: Class,
    /// The class with most spikes of all its neurons.
    pub class_sum: Class,
    /// What the image shows.
    pub label: Class,
}
