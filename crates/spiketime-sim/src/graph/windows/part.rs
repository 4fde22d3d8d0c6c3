//! Some of a graph's neurons in one window: everything that reaches them, each by itself.
//!
//! Arrivals are delivered in the order of the reference: by time, source, delay. Before a neuron takes one, the
//! crossings that came first have happened ([`Part::settle`]); after the last one of an instant it is tested; at the
//! end of the window the crossings up to there happen. Most of the time a bound ([`Quiet`]) or the potential at the
//! next arrival tells that there was none, and no logarithm is paid.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use super::Spike;
use super::decays::{Column, MANY, Stored, potentials_at};
use super::synapses::Synapses;
use crate::event::InputSpike;
use crate::graph::learning::{after_input, after_output, outputs_after};
use crate::graph::state::State;
use crate::graph::{Graph, Learning, Neuron, SimulationError, Synapses as Kind};
use crate::laws::pair_stdp::Trace;
use crate::laws::quiet::Quiet;
use crate::time::Time;

/// Fewer neurons than this are looked at one by one.
const FEW: usize = 4;

/// Some of the neurons of a graph under way, and what reaches them.
#[derive(Clone, Debug)]
pub struct Part {
    /// Which neuron of the graph its first one is.
    first: u32,
    inputs: u32,
    models: Vec<Model>,
    cells: Vec<Cell>,
    synapses: Synapses,
    rules: Vec<Learning>,
    /// The trace of the output spikes, of each neuron and rule.
    outputs: Vec<Trace>,
    /// Spikes under way: when they arrive, and their first group.
    under_way: BinaryHeap<Reverse<(Time, u32)>>,
    arriving: Vec<(Time, u32)>,
    /// Neurons that stood above their threshold after a delivery of this instant.
    above: Vec<u32>,
    stored: Stored,
    potentials_mv: Box<Column>,
    /// Those of the last window.
    pub(super) spikes: Vec<Spike>,
    pub(super) failure: Option<Failure>,
    pub(super) deliveries: u64,
    /// Nothing happens before \[ms\].
    pub(super) due_ms: f64,
    pub(super) most_spikes: usize,
}

/// Where a simulation ends.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub at: Time,
    pub neuron: u32,
    pub error: SimulationError,
}

/// Constants that neurons share.
#[derive(Clone, Copy, Debug)]
struct Model {
    neuron: Neuron,
    quiet: Quiet,
    is_plain: bool,
}

/// A neuron in one line of cache.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Cell {
    state: State,
    /// No crossing before \[ms\]; in the past or no number where that is not known.
    quiet_until_ms: f64,
    model: u32,
}

impl Model {
    fn new(neuron: &Neuron) -> Model {
        let limit_mv = neuron.rest_mv + neuron.bias_mv;
        let quiet = Quiet::new(neuron.threshold_mv, limit_mv, neuron.reset_mv, neuron.tau_membrane_ms);
        let is_plain = matches!(neuron.synapses, Kind::Delta { adaptation_mv: 0.0, .. });
        Model { neuron: *neuron, quiet, is_plain }
    }

    fn quiet_until_ms(&self, state: &State) -> f64 {
        match self.neuron.synapses {
            // The threshold is never below T₀, which the bound is for.
            Kind::Delta { .. } => self.quiet.undriven_until_ms(state.potential_mv, state.since),
            Kind::Exponential { .. } => {
                self.quiet.driven_until_ms(state.potential_mv, state.current_mv, state.since)
            }
        }
    }

    /// Is it known that a neuron that has come to this potential did not cross on the way?
    fn stayed_below(&self, state: &State, potential_mv: f64) -> bool {
        let is_undriven = matches!(self.neuron.synapses, Kind::Delta { .. });
        is_undriven && self.quiet.stays_below(state.potential_mv, potential_mv)
    }

    fn is_above(&self, state: &State, now: Time) -> bool {
        if self.is_plain {
            return !state.is_refractory(now) && state.potential_mv > self.neuron.threshold_mv;
        }
        state.is_above(&self.neuron, now)
    }
}

