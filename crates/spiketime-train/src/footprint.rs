//! How much memory a network takes.

use crate::companies::companies;
use crate::condition::{Condition, Precision};
use crate::run::Run;

/// A row of weights is whole tiles of so many numbers (see [`spiketime_sim::Rows`]).
const TILE: u64 = 16;
/// A time is an f64.
const TIME_BYTES: u64 = 8;

/// A run holds its network as it is and as it began; besides, one after the other, as it is tested, in f64 what
/// [`crate::measures`] looks at, and the file that it becomes. Measured at N = 80 000: 4.1, rounded up.
const NETWORKS_OF_A_RUN: u64 = 5;
/// A story and a comparison of engines hold two networks. Measured of a story at N = 80 000: 2.3, rounded up.
const NETWORKS_OF_A_LOOK: u64 = 3;

/// Bytes of one network of a condition: its weights and its state.
#[must_use]
pub fn bytes(condition: &Condition) -> u64 {
    let (neurons, inputs) = (condition.neurons as u64, condition.dataset.inputs() as u64);
    let number = match condition.precision {
        Precision::F32 => 4,
        Precision::F64 => 8,
    };
    let weights = inputs * neurons.next_multiple_of(TILE) * number;
    // Threshold, potential and adaptation; the last two with their times.
    let state = neurons * (3 * number + 2 * TIME_BYTES);
    weights + state + inputs * TIME_BYTES
}

/// Bytes that a story of a condition needs, or a comparison of engines on it.
#[must_use]
pub fn of_a_look(condition: &Condition) -> u64 {
    NETWORKS_OF_A_LOOK * bytes(condition)
}

/// Bytes that these runs need on so many threads, the largest companies of them together.
#[must_use]
pub fn of_runs(runs: &[Run], at_a_time: usize) -> u64 {
    let of_run = |run: &Run| NETWORKS_OF_A_RUN * bytes(&run.condition);
    let companies = companies(runs, at_a_time).into_iter();
    let mut each: Vec<u64> = companies.map(|company| company.into_iter().map(of_run).sum()).collect();
    each.sort_unstable_by(|a, b| b.cmp(a));
    each.iter().take(at_a_time).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 784 × 100 000 × 4 + 100 000 × (12 + 16) + 784 × 8, and of 17 neurons 784 × 32 × 8 + 17 × (24 + 16) + 784 × 8.
    #[test]
    fn a_network_takes_its_rows_of_whole_tiles_and_its_state() {
        let large = Condition { neurons: 100_000, ..Condition::default() };
        assert_eq!(bytes(&large), 316_406_272);
        let small = Condition { neurons: 17, precision: Precision::F64, ..Condition::default() };
        assert_eq!(bytes(&small), 207_656);
    }
}
