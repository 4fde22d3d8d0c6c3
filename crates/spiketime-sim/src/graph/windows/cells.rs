//! The states of many neurons, what each delivery needs apart from what few need.

use super::model::Model;
use super::together::{Columns, Left, MANY, Stored};
use crate::graph::Synapses;
use crate::graph::state::State;
use crate::time::Time;

/// A column a group of values that are read together.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells {
    membranes: Vec<Membrane>,
    /// No crossing before \[ms\]; in the past where that is not known.
    pub quiet_until_ms: Vec<f64>,
    own: Vec<Own>,
    /// Which of the models each neuron has.
    pub models: Vec<u32>,
}

/// A potential and a synaptic current, and when they were stored: half a line of cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
struct Membrane {
    potential_mv: f64,
    since: Time,
    current_mv: f64,
    current_since: Time,
}

/// What own spikes leave.
#[derive(Clone, Copy, Debug)]
struct Own {
    adaptation_mv: f64,
    last_spike: Time,
}

impl Cells {
    pub fn push(&mut self, state: &State, quiet_until_ms: f64, model: u32) {
        let (membrane, own) = split(state);
        self.membranes.push(membrane);
        self.own.push(own);
        self.quiet_until_ms.push(quiet_until_ms);
        self.models.push(model);
    }

    pub fn len(&self) -> usize {
        self.membranes.len()
    }

    pub fn state(&self, neuron: usize) -> State {
        let Membrane { potential_mv, since, current_mv, current_since } = self.membranes[neuron];
        let Own { adaptation_mv, last_spike } = self.own[neuron];
        State { potential_mv, since, current_mv, current_since, adaptation_mv, last_spike }
    }

    pub fn set(&mut self, neuron: usize, state: &State, quiet_until_ms: f64) {
        (self.membranes[neuron], self.own[neuron]) = split(state);
        self.quiet_until_ms[neuron] = quiet_until_ms;
    }

    /// An input to each of these neurons, which share a model, with the weights of the columns: may some be odd?
    pub fn receive(&mut self, columns: &mut Columns, neurons: &[u32], model: &Model, now: Time) -> bool {
        if matches!(model.neuron.synapses, Synapses::Exponential { .. }) {
            self.read_currents(neurons, &mut columns.stored);
            let is_any_odd = columns.receive_currents(neurons.len(), &model.constants(), now.ms());
            self.write_currents(neurons, &columns.left, now);
            is_any_odd
        } else {
            self.read_potentials(neurons, &mut columns.stored);
            let is_any_odd = columns.receive_jumps(neurons.len(), &model.constants(), now.ms());
            self.write_potentials(neurons, &columns.left);
            is_any_odd
        }
    }

    /// The neurons' potentials, side by side.
    fn read_potentials(&self, neurons: &[u32], stored: &mut Stored) {
        let places = stored.potentials_mv.iter_mut().zip(&mut stored.since_ms);
        for ((potential_mv, since_ms), &neuron) in places.zip(neurons) {
            let membrane = &self.membranes[neuron as usize];
            (*potential_mv, *since_ms) = (membrane.potential_mv, membrane.since.ms());
        }
    }

    fn write_potentials(&mut self, neurons: &[u32], left: &Left) {
        for (lane, &neuron) in neurons.iter().enumerate().take(MANY).filter(|(lane, _)| left.hear[*lane]) {
            let membrane = &mut self.membranes[neuron as usize];
            membrane.potential_mv = left.potentials_mv[lane];
            membrane.since = Time::stored(left.since_ms[lane]);
            self.quiet_until_ms[neuron as usize] = left.quiet_until_ms[lane];
        }
    }

    /// Their potentials and currents, and until when they are quiet.
    fn read_currents(&self, neurons: &[u32], stored: &mut Stored) {
        for (lane, &neuron) in neurons.iter().enumerate().take(MANY) {
            let membrane = &self.membranes[neuron as usize];
            (stored.potentials_mv[lane], stored.since_ms[lane]) =
                (membrane.potential_mv, membrane.since.ms());
            stored.currents_mv[lane] = membrane.current_mv;
            stored.currents_since_ms[lane] = membrane.current_since.ms();
            stored.quiet_until_ms[lane] = self.quiet_until_ms[neuron as usize];
        }
    }

    fn write_currents(&mut self, neurons: &[u32], left: &Left, now: Time) {
        for (lane, &neuron) in neurons.iter().enumerate().take(MANY).filter(|(lane, _)| left.hear[*lane]) {
            self.membranes[neuron as usize] = Membrane {
                potential_mv: left.potentials_mv[lane],
                since: Time::stored(left.since_ms[lane]),
                current_mv: left.currents_mv[lane],
                current_since: now,
            };
            self.quiet_until_ms[neuron as usize] = left.quiet_until_ms[lane];
        }
    }
}

fn split(state: &State) -> (Membrane, Own) {
    let &State { potential_mv, since, current_mv, current_since, adaptation_mv, last_spike } = state;
    (Membrane { potential_mv, since, current_mv, current_since }, Own { adaptation_mv, last_spike })
}
