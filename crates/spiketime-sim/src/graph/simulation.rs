//! Runs a graph: one event at a time off the queue.
//!
//! One instant: (1) all spikes that arrive are delivered, ordered by source; (2) neurons that received
//! are tested, strictly above threshold, and their next crossings predicted anew; (3) those above, and
//! those whose predicted crossing is now, spike: they learn, reset and send. An input that arrives at
//! the very instant of a crossing thus comes first, and an inhibitory one prevents it.
//!
//! Each neuron's predicted crossing is one entry of the priority queue whose priority changes when an
//! input arrives. Each spike under way is one entry as well: the connections of its source that share
//! the next delay.

use std::cmp::Reverse;

use priority_queue::PriorityQueue;

use super::asked::Clock;
use super::learning::{after_input, after_output, outputs_after};
use super::state::State;
use super::{Connection, Graph, SimulationError, Source};
use crate::event::InputSpike;
use crate::laws::pair_stdp::Trace;
use crate::time::Time;

/// Something that is going to happen; the order within one instant, made of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Happening {
    /// A spike reaches the next targets of its source: those from `position` that share a delay.
    Arrival { source: Source, position: u32, sent: Time, number: u64 },
    /// A neuron crosses its threshold if no input comes before.
    Crossing { neuron: u32 },
}

/// What a synapse knows.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Synapse {
    weight_mv: f64,
    inputs: Trace,
    outputs: Trace,
}

/// A graph under way.
#[derive(Clone, Debug)]
pub struct Simulation {
    graph: Graph,
    connections: Vec<Connection>,
    states: Vec<State>,
    synapses: Vec<Synapse>,
    /// Connections of each source, inputs first, by delay, then target.
    outgoing: Vec<Vec<u32>>,
    /// Connections into each neuron that learn.
    learning: Vec<Vec<u32>>,
    queue: PriorityQueue<Happening, Reverse<(Time, Happening)>>,
    /// Spikes that came from outside: tells apart two of one input at one instant.
    received: u64,
    clock: Clock,
    touched: Vec<u32>,
    is_touched: Vec<bool>,
    spiking: Vec<u32>,
    deliveries: u64,
}

impl Simulation {
    /// The graph at `start`, each neuron at its initial potential.
    ///
    /// # Errors
    /// When the graph is not valid.
    pub fn new(graph: Graph, start: Time) -> Result<Simulation, SimulationError> {
        graph.check()?;
        let synapse = |weight_mv| Synapse { weight_mv, inputs: Trace::EMPTY, outputs: Trace::EMPTY };
        let connections: Vec<Connection> = graph.connections.iter().collect();
        let mut simulation = Simulation {
            states: graph.neurons.iter().map(|neuron| State::new(neuron, start)).collect(),
            synapses: connections.iter().map(|connection| synapse(connection.weight_mv)).collect(),
            outgoing: outgoing(&graph, &connections),
            learning: learning(&graph, &connections),
            queue: PriorityQueue::new(),
            received: 0,
            clock: Clock::new(start),
            touched: Vec::new(),
            is_touched: vec![false; graph.neurons.len()],
            spiking: Vec::new(),
            deliveries: 0,
            connections,
            graph,
        };
        (0..simulation.graph.neurons.len() as u32).try_for_each(|neuron| simulation.predict(neuron))?;
        Ok(simulation)
    }

    /// A spike from outside, after what is done.
    ///
    /// # Errors
    /// When it lies in the past or names an input that is not there.
    pub fn input(&mut self, spike: InputSpike) -> Result<(), SimulationError> {
        self.graph.check_input(spike, &self.clock)?;
        self.received += 1;
        self.send(Source::Input(spike.source), spike.at, 0, self.received)
    }

    /// The next instant up to and including `until` at which neurons spike: when, and which (ascending).
    ///
    /// # Errors
    /// When spikes come faster than f64 times can tell apart. The simulation is over then.
    pub fn next_spikes(&mut self, until: Time) -> Result<Option<(Time, &[u32])>, SimulationError> {
        while let Some(at) = self.next_event().filter(|&at| at <= until) {
            self.instant(at)?;
            self.clock.done = at;
            if !self.spiking.is_empty() {
                return Ok(Some((at, &self.spiking)));
            }
        }
        self.clock.done = self.clock.done.max(until);
        Ok(None)
    }

