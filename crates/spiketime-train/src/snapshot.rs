//! A run cut at an image: all that decides what comes after, in one file.
//!
//! ```text
//! "spiketime snapshot\n"  length of the head, u64   head, JSON   arrays   SHA-256 of all before it
//! arrays: weights, thresholds, potentials, their times, adaptations, their times, times of last inputs,
//!         and what other laws remember, in f64 (see [`Network::extra_state`])
//! ```
//!
//! Everything is little-endian; weights and state in the condition's precision, times in f64, −∞ for an
//! input that has not spiked. Nothing is allocated on the word of a file: lengths follow from its size.

use std::collections::BTreeSet;
use std::ops::Bound;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use spiketime_data::random;
use spiketime_data::source::hex;
use spiketime_sim::{Network, Real, Time};

use crate::condition::{Condition, Precision};
use crate::present::{Test, Totals};
use crate::record::{self, Checkpoint, Origin, WeightMap};
use crate::run::{self, Run};
use crate::schedule::Schedule;
use crate::score::Labels;

const MAGIC: &[u8] = b"spiketime snapshot\n";
const DIGEST_BYTES: usize = 32;
/// Version of this layout; of the head's content, [`record::SCHEMA_VERSION`] is the other half.
const VERSION: u32 = 1;
/// The largest file that is read: a layer of 10 000 neurons in f64 takes 63 MB.
pub const MAX_BYTES: u64 = 1 << 30;

/// What is wrong with a snapshot.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum SnapshotError {
    #[error("is no snapshot of a run")]
    Magic,
    #[error("is damaged: its SHA-256 is not the one it ends with")]
    Digest,
    #[error("is damaged: {0}")]
    Head(String),
    #[error("was written by another version ({0}); it cannot be gone on with")]
    Version(String),
    #[error("is damaged: {0} is impossible")]
    Impossible(&'static str),
}

/// A score point with what is needed to score it by later labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// What the record will say.
    pub checkpoint: Checkpoint,
    /// Of the network at this point.
    pub labels: Labels,
    /// What each test image elicited.
    pub test: Test,
}

/// Everything of a cut run but its network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    version: u32,
    schema_version: u32,
    streams: String,
    /// Of the run.
    pub id: String,
    /// Of the run.
    pub condition: Condition,
    /// Of the run.
    pub seed: u64,
    /// Was the data set the embedded sample?
    pub is_sample: bool,
    /// Of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branched_from: Option<Origin>,
    /// What went through so far.
    pub totals: Totals,
    /// Score points so far.
    pub points: Vec<Point>,
    /// What the neurons of a layer in one's own hands stand for; a run has its labels at its score points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Labels>,
    /// Weights kept so far.
    pub maps: Vec<WeightMap>,
    /// Seconds of training so far.
    pub training_seconds: f64,
    /// Seconds so far.
    pub seconds: f64,
}

/// A cut run.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot<R> {
    /// Everything but the network.
    pub head: Head,
    /// The network between two images.
    pub network: Network<R>,
}

impl Head {
    /// The head of a snapshot of now: this program's versions, nothing seen yet.
    #[must_use]
    pub fn new(run: &Run) -> Head {
        Head {
            version: VERSION,
            schema_version: record::SCHEMA_VERSION,
            streams: random::STREAMS_VERSION.to_owned(),
            id: run.id.clone(),
            condition: run.condition.clone(),
            seed: run.seed,
            is_sample: run.is_sample,
            branched_from: run.branched_from.clone(),
            totals: Totals::default(),
            points: Vec::new(),
            labels: None,
            maps: Vec::new(),
            training_seconds: 0.0,
            seconds: 0.0,
        }
    }

    /// Is it a cut through this run?
    #[must_use]
    pub fn is_of(&self, run: &Run) -> bool {
        self.id == run.id && self.has_its_id()
    }

