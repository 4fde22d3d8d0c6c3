//! `spiketime report` and `record`: what is finished, as verdicts; as a record to keep; in the README.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use spiketime_data::limited;
use spiketime_page::Called;
use spiketime_study::archive;
use spiketime_study::evidence::Evidence;
use spiketime_study::splice::spliced;
use spiketime_study::study::Study;
use spiketime_study::summary::{self, Size};
use spiketime_study::survey::{Survey, survey};
use spiketime_study::verdict::{self, Claim};
use spiketime_train::store::Store;

use crate::exit::ExitCode;
use crate::named;
use crate::page;
use crate::say::{log, say};
use crate::session::{Misuse, Options, Words};

/// No README is larger.
const MAX_MARKDOWN_BYTES: u64 = 16 << 20;

/// Of which results.
#[derive(Args)]
pub struct ReportOptions {
    #[command(flatten)]
    words: Words,
    #[command(flatten)]
    session: Options,
    /// A record (records/<date>) instead of the results folder
    #[arg(long, value_name = "DIR")]
    records: Option<PathBuf>,
    /// Make the results table of this Markdown file anew
    #[arg(long, value_name = "FILE", requires = "records")]
    splice: Option<PathBuf>,
    /// Make the record's table and verdicts anew from its runs
    #[arg(long, requires = "records")]
    renew: bool,
    /// Where report.html and figures/ go; the results folder if not given
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// The verdicts of what is finished.
pub fn report(options: &ReportOptions) -> Result<ExitCode> {
    match &options.records {
        None => of_results(options)?,
        Some(folder) => of_record(folder, options)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn of_record(folder: &Path, options: &ReportOptions) -> Result<()> {
    let archive = archive::read(folder)?;
    let kept = || archive::study(folder)?.map_or_else(|| options.words.study(), Ok);
    let study = options.words.study_or(kept)?;
    let is_sample = !archive.runs.is_empty() && archive.runs.values().all(|run| run.is_sample);
    let session = Options { sample: options.session.sample || is_sample, ..options.session.clone() };
    let experiments = archive::as_recorded(folder, session.sized(study.experiments()));
    let called = session.called(&study, &Store::at(folder, &[])?);
    let planned = session.plan(&experiments)?;
    let evidence = Evidence::new(&experiments, &planned, &archive.runs);
    let claims = summary::judged(&evidence, session.size());
    say!("{}", verdict::text(&claims).trim_end())?;
    if options.renew {
        summary::write(&evidence, &claims, &Store::at(folder, &[])?)?;
    }
    if let Some(file) = &options.splice {
        let text = limited::text(file, MAX_MARKDOWN_BYTES).with_context(|| file.display().to_string())?;
        let missing = || Misuse(format!("{}: no marks of a results table there", file.display()));
        let text = spliced(&text, &claims).ok_or_else(missing)?;
        std::fs::write(file, text).with_context(|| file.display().to_string())?;
    }
    if let Some(out) = &options.out {
        let page = page::write((&study, &called), evidence, &claims, &archive.maps, Vec::new(), folder, out)?;
        log!("the page: {}", page.display());
    }
    Ok(())
}

fn of_results(options: &ReportOptions) -> Result<()> {
    let session = &options.session;
    let store = session.existing_store()?;
    let study = options.words.study_or(|| session.kept(&store))?;
    let experiments = session.sized(study.experiments());
    let planned = session.plan(&experiments)?;
    let called = session.called(&study, &store);
    let judged = |found: &Survey| {
        let evidence = Evidence::new(&experiments, &planned, &found.finished);
        summarise((&study, &called), &evidence, found, session.size(), &store, options.out.as_deref())
    };
    // What is written elsewhere asks nothing of the results folder, which may belong to another user.
    if options.out.is_some() {
        return judged(&survey(&planned, &store));
    }
    let claim = store.claim_tables();
    let told = judged(&survey(&planned, &store));
    // A folder that cannot be written has no lock either; its verdicts are told all the same.
    claim.map(drop)?;
    told
}

/// Judges what is finished in the results folder, tells it, and writes it there; the page alone where it goes
/// elsewhere.
pub fn summarise(
    study: (&Study, &Called),
    evidence: &Evidence,
    found: &Survey,
    size: Size,
    store: &Store,
    elsewhere: Option<&Path>,
) -> Result<()> {
    let claims = summary::judged(evidence, size);
    // Written before it is told, and told although it cannot be written.
    let written = match elsewhere {
        None => write(study, evidence, &claims, found, store),
        Some(out) => write_page(study, evidence, &claims, found, store, out),
    };
    if size != Size::Full {
        say!("{}", summary::accuracies(evidence).trim_end())?;
    }
    say!("{}", verdict::text(&claims).trim_end())?;
    let page = written?;
    if elsewhere.is_none() {
        log!("every statistic: {}", store.path("verdicts.md").display());
    }
    log!("the page: {}", page.display());
    Ok(())
}

fn write(
    study: (&Study, &Called),
    evidence: &Evidence,
    claims: &[Claim],
    found: &Survey,
    store: &Store,
) -> Result<PathBuf> {
    summary::write(evidence, claims, store)?;
    store.write("weights.jsonl", named::index(evidence.finished.values()).as_bytes())?;
    write_page(study, evidence, claims, found, store, &store.path(""))
}

fn write_page(
    study: (&Study, &Called),
    evidence: &Evidence,
    claims: &[Claim],
    found: &Survey,
    store: &Store,
    to: &Path,
) -> Result<PathBuf> {
    let (maps, damaged_maps) = page::kept_maps(evidence.finished.values(), store);
    let damaged = [&found.damaged[..], &found.unreadable, &damaged_maps].concat();
    page::write(study, *evidence, claims, &maps, damaged, &store.path(""), to)
}

/// Where the record goes.
#[derive(Args)]
pub struct RecordOptions {
    /// The folder to make: records/<date>
    folder: PathBuf,
    #[command(flatten)]
    words: Words,
    #[command(flatten)]
    session: Options,
}

/// Writes the finished replication as a record.
pub fn record(options: &RecordOptions) -> Result<ExitCode> {
    let session = &options.session;
    check_is_new(&options.folder)?;
    let store = session.existing_store()?;
    let study = options.words.study_or(|| session.kept(&store))?;
    let experiments = session.sized(study.experiments());
    let planned = session.plan(&experiments)?;
    let found = survey(&planned, &store);
    if !found.waiting.is_empty() {
        bail!("{} runs are not finished; start again to go on with them", found.waiting.len());
    }
    let evidence = Evidence::new(&experiments, &planned, &found.finished);
    archive::write(&study, &evidence, session.size(), &store, &options.folder)?;
    // A study without maps or a presentation has none of them; where one is wanted, the page says that it is missing.
    for name in page::DERIVED.into_iter().filter(|name| store.path(name).exists()) {
        let from = store.path(name);
        std::fs::copy(&from, options.folder.join(name)).with_context(|| from.display().to_string())?;
    }
    say!("{} runs in {}", found.finished.len(), options.folder.display())?;
    Ok(ExitCode::SUCCESS)
}

/// A record is kept: nothing is written over, and nothing is strewn into a folder of other things.
fn check_is_new(folder: &Path) -> Result<()> {
    match std::fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(true) => {
            let folder = folder.display();
            Err(Misuse(format!(
                "{folder} is not empty; name a new folder for the record, such as records/<date>"
            ))
            .into())
        }
        _ => Ok(()), // Not there, or empty; what is no folder cannot be made one, which is told then.
    }
}
