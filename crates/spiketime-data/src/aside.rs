//! Puts a file aside and renames it: whatever happens, the file is there as a whole or not at all.
//!
//! It may be read by whom the user's umask lets read, as any other file: a temporary file of the usual kind
//! keeps everyone else out, and would take that along when it is renamed.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// An empty file in the folder of `path`, which goes when it is dropped; its name begins with a dot and that
/// of `path`. Write to its `as_file_mut()`: the errors of that do not name it.
///
/// # Errors
/// When it cannot be made.
pub fn beside(path: &Path) -> io::Result<NamedTempFile<File>> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut prefix = OsString::from(".");
    prefix.push(path.file_name().unwrap_or_default());
    Builder::new().prefix(&prefix).make_in(folder, |path| File::create_new(path))
}

/// Gives the file its name, once all that was written to it lies on the disk.
///
/// # Errors
/// When it cannot be written or renamed.
pub fn keep(file: NamedTempFile<File>, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(path).map_err(|refused| refused.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_file_has_its_name_only_when_it_is_kept_and_then_all_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, "before").unwrap();
        let mut file = beside(&path).unwrap();
        file.as_file_mut().write_all(b"after").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"before");
        keep(file, &path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"after");
        drop(beside(&path).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "what is not kept goes");
    }

    #[test]
    fn an_error_never_names_the_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let missing = beside(&folder.path().join("nowhere/x")).unwrap_err();
        std::fs::create_dir(folder.path().join("taken")).unwrap();
        std::fs::write(folder.path().join("taken/y"), "").unwrap();
        let path = folder.path().join("taken");
        let taken = keep(beside(&path).unwrap(), &path).unwrap_err();
        for (error, kind) in [(missing, io::ErrorKind::NotFound), (taken, io::ErrorKind::IsADirectory)] {
            assert_eq!(error.kind(), kind);
            assert!(error.raw_os_error().is_some(), "the words of the system alone: {error}");
        }
    }
}
