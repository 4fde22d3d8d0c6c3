//! The results folder: written to a temporary name, then renamed; a damaged file is told and redone.
//!
//! ```text
//! results/runs/<id>.json   results/weights/<id>-<images>.npy   results/records.jsonl
//! results/snapshots/<id>   results/locks/<id>   results/checkpoints/<id>-<images>, where wanted
//! results/failures/<id>: why a run failed when it was last tried
//! results/experiment-files/<name>.toml: each experiment file that was run here, for tables, page, status
//! results/experiment-files/given/<sha256>.npy: thresholds and weights that they give
//! results/data-sets/<sha256>: sets of one's own that were handed out with runs
//! ```

mod claims;
mod experiment_files;
mod failures;
mod sent;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub use sent::{Sent, SentError};
use sha2::{Digest, Sha256};
use spiketime_data::halt;
use spiketime_data::source::hex;
use spiketime_data::{aside, limited};
use spiketime_sim::{Network, Real};

use crate::record::{Record, WeightMap};
use crate::run::{self, Run};
use crate::snapshot::{self, Head, Snapshot};
use crate::weights::{self, Weights};

/// What is wrong with the results folder.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum StoreError {
    #[error("{path}: {reason}; choose another folder with --results DIR{}", advice(.reason))]
    Io { path: PathBuf, reason: io::Error },
    #[error("{path}: no results there; `spiketime run` makes some, or name their folder with --results DIR")]
    NoResults { path: PathBuf },
    #[error("{0}; who made it must allow it to be read")]
    Unreadable(String),
}

/// What else helps, where that is known.
fn advice(reason: &io::Error) -> &'static str {
    match reason.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ", or make room",
        _ => "",
    }
}

/// What is known of a run.
#[derive(Debug)]
pub enum Stored {
    /// Finished, with every checkpoint and map that is wanted.
    Finished(Box<Record>),
    /// Sound, but without a checkpoint or map that is wanted.
    Partial(Box<Record>),
    /// Not there.
    Missing,
    /// There, but not to be trusted: why.
    Damaged(String),
    /// There, but not for us to read, so nobody can tell: why.
    Unreadable(String),
}

/// A record of a thousand checkpoints takes 3 MB. No larger one is begun: see [`crate::runner::check`].
pub const MAX_RECORD_BYTES: u64 = 64 << 20;

/// A results folder.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    keeps_checkpoints: bool,
}