    /// Changes the bias of a neuron from now on: from the last `until` whose spikes have all been taken.
    ///
    /// # Errors
    /// When there is no such neuron or the bias is no number that a neuron may have.
    pub fn set_bias_mv(&mut self, neuron: u32, bias_mv: f64) -> Result<(), SimulationError> {
        let (index, changed) = self.graph.biased(neuron, bias_mv)?;
        let now = self.now();
        self.states[index].store(&self.graph.neurons[index], now);
        self.graph.neurons[index] = changed;
        self.predict(neuron)
    }

    /// The potential of a neuron at a time from the last instant on, as it is if no input comes \[mV\].
    ///
    /// # Errors
    /// When there is no such neuron, or the time lies in the past.
    pub fn potential_mv(&self, neuron: u32, at: Time) -> Result<f64, SimulationError> {
        let index = self.graph.known_at(neuron, at, &self.clock)?;
        Ok(self.states[index].potential_at(&self.graph.neurons[index], at))
    }

    /// The threshold of a neuron at a time from the last instant on, as it is if no spike comes \[mV\].
    ///
    /// # Errors
    /// When there is no such neuron, or the time lies in the past.
    pub fn threshold_mv(&self, neuron: u32, at: Time) -> Result<f64, SimulationError> {
        let index = self.graph.known_at(neuron, at, &self.clock)?;
        Ok(self.states[index].threshold_at(&self.graph.neurons[index], at))
    }

    /// The weight of each connection now \[mV\].
    pub fn weights_mv(&self) -> impl Iterator<Item = f64> {
        self.synapses.iter().map(|synapse| synapse.weight_mv)
    }

    /// The graph: its weights are those of the start, its biases those of now.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Spikes delivered to a neuron so far.
    #[must_use]
    pub fn deliveries(&self) -> u64 {
        self.deliveries
    }

    /// Everything up to here is done.
    #[must_use]
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    fn next_event(&self) -> Option<Time> {
        self.queue.peek().map(|(_, Reverse((at, _)))| *at)
    }

    fn instant(&mut self, now: Time) -> Result<(), SimulationError> {
        // Equal where a new bias makes a neuron cross sooner than times can tell.
        debug_assert!(now >= self.now(), "{now:?}, but all up to {:?} is done", self.now());
        self.spiking.clear();
        while let Some((&arrival @ Happening::Arrival { source, position, sent, number }, _)) =
            self.queue.peek().filter(|(_, Reverse((at, _)))| *at == now)
        {
            self.queue.remove(&arrival);
            let next = self.arrive(source, position, now);
            self.send(source, sent, next, number)?;
        }
        self.test(now)?;
        while let Some((&crossing @ Happening::Crossing { neuron }, _)) =
            self.queue.peek().filter(|(_, Reverse((at, _)))| *at == now)
        {
            self.queue.remove(&crossing);
            self.spiking.push(neuron); // Ascending: the queue orders one instant by content.
        }
        debug_assert!(self.spiking.is_sorted_by(|a, b| a < b), "each neuron spikes once, in ascending order");
        (0..self.spiking.len()).try_for_each(|position| self.spike(self.spiking[position], now))
    }

    /// Delivers to the targets from `position` on that share its delay; returns the first of a longer one.
    fn arrive(&mut self, source: Source, position: u32, now: Time) -> u32 {
        let slot = self.graph.slot(source);
        let mut next = position as usize;
        let delay_ms = self.connections[self.outgoing[slot][next] as usize].delay_ms;
        while let Some(&connection) = self.outgoing[slot].get(next) {
            if self.connections[connection as usize].delay_ms != delay_ms {
                break;
            }
            self.deliver(connection as usize, now);
            next += 1;
        }
        next as u32
    }

    /// An input is delivered with the weight it finds; then its synapse learns.
    fn deliver(&mut self, connection: usize, now: Time) {
        let target = self.connections[connection].target as usize;
        let synapse = &mut self.synapses[connection];
        self.states[target].receive(&self.graph.neurons[target], now, synapse.weight_mv);
        self.deliveries += 1;
        if !std::mem::replace(&mut self.is_touched[target], true) {
            self.touched.push(target as u32);
        }
        if let Some(learning) = self.connections[connection].learning {
            let learning = &self.graph.learning[learning as usize];
            (synapse.weight_mv, synapse.inputs) =
                after_input(learning, synapse.weight_mv, &synapse.inputs, &synapse.outputs, now);
        }
    }

