//! The data sets of a study's own: the tables `[data.NAME]` of `study.toml`, read, and what each was when it was read.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;
use spiketime_data::own::{self, Own, Source};
use spiketime_data::toml_file::{self, Step, TomlError, did_you_mean};
use spiketime_data::{Dataset, DatasetName, Facts};
use spiketime_train::condition::Condition;
use spiketime_train::data_set::DataSet;

/// No text about data sets is longer.
const MAX_BYTES: u64 = 1 << 20;

/// A data set that a study brings along.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnSet {
    /// Where its files are.
    pub source: Source,
    /// What it was when it was read.
    pub facts: Arc<Facts>,
    /// Its data; none where only its facts are kept.
    pub dataset: Option<Dataset>,
    /// What was done to its numbers, in words.
    pub told: Vec<String>,
}

/// The sets of a study by name.
pub type OwnSets = BTreeMap<String, OwnSet>;

/// The tables of a file that holds nothing else, or of a `study.toml`, of which nothing else is asked here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    data: BTreeMap<String, Source>,
    #[serde(default, rename = "id")]
    _id: IgnoredAny,
    #[serde(default, rename = "title")]
    _title: IgnoredAny,
    #[serde(default, rename = "lead")]
    _lead: IgnoredAny,
    #[serde(default, rename = "source")]
    _source: IgnoredAny,
    #[serde(default, rename = "sections")]
    _sections: IgnoredAny,
    #[serde(default, rename = "picture")]
    _pictures: IgnoredAny,
}

/// The tables of a file, read.
///
/// # Errors
/// When the file or one of the sets is not sound: with the line of its table.
pub fn of_file(path: &Path) -> Result<OwnSets, TomlError> {
    let text = toml_file::text(path, MAX_BYTES)?;
    let tables: Tables = toml_file::parse(&text, path)?;
    read(&tables.data, path, &text)
}

/// The tables of a text that stands at `path`, read.
///
/// # Errors
/// As [`of_file`].
pub fn read(tables: &BTreeMap<String, Source>, path: &Path, text: &str) -> Result<OwnSets, TomlError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let one = |(name, source): (&String, &Source)| {
        let set = one(name, source, folder).map_err(|message| {
            TomlError::at(
                path,
                text,
                &[Step::Key("data"), Step::Key(name)],
                format!("data set '{name}': {message}"),
            )
        })?;
        Ok((name.clone(), set))
    };
    tables.iter().map(one).collect()
}

fn one(name: &str, source: &Source, folder: &Path) -> Result<OwnSet, String> {
    if DatasetName::ALL.iter().any(|known| known.as_str() == name) {
        return Err("the program knows a set of this name; choose another".into());
    }
    let (facts, dataset, told) = match &source.kept {
        Some(facts) => (kept(name, facts)?, None, Vec::new()),
        None => {
            let Own { facts, dataset, told } =
                own::load(name, source, folder).map_err(|error| error.to_string())?;
            (facts, Some(dataset), told)
        }
    };
    Ok(OwnSet { source: source.clone(), facts: Arc::new(facts), dataset, told })
}

/// What a results folder says of a set, if it is possible.
fn kept(name: &str, facts: &Facts) -> Result<Facts, String> {
    match facts.impossible() {
        Some(what) => Err(format!("kept: {what} is impossible")),
        None if facts.name != name => Err(format!("kept: it is called '{}' there", facts.name)),
        None => Ok(facts.clone()),
    }
}

/// A condition on the set that its name means. Where it says nothing of labelling and testing, it takes no more images
/// than there are.
///
/// # Errors
/// When there is no set of that name.
pub fn resolve(condition: &mut Condition, sets: &OwnSets) -> Result<(), String> {
    let DataSet::Named(name) = &condition.dataset else {
        return match &condition.dataset {
            DataSet::Own(_) => Err("dataset is a name: 'mnist', or that of a table [data.NAME]".into()),
            _ => Ok(()),
        };
    };
    let Some(set) = sets.get(name) else {
        let mut known: Vec<&str> = sets.keys().map(String::as_str).collect();
        known.extend(DatasetName::ALL.map(DatasetName::as_str));
        let nearest = did_you_mean(name, known.into_iter());
        return Err(format!(
            "there is no data set '{name}'{nearest}; one of your own is a table [data.{name}] in study.toml"
        ));
    };
    let usual = Condition::default();
    let at_most = |count: usize, usual: usize, there: u64| {
        if count == usual { count.min(there as usize) } else { count }
    };
    condition.label_images = at_most(condition.label_images, usual.label_images, set.facts.train_images);
    condition.test_images = at_most(condition.test_images, usual.test_images, set.facts.test_images);
    condition.dataset = DataSet::Own(set.facts.clone());
    Ok(())
}
