//! Which files of a results folder are a run's, and which are half written.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use spiketime_train::store::Store;

use crate::named::Names;

/// Where files of runs lie, and what comes after their id.
const OF_RUNS: [(&str, After); 4] = [
    ("runs", After::Ending(".json")),
    ("weights", After::Images(".npy")),
    ("snapshots", After::Ending("")),
    ("checkpoints", After::Images("")),
];
/// What is written beside the runs: a whole name, or how names end.
const OF_ALL: [(&str, &[&str]); 3] = [
    (
        "",
        &[
            "records.jsonl",
            "verdicts.md",
            "verdicts.json",
            "weights.jsonl",
            "machine.json",
            "classes.json",
            "explain.json",
            "report.html",
        ],
    ),
    ("figures", &[".svg", ".png"]),
    ("experiment-files", &[".toml"]),
];
/// Digits of an id.
const ID_DIGITS: usize = 16;
/// Letters that the name of a file that is being written ends with.
const ASIDE_LETTERS: usize = 6;

/// What follows an id in a file's name.
#[derive(Clone, Copy)]
enum After {
    /// Just this.
    Ending(&'static str),
    /// An image count and this.
    Images(&'static str),
}

impl After {
    fn is(self, text: &str) -> bool {
        let (images, ending) = match self {
            After::Ending(ending) => return text == ending,
            After::Images(ending) => (text.strip_prefix('-'), ending),
        };
        let images = images.and_then(|text| text.strip_suffix(ending));
        images.is_some_and(|images| !images.is_empty() && images.bytes().all(|byte| byte.is_ascii_digit()))
    }
}

/// Files that can go together.
pub struct Leftover {
    /// Of which run; none: of the tables.
    pub run: Option<String>,
    /// Where they lie, sorted.
    pub files: Vec<PathBuf>,
    /// How large they are together.
    pub bytes: u64,
}

/// Everything that is not wanted: of the tables first, then by id.
pub fn leftovers(store: &Store, wanted: &Names) -> Vec<Leftover> {
    let of_runs = OF_RUNS.into_iter().flat_map(|(folder, after)| {
        let files = files(&store.path(folder));
        files.filter_map(move |(path, name)| {
            let (id, is_half_written) = run_of(&name, after)?;
            (is_half_written || !wanted.contains_key(id)).then(|| (Some(id.to_owned()), path))
        })
    });
    let of_all = OF_ALL.into_iter().flat_map(|(folder, names)| {
        let half = files(&store.path(folder)).filter(|(_, name)| is_half_written_of_all(name, names));
        half.map(|(path, _)| (None, path))
    });
    let mut by_run: BTreeMap<Option<String>, Vec<PathBuf>> = BTreeMap::new();
    of_all.chain(of_runs).for_each(|(run, path)| by_run.entry(run).or_default().push(path));
    by_run.into_iter().map(|(run, files)| leftover(run, files)).collect()
}

fn leftover(run: Option<String>, mut files: Vec<PathBuf>) -> Leftover {
    files.sort();
    let bytes =
        files.iter().filter_map(|file| fs::symlink_metadata(file).ok()).map(|about| about.len()).sum();
    Leftover { run, files, bytes }
}

/// Plain files alone: a link or a folder is nobody's result.
fn files(folder: &Path) -> impl Iterator<Item = (PathBuf, String)> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let plain = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    plain.filter_map(|entry| Some((entry.path(), entry.file_name().into_string().ok()?)))
}

/// The id in a file's name, and whether the file is half written; none if no run has such a file.
fn run_of(name: &str, after: After) -> Option<(&str, bool)> {
    let whole = half_written(name);
    let (id, rest) = whole.unwrap_or(name).split_at_checked(ID_DIGITS)?;
    let is_id = id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (is_id && after.is(rest)).then_some((id, whole.is_some()))
}

fn is_half_written_of_all(name: &str, names: &[&str]) -> bool {
    let is_one = |whole: &str, name: &str| whole == name || (name.starts_with('.') && whole.ends_with(name));
    half_written(name).is_some_and(|whole| names.iter().any(|name| is_one(whole, name)))
}

/// The name that a file that is being written will have; see [`spiketime_data::aside`].
fn half_written(name: &str) -> Option<&str> {
    let name = name.strip_prefix('.')?;
    let (whole, letters) = name.split_at_checked(name.len().checked_sub(ASIDE_LETTERS)?)?;
    letters.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_of_a_run_by_its_whole_name_alone() {
        let id = "0123456789abcdef";
        let of = |folder: usize, name: &str| {
            run_of(name, OF_RUNS[folder].1).map(|(id, half)| (id.to_owned(), half))
        };
        let whole = |half: bool| Some((id.to_owned(), half));
        for (folder, name) in [(0, ".json"), (1, "-60000.npy"), (2, ""), (3, "-300")] {
            assert_eq!(of(folder, &format!("{id}{name}")), whole(false));
            assert_eq!(of(folder, &format!(".{id}{name}aB3xYz")), whole(true));
        }
        for name in
            ["0123456789abcdeg.json", "0123456789abcde.json", "notes.json", "0123456789abcdef.json.bak", ""]
        {
            assert_eq!(of(0, name), None, "{name}");
        }
        for name in ["-.npy", "-12x.npy", ".npy", "-12.png"] {
            assert_eq!(of(1, &format!("{id}{name}")), None, "{name}");
        }
    }

    #[test]
    fn of_tables_only_what_is_half_written_goes() {
        let goes = |folder: usize, name: &str| is_half_written_of_all(name, OF_ALL[folder].1);
        assert!(goes(0, ".records.jsonlaB3xYz") && goes(0, ".report.html000000"));
        assert!(goes(1, ".fig03.svgabcdef") && goes(2, ".tiny.tomlabcdef"));
        for name in
            ["records.jsonl", ".records.jsonl", ".env.localx", ".package.jsonaB3xYz", ".tiny.tomlabcdef"]
        {
            assert!(!goes(0, name), "{name}");
        }
        assert!(!goes(1, "fig03.svg") && !goes(2, "tiny.toml"));
    }
}
