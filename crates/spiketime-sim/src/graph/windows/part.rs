//! Some of a graph's neurons in one window: everything that reaches them, each by itself.
//!
//! Arrivals are delivered in the order of the reference: by time, source, delay. Before a neuron takes one, the
//! crossings that came first have happened ([`Part::settle`]); after the last one of an instant it is tested; at the
//! end of the window the crossings up to there happen. Most of the time a bound ([`crate::laws::quiet`]) or the potential at the
//! next arrival tells that there was none, and no logarithm is paid.

mod failure;
mod plasticity;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use super::cells::Cells;
use super::lessons::Lessons;
use super::model::Model;
use super::synapses::{Synapses, pieces};
use super::together::{Columns, MANY, smallest};
use crate::event::InputSpike;
use crate::graph::state::State;
use crate::graph::{Graph, Learning, Neuron, SimulationError};
use crate::laws::pair_stdp::Trace;
use crate::time::Time;

/// Arrivals whose targets are read ahead.
const FETCHED: usize = 64;

/// A neuron spikes. Ordered by time, then neuron.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spike {
    /// When.
    pub at: Time,
    /// Which neuron.
    pub neuron: u32,
}

/// Some of the neurons of a graph under way, and what reaches them.
#[derive(Clone, Debug)]
pub struct Part {
    /// Which neuron of the graph its first one is.
    first: u32,
    inputs: u32,
    models: Vec<Model>,
    cells: Cells,
    synapses: Synapses,
    rules: Vec<Learning>,
    /// The trace of the output spikes, of each neuron and rule.
    outputs: Vec<Trace>,
    /// Spikes under way: when they arrive, and their first group.
    under_way: BinaryHeap<Reverse<(Time, u32)>>,
    arriving: Vec<(Time, u32)>,
    /// Neurons that stood above their threshold after a delivery of this instant.
    above: Vec<u32>,
    columns: Box<Columns>,
    lessons: Box<Lessons>,
    /// Synapses whose deliveries are odd.
    odd: Vec<usize>,
    /// Those of the last window.
    pub(super) spikes: Vec<Spike>,
    pub(super) failure: Option<Failure>,
    pub(super) deliveries: u64,
    /// Nothing happens before \[ms\].
    pub(super) due_ms: f64,
    pub(super) most_spikes: usize,
    /// Of the window.
    end: Time,
    /// Up to where crossings are looked for: the end of the window, or earlier where spikes are too many.
    sought_until: Time,
    /// So many spikes and the latest are given up.
    cut_at: usize,
}

/// Where a simulation ends.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub at: Time,
    pub neuron: u32,
    pub error: SimulationError,
}

