//! Into how many parts a plan goes, and in which of them runs wait.

use std::collections::{BTreeMap, BTreeSet};

use spiketime_study::shard::numbered;
use spiketime_train::run::Run;

use crate::session::Runs;

/// Slurm takes numbers up to this unless a cluster says otherwise (`MaxArraySize`).
const MOST_PARTS: usize = 1_000;
/// Parts are about as costly as another, but not just as costly.
const TOLERANCE: f64 = 1.5;

/// What waits in one part.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Waiting {
    runs: usize,
    seconds: f64,
}

/// The parts in which runs wait, by number.
#[derive(Debug, PartialEq)]
pub struct Parts {
    of: u64,
    waiting: BTreeMap<u64, Waiting>,
}

impl Parts {
    /// As few as need be so that none has much more to do than `length` seconds. What is finished may lie together, so
    /// that what waits fills a few parts of many.
    pub fn new(
        planned: &Runs,
        seconds: impl Fn(&Run) -> f64,
        waiting: &BTreeSet<&str>,
        length: f64,
    ) -> Parts {
        let all: BTreeMap<&str, f64> = planned.iter().map(|(id, run)| (id.as_str(), seconds(run))).collect();
        let many = MOST_PARTS.min(planned.len()).max(1) as u64;
        let fitting = |seconds: f64| ((seconds / length).ceil() as u64).clamp(1, many);
        let most = fitting(all.values().sum());
        let mut of = fitting(waiting.iter().map(|id| all[id]).sum());
        loop {
            let parts = Parts::at(of, planned, &all, waiting);
            if of >= most || parts.longest() <= TOLERANCE * length {
                return parts;
            }
            of = most.min(2 * of);
        }
    }

    fn at(of: u64, planned: &Runs, seconds: &BTreeMap<&str, f64>, waiting: &BTreeSet<&str>) -> Parts {
        let mut parts = Parts { of, waiting: BTreeMap::new() };
        let is_waiting = |(run, _): &(&Run, u64)| waiting.contains(run.id.as_str());
        for (run, number) in numbered(planned.values(), of).into_iter().filter(is_waiting) {
            let part = parts.waiting.entry(number).or_default();
            *part = Waiting { runs: part.runs + 1, seconds: part.seconds + seconds[run.id.as_str()] };
        }
        parts
    }

    /// How many there are, those included in which nothing waits.
    pub fn of(&self) -> u64 {
        self.of
    }

    /// Those in which runs wait.
    pub fn numbers(&self) -> Vec<u64> {
        self.waiting.keys().copied().collect()
    }

    /// How many wait in all of them.
    pub fn runs(&self) -> usize {
        self.waiting.values().map(|part| part.runs).sum()
    }

    fn longest(&self) -> f64 {
        self.waiting.values().map(|part| part.seconds).fold(0.0, f64::max)
    }

    /// Of the longest one, on so many cores.
    pub fn minutes(&self, cores: u64) -> u64 {
        (self.longest() / (60.0 * cores as f64)).ceil() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spiketime_study::plan;
    use spiketime_study::study::Study;
    use spiketime_train::runner::cost;

    fn planned() -> Runs {
        plan::runs(&Study::report().unwrap().experiments(), |_| false).unwrap()
    }

    /// In parts of so many times the mean cost of a run.
    fn parts(planned: &Runs, is_waiting: impl Fn(&Run) -> bool, runs_a_part: f64) -> Parts {
        let waiting = planned.values().filter(|run| is_waiting(run)).map(|run| run.id.as_str()).collect();
        let mean = planned.values().map(cost).sum::<u64>() as f64 / planned.len() as f64;
        Parts::new(planned, |run| cost(run) as f64 / mean, &waiting, runs_a_part)
    }

    #[test]
    fn there_are_as_many_as_the_cost_fills_and_no_more_than_runs() {
        let planned = planned();
        assert_eq!(planned.len(), 228);
        let whole = parts(&planned, |_| true, 1_000.0);
        assert_eq!((whole.of(), whole.numbers(), whole.runs()), (1, vec![1], 228));
        assert_eq!(parts(&planned, |_| true, 0.01).of(), 228);
        let some = parts(&planned, |_| true, 50.0);
        assert_eq!((some.of(), some.numbers(), some.runs()), (5, vec![1, 2, 3, 4, 5], 228));
        assert_eq!(parts(&planned, |_| false, 50.0).runs(), 0);
    }

    #[test]
    fn what_waits_together_is_parted_as_the_whole_would_be() {
        let planned = planned();
        let is_new = |run: &Run| run.seed == 2;
        let new = parts(&planned, is_new, 4.0);
        assert_eq!(new.runs(), planned.values().filter(|run| is_new(run)).count());
        assert!(new.numbers().len() > 1 && new.numbers().len() < new.of() as usize, "{new:?}");
        // One run may be longer than a part.
        let longest = planned.values().map(cost).max().unwrap() as f64;
        let mean = planned.values().map(cost).sum::<u64>() as f64 / 228.0;
        assert!(new.longest() <= (TOLERANCE * 4.0).max(4.0 + longest / mean), "{new:?}");
    }
}
