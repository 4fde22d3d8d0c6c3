//! The network as data: one layer of neurons, each connected to every input. Nothing runs here.
//!
//! A stored value and the time it was stored at stand side by side; what it is at another time is
//! computed on read ([`crate::laws::lif`], [`crate::laws::threshold`]).

use crate::laws::inhibition::{Inhibition, TieRule};
use crate::laws::lif::crosses;
use crate::laws::stdp::Plasticity;
use crate::laws::threshold::threshold_at;
use crate::layer::rows::Rows;
use crate::real::Real;
use crate::time::Time;

/// The constants of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Membrane time constant τ_v \[ms\].
    pub tau_membrane_ms: f64,
    /// Time constant of the adaptive threshold τ_T \[ms\]; at least τ_v (see [`crate::laws::lif`]).
    pub tau_adaptation_ms: f64,
    /// What an own spike adds to the threshold, T₊ \[mV\]; 0 = no adaptation.
    pub adaptation_mv: f64,
    /// The jump of the potential by a synapse at g_max, ΔV_max \[mV\].
    pub weight_max_mv: f64,
    /// What a spike does to the other neurons.
    pub inhibition: Inhibition,
    /// Who spikes when several cross at one instant.
    pub tie_rule: TieRule,
    /// What an output spike teaches; `None` while labelling and testing.
    pub plasticity: Option<Plasticity>,
}

impl Layer {
    /// The report's reference layer: winner takes all, adaptive threshold, linear STDP.
    #[must_use]
    pub fn report() -> Layer {
        Layer {
            tau_membrane_ms: 20.0,
            tau_adaptation_ms: 40.0,
            adaptation_mv: 10.0,
            weight_max_mv: 1.0,
            inhibition: Inhibition::WinnerTakesAll,
            tie_rule: TieRule::AllAboveThreshold,
            plasticity: Some(Plasticity {
                window_ms: 20.0,
                gain: 0.01,
                loss: 0.005,
                gain_nonlinearity: 0.0,
                loss_nonlinearity: 0.0,
            }),
        }
    }
}

/// A layer with its weights and its state.
#[derive(Clone, Debug, PartialEq)]
pub struct Network<R> {
    /// The constants.
    pub layer: Layer,
    /// Weights \[mV\], inputs × neurons, one row an input.
    pub weights_mv: Rows<R>,
    /// Each neuron's own threshold T₀ \[mV\].
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
        assert!(!thresholds_mv.is_empty(), "a layer needs at least one neuron");
        Network::at_rest(layer, Rows::new(&weights_mv, thresholds_mv.len()), thresholds_mv)
    }

    fn at_rest(layer: Layer, weights_mv: Rows<R>, thresholds_mv: Vec<R>) -> Network<R> {
        let neurons = thresholds_mv.len();
        assert!(layer.tau_membrane_ms > 0.0, "tau_membrane_ms is {}", layer.tau_membrane_ms);
        assert!(
            layer.tau_adaptation_ms >= layer.tau_membrane_ms,
            "tau_adaptation_ms {} is below tau_membrane_ms {}: a neuron could cross between inputs",
            layer.tau_adaptation_ms,
            layer.tau_membrane_ms
        );
        assert!(layer.adaptation_mv >= 0.0, "adaptation_mv is {}", layer.adaptation_mv);
        assert!(thresholds_mv.iter().all(|&t| t >= R::ZERO), "a threshold is negative");
        let in_bounds = |w: R| w >= R::ZERO && w <= R::rounded(layer.weight_max_mv);
        assert!(weights_mv.iter().all(in_bounds), "a weight lies outside [0, {}]", layer.weight_max_mv);
        Network {
            last_input: vec![Time::NEVER; weights_mv.count()],
            weights_mv,
            thresholds_mv,
            potentials_mv: vec![R::ZERO; neurons],
            potentials_since: vec![Time::ZERO; neurons],
            adaptations_mv: vec![R::ZERO; neurons],
            adaptations_since: vec![Time::ZERO; neurons],
            layer,
        }
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

    /// The threshold of a neuron, T₀ + T \[mV\].
    #[inline(always)]
    pub(crate) fn threshold(&self, neuron: usize, now: Time) -> R {
        let (adaptation, since) = (self.adaptations_mv[neuron], self.adaptations_since[neuron]);
        threshold_at(self.thresholds_mv[neuron], adaptation, since, now, self.layer.tau_adaptation_ms)
    }

    /// A copy at rest that neither learns nor adapts: what labelling and testing run on.
    #[must_use]
    pub fn frozen(&self) -> Network<R> {
        let layer = Layer { adaptation_mv: 0.0, plasticity: None, ..self.layer.clone() };
        Network::at_rest(layer, self.weights_mv.clone(), self.thresholds_mv.clone())
    }

    /// Puts the state at rest, as before the first image; weights and thresholds stay.
    pub fn rest(&mut self) {
        self.potentials_mv.fill(R::ZERO);
        self.potentials_since.fill(Time::ZERO);
        self.adaptations_mv.fill(R::ZERO);
        self.adaptations_since.fill(Time::ZERO);
        self.last_input.fill(Time::NEVER);
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

    /// Moves the clock on to the next onset: every stamp is shifted by minus the period.
    pub fn next_onset(&mut self, period_ms: f64) {
        let stamps = [&mut self.potentials_since, &mut self.adaptations_since, &mut self.last_input];
        // Nested, not flattened: each becomes vector code.
        for stamps in stamps {
            for stamp in stamps {
                *stamp = stamp.seen_after(period_ms);
            }
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
