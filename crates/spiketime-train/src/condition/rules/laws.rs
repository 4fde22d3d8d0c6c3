//! The rules of what the report does not know, alone and in pairs; of two keys that contradict each other both are named.

use crate::condition::{Condition, Dependence, Normalise, StdpRule};

/// Key, value, rule.
type Broken = (&'static str, String, &'static str);

const NOT_NEGATIVE: &str = "it must be a number of 0 or more";
const OF_COUNTS: &str = "it is of the rule of counts: set stdp_rule = \"counts\", or leave it out";

const IMPRINTS: &str = "a first spike can where gains shrink exponentially and losses do not, or losses softly and gains do not: \
     with another law, as of a device, set stdp_imprints = false";

impl Condition {
    /// The first that is broken.
    pub(super) fn broken_rule_of_laws(&self) -> Option<Broken> {
        let bounds = self.bounds_of_laws();
        let bound = bounds.into_iter().find(|(_, value, [low, high], _)| !(low..=high).contains(&value));
        let bound = bound.map(|(key, value, _, rule)| (key, value.to_string(), rule));
        bound.or_else(|| self.broken_pair()).or_else(|| self.broken_layer())
    }

    fn bounds_of_laws(&self) -> [(&'static str, f64, [f64; 2], &'static str); 23] {
        const ANY: [f64; 2] = [0.0, 1e9];
        const FACTOR: [f64; 2] = [1e-6, 1.0];
        let fraction = "it must be 0.000001 to 1";
        [
            ("refractory_ms", self.refractory_ms, ANY, NOT_NEGATIVE),
            ("hold_ms", self.hold_ms, ANY, NOT_NEGATIVE),
            ("spikes_an_image", self.spikes_an_image.into(), [0.0, 1e6], "it must be 0 to 1 000 000"),
            ("lasting_mv", self.lasting_mv, ANY, NOT_NEGATIVE),
            ("lasting_tau_ms", self.lasting_tau_ms, [1e-6, 1e9], "it must be 0.000001 to 1 000 000 000"),
            ("test_image_ms", self.test_image_ms, ANY, NOT_NEGATIVE),
            ("threshold_factor", self.threshold_factor, [1e-6, 1e6], "it must be 0.000001 to 1 000 000"),
            ("test_threshold_factor", self.test_threshold_factor, [0.0, 1e6], "it must be 0 to 1 000 000"),
            ("homeostasis_gain", self.homeostasis_gain, [0.0, 1e3], "it must be 0 to 1 000"),
            ("homeostasis_factor", self.homeostasis_factor, FACTOR, fraction),
            ("homeostasis_images", self.homeostasis_images, [1.0, 1e9], "it must be 1 to 1 000 000 000"),
            ("homeostasis_min", self.homeostasis_min, [-0.99, 0.0], "it must be -0.99 to 0"),
            ("homeostasis_max", self.homeostasis_max, [0.0, 1e6], "it must be 0 to 1 000 000"),
            ("virgin_threshold", self.virgin_threshold, [-0.99, 1e6], "it must be -0.99 to 1 000 000"),
            ("annealing_images", self.annealing_images as f64, ANY, "it must be 0 to 1 000 000 000"),
            ("stdp_trace_ms", self.stdp_trace_ms, ANY, NOT_NEGATIVE),
            ("stdp_sum_mv", self.stdp_sum_mv, ANY, NOT_NEGATIVE),
            ("stdp_offset_mv", self.stdp_offset_mv, ANY, NOT_NEGATIVE),
            ("stdp_decrement_mv", self.stdp_decrement_mv, ANY, NOT_NEGATIVE),
            ("stdp_rate", self.stdp_rate, [0.0, 1.0], "it must be 0 to 1"),
            ("stdp_rate_power", self.stdp_rate_power, [0.0, 10.0], "it must be 0 to 10"),
            ("stdp_rate_factor", self.stdp_rate_factor, FACTOR, fraction),
            ("normalisation_mv", self.normalisation_mv, ANY, NOT_NEGATIVE),
        ]
    }

