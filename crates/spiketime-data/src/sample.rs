//! The embedded sample: the first 1 000 training and 500 test images of both real sets.
//!
//! It serves tests, and users for whom no source answers. Sources and licences:
//! `fixtures/sample/README.md`.

use crate::builtin::DatasetName;
use crate::file::DataFile;

macro_rules! embedded {
    ($set:literal, $file:literal) => {
        include_bytes!(concat!("../../../fixtures/sample/", $set, "/", $file, ".gz"))
    };
}

/// The gzipped IDX file of the sample.
#[must_use]
pub fn file(set: DatasetName, file: DataFile) -> &'static [u8] {
    match (set, file) {
        (DatasetName::Mnist, DataFile::TrainImages) => embedded!("mnist", "train-images-idx3-ubyte"),
        (DatasetName::Mnist, DataFile::TrainLabels) => embedded!("mnist", "train-labels-idx1-ubyte"),
        (DatasetName::Mnist, DataFile::TestImages) => embedded!("mnist", "t10k-images-idx3-ubyte"),
        (DatasetName::Mnist, DataFile::TestLabels) => embedded!("mnist", "t10k-labels-idx1-ubyte"),
        (DatasetName::FashionMnist, DataFile::TrainImages) => {
            embedded!("fashion-mnist", "train-images-idx3-ubyte")
        }
        (DatasetName::FashionMnist, DataFile::TrainLabels) => {
            embedded!("fashion-mnist", "train-labels-idx1-ubyte")
        }
        (DatasetName::FashionMnist, DataFile::TestImages) => {
            embedded!("fashion-mnist", "t10k-images-idx3-ubyte")
        }
        (DatasetName::FashionMnist, DataFile::TestLabels) => {
            embedded!("fashion-mnist", "t10k-labels-idx1-ubyte")
        }
    }
}
