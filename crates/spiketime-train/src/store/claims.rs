//! Who may write what of a results folder: a run, and what is made of all runs.

use std::fs;

use super::{Store, StoreError};
use crate::lock::{self, Claim};

impl Store {
    /// The right to do a run; `None` while another process has it.
    ///
    /// # Errors
    /// When the lock cannot be made.
    pub fn claim(&self, id: &str) -> Result<Option<Claim>, StoreError> {
        let path = self.path("locks").join(id);
        Claim::new(&path).map_err(|reason| StoreError::Io { path, reason })
    }

    /// Do locks hold here, so that two processes share the runs? On some network folders they do not.
    #[must_use]
    pub fn has_locks(&self) -> bool {
        match self.claim(&format!("probe-{}", std::process::id())) {
            Ok(claim) => claim.is_none_or(|claim| claim.is_locked()),
            Err(_) => true, // What is wrong with the folder is told where it is written.
        }
    }

    /// Does a process do it now? Where the folder knows no locks nobody can tell, and it is not.
    #[must_use]
    pub fn is_claimed(&self, id: &str) -> bool {
        lock::is_held(&self.path("locks").join(id))
    }

    /// The right to write what is made of all runs: tables, verdicts, page. Waits while another process has it.
    ///
    /// # Errors
    /// When the lock cannot be made.
    pub fn claim_tables(&self) -> Result<Claim, StoreError> {
        let path = self.path("locks").join("tables");
        Claim::wait(&path).map_err(|reason| StoreError::Io { path, reason })
    }

    /// Removes the locks that killed processes left; those that are held stay.
    pub fn forget_free_locks(&self) {
        let entries = fs::read_dir(self.path("locks")).into_iter().flatten().filter_map(Result::ok);
        entries.for_each(|entry| drop(Claim::new(&entry.path())));
    }
}
