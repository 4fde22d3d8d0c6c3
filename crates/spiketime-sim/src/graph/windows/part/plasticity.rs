//! What spikes teach the synapses of a part: inputs that arrive, and its own neurons' spikes.
//!
//! A delivery takes the weight it finds, after what a spike before it taught; then the synapse learns.

use std::ops::Range;

use super::Part;
use crate::graph::Rule;
use crate::graph::learning::{after_input, after_output, outputs_after};
use crate::graph::windows::lessons::{inputs_arrive, neuron_spikes};
use crate::graph::windows::synapses::{Learner, pieces};
use crate::graph::windows::together::MANY;
use crate::time::Time;

impl Part {
    pub(super) fn deliver_learning(&mut self, synapses: Range<usize>, rule: u32, now: Time) {
        for some in pieces(synapses) {
            let targets = &self.synapses.learning.targets[some.clone()];
            let model = self.shared_model(targets);
            let (Some(model), Rule::Pairs(pairs)) = (model, &self.rules[rule as usize].rule) else {
                some.into_iter().for_each(|synapse| self.teach(synapse, rule, now));
                continue;
            };
            let learners = &mut self.synapses.learning.synapses[some.clone()];
            for (lane, (learner, &target)) in learners.iter().zip(targets).enumerate() {
                self.columns.weights_mv[lane] = learner.weight_mv;
                self.lessons.weights_mv[lane] = learner.weight_mv;
                self.lessons.inputs.set(lane, &learner.inputs);
                let outputs = &self.outputs[target as usize * self.rules.len() + rule as usize];
                self.lessons.outputs.set(lane, outputs);
            }
            let is_any_odd = self.cells.receive(&mut self.columns, targets, &model, now);
            let max_mv = self.rules[rule as usize].weight_max_mv;
            inputs_arrive(&mut self.lessons, learners.len(), pairs, max_mv, now);
            for (lane, learner) in learners.iter_mut().enumerate() {
                if !self.columns.left.are_odd[lane] {
                    let (weight_mv, inputs) = (self.lessons.weights_mv[lane], self.lessons.inputs.get(lane));
                    *learner = Learner { weight_mv, inputs };
                }
            }
            if is_any_odd {
                self.note_odd(some);
                (0..self.odd.len()).for_each(|place| self.teach(self.odd[place], rule, now));
            }
        }
    }

    /// An input through a synapse that learns: delivered with the weight it finds, after what a spike before taught.
    fn teach(&mut self, synapse: usize, rule: u32, now: Time) {
        let target = self.synapses.learning.targets[synapse];
        let potential_mv = self.potential_before(target, now);
        self.receive(target, potential_mv, self.synapses.learning.synapses[synapse].weight_mv, now);
        let outputs = &self.outputs[target as usize * self.rules.len() + rule as usize];
        let Learner { weight_mv, inputs } = &mut self.synapses.learning.synapses[synapse];
        (*weight_mv, *inputs) = after_input(&self.rules[rule as usize], *weight_mv, inputs, outputs, now);
    }

    /// What a spike teaches the neuron's synapses of a rule.
    pub(super) fn learn(&mut self, neuron: u32, rule: usize, now: Time) {
        let learning = &self.rules[rule];
        let outputs = &mut self.outputs[neuron as usize * self.rules.len() + rule];
        *outputs = outputs_after(learning, outputs, now);
        let (own, learners) = self.synapses.learners_of(neuron, rule);
        let Rule::Pairs(pairs) = &learning.rule else {
            for &synapse in own {
                let Learner { weight_mv, inputs } = &mut learners[synapse as usize];
                *weight_mv = after_output(learning, *weight_mv, inputs, now);
            }
            return;
        };
        for some in own.chunks(MANY) {
            for (lane, &synapse) in some.iter().enumerate() {
                let learner = &learners[synapse as usize];
                self.lessons.weights_mv[lane] = learner.weight_mv;
                self.lessons.inputs.set(lane, &learner.inputs);
            }
            neuron_spikes(&mut self.lessons, some.len(), pairs, learning.weight_max_mv, now);
            for (&synapse, &weight_mv) in some.iter().zip(&self.lessons.weights_mv) {
                learners[synapse as usize].weight_mv = weight_mv;
            }
        }
    }
}