impl Store {
    /// Makes the folder if need be.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path) -> Result<Store, StoreError> {
        Store::at(folder, &["runs", "weights", "snapshots", "locks"])
    }

    /// The folder as it is, to read.
    ///
    /// # Errors
    /// When it is not there: who only reads makes nothing.
    pub fn existing(folder: &Path) -> Result<Store, StoreError> {
        let path = folder.to_owned();
        if path.is_dir() { Store::at(folder, &[]) } else { Err(StoreError::NoResults { path }) }
    }

    /// A folder with the given folders in it.
    pub fn at(folder: &Path, folders: &[&str]) -> Result<Store, StoreError> {
        let store = Store { folder: folder.to_owned(), keeps_checkpoints: false };
        for below in folders {
            let path = folder.join(below);
            fs::create_dir_all(&path).map_err(|reason| StoreError::Io { path, reason })?;
        }
        Ok(store)
    }

    /// The same folder; whether a run leaves a checkpoint file wherever it is looked at.
    #[must_use]
    pub fn keeping_checkpoints(self, keeps_checkpoints: bool) -> Store {
        Store { keeps_checkpoints, ..self }
    }

    /// A file of the folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// What is known of a run.
    #[must_use]
    pub fn find(&self, run: &Run) -> Stored {
        let path = self.record_path(&run.id);
        let bytes = match limited::bytes(&path, MAX_RECORD_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Stored::Missing,
            Err(error) => return Stored::Unreadable(format!("{}: {error}", path.display())),
        };
        match self.checked(run, &bytes) {
            Ok(record) if has_all(&record, run) && self.has_checkpoints(run) => {
                // The same condition, with the numbers that a record has the digest of only.
                let condition = run.condition.clone();
                Stored::Finished(Box::new(Record { condition, ..record.named(&run.condition.name) }))
            }
            Ok(record) => Stored::Partial(Box::new(record)),
            Err(reason) => Stored::Damaged(format!("{}: {reason}", path.display())),
        }
    }

    /// Keeps a finished run.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, record: &Record) -> Result<(), StoreError> {
        let json = record.to_json();
        debug_assert_eq!(Record::read(json.as_bytes()).as_ref(), Ok(record), "what is kept is read again");
        self.write(&format!("runs/{}.json", record.id), json.as_bytes())?;
        self.forget_failure(&record.id)
    }

    /// Takes a finished run from another folder: its weights, then its record.
    ///
    /// # Errors
    /// When it cannot be read any more, or cannot be written.
    pub fn adopt(&self, record: &Record, from: &Store) -> Result<(), StoreError> {
        for map in &record.maps {
            let name = format!("weights/{}", map.file);
            self.write(&name, &read(from.path(&name), weights::MAX_BYTES)?)?;
        }
        let bytes = read(from.record_path(&record.id), MAX_RECORD_BYTES)?;
        self.write(&format!("runs/{}.json", record.id), &bytes)?;
        self.forget_failure(&record.id)
    }

    /// Keeps the weights of a network: neurons × inputs, g/g_max.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn keep_weights<R: Real>(
        &self,
        run: &Run,
        images_seen: u64,
        network: &Network<R>,
    ) -> Result<WeightMap, StoreError> {
        let (neurons, inputs) = (network.neurons(), network.inputs());
        let file = format!("{}-{images_seen}.npy", run.id);
        let bytes = Weights::of(network).to_npy();
        self.write(&format!("weights/{file}"), &bytes)?;
        let (dtype, sha256) = ("<f4".to_owned(), hex(&Sha256::digest(&bytes)));
        let thresholds_mv = match run.condition.moves_thresholds() {
            true => {
                let tested = network.frozen_under(run.condition.test_layer());
                tested.thresholds_mv.iter().map(|threshold| threshold.to_f64()).collect()
            }
            false => Vec::new(),
        };
        Ok(WeightMap { images_seen, file, shape: [neurons, inputs], dtype, sha256, thresholds_mv })
    }

    /// Saves a run that is not finished.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_snapshot<R: Real>(&self, head: &Head, network: &Network<R>) -> Result<(), StoreError> {
        self.write(&format!("snapshots/{}", head.id), &snapshot::to_bytes(head, network))
    }

    /// Keeps a snapshot that outlives its run, to branch from; `None` where nobody wants it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_checkpoint<R: Real>(
        &self,
        head: &Head,
        network: &Network<R>,
    ) -> Result<Option<PathBuf>, StoreError> {
        if !self.keeps_checkpoints {
            return Ok(None);
        }
        let name = checkpoint_name(&head.id, head.totals.images);
        self.write(&name, &snapshot::to_bytes(head, network))?;
        Ok(Some(self.path(&name)))
    }

    fn has_checkpoints(&self, run: &Run) -> bool {
        let is_there = |&images: &u64| self.path(&checkpoint_name(&run.id, images)).exists();
        !self.keeps_checkpoints || run.schedule.checkpoints.iter().all(is_there)
    }

    /// The snapshot of a run, `None` where there is none that was looked at where the run wants to.
    ///
    /// # Errors
    /// Why there is one that is not to be trusted.
    pub fn snapshot<R: Real>(&self, run: &Run) -> Result<Option<Snapshot<R>>, String> {
        let path = self.snapshot_path(&run.id);
        if !path.exists() {
            return Ok(None);
        }
        let bytes = limited::bytes(&path, snapshot::MAX_BYTES).map_err(|error| error.to_string())?;
        let snapshot = Snapshot::<R>::read(&bytes).map_err(|error| error.to_string())?;
        if !snapshot.head.is_of(run) {
            return Err("is of another run".to_owned());
        }
        self.check_maps(&run.id, &snapshot.head.maps)?;
        let is_kept = |point: &snapshot::Point| {
            let name = checkpoint_name(&run.id, point.checkpoint.images_seen);
            !self.keeps_checkpoints || self.path(&name).exists()
        };
        let serves = snapshot.head.has_looked_as(&run.schedule) && snapshot.head.points.iter().all(is_kept);
        Ok(serves.then_some(snapshot))
    }

    /// Removes the snapshot of a finished run.
    ///
    /// # Errors
    /// When it is there and cannot be removed.
    pub fn forget_snapshot(&self, id: &str) -> Result<(), StoreError> {
        self.remove(self.snapshot_path(id))
    }

    fn remove(&self, path: PathBuf) -> Result<(), StoreError> {
        match fs::remove_file(&path) {
            Err(reason) if reason.kind() != io::ErrorKind::NotFound => Err(StoreError::Io { path, reason }),
            _ => Ok(()),
        }
    }

    /// Writes a file of the folder: temporary name, sync, rename.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.path(name);
        let written = match put_aside_and_renamed(&path, bytes) {
            // The folder was removed between two steps: it is made again.
            Err(error) if error.kind() == io::ErrorKind::NotFound => put_aside_and_renamed(&path, bytes),
            written => written,
        };
        written.map_err(|reason| StoreError::Io { path, reason })
    }

    /// Removes what a killed process has half written of a run; the caller holds its claim.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn sweep(&self, id: &str) -> Result<(), StoreError> {
        let half_written = format!(".{id}");
        for path in ["runs", "weights", "snapshots", "checkpoints"].map(|folder| self.path(folder)) {
            let Ok(entries) = fs::read_dir(&path) else { continue };
            for entry in entries.filter_map(Result::ok) {
                if entry.file_name().as_encoded_bytes().starts_with(half_written.as_bytes()) {
                    let path = entry.path();
                    fs::remove_file(&path).map_err(|reason| StoreError::Io { path, reason })?;
                }
            }
        }
        Ok(())
    }

    fn snapshot_path(&self, id: &str) -> PathBuf {
        self.folder.join("snapshots").join(id)
    }

    fn record_path(&self, id: &str) -> PathBuf {
        self.folder.join("runs").join(format!("{id}.json"))
    }

    fn checked(&self, run: &Run, bytes: &[u8]) -> Result<Record, String> {
        let record = of_its_id(run, bytes)?;
        self.check_maps(&run.id, &record.maps)?;
        Ok(record)
    }

    /// A record or snapshot may name its own weights only: no path of it leads anywhere else.
    fn check_maps(&self, id: &str, maps: &[WeightMap]) -> Result<(), String> {
        check_maps(id, maps, |file| {
            limited::bytes(&self.path("weights").join(file), weights::MAX_BYTES)
                .map_err(|error| error.to_string())
        })
    }
}

