//! A condition: one network on one data set, every constant of the model a field with its unit.
//!
//! What an experiment file does not say is as in the report's reference network (Report §3).

mod kept;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiketime_data::{PoissonInput, random};
use spiketime_sim::{self as sim, Real};

use crate::data_set::DataSet;
use crate::spread::Spread;

pub use kept::Score;

/// Lateral inhibition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Inhibition {
    WinnerTakesAll,
    Soft,
    None,
}

/// Which of the neurons above threshold at one instant spike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum TieRule {
    AllAboveThreshold,
    HighestOnly,
}

/// Precision of weights and state; times are always f64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Precision {
    F32,
    F64,
}

/// One network on one data set. Every default is the report's reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Condition {
    /// What tables and figures call it.
    pub name: String,
    /// Which images.
    pub dataset: DataSet,
    /// Output neurons N.
    #[schemars(range(min = 1, max = 100_000))]
    pub neurons: usize,
    /// Rate of a pixel of value 255 \[Hz\].
    #[schemars(range(min = 0.0, max = 1e9))]
    pub rate_max_hz: f64,
    /// How long an image is shown \[ms\].
    #[schemars(range(min = 1e-6, max = 1e9))]
    pub image_ms: f64,
    /// Rest after each training and label image \[ms\].
    #[schemars(range(min = 0.0, max = 1e9))]
    pub rest_ms: f64,
    /// Rest after each test image \[ms\]; 0 as in the author's code.
    #[schemars(range(min = 0.0, max = 1e9))]
    pub test_rest_ms: f64,
    /// Membrane time constant τ_v \[ms\].
    #[schemars(range(min = 1e-6, max = 1e9))]
    pub tau_membrane_ms: f64,
    /// Thresholds T₀ are uniform from here \[mV\] …
    #[schemars(range(min = 0.0, max = 1e9))]
    pub threshold_min_mv: f64,
    /// … to here \[mV\]; equal = no device variation. Not below `threshold_min_mv`.
    #[schemars(range(min = 0.0, max = 1e9))]
    pub threshold_max_mv: f64,
    /// The law of the thresholds: uniform, or normal or log-normal about `threshold_min_mv` = `threshold_max_mv`, none
    /// below 0.
    #[serde(skip_serializing_if = "Spread::is_uniform")]
    #[schemars(extend("default" = "uniform"))]
    pub threshold_law: Spread,
    /// Standard deviation of a normal or log-normal law of the thresholds \[mV\].
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(min = 0.0, max = 1e9), extend("default" = 0.0))]
    pub threshold_sd_mv: f64,
    /// The law of the initial weights: uniform, or normal or log-normal about `initial_weight_min` =
    /// `initial_weight_max`, all within 0 to 1.
    #[serde(skip_serializing_if = "Spread::is_uniform")]
    #[schemars(extend("default" = "uniform"))]
    pub initial_weight_law: Spread,
    /// Initial weights are uniform from here … \[fraction of g_max\]
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(min = 0.0, max = 1.0), extend("default" = 0.0))]
    pub initial_weight_min: f64,
    /// … to here \[fraction of g_max\]; not below `initial_weight_min`.
    #[serde(skip_serializing_if = "is_one")]
    #[schemars(range(min = 0.0, max = 1.0), extend("default" = 1.0))]
    pub initial_weight_max: f64,
    /// Standard deviation of a normal or log-normal law of the initial weights \[fraction of g_max\].
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(min = 0.0, max = 10.0), extend("default" = 0.0))]
    pub initial_weight_sd: f64,
    /// What an own spike adds to the threshold while training, T₊ \[mV\]; 0 = adaptation off.
    #[schemars(range(min = 0.0, max = 1e9))]
    pub adaptation_mv: f64,
    /// Time constant of the adaptive threshold τ_T \[ms\]; at least `tau_membrane_ms`.
    #[schemars(range(min = 1e-6, max = 1e9))]
    pub tau_adaptation_ms: f64,
    /// Jump of the potential by a synapse at g_max, ΔV_max \[mV\].
    #[schemars(range(min = 1e-6, max = 1e9))]
    pub jump_max_mv: f64,
    /// g_max \[nS\]: the unit of the weights, it does not enter the dynamics.
    #[schemars(range(min = 1e-6, max = 1e9))]
    pub conductance_max_ns: f64,
    /// An input spike of this age or less is recent \[ms\].
    #[schemars(range(min = 0.0, max = 1e9))]
    pub stdp_window_ms: f64,
    /// What a recent input gains, a₊ \[fraction of g_max\].
    #[schemars(range(min = -1e9, max = 1e9))]
    pub stdp_gain: f64,
    /// What every other input loses, a₋ \[fraction of g_max\]; negative: it gains.
    #[schemars(range(min = -1e9, max = 1e9))]
    pub stdp_loss: f64,
    /// β₊: gains shrink as e^(−β₊x), x = g/g_max.
    #[schemars(range(min = 0.0, max = 1e9))]
    pub stdp_gain_nonlinearity: f64,
    /// β₋: losses shrink as e^(−β₋(1−x)).
    #[schemars(range(min = 0.0, max = 1e9))]
    pub stdp_loss_nonlinearity: f64,
    /// Scale a₊ and a₋ by β/(1 − e^(−β)), so that the mean step over x stays.
    pub stdp_normalised: bool,
    /// What a spike does to the other neurons.
    pub inhibition: Inhibition,
    /// How much soft inhibition lowers a potential \[mV\].
    #[schemars(range(min = 0.0, max = 1e9))]
    pub inhibition_soft_mv: f64,
    /// Who spikes when several cross at one instant.
    pub tie_rule: TieRule,
    /// Training images that find the labels.
    #[schemars(range(min = 1))]
    pub label_images: usize,
    /// Test images that score.
    #[schemars(range(min = 1))]
    pub test_images: usize,
    /// The last so many training images train and label nothing: they are kept for validation.
    #[serde(skip_serializing_if = "is_none")]
    #[schemars(extend("default" = 0))]
    pub validation_images: usize,
    /// Which images score: of the test set, or the `validation_images`, so that settings are chosen without a look at the
    /// test set. Its metrics have names of their own: `accuracy_validation` and so on.
    #[serde(skip_serializing_if = "Score::is_test")]
    #[schemars(extend("default" = "test"))]
    pub score: Score,
    /// Precision of weights and state.
    pub precision: Precision,
}

