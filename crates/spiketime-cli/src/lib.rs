//! The command line of Spiketime: results on stdout, progress and logs on stderr.
//!
//! Exit codes: 0 done, 1 a run failed, 2 misuse, 130 stopped.

#![allow(rustdoc::invalid_html_tags)] // Help texts name files like <id>.json.

mod branch;
mod check;
mod clean;
mod compare;
mod conditions;
mod dask;
mod data;
mod device;
mod dry_run;
mod exit;
mod explain;
mod forecast;
mod gather;
mod listed;
mod misuse;
mod named;
mod new;
mod page;
mod part;
mod plan;
mod predict;
mod progress;
mod replicate;
mod report;
mod say;
mod schema;
mod seeds;
mod session;
mod sets;
mod shell;
mod signal;
mod simulate;
mod size;
mod submit;
mod trained;

use std::ffi::OsString;

use clap::{CommandFactory, Parser, Subcommand};
use spiketime_data::DataError;
use spiketime_data::toml_file::TomlError;
use spiketime_net::outcome::RunError;
use spiketime_study::plan::PlanError;
use spiketime_study::study::find::FindError;
use spiketime_train::branch::BranchError;
use spiketime_train::context;
use spiketime_train::store::StoreError;

pub use crate::exit::ExitCode;
use crate::replicate::RunOptions;
use crate::say::log;
pub use crate::shell::VERSION;

/// An exact, event-driven spiking-network simulator: no time step.
#[derive(Parser)]
#[command(name = "spiketime", version = shell::VERSION, about, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  spiketime replicate-all --quick         a first look at everything, in less than a minute
  spiketime replicate-all                 every figure, claim and question, on the real data
  spiketime list                          its experiments, by name
  spiketime run fig06                     one of them
  spiketime new my-study                  a study of your own: a folder with experiment files
  spiketime run my-study --sample         all of it, on the embedded images, in seconds
  spiketime status                        what is finished and what is waiting
  spiketime report                        the verdicts of what is finished
  spiketime predict wta:1 mine.npy        what a trained network says of images of your own
  spiketime data fetch                    all eight files of both data sets
  spiketime simulate net.toml --until 1000 --out spikes.json    a network of your own";

#[derive(Subcommand)]
enum Command {
    /// Replicates the report: runs its whole study, then prints the verdicts; finished runs are skipped
    ReplicateAll(replicate::RunOptions),
    /// Runs a study of your own, or parts of one
    Run {
        /// A study (a folder), files of one, or names that `spiketime list` prints
        #[arg(required = true, value_name = "STUDY|FILE|NAME")]
        words: Vec<String>,
        #[command(flatten)]
        options: replicate::RunOptions,
    },
    /// Prints every run of a study, one a line, for whoever hands them out: `run --id` and `run --shard` do a part
    Plan(plan::PlanOptions),
    /// Joins results folders into one, checks every record, and tells what is missing, damaged or there twice
    Gather(gather::GatherOptions),
    /// Hands a study to a cluster's Slurm: an array of jobs, of which each does a part
    Submit(submit::SubmitOptions),
    /// Makes a study of your own that runs as it is, to be changed line by line
    New(new::NewOptions),
    /// Goes on from a checkpoint of one run under another condition
    Branch(branch::BranchOptions),
    /// Prints the verdicts of what is finished
    Report(report::ReportOptions),
    /// Writes a finished replication as a record: records/<date>
    Record(report::RecordOptions),
    /// Says which experiments are finished and which wait
    Status(listed::StatusOptions),
    /// Tells which files of a results folder no experiment wants, and removes them if asked to
    Clean(clean::CleanOptions),
    /// Lists the experiments of a study: questions, networks, claims
    List(listed::ListOptions),
    /// Runs every network of every experiment at its smallest, on both engines, in seconds; or checks a record
    Verify(check::VerifyOptions),
    /// Tells which numbers of two results folders or records differ, and by how much of the seeds' spread
    Compare(compare::CompareOptions),
    /// Runs both engines side by side on an experiment or a network file, up to the first difference
    CompareEngines(check::CompareOptions),
    /// Runs a recorded run again and compares every byte
    Rerun(check::RerunOptions),
    /// Shows images of your own to a trained network and tells what it says: classes, output spikes, counts
    Predict(predict::PredictOptions),
    /// Tells one presentation as a story: who crossed, who was second, what was learned
    Explain(explain::ExplainOptions),
    /// Draws weights as a picture: one tile a neuron
    Map(page::MapOptions),
    /// Prints what a file may say: a JSON Schema, or every key as Markdown
    Schema(schema::SchemaOptions),
    /// Simulates a network file: any graph of neurons, for a while
    Simulate(simulate::Options),
    /// Prints what a shell needs to complete commands and options
    Completions(shell::CompletionsOptions),
    /// Writes the manual pages
    Man(shell::ManOptions),
    /// Fetches, checks, imports the data sets, or says where they are
    #[command(subcommand)]
    Data(data::Command),
    /// Fits a law of conductance to measured pulses
    #[command(subcommand)]
    Device(device::Command),
}

