//! The metrics by name: what an experiment file may expect of a checkpoint.

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

/// Every name that [`crate::record::Checkpoint::metrics`] can give.
#[must_use]
pub fn known_metrics() -> Vec<String> {
    let classes = (0..10).map(|class| format!("neurons_class_{class}"));
    NAMES.iter().map(ToString::to_string).chain(classes).collect()
}
