//! A run in one line of JSON, for whoever does it elsewhere: all that decides its bytes, and no path.
//!
//! What it needs beside the line is named by what it holds, and lies in the results folder it was handed out from: data
//! sets of one's own and given numbers ([`Task::needs`]). A copy of these in any other folder serves as well.

use std::collections::BTreeSet;
use std::io;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiketime_data::own::{OwnError, packed};
use spiketime_data::source::embedded;
use spiketime_data::{DataError, Dataset, DatasetName, Sources};

use crate::condition::Condition;
use crate::data_set::DataSet;
use crate::given::GivenError;
use crate::readout::Readout;
use crate::run::{self, Run};
use crate::schedule::Schedule;
use crate::store::Store;

/// A run as it is handed out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// The program that handed it out; only the same one does it.
    pub version: String,
    /// What `run --id` takes; its result will be `runs/<id>.json`.
    pub id: String,
    /// Its network, every constant of it, as results have it.
    pub condition: Condition,
    /// Root of its random streams.
    pub seed: u64,
    /// Is it of the embedded images?
    pub is_sample: bool,
    /// Where it is looked at.
    pub checkpoints: BTreeSet<u64>,
    /// Where its weights are kept.
    pub maps: BTreeSet<u64>,
    /// Where the test is done once more with rests.
    pub with_rest: BTreeSet<u64>,
    /// Images seen by a network, and by the later one whose labels score it too.
    pub relabelled: BTreeSet<(u64, u64)>,
    /// Images seen, label images, read-out.
    pub readouts: BTreeSet<(u64, u64, Readout)>,
    /// How often the training set may be gone through.
    pub epochs: u64,
    /// About how long it takes on a core like one of the machine that handed it out.
    pub seconds: f64,
}

