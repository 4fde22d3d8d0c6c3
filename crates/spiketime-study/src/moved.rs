//! Two sets of runs side by side: which numbers moved, by how much, and by how much of the spread of the seeds.
//!
//! A run is in both where network and seed are the same, whatever ids, names and layouts are. A number is a metric of a
//! network after so many images, over the seeds that both have; it moved if it moved for any of them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use spiketime_train::metrics::Asked;
use spiketime_train::record::{Checkpoint, Record};
use spiketime_train::run::nameless;

use crate::statistics::{BySeed, mean, pooled_spread};

/// A number that moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// What the first set calls the network.
    pub condition: String,
    /// After so many images.
    pub images_seen: u64,
    /// Which metric; with whose labels where they are those of a later network.
    pub metric: String,
    /// Mean over the seeds, in the first set.
    pub before: f64,
    /// In the second.
    pub after: f64,
    /// Pooled standard deviation of the seeds; none for one seed.
    pub spread: Option<f64>,
    /// How many seeds both have.
    pub seeds: usize,
}

impl Moved {
    /// By how much.
    #[must_use]
    pub fn by(&self) -> f64 {
        self.after - self.before
    }

    /// By how much of the spread; infinite where the seeds agree and the sets do not, none for one seed.
    #[must_use]
    pub fn of_the_spread(&self) -> Option<f64> {
        self.spread.map(|spread| if self.by() == 0.0 { 0.0 } else { self.by() / spread })
    }

    /// The larger move first, by the spread where it is known; ties by difference, then by what it is.
    fn order(&self, other: &Moved) -> Ordering {
        let size = |moved: &Moved| moved.of_the_spread().map_or(-1.0, f64::abs);
        let name = |moved: &Moved| (moved.condition.clone(), moved.images_seen, moved.metric.clone());
        size(other)
            .total_cmp(&size(self))
            .then_with(|| other.by().abs().total_cmp(&self.by().abs()))
            .then_with(|| name(self).cmp(&name(other)))
    }
}

/// What two sets have in common, and what moved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Runs in both.
    pub runs: usize,
    /// Runs in the first alone.
    pub only_before: usize,
    /// Runs in the second alone.
    pub only_after: usize,
    /// Numbers that were compared.
    pub numbers: usize,
    /// Those that moved, the largest move first.
    pub moved: Vec<Moved>,
}

/// The runs of a network, by seed.
type Network<'a> = BTreeMap<u64, &'a Record>;
/// By all that a network is, but its name.
type Networks<'a> = BTreeMap<String, Network<'a>>;
/// Of one number in both sets.
type Sides = [BySeed; 2];

/// Both sets side by side.
#[must_use]
pub fn compare<'a>(
    before: impl IntoIterator<Item = &'a Record>,
    after: impl IntoIterator<Item = &'a Record>,
) -> Comparison {
    let (before, after) = (networks(before), networks(after));
    let count = |networks: &Networks| networks.values().map(BTreeMap::len).sum::<usize>();
    let mut comparison = Comparison::default();
    for (network, first) in &before {
        if let Some(second) = after.get(network) {
            side_by_side(first, second, &mut comparison);
        }
    }
    comparison.only_before = count(&before) - comparison.runs;
    comparison.only_after = count(&after) - comparison.runs;
    comparison.moved.sort_by(Moved::order);
    comparison
}

fn networks<'a>(records: impl IntoIterator<Item = &'a Record>) -> Networks<'a> {
    // Of one run by two versions of the random streams, the later version's counts.
    let mut records: Vec<&Record> = records.into_iter().collect();
    records.sort_by_key(|record| (&record.streams, &record.id));
    let mut networks = Networks::new();
    for record in records {
        let origin = record.branched_from.as_ref().map(|origin| &origin.sha256);
        let whole = (nameless(&record.condition), record.is_sample, origin);
        let network = serde_json::to_string(&whole).unwrap_or_default();
        networks.entry(network).or_default().insert(record.seed, record);
    }
    networks
}

fn side_by_side(before: &Network, after: &Network, comparison: &mut Comparison) {
    let mut numbers = BTreeMap::<(u64, String), Sides>::new();
    for (&seed, first) in before {
        let Some(second) = after.get(&seed) else { continue };
        comparison.runs += 1;
        for point in &first.checkpoints {
            let other =
                second.point(point.images_seen).map(|point| metrics(second, point)).unwrap_or_default();
            for (metric, value) in metrics(first, point) {
                if let Some(&other) = other.get(&metric) {
                    let sides = numbers.entry((point.images_seen, metric)).or_default();
                    sides[0].insert(seed, value);
                    sides[1].insert(seed, other);
                }
            }
        }
    }
    comparison.numbers += numbers.len();
    let condition = before.values().next().map_or("", |record| record.condition.name.as_str());
    let moved = numbers.into_iter().filter(|(_, [before, after])| before != after);
    comparison.moved.extend(moved.map(|((images_seen, metric), [before, after])| Moved {
        condition: condition.to_owned(),
        images_seen,
        metric,
        before: mean(&before),
        after: mean(&after),
        spread: pooled_spread(&before, &after),
        seeds: before.len(),
    }));
}

