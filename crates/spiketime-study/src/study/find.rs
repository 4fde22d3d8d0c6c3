//! What a person means by the words behind a command: a study, files of one, or names of its experiments.
//!
//! A word is, in this order: a folder, a file, an experiment of the study in this folder, an experiment of the report's
//! study or its id.

use std::path::{Path, PathBuf};

use spiketime_data::toml_file::{TomlError, did_you_mean};

use super::{Extent, STUDY_FILE, Study};
use crate::data_sets::OwnSets;

/// Why nothing is meant.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum FindError {
    #[error(transparent)]
    Toml(#[from] TomlError),
    #[error("{folder}: no experiment files (*.toml) there")]
    Empty { folder: PathBuf },
    #[error(
        "'{word}' is no folder or file here and no experiment of the study '{study}'{nearest}; `spiketime list` names \
         them"
    )]
    Unknown { word: String, study: String, nearest: String },
    #[error("'{word}' is of another study than '{other}'; run one study at a time")]
    TwoStudies { word: String, other: String },
}

/// The study in this folder, or the report's.
///
/// # Errors
/// When the study here is not sound.
pub fn usual(here: &Path, sets: &OwnSets) -> Result<Study, FindError> {
    match here.join(STUDY_FILE).is_file() {
        true => Ok(Study::read_with(here, Extent::Whole, sets.clone())?),
        false => Ok(Study::report()?),
    }
}

/// What the words mean together; without a word, [`usual`]. `sets` are data sets that come besides the study's own.
///
/// # Errors
/// When a word means nothing, or the words mean two studies; when what they mean is not sound.
pub fn find(words: &[String], here: &Path, sets: &OwnSets) -> Result<Study, FindError> {
    let Some(first) = words.first() else { return usual(here, sets) };
    let words: Vec<String> = words.iter().map(|word| file_or_word(word, here)).collect();
    let loose: Vec<PathBuf> = words.iter().map(PathBuf::from).filter(|path| is_loose(path)).collect();
    if loose.len() == words.len() {
        return Ok(Study::of_files(&each_once(loose), Extent::Whole, sets.clone())?);
    }
    let mut meant: Option<(Study, Vec<String>)> = None;
    for word in &words {
        let (study, names) = one(word, here, sets)?;
        match &mut meant {
            None => meant = Some((study, names)),
            Some((known, all)) if *known == study => all.extend(names),
            Some(_) => return Err(FindError::TwoStudies { word: word.clone(), other: first.clone() }),
        }
    }
    let (study, names) = meant.expect("at least one word");
    Ok(study.only(&names.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// `name` is `name.toml` where that lies here.
fn file_or_word(word: &str, here: &Path) -> String {
    let file = format!("{word}.toml");
    if !here.join(word).exists() && here.join(&file).is_file() { file } else { word.to_owned() }
}

/// A file beside which no study lies.
fn is_loose(path: &Path) -> bool {
    path.is_file() && !folder_of(path).join(STUDY_FILE).is_file()
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

fn each_once(files: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut known = Vec::new();
    let real = |file: &PathBuf| std::fs::canonicalize(file).unwrap_or_else(|_| file.clone());
    files
        .into_iter()
        .filter(|file| {
            let is_new = !known.contains(&real(file));
            known.push(real(file));
            is_new
        })
        .collect()
}

/// A whole study, and the names of those of its experiments that a word means.
fn one(word: &str, here: &Path, sets: &OwnSets) -> Result<(Study, Vec<String>), FindError> {
    let path = Path::new(word);
    let all = |study: Study| {
        let names = study.names().map(str::to_owned).collect();
        (study, names)
    };
    if path.is_dir() {
        let study = Study::read_with(path, Extent::Whole, sets.clone())?;
        let folder = path.to_owned();
        return if study.files.is_empty() { Err(FindError::Empty { folder }) } else { Ok(all(study)) };
    }
    if path.is_file() || looks_like_a_path(word) {
        // A file that is not there is told as such by who reads it.
        let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        return match is_loose(path) || !path.is_file() {
            true => Ok(all(Study::of_files(&[path.to_owned()], Extent::Whole, sets.clone())?)),
            false => Ok((Study::read_with(&folder_of(path), Extent::Whole, sets.clone())?, vec![name])),
        };
    }
    let mut study = usual(here, sets)?;
    if !is_of(&study, word) {
        let report = Study::report()?;
        study = if is_of(&report, word) { report } else { study };
    }
    match study.about.id == word {
        true => Ok(all(study)),
        false if is_of(&study, word) => Ok((study, vec![word.to_owned()])),
        false => {
            let nearest = did_you_mean(word, study.names());
            let (word, study) = (word.to_owned(), study.about.id);
            Err(FindError::Unknown { word, study, nearest })
        }
    }
}

fn looks_like_a_path(word: &str) -> bool {
    word.contains(std::path::MAIN_SEPARATOR) || word.ends_with(".toml")
}

fn is_of(study: &Study, word: &str) -> bool {
    study.about.id == word || study.names().any(|name| name == word)
}