impl Default for Condition {
    fn default() -> Condition {
        Condition {
            name: String::new(),
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
            initial_weight_law: Spread::Uniform,
            initial_weight_min: 0.0,
            initial_weight_max: 1.0,
            initial_weight_sd: 0.0,
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
            label_images: 1_000,
            test_images: 10_000,
            validation_images: 0,
            score: Score::Test,
            precision: Precision::F32,
        }
    }
}

fn is_zero(number: &f64) -> bool {
    *number == 0.0
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

fn is_one(number: &f64) -> bool {
    *number == 1.0
}

const ONE_LAW_OF_THRESHOLDS: &str = "a uniform law has no standard deviation, and another one has \
     threshold_min_mv = threshold_max_mv in its middle: set threshold_law and these";
const ONE_LAW_OF_WEIGHTS: &str = "it is at most 10; a uniform law has none, and another one has initial_weight_min = \
     initial_weight_max in its middle: set initial_weight_law and these";

/// Beyond these sizes f32 overflows or underflows, or a run needs more memory than there is.
const SIZE: &str = "it must be 0, or between 0.000001 and 1 000 000 000 in size";

impl Condition {
    /// The simulator's layer.
    #[must_use]
    pub fn layer(&self) -> sim::Layer {
        sim::Layer {
            tau_membrane_ms: self.tau_membrane_ms,
            tau_adaptation_ms: self.tau_adaptation_ms,
            adaptation_mv: self.adaptation_mv,
            weight_max_mv: self.jump_max_mv,
            inhibition: match self.inhibition {
                Inhibition::WinnerTakesAll => sim::Inhibition::WinnerTakesAll,
                Inhibition::Soft => sim::Inhibition::Soft { by_mv: self.inhibition_soft_mv },
                Inhibition::None => sim::Inhibition::None,
            },
            tie_rule: match self.tie_rule {
                TieRule::AllAboveThreshold => sim::TieRule::AllAboveThreshold,
                TieRule::HighestOnly => sim::TieRule::HighestOnly,
            },
            plasticity: Some(sim::Plasticity {
                window_ms: self.stdp_window_ms,
                gain: self.stdp_gain * self.normalisation(self.stdp_gain_nonlinearity),
                loss: self.stdp_loss * self.normalisation(self.stdp_loss_nonlinearity),
                gain_nonlinearity: self.stdp_gain_nonlinearity,
                loss_nonlinearity: self.stdp_loss_nonlinearity,
            }),
        }
    }

    /// The thresholds T₀ of a seed \[mV\].
    #[must_use]
    pub fn thresholds<R: Real>(&self, seed: u64) -> Vec<R> {
        let law = self.threshold_law.law(self.threshold_min_mv, self.threshold_max_mv, self.threshold_sd_mv);
        random::thresholds(seed, self.neurons, law)
    }

    /// The initial weights of a seed: inputs × neurons \[mV\].
    #[must_use]
    pub fn initial_weights<R: Real>(&self, seed: u64) -> Vec<R> {
        let (min, max, sd) = (self.initial_weight_min, self.initial_weight_max, self.initial_weight_sd);
        let law = self.initial_weight_law.law(min, max, sd);
        random::initial_weights(seed, self.dataset.inputs(), self.neurons, self.jump_max_mv, law)
    }

    /// How images become spikes.
    #[must_use]
    pub fn input(&self) -> PoissonInput {
        PoissonInput { rate_max_hz: self.rate_max_hz, duration_ms: self.image_ms }
    }

    /// 1 / ∫₀¹ e^(−βx) dx where the family is normalised.
    fn normalisation(&self, beta: f64) -> f64 {
        if self.stdp_normalised && beta > 0.0 { beta / -(-beta).exp_m1() } else { 1.0 }
    }

    /// The first key whose value breaks a rule: (key, value, rule).
    #[must_use]
    pub fn broken_rule(&self) -> Option<(&'static str, String, &'static str)> {
        let positive = "it must be a number above 0";
        let not_negative = "it must be a number of 0 or more";
        let finite = "it must be a finite number";
        let numbers = [
            ("rate_max_hz", self.rate_max_hz, self.rate_max_hz >= 0.0, not_negative),
            ("image_ms", self.image_ms, self.image_ms > 0.0, positive),
            ("rest_ms", self.rest_ms, self.rest_ms >= 0.0, not_negative),
            ("test_rest_ms", self.test_rest_ms, self.test_rest_ms >= 0.0, not_negative),
            ("tau_membrane_ms", self.tau_membrane_ms, self.tau_membrane_ms > 0.0, positive),
            ("threshold_min_mv", self.threshold_min_mv, self.threshold_min_mv >= 0.0, not_negative),
            (
                "threshold_max_mv",
                self.threshold_max_mv,
                self.threshold_max_mv >= self.threshold_min_mv,
                "it must not lie below threshold_min_mv",
            ),
            (
                "threshold_sd_mv",
                self.threshold_sd_mv,
                self.threshold_law.fits(self.threshold_min_mv, self.threshold_max_mv, self.threshold_sd_mv),
                ONE_LAW_OF_THRESHOLDS,
            ),
            (
                "initial_weight_min",
                self.initial_weight_min,
                (0.0..=1.0).contains(&self.initial_weight_min),
                "it must be 0 to 1",
            ),
            (
                "initial_weight_max",
                self.initial_weight_max,
                (self.initial_weight_min..=1.0).contains(&self.initial_weight_max),
                "it must be initial_weight_min to 1",
            ),
            (
                "initial_weight_sd",
                self.initial_weight_sd,
                self.initial_weight_sd <= 10.0
                    && self.initial_weight_law.fits(
                        self.initial_weight_min,
                        self.initial_weight_max,
                        self.initial_weight_sd,
                    ),
                ONE_LAW_OF_WEIGHTS,
            ),
            (
                "initial_weight_min",
                self.initial_weight_min,
                self.initial_weight_law != Spread::LogNormal || self.initial_weight_min > 0.0,
                "a log-normal law lies about a number above 0",
            ),
            (
                "threshold_min_mv",
                self.threshold_min_mv,
                self.threshold_law != Spread::LogNormal || self.threshold_min_mv > 0.0,
                "a log-normal law lies about a number above 0",
            ),
            ("adaptation_mv", self.adaptation_mv, self.adaptation_mv >= 0.0, not_negative),
            (
                "tau_adaptation_ms",
                self.tau_adaptation_ms,
                self.tau_adaptation_ms >= self.tau_membrane_ms,
                "it must be at least tau_membrane_ms: below, a neuron could spike between inputs",
            ),
            ("jump_max_mv", self.jump_max_mv, self.jump_max_mv > 0.0, positive),
            ("conductance_max_ns", self.conductance_max_ns, self.conductance_max_ns > 0.0, positive),
            ("stdp_window_ms", self.stdp_window_ms, self.stdp_window_ms >= 0.0, not_negative),
            ("stdp_gain", self.stdp_gain, true, finite),
            ("stdp_loss", self.stdp_loss, true, finite),
            (
                "stdp_gain_nonlinearity",
                self.stdp_gain_nonlinearity,
                self.stdp_gain_nonlinearity >= 0.0,
                not_negative,
            ),
            (
                "stdp_loss_nonlinearity",
                self.stdp_loss_nonlinearity,
                self.stdp_loss_nonlinearity >= 0.0,
                not_negative,
            ),
            ("inhibition_soft_mv", self.inhibition_soft_mv, self.inhibition_soft_mv >= 0.0, not_negative),
        ];
        let counts = [
            ("neurons", self.neurons, (1..=100_000).contains(&self.neurons), "it must be 1 to 100 000"),
            ("label_images", self.label_images, self.label_images > 0, "it must be at least 1"),
            ("test_images", self.test_images, self.test_images > 0, "it must be at least 1"),
            ("test_images", self.test_images, self.has_what_scores(), "it must be at most validation_images"),
        ];
        let number = numbers.into_iter().find(|&(_, value, holds, _)| !(holds && value.is_finite()));
        let number = number.or_else(|| {
            let mut sizes = numbers.into_iter().map(|(key, value, ..)| (key, value, false, SIZE));
            sizes.find(|&(_, value, ..)| value != 0.0 && !(1e-6..=1e9).contains(&value.abs()))
        });
        let spikes_a_pixel = self.rate_max_hz * self.image_ms / 1_000.0;
        let number = number.or((spikes_a_pixel > 10_000.0).then_some((
            "rate_max_hz",
            self.rate_max_hz,
            false,
            "within image_ms it must give at most 10 000 spikes a pixel",
        )));
        let count = counts.into_iter().find(|&(_, _, holds, _)| !holds);
        let too_long = self.dataset.longest_ms().filter(|&longest_ms| longest_ms >= self.image_ms);
        let cut = too_long.map(|longest_ms| {
            let value = format!("{} and the longest recording lasts {longest_ms} ms", self.image_ms);
            ("image_ms", value, "it must be longer, or events are lost")
        });
        number
            .map(|(key, value, _, rule)| (key, value.to_string(), rule))
            .or(count.map(|(key, value, _, rule)| (key, value.to_string(), rule)))
            .or(cut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normalised_family_keeps_its_mean_step() {
        let condition =
            Condition { stdp_normalised: true, stdp_gain_nonlinearity: 3.0, ..Condition::default() };
        let gain = condition.layer().plasticity.unwrap().gain;
        // ∫₀¹ 0.01 · 3/(1 − e⁻³) · e^(−3x) dx = 0.01
        assert!((gain - 0.01 * 3.0 / (1.0 - 0.049_787_068_367_863_94)).abs() < 1e-15);
    }
}
