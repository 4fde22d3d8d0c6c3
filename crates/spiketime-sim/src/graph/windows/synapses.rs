//! Connections into one part of the neurons, by source: 4 bytes each, 12 where weights differ, 36 where they learn.
//!
//! A group is a run of connections of one source that share delay and rule, in the order of the reference
//! (delay, target, place in the list); a target stands in it once. Groups of one source and delay arrive together: one
//! event, named by the first of them. The numbers of groups order the arrivals of one instant: by source, then delay.

use std::ops::Range;

use super::together::MANY;
use crate::graph::Graph;
use crate::graph::connections::{Connections, Shared};
use crate::laws::pair_stdp::Trace;

/// Targets in a line of cache.
const LINE: usize = 16;

/// Of a group whose weights stay.
const STAYS: u32 = u32::MAX;

#[derive(Clone, Debug, Default)]
pub(super) struct Synapses {
    /// The first group of each source, inputs first; one more at the end.
    first_group: Vec<u32>,
    groups: Vec<Group>,
    pub fixed: Wires,
    pub learning: Learners,
    /// Is there a group of different weights that stay?
    weights_differ: bool,
    /// Which connection of the graph each synapse that learns is.
    pub numbers: Vec<u32>,
    incoming: Incoming,
}

/// Targets, counted within the part, and weights; none where those of each group are equal.
#[derive(Clone, Debug, Default)]
pub(super) struct Wires {
    pub targets: Vec<u32>,
    weights_mv: Vec<f64>,
}

impl Wires {
    /// The weights of some synapses of a group of this weight.
    pub fn read_weights(&self, synapses: Range<usize>, group_mv: f64, weights_mv: &mut [f64]) {
        match self.weights_mv.get(synapses) {
            Some(own_mv) => weights_mv.copy_from_slice(own_mv),
            None => weights_mv.fill(group_mv),
        }
    }

    pub fn weight_mv(&self, synapse: usize, group_mv: f64) -> f64 {
        self.weights_mv.get(synapse).copied().unwrap_or(group_mv)
    }
}

/// Targets, and what changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Learners {
    pub targets: Vec<u32>,
    pub synapses: Vec<Learner>,
}

/// A synapse that learns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Learner {
    pub weight_mv: f64,
    pub inputs: Trace,
}

#[derive(Clone, Copy, Debug)]
struct Group {
    delay_ms: f64,
    /// Of its first synapse.
    weight_mv: f64,
    first: u32,
    end: u32,
    rule: u32,
    /// Does it arrive with the one before it?
    follows: bool,
}

/// Synapses that learn by their neuron and rule.
#[derive(Clone, Debug, Default)]
struct Incoming {
    rules: usize,
    /// Of each neuron and rule; one more at the end.
    first: Vec<u32>,
    synapses: Vec<u32>,
}

/// A connection on its way to its group.
#[derive(Clone, Copy, Debug)]
struct Entry {
    target: u32,
    run: u32,
    number: u32,
}

impl Synapses {
    pub fn new(graph: &Graph, neurons: Range<u32>) -> Synapses {
        let (places, mut entries) = by_source(graph, &neurons);
        let learners = learners(&graph.connections, &neurons);
        let mut synapses = Synapses::default();
        synapses.fixed.weights_mv.reserve_exact(entries.targets.len() - learners);
        synapses.learning.targets.reserve_exact(learners);
        synapses.learning.synapses.reserve_exact(learners);
        synapses.numbers.reserve_exact(learners);
        let mut of_source = Vec::new();
        for range in places.windows(2).map(|ends| ends[0] as usize..ends[1] as usize) {
            synapses.first_group.push(synapses.groups.len() as u32);
            of_source.clear();
            of_source.extend(range.map(|place| entries.entry(place)));
            in_order(&mut of_source, &graph.connections);
            of_source.iter().for_each(|entry| synapses.add(entry, &graph.connections, &mut entries.targets));
        }
        synapses.first_group.push(synapses.groups.len() as u32);
        synapses.fixed.targets = entries.into_targets(synapses.fixed.weights_mv.len());
        if !synapses.weights_differ {
            synapses.fixed.weights_mv = Vec::new();
        }
        synapses.incoming = synapses.incoming(neurons.len(), graph.learning.len());
        synapses
    }

    /// A synapse behind the others of its source. The targets of those whose weight stays are written over what was read
    /// before: there never are two copies of all of them.
    fn add(&mut self, entry: &Entry, connections: &Connections, fixed: &mut [u32]) {
        let &Shared { delay_ms, weight_mv, learning, .. } = connections.shared(entry.run);
        let Some(rule) = learning else {
            let place = self.fixed.weights_mv.len();
            let is_behind = place > 0 && fixed[place - 1] < entry.target;
            self.group(delay_ms, weight_mv, STAYS, place as u32, is_behind);
            fixed[place] = entry.target;
            self.fixed.weights_mv.push(weight_mv);
            return;
        };
        let is_behind = self.learning.targets.last().is_some_and(|&last| last < entry.target);
        self.group(delay_ms, weight_mv, rule, self.learning.targets.len() as u32, is_behind);
        self.learning.targets.push(entry.target);
        self.learning.synapses.push(Learner { weight_mv, inputs: Trace::EMPTY });
        self.numbers.push(entry.number);
    }

