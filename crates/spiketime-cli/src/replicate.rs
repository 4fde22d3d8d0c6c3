//! `spiketime replicate-all`, `run`, `status` and `list`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use spiketime_data::memory;
use spiketime_sim::InstructionSet;
use spiketime_study::archive::machine;
use spiketime_study::evidence::Evidence;
use spiketime_study::spec::Experiment;
use spiketime_study::study::Study;
use spiketime_study::survey::{Survey, survey};
use spiketime_train::context::{Context, RunError, SnapshotEvery, work};
use spiketime_train::footprint;
use spiketime_train::runner::{check, run_all, threads};
use spiketime_train::store::Store;

use crate::page::derive;
use crate::progress::Shown;
use crate::report::summarise;
use crate::say::{log, say};
use crate::session::{Data, Options, Runs, Words, load};
use crate::signal::stop_on_signal;

/// Which engine computes; the numbers are the same.
#[derive(Clone, Copy, ValueEnum)]
pub enum Engine {
    /// The fast one.
    Dense,
    /// The fast one without vector instructions.
    Portable,
    /// The fast one on 256-bit vectors, if the CPU has them.
    Avx2,
    /// The fast one on 512-bit vectors, if the CPU has them.
    Avx512,
    /// The readable definition.
    Reference,
}

impl From<Engine> for spiketime_sim::Engine {
    fn from(engine: Engine) -> Self {
        match engine {
            Engine::Dense => Self::Dense,
            Engine::Portable => Self::DenseOn(InstructionSet::Portable),
            Engine::Avx2 => Self::DenseOn(InstructionSet::Avx2),
            Engine::Avx512 => Self::DenseOn(InstructionSet::Avx512),
            Engine::Reference => Self::Reference,
        }
    }
}

/// What running may be told.
#[derive(Args)]
pub struct RunOptions {
    #[command(flatten)]
    session: Options,
    /// Folder with the IDX files, raw or .gz; instead of cache, mirrors, npm, apt
    #[arg(long, value_name = "DIR", conflicts_with = "sample")]
    data: Option<PathBuf>,
    #[command(flatten)]
    work: Work,
}

/// How runs are done.
#[derive(Args)]
pub struct Work {
    /// Threads; 0 = one a core
    #[arg(long, value_name = "J", default_value_t = 0, value_parser = jobs)]
    jobs: usize,
    /// How often runs are saved, so that a run that was cut goes on: seconds (10s), images (5000), never
    #[arg(
        long,
        visible_alias = "checkpoint-every",
        value_name = "EVERY",
        default_value = "10s",
        value_parser = snapshot_every
    )]
    snapshot_every: SnapshotEvery,
    /// Keeps a checkpoint wherever a run is looked at, for `spiketime branch`: results/checkpoints
    #[arg(long)]
    pub keep_checkpoints: bool,
    /// Which engine computes; the numbers are the same
    #[arg(long, value_enum, default_value = "dense")]
    engine: Engine,
}

fn jobs(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|jobs| *jobs <= 1_024).ok_or("it must be 0 to 1024".to_owned())
}

fn snapshot_every(text: &str) -> Result<SnapshotEvery, String> {
    let every = match text.strip_suffix('s') {
        _ if text == "never" => Some(SnapshotEvery::Never),
        Some(seconds) => seconds.parse().ok().filter(|s| *s > 0.0).map(SnapshotEvery::Seconds),
        None => text.parse().ok().filter(|images| *images > 0).map(SnapshotEvery::Images),
    };
    every.ok_or("give seconds (10s), images (5000) or never".to_owned())
}

/// The report's study.
pub fn replicate_all(options: &RunOptions) -> Result<ExitCode> {
    run(&Study::report()?, options)
}

/// A study, or a part of one.
pub fn run(study: &Study, options: &RunOptions) -> Result<ExitCode> {
    let given = options.session.sized(study.experiments());
    options.session.plan(&given)?; // Names are checked before anything is fetched.
    let data = load(&given, options.data.clone(), options.session.sample)?;
    let (session, given) = fit_to_data(options.session.clone(), given, &data);
    let planned = session.plan(&given)?;
    for run in planned.values() {
        check(run, &data[&run.condition.dataset.name()]).with_context(|| run.name())?;
    }
    let store = session.store()?.keeping_checkpoints(options.work.keep_checkpoints);
    session.united(study, &store)?;
    keep(study, &store)?;
    let found = survey(&planned, &store);
    tell(&found, planned.len());
    let mut done = options.work.perform(&found, &data, &store)?;
    match tell_all(&session, study, &planned, &data, &store, &mut done) {
        // What failed is told already.
        Err(error) if !done.failed => Err(error),
        _ => Ok(done.code()),
    }
}

/// The results folder remembers what was run in it, and of which study that is.
fn keep(study: &Study, store: &Store) -> Result<()> {
    for file in &study.files {
        store.keep_experiment(&file.experiment.name, &file.kept_text())?;
    }
    match study.about.id.is_empty() {
        true => Ok(()),
        false => Ok(store.keep_study(&study.about_text())?),
    }
}

/// Tables, verdicts and page of all that was run in the folder, with what was just done.
fn tell_all(
    session: &Options,
    study: &Study,
    planned: &Runs,
    data: &Data,
    store: &Store,
    done: &mut Done,
) -> Result<()> {
    // Nobody else writes tables between our look at the runs and our tables: the last one to write knows all.
    let _claim = store.claim_tables()?;
    let (all, experiments, planned_in_all) = session.united(study, store)?;
    let now = survey(&planned_in_all, store);
    done.look_for(planned, &now, store);
    let evidence = Evidence::new(&experiments, &planned_in_all, &now.finished);
    if !done.stopped {
        derive(&evidence, planned, data, store, &done.stop)?;
    }
    store.forget_free_locks();
    let called = session.called(&all, store);
    if !now.finished.is_empty() {
        let runs: Vec<_> = now.finished.values().collect();
        store.write("machine.json", format!("{:#}\n", serde_json::json!(machine(&runs))).as_bytes())?;
    }
    summarise((&all.about, &called), &evidence, &now, session.size(), store, None)
}

