//! A folder of one's own to run the program in: an empty cache, experiment files, results.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The smallest experiment that goes all the way: 4 neurons, 10 images.
pub const TINY: &str = "
figure = 'none'
title = 'tiny'
question = 'does it run?'
analysis = 'it should'
seeds = 1
checkpoints = [5, 10]
maps = [10]

[[condition]]
name = 'tiny'
neurons = 4
label_images = 10
test_images = 10
";

pub struct Sandbox(TempDir);

impl Sandbox {
    pub fn new() -> Sandbox {
        Sandbox(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, its folders included, and returns its path.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The program in this folder, with nothing of the user's around it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spiketime"));
        command
            .args(arguments)
            .current_dir(self.0.path())
            .env("SPIKETIME_DATA_DIR", self.path("cache"))
            .env_remove("SPIKETIME_RESULTS_DIR")
            .env_remove("RUST_BACKTRACE");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(&self.command(arguments).output().unwrap())
    }

    /// Runs one experiment on the embedded sample.
    pub fn experiment(&self, text: &str) -> Outcome {
        self.write("tiny.toml", text);
        self.run(&["run", "tiny.toml", "--sample"])
    }

    /// The one record in the results folder.
    pub fn record(&self) -> PathBuf {
        let records = files(&self.path("results/sample/runs"));
        assert_eq!(records.len(), 1, "{records:?}");
        records[0].clone()
    }
}

/// Every file below a folder, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    files.sort();
    files
}

#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    pub fn of(output: &Output) -> Outcome {
        let text = |bytes| String::from_utf8(bytes).expect("the program speaks UTF-8");
        let (stdout, stderr) = (text(output.stdout.clone()), text(output.stderr.clone()));
        Outcome { code: output.status.code(), stdout, stderr }
    }

    pub fn succeeded(self) -> Outcome {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// It was refused before anything began: one line, and nothing else on stderr.
    pub fn refused(&self, code: i32, part: &str) {
        self.failed(code, part);
        assert_eq!(self.stderr.lines().count(), 1, "{self:#?}");
    }

    /// Something failed under way: one line says so, whatever the log says besides.
    pub fn failed(&self, code: i32, part: &str) {
        assert_eq!(self.code, Some(code), "{self:#?}");
        let errors: Vec<&str> = self.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
        assert!(matches!(errors[..], [line] if line.contains(part)), "expected '{part}' in {self:#?}");
        assert!(!self.stderr.contains("panicked"), "{self:#?}");
    }
}
