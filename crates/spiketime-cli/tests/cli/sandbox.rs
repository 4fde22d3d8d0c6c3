//! A folder of one's own to run the program in: an empty cache, experiment files, results.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use spiketime_data::{DataFile, DatasetName, Sources};
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

/// Two networks with three seeds each.
pub const PAIR: &str = "
seeds = 3
checkpoints = [5, 10]
maps = [10]

[[condition]]
name = 'small'
neurons = 4
label_images = 10
test_images = 10

[[condition]]
name = 'large'
neurons = 5
label_images = 10
test_images = 10

[[claim]]
id = 'H1'
sentence = 'more neurons learn more'

[[claim.statistic]]
rule = 'higher'
condition = 'large'
than = { condition = 'small' }
images = 10
";

/// Eight runs one after the other, each of a thousand images.
pub const LONG: &str = "
figure = 'none'
title = 'long'
question = 'is it there in the end?'
analysis = 'it should'
seeds = 8
checkpoints = [500, 1_000]
maps = [500, 1_000]

[[condition]]
name = 'long'
neurons = 50
label_images = 20
test_images = 20
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

    /// Every result on the sample by name, without provenance. Locks, snapshots and half-written files are none.
    pub fn results(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        self.results_in("results/sample")
    }

    /// The same of a run of another size.
    pub fn results_in(&self, folder: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let root = self.path(folder);
        let names = files(&root).into_iter().map(|path| path.strip_prefix(&root).unwrap().to_owned());
        let is_result = |name: &PathBuf| {
            let is_hidden = name.file_name().unwrap().as_encoded_bytes().starts_with(b".");
            let is_of_the_machine = name == Path::new("machine.json");
            !is_hidden && !is_of_the_machine && !name.starts_with("locks") && !name.starts_with("snapshots")
        };
        let comparable = |name: PathBuf| {
            let bytes = fs::read(root.join(&name)).unwrap();
            let is_record = name.starts_with("runs");
            let bytes = match name.to_str() {
                _ if is_record => without_provenance(&bytes).to_string().into_bytes(),
                Some("report.html") => before(&bytes, "id=\"provenance\""),
                _ => bytes,
            };
            (name, bytes)
        };
        names.filter(is_result).map(comparable).collect()
    }

    /// The one record in the results folder.
    pub fn record(&self) -> PathBuf {
        let records = files(&self.path("results/sample/runs"));
        assert_eq!(records.len(), 1, "{records:?}");
        records[0].clone()
    }
}

/// A record without its provenance, and without the digest that covers it.
pub fn without_provenance(record: &[u8]) -> serde_json::Value {
    let mut value: serde_json::Value = serde_json::from_slice(record).expect("a whole record");
    for of_this_run in ["provenance", "sha256"] {
        value.as_object_mut().unwrap().remove(of_this_run).expect("a record has both");
    }
    value
}

/// What stands before a mark: where and when a page was made stands behind it.
fn before(page: &[u8], mark: &str) -> Vec<u8> {
    let text = std::str::from_utf8(page).expect("a page is text");
    text.split(&format!("<h2 {mark}")).next().unwrap_or_default().as_bytes().to_vec()
}

/// The cache of this machine, where it holds all of MNIST.
pub fn full_mnist() -> Option<PathBuf> {
    let sources = Sources::usual(None).ok()?;
    let is_there = |file| matches!(sources.verify(DatasetName::Mnist, file), Ok(Some(_)));
    DataFile::ALL.into_iter().all(is_there).then_some(sources.cache)
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

/// The program at work, and what it has said so far.
pub struct Running {
    child: Child,
    stderr: Lines<BufReader<ChildStderr>>,
    said: String,
}

impl Running {
    pub fn start(sandbox: &Sandbox, arguments: &[&str]) -> Running {
        Running::spawn(&mut sandbox.command(arguments))
    }

    pub fn spawn(command: &mut Command) -> Running {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        Running { child, stderr, said: String::new() }
    }

    /// Reads on until so many lines hold this.
    pub fn until_said(mut self, part: &str, times: usize) -> Running {
        while self.said.matches(part).count() < times {
            let line = self.stderr.next().unwrap_or_else(|| panic!("never said '{part}': {}", self.said));
            self.said += &line.unwrap();
            self.said += "\n";
        }
        self
    }

    /// Sends a signal by its name.
    pub fn signalled(self, name: &str) -> Running {
        let id = self.child.id().to_string();
        self.sent(name, id)
    }

    /// To all of its group, which it must lead.
    pub fn signalled_with_all(self, name: &str) -> Running {
        let id = format!("-{}", self.child.id());
        self.sent(name, id)
    }

    fn sent(self, name: &str, id: String) -> Running {
        let sent = Command::new("kill").args(["-s", name, "--", &id]).status();
        assert!(sent.unwrap().success());
        self
    }

    pub fn ended(mut self) -> Outcome {
        let rest = self.stderr.map(Result::unwrap).collect::<Vec<String>>().join("\n");
        let code = self.child.wait().unwrap().code();
        Outcome { code, stdout: String::new(), stderr: self.said + &rest }
    }
}