impl Part {
    pub(super) fn new(graph: &Graph, neurons: Range<u32>, start: Time) -> Part {
        let mut models: Vec<Model> = Vec::new();
        let own = &graph.neurons[neurons.start as usize..neurons.end as usize];
        let mut cells = Cells::default();
        for neuron in own {
            if !models.last().is_some_and(|last| last.is_of(neuron)) {
                models.push(Model::new(neuron));
            }
            let (state, number) = (State::new(neuron, start), models.len() as u32 - 1);
            let model = &mut models[number as usize];
            model.users += 1;
            cells.push(&state, model.quiet_until_ms(&state), number);
        }
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
            columns: Box::default(),
            lessons: Box::default(),
            odd: Vec::new(),
            spikes: Vec::new(),
            failure: None,
            deliveries: 0,
            due_ms: start.ms(),
            most_spikes: usize::MAX,
            end: start,
            sought_until: start,
            cut_at: usize::MAX,
        }
    }

    /// Everything before `end`: what is under way, and the spikes `sent` in the last window and from outside in this.
    pub(super) fn window(&mut self, end: Time, sent: &[Spike], inputs: &[InputSpike]) {
        self.spikes.clear();
        (self.end, self.sought_until) = (end, end);
        self.cut_at = self.most_spikes.saturating_mul(2);
        self.take_arriving(sent, inputs);
        self.deliver_all();
        self.settle_all();
        self.tell_too_many();
    }

    /// What arrives within the window, in order; what comes later goes on its way.
    fn take_arriving(&mut self, sent: &[Spike], inputs: &[InputSpike]) {
        let end = self.end;
        self.arriving.clear();
        let from_inputs = inputs.iter().map(|spike| (spike.at, spike.source as usize));
        let from_neurons = sent.iter().map(|spike| (spike.at, self.inputs as usize + spike.neuron as usize));
        for (at, slot) in from_inputs.chain(from_neurons) {
            for (delay_ms, group) in self.synapses.arrivals(slot) {
                let arrival = (Time::from_ms(at.ms() + delay_ms), group);
                if arrival.0 < end {
                    self.arriving.push(arrival)
                } else {
                    self.under_way.push(Reverse(arrival))
                }
            }
        }
        while let Some(Reverse(arrival)) = self.under_way.peek().filter(|Reverse((at, _))| *at < end) {
            self.arriving.push(*arrival);
            self.under_way.pop();
        }
        // Inputs and neurons' spikes come sorted, each: a sort that finds such runs merges them.
        self.arriving.sort();
    }

    fn deliver_all(&mut self) {
        let (mut next, mut fetched) = (0, 0);
        while let Some(&(now, _)) = self.arriving.get(next) {
            if next >= fetched {
                fetched = next + FETCHED;
                self.arriving
                    .iter()
                    .skip(next)
                    .take(FETCHED)
                    .for_each(|&(_, group)| self.synapses.fetch(group));
            }
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
            Ok(rule) => self.deliver_learning(synapses, rule, now),
            Err(weight_mv) => self.deliver_fixed(synapses, weight_mv, now),
        }
    }

    fn deliver_fixed(&mut self, synapses: Range<usize>, weight_mv: f64, now: Time) {
        for some in pieces(synapses) {
            let targets = &self.synapses.fixed.targets[some.clone()];
            let Some(model) = self.shared_model(targets) else {
                some.into_iter().for_each(|synapse| self.deliver_one(synapse, weight_mv, now));
                continue;
            };
            let weights_mv = &mut self.columns.weights_mv[..targets.len()];
            self.synapses.fixed.read_weights(some.clone(), weight_mv, weights_mv);
            if self.cells.receive(&mut self.columns, targets, &model, now) {
                self.note_odd(some);
                (0..self.odd.len()).for_each(|place| self.deliver_one(self.odd[place], weight_mv, now));
            }
        }
    }

    /// Notes the synapses whose deliveries are odd. Their targets are neurons of their own: in which order they receive is
    /// all the same.
    fn note_odd(&mut self, synapses: Range<usize>) {
        let are_odd = synapses.zip(&self.columns.left.are_odd);
        self.odd.clear();
        self.odd.extend(are_odd.filter(|(_, is_odd)| **is_odd).map(|(synapse, _)| synapse));
    }

    /// The model of all targets, if they share one that the vector code knows.
    fn shared_model(&self, targets: &[u32]) -> Option<Model> {
        let model = self.cells.models[targets[0] as usize];
        let is_known = !self.models[model as usize].adapts;
        let is_shared = |target: &u32| self.cells.models[*target as usize] == model;
        let is_one = is_known && (self.models.len() == 1 || targets.iter().all(is_shared));
        is_one.then(|| self.models[model as usize])
    }

    fn deliver_one(&mut self, synapse: usize, weight_mv: f64, now: Time) {
        let target = self.synapses.fixed.targets[synapse];
        let potential_mv = self.potential_before(target, now);
        self.receive(target, potential_mv, self.synapses.fixed.weight_mv(synapse, weight_mv), now);
    }

    /// The potential of a neuron just before an input, when what came before has happened.
    fn potential_before(&mut self, target: u32, now: Time) -> f64 {
        let (state, model) = self.own(target);
        let potential_mv = state.potential_at(&model.neuron, now);
        let is_quiet = now.ms() <= self.cells.quiet_until_ms[target as usize];
        // A refractory neuron does not cross before its refractory time ends.
        if is_quiet || state.is_refractory(now) || model.stayed_below(&state, potential_mv, now) {
            return potential_mv;
        }
        self.settle(target, now);
        let (state, model) = self.own(target);
        state.potential_at(&model.neuron, now)
    }

    fn receive(&mut self, target: u32, potential_mv: f64, weight_mv: f64, now: Time) {
        let (mut state, model) = self.own(target);
        state.receive_at(&model.neuron, now, potential_mv, weight_mv);
        let (quiet_until_ms, is_above) = (model.quiet_until_ms(&state), model.is_above(&state, now));
        self.cells.set(target as usize, &state, quiet_until_ms);
        if is_above {
            self.above.push(target);
        }
    }

    /// All arrivals of the instant are delivered: who stands above its threshold?
    fn test(&mut self, now: Time) {
        for place in 0..self.above.len() {
            let target = self.above[place];
            let (state, model) = self.own(target);
            // A neuron that was above twice has spiked the first time.
            if model.is_above(&state, now) {
                self.fire(target, now);
            }
        }
        self.above.clear();
    }

    /// Lets a neuron spike where it crosses before `end` and no input comes.
    fn settle(&mut self, neuron: u32, end: Time) {
        let mut end = end;
        while self.cells.quiet_until_ms[neuron as usize] < end.ms() {
            let (state, model) = self.own(neuron);
            // A root costs ten times what the potential at the end does, which mostly tells that there is none.
            let quiet_until_ms = model.quiet_after(&state, end);
            if quiet_until_ms >= end.ms() {
                self.cells.quiet_until_ms[neuron as usize] = quiet_until_ms;
                return;
            }
            let crossing = state.next_crossing(&model.neuron);
            self.cells.quiet_until_ms[neuron as usize] = crossing.map_or(f64::INFINITY, Time::ms);
            let Some(at) = crossing else { return };
            if at <= state.last_spike {
                let of = self.first + neuron;
                self.fail(neuron, at, SimulationError::TooFast { neuron: of, at_ms: at.ms() });
            } else if at < end {
                self.fire(neuron, at);
                end = end.min(self.sought_until);
            }
        }
    }

    /// The crossings up to the end of the window, and when the next may be.
    fn settle_all(&mut self) {
        let end = self.end;
        let mut due_ms = self.under_way.peek().map_or(f64::INFINITY, |Reverse((at, _))| at.ms());
        for first in (0..self.cells.len()).step_by(MANY) {
            let some = first..self.cells.len().min(first + MANY);
            let (mut smallest_ms, is_before) = smallest(&self.cells.quiet_until_ms[some.clone()], end.ms());
            if is_before {
                some.clone().for_each(|neuron| self.settle(neuron as u32, self.sought_until));
                (smallest_ms, _) = smallest(&self.cells.quiet_until_ms[some], end.ms());
            }
            due_ms = due_ms.min(smallest_ms);
        }
        self.due_ms = due_ms;
    }

    fn fire(&mut self, neuron: u32, now: Time) {
        for rule in 0..self.rules.len() {
            self.learn(neuron, rule, now);
        }
        let (mut state, model) = self.own(neuron);
        state.spike(&model.neuron, now);
        let quiet_until_ms = model.quiet_until_ms(&state);
        self.cells.set(neuron as usize, &state, quiet_until_ms);
        self.spikes.push(Spike { at: now, neuron: self.first + neuron });
        if self.spikes.len() > self.cut_at {
            self.cut();
        }
    }

    pub(super) fn potential_mv(&self, neuron: u32, at: Time) -> f64 {
        let (state, model) = self.own(neuron - self.first);
        state.potential_at(&model.neuron, at)
    }

    pub(super) fn threshold_mv(&self, neuron: u32, at: Time) -> f64 {
        let (state, model) = self.own(neuron - self.first);
        state.threshold_at(&model.neuron, at)
    }

    fn own(&self, neuron: u32) -> (State, &Model) {
        let model = self.cells.models[neuron as usize];
        (self.cells.state(neuron as usize), &self.models[model as usize])
    }

    pub(super) fn set_bias_mv(
        &mut self,
        changed: &Neuron,
        neuron: u32,
        now: Time,
    ) -> Result<(), SimulationError> {
        let own = neuron - self.first;
        let (mut state, model) = self.own(own);
        state.store(&model.neuron, now);
        self.cells.set(own as usize, &state, f64::NEG_INFINITY);
        self.give_constants(own, changed);
        self.due_ms = f64::NEG_INFINITY;
        // Nothing happens before `now`, but a neuron that would spike twice at once is told now.
        self.settle(own, now);
        self.failure.take().map_or(Ok(()), |failure| Err(failure.error))
    }

    /// Constants of its own for a neuron; those that were its alone before are written over, so there never are more than
    /// neurons.
    fn give_constants(&mut self, own: u32, changed: &Neuron) {
        let number = &mut self.cells.models[own as usize];
        let mut own = Model::new(changed);
        own.users = 1;
        let before = &mut self.models[*number as usize];
        if before.users == 1 {
            *before = own;
        } else {
            before.users -= 1;
            *number = self.models.len() as u32;
            self.models.push(own);
        }
    }

    /// Writes the weights that have changed to their connections' places.
    pub(super) fn write_weights_mv(&self, weights_mv: &mut [f64]) {
        for (&number, learner) in self.synapses.numbers.iter().zip(&self.synapses.learning.synapses) {
            weights_mv[number as usize] = learner.weight_mv;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_kept_once_for_all_who_share_them_and_once_for_each_who_does_not() {
        let graph = Graph { neurons: vec![Neuron::default(); 3], ..Graph::default() };
        let mut part = Part::new(&graph, 0..3, Time::ZERO);
        assert_eq!(part.models.len(), 1);
        for bias_mv in [1.0, 2.0, 3.0] {
            for neuron in [1, 2] {
                let changed = Neuron { bias_mv, ..Neuron::default() };
                part.set_bias_mv(&changed, neuron, Time::ZERO).expect("a bias");
            }
        }
        let biases_mv = part.models.iter().map(|model| model.neuron.bias_mv).collect::<Vec<_>>();
        assert_eq!((biases_mv, part.cells.models.clone()), (vec![0.0, 3.0, 3.0], vec![0, 1, 2]));
        let changed = Neuron { bias_mv: 4.0, ..Neuron::default() };
        part.set_bias_mv(&changed, 0, Time::ZERO).expect("a bias");
        assert_eq!((part.models.len(), part.cells.models[0]), (3, 0));
    }
}