    /// Lengthens the last group of this source to `place`, or begins one.
    fn group(&mut self, delay_ms: f64, weight_mv: f64, rule: u32, place: u32, is_behind: bool) {
        let first_of_source = self.first_group[self.first_group.len() - 1] as usize;
        // An instant knows no −0.0: the delays are compared as numbers.
        let last = self.groups.get(first_of_source..).and_then(<[Group]>::last);
        let follows = last.is_some_and(|last| last.delay_ms == delay_ms);
        let goes_on = follows && is_behind && last.is_some_and(|last| last.rule == rule);
        match self.groups.last_mut().filter(|_| goes_on) {
            Some(last) => {
                last.end += 1;
                self.weights_differ |= rule == STAYS && last.weight_mv.to_bits() != weight_mv.to_bits();
            }
            None => {
                self.groups.push(Group { delay_ms, weight_mv, first: place, end: place + 1, rule, follows });
            }
        }
    }

    fn incoming(&self, neurons: usize, rules: usize) -> Incoming {
        let mut first = vec![0; neurons * rules + 1];
        let key = |rule: u32, target: u32| target as usize * rules + rule as usize;
        for (rule, synapse) in self.taught() {
            first[key(rule, self.learning.targets[synapse as usize]) + 1] += 1;
        }
        accumulate(&mut first);
        let (mut next, mut synapses) = (first.clone(), vec![0; self.learning.targets.len()]);
        for (rule, synapse) in self.taught() {
            let place = &mut next[key(rule, self.learning.targets[synapse as usize])];
            synapses[*place as usize] = synapse;
            *place += 1;
        }
        Incoming { rules, first, synapses }
    }

    /// Each synapse that learns, with its rule.
    fn taught(&self) -> impl Iterator<Item = (u32, u32)> {
        let learning = self.groups.iter().filter(|group| group.rule != STAYS);
        learning.flat_map(|group| (group.first..group.end).map(|synapse| (group.rule, synapse)))
    }

    /// The arrivals of a spike of a source: each delay, and the first group that arrives after it.
    pub fn arrivals(&self, slot: usize) -> impl Iterator<Item = (f64, u32)> {
        let groups = self.first_group[slot]..self.first_group[slot + 1];
        let firsts = groups.map(|group| (&self.groups[group as usize], group));
        firsts.filter(|(group, _)| !group.follows).map(|(group, number)| (group.delay_ms, number))
    }

    /// The group that arrives with this one and comes after it.
    pub fn follower(&self, group: u32) -> Option<u32> {
        let next = group + 1;
        self.groups.get(next as usize).filter(|group| group.follows).map(|_| next)
    }

    /// The synapses of a group and its rule, among those that learn; or among those that stay, and its weight.
    pub fn of(&self, group: u32) -> (Range<usize>, Result<u32, f64>) {
        let Group { first, end, rule, weight_mv, .. } = self.groups[group as usize];
        (first as usize..end as usize, if rule == STAYS { Err(weight_mv) } else { Ok(rule) })
    }

    /// Reads a target in each line of cache of a group, so that they are there when it is delivered: it takes memory as long
    /// to find one line as to find ten that are asked for at once.
    pub fn fetch(&self, group: u32) {
        let (synapses, rule) = self.of(group);
        let targets = if rule.is_ok() { &self.learning.targets } else { &self.fixed.targets };
        let read = targets[synapses].iter().step_by(LINE).fold(0, |sum: u32, target| sum ^ target);
        std::hint::black_box(read);
    }

    /// The synapses into a neuron that learn by a rule; and all that learn.
    pub fn learners_of(&mut self, neuron: u32, rule: usize) -> (&[u32], &mut [Learner]) {
        let key = neuron as usize * self.incoming.rules + rule;
        let own = self.incoming.first[key] as usize..self.incoming.first[key + 1] as usize;
        (&self.incoming.synapses[own], &mut self.learning.synapses)
    }
}

/// All connections into a part, by source and, within one, as they stand in the list.
struct Entries {
    targets: Vec<u32>,
    runs: Vec<u32>,
    /// Empty where nothing learns.
    numbers: Vec<u32>,
}

impl Entries {
    fn entry(&self, place: usize) -> Entry {
        let number = self.numbers.get(place).copied().unwrap_or_default();
        Entry { target: self.targets[place], run: self.runs[place], number }
    }

