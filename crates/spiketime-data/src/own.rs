//! Data sets of one's own: images or events from files that a study names, with the facts that results depend on.
//!
//! | question | file |
//! |---|---|
//! | which files, and what do their numbers mean? | [`Source`] |
//! | how do arrays become grey values? | `images` |
//! | how do labels become classes? | `labels` |
//! | how are events read? | `events`, and N-MNIST's in `nmnist` |
//! | which bytes are hashed? | `digest`; as a file: [`packed`] |

mod digest;
mod error;
mod events;
mod images;
mod labels;
mod nmnist;
pub mod packed;

pub use error::OwnError;
pub use events::{EventsError, recordings};
pub use images::{ImagesError, grey};

use std::fs;
use std::path::{Path, PathBuf};

use rand::seq::index::sample;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::array::Array;
use crate::dataset::{Content, Dataset};
use crate::facts::{Facts, HeldOut, MAX_INPUTS, Presented};
use crate::random::{Purpose, stream};
use crate::{limited, memory};

use self::digest::Classified;
use self::labels::Labels;

/// The largest file that is read, packed or not \[bytes\].
const MAX_BYTES: u64 = 1 << 34;
/// The share of the training set that is held out where there is no test set.
const TEST_SHARE: f64 = 0.2;

/// Where the data of a set lie, and what their numbers mean.
///
/// Paths are relative to the file that names them. An array in an `.npz` is `FILE.npz:NAME`; without a name it is the
/// only one, or the one that is called like the key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Source {
    /// Images that train: `.npy` or `.npz` of images × rows × columns or images × inputs, or IDX, raw or gzip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train_images: Option<String>,
    /// Their labels: `.npy`, `.npz` or IDX; whole numbers or texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train_labels: Option<String>,
    /// Images that score; without them a share of the training images is held out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_images: Option<String>,
    /// Their labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_labels: Option<String>,
    /// Instead of images: recordings that train, an `.npz` of `times`, `inputs`, `offsets` and `labels`, or a folder with
    /// N-MNIST's `.bin` files, one folder a class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train_events: Option<String>,
    /// Recordings that score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_events: Option<String>,
    /// Which share of the training set is held out where there is no test set; 0.2 if it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub test_share: Option<f64>,
    /// Root of the random stream that draws that share; 1 if it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_seed: Option<u64>,
    /// Of floats, and of whole numbers above 255: the value that is white. They are rounded to 0 to 255 of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_scale: Option<f64>,
    /// Of events: how long one unit of `times` is \[ms\]; 1 if it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_unit_ms: Option<f64>,
    /// Rows and columns in which inputs are drawn; events need it, and images × inputs are drawn in one row without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<[usize; 2]>,
    /// Names of the classes, in the order of their labels; the labels themselves if they are not given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// What people call the set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who made it, and where that is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation: Option<String>,
    /// Under which licence it may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// What it was when it was run; results folders keep this instead of paths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<Facts>,
}

impl Source {
    /// The same without paths: what a results folder keeps of it.
    #[must_use]
    pub fn kept_as(&self, facts: Facts) -> Source {
        let Source { title, citation, licence, .. } = self.clone();
        Source { title, citation, licence, kept: Some(facts), ..Source::default() }
    }
}

/// A data set that was read.
#[derive(Clone, Debug)]
pub struct Own {
    /// What results depend on.
    pub facts: Facts,
    /// The data.
    pub dataset: Dataset,
    /// What was done to the numbers, in words.
    pub told: Vec<String>,
}

/// What a file shows to a network of this set: images of its shape, or recordings, whose labels nobody looks at; and what
/// was done to the numbers, in words. Paths are as in a [`Source`].
///
/// # Errors
/// When the file is missing, damaged or of another kind, or shows something of another size.
pub fn shown(
    at: &str,
    presented: Presented,
    shape: [usize; 2],
    full_scale: Option<f64>,
) -> Result<(Content, Option<String>), OwnError> {
    let source = Source { shape: Some(shape), full_scale, ..Source::default() };
    let reading = Reading { source: &source, folder: Path::new("") };
    let (content, told) = match presented {
        Presented::Images => reading.grey("images", at).map(|(content, _, told)| (content, told))?,
        Presented::Events => (reading.events(at)?.content, None),
    };
    if content.count() == 0 { Err(OwnError::Empty { part: "images" }) } else { Ok((content, told)) }
}

