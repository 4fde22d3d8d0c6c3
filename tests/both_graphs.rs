//! Both engines for graphs as one: whatever a test asks of one is asked of the other, and must be the same bits.

use spiketime_sim::graph::{Graph, Part, Simulation, SimulationError, Windows};
use spiketime_sim::{InputSpike, Time};

/// A graph under way by both engines, at the same instant.
pub struct Both {
    reference: Simulation,
    windows: Windows,
    /// An error ends a simulation: what comes after it is nothing to compare.
    is_over: bool,
}

impl Both {
    pub fn new(graph: Graph, start: Time) -> Result<Both, SimulationError> {
        let reference = Simulation::new(graph.clone(), start);
        let windows = Windows::new(graph, start, 2);
        assert_eq!(reference.as_ref().err(), windows.as_ref().err());
        Ok(Both { reference: reference?, windows: windows?, is_over: false })
    }

    pub fn input(&mut self, spike: InputSpike) -> Result<(), SimulationError> {
        let done = self.reference.input(spike);
        assert!(self.is_over || done == self.windows.input(spike));
        done
    }

    /// The reference's next instant; the windows go as far.
    pub fn next_spikes(&mut self, until: Time) -> Result<Option<(Time, Vec<u32>)>, SimulationError> {
        let expected =
            self.reference.next_spikes(until).map(|found| found.map(|(at, own)| (at, own.to_vec())));
        if self.is_over {
            return expected;
        }
        self.is_over = expected.is_err();
        let as_far = expected.as_ref().map_or(until, |found| found.as_ref().map_or(until, |(at, _)| *at));
        let mut found: Vec<(Time, u32)> = Vec::new();
        let error = loop {
            let next = self.windows.next_window(as_far, each).map(|spikes| spikes.is_some());
            match next {
                Ok(true) => found.extend(self.windows.spikes().iter().map(|spike| (spike.at, spike.neuron))),
                Ok(false) => break None,
                Err(error) => break Some(error),
            }
        };
        assert_eq!(error.as_ref(), expected.as_ref().err());
        let told = expected.iter().flatten().flat_map(|(at, own)| own.iter().map(|&neuron| (*at, neuron)));
        assert!(error.is_some() || found.iter().copied().eq(told), "{found:?}, not {expected:?}");
        expected
    }

    pub fn set_bias_mv(&mut self, neuron: u32, bias_mv: f64) -> Result<(), SimulationError> {
        let done = self.reference.set_bias_mv(neuron, bias_mv);
        assert!(self.is_over || done == self.windows.set_bias_mv(neuron, bias_mv));
        done
    }

    pub fn potential_mv(&self, neuron: u32, at: Time) -> Result<f64, SimulationError> {
        let found = self.reference.potential_mv(neuron, at);
        assert!(self.is_over || found == self.windows.potential_mv(neuron, at));
        found
    }

    pub fn threshold_mv(&self, neuron: u32, at: Time) -> Result<f64, SimulationError> {
        let found = self.reference.threshold_mv(neuron, at);
        assert!(self.is_over || found == self.windows.threshold_mv(neuron, at));
        found
    }

    pub fn weights_mv(&self) -> impl Iterator<Item = f64> {
        assert!(self.reference.weights_mv().eq(self.windows.weights_mv()));
        self.reference.weights_mv()
    }
}

fn each(parts: &mut [Part], work: &(dyn Fn(&mut Part) + Sync)) {
    parts.iter_mut().for_each(work);
}
