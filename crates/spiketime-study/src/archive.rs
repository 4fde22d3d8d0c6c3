//! A record: the results of a whole replication in one small folder that is kept with the code.
//!
//! ```text
//! records/<date>/runs.jsonl       every run, one document a line (the same as results/runs/<id>.json)
//! records/<date>/sha256           of all that is compared of the runs (see [`spiketime_train::record::digest`])
//! records/<date>/records.jsonl    the tidy table
//! records/<date>/verdicts.json    the verdicts, and verdicts.md as a table
//! records/<date>/study/           the files of the study, for those who judge it again
//! records/<date>/machine.json     where it ran
//! records/<date>/maps/<condition>-<images>.png   weights of seed 1, 8 bits (see [`spiketime_train::weights`])
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use spiketime_data::limited;
use spiketime_data::toml_file::TomlError;
use spiketime_train::given::kept_at;
use spiketime_train::record::{self, Record, WeightMap};
use spiketime_train::run;
use spiketime_train::store::{Store, StoreError};
use spiketime_train::weights::{Weights, WeightsError};
use time::format_description::well_known::Rfc3339;

use crate::evidence::Evidence;
use crate::grid::Crossed;
use crate::spec::Experiment;
use crate::study::{Extent, STUDY_FILE, Study};
use crate::summary::{self, Size};

/// Whose maps are kept.
const SEED: u64 = 1;
/// The folder with the files of its study.
const STUDY: &str = "study";
/// The file with the digest of all runs.
const DIGEST: &str = "sha256";
/// No record is larger; a file beyond is not read.
const MAX_BYTES: u64 = 64 << 20;

/// What is wrong with a record.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum ArchiveError {
    #[error(
        "{path}: {reason}; a record is a folder like records/<date>, and `spiketime record FOLDER` makes one"
    )]
    Io { path: PathBuf, reason: io::Error },
    #[error(
        "{path}, line {line}: no run of this version: {message}; `spiketime record FOLDER` makes one anew"
    )]
    Run { path: PathBuf, line: usize, message: String },
    #[error("{path}: {reason}; `spiketime record FOLDER` makes the record anew")]
    Map { path: PathBuf, reason: WeightsError },
    #[error("{path}: run {id} is damaged: its id is not that of its condition and seed")]
    Id { path: PathBuf, id: String },
    #[error("{path} says otherwise: the runs beside it have {digest}; one of both was changed")]
    Digest { path: PathBuf, digest: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where a replication ran.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Model of the processor, as the operating system calls it.
    pub processor: String,
    /// Hardware threads.
    pub threads: usize,
    /// Operating system and architecture.
    pub host: String,
    /// Of Spiketime.
    pub version: String,
    /// When it was written down, in UTC; records of old do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    /// Seconds of all runs together, on one thread each.
    pub thread_seconds: f64,
}

/// A record that was read.
#[derive(Clone, Debug)]
pub struct Archive {
    /// Every run, by id.
    pub runs: BTreeMap<String, Record>,
    /// The kept weights, by condition and images seen.
    pub maps: BTreeMap<(String, u64), Weights>,
}

/// Writes the finished runs of a results folder as a record.
///
/// # Errors
/// When weights cannot be read or the folder cannot be written.
pub fn write(
    study: &Study,
    evidence: &Evidence,
    size: Size,
    from: &Store,
    to: &Path,
) -> Result<(), ArchiveError> {
    let folder = Store::at(to, &["maps", STUDY])?;
    for file in &study.files {
        folder.write(&format!("{STUDY}/{}.toml", file.experiment.name), file.kept_text().as_bytes())?;
        for content in file.experiment.contents.values() {
            let name = kept_at(Path::new(STUDY), &content.sha256);
            folder.write(&name.to_string_lossy(), &content.to_npy())?;
        }
    }
    folder.write(&format!("{STUDY}/{STUDY_FILE}"), study.about_text().as_bytes())?;
    let mut runs: Vec<&Record> = evidence.finished.values().collect();
    runs.sort_by_key(|run| (&run.condition.name, run.seed));
    folder.write("runs.jsonl", runs.iter().map(|run| run.to_json()).collect::<String>().as_bytes())?;
    folder.write(DIGEST, format!("{}\n", record::digest(evidence.finished.values())).as_bytes())?;
    summary::write(evidence, &summary::judged(evidence, size), &folder)?;
    let machine = format!("{:#}\n", serde_json::json!(machine(&runs)));
    folder.write("machine.json", machine.as_bytes())?;
    for run in runs.iter().filter(|run| run.seed == SEED) {
        for map in &run.maps {
            let path = from.path("weights").join(&map.file);
            let weights = Weights::from_npy(&read_file(&path)?);
            let weights = weights.map_err(|reason| ArchiveError::Map { path, reason })?;
            folder.write(
                &format!("maps/{}", map_name(run, map)),
                &weights.to_png(run.condition.dataset.shape()),
            )?;
        }
    }
    Ok(())
}

