//! A run by the name that people give it: `wta:1@3000` is condition `wta`, seed 1, after 3 000 images.
//!
//! Files of a results folder are named by the id of their run, which no name can change and which one run keeps under
//! the names of several experiments; here a name finds them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use spiketime_data::toml_file::did_you_mean;
use spiketime_study::spec::Experiment;
use spiketime_train::record::Record;
use spiketime_train::run::id;
use spiketime_train::store::Store;

use crate::seeds::MOST_SEEDS;
use crate::session::{Misuse, Options};

/// In which results folder a run is looked for.
#[derive(Args)]
pub struct Place {
    /// Folder of the results
    #[arg(long, value_name = "DIR", default_value = "results", env = "SPIKETIME_RESULTS_DIR")]
    pub results: PathBuf,
    /// The named run is one of --quick: in results/quick
    #[arg(long, conflicts_with = "sample")]
    quick: bool,
    /// The named run is one of --sample: in results/sample
    #[arg(long)]
    sample: bool,
}

impl Place {
    fn session(&self) -> Options {
        Options { results: self.results.clone(), seeds: None, quick: self.quick, sample: self.sample }
    }

    /// The file that a word means: a path, or a run by name.
    pub fn file(&self, word: &Path, kept: Kept) -> Result<PathBuf> {
        match Wanted::parse(&word.to_string_lossy()) {
            Some(wanted) if !word.exists() => wanted.find(kept, &self.session()),
            _ => Ok(word.to_owned()),
        }
    }
}

/// A line of `weights.jsonl`.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    condition: &'a str,
    seed: u64,
    images_seen: u64,
    neurons: usize,
}

/// `weights.jsonl`: of which network each file in `weights` is.
pub fn index<'a>(records: impl IntoIterator<Item = &'a Record>) -> String {
    let mut lines: Vec<Line> = records.into_iter().flat_map(lines_of).collect();
    lines.sort_by_key(|line| (line.condition, line.seed, line.images_seen));
    let json = |line: &Line| serde_json::to_string(line).expect("texts and whole numbers only") + "\n";
    lines.iter().map(json).collect()
}

fn lines_of(record: &Record) -> impl Iterator<Item = Line<'_>> {
    record.maps.iter().map(|map| Line {
        file: &map.file,
        condition: &record.condition.name,
        seed: record.seed,
        images_seen: map.images_seen,
        neurons: record.condition.neurons,
    })
}

/// Condition and seed of every run that a folder's experiments may have, by id.
pub type Names = BTreeMap<String, (String, u64)>;

/// The names of all runs of the experiments, of every seed that one may ask for.
pub fn names(experiments: &[Experiment], is_sample: bool) -> Names {
    let conditions = experiments.iter().flat_map(|experiment| &experiment.conditions);
    let of_seeds = |condition| (1..=MOST_SEEDS).map(move |seed| (condition, seed));
    let named = conditions
        .flat_map(of_seeds)
        .map(|(condition, seed)| (id(condition, seed, is_sample, None), (condition.name.clone(), seed)));
    named.collect()
}

/// What is kept of a run at an image count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The whole network, to branch from.
    Checkpoint,
    /// The weights alone, to look at.
    Weights,
}

impl Kept {
    fn folder(self) -> &'static str {
        match self {
            Kept::Checkpoint => "checkpoints",
            Kept::Weights => "weights",
        }
    }

    /// Id and images of a file of its folder, by its name.
    fn parse(self, file: &str) -> Option<(&str, u64)> {
        let ending = if self == Kept::Weights { ".npy" } else { "" };
        let (id, images) = file.strip_suffix(ending)?.split_once('-')?;
        Some((id, images.parse().ok()?))
    }

    fn none(self, folder: &Path) -> String {
        let folder = folder.display();
        match self {
            Kept::Checkpoint => {
                format!("{folder} has no checkpoints; `spiketime run STUDY --keep-checkpoints` makes them")
            }
            Kept::Weights => {
                format!("{folder} has no weights; name images under `maps` in an experiment file")
            }
        }
    }
}

/// What a name asks for; without images the last ones.
struct Wanted<'a> {
    text: &'a str,
    condition: &'a str,
    seed: u64,
    images: Option<u64>,
}

impl Wanted<'_> {
    fn parse(text: &str) -> Option<Wanted<'_>> {
        let (run, images) = match text.split_once('@') {
            None => (text, None),
            Some((run, images)) => (run, Some(images.replace('_', "").parse().ok()?)),
        };
        let (condition, seed) = run.rsplit_once(':')?;
        Some(Wanted { text, condition, seed: seed.parse().ok()?, images })
    }

    fn find(&self, kept: Kept, options: &Options) -> Result<PathBuf> {
        let store = options.existing_store()?;
        let names = names(&options.sized(options.kept(&store)?.experiments()), options.sample);
        let there = there(kept, &store, &names);
        let is_mine = |(name, seed, images): &(&str, u64, u64)| {
            *name == self.condition
                && *seed == self.seed
                && self.images.is_none_or(|wanted| wanted == *images)
        };
        // The last key of those that fit is the one of most images.
        let found = there.iter().rfind(|(key, _)| is_mine(key));
        found.map(|(_, path)| path.clone()).ok_or_else(|| self.unknown(kept, &store, &there).into())
    }

    /// What is there under that name, or else under all names.
    fn unknown(&self, kept: Kept, store: &Store, there: &There) -> Misuse {
        let text = self.text;
        if there.is_empty() {
            return Misuse(format!("'{text}': {}", kept.none(&store.path(""))));
        }
        let mine: Vec<String> = there.keys().filter(|key| key.0 == self.condition).map(typed).collect();
        let told = match mine.is_empty() {
            false => format!("; there are {}", mine.join(", ")),
            true => did_you_mean(self.condition, there.keys().map(|key| key.0)),
        };
        Misuse(format!("'{text}': {} has no such {}{told}", store.path("").display(), kept.folder()))
    }
}

/// As one types it.
fn typed((condition, seed, images): &(&str, u64, u64)) -> String {
    format!("{condition}:{seed}@{images}")
}

/// The files that are there, by condition, seed and images.
type There<'a> = BTreeMap<(&'a str, u64, u64), PathBuf>;

fn there<'a>(kept: Kept, store: &Store, names: &'a Names) -> There<'a> {
    let entries = fs::read_dir(store.path(kept.folder())).into_iter().flatten().filter_map(Result::ok);
    let named = entries.filter_map(|entry| {
        let file = entry.file_name();
        let (id, images) = kept.parse(file.to_str()?)?;
        let (name, seed) = names.get(id)?;
        Some(((name.as_str(), *seed, images), entry.path()))
    });
    named.collect()
}