    fn broken_pair(&self) -> Option<Broken> {
        let is_annealed = self.homeostasis_factor != 1.0 || self.stdp_rate_factor != 1.0;
        let normalises = self.normalisation != Normalise::Never;
        let has_no_exponent = |dependence, exponent: f64| {
            !matches!(dependence, Dependence::Soft | Dependence::Table) || exponent == 0.0
        };
        let rules = [
            (
                "hold_ms",
                self.hold_ms,
                !(self.hold_to_end && self.hold_ms > 0.0),
                "hold_to_end = true holds to the end of the image: leave one of both out",
            ),
            (
                "adaptation_mv",
                self.adaptation_mv,
                self.leak || self.adaptation_mv == 0.0,
                "with leak = false a threshold that falls could be crossed between inputs: set adaptation_mv = 0",
            ),
            (
                "lasting_mv",
                self.lasting_mv,
                self.leak || self.lasting_mv == 0.0,
                "with leak = false a threshold that falls could be crossed between inputs: set lasting_mv = 0",
            ),
            (
                "annealing_images",
                self.annealing_images as f64,
                !is_annealed || self.annealing_images > 0,
                "homeostasis_factor and stdp_rate_factor need it: over how many training images do they anneal?",
            ),
            (
                "stdp_rate_factor",
                self.stdp_rate_factor,
                self.stdp_rate_factor == 1.0 || self.stdp_rate_power == 0.0,
                "with stdp_rate_power the rate falls by own spikes: leave one of both out",
            ),
            (
                "normalisation_mv",
                self.normalisation_mv,
                normalises == (self.normalisation_mv > 0.0),
                "normalisation says when, normalisation_mv to which size: give both or none",
            ),
            (
                "virgin_threshold",
                self.virgin_threshold,
                self.virgin_threshold == 0.0 || self.rests_at_onset,
                "thresholds that move between images need rests_at_onset = true",
            ),
            (
                "stdp_decrement_mv",
                self.stdp_decrement_mv,
                self.stdp_decrement_mv > 0.0 || !self.stdp_imprints || self.stdp_rule == StdpRule::Window,
                "stdp_imprints puts weights where gains and losses are equal: set stdp_decrement_mv above 0",
            ),
            (
                "stdp_gain_nonlinearity",
                self.stdp_gain_nonlinearity,
                has_no_exponent(self.stdp_gain_dependence, self.stdp_gain_nonlinearity),
                "stdp_gain_dependence = \"soft\" has no exponent: leave one of both out, or set this to 0",
            ),
            (
                "stdp_loss_nonlinearity",
                self.stdp_loss_nonlinearity,
                has_no_exponent(self.stdp_loss_dependence, self.stdp_loss_nonlinearity),
                "stdp_loss_dependence = \"soft\" has no exponent: leave one of both out, or set this to 0",
            ),
        ];
        let broken = rules.into_iter().find(|(_, _, holds, _)| !holds);
        broken.map(|(key, value, _, rule)| (key, value.to_string(), rule)).or_else(|| self.broken_stdp())
    }

    /// Each rule of plasticity has keys of its own.
    fn broken_stdp(&self) -> Option<Broken> {
        let usual = Condition::default();
        if self.stdp_rule == StdpRule::Counts {
            let told = "it is of the rule of windows: set stdp_rule = \"window\", or leave it out";
            return self.stdp_normalised.then(|| ("stdp_normalised", "true".to_owned(), told));
        }
        let numbers = [
            ("stdp_trace_ms", self.stdp_trace_ms, usual.stdp_trace_ms),
            ("stdp_sum_mv", self.stdp_sum_mv, usual.stdp_sum_mv),
            ("stdp_offset_mv", self.stdp_offset_mv, usual.stdp_offset_mv),
            ("stdp_decrement_mv", self.stdp_decrement_mv, usual.stdp_decrement_mv),
            ("stdp_rate", self.stdp_rate, usual.stdp_rate),
            ("stdp_rate_power", self.stdp_rate_power, usual.stdp_rate_power),
            ("stdp_rate_factor", self.stdp_rate_factor, usual.stdp_rate_factor),
        ];
        let number = numbers.into_iter().find(|(_, value, usual)| value != usual);
        let number = number.map(|(key, value, _)| (key, value.to_string(), OF_COUNTS));
        number.or(self.stdp_imprints.then(|| ("stdp_imprints", "true".to_owned(), OF_COUNTS)))
    }

    /// What the simulator does not run: where a neuron could cross between inputs. Its names are those of a layer.
    fn broken_layer(&self) -> Option<Broken> {
        let key = |name| match name {
            "tau_lasting_ms" => "lasting_tau_ms",
            "tau_trace_ms" => "stdp_trace_ms",
            "trace_sum_mv" => "stdp_sum_mv",
            "gain_offset_mv" => "stdp_offset_mv",
            "loss_mv" => "stdp_decrement_mv",
            "weight_max_mv" => "jump_max_mv",
            name => name,
        };
        let broken = self.layer().broken_rule().or_else(|| self.test_layer().broken_rule());
        broken.map(|(name, value, rule)| match name {
            "imprints" => ("stdp_imprints", "true".to_owned(), IMPRINTS),
            _ => (key(name), value.to_string(), rule),
        })
    }
}
