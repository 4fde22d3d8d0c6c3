//! Runs, in parallel: who may do them, what they need, and what becomes of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use spiketime_data::{Dataset, DatasetName};
use spiketime_sim::Engine;

use crate::condition::{Inhibition, Precision};
use crate::plan::Run;
use crate::record::Record;
use crate::store::{Store, StoreError, Stored};
use crate::trainer::Trainer;

/// Is told how far a run is.
pub trait Progress: Sync {
    /// The run begins; `work` is its size in presentations.
    fn started(&self, run: &Run, work: u64);
    /// So many more presentations are done.
    fn advanced(&self, run: &Run, presentations: u64);
    /// A checkpoint was scored.
    fn scored(&self, run: &Run, images_seen: u64, accuracy: f64);
    /// Something about the run that a person may want to know.
    fn noted(&self, run: &Run, what: &str);
    /// The run has ended, one way or the other.
    fn ended(&self, run: &Run);
}

/// Nobody listens.
pub struct Silent;

impl Progress for Silent {
    fn started(&self, _run: &Run, _work: u64) {}
    fn advanced(&self, _run: &Run, _presentations: u64) {}
    fn scored(&self, _run: &Run, _images_seen: u64, _accuracy: f64) {}
    fn noted(&self, _run: &Run, _what: &str) {}
    fn ended(&self, _run: &Run) {}
}

/// When a run that trains is saved, so that it can be gone on with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SnapshotEvery {
    /// Not at all.
    Never,
    /// After so many images.
    Images(u64),
    /// After so many seconds of work.
    Seconds(f64),
}

/// What the runs work with.
pub struct Context<'a> {
    /// Which engine computes.
    pub engine: Engine,
    /// The data sets that are needed.
    pub data: &'a BTreeMap<DatasetName, Dataset>,
    /// Where results go.
    pub store: &'a Store,
    /// Who hears how far it is.
    pub progress: &'a dyn Progress,
    /// Set when the user wants to stop: what is finished stays.
    pub stop: &'a AtomicBool,
    /// When runs are saved.
    pub snapshot_every: SnapshotEvery,
}

/// Why a run has no record.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum RunError {
    #[error("stopped")]
    Stopped,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(
        "the checkpoint it goes on from is gone; give it again: `spiketime branch CHECKPOINT EXPERIMENT`"
    )]
    NoCheckpoint,
    #[error("{key} is {wanted}, but {dataset} has {available} such images")]
    TooMany { key: &'static str, wanted: usize, dataset: DatasetName, available: usize },
    #[error(
        "checkpoint {wanted} lies beyond {epochs} epoch(s) of {dataset}'s {available} training images; \
         ask for more with `epochs` in the experiment file"
    )]
    BeyondEpochs { wanted: u64, epochs: u64, dataset: DatasetName, available: usize },
}

/// Presentations of a run, training and evaluation together: the measure of progress.
#[must_use]
pub fn work(run: &Run) -> u64 {
    let looks = run.schedule.checkpoints.iter().map(|&images_seen| evaluations(run, images_seen));
    run.schedule.presentations().saturating_sub(run.begins_at()) + looks.sum::<u64>()
}

/// What a run costs, roughly: presentations, weighted by neurons and by how often they spike.
#[must_use]
pub fn cost(run: &Run) -> u64 {
    let spikes_out = match run.condition.inhibition {
        _ if run.condition.stdp_loss < 0.0 => 8,
        Inhibition::WinnerTakesAll => 1,
        Inhibition::Soft => 2,
        Inhibition::None => 4,
    };
    work(run) * (200 + run.condition.neurons as u64) * spikes_out
}

/// Sets how many threads work; 0 = one a core.
///
/// # Errors
/// When rayon's threads cannot be started.
pub fn threads(jobs: usize) -> Result<(), rayon::ThreadPoolBuildError> {
    rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global()
}