/// Says what there is and what there is to do.
pub fn tell(found: &Survey, all: usize) {
    for reason in &found.damaged {
        log!("damaged result, done again: {reason}");
    }
    let (finished, waiting) = (found.finished.len(), found.waiting.len());
    log!("{all} runs, {finished} finished before, {waiting} to do");
}

/// What became of the runs.
pub struct Done {
    /// One of them failed.
    pub failed: bool,
    /// The user stopped them.
    pub stopped: bool,
    /// Set when the user wants to stop.
    pub stop: Arc<AtomicBool>,
}

impl Done {
    /// Results that were kept and are not there any more are a failure.
    fn look_for(&mut self, planned: &Runs, now: &Survey, store: &Store) {
        let gone = planned.keys().filter(|id| !now.finished.contains_key(*id)).count();
        if self.failed || self.stopped || gone == 0 {
            return;
        }
        let folder = store.path("");
        log!("error: {gone} results are gone from {} already; start again to do them", folder.display());
        self.failed = true;
    }

    /// What the shell is told.
    pub fn code(&self) -> ExitCode {
        let stopped = self.stopped || self.stop.load(Ordering::Relaxed);
        ExitCode::from(if stopped { 130 } else { u8::from(self.failed) })
    }
}

impl Work {
    /// Does the runs that wait, shows how far they are and tells what failed; a result that is there and cannot be
    /// read is a failure as well.
    pub fn perform(&self, found: &Survey, data: &Data, store: &Store) -> Result<Done> {
        let runs = &found.waiting;
        let stop = stop_on_signal()?;
        let at_a_time = threads(self.jobs)?.min(runs.len());
        memory::ask(footprint::of_runs(runs, at_a_time))
            .with_context(|| format!("{at_a_time} runs at a time (--jobs makes them fewer)"))?;
        let progress = Shown::new(runs.iter().map(work).sum());
        let (engine, snapshot_every) = (self.engine.into(), self.snapshot_every);
        let context = Context { engine, data, store, progress: &progress, stop: &stop, snapshot_every };
        let failed = run_all(runs, &context);
        progress.finish();
        for (name, error) in failed.iter().filter(|(_, error)| !matches!(error, RunError::Stopped)) {
            log!("error: {name}: {error}");
        }
        for reason in &found.unreadable {
            log!("error: a result cannot be read: {reason}; who made it must allow it to be read");
        }
        let stopped = stop.load(Ordering::Relaxed);
        if stopped {
            log!("stopped; finished runs are kept, start again to go on");
        }
        Ok(Done { failed: !(failed.is_empty() && found.unreadable.is_empty()), stopped, stop })
    }
}

/// Where a data set is not to be had, its networks wait; where none is, the samples serve.
fn fit_to_data(
    mut session: Options,
    mut experiments: Vec<Experiment>,
    data: &Data,
) -> (Options, Vec<Experiment>) {
    if session.sample || data.values().all(|set| !set.is_sample) {
        return (session, experiments);
    }
    if data.values().all(|set| set.is_sample) {
        session.sample = true;
        return (session.clone(), session.sized(experiments));
    }
    for experiment in &mut experiments {
        let (title, before) = (experiment.title.clone(), experiment.conditions.len());
        experiment.conditions.retain(|condition| !data[&condition.dataset.name()].is_sample);
        if experiment.conditions.len() < before {
            log!("WARNING: {} ({title}) waits for a data set that no source has", experiment.name);
        }
    }
    (session, experiments)
}

/// Which experiments are finished and which wait.
pub fn status(options: &Options, words: &Words) -> Result<ExitCode> {
    let store = options.existing_store()?;
    let study = words.study_or(|| options.kept(&store))?;
    let experiments = options.sized(study.experiments());
    let planned = options.plan(&experiments)?;
    let found = survey(&planned, &store);
    for experiment in &experiments {
        let mine = options.plan(std::slice::from_ref(experiment))?;
        let finished = mine.keys().filter(|id| found.finished.contains_key(*id)).count();
        let state = if finished == mine.len() { "finished" } else { "waiting" };
        say!("{:8} {state:9} {finished:3} of {:3} runs  {}", experiment.name, mine.len(), experiment.title)?;
    }
    say!("{} of {} runs finished, shared ones counted once", found.finished.len(), planned.len())?;
    for reason in &found.damaged {
        say!("damaged, will be done again: {reason}")?;
    }
    for reason in &found.unreadable {
        say!("cannot be read, who made it must allow that: {reason}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The experiments of a study: their questions, networks, claims.
pub fn list(words: &Words) -> Result<ExitCode> {
    let study = words.study()?;
    if !study.about.id.is_empty() {
        say!("{}: {}", study.about.id, study.about.title)?;
    }
    for file in &study.files {
        let experiment = &file.experiment;
        let names: Vec<&str> =
            experiment.conditions.iter().map(|condition| condition.name.as_str()).collect();
        say!("{:8} {}: {}", experiment.name, experiment.title, experiment.question)?;
        say!("         {} seeds of {}", experiment.seeds, names.join(", "))?;
        let judged: Vec<&str> = experiment.judged().collect();
        if !judged.is_empty() {
            say!("         judges {}", judged.join(", "))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
