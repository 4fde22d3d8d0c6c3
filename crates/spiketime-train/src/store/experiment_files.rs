//! The copies of experiment files that a results folder keeps, the numbers that they give, and the sets of one's own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use spiketime_data::own::packed::pack;
use spiketime_data::{Dataset, Facts, limited};

use super::{Store, StoreError};
use crate::given::{self, Content};

/// Where the copies lie. Not `experiments`: a results folder may be a project's own folder.
const EXPERIMENTS: &str = "experiment-files";
/// Says of which study they are, among them.
const STUDY: &str = "study";
/// Where data sets of one's own lie that were handed out with runs.
const SETS: &str = "data-sets";
/// The largest of them \[bytes\].
const MAX_SET_BYTES: u64 = 1 << 34;

impl Store {
    /// Keeps a copy of an experiment file that is run here, so that tables, page and status show it from now on.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_experiment(&self, name: &str, text: &str) -> Result<(), StoreError> {
        self.write(&format!("{EXPERIMENTS}/{name}.toml"), text.as_bytes())
    }

    /// Keeps numbers that an experiment file gives, beside its copy.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn keep_given(&self, content: &Content) -> Result<(), StoreError> {
        self.keep_named(&Store::given_name(&content.sha256), || content.to_npy())
    }

    /// Where numbers of this digest lie.
    #[must_use]
    pub fn given_name(sha256: &str) -> String {
        given::kept_at(Path::new(EXPERIMENTS), sha256).to_string_lossy().into_owned()
    }

    /// Where a data set of this digest lies.
    #[must_use]
    pub fn set_name(sha256: &str) -> String {
        format!("{SETS}/{sha256}")
    }

    /// Keeps a data set of one's own for those who have none of its files.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_set(&self, facts: &Facts, dataset: &Dataset) -> Result<(), StoreError> {
        self.keep_named(&Store::set_name(&facts.sha256), || pack(facts, dataset))
    }

    /// What is named by what it holds need not be written again.
    fn keep_named(&self, name: &str, bytes: impl FnOnce() -> Vec<u8>) -> Result<(), StoreError> {
        if self.path(name).exists() { Ok(()) } else { self.write(name, &bytes()) }
    }

    /// The bytes of a data set that was kept so.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn set_bytes(&self, sha256: &str) -> io::Result<Vec<u8>> {
        limited::bytes(&self.path(&Store::set_name(sha256)), MAX_SET_BYTES)
    }

    /// Remembers of which study they are.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_study(&self, text: &str) -> Result<(), StoreError> {
        self.keep_experiment(STUDY, text)
    }

    /// The folder of those copies.
    #[must_use]
    pub fn experiment_files(&self) -> PathBuf {
        self.path(EXPERIMENTS)
    }

    /// The copies of all experiment files that were run here, by name.
    ///
    /// # Errors
    /// When the folder is there and cannot be read.
    pub fn kept_experiments(&self) -> Result<Vec<PathBuf>, StoreError> {
        let path = self.experiment_files();
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(reason) => return Err(StoreError::Io { path, reason }),
        };
        let mut files: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
        files.retain(|file| file.extension().is_some_and(|ending| ending == "toml") && !is_hidden(file));
        files.retain(|file| file.file_stem().is_some_and(|stem| stem != STUDY));
        files.sort();
        Ok(files)
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}
