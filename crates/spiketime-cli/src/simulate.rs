//! `spiketime simulate`: a network file, its spikes as JSON, rate and regularity on stdout.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use spiketime_experiment::net::Net;
use spiketime_experiment::net::outcome::Outcome;
use tempfile::NamedTempFile;

use crate::say::say;

/// What to simulate, and for how long.
#[derive(Args)]
pub struct Options {
    /// The network file
    file: PathBuf,
    /// How long, in milliseconds
    #[arg(long, value_name = "MS", value_parser = duration_ms)]
    until: f64,
    /// Writes all spikes here, as JSON
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Stops with an error after so many spikes
    #[arg(long, value_name = "COUNT", default_value_t = 10_000_000)]
    max_spikes: usize,
}

fn duration_ms(text: &str) -> Result<f64, String> {
    let ms = text.parse().ok().filter(|ms| (1e-9..=1e12).contains(ms));
    ms.ok_or_else(|| "it must be a number from 1e-9 to 1e12".into())
}

/// Does it.
pub fn run(options: &Options) -> Result<ExitCode> {
    let net = Net::read(&options.file, options.until)?;
    // Before the simulation: a place that cannot be written is told at once.
    let file = options.out.as_deref().map(beside).transpose()?;
    let started = Instant::now();
    let outcome = net.run(options.until, options.max_spikes)?;
    let seconds = started.elapsed().as_secs_f64();
    if let (Some(out), Some(file)) = (&options.out, file) {
        keep(&outcome, out, file).with_context(|| out.display().to_string())?;
    }
    print(&outcome, seconds)?;
    Ok(ExitCode::SUCCESS)
}

/// A temporary file in the folder of `out`, so that it can be renamed to it.
fn beside(out: &Path) -> Result<NamedTempFile<File>> {
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Not `NamedTempFile::new_in`, which keeps the file from everyone else.
    tempfile::Builder::new()
        .make_in(folder, |path| File::create_new(path))
        .with_context(|| out.display().to_string())
}

fn keep(outcome: &Outcome, out: &Path, mut file: NamedTempFile) -> Result<()> {
    serde_json::to_writer(&mut file, outcome)?;
    file.write_all(b"\n")?;
    file.persist(out)?;
    Ok(())
}

fn print(outcome: &Outcome, seconds: f64) -> Result<()> {
    say!("population         neurons     spikes   rate [Hz]   interval CV")?;
    for population in &outcome.populations {
        let cv = population.interval_cv.map_or("-".into(), |cv| format!("{cv:.3}"));
        say!(
            "{:<16} {:>9} {:>10} {:>11.3} {:>13}",
            population.name,
            population.neurons,
            population.spikes,
            population.rate_hz,
            cv
        )?;
    }
    let rate = outcome.deliveries as f64 / seconds;
    say!("{} spikes delivered in {seconds:.3} s: {rate:.3e} events/s", outcome.deliveries)?;
    Ok(())
}
