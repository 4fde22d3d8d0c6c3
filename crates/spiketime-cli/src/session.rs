//! What every command starts from: experiments, data, plan, results folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use spiketime_data::source::embedded;
use spiketime_data::{Dataset, DatasetName, Sources};
use spiketime_study::plan::{self};
use spiketime_study::spec::{Experiment, Reduction};
use spiketime_study::summary::Size;
use spiketime_train::condition::Condition;
use spiketime_train::run::Run;
use spiketime_train::store::Store;

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

/// Experiment files as they stand there: each experiment, and its text.
pub type Files = Vec<(Experiment, String)>;

impl Options {
    /// Every experiment of the folder, as large as it is meant.
    pub fn read_all(&self) -> Result<Vec<Experiment>> {
        Ok(self.sized(read_folder(&self.experiments)?))
    }

    /// The experiments that were run in a results folder, as large as they are meant; those of the folder of
    /// experiment files if it keeps none (it is from before copies were kept, or nothing was run there).
    pub fn kept(&self, store: &Store) -> Result<Vec<Experiment>> {
        match &store.kept_experiments()?[..] {
            [] => self.read_all(),
            kept => Ok(self.sized(experiments(read_files(kept)?))),
        }
    }

    /// What a results folder would show if these were run there too: the given experiments and the kept ones of
    /// other names, and the runs of all of them.
    pub fn united(
        &self,
        given: &[Experiment],
        store: &Store,
    ) -> Result<(Vec<Experiment>, BTreeMap<String, Run>)> {
        let is_given = |name: &str| given.iter().any(|experiment| experiment.name == name);
        let kept = experiments(read_files(&store.kept_experiments()?)?);
        let others = self.sized(kept.into_iter().filter(|kept| !is_given(&kept.name)).collect());
        let mut all = [given, &others].concat();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        let planned = self.plan(&all).with_context(|| {
            let (folder, path) = (store.experiment_files(), store.path(""));
            format!(
                "{} keeps what was run in {}; run that file again with this one, or choose another folder with \
                 --results DIR",
                folder.display(),
                path.display()
            )
        })?;
        Ok((all, planned))
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

    /// The results folder of this size, made if need be.
    pub fn store(&self) -> Result<Store> {
        Ok(Store::open(&self.folder())?)
    }

    /// The same to read: it must be there.
    pub fn existing_store(&self) -> Result<Store> {
        Ok(Store::existing(&self.folder())?)
    }

    /// Smaller runs must not overwrite the verdicts of full ones.
    fn folder(&self) -> PathBuf {
        match self.size() {
            Size::Full => self.results.clone(),
            Size::Quick => self.results.join("quick"),
            Size::Sample => self.results.join("sample"),
        }
    }

    /// The runs that the experiments need.
    pub fn plan(&self, experiments: &[Experiment]) -> Result<BTreeMap<String, Run>> {
        Ok(plan::runs(experiments, |_| self.sample)?)
    }
}

/// Every experiment of a folder, as it stands there.
pub fn read_folder(folder: &Path) -> Result<Vec<Experiment>> {
    Ok(experiments(read_files(&files_of(folder)?)?))
}

/// The experiments without their texts.
pub fn experiments(files: Files) -> Vec<Experiment> {
    files.into_iter().map(|(experiment, _)| experiment).collect()
}

/// The experiments of the given files, each file once: tables tell experiments apart by their names.
pub fn read_files(files: &[PathBuf]) -> Result<Files> {
    let mut read: Vec<(PathBuf, (Experiment, String))> = Vec::new();
    for file in files {
        let path = std::fs::canonicalize(file).unwrap_or_else(|_| file.clone());
        if read.iter().any(|(known, _)| *known == path) {
            continue;
        }
        let (experiment, text) = Experiment::read_with_text(file)?;
        if read.iter().any(|(_, (known, _))| known.name == experiment.name) {
            let message = format!(
                "{}: another file is named {}.toml as well; rename one of them",
                file.display(),
                experiment.name
            );
            return Err(Misuse(message).into());
        }
        read.push((path, (experiment, text)));
    }
    Ok(read.into_iter().map(|(_, file)| file).collect())
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

/// The experiment files of a folder, by name.
pub fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
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
