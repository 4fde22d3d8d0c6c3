//! `spiketime new`: makes a study that runs as it is, to be changed line by line.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;

use crate::exit::ExitCode;
use crate::say::say;
use crate::session::{Misuse, quoted};

const EXAMPLE: &str = "\
Example: a study and its first verdicts, in seconds
  spiketime new mine
  spiketime run mine --sample";

/// What a new study holds.
const FILES: [(&str, &str); 3] = [
    ("study.toml", include_str!("new/study.toml")),
    ("keys.toml", include_str!("new/keys.toml")),
    ("spread.toml", include_str!("new/spread.toml")),
];

/// Where it goes.
#[derive(Args)]
#[command(after_help = EXAMPLE)]
pub struct NewOptions {
    /// The study's folder; it is made, and may hold nothing
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Makes a study and says what to type next.
pub fn new(options: &NewOptions) -> Result<ExitCode> {
    let folder = &options.folder;
    check_is_free(folder)?;
    write(folder).with_context(|| folder.display().to_string())?;
    tell(folder)?;
    Ok(ExitCode::SUCCESS)
}

/// Nothing of somebody else's is written over, and no file of theirs becomes a part of the study.
fn check_is_free(folder: &Path) -> Result<()> {
    let told = match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => return Ok(()),
        Ok(false) => "holds something already",
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == ErrorKind::NotADirectory => "is a file",
        Err(error) => return Err(error).with_context(|| folder.display().to_string()),
    };
    Err(Misuse(format!("{} {told}; name a new folder", folder.display())).into())
}

fn write(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    FILES.iter().try_for_each(|(name, text)| fs::write(folder.join(name), text))
}

fn tell(folder: &Path) -> std::io::Result<()> {
    let names = FILES.map(|(name, _)| name).join(", ");
    let study = quoted(folder);
    say!("{}: {names}", folder.display())?;
    say!("next:")?;
    let next = [
        (format!("run {study} --sample"), "a verdict for each claim, in seconds, on the embedded images"),
        ("status --sample".to_owned(), "what is finished; the page is results/sample/report.html"),
        (format!("verify {study}"), "after a change: both engines, bit by bit"),
        (format!("run {study}"), "the same on all images, which are fetched"),
    ];
    let width = next.iter().map(|(command, _)| command.chars().count()).max().unwrap_or_default();
    next.iter().try_for_each(|(command, what)| say!("  spiketime {command:width$}  {what}"))
}