impl Part {
    pub(super) fn new(graph: &Graph, neurons: Range<u32>, start: Time) -> Part {
        let mut models: Vec<Model> = Vec::new();
        let own = &graph.neurons[neurons.start as usize..neurons.end as usize];
        let cells = own
            .iter()
            .map(|neuron| {
                let shared = Neuron { initial_mv: 0.0, ..*neuron };
                if models.last().is_none_or(|last| last.neuron != shared) {
                    models.push(Model::new(&shared));
                }
                let state = State::new(neuron, start);
                let model = &models[models.len() - 1];
                Cell { quiet_until_ms: model.quiet_until_ms(&state), state, model: models.len() as u32 - 1 }
            })
            .collect();
        Part {
            first: neurons.start,
            inputs: graph.inputs,
            models,
            cells,
            synapses: Synapses::new(graph, neurons.clone()),
            rules: graph.learning.clone(),
            outputs: vec![Trace::EMPTY; neurons.len() * graph.learning.len()],
            under_way: BinaryHeap::new(),
            arriving: Vec::new(),
            above: Vec::new(),
            stored: Stored::default(),
            potentials_mv: Box::new([0.0; MANY]),
            spikes: Vec::new(),
            failure: None,
            deliveries: 0,
            due_ms: start.ms(),
            most_spikes: usize::MAX,
        }
    }

    /// Everything before `end`: what is under way, and the spikes `sent` in the last window and from outside in this.
    pub(super) fn window(&mut self, end: Time, sent: &[Spike], inputs: &[InputSpike]) {
        self.spikes.clear();
        self.post(sent, inputs);
        self.take_arriving(end);
        self.deliver_all();
        self.settle_all(end);
    }

    fn post(&mut self, sent: &[Spike], inputs: &[InputSpike]) {
        let from_inputs = inputs.iter().map(|spike| (spike.at, spike.source as usize));
        let from_neurons = sent.iter().map(|spike| (spike.at, (self.inputs + spike.neuron) as usize));
        for (at, slot) in from_inputs.chain(from_neurons) {
            for (delay_ms, group) in self.synapses.arrivals(slot) {
                self.under_way.push(Reverse((Time::from_ms(at.ms() + delay_ms), group)));
            }
        }
    }

    fn take_arriving(&mut self, end: Time) {
        self.arriving.clear();
        while let Some(Reverse(arrival)) = self.under_way.peek().filter(|Reverse((at, _))| *at < end) {
            self.arriving.push(*arrival);
            self.under_way.pop();
        }
    }

    fn deliver_all(&mut self) {
        let mut next = 0;
        while let Some(&(now, _)) = self.arriving.get(next) {
            while let Some(&(_, group)) = self.arriving.get(next).filter(|(at, _)| *at == now) {
                let mut group = Some(group);
                while let Some(own) = group {
                    self.deliver(own, now);
                    group = self.synapses.follower(own);
                }
                next += 1;
            }
            self.test(now);
        }
    }

    fn deliver(&mut self, group: u32, now: Time) {
        let (synapses, rule) = self.synapses.of(group);
        self.deliveries += synapses.len() as u64;
        match rule {
            Some(rule) => synapses.into_iter().for_each(|synapse| self.teach(synapse, rule, now)),
            None => self.deliver_fixed(synapses, now),
        }
    }

    fn deliver_fixed(&mut self, synapses: Range<usize>, now: Time) {
        for first in synapses.clone().step_by(MANY) {
            let some = first..synapses.end.min(first + MANY);
            let is_known = some.len() >= FEW && self.look_ahead(some.clone(), now);
            for (place, synapse) in some.enumerate() {
                let target = self.synapses.fixed.targets[synapse];
                let potential_mv = match is_known {
                    true => self.settled(target, self.potentials_mv[place], now),
                    false => self.potential_before(target, now),
                };
                self.receive(target, potential_mv, self.synapses.fixed.weights_mv[synapse], now);
            }
        }
    }

