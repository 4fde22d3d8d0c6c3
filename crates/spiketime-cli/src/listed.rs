//! `spiketime list` and `status`: which experiments there are, and which are finished; for people, or as JSON.
//!
//! The JSON is described by `spiketime schema list` and `spiketime schema status`. Keys may be added to it under the
//! same `version`; one that goes or changes its meaning gets a new one.

use anyhow::Result;
use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;
use spiketime_study::spec::Experiment;
use spiketime_study::study::Study;
use spiketime_study::survey::{Survey, survey};
use spiketime_train::run::Run;
use spiketime_train::store::Store;

use crate::conditions::Conditions;
use crate::dry_run::duration;
use crate::exit::ExitCode;
use crate::forecast;
use crate::say::say;
use crate::session::{Options, Runs, Words};

/// Version of both documents.
const VERSION: u32 = 1;

/// Of what, and in which form.
#[derive(Args)]
pub struct ListOptions {
    #[command(flatten)]
    words: Words,
    /// As one JSON document on stdout; `spiketime schema list` describes it
    #[arg(long)]
    json: bool,
}

/// Of what, and in which form.
#[derive(Args)]
pub struct StatusOptions {
    #[command(flatten)]
    words: Words,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    conditions: Conditions,
    /// As one JSON document on stdout; `spiketime schema status` describes it
    #[arg(long)]
    json: bool,
}

/// What `spiketime list --json` prints.
#[derive(Serialize, JsonSchema)]
pub struct Listed {
    /// Of this document.
    version: u32,
    /// What the study is known by; empty for files that belong to none.
    study: String,
    /// What it is called.
    title: String,
    /// In the order of the page.
    experiments: Vec<ListedExperiment>,
}

/// An experiment of a study.
#[derive(Serialize, JsonSchema)]
struct ListedExperiment {
    /// As it is named on the command line.
    name: String,
    /// What it is about.
    title: String,
    /// What it asks.
    question: String,
    /// How many seeds each condition has, from 1 on.
    seeds: u64,
    /// Images seen at which one looks.
    checkpoints: Vec<u64>,
    /// The names of its networks.
    conditions: Vec<String>,
    /// The ids of the claims that it judges or bears on.
    claims: Vec<String>,
}

/// What `spiketime status --json` prints.
#[derive(Serialize, JsonSchema)]
pub struct Status {
    /// Of this document.
    version: u32,
    /// The results folder.
    results: String,
    /// Runs in all; what experiments share counts once.
    runs: usize,
    /// How many of them are finished.
    finished: usize,
    /// In the order of the page.
    experiments: Vec<StatusOfExperiment>,
    /// The runs that are not finished.
    waiting: Vec<Waiting>,
    /// About how long they take, each from its beginning, one after the other on a core like one of this machine.
    seconds_left: f64,
    /// Why results are not to be trusted; they will be done again.
    damaged: Vec<String>,
    /// Why results cannot be read; they will not be done again.
    unreadable: Vec<String>,
}

/// How far an experiment is.
#[derive(Serialize, JsonSchema)]
struct StatusOfExperiment {
    /// As it is named on the command line.
    name: String,
    /// What it is about.
    title: String,
    /// Its runs.
    runs: usize,
    /// How many of them are finished.
    finished: usize,
}

/// A run that is not finished.
#[derive(Serialize, JsonSchema)]
struct Waiting {
    /// Its result will be `runs/<id>.json`.
    id: String,
    /// Its network.
    condition: String,
    /// Root of its random streams.
    seed: u64,
    /// True: it was begun and goes on where it was saved.
    is_begun: bool,
    /// True: a process does it now.
    is_running: bool,
    /// Why it failed when it was last tried, if it did.
    failure: Option<String>,
}

