//! Which runs a set of experiments needs: conditions that several figures share are run once.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use spiketime_data::random::STREAMS_VERSION;

use crate::condition::Condition;
use crate::record::{Origin, Record};
use crate::spec::Experiment;

/// Part of every id: changes when the meaning of a specification changes.
const MODEL_VERSION: &str = "spiketime-model/1";

/// When to look at a network that trains; looking never changes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// Images seen at which labels are found and the test set is scored.
    pub checkpoints: BTreeSet<u64>,
    /// Images seen at which the weights are kept.
    pub maps: BTreeSet<u64>,
    /// Images seen at which the test is done once more with rests.
    pub with_rest: BTreeSet<u64>,
    /// (images seen, images seen by a later network): the test of the one, scored with the labels of the other.
    pub relabelled: BTreeSet<(u64, u64)>,
    /// How often the training set may be gone through.
    pub epochs: u64,
}

impl Schedule {
    /// Presentations in all.
    #[must_use]
    pub fn presentations(&self) -> u64 {
        self.checkpoints.last().copied().unwrap_or(0)
    }

    /// What a record has been looked at.
    #[must_use]
    pub fn of(record: &Record) -> Schedule {
        let rested = record.checkpoints.iter().filter(|point| point.accuracy_with_rest.is_some());
        Schedule {
            checkpoints: record.checkpoints.iter().map(|point| point.images_seen).collect(),
            maps: record.maps.iter().map(|map| map.images_seen).collect(),
            with_rest: rested.map(|point| point.images_seen).collect(),
            relabelled: record.relabelled().collect(),
            epochs: record.epochs,
        }
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
            epochs: experiment.epochs,
        }
    }

    /// Looks wherever the other one looks, too.
    pub fn unite(&mut self, other: &Schedule) {
        self.checkpoints.extend(&other.checkpoints);
        self.maps.extend(&other.maps);
        self.with_rest.extend(&other.with_rest);
        self.relabelled.extend(&other.relabelled);
        self.epochs = self.epochs.max(other.epochs);
    }

    /// What of it lies at this image or later.
    #[must_use]
    pub fn from_image(&self, first: u64) -> Schedule {
        let ahead = |images: &BTreeSet<u64>| images.range(first..).copied().collect();
        let (checkpoints, maps) = (ahead(&self.checkpoints), ahead(&self.maps));
        let relabelled = self.relabelled.range((first, 0)..).copied().collect();
        Schedule { checkpoints, maps, with_rest: ahead(&self.with_rest), relabelled, epochs: self.epochs }
    }
}

/// One condition with one seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Hash of everything that decides the numbers; the file's name.
    pub id: String,
    /// The network.
    pub condition: Condition,
    /// Root of every random stream.
    pub seed: u64,
    /// Was the data set the embedded sample?
    pub is_sample: bool,
    /// The checkpoint it goes on from, if it does not begin at its first image.
    pub branched_from: Option<Origin>,
    /// The union of what all figures want to see.
    pub schedule: Schedule,
}

impl Run {
    /// The run that made a record.
    #[must_use]
    pub fn of(record: &Record) -> Run {
        Run {
            id: record.id.clone(),
            condition: record.condition.clone(),
            seed: record.seed,
            is_sample: record.is_sample,
            branched_from: record.branched_from.clone(),
            schedule: Schedule::of(record),
        }
    }

    /// What a person calls it.
    #[must_use]
    pub fn name(&self) -> String {
        let (name, seed) = (&self.condition.name, self.seed);
        match &self.branched_from {
            None => format!("{name} seed {seed}"),
            Some(origin) => format!("{name} seed {seed} from image {}", origin.images_seen),
        }
    }

    /// The same run, which also looks wherever its record has looked: doing it again must lose nothing.
    #[must_use]
    pub fn with_all_of(&self, record: &Record) -> Run {
        let mut schedule = Schedule::of(record);
        schedule.unite(&self.schedule);
        Run { schedule, ..self.clone() }
    }

    /// Images that went through before it begins.
    #[must_use]
    pub fn begins_at(&self) -> u64 {
        self.branched_from.as_ref().map_or(0, |origin| origin.images_seen)
    }
}

/// One name stands for two networks, or two names for one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum PlanError {
    #[error("{experiment}: condition '{name}' is another network than in {other}; rename one of them")]
    OneNameTwoNetworks { experiment: String, name: String, other: String },
    #[error("{experiment}: condition '{name}' is the network that {other} calls '{known}'; use one name")]
    TwoNamesOneNetwork { experiment: String, name: String, other: String, known: String },
}

