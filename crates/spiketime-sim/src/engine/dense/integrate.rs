//! Input spikes, a row of weights each, into the potentials of all neurons.
//!
//! A block of spikes is one pass over the neurons: each potential is read once, takes the spikes
//! of the block one after the other, and is written once, so that most of the work stays in
//! registers. The loop over neurons becomes vector code; no sum runs across neurons.

use crate::event::InputSpike;
use crate::lif::{crosses, decay_factor, received};
use crate::network::Network;
use crate::real::Real;

/// Input spikes in a block; 4, 6, 8, 12 and 16 were measured (docs/performance.md).
pub(super) const BLOCK: usize = 8;

/// The decay factor before each input spike; 1 between spikes of one instant.
#[inline(always)]
pub(super) fn decays_between<R: Real>(network: &Network<R>, spikes: &[InputSpike]) -> Vec<R> {
    let (mut since, tau_ms) = (network.potentials_since[0], network.layer.tau_membrane_ms);
    let mut elapsed_ms = vec![0.0; spikes.len()];
    for (elapsed_ms, spike) in elapsed_ms.iter_mut().zip(spikes) {
        *elapsed_ms = spike.at.elapsed_since(since);
        since = spike.at;
    }
    let mut decays = vec![R::ZERO; spikes.len()];
    // A plain loop: what `collect` calls is not compiled for the instructions chosen.
    for (decay, &elapsed_ms) in decays.iter_mut().zip(&elapsed_ms) {
        *decay = R::rounded(decay_factor(elapsed_ms, tau_ms));
    }
    decays
}

/// Integrates a block from the network's potentials into `ahead_mv`.
/// Returns whether a potential stood above its bound after any of the spikes.
#[inline(always)]
pub(super) fn integrate_block<R: Real>(
    network: &Network<R>,
    lowest_mv: &[R],
    spikes: &[InputSpike; BLOCK],
    decays: &[R; BLOCK],
    ahead_mv: &mut [R],
) -> bool {
    let neurons = network.potentials_mv.len();
    let rows = spikes.map(|spike| &network.weights_mv[spike.source as usize * neurons..][..neurons]);
    let (lowest_mv, ahead_mv) = (&lowest_mv[..neurons], &mut ahead_mv[..neurons]);
    let mut any = 0_u32;
    for neuron in 0..neurons {
        let mut potential = network.potentials_mv[neuron];
        let mut highest = R::ZERO; // No threshold lies below 0.
        for (row, &decay) in rows.iter().zip(decays) {
            potential = received(potential * decay, row[neuron]);
            highest = if crosses(potential, highest) { potential } else { highest };
        }
        ahead_mv[neuron] = potential;
        any |= u32::from(crosses(highest, lowest_mv[neuron]));
    }
    any != 0
}

/// Integrates one input spike. Returns whether a potential stands above its bound.
#[inline(always)]
pub(super) fn integrate_one<R: Real>(
    network: &mut Network<R>,
    lowest_mv: &[R],
    spike: InputSpike,
    decay: R,
) -> bool {
    let neurons = network.potentials_mv.len();
    let row = &network.weights_mv[spike.source as usize * neurons..][..neurons];
    let mut any = 0_u32;
    for ((potential, &weight), &lowest) in network.potentials_mv.iter_mut().zip(row).zip(lowest_mv) {
        *potential = received(*potential * decay, weight);
        any |= u32::from(crosses(*potential, lowest));
    }
    any != 0
}
