//! What the finished runs can tell: a metric of a condition at a point of its training, a value a seed.
//!
//! A value is there once every run that was planned to give it has finished; before, one waits.

use std::collections::BTreeMap;

use crate::plan::Run;
use crate::record::{Checkpoint, Record};
use crate::spec::Experiment;
use crate::statistics::{BySeed, Part, value};

/// The experiments, their runs, and the records of those that have finished.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    /// What was asked.
    pub experiments: &'a [Experiment],
    /// Every run, by id.
    pub planned: &'a BTreeMap<String, Run>,
    /// The finished ones, by id.
    pub finished: &'a BTreeMap<String, Record>,
}

impl<'a> Evidence<'a> {
    /// The records of a condition that look at `images_seen`, by seed; `None` while one is missing.
    #[must_use]
    pub fn points(&self, condition: &str, images_seen: u64) -> Option<BTreeMap<u64, &'a Checkpoint>> {
        let runs = self
            .planned
            .values()
            .filter(|run| run.condition.name == condition && run.schedule.checkpoints.contains(&images_seen));
        let points: Option<BTreeMap<u64, &Checkpoint>> =
            runs.map(|run| Some((run.seed, point(self.finished.get(&run.id)?, images_seen)?))).collect();
        points.filter(|points| !points.is_empty())
    }

    /// A metric of a condition at a point, by seed; `None` while a run is missing.
    ///
    /// Some seeds may lack a metric that was not asked of them (`accuracy_with_rest`): they are left out.
    #[must_use]
    pub fn at(&self, condition: &str, images_seen: u64, metric: &str) -> Option<BySeed> {
        let points = self.points(condition, images_seen)?;
        let values: BySeed =
            points.into_iter().filter_map(|(seed, point)| Some((seed, point.metric(metric)?))).collect();
        (!values.is_empty()).then_some(values)
    }

    /// A count of neurons, in percent of N.
    #[must_use]
    pub fn percent_of_neurons(&self, condition: &str, images_seen: u64, metric: &str) -> Option<BySeed> {
        let scale = 100.0 / self.neurons(condition)?;
        let counts = self.at(condition, images_seen, metric)?;
        Some(counts.into_iter().map(|(seed, count)| (seed, scale * count)).collect())
    }

    /// The report's value of a metric against ours; nothing where no experiment expects one.
    #[must_use]
    pub fn value(&self, condition: &str, images_seen: u64, metric: &str) -> Option<Part> {
        let report = self.expected(condition, images_seen, metric)?;
        let statistic = format!("{metric} of {condition} at {images_seen} [%]");
        Some(value(&statistic, report, &self.at(condition, images_seen, metric)?))
    }

    /// The same for a count of neurons, both told in percent of N.
    #[must_use]
    pub fn neurons_value(&self, condition: &str, images_seen: u64, metric: &str) -> Option<Part> {
        let scale = 100.0 / self.neurons(condition)?;
        let report = scale * self.expected(condition, images_seen, metric)?;
        let statistic = format!("{metric} of {condition} at {images_seen} [% of N]");
        Some(value(&statistic, report, &self.percent_of_neurons(condition, images_seen, metric)?))
    }

    /// Microseconds of training an image, by seed.
    #[must_use]
    pub fn training_us(&self, condition: &str) -> Option<BySeed> {
        let runs = self.planned.values().filter(|run| run.condition.name == condition);
        runs.map(|run| {
            let record = self.finished.get(&run.id)?;
            let images = record.checkpoints.last()?.images_seen as f64;
            Some((run.seed, 1e6 * record.provenance.training_seconds / images))
        })
        .collect()
    }

    fn expected(&self, condition: &str, images_seen: u64, metric: &str) -> Option<f64> {
        let expected = self.experiments.iter().flat_map(|experiment| &experiment.expected);
        expected
            .filter(|expected| expected.condition == condition && expected.metric == metric)
            .flat_map(|expected| &expected.points)
            .find_map(|&(images, value)| (images == images_seen).then_some(value))
    }

    fn neurons(&self, condition: &str) -> Option<f64> {
        let run = self.planned.values().find(|run| run.condition.name == condition)?;
        Some(run.condition.neurons as f64)
    }
}

fn point(record: &Record, images_seen: u64) -> Option<&Checkpoint> {
    record.checkpoints.iter().find(|point| point.images_seen == images_seen)
}
