//! Which runs a set of experiments needs: conditions that several figures share are run once.

use std::collections::{BTreeMap, BTreeSet};

use spiketime_train::condition::Condition;
use spiketime_train::readout::Readout;
use spiketime_train::run::{Run, id};
use spiketime_train::schedule::Schedule;

use crate::spec::Experiment;

/// One name stands for two networks.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum PlanError {
    #[error("{experiment}: condition '{name}' is another network than in {other}; rename one of them")]
    OneNameTwoNetworks { experiment: String, name: String, other: String },
}

/// The runs of the experiments, by id; the schedules of shared ones are united.
///
/// # Errors
/// When one name stands for two networks: a table could not tell them apart. A network may have several names.
pub fn runs(
    experiments: &[Experiment],
    is_sample: impl Fn(&Condition) -> bool,
) -> Result<BTreeMap<String, Run>, PlanError> {
    check_names(experiments)?;
    let mut runs = BTreeMap::new();
    for experiment in experiments {
        for condition in &experiment.conditions {
            for seed in 1..=experiment.seeds {
                let is_sample = condition.dataset.is_sample(is_sample(condition));
                let id = id(condition, seed, is_sample, None);
                let run = runs.entry(id.clone()).or_insert_with(|| Run {
                    id,
                    condition: condition.clone(),
                    also_called: BTreeSet::new(),
                    seed,
                    is_sample,
                    branched_from: None,
                    schedule: Schedule::default(),
                });
                if !run.is_called(&condition.name) {
                    run.also_called.insert(condition.name.clone());
                }
                let epoch_images = condition.epoch_images(is_sample);
                run.schedule.unite(&wanted(experiment, epoch_images));
            }
        }
    }
    Ok(runs)
}

/// One name stands for one network.
///
/// # Errors
/// When it is otherwise.
pub fn check_names(experiments: &[Experiment]) -> Result<(), PlanError> {
    let mut known: BTreeMap<&str, (&Experiment, &Condition)> = BTreeMap::new();
    let asked = experiments.iter().flat_map(|asking| asking.conditions.iter().map(move |c| (asking, c)));
    for (asking, condition) in asked {
        let (other, earlier) = *known.entry(&condition.name).or_insert((asking, condition));
        if earlier != condition {
            let (name, other, experiment) = (condition.name.clone(), other.name.clone(), asking.name.clone());
            return Err(PlanError::OneNameTwoNetworks { experiment, name, other });
        }
    }
    Ok(())
}

/// What an experiment wants to look at, on a data set of so many training images.
#[must_use]
pub fn wanted(experiment: &Experiment, epoch_images: u64) -> Schedule {
    let labels = experiment.label_network(epoch_images);
    let earlier = |&images: &u64| labels.filter(|&labels| images < labels).map(|labels| (images, labels));
    Schedule {
        checkpoints: experiment.checkpoints.iter().copied().collect(),
        maps: experiment.maps.iter().copied().collect(),
        with_rest: experiment.with_rest.iter().copied().collect(),
        relabelled: experiment.checkpoints.iter().filter_map(earlier).collect(),
        readouts: readouts(experiment).collect(),
        epochs: experiment.epochs,
    }
}

/// Every read-out by every budget wherever it looks.
fn readouts(experiment: &Experiment) -> impl Iterator<Item = (u64, u64, Readout)> {
    experiment.checkpoints.iter().flat_map(move |&images_seen| {
        let budgets = experiment.label_budgets.iter();
        budgets
            .flat_map(move |&labels| experiment.readouts.iter().map(move |&how| (images_seen, labels, how)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn experiment(name: &str, seeds: u64, checkpoints: &[u64], conditions: &[(&str, usize)]) -> Experiment {
        let condition = |&(name, neurons): &(&str, usize)| Condition {
            name: name.into(),
            neurons,
            ..Condition::default()
        };
        Experiment {
            name: name.into(),
            seeds,
            checkpoints: checkpoints.to_vec(),
            conditions: conditions.iter().map(condition).collect(),
            ..Experiment::default()
        }
    }

    #[test]
    fn a_network_that_two_figures_share_runs_once_with_both_schedules() {
        let figures =
            [experiment("a", 2, &[10], &[("wta", 5)]), experiment("b", 3, &[20], &[("wta", 5), ("n9", 9)])];
        let runs = runs(&figures, |_| false).unwrap();
        assert_eq!(runs.len(), 6);
        let of = |seed| &runs[&id(&figures[0].conditions[0], seed, false, None)].schedule.checkpoints;
        assert!(of(1).iter().eq(&[10, 20]));
        assert!(of(3).iter().eq(&[20]));
    }

    #[test]
    fn the_label_network_is_the_last_of_the_first_epoch_and_scores_the_points_before_it_alone() {
        // An epoch of the sample has 1 000 images.
        let unsaid = experiment("a", 1, &[1_500, 300, 1_000, 900], &[("wta", 5)]);
        assert_eq!(wanted(&unsaid, 1_000).relabelled, [(300, 1_000), (900, 1_000)].into());
        let named = Experiment { label_network: Some(900), ..unsaid };
        assert_eq!(wanted(&named, 1_000).relabelled, [(300, 900)].into());
        let late = experiment("c", 1, &[1_500], &[("wta", 5)]);
        assert!(wanted(&late, 1_000).relabelled.is_empty());
    }

    #[test]
    fn a_name_stands_for_one_network() {
        let two = [experiment("a", 1, &[10], &[("wta", 5)]), experiment("b", 1, &[10], &[("wta", 6)])];
        assert!(matches!(runs(&two, |_| false), Err(PlanError::OneNameTwoNetworks { .. })));
    }

    #[test]
    fn a_network_of_two_names_runs_once_and_has_both() {
        let two = [
            experiment("a", 1, &[10], &[("wta", 5), ("five", 5)]),
            experiment("b", 2, &[20], &[("other", 5), ("wta", 5)]),
        ];
        let runs = runs(&two, |_| false).unwrap();
        // Seed 2 is the second file's alone: its first name is that one's first.
        let of = |seed| id(&two[0].conditions[0], seed, false, None);
        assert_eq!(runs[&of(1)].names().collect::<Vec<_>>(), ["wta", "five", "other"]);
        assert_eq!(runs[&of(2)].names().collect::<Vec<_>>(), ["other", "wta"]);
        assert!(runs[&of(1)].schedule.checkpoints.iter().eq(&[10, 20]));
        assert_eq!(runs.len(), 2);
    }
}
