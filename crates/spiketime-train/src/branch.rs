//! A branch: trained under one condition until image k, from there on under another.
//!
//! The network goes on as it is between images k and k + 1: weights, thresholds, potentials, adaptations,
//! times of last inputs. What is done with it may change: data set, rates, times, plasticity, inhibition,
//! adaptation step, tie rule, labels and tests. What it is may not (`fixed`). The images go on being
//! counted from the first of all, so image k + 1 of the branch is image k + 1 of its data set.
//!
//! A branch starts from a snapshot that is planted for it, so it can be cut like any run. Its id holds the
//! digest of the state it began from: it is no run of any figure.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use spiketime_data::limited;
use spiketime_sim::Real;

use crate::condition::{Condition, Precision};
use crate::record::Origin;
use crate::run::{self, Run};
use crate::schedule::Schedule;
use crate::snapshot::{self, Head, Snapshot, SnapshotError};
use crate::store::{Store, StoreError};

/// Why nothing can branch here.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum BranchError {
    #[error("{path}: {reason}; `spiketime run FILE --keep-checkpoints` makes checkpoints")]
    Io { path: PathBuf, reason: io::Error },
    #[error("{path} {reason}; `spiketime run FILE --keep-checkpoints` makes checkpoints")]
    Snapshot { path: PathBuf, reason: SnapshotError },
    #[error(
        "condition '{condition}': {key} is {value}, but the network of {path} has {kept}; a branch keeps its \
         network: write {key} = {kept}"
    )]
    OtherNetwork { path: PathBuf, condition: String, key: &'static str, value: String, kept: String },
    #[error(
        "there is no checkpoint at {images_seen} images or later, where {path} was cut; name one under \
         `checkpoints`"
    )]
    Behind { path: PathBuf, images_seen: u64 },
    #[error(
        "{path} is not the checkpoint of this record, which began at image {images_seen} of run {run} in the \
         state with SHA-256 {sha256}"
    )]
    OtherCheckpoint { path: PathBuf, images_seen: u64, run: String, sha256: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A checkpoint to branch from.
#[derive(Debug)]
pub struct Trunk {
    path: PathBuf,
    bytes: Vec<u8>,
    head: Head,
    origin: Origin,
}

impl Trunk {
    /// Reads a checkpoint or a snapshot.
    ///
    /// # Errors
    /// When it cannot be read, or is not to be trusted.
    pub fn read(path: &Path) -> Result<Trunk, BranchError> {
        let bytes = limited::bytes(path, snapshot::MAX_BYTES)
            .map_err(|reason| BranchError::Io { path: path.to_owned(), reason })?;
        let told = |reason| BranchError::Snapshot { path: path.to_owned(), reason };
        let origin = snapshot::origin(&bytes).map_err(told)?;
        let head = Head::read(&bytes).map_err(told)?;
        let trunk = Trunk { path: path.to_owned(), bytes, head, origin };
        match trunk.head.condition.precision {
            Precision::F32 => drop(trunk.snapshot::<f32>()?),
            Precision::F64 => drop(trunk.snapshot::<f64>()?),
        }
        Ok(trunk)
    }

    fn snapshot<R: Real>(&self) -> Result<Snapshot<R>, BranchError> {
        let told = |reason| BranchError::Snapshot { path: self.path.clone(), reason };
        Snapshot::read(&self.bytes).map_err(told)
    }

    /// Was it trained on the embedded sample?
    #[must_use]
    pub fn is_sample(&self) -> bool {
        self.head.is_sample
    }

    /// The run that goes on under a condition, with the seed of the checkpoint, looked at from here on.
    ///
    /// # Errors
    /// When the condition is of another network, or there is nothing to look at from here on.
    pub fn run(&self, condition: &Condition, schedule: &Schedule) -> Result<Run, BranchError> {
        self.keeps_the_network(condition)?;
        let (seed, is_sample, images_seen) = (self.head.seed, self.head.is_sample, self.origin.images_seen);
        let schedule = schedule.from_image(images_seen);
        if schedule.checkpoints.is_empty() {
            return Err(BranchError::Behind { path: self.path.clone(), images_seen });
        }
        let id = run::id(condition, seed, is_sample, Some(&self.origin));
        let (condition, branched_from) = (condition.clone(), Some(self.origin.clone()));
        Ok(Run { id, condition, also_called: BTreeSet::new(), seed, is_sample, branched_from, schedule })
    }

    fn keeps_the_network(&self, condition: &Condition) -> Result<(), BranchError> {
        let pairs = fixed(condition).into_iter().zip(fixed(&self.head.condition));
        match pairs.into_iter().find(|(mine, kept)| mine != kept) {
            None => Ok(()),
            Some(((key, value), (_, kept))) => {
                let (path, condition) = (self.path.clone(), condition.name.clone());
                Err(BranchError::OtherNetwork { path, condition, key, value, kept })
            }
        }
    }

    /// Plants the snapshot that a run starts from, unless it is under way already.
    ///
    /// # Errors
    /// When the run is of another checkpoint, or the results folder cannot be written.
    pub fn plant(&self, run: &Run, store: &Store) -> Result<(), BranchError> {
        if let Some(wanted) = run.branched_from.as_ref().filter(|wanted| **wanted != self.origin) {
            let Origin { run, images_seen, sha256 } = wanted.clone();
            return Err(BranchError::OtherCheckpoint { path: self.path.clone(), images_seen, run, sha256 });
        }
        match run.condition.precision {
            Precision::F32 => self.plant_as::<f32>(run, store),
            Precision::F64 => self.plant_as::<f64>(run, store),
        }
    }

    fn plant_as<R: Real>(&self, run: &Run, store: &Store) -> Result<(), BranchError> {
        // Whoever holds the claim has planted it.
        let Some(_claim) = store.claim(&run.id)? else { return Ok(()) };
        if matches!(store.snapshot::<R>(run), Ok(Some(_))) {
            return Ok(());
        }
        let mut head = Head::new(run);
        head.totals = self.head.totals;
        Ok(store.keep_snapshot(&head, &self.snapshot::<R>()?.network)?)
    }
}

/// What a network is, key by key: a branch cannot change it.
fn fixed(condition: &Condition) -> [(&'static str, String); 17] {
    let precision = match condition.precision {
        Precision::F32 => "'f32'",
        Precision::F64 => "'f64'",
    };
    [
        ("neurons", condition.neurons.to_string()),
        ("precision", precision.to_owned()),
        ("tau_membrane_ms", condition.tau_membrane_ms.to_string()),
        ("tau_adaptation_ms", condition.tau_adaptation_ms.to_string()),
        ("threshold_min_mv", condition.threshold_min_mv.to_string()),
        ("threshold_max_mv", condition.threshold_max_mv.to_string()),
        ("jump_max_mv", condition.jump_max_mv.to_string()),
        ("conductance_max_ns", condition.conductance_max_ns.to_string()),
        ("tau_membrane_sd_ms", condition.tau_membrane_sd_ms.to_string()),
        ("tau_adaptation_sd_ms", condition.tau_adaptation_sd_ms.to_string()),
        ("weight_min_sd", condition.weight_min_sd.to_string()),
        ("weight_max_sd", condition.weight_max_sd.to_string()),
        ("weight_levels", condition.weight_levels.to_string()),
        ("stuck_min_share", condition.stuck_min_share.to_string()),
        ("stuck_max_share", condition.stuck_max_share.to_string()),
        ("stuck_any_share", condition.stuck_any_share.to_string()),
        // What has trained cannot validate.
        ("validation_images", condition.validation_images.to_string()),
    ]
}
