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
    if !network.layer.leaks() {
        return vec![R::rounded(1.0); spikes.len()];
    }
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
///
/// Without leak a decay is a factor of 1, and where all hear so is `hears`: those are left out.
#[inline(always)]
pub(super) fn integrate_block<R: Real, const LEAKS: bool, const SILENCES: bool>(
    weights_mv: &Rows<R>,
    hears: &[Tile<R>],
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
                let weight = row[tile].0[lane];
                let weight = if SILENCES { weight * hears[tile].0[lane] } else { weight };
                let decayed = if LEAKS { potentials[lane] * decay[lane] } else { potentials[lane] };
                let potential = received(decayed, weight);
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
pub(super) fn integrate_one<R: Real, const LEAKS: bool, const SILENCES: bool>(
    hears: &[Tile<R>],
    potentials_mv: &mut [Tile<R>],
    lowest_mv: &[Tile<R>],
    row: &[Tile<R>],
    decay: R,
) -> bool {
    let mut any = false;
    for (tile, ((potentials, weights), lowest)) in
        potentials_mv.iter_mut().zip(row).zip(lowest_mv).enumerate()
    {
        for lane in 0..LANES {
            let weight = weights.0[lane];
            let weight = if SILENCES { weight * hears[tile].0[lane] } else { weight };
            let decayed = if LEAKS { potentials.0[lane] * decay } else { potentials.0[lane] };
            potentials.0[lane] = received(decayed, weight);
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
