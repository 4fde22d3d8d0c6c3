//! `spiketime verify`, `compare-engines` and `rerun`: is what we compute what we say?

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use spiketime_data::Dataset;
use spiketime_data::memory;
use spiketime_net::{Net, NetError, lockstep as lockstep_of_graphs};
use spiketime_sim::Engine;
use spiketime_study::archive;
use spiketime_study::plan;
use spiketime_study::spec::{Experiment, Reduction};
use spiketime_study::study::Study;
use spiketime_train::branch::Trunk;
use spiketime_train::context::{Context, Silent, SnapshotEvery};
use spiketime_train::footprint;
use spiketime_train::lockstep;
use spiketime_train::record::{self, Record};
use spiketime_train::run::Run;
use spiketime_train::runner::run_one;
use spiketime_train::store::Store;

use crate::exit::ExitCode;
use crate::say::say;
use crate::session::{Misuse, Words, be_at_hand, one_experiment};
use crate::sets::{self, Data, load, load_one};
use crate::simulate;
use crate::trained;

/// What is verified.
#[derive(Args)]
pub struct VerifyOptions {
    #[command(flatten)]
    words: Words,
    /// A record, the newest if none is named, instead of the program: is it as it was, and which digest has it?
    #[arg(long, value_name = "DIR")]
    records: Option<Option<PathBuf>>,
}

/// The program on every network of every experiment, or a record.
pub fn verify(options: &VerifyOptions) -> Result<ExitCode> {
    let Some(folder) = &options.records else { return verify_engines(&options.words.study()?) };
    let folder = folder.clone().map_or_else(newest_record, Ok)?;
    let (runs, digest) = archive::verify(&folder)?;
    say!("{}: {runs} runs as they were recorded, SHA-256 {digest}", folder.display())?;
    Ok(ExitCode::SUCCESS)
}

fn newest_record() -> Result<PathBuf> {
    let entries = std::fs::read_dir("records").into_iter().flatten().filter_map(Result::ok);
    let newest = entries.map(|entry| entry.path()).max();
    newest.ok_or_else(|| Misuse("there is no folder records here; name one: --records DIR".into()).into())
}

/// Both engines, from first image to record, on the sample.
fn verify_engines(study: &Study) -> Result<ExitCode> {
    let experiments = study.experiments();
    let data = load(&experiments, &study.sets, None, true)?;
    let smallest: Vec<Experiment> =
        experiments.iter().map(|experiment| experiment.reduced(&Reduction::SMALLEST)).collect();
    let planned = plan::runs(&smallest, |_| true)?;
    let mut records = Vec::new();
    for run in planned.values() {
        let reference = recorded(run, Engine::Reference, &data, None)?;
        let dense = recorded(run, Engine::Dense, &data, None)?;
        if reference.comparable() != dense.comparable() {
            bail!("{}: the engines write different records", run.name());
        }
        records.push(dense);
    }
    let (experiments, networks, digest) = (smallest.len(), planned.len(), record::digest(&records));
    say!(
        "{}, {}: both engines write the same records, SHA-256 {digest}",
        counted(experiments, "experiment"),
        counted(networks, "network")
    )?;
    Ok(ExitCode::SUCCESS)
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// The record of a run that is done in a folder of its own, from the checkpoint if it branches.
fn recorded(run: &Run, engine: Engine, data: &Data, trunk: Option<&Trunk>) -> Result<Record> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path())?;
    if let Some(trunk) = trunk {
        trunk.plant(run, &store)?;
    }
    let stop = AtomicBool::new(false);
    let context = Context {
        engine,
        data,
        store: &store,
        progress: &Silent,
        stop: &stop,
        snapshot_every: SnapshotEvery::Never,
    };
    Ok(run_one(run, &context)?)
}

const COMPARE_EXAMPLE: &str = "\
Examples: every network of figure 8, side by side over 20 images; a network file, its first 200 ms
  spiketime compare-engines fig08 --images 20
  spiketime compare-engines networks/voltage-jump.toml --until 200";

/// Which experiment, and how much of it.
#[derive(Args)]
#[command(after_help = COMPARE_EXAMPLE)]
pub struct CompareOptions {
    /// Experiment file, the name of one that `spiketime list` prints, or a network file of `spiketime simulate`
    experiment: String,
    /// Training images
    #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = images)]
    images: usize,
    /// Of a network file: how long, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 100.0, value_parser = simulate::ms)]
    until: f64,
    /// Root of every random stream
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
    /// Folder with the IDX files, raw or .gz; or a .toml with tables [data.NAME] of sets of your own
    #[arg(long, value_name = "DIR|FILE.toml")]
    data: Option<PathBuf>,
}

fn images(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&images| images > 0).ok_or("it must be at least 1".to_owned())
}

