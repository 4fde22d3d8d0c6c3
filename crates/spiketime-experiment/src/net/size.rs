//! How large a network will be, by what its file says, before anything of it is built.

use super::NetFile;

/// Measured: what a simulation under way and the network before it take for one, rounded up.
const NEURON_BYTES: f64 = 450.0;
const INPUT_BYTES: f64 = 100.0;
const CONNECTION_BYTES: f64 = 130.0;
const SPIKE_BYTES: f64 = 250.0;
/// By how many standard deviations a drawn count may exceed what is expected.
const DEVIATIONS: f64 = 8.0;

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Size {
    neurons: f64,
    inputs: f64,
    pub connections: f64,
    spikes: f64,
}

impl Size {
    /// Of a file; what is more than `largest` will be refused.
    pub fn of(file: &NetFile, until_ms: f64, largest: f64) -> Size {
        let sum = |counts: &mut dyn Iterator<Item = f64>| counts.sum::<f64>().min(largest);
        let spikes = |inputs: &super::Inputs| match (&inputs.spikes_ms, inputs.rate_hz) {
            (Some(spikes), _) => spikes.len() as f64 * f64::from(inputs.count),
            (None, rate_hz) => {
                let end_ms = inputs.until_ms.unwrap_or(until_ms).min(until_ms);
                drawn(rate_hz.unwrap_or(0.0) / 1000.0 * end_ms * f64::from(inputs.count))
            }
        };
        Size {
            neurons: sum(&mut file.neurons.iter().map(|neurons| f64::from(neurons.count))),
            inputs: sum(&mut file.inputs.iter().map(|inputs| f64::from(inputs.count))),
            connections: sum(&mut file
                .connections
                .iter()
                .map(|table| drawn(table.expected(file.count(&table.from), file.count(&table.to))))),
            spikes: sum(&mut file.inputs.iter().map(spikes)),
        }
    }

    pub fn bytes(&self) -> u64 {
        let bytes = self.neurons * NEURON_BYTES
            + self.inputs * INPUT_BYTES
            + self.connections * CONNECTION_BYTES
            + self.spikes * SPIKE_BYTES;
        bytes as u64
    }
}

/// More than a count of this mean will ever be; nothing where the file says what is no number.
fn drawn(mean: f64) -> f64 {
    if mean > 0.0 { mean + DEVIATIONS * mean.sqrt() } else { 0.0 }
}

impl NetFile {
    /// How many inputs or neurons have this name.
    fn count(&self, name: &str) -> f64 {
        let inputs = self.inputs.iter().map(|inputs| (&inputs.name, inputs.count));
        let neurons = self.neurons.iter().map(|neurons| (&neurons.name, neurons.count));
        let found = inputs.chain(neurons).find(|(own, _)| *own == name);
        f64::from(found.map_or(0, |(_, count)| count))
    }
}
