//! `spiketime replicate-all`, `run` and `report`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use spiketime_data::{Dataset, DatasetName, Sources};
use spiketime_experiment::plan::{self, Run};
use spiketime_experiment::record::{Record, TidyRow};
use spiketime_experiment::run::{Context, RunError, run_all, work};
use spiketime_experiment::spec::Experiment;
use spiketime_experiment::store::{Store, Stored};
use spiketime_experiment::verdict;

use crate::progress::Shown;

/// Which engine computes; the numbers are the same.
#[derive(Clone, Copy, ValueEnum)]
enum Engine {
    Dense,
    Reference,
}

/// What a replication may be told.
#[derive(Args)]
pub struct Options {
    /// Folder of the results
    #[arg(long, value_name = "DIR", default_value = "results", env = "SPIKETIME_RESULTS_DIR")]
    results: PathBuf,
    /// Folder of the experiment files
    #[arg(long, value_name = "DIR", default_value = "experiments")]
    experiments: PathBuf,
    /// Folder with the IDX files, raw or .gz; else cache, mirrors, npm, apt
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Seeds 1 to K instead of what the experiments say
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: Option<u64>,
    /// Threads; 0 = one a core
    #[arg(long, value_name = "J", default_value_t = 0)]
    jobs: usize,
    /// Which engine computes; the numbers are the same
    #[arg(long, value_enum, default_value = "dense")]
    engine: Engine,
}

/// Every experiment of the folder.
pub fn replicate_all(options: &Options) -> Result<ExitCode> {
    run(&files_of(&options.experiments)?, options)
}

/// The experiments of the given files.
pub fn run(files: &[PathBuf], options: &Options) -> Result<ExitCode> {
    let experiments = read(files, options)?;
    let store = Store::open(&options.results)?;
    let data = load(&experiments, options)?;
    let planned = plan::runs(&experiments, |condition| data[&condition.dataset.name()].is_sample);
    let mut waiting = waiting(&planned, &store);
    waiting.sort_by_key(|run| std::cmp::Reverse(cost(run)));
    let done = planned.len() - waiting.len();
    eprintln!("{} runs, {done} finished before, {} to do", planned.len(), waiting.len());

    let stop = stop_on_signal()?;
    rayon_threads(options.jobs)?;
    let progress = Shown::new(waiting.iter().map(work).sum());
    let engine = match options.engine {
        Engine::Dense => spiketime_experiment::Engine::Dense,
        Engine::Reference => spiketime_experiment::Engine::Reference,
    };
    let context = Context { engine, data: &data, store: &store, progress: &progress, stop: &stop };
    let failed = run_all(&waiting, &context);
    summarise(&experiments, &planned, &store)?;

    if stop.load(Ordering::Relaxed) {
        eprintln!("stopped; finished runs are kept, start again to go on");
        return Ok(ExitCode::from(130));
    }
    for (name, error) in failed.iter().filter(|(_, error)| !matches!(error, RunError::Stopped)) {
        eprintln!("error: {name}: {error}");
    }
    Ok(ExitCode::from(u8::from(!failed.is_empty())))
}

