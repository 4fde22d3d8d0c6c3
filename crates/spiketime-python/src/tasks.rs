//! Runs that were handed out (`spiketime run --hand-out`): done in this process, and taken back into a results folder.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use spiketime_cli::VERSION;
use spiketime_data::Dataset;
use spiketime_sim::Engine;
use spiketime_train::context::{Context, RunError, Silent, SnapshotEvery};
use spiketime_train::runner::{check, run_all};
use spiketime_train::store::{Sent, SentError, Store, StoreError};
use spiketime_train::task::{Task, TaskError};

use crate::error::{missing, wrong};

/// A task that was cut by the end of its worker is saved for the next one that asks for it here.
const SNAPSHOT_EVERY: SnapshotEvery = SnapshotEvery::Seconds(10.0);

/// A record and its weights by name, as their files hold them.
type Result = (Vec<u8>, BTreeMap<String, Vec<u8>>);

/// Data sets of this process, by the digest of their own or by name: a worker does many runs on one.
static SETS: Mutex<BTreeMap<String, Dataset>> = Mutex::new(BTreeMap::new());

/// Which program this is; only the same one does what it hands out.
#[pyfunction]
pub fn version() -> &'static str {
    VERSION
}

/// The files that a task needs of the results folder that it was handed out from.
#[pyfunction]
pub fn needs(line: &str) -> PyResult<Vec<String>> {
    Ok(Task::read(line, VERSION).map_err(told)?.needs())
}

/// Does a task: `folder` is this worker's own, `depot` has what the task needs.
#[pyfunction]
pub fn do_task(line: &str, folder: PathBuf, depot: PathBuf, py: Python<'_>) -> PyResult<Result> {
    let sent = py.detach(|| done(line, folder, depot))?;
    Ok((sent.record, sent.weights))
}

/// Takes what came back of a task into a results folder.
#[pyfunction]
pub fn keep_task(line: &str, result: Result, results: PathBuf, py: Python<'_>) -> PyResult<()> {
    py.detach(|| {
        let store = Store::open(&results).map_err(missing)?;
        let run = Task::read(line, VERSION).and_then(|task| task.run(&store)).map_err(told)?;
        let (record, weights) = result;
        store.take(&run, &Sent { record, weights }).map_err(untaken)
    })
}

/// Remembers in a results folder why a task failed, for `spiketime status`.
#[pyfunction]
pub fn keep_failure(id: &str, why: &str, results: PathBuf) -> PyResult<()> {
    Store::open(&results).and_then(|store| store.keep_failure(id, why)).map_err(missing)
}

fn done(line: &str, folder: PathBuf, depot: PathBuf) -> PyResult<Sent> {
    let (store, depot) = (Store::open(&folder).map_err(missing)?, Store::at(&depot, &[]).map_err(missing)?);
    let task = Task::read(line, VERSION).map_err(told)?;
    let run = task.run(&depot).map_err(told)?;
    let set = data(&task, &depot)?;
    check(&run, &set).map_err(wrong)?;
    let data = BTreeMap::from([(set.name.clone(), set)]);
    let stop = AtomicBool::new(false);
    let context = Context {
        engine: Engine::Dense,
        data: &data,
        store: &store,
        progress: &Silent,
        stop: &stop,
        snapshot_every: SNAPSHOT_EVERY,
    };
    match run_all(std::slice::from_ref(&run), &context).pop() {
        None => store.send(&run).map_err(untaken),
        Some((_, RunError::Store(error))) => Err(missing(error)),
        Some((_, error)) => Err(wrong(error)),
    }
}

/// Loaded once a process; who comes while it is being loaded waits.
fn data(task: &Task, depot: &Store) -> PyResult<Dataset> {
    let set = &task.condition.dataset;
    let key =
        set.own().map_or_else(|| format!("{} {}", set.name(), task.is_sample), |own| own.sha256.clone());
    let mut sets = SETS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = sets.get(&key) {
        // Two studies may call one set by two names.
        return Ok(Dataset { name: set.name().to_owned(), ..known.clone() });
    }
    let loaded = task.data(depot).map_err(told)?;
    sets.insert(key, loaded.clone());
    Ok(loaded)
}

/// What this machine lacks may be had on another; what is wrong with a task is so everywhere.
fn told(error: TaskError) -> PyErr {
    match error {
        TaskError::Data(_) | TaskError::NoData { .. } | TaskError::NoSet { .. } | TaskError::Given(_) => {
            missing(error)
        }
        _ => wrong(error),
    }
}

fn untaken(error: SentError) -> PyErr {
    match error {
        SentError::Store(StoreError::Io { .. }) => missing(error),
        _ => wrong(error),
    }
}