    /// When will those that received cross: now?
    fn test(&mut self, now: Time) -> Result<(), SimulationError> {
        for position in 0..self.touched.len() {
            let neuron = self.touched[position];
            self.is_touched[neuron as usize] = false;
            if self.states[neuron as usize].is_above(&self.graph.neurons[neuron as usize], now) {
                self.expect(neuron, now);
            } else {
                self.predict(neuron)?;
            }
        }
        self.touched.clear();
        Ok(())
    }

    fn spike(&mut self, neuron: u32, now: Time) -> Result<(), SimulationError> {
        let index = neuron as usize;
        for position in 0..self.learning[index].len() {
            self.learn(self.learning[index][position] as usize, now);
        }
        self.states[index].spike(&self.graph.neurons[index], now);
        self.predict(neuron)?;
        self.send(Source::Neuron(neuron), now, 0, 0)
    }

    /// What an output spike teaches a synapse.
    fn learn(&mut self, connection: usize, now: Time) {
        if let Some(learning) = self.connections[connection].learning {
            let (learning, synapse) =
                (&self.graph.learning[learning as usize], &mut self.synapses[connection]);
            synapse.weight_mv = after_output(learning, synapse.weight_mv, &synapse.inputs, now);
            synapse.outputs = outputs_after(learning, &synapse.outputs, now);
        }
    }

    /// Finds out when the neuron will cross if no input comes.
    fn predict(&mut self, neuron: u32) -> Result<(), SimulationError> {
        let state = &self.states[neuron as usize];
        match state.next_crossing(&self.graph.neurons[neuron as usize]) {
            Some(at) if at <= state.last_spike => Err(SimulationError::TooFast { neuron, at_ms: at.ms() }),
            Some(at) => {
                self.expect(neuron, at);
                Ok(())
            }
            None => {
                self.queue.remove(&Happening::Crossing { neuron });
                Ok(())
            }
        }
    }

    /// Changes the priority of the neuron's crossing.
    fn expect(&mut self, neuron: u32, at: Time) {
        let crossing = Happening::Crossing { neuron };
        self.queue.push(crossing, Reverse((at, crossing)));
    }

    /// Queues the arrival of a spike at the targets of its source from `position` on.
    fn send(
        &mut self,
        source: Source,
        sent: Time,
        position: u32,
        number: u64,
    ) -> Result<(), SimulationError> {
        let slot = self.graph.slot(source);
        let Some(&connection) = self.outgoing[slot].get(position as usize) else { return Ok(()) };
        let delay_ms = self.connections[connection as usize].delay_ms;
        let at = Time::from_ms(sent.ms() + delay_ms);
        // An input may arrive when it is sent; a neuron's spike must not.
        if matches!(source, Source::Neuron(_)) && at <= sent {
            return Err(SimulationError::DelayLost { delay_ms, at_ms: sent.ms() });
        }
        let arrival = Happening::Arrival { source, position, sent, number };
        self.queue.push(arrival, Reverse((at, arrival)));
        Ok(())
    }
}

fn outgoing(graph: &Graph, all: &[Connection]) -> Vec<Vec<u32>> {
    let mut outgoing = vec![Vec::new(); graph.sources()];
    for (index, connection) in all.iter().enumerate() {
        outgoing[graph.slot(connection.source)].push(index as u32);
    }
    for connections in &mut outgoing {
        connections.sort_by(|&a, &b| {
            let (a, b) = (&all[a as usize], &all[b as usize]);
            a.delay_ms.total_cmp(&b.delay_ms).then(a.target.cmp(&b.target))
        });
    }
    outgoing
}

fn learning(graph: &Graph, all: &[Connection]) -> Vec<Vec<u32>> {
    let mut learning = vec![Vec::new(); graph.neurons.len()];
    for (index, connection) in all.iter().enumerate() {
        if connection.learning.is_some() {
            learning[connection.target as usize].push(index as u32);
        }
    }
    learning
}
