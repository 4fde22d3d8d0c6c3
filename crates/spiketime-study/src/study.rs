//! A study: a folder with experiment files and, if one likes, a `study.toml` that says what they are together.
//!
//! Only the conditions of the experiments are mandatory. The report's study is carried inside the program.

mod check;
pub mod find;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiketime_data::own;
use spiketime_data::toml_file::{self, Step, TomlError};
use spiketime_train::data_set::DataSet;
use spiketime_train::given::Content;

use crate::data_sets::{self, OwnSet, OwnSets};
use crate::spec::Experiment;

/// The file that says what a study is.
pub const STUDY_FILE: &str = "study.toml";
/// No text about a study is longer.
const MAX_BYTES: u64 = 1 << 20;

static REPORT: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../experiments/report");

/// Whose claims a study holds against its own runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Who wrote it.
    pub author: String,
    /// What it is called.
    pub title: String,
    /// When it came out.
    #[serde(default)]
    pub year: Option<u32>,
    /// Where it can be read.
    #[serde(default)]
    pub link: Option<String>,
}

/// The first images of a data set, shown on the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataPicture {
    /// Of which data set; one that the program knows.
    pub dataset: DataSet,
    /// How many, 1 to 100.
    #[serde(default = "nine")]
    #[schemars(range(min = 1, max = 100))]
    pub images: usize,
    /// What the picture is called.
    #[serde(default)]
    pub title: String,
    /// What it shows.
    #[serde(default)]
    pub caption: String,
}

fn nine() -> usize {
    9
}

/// What `study.toml` says; every key may be left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// What results folders know it by; the folder's name if none is given. Without this file there is no id.
    #[serde(default)]
    pub id: String,
    /// What the page is called; the id if none is given.
    #[serde(default)]
    pub title: String,
    /// What the page says first.
    #[serde(default)]
    pub lead: String,
    /// Whose claims are judged.
    #[serde(default)]
    pub source: Option<Source>,
    /// The experiments in the order of the page; others follow by name.
    #[serde(default)]
    pub sections: Vec<String>,
    /// Pictures of the data.
    #[serde(default, rename = "picture")]
    pub pictures: Vec<DataPicture>,
    /// Data sets of one's own, by the name that conditions use.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub data: BTreeMap<String, own::Source>,
}

impl About {
    /// As the sections say; what they leave out follows by name.
    fn sort(&self, files: &mut [File]) {
        let place =
            |name: &str| self.sections.iter().position(|section| section == name).unwrap_or(usize::MAX);
        files.sort_by_cached_key(|file| (place(&file.experiment.name), file.experiment.name.clone()));
    }

    /// Pictures are drawn from the embedded samples.
    fn check_pictures(&self, path: &Path, text: &str) -> Result<(), TomlError> {
        let is_other = |picture: &DataPicture| picture.dataset.known().is_none();
        let Some(at) = self.pictures.iter().position(is_other) else { return Ok(()) };
        let steps = [Step::Key("picture"), Step::Item(at), Step::Key("dataset")];
        let message = "a picture shows a set that the program knows: 'mnist' or 'fashion-mnist'";
        Err(TomlError::at(path, text, &steps, message.into()))
    }
}

/// A file of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// What messages call it.
    pub path: PathBuf,
    /// As it stands there.
    pub text: String,
    /// What it says.
    pub experiment: Experiment,
}

/// What a copy of a file adds to it.
#[derive(Serialize)]
struct Kept<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    given: BTreeMap<&'a str, &'a Content>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    devices: BTreeMap<&'a str, &'a toml::Table>,
}

