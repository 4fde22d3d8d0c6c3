//! Runs a graph in windows of the smallest delay: the bits of [`Simulation`](super::Simulation), without a queue of all.
//!
//! ```text
//! a spike at t ≥ W arrives at t + d ≥ W + d_min: after the window [W, W + d_min), in f64 too, whose sums are monotone
//! ```
//!
//! So everything that arrives within a window was sent before it began, and inside it every neuron can be computed
//! alone: its arrivals in order, closed form from one to the next, its own crossings found on the way. Its spikes are
//! handed out at the window's end, ordered by time, then neuron. The neurons lie in parts which the caller may run on
//! any number of threads; no number depends on how many parts there are. Windows in which nothing can happen are
//! skipped. Morrison et al. 2007, Neural Comput. 19:47, without their grid.

mod cells;
mod lessons;
mod model;
mod part;
mod synapses;
mod together;

pub use part::{Part, Spike};

use super::asked::Clock;
use super::{Graph, SimulationError, Source};
use crate::event::InputSpike;
use crate::time::Time;
use part::Failure;

/// A graph under way in windows.
#[derive(Clone, Debug)]
pub struct Windows {
    graph: Graph,
    parts: Vec<Part>,
    /// Where each part's neurons end.
    ends: Vec<u32>,
    /// The smallest delay between neurons \[ms\].
    window_ms: f64,
    /// The smallest delay of each neuron's connections \[ms\].
    delays_ms: Vec<f64>,
    /// Spikes from outside that are still to come, from `next_input` on; sorted unless `is_unsorted`.
    inputs: Vec<InputSpike>,
    next_input: usize,
    is_unsorted: bool,
    /// Those of the last window.
    spikes: Vec<Spike>,
    clock: Clock,
}

impl Windows {
    /// The graph at `start`, each neuron at its initial potential, in so many parts or fewer.
    ///
    /// # Errors
    /// When the graph is not valid.
    pub fn new(graph: Graph, start: Time, parts: usize) -> Result<Windows, SimulationError> {
        graph.check()?;
        let ends = ends(&graph, parts.clamp(1, graph.neurons.len().max(1)));
        let firsts = std::iter::once(0).chain(ends.iter().copied());
        let parts = firsts.zip(&ends).map(|(first, &end)| Part::new(&graph, first..end, start)).collect();
        let delays_ms = smallest_delays_ms(&graph);
        let window_ms = delays_ms.iter().copied().fold(f64::INFINITY, f64::min);
        Ok(Windows {
            parts,
            ends,
            window_ms,
            delays_ms,
            inputs: Vec::new(),
            next_input: 0,
            is_unsorted: false,
            spikes: Vec::new(),
            clock: Clock::new(start),
            graph,
        })
    }

    /// From now on a window in which a part has more spikes than this ends in an error.
    pub fn limit(&mut self, most_spikes: usize) {
        self.parts.iter_mut().for_each(|part| part.most_spikes = most_spikes);
    }

    /// A spike from outside, after what is done.
    ///
    /// # Errors
    /// When it lies in the past or names an input that is not there.
    pub fn input(&mut self, spike: InputSpike) -> Result<(), SimulationError> {
        self.graph.check_input(spike, &self.clock)?;
        self.is_unsorted |= self.inputs.last().is_some_and(|last| *last > spike);
        self.inputs.push(spike);
        Ok(())
    }

    /// The spikes of the next window in which something can happen, up to and including `until`: by time, then neuron.
    /// `None` where all up to there is done.
    ///
    /// `each` calls the function it is given once for each part, on whatever threads it likes.
    ///
    /// # Errors
    /// When spikes come faster than f64 times can tell apart, or more come than are allowed. The simulation is over
    /// then.
    pub fn next_window(
        &mut self,
        until: Time,
        each: impl FnOnce(&mut [Part], &(dyn Fn(&mut Part) + Sync)),
    ) -> Result<Option<&[Spike]>, SimulationError> {
        self.sort_inputs();
        let from_ms = self.due_ms().max(self.now().ms());
        if from_ms == f64::INFINITY || from_ms > until.ms() {
            self.clock.done = self.clock.done.max(until);
            return Ok(None);
        }
        let end_ms =
            (from_ms + self.window_ms).max(from_ms.next_up()).min(until.ms().next_up()).min(f64::MAX);
        let end = Time::from_ms(end_ms);
        let inputs = self.take_inputs(end);
        let (sent, all) = (std::mem::take(&mut self.spikes), &self.inputs);
        each(&mut self.parts, &|part| part.window(end, &sent, &all[inputs.clone()]));
        self.spikes = sent;
        self.clock.done = Time::from_ms(end_ms.next_down());
        self.collect()?;
        Ok(Some(&self.spikes))
    }

    /// Those of the last window, also where it ended in an error: by time, then neuron.
    #[must_use]
    pub fn spikes(&self) -> &[Spike] {
        &self.spikes
    }

    /// Puts the spikes from outside in order now, which the next window would do.
    pub fn sort_inputs(&mut self) {
        if self.is_unsorted || self.next_input > self.inputs.len() / 2 {
            self.inputs.drain(..std::mem::take(&mut self.next_input));
            self.inputs.sort_unstable();
            self.is_unsorted = false;
        }
    }

