//! A part of many runs that somebody else does none of: I of N, the same for everyone who knows the plan.
//!
//! Runs are laid in a row by seed, data set and id, each as long as it is costly; a shard has those whose middle lies in its
//! N-th of the row. So shards are disjoint, together they are all, each costs about as much as another, and the runs of a
//! seed, which share their input spikes, stay together but where a shard ends.

use std::str::FromStr;

use spiketime_train::run::Run;
use spiketime_train::runner::cost;

/// Which part, from 1 on, of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: u64,
    of: u64,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let numbers =
            text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Shard { number, of }),
            _ => Err("give I/N, such as 2/8: the second of eight parts".into()),
        }
    }
}

impl Shard {
    /// Those of the runs that are in it.
    #[must_use]
    pub fn of<'a>(&self, runs: impl IntoIterator<Item = &'a Run>) -> Vec<&'a Run> {
        let own = numbered(runs, self.of).into_iter().filter(|(_, number)| *number == self.number);
        own.map(|(run, _)| run).collect()
    }
}

/// Every run, and the number of its part, from 1 on, where there are so many.
#[must_use]
pub fn numbered<'a>(runs: impl IntoIterator<Item = &'a Run>, of: u64) -> Vec<(&'a Run, u64)> {
    let mut row: Vec<(&Run, u128)> =
        runs.into_iter().map(|run| (run, u128::from(cost(run).max(1)))).collect();
    let place = |run: &'a Run| (run.seed, run.condition.dataset.name(), run.id.as_str());
    row.sort_by_key(|&(run, _)| place(run));
    let all: u128 = row.iter().map(|(_, cost)| cost).sum();
    let mut begin = 0;
    let numbered = row.into_iter().map(|(run, cost)| {
        // Twice the middle, so that it is whole.
        let middle = 2 * begin + cost;
        begin += cost;
        (run, (middle * u128::from(of) / (2 * all)) as u64 + 1)
    });
    numbered.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    use crate::plan;
    use crate::study::Study;

    fn runs() -> Vec<Run> {
        plan::runs(&Study::report().unwrap().experiments(), |_| false).unwrap().into_values().collect()
    }

    #[test]
    fn shards_are_disjoint_and_together_they_are_all_and_cost_about_the_same() {
        let runs = runs();
        let all: u64 = runs.iter().map(cost).sum();
        let largest = runs.iter().map(cost).max().unwrap();
        for of in [1, 2, 3, 7, 50, 228, 1_000] {
            let shards: Vec<_> = (1..=of).map(|number| Shard { number, of }.of(&runs)).collect();
            let ids: Vec<&str> = shards.iter().flatten().map(|run| run.id.as_str()).collect();
            assert_eq!(ids.len(), 228, "{of}");
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 228, "{of}");
            for shard in shards {
                let own: u64 = shard.into_iter().map(cost).sum();
                assert!(own <= all / of + largest, "{of}: {own} of {all}");
            }
        }
    }

    #[test]
    fn the_runs_of_a_seed_are_in_few_shards_whatever_their_order() {
        let mut runs = runs();
        let forward: Vec<Vec<Run>> =
            (1..=5).map(|number| Shard { number, of: 5 }.of(&runs).into_iter().cloned().collect()).collect();
        runs.reverse();
        let backward: Vec<Vec<Run>> =
            (1..=5).map(|number| Shard { number, of: 5 }.of(&runs).into_iter().cloned().collect()).collect();
        assert_eq!(forward, backward);
        let mut shards_of: BTreeMap<u64, BTreeSet<usize>> = BTreeMap::new();
        for (number, shard) in forward.iter().enumerate() {
            shard.iter().for_each(|run| _ = shards_of.entry(run.seed).or_default().insert(number));
        }
        // Each of four cuts parts one seed at most.
        let parted: usize = shards_of.values().map(|shards| shards.len() - 1).sum();
        assert!(parted <= 4, "{shards_of:?}");
    }

    #[test]
    fn what_is_no_part_is_refused() {
        assert_eq!("2/8".parse(), Ok(Shard { number: 2, of: 8 }));
        for text in ["", "2", "0/8", "9/8", "1/0", "-1/8", "1/8/3", "a/b"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
