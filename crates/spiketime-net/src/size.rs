//! How large a network will be, by what its file says, before anything of it is built.

use crate::file::{Inputs, NetFile};
use crate::part::Part;

/// Measured (docs/performance.md): what the network and its simulation take for one at most, rounded up.
const NEURON_BYTES: f64 = 400.0;
const INPUT_BYTES: f64 = 100.0;
const CONNECTION_BYTES: f64 = 24.0;
const LEARNING_BYTES: f64 = 48.0;
/// Of a source in a table of connections: what its connections share.
const RUN_BYTES: f64 = 40.0;
/// The same in each part of the neurons, of which there are as many as threads.
const GROUP_BYTES: f64 = 32.0;
const PART_BYTES: f64 = 12.0;
/// Of a rule at a neuron.
const RULE_BYTES: f64 = 24.0;
const SPIKE_BYTES: f64 = 40.0;
/// By how many standard deviations a drawn count may exceed what is expected.
const DEVIATIONS: f64 = 8.0;

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Size {
    neurons: f64,
    inputs: f64,
    pub connections: f64,
    learning: f64,
    /// Connections in a row that differ in their targets alone.
    runs: f64,
    pub spikes: f64,
    /// Rules of plasticity, of which each neuron has a trace.
    rules: f64,
}

impl Size {
    pub fn bytes(&self) -> u64 {
        let parts = rayon::current_num_threads() as f64;
        let bytes = self.neurons * (NEURON_BYTES + self.rules * RULE_BYTES)
            + (self.neurons + self.inputs) * PART_BYTES * parts
            + self.inputs * INPUT_BYTES
            + at_most(self.connections - self.learning) * CONNECTION_BYTES
            + at_most(self.learning) * LEARNING_BYTES
            + self.runs * (RUN_BYTES + GROUP_BYTES * parts)
            + at_most(self.spikes) * SPIKE_BYTES;
        bytes as u64
    }

    /// Room for all connections at once: growth by and by would take twice as much.
    pub fn room(&self) -> usize {
        at_most(self.connections) as usize
    }
}

/// More than a drawn count of this mean will ever be.
fn at_most(mean: f64) -> f64 {
    mean + DEVIATIONS * mean.sqrt()
}

impl NetFile {
    /// What the file asks for; an error where that is more than `largest` of anything.
    pub(crate) fn size(&self, until_ms: f64, largest: f64) -> Result<Size, String> {
        let parts = self.parts(largest)?;
        let many = |part: &Part<'_>| part.range.len() as f64;
        let all = |is_input| parts.iter().filter(|part| part.is_input == is_input).map(many).sum();
        let named = |name: &str| parts.iter().find(|part| part.name == name).map_or(0.0, many);
        let rules = self.learning.len() as f64;
        let mut size = Size { neurons: all(false), inputs: all(true), rules, ..Size::default() };
        for inputs in &self.inputs {
            inputs.check(until_ms, largest - size.spikes)?;
            size.spikes += inputs.expected(until_ms);
        }
        for table in &self.connections {
            let connections = table.expected(named(&table.from), named(&table.to));
            size.connections += connections;
            size.learning += if table.learning.is_some() { connections } else { 0.0 };
            size.runs += if table.shares() { connections.min(named(&table.from)) } else { connections };
            if size.connections > largest {
                let more = format!("with those before these are more than {largest:e} connections");
                return Err(format!("{}: {more}", table.label()));
            }
        }
        Ok(size)
    }
}

impl Inputs {
    /// `left`: how many spikes there may still be.
    fn check(&self, until_ms: f64, left: f64) -> Result<(), String> {
        let refused = |message| Err(format!("inputs '{}': {message}", self.name));
        let (count, end_ms) = (self.count, self.until_ms.unwrap_or(until_ms));
        if !(0.0..=1e12).contains(&end_ms) {
            return refused(format!("until_ms is {end_ms:?}; it must be a number from 0 to 1e12"));
        }
        match (&self.spikes_ms, self.rate_hz) {
            (Some(spikes), None) => match spikes.iter().find(|at| !(0.0..=1e12).contains(*at)) {
                Some(at) => refused(format!("spikes_ms has {at:?}; it must be a number from 0 to 1e12")),
                None if self.expected(until_ms) > left => refused(format!(
                    "{count} inputs times {} spikes_ms; there may be {left:e} spikes more",
                    spikes.len()
                )),
                None => Ok(()),
            },
            (None, Some(rate_hz)) if rate_hz >= 0.0 && self.expected(until_ms) <= left => Ok(()),
            (None, Some(rate_hz)) => refused(format!(
                "rate_hz is {rate_hz:?}; it must be 0 or more, and give at most {left:e} spikes"
            )),
            _ => refused("give either spikes_ms or rate_hz".into()),
        }
    }

    /// How many spikes they give, or may be expected to give up to their end.
    fn expected(&self, until_ms: f64) -> f64 {
        let end_ms = self.until_ms.unwrap_or(until_ms).min(until_ms);
        let each = match &self.spikes_ms {
            Some(spikes) => spikes.len() as f64,
            None => self.rate_hz.unwrap_or(0.0) / 1000.0 * end_ms,
        };
        each * f64::from(self.count)
    }
}