    /// The first targets, the rest of the room given back.
    fn into_targets(mut self, kept: usize) -> Vec<u32> {
        self.targets.truncate(kept);
        self.targets.shrink_to_fit();
        self.targets
    }
}

/// Where the connections of each source begin, one more at the end, and the connections.
fn by_source(graph: &Graph, neurons: &Range<u32>) -> (Vec<u32>, Entries) {
    let mut places = vec![0_u32; graph.sources() + 1];
    for (shared, targets) in graph.connections.runs() {
        let own = targets.iter().filter(|target| neurons.contains(target)).count();
        places[graph.slot(shared.source) + 1] += own as u32;
    }
    accumulate(&mut places);
    let count = places[places.len() - 1] as usize;
    let numbered = if graph.learning.is_empty() { 0 } else { count };
    let mut entries = Entries { targets: vec![0; count], runs: vec![0; count], numbers: vec![0; numbered] };
    let (mut next, mut number) = (places.clone(), 0_u32);
    for (run, (shared, targets)) in graph.connections.runs().enumerate() {
        let place = &mut next[graph.slot(shared.source)];
        for (target, number) in targets.iter().zip(number..).filter(|(target, _)| neurons.contains(target)) {
            let at = *place as usize;
            entries.targets[at] = target - neurons.start;
            entries.runs[at] = run as u32;
            if let Some(own) = entries.numbers.get_mut(at) {
                *own = number;
            }
            *place += 1;
        }
        number += targets.len() as u32;
    }
    (places, entries)
}

/// The order of the reference within one source; the sort is stable, so equal ones stay as they stand in the list.
fn in_order(entries: &mut [Entry], connections: &Connections) {
    let order = |a: &Entry, b: &Entry| {
        let delays_ms = [a, b].map(|entry| connections.shared(entry.run).delay_ms);
        delays_ms[0].total_cmp(&delays_ms[1]).then(a.target.cmp(&b.target))
    };
    if !entries.is_sorted_by(|a, b| order(a, b).is_le()) {
        entries.sort_by(order);
    }
}

fn learners(connections: &Connections, neurons: &Range<u32>) -> usize {
    let learning = connections.runs().filter(|(shared, _)| shared.learning.is_some());
    learning.map(|(_, targets)| targets.iter().filter(|target| neurons.contains(target)).count()).sum()
}

/// From counts behind a 0 to the places where each begins.
fn accumulate(counts: &mut [u32]) {
    for index in 1..counts.len() {
        counts[index] += counts[index - 1];
    }
}

/// Pieces of at most [`MANY`].
pub(super) fn pieces(synapses: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = synapses.end;
    synapses.step_by(MANY).map(move |first| first..end.min(first + MANY))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Connection, Learning, Neuron, Rule, Source};
    use crate::laws::pair_stdp::{PairStdp, Pairing};

    #[test]
    fn a_group_shares_source_delay_and_rule_and_has_a_target_once() {
        let mut graph = Graph { inputs: 1, ..Graph::default() };
        graph.neurons = vec![Neuron::default(); 4];
        let pairing = Pairing::Nearest;
        let rule =
            Rule::Pairs(PairStdp { gain: 0.1, tau_gain_ms: 20.0, loss: 0.1, tau_loss_ms: 20.0, pairing });
        graph.learning.push(Learning { rule, weight_max_mv: 10.0 });
        let made = [(2.0, 3, None), (1.0, 3, None), (1.0, 2, None), (1.0, 3, Some(0)), (1.0, 2, None)];
        graph.connections.extend(made.map(|(delay_ms, target, learning)| Connection {
            source: Source::Input(0),
            target,
            delay_ms,
            weight_mv: delay_ms,
            learning,
        }));
        let mut synapses = Synapses::new(&graph, 2..4);
        let told: Vec<_> = synapses
            .arrivals(0)
            .flat_map(|(delay_ms, first)| {
                let groups = std::iter::successors(Some(first), |&group| synapses.follower(group));
                groups.map(move |group| (delay_ms, group)).collect::<Vec<_>>()
            })
            .map(|(delay_ms, group)| {
                let (range, rule) = synapses.of(group);
                let fixed = rule.is_err();
                let targets = if fixed { &synapses.fixed.targets } else { &synapses.learning.targets };
                (delay_ms, targets[range].to_vec(), rule.ok())
            })
            .collect();
        // In the order of the reference (delay, target, place): 2, 2 again, 3, 3 that learns; then the longer delay.
        let expected =
            [(1.0, vec![0], None), (1.0, vec![0, 1], None), (1.0, vec![1], Some(0)), (2.0, vec![1], None)];
        assert_eq!(told, expected);
        assert_eq!(synapses.numbers, [3]);
        assert_eq!(synapses.learners_of(1, 0).0, [0]);
        assert!(synapses.learners_of(0, 0).0.is_empty());
    }
}
