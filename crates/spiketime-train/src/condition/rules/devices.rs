//! The rules of devices and neurons that differ, alone and in pairs.

use spiketime_device::file::WIDEST_UNIFORM;
use spiketime_sim::Table;

use crate::condition::{Condition, Dependence};
use crate::spread::Spread;

/// Key, value, rule.
type Broken = (&'static str, String, &'static str);

const SPREAD: &str = "it must be 0 to 10, a fraction: 0.3 is 30 %";
const NEGATIVE: &str = "a uniform law that wide makes negative steps: it may be 0.577 at most; or take the law \"normal\", \
     which is cut off at 0";
const SHARE: &str = "it must be 0 to 1, and all three shares together at most 1";
const OF_TABLE: &str = "set this key's dependence to \"table\", or leave the table out";

impl Condition {
    /// The first that is broken.
    pub(super) fn broken_rule_of_devices(&self) -> Option<Broken> {
        let numbers = self.bounds_of_devices();
        let number = numbers.into_iter().find(|(_, value, [low, high], _)| !(low..=high).contains(&value));
        let number = number.map(|(key, value, _, rule)| (key, value.to_string(), rule));
        number.or_else(|| self.broken_spread()).or_else(|| self.broken_table()).or_else(|| self.broken_tau())
    }

    fn bounds_of_devices(&self) -> [(&'static str, f64, [f64; 2], &'static str); 16] {
        const TEN: [f64; 2] = [0.0, 10.0];
        const PART: [f64; 2] = [0.0, 1.0];
        let nu = "it must be 0 to 1";
        let most_stuck = 1.0 - self.stuck_min_share - self.stuck_max_share;
        [
            ("stdp_gain_sd", self.stdp_gain_sd, TEN, SPREAD),
            ("stdp_loss_sd", self.stdp_loss_sd, TEN, SPREAD),
            ("stdp_nonlinearity_sd", self.stdp_nonlinearity_sd, TEN, SPREAD),
            ("weight_min_sd", self.weight_min_sd, TEN, SPREAD),
            ("weight_max_sd", self.weight_max_sd, TEN, SPREAD),
            ("read_sd", self.read_sd, TEN, SPREAD),
            ("cycle_sd", self.cycle_sd, [0.0, 100.0], "it must be 0 to 100, a fraction: 0.3 is 30 %"),
            ("stuck_min_share", self.stuck_min_share, PART, SHARE),
            ("stuck_max_share", self.stuck_max_share, [0.0, 1.0 - self.stuck_min_share], SHARE),
            // A rounding of three shares that add up to 1 is no more than that.
            ("stuck_any_share", self.stuck_any_share, [0.0, most_stuck + 1e-12], SHARE),
            ("drift_time", self.drift_time, [1.0, 1e15], "it must be 1, where nothing has drifted, or more"),
            ("drift_exponent", self.drift_exponent, PART, nu),
            ("drift_exponent_sd", self.drift_exponent_sd, PART, nu),
            ("weight_levels", self.weight_levels.into(), [0.0, 65_536.0], "it must be 0, or 2 to 65 536"),
            ("tau_membrane_sd_ms", self.tau_membrane_sd_ms, [0.0, 1e9], "it must be a number of 0 or more"),
            (
                "tau_adaptation_sd_ms",
                self.tau_adaptation_sd_ms,
                [0.0, 1e9],
                "it must be a number of 0 or more",
            ),
        ]
    }

    fn broken_spread(&self) -> Option<Broken> {
        let spreads = [
            ("stdp_gain_sd", self.stdp_gain_law, self.stdp_gain_sd),
            ("stdp_loss_sd", self.stdp_loss_law, self.stdp_loss_sd),
            ("stdp_nonlinearity_sd", self.stdp_nonlinearity_law, self.stdp_nonlinearity_sd),
            ("weight_max_sd", self.weight_max_law, self.weight_max_sd),
            ("tau_membrane_sd_ms", self.tau_membrane_law, self.tau_membrane_sd_ms / self.tau_membrane_ms),
            (
                "tau_adaptation_sd_ms",
                self.tau_adaptation_law,
                self.tau_adaptation_sd_ms / self.tau_adaptation_ms,
            ),
            ("drift_exponent_sd", self.drift_exponent_law, self.drift_exponent_sd / self.drift_exponent),
        ];
        let negative = |&(_, law, sd): &(&str, Spread, f64)| law == Spread::Uniform && sd > WIDEST_UNIFORM;
        let negative = spreads.into_iter().find(negative).map(|(key, _, sd)| (key, sd.to_string(), NEGATIVE));
        let about_0 = "a log-normal law lies about a number above 0";
        let pairs = [
            ("weight_min_law", self.weight_min_law == Spread::LogNormal && self.weight_min_sd > 0.0, about_0),
            (
                "drift_exponent_law",
                self.drift_exponent_law == Spread::LogNormal
                    && self.drift_exponent_sd > 0.0
                    && self.drift_exponent == 0.0,
                about_0,
            ),
            (
                "weight_levels",
                self.weight_levels == 1,
                "with one level nothing can be learned: give 2 or more, or 0",
            ),
            (
                "stdp_nonlinearity_sd",
                self.stdp_nonlinearity_sd > 0.0 && !self.has_exponents(),
                "no step has a non-linearity that could differ: set stdp_gain_nonlinearity or stdp_loss_nonlinearity",
            ),
        ];
        let pair = pairs.into_iter().find(|(_, broken, _)| *broken);
        negative.or(pair.map(|(key, _, rule)| (key, "given".to_owned(), rule)))
    }

