//! What can be wrong with a data set of one's own; every message says what to do.

use std::io;
use std::path::PathBuf;

use crate::array::ArrayError;
use crate::facts::MAX_INPUTS;
use crate::idx::IdxError;
use crate::memory::MemoryError;

use super::events::EventsError;
use super::images::ImagesError;
use super::labels::LabelsError;

/// What can be wrong with a data set of one's own.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum OwnError {
    #[error("{path}: {reason}")]
    Io { path: PathBuf, reason: io::Error },
    #[error(
        "the packed data set '{name}' is damaged or of another set: its SHA-256 or what it holds is not as told"
    )]
    Packed { name: String },
    #[error("{path}: not a file")]
    NoFile { path: PathBuf },
    #[error(transparent)]
    Memory(#[from] MemoryError),
    #[error("'{name}' names no data; give train_images and train_labels, or train_events")]
    NoSource { name: String },
    #[error(
        "the files of '{name}' are not known here: results keep no paths; name the study that it was run from, or give \
         --data FILE.toml with [data.{name}]"
    )]
    NoFiles { name: String },
    #[error("{given} is given without {missing}; give both")]
    Half { given: &'static str, missing: &'static str },
    #[error("images and events are given; a data set has one of both")]
    Both,
    #[error("{place} {reason}")]
    Array { place: String, reason: ArrayError },
    #[error("{place} {reason}")]
    Idx { place: String, reason: IdxError },
    #[error("{place} {reason}")]
    Images { place: String, reason: ImagesError },
    #[error("{place} {reason}")]
    Labels { place: String, reason: LabelsError },
    #[error("{place} {reason}")]
    Events { place: String, reason: EventsError },
    #[error("events need `shape`: rows and columns of the sensor, as shape = [34, 34]")]
    NoShape,
    #[error("a shape of {0} x {1} is not 1 to {MAX_INPUTS} inputs", .shape[0], .shape[1])]
    Inputs { shape: [usize; 2] },
    #[error("{part}: {images} of them, but {labels} labels; give one label an image")]
    Counts { part: &'static str, images: usize, labels: usize },
    #[error("{part}: there are none")]
    Empty { part: &'static str },
    #[error(
        "training images are {0} x {1}, test images {2} x {3}; give both one shape",
        .train[0], .train[1], .test[0], .test[1]
    )]
    Shapes { train: [usize; 2], test: [usize; 2] },
    #[error("test_share is {share} of {count}; it must leave some to train and some to test")]
    Share { share: f64, count: usize },
    #[error(transparent)]
    Classes(#[from] LabelsError),
}
