//! A run that was done elsewhere and came back as bytes: its record and its weights, as they lie in a results folder.

use std::collections::BTreeMap;

use super::{MAX_RECORD_BYTES, Store, StoreError, check_maps, has_all, of_its_id, read};
use crate::run::Run;
use crate::weights;

/// Why a result that came back is not taken.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum SentError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("what came back is not sound: {0}")]
    Unsound(String),
}

/// A finished run as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// `runs/<id>.json`.
    pub record: Vec<u8>,
    /// `weights/<name>`, by name.
    pub weights: BTreeMap<String, Vec<u8>>,
}

impl Store {
    /// Takes a finished run out of this folder, which keeps nothing of it.
    ///
    /// # Errors
    /// When it is not there, or cannot be read or removed.
    pub fn send(&self, run: &Run) -> Result<Sent, SentError> {
        let path = self.record_path(&run.id);
        let record = read(path.clone(), MAX_RECORD_BYTES)?;
        let maps = of_its_id(run, &record).map_err(SentError::Unsound)?.maps;
        let mut weights = BTreeMap::new();
        for map in maps {
            let path = self.path("weights").join(&map.file);
            weights.insert(map.file, read(path.clone(), weights::MAX_BYTES)?);
            self.remove(path)?;
        }
        self.remove(path)?;
        Ok(Sent { record, weights })
    }

    /// Keeps what came back of a run, if it is sound and all that was asked for: its weights, then its record.
    ///
    /// # Errors
    /// When it is not, or cannot be written.
    pub fn take(&self, run: &Run, sent: &Sent) -> Result<(), SentError> {
        let record = of_its_id(run, &sent.record).map_err(SentError::Unsound)?;
        let weights = |file: &str| sent.weights.get(file).cloned().ok_or("did not come along".to_owned());
        check_maps(&run.id, &record.maps, weights).map_err(SentError::Unsound)?;
        if !has_all(&record, run) {
            return Err(SentError::Unsound("it was not looked at wherever it should have been".into()));
        }
        let claim = self.claim(&run.id)?;
        if claim.is_some() {
            // What an earlier one who took it left half written.
            self.sweep(&run.id)?;
        }
        for map in &record.maps {
            self.write(&format!("weights/{}", map.file), &sent.weights[&map.file])?;
        }
        self.write(&format!("runs/{}.json", run.id), &sent.record)?;
        Ok(self.forget_failure(&run.id)?)
    }
}
