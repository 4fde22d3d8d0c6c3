//! `spiketime plan`: every run of a study, one a line, for whoever hands them out.

use std::cmp::Reverse;

use anyhow::Result;
use clap::Args;
use spiketime_study::data_sets::OwnSets;
use spiketime_train::run::Run;
use spiketime_train::runner::cost;
use spiketime_train::task::Task;

use crate::conditions::Conditions;
use crate::exit::ExitCode;
use crate::forecast;
use crate::part::Part;
use crate::say::say;
use crate::session::{Options, Words};
use crate::shell::VERSION;

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

/// Prints them.
pub fn plan(options: &PlanOptions) -> Result<ExitCode> {
    let study = options.words.study()?;
    let experiments = options.conditions.of(options.session.sized(study.experiments()))?;
    let planned = options.part.of(options.session.plan(&experiments)?)?;
    let tasks = tasks(planned.values(), &study.sets);
    if options.json {
        tell(&tasks)?;
        return Ok(ExitCode::SUCCESS);
    }
    for Task { id, condition, seed, seconds, .. } in tasks {
        say!("{id}  {seconds:8.1} s  {} seed {seed}", condition.name)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The runs as tasks, the costly ones first.
pub fn tasks<'a>(runs: impl IntoIterator<Item = &'a Run>, sets: &OwnSets) -> Vec<Task> {
    let mut runs: Vec<&Run> = runs.into_iter().collect();
    runs.sort_by_key(|run| (Reverse(cost(run)), run.id.as_str()));
    let seconds = forecast::on_one_core(sets);
    runs.into_iter().map(|run| Task::of(run, VERSION, seconds(run))).collect()
}

/// One line of JSON a task.
pub fn tell(tasks: &[Task]) -> Result<()> {
    tasks.iter().try_for_each(|task| Ok(say!("{}", serde_json::to_string(task)?)?))
}
