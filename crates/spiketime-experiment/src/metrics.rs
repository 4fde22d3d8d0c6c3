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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive;
    use std::path::Path;

    /// Of the committed record, a checkpoint that was tested with rests as well.
    #[test]
    fn the_known_metrics_are_those_that_a_real_record_has() {
        let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../records/2026-11-24");
        let archived = archive::read(&records).unwrap();
        let mut points = archived.runs.values().flat_map(|record| &record.checkpoints);
        let point = points.find(|point| point.accuracy_with_rest.is_some()).unwrap();
        let names: Vec<String> =
            point.metrics(Some(point.images_seen)).into_iter().map(|(name, _)| name).collect();
        assert_eq!(known_metrics(), names);
    }
}
