//! TOML files from outside: read up to a bound, and every error with file, line and what was probably meant.

mod near;
mod words;

use std::io;
use std::path::{Path, PathBuf};

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use toml::de::{DeTable, DeValue};

use crate::limited;

pub use self::near::did_you_mean;

/// What is wrong with a TOML file. Every message names the file.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum TomlError {
    #[error("{path}: {reason}")]
    Io { path: PathBuf, reason: io::Error },
    /// At a line: no TOML, an unknown key, a value of another type.
    #[error("{path}:{line}: {message}")]
    Toml { path: PathBuf, line: usize, message: String },
    /// A rule that types cannot say is broken.
    #[error("{path}: {message}")]
    Rule { path: PathBuf, message: String },
}

impl TomlError {
    /// A broken rule, in words that say what to do.
    #[must_use]
    pub fn rule(path: &Path, message: String) -> TomlError {
        TomlError::Rule { path: path.to_owned(), message }
    }

    /// A rule that is broken at a place of the text.
    #[must_use]
    pub fn at(path: &Path, text: &str, steps: &[Step], message: String) -> TomlError {
        match line_of(text, steps) {
            None => TomlError::rule(path, message),
            Some(line) => TomlError::Toml { path: path.to_owned(), line, message },
        }
    }
}

/// One step into a TOML file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// Of a table.
    Key(&'a str),
    /// Of an array, from 0.
    Item(usize),
}

/// The line on which a place stands; that of the last place on the way that is there.
fn line_of(text: &str, steps: &[Step]) -> Option<usize> {
    let document = DeTable::parse(text).ok()?;
    let (mut start, mut place): (Option<usize>, Option<&DeValue>) = (None, None);
    for step in steps {
        let next = match (step, place) {
            (Step::Key(key), None) => document.get_ref().get(*key),
            (Step::Key(key), Some(DeValue::Table(table))) => table.get(*key),
            (Step::Item(item), Some(DeValue::Array(array))) => array.get(*item),
            _ => None,
        };
        let Some(next) = next else { break };
        (start, place) = (Some(next.span().start), Some(next.get_ref()));
    }
    Some(line(text, start?))
}

fn line(text: &str, at: usize) -> usize {
    1 + text[..at].matches('\n').count()
}

/// The text of a file of at most so many bytes.
///
/// # Errors
/// When it cannot be read, or is larger.
pub fn text(path: &Path, max_bytes: u64) -> Result<String, TomlError> {
    limited::text(path, max_bytes).map_err(|reason| TomlError::Io { path: path.to_owned(), reason })
}

/// The value that a text holds; `path` is what messages call it.
///
/// # Errors
/// When it is no TOML, has an unknown key, or a value of another type.
pub fn parse<T: DeserializeOwned>(text: &str, path: &Path) -> Result<T, TomlError> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let start = error.span().map_or(0, |span| span.start);
        let key = DeTable::parse(text).ok().and_then(|table| words::key_at(table.get_ref(), start));
        let message = words::for_people(error.message(), key.as_deref());
        TomlError::Toml { path: path.to_owned(), line: line(text, start), message }
    })
}

/// Points of two numbers each, of a field. An array by itself takes a longer one and says nothing of what is left.
///
/// # Errors
/// When a point has another number of numbers.
pub fn points<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<[f64; 2]>, D::Error> {
    let points = Vec::<Vec<f64>>::deserialize(deserializer)?;
    let two = |point: Vec<f64>| <[f64; 2]>::try_from(point);
    let told = |point: Vec<f64>| {
        D::Error::custom(format!("points of a table are [x, step], not {} numbers", point.len()))
    };
    points.into_iter().map(|point| two(point).map_err(told)).collect()
}
