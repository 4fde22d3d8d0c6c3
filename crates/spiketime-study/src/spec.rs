//! The experiment file: one figure of the report, its question, its conditions, its expected values.
//!
//! Every constant of the model is a field of a [`Condition`]; an unknown key is an error that names
//! file, line and the nearest known key.

mod check;
mod expand;
mod grids;
mod reduction;

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiketime_data::toml_file::{self, Step, TomlError};
use spiketime_train::condition::Condition;
use spiketime_train::metrics::{Asked, read_out};
use spiketime_train::readout::Readout;

use crate::claim::ClaimSpec;
use crate::claim::expand::Lists;
use crate::condition_keys::values;
use crate::data_sets::{OwnSets, resolve};
use crate::devices::Devices;
use crate::given::{self, Contents};
use crate::grid::{Crossed, Grid};
use crate::panel::Panel;

pub use reduction::Reduction;

/// The largest file of ours has 8 kB.
const MAX_BYTES: u64 = 1 << 20;
/// Runs of one file.
const MAX_RUNS: u64 = 10_000;

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

/// An experiment: a question, the networks that answer it, and what is claimed about them.
///
/// Only `condition` or `grid` is mandatory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Experiment {
    /// The file's name without `.toml`.
    #[serde(skip)]
    pub name: String,
    /// Which figure of the source it replicates, if it does.
    pub figure: Option<String>,
    /// What it is about; the file's name if it is not said.
    pub title: String,
    /// What it asks.
    pub question: String,
    /// What one should see, and what would refute it.
    pub analysis: String,
    /// The claims it bears on that stand in another file of the study.
    pub claims: Vec<String>,
    /// Seeds 1 to this.
    #[schemars(range(min = 1, max = 1_000))]
    pub seeds: u64,
    /// How often the training set is gone through at most; a checkpoint beyond that is an error.
    #[schemars(range(min = 1, max = 1_000))]
    pub epochs: u64,
    /// Images seen at which labels are found and the test set is scored; without it: the end of the last epoch.
    pub checkpoints: Vec<u64>,
    /// Images seen at which the weights are kept.
    pub maps: Vec<u64>,
    /// Images seen at which the test is done once more with rests.
    pub with_rest: Vec<u64>,
    /// The checkpoint whose labels score itself and the earlier ones once more, as `accuracy_final_labels`;
    /// without it: the last one of the first epoch.
    pub label_network: Option<u64>,
    /// How the tests are read out besides, as `accuracy_naive_bayes` and so on: by the most active neuron, the mean neuron
    /// of a class, votes in proportion, naive Bayes of counts or of their logarithms; and what a supervised softmax
    /// regression makes of the same spikes.
    pub readouts: Vec<Readout>,
    /// By how many training images each read-out is taught, all in one pass; `accuracy_naive_bayes` is of the largest,
    /// `accuracy_naive_bayes_300` of 300.
    pub label_budgets: Vec<u64>,
    /// The networks.
    #[serde(rename = "condition")]
    pub conditions: Vec<Condition>,
    /// Keys that are crossed into more networks, which follow the written ones.
    pub grid: Vec<Grid>,
    /// Networks that other files of the study name: cells of grids take these names. The program writes it into the
    /// copies of a file that it keeps with results.
    pub named: Vec<Condition>,
    /// What each file of numbers that conditions name held. The program writes it into the copies of a file that it keeps
    /// with results, and keeps the numbers beside them.
    pub given: Contents,
    /// What the files of numbers held.
    #[serde(skip)]
    pub contents: Contents,
    /// What each device file that conditions name says, as keys of a condition. The program writes it into the copies of a
    /// file that it keeps with results.
    #[schemars(with = "BTreeMap<String, BTreeMap<String, serde_json::Value>>")]
    pub devices: Devices,
    /// The keys of all devices that conditions name.
    #[serde(skip)]
    pub device_keys: Devices,
    /// What the grids came to.
    #[serde(skip)]
    pub crossed: Crossed,
    /// Published values.
    pub expected: Vec<Expected>,
    /// Lists of names or of counts that claims go through.
    pub lists: BTreeMap<String, List>,
    /// What is claimed or asked, and what judges it.
    pub claim: Vec<ClaimSpec>,
    /// What the page shows; without it a curve, or maps where weights are kept.
    pub panel: Vec<Panel>,
}

impl Default for Experiment {
    /// Five seeds, one epoch, looked at in the end.
    fn default() -> Experiment {
        Experiment {
            name: String::new(),
            figure: None,
            title: String::new(),
            question: String::new(),
            analysis: String::new(),
            claims: Vec::new(),
            seeds: 5,
            epochs: 1,
            checkpoints: Vec::new(),
            maps: Vec::new(),
            with_rest: Vec::new(),
            label_network: None,
            readouts: Vec::new(),
            label_budgets: Vec::new(),
            conditions: Vec::new(),
            grid: Vec::new(),
            named: Vec::new(),
            given: Contents::new(),
            contents: Contents::new(),
            devices: Devices::new(),
            device_keys: Devices::new(),
            crossed: Crossed::default(),
            expected: Vec::new(),
            lists: BTreeMap::new(),
            claim: Vec::new(),
            panel: Vec::new(),
        }
    }
}

