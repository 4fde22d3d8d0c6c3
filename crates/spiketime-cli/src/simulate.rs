//! `spiketime simulate`: a network file; its spikes, potentials, rates and a picture of them; regularity on stdout.

mod outputs;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::Result;
use clap::{Args, ValueEnum};
use spiketime_net::outcome::{Effort, News, Outcome, Wish};
use spiketime_net::{Net, NetError};

use crate::exit::ExitCode;
use crate::progress::Bar;
use crate::say::{log, say};
use crate::signal::stop_on_signal;
use outputs::Outputs;
pub use outputs::ms;

/// Of the bar that shows how far it is.
const STEPS: u64 = 1_000;
/// Pieces of time without a spike are told where they took more than this part of it.
const MUCH: f64 = 0.2;

const EXAMPLES: &str = "\
Examples:
  spiketime simulate networks/voltage-jump.toml --until 1000
  spiketime simulate net.toml --until 1000 --raster raster.png --spikes spikes.npy
  spiketime simulate net.toml --until 1000 --potentials v.jsonl --neurons 0,10..12 --every 0.1
In Python: numpy.load('spikes.npy') has the columns time_ms and neuron; pandas.read_json('v.jsonl', lines=True).";

/// What to simulate, and for how long.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The network file
    file: PathBuf,
    /// How long, in milliseconds
    #[arg(long, value_name = "MS", value_parser = ms)]
    until: f64,
    #[command(flatten)]
    files: outputs::Files,
    /// Stops with an error after so many spikes
    #[arg(long, value_name = "COUNT", default_value_t = 10_000_000)]
    max_spikes: usize,
    /// Who simulates; both give the same bits
    #[arg(long, value_enum, default_value = "windows")]
    engine: Engine,
    /// Threads; 0 = one a core. No number depends on it
    #[arg(long, value_name = "COUNT", default_value_t = 0, value_parser = threads)]
    threads: usize,
    /// How much memory the network may take: 500MB, 4GB
    #[arg(long, value_name = "SIZE", default_value = "4GB", value_parser = memory)]
    memory: u64,
}

/// Who simulates.
#[derive(Clone, Copy, ValueEnum)]
pub enum Engine {
    /// Windows of the smallest delay, fast
    Windows,
    /// One event at a time, on one thread, for comparison
    Reference,
}

impl From<Engine> for spiketime_net::Engine {
    fn from(engine: Engine) -> spiketime_net::Engine {
        match engine {
            Engine::Windows => spiketime_net::Engine::Windows,
            Engine::Reference => spiketime_net::Engine::Reference,
        }
    }
}

fn threads(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|threads| *threads <= 1_024).ok_or_else(|| "it must be 0 to 1024".to_owned())
}

fn memory(text: &str) -> Result<u64, String> {
    let units = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    let size = units.iter().find_map(|(unit, bytes)| {
        let number: f64 = text.strip_suffix(unit)?.trim().parse().ok()?;
        (0.0..=1e9).contains(&number).then_some((number * bytes) as u64)
    });
    size.ok_or_else(|| "give a number and its unit: 500MB, 4GB".into())
}

/// Does it.
pub fn run(options: &Options) -> Result<ExitCode> {
    options.files.check(&options.file)?;
    let stop = stop_on_signal()?;
    // From within the threads: a window is handed out without waking one more.
    rayon::ThreadPoolBuilder::new().num_threads(options.threads).build()?.install(|| perform(options, &stop))
}

