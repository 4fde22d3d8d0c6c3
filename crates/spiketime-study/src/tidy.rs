//! `records.jsonl`: the tidy long table, for `pandas.read_json(lines=True)` and polars as they are.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use spiketime_train::condition::Condition;
use spiketime_train::record::Record;

use crate::condition_keys::fields;
use crate::evidence::Evidence;
use crate::spec::Experiment;

/// One line of the table. An experiment with grids has a column more for each key that they vary.
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
    /// Keys that the grids of the experiment vary; null where a condition has none of that name.
    #[serde(flatten)]
    pub keys: IndexMap<String, Value>,
}

/// Every metric of every finished run, under each experiment that asked for it: JSON lines.
#[must_use]
pub fn table(evidence: &Evidence) -> String {
    let mut lines = String::new();
    for experiment in evidence.experiments {
        for (condition, record) in records(evidence, experiment) {
            let keys = keys(experiment, condition);
            for row in rows(experiment, &condition.name, record, &keys) {
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
) -> impl Iterator<Item = (&'a Condition, &'a Record)> + 'a {
    experiment.conditions.iter().flat_map(move |condition| {
        let mine = evidence.runs(&condition.name).filter(move |run| run.seed <= experiment.seeds);
        let by_seed: BTreeMap<u64, &Record> =
            mine.filter_map(|run| Some((run.seed, evidence.finished.get(&run.id)?))).collect();
        by_seed.into_values().map(move |record| (condition, record))
    })
}

/// The values of the keys that the experiment's grids vary.
fn keys(experiment: &Experiment, condition: &Condition) -> IndexMap<String, Value> {
    let (fields, own) = (fields(condition), experiment.crossed.own.get(&condition.name));
    let value = |key: &String| {
        let own = || own.and_then(|own| own.get(key)).map(|value| Value::from(*value));
        fields.get(key).cloned().or_else(own).unwrap_or(Value::Null)
    };
    experiment.crossed.columns.iter().map(|key| (key.clone(), value(key))).collect()
}

fn rows<'a>(
    experiment: &'a Experiment,
    condition: &'a str,
    record: &'a Record,
    keys: &'a IndexMap<String, Value>,
) -> impl Iterator<Item = Row> + 'a {
    let wanted =
        record.checkpoints.iter().filter(|point| experiment.checkpoints.contains(&point.images_seen));
    let dataset = &record.condition.dataset;
    let asked = experiment.asked(&record.condition, record.is_sample);
    wanted.flat_map(move |point| {
        let metrics = point.metrics(asked).into_iter();
        metrics.filter(|(metric, _)| experiment.asks_for_metric(metric)).map(move |(metric, value)| Row {
            experiment: experiment.name.clone(),
            condition: condition.to_owned(),
            dataset: dataset.name().to_owned(),
            seed: record.seed,
            n: record.condition.neurons,
            images_seen: point.images_seen,
            metric,
            value,
            keys: keys.clone(),
        })
    })
}
