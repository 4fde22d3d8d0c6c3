//! One condition with one seed: what is computed as a whole, and the id that names it.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use spiketime_data::random::STREAMS_VERSION;

use crate::condition::Condition;
use crate::record::{Origin, Record};
use crate::schedule::Schedule;

/// Part of every id: changes when the meaning of a specification changes.
const MODEL_VERSION: &str = "spiketime-model/1";

/// A run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Hash of everything that decides the numbers; the file's name.
    pub id: String,
    /// The network.
    pub condition: Condition,
    /// Other names that a study has for it.
    pub also_called: BTreeSet<String>,
    /// Root of every random stream.
    pub seed: u64,
    /// Was the data set the embedded sample?
    pub is_sample: bool,
    /// The checkpoint it goes on from, if it does not begin at its first image.
    pub branched_from: Option<Origin>,
    /// The union of what all figures want to see.
    pub schedule: Schedule,
}

impl Run {
    /// The run that made a record.
    #[must_use]
    pub fn of(record: &Record) -> Run {
        Run {
            id: record.id.clone(),
            condition: record.condition.clone(),
            also_called: BTreeSet::new(),
            seed: record.seed,
            is_sample: record.is_sample,
            branched_from: record.branched_from.clone(),
            schedule: Schedule::of(record),
        }
    }

    /// Is this one of its names?
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.condition.name == name || self.also_called.contains(name)
    }

    /// All its names, the first one first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.condition.name.as_str()).chain(self.also_called.iter().map(String::as_str))
    }

    /// What a person calls it.
    #[must_use]
    pub fn name(&self) -> String {
        let (name, seed) = (&self.condition.name, self.seed);
        match &self.branched_from {
            None => format!("{name} seed {seed}"),
            Some(origin) => format!("{name} seed {seed} from image {}", origin.images_seen),
        }
    }

    /// The same run, which also looks wherever its record has looked: doing it again must lose nothing.
    #[must_use]
    pub fn with_all_of(&self, record: &Record) -> Run {
        let mut schedule = Schedule::of(record);
        schedule.unite(&self.schedule);
        Run { schedule, ..self.clone() }
    }

    /// Images that went through before it begins.
    #[must_use]
    pub fn begins_at(&self) -> u64 {
        self.branched_from.as_ref().map_or(0, |origin| origin.images_seen)
    }
}

/// The network that a condition describes, whatever it is called.
#[must_use]
pub fn nameless(condition: &Condition) -> Condition {
    Condition { name: String::new(), ..condition.clone() }
}

/// The id of a run: SHA-256 of the resolved condition without its name, the seed, and where it began.
#[must_use]
pub fn id(condition: &Condition, seed: u64, is_sample: bool, branched_from: Option<&Origin>) -> String {
    let spec =
        serde_json::to_string(&nameless(condition)).expect("a checked condition has finite numbers only");
    let origin = branched_from.map_or_else(String::new, |origin| format!(" from {}", origin.sha256));
    let whole = format!("{MODEL_VERSION} {STREAMS_VERSION} {spec} seed {seed} sample {is_sample}{origin}");
    spiketime_data::source::hex(&Sha256::digest(whole)[..8])
}
