//! Rate and regularity of each population, spike by spike: nothing grows with time.
//!
//! The intervals' mean and variance are brought up to date with each of them (Welford 1962, Technometrics 4:419).

use std::ops::Range;

use serde::Serialize;
use spiketime_sim::graph::Spike;

/// One population.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Its name in the file.
    pub name: String,
    /// Its first neuron.
    pub first: u32,
    /// Its neurons.
    pub neurons: u32,
    /// Their spikes.
    pub spikes: u64,
    /// Spikes a neuron and second \[Hz\].
    pub rate_hz: f64,
    /// Coefficient of variation of the intervals between spikes: the mean over neurons of 3 spikes or more.
    pub interval_cv: Option<f64>,
}

/// What is known of one neuron's spikes.
#[derive(Clone, Copy, Debug, Default)]
struct Train {
    spikes: u64,
    last_ms: f64,
    /// Of the intervals so far.
    mean_ms: f64,
    /// Their squared distances from the mean, summed \[ms²\].
    squares: f64,
}

impl Train {
    fn spike(&mut self, at_ms: f64) {
        if self.spikes > 0 {
            let interval_ms = at_ms - self.last_ms;
            let distance_ms = interval_ms - self.mean_ms;
            self.mean_ms += distance_ms / self.spikes as f64;
            self.squares += distance_ms * (interval_ms - self.mean_ms);
        }
        (self.last_ms, self.spikes) = (at_ms, self.spikes + 1);
    }

    /// Standard deviation over mean of the intervals of a train of 3 spikes or more.
    fn interval_cv(&self) -> Option<f64> {
        let intervals = self.spikes.saturating_sub(1);
        (intervals > 1).then(|| (self.squares / intervals as f64).sqrt() / self.mean_ms)
    }
}

/// Of all neurons.
#[derive(Clone, Debug)]
pub(crate) struct Rates(Vec<Train>);

impl Rates {
    pub fn new(neurons: usize) -> Rates {
        Rates(vec![Train::default(); neurons])
    }

    pub fn take(&mut self, spikes: &[Spike]) {
        spikes.iter().for_each(|spike| self.0[spike.neuron as usize].spike(spike.at.ms()));
    }

    /// Of the neurons of one population, up to `until_ms`.
    pub fn summary(&self, name: &str, neurons: &Range<u32>, until_ms: f64) -> Summary {
        let trains = &self.0[neurons.start as usize..neurons.end as usize];
        let spikes = trains.iter().map(|train| train.spikes).sum();
        let cvs: Vec<f64> = trains.iter().filter_map(Train::interval_cv).collect();
        let neuron_ms = until_ms * trains.len() as f64;
        Summary {
            name: name.to_owned(),
            first: neurons.start,
            neurons: trains.len() as u32,
            spikes,
            rate_hz: if until_ms > 0.0 { spikes as f64 * 1000.0 / neuron_ms } else { 0.0 },
            interval_cv: (!cvs.is_empty()).then(|| cvs.iter().sum::<f64>() / cvs.len() as f64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval_cv(times_ms: &[f64]) -> Option<f64> {
        let mut train = Train::default();
        times_ms.iter().for_each(|&at_ms| train.spike(at_ms));
        train.interval_cv()
    }

    #[test]
    fn the_cv_of_a_clock_is_0_and_two_spikes_have_none() {
        assert_eq!(interval_cv(&[1.0, 3.0, 5.0]), Some(0.0));
        assert_eq!(interval_cv(&[0.0, 1.0, 4.0]), Some(0.5)); // Intervals 1 and 3: mean 2, deviation 1.
        assert_eq!(interval_cv(&[1.0, 3.0]), None);
    }
}
