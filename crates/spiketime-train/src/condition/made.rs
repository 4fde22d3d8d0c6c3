//! What a condition becomes: the simulator's layer, thresholds and weights of a seed, spikes.

use std::sync::Arc;

use spiketime_data::{Encoder, PoissonInput, Sequence, random};
use spiketime_device::neurosim;
use spiketime_sim::{self as sim, Real};

use super::{Condition, Dependence, Inhibition, Measure, Normalise, StdpRule, ThresholdScale, TieRule};

impl Condition {
    /// The simulator's layer, while it trains.
    #[must_use]
    pub fn layer(&self) -> sim::Layer {
        sim::Layer {
            tau_membrane_ms: if self.leak { self.tau_membrane_ms } else { f64::INFINITY },
            tau_adaptation_ms: self.tau_adaptation_ms,
            adaptation_mv: self.adaptation_mv,
            weight_max_mv: self.jump_max_mv,
            inhibition: self.inhibition_by(self.inhibition),
            tie_rule: match self.tie_rule {
                TieRule::AllAboveThreshold => sim::TieRule::AllAboveThreshold,
                TieRule::HighestOnly => sim::TieRule::HighestOnly,
                TieRule::HighestRelative => sim::TieRule::HighestRelative,
            },
            plasticity: Some(match self.stdp_rule {
                StdpRule::Window => sim::LayerRule::Window(self.window()),
                StdpRule::Counts => sim::LayerRule::Counts(self.counts()),
            }),
            refractory_ms: self.refractory_ms,
            hold_ms: if self.hold_to_end { f64::INFINITY } else { self.hold_ms },
            spikes_a_presentation: (self.spikes_an_image > 0).then_some(self.spikes_an_image),
            rests_at_onset: self.rests_at_onset,
            lasting: (self.lasting_mv > 0.0)
                .then_some(sim::Lasting { step_mv: self.lasting_mv, tau_ms: self.lasting_tau_ms }),
            homeostasis: self.homeostasis(),
            threshold_scale: match self.threshold_scale {
                ThresholdScale::None => None,
                ThresholdScale::Sum => Some(sim::Measure::Sum),
                ThresholdScale::Norm => Some(sim::Measure::Norm),
            },
            threshold_factor: self.threshold_factor,
            normalisation: self.weights_normalised(),
            variation: self.variation(),
        }
    }

    /// The layer while it is labelled and tested: images are shown to their end.
    #[must_use]
    pub fn test_layer(&self) -> sim::Layer {
        let tested = self.test_threshold_factor;
        sim::Layer {
            inhibition: self.inhibition_by(self.test_inhibition.unwrap_or(self.inhibition)),
            threshold_factor: if tested > 0.0 { tested } else { self.threshold_factor },
            spikes_a_presentation: None,
            ..self.layer()
        }
    }

    fn inhibition_by(&self, inhibition: Inhibition) -> sim::Inhibition {
        match inhibition {
            Inhibition::WinnerTakesAll => sim::Inhibition::WinnerTakesAll,
            Inhibition::Soft => sim::Inhibition::Soft { by_mv: self.inhibition_soft_mv },
            Inhibition::None => sim::Inhibition::None,
        }
    }

    fn window(&self) -> sim::Plasticity {
        let conductance = self.conductance();
        sim::Plasticity {
            window_ms: self.stdp_window_ms,
            gain: self.stdp_gain * self.normalisation(&conductance.rise),
            loss: self.stdp_loss * self.normalisation(&conductance.fall),
            conductance,
        }
    }

    /// How steps depend on it; of either rule.
    pub(super) fn conductance(&self) -> sim::Conductance {
        let dependence = |kind, exponent: f64, points: &[[f64; 2]]| match kind {
            Dependence::Soft => sim::Dependence::Soft,
            Dependence::Table => sim::Table::new(points)
                .map_or(sim::Dependence::Additive, |table| sim::Dependence::Table(Arc::new(table))),
            _ if exponent == 0.0 => sim::Dependence::Additive,
            Dependence::Exponential => sim::Dependence::Exponential { exponent },
            Dependence::Neurosim => sim::Dependence::Straight { exponent: neurosim::exponent(exponent) },
            Dependence::Power => sim::Dependence::Power { exponent },
        };
        sim::Conductance {
            rise: dependence(self.stdp_gain_dependence, self.stdp_gain_nonlinearity, &self.stdp_gain_table),
            fall: dependence(self.stdp_loss_dependence, self.stdp_loss_nonlinearity, &self.stdp_loss_table),
        }
    }

    fn counts(&self) -> sim::CountPlasticity {
        sim::CountPlasticity {
            tau_trace_ms: if self.stdp_trace_ms > 0.0 { self.stdp_trace_ms } else { f64::INFINITY },
            sum_mv: (self.stdp_sum_mv > 0.0).then_some(self.stdp_sum_mv),
            gain_offset_mv: self.stdp_offset_mv,
            loss_mv: self.stdp_decrement_mv,
            conductance: self.conductance(),
            rate: if self.stdp_rate_power > 0.0 {
                sim::Rate::OwnSpikes { power: self.stdp_rate_power, floor: self.stdp_rate }
            } else {
                sim::Rate::Annealed(sim::Annealed { start: self.stdp_rate, factor: self.stdp_rate_factor })
            },
            imprints: self.stdp_imprints,
        }
    }