/// One part of a set as its files have it.
struct Part {
    content: Content,
    labels: Labels,
    shape: [usize; 2],
    told: Option<String>,
}

/// Reads a set; paths are relative to `folder`.
///
/// # Errors
/// When a file is missing, damaged or of another kind, and when parts do not fit each other.
pub fn load(name: &str, source: &Source, folder: &Path) -> Result<Own, OwnError> {
    let reading = Reading { source, folder };
    let train = reading.part(Half::Train)?.ok_or_else(|| match source.kept {
        Some(_) => OwnError::NoFiles { name: name.to_owned() },
        None => OwnError::NoSource { name: name.to_owned() },
    })?;
    let (train, test, held_out) = match reading.part(Half::Test)? {
        Some(test) => (train, test, None),
        None => reading.held_out(train)?,
    };
    if train.shape != test.shape {
        return Err(OwnError::Shapes { train: train.shape, test: test.shape });
    }
    let known = labels::known(&train.labels, &source.classes)?;
    let (train_classes, test_classes) = (known.classes(&train.labels)?, known.classes(&test.labels)?);
    let told = [&train, &test].into_iter().filter_map(|part| part.told.clone()).collect();
    let [train, test] = [(train, train_classes), (test, test_classes)]
        .map(|(part, classes)| (part.shape, (part.content, classes)));
    Ok(finished(name, &known.names, train, test.1, held_out, told))
}

fn finished(
    name: &str,
    classes: &[String],
    (shape, train): ([usize; 2], Classified),
    test: Classified,
    held_out: Option<HeldOut>,
    mut told: Vec<String>,
) -> Own {
    told.dedup();
    let longest_ms = [&train.0, &test.0].into_iter().filter_map(events::longest_ms).reduce(f64::max);
    let facts = Facts {
        name: name.to_owned(),
        presented: if longest_ms.is_some() { Presented::Events } else { Presented::Images },
        shape,
        classes: classes.to_vec(),
        train_images: train.1.len() as u64,
        test_images: test.1.len() as u64,
        held_out,
        longest_ms,
        sha256: digest::of(shape, &[&train, &test]),
    };
    let dataset = Dataset::new((name, facts.inputs(), classes.len()), false, train, test);
    Own { facts, dataset, told }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Train,
    Test,
}

/// A source and where its paths begin.
struct Reading<'a> {
    source: &'a Source,
    folder: &'a Path,
}