/// How long one waits before asking again for a run that another process does.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// Does the runs on rayon's threads, in the given order, keeping each when it is done. What another
/// process does is waited for at the end. Returns what failed.
pub fn run_all(runs: &[Run], context: &Context) -> Vec<(String, RunError)> {
    let (failed, busy) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let broken = AtomicBool::new(false);
    in_parallel(runs, |run| match run_shared(run, context, &broken) {
        Ok(true) => {}
        Ok(false) => locked(&busy).push(run.clone()),
        Err(error) => locked(&failed).push((run.name(), error)),
    });
    in_parallel(&busy.into_inner().unwrap_or_else(PoisonError::into_inner), |run| {
        while let shared @ (Ok(false) | Err(_)) = run_shared(run, context, &broken) {
            if let Err(error) = shared {
                return locked(&failed).push((run.name(), error));
            }
            thread::sleep(ASK_AGAIN);
        }
    });
    failed.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn in_parallel(runs: &[Run], work: impl Fn(&Run) + Sync) {
    rayon::scope_fifo(|scope| {
        for run in runs {
            scope.spawn_fifo(|_| work(run));
        }
    });
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does a run unless another process does it; then `false`.
///
/// Where one run finds that the folder cannot be written, no other is begun: it could not be kept.
fn run_shared(run: &Run, context: &Context, broken: &AtomicBool) -> Result<bool, RunError> {
    if broken.load(Ordering::Relaxed) {
        return Err(RunError::Stopped);
    }
    let shared = claim_and_run(run, context);
    match shared {
        Err(RunError::Store(_)) if broken.swap(true, Ordering::Relaxed) => Err(RunError::Stopped),
        shared => shared,
    }
}

fn claim_and_run(run: &Run, context: &Context) -> Result<bool, RunError> {
    if context.stop.load(Ordering::Relaxed) {
        return Err(RunError::Stopped);
    }
    let Some(_claim) = context.store.claim(&run.id)? else { return Ok(false) };
    context.store.sweep(&run.id)?;
    match context.store.find(run) {
        Stored::Finished(_) => context.progress.advanced(run, work(run)), // By another process, just now.
        _ => drop(run_one(run, context)?),
    }
    Ok(true)
}

/// Trains, labels and tests one run, and keeps its record.
///
/// # Errors
/// When it was stopped, the data set is too small, or the record cannot be written.
pub fn run_one(run: &Run, context: &Context) -> Result<Record, RunError> {
    if context.stop.load(Ordering::Relaxed) {
        return Err(RunError::Stopped);
    }
    let data = &context.data[&run.condition.dataset.name()];
    check(run, data)?;
    context.progress.started(run, work(run));
    let record = match run.condition.precision {
        Precision::F32 => Trainer::<f32>::new(run, data, context).and_then(Trainer::finish),
        Precision::F64 => Trainer::<f64>::new(run, data, context).and_then(Trainer::finish),
    };
    context.progress.ended(run);
    let record = record?;
    context.store.keep(&record)?;
    context.store.forget_snapshot(&run.id)?;
    Ok(record)
}

/// Has the data set the images that the run needs?
///
/// # Errors
/// When it has not: which, and how many it has.
pub fn check(run: &Run, data: &Dataset) -> Result<(), RunError> {
    let counts = [
        ("label_images", run.condition.label_images, data.train.len()),
        ("test_images", run.condition.test_images, data.test.len()),
    ];
    for (key, wanted, available) in counts {
        if wanted > available {
            return Err(RunError::TooMany { key, wanted, dataset: data.name, available });
        }
    }
    let (wanted, epochs) = (run.schedule.presentations(), run.schedule.epochs);
    if wanted > epochs * data.train.len() as u64 {
        let (dataset, available) = (data.name, data.train.len());
        return Err(RunError::BeyondEpochs { wanted, epochs, dataset, available });
    }
    Ok(())
}

/// Presentations that one look at a network takes.
pub(crate) fn evaluations(run: &Run, images_seen: u64) -> u64 {
    let tests = if run.schedule.with_rest.contains(&images_seen) { 2 } else { 1 };
    (run.condition.label_images + tests * run.condition.test_images) as u64
}
