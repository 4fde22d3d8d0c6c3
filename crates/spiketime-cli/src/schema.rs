//! `spiketime schema`: what a file may say, for editors as a JSON Schema, for people as Markdown.

use anyhow::Result;
use clap::{Args, ValueEnum};
use spiketime_study::keys;
use spiketime_train::record::schema_json;
use spiketime_train::task::Task;

use crate::exit::ExitCode;
use crate::listed::{Listed, Status};
use crate::say::say;

/// Which file.
#[derive(Clone, Copy, ValueEnum)]
pub enum Kind {
    /// A result: results/runs/<id>.json
    Result,
    /// An experiment file
    Experiment,
    /// study.toml
    Study,
    /// What `spiketime list --json` prints
    List,
    /// What `spiketime status --json` prints
    Status,
    /// A line of `spiketime plan --json`
    Plan,
    /// A network file of `spiketime simulate`
    Network,
    /// A device file, as `spiketime device fit` writes it
    Device,
}

const EXAMPLE: &str = "\
Example: an editor that knows the keys of experiment files (Even Better TOML, Taplo)
  spiketime schema experiment > experiment.schema.json
  then write as the first line of the file:  #:schema ./experiment.schema.json";

/// Of which file, and in which form.
#[derive(Args)]
#[command(after_help = EXAMPLE)]
pub struct SchemaOptions {
    /// Which file; a result if none is named
    #[arg(value_enum)]
    kind: Option<Kind>,
    /// Every key of every file that one writes, with unit, default and bounds, as Markdown: docs/keys.md
    #[arg(long, conflicts_with = "kind")]
    markdown: bool,
}

/// Prints it.
pub fn schema(options: &SchemaOptions) -> Result<ExitCode> {
    if options.markdown {
        say!("{}", keys::page(&keys::files(spiketime_net::schema())).trim_end())?;
        return Ok(ExitCode::SUCCESS);
    }
    let schema = match options.kind.unwrap_or(Kind::Result) {
        Kind::Result => serde_json::from_str(&schema_json())?,
        Kind::Experiment => keys::experiment_schema(),
        Kind::Study => keys::study_schema(),
        Kind::List => schemars::schema_for!(Listed).to_value(),
        Kind::Status => schemars::schema_for!(Status).to_value(),
        Kind::Plan => schemars::schema_for!(Task).to_value(),
        Kind::Network => spiketime_net::schema(),
        Kind::Device => spiketime_device::schema(),
    };
    say!("{schema:#}")?;
    Ok(ExitCode::SUCCESS)
}
