//! One process a run: an advisory lock that dies with its owner.
//!
//! Two processes on one results folder share the runs between them. The lock is the operating
//! system's (`flock` on Unix), on an empty file `locks/<id>`; a process that is killed leaves the
//! file, but not the lock. The file stays: to remove it is to let two owners lock two files of one
//! name.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

/// The right to do a run, until it is dropped.
#[derive(Debug)]
pub struct Claim {
    /// `None` where the file system knows no locks: then there is nothing to wait for either.
    _locked: Option<File>,
}

impl Claim {
    /// Claims what `path` stands for; `None` while somebody else holds it.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn new(path: &Path) -> io::Result<Option<Claim>> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?; // It may have been removed under way.
        }
        let file = File::options().create(true).append(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Claim { _locked: Some(file) })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                Ok(Some(Claim { _locked: None }))
            }
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_held_by_one_and_free_again_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let claim = Claim::new(&path).unwrap().expect("nobody holds it");
        assert!(Claim::new(&path).unwrap().is_none());
        drop(claim);
        assert!(Claim::new(&path).unwrap().is_some());
    }
}