impl Reading<'_> {
    /// One half, if files are named for it.
    fn part(&self, half: Half) -> Result<Option<Part>, OwnError> {
        let source = self.source;
        let (images, labels, events) = match half {
            Half::Train => (
                ("train_images", &source.train_images),
                ("train_labels", &source.train_labels),
                &source.train_events,
            ),
            Half::Test => (
                ("test_images", &source.test_images),
                ("test_labels", &source.test_labels),
                &source.test_events,
            ),
        };
        let part = match (images.1, labels.1, events) {
            (None, None, None) => return Ok(None),
            (Some(at), Some(labels_at), None) => self.images((images.0, at), (labels.0, labels_at))?,
            (None, None, Some(at)) => self.events(at)?,
            (Some(_), None, _) => return Err(OwnError::Half { given: images.0, missing: labels.0 }),
            (None, Some(_), _) => return Err(OwnError::Half { given: labels.0, missing: images.0 }),
            (Some(_), Some(_), Some(_)) => return Err(OwnError::Both),
        };
        let (count, labelled) = (part.content.count(), part.labels.len());
        if count != labelled {
            return Err(OwnError::Counts { part: images.0, images: count, labels: labelled });
        }
        if count == 0 { Err(OwnError::Empty { part: images.0 }) } else { Ok(Some(part)) }
    }

    fn images(
        &self,
        (key, at): (&str, &str),
        (labels_key, labels_at): (&str, &str),
    ) -> Result<Part, OwnError> {
        let (content, shape, told) = self.grey(key, at)?;
        let labels = self.array(labels_key, labels_at)?;
        let labels =
            Labels::of(labels).map_err(|reason| OwnError::Labels { place: self.place(labels_at), reason })?;
        Ok(Part { content, labels, shape, told })
    }

    /// Images, their rows and columns, and what was done to their numbers.
    fn grey(&self, key: &str, at: &str) -> Result<(Content, [usize; 2], Option<String>), OwnError> {
        let place = self.place(at);
        let array = self.array(key, at)?;
        let wrong = |reason| OwnError::Images { place: place.clone(), reason };
        let (grey, told) = images::grey(array.values, self.source.full_scale).map_err(wrong)?;
        let (count, shape) = images::shape(&array.shape, self.source.shape).map_err(wrong)?;
        check_inputs(shape)?;
        let told = told.map(|told| format!("{place}: {told}"));
        let content = Content::Images { pixels: grey, inputs: shape[0] * shape[1] };
        debug_assert_eq!(content.count(), count);
        Ok((content, shape, told))
    }

    fn events(&self, at: &str) -> Result<Part, OwnError> {
        let shape = self.source.shape.ok_or(OwnError::NoShape)?;
        let (inputs, place) = (check_inputs(shape)?, self.place(at));
        let path = self.folder.join(at);
        let (content, labels) = match path.is_dir() {
            true => nmnist::read(&path, shape)?,
            false => {
                let bytes = read(&path)?;
                events::read(&bytes, inputs, self.source.time_unit_ms.unwrap_or(1.0), MAX_BYTES)
                    .map_err(|reason| OwnError::Events { place, reason })?
            }
        };
        Ok(Part { content, labels, shape, told: None })
    }

    /// Training without a share that is drawn, and that share, both in the order of the files.
    fn held_out(&self, all: Part) -> Result<(Part, Part, Option<HeldOut>), OwnError> {
        let held = HeldOut {
            share: self.source.test_share.unwrap_or(TEST_SHARE),
            seed: self.source.test_seed.unwrap_or(1),
        };
        let count = all.labels.len();
        let tests = (held.share * count as f64).round();
        if !(held.share > 0.0 && held.share < 1.0 && tests >= 1.0 && tests < count as f64) {
            return Err(OwnError::Share { share: held.share, count });
        }
        let mut is_test = vec![false; count];
        let mut rng = stream(held.seed, Purpose::HeldOut, 0);
        sample(&mut rng, count, tests as usize).iter().for_each(|place| is_test[place] = true);
        let part = |wanted: bool| {
            let places: Vec<usize> = (0..count).filter(|&place| is_test[place] == wanted).collect();
            let (content, labels) = (all.content.chosen(&places), all.labels.chosen(&places));
            Part { content, labels, shape: all.shape, told: all.told.clone() }
        };
        Ok((part(false), part(true), Some(held)))
    }

    /// An array, whatever file it lies in; IDX is told by its first bytes.
    fn array(&self, key: &str, at: &str) -> Result<Array, OwnError> {
        let (file, name) = split(at);
        let bytes = read(&self.folder.join(file))?;
        let place = self.place(at);
        if bytes.starts_with(b"PK") {
            return Array::from_npz(&bytes, name.unwrap_or(key), MAX_BYTES)
                .map_err(|reason| OwnError::Array { place, reason });
        }
        if bytes.starts_with(b"\x93NUMPY") {
            return Array::from_npy(&bytes).map_err(|reason| OwnError::Array { place, reason });
        }
        images::idx(bytes, key.ends_with("images"), MAX_BYTES as usize)
            .map_err(|reason| OwnError::Idx { place, reason })
    }

    /// What messages call a file.
    fn place(&self, at: &str) -> String {
        self.folder.join(at).display().to_string()
    }
}

/// The file and, behind a colon, the array in it.
fn split(at: &str) -> (&str, Option<&str>) {
    match at.rsplit_once(':') {
        Some((file, name)) if file.ends_with(".npz") => (file, Some(name)),
        _ => (at, None),
    }
}

fn check_inputs(shape: [usize; 2]) -> Result<usize, OwnError> {
    match shape[0].checked_mul(shape[1]) {
        Some(inputs) if (1..=MAX_INPUTS).contains(&inputs) => Ok(inputs),
        _ => Err(OwnError::Inputs { shape }),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, OwnError> {
    let io = |reason| OwnError::Io { path: path.to_owned(), reason };
    let metadata = fs::metadata(path).map_err(io)?;
    if !metadata.is_file() {
        return Err(OwnError::NoFile { path: PathBuf::from(path) });
    }
    // The file and what it becomes.
    memory::ask(2 * metadata.len())?;
    limited::bytes(path, MAX_BYTES).map_err(io)
}

#[cfg(test)]
mod tests;