fn metrics(record: &Record, point: &Checkpoint) -> BTreeMap<String, f64> {
    let relabelled = point.relabelled.iter();
    let relabelled = relabelled.map(|by| (format!("accuracy, labels of {}", by.label_network), by.accuracy));
    let asked = Asked { score: record.condition.score, ..Asked::default() };
    point.metrics(asked).into_iter().chain(relabelled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use spiketime_train::condition::Score;

    fn record(seed: u64, accuracy: f64) -> Record {
        let kept = include_bytes!("../../../fixtures/layout-2/wta-seed-1.json");
        let kept = Record::read(kept).unwrap();
        let point = Checkpoint { accuracy, relabelled: Vec::new(), ..kept.checkpoints[0].clone() };
        Record { seed, checkpoints: vec![point], ..kept }
    }

    fn with(record: Record, change: impl Fn(&mut Checkpoint)) -> Record {
        let mut record = record;
        record.checkpoints.iter_mut().for_each(change);
        record
    }

    #[test]
    fn equal_runs_have_moved_nowhere_whatever_they_are_called() {
        let before = [record(1, 70.0), record(2, 71.0)];
        let mut after = before.clone();
        after.iter_mut().for_each(|record| {
            record.condition.name = "renamed".into();
            record.id = "another".to_owned() + &record.id;
        });
        let found = compare(&before, &after);
        assert_eq!((found.runs, found.only_before, found.only_after), (2, 0, 0));
        // Fourteen metrics and ten classes.
        assert_eq!((found.numbers, found.moved), (24, vec![]));
    }

    #[test]
    fn a_move_is_told_in_its_unit_and_in_the_pooled_spread_of_the_seeds_that_both_have() {
        let before = [record(1, 70.0), record(2, 72.0), record(3, 99.0)];
        let after = [record(1, 73.0), record(2, 77.0), record(4, 1.0)];
        let found = compare(&before, &after);
        assert_eq!((found.runs, found.only_before, found.only_after), (2, 1, 1));
        let [moved] = &found.moved[..] else { panic!("{found:?}") };
        assert_eq!((moved.metric.as_str(), moved.images_seen, moved.seeds), ("accuracy", 300, 2));
        assert_eq!((moved.before, moved.after, moved.by()), (71.0, 75.0, 4.0));
        // By hand: variances 2 and 8, pooled √5; 4/√5.
        assert!((moved.of_the_spread().unwrap() - 4.0 / 5.0_f64.sqrt()).abs() < 1e-12);
        assert_eq!(compare(&before[..1], &after[..1]).moved[0].of_the_spread(), None);
    }

    #[test]
    fn the_largest_move_stands_first_and_ties_stand_by_difference_then_by_name() {
        let before = [record(1, 70.0), record(2, 72.0)];
        let after = before.clone().map(|record| {
            with(record, |point| {
                point.accuracy += 1.0;
                point.noisy_neurons += 1;
                point.silent_neurons += 1;
                point.finished_neurons += 2;
            })
        });
        let found = compare(&before, &after).moved;
        // Of all but the accuracy the seeds agree, so that any move is beyond their spread.
        let order: Vec<&str> = found.iter().map(|moved| moved.metric.as_str()).collect();
        assert_eq!(order, ["finished_neurons", "noisy_neurons", "silent_neurons", "accuracy"]);
        assert_eq!(found[0].of_the_spread(), Some(f64::INFINITY));
    }

    #[test]
    fn what_moved_on_validation_images_is_called_so() {
        let kept = |accuracy| {
            let mut record = record(1, accuracy);
            record.condition.score = Score::Validation;
            record
        };
        assert_eq!(compare(&[kept(70.0)], &[kept(71.0)]).moved[0].metric, "accuracy_validation");
    }

    #[test]
    fn another_network_is_another_number() {
        let mut other = record(1, 70.0);
        other.condition.neurons += 1;
        let found = compare(&[record(1, 70.0)], &[other]);
        assert_eq!((found.runs, found.only_before, found.only_after, found.numbers), (0, 1, 1, 0));
    }
}
