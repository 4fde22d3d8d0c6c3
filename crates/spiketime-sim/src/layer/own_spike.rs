//! What own spikes and the ends of images leave in a layer besides potentials, T and weights. Both engines call it.

use crate::laws::lif::silence_end;
use crate::laws::measure::NormalisedAt;
use crate::laws::threshold::{raised, resting};
use crate::layer::network::Network;
use crate::layer::rows::LANES;
use crate::real::Real;
use crate::time::Time;

impl<R: Real> Network<R> {
    /// A neuron spikes: it is counted, and no longer virgin. Before it learns.
    #[inline(always)]
    pub(crate) fn count_spike(&mut self, neuron: usize) {
        if let Some(count) = self.memory.image_spikes.get_mut(neuron) {
            *count += 1;
        }
        if let Some(count) = self.memory.own_spikes.get_mut(neuron) {
            *count += 1;
            if *count == 1 && self.layer.homeostasis.is_some_and(|rule| rule.virgin.is_some()) {
                self.memory.thetas[neuron] = 0.0;
            }
        }
    }

    /// What follows from a spike once the neuron has learned: the size of its weights, its threshold, its silence.
    #[inline(always)]
    pub(crate) fn settle_spike(&mut self, neuron: usize, now: Time) {
        if self.layer.normalisation.is_some_and(|to| to.when == NormalisedAt::Spike) {
            self.normalise(neuron);
        }
        if !self.memory.largest_mv.is_empty() || !self.memory.sizes_mv.is_empty() {
            self.measure_neuron(neuron);
        }
        if !self.memory.base_mv.is_empty() {
            self.settle_threshold(neuron);
        }
        if let Some(lasting) = self.layer.lasting {
            let (stored_mv, since) = (self.memory.lasting_mv[neuron], self.memory.lasting_since[neuron]);
            self.memory.lasting_mv[neuron] =
                raised(stored_mv, since, now, lasting.tau_ms, R::rounded(lasting.step_mv));
            self.memory.lasting_since[neuron] = now;
        }
        if let Some(until) = self.memory.silent_until.get_mut(neuron) {
            *until = silence_end(now, self.layer.refractory_ms);
        }
    }

    /// Those that did not spike are held.
    pub(crate) fn hold_others(&mut self, winners: &[u32], now: Time) {
        if self.layer.hold_ms == 0.0 {
            return;
        }
        let end = silence_end(now, self.layer.hold_ms);
        for (neuron, until) in self.memory.silent_until.iter_mut().enumerate() {
            if !winners.contains(&(neuron as u32)) {
                *until = end.max(*until);
            }
        }
    }

    /// Has this presentation had all the output spikes that it may have?
    #[must_use]
    pub fn has_ended(&self) -> bool {
        let has_all = |all| self.memory.image_spikes.iter().sum::<u32>() >= all;
        self.layer.spikes_a_presentation.is_some_and(has_all)
    }

    /// The end of a training image, after its spikes and before the next onset: weights are brought to their size
    /// and thresholds move, where the layer has such laws.
    ///
    /// `progress` of the network is the fraction of training that is done.
    pub fn end_image(&mut self) {
        if self.layer.normalisation.is_some_and(|to| to.when == NormalisedAt::ImageEnd) {
            let spiked = |&neuron: &usize| self.memory.image_spikes[neuron] > 0;
            let spiked: Vec<usize> = (0..self.neurons()).filter(spiked).collect();
            for neuron in spiked {
                self.normalise(neuron);
                self.measure_neuron(neuron);
            }
        }
        self.balance();
        self.settle_thresholds();
    }

    /// θ moves toward equal shares.
    fn balance(&mut self) {
        let Some(rule) = self.layer.homeostasis else { return };
        let memory = &mut self.memory;
        let mean = rule.mean_after(memory.mean_spikes[0], memory.image_spikes.iter().sum());
        let (gain, share) = (rule.gain.at(self.progress), mean / memory.thetas.len() as f64);
        for (neuron, theta) in memory.thetas.iter_mut().enumerate() {
            if rule.virgin.is_none() || memory.own_spikes[neuron] > 0 {
                *theta = rule.moved(*theta, gain, memory.image_spikes[neuron], share);
            }
        }
        memory.mean_spikes[0] = mean;
    }

    fn normalise(&mut self, neuron: usize) {
        let Some(to) = self.layer.normalisation else { return };
        let size_mv = to.measure.of(self.weights_mv.column(neuron));
        for input in 0..self.inputs() {
            let weight = &mut self.weights_mv[(input, neuron)];
            *weight = to.rescaled(*weight, size_mv, self.layer.weight_max_mv);
        }
        if self.own.has_devices() {
            self.hold(neuron);
        }
    }

    /// Brings a neuron's weights within the bounds of their devices.
    fn hold(&mut self, neuron: usize) {
        for input in 0..self.inputs() {
            let (at, max_mv) = (neuron * self.inputs() + input, self.layer.weight_max_mv);
            self.weights_mv[(input, neuron)] =
                self.own.held_one(self.weights_mv[(input, neuron)], at, max_mv);
        }
    }

    /// The size of a neuron's weights, and the largest of them.
    #[inline(always)]
    fn measure_neuron(&mut self, neuron: usize) {
        // Out of the rows once: each weight of a neuron lies on a line of memory of its own.
        let column_mv: Vec<R> = self.weights_mv.column(neuron).collect();
        if let (Some(size), Some(measure)) =
            (self.memory.sizes_mv.get_mut(neuron), self.layer.threshold_scale)
        {
            *size = measure.of(column_mv.iter().copied());
        }
        if let Some(largest) = self.memory.largest_mv.first_mut() {
            *largest = largest_of(*largest, &column_mv);
        }
    }

    /// Every neuron anew, for weights that come from elsewhere.
    pub(crate) fn measure(&mut self) {
        (0..self.neurons()).for_each(|neuron| self.measure_neuron(neuron));
        self.settle_thresholds();
    }

    fn settle_thresholds(&mut self) {
        if !self.memory.base_mv.is_empty() {
            (0..self.neurons()).for_each(|neuron| self.settle_threshold(neuron));
        }
    }

    #[inline(always)]
    fn settle_threshold(&mut self, neuron: usize) {
        self.thresholds_mv[neuron] = self.resting_under(neuron, self.layer.threshold_factor);
    }

    /// The threshold of a neuron at rest under this factor \[mV\].
    pub(crate) fn resting_under(&self, neuron: usize, factor: f64) -> R {
        let base_mv = self.memory.base_mv.get(neuron).unwrap_or(&self.thresholds_mv[neuron]);
        let theta = self.memory.thetas.get(neuron).copied().unwrap_or(0.0);
        let size = self.memory.sizes_mv.get(neuron).copied().unwrap_or(1.0);
        resting(*base_mv, factor, theta, size)
    }
}

/// The largest of some weights and of one before them, in lanes: it does not depend on the order.
#[inline(always)]
fn largest_of<R: Real>(before: R, weights_mv: &[R]) -> R {
    let larger = |a: R, b: R| if b > a { b } else { a };
    let (whole, rest) = weights_mv.as_chunks::<LANES>();
    let mut lanes = [before; LANES];
    for weights in whole {
        for (lane, &weight) in lanes.iter_mut().zip(weights) {
            *lane = larger(*lane, weight);
        }
    }
    lanes.iter().chain(rest).fold(before, |a, &b| larger(a, b))
}