    fn has_its_id(&self) -> bool {
        run::id(&self.condition, self.seed, self.is_sample, self.branched_from.as_ref()) == self.id
    }

    /// Was the network looked at just where, and as, a run of this schedule would have looked so far?
    #[must_use]
    pub fn has_looked_as(&self, schedule: &Schedule) -> bool {
        let last = self.last_look();
        let until = |wanted: &BTreeSet<u64>| wanted.range(..=last).copied().collect::<Vec<u64>>();
        let looked = self.points.iter().map(|point| &point.checkpoint);
        let rested = looked.clone().filter(|checkpoint| checkpoint.accuracy_with_rest.is_some());
        looked.clone().map(|checkpoint| checkpoint.images_seen).eq(until(&schedule.checkpoints))
            && looked.flat_map(Checkpoint::readings).eq(schedule.readouts_until(last))
            && rested.map(|checkpoint| checkpoint.images_seen).eq(until(&schedule.with_rest))
            && self.maps.iter().map(|map| map.images_seen).eq(until(&schedule.maps))
            && self.next_look_lies_ahead(schedule)
    }

    /// No score point may lie between the last look and the cut.
    fn next_look_lies_ahead(&self, schedule: &Schedule) -> bool {
        let ahead = (Bound::Excluded(self.last_look()), Bound::Unbounded);
        let next = schedule.checkpoints.range(ahead).next();
        next.is_none_or(|&next| next >= self.totals.images)
    }

    /// Reads the head alone, after checking the whole file by its digest.
    ///
    /// # Errors
    /// When the bytes are no snapshot, damaged, or of another version.
    pub fn read(bytes: &[u8]) -> Result<Head, SnapshotError> {
        split(bytes).and_then(|(head, _)| head.checked())
    }

    fn checked(self) -> Result<Head, SnapshotError> {
        let versions = (self.version, self.schema_version, self.streams.as_str());
        if versions != (VERSION, record::SCHEMA_VERSION, random::STREAMS_VERSION) {
            return Err(SnapshotError::Version(format!("{versions:?}")));
        }
        if self.condition.broken_rule().is_some() {
            return Err(SnapshotError::Impossible("its condition"));
        }
        if !self.looks_ascend_up_to_the_cut() {
            return Err(SnapshotError::Impossible("the order of its score points"));
        }
        if !self.points.iter().all(|point| point.fits(&self.condition)) {
            return Err(SnapshotError::Impossible("a score point"));
        }
        if !self.labels.as_ref().is_none_or(|labels| labels.fit(&self.condition)) {
            return Err(SnapshotError::Impossible("a label"));
        }
        Ok(self)
    }

    /// Images seen at the last score point; 0 before the first.
    #[must_use]
    pub fn last_look(&self) -> u64 {
        self.points.last().map_or(0, |point| point.checkpoint.images_seen)
    }

    /// The score point after so many images, if there is one.
    #[must_use]
    pub fn point(&self, images_seen: u64) -> Option<&Point> {
        self.points.iter().find(|point| point.checkpoint.images_seen == images_seen)
    }

    fn looks_ascend_up_to_the_cut(&self) -> bool {
        let images = self.points.iter().map(|point| point.checkpoint.images_seen);
        images.is_sorted_by(|earlier, later| earlier < later) && self.last_look() <= self.totals.images
    }
}

impl Point {
    fn fits(&self, condition: &Condition) -> bool {
        let (labels, classes) = (&self.labels, condition.dataset.classes());
        labels.fit(condition)
            && self.checkpoint.confusion.classes() == classes
            && self.checkpoint.label_histogram.len() == classes
            && self.test.fits(condition)
    }
}