/// The runs of a record, by id.
///
/// # Errors
/// When their file is missing, too large or damaged.
pub fn runs(folder: &Path) -> Result<BTreeMap<String, Record>, ArchiveError> {
    let path = folder.join("runs.jsonl");
    let text = read_file(&path)?;
    let mut runs = BTreeMap::new();
    for (line, json) in text.split(|&byte| byte == b'\n').filter(|json| !json.is_empty()).enumerate() {
        let run = Record::read(json).map_err(|message| ArchiveError::Run {
            path: path.clone(),
            line: line + 1,
            message,
        })?;
        runs.insert(run.id.clone(), run);
    }
    Ok(runs)
}

/// Reads a record: its runs and maps. The rest follows from them.
///
/// # Errors
/// When a file is missing, too large or damaged.
pub fn read(folder: &Path) -> Result<Archive, ArchiveError> {
    let (runs, mut maps) = (runs(folder)?, BTreeMap::new());
    for run in runs.values().filter(|run| run.seed == SEED) {
        for map in &run.maps {
            let path = folder.join("maps").join(map_name(run, map));
            let (neurons, shape) = (run.condition.neurons, run.condition.dataset.shape());
            let weights = Weights::from_png(&read_file(&path)?, neurons, shape);
            let weights = weights.map_err(|reason| ArchiveError::Map { path, reason })?;
            maps.insert((run.condition.name.clone(), map.images_seen), weights);
        }
    }
    Ok(Archive { runs, maps })
}

/// The study that a record was made from; records of old keep none.
///
/// # Errors
/// When a file of it is damaged.
pub fn study(folder: &Path) -> Result<Option<Study>, TomlError> {
    let path = folder.join(STUDY);
    path.is_dir().then(|| Study::read(&path, Extent::Part)).transpose()
}

/// The experiments as this record's table tells them: one that keeps no study was made before grids had columns, and
/// its table stays as it is.
#[must_use]
pub fn as_recorded(folder: &Path, experiments: Vec<Experiment>) -> Vec<Experiment> {
    if folder.join(STUDY).is_dir() {
        return experiments;
    }
    let without_columns = |experiment: Experiment| {
        let crossed = Crossed { columns: Vec::new(), ..experiment.crossed };
        Experiment { crossed, ..experiment }
    };
    experiments.into_iter().map(without_columns).collect()
}

/// Checks the runs of a record against its digest, and each against its own id and digest; tells the digest.
///
/// # Errors
/// When a file cannot be read, or something does not fit.
pub fn verify(folder: &Path) -> Result<(usize, String), ArchiveError> {
    let runs = read(folder)?.runs;
    let id = |run: &Record| run::id(&run.condition, run.seed, run.is_sample, run.branched_from.as_ref());
    if let Some(run) = runs.values().find(|run| id(run) != run.id) {
        return Err(ArchiveError::Id { path: folder.join("runs.jsonl"), id: run.id.clone() });
    }
    let (digest, path) = (record::digest(runs.values()), folder.join(DIGEST));
    let expected = read_file(&path)?;
    if expected.trim_ascii() != digest.as_bytes() {
        return Err(ArchiveError::Digest { path, digest });
    }
    Ok((runs.len(), digest))
}

/// A condition's name may hold anything: only letters, digits, `-`, `_` and `.` go into a file's name.
fn map_name(run: &Record, map: &WeightMap) -> String {
    let safe = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let name: String = run.condition.name.chars().map(safe).collect();
    format!("{name}-{}.png", map.images_seen)
}

fn read_file(path: &Path) -> Result<Vec<u8>, ArchiveError> {
    limited::bytes(path, MAX_BYTES).map_err(|reason| ArchiveError::Io { path: path.to_owned(), reason })
}

/// This machine, which made the runs.
#[must_use]
pub fn machine(runs: &[&Record]) -> Machine {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    Machine {
        processor: model.map_or_else(|| "unknown".to_owned(), |(_, model)| model.to_owned()),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        host: format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made: time::OffsetDateTime::now_utc()
            .format(&Rfc3339)
            .ok()
            .map(|at| at[..16].replace('T', " ") + " UTC"),
        thread_seconds: runs.iter().map(|run| run.provenance.seconds).sum(),
    }
}