fn read(path: PathBuf, most: u64) -> Result<Vec<u8>, StoreError> {
    limited::bytes(&path, most).map_err(|reason| StoreError::Io { path, reason })
}

/// A record, if it is that of the run.
fn of_its_id(run: &Run, bytes: &[u8]) -> Result<Record, String> {
    let record = Record::read(bytes)?;
    let origin = record.branched_from.as_ref();
    let id = run::id(&record.condition, record.seed, record.is_sample, origin);
    if record.id != run.id || id != run.id {
        return Err("its id is not that of its condition and seed".into());
    }
    Ok(record)
}

fn check_maps(
    id: &str,
    maps: &[WeightMap],
    bytes: impl Fn(&str) -> Result<Vec<u8>, String>,
) -> Result<(), String> {
    for map in maps {
        let expected = format!("{id}-{}.npy", map.images_seen);
        if map.file != expected {
            return Err(format!("names {} where {expected} belongs", map.file));
        }
        let bytes = bytes(&map.file).map_err(|error| format!("{}: {error}", map.file))?;
        if hex(&Sha256::digest(&bytes)) != map.sha256 {
            return Err(format!("{}: another SHA-256 than the record says", map.file));
        }
    }
    Ok(())
}

/// Temporary name, sync, rename: whatever happens, the file is there as a whole or not at all.
fn put_aside_and_renamed(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?; // It may have been removed under way.
    let mut file = aside::beside(path)?;
    let (begin, end) = bytes.split_at(bytes.len() / 2);
    file.as_file_mut().write_all(begin)?;
    halt::pass("write-half");
    file.as_file_mut().write_all(end)?;
    file.as_file().sync_all()?;
    halt::pass("write-synced");
    aside::keep(file, path)?;
    halt::pass("write-renamed");
    Ok(())
}

fn checkpoint_name(id: &str, images_seen: u64) -> String {
    format!("checkpoints/{id}-{images_seen}")
}

fn has_all(record: &Record, run: &Run) -> bool {
    let find = |images: &u64| record.point(*images);
    let schedule = &run.schedule;
    schedule.checkpoints.iter().all(|images| find(images).is_some())
        && schedule
            .with_rest
            .iter()
            .all(|images| find(images).is_some_and(|p| p.accuracy_with_rest.is_some()))
        && schedule.maps.iter().all(|images| record.maps.iter().any(|map| map.images_seen == *images))
        && schedule
            .relabelled
            .iter()
            .all(|(images, labels)| find(images).is_some_and(|point| point.accuracy_by(*labels).is_some()))
        && record.readings().collect::<BTreeSet<_>>().is_superset(&schedule.readouts)
}
