//! The states of many neurons, what each delivery needs apart from what few need.

use super::together::Columns;
use crate::graph::state::State;
use crate::time::Time;

/// A column a group of values that are read together.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells {
    membranes: Vec<Membrane>,
    /// No crossing before \[ms\]; in the past or no number where that is not known.
    pub quiet_until_ms: Vec<f64>,
    currents: Vec<Current>,
    own: Vec<Own>,
    /// Which of the models each neuron has.
    pub models: Vec<u32>,
}

/// A potential, and when it was stored.
#[derive(Clone, Copy, Debug)]
struct Membrane {
    potential_mv: f64,
    since: Time,
}

/// A synaptic current, and when it was stored.
#[derive(Clone, Copy, Debug)]
struct Current {
    current_mv: f64,
    since: Time,
}

/// What own spikes leave.
#[derive(Clone, Copy, Debug)]
struct Own {
    adaptation_mv: f64,
    last_spike: Time,
}

impl Cells {
    pub fn push(&mut self, state: &State, quiet_until_ms: f64, model: u32) {
        let (membrane, current, own) = split(state);
        self.membranes.push(membrane);
        self.currents.push(current);
        self.own.push(own);
        self.quiet_until_ms.push(quiet_until_ms);
        self.models.push(model);
    }

    pub fn len(&self) -> usize {
        self.membranes.len()
    }

    pub fn state(&self, neuron: usize) -> State {
        let Membrane { potential_mv, since } = self.membranes[neuron];
        let Current { current_mv, since: current_since } = self.currents[neuron];
        let Own { adaptation_mv, last_spike } = self.own[neuron];
        State { potential_mv, since, current_mv, current_since, adaptation_mv, last_spike }
    }

    pub fn set(&mut self, neuron: usize, state: &State, quiet_until_ms: f64) {
        (self.membranes[neuron], self.currents[neuron], self.own[neuron]) = split(state);
        self.quiet_until_ms[neuron] = quiet_until_ms;
    }

    /// The neurons' potentials, side by side.
    pub fn read_membranes(&self, neurons: &[u32], columns: &mut Columns) {
        let places = columns.potentials_mv.iter_mut().zip(&mut columns.since_ms);
        for ((potential_mv, since_ms), &neuron) in places.zip(neurons) {
            let membrane = &self.membranes[neuron as usize];
            (*potential_mv, *since_ms) = (membrane.potential_mv, membrane.since.ms());
        }
    }

    pub fn write_membranes(&mut self, neurons: &[u32], columns: &Columns) {
        let places = columns.potentials_mv.iter().zip(&columns.since_ms).zip(&columns.quiet_until_ms);
        for (((&potential_mv, &since_ms), &quiet_until_ms), &neuron) in places.zip(neurons) {
            self.membranes[neuron as usize] = Membrane { potential_mv, since: Time::stored(since_ms) };
            self.quiet_until_ms[neuron as usize] = quiet_until_ms;
        }
    }

    /// Their currents, and until when they are quiet.
    pub fn read_currents(&self, neurons: &[u32], columns: &mut Columns) {
        let places = columns.currents_mv.iter_mut().zip(&mut columns.currents_since_ms);
        for (((current_mv, since_ms), quiet_until_ms), &neuron) in
            places.zip(&mut columns.quiet_until_ms).zip(neurons)
        {
            let current = &self.currents[neuron as usize];
            (*current_mv, *since_ms) = (current.current_mv, current.since.ms());
            *quiet_until_ms = self.quiet_until_ms[neuron as usize];
        }
    }

    pub fn write_currents(&mut self, neurons: &[u32], columns: &Columns) {
        let places = columns.currents_mv.iter().zip(&columns.currents_since_ms);
        for ((&current_mv, &since_ms), &neuron) in places.zip(neurons) {
            self.currents[neuron as usize] = Current { current_mv, since: Time::stored(since_ms) };
        }
    }
}

fn split(state: &State) -> (Membrane, Current, Own) {
    let &State { potential_mv, since, current_mv, current_since, adaptation_mv, last_spike } = state;
    (
        Membrane { potential_mv, since },
        Current { current_mv, since: current_since },
        Own { adaptation_mv, last_spike },
    )
}
