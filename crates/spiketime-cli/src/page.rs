//! The page of results and its figures: gathered, written; and `spiketime map`.
//!
//! Two things are told about a finished training that no run keeps: what the neurons of a map stand for,
//! and one presentation as a story. Both are made where the data are, at the end of a replication, and
//! lie beside the results (`classes.json`, `explain.json`); the page only reads them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, Result};
use clap::Args;
use serde::de::DeserializeOwned;
use spiketime_data::limited;
use spiketime_page::picture::{Picture, brightest};
use spiketime_page::sheet::Sheet;
use spiketime_page::{Called, Classes, Material, files, page};
use spiketime_study::archive::Machine;
use spiketime_study::evidence::Evidence;
use spiketime_study::panel::Kind;
use spiketime_study::spec::Experiment;
use spiketime_study::study::Study;
use spiketime_study::verdict::Claim;
use spiketime_train::classes;
use spiketime_train::condition::Condition;
use spiketime_train::explain::{ExplainError, STORY_VERSION, Story, explain};
use spiketime_train::record::Record;
use spiketime_train::run::{Run, nameless};
use spiketime_train::store::Store;
use spiketime_train::weights::Weights;

use crate::exit::ExitCode;
use crate::named::{Kept, Place};
use crate::say::say;
use crate::session::{Misuse, is_same_file};
use crate::sets::Data;
use crate::trained::read_weights;

/// Whose maps are shown.
const SEED: u64 = 1;
const CLASSES: &str = "classes.json";
const STORY: &str = "explain.json";
/// Stories and classes take less than 1 MB.
const MAX_BYTES: u64 = 64 << 20;
/// What is derived from the results and goes with them into a record.
pub const DERIVED: [&str; 2] = [CLASSES, STORY];

/// Weights of seed 1, by condition and images seen.
pub type Maps = BTreeMap<(String, u64), Weights>;

/// Finds the classes of every kept map of the runs just done, and tells the last presentation of the network
/// that a panel shows, if it is one of theirs. What other runs of the folder left stays.
///
/// Where `stop` is set under way, what is not known yet is left as it was.
pub fn derive(
    evidence: &Evidence,
    done: &BTreeMap<String, Run>,
    data: &Data,
    store: &Store,
    stop: &AtomicBool,
) -> Result<()> {
    let finished = evidence.finished.values();
    let records: Vec<&Record> =
        finished.filter(|record| record.seed == SEED && done.contains_key(&record.id)).collect();
    derive_classes(&records, data, store, stop)?;
    let told = told_condition(evidence.experiments);
    match told.and_then(|told| records.iter().find(|record| nameless(&record.condition) == nameless(&told))) {
        Some(record) => derive_story(record, data, store, stop),
        None => Ok(()),
    }
}

/// The first network of the first panel that shows a presentation.
fn told_condition(experiments: &[Experiment]) -> Option<Condition> {
    let panels = experiments
        .iter()
        .flat_map(|experiment| experiment.panels().into_iter().map(move |panel| (experiment, panel)));
    let mut shown = panels.filter(|(_, panel)| panel.kind == Kind::Presentation);
    let (experiment, panel) = shown.next()?;
    panel.shown(experiment).next().cloned()
}

fn derive_classes(records: &[&Record], data: &Data, store: &Store, stop: &AtomicBool) -> Result<()> {
    let (maps, _) = kept_maps(records.iter().copied(), store);
    let mut all: Classes = beside(&store.path(""), CLASSES, &mut Vec::new()).unwrap_or_default();
    for ((name, images), weights) in &maps {
        if let Some(record) = records.iter().find(|record| &record.condition.name == name) {
            let set = &data[record.condition.dataset.name()];
            let map = record.maps.iter().find(|map| map.images_seen == *images);
            let thresholds_mv = map.map_or(&[][..], |map| &map.thresholds_mv);
            let found = classes::of_map(&record.condition, SEED, (weights, thresholds_mv), set, stop);
            let Some(classes) = found else { return Ok(()) };
            all.insert(format!("{name}-{images}"), classes);
        }
    }
    Ok(store.write(CLASSES, (serde_json::to_string(&all)? + "\n").as_bytes())?)
}

fn derive_story(record: &Record, data: &Data, store: &Store, stop: &AtomicBool) -> Result<()> {
    let set = &data[record.condition.dataset.name()];
    let seen = record.checkpoints.iter().map(|point| point.images_seen as usize);
    let last = seen.filter(|&seen| seen <= set.train.len()).max().unwrap_or(1);
    match explain(&record.condition, SEED, last - 1, set, stop, &|| {}) {
        Err(ExplainError::Stopped) => Ok(()),
        told => Ok(store.write(STORY, (serde_json::to_string(&told?)? + "\n").as_bytes())?),
    }
}

/// The maps of a results folder, and what is wrong with those that cannot be read.
pub fn kept_maps<'a>(records: impl IntoIterator<Item = &'a Record>, store: &Store) -> (Maps, Vec<String>) {
    let (mut maps, mut damaged) = (Maps::new(), Vec::new());
    for record in records.into_iter().filter(|record| record.seed == SEED) {
        for map in &record.maps {
            let path = store.path("weights").join(&map.file);
            match read_weights(&path) {
                Ok(weights) => drop(maps.insert((record.condition.name.clone(), map.images_seen), weights)),
                Err(error) => damaged.push(format!("{error:#}")),
            }
        }
    }
    (maps, damaged)
}