/// The file of a run that is cut here.
#[must_use]
pub fn to_bytes<R: Real>(head: &Head, network: &Network<R>) -> Vec<u8> {
    let head = serde_json::to_vec(head).expect("a head has finite numbers only");
    let mut bytes = MAGIC.to_vec();
    bytes.extend((head.len() as u64).to_le_bytes());
    bytes.extend(head);
    put(&mut bytes, network.weights_mv.iter());
    put(&mut bytes, network.thresholds_mv.iter().copied());
    put(&mut bytes, network.potentials_mv.iter().copied());
    put_times(&mut bytes, &network.potentials_since);
    put(&mut bytes, network.adaptations_mv.iter().copied());
    put_times(&mut bytes, &network.adaptations_since);
    put_times(&mut bytes, &network.last_input);
    for (_, values) in network.extra_state() {
        bytes.extend(values.into_iter().flat_map(f64::to_le_bytes));
    }
    let digest = Sha256::digest(&bytes);
    bytes.extend(digest);
    bytes
}

impl<R: Real> Snapshot<R> {
    /// Reads what [`to_bytes`] wrote, and distrusts all of it.
    ///
    /// # Errors
    /// When the bytes are no snapshot, damaged, of another version or precision, or an impossible state.
    pub fn read(bytes: &[u8]) -> Result<Snapshot<R>, SnapshotError> {
        let (head, arrays) = split(bytes)?;
        let head = head.checked()?;
        let precise = match head.condition.precision {
            Precision::F32 => size_of::<R>() == 4,
            Precision::F64 => size_of::<R>() == 8,
        };
        if !precise {
            return Err(SnapshotError::Impossible("its precision"));
        }
        let network = network(&head.condition, head.seed, arrays)?;
        Ok(Snapshot { head, network })
    }
}

/// What a branch of this snapshot says that it began from: the state alone counts, not the looks or the clock.
///
/// # Errors
/// As [`Head::read`].
pub fn origin(bytes: &[u8]) -> Result<Origin, SnapshotError> {
    let (head, arrays) = split(bytes)?;
    let head = head.checked()?;
    if !head.has_its_id() {
        return Err(SnapshotError::Impossible("its id"));
    }
    let mut digest = Sha256::new();
    digest.update(format!("{} {:?}\n", head.id, head.totals));
    digest.update(arrays);
    Ok(Origin { run: head.id, images_seen: head.totals.images, sha256: hex(&digest.finalize()) })
}

/// Head and arrays, once the digest is right.
fn split(bytes: &[u8]) -> Result<(Head, &[u8]), SnapshotError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(SnapshotError::Magic)?;
    let body = bytes.len().checked_sub(DIGEST_BYTES).ok_or(SnapshotError::Digest)?;
    if Sha256::digest(&bytes[..body])[..] != bytes[body..] {
        return Err(SnapshotError::Digest);
    }
    let cut = || SnapshotError::Head("it is cut off".to_owned());
    let rest = rest.get(..body - MAGIC.len()).ok_or_else(cut)?;
    let (length, rest) = rest.split_first_chunk::<8>().ok_or_else(cut)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| cut())?;
    let (head, arrays) = rest.split_at_checked(length).ok_or_else(cut)?;
    let head = serde_json::from_slice(head).map_err(|error| SnapshotError::Head(error.to_string()))?;
    Ok((head, arrays))
}

fn network<R: Real>(condition: &Condition, seed: u64, arrays: &[u8]) -> Result<Network<R>, SnapshotError> {
    let (neurons, inputs) = (condition.neurons, condition.dataset.inputs());
    let values = inputs * neurons + 3 * neurons;
    let expected = values * size_of::<R>() + (2 * neurons + inputs) * size_of::<f64>();
    if arrays.len() < expected {
        return Err(SnapshotError::Impossible("the length of its arrays"));
    }
    let mut arrays = Arrays(arrays);
    let own = condition.own(seed);
    let weights: Vec<R> = arrays.values(inputs * neurons, "a weight", |weight| weight >= 0.0)?;
    if own.held(&weights, neurons, condition.jump_max_mv) != weights {
        return Err(SnapshotError::Impossible("a weight"));
    }
    let thresholds = arrays.values(neurons, "a threshold", |threshold| threshold >= 0.0)?;
    let mut network = Network::with_own(condition.layer(), weights, thresholds, own);
    network.potentials_mv = arrays.values(neurons, "a potential", f64::is_finite)?;
    network.potentials_since = arrays.times(neurons)?;
    network.adaptations_mv = arrays.values(neurons, "an adaptation", |adaptation| adaptation >= 0.0)?;
    network.adaptations_since = arrays.times(neurons)?;
    network.last_input = arrays.times(inputs)?;
    arrays.extra_state(&mut network)?;
    // A layer's potentials are all stored at the same instants: both engines count on it.
    match network.potentials_since.iter().all(|&since| since == network.potentials_since[0]) {
        true => Ok(network),
        false => Err(SnapshotError::Impossible("the time of a potential")),
    }
}

