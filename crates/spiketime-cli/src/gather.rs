//! `spiketime gather`: what was done in several results folders, as one.
//!
//! Every record is checked as if it were read for a page: layout, digest, id of its condition and seed, weights by their
//! digests. Two records of one run must be the same bytes but for who made them. Nothing is taken that is not sound.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use spiketime_study::study::Study;
use spiketime_study::survey::{Survey, survey};
use spiketime_train::record::Record;
use spiketime_train::store::Store;

use crate::exit::ExitCode;
use crate::replicate::{keep, tables};
use crate::say::{log, say};
use crate::session::{Options, Runs};
use crate::sets::given;

const EXAMPLES: &str = "\
Examples: the parts that several machines did
  spiketime gather node1/results node2/results      into results, with tables and page
  spiketime gather results                          a folder that all of them shared
  spiketime gather node*/results --results all      into another folder
  spiketime gather results --data mine/study.toml   of a study on images of its own";

/// From where, and whereto.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct GatherOptions {
    /// Results folders; --results may be one of them
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    #[command(flatten)]
    session: Options,
    /// Where images are, for the page: as `spiketime run` takes it. Results keep no paths, so data of a study's own need it:
    /// the study's study.toml
    #[arg(long, value_name = "DIR|FILE.toml", conflicts_with = "sample")]
    data: Option<PathBuf>,
}

/// What became of all runs.
#[derive(Default)]
struct Gathered {
    taken: usize,
    differing: Vec<String>,
    damaged: Vec<String>,
    unreadable: Vec<String>,
}

/// Joins them.
pub fn gather(options: &GatherOptions) -> Result<ExitCode> {
    let stores = options.folders.iter().map(|folder| options.session.of_folder(folder).existing_store());
    let stores: Vec<Store> = stores.collect::<Result<_>>()?;
    let study = options.session.kept_in(&stores)?;
    let experiments = options.session.sized(study.experiments());
    let planned = options.session.plan(&experiments)?;
    let target = options.session.store()?;
    options.session.united(&study, &target)?;
    keep(&study, &target)?;
    let mut gathered = Gathered::default();
    for store in &stores {
        gathered.take(&survey(&planned, store), &planned, store, &target)?;
    }
    // From now on the folder speaks for itself: what its page says must not depend on where its parts came from.
    let mut kept = options.session.kept(&target)?;
    kept.sets.extend(given(options.data.as_deref())?);
    finish(options, &kept, &planned, &target, &gathered)
}

impl Gathered {
    fn take(&mut self, found: &Survey, planned: &Runs, from: &Store, target: &Store) -> Result<()> {
        self.damaged.extend(found.damaged.iter().cloned());
        self.unreadable.extend(found.unreadable.iter().cloned());
        let there = survey(planned, target).finished;
        for (id, record) in &found.finished {
            match there.get(id) {
                None => {
                    target.adopt(record, from).with_context(|| planned[id].name())?;
                    self.taken += 1;
                }
                Some(other) if is_same(other, record) => {}
                Some(_) => {
                    self.differing.push(format!("{} ({id}): {}", planned[id].name(), from.path("").display()))
                }
            }
        }
        Ok(())
    }
}

/// All but where and when it was made.
fn is_same(one: &Record, other: &Record) -> bool {
    one.comparable() == other.comparable()
}

fn finish(
    options: &GatherOptions,
    study: &Study,
    planned: &Runs,
    target: &Store,
    gathered: &Gathered,
) -> Result<ExitCode> {
    tables(&options.session, study, planned, target, options.data.as_deref())?;
    let now = survey(planned, target);
    let told = |what: &str, lines: &[String]| lines.iter().for_each(|line| log!("{what}: {line}"));
    told("damaged, not taken", &gathered.damaged);
    told("cannot be read, not taken", &gathered.unreadable);
    told("twice with other bytes, the first was kept", &gathered.differing);
    now.waiting.iter().for_each(|run| log!("missing: {} ({})", run.name(), run.id));
    let (all, finished, missing) = (planned.len(), now.finished.len(), now.waiting.len());
    let folder = target.path("");
    say!("{finished} of {all} runs in {}: {} taken, {missing} missing", folder.display(), gathered.taken)?;
    let (twice, unread) = (gathered.differing.len(), gathered.unreadable.len());
    if missing + twice + unread == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    log!(
        "error: {missing} runs are missing, {twice} twice with other bytes, {unread} cannot be read; see above"
    );
    Ok(ExitCode::FAILURE)
}