impl File {
    /// Its text as results keep it, where the files beside it may be missing: with the names that its grids take from
    /// them, and which numbers it was given.
    #[must_use]
    pub fn kept_text(&self) -> String {
        let named = self.experiment.crossed.taken.iter().map(|settings| format!("\n[[named]]\n{settings}"));
        let is_new = |(file, _): &(&String, &Content)| !self.experiment.given.contains_key(*file);
        let new = self.experiment.contents.iter().filter(is_new);
        let given: BTreeMap<&str, &Content> = new.map(|(file, content)| (file.as_str(), content)).collect();
        let (all, kept) = (&self.experiment.device_keys, &self.experiment.devices);
        let new = all.iter().filter(|(name, _)| !kept.contains_key(*name));
        let devices: BTreeMap<&str, &toml::Table> = new.map(|(name, keys)| (name.as_str(), keys)).collect();
        let beside = match given.is_empty() && devices.is_empty() {
            true => String::new(),
            false => {
                format!("\n{}", toml::to_string(&Kept { given, devices }).expect("texts and numbers only"))
            }
        };
        self.text.clone() + &named.collect::<String>() + &beside
    }
}

/// A study, or the part of it that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// What it is; files without a study have no id.
    pub about: About,
    /// Its experiments, in the order of the page.
    pub files: Vec<File>,
    /// The folder that it was read from; none for the program's own, and for files without a study.
    pub folder: Option<PathBuf>,
    /// Data sets that it brings along.
    pub sets: OwnSets,
}

/// How much of a study is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it: what its claims look at must be there.
    Whole,
    /// What was run so far: claims about the rest wait.
    Part,
}

impl Study {
    /// The report's.
    ///
    /// # Errors
    /// Never, by a test.
    pub fn report() -> Result<Study, TomlError> {
        let texts = REPORT
            .files()
            .map(|file| (file.path().to_owned(), file.contents_utf8().unwrap_or_default().to_owned()));
        let name = REPORT.path().display().to_string();
        Study::of_texts(texts.collect(), &name, Extent::Whole, OwnSets::new())
    }

    /// The experiment files of a folder, and its `study.toml`.
    ///
    /// # Errors
    /// When a file cannot be read, has an unknown key, a value that breaks a rule, or names what is not there.
    pub fn read(folder: &Path, extent: Extent) -> Result<Study, TomlError> {
        Study::read_with(folder, extent, OwnSets::new())
    }

    /// The same with data sets that come from elsewhere; one of the study's of the same name gives way.
    ///
    /// # Errors
    /// As [`Study::read`].
    pub fn read_with(folder: &Path, extent: Extent, sets: OwnSets) -> Result<Study, TomlError> {
        let texts = texts(folder)?;
        let name =
            fs::canonicalize(folder).map_err(|reason| TomlError::Io { path: folder.to_owned(), reason })?;
        let name = name.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Ok(Study { folder: Some(folder.to_owned()), ..Study::of_texts(texts, &name, extent, sets)? })
    }

    /// What a results folder keeps of what was run in it. Files without a study have no id there either.
    ///
    /// # Errors
    /// As [`Study::read`].
    pub fn kept(folder: &Path) -> Result<Study, TomlError> {
        let study = Study::of_texts(texts(folder)?, "", Extent::Part, OwnSets::new())?;
        Ok(Study { folder: Some(folder.to_owned()), ..study })
    }

    /// Files that belong to no study, each once.
    ///
    /// # Errors
    /// As [`Study::read`].
    pub fn of_files(files: &[PathBuf], extent: Extent, sets: OwnSets) -> Result<Study, TomlError> {
        let text = |path: &PathBuf| Ok((path.clone(), toml_file::text(path, MAX_BYTES)?));
        let texts = files.iter().map(text).collect::<Result<Vec<_>, TomlError>>()?;
        Ok(Study { about: About::default(), folder: None, ..Study::of_texts(texts, "", extent, sets)? })
    }

    /// Is it the one that the program carries?
    #[must_use]
    pub fn is_carried(&self) -> bool {
        Study::report().is_ok_and(|report| report.about.id == self.about.id)
    }

