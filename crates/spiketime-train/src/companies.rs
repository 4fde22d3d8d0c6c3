//! Which runs share the drawing of their input spikes, and which rather go alone.

use spiketime_data::{Encoder, ImageOrder};

use crate::condition::{Condition, Inhibition, Score};
use crate::run::Run;

/// Runs of one company at most: with five, a fifth of each drawing is left to a run, and the first result of all is not
/// too late.
const MOST: usize = 5;
/// Companies a thread at least, so that none of them ends long before the others.
const COMPANIES_A_THREAD: usize = 2;
/// A presentation that costs more hardly gains: drawing is a small part of it.
const DEAR: u64 = 1_000;

/// What a presentation costs, roughly: by neurons and by how often they spike.
pub(crate) fn weight(condition: &Condition) -> u64 {
    let spikes_out = match condition.inhibition {
        _ if condition.stdp_loss < 0.0 => 8,
        Inhibition::WinnerTakesAll => 1,
        Inhibition::Soft => 2,
        Inhibition::None => 4,
    };
    (200 + condition.neurons as u64) * spikes_out
}

/// What must be the same for the same input spikes.
#[derive(PartialEq)]
struct Shown<'a> {
    seed: u64,
    dataset: &'a str,
    is_sample: bool,
    inputs: [Encoder; 2],
    order: ImageOrder,
    validation: (usize, Score),
}

impl Shown<'_> {
    fn by(run: &Run) -> Shown<'_> {
        let condition = &run.condition;
        Shown {
            seed: run.seed,
            dataset: condition.dataset.name(),
            is_sample: run.is_sample,
            inputs: [condition.input(), condition.test_input()],
            order: condition.image_order,
            validation: (condition.validation_images, condition.score),
        }
    }
}

/// The runs in companies, each at the place of its first run.
pub(crate) fn companies(runs: &[Run], threads: usize) -> Vec<Vec<&Run>> {
    let gains = |run: &Run| weight(&run.condition) <= DEAR;
    let sharing = runs.iter().filter(|run| gains(run)).count();
    let most = (sharing / (COMPANIES_A_THREAD * threads.max(1))).clamp(1, MOST);
    let mut companies: Vec<Vec<&Run>> = Vec::new();
    for run in runs {
        let has_room = |company: &&mut Vec<&Run>| company.len() < most;
        let shares = |company: &&mut Vec<&Run>| {
            gains(run) && gains(company[0]) && Shown::by(company[0]) == Shown::by(run)
        };
        match companies.iter_mut().filter(has_room).find(shares) {
            Some(company) => company.push(run),
            None => companies.push(vec![run]),
        }
    }
    companies
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data_set::DataSet;
    use crate::run;
    use crate::schedule::Schedule;
    use spiketime_data::{DatasetName, ImageGain};

    fn run(seed: u64, condition: Condition) -> Run {
        let (is_sample, branched_from) = (true, None);
        let id = run::id(&condition, seed, is_sample, None);
        let (schedule, also_called) = (Schedule::default(), Default::default());
        Run { id, condition, seed, is_sample, branched_from, also_called, schedule }
    }

    fn named(seed: u64, neurons: usize, change: impl Fn(&mut Condition)) -> Run {
        let mut condition = Condition { neurons, ..Condition::default() };
        change(&mut condition);
        run(seed, condition)
    }

    /// Sizes of the companies, each by the neurons of its runs.
    fn sizes(runs: &[Run], threads: usize) -> Vec<Vec<usize>> {
        let neurons = |company: Vec<&Run>| company.iter().map(|run| run.condition.neurons).collect();
        companies(runs, threads).into_iter().map(neurons).collect()
    }

    #[test]
    fn only_runs_that_show_the_same_input_spikes_are_in_one_company() {
        let same = |_: &mut Condition| {};
        let others = [
            named(2, 3, same),
            named(1, 4, |c| c.rate_max_hz = 40.0),
            named(1, 5, |c| c.test_image_ms = 100.0),
            named(1, 6, |c| c.image_order = ImageOrder::Shuffled),
            named(1, 7, |c| c.validation_images = 10),
            named(1, 8, |c| c.image_gain = ImageGain::Sum),
            named(1, 9, |c| c.dataset = DataSet::Known(DatasetName::FashionMnist)),
        ];
        let mut runs = vec![named(1, 1, same)];
        runs.extend(others);
        runs.push(named(1, 2, |c| c.tau_membrane_ms = 30.0));
        assert_eq!(
            sizes(&runs, 1),
            [vec![1, 2], vec![3], vec![4], vec![5], vec![6], vec![7], vec![8], vec![9]]
        );
    }

    #[test]
    fn dear_runs_go_alone_and_companies_are_small_and_two_a_thread() {
        let runs: Vec<Run> = (1..=12).map(|neurons| named(1, neurons, |_| {})).collect();
        let lengths = |threads| -> Vec<usize> { companies(&runs, threads).iter().map(Vec::len).collect() };
        assert_eq!(lengths(1), [5, 5, 2]);
        assert_eq!(lengths(2), [3, 3, 3, 3]);
        assert_eq!(lengths(6), [1; 12]);
        let dear = [
            named(1, 900, |_| {}),
            named(1, 901, |_| {}),
            named(1, 301, |c| c.inhibition = Inhibition::Soft),
        ];
        let runs: Vec<Run> = dear.into_iter().chain(runs).collect();
        assert_eq!(sizes(&runs, 1)[..4], [vec![900], vec![901], vec![301], vec![1, 2, 3, 4, 5]]);
    }
}