fn perform(options: &Options, stop: &AtomicBool) -> Result<ExitCode> {
    let begin = Instant::now();
    let net = match build(options, stop) {
        Err(NetError::Stopped { path }) => {
            log!("{}: stopped while it was built; nothing is simulated", path.display());
            return Ok(ExitCode::from(130));
        }
        // A cause that lies in the file is a misuse, a lack of memory is none.
        Err(NetError::Toml(error)) => return Err(error.into()),
        built => built?,
    };
    let built_seconds = begin.elapsed().as_secs_f64();
    let mut outputs = Outputs::new(&options.files, &net, options.until)?;
    let wish = Wish {
        until_ms: options.until,
        engine: options.engine.into(),
        max_spikes: options.max_spikes,
        look: options.files.look(&net)?,
        tells_learned: options.files.has_document(),
    };
    let begin = Instant::now();
    let outcome = simulate(net, &wish, stop, &mut outputs)?;
    let layout_seconds = outcome.effort.layout_seconds;
    let (built_seconds, seconds) =
        (built_seconds + layout_seconds, begin.elapsed().as_secs_f64() - layout_seconds);
    outputs.keep(&outcome)?;
    print(&outcome, built_seconds, seconds)?;
    let is_cut_by_delays = matches!(options.engine, Engine::Windows) && wish.look.is_none();
    if let Some(told) = told_empty(&outcome.effort, seconds).filter(|_| is_cut_by_delays) {
        log!("{told}");
    }
    let wanted = outcome.wanted_until_ms;
    Ok(wanted.map_or(ExitCode::SUCCESS, |until_ms| stopped(&outcome, until_ms)))
}

fn build(options: &Options, stop: &AtomicBool) -> Result<Net, NetError> {
    let bar = Bar::new("building");
    bar.expect(STEPS);
    let reached = |part: f64| {
        bar.reach((part * STEPS as f64) as u64);
        !stop.load(Ordering::Relaxed)
    };
    let net = Net::read(&options.file, options.until, options.memory, &reached);
    bar.finish();
    net
}

fn simulate(net: Net, wish: &Wish, stop: &AtomicBool, outputs: &mut Outputs) -> Result<Outcome> {
    let bar = Bar::new("simulating");
    bar.expect(STEPS);
    let mut hears = |news: News<'_>| match news {
        News::Spikes(spikes) => outputs.take(spikes),
        News::Potential { at_ms, neuron, potential_mv } => outputs.look(at_ms, neuron, potential_mv),
        News::Reached(part) => {
            bar.reach((part * STEPS as f64) as u64);
            Ok(())
        }
    };
    let outcome = net.simulate(wish, stop, &mut hears);
    bar.finish();
    Ok(outcome?)
}

fn stopped(outcome: &Outcome, wanted_until_ms: f64) -> ExitCode {
    log!("stopped at {} ms of {wanted_until_ms} ms; what came after is not simulated", outcome.until_ms);
    ExitCode::from(130)
}

fn print(outcome: &Outcome, built_seconds: f64, seconds: f64) -> Result<()> {
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
    say!("built in {built_seconds:.3} s")?;
    let rate = outcome.deliveries as f64 / seconds;
    say!("{} spikes delivered in {seconds:.3} s: {rate:.3e} events/s", outcome.deliveries)?;
    Ok(())
}

/// Windows in which nothing happens are work for nothing: what they cost, where that is much.
fn told_empty(effort: &Effort, seconds: f64) -> Option<String> {
    let Effort { pieces, empty, empty_seconds, .. } = *effort;
    (empty_seconds > MUCH * seconds && empty_seconds > 0.1).then(|| {
        format!(
            "the smallest delay cut the time into {pieces} windows; {empty} of them had no spike and took {empty_seconds:.1} s \
             of {seconds:.1} s; a longer smallest delay makes it faster"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_windows_are_told_with_their_cost_where_it_is_much() {
        let effort = Effort { layout_seconds: 0.0, pieces: 5_000, empty: 4_000, empty_seconds: 1.5 };
        let told = told_empty(&effort, 2.0).unwrap();
        assert!(told.contains("5000 windows; 4000 of them had no spike and took 1.5 s of 2.0 s;"), "{told}");
        assert_eq!(told_empty(&effort, 20.0), None);
        assert_eq!(told_empty(&Effort { empty_seconds: 0.05, ..effort }, 0.06), None);
    }

    #[test]
    fn a_size_is_a_number_and_its_unit() {
        assert_eq!([memory("4GB"), memory("1.5 MB"), memory("0kB")], [4_000_000_000, 1_500_000, 0].map(Ok));
        for wrong in ["4", "GB", "-1GB", "4 TB", "nan GB", "inf MB"] {
            assert!(memory(wrong).is_err(), "{wrong}");
        }
    }
}
