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
pub(crate) fn companies(runs: &[Run], threads: usize) -> Vec<Vec<Run>> {
    let gains = |run: &Run| weight(&run.condition) <= DEAR;
    let sharing = runs.iter().filter(|run| gains(run)).count();
    let most = (sharing / (COMPANIES_A_THREAD * threads)).clamp(1, MOST);
    let mut companies: Vec<Vec<Run>> = Vec::new();
    for run in runs {
        let has_room = |company: &&mut Vec<Run>| company.len() < most;
        let shares = |company: &&mut Vec<Run>| {
            gains(run) && gains(&company[0]) && Shown::by(&company[0]) == Shown::by(run)
        };
        match companies.iter_mut().filter(has_room).find(shares) {
            Some(company) => company.push(run.clone()),
            None => companies.push(vec![run.clone()]),
        }
    }
    companies
}