/// Writes `report.html` and `figures/` into a folder, from results or a record that lie in `from`.
pub fn write(
    (study, called): (&Study, &Called),
    evidence: Evidence,
    claims: &[Claim],
    maps: &Maps,
    mut damaged: Vec<String>,
    from: &Path,
    to: &Path,
) -> Result<PathBuf> {
    let classes: Option<Classes> = beside(from, CLASSES, &mut damaged);
    let story: Option<Story> = beside(from, STORY, &mut damaged);
    let other = story.as_ref().map(|story| story.story_version).filter(|&version| version != STORY_VERSION);
    if let Some(version) = other {
        damaged.push(format!(
            "{STORY}: version {version}, expected {STORY_VERSION}; running the study again makes it anew"
        ));
    }
    let story = story.filter(|_| other.is_none());
    let machine: Option<Machine> = beside(from, "machine.json", &mut damaged);
    let material = Material {
        about: &study.about,
        sets: &study.sets,
        called,
        evidence,
        claims,
        maps,
        classes: &classes.unwrap_or_default(),
        story: story.as_ref(),
        machine: machine.as_ref(),
        damaged: &damaged,
    };
    let folder = Store::at(to, &["figures"])?;
    for (name, bytes) in files(&material) {
        folder.write(&format!("figures/{name}"), &bytes)?;
    }
    folder.write("report.html", page::page(&material)?.as_bytes())?;
    Ok(folder.path("report.html"))
}

/// A JSON file that may lie beside the results; one that is damaged is told.
fn beside<T: DeserializeOwned>(folder: &Path, name: &str, damaged: &mut Vec<String>) -> Option<T> {
    let path = folder.join(name);
    let read = || Ok::<T, anyhow::Error>(serde_json::from_slice(&limited::bytes(&path, MAX_BYTES)?)?);
    match read() {
        Ok(value) => Some(value),
        Err(_) if !path.exists() => None,
        Err(error) => {
            damaged.push(format!("{name}: {error}; running the study again makes it anew"));
            None
        }
    }
}

const EXAMPLE: &str = "\
Examples: the map of a finished run, by name and by file (results/weights.jsonl lists both)
  spiketime map wta:1@60000 -o map.png
  spiketime map results/weights/01388bcfd6d04887-60000.npy -o map.png";

/// Weights to a picture.
#[derive(Args)]
#[command(after_help = EXAMPLE)]
pub struct MapOptions {
    /// A run by name, wta:1@60000 for condition wta, seed 1, after 60 000 images (without @: the last ones); or a .npy
    /// file of neurons x inputs, values from 0 to 1
    weights: PathBuf,
    #[command(flatten)]
    place: Place,
    /// Rows and columns of a tile, as 8x8; without it those of the run that the weights are of, else a square or one row
    #[arg(long, value_name = "ROWSxCOLUMNS", value_parser = shape)]
    shape: Option<[usize; 2]>,
    /// The picture to make, a .png
    #[arg(short, long, value_name = "FILE.png", value_parser = picture_path)]
    output: PathBuf,
}

fn picture_path(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let is_png = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
    is_png.then_some(path).ok_or_else(|| "the picture is a PNG: give a name that ends with .png".into())
}

/// Draws any weights.
pub fn map(options: &MapOptions) -> Result<ExitCode> {
    let weights = options.place.file(&options.weights, Kept::Weights)?;
    refuse_same_file(&weights, &options.output)?;
    let read = read_weights(&weights)?;
    let brightest = brightest(std::iter::once(&read));
    let picture = Picture::map(&read, options.shape(&weights, read.inputs())?, brightest);
    let name = options.title(&weights);
    let png = Sheet(&[(name, picture)], brightest).png().context("the map cannot be drawn")?;
    std::fs::write(&options.output, png).with_context(|| options.output.display().to_string())?;
    say!("{}: the map, with its scale", options.output.display())?;
    Ok(ExitCode::SUCCESS)
}

fn shape(text: &str) -> Result<[usize; 2], String> {
    let parts =
        text.split_once('x').and_then(|(rows, columns)| Some([rows.parse().ok()?, columns.parse().ok()?]));
    parts.ok_or_else(|| "rows and columns, as 8x8".to_owned())
}

/// The shape of the inputs of the run that a file in `weights` is of, if its record lies in `runs` beside it.
fn shape_of_run(weights: &Path) -> Option<[usize; 2]> {
    let (id, _) = weights.file_stem()?.to_str()?.split_once('-')?;
    let path = weights.parent()?.parent()?.join("runs").join(format!("{id}.json"));
    let record = Record::read(&limited::bytes(&path, MAX_BYTES).ok()?).ok()?;
    Some(record.condition.dataset.shape())
}

impl MapOptions {
    /// Rows and columns of a tile of so many inputs.
    fn shape(&self, weights: &Path, inputs: usize) -> Result<[usize; 2]> {
        let side = inputs.isqrt();
        let usual = if side * side == inputs { [side, side] } else { [1, inputs] };
        let [rows, columns] = self.shape.or_else(|| shape_of_run(weights)).unwrap_or(usual);
        if rows.checked_mul(columns) == Some(inputs) {
            return Ok([rows, columns]);
        }
        let told =
            format!("a neuron has {inputs} weights, which are no {rows} x {columns}; give another --shape");
        Err(Misuse(told).into())
    }

    /// The name as it was typed, or the file's.
    fn title(&self, weights: &Path) -> String {
        let typed = || self.weights.to_string_lossy().into_owned();
        let stem = || weights.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if weights == self.weights { stem() } else { typed() }
    }
}

fn refuse_same_file(weights: &Path, picture: &Path) -> Result<()> {
    if !is_same_file(weights, picture) {
        return Ok(());
    }
    let told = "would be written over the weights; give the picture another name";
    Err(Misuse(format!("{} {told}", picture.display())).into())
}
