//! The experiment file: one figure of the report, its question, its conditions, its expected values.
//!
//! Every constant of the model is a field of a condition, with its unit in its name; what a
//! condition does not say is as in the report's reference network. An unknown key is an error.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiketime_data::{DatasetName, PoissonInput};
use spiketime_sim as sim;

/// What is wrong with an experiment file. Every message names the file.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum SpecError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{path}:{line}: {message}")]
    Toml { path: PathBuf, line: usize, message: String },
    #[error("{path}: condition '{condition}': {key} is {value}; {rule}")]
    Value { path: PathBuf, condition: String, key: &'static str, value: String, rule: &'static str },
    #[error("{path}: {message}")]
    File { path: PathBuf, message: String },
}

/// Which data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Dataset {
    Mnist,
    FashionMnist,
}

impl Dataset {
    /// The same set, as the data crate calls it.
    #[must_use]
    pub fn name(self) -> DatasetName {
        match self {
            Dataset::Mnist => DatasetName::Mnist,
            Dataset::FashionMnist => DatasetName::FashionMnist,
        }
    }
}

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
    pub dataset: Dataset,
    /// Output neurons N.
    pub neurons: usize,
    /// Rate of a pixel of value 255 \[Hz\].
    pub rate_max_hz: f64,
    /// How long an image is shown \[ms\].
    pub image_ms: f64,
    /// Rest after each training and label image \[ms\].
    pub rest_ms: f64,
    /// Rest after each test image \[ms\]; 0 as in the author's code.
    pub test_rest_ms: f64,
    /// Membrane time constant τ_v \[ms\].
    pub tau_membrane_ms: f64,
    /// Thresholds T₀ are uniform from here \[mV\] …
    pub threshold_min_mv: f64,
    /// … to here \[mV\]; equal = no device variation.
    pub threshold_max_mv: f64,
    /// What an own spike adds to the threshold while training, T₊ \[mV\]; 0 = adaptation off.
    pub adaptation_mv: f64,
    /// Time constant of the adaptive threshold τ_T \[ms\].
    pub tau_adaptation_ms: f64,
    /// Jump of the potential by a synapse at g_max, ΔV_max \[mV\].
    pub jump_max_mv: f64,
    /// g_max \[nS\]: the unit of the weights, it does not enter the dynamics.
    pub conductance_max_ns: f64,
    /// An input spike of this age or less is recent \[ms\].
    pub stdp_window_ms: f64,
    /// What a recent input gains, a₊ \[fraction of g_max\].
    pub stdp_gain: f64,
    /// What every other input loses, a₋ \[fraction of g_max\]; negative: it gains.
    pub stdp_loss: f64,
    /// β₊: gains shrink as e^(−β₊x), x = g/g_max.
    pub stdp_gain_nonlinearity: f64,
    /// β₋: losses shrink as e^(−β₋(1−x)).
    pub stdp_loss_nonlinearity: f64,
    /// Scale a₊ and a₋ by β/(1 − e^(−β)), so that the mean step over x stays.
    pub stdp_normalised: bool,
    /// What a spike does to the other neurons.
    pub inhibition: Inhibition,
    /// How much soft inhibition lowers a potential \[mV\].
    pub inhibition_soft_mv: f64,
    /// Who spikes when several cross at one instant.
    pub tie_rule: TieRule,
    /// Training images that find the labels.
    pub label_images: usize,
    /// Test images that score.
    pub test_images: usize,
    /// Precision of weights and state.
    pub precision: Precision,
}

impl Default for Condition {
    fn default() -> Condition {
        Condition {
            name: String::new(),
            dataset: Dataset::Mnist,
            neurons: 196,
            rate_max_hz: 50.0,
            image_ms: 250.0,
            rest_ms: 150.0,
            test_rest_ms: 0.0,
            tau_membrane_ms: 20.0,
            threshold_min_mv: 50.0,
            threshold_max_mv: 50.0,
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
            precision: Precision::F32,
        }
    }
}

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
    fn broken_rule(&self) -> Option<(&'static str, String, &'static str)> {
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
            ("neurons", self.neurons, (1..=1_000_000).contains(&self.neurons), "it must be 1 to 1 000 000"),
            ("label_images", self.label_images, self.label_images > 0, "it must be at least 1"),
            ("test_images", self.test_images, self.test_images > 0, "it must be at least 1"),
        ];
        let number = numbers.into_iter().find(|&(_, value, holds, _)| !(holds && value.is_finite()));
        let count = counts.into_iter().find(|&(_, _, holds, _)| !holds);
        number
            .map(|(key, value, _, rule)| (key, value.to_string(), rule))
            .or(count.map(|(key, value, _, rule)| (key, value.to_string(), rule)))
    }
}

/// A value that the report gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Of which condition.
    pub condition: String,
    /// Of which metric.
    pub metric: String,
    /// Where the report or its author's code says so.
    pub source: String,
    /// (images seen, value in percent).
    pub points: Vec<(u64, f64)>,
}

