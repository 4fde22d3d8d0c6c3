//! A trained network of a results folder: its record, its weights, and the numbers that it was given.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use spiketime_data::limited;
use spiketime_train::record::Record;
use spiketime_train::store::MAX_RECORD_BYTES;
use spiketime_train::weights::{self, Weights};

use crate::misuse::Misuse;

/// A network as a run left it.
pub struct Trained {
    /// Of the run.
    pub record: Record,
    /// At one of its points.
    pub weights: Weights,
    /// The file of the weights.
    pub path: PathBuf,
}

impl Trained {
    /// The thresholds that go with the weights, where training moved them.
    pub fn thresholds_mv(&self) -> &[f64] {
        let file = self.path.file_name().unwrap_or_default();
        let map = self.record.maps.iter().find(|map| *map.file == *file);
        map.map_or(&[], |map| &map.thresholds_mv)
    }

    /// By `runs/<id>.json`, with the last weights that were kept, or by a file of `weights` beside it.
    pub fn find(path: &Path) -> Result<Trained> {
        let is_result = path.extension().is_some_and(|ending| ending == "json");
        let results = path.parent().and_then(Path::parent).unwrap_or(Path::new(""));
        let results = if results.as_os_str().is_empty() { Path::new(".") } else { results };
        let (mut record, weights_path) = match is_result {
            true => {
                let record = read(path)?;
                let file = &record.maps.last().ok_or_else(|| no_weights(path))?.file;
                let weights = results.join("weights").join(file);
                (record, weights)
            }
            false => (read(&record_of(path, results)?)?, path.to_owned()),
        };
        record.condition.fetch_given(&results.join("experiment-files"))?;
        let weights = read_weights(&weights_path)?;
        let (found, wanted) = (
            [weights.neurons(), weights.inputs()],
            [record.condition.neurons, record.condition.dataset.inputs()],
        );
        match found == wanted {
            true => Ok(Trained { record, weights, path: weights_path }),
            false => {
                let told =
                    format!("{}: weights of {found:?}, but the run has {wanted:?}", weights_path.display());
                Err(Misuse(told).into())
            }
        }
    }
}

/// The weights of a `.npy` file.
pub fn read_weights(path: &Path) -> Result<Weights> {
    let told = || path.display().to_string();
    Weights::from_npy(&limited::bytes(path, weights::MAX_BYTES).with_context(told)?).with_context(told)
}

fn no_weights(path: &Path) -> Misuse {
    let told =
        "no weights were kept of this run; name images under `maps` in its experiment file and run it again";
    Misuse(format!("{}: {told}", path.display()))
}

/// The result of the run that a file `weights/<id>-<images>.npy` is of.
fn record_of(weights: &Path, results: &Path) -> Result<PathBuf> {
    let id = weights.file_stem().and_then(|stem| stem.to_str()?.split_once('-')).map(|(id, _)| id);
    let path = id.map(|id| results.join("runs").join(format!("{id}.json"))).filter(|path| path.is_file());
    path.ok_or_else(|| {
        let told = "of which run is it? Name a run as wta:1@60000, its results/runs/<id>.json, or a file of \
                    results/weights";
        Misuse(format!("{}: {told}", weights.display())).into()
    })
}

/// A result, `runs/<id>.json`.
pub fn read(path: &Path) -> Result<Record> {
    let json = limited::bytes(path, MAX_RECORD_BYTES).with_context(|| path.display().to_string())?;
    let damaged = |error| Misuse(format!("{}: no sound result of this version: {error}", path.display()));
    Ok(Record::read(&json).map_err(damaged)?)
}
