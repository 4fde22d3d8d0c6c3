//! What a layer remembers besides potentials, T and stamps: each array exists only where a law needs it.
//!
//! [`crate::Network::extra_state`] names all of it in one order, for whoever stores a network.

use crate::laws::lif::value_at;
use crate::laws::measure::NormalisedAt;
use crate::layer::constants::{Lasting, Layer};
use crate::real::Real;
use crate::time::Time;

/// The state of the laws that the report does not know. Empty where the layer has none of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory<R> {
    /// Each input's count or trace, as stored at its last spike.
    pub traces: Vec<f64>,
    /// Own spikes of each neuron so far.
    pub own_spikes: Vec<u32>,
    /// Own spikes of each neuron in this presentation.
    pub image_spikes: Vec<u32>,
    /// θ of each neuron.
    pub thetas: Vec<f64>,
    /// m, the running mean of output spikes an image.
    pub mean_spikes: Vec<f64>,
    /// L of each neuron as stored at its last own spike \[mV\].
    pub lasting_mv: Vec<R>,
    /// When each L was stored.
    pub lasting_since: Vec<Time>,
    /// The end of each neuron's silence.
    pub silent_until: Vec<Time>,
    /// T₀ of each neuron where `thresholds_mv` is more \[mV\].
    pub base_mv: Vec<R>,
    /// The size s of each neuron's weights: follows from them \[mV\].
    pub sizes_mv: Vec<f64>,
    /// The largest weight so far, where weights can shrink again between looks \[mV\].
    pub largest_mv: Vec<R>,
}

/// One of the arrays, each value of which is an f64 exactly.
pub(crate) enum Array<'a, R> {
    Reals(&'a mut Vec<R>),
    Numbers(&'a mut Vec<f64>),
    Counts(&'a mut Vec<u32>),
    Times(&'a mut Vec<Time>),
}

fn array<T: Clone>(exists: bool, value: T, count: usize) -> Vec<T> {
    vec![value; if exists { count } else { 0 }]
}

impl<R: Real> Memory<R> {
    /// Of a layer that has seen nothing yet.
    pub(crate) fn new(layer: &Layer, inputs: usize, thresholds_mv: &[R]) -> Memory<R> {
        let neurons = thresholds_mv.len();
        let counts = layer.count_rule().is_some();
        let virgin = layer.homeostasis.and_then(|rule| rule.virgin);
        let at_end = layer.normalisation.is_some_and(|to| to.when == NormalisedAt::ImageEnd);
        let counts_images = layer.homeostasis.is_some() || at_end || layer.spikes_a_presentation.is_some();
        Memory {
            traces: array(counts, 0.0, inputs),
            own_spikes: array(counts || virgin.is_some() || layer.variation.asks_chance(), 0, neurons),
            image_spikes: array(counts_images, 0, neurons),
            thetas: array(layer.homeostasis.is_some(), virgin.unwrap_or(0.0), neurons),
            mean_spikes: array(layer.homeostasis.is_some(), 1.0, 1),
            lasting_mv: array(layer.lasting.is_some(), R::ZERO, neurons),
            lasting_since: array(layer.lasting.is_some(), Time::ZERO, neurons),
            silent_until: array(layer.silences(), Time::ZERO, neurons),
            base_mv: if layer.moves_thresholds() { thresholds_mv.to_vec() } else { Vec::new() },
            sizes_mv: array(layer.threshold_scale.is_some(), 0.0, neurons),
            largest_mv: array(counts, R::ZERO, 1),
        }
    }

    /// L of a neuron \[mV\].
    #[inline(always)]
    pub(crate) fn lasting_at(&self, neuron: usize, now: Time, lasting: &Lasting) -> R {
        value_at(self.lasting_mv[neuron], self.lasting_since[neuron], now, lasting.tau_ms)
    }

    /// What a new presentation begins with; `rests`: at rest.
    pub(crate) fn next_onset(&mut self, period_ms: f64, counts: bool, rests: bool) {
        self.image_spikes.fill(0);
        if counts || rests {
            self.traces.fill(0.0);
        }
        for stamp in &mut self.lasting_since {
            *stamp = stamp.seen_after(period_ms);
        }
        for until in &mut self.silent_until {
            let is_over = rests || *until == Time::END;
            *until = if is_over { Time::ZERO } else { until.seen_after(period_ms) };
        }
    }

    /// All that does not follow from the rest, in the order in which it is stored.
    pub(crate) fn arrays(&mut self) -> [(&'static str, Array<'_, R>); 10] {
        [
            ("traces", Array::Numbers(&mut self.traces)),
            ("own_spikes", Array::Counts(&mut self.own_spikes)),
            ("image_spikes", Array::Counts(&mut self.image_spikes)),
            ("thetas", Array::Numbers(&mut self.thetas)),
            ("mean_spikes", Array::Numbers(&mut self.mean_spikes)),
            ("lasting_mv", Array::Reals(&mut self.lasting_mv)),
            ("lasting_since", Array::Times(&mut self.lasting_since)),
            ("silent_until", Array::Times(&mut self.silent_until)),
            ("base_mv", Array::Reals(&mut self.base_mv)),
            ("largest_mv", Array::Reals(&mut self.largest_mv)),
        ]
    }
}

impl<R: Real> Array<'_, R> {
    pub fn values(&self) -> Vec<f64> {
        match self {
            Array::Reals(values) => values.iter().map(|value| value.to_f64()).collect(),
            Array::Numbers(values) => values.to_vec(),
            Array::Counts(values) => values.iter().map(|&count| f64::from(count)).collect(),
            Array::Times(values) => values.iter().map(|time| time.ms()).collect(),
        }
    }

    /// Takes as many values as there are, if each is possible.
    pub fn set(&mut self, values: &[f64]) -> bool {
        let is_count = |&value: &f64| value >= 0.0 && value <= f64::from(u32::MAX) && value.fract() == 0.0;
        match self {
            Array::Reals(old) => set(old, values, |value| value.is_finite() && *value >= 0.0, R::rounded),
            // A θ lies above −1, traces and the mean from 0 on.
            Array::Numbers(old) => {
                set(old, values, |value| value.is_finite() && *value > -1.0, |value| value)
            }
            Array::Counts(old) => set(old, values, is_count, |value| value as u32),
            Array::Times(old) => set(old, values, |value| !value.is_nan(), Time::stored),
        }
    }
}

fn set<T>(
    old: &mut Vec<T>,
    values: &[f64],
    is_possible: impl Fn(&f64) -> bool,
    of: impl Fn(f64) -> T,
) -> bool {
    let fits = values.len() == old.len() && values.iter().all(is_possible);
    if fits {
        *old = values.iter().map(|&value| of(value)).collect();
    }
    fits
}
