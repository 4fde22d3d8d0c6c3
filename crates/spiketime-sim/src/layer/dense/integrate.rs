//! Input spikes, a row of weights each, into the potentials of all neurons.
//!
//! A block of spikes is one pass over the neurons: each potential is read once, takes the spikes
//! of the block one after the other, and is written once, so that most of the work stays in
//! registers. The loop over neurons becomes vector code; no sum runs across neurons.

use crate::event::InputSpike;
use crate::laws::lif::{crosses, decay_factor, received};
use crate::layer::network::Network;
use crate::layer::rows::{LANES, Rows, Tile};
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

/// Integrates a block from the potentials `from_mv` into `ahead_mv`.
/// Returns whether a potential stood above its bound after any of the spikes.
#[inline(always)]
pub(super) fn integrate_block<R: Real>(
    weights_mv: &Rows<R>,
    from_mv: &[Tile<R>],
    lowest_mv: &[Tile<R>],
    spikes: &[InputSpike; BLOCK],
    decays: &[R; BLOCK],
    ahead_mv: &mut [Tile<R>],
) -> bool {
    let tiles = from_mv.len();
    let (lowest_mv, ahead_mv) = (&lowest_mv[..tiles], &mut ahead_mv[..tiles]);
    let mut steps = [([].as_slice(), [R::ZERO; LANES]); BLOCK];
    for ((step, spike), &decay) in steps.iter_mut().zip(spikes).zip(decays) {
        *step = (&weights_mv.tiles(spike.source as usize)[..tiles], [decay; LANES]);
    }
    let mut any = [false; LANES];
    for tile in 0..tiles {
        let mut potentials = from_mv[tile].0;
        let mut highest = [R::ZERO; LANES]; // No threshold lies below 0.
        for (row, decay) in &steps {
            for lane in 0..LANES {
                let potential = received(potentials[lane] * decay[lane], row[tile].0[lane]);
                highest[lane] = if crosses(potential, highest[lane]) { potential } else { highest[lane] };
                potentials[lane] = potential;
            }
        }
        ahead_mv[tile].0 = potentials;
        for lane in 0..LANES {
            any[lane] |= crosses(highest[lane], lowest_mv[tile].0[lane]);
        }
    }
    any.contains(&true)
}

/// Integrates one row. Returns whether a potential stands above its bound.
#[inline(always)]
pub(super) fn integrate_one<R: Real>(
    potentials_mv: &mut [Tile<R>],
    lowest_mv: &[Tile<R>],
    row: &[Tile<R>],
    decay: R,
) -> bool {
    let mut any = false;
    for ((potentials, weights), lowest) in potentials_mv.iter_mut().zip(row).zip(lowest_mv) {
        for lane in 0..LANES {
            potentials.0[lane] = received(potentials.0[lane] * decay, weights.0[lane]);
        }
        any |= any_crosses(potentials, lowest);
    }
    any
}

/// Does a potential stand above its bound?
#[inline(always)]
pub(super) fn any_crosses<R: Real>(potentials: &Tile<R>, lowest: &Tile<R>) -> bool {
    let mut any = 0_u32;
    for lane in 0..LANES {
        any |= u32::from(crosses(potentials.0[lane], lowest.0[lane]));
    }
    any != 0
}