/// Why a task cannot be done here.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum TaskError {
    #[error("this is no task that `spiketime run STUDY --hand-out` prints: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error(
        "handed out by Spiketime {theirs}, but this is {ours}: install the same version on every machine"
    )]
    Version { theirs: String, ours: String },
    #[error("its id is {told}, but that of its condition and seed is {found}; hand it out again")]
    Id { told: String, found: String },
    #[error("{key} {told}; hand it out again")]
    Condition { key: &'static str, told: &'static str },
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(
        "{name} is not on this machine and cannot be fetched: `spiketime data fetch` or `data import` there"
    )]
    NoData { name: DatasetName },
    #[error("the data set '{name}' (SHA-256 {sha256}) is not where tasks look for it: {reason}")]
    NoSet { name: String, sha256: String, reason: io::Error },
    #[error(transparent)]
    Own(#[from] OwnError),
    #[error(transparent)]
    Given(#[from] GivenError),
}

impl Task {
    /// Of a run.
    #[must_use]
    pub fn of(run: &Run, version: &str, seconds: f64) -> Task {
        let Schedule { checkpoints, maps, with_rest, relabelled, readouts, epochs } = run.schedule.clone();
        Task {
            version: version.to_owned(),
            id: run.id.clone(),
            condition: run.condition.clone(),
            seed: run.seed,
            is_sample: run.is_sample,
            checkpoints,
            maps,
            with_rest,
            relabelled,
            readouts,
            epochs,
            // A forecast is not worth more digits.
            seconds: (seconds * 1000.0).round() / 1000.0,
        }
    }

    /// From its line.
    ///
    /// # Errors
    /// When it is none, of another program, or of another network than its id says.
    pub fn read(line: &str, version: &str) -> Result<Task, TaskError> {
        let task: Task = serde_json::from_str(line)?;
        if task.version != version {
            return Err(TaskError::Version { theirs: task.version, ours: version.to_owned() });
        }
        if let Some((key, _, told)) = task.condition.broken_rule() {
            return Err(TaskError::Condition { key, told });
        }
        let found = run::id(&task.condition, task.seed, task.is_sample, None);
        if found != task.id {
            return Err(TaskError::Id { told: task.id, found });
        }
        Ok(task)
    }

    /// The files that it needs of the results folder that it was handed out from.
    #[must_use]
    pub fn needs(&self) -> Vec<String> {
        let mut condition = self.condition.clone();
        let numbers = condition.given().filter_map(|(_, given)| given.content());
        let numbers = numbers.map(|content| Store::given_name(&content.sha256)).collect::<Vec<_>>();
        let set = self.condition.dataset.own().map(|facts| Store::set_name(&facts.sha256));
        set.into_iter().chain(numbers).collect()
    }

    /// The run, with the numbers that it needs of `from`.
    ///
    /// # Errors
    /// When they are not there.
    pub fn run(&self, from: &Store) -> Result<Run, TaskError> {
        let mut condition = self.condition.clone();
        condition.fetch_given(&from.experiment_files())?;
        Ok(Run {
            id: self.id.clone(),
            condition,
            also_called: BTreeSet::new(),
            seed: self.seed,
            is_sample: self.is_sample,
            branched_from: None,
            schedule: Schedule {
                checkpoints: self.checkpoints.clone(),
                maps: self.maps.clone(),
                with_rest: self.with_rest.clone(),
                relabelled: self.relabelled.clone(),
                readouts: self.readouts.clone(),
                epochs: self.epochs,
            },
        })
    }

    /// Its data set: a known one from this machine, one's own from its package in `from`.
    ///
    /// # Errors
    /// When it is not there, or another.
    pub fn data(&self, from: &Store) -> Result<Dataset, TaskError> {
        match &self.condition.dataset {
            DataSet::Known(name) if self.is_sample => Ok(embedded(*name)?),
            DataSet::Known(name) => {
                let found = Sources::usual(None)?.load(*name, &|_| {})?;
                // Where no source answers, the sample comes instead; its numbers would be others.
                if found.is_sample { Err(TaskError::NoData { name: *name }) } else { Ok(found) }
            }
            DataSet::Own(facts) => {
                let told = |reason| {
                    let (name, sha256) = (facts.name.clone(), facts.sha256.clone());
                    TaskError::NoSet { name, sha256, reason }
                };
                Ok(packed::unpack(facts, &from.set_bytes(&facts.sha256).map_err(told)?)?)
            }
            DataSet::Named(_) => {
                Err(TaskError::Condition { key: "dataset", told: "is a name that nobody explains" })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task() -> Task {
        let condition = Condition { neurons: 5, name: "five".into(), ..Condition::default() };
        let id = run::id(&condition, 3, true, None);
        let schedule =
            Schedule { checkpoints: [5, 10].into(), maps: [10].into(), epochs: 1, ..Schedule::default() };
        let run = Run {
            id,
            condition,
            also_called: BTreeSet::new(),
            seed: 3,
            is_sample: true,
            branched_from: None,
            schedule,
        };
        Task::of(&run, "1", 0.123_456)
    }

    #[test]
    fn a_task_that_went_through_its_line_is_the_run() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let line = serde_json::to_string(&task()).unwrap();
        assert!(!line.contains('\n'));
        let again = Task::read(&line, "1").unwrap();
        assert_eq!((&again, again.seconds), (&task(), 0.123));
        assert_eq!(again.run(&store).unwrap(), task().run(&store).unwrap());
        assert_eq!(again.needs(), [] as [String; 0]);
        assert_eq!(again.data(&store).unwrap(), embedded(DatasetName::Mnist).unwrap());
    }

    #[test]
    fn what_another_version_handed_out_or_what_was_changed_on_its_way_is_refused() {
        let line = serde_json::to_string(&task()).unwrap();
        assert!(matches!(Task::read(&line, "2"), Err(TaskError::Version { .. })));
        let changed = line.replace("\"seed\":3", "\"seed\":4");
        assert!(matches!(Task::read(&changed, "1"), Err(TaskError::Id { .. })));
        let impossible = line.replace("\"neurons\":5", "\"neurons\":0");
        assert!(matches!(Task::read(&impossible, "1"), Err(TaskError::Condition { key: "neurons", .. })));
        assert!(matches!(Task::read("{}", "1"), Err(TaskError::Unreadable(_))));
    }
}
