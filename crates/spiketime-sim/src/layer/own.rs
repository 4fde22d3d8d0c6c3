//! What devices and neurons of a layer have of their own, drawn once; empty where none differs from the rest.
//!
//! Of devices: one value a synapse, neuron by neuron. A stuck device is one whose bounds are equal.

use crate::laws::conductance::Factors;
use crate::laws::device::within;
use crate::real::Real;

/// The differences of a layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Own<R> {
    /// Factors of steps up.
    pub rise_steps: Vec<f32>,
    /// Factors of steps down.
    pub fall_steps: Vec<f32>,
    /// Factors of the exponent of steps up.
    pub rise_shapes: Vec<f32>,
    /// Factors of the exponent of steps down.
    pub fall_shapes: Vec<f32>,
    /// The lowest weights \[mV\], 0 or more.
    pub min_mv: Vec<R>,
    /// The highest weights \[mV\], none below its lowest.
    pub max_mv: Vec<R>,
    /// Time constants of neurons' membranes \[ms\].
    pub tau_membrane_ms: Vec<f64>,
    /// Time constants of neurons' adaptive thresholds \[ms\], none below that of its membrane.
    pub tau_adaptation_ms: Vec<f64>,
    /// Root of what differs from update to update.
    pub key: u64,
    /// Root of what differs from presentation to presentation: the caller's to set.
    pub reading: u64,
}

/// One synapse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Device<R> {
    /// Of its steps.
    pub steps: Factors,
    /// Of its exponents.
    pub shapes: Factors,
    /// Lowest and highest weight \[mV\].
    pub bounds_mv: [R; 2],
}

/// The value of a device or neuron, or what all have.
#[inline(always)]
fn own<T: Copy>(values: &[T], at: usize, usual: T) -> T {
    values.get(at).copied().unwrap_or(usual)
}

impl<R: Real> Own<R> {
    /// The synapse `at` = neuron · inputs + input of a layer with this largest weight.
    #[inline(always)]
    pub(crate) fn device(&self, at: usize, max_mv: f64) -> Device<R> {
        let factors = |rise: &[f32], fall: &[f32]| Factors {
            rise: own(rise, at, 1.0).into(),
            fall: own(fall, at, 1.0).into(),
        };
        Device {
            steps: factors(&self.rise_steps, &self.fall_steps),
            shapes: factors(&self.rise_shapes, &self.fall_shapes),
            bounds_mv: [own(&self.min_mv, at, R::ZERO), own(&self.max_mv, at, R::rounded(max_mv))],
        }
    }

    /// Weights, inputs × neurons, brought within the bounds of their devices \[mV\].
    ///
    /// Devices lie neuron by neuron, as a crossbar is read; weights input by input, as spikes come.
    #[must_use]
    pub fn held(&self, weights_mv: &[R], neurons: usize, max_mv: f64) -> Vec<R> {
        let inputs = weights_mv.len() / neurons;
        let device = |at: usize| at % neurons * inputs + at / neurons;
        let held = |(at, &weight): (usize, &R)| self.held_one(weight, device(at), max_mv);
        weights_mv.iter().enumerate().map(held).collect()
    }

    /// The weight of the synapse `at`, brought within the bounds of its device \[mV\].
    #[inline(always)]
    pub(crate) fn held_one(&self, weight_mv: R, at: usize, max_mv: f64) -> R {
        within(weight_mv, self.device(at, max_mv).bounds_mv)
    }

    /// τ of a neuron's membrane \[ms\].
    #[inline(always)]
    pub(crate) fn tau_membrane_ms(&self, neuron: usize, usual_ms: f64) -> f64 {
        own(&self.tau_membrane_ms, neuron, usual_ms)
    }

    /// τ of a neuron's adaptive threshold \[ms\].
    #[inline(always)]
    pub(crate) fn tau_adaptation_ms(&self, neuron: usize, usual_ms: f64) -> f64 {
        own(&self.tau_adaptation_ms, neuron, usual_ms)
    }

    /// What matters while nothing is learned.
    pub(crate) fn neurons_alone(&self) -> Own<R> {
        let (tau_membrane_ms, tau_adaptation_ms) =
            (self.tau_membrane_ms.clone(), self.tau_adaptation_ms.clone());
        Own { tau_membrane_ms, tau_adaptation_ms, reading: self.reading, ..Own::default() }
    }

    /// Do steps of devices differ?
    pub(crate) fn has_steps(&self) -> bool {
        !self.rise_steps.is_empty() || !self.fall_steps.is_empty()
    }

    /// Does any device have something of its own?
    #[must_use]
    pub(crate) fn has_devices(&self) -> bool {
        let factors = [&self.rise_steps, &self.fall_steps, &self.rise_shapes, &self.fall_shapes];
        factors.iter().any(|values| !values.is_empty()) || !self.min_mv.is_empty() || !self.max_mv.is_empty()
    }

    /// The first rule that is broken, in a layer of this shape whose constants are these.
    pub(crate) fn broken_rule(
        &self,
        neurons: usize,
        inputs: usize,
        tau_ms: [f64; 2],
    ) -> Option<&'static str> {
        let synapses = neurons * inputs;
        let fits = |length: usize, whole: usize| length == 0 || length == whole;
        let factors = [&self.rise_steps, &self.fall_steps, &self.rise_shapes, &self.fall_shapes];
        let bounds = |at| self.device(at, f64::MAX).bounds_mv;
        let [membrane_ms, adaptation_ms] = tau_ms;
        let taus = (0..neurons).map(|neuron| {
            [self.tau_membrane_ms(neuron, membrane_ms), self.tau_adaptation_ms(neuron, adaptation_ms)]
        });
        let rules = [
            (
                factors.iter().all(|values| fits(values.len(), synapses))
                    && [&self.min_mv, &self.max_mv].iter().all(|values| fits(values.len(), synapses)),
                "a device is a neuron and an input",
            ),
            (
                [&self.tau_membrane_ms, &self.tau_adaptation_ms]
                    .iter()
                    .all(|values| fits(values.len(), neurons)),
                "a time constant is of a neuron",
            ),
            (
                factors.iter().all(|values| values.iter().all(|&f| f >= 0.0)),
                "a factor of a device is 0 or more",
            ),
            (
                self.min_mv.is_empty() && self.max_mv.is_empty()
                    || (0..synapses).map(bounds).all(|[low, high]| low >= R::ZERO && low <= high),
                "a device lies between its bounds, and above 0",
            ),
            (
                self.tau_membrane_ms.is_empty() && self.tau_adaptation_ms.is_empty()
                    || taus.clone().all(|[membrane_ms, adaptation_ms]| {
                        membrane_ms > 0.0 && adaptation_ms >= membrane_ms
                    }),
                "no threshold falls faster than its neuron's potential",
            ),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map(|(_, rule)| rule)
    }
}
