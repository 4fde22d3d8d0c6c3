//! `records.jsonl`: the tidy long table, for `pandas.read_json(lines=True)` and polars as they are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use spiketime_train::record::Record;

use crate::evidence::Evidence;
use crate::spec::Experiment;

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Row {
    pub experiment: String,
    pub condition: String,
    pub dataset: String,
    pub seed: u64,
    pub n: usize,
    pub images_seen: u64,
    pub metric: String,
    pub value: f64,
}

/// Every metric of every finished run, under each experiment that asked for it: JSON lines.
#[must_use]
pub fn table(evidence: &Evidence) -> String {
    let mut lines = String::new();
    for experiment in evidence.experiments {
        for (condition, record) in records(evidence, experiment) {
            for row in rows(experiment, &condition, record) {
                lines += &serde_json::to_string(&row).expect("a record has finite numbers only");
                lines.push('\n');
            }
        }
    }
    lines
}

fn records<'a>(
    evidence: &'a Evidence,
    experiment: &'a Experiment,
) -> impl Iterator<Item = (String, &'a Record)> + 'a {
    experiment.conditions.iter().flat_map(move |condition| {
        let mine = evidence
            .planned
            .values()
            .filter(move |run| run.condition.name == condition.name && run.seed <= experiment.seeds);
        let by_seed: BTreeMap<u64, &Record> =
            mine.filter_map(|run| Some((run.seed, evidence.finished.get(&run.id)?))).collect();
        by_seed.into_values().map(|record| (condition.name.clone(), record))
    })
}

fn rows<'a>(
    experiment: &'a Experiment,
    condition: &'a str,
    record: &'a Record,
) -> impl Iterator<Item = Row> + 'a {
    let wanted =
        record.checkpoints.iter().filter(|point| experiment.checkpoints.contains(&point.images_seen));
    let dataset = &record.condition.dataset;
    let label_network = experiment.label_network(dataset.epoch_images(record.is_sample));
    wanted.flat_map(move |point| {
        point.metrics(label_network).into_iter().map(move |(metric, value)| Row {
            experiment: experiment.name.clone(),
            condition: condition.to_owned(),
            dataset: dataset.name().to_owned(),
            seed: record.seed,
            n: record.condition.neurons,
            images_seen: point.images_seen,
            metric,
            value,
        })
    })
}