/// An experiment: one figure of the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// The file's name without `.toml`.
    #[serde(skip)]
    pub name: String,
    /// Where in the report.
    pub figure: String,
    /// What it is about.
    pub title: String,
    /// What it asks.
    pub question: String,
    /// What one should see, and what would refute it.
    pub analysis: String,
    /// The report's claims that it judges.
    #[serde(default)]
    pub claims: Vec<String>,
    /// Seeds 1 to this.
    pub seeds: u64,
    /// Images seen at which labels are found and the test set is scored.
    pub checkpoints: Vec<u64>,
    /// Images seen at which the weights are kept.
    #[serde(default)]
    pub maps: Vec<u64>,
    /// Images seen at which the test is done once more with rests.
    #[serde(default)]
    pub with_rest: Vec<u64>,
    /// The networks.
    #[serde(rename = "condition")]
    pub conditions: Vec<Condition>,
    /// What the report says.
    #[serde(default)]
    pub expected: Vec<Expected>,
}

impl Experiment {
    /// Reads and checks an experiment file.
    ///
    /// # Errors
    /// When it cannot be read, has an unknown key, or a value that breaks a rule.
    pub fn read(path: &Path) -> Result<Experiment, SpecError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| SpecError::Io { path: path.to_owned(), source })?;
        let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        Experiment::parse(&text, path, name)
    }

    fn parse(text: &str, path: &Path, name: String) -> Result<Experiment, SpecError> {
        let mut experiment: Experiment =
            toml::from_str(text).map_err(|error| toml_error(text, path, &error))?;
        experiment.name = name;
        experiment.check(path)?;
        Ok(experiment)
    }

    fn check(&self, path: &Path) -> Result<(), SpecError> {
        let file = |message: String| Err(SpecError::File { path: path.to_owned(), message });
        for condition in &self.conditions {
            if let Some((key, value, rule)) = condition.broken_rule() {
                let (path, condition) = (path.to_owned(), condition.name.clone());
                return Err(SpecError::Value { path, condition, key, value, rule });
            }
        }
        if self.seeds == 0 {
            return file("seeds is 0; it must be at least 1".into());
        }
        if self.conditions.iter().any(|condition| condition.name.is_empty()) {
            return file("a condition has no name; give it one".into());
        }
        if self.checkpoints.is_empty() || self.checkpoints.contains(&0) {
            return file("checkpoints must name at least one count of images, each above 0".into());
        }
        let mut later = self.maps.iter().chain(&self.with_rest);
        if let Some(images) = later.find(|images| !self.checkpoints.contains(images)) {
            return file(format!("maps or with_rest name {images} images, which is no checkpoint"));
        }
        let unknown = |expected: &&Expected| self.conditions.iter().all(|c| c.name != expected.condition);
        match self.expected.iter().find(unknown) {
            Some(expected) => file(format!("expected: there is no condition '{}'", expected.condition)),
            None => Ok(()),
        }
    }
}

fn toml_error(text: &str, path: &Path, error: &toml::de::Error) -> SpecError {
    let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
    let message = with_nearest_key(error.message());
    SpecError::Toml { path: path.to_owned(), line, message }
}

/// serde lists every key it knows; a reader wants the one that was meant.
fn with_nearest_key(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    match (message.starts_with("unknown field"), quoted.next()) {
        (true, Some(unknown)) => {
            match quoted.min_by_key(|known| strsim::damerau_levenshtein(unknown, known)) {
                Some(nearest) => format!("unknown key '{unknown}'; did you mean '{nearest}'?"),
                None => format!("unknown key '{unknown}'"),
            }
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "figure = '3'\ntitle = ''\nquestion = ''\nanalysis = ''\nseeds = 1\ncheckpoints = [10]\n";

    fn error(rest: &str) -> String {
        let text = format!("{HEAD}{rest}");
        Experiment::parse(&text, Path::new("x.toml"), "x".into()).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_is_named_with_file_line_and_the_nearest_known_key() {
        let message = error("[[condition]]\nname = 'wta'\nneuron = 36\n");
        assert_eq!(message, "x.toml:9: unknown key 'neuron'; did you mean 'neurons'?");
    }

    #[test]
    fn values_that_break_a_rule_are_named_with_their_rule() {
        for (line, part) in [
            ("neurons = 0", "neurons is 0; it must be 1 to"),
            ("rate_max_hz = -1", "rate_max_hz is -1; it must be a number of 0 or more"),
            ("rest_ms = nan", "rest_ms is NaN"),
            ("stdp_gain = inf", "stdp_gain is inf; it must be a finite number"),
            ("tau_adaptation_ms = 10", "tau_adaptation_ms is 10; it must be at least tau_membrane_ms"),
            ("threshold_max_mv = 40", "threshold_max_mv is 40; it must not lie below threshold_min_mv"),
        ] {
            let message = error(&format!("[[condition]]\nname = 'wta'\n{line}\n"));
            assert!(message.contains(part) && message.starts_with("x.toml: condition 'wta'"), "{message}");
        }
    }

    #[test]
    fn the_normalised_family_keeps_its_mean_step() {
        let condition =
            Condition { stdp_normalised: true, stdp_gain_nonlinearity: 3.0, ..Condition::default() };
        let gain = condition.layer().plasticity.unwrap().gain;
        // ∫₀¹ 0.01 · 3/(1 − e⁻³) · e^(−3x) dx = 0.01
        assert!((gain - 0.01 * 3.0 / (1.0 - 0.049_787_068_367_863_94)).abs() < 1e-15);
    }
}