/// What is left of the arrays.
struct Arrays<'a>(&'a [u8]);

impl Arrays<'_> {
    fn values<R: Real>(
        &mut self,
        count: usize,
        what: &'static str,
        is_possible: impl Fn(f64) -> bool,
    ) -> Result<Vec<R>, SnapshotError> {
        let (bytes, rest) = self.0.split_at(count * size_of::<R>());
        self.0 = rest;
        let values: Vec<f64> = match size_of::<R>() {
            4 => bytes.as_chunks().0.iter().map(|&chunk| f64::from(f32::from_le_bytes(chunk))).collect(),
            _ => bytes.as_chunks().0.iter().map(|&chunk| f64::from_le_bytes(chunk)).collect(),
        };
        match values.iter().all(|&value| value.is_finite() && is_possible(value)) {
            true => Ok(values.into_iter().map(R::rounded).collect()),
            false => Err(SnapshotError::Impossible(what)),
        }
    }

    /// Whatever is left.
    fn extra_state<R: Real>(&mut self, network: &mut Network<R>) -> Result<(), SnapshotError> {
        let wanted: Vec<(&str, usize)> =
            network.extra_state().into_iter().map(|(name, values)| (name, values.len())).collect();
        let length: usize = wanted.iter().map(|(_, count)| count * size_of::<f64>()).sum();
        if self.0.len() != length {
            return Err(SnapshotError::Impossible("the length of its arrays"));
        }
        let mut stored = Vec::new();
        for (name, count) in wanted {
            let (bytes, rest) = self.0.split_at(count * size_of::<f64>());
            self.0 = rest;
            stored.push((name, bytes.as_chunks().0.iter().map(|&chunk| f64::from_le_bytes(chunk)).collect()));
        }
        network.set_extra_state(&stored).map_err(|_| SnapshotError::Impossible("what a law remembers"))
    }

    /// Times lie before the next onset, or are [`Time::NEVER`].
    fn times(&mut self, count: usize) -> Result<Vec<Time>, SnapshotError> {
        let (bytes, rest) = self.0.split_at(count * size_of::<f64>());
        self.0 = rest;
        let time = |&chunk: &[u8; 8]| match f64::from_le_bytes(chunk) {
            f64::NEG_INFINITY => Ok(Time::NEVER),
            ms if ms.is_finite() && ms <= 0.0 => Ok(Time::from_ms(ms)),
            _ => Err(SnapshotError::Impossible("a time")),
        };
        bytes.as_chunks().0.iter().map(time).collect()
    }
}

#[allow(clippy::cast_possible_truncation)] // An f32 comes back from f64 as it went.
fn put<R: Real>(bytes: &mut Vec<u8>, values: impl Iterator<Item = R>) {
    for value in values {
        match size_of::<R>() {
            4 => bytes.extend((value.to_f64() as f32).to_le_bytes()),
            _ => bytes.extend(value.to_f64().to_le_bytes()),
        }
    }
}

fn put_times(bytes: &mut Vec<u8>, times: &[Time]) {
    bytes.extend(times.iter().flat_map(|time| time.ms().to_le_bytes()));
}
