//! A network under way, by either engine: the same spikes, in pieces that end when one asks.

use rayon::prelude::*;
use spiketime_sim::graph::{Graph, Part, Simulation, SimulationError, Spike, Windows};
use spiketime_sim::{InputSpike, Time};

/// Who simulates. Both give the same bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// Windows of the smallest delay, on all threads.
    #[default]
    Windows,
    /// One event at a time off a queue, on one thread.
    Reference,
}

/// A graph under way.
pub(crate) enum Running {
    Windows(Box<Windows>),
    Reference(Box<Simulation>),
}

impl Running {
    /// The graph at 0 ms with all its spikes from outside, in as many parts as rayon has threads here.
    pub fn new(graph: Graph, spikes: Vec<InputSpike>, engine: Engine) -> Result<Running, SimulationError> {
        Ok(match engine {
            Engine::Windows => {
                let mut windows = Windows::new(graph, Time::ZERO, rayon::current_num_threads())?;
                spikes.into_iter().try_for_each(|spike| windows.input(spike))?;
                windows.sort_inputs();
                Running::Windows(Box::new(windows))
            }
            Engine::Reference => {
                let mut simulation = Simulation::new(graph, Time::ZERO)?;
                spikes.into_iter().try_for_each(|spike| simulation.input(spike))?;
                Running::Reference(Box::new(simulation))
            }
        })
    }

    /// The spikes of the next piece into `spikes`, by time, then neuron, also those before an error; false where all up
    /// to `until` is done. A piece with more than `most` ends in an error.
    pub fn next(
        &mut self,
        until: Time,
        most: usize,
        spikes: &mut Vec<Spike>,
    ) -> Result<bool, SimulationError> {
        spikes.clear();
        match self {
            Running::Windows(windows) => {
                windows.limit(most);
                let goes_on = windows.next_window(until, on_all_threads).map(|found| found.is_some());
                if !matches!(goes_on, Ok(false)) {
                    spikes.extend_from_slice(windows.spikes());
                }
                goes_on
            }
            Running::Reference(simulation) => {
                let found = simulation.next_spikes(until)?;
                let neurons = |(at, neurons): (Time, &[u32])| {
                    spikes.extend(neurons.iter().map(|&neuron| Spike { at, neuron }));
                };
                Ok(found.map(neurons).is_some())
            }
        }
    }

    /// How long a piece of [`Running::next`] is at most; the reference's is as long as there is no spike \[ms\].
    pub fn window_ms(&self) -> f64 {
        match self {
            Running::Windows(windows) => windows.window_ms(),
            Running::Reference(_) => f64::INFINITY,
        }
    }

    /// Everything up to here is done.
    pub fn now(&self) -> Time {
        match self {
            Running::Windows(windows) => windows.now(),
            Running::Reference(simulation) => simulation.now(),
        }
    }

    pub fn potential_mv(&self, neuron: u32, at: Time) -> Result<f64, SimulationError> {
        match self {
            Running::Windows(windows) => windows.potential_mv(neuron, at),
            Running::Reference(simulation) => simulation.potential_mv(neuron, at),
        }
    }

    pub fn weights_mv(&self) -> Vec<f64> {
        match self {
            Running::Windows(windows) => windows.weights_mv(),
            Running::Reference(simulation) => simulation.weights_mv().collect(),
        }
    }

    pub fn deliveries(&self) -> u64 {
        match self {
            Running::Windows(windows) => windows.deliveries(),
            Running::Reference(simulation) => simulation.deliveries(),
        }
    }

    pub fn graph(&self) -> &Graph {
        match self {
            Running::Windows(windows) => windows.graph(),
            Running::Reference(simulation) => simulation.graph(),
        }
    }
}

/// One part needs no other thread, and no thread needs to be woken for it.
fn on_all_threads(parts: &mut [Part], work: &(dyn Fn(&mut Part) + Sync)) {
    match parts {
        [part] => work(part),
        parts => parts.par_iter_mut().for_each(work),
    }
}
