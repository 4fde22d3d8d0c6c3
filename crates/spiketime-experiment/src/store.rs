//! The results folder: written to a temporary name, then renamed; a damaged file is told and redone.
//!
//! ```text
//! results/runs/<id>.json   results/weights/<id>-<images>.npy   results/records.jsonl
//! ```

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use spiketime_data::source::hex;
use spiketime_sim::{Network, Real};

use crate::plan::Run;
use crate::record::{Record, SCHEMA_VERSION, WeightMap};
use crate::weights::Weights;

/// What is wrong with the results folder.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}; choose another folder with --results DIR, or make room")]
pub struct StoreError {
    path: PathBuf,
    source: io::Error,
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
}

/// A results folder.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// Makes the folder if need be.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path) -> Result<Store, StoreError> {
        Store::at(folder, &["runs", "weights"])
    }

    /// A folder with the given folders in it.
    pub(crate) fn at(folder: &Path, folders: &[&str]) -> Result<Store, StoreError> {
        let store = Store { folder: folder.to_owned() };
        for below in folders {
            let path = folder.join(below);
            fs::create_dir_all(&path).map_err(|source| StoreError { path, source })?;
        }
        Ok(store)
    }

    /// A file of the folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// What is known of a run.
    #[must_use]
    pub fn find(&self, run: &Run) -> Stored {
        let bytes = match fs::read(self.record_path(&run.id)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Stored::Missing,
            Err(error) => return Stored::Damaged(error.to_string()),
        };
        match self.checked(run, &bytes) {
            Ok(record) if has_all(&record, run) => Stored::Finished(Box::new(record)),
            Ok(record) => Stored::Partial(Box::new(record)),
            Err(reason) => Stored::Damaged(format!("{}: {reason}", self.record_path(&run.id).display())),
        }
    }

    /// Keeps a finished run.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, record: &Record) -> Result<(), StoreError> {
        let json = record.to_json();
        self.write(&format!("runs/{}.json", record.id), json.as_bytes())
    }

    /// Keeps the weights of a network: neurons × inputs, g/g_max.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn keep_weights<R: Real>(
        &self,
        id: &str,
        images_seen: u64,
        network: &Network<R>,
    ) -> Result<WeightMap, StoreError> {
        let (neurons, inputs) = (network.neurons(), network.inputs());
        let file = format!("{id}-{images_seen}.npy");
        let bytes = Weights::of(network).to_npy();
        self.write(&format!("weights/{file}"), &bytes)?;
        let (dtype, sha256) = ("<f4".to_owned(), hex(&Sha256::digest(&bytes)));
        Ok(WeightMap { images_seen, file, shape: [neurons, inputs], dtype, sha256 })
    }

    /// Writes a file of the folder: temporary name, sync, rename.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.path(name);
        let write = || {
            let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(&self.folder))?;
            file.write_all(bytes)?;
            file.as_file().sync_all()?;
            file.persist(&path).map(drop).map_err(|error| error.error)
        };
        write().map_err(|source| StoreError { path: path.clone(), source })
    }

    fn record_path(&self, id: &str) -> PathBuf {
        self.folder.join("runs").join(format!("{id}.json"))
    }

    fn checked(&self, run: &Run, bytes: &[u8]) -> Result<Record, String> {
        let record: Record = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if record.schema_version != SCHEMA_VERSION {
            return Err(format!("schema version {}, expected {SCHEMA_VERSION}", record.schema_version));
        }
        if record.id != run.id || crate::plan::id(&record.condition, record.seed, record.is_sample) != run.id
        {
            return Err("its id is not that of its condition and seed".into());
        }
        for map in &record.maps {
            let expected = format!("{}-{}.npy", run.id, map.images_seen);
            if map.file != expected {
                return Err(format!("names {} where {expected} belongs", map.file));
            }
            let bytes = fs::read(self.path("weights").join(&map.file))
                .map_err(|error| format!("{}: {error}", map.file))?;
            if hex(&Sha256::digest(&bytes)) != map.sha256 {
                return Err(format!("{}: another SHA-256 than the record says", map.file));
            }
        }
        Ok(record)
    }
}

fn has_all(record: &Record, run: &Run) -> bool {
    let find = |images: &u64| record.checkpoints.iter().find(|point| point.images_seen == *images);
    let schedule = &run.schedule;
    schedule.checkpoints.iter().all(|images| find(images).is_some())
        && schedule
            .with_rest
            .iter()
            .all(|images| find(images).is_some_and(|p| p.accuracy_with_rest.is_some()))
        && schedule.maps.iter().all(|images| record.maps.iter().any(|map| map.images_seen == *images))
}
