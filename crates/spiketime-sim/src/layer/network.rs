//! The network as data: one layer of neurons, each connected to every input. Nothing runs here.
//!
//! A stored value and the time it was stored at stand side by side; what it is at another time is
//! computed on read ([`crate::laws::lif`], [`crate::laws::threshold`]).

use crate::laws::chance::{Draw, address, normal, uniform};
use crate::laws::device::Variation;
use crate::laws::inhibition::TieRule;
use crate::laws::lif::{crosses, is_silent};
use crate::laws::threshold::threshold_at;
use crate::layer::constants::Layer;
use crate::layer::memory::Memory;
use crate::layer::own::Own;
use crate::layer::rows::Rows;
use crate::real::Real;
use crate::time::Time;

/// A layer with its weights and its state.
#[derive(Clone, Debug, PartialEq)]
pub struct Network<R> {
    /// The constants.
    pub layer: Layer,
    /// Weights \[mV\], inputs × neurons, one row an input.
    pub weights_mv: Rows<R>,
    /// Each neuron's threshold at rest \[mV\]: its own T₀ where no law moves it.
    pub thresholds_mv: Vec<R>,
    /// Potentials v \[mV\] as stored.
    pub potentials_mv: Vec<R>,
    /// When each potential was stored.
    pub potentials_since: Vec<Time>,
    /// Adaptive parts T \[mV\] as stored at the last own spike.
    pub adaptations_mv: Vec<R>,
    /// When each adaptive part was stored.
    pub adaptations_since: Vec<Time>,
    /// When each input last spiked.
    pub last_input: Vec<Time>,
    /// The fraction of training that is done: the caller's to set, for laws that change over training.
    pub progress: f64,
    /// What other laws remember.
    pub memory: Memory<R>,
    /// What devices and neurons have of their own.
    pub own: Own<R>,
}

impl<R: Real> Network<R> {
    /// A layer at rest: potentials and adaptations 0, no input has spiked yet.
    ///
    /// `weights_mv` is inputs × neurons, one row an input; `thresholds_mv` one T₀ a neuron.
    ///
    /// # Panics
    /// When the shapes do not fit or a constant would let a neuron cross between inputs.
    #[must_use]
    pub fn new(layer: Layer, weights_mv: Vec<R>, thresholds_mv: Vec<R>) -> Network<R> {
        Network::with_own(layer, weights_mv, thresholds_mv, Own::default())
    }

    /// As [`Network::new`], of devices and neurons that differ; a weight lies between the bounds of its device.
    ///
    /// # Panics
    /// As [`Network::new`]; when the differences do not fit.
    #[must_use]
    pub fn with_own(layer: Layer, weights_mv: Vec<R>, thresholds_mv: Vec<R>, own: Own<R>) -> Network<R> {
        assert!(!thresholds_mv.is_empty(), "a layer needs at least one neuron");
        let rows = Rows::new(&weights_mv, thresholds_mv.len());
        let (neurons, max_mv) = (thresholds_mv.len(), layer.weight_max_mv);
        let broken = own.broken_rule(neurons, rows.count(), [layer.tau_membrane_ms, layer.tau_adaptation_ms]);
        assert!(broken.is_none(), "{}", broken.unwrap_or_default());
        assert!(
            own.held(&weights_mv, neurons, max_mv) == weights_mv,
            "a weight lies outside [0, {max_mv}], or its device's bounds"
        );
        Network::at_rest(layer, rows, thresholds_mv, own)
    }

    fn at_rest(layer: Layer, weights_mv: Rows<R>, thresholds_mv: Vec<R>, own: Own<R>) -> Network<R> {
        let neurons = thresholds_mv.len();
        let broken = layer.broken_rule().map(|(key, value, rule)| format!("{key} is {value}: {rule}"));
        assert!(broken.is_none(), "{}", broken.unwrap_or_default());
        assert!(thresholds_mv.iter().all(|&t| t >= R::ZERO), "a threshold is negative");
        let mut network = Network {
            memory: Memory::new(&layer, weights_mv.count(), &thresholds_mv),
            progress: 0.0,
            last_input: vec![Time::NEVER; weights_mv.count()],
            weights_mv,
            thresholds_mv,
            potentials_mv: vec![R::ZERO; neurons],
            potentials_since: vec![Time::ZERO; neurons],
            adaptations_mv: vec![R::ZERO; neurons],
            adaptations_since: vec![Time::ZERO; neurons],
            layer,
            own,
        };
        network.measure();
        network
    }

