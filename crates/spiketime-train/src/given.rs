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

use crate::condition::Condition;
use crate::spread::Spread;

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
    values: Arc<[f64]>,
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
    /// When they are not at hand: [`Condition::lacks`] is asked before anything is computed.
    pub(crate) fn values(&self) -> &[f64] {
        let values = self.content().map_or(&[][..], |content| &content.values);
        assert!(!values.is_empty(), "the numbers of {self:?} are not at hand");
        values
    }
}

impl Condition {
    /// The keys that numbers of one's own stand under, and those.
    pub fn given(&mut self) -> impl Iterator<Item = (&'static str, &mut Given)> {
        let thresholds = self.threshold_file.as_mut().map(|given| ("threshold_file", given));
        let weights = self.initial_weight_file.as_mut().map(|given| ("initial_weight_file", given));
        thresholds.into_iter().chain(weights)
    }

    /// Numbers of which a record has the digest only, from the copies that lie in `folder` ([`kept_at`]).
    ///
    /// # Errors
    /// When a copy cannot be read or holds something else.
    pub fn fetch_given(&mut self, folder: &Path) -> Result<(), GivenError> {
        for (_, given) in self.given() {
            let Some(wanted) = given.content().filter(|content| !content.is_at_hand()) else { continue };
            let path = kept_at(folder, &wanted.sha256);
            let told = |error: GivenError| GivenError::Kept { path: path.clone(), reason: Box::new(error) };
            let found = Content::read(&path).map_err(told)?;
            if found != *wanted {
                return Err(GivenError::Changed { path });
            }
            *given = Given::Content(found);
        }
        Ok(())
    }

    /// The digest of numbers that a computation would need and that are not at hand.
    #[must_use]
    pub fn lacks(&self) -> Option<&str> {
        let given = [&self.threshold_file, &self.initial_weight_file].into_iter().flatten();
        let mut contents = given.filter_map(Given::content);
        contents.find(|content| !content.is_at_hand()).map(|content| content.sha256.as_str())
    }

    /// The first rule of numbers of one's own that is broken: (key, value, rule).
    pub(crate) fn broken_rule_of_given(&self) -> Option<(&'static str, String, &'static str)> {
        let size = |content: &Content| {
            let lengths: Vec<String> = content.shape.iter().map(usize::to_string).collect();
            format!("an array of {} numbers", lengths.join(" x "))
        };
        let thresholds = self.threshold_file.as_ref().map(|given| (given.content(), self.draws_thresholds()));
        let weights = self.initial_weight_file.as_ref().map(|given| (given.content(), self.draws_weights()));
        match (thresholds, weights) {
            (Some((_, true)), _) => Some(("threshold_file", "given".into(), TWO_SOURCES_OF_THRESHOLDS)),
            (_, Some((_, true))) => Some(("initial_weight_file", "given".into(), TWO_SOURCES_OF_WEIGHTS)),
            (Some((Some(content), _)), _) if content.shape != [self.neurons] => Some((
                "threshold_file",
                size(content),
                "it must be one threshold a neuron: `neurons` numbers [mV]",
            )),
            (Some((Some(content), _)), _) if content.values.iter().any(|&threshold| threshold > 1e9) => {
                Some(("threshold_file", size(content), "each threshold must be at most 1 000 000 000 mV"))
            }
            (_, Some((Some(content), _))) if content.shape != [self.neurons, self.dataset.inputs()] => {
                Some(("initial_weight_file", size(content), "it must be `neurons` x inputs of the data set"))
            }
            (_, Some((Some(content), _))) if content.values.iter().any(|&weight| weight > 1.0) => Some((
                "initial_weight_file",
                size(content),
                "each weight must be 0 to 1, a fraction of g_max",
            )),
            _ => None,
        }
    }

    /// Does it say how thresholds are drawn?
    fn draws_thresholds(&self) -> bool {
        let usual = Condition::default();
        self.threshold_law != Spread::Uniform
            || self.threshold_sd_mv != 0.0
            || [self.threshold_min_mv, self.threshold_max_mv]
                != [usual.threshold_min_mv, usual.threshold_max_mv]
    }

    /// Does it say how initial weights are drawn?
    fn draws_weights(&self) -> bool {
        self.initial_weight_law != Spread::Uniform
            || self.initial_weight_sd != 0.0
            || [self.initial_weight_min, self.initial_weight_max] != [0.0, 1.0]
    }
}

const TWO_SOURCES_OF_THRESHOLDS: &str = "it gives every threshold: leave threshold_law, threshold_min_mv, \
     threshold_max_mv and threshold_sd_mv out";
