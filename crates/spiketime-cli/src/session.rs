//! What every command starts from: experiments, data, plan, results folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use spiketime_data::source::embedded;
use spiketime_data::{Dataset, DatasetName, Sources};
use spiketime_experiment::condition::Condition;
use spiketime_experiment::plan::{self, Run};
use spiketime_experiment::spec::{Experiment, Reduction};
use spiketime_experiment::store::Store;
use spiketime_experiment::summary::Size;

use crate::say::log;

/// The data sets, by name.
pub type Data = BTreeMap<DatasetName, Dataset>;

/// Where things are, and how large they are meant.
#[derive(Args, Clone)]
pub struct Options {
    /// Folder of the results
    #[arg(long, value_name = "DIR", default_value = "results", env = "SPIKETIME_RESULTS_DIR")]
    pub results: PathBuf,
    /// Folder of the experiment files
    #[arg(long, value_name = "DIR", default_value = "experiments")]
    pub experiments: PathBuf,
    /// Seeds 1 to K instead of what the experiments say
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..=1000))]
    pub seeds: Option<u64>,
    /// 3 000 training and 1 000 test images, one seed: a first look, in results/quick
    #[arg(long)]
    pub quick: bool,
    /// The embedded sample instead of the full data sets, without network; in results/sample
    #[arg(long, conflicts_with = "quick")]
    pub sample: bool,
}

/// What was asked for cannot be done.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Misuse(pub String);

impl Options {
    /// The experiments of the given files, as large as they are meant.
    pub fn read(&self, files: &[PathBuf]) -> Result<Vec<Experiment>> {
        Ok(self.sized(read_files(files)?))
    }

    /// Every experiment of the folder.
    pub fn read_all(&self) -> Result<Vec<Experiment>> {
        Ok(self.sized(read_folder(&self.experiments)?))
    }

    /// The same experiments at the size that was asked for.
    pub fn sized(&self, experiments: Vec<Experiment>) -> Vec<Experiment> {
        let reduction = match self.size() {
            Size::Full => None,
            Size::Quick => Some(Reduction::QUICK),
            Size::Sample => Some(Reduction::SAMPLE),
        };
        let experiments = experiments.into_iter().map(|experiment| match &reduction {
            Some(reduction) => experiment.reduced(reduction),
            None => experiment,
        });
        experiments.map(|e| Experiment { seeds: self.seeds.unwrap_or(e.seeds), ..e }).collect()
    }

    /// Runs of the report's size judge its claims; others do not.
    pub fn size(&self) -> Size {
        match (self.sample, self.quick) {
            (true, _) => Size::Sample,
            (_, true) => Size::Quick,
            _ => Size::Full,
        }
    }

    /// The results folder of this size: smaller runs must not overwrite the verdicts of full ones.
    pub fn store(&self) -> Result<Store> {
        let folder = match self.size() {
            Size::Full => self.results.clone(),
            Size::Quick => self.results.join("quick"),
            Size::Sample => self.results.join("sample"),
        };
        Ok(Store::open(&folder)?)
    }

    /// The runs that the experiments need.
    pub fn plan(&self, experiments: &[Experiment]) -> Result<BTreeMap<String, Run>> {
        Ok(plan::runs(experiments, |_| self.sample)?)
    }
}

/// Every experiment of a folder, as it stands there.
pub fn read_folder(folder: &Path) -> Result<Vec<Experiment>> {
    read_files(&files_of(folder)?)
}

fn read_files(files: &[PathBuf]) -> Result<Vec<Experiment>> {
    Ok(files.iter().map(|file| Experiment::read(file)).collect::<Result<_, _>>()?)
}

/// The data sets that the experiments need.
pub fn load(experiments: &[Experiment], folder: Option<PathBuf>, sample: bool) -> Result<Data> {
    let conditions = experiments.iter().flat_map(|experiment| &experiment.conditions);
    let names: BTreeSet<DatasetName> = conditions.map(|condition| condition.dataset.name()).collect();
    let mut data = Data::new();
    for name in names {
        data.append(&mut load_set(name, folder.clone(), sample)?);
    }
    Ok(data)
}

/// One data set.
pub fn load_set(name: DatasetName, folder: Option<PathBuf>, sample: bool) -> Result<Data> {
    let set = match sample {
        true => embedded(name)?,
        false => Sources::usual(folder)?.load(name, &|line| log!("{line}"))?,
    };
    Ok(Data::from([(name, set)]))
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let missing = |error| {
        Misuse(format!(
            "{}: {error}; name the folder of the experiments with --experiments DIR",
            folder.display()
        ))
    };
    let entries = std::fs::read_dir(folder).map_err(missing)?;
    let mut files: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    if files.is_empty() {
        return Err(Misuse(format!("{}: no experiment files (*.toml) there", folder.display())).into());
    }
    Ok(files)
}

/// The condition of that name; the first one if none is given.
pub fn chosen<'a>(experiment: &'a Experiment, name: Option<&str>) -> Result<&'a Condition> {
    let mut conditions = experiment.conditions.iter();
    let found = match name {
        Some(name) => conditions.find(|condition| condition.name == name),
        None => conditions.next(),
    };
    found.ok_or_else(|| {
        let names: Vec<&str> = experiment.conditions.iter().map(|c| c.name.as_str()).collect();
        Misuse(format!("--condition: {} has {}", experiment.name, names.join(", "))).into()
    })
}
