//! What a results folder holds of what is wanted: finished, waiting, damaged.

use std::collections::BTreeMap;

use spiketime_train::record::Record;
use spiketime_train::run::Run;
use spiketime_train::runner::cost;
use spiketime_train::store::{Store, Stored};

/// The state of every wanted run.
#[derive(Debug, Default)]
pub struct Survey {
    /// Records of finished runs, by id.
    pub finished: BTreeMap<String, Record>,
    /// Runs to do, the costly ones first, so that no thread is left alone with one at the end.
    pub waiting: Vec<Run>,
    /// Why a stored run is not to be trusted; it waits as well.
    pub damaged: Vec<String>,
    /// Why a stored run cannot be read; it is not done again.
    pub unreadable: Vec<String>,
}

/// Looks at every run. Reads only.
#[must_use]
pub fn survey(planned: &BTreeMap<String, Run>, store: &Store) -> Survey {
    let mut survey = Survey::default();
    for (id, run) in planned {
        match store.find(run) {
            Stored::Finished(record) => {
                survey.finished.insert(id.clone(), *record);
            }
            Stored::Partial(record) => survey.waiting.push(run.with_all_of(&record)),
            Stored::Missing => survey.waiting.push(run.clone()),
            Stored::Unreadable(reason) => survey.unreadable.push(reason),
            Stored::Damaged(reason) => {
                survey.damaged.push(reason);
                survey.waiting.push(run.clone());
            }
        }
    }
    survey.waiting.sort_by_key(|run| std::cmp::Reverse(cost(run)));
    survey
}
