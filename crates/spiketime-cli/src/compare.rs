//! `spiketime compare`: which numbers of two results folders or records moved, by how much of the seeds' spread.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use spiketime_data::limited;
use spiketime_study::archive;
use spiketime_study::moved::{Comparison, Moved, compare as side_by_side};
use spiketime_study::spaced::spaced;
use spiketime_train::record::Record;
use spiketime_train::store::MAX_RECORD_BYTES;

use crate::exit::ExitCode;
use crate::say::{log, say};
use crate::session::Misuse;

/// So many moves are told where `--all` is not given.
const TOLD: usize = 20;

const EXAMPLES: &str = "\
Examples:
  spiketime compare results records/2026-11-24     what differs from the kept record
  spiketime compare before after --all             every number that a change moved

A run is in both where its network and its seed are the same. 'Of the spread' is the difference
over the pooled standard deviation of the seeds: 1 and more is as much as another seed moves it.";

/// Which two.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct CompareOptions {
    /// A results folder, or a record (records/<date>)
    #[arg(value_name = "A")]
    before: PathBuf,
    /// Another one
    #[arg(value_name = "B")]
    after: PathBuf,
    /// Every number that moved, not only the 20 that moved most
    #[arg(long)]
    all: bool,
}

/// Tells what moved.
pub fn compare(options: &CompareOptions) -> Result<ExitCode> {
    let (before, after) = (records(&options.before)?, records(&options.after)?);
    let (a, b) = (options.before.display(), options.after.display());
    let found = side_by_side(&before, &after);
    say!(
        "A: {a}, {}{}; B: {b}, {}{}",
        runs(before.len()),
        streams(&before),
        runs(after.len()),
        streams(&after)
    )?;
    say!("{} in both; {} only in A, {} only in B", runs(found.runs), found.only_before, found.only_after)?;
    say!("{}", summary(&found))?;
    let told = if options.all { found.moved.len() } else { TOLD };
    for line in table(&found.moved[..told.min(found.moved.len())]) {
        say!("{line}")?;
    }
    if found.moved.len() > told {
        say!("… and {} more; --all tells them", spaced((found.moved.len() - told) as u64))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn summary(found: &Comparison) -> String {
    let numbers = spaced(found.numbers as u64);
    match (found.runs, found.moved.len()) {
        (0, _) => "nothing to compare: no network with the same seed is in both".to_owned(),
        (_, 0) => format!("nothing moved: all {numbers} numbers are the same"),
        (_, moved) => {
            let moved = spaced(moved as u64);
            format!(
                "{moved} of {numbers} numbers moved; means over the seeds in both, the largest move first:"
            )
        }
    }
}

fn runs(count: usize) -> String {
    let count = count as u64;
    format!("{} run{}", spaced(count), if count == 1 { "" } else { "s" })
}

/// By which random streams: equal ones give equal numbers.
fn streams(records: &[Record]) -> String {
    let streams: BTreeSet<&str> = records.iter().map(|record| record.streams.as_str()).collect();
    if streams.is_empty() { String::new() } else { format!(" ({})", Vec::from_iter(streams).join(", ")) }
}

/// One line a number, under a head.
fn table(moved: &[Moved]) -> Vec<String> {
    let width = |of: fn(&Moved) -> &str| moved.iter().map(|moved| of(moved).chars().count()).max();
    let condition = width(|moved| &moved.condition).unwrap_or(0).max("condition".len());
    let metric = width(|moved| &moved.metric).unwrap_or(0).max("metric".len());
    let line = |cells: [&str; 8]| {
        let [name, images, what, a, b, by, spread, seeds] = cells;
        format!(
            "{name:condition$}  {images:>8}  {what:metric$}  {a:>10}  {b:>10}  {by:>10}  {spread:>13}  {seeds:>5}"
        )
    };
    let head = line(["condition", "images", "metric", "A", "B", "moved", "of the spread", "seeds"]);
    let rows = moved.iter().map(|moved| {
        let of_the_spread = moved.of_the_spread().map_or_else(|| "–".to_owned(), |of| signed(of, 2));
        let [images, seeds] = [moved.images_seen, moved.seeds as u64].map(spaced);
        let [a, b] = [moved.before, moved.after].map(|value| format!("{value:.3}"));
        line([
            &moved.condition,
            &images,
            &moved.metric,
            &a,
            &b,
            &signed(moved.by(), 3),
            &of_the_spread,
            &seeds,
        ])
    });
    if moved.is_empty() { Vec::new() } else { [head].into_iter().chain(rows).collect() }
}

/// With its sign; what would round to nothing as a power of ten.
fn signed(value: f64, digits: usize) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "+∞" } else { "-∞" }.to_owned();
    }
    let is_tiny = value != 0.0 && value.abs() < 0.5 * 0.1_f64.powi(digits as i32);
    if is_tiny { format!("{value:+.0e}") } else { format!("{value:+.digits$}") }
}

/// Every run of a record or of a results folder that can be read; what cannot is told.
fn records(folder: &Path) -> Result<Vec<Record>> {
    if folder.join("runs.jsonl").is_file() {
        return Ok(archive::runs(folder)?.into_values().collect());
    }
    let runs = folder.join("runs");
    if !runs.is_dir() {
        return Err(nothing_in(folder).into());
    }
    let entries = fs::read_dir(&runs).with_context(|| runs.display().to_string())?;
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    paths.sort();
    Ok(paths.iter().filter_map(|path| readable(path)).collect())
}

fn readable(path: &Path) -> Option<Record> {
    let bytes = limited::bytes(path, MAX_RECORD_BYTES).map_err(|error| error.to_string());
    match bytes.and_then(|bytes| Record::read(&bytes)) {
        Ok(record) => Some(record),
        Err(reason) => {
            log!("left out: {}: {reason}", path.display());
            None
        }
    }
}

fn nothing_in(folder: &Path) -> Misuse {
    let below =
        ["quick", "sample"].map(|size| folder.join(size)).into_iter().find(|path| path.join("runs").is_dir());
    let near = below.map_or_else(String::new, |path| format!("; did you mean {}?", path.display()));
    let folder = folder.display();
    Misuse(format!("{folder}: no results and no record there{near}; name a results folder or records/<date>"))
}
