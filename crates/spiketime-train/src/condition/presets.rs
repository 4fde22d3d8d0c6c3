//! Conditions by name: what every key is that a file does not give.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiketime_data::{ImageGain, ImageOrder};

use super::{Condition, Normalise, StdpRule, ThresholdScale, TieRule};

/// A condition that others begin from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// The report's reference (Report §3): as if there were no preset.
    Report,
    /// One update an image, from counts, toward the logarithm of what a neuron's images have in common; thresholds that
    /// are parts of the weights' norm, low ones while tested.
    Frontier,
    /// The same with one threshold for training and test.
    FrontierStrict,
    /// In the manner of Diehl & Cook 2015 (Front. Comput. Neurosci. 9:99): lasting thresholds, traces, weights brought to
    /// one sum. Their neurons have conductances and inhibitory partners, ours delta synapses and winner takes all.
    DiehlCook,
}

impl Preset {
    /// The condition, without a name.
    #[must_use]
    pub fn condition(self) -> Condition {
        match self {
            Preset::Report => Condition::default(),
            Preset::Frontier => frontier(40.0, 0.25),
            Preset::FrontierStrict => frontier(10.0, 0.0),
            Preset::DiehlCook => diehl_cook(),
        }
    }
}

/// c of w = c ln(1 + E[y]/c) \[mV\].
const SCALE_MV: f64 = 0.25;
/// So far above what the rule tends to that no weight comes there; a power of two, so that kept weights, which are parts of
/// it, are exact.
const JUMP_MAX_MV: f64 = 8.0;

fn frontier(threshold: f64, test_threshold_factor: f64) -> Condition {
    Condition {
        leak: false,
        rests_at_onset: true,
        spikes_an_image: 1,
        tie_rule: TieRule::HighestRelative,
        adaptation_mv: 0.0,
        threshold_min_mv: threshold,
        threshold_max_mv: threshold,
        threshold_scale: ThresholdScale::Norm,
        test_threshold_factor,
        homeostasis_gain: 0.03,
        homeostasis_factor: 0.1,
        virgin_threshold: -0.7,
        annealing_images: 60_000,
        jump_max_mv: JUMP_MAX_MV,
        // 0.4 to 0.6 mV.
        initial_weight_min: 0.4 / JUMP_MAX_MV,
        initial_weight_max: 0.6 / JUMP_MAX_MV,
        stdp_rule: StdpRule::Counts,
        stdp_sum_mv: 100.0,
        stdp_offset_mv: SCALE_MV,
        stdp_decrement_mv: SCALE_MV,
        stdp_gain_nonlinearity: JUMP_MAX_MV / SCALE_MV,
        stdp_rate: 0.01,
        stdp_rate_power: 0.6,
        stdp_imprints: true,
        image_gain: ImageGain::Norm,
        image_order: ImageOrder::Shuffled,
        rate_max_hz: 500.0,
        image_ms: 400.0,
        rest_ms: 0.0,
        test_image_ms: 600.0,
        label_images: 10_000,
        ..Condition::default()
    }
}

fn diehl_cook() -> Condition {
    Condition {
        tau_membrane_ms: 100.0,
        adaptation_mv: 0.0,
        tau_adaptation_ms: 100.0,
        refractory_ms: 5.0,
        lasting_mv: 0.05,
        threshold_min_mv: 20.0,
        threshold_max_mv: 20.0,
        stdp_rule: StdpRule::Counts,
        stdp_trace_ms: 20.0,
        stdp_decrement_mv: 0.4,
        stdp_rate: 0.01,
        normalisation: Normalise::AfterImage,
        // A tenth of g_max a pixel of 28 x 28.
        normalisation_mv: 78.4,
        initial_weight_max: 0.3,
        rate_max_hz: 63.75,
        image_ms: 350.0,
        rest_ms: 150.0,
        test_rest_ms: 150.0,
        label_images: 10_000,
        ..Condition::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::id;

    #[test]
    fn the_preset_report_is_the_default_network_with_its_id() {
        let id = |condition: &Condition| id(condition, 1, false, None);
        assert_eq!(id(&Preset::Report.condition()), id(&Condition::default()));
    }

    #[test]
    fn every_preset_keeps_every_rule_and_says_nothing_of_itself_in_an_id() {
        for preset in [Preset::Report, Preset::Frontier, Preset::FrontierStrict, Preset::DiehlCook] {
            let condition = preset.condition();
            assert_eq!(condition.broken_rule(), None, "{preset:?}");
            let named = Condition { preset: Some(preset), ..condition.clone() };
            assert_eq!(serde_json::to_string(&named).unwrap(), serde_json::to_string(&condition).unwrap());
        }
    }
}
