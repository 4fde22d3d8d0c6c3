//! The metrics by name: what an experiment file may expect of a checkpoint.
//!
//! ```text
//! accuracy_<read-out>            at the largest label budget of the experiment that asks
//! accuracy_<read-out>_<images>   at this label budget
//! accuracy_validation…           as `accuracy…` where validation images score; validation_spikes_in and so on likewise
//! ```

use spiketime_data::facts::MAX_CLASSES;

use crate::condition::Score;
use crate::readout::Readout;

/// Those that a checkpoint always has, or has where its run tested so; classes and read-outs apart.
const NAMES: [&str; 16] = [
    "accuracy",
    "accuracy_class_sum",
    "most_predicted_percent",
    "silent_neurons",
    "noisy_neurons",
    "finished_neurons",
    "saturated_neurons",
    "weight_correlation",
    "training_spikes_in",
    "training_spikes_out",
    "training_ties",
    "test_spikes_in",
    "test_spikes_out",
    "test_ties",
    "accuracy_final_labels",
    "accuracy_with_rest",
];

/// What an experiment says of metrics that several experiments may ask of one point, each in its own sense.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Whose labels are the final ones.
    pub label_network: Option<u64>,
    /// How many label images teach a read-out where its metric does not say.
    pub label_budget: Option<u64>,
    /// Which images score.
    pub score: Score,
}

/// How names of metrics begin that depend on which images score: of the test set, of validation.
const SCORED: [[&str; 2]; 3] = [
    ["accuracy", "accuracy_validation"],
    ["test", "validation"],
    ["most_predicted_percent", "most_predicted_validation_percent"],
];

fn begun<'a>(name: &'a str, word: &str) -> Option<&'a str> {
    name.strip_prefix(word).filter(|rest| rest.is_empty() || rest.starts_with('_'))
}

/// The name of a metric where these images score.
#[must_use]
pub fn scored_on(score: Score, name: &str) -> String {
    let (plain, _) = of_the_test(name);
    let renamed = SCORED.iter().find_map(|[test, validation]| Some((validation, begun(&plain, test)?)));
    match (score, renamed) {
        (Score::Validation, Some((validation, rest))) => format!("{validation}{rest}"),
        _ => plain,
    }
}

/// The name that a metric has where the test set scores, and which images score where it has its own.
#[must_use]
pub fn of_the_test(name: &str) -> (String, Score) {
    let named = SCORED.iter().find_map(|[test, validation]| Some((test, begun(name, validation)?)));
    match named {
        Some((test, rest)) => (format!("{test}{rest}"), Score::Validation),
        None => (name.to_owned(), Score::Test),
    }
}

/// Is it a metric of some data set?
#[must_use]
pub fn is_metric(name: &str) -> bool {
    let (name, _) = of_the_test(name);
    NAMES.contains(&name.as_str()) || class_counted(&name).is_some() || read_out(&name).is_some()
}

/// The class whose neurons a metric counts, if it is such a metric.
#[must_use]
pub fn class_counted(name: &str) -> Option<usize> {
    let class: usize = name.strip_prefix("neurons_class_")?.parse().ok()?;
    // Written as `metrics` writes it, so without zeros in front.
    (class < MAX_CLASSES && name == format!("neurons_class_{class}")).then_some(class)
}

impl Readout {
    /// Its metric at the largest budget of who asks.
    #[must_use]
    pub fn metric(self) -> String {
        format!("accuracy_{}", self.name())
    }
}

/// The metric of a read-out at a budget.
#[must_use]
pub fn budgeted(readout: Readout, labels: u64) -> String {
    format!("{}_{labels}", readout.metric())
}

/// The read-out whose accuracy a metric is, and the budget that it names, if it is such a metric.
#[must_use]
pub fn read_out(name: &str) -> Option<(Readout, Option<u64>)> {
    let (name, _) = of_the_test(name);
    Readout::ALL.into_iter().find_map(|readout| {
        let rest = name.strip_prefix(&readout.metric())?;
        if rest.is_empty() {
            return Some((readout, None));
        }
        let labels: u64 = rest.strip_prefix('_')?.parse().ok()?;
        (labels > 0 && name == budgeted(readout, labels)).then_some((readout, Some(labels)))
    })
}

/// Every name that [`crate::record::Checkpoint::metrics`] can give on a set of so many classes where the test set scores,
/// budgets apart.
#[must_use]
pub fn known_metrics(classes: usize) -> Vec<String> {
    let classes = (0..classes).map(|class| format!("neurons_class_{class}"));
    let readouts = Readout::ALL.map(Readout::metric);
    NAMES.iter().map(ToString::to_string).chain(classes).chain(readouts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_out_is_named_with_its_budget_or_without_and_in_one_way_only() {
        assert_eq!(read_out("accuracy_naive_bayes"), Some((Readout::NaiveBayes, None)));
        assert_eq!(read_out("accuracy_naive_bayes_10000"), Some((Readout::NaiveBayes, Some(10_000))));
        assert_eq!(read_out("accuracy_log_naive_bayes_300"), Some((Readout::LogNaiveBayes, Some(300))));
        for name in
            ["accuracy", "accuracy_naive_bayes_", "accuracy_naive_bayes_0", "accuracy_naive_bayes_010"]
        {
            assert_eq!(read_out(name), None, "{name}");
        }
    }
}
