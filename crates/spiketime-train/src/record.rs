//! What a result looks like: the struct is the JSON schema.
//!
//! What may differ between two equal runs sits in `provenance`; the rest is compared byte by byte.

mod read;
mod version_2;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use spiketime_data::source::hex;

use crate::condition::Condition;
use crate::confusion::Confusion;
use crate::metrics::{Asked, budgeted, scored_on};
use crate::readout::Readout;
use crate::score::most_predicted_percent;

/// Version of this layout.
pub const SCHEMA_VERSION: u32 = 3;

/// The result of one condition with one seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Version of the layout.
    pub schema_version: u32,
    /// Hash of the resolved condition and the seed.
    pub id: String,
    /// The condition, every constant of it.
    pub condition: Condition,
    /// Root of every random stream.
    pub seed: u64,
    /// Name and version of the random streams.
    pub streams: String,
    /// True: the embedded sample was used, and the numbers are not the report's.
    pub is_sample: bool,
    /// Where a branch began; absent where the run began at its first image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branched_from: Option<Origin>,
    /// How often the training set may be gone through.
    pub epochs: u64,
    /// One entry a checkpoint, ascending.
    pub checkpoints: Vec<Checkpoint>,
    /// The kept weights, ascending.
    pub maps: Vec<WeightMap>,
    /// What may differ between two equal runs.
    pub provenance: Provenance,
    /// Of the record without this field, so that damage shows. Absent in the first records of this layout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// The checkpoint that a branch goes on from (see [`crate::branch`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The run that was cut.
    pub run: String,
    /// Training images it had seen.
    pub images_seen: u64,
    /// Of the state it was in; an equal cut of an equal run has the same.
    pub sha256: String,
}

/// What the network could do at one point of its training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Training images shown so far.
    pub images_seen: u64,
    /// Percent right: most active neuron, labels of this checkpoint, no rest between test images.
    pub accuracy: f64,
    /// Percent right by the class with most spikes of all its neurons.
    pub accuracy_class_sum: f64,
    /// As `accuracy`, with rests between test images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_with_rest: Option<f64>,
    /// Neurons a class; silent ones apart.
    pub label_histogram: Vec<u64>,
    /// Neurons without a spike for any label image.
    pub silent_neurons: u64,
    /// Neurons that still look like their initial weights (see [`crate::measures`]).
    pub noisy_neurons: u64,
    /// Neurons whose weights have decided.
    pub finished_neurons: u64,
    /// Neurons with every weight at g_max.
    pub saturated_neurons: u64,
    /// Mean correlation of the weights of two different neurons, over pixels ever lit in training.
    pub weight_correlation: f64,
    /// True class × class of the most active neuron \[images\].
    pub confusion: Confusion,
    /// True class × class with most spikes of all its neurons \[images\].
    pub confusion_class_sum: Confusion,
    /// Input spikes a training image, from the first on.
    pub training_spikes_in: f64,
    /// Output spikes a training image, from the first on.
    pub training_spikes_out: f64,
    /// Ties a training image, from the first on.
    pub training_ties: f64,
    /// Input spikes a test image.
    pub test_spikes_in: f64,
    /// Output spikes a test image.
    pub test_spikes_out: f64,
    /// Ties a test image.
    pub test_ties: f64,
    /// The largest weight that there was so far \[g/g_max\], where training learns from counts: g_max is to lie beyond what the
    /// rule reaches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_weight: Option<f64>,
    /// Which images did what, where some are kept for validation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<Images>,
    /// The same test, scored with the labels of later networks, ascending; with its own it is `accuracy`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relabelled: Vec<Relabelled>,
    /// The same test, read out in other ways, ascending by label images, then read-out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readouts: Vec<Reading>,
}

/// Which images did what: ranges from the first image to the one after the last, and how many were drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Images {
    /// Training images that trained so far.
    pub trained: [u64; 2],
    /// Training images from which those were drawn that labelled …
    pub label_range: [u64; 2],
    /// … and how many were, the largest label budget included.
    pub labelled: u64,
    /// Training images that scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validated: Option<[u64; 2]>,
    /// Test images that scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested: Option<[u64; 2]>,
}

/// A test scored with the labels of a later network, as the report's author did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Relabelled {
    /// Training images that the network had seen whose labels these are.
    pub label_network: u64,
    /// Percent right: most active neuron, labels of that network, no rest between test images.
    pub accuracy: f64,
    /// True class × class of the most active neuron \[images\].
    pub confusion: Confusion,
}

/// A test read out by what some label images taught (see [`crate::readout`]).
///
/// The matrix of its classes is not kept: with seven budgets and six read-outs a point would take ten times the room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Label images that taught it.
    pub labels: u64,
    /// How spikes became a class.
    pub readout: Readout,
    /// Percent right, no rest between test images.
    pub accuracy: f64,
}

/// Weights kept as a `.npy` file: neurons × inputs, g/g_max in [0, 1].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeightMap {
    /// Training images shown so far.
    pub images_seen: u64,
    /// Name of the file in `results/weights`.
    pub file: String,
    /// Neurons, inputs.
    pub shape: [usize; 2],
    /// As numpy calls it.
    pub dtype: String,
    /// Of the file.
    pub sha256: String,
    /// The thresholds that the network was tested with \[mV\], one a neuron, where training moved them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds_mv: Vec<f64>,
}

/// How the result came about; never compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Of Spiketime.
    pub version: String,
    /// `reference`, `dense`, or `dense on` the instructions that were asked for.
    pub engine: String,
    /// Seconds of training alone.
    pub training_seconds: f64,
    /// Seconds of the whole run.
    pub seconds: f64,
    /// Operating system and architecture.
    pub host: String,
}

