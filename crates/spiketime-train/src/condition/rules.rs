//! The rules that the values of a condition keep, and the first that is broken.

mod devices;
mod laws;

use super::Condition;
use crate::spread::Spread;

const ONE_LAW_OF_THRESHOLDS: &str = "a uniform law has no standard deviation, and another one has \
     threshold_min_mv = threshold_max_mv in its middle: set threshold_law and these";
const ONE_LAW_OF_WEIGHTS: &str = "it is at most 10; a uniform law has none, and another one has initial_weight_min = \
     initial_weight_max in its middle: set initial_weight_law and these";

/// Beyond these sizes f32 overflows or underflows, or a run needs more memory than there is.
const SIZE: &str = "it must be 0, or between 0.000001 and 1 000 000 000 in size";

impl Condition {
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
        let (shortest_ms, longest_ms) = self.shown_ms();
        let spikes_a_pixel = self.rate_max_hz * longest_ms / 1_000.0;
        let number = number.or((spikes_a_pixel > 10_000.0).then_some((
            "rate_max_hz",
            self.rate_max_hz,
            false,
            "within image_ms it must give at most 10 000 spikes a pixel",
        )));
        let count = counts.into_iter().find(|&(_, _, holds, _)| !holds);
        let too_long = self.dataset.longest_ms().filter(|&longest_ms| longest_ms >= shortest_ms);
        let cut = too_long.map(|longest_ms| {
            let value = format!("{shortest_ms} and the longest recording lasts {longest_ms} ms");
            ("image_ms", value, "it must be longer, or events are lost")
        });
        number
            .map(|(key, value, _, rule)| (key, value.to_string(), rule))
            .or(count.map(|(key, value, _, rule)| (key, value.to_string(), rule)))
            .or(cut)
            .or_else(|| self.broken_rule_of_devices())
            .or_else(|| self.broken_rule_of_laws())
            .or_else(|| self.broken_rule_of_given())
    }

    /// The shorter and the longer of how long images are shown, while training and while testing.
    fn shown_ms(&self) -> (f64, f64) {
        let tested_ms = self.test_input().input.duration_ms;
        (self.image_ms.min(tested_ms), self.image_ms.max(tested_ms))
    }
}
