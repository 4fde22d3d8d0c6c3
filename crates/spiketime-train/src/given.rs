//! Numbers of one's own where a condition would draw them: a threshold a neuron, or a weight a synapse.
//!
//! In an experiment file they are the path of a `.npy` file, from the folder of that file on. In a record they are the
//! shape and the SHA-256 of what it held, and no path.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use spiketime_data::array::written::npy;
use spiketime_data::array::{Array, ArrayError, Values};
use spiketime_data::limited;
use spiketime_data::source::hex;

/// The largest file that is read: weights of 10 000 neurons from images of 28 x 28 in f64.
pub const MAX_BYTES: u64 = 512 << 20;

/// Where a copy of numbers lies beside the copies of experiment files: named by what it holds.
#[must_use]
pub fn kept_at(folder: &Path, sha256: &str) -> PathBuf {
    folder.join("given").join(format!("{sha256}.npy"))
}

/// What is wrong with a file of numbers.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum GivenError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Array(#[from] ArrayError),
    #[error("holds texts; thresholds and weights are numbers")]
    Texts,
    #[error("holds {0}, which is no number of 0 or more")]
    Number(f64),
    #[error("{path}: {reason}; running the experiment file again keeps it anew")]
    Kept { path: PathBuf, reason: Box<GivenError> },
    #[error("{path} is not what it was when it was kept; running the experiment file again keeps it anew")]
    Changed { path: PathBuf },
}

/// Numbers of one's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Given {
    /// The path of a `.npy` file, from the folder of the experiment file on.
    File(String),
    /// What such a file held.
    Content(Content),
}

/// What a file of numbers held.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// Of shape and numbers.
    pub sha256: String,
    /// Lengths of its axes, the slowest first.
    pub shape: Vec<usize>,
    /// The numbers, the last axis fastest; none where only the digest is known.
    #[serde(skip)]
    pub(crate) values: Arc<[f64]>,
}

/// The digest tells; whether the numbers are at hand makes no difference.
impl PartialEq for Content {
    fn eq(&self, other: &Content) -> bool {
        (&self.sha256, &self.shape) == (&other.sha256, &other.shape)
    }
}

impl Content {
    /// Of a `.npy` file.
    ///
    /// # Errors
    /// When it cannot be read, or as [`Content::from_npy`].
    pub fn read(path: &Path) -> Result<Content, GivenError> {
        Content::from_npy(&limited::bytes(path, MAX_BYTES)?)
    }

    /// Of the bytes of a `.npy` file of floats or whole numbers.
    ///
    /// # Errors
    /// When it is none, or holds what is no number of 0 or more.
    pub fn from_npy(bytes: &[u8]) -> Result<Content, GivenError> {
        let Array { shape, values } = Array::from_npy(bytes)?;
        let values: Arc<[f64]> = match values {
            Values::Bytes(bytes) => bytes.into_iter().map(f64::from).collect(),
            Values::Integers(integers) => integers.into_iter().map(|integer| integer as f64).collect(),
            Values::Floats(floats) => floats.into(),
            Values::Texts(_) => return Err(GivenError::Texts),
        };
        match values.iter().find(|&&value| !(value.is_finite() && value >= 0.0)) {
            Some(&value) => Err(GivenError::Number(value)),
            None => Ok(Content { sha256: digest(&shape, &values), shape, values }),
        }
    }

    /// As a `.npy` file of f64, which is read again as the same content.
    #[must_use]
    pub fn to_npy(&self) -> Vec<u8> {
        npy(&self.shape, &self.values)
    }

    /// Are the numbers here, and not their digest alone?
    #[must_use]
    pub fn is_at_hand(&self) -> bool {
        !self.values.is_empty()
    }
}

fn digest(shape: &[usize], values: &[f64]) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("{shape:?}\n"));
    values.iter().for_each(|value| digest.update(value.to_le_bytes()));
    hex(&digest.finalize())
}

impl Given {
    /// What the file held, once it is read.
    #[must_use]
    pub fn content(&self) -> Option<&Content> {
        match self {
            Given::File(_) => None,
            Given::Content(content) => Some(content),
        }
    }

    /// The numbers, the last axis fastest.
    ///
    /// # Panics
    /// When they are not at hand: whether a condition lacks any is asked before anything is computed.
    pub(crate) fn values(&self) -> &[f64] {
        let values = self.content().map_or(&[][..], |content| &content.values);
        assert!(!values.is_empty(), "the numbers of {self:?} are not at hand");
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_known_by_their_digest_and_read_again_as_they_were() {
        let content = Content::from_npy(&npy(&[2, 1], &[0.1, 0.25])).unwrap();
        // hashlib.sha256(b'[2, 1]\n' + struct.pack('<2d', 0.1, 0.25)).hexdigest()
        assert_eq!(content.sha256, "356619701351d3242ba7e20f6afae93ad8385949c4028d224a4b3b1c17f79ea8");
        let again = Content::from_npy(&content.to_npy()).unwrap();
        assert_eq!((&again, again.values.as_ref()), (&content, &[0.1, 0.25][..]));
        assert_ne!(content, Content::from_npy(&npy(&[1, 2], &[0.1, 0.25])).unwrap());
    }

    #[test]
    fn what_is_no_number_of_0_or_more_is_told() {
        let told = |values: &[f64]| Content::from_npy(&npy(&[1], values)).unwrap_err().to_string();
        assert_eq!(told(&[-1.0]), "holds -1, which is no number of 0 or more");
        assert_eq!(told(&[f64::NAN]), "holds NaN, which is no number of 0 or more");
    }
}
