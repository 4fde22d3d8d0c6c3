//! Which constants of a layer are possible, and which go together so that no neuron crosses between inputs.
//!
//! A potential that has had its test falls no slower than any part of its threshold ([`crate::laws::lif`]), as long as
//! thresholds move only where potentials are 0: a neuron's own at its spike, all of them between images that begin at
//! rest.

use crate::laws::count_stdp::{CountPlasticity, Rate};
use crate::laws::homeostasis::Homeostasis;
use crate::laws::inhibition::Inhibition;
use crate::laws::measure::NormalisedAt;
use crate::layer::constants::Layer;

/// A key, its value, and the rule that it breaks.
pub type BrokenLayer = (&'static str, f64, &'static str);
/// A key, its value, whether it holds, and the rule.
type Checked = (&'static str, f64, bool, &'static str);

fn positive(key: &'static str, value: f64) -> Checked {
    (key, value, value > 0.0 && value.is_finite(), "it must be a number above 0")
}

fn not_negative(key: &'static str, value: f64) -> Checked {
    (key, value, value >= 0.0 && value.is_finite(), "it must be a number of 0 or more")
}

/// A time that may be infinite.
fn lasting(key: &'static str, value: f64) -> Checked {
    (key, value, value > 0.0, "it must be above 0")
}

impl Layer {
    /// The first constant that breaks a rule; where two do not go together the rule names the other.
    #[must_use]
    pub fn broken_rule(&self) -> Option<BrokenLayer> {
        let mut rules = self.rules_of_numbers();
        rules.extend(self.homeostasis.iter().flat_map(rules_of_homeostasis));
        rules.extend(self.count_rule().into_iter().flat_map(rules_of_counts));
        rules.extend(self.rules_of_crossing());
        rules.extend(self.rules_of_silence());
        rules.extend(self.count_rule().map(|rule| self.rule_of_imprints(rule)));
        rules.into_iter().find(|(_, _, holds, _)| !holds).map(|(key, value, _, rule)| (key, value, rule))
    }

    fn rules_of_numbers(&self) -> Vec<Checked> {
        let mut rules = vec![
            lasting("tau_membrane_ms", self.tau_membrane_ms),
            lasting("tau_adaptation_ms", self.tau_adaptation_ms),
            not_negative("adaptation_mv", self.adaptation_mv),
            positive("weight_max_mv", self.weight_max_mv),
            not_negative("refractory_ms", self.refractory_ms),
            ("hold_ms", self.hold_ms, self.hold_ms >= 0.0, "it must be 0 or more"),
            positive("threshold_factor", self.threshold_factor),
            positive("spikes_a_presentation", self.spikes_a_presentation.unwrap_or(1).into()),
        ];
        rules.extend(self.lasting.map(|part| not_negative("lasting_mv", part.step_mv)));
        rules.extend(self.normalisation.map(|to| positive("normalisation_mv", to.target_mv)));
        rules
    }

    /// No part of a threshold falls faster than a potential, and none moves while there are potentials.
    fn rules_of_crossing(&self) -> Vec<Checked> {
        let tau_lasting_ms = self.lasting.map_or(f64::INFINITY, |part| part.tau_ms);
        let adapts = self.adaptation_mv > 0.0;
        let changes_at_end = self
            .normalisation
            .filter(|to| to.when == NormalisedAt::ImageEnd && self.threshold_scale.is_some());
        vec![
            (
                "tau_adaptation_ms",
                self.tau_adaptation_ms,
                !adapts || self.tau_adaptation_ms >= self.tau_membrane_ms,
                "it must be at least tau_membrane_ms: below, a neuron could cross between inputs",
            ),
            (
                "tau_lasting_ms",
                tau_lasting_ms,
                tau_lasting_ms >= self.tau_membrane_ms,
                "it must be at least tau_membrane_ms: below, a neuron could cross between inputs",
            ),
            (
                "homeostasis_gain",
                self.homeostasis.map_or(0.0, |rule| rule.gain.start),
                self.homeostasis.is_none() || self.rests_at_onset,
                "it moves thresholds between images, where a neuron could cross: set rests_at_onset",
            ),
            (
                "normalisation_mv",
                changes_at_end.map_or(0.0, |to| to.target_mv),
                changes_at_end.is_none() || self.rests_at_onset,
                "at the end of an image it moves thresholds that follow threshold_scale, and a neuron could cross: set \
                 rests_at_onset",
            ),
        ]
    }

    fn rules_of_silence(&self) -> Vec<Checked> {
        let holds = self.hold_ms == 0.0 || self.inhibition == Inhibition::WinnerTakesAll;
        vec![("hold_ms", self.hold_ms, holds, "who is held stays at 0: set inhibition to winner-takes-all")]
    }

    fn rule_of_imprints(&self, rule: &CountPlasticity) -> Checked {
        let solved = rule.loss_mv > 0.0 && rule.fixed_point_mv(self.weight_max_mv, 1.0).is_some();
        (
            "imprints",
            f64::from(u8::from(rule.imprints)),
            !rule.imprints || solved,
            "a first spike can do so where loss_mv is above 0 and the conductance counts exponentially upwards and not \
             downwards, or not upwards and softly downwards",
        )
    }
}

