//! `spiketime report` and `record`: what is finished, as verdicts; as a record to keep; in the README.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use spiketime_data::limited;
use spiketime_experiment::evidence::Evidence;
use spiketime_experiment::spec::Experiment;
use spiketime_experiment::splice::spliced;
use spiketime_experiment::store::Store;
use spiketime_experiment::summary::{self, Size};
use spiketime_experiment::survey::survey;
use spiketime_experiment::{archive, verdict};

use crate::page;
use crate::say::{log, say};
use crate::session::{Misuse, Options};

/// No README is larger.
const MAX_MARKDOWN_BYTES: u64 = 16 << 20;

/// Of which results.
#[derive(Args)]
pub struct ReportOptions {
    #[command(flatten)]
    session: Options,
    /// A record (records/<date>) instead of the results folder
    #[arg(long, value_name = "DIR")]
    records: Option<PathBuf>,
    /// Make the results table of this Markdown file anew
    #[arg(long, value_name = "FILE", requires = "records")]
    splice: Option<PathBuf>,
    /// Where report.html and figures/ go; the results folder if not given
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// The verdicts of what is finished.
pub fn report(options: &ReportOptions) -> Result<ExitCode> {
    let experiments = options.session.read_all()?;
    match &options.records {
        None => of_results(&experiments, options)?,
        Some(folder) => of_record(&experiments, folder, options)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn of_record(experiments: &[Experiment], folder: &Path, options: &ReportOptions) -> Result<()> {
    let (planned, archive) = (options.session.plan(experiments)?, archive::read(folder)?);
    let evidence = Evidence { experiments, planned: &planned, finished: &archive.runs };
    let claims = verdict::judge(&evidence);
    say!("{}", verdict::text(&claims).trim_end())?;
    if let Some(file) = &options.splice {
        let text = limited::text(file, MAX_MARKDOWN_BYTES).with_context(|| file.display().to_string())?;
        let missing = || Misuse(format!("{}: no marks of a results table there", file.display()));
        let text = spliced(&text, &claims).ok_or_else(missing)?;
        std::fs::write(file, text).with_context(|| file.display().to_string())?;
    }
    if let Some(out) = &options.out {
        let page = page::write(evidence, &claims, &archive.maps, Vec::new(), folder, out)?;
        log!("the page: {}", page.display());
    }
    Ok(())
}

fn of_results(experiments: &[Experiment], options: &ReportOptions) -> Result<()> {
    let session = &options.session;
    let (planned, store) = (session.plan(experiments)?, session.store()?);
    let found = survey(&planned, &store);
    let evidence = Evidence { experiments, planned: &planned, finished: &found.finished };
    summarise(&evidence, &found.damaged, session.size(), &store, options.out.as_deref())
}

/// Judges what is finished in the results folder, writes it there and tells it.
pub fn summarise(
    evidence: &Evidence,
    damaged: &[String],
    size: Size,
    store: &Store,
    out: Option<&Path>,
) -> Result<()> {
    let claims = summary::write(evidence, size, store)?;
    if size != Size::Full {
        say!("{}", summary::accuracies(evidence).trim_end())?;
    }
    say!("{}", verdict::text(&claims).trim_end())?;
    log!("every statistic: {}", store.path("verdicts.md").display());
    let (maps, damaged_maps) = page::kept_maps(evidence, store);
    let damaged = [damaged, &damaged_maps].concat();
    let folder = store.path("");
    let page = page::write(*evidence, &claims, &maps, damaged, &folder, out.unwrap_or(&folder))?;
    log!("the page: {}", page.display());
    Ok(())
}

/// Where the record goes.
#[derive(Args)]
pub struct RecordOptions {
    /// The folder to make: records/<date>
    folder: PathBuf,
    #[command(flatten)]
    session: Options,
}

/// Writes the finished replication as a record.
pub fn record(options: &RecordOptions) -> Result<ExitCode> {
    let session = &options.session;
    let experiments = session.read_all()?;
    let (planned, store) = (session.plan(&experiments)?, session.store()?);
    let found = survey(&planned, &store);
    if !found.waiting.is_empty() {
        bail!("{} runs are not finished; `spiketime replicate-all` goes on with them", found.waiting.len());
    }
    let evidence = Evidence { experiments: &experiments, planned: &planned, finished: &found.finished };
    archive::write(&evidence, &store, &options.folder)?;
    for name in page::DERIVED {
        let (from, to) = (store.path(name), options.folder.join(name));
        let missing = || format!("{}: `spiketime replicate-all` makes it", from.display());
        std::fs::copy(&from, &to).with_context(missing)?;
    }
    say!("{} runs in {}", found.finished.len(), options.folder.display())?;
    Ok(ExitCode::SUCCESS)
}
