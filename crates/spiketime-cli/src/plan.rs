//! `spiketime plan`: every run of a study, one a line, for whoever hands them out.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use anyhow::Result;
use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;
use spiketime_sim::Engine;
use spiketime_train::run::Run;
use spiketime_train::runner::cost;

use crate::conditions::Conditions;
use crate::exit::ExitCode;
use crate::forecast;
use crate::part::Part;
use crate::say::say;
use crate::session::{Options, Words};

const EXAMPLES: &str = "\
Examples: which runs there are, and one machine's part of them
  spiketime plan mine                     a table for people
  spiketime plan mine --json              one line of JSON a run, the costly ones first
  spiketime run mine --shard 2/8          the second of eight parts; on a shared folder or one of its own
  spiketime gather results node2/results  what all of them did, as one folder with tables and page";

/// Of what, and in which form.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct PlanOptions {
    #[command(flatten)]
    words: Words,
    #[command(flatten)]
    session: Options,
    #[command(flatten)]
    conditions: Conditions,
    #[command(flatten)]
    part: Part,
    /// One line of JSON a run; `spiketime schema plan` describes it
    #[arg(long)]
    json: bool,
}

/// A line of `spiketime plan --json`.
#[derive(Serialize, JsonSchema)]
pub struct PlannedRun {
    /// What `run --id` takes; its result will be `runs/<id>.json`.
    id: String,
    /// Its network.
    condition: String,
    /// Root of its random streams.
    seed: u64,
    /// Where it is looked at.
    checkpoints: BTreeSet<u64>,
    /// Where its weights are kept.
    maps: BTreeSet<u64>,
    /// About how long it takes on a core like one of this machine.
    seconds: f64,
}

/// Prints them.
pub fn plan(options: &PlanOptions) -> Result<ExitCode> {
    let study = options.words.study()?;
    let experiments = options.conditions.of(options.session.sized(study.experiments()))?;
    let planned = options.part.of(options.session.plan(&experiments)?)?;
    let mut runs: Vec<&Run> = planned.values().collect();
    runs.sort_by_key(|run| (Reverse(cost(run)), run.id.as_str()));
    let slowness = forecast::slowness(Engine::Dense);
    for run in runs {
        let seconds = forecast::of(std::slice::from_ref(run), &study.sets, 1, slowness).core_seconds;
        match options.json {
            true => say!("{}", serde_json::to_string(&PlannedRun::of(run, seconds))?)?,
            false => say!("{}  {:8.1} s  {}", run.id, seconds, run.name())?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl PlannedRun {
    fn of(run: &Run, seconds: f64) -> PlannedRun {
        let (id, condition) = (run.id.clone(), run.condition.name.clone());
        let (checkpoints, maps) = (run.schedule.checkpoints.clone(), run.schedule.maps.clone());
        // A forecast is not worth more digits.
        let seconds = (seconds * 1000.0).round() / 1000.0;
        PlannedRun { id, condition, seed: run.seed, checkpoints, maps, seconds }
    }
}