/// The verdicts of what is finished.
pub fn report(options: &Options) -> Result<ExitCode> {
    let experiments = read(&files_of(&options.experiments)?, options)?;
    let store = Store::open(&options.results)?;
    let planned = plan::runs(&experiments, |_| false);
    summarise(&experiments, &planned, &store)?;
    Ok(ExitCode::SUCCESS)
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("{}: name the folder with --experiments DIR", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    if files.is_empty() {
        bail!("{}: no experiment files (*.toml) there", folder.display());
    }
    Ok(files)
}

fn read(files: &[PathBuf], options: &Options) -> Result<Vec<Experiment>> {
    let mut experiments = Vec::new();
    for file in files {
        let mut experiment = Experiment::read(file)?;
        experiment.seeds = options.seeds.unwrap_or(experiment.seeds);
        experiments.push(experiment);
    }
    Ok(experiments)
}

fn load(experiments: &[Experiment], options: &Options) -> Result<BTreeMap<DatasetName, Dataset>> {
    let sources = Sources::usual(options.data.clone())?;
    let conditions = experiments.iter().flat_map(|experiment| &experiment.conditions);
    let names: BTreeSet<DatasetName> = conditions.map(|condition| condition.dataset.name()).collect();
    names.into_iter().map(|name| Ok((name, sources.load(name, &|line| eprintln!("{line}"))?))).collect()
}

fn waiting(planned: &BTreeMap<String, Run>, store: &Store) -> Vec<Run> {
    let mut waiting = Vec::new();
    for run in planned.values() {
        match store.find(run) {
            Stored::Finished(_) => {}
            Stored::Missing => waiting.push(run.clone()),
            Stored::Damaged(reason) => {
                eprintln!("damaged result, done again: {reason}");
                waiting.push(run.clone());
            }
        }
    }
    waiting
}

/// Costly runs first, so that no thread is left alone with one at the end.
fn cost(run: &Run) -> u64 {
    let spikes_out = match run.condition.inhibition {
        spiketime_experiment::spec::Inhibition::WinnerTakesAll => 1,
        spiketime_experiment::spec::Inhibition::Soft => 2,
        spiketime_experiment::spec::Inhibition::None => 4,
    };
    work(run) * run.condition.neurons as u64 * spikes_out
}

fn stop_on_signal() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("stopping; press Ctrl-C again to stop at once");
    })?;
    Ok(stop)
}

fn rayon_threads(jobs: usize) -> Result<()> {
    Ok(spiketime_experiment::run::threads(jobs)?)
}

fn summarise(experiments: &[Experiment], planned: &BTreeMap<String, Run>, store: &Store) -> Result<()> {
    let mut finished = BTreeMap::new();
    for (id, run) in planned {
        if let Stored::Finished(record) = store.find(run) {
            finished.insert(id.clone(), *record);
        }
    }
    store.write("records.jsonl", tidy(experiments, planned, &finished)?.as_bytes())?;
    let claims = verdict::judge(|name| complete(name, planned, &finished));
    let table = verdict::markdown(&claims);
    print!("{table}");
    store.write("verdicts.md", table.as_bytes())?;
    let (timing, claims): (Vec<_>, Vec<_>) = claims.into_iter().partition(|claim| claim.id == "C7");
    let json = spiketime_experiment::verdict::json(&claims, &timing);
    store.write("verdicts.json", json.as_bytes())?;
    Ok(())
}

/// The records of a condition by seed, or none while some are missing.
fn complete<'a>(
    name: &str,
    planned: &BTreeMap<String, Run>,
    finished: &'a BTreeMap<String, Record>,
) -> Vec<&'a Record> {
    let runs: Vec<&Run> =
        planned.values().filter(|run| run.condition.name == name && !run.is_sample).collect();
    let mut records: Vec<&Record> = runs.iter().filter_map(|run| finished.get(&run.id)).collect();
    if records.len() < runs.len() {
        return Vec::new();
    }
    records.sort_by_key(|record| record.seed);
    records
}

fn tidy(
    experiments: &[Experiment],
    planned: &BTreeMap<String, Run>,
    finished: &BTreeMap<String, Record>,
) -> Result<String> {
    let mut lines = String::new();
    for experiment in experiments {
        for condition in &experiment.conditions {
            let runs = planned
                .values()
                .filter(|run| run.condition.name == condition.name && run.seed <= experiment.seeds);
            let mut records: Vec<&Record> = runs.filter_map(|run| finished.get(&run.id)).collect();
            records.sort_by_key(|record| record.seed);
            for record in records {
                for row in rows(&experiment.name, record) {
                    lines += &spiketime_experiment::record::json_line(&row);
                }
            }
        }
    }
    Ok(lines)
}

fn rows(experiment: &str, record: &Record) -> Vec<TidyRow> {
    let points = record.checkpoints.iter();
    points
        .flat_map(|point| point.metrics().into_iter().map(move |metric| (point.images_seen, metric)))
        .map(|(images_seen, (metric, value))| TidyRow {
            experiment: experiment.to_owned(),
            condition: record.condition.name.clone(),
            dataset: record.condition.dataset.name().to_string(),
            seed: record.seed,
            n: record.condition.neurons,
            images_seen,
            metric,
            value,
        })
        .collect()
}
