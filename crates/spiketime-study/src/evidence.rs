//! What the finished runs can tell: a metric of a condition at a point of its training, a value a seed.
//!
//! A value is there once every run that was planned to give it has finished; before, one waits. With whose
//! labels a point is scored as `accuracy_final_labels` is the experiment's to say, not the run's: one run
//! serves several experiments.

use std::collections::BTreeMap;

use spiketime_train::metrics::Asked;
use spiketime_train::record::{Checkpoint, Record};
use spiketime_train::run::Run;

use crate::metric::Metric;
use crate::spec::Experiment;
use crate::statistics::BySeed;

/// The experiments, their runs, and the records of those that have finished.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    /// What was asked.
    pub experiments: &'a [Experiment],
    /// Every run, by id.
    pub planned: &'a BTreeMap<String, Run>,
    /// The finished ones, by id.
    pub finished: &'a BTreeMap<String, Record>,
    /// Who asks: says first whose labels are the final ones, and what is expected.
    asking: Option<&'a Experiment>,
}

impl<'a> Evidence<'a> {
    /// What these runs tell these experiments.
    #[must_use]
    pub fn new(
        experiments: &'a [Experiment],
        planned: &'a BTreeMap<String, Run>,
        finished: &'a BTreeMap<String, Record>,
    ) -> Evidence<'a> {
        Evidence { experiments, planned, finished, asking: None }
    }

    /// As one experiment asks: where it looks, its label network counts; elsewhere that of the first one that does.
    #[must_use]
    pub fn of_experiment(self, experiment: &'a Experiment) -> Evidence<'a> {
        Evidence { asking: Some(experiment), ..self }
    }

    fn asking_first(&self) -> impl Iterator<Item = &'a Experiment> {
        self.asking.into_iter().chain(self.experiments)
    }

    /// The runs that have this name.
    pub fn runs(&self, condition: &str) -> impl Iterator<Item = &'a Run> {
        self.planned.values().filter(move |run| run.is_called(condition))
    }

    /// What the record of a condition with this seed calls it: files that lie beside results bear that name.
    #[must_use]
    pub fn recorded_name(&self, condition: &str, seed: u64) -> Option<&'a str> {
        let run = self.runs(condition).find(|run| run.seed == seed)?;
        Some(&self.finished.get(&run.id)?.condition.name)
    }

    /// What the metrics of a run mean at a point, under one of its names: to its experiment that asks first.
    fn asked(&self, run: &Run, condition: &str, images_seen: u64) -> Asked {
        let asking = self.asking_first().filter(|experiment| experiment.asks_for(condition, images_seen));
        let mut asked = asking.map(|experiment| experiment.asked(&run.condition, run.is_sample));
        let first = asked.next().unwrap_or_default();
        // An experiment without read-outs says nothing of them.
        let label_budget = first.label_budget.or_else(|| asked.find_map(|later| later.label_budget));
        Asked { label_budget, ..first }
    }

    /// The same of a condition.
    #[must_use]
    pub fn label_network_of(&self, condition: &str, images_seen: u64) -> Option<u64> {
        self.asked(self.runs(condition).next()?, condition, images_seen).label_network
    }

    /// The records of a condition that look at `images_seen`, by seed; `None` while one is missing.
    #[must_use]
    pub fn points(&self, condition: &str, images_seen: u64) -> Option<BTreeMap<u64, &'a Checkpoint>> {
        let points = self.points_of_runs(condition, images_seen)?;
        Some(points.into_iter().map(|(run, point)| (run.seed, point)).collect())
    }

    fn points_of_runs(&self, condition: &str, images_seen: u64) -> Option<Vec<(&'a Run, &'a Checkpoint)>> {
        let runs = self.runs(condition).filter(|run| run.schedule.checkpoints.contains(&images_seen));
        let points: Option<Vec<(&Run, &Checkpoint)>> =
            runs.map(|run| Some((run, self.finished.get(&run.id)?.point(images_seen)?))).collect();
        points.filter(|points| !points.is_empty())
    }

    /// A recorded metric of a condition at a point, by seed; `None` while a run is missing.
    #[must_use]
    pub fn at(&self, condition: &str, images_seen: u64, metric: &str) -> Option<BySeed> {
        self.metric_at(condition, images_seen, &Metric::Recorded(metric.to_owned()))
    }

    /// A metric of a condition at a point, by seed; `None` while a run is missing.
    ///
    /// Some seeds may lack a metric that was not asked of them (`accuracy_with_rest`): they are left out.
    #[must_use]
    pub fn metric_at(&self, condition: &str, images_seen: u64, metric: &Metric) -> Option<BySeed> {
        let points = self.points_of_runs(condition, images_seen)?;
        let value = |run: &Run, point: &Checkpoint| {
            Some((run.seed, metric.at(point, self.asked(run, condition, images_seen))?))
        };
        let values: BySeed = points.into_iter().filter_map(|(run, point)| value(run, point)).collect();
        (!values.is_empty()).then_some(values)
    }

    /// Microseconds of training an image, by seed.
    #[must_use]
    pub fn training_us(&self, condition: &str) -> Option<BySeed> {
        self.timed(condition, |record| {
            Some(1e6 * record.provenance.training_seconds / record.checkpoints.last()?.images_seen as f64)
        })
    }

    /// Seconds of a whole run, from pixels to the last accuracy, by seed.
    #[must_use]
    pub fn run_seconds(&self, condition: &str) -> Option<BySeed> {
        self.timed(condition, |record| Some(record.provenance.seconds))
    }

    fn timed(&self, condition: &str, time: impl Fn(&Record) -> Option<f64>) -> Option<BySeed> {
        self.runs(condition).map(|run| Some((run.seed, time(self.finished.get(&run.id)?)?))).collect()
    }

    /// Is a run planned that looks at this condition after so many images?
    #[must_use]
    pub fn looks_at(&self, condition: &str, images_seen: u64) -> bool {
        self.runs(condition).any(|run| run.schedule.checkpoints.contains(&images_seen))
    }

    /// The published values of a metric, in the order of the files.
    #[must_use]
    pub fn expected(&self, condition: &str, images_seen: u64, metric: &str) -> Vec<f64> {
        let expected = self.asking_first().flat_map(|experiment| &experiment.expected);
        expected
            .filter(|expected| expected.condition == condition && expected.metric == metric)
            .flat_map(|expected| &expected.points)
            .filter_map(|&(images, value)| (images == images_seen).then_some(value))
            .collect()
    }

    /// How many classes the data set of a condition has.
    #[must_use]
    pub fn classes(&self, condition: &str) -> Option<usize> {
        Some(self.runs(condition).next()?.condition.dataset.classes())
    }

    /// How many neurons a condition has.
    #[must_use]
    pub fn neurons(&self, condition: &str) -> Option<u64> {
        Some(self.runs(condition).next()?.condition.neurons as u64)
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

    /// One run, two names: what is known of it is known under both.
    #[test]
    fn a_run_of_several_names_is_known_by_each_of_them() {
        let text = format!("{TEXT}[[condition]]\nname = 'twin'\n");
        let experiments = [Experiment::parse(&text, Path::new("x.toml"), "x".into()).unwrap()];
        let planned = plan::runs(&experiments, |_| false).unwrap();
        assert_eq!(planned.len(), 2, "one network, two seeds");
        let finished = BTreeMap::new();
        let evidence = Evidence::new(&experiments, &planned, &finished);
        for name in ["wta", "twin"] {
            assert_eq!((evidence.classes(name), evidence.neurons(name)), (Some(10), Some(196)), "{name}");
        }
        assert_eq!(evidence.classes("other"), None);
    }

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
