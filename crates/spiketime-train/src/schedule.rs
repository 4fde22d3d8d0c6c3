//! When a network that trains is looked at; looking never changes it.

use std::collections::BTreeSet;

use crate::readout::Readout;
use crate::record::Record;

/// Of all read-outs in their order.
const FIRST: Readout = Readout::ALL[0];
const LAST: Readout = Readout::ALL[Readout::ALL.len() - 1];

/// Where one looks, and at what.
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
    /// (images seen, label images, read-out): the same test, read out by what so many label images taught.
    pub readouts: BTreeSet<(u64, u64, Readout)>,
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
            readouts: record.readings().collect(),
            epochs: record.epochs,
        }
    }

    /// Looks wherever the other one looks, too.
    pub fn unite(&mut self, other: &Schedule) {
        self.checkpoints.extend(&other.checkpoints);
        self.maps.extend(&other.maps);
        self.with_rest.extend(&other.with_rest);
        self.relabelled.extend(&other.relabelled);
        self.readouts.extend(&other.readouts);
        self.epochs = self.epochs.max(other.epochs);
    }

    /// What of it lies at this image or later.
    #[must_use]
    pub fn from_image(&self, first: u64) -> Schedule {
        let ahead = |images: &BTreeSet<u64>| images.range(first..).copied().collect();
        let (checkpoints, maps) = (ahead(&self.checkpoints), ahead(&self.maps));
        let relabelled = self.relabelled.range((first, 0)..).copied().collect();
        let readouts = self.readouts.range((first, 0, FIRST)..).copied().collect();
        let (with_rest, epochs) = (ahead(&self.with_rest), self.epochs);
        Schedule { checkpoints, maps, with_rest, relabelled, readouts, epochs }
    }

    /// (label images, read-out) of one look.
    #[must_use]
    pub fn readouts_at(&self, images_seen: u64) -> BTreeSet<(u64, Readout)> {
        let here = self.readouts.range((images_seen, 0, FIRST)..=(images_seen, u64::MAX, LAST));
        here.map(|&(_, labels, readout)| (labels, readout)).collect()
    }

    /// Those of all looks up to this one.
    pub fn readouts_until(&self, last: u64) -> impl Iterator<Item = (u64, u64, Readout)> {
        self.readouts.range(..=(last, u64::MAX, LAST)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_ahead_begins_with_the_image_itself() {
        let readouts = [4, 5, 6].map(|images| (images, 9, Readout::MostActive));
        let checkpoints = [4, 5, 6].into();
        let schedule = Schedule { checkpoints, readouts: readouts.into(), ..Schedule::default() };
        let ahead = schedule.from_image(5);
        assert_eq!(
            (ahead.checkpoints, ahead.readouts),
            ([5, 6].into(), readouts[1..].iter().copied().collect())
        );
        assert!(schedule.readouts_until(5).eq(readouts[..2].iter().copied()));
    }

    #[test]
    fn two_schedules_united_look_wherever_one_of_them_looks() {
        let schedule = |images, epochs| Schedule {
            checkpoints: [images, 9].into(),
            maps: [images].into(),
            with_rest: [images].into(),
            relabelled: [(images, 9)].into(),
            readouts: [(9, images, Readout::NaiveBayes)].into(),
            epochs,
        };
        let both = Schedule {
            checkpoints: [3, 5, 9].into(),
            maps: [3, 5].into(),
            with_rest: [3, 5].into(),
            relabelled: [(3, 9), (5, 9)].into(),
            readouts: [(9, 3, Readout::NaiveBayes), (9, 5, Readout::NaiveBayes)].into(),
            epochs: 2,
        };
        for (mut one, other) in [(schedule(3, 2), schedule(5, 1)), (schedule(5, 1), schedule(3, 2))] {
            one.unite(&other);
            assert_eq!(one, both);
        }
    }
}