/// The experiments of a study: their questions, networks, claims.
pub fn list(options: &ListOptions) -> Result<ExitCode> {
    let study = options.words.study()?;
    match options.json {
        true => say!("{:#}", serde_json::to_value(listed(&study))?)?,
        false => tell_list(&study)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn listed(study: &Study) -> Listed {
    let experiments = study.files.iter().map(|file| listed_experiment(&file.experiment));
    let (study, title) = (study.about.id.clone(), study.about.title.clone());
    Listed { version: VERSION, study, title, experiments: experiments.collect() }
}

fn listed_experiment(experiment: &Experiment) -> ListedExperiment {
    ListedExperiment {
        name: experiment.name.clone(),
        title: experiment.title.clone(),
        question: experiment.question.clone(),
        seeds: experiment.seeds,
        checkpoints: experiment.checkpoints.clone(),
        conditions: experiment.conditions.iter().map(|condition| condition.name.clone()).collect(),
        claims: experiment.judged().map(str::to_owned).collect(),
    }
}

fn tell_list(study: &Study) -> Result<()> {
    if !study.about.id.is_empty() {
        say!("{}: {}", study.about.id, study.about.title)?;
    }
    for experiment in study.files.iter().map(|file| listed_experiment(&file.experiment)) {
        say!("{:8} {}: {}", experiment.name, experiment.title, experiment.question)?;
        say!("         {} seeds of {}", experiment.seeds, some(&experiment.conditions))?;
        if !experiment.claims.is_empty() {
            say!("         judges {}", experiment.claims.join(", "))?;
        }
    }
    Ok(())
}

/// The names of a large grid fill a screen: the first few, and how many more there are. `--json` has all.
fn some(names: &[String]) -> String {
    const SHOWN: usize = 12;
    match names.len() {
        0..=SHOWN => names.join(", "),
        all => format!("{}, and {} more (--json has all)", names[..SHOWN - 2].join(", "), all + 2 - SHOWN),
    }
}

/// Which experiments are finished and which wait.
pub fn status(options: &StatusOptions) -> Result<ExitCode> {
    let status = options.found()?;
    match options.json {
        true => say!("{:#}", serde_json::to_value(status)?)?,
        false => tell_status(&status)?,
    }
    Ok(ExitCode::SUCCESS)
}

impl StatusOptions {
    fn found(&self) -> Result<Status> {
        // Of a study that is named all waits where nothing is yet; without a name the folder has to say which one it is.
        let store = match self.words.words.is_empty() {
            true => self.options.existing_store()?,
            false => self.options.store_as_it_is()?,
        };
        let study = self.words.study_or(|| self.options.kept(&store))?;
        let experiments = self.conditions.of(self.options.sized(study.experiments()))?;
        let planned = self.options.plan(&experiments)?;
        let found = survey(&planned, &store);
        let of_each = experiments
            .iter()
            .map(|e| Ok(of_experiment(e, &self.options.plan(std::slice::from_ref(e))?, &found)));
        let mut waiting: Vec<Waiting> = found.waiting.iter().map(|run| of_run(run, &store)).collect();
        waiting.sort_by(|a, b| (&a.condition, a.seed).cmp(&(&b.condition, b.seed)));
        Ok(Status {
            version: VERSION,
            results: store.path("").display().to_string(),
            runs: planned.len(),
            finished: found.finished.len(),
            experiments: of_each.collect::<Result<_>>()?,
            waiting,
            seconds_left: seconds_left(&found, &study),
            damaged: found.damaged,
            unreadable: found.unreadable,
        })
    }
}

fn of_experiment(experiment: &Experiment, planned: &Runs, found: &Survey) -> StatusOfExperiment {
    let finished = planned.keys().filter(|id| found.finished.contains_key(*id)).count();
    let (name, title) = (experiment.name.clone(), experiment.title.clone());
    StatusOfExperiment { name, title, runs: planned.len(), finished }
}

fn of_run(run: &Run, store: &Store) -> Waiting {
    let is_running = store.is_claimed(&run.id);
    Waiting {
        id: run.id.clone(),
        condition: run.condition.name.clone(),
        seed: run.seed,
        is_begun: store.path("snapshots").join(&run.id).exists(),
        is_running,
        // It is being tried again.
        failure: store.failure(&run.id).filter(|_| !is_running),
    }
}

fn seconds_left(found: &Survey, study: &Study) -> f64 {
    match found.waiting.is_empty() {
        true => 0.0,
        false => found.waiting.iter().map(forecast::on_one_core(&study.sets)).sum(),
    }
}

fn tell_status(status: &Status) -> Result<()> {
    for experiment in &status.experiments {
        let state = if experiment.finished == experiment.runs { "finished" } else { "waiting" };
        let StatusOfExperiment { name, title, runs, finished } = experiment;
        say!("{name:8} {state:9} {finished:3} of {runs:3} runs  {title}")?;
    }
    say!("{} of {} runs finished, shared ones counted once", status.finished, status.runs)?;
    tell_waiting(status)?;
    for reason in &status.damaged {
        say!("damaged, will be done again: {reason}")?;
    }
    for reason in &status.unreadable {
        say!("cannot be read, who made it must allow that: {reason}")?;
    }
    Ok(())
}

/// What the rest does: running, failed, to come, and for how long.
fn tell_waiting(status: &Status) -> Result<()> {
    if status.waiting.is_empty() {
        return Ok(());
    }
    let running = status.waiting.iter().filter(|run| run.is_running).count();
    let failed: Vec<(&Waiting, &String)> =
        status.waiting.iter().filter_map(|run| Some((run, run.failure.as_ref()?))).collect();
    let (waiting, failures) = (status.waiting.len() - running - failed.len(), failed.len());
    let left = duration(status.seconds_left);
    say!("{running} running, {failures} failed, {waiting} waiting; about {left} of one core's work to do")?;
    for (run, why) in failed {
        say!("failed when last tried: {} seed {}: {why}", run.condition, run.seed)?;
    }
    Ok(())
}
