//! What a simulated network did: every spike, each population's rate and regularity, learned weights.

use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use spiketime_data::halt;
use spiketime_sim::Time;
use spiketime_sim::graph::{Simulation, SimulationError, Source};

use crate::file::Net;

/// Version of the document.
const SCHEMA_VERSION: u32 = 1;
/// A simulation without spikes sees a wish to stop so often.
const PIECES: u16 = 1000;

/// Why a simulation has no outcome.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum RunError {
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    #[error("more than {max_spikes} spikes by {at_ms} ms; allow more with --max-spikes, or stop earlier")]
    TooManySpikes { max_spikes: usize, at_ms: f64 },
}

/// The document that `spiketime simulate` writes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Version of this document.
    pub schema: u32,
    /// How long it was simulated \[ms\].
    pub until_ms: f64,
    /// How long it should have been, if it was stopped before \[ms\].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted_until_ms: Option<f64>,
    /// The populations in order; the neurons of one are consecutive.
    pub populations: Vec<Summary>,
    /// All spikes in order of time, then neuron.
    pub spikes: Spikes,
    /// The weights of the connections that learn, at the end.
    pub learned: Vec<Learned>,
    /// Spikes delivered to a neuron.
    pub deliveries: u64,
}

/// One population.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Its name in the file.
    pub name: String,
    /// Its first neuron.
    pub first: u32,
    /// Its neurons.
    pub neurons: u32,
    /// Their spikes.
    pub spikes: usize,
    /// Spikes a neuron and second \[Hz\].
    pub rate_hz: f64,
    /// Coefficient of variation of the intervals between spikes: the mean over neurons of 3 spikes or more.
    pub interval_cv: Option<f64>,
}

/// Spikes as two columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Spikes {
    /// When \[ms\].
    pub times_ms: Vec<f64>,
    /// Which neuron.
    pub neurons: Vec<u32>,
}

/// The weight of a connection at the end.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Learned {
    /// `input` or `neuron`.
    pub kind: &'static str,
    /// Which one.
    pub source: u32,
    /// To which neuron.
    pub target: u32,
    /// How strong \[mV\].
    pub weight_mv: f64,
}

impl Net {
    /// Runs the network from 0 to `until_ms`.
    ///
    /// # Errors
    /// When spikes come faster than times can tell apart, or too many come.
    pub fn run(self, until_ms: f64, max_spikes: usize) -> Result<Outcome, RunError> {
        self.run_unless(&AtomicBool::new(false), &|_| {}, until_ms, max_spikes)
    }

    /// As [`Net::run`], until `stop` is set: then the outcome is what it was up to then. `reached` hears now and then
    /// which part of the time is done, up to 1.
    ///
    /// # Errors
    /// As [`Net::run`].
    pub fn run_unless(
        self,
        stop: &AtomicBool,
        reached: &dyn Fn(f64),
        until_ms: f64,
        max_spikes: usize,
    ) -> Result<Outcome, RunError> {
        let mut simulation = Simulation::new(self.graph, Time::ZERO)?;
        self.spikes.into_iter().try_for_each(|spike| simulation.input(spike))?;
        let mut spikes = Spikes::default();
        let done_ms = advance(&mut simulation, &mut spikes, stop, reached, until_ms, max_spikes)?;
        let trains = trains(&spikes, simulation.graph().neurons.len());
        let summary = |(name, range): (String, std::ops::Range<u32>)| {
            summary(name, range.start, &trains[range.start as usize..range.end as usize], done_ms)
        };
        Ok(Outcome {
            schema: SCHEMA_VERSION,
            until_ms: done_ms,
            wanted_until_ms: (done_ms < until_ms).then_some(until_ms),
            populations: self.populations.into_iter().map(summary).collect(),
            learned: learned(&simulation),
            deliveries: simulation.deliveries(),
            spikes,
        })
    }
}

/// Simulates in pieces, between which it may be stopped, as it may be after each spike; up to when it came.
fn advance(
    simulation: &mut Simulation,
    spikes: &mut Spikes,
    stop: &AtomicBool,
    reached: &dyn Fn(f64),
    until_ms: f64,
    max_spikes: usize,
) -> Result<f64, RunError> {
    let mut done_ms = 0.0;
    for piece in 1..=PIECES {
        let end_ms = until_ms * (f64::from(piece) / f64::from(PIECES));
        while let Some((at, neurons)) = simulation.next_spikes(Time::from_ms(end_ms))? {
            spikes.take(at, neurons, max_spikes)?;
            done_ms = at.ms();
            if stop.load(Ordering::Relaxed) {
                return Ok(done_ms);
            }
        }
        done_ms = end_ms;
        reached(f64::from(piece) / f64::from(PIECES));
        halt::pass("piece");
        if stop.load(Ordering::Relaxed) {
            break;
        }
    }
    Ok(done_ms)
}

impl Spikes {
    fn take(&mut self, at: Time, neurons: &[u32], max_spikes: usize) -> Result<(), RunError> {
        self.times_ms.extend(neurons.iter().map(|_| at.ms()));
        self.neurons.extend(neurons);
        let is_too_many = self.neurons.len() > max_spikes;
        if is_too_many { Err(RunError::TooManySpikes { max_spikes, at_ms: at.ms() }) } else { Ok(()) }
    }
}

fn trains(spikes: &Spikes, neurons: usize) -> Vec<Vec<f64>> {
    let mut trains = vec![Vec::new(); neurons];
    for (&at_ms, &neuron) in spikes.times_ms.iter().zip(&spikes.neurons) {
        trains[neuron as usize].push(at_ms);
    }
    trains
}

fn summary(name: String, first: u32, trains: &[Vec<f64>], until_ms: f64) -> Summary {
    let spikes = trains.iter().map(Vec::len).sum();
    let cvs: Vec<f64> = trains.iter().filter_map(|train| interval_cv(train)).collect();
    Summary {
        name,
        first,
        neurons: trains.len() as u32,
        spikes,
        rate_hz: if until_ms > 0.0 { spikes as f64 * 1000.0 / (until_ms * trains.len() as f64) } else { 0.0 },
        interval_cv: (!cvs.is_empty()).then(|| cvs.iter().sum::<f64>() / cvs.len() as f64),
    }
}

/// Standard deviation over mean of the intervals of a train of 3 spikes or more.
fn interval_cv(train: &[f64]) -> Option<f64> {
    let intervals: Vec<f64> = train.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let count = intervals.len() as f64;
    let mean = intervals.iter().sum::<f64>() / count;
    let variance = intervals.iter().map(|interval| (interval - mean).powi(2)).sum::<f64>() / count;
    (intervals.len() > 1).then(|| variance.sqrt() / mean)
}

fn learned(simulation: &Simulation) -> Vec<Learned> {
    let connections = simulation.graph().connections.iter().zip(simulation.weights_mv());
    connections
        .filter(|(connection, _)| connection.learning.is_some())
        .map(|(connection, weight_mv)| {
            let (kind, source) = match connection.source {
                Source::Input(input) => ("input", input),
                Source::Neuron(neuron) => ("neuron", neuron),
            };
            Learned { kind, source, target: connection.target, weight_mv }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::interval_cv;

    #[test]
    fn the_cv_of_a_clock_is_0_and_two_spikes_have_none() {
        assert_eq!(interval_cv(&[1.0, 3.0, 5.0]), Some(0.0));
        assert_eq!(interval_cv(&[0.0, 1.0, 4.0]), Some(0.5)); // Intervals 1 and 3: mean 2, deviation 1.
        assert_eq!(interval_cv(&[1.0, 3.0]), None);
    }
}
