//! What a caller may watch. Observers read; nothing they do reaches the network.

use crate::time::Time;

/// Is told of every instant at which neurons stood above threshold.
pub trait Observer {
    /// At `now`, `spiking` neurons spike (ascending), out of `above` that stood above threshold.
    fn spiked(&mut self, now: Time, spiking: &[u32], above: usize);
}

/// Remembers every output spike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorder {
    /// (when, which neuron), in order of time, then neuron.
    pub spikes: Vec<(Time, u32)>,
}

impl Observer for Recorder {
    fn spiked(&mut self, now: Time, spiking: &[u32], _above: usize) {
        self.spikes.extend(spiking.iter().map(|&neuron| (now, neuron)));
    }
}

/// Counts output spikes a neuron, and ties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// Output spikes of each neuron.
    pub spikes: Vec<u32>,
    /// Instants at which more than one neuron stood above threshold.
    pub ties: u64,
}

impl Counter {
    /// All zero, for a layer of `neurons`.
    #[must_use]
    pub fn new(neurons: usize) -> Counter {
        Counter { spikes: vec![0; neurons], ties: 0 }
    }

    /// Back to zero.
    pub fn clear(&mut self) {
        self.spikes.fill(0);
        self.ties = 0;
    }

    /// Output spikes of all neurons.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.spikes.iter().map(|&count| u64::from(count)).sum()
    }
}

impl Observer for Counter {
    fn spiked(&mut self, _now: Time, spiking: &[u32], above: usize) {
        for &neuron in spiking {
            self.spikes[neuron as usize] += 1;
        }
        self.ties += u64::from(above > 1);
    }
}
