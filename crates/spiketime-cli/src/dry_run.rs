//! `run --dry-run`: what a command would do and what that takes; nothing is fetched, made or changed.

use anyhow::Result;
use spiketime_sim::Engine;
use spiketime_study::data_sets::OwnSets;
use spiketime_study::survey::Survey;

use crate::exit::ExitCode;
use crate::forecast::{self, Forecast};
use crate::say::say;
use crate::size::size;

/// Tells it.
pub fn tell(found: &Survey, own: &OwnSets, threads: usize, engine: Engine) -> Result<ExitCode> {
    let runs = &found.waiting;
    say!("{} runs to do, {} finished before", runs.len(), found.finished.len())?;
    for reason in &found.damaged {
        say!("damaged, would be done again: {reason}")?;
    }
    for reason in &found.unreadable {
        say!("cannot be read, who made it must allow that: {reason}")?;
    }
    if !runs.is_empty() {
        let (at_a_time, slowness) = (threads.min(runs.len()), forecast::slowness(engine));
        print(&forecast::of(runs, own, at_a_time, slowness), at_a_time, slowness)?;
    }
    say!("nothing was run, fetched or written")?;
    Ok(ExitCode::SUCCESS)
}

fn print(forecast: &Forecast, at_a_time: usize, slowness: f64) -> Result<()> {
    let kept = forecast.record_bytes + forecast.weight_bytes;
    say!("time    about {} at {at_a_time} at a time", duration(forecast.seconds))?;
    say!(
        "disk    about {}: records {}, weights {}; up to {} more under way",
        size(kept),
        size(forecast.record_bytes),
        size(forecast.weight_bytes),
        size(forecast.snapshot_bytes)
    )?;
    say!("memory  about {}", size(forecast.memory_bytes))?;
    say!(
        "The time rests on the cost law of docs/performance.md and on the speed of this machine, measured just now: an \
         image takes {slowness:.2} times what it takes there. Runs that were cut count from their beginning."
    )?;
    Ok(())
}

/// In the unit that suits it.
pub fn duration(seconds: f64) -> String {
    match seconds {
        _ if seconds < 1.0 => "a second".into(),
        _ if seconds < 100.0 => format!("{seconds:.0} seconds"),
        _ if seconds < 6_000.0 => format!("{:.0} minutes", seconds / 60.0),
        _ => format!("{:.1} hours", seconds / 3_600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_the_unit_that_suits_it() {
        assert_eq!(
            [0.3, 59.6, 600.0, 9_000.0].map(duration),
            ["a second", "60 seconds", "10 minutes", "2.5 hours"]
        );
    }
}
