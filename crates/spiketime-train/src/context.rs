//! What a run works with, who hears how far it is, and why it may have no record.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use spiketime_data::Dataset;
use spiketime_sim::Engine;

use crate::run::Run;
use crate::store::{Store, StoreError};

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
    /// The data sets that are needed, by name.
    pub data: &'a BTreeMap<String, Dataset>,
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
    #[error(
        "the numbers of SHA-256 {sha256} that it starts from are not at hand: run its experiment file, which names them"
    )]
    NotAtHand { sha256: String },
    #[error("it would be looked at {looks} times, but a result holds {most} of them; name fewer checkpoints")]
    TooManyLooks { looks: u64, most: u64 },
    #[error("{key} is {wanted}, but {dataset} has {available} such images")]
    TooMany { key: &'static str, wanted: usize, dataset: String, available: usize },
    #[error(
        "validation_images is {kept}, but {dataset} has {available} training images; leave some to train with"
    )]
    NothingTrains { kept: usize, dataset: String, available: usize },
    #[error(
        "label_budgets names {wanted} images, but {dataset} has {available} training images; name no more than these"
    )]
    BeyondTraining { wanted: u64, dataset: String, available: usize },
    #[error(
        "checkpoint {wanted} lies beyond {epochs} epoch(s) of {dataset}'s {available} training images; \
         ask for more with `epochs` in the experiment file"
    )]
    BeyondEpochs { wanted: u64, epochs: u64, dataset: String, available: usize },
}

/// Presentations of a run, training and evaluation together: the measure of progress.
#[must_use]
pub fn work(run: &Run) -> u64 {
    let looks = run.schedule.checkpoints.iter().map(|&images_seen| evaluations(run, images_seen));
    run.schedule.presentations().saturating_sub(run.begins_at()) + looks.sum::<u64>()
}

/// Presentations that one look at a network takes.
pub(crate) fn evaluations(run: &Run, images_seen: u64) -> u64 {
    let tests = if run.schedule.with_rest.contains(&images_seen) { 2 } else { 1 };
    most_label_images(run, images_seen) + (tests * run.condition.test_images) as u64
}

/// Label images of a look: those that find the labels, or as many as the largest budget.
pub(crate) fn most_label_images(run: &Run, images_seen: u64) -> u64 {
    let budget = run.schedule.readouts_at(images_seen).last().map_or(0, |&(labels, _)| labels);
    budget.max(run.condition.label_images as u64)
}
