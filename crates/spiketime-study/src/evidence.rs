//! What the finished runs can tell: a metric of a condition at a point of its training, a value a seed.
//!
//! A value is there once every run that was planned to give it has finished; before, one waits. With whose
//! labels a point is scored as `accuracy_final_labels` is the experiment's to say, not the run's: one run
//! serves several experiments.

use std::collections::BTreeMap;

use crate::spec::Experiment;
use crate::statistics::{BySeed, Part, value};
use spiketime_train::record::{Checkpoint, Record};
use spiketime_train::run::Run;

/// The experiments, their runs, and the records of those that have finished.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    /// What was asked.
    pub experiments: &'a [Experiment],
    /// Every run, by id.
    pub planned: &'a BTreeMap<String, Run>,
    /// The finished ones, by id.
    pub finished: &'a BTreeMap<String, Record>,
    /// The claim that is judged: the experiments that name it say whose labels are the final ones.
    claim: Option<&'a str>,
}

impl<'a> Evidence<'a> {
    /// What these runs tell these experiments.
    #[must_use]
    pub fn new(
        experiments: &'a [Experiment],
        planned: &'a BTreeMap<String, Run>,
        finished: &'a BTreeMap<String, Record>,
    ) -> Evidence<'a> {
        Evidence { experiments, planned, finished, claim: None }
    }

    /// As one experiment asks: its expected values, its label network.
    #[must_use]
    pub fn of_experiment(self, experiment: &'a Experiment) -> Evidence<'a> {
        Evidence { experiments: std::slice::from_ref(experiment), ..self }
    }

    /// As the experiments ask that name a claim.
    #[must_use]
    pub fn of_claim(self, claim: &'a str) -> Evidence<'a> {
        Evidence { claim: Some(claim), ..self }
    }

    /// Whose labels are the final ones of a run at a point: its experiment's that asks first.
    fn label_network(&self, run: &Run, images_seen: u64) -> Option<u64> {
        let names = |claim: &str, experiment: &Experiment| experiment.claims.iter().any(|name| name == claim);
        let mut asking = self
            .experiments
            .iter()
            .filter(|experiment| self.claim.is_none_or(|claim| names(claim, experiment)))
            .filter(|experiment| experiment.asks_for(&run.condition.name, images_seen));
        asking.next()?.label_network(run.condition.dataset.name().epoch_images(run.is_sample))
    }

    /// The records of a condition that look at `images_seen`, by seed; `None` while one is missing.
    #[must_use]
    pub fn points(&self, condition: &str, images_seen: u64) -> Option<BTreeMap<u64, &'a Checkpoint>> {
        let points = self.points_of_runs(condition, images_seen)?;
        Some(points.into_iter().map(|(run, point)| (run.seed, point)).collect())
    }

    fn points_of_runs(&self, condition: &str, images_seen: u64) -> Option<Vec<(&'a Run, &'a Checkpoint)>> {
        let runs = self
            .planned
            .values()
            .filter(|run| run.condition.name == condition && run.schedule.checkpoints.contains(&images_seen));
        let points: Option<Vec<(&Run, &Checkpoint)>> =
            runs.map(|run| Some((run, self.finished.get(&run.id)?.point(images_seen)?))).collect();
        points.filter(|points| !points.is_empty())
    }

    /// A metric of a condition at a point, by seed; `None` while a run is missing.
    ///
    /// Some seeds may lack a metric that was not asked of them (`accuracy_with_rest`): they are left out.
    #[must_use]
    pub fn at(&self, condition: &str, images_seen: u64, metric: &str) -> Option<BySeed> {
        let points = self.points_of_runs(condition, images_seen)?;
        let value = |run: &Run, point: &Checkpoint| {
            Some((run.seed, point.metric(metric, self.label_network(run, images_seen))?))
        };
        let values: BySeed = points.into_iter().filter_map(|(run, point)| value(run, point)).collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan;
    use std::path::Path;

    const TEXT: &str = "
figure = ''
title = ''
question = ''
analysis = ''
seeds = 2
checkpoints = [300]
[[condition]]
name = 'wta'
";

    #[test]
    fn a_value_waits_for_every_run_that_was_planned_to_give_it() {
        let experiment = Experiment::parse(TEXT, Path::new("x.toml"), "x".into()).unwrap();
        let experiments = [experiment];
        let planned = plan::runs(&experiments, |_| false).unwrap();
        let kept = include_str!("../../../fixtures/layout-2/wta-seed-1.json");
        let kept = Record::read(kept.as_bytes()).unwrap();
        let of_seed = |run: &Run| Record { id: run.id.clone(), seed: run.seed, ..kept.clone() };
        let mut finished: BTreeMap<String, Record> =
            planned.iter().map(|(id, run)| (id.clone(), of_seed(run))).collect();
        let value = kept.checkpoints[0].accuracy;
        let at = |finished: &BTreeMap<String, Record>| {
            Evidence::new(&experiments, &planned, finished).at("wta", 300, "accuracy")
        };
        assert_eq!(at(&finished), Some([(1, value), (2, value)].into()));
        finished.pop_last();
        assert_eq!(at(&finished), None);
    }
}
