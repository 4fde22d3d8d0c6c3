//! `spiketime simulate`: a network file, its spikes as JSON, rate and regularity on stdout.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use spiketime_data::aside;
use spiketime_net::outcome::Outcome;
use spiketime_net::{Net, NetError};

use crate::progress::Bar;
use crate::say::{log, say};
use crate::session::{Misuse, is_same_file};
use crate::signal::stop_on_signal;

/// Of the bar that shows how far it is.
const STEPS: u64 = 1_000;

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
    let out = options.out.as_deref();
    out.map_or(Ok(()), |out| spare(&options.file, out))?;
    let stop = stop_on_signal()?;
    let net = read(&options.file, options.until)?;
    // Before the simulation: a place that cannot be written is told at once. Nothing stays there meanwhile.
    if let Some(out) = out {
        aside::beside(out).with_context(|| out.display().to_string())?;
    }
    let started = Instant::now();
    let bar = Bar::new("simulating");
    bar.expect(STEPS);
    let reached = |part: f64| bar.reach((part * STEPS as f64) as u64);
    let outcome = net.run_unless(&stop, &reached, options.until, options.max_spikes);
    bar.finish();
    let outcome = outcome?;
    let seconds = started.elapsed().as_secs_f64();
    if let Some(out) = out {
        keep(&outcome, out).with_context(|| out.display().to_string())?;
    }
    print(&outcome, seconds)?;
    Ok(outcome.wanted_until_ms.map_or(ExitCode::SUCCESS, |until_ms| stopped(&outcome, until_ms)))
}

fn stopped(outcome: &Outcome, wanted_until_ms: f64) -> ExitCode {
    log!("stopped at {} ms of {wanted_until_ms} ms; what came after is not simulated", outcome.until_ms);
    ExitCode::from(130)
}

/// The network file is no place for what it does, by whatever name.
fn spare(file: &Path, out: &Path) -> Result<(), Misuse> {
    if !is_same_file(file, out) {
        return Ok(());
    }
    let (out, file) = (out.display(), file.display());
    Err(Misuse(format!("--out {out} is the network file {file} itself; name another file")))
}

/// A cause that lies in the file is a misuse, a lack of memory is none.
fn read(file: &Path, until_ms: f64) -> Result<Net> {
    Net::read(file, until_ms).map_err(|error| match error {
        NetError::Toml(error) => error.into(),
        NetError::Memory { .. } => error.into(),
    })
}

fn keep(outcome: &Outcome, out: &Path) -> Result<()> {
    let mut file = aside::beside(out)?;
    serde_json::to_writer(file.as_file_mut(), outcome)?;
    file.as_file_mut().write_all(b"\n")?;
    Ok(aside::keep(file, out)?)
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