/// Both engines side by side, up to the first difference.
pub fn compare_engines(options: &CompareOptions) -> Result<ExitCode> {
    if is_network(Path::new(&options.experiment)) {
        return compare_network(Path::new(&options.experiment), options.until);
    }
    let (experiment, sets) = one_experiment(&options.experiment, options.data.as_deref())?;
    for condition in &experiment.conditions {
        be_at_hand(condition)?;
        memory::ask(footprint::of_a_look(condition))?;
    }
    let data = load(std::slice::from_ref(&experiment), &sets, options.data.as_deref(), false)?;
    data.values().try_for_each(|set| enough(options.images, experiment.epochs, set))?;
    for condition in &experiment.conditions {
        let spikes =
            lockstep::compare(condition, options.seed, &data[condition.dataset.name()], options.images)
                .with_context(|| format!("{}: the engines part", condition.name))?;
        say!("{:32} {} images, {spikes} output spikes: the same bits", condition.name, options.images)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Has the file tables of neurons? No experiment has.
fn is_network(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().any(|line| line.trim_start().starts_with("[[neurons]]"))
}

/// Of a network that is compared, as `simulate` allows without being told.
const COMPARED_BYTES: u64 = 4_000_000_000;

fn compare_network(path: &Path, until_ms: f64) -> Result<ExitCode> {
    let net = match Net::read(path, until_ms, COMPARED_BYTES, &|_| true) {
        Err(NetError::Toml(error)) => return Err(error.into()),
        read => read?,
    };
    let (spikes, deliveries) =
        lockstep_of_graphs::compare(net, until_ms).with_context(|| path.display().to_string())?;
    say!("{}: {until_ms} ms, {spikes} spikes, {deliveries} deliveries: the same bits", path.display())?;
    Ok(ExitCode::SUCCESS)
}

/// As a run: no further than the experiment's epochs.
fn enough(images: usize, epochs: u64, set: &Dataset) -> Result<()> {
    let available = set.train.len();
    if images as u64 <= epochs * available as u64 {
        return Ok(());
    }
    let message = format!(
        "--images {images} lies beyond {epochs} epoch(s) of {}'s {available} training images; \
         ask for fewer, or for more `epochs` in the experiment file",
        set.name
    );
    Err(Misuse(message).into())
}

const RERUN_EXAMPLE: &str = "\
Examples: a run of your own, and one of the record
  spiketime rerun results/runs/01388bcfd6d04887.json
  spiketime rerun records/2026-11-24 --id 01388bcfd6d04887";

/// Which record.
#[derive(Args)]
#[command(after_help = RERUN_EXAMPLE)]
pub struct RerunOptions {
    /// A result, results/runs/<id>.json; or a record, records/<date>, and --id
    record: PathBuf,
    /// Which run of a record
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Folder with the IDX files, raw or .gz; or a .toml with tables [data.NAME] of sets of your own
    #[arg(long, value_name = "DIR|FILE.toml")]
    data: Option<PathBuf>,
    /// Of a branch: the checkpoint that it went on from
    #[arg(long, value_name = "CHECKPOINT")]
    from: Option<PathBuf>,
}

/// A recorded run once more; every byte must come out again.
pub fn rerun(options: &RerunOptions) -> Result<ExitCode> {
    let record = match &options.id {
        None => trained::read(&options.record)?,
        Some(id) => archive::read(&options.record)?.runs.remove(id).ok_or_else(|| {
            Misuse(format!("{}: no run {id} there; runs.jsonl has their ids", options.record.display()))
        })?,
    };
    let mut run = Run::of(&record);
    run.condition.fetch_given(&options.kept_files())?;
    let (set, is_sample, from) = (&record.condition.dataset, record.is_sample, options.data.as_deref());
    let data = load_one(set, &sets::given(from)?, from, is_sample)?;
    let name = set.name().to_owned();
    let data = Data::from([(name.clone(), data)]);
    if data[&name].is_sample != is_sample {
        bail!("{name}: the record was made with the full data set, which no source has here");
    }
    let again = recorded(&run, Engine::Dense, &data, options.trunk(&run)?.as_ref())?;
    if again.comparable() != record.comparable() {
        bail!("{}: another record comes out (provenance left aside)", run.name());
    }
    say!("{}: the same record, byte by byte (provenance left aside)", run.name())?;
    Ok(ExitCode::SUCCESS)
}

impl RerunOptions {
    /// Where the copies of the experiment files lie.
    fn kept_files(&self) -> PathBuf {
        match (&self.id, self.record.parent().and_then(Path::parent)) {
            (None, Some(results)) => results.join("experiment-files"),
            _ => self.record.join("study"),
        }
    }

    fn trunk(&self, run: &Run) -> Result<Option<Trunk>> {
        match (&run.branched_from, &self.from) {
            (None, _) => Ok(None),
            (Some(_), Some(path)) => Ok(Some(Trunk::read(path)?)),
            (Some(origin), None) => {
                let (images, trunk) = (origin.images_seen, &origin.run);
                let message = format!(
                    "the record is a branch from image {images} of run {trunk}; name that checkpoint with --from"
                );
                Err(Misuse(message).into())
            }
        }
    }
}
