//! The metrics by name: what an experiment file may expect of a checkpoint.

use spiketime_data::facts::MAX_CLASSES;

/// Those that a checkpoint always has, or has where its run tested so; classes apart.
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

/// Is it a metric of some data set?
#[must_use]
pub fn is_metric(name: &str) -> bool {
    NAMES.contains(&name) || class_counted(name).is_some()
}

/// The class whose neurons a metric counts, if it is such a metric.
#[must_use]
pub fn class_counted(name: &str) -> Option<usize> {
    let class: usize = name.strip_prefix("neurons_class_")?.parse().ok()?;
    // Written as `metrics` writes it, so without zeros in front.
    (class < MAX_CLASSES && name == format!("neurons_class_{class}")).then_some(class)
}

/// Every name that [`crate::record::Checkpoint::metrics`] can give on a set of so many classes.
#[must_use]
pub fn known_metrics(classes: usize) -> Vec<String> {
    let classes = (0..classes).map(|class| format!("neurons_class_{class}"));
    NAMES.iter().map(ToString::to_string).chain(classes).collect()
}