/// Does what a command line says, whose first word is the program's name.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let words: Vec<OsString> = words.into_iter().collect();
    let command = match Arguments::try_parse_from(&words) {
        Ok(Arguments { command }) => command,
        Err(told) => {
            // Help and the version are told in this way too. Nobody may listen.
            let _ = told.print();
            return ExitCode(told.exit_code() as u8);
        }
    };
    let done = match command {
        Command::ReplicateAll(RunOptions { dask: Some(address), session, .. })
        | Command::Run { options: RunOptions { dask: Some(address), session, .. }, .. } => {
            dask::run(&address, &session.folder(), &words[1..])
        }
        Command::ReplicateAll(options) => replicate::replicate_all(&options),
        Command::Run { words, options } => {
            let study = session::Words { words }.study_on(options.data());
            study.and_then(|study| replicate::run(&study, &options))
        }
        Command::Plan(options) => plan::plan(&options),
        Command::Gather(options) => gather::gather(&options),
        Command::Submit(options) => submit::submit(&options),
        Command::New(options) => new::new(&options),
        Command::Branch(options) => branch::branch(&options),
        Command::Report(options) => report::report(&options),
        Command::Record(options) => report::record(&options),
        Command::Status(options) => listed::status(&options),
        Command::Clean(options) => clean::clean(&options),
        Command::List(options) => listed::list(&options),
        Command::Verify(options) => check::verify(&options),
        Command::Compare(options) => compare::compare(&options),
        Command::CompareEngines(options) => check::compare_engines(&options),
        Command::Rerun(options) => check::rerun(&options),
        Command::Predict(options) => predict::predict(&options),
        Command::Explain(options) => explain::run(&options),
        Command::Map(options) => page::map(&options),
        Command::Schema(options) => schema::schema(&options),
        Command::Simulate(options) => simulate::run(&options),
        Command::Completions(options) => shell::completions(&options, Arguments::command()),
        Command::Man(options) => shell::man(&options, Arguments::command()),
        Command::Data(command) => data::run(&command),
        Command::Device(command) => device::run(&command),
    };
    done.unwrap_or_else(|error| {
        log!("error: {error:#}");
        ExitCode::from(if is_misuse(&error) { 2 } else { 1 })
    })
}

/// Is the question wrong, and not a run, a file of data or the machine?
fn is_misuse(error: &anyhow::Error) -> bool {
    error.is::<TomlError>()
        || error.is::<FindError>()
        || error.is::<PlanError>()
        || error.is::<session::Misuse>()
        || is_misuse_of_branch(error)
        || matches!(error.downcast_ref(), Some(error) if !matches!(error, RunError::Written(_)))
        || matches!(error.downcast_ref(), Some(StoreError::NoResults { .. }))
        || matches!(error.downcast_ref(), Some(DataError::NoFolder { .. } | DataError::NotInFolder { .. }))
        || matches!(
            error.downcast_ref(),
            Some(
                context::RunError::TooMany { .. }
                    | context::RunError::NotAtHand { .. }
                    | context::RunError::TooManyLooks { .. }
                    | context::RunError::BeyondEpochs { .. }
            )
        )
}

fn is_misuse_of_branch(error: &anyhow::Error) -> bool {
    error.downcast_ref().is_some_and(|error| !matches!(error, BranchError::Store(_)))
}
