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
    weights + state + inputs * TIME_BYTES + inputs * neurons * of_a_device(condition, number)
}

/// Bytes of what a synapse has of its own where devices differ: factors in f32, bounds in the network's precision, and a
/// second weight where readings differ.
fn of_a_device(condition: &Condition, number: u64) -> u64 {
    let there = |is: bool, bytes: u64| if is { bytes } else { 0 };
    let stuck = condition.stuck_min_share + condition.stuck_max_share + condition.stuck_any_share;
    let has_bounds = condition.weight_min_sd > 0.0 || condition.weight_max_sd > 0.0 || stuck > 0.0;
    there(condition.stdp_gain_sd > 0.0, 4)
        + there(condition.stdp_loss_sd > 0.0, 4)
        + there(condition.stdp_nonlinearity_sd > 0.0, 8)
        + there(has_bounds, 2 * number)
        + there(condition.read_sd > 0.0, number)
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
        // 784 × 17 synapses with a factor of their own in 4 bytes, and two bounds and a reading in 8 each.
        let devices = Condition { stdp_gain_sd: 0.1, stuck_any_share: 0.1, read_sd: 0.1, ..small };
        assert_eq!(bytes(&devices), 207_656 + 784 * 17 * 28);
    }
}
