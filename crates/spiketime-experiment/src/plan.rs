//! Which runs a set of experiments needs: conditions that several figures share are run once.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use spiketime_data::random::STREAMS_VERSION;

use crate::spec::{Condition, Experiment};

/// Part of every id: changes when the meaning of a specification changes.
const MODEL_VERSION: &str = "spiketime-model/1";

/// When to look at a network that trains; looking never changes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// Images seen at which labels are found and the test set is scored.
    pub checkpoints: BTreeSet<u64>,
    /// Images seen at which the weights are kept.
    pub maps: BTreeSet<u64>,
    /// Images seen at which the test is done once more with rests.
    pub with_rest: BTreeSet<u64>,
}

impl Schedule {
    /// Presentations in all.
    #[must_use]
    pub fn presentations(&self) -> u64 {
        self.checkpoints.last().copied().unwrap_or(0)
    }
}

/// One condition with one seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Hash of everything that decides the numbers; the file's name.
    pub id: String,
    /// The network.
    pub condition: Condition,
    /// Root of every random stream.
    pub seed: u64,
    /// Was the data set the embedded sample?
    pub is_sample: bool,
    /// The union of what all figures want to see.
    pub schedule: Schedule,
}

/// The runs of the experiments, by id; the schedules of shared ones are united.
#[must_use]
pub fn runs(experiments: &[Experiment], is_sample: impl Fn(&Condition) -> bool) -> BTreeMap<String, Run> {
    let mut runs = BTreeMap::new();
    for experiment in experiments {
        for condition in &experiment.conditions {
            for seed in 1..=experiment.seeds {
                let is_sample = is_sample(condition);
                let id = id(condition, seed, is_sample);
                let run = runs.entry(id.clone()).or_insert_with(|| Run {
                    id,
                    condition: condition.clone(),
                    seed,
                    is_sample,
                    schedule: Schedule::default(),
                });
                run.schedule.checkpoints.extend(&experiment.checkpoints);
                run.schedule.maps.extend(&experiment.maps);
                run.schedule.with_rest.extend(&experiment.with_rest);
            }
        }
    }
    runs
}

/// The id of a run: SHA-256 of the resolved condition without its name, and the seed.
#[must_use]
pub fn id(condition: &Condition, seed: u64, is_sample: bool) -> String {
    let nameless = Condition { name: String::new(), ..condition.clone() };
    let spec = serde_json::to_string(&nameless).expect("a checked condition has finite numbers only");
    let digest =
        Sha256::digest(format!("{MODEL_VERSION} {STREAMS_VERSION} {spec} seed {seed} sample {is_sample}"));
    spiketime_data::source::hex(&digest[..8])
}