/// A named list, of counts or of names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a list of names or of whole numbers")]
#[allow(missing_docs)]
pub enum List {
    Counts(Vec<u64>),
    Names(Vec<String>),
}

impl Experiment {
    /// The named lists, `checkpoints` and `conditions`.
    #[must_use]
    pub fn lists(&self) -> Lists {
        let texts = |counts: &[u64]| counts.iter().map(u64::to_string).collect::<Vec<String>>();
        let own = self.lists.iter().map(|(name, list)| match list {
            List::Counts(counts) => (name.clone(), texts(counts)),
            List::Names(names) => (name.clone(), names.clone()),
        });
        let conditions = self.conditions.iter().map(|condition| condition.name.clone()).collect();
        let implied = [("checkpoints", texts(&self.checkpoints)), ("conditions", conditions)];
        own.chain(implied.map(|(name, items)| (name.to_owned(), items))).collect()
    }

    /// The checkpoint whose labels score `accuracy_final_labels`, on a data set of so many training images.
    #[must_use]
    pub fn label_network(&self, epoch_images: u64) -> Option<u64> {
        let first_epoch = self.checkpoints.iter().copied().filter(|&images| images <= epoch_images);
        self.label_network.or_else(|| first_epoch.max())
    }

    /// What its metrics mean of a condition.
    #[must_use]
    pub fn asked(&self, condition: &Condition, is_sample: bool) -> Asked {
        let label_budget = self.label_budgets.iter().max().copied();
        let label_network = self.label_network(condition.epoch_images(is_sample));
        Asked { label_network, label_budget, score: condition.score }
    }

    /// Does it ask for this metric? For a read-out's at a budget it must name both.
    #[must_use]
    pub fn asks_for_metric(&self, metric: &str) -> bool {
        read_out(metric).is_none_or(|(readout, labels)| {
            let is_budget = |labels| self.label_budgets.contains(&labels);
            self.readouts.contains(&readout) && labels.is_none_or(is_budget)
        })
    }

    /// The claims that it judges or bears on, by id.
    pub fn judged(&self) -> impl Iterator<Item = &str> {
        self.claim.iter().map(|claim| claim.id.as_str()).chain(self.claims.iter().map(String::as_str))
    }

    /// Does it look at this condition after so many images?
    #[must_use]
    pub fn asks_for(&self, condition: &str, images_seen: u64) -> bool {
        self.conditions.iter().any(|asked| asked.name == condition) && self.checkpoints.contains(&images_seen)
    }

    /// The keys of one of its conditions, those of one's own included, and their values as texts.
    #[must_use]
    pub fn values(&self, condition: &Condition) -> BTreeMap<String, String> {
        let own = self.crossed.own.get(&condition.name).into_iter().flatten();
        let own = own.map(|(key, value)| (key.clone(), value.to_string()));
        values(condition).into_iter().chain(own).collect()
    }

    /// What the file leaves out and its data sets say.
    fn fill(&mut self) {
        let epoch = |condition: &Condition| condition.epoch_images(false);
        let shortest = self.conditions.iter().map(epoch).min();
        if self.checkpoints.is_empty() {
            self.checkpoints.extend(shortest.map(|images| images.saturating_mul(self.epochs)));
        }
    }

    /// Checks the text of an experiment file that stands alone, on the sets that the program knows; `path` is what
    /// messages call it.
    ///
    /// # Errors
    /// When it has an unknown key, or a value that breaks a rule.
    pub fn parse(text: &str, path: &Path, name: String) -> Result<Experiment, TomlError> {
        let experiment = Experiment::read(text, path, name)?;
        let written = experiment.clone();
        experiment.completed(text, path, &[&written], &OwnSets::new())
    }

    /// The file as it is written: its grids are not crossed, its data sets and files of numbers not looked up, its rules
    /// not checked.
    ///
    /// # Errors
    /// When it has an unknown key or a value of another type.
    pub fn read(text: &str, path: &Path, name: String) -> Result<Experiment, TomlError> {
        if text.len() as u64 > MAX_BYTES {
            return Err(TomlError::rule(path, format!("larger than {MAX_BYTES} bytes")));
        }
        let mut experiment: Experiment = toml_file::parse(text, path)?;
        experiment.expand(text, path)?;
        if experiment.title.is_empty() {
            experiment.title.clone_from(&name);
        }
        experiment.name = name;
        Ok(experiment)
    }

