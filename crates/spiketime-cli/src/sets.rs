//! The data that a command works on: what `--data` names, the sets of a study, and those that the program knows.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use spiketime_data::own::OwnError;
use spiketime_data::source::embedded;
use spiketime_data::{Dataset, DatasetName, Facts, Sources};
use spiketime_study::data_sets::{self, OwnSets};
use spiketime_study::spec::Experiment;
use spiketime_train::data_set::DataSet;

use crate::misuse::Misuse;
use crate::say::log;

/// The data sets, by name.
pub type Data = BTreeMap<String, Dataset>;

/// The sets that `--data FILE.toml` brings; a folder brings none.
pub fn given(data: Option<&Path>) -> Result<OwnSets> {
    Ok(data.filter(|path| is_toml(path)).map(data_sets::of_file).transpose()?.unwrap_or_default())
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "toml")
}

/// The data sets that the experiments need; `own` are those of their study.
pub fn load(experiments: &[Experiment], own: &OwnSets, data: Option<&Path>, sample: bool) -> Result<Data> {
    let mut loaded = Data::new();
    for condition in experiments.iter().flat_map(|experiment| &experiment.conditions) {
        let set = &condition.dataset;
        if !loaded.contains_key(set.name()) {
            loaded.insert(set.name().to_owned(), load_one(set, own, data, sample)?);
        }
    }
    Ok(loaded)
}

/// One data set.
pub fn load_one(set: &DataSet, own: &OwnSets, data: Option<&Path>, sample: bool) -> Result<Dataset> {
    match set {
        DataSet::Known(name) => load_known(*name, data, sample),
        DataSet::Own(facts) => load_own(facts, own),
        DataSet::Named(name) => Err(Misuse(format!("there is no data set '{name}'")).into()),
    }
}

fn load_known(name: DatasetName, data: Option<&Path>, sample: bool) -> Result<Dataset> {
    let folder = data.filter(|path| !is_toml(path)).map(Path::to_owned);
    Ok(match sample {
        true => embedded(name)?,
        false => Sources::usual(folder)?.load(name, &|line| log!("{line}"))?,
    })
}

fn load_own(facts: &Facts, own: &OwnSets) -> Result<Dataset> {
    let name = &facts.name;
    let Some(set) = own.get(name) else {
        let told = format!(
            "the files of the data set '{name}' are not known; give --data FILE.toml with [data.{name}]"
        );
        return Err(Misuse(told).into());
    };
    if *set.facts != *facts {
        let told = format!(
            "the data set '{name}' is not the one that these runs are of: its content has SHA-256 {}, theirs {}",
            set.facts.sha256, facts.sha256
        );
        return Err(Misuse(told).into());
    }
    set.told.iter().for_each(|told| log!("{name}: {told}"));
    let no_files = || OwnError::NoFiles { name: name.clone() };
    set.dataset.clone().ok_or_else(no_files).with_context(|| format!("data set '{name}'"))
}