    fn has_exponents(&self) -> bool {
        let conductance = self.layer().plasticity.map(|_| self.conductance());
        conductance.is_some_and(|law| law.rise.exponent() > 0.0 || law.fall.exponent() > 0.0)
    }

    fn broken_table(&self) -> Option<Broken> {
        let sides = [
            ("stdp_gain_table", self.stdp_gain_dependence, &self.stdp_gain_table),
            ("stdp_loss_table", self.stdp_loss_dependence, &self.stdp_loss_table),
        ];
        for (key, dependence, points) in sides {
            let is_table = dependence == Dependence::Table;
            match Table::new(points) {
                _ if !is_table && points.is_empty() => {}
                _ if !is_table => return Some((key, "given".into(), OF_TABLE)),
                Err(error) if points.is_empty() => {
                    return Some((key, error.to_string(), "give its points [x, step]"));
                }
                Err(error) => return Some((key, error.to_string(), "x is g/g_max, 0 to 1")),
                Ok(_) if self.stdp_normalised => {
                    return Some((
                        key,
                        "given".into(),
                        "a table is as it was measured: leave stdp_normalised out",
                    ));
                }
                Ok(_) => {}
            }
        }
        let labels = [
            ("stdp_gain_nonlinearity", self.stdp_gain_dependence, self.stdp_gain_nonlinearity),
            ("stdp_loss_nonlinearity", self.stdp_loss_dependence, self.stdp_loss_nonlinearity),
        ];
        let wrong = |&(_, kind, value): &(&str, Dependence, f64)| match kind {
            Dependence::Neurosim => !(0.01..=9.0).contains(&value),
            Dependence::Power => !(0.001..=100.0).contains(&value),
            _ => false,
        };
        let told = "it is NL of \"neurosim\", 0.01 to 9, or γ of \"power\", 0.001 to 100";
        labels.into_iter().find(wrong).map(|(key, _, value)| (key, value.to_string(), told))
    }

    fn broken_tau(&self) -> Option<Broken> {
        let differs = self.tau_membrane_sd_ms > 0.0 || self.tau_adaptation_sd_ms > 0.0;
        let told =
            "with leak = false a membrane has no time constant: leave the spread of time constants out";
        (differs && !self.leak).then(|| ("tau_membrane_sd_ms", self.tau_membrane_sd_ms.to_string(), told))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(condition: &Condition) -> String {
        condition
            .broken_rule()
            .map_or(String::new(), |(key, value, rule)| format!("{key} is {value}; {rule}"))
    }

    #[test]
    fn what_is_no_spread_level_table_or_share_is_told_under_its_key() {
        let usual = Condition::default;
        let table = vec![[0.0, 0.1], [1.0, 0.2]];
        let kind = Dependence::Table;
        for (condition, says) in [
            (Condition { stdp_gain_sd: -0.1, ..usual() }, "stdp_gain_sd is -0.1; it must be 0 to 10"),
            (
                Condition { stdp_gain_law: Spread::Uniform, stdp_gain_sd: 0.6, ..usual() },
                "stdp_gain_sd is 0.6; a uniform law that wide makes negative steps",
            ),
            (
                Condition { weight_levels: 1, ..usual() },
                "weight_levels is given; with one level nothing can be learned",
            ),
            (Condition { stuck_min_share: 0.7, stuck_max_share: 0.4, ..usual() }, "stuck_max_share is 0.4"),
            (
                Condition { stuck_min_share: 0.5, stuck_max_share: 0.4, stuck_any_share: 0.2, ..usual() },
                "stuck_any_share is 0.2",
            ),
            (
                Condition { stdp_nonlinearity_sd: 0.1, ..usual() },
                "stdp_nonlinearity_sd is given; no step has",
            ),
            (
                Condition { stdp_gain_table: table.clone(), ..usual() },
                "stdp_gain_table is given; set this key's",
            ),
            (
                Condition { stdp_gain_dependence: kind, ..usual() },
                "stdp_gain_table is a table has 1 to 256 points, not 0",
            ),
            (
                Condition { stdp_gain_dependence: kind, stdp_gain_table: vec![[2.0, 0.1]], ..usual() },
                "stdp_gain_table is a point of a table",
            ),
            (
                Condition {
                    stdp_loss_dependence: kind,
                    stdp_loss_table: table,
                    stdp_normalised: true,
                    ..usual()
                },
                "leave stdp_normalised out",
            ),
            (
                Condition {
                    stdp_gain_dependence: Dependence::Neurosim,
                    stdp_gain_nonlinearity: 9.5,
                    ..usual()
                },
                "stdp_gain_nonlinearity is 9.5; it is NL",
            ),
            (
                Condition { weight_min_law: Spread::LogNormal, weight_min_sd: 0.1, ..usual() },
                "weight_min_law is given",
            ),
            (
                Condition { leak: false, adaptation_mv: 0.0, tau_membrane_sd_ms: 1.0, ..usual() },
                "tau_membrane_sd_ms is 1; with leak = false",
            ),
        ] {
            assert!(told(&condition).contains(says), "{says}: {}", told(&condition));
        }
        assert_eq!(told(&Condition { stdp_gain_sd: 1.0, ..usual() }), "");
    }
}
