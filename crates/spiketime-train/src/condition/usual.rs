//! What a condition is where it says nothing: the report's reference (Report §3), and every later law off.

use spiketime_data::{ImageGain, ImageOrder};

use super::{
    Condition, Dependence, Inhibition, Measure, Normalise, Precision, Score, StdpRule, ThresholdScale,
    TieRule,
};
use crate::data_set::DataSet;
use crate::spread::Spread;

/// Nearly three hours of training: Diehl & Cook 2015 (Front. Comput. Neurosci. 9:99) let thresholds last so long.
pub(super) const LASTING_TAU_MS: f64 = 1e7;
pub(super) const HOMEOSTASIS_IMAGES: f64 = 100.0;
/// No threshold falls below a tenth of T₀ …
pub(super) const HOMEOSTASIS_MIN: f64 = -0.9;
/// … or rises above eleven times that.
pub(super) const HOMEOSTASIS_MAX: f64 = 10.0;
pub(super) const STDP_RATE: f64 = 0.01;

impl Default for Condition {
    fn default() -> Condition {
        Condition {
            name: String::new(),
            preset: None,
            dataset: DataSet::default(),
            neurons: 196,
            rate_max_hz: 50.0,
            image_ms: 250.0,
            rest_ms: 150.0,
            test_rest_ms: 0.0,
            tau_membrane_ms: 20.0,
            threshold_min_mv: 50.0,
            threshold_max_mv: 50.0,
            threshold_law: Spread::Uniform,
            threshold_sd_mv: 0.0,
            threshold_file: None,
            initial_weight_law: Spread::Uniform,
            initial_weight_min: 0.0,
            initial_weight_max: 1.0,
            initial_weight_sd: 0.0,
            initial_weight_file: None,
            adaptation_mv: 10.0,
            tau_adaptation_ms: 40.0,
            jump_max_mv: 1.0,
            conductance_max_ns: 100.0,
            stdp_window_ms: 20.0,
            stdp_gain: 0.01,
            stdp_loss: 0.005,
            stdp_gain_nonlinearity: 0.0,
            stdp_loss_nonlinearity: 0.0,
            stdp_normalised: false,
            inhibition: Inhibition::WinnerTakesAll,
            inhibition_soft_mv: 1.0,
            tie_rule: TieRule::AllAboveThreshold,
            leak: true,
            refractory_ms: 0.0,
            hold_ms: 0.0,
            hold_to_end: false,
            spikes_an_image: 0,
            rests_at_onset: false,
            lasting_mv: 0.0,
            lasting_tau_ms: LASTING_TAU_MS,
            threshold_scale: ThresholdScale::None,
            threshold_factor: 1.0,
            homeostasis_gain: 0.0,
            homeostasis_factor: 1.0,
            homeostasis_images: HOMEOSTASIS_IMAGES,
            homeostasis_min: HOMEOSTASIS_MIN,
            homeostasis_max: HOMEOSTASIS_MAX,
            virgin_threshold: 0.0,
            annealing_images: 0,
            stdp_rule: StdpRule::Window,
            stdp_trace_ms: 0.0,
            stdp_sum_mv: 0.0,
            stdp_offset_mv: 0.0,
            stdp_decrement_mv: 0.0,
            stdp_gain_dependence: Dependence::Exponential,
            stdp_loss_dependence: Dependence::Exponential,
            stdp_rate: STDP_RATE,
            stdp_rate_power: 0.0,
            stdp_rate_factor: 1.0,
            stdp_imprints: false,
            normalisation: Normalise::Never,
            normalisation_measure: Measure::Sum,
            normalisation_mv: 0.0,
            image_gain: ImageGain::None,
            image_order: ImageOrder::Stored,
            test_image_ms: 0.0,
            test_threshold_factor: 0.0,
            test_inhibition: None,
            label_images: 1_000,
            test_images: 10_000,
            validation_images: 0,
            score: Score::Test,
            precision: Precision::F32,
        }
    }
}