    /// Computes the potentials of the targets at `now`; false where one of them has another law than the loop.
    fn look_ahead(&mut self, synapses: Range<usize>, now: Time) -> bool {
        let targets = &self.synapses.fixed.targets[synapses];
        let mut are_plain = true;
        for (place, &target) in targets.iter().enumerate() {
            let cell = &self.cells[target as usize];
            let model = &self.models[cell.model as usize];
            self.stored.potentials_mv[place] = cell.state.potential_mv;
            self.stored.since_ms[place] = cell.state.since.ms();
            self.stored.limits_mv[place] = model.neuron.rest_mv + model.neuron.bias_mv;
            self.stored.taus_ms[place] = model.neuron.tau_membrane_ms;
            are_plain &= model.is_plain;
        }
        if are_plain {
            potentials_at(&self.stored, targets.len(), now.ms(), &mut self.potentials_mv);
        }
        are_plain
    }

    /// The potential of a neuron, whatever its law, just before an input, when what came before has happened.
    fn potential_before(&mut self, target: u32, now: Time) -> f64 {
        let (state, constants) = self.own(target);
        self.settled(target, state.potential_at(constants, now), now)
    }

    /// The same where the potential is known that the neuron has if it did not spike before.
    #[inline(always)]
    fn settled(&mut self, target: u32, potential_mv: f64, now: Time) -> f64 {
        let cell = &self.cells[target as usize];
        let model = &self.models[cell.model as usize];
        let is_quiet = now.ms() <= cell.quiet_until_ms || model.stayed_below(&cell.state, potential_mv);
        // A refractory neuron does not cross before its refractory time ends.
        if is_quiet || cell.state.is_refractory(now) {
            return potential_mv;
        }
        self.settle(target, now);
        let (state, constants) = self.own(target);
        state.potential_at(constants, now)
    }

    #[inline(always)]
    fn receive(&mut self, target: u32, potential_mv: f64, weight_mv: f64, now: Time) {
        let cell = &mut self.cells[target as usize];
        let model = &self.models[cell.model as usize];
        cell.state.receive_at(&model.neuron, now, potential_mv, weight_mv);
        cell.quiet_until_ms = model.quiet_until_ms(&cell.state);
        if model.is_above(&cell.state, now) {
            self.above.push(target);
        }
    }

    /// An input through a synapse that learns: delivered with the weight it finds, after what a spike before taught.
    fn teach(&mut self, synapse: usize, rule: u32, now: Time) {
        let target = self.synapses.learning.targets[synapse];
        let potential_mv = self.potential_before(target, now);
        self.receive(target, potential_mv, self.synapses.learning.weights_mv[synapse], now);
        let outputs = &self.outputs[target as usize * self.rules.len() + rule as usize];
        let weight_mv = &mut self.synapses.learning.weights_mv[synapse];
        let inputs = &mut self.synapses.traces[synapse];
        (*weight_mv, *inputs) = after_input(&self.rules[rule as usize], *weight_mv, inputs, outputs, now);
    }

    /// All arrivals of the instant are delivered: who stands above its threshold?
    fn test(&mut self, now: Time) {
        for place in 0..self.above.len() {
            let target = self.above[place];
            let cell = &self.cells[target as usize];
            // A neuron that was above twice has spiked the first time.
            if self.models[cell.model as usize].is_above(&cell.state, now) {
                self.fire(target, now);
            }
        }
        self.above.clear();
    }

    /// Lets a neuron spike where it crosses before `end` and no input comes.
    fn settle(&mut self, neuron: u32, end: Time) {
        while !(end.ms() <= self.cells[neuron as usize].quiet_until_ms) {
            let cell = &mut self.cells[neuron as usize];
            let crossing = cell.state.next_crossing(&self.models[cell.model as usize].neuron);
            cell.quiet_until_ms = crossing.map_or(f64::INFINITY, Time::ms);
            let Some(at) = crossing else { return };
            if at <= cell.state.last_spike {
                let of = self.first + neuron;
                self.fail(neuron, at, SimulationError::TooFast { neuron: of, at_ms: at.ms() });
            } else if at < end {
                self.fire(neuron, at);
            }
        }
    }

