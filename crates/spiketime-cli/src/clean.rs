//! `spiketime clean`: removes from a results folder what none of its experiments wants; first it tells what.
//!
//! Wanted is every run of a condition that a kept experiment file (`experiment-files`) has, of whatever seed unless
//! `--seeds` says which. Of the rest only files go that bear the name of a run: `runs/<id>.json`,
//! `weights/<id>-<images>.npy`, `snapshots/<id>`, `checkpoints/<id>-<images>`; besides them what a killed process left
//! half written. Nothing else is touched, and no run that a process has in hand.

mod leftover;

use std::fs;

use anyhow::{Context as _, Result};
use clap::Args;
use spiketime_data::limited;
use spiketime_train::record::Record;
use spiketime_train::run::Run;
use spiketime_train::store::{MAX_RECORD_BYTES, Store};

use self::leftover::{Leftover, leftovers};
use crate::exit::ExitCode;
use crate::named::{Names, names};
use crate::say::{log, say};
use crate::session::{Misuse, Options};
use crate::size::size;

const EXAMPLE: &str = "\
Example: what is left of conditions that have changed since
  spiketime clean            tells what would go
  spiketime clean --force    removes it

An experiment that is no longer wanted goes first: remove its copy from results/experiment-files.";

/// Where, and whether.
#[derive(Args)]
#[command(after_help = EXAMPLE)]
pub struct CleanOptions {
    #[command(flatten)]
    session: Options,
    /// Removes it; without this it is only told
    #[arg(long)]
    force: bool,
}

/// Tells what is not wanted, and removes it if that was asked for.
pub fn clean(options: &CleanOptions) -> Result<ExitCode> {
    let store = options.session.existing_store()?;
    let wanted = options.wanted(&store)?;
    let named = leftovers(&store, &wanted).into_iter().map(|left| (called(&left, &store, &wanted), left));
    let mut leftovers: Vec<(String, Leftover)> = named.collect();
    leftovers.sort_by(|(one, a), (other, b)| (one, &a.run).cmp(&(other, &b.run)));
    let (mut files, mut bytes) = (0, 0);
    for (name, leftover) in &leftovers {
        if options.force && !removed(leftover, &store)? {
            log!("{name}: a process has it in hand; left alone");
            continue;
        }
        say!("{name}: {}", told(leftover.files.len(), leftover.bytes))?;
        (files, bytes) = (files + leftover.files.len(), bytes + leftover.bytes);
    }
    let (what, folder) = (told(files, bytes), store.path(""));
    match (files, options.force) {
        (0, _) => say!("{}: nothing there that no experiment wants", folder.display())?,
        (_, true) => say!("{what}: removed from {}", folder.display())?,
        (_, false) => say!("{what} in {} that no experiment wants; --force removes them", folder.display())?,
    }
    if options.force {
        store.forget_free_locks();
    }
    Ok(ExitCode::SUCCESS)
}

fn told(files: usize, bytes: u64) -> String {
    format!("{files} {}, {}", if files == 1 { "file" } else { "files" }, size(bytes))
}

impl CleanOptions {
    /// Every run that an experiment of the folder may want.
    fn wanted(&self, store: &Store) -> Result<Names> {
        if store.kept_experiments()?.is_empty() {
            let folder = store.path("");
            let told = "keeps no experiment files, so nobody can say what is wanted there";
            return Err(
                Misuse(format!("{} {told}; run its experiments again first", folder.display())).into()
            );
        }
        let experiments = self.session.sized(self.session.kept(store)?.experiments());
        let mut wanted = names(&experiments, self.session.sample);
        wanted.retain(|_, (_, seed)| self.session.seeds.is_none_or(|seeds| seeds.has(*seed)));
        Ok(wanted)
    }
}

/// Removes the files, unless another process has the run, or the tables, in hand.
fn removed(leftover: &Leftover, store: &Store) -> Result<bool> {
    let _claim = match &leftover.run {
        None => store.claim_tables()?,
        Some(id) => match store.claim(id)? {
            None => return Ok(false),
            Some(claim) => claim,
        },
    };
    for file in &leftover.files {
        match fs::remove_file(file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            gone => gone.with_context(|| file.display().to_string())?,
        }
    }
    Ok(true)
}

/// What people call it.
fn called(leftover: &Leftover, store: &Store, wanted: &Names) -> String {
    let Some(id) = &leftover.run else { return "half-written tables".into() };
    if let Some((name, seed)) = wanted.get(id) {
        return format!("half-written of {name} seed {seed}");
    }
    let record = limited::bytes(&store.path("runs").join(format!("{id}.json")), MAX_RECORD_BYTES);
    match record.ok().and_then(|json| Record::read(&json).ok()) {
        Some(record) => format!("{} ({id})", Run::of(&record).name()),
        None => format!("run {id}"),
    }
}