const TWO_SOURCES_OF_WEIGHTS: &str = "it gives every weight: leave initial_weight_law, initial_weight_min, \
     initial_weight_max and initial_weight_sd out";

#[cfg(test)]
mod tests {
    use super::*;

    /// A `.npy` file of f64 as numpy 2 writes it.
    fn npy(shape: &str, values: &[f64]) -> Vec<u8> {
        let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
        let header = format!("{header:<117}\n");
        let values = values.iter().flat_map(|value| value.to_le_bytes());
        let head =
            [b"\x93NUMPY\x01\x00", &(header.len() as u16).to_le_bytes()[..], header.as_bytes()].concat();
        head.into_iter().chain(values).collect()
    }

    fn given(shape: &str, values: &[f64]) -> Given {
        Given::Content(Content::from_npy(&npy(shape, values)).unwrap())
    }

    #[test]
    fn numbers_are_known_by_their_digest_and_read_again_as_they_were() {
        let content = Content::from_npy(&npy("(2, 1)", &[0.1, 0.25])).unwrap();
        // hashlib.sha256(b'[2, 1]\n' + struct.pack('<2d', 0.1, 0.25)).hexdigest()
        assert_eq!(content.sha256, "356619701351d3242ba7e20f6afae93ad8385949c4028d224a4b3b1c17f79ea8");
        let again = Content::from_npy(&content.to_npy()).unwrap();
        assert_eq!((&again, again.values.as_ref()), (&content, &[0.1, 0.25][..]));
        assert_ne!(content, Content::from_npy(&npy("(1, 2)", &[0.1, 0.25])).unwrap());
    }

    #[test]
    fn what_is_no_threshold_and_no_weight_is_told() {
        let told = |values: &[f64]| Content::from_npy(&npy("(1,)", values)).unwrap_err().to_string();
        assert_eq!(told(&[-1.0]), "holds -1, which is no number of 0 or more");
        assert_eq!(told(&[f64::NAN]), "holds NaN, which is no number of 0 or more");
        let condition = Condition { neurons: 2, ..Condition::default() };
        let broken = |condition: Condition| condition.broken_rule().map(|(key, value, _)| (key, value));
        let thresholds = |given| Condition { threshold_file: Some(given), ..condition.clone() };
        assert_eq!(broken(thresholds(given("(2,)", &[1.0, 2.0]))), None);
        assert_eq!(
            broken(thresholds(given("(3,)", &[1.0; 3]))),
            Some(("threshold_file", "an array of 3 numbers".to_owned()))
        );
        assert!(broken(thresholds(given("(2,)", &[1.0, 2e9]))).is_some());
        let weights = |given| Condition { initial_weight_file: Some(given), ..condition.clone() };
        assert_eq!(broken(weights(given("(2, 784)", &[0.5; 1568]))), None);
        assert_eq!(broken(weights(given("(2, 784)", &[1.5; 1568]))).unwrap().0, "initial_weight_file");
        assert_eq!(
            broken(weights(given("(784, 2)", &[0.5; 1568]))).unwrap().1,
            "an array of 784 x 2 numbers"
        );
        let two = Condition { threshold_max_mv: 60.0, ..thresholds(given("(2,)", &[1.0, 2.0])) };
        assert!(two.broken_rule().unwrap().2.contains("leave threshold_law, threshold_min_mv"));
        let two = Condition { initial_weight_max: 0.5, ..weights(given("(2, 784)", &[0.5; 1568])) };
        assert!(two.broken_rule().unwrap().2.contains("leave initial_weight_law"));
    }

    #[test]
    fn a_network_starts_from_the_numbers_that_are_given() {
        let weights: Vec<f64> = (0..1568).map(|at| f64::from(at) / 2048.0).collect();
        let condition = Condition {
            neurons: 2,
            jump_max_mv: 4.0,
            threshold_file: Some(given("(2,)", &[40.0, 60.5])),
            initial_weight_file: Some(given("(2, 784)", &weights)),
            ..Condition::default()
        };
        assert_eq!(condition.thresholds::<f64>(1), [40.0, 60.5]);
        let initial = condition.initial_weights::<f64>(1);
        // Input 1: of neuron 0 the second number, of neuron 1 the second after its 784.
        assert_eq!(initial[2..4], [4.0 * 1.0 / 2048.0, 4.0 * 785.0 / 2048.0]);
        assert_eq!(condition.lacks(), None);
        let kept: Condition = serde_json::from_str(&serde_json::to_string(&condition).unwrap()).unwrap();
        assert_eq!(kept, condition);
        assert_eq!(kept.lacks().map(str::len), Some(64));
    }
}