    /// The first error of all is told; a neuron that failed does nothing any more.
    fn fail(&mut self, neuron: u32, at: Time, error: SimulationError) {
        self.cells[neuron as usize].quiet_until_ms = f64::INFINITY;
        let (of, earlier) = (self.first + neuron, self.failure.take());
        self.failure = earlier.filter(|other| (other.at, other.neuron) <= (at, of));
        self.failure.get_or_insert(Failure { at, neuron: of, error });
    }

    fn settle_all(&mut self, end: Time) {
        let mut due_ms = self.under_way.peek().map_or(f64::INFINITY, |Reverse((at, _))| at.ms());
        for neuron in 0..self.cells.len() as u32 {
            if !(end.ms() <= self.cells[neuron as usize].quiet_until_ms) {
                self.settle(neuron, end);
            }
            due_ms = due_ms.min(self.cells[neuron as usize].quiet_until_ms);
        }
        self.due_ms = due_ms;
    }

    fn fire(&mut self, neuron: u32, now: Time) {
        for rule in 0..self.rules.len() {
            self.learn(neuron, rule, now);
        }
        let cell = &mut self.cells[neuron as usize];
        let model = &self.models[cell.model as usize];
        cell.state.spike(&model.neuron, now);
        cell.quiet_until_ms = model.quiet_until_ms(&cell.state);
        self.spikes.push(Spike { at: now, neuron: self.first + neuron });
        if self.spikes.len() > self.most_spikes {
            let most = self.most_spikes;
            self.fail(neuron, now, SimulationError::TooMany { most, at_ms: now.ms() });
        }
    }

    /// What a spike teaches the neuron's synapses of a rule.
    fn learn(&mut self, neuron: u32, rule: usize, now: Time) {
        let learning = &self.rules[rule];
        for place in self.synapses.learners_of(neuron, rule) {
            let synapse = self.synapses.synapse(place);
            let weight_mv = &mut self.synapses.learning.weights_mv[synapse];
            *weight_mv = after_output(learning, *weight_mv, &self.synapses.traces[synapse], now);
        }
        let outputs = &mut self.outputs[neuron as usize * self.rules.len() + rule];
        *outputs = outputs_after(learning, outputs, now);
    }

    pub(super) fn potential_mv(&self, neuron: u32, at: Time) -> f64 {
        let (state, constants) = self.own(neuron - self.first);
        state.potential_at(constants, at)
    }

    pub(super) fn threshold_mv(&self, neuron: u32, at: Time) -> f64 {
        let (state, constants) = self.own(neuron - self.first);
        state.threshold_at(constants, at)
    }

    fn own(&self, neuron: u32) -> (&State, &Neuron) {
        let cell = &self.cells[neuron as usize];
        (&cell.state, &self.models[cell.model as usize].neuron)
    }

    pub(super) fn set_bias_mv(
        &mut self,
        changed: &Neuron,
        neuron: u32,
        now: Time,
    ) -> Result<(), SimulationError> {
        let own = neuron - self.first;
        let cell = &mut self.cells[own as usize];
        cell.state.store(&self.models[cell.model as usize].neuron, now);
        cell.model = self.models.len() as u32;
        self.models.push(Model::new(&Neuron { initial_mv: 0.0, ..*changed }));
        cell.quiet_until_ms = f64::NEG_INFINITY;
        self.due_ms = f64::NEG_INFINITY;
        // Nothing happens before `now`, but a neuron that would spike twice at once is told now.
        self.settle(own, now);
        self.failure.take().map_or(Ok(()), |failure| Err(failure.error))
    }

    /// Writes the weights that have changed to their connections' places.
    pub(super) fn write_weights_mv(&self, weights_mv: &mut [f64]) {
        for (&number, &weight_mv) in self.synapses.numbers.iter().zip(&self.synapses.learning.weights_mv) {
            weights_mv[number as usize] = weight_mv;
        }
    }
}
