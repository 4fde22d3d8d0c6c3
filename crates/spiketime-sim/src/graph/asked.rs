//! What both engines answer alike: what a graph has, and what is past.

use super::{Graph, GraphError, Neuron, SimulationError};
use crate::event::InputSpike;
use crate::time::Time;

/// How far a simulation has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// Everything up to here is done.
    pub done: Time,
    start: Time,
}

impl Clock {
    pub fn new(start: Time) -> Clock {
        Clock { done: Time::NEVER, start }
    }

    pub fn now(&self) -> Time {
        self.done.max(self.start)
    }

    fn past(&self, at: Time) -> SimulationError {
        SimulationError::Past { at_ms: at.ms(), done_ms: self.now().ms() }
    }
}

impl Graph {
    /// The index of a neuron.
    pub(super) fn known(&self, neuron: u32) -> Result<usize, SimulationError> {
        let (index, count) = (neuron as usize, self.neurons.len());
        let unknown = SimulationError::Unknown { kind: "neuron", named: neuron, count };
        if index < count { Ok(index) } else { Err(unknown) }
    }

    /// The same of a neuron that is looked at.
    pub(super) fn known_at(&self, neuron: u32, at: Time, clock: &Clock) -> Result<usize, SimulationError> {
        if at < clock.now() { Err(clock.past(at)) } else { self.known(neuron) }
    }

    /// Does this come from an input that there is, and after what is done?
    pub(super) fn check_input(&self, spike: InputSpike, clock: &Clock) -> Result<(), SimulationError> {
        let InputSpike { at, source } = spike;
        if source >= self.inputs {
            let count = self.inputs as usize;
            return Err(SimulationError::Unknown { kind: "input", named: source, count });
        }
        // At the start itself nothing is done yet.
        if at <= clock.done || at < clock.start { Err(clock.past(at)) } else { Ok(()) }
    }

    /// The index of a neuron, and what it is with another bias.
    pub(super) fn biased(&self, neuron: u32, bias_mv: f64) -> Result<(usize, Neuron), SimulationError> {
        let index = self.known(neuron)?;
        let changed = Neuron { bias_mv, ..self.neurons[index] };
        match changed.broken_rule() {
            Some((key, value, rule)) => {
                Err(GraphError::Value { item: "neuron", index, key, value, rule }.into())
            }
            None => Ok((index, changed)),
        }
    }
}
