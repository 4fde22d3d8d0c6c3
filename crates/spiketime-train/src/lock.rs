//! One process a run: an advisory lock that dies with its owner.
//!
//! Two processes on one results folder share the runs between them. The lock is the operating
//! system's (`flock` on Unix), on an empty file `locks/<id>`. Its owner removes the file before it lets go of
//! the lock. Whoever waited with that file open then holds a file that has no name any more, finds that out
//! and asks again, so no two own one name. A process that is killed leaves the file, but not the lock.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use same_file::Handle;

/// The right to do something, until it is dropped.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    /// Not where the file system knows no locks: then there is nothing to wait for either.
    is_locked: bool,
    _file: File,
}

impl Claim {
    /// Claims what `path` stands for; `None` while somebody else holds it.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn new(path: &Path) -> io::Result<Option<Claim>> {
        Claim::taken(path, |file| match file.try_lock() {
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
            Ok(()) => Ok(true),
        })
    }

    /// Claims what `path` stands for, as soon as nobody else holds it.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn wait(path: &Path) -> io::Result<Claim> {
        let claim = Claim::taken(path, |file| file.lock().map(|()| true))?;
        Ok(claim.expect("whoever waits for a lock gets it"))
    }

    /// Does it keep others away? It does not where the file system knows no locks.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.is_locked
    }

    fn taken(path: &Path, lock: impl Fn(&File) -> io::Result<bool>) -> io::Result<Option<Claim>> {
        loop {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?; // It may have been removed under way.
            }
            let file = File::options().create(true).append(true).open(path)?;
            match lock(&file) {
                Ok(true) if !is_named(&file, path)? => {} // Its owner removed it before we had it.
                Ok(false) => return Ok(None),
                Err(error) if error.kind() != ErrorKind::Unsupported => return Err(error),
                locked => {
                    return Ok(Some(Claim { path: path.to_owned(), is_locked: locked.is_ok(), _file: file }));
                }
            }
        }
    }
}

/// Does somebody hold what `path` stands for? Takes nothing and makes nothing.
#[must_use]
pub fn is_held(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

impl Drop for Claim {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path); // An empty file that stays harms nobody.
    }
}

/// Does the path still lead to this file?
fn is_named(file: &File, path: &Path) -> io::Result<bool> {
    match Handle::from_path(path) {
        Ok(named) => Ok(named == Handle::from_file(file.try_clone()?)?),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;

    #[test]
    fn a_claim_is_held_by_one_and_free_again_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let claim = Claim::new(&path).unwrap().expect("nobody holds it");
        assert!(Claim::new(&path).unwrap().is_none());
        assert!(is_held(&path));
        drop(claim);
        assert!(!is_held(&path));
        assert!(!path.exists(), "the file of a claim that is over stays");
        assert!(Claim::new(&path).unwrap().is_some());
    }

    #[test]
    fn where_the_file_system_knows_no_locks_a_claim_is_had_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let unknown = |_: &File| Err(io::Error::from(ErrorKind::Unsupported));
        let (one, other) = (Claim::taken(&path, unknown).unwrap(), Claim::taken(&path, unknown).unwrap());
        assert!(!one.expect("nobody keeps it").is_locked() && !other.expect("nobody can").is_locked());
        assert!(Claim::new(&path).unwrap().expect("nobody holds it").is_locked());
    }

    /// Every owner removes the file, so each waits on files that lose their name again and again.
    #[test]
    fn no_two_hold_a_claim_although_its_file_is_removed_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let (path, owners) = (folder.path().join("run"), AtomicU32::new(0));
        let own = || {
            for _ in 0..500 {
                let claim = Claim::wait(&path).unwrap();
                assert_eq!(owners.fetch_add(1, Ordering::SeqCst), 0, "two own it");
                thread::yield_now();
                owners.fetch_sub(1, Ordering::SeqCst);
                drop(claim);
            }
        };
        thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(own))));
    }
}