    /// Of texts by their paths, `study.toml` among them if there is one; `name` is the id if that gives none.
    ///
    /// # Errors
    /// As [`Study::read`].
    pub fn of_texts(
        texts: Vec<(PathBuf, String)>,
        name: &str,
        extent: Extent,
        given: OwnSets,
    ) -> Result<Study, TomlError> {
        let (about, experiments): (Vec<_>, Vec<_>) =
            texts.into_iter().partition(|(path, _)| path.file_name().is_some_and(|name| name == STUDY_FILE));
        let about_file = about.into_iter().next();
        let mut about: About = match &about_file {
            None => About::default(),
            Some((path, text)) => toml_file::parse(text, path)?,
        };
        // Without the file there is no study, only files that may meet others of their kind in a results folder.
        about.id = if about.id.is_empty() && about_file.is_some() { name.to_owned() } else { about.id };
        about.title = if about.title.is_empty() { name.to_owned() } else { about.title };
        let mut sets = OwnSets::new();
        if let Some((path, text)) = &about_file {
            about.data.retain(|name, _| !given.contains_key(name));
            sets = data_sets::read(&about.data, path, text)?;
            about.check_pictures(path, text)?;
        }
        sets.extend(given);
        let mut files = experiments.into_iter().map(file).collect::<Result<Vec<File>, TomlError>>()?;
        about.sort(&mut files);
        let files = completed(files, &sets)?;
        let study = Study { about, files, folder: None, sets };
        study.check_names()?;
        if extent == Extent::Whole {
            study.check(about_file.as_ref())?;
        }
        Ok(study)
    }

    /// Its experiments, without their files.
    #[must_use]
    pub fn experiments(&self) -> Vec<Experiment> {
        self.files.iter().map(|file| file.experiment.clone()).collect()
    }

    /// The names of its experiments.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.experiment.name.as_str())
    }

    /// With what another part of it has that this one has not.
    pub fn extend(&mut self, other: Study) {
        let new =
            other.files.into_iter().filter(|file| self.names().all(|name| name != file.experiment.name));
        let new: Vec<File> = new.collect();
        self.files.extend(new);
        for (name, set) in other.sets {
            self.sets.entry(name).or_insert(set);
        }
        self.about.sort(&mut self.files);
    }

    /// The same study with the experiments of these names only.
    #[must_use]
    pub fn only(self, names: &[&str]) -> Study {
        let files = self.files.into_iter().filter(|file| names.contains(&file.experiment.name.as_str()));
        Study { files: files.collect(), ..self }
    }

    /// `study.toml` as a results folder keeps it: with the id, which the folder's name may have given, and without the
    /// paths of data.
    #[must_use]
    pub fn about_text(&self) -> String {
        let kept = |set: &OwnSet| set.source.kept_as((*set.facts).clone());
        let data = self.sets.iter().map(|(name, set)| (name.clone(), kept(set))).collect();
        toml::to_string(&About { data, ..self.about.clone() }).expect("texts and numbers only")
    }
}

/// Every `.toml` of a folder that is not hidden.
fn texts(folder: &Path) -> Result<Vec<(PathBuf, String)>, TomlError> {
    let io = |reason| TomlError::Io { path: folder.to_owned(), reason };
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)?.filter_map(Result::ok) {
        let path = entry.path();
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !is_hidden && path.extension().is_some_and(|ending| ending == "toml") {
            let text = toml_file::text(&path, MAX_BYTES)?;
            texts.push((path, text));
        }
    }
    Ok(texts)
}

fn file((path, text): (PathBuf, String)) -> Result<File, TomlError> {
    let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let experiment = Experiment::read(&text, &path, name)?;
    Ok(File { path, text, experiment })
}

/// With the conditions of their grids: a cell that some file names by hand has that name, the first file's first.
fn completed(files: Vec<File>, sets: &OwnSets) -> Result<Vec<File>, TomlError> {
    let written: Vec<Experiment> = files.iter().map(|file| file.experiment.clone()).collect();
    let beside: Vec<&Experiment> = written.iter().collect();
    let completed = files.into_iter().map(|file| {
        let experiment = file.experiment.completed(&file.text, &file.path, &beside, sets)?;
        Ok(File { experiment, ..file })
    });
    completed.collect()
}
