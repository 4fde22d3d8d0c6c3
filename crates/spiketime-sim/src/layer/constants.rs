//! The constants of a layer.
//!
//! What the report does not know is off in [`Layer::report`], and then costs and changes nothing.

use crate::laws::conductance::Conductance;
use crate::laws::count_stdp::CountPlasticity;
use crate::laws::device::Variation;
use crate::laws::homeostasis::Homeostasis;
use crate::laws::inhibition::{Inhibition, TieRule};
use crate::laws::measure::{Measure, Normalisation};
use crate::laws::stdp::Plasticity;

/// The constants of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Membrane time constant τ_v \[ms\]; infinite: no leak.
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
    pub plasticity: Option<LayerRule>,
    /// For so long after an own spike the potential stays 0 and inputs are lost \[ms\].
    pub refractory_ms: f64,
    /// For so long after a spike the same holds for all neurons that did not spike \[ms\]; infinite: to the next onset.
    pub hold_ms: f64,
    /// A presentation ends with the instant of its so-manieth output spike: what comes after is not delivered, so that
    /// it leaves no stamp, no count and no potential.
    pub spikes_a_presentation: Option<u32>,
    /// Is every potential 0 and every silence over at each onset?
    pub rests_at_onset: bool,
    /// A part of the threshold that lasts.
    pub lasting: Option<Lasting>,
    /// What the end of an image does to the thresholds.
    pub homeostasis: Option<Homeostasis>,
    /// Thresholds grow with the size of a neuron's weights \[1/mV\]: T₀ is then a part of it.
    pub threshold_scale: Option<Measure>,
    /// One factor of all thresholds f.
    pub threshold_factor: f64,
    /// A neuron's weights are brought to a size.
    pub normalisation: Option<Normalisation>,
    /// Synapses are devices that differ from update to update.
    pub variation: Variation,
}

/// What an output spike teaches.
#[derive(Clone, Debug, PartialEq)]
pub enum LayerRule {
    /// By the time stamps of the inputs.
    Window(Plasticity),
    /// By what the inputs did in this presentation.
    Counts(CountPlasticity),
}

/// The part L of a threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lasting {
    /// What an own spike adds, L₊ \[mV\].
    pub step_mv: f64,
    /// Its time constant τ_L \[ms\]; infinite: it stays.
    pub tau_ms: f64,
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
            plasticity: Some(LayerRule::Window(Plasticity {
                window_ms: 20.0,
                gain: 0.01,
                loss: 0.005,
                conductance: Conductance::ADDITIVE,
            })),
            refractory_ms: 0.0,
            hold_ms: 0.0,
            spikes_a_presentation: None,
            rests_at_onset: false,
            lasting: None,
            homeostasis: None,
            threshold_scale: None,
            threshold_factor: 1.0,
            normalisation: None,
            variation: Variation::STEADY,
        }
    }

    /// Do potentials decay?
    pub(crate) fn leaks(&self) -> bool {
        self.tau_membrane_ms < f64::INFINITY
    }

    /// Are there neurons that hear nothing for a while?
    pub(crate) fn silences(&self) -> bool {
        self.refractory_ms > 0.0 || self.hold_ms > 0.0
    }

    /// Is a threshold at rest more than T₀?
    pub(crate) fn moves_thresholds(&self) -> bool {
        self.homeostasis.is_some() || self.threshold_scale.is_some() || self.threshold_factor != 1.0
    }

    /// The rule of counts, if that is what an output spike teaches.
    #[inline(always)]
    pub(crate) fn count_rule(&self) -> Option<&CountPlasticity> {
        match &self.plasticity {
            Some(LayerRule::Counts(rule)) => Some(rule),
            _ => None,
        }
    }
}