/// SHA-256 of all that is compared of many records, one line each, in the given order.
#[must_use]
pub fn digest<'a>(records: impl IntoIterator<Item = &'a Record>) -> String {
    let mut digest = Sha256::new();
    for record in records {
        digest.update(record.comparable());
        digest.update("\n");
    }
    hex(&digest.finalize())
}

/// The JSON Schema of a result, as `schemas/run.schema.json` holds it.
#[must_use]
pub fn schema_json() -> String {
    format!("{:#}\n", schemars::schema_for!(Record).as_value())
}

impl Record {
    /// (images seen, label network) of every test that was scored with the labels of a later network.
    pub fn relabelled(&self) -> impl Iterator<Item = (u64, u64)> {
        self.checkpoints
            .iter()
            .flat_map(|point| point.relabelled.iter().map(|by| (point.images_seen, by.label_network)))
    }

    /// (images seen, label images, read-out) of every test that was read out in other ways.
    pub fn readings(&self) -> impl Iterator<Item = (u64, u64, Readout)> {
        self.checkpoints.iter().flat_map(Checkpoint::readings)
    }

    /// The checkpoint after so many images, if there is one.
    #[must_use]
    pub fn point(&self, images_seen: u64) -> Option<&Checkpoint> {
        self.checkpoints.iter().find(|point| point.images_seen == images_seen)
    }

    /// The same record under the name that its condition has where it is asked for.
    #[must_use]
    pub fn named(mut self, name: &str) -> Record {
        if self.condition.name == name {
            return self;
        }
        name.clone_into(&mut self.condition.name);
        self.sealed()
    }

    /// One line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string(self).expect("a record has finite numbers only");
        json.push('\n');
        json
    }

    /// The same record with its digest.
    #[must_use]
    pub fn sealed(self) -> Record {
        Record { sha256: Some(self.digest()), ..self }
    }

    /// Is its digest right? One that has none is taken at its word.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.sha256.as_ref().is_none_or(|sha256| *sha256 == self.digest())
    }

    fn digest(&self) -> String {
        hex(&Sha256::digest(Record { sha256: None, ..self.clone() }.to_json()))
    }

    /// What is compared byte by byte: everything but the provenance, the digest and the condition's name.
    #[must_use]
    pub fn comparable(&self) -> String {
        let condition = Condition { name: String::new(), ..self.condition.clone() };
        let mut value = serde_json::to_value(Record { condition, ..self.clone() })
            .expect("a record has finite numbers only");
        if let Some(fields) = value.as_object_mut() {
            fields.remove("provenance");
            fields.remove("sha256");
        }
        value.to_string()
    }
}

impl Checkpoint {
    /// Percent right with the labels of this network; none where it was not asked for, or is an earlier one.
    #[must_use]
    pub fn accuracy_by(&self, label_network: u64) -> Option<f64> {
        if label_network == self.images_seen {
            return Some(self.accuracy);
        }
        self.relabelled.iter().find(|by| by.label_network == label_network).map(|by| by.accuracy)
    }

    /// (images seen, label images, read-out) of each way in which the test was read out.
    pub fn readings(&self) -> impl Iterator<Item = (u64, u64, Readout)> {
        self.readouts.iter().map(|reading| (self.images_seen, reading.labels, reading.readout))
    }

    /// (name, value) of every metric that is one number.
    #[must_use]
    pub fn metrics(&self, asked: Asked) -> Vec<(String, f64)> {
        let named = |name: &str, value| (name.to_owned(), value);
        let mut metrics = vec![
            named("accuracy", self.accuracy),
            named("accuracy_class_sum", self.accuracy_class_sum),
            named("most_predicted_percent", most_predicted_percent(&self.confusion)),
            named("silent_neurons", self.silent_neurons as f64),
            named("noisy_neurons", self.noisy_neurons as f64),
            named("finished_neurons", self.finished_neurons as f64),
            named("saturated_neurons", self.saturated_neurons as f64),
            named("weight_correlation", self.weight_correlation),
            named("training_spikes_in", self.training_spikes_in),
            named("training_spikes_out", self.training_spikes_out),
            named("training_ties", self.training_ties),
            named("test_spikes_in", self.test_spikes_in),
            named("test_spikes_out", self.test_spikes_out),
            named("test_ties", self.test_ties),
        ];
        let final_labels = asked.label_network.and_then(|labels| self.accuracy_by(labels));
        metrics.extend(final_labels.map(|value| named("accuracy_final_labels", value)));
        metrics.extend(self.accuracy_with_rest.map(|value| named("accuracy_with_rest", value)));
        let classes = self.label_histogram.iter().enumerate();
        metrics.extend(classes.map(|(class, &count)| (format!("neurons_class_{class}"), count as f64)));
        for reading in &self.readouts {
            let usual = (asked.label_budget == Some(reading.labels)).then(|| reading.readout.metric());
            let names = usual.into_iter().chain([budgeted(reading.readout, reading.labels)]);
            metrics.extend(names.map(|name| (name, reading.accuracy)));
        }
        metrics.iter_mut().for_each(|(name, _)| *name = scored_on(asked.score, name));
        metrics
    }

    /// The value of a metric, if this checkpoint has it.
    #[must_use]
    pub fn metric(&self, name: &str, asked: Asked) -> Option<f64> {
        self.metrics(asked).into_iter().find(|(metric, _)| metric == name).map(|(_, value)| value)
    }
}