    /// With the conditions of its grids, which may have names in the files that it lies beside, on these data sets as well
    /// as those that the program knows; checked.
    ///
    /// # Errors
    /// When a grid cannot be crossed, a data set is not there, or a value breaks a rule.
    pub fn completed(
        self,
        text: &str,
        path: &Path,
        beside: &[&Experiment],
        sets: &OwnSets,
    ) -> Result<Experiment, TomlError> {
        let crossed = self.cross(beside);
        let crossed = crossed.map_err(|(steps, message)| TomlError::at(path, text, &steps, message));
        let written = self.conditions.len();
        let (mut conditions, crossed) = crossed?;
        let mut given = given::Reader::new(path, &self.given);
        for (at, condition) in conditions.iter_mut().enumerate() {
            let resolved = resolve(condition, sets).map_err(|message| ("dataset", message));
            resolved.and_then(|()| given.resolve(condition)).map_err(|(key, message)| {
                let steps = [Step::Key("condition"), Step::Item(at), Step::Key(key)];
                // A cell of a grid has no line of its own.
                let steps = if at < written { &steps[..] } else { &[Step::Key("grid")] };
                TomlError::at(path, text, steps, message)
            })?;
        }
        let contents = given.contents;
        let mut experiment = Experiment { conditions, crossed, contents, ..self };
        experiment.fill();
        experiment.check(path)?;
        Ok(experiment)
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
    fn seeds_epochs_and_conditions_are_checked() {
        let parse =
            |text: &str| Experiment::parse(text, Path::new("x.toml"), "x".into()).unwrap_err().to_string();
        let wta = "[[condition]]\nname = 'wta'\n";
        assert!(parse(&format!("{}{wta}", HEAD.replace("seeds = 1", "seeds = 0"))).contains("seeds is 0"));
        assert!(parse(&format!("epochs = 0\n{HEAD}{wta}")).contains("epochs is 0; it must be 1 to 1 000"));
        assert!(parse(&format!("{HEAD}{wta}{wta}")).contains("two conditions are named 'wta'"));
        assert!(parse(&format!("condition = []\n{HEAD}")).contains("there is no [[condition]] and no cell"));
    }

    #[test]
    fn names_of_metrics_and_conditions_are_known_or_the_nearest_is_told() {
        let wta = "[[condition]]\nname = 'wta'\n[[expected]]\nsource = ''\n";
        for (rest, told) in [
            (
                "condition = 'wta'\nmetric = 'acuracy'\npoints = []",
                "metric 'acuracy'; did you mean 'accuracy'?",
            ),
            ("condition = 'wtb'\nmetric = 'accuracy'\npoints = []", "condition 'wtb'; did you mean 'wta'?"),
            (
                "condition = 'wta'\nmetric = 'neurons_class_10'\npoints = []",
                "metric 'neurons_class_10'; did you mean 'neurons_class_0'?",
            ),
        ] {
            assert_eq!(error(&format!("{wta}{rest}")), format!("x.toml: expected: there is no {told}"));
        }
    }

    #[test]
    fn a_point_that_no_run_looks_at_is_refused() {
        let expected = "[[condition]]\nname = 'wta'\n[[expected]]\nsource = ''\ncondition = 'wta'\nmetric = 'accuracy'\n";
        let message = error(&format!("{expected}points = [[10, 5], [11, 5]]"));
        let told = "accuracy of 'wta' has a point that no run looks at: add 11 to checkpoints";
        assert_eq!(message, format!("x.toml: expected: {told}"));
        let text = format!("{HEAD}{expected}points = [[10, 5]]");
        assert!(Experiment::parse(&text, Path::new("x.toml"), "x".into()).is_ok());
    }

    #[test]
    fn ten_thousand_checkpoints_are_taken_and_one_more_is_not() {
        let parsed = |count: u64| {
            let checkpoints = format!("{:?}", (1..=count).collect::<Vec<_>>());
            let text = HEAD.replace("[10]", &checkpoints) + "[[condition]]\nname = 'wta'\n";
            Experiment::parse(&text, Path::new("x.toml"), "x".into())
        };
        assert!(parsed(10_000).is_ok());
        let message = parsed(10_001).unwrap_err().to_string();
        assert_eq!(message, "x.toml: 10001 checkpoints; a file has at most 10000: look less often");
    }

    #[test]
    fn a_reduced_experiment_never_grows() {
        let text = HEAD.replace("[10]", "[10_000]") + "[[condition]]\nname = 'wta'\ntest_images = 7\n";
        let experiment = Experiment::parse(&text, Path::new("x.toml"), "x".into()).unwrap();
        let quick = experiment.reduced(&Reduction::QUICK);
        assert_eq!(quick.checkpoints, [300, 1_000, 3_000]);
        assert_eq!((quick.conditions[0].label_images, quick.conditions[0].test_images), (1_000, 7));
        assert_eq!(quick.maps, [] as [u64; 0]);
    }

    #[test]
    fn an_experiment_that_is_small_already_stays_as_it_is() {
        let text = format!("{HEAD}[[condition]]\nname = 'wta'\ntest_images = 7\n");
        let experiment = Experiment::parse(&text, Path::new("x.toml"), "x".into()).unwrap();
        assert_eq!(experiment.reduced(&Reduction::QUICK).checkpoints, [10]);
        assert_eq!(experiment.reduced(&Reduction::SAMPLE).checkpoints, [100, 300, 1_000]);
    }
}
