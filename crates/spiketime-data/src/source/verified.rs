//! A file is what it claims to be: the SHA-256 of its unpacked bytes.

use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::DataError;
use crate::builtin::{DatasetName, MAX_BYTES};
use crate::file::DataFile;
use crate::idx::{self, IdxError};
use crate::limited;

/// The raw bytes, if they are exactly the file that they claim to be.
pub(super) fn verified(
    bytes: Vec<u8>,
    set: DatasetName,
    file: DataFile,
    path: &Path,
) -> Result<Vec<u8>, DataError> {
    let raw =
        idx::unpacked(bytes, MAX_BYTES).map_err(|reason| DataError::Idx { path: path.to_owned(), reason })?;
    let found = hex(&Sha256::digest(&raw));
    let expected = file.sha256(set);
    if found == expected {
        return Ok(raw);
    }
    // The reader may know a better word for what is wrong than "another digest".
    parsed(file, raw).map_err(|reason| DataError::Idx { path: path.to_owned(), reason })?;
    Err(DataError::Digest { path: path.to_owned(), set, file: file.name(), found, expected })
}

pub(super) fn verified_at(
    path: &Path,
    set: DatasetName,
    file: DataFile,
) -> Result<Option<Vec<u8>>, DataError> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        // A folder cannot be read, a pipe or a device might never end.
        Ok(metadata) if !metadata.is_file() => return Err(DataError::NoFile { path: path.to_owned() }),
        Ok(metadata) if metadata.len() > MAX_BYTES as u64 => {
            return Err(DataError::Idx {
                path: path.to_owned(),
                reason: IdxError::TooLarge { most: MAX_BYTES },
            });
        }
        _ => {}
    }
    let bytes = limited::bytes(path, MAX_BYTES as u64)
        .map_err(|reason| DataError::Read { path: path.to_owned(), reason })?;
    verified(bytes, set, file, path).map(Some)
}

pub(super) fn parsed(file: DataFile, raw: Vec<u8>) -> Result<Vec<u8>, IdxError> {
    match file {
        DataFile::TrainImages | DataFile::TestImages => idx::images(raw)?.of_known_set(),
        DataFile::TrainLabels | DataFile::TestLabels => idx::digits(idx::labels(raw)?),
    }
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