/// The runs of the experiments, by id; the schedules of shared ones are united.
///
/// # Errors
/// When names and networks do not match one to one: a table could not tell them apart.
pub fn runs(
    experiments: &[Experiment],
    is_sample: impl Fn(&Condition) -> bool,
) -> Result<BTreeMap<String, Run>, PlanError> {
    check_names(experiments)?;
    let mut runs = BTreeMap::new();
    for experiment in experiments {
        for condition in &experiment.conditions {
            for seed in 1..=experiment.seeds {
                let is_sample = is_sample(condition);
                let id = id(condition, seed, is_sample, None);
                let run = runs.entry(id.clone()).or_insert_with(|| Run {
                    id,
                    condition: condition.clone(),
                    seed,
                    is_sample,
                    branched_from: None,
                    schedule: Schedule::default(),
                });
                let epoch_images = condition.dataset.name().epoch_images(is_sample);
                run.schedule.unite(&Schedule::wanted(experiment, epoch_images));
            }
        }
    }
    Ok(runs)
}

pub(crate) fn check_names(experiments: &[Experiment]) -> Result<(), PlanError> {
    let mut known: Vec<(&Experiment, &Condition)> = Vec::new();
    for experiment in experiments {
        for condition in &experiment.conditions {
            for &(other, earlier) in &known {
                let (same_name, same) =
                    (earlier.name == condition.name, nameless(earlier) == nameless(condition));
                let (name, other) = (condition.name.clone(), other.name.clone());
                let experiment = experiment.name.clone();
                match (same_name, same) {
                    (true, false) => return Err(PlanError::OneNameTwoNetworks { experiment, name, other }),
                    (false, true) => {
                        let known = earlier.name.clone();
                        return Err(PlanError::TwoNamesOneNetwork { experiment, name, other, known });
                    }
                    _ => {}
                }
            }
            known.push((experiment, condition));
        }
    }
    Ok(())
}

fn nameless(condition: &Condition) -> Condition {
    Condition { name: String::new(), ..condition.clone() }
}

/// The id of a run: SHA-256 of the resolved condition without its name, the seed, and where it began.
#[must_use]
pub fn id(condition: &Condition, seed: u64, is_sample: bool, branched_from: Option<&Origin>) -> String {
    let spec =
        serde_json::to_string(&nameless(condition)).expect("a checked condition has finite numbers only");
    let origin = branched_from.map_or_else(String::new, |origin| format!(" from {}", origin.sha256));
    let whole = format!("{MODEL_VERSION} {STREAMS_VERSION} {spec} seed {seed} sample {is_sample}{origin}");
    spiketime_data::source::hex(&Sha256::digest(whole)[..8])
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
            figure: String::new(),
            title: String::new(),
            question: String::new(),
            analysis: String::new(),
            claims: Vec::new(),
            seeds,
            epochs: 1,
            checkpoints: checkpoints.to_vec(),
            maps: Vec::new(),
            with_rest: Vec::new(),
            label_network: None,
            conditions: conditions.iter().map(condition).collect(),
            expected: Vec::new(),
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
    fn two_schedules_united_look_wherever_one_of_them_looks() {
        let schedule = |images, epochs| Schedule {
            checkpoints: [images, 9].into(),
            maps: [images].into(),
            with_rest: [images].into(),
            relabelled: [(images, 9)].into(),
            epochs,
        };
        let both = Schedule {
            checkpoints: [3, 5, 9].into(),
            maps: [3, 5].into(),
            with_rest: [3, 5].into(),
            relabelled: [(3, 9), (5, 9)].into(),
            epochs: 2,
        };
        for (mut one, other) in [(schedule(3, 2), schedule(5, 1)), (schedule(5, 1), schedule(3, 2))] {
            one.unite(&other);
            assert_eq!(one, both);
        }
    }

    #[test]
    fn the_label_network_is_the_last_of_the_first_epoch_and_scores_the_points_before_it_alone() {
        // An epoch of the sample has 1 000 images.
        let unsaid = experiment("a", 1, &[1_500, 300, 1_000, 900], &[("wta", 5)]);
        assert_eq!(Schedule::wanted(&unsaid, 1_000).relabelled, [(300, 1_000), (900, 1_000)].into());
        let named = Experiment { label_network: Some(900), ..unsaid };
        assert_eq!(Schedule::wanted(&named, 1_000).relabelled, [(300, 900)].into());
        let late = experiment("c", 1, &[1_500], &[("wta", 5)]);
        assert!(Schedule::wanted(&late, 1_000).relabelled.is_empty());
    }

    #[test]
    fn a_name_stands_for_one_network_and_a_network_has_one_name() {
        let two = [experiment("a", 1, &[10], &[("wta", 5)]), experiment("b", 1, &[10], &[("wta", 6)])];
        assert!(matches!(runs(&two, |_| false), Err(PlanError::OneNameTwoNetworks { .. })));
        let two = [experiment("a", 1, &[10], &[("wta", 5)]), experiment("b", 1, &[10], &[("other", 5)])];
        assert!(matches!(runs(&two, |_| false), Err(PlanError::TwoNamesOneNetwork { .. })));
    }
}