    fn homeostasis(&self) -> Option<sim::Homeostasis> {
        let is_there = self.homeostasis_gain > 0.0 || self.virgin_threshold != 0.0;
        is_there.then_some(sim::Homeostasis {
            gain: sim::Annealed { start: self.homeostasis_gain, factor: self.homeostasis_factor },
            mean_images: self.homeostasis_images,
            lowest: self.homeostasis_min,
            highest: self.homeostasis_max,
            virgin: (self.virgin_threshold != 0.0).then_some(self.virgin_threshold),
        })
    }

    fn weights_normalised(&self) -> Option<sim::Normalisation> {
        let measure = match self.normalisation_measure {
            Measure::Sum => sim::Measure::Sum,
            Measure::Norm => sim::Measure::Norm,
        };
        let to = |when| sim::Normalisation { measure, target_mv: self.normalisation_mv, when };
        match self.normalisation {
            Normalise::Never => None,
            Normalise::AtSpike => Some(to(sim::NormalisedAt::Spike)),
            Normalise::AfterImage => Some(to(sim::NormalisedAt::ImageEnd)),
        }
    }

    /// Does training move the thresholds at which a network is tested?
    #[must_use]
    pub fn moves_thresholds(&self) -> bool {
        self.threshold_scale != ThresholdScale::None || self.homeostasis().is_some() || self.lasting_mv > 0.0
    }

    /// The fraction of the annealing that is done after so many training images.
    #[must_use]
    pub fn progress(&self, images_seen: u64) -> f64 {
        match self.annealing_images {
            0 => 0.0,
            images => (images_seen as f64 / images as f64).min(1.0),
        }
    }

    /// The thresholds T₀ of a seed \[mV\], or those that are given.
    #[must_use]
    pub fn thresholds<R: Real>(&self, seed: u64) -> Vec<R> {
        if let Some(given) = &self.threshold_file {
            return given.values().iter().map(|&threshold_mv| R::rounded(threshold_mv)).collect();
        }
        let law = self.threshold_law.law(self.threshold_min_mv, self.threshold_max_mv, self.threshold_sd_mv);
        random::thresholds(seed, self.neurons, law)
    }

    /// The initial weights of a seed, or those that are given: inputs × neurons \[mV\].
    #[must_use]
    pub fn initial_weights<R: Real>(&self, seed: u64) -> Vec<R> {
        if let Some(given) = &self.initial_weight_file {
            let (values, inputs) = (given.values(), self.dataset.inputs());
            let synapses = (0..inputs).flat_map(|input| values.iter().skip(input).step_by(inputs));
            return synapses.map(|&weight| R::rounded(weight * self.jump_max_mv)).collect();
        }
        let (min, max, sd) = (self.initial_weight_min, self.initial_weight_max, self.initial_weight_sd);
        let law = self.initial_weight_law.law(min, max, sd);
        random::initial_weights(seed, self.dataset.inputs(), self.neurons, self.jump_max_mv, law)
    }

    /// How images become spikes while a network trains.
    #[must_use]
    pub fn input(&self) -> Encoder {
        let input = PoissonInput { rate_max_hz: self.rate_max_hz, duration_ms: self.image_ms };
        Encoder { input, gain: self.image_gain }
    }

    /// The same while it is labelled and tested.
    #[must_use]
    pub fn test_input(&self) -> Encoder {
        let Encoder { input, gain } = self.input();
        let duration_ms = if self.test_image_ms > 0.0 { self.test_image_ms } else { self.image_ms };
        Encoder { input: PoissonInput { duration_ms, ..input }, gain }
    }

    /// Which training image comes when.
    #[must_use]
    pub fn sequence(&self, seed: u64, images: usize) -> Sequence {
        Sequence::new(self.image_order, seed, images)
    }

    /// 1 / ∫₀¹ of a step's factor over x, where the family is normalised.
    fn normalisation(&self, dependence: &sim::Dependence) -> f64 {
        match *dependence {
            _ if !self.stdp_normalised => 1.0,
            sim::Dependence::Soft => 2.0,
            sim::Dependence::Exponential { exponent } => exponent / -libm::expm1(-exponent),
            sim::Dependence::Straight { exponent } => 2.0 / (1.0 + libm::exp(-exponent)),
            sim::Dependence::Power { exponent } => 1.0 + exponent,
            sim::Dependence::Additive | sim::Dependence::Table(_) => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normalised_family_keeps_its_mean_step() {
        let condition =
            Condition { stdp_normalised: true, stdp_gain_nonlinearity: 3.0, ..Condition::default() };
        let gain = condition.window().gain;
        // ∫₀¹ 0.01 · 3/(1 − e⁻³) · e^(−3x) dx = 0.01
        assert!((gain - 0.01 * 3.0 / (1.0 - 0.049_787_068_367_863_94)).abs() < 1e-15);
        let soft = Condition {
            stdp_normalised: true,
            stdp_loss_dependence: Dependence::Soft,
            ..Condition::default()
        };
        // ∫₀¹ 0.005 · 2 x dx = 0.005
        assert_eq!((soft.window().gain, soft.window().loss), (0.01, 0.01));
    }
}