    /// How many neurons.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.thresholds_mv.len()
    }

    /// How many inputs.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.last_input.len()
    }

    /// Does a neuron hear nothing now?
    #[must_use]
    pub fn is_silent(&self, neuron: usize, now: Time) -> bool {
        self.memory.silent_until.get(neuron).is_some_and(|&until| is_silent(until, now))
    }

    /// The threshold of a neuron \[mV\] ([`crate::laws::threshold`]).
    #[inline(always)]
    #[must_use]
    pub fn threshold(&self, neuron: usize, now: Time) -> R {
        let (adaptation, since) = (self.adaptations_mv[neuron], self.adaptations_since[neuron]);
        let tau_ms = self.own.tau_adaptation_ms(neuron, self.layer.tau_adaptation_ms);
        let threshold = threshold_at(self.thresholds_mv[neuron], adaptation, since, now, tau_ms);
        if self.layer.lasting.is_none() {
            return threshold;
        }
        threshold + self.lasting_under(neuron, self.layer.threshold_factor, now)
    }

    /// Do synapses differ, from device to device or from update to update?
    pub(crate) fn differs(&self) -> bool {
        self.own.has_devices() || self.layer.variation.asks_chance()
    }

    /// τ of a neuron's membrane \[ms\].
    #[must_use]
    pub fn tau_membrane_ms(&self, neuron: usize) -> f64 {
        self.own.tau_membrane_ms(neuron, self.layer.tau_membrane_ms)
    }

    /// What is read of a weight in this presentation \[mV\].
    #[must_use]
    pub fn read(&self, input: usize, neuron: usize) -> R {
        let (weight_mv, variation) = (self.weights_mv[(input, neuron)], self.layer.variation);
        if variation.read_sd == 0.0 {
            return weight_mv;
        }
        variation.read(weight_mv, normal(uniform(address(self.own.reading, neuron, 0, Draw::Reading), input)))
    }

    /// f L of a neuron \[mV\]; 0 where nothing lasts.
    pub(crate) fn lasting_under(&self, neuron: usize, factor: f64, now: Time) -> R {
        let lasting = self.layer.lasting.as_ref();
        let lasting_mv = lasting.map(|lasting| self.memory.lasting_at(neuron, now, lasting));
        R::rounded(factor) * lasting_mv.unwrap_or_default()
    }

    /// A copy at rest that neither learns nor adapts: what labelling and testing run on.
    #[must_use]
    pub fn frozen(&self) -> Network<R> {
        self.frozen_under(self.layer.clone())
    }

    /// As [`Network::frozen`], under constants of its own: inhibition, silences, the end of a presentation, the factor
    /// of the thresholds. Each threshold stays where θ, the size of the weights and L have brought it.
    #[must_use]
    pub fn frozen_under(&self, layer: Layer) -> Network<R> {
        let now = self.potentials_since[0].max(Time::ZERO);
        let factor = layer.threshold_factor;
        let threshold = |neuron| self.resting_under(neuron, factor) + self.lasting_under(neuron, factor, now);
        let still = Layer {
            adaptation_mv: 0.0,
            plasticity: None,
            lasting: None,
            homeostasis: None,
            threshold_scale: None,
            threshold_factor: 1.0,
            normalisation: None,
            variation: Variation { read_sd: layer.variation.read_sd, ..Variation::STEADY },
            ..layer
        };
        let thresholds_mv = (0..self.neurons()).map(threshold).collect();
        Network::at_rest(still, self.weights_mv.clone(), thresholds_mv, self.own.neurons_alone())
    }

    /// The largest weight that there was, at a look or at a spike \[mV\].
    #[must_use]
    pub fn largest_weight_mv(&self) -> R {
        let seen = self.memory.largest_mv.first().copied().unwrap_or_default();
        self.weights_mv.iter().fold(seen, |a, b| if b > a { b } else { a })
    }

    /// Puts the state at rest, as before the first image; weights and thresholds stay.
    pub fn rest(&mut self) {
        self.potentials_mv.fill(R::ZERO);
        self.potentials_since.fill(Time::ZERO);
        self.adaptations_mv.fill(R::ZERO);
        self.adaptations_since.fill(Time::ZERO);
        self.last_input.fill(Time::NEVER);
        self.memory.traces.fill(0.0);
        self.memory.image_spikes.fill(0);
        self.memory.silent_until.fill(Time::ZERO);
    }

    /// What both engines must leave behind, if it is broken. Debug builds ask after every presentation.
    ///
    /// That no neuron is left above its threshold is a law of one tie rule only: under the other a loser stays
    /// there.
    pub(crate) fn broken_invariant(&self) -> Option<&'static str> {
        let now = self.potentials_since[0];
        let left_above = |neuron: usize| crosses(self.potentials_mv[neuron], self.threshold(neuron, now));
        let all_spike = self.layer.tie_rule == TieRule::AllAboveThreshold;
        let laws = [
            (
                self.potentials_since.iter().all(|&since| since == now),
                "all potentials are stored at one time",
            ),
            (self.potentials_mv.iter().all(|v| v.to_f64().is_finite()), "a potential is a number"),
            (self.adaptations_mv.iter().all(|&t| t >= R::ZERO), "no threshold falls below its own T₀"),
            (self.adaptations_since.iter().all(|&since| since <= now), "no spike lies ahead of the clock"),
            (self.last_input.iter().all(|&last| last <= now), "no input lies ahead of the clock"),
            (!all_spike || !(0..self.neurons()).any(left_above), "who stands above threshold has spiked"),
        ];
        laws.into_iter().find(|(holds, _)| !holds).map(|(_, law)| law)
    }

    /// Moves the clock on to the next onset: every stamp is shifted by minus the period, counts begin anew, and a
    /// layer that rests at onsets does.
    pub fn next_onset(&mut self, period_ms: f64) {
        let stamps = [&mut self.potentials_since, &mut self.adaptations_since, &mut self.last_input];
        // Nested, not flattened: each becomes vector code.
        for stamps in stamps {
            for stamp in stamps {
                *stamp = stamp.seen_after(period_ms);
            }
        }
        let counts = self.layer.count_rule().is_some_and(|rule| rule.tau_trace_ms == f64::INFINITY);
        self.memory.next_onset(period_ms, counts, self.layer.rests_at_onset);
        if self.layer.rests_at_onset {
            self.potentials_mv.fill(R::ZERO);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_invariant_is_named_when_it_breaks() {
        let network = || Network::<f64>::new(Layer::report(), vec![0.5; 6], vec![50.0; 2]);
        let broken = |change: fn(&mut Network<f64>)| {
            let mut network = network();
            change(&mut network);
            network.broken_invariant().unwrap_or("none")
        };
        let later = Time::from_ms(1.0);
        assert_eq!(broken(|_| ()), "none");
        assert_eq!(broken(|n| n.potentials_since[1] = Time::NEVER), "all potentials are stored at one time");
        assert_eq!(broken(|n| n.potentials_mv[1] = f64::NAN), "a potential is a number");
        assert_eq!(broken(|n| n.adaptations_mv[1] = -1.0), "no threshold falls below its own T₀");
        assert_eq!(
            broken(|n| n.adaptations_since[1] = Time::from_ms(1.0)),
            "no spike lies ahead of the clock"
        );
        assert_eq!(broken(|n| n.last_input[2] = Time::from_ms(1.0)), "no input lies ahead of the clock");
        assert_eq!(broken(|n| n.potentials_mv[1] = 50.5), "who stands above threshold has spiked");
        // A loser may stay above where only the highest spikes.
        let mut losers = network();
        (losers.layer.tie_rule, losers.potentials_mv[1]) = (TieRule::HighestOnly, 50.5);
        losers.potentials_since.fill(later);
        assert_eq!(losers.broken_invariant(), None);
    }
}