    /// The inputs before `end`, which are taken.
    fn take_inputs(&mut self, end: Time) -> std::ops::Range<usize> {
        let first = self.next_input;
        self.next_input += self.inputs[first..].partition_point(|spike| spike.at < end);
        first..self.next_input
    }

    /// The parts' spikes in one order; those before an error stay, to be asked for by [`Windows::spikes`].
    fn collect(&mut self) -> Result<(), SimulationError> {
        self.spikes.clear();
        self.parts.iter().for_each(|part| self.spikes.extend(&part.spikes));
        self.spikes.sort_unstable();
        let lost = self.lost();
        let failures = self.parts.iter_mut().filter_map(|part| part.failure.take()).chain(lost);
        match failures.min_by_key(|failure| (failure.at, failure.neuron)) {
            Some(failure) => {
                self.spikes.retain(|spike| spike.at < failure.at);
                Err(failure.error)
            }
            None => Ok(()),
        }
    }

    /// A spike whose smallest delay is no time at all.
    fn lost(&self) -> Option<Failure> {
        self.spikes.iter().find_map(|&Spike { at, neuron }| {
            let delay_ms = self.delays_ms[neuron as usize];
            let error = SimulationError::DelayLost { delay_ms, at_ms: at.ms() };
            (at.ms() + delay_ms <= at.ms()).then_some(Failure { at, neuron, error })
        })
    }

    /// Nothing happens before \[ms\].
    fn due_ms(&self) -> f64 {
        if !self.spikes.is_empty() {
            return f64::NEG_INFINITY; // They are still to be sent.
        }
        let input_ms = self.inputs.get(self.next_input).map_or(f64::INFINITY, |spike| spike.at.ms());
        self.parts.iter().map(|part| part.due_ms).fold(input_ms, f64::min)
    }

    /// Changes the bias of a neuron from now on: from the last `until` whose spikes have all been taken.
    ///
    /// # Errors
    /// When there is no such neuron or the bias is no number that a neuron may have.
    pub fn set_bias_mv(&mut self, neuron: u32, bias_mv: f64) -> Result<(), SimulationError> {
        let (index, changed) = self.graph.biased(neuron, bias_mv)?;
        let (part, now) = (self.part(neuron), self.now());
        self.graph.neurons[index] = changed;
        self.parts[part].set_bias_mv(&changed, neuron, now)
    }

    /// The potential of a neuron at a time from the last instant on, as it is if no input comes \[mV\].
    ///
    /// # Errors
    /// When there is no such neuron, or the time lies in the past.
    pub fn potential_mv(&self, neuron: u32, at: Time) -> Result<f64, SimulationError> {
        self.graph.known_at(neuron, at, &self.clock)?;
        Ok(self.parts[self.part(neuron)].potential_mv(neuron, at))
    }

    /// The threshold of a neuron at a time from the last instant on, as it is if no spike comes \[mV\].
    ///
    /// # Errors
    /// When there is no such neuron, or the time lies in the past.
    pub fn threshold_mv(&self, neuron: u32, at: Time) -> Result<f64, SimulationError> {
        self.graph.known_at(neuron, at, &self.clock)?;
        Ok(self.parts[self.part(neuron)].threshold_mv(neuron, at))
    }

    /// The weight of each connection now \[mV\].
    #[must_use]
    pub fn weights_mv(&self) -> Vec<f64> {
        let mut weights_mv: Vec<f64> =
            self.graph.connections.iter().map(|connection| connection.weight_mv).collect();
        self.parts.iter().for_each(|part| part.write_weights_mv(&mut weights_mv));
        weights_mv
    }

    /// The graph: its weights are those of the start, its biases those of now.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Spikes delivered to a neuron so far.
    #[must_use]
    pub fn deliveries(&self) -> u64 {
        self.parts.iter().map(|part| part.deliveries).sum()
    }

    /// Everything up to here is done.
    #[must_use]
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// How long a window is: the smallest delay between neurons, infinite where there is no connection \[ms\].
    #[must_use]
    pub fn window_ms(&self) -> f64 {
        self.window_ms
    }

    fn part(&self, neuron: u32) -> usize {
        self.ends.partition_point(|&end| end <= neuron)
    }
}

/// Where the parts end: contiguous, about as many connections and neurons in each.
fn ends(graph: &Graph, parts: usize) -> Vec<u32> {
    let mut work = vec![1_u64; graph.neurons.len()];
    for (_, targets) in graph.connections.runs() {
        targets.iter().for_each(|&target| work[target as usize] += 1);
    }
    let all: u64 = work.iter().sum();
    let (mut ends, mut done) = (Vec::new(), 0);
    for (neuron, work) in work.iter().enumerate() {
        done += work;
        if done * parts as u64 >= all * (ends.len() as u64 + 1) {
            ends.push(neuron as u32 + 1);
        }
    }
    ends
}

/// Of each neuron; infinite where it has no connection.
fn smallest_delays_ms(graph: &Graph) -> Vec<f64> {
    let mut delays_ms = vec![f64::INFINITY; graph.neurons.len()];
    for (shared, _) in graph.connections.runs() {
        if let Source::Neuron(neuron) = shared.source {
            let delay_ms = &mut delays_ms[neuron as usize];
            *delay_ms = delay_ms.min(shared.delay_ms);
        }
    }
    delays_ms
}