fn rules_of_homeostasis(rule: &Homeostasis) -> Vec<Checked> {
    let above = "no threshold lies below 0: it must be above -1";
    let virgin = rule.virgin.unwrap_or(0.0);
    vec![
        not_negative("homeostasis_gain", rule.gain.start),
        positive("homeostasis_factor", rule.gain.factor),
        ("homeostasis_images", rule.mean_images, rule.mean_images >= 1.0, "it must be 1 or more"),
        ("homeostasis_min", rule.lowest, rule.lowest > -1.0 && rule.lowest <= 0.0, above),
        ("homeostasis_max", rule.highest, rule.highest >= 0.0, "it must be 0 or more"),
        ("virgin_threshold", virgin, virgin > -1.0 && virgin.is_finite(), above),
    ]
}

fn rules_of_counts(rule: &CountPlasticity) -> Vec<Checked> {
    let mut rules = vec![
        lasting("tau_trace_ms", rule.tau_trace_ms),
        positive("trace_sum_mv", rule.sum_mv.unwrap_or(1.0)),
        not_negative("gain_offset_mv", rule.gain_offset_mv),
        not_negative("loss_mv", rule.loss_mv),
    ];
    match rule.rate {
        Rate::OwnSpikes { power, floor } => {
            rules.extend([not_negative("rate_power", power), not_negative("rate_floor", floor)]);
        }
        Rate::Annealed(rate) => {
            rules.extend([not_negative("rate", rate.start), positive("rate_factor", rate.factor)])
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::annealing::Annealed;
    use crate::laws::measure::{Measure, Normalisation};
    use crate::layer::constants::Lasting;

    fn broken(layer: &Layer) -> (&'static str, &'static str) {
        layer.broken_rule().map_or(("", ""), |(key, _, rule)| (key, rule))
    }

    fn homeostasis() -> Homeostasis {
        let gain = Annealed { start: 0.03, factor: 0.1 };
        Homeostasis { gain, mean_images: 100.0, lowest: -0.9, highest: 10.0, virgin: Some(-0.7) }
    }

    #[test]
    fn what_could_cross_between_inputs_is_refused_and_both_keys_are_named() {
        let report = Layer::report;
        let leakless = Layer { tau_membrane_ms: f64::INFINITY, ..report() };
        let lasts = |tau_ms| Some(Lasting { step_mv: 1.0, tau_ms });
        let when = NormalisedAt::ImageEnd;
        let sum = Normalisation { measure: Measure::Sum, target_mv: 5.0, when };
        let scaled = Layer { threshold_scale: Some(Measure::Norm), normalisation: Some(sum), ..report() };
        for (layer, key, other) in [
            (leakless.clone(), "tau_adaptation_ms", "tau_membrane_ms"),
            (Layer { tau_adaptation_ms: 19.0, ..report() }, "tau_adaptation_ms", "tau_membrane_ms"),
            (Layer { lasting: lasts(19.0), ..report() }, "tau_lasting_ms", "tau_membrane_ms"),
            (
                Layer { adaptation_mv: 0.0, lasting: lasts(1e9), ..leakless.clone() },
                "tau_lasting_ms",
                "tau_membrane_ms",
            ),
            (Layer { homeostasis: Some(homeostasis()), ..report() }, "homeostasis_gain", "rests_at_onset"),
            (scaled.clone(), "normalisation_mv", "threshold_scale"),
            (Layer { hold_ms: 1.0, inhibition: Inhibition::None, ..report() }, "hold_ms", "inhibition"),
        ] {
            let (found, rule) = broken(&layer);
            assert!(found == key && rule.contains(other), "{key} and {other}: {found} is refused: {rule}");
        }
        let equal = f64::INFINITY;
        for layer in [
            report(),
            Layer { adaptation_mv: 0.0, ..leakless.clone() },
            Layer { tau_adaptation_ms: equal, lasting: lasts(equal), ..leakless },
            Layer { tau_adaptation_ms: 20.0, lasting: lasts(20.0), ..report() },
            Layer { homeostasis: Some(homeostasis()), rests_at_onset: true, ..report() },
            Layer { rests_at_onset: true, ..scaled.clone() },
            Layer { normalisation: Some(Normalisation { when: NormalisedAt::Spike, ..sum }), ..scaled },
        ] {
            assert_eq!(layer.broken_rule(), None);
        }
    }

    #[test]
    fn a_constant_that_is_no_such_number_is_named() {
        let rule = homeostasis();
        for (layer, key) in [
            (Layer { tau_membrane_ms: f64::NAN, ..Layer::report() }, "tau_membrane_ms"),
            (Layer { refractory_ms: f64::INFINITY, ..Layer::report() }, "refractory_ms"),
            (Layer { hold_ms: -1.0, ..Layer::report() }, "hold_ms"),
            (Layer { threshold_factor: 0.0, ..Layer::report() }, "threshold_factor"),
            (Layer { spikes_a_presentation: Some(0), ..Layer::report() }, "spikes_a_presentation"),
            (
                Layer { homeostasis: Some(Homeostasis { lowest: -1.0, ..rule }), ..Layer::report() },
                "homeostasis_min",
            ),
            (
                Layer { homeostasis: Some(Homeostasis { virgin: Some(-1.5), ..rule }), ..Layer::report() },
                "virgin_threshold",
            ),
        ] {
            assert_eq!(broken(&layer).0, key);
        }
    }
}
