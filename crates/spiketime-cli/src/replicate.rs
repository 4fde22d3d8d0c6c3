//! `spiketime replicate-all` and `run`.

use std::path::{Path, PathBuf};
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
use spiketime_train::store::{Store, Stored};

use crate::conditions::Conditions;
use crate::dry_run;
use crate::exit::ExitCode;
use crate::page::derive;
use crate::part::Part;
use crate::plan;
use crate::progress::Shown;
use crate::report::summarise;
use crate::say::log;
use crate::session::{Options, Runs};
use crate::sets::{Data, load};
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
    pub session: Options,
    #[command(flatten)]
    conditions: Conditions,
    #[command(flatten)]
    part: Part,
    /// Says what there is to do and what it takes (time, disk, memory), and does nothing
    #[arg(long)]
    dry_run: bool,
    /// Does no run: makes the results folder ready and prints each run that waits, one line of JSON, for who does it
    /// elsewhere; `spiketime schema plan` describes the lines, `gather` makes the tables at the end
    #[arg(long, conflicts_with = "dry_run")]
    hand_out: bool,
    /// Folder with the IDX files of MNIST and Fashion-MNIST, raw or .gz; or a .toml with tables [data.NAME] of sets of
    /// your own, as study.toml may have them
    #[arg(long, value_name = "DIR|FILE.toml", conflicts_with = "sample")]
    data: Option<PathBuf>,
    /// Hands the runs to the workers of a Dask cluster: the address of its scheduler (tcp://head:8786), or local:4 for four
    /// workers of this machine. Asked through Python: pip install 'spiketime[dask]'
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["dry_run", "hand_out", "keep_checkpoints"])]
    pub dask: Option<String>,
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
    let given = options.conditions.of(options.session.sized(study.experiments()))?;
    // Names are checked before anything is fetched.
    let planned = options.part.of(options.session.plan(&given)?)?;
    if options.dry_run {
        return options.look_ahead(study, &planned);
    }
    let data = load(&given, &study.sets, options.data(), options.session.sample)?;
    let (session, given) = fit_to_data(options.session.clone(), given, &data);
    let planned = options.part.of(session.plan(&given)?)?;
    check_all(&planned, &data)?;
    let store = session.store()?.keeping_checkpoints(options.work.keep_checkpoints);
    session.united(study, &store)?;
    keep(study, &store)?;
    let found = survey(&planned, &store);
    tell(&found, planned.len());
    if !store.has_locks() {
        log!(
            "{}: no locks here: two commands at once may do one run twice, with the same bytes; parts (--shard) do not overlap",
            store.path("").display()
        );
    }
    if options.hand_out {
        return hand_out(&found, study, &data, &store);
    }
    let mut done = options.work.perform(&found, &data, &store)?;
    // Who does a part has others beside him: the tables of all are made when all is there.
    let told = match options.part.is_whole() {
        true => tell_all(&session, study, &planned, &data, &store, &mut done),
        false => Ok(()),
    };
    done.tell_stopped(&planned, &store);
    match told {
        // What failed is told already.
        Err(error) if !done.failed => Err(error),
        _ => Ok(done.code()),
    }
}

impl RunOptions {
    /// What `--data` names.
    pub fn data(&self) -> Option<&Path> {
        self.data.as_deref()
    }

    /// What running would do, which is not done.
    fn look_ahead(&self, study: &Study, planned: &Runs) -> Result<ExitCode> {
        let store = self.session.store_as_it_is()?.keeping_checkpoints(self.work.keep_checkpoints);
        self.session.united(study, &store)?;
        dry_run::tell(
            &survey(planned, &store),
            &study.sets,
            threads(self.work.jobs)?,
            self.work.engine.into(),
        )
    }
}

/// Has every run the images that it needs?
pub fn check_all(planned: &Runs, data: &Data) -> Result<()> {
    planned
        .values()
        .try_for_each(|run| check(run, &data[run.condition.dataset.name()]).with_context(|| run.name()))
}

/// The runs that wait, as tasks; what they need beside their lines lies in the folder from now on.
fn hand_out(found: &Survey, study: &Study, data: &Data, store: &Store) -> Result<ExitCode> {
    for facts in found.waiting.iter().filter_map(|run| run.condition.dataset.own()) {
        store.keep_set(facts, &data[&facts.name])?;
    }
    plan::tell(&plan::tasks(&found.waiting, &study.sets))?;
    Ok(ExitCode::SUCCESS)
}

/// Tables, verdicts and page of what is there, where nothing is run.
pub fn tables(
    session: &Options,
    study: &Study,
    planned: &Runs,
    store: &Store,
    data: Option<&Path>,
) -> Result<()> {
    let data = load(&session.sized(study.experiments()), &study.sets, data, session.sample)?;
    let mut done = Done { failed: false, stopped: false, stop: stop_on_signal()? };
    let there = planned.iter().filter(|(_, run)| matches!(store.find(run), Stored::Finished(_)));
    let there = there.map(|(id, run)| (id.clone(), run.clone())).collect();
    tell_all(session, study, &there, &data, store, &mut done)
}

/// The results folder remembers what was run in it, and of which study that is.
pub fn keep(study: &Study, store: &Store) -> Result<()> {
    for file in &study.files {
        // First what the copy names: whoever finds the one finds the other.
        file.experiment.contents.values().try_for_each(|content| store.keep_given(content))?;
        store.keep_experiment(&file.experiment.name, &file.kept_text())?;
    }
    match study.about.id.is_empty() && study.sets.is_empty() {
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
    summarise((&all, &called), &evidence, &now, session.size(), store, None)
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

    /// After a stop, last of all: what is kept, and how to go on.
    pub fn tell_stopped(&self, planned: &Runs, store: &Store) {
        if !self.is_stopped() {
            return;
        }
        let finished = survey(planned, store).finished.len();
        let saved = planned.keys().filter(|id| store.path("snapshots").join(id).exists()).count();
        let all = planned.len();
        log!(
            "stopped; {finished} of {all} runs are finished and kept, {saved} more go on where they were saved; to go \
             on, give the same command again"
        );
    }

    fn is_stopped(&self) -> bool {
        self.stopped || self.stop.load(Ordering::Relaxed)
    }

    /// What the shell is told.
    pub fn code(&self) -> ExitCode {
        ExitCode::from(if self.is_stopped() { 130 } else { u8::from(self.failed) })
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
        let (failed, stopped) =
            (!(failed.is_empty() && found.unreadable.is_empty()), stop.load(Ordering::Relaxed));
        Ok(Done { failed, stopped, stop })
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
        experiment.conditions.retain(|condition| !data[condition.dataset.name()].is_sample);
        if experiment.conditions.len() < before {
            log!("WARNING: {} ({title}) waits for a data set that no source has", experiment.name);
        }
    }
    (session, experiments)
}
