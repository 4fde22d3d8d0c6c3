//! Input spikes, a row of weights each, into the potentials of all neurons.
//!
//! A block of spikes is one pass over the neurons: each potential is read once, takes the spikes
//! of the block one after the other, and is written once, so that most of the work stays in
//! registers. The loop over neurons becomes vector code; no sum runs across neurons.

use crate::event::InputSpike;
use crate::laws::lif::{crosses, decay_factor, received};
use crate::layer::decays::{CHUNK, Decays};
use crate::layer::network::Network;
use crate::layer::rows::{LANES, Rows, Tile};
use crate::real::Real;

/// Input spikes in a block; 4, 6, 8, 12 and 16 were measured (docs/performance.md).
pub(super) const BLOCK: usize = 8;

/// The decay factor before each input spike, in the precision of the layer; 1 where nothing leaks.
#[inline(always)]
pub(super) fn factors<R: Real>(network: &Network<R>, spikes: &[InputSpike], decays: &Decays) -> Vec<R> {
    if !network.layer.leaks() {
        return vec![R::rounded(1.0); spikes.len()];
    }
    let mut rounded = Vec::with_capacity(decays.factors().len());
    for factors in decays.factors().as_chunks::<CHUNK>().0 {
        let mut chunk = [R::ZERO; CHUNK];
        // A plain loop: what `collect` calls is not compiled for the instructions chosen.
        for (rounded, &factor) in chunk.iter_mut().zip(factors) {
            *rounded = R::rounded(factor);
        }
        rounded.extend_from_slice(&chunk);
    }
    let elapsed_ms = spikes[0].at.elapsed_since(network.potentials_since[0]);
    rounded[0] = R::rounded(decay_factor(elapsed_ms, network.layer.tau_membrane_ms));
    rounded
}

/// Integrates a block from the potentials `from_mv` into `ahead_mv`.
/// Returns whether a potential stood above its bound after any of the spikes.
///
/// `decays` are those of all neurons before each spike, and where it is compiled for that (`OWN`) those of each tile. Without
/// leak a decay is a factor of 1, and where all hear so is `hears`: those are left out.
#[inline(always)]
pub(super) fn integrate_block<R: Real, const LEAKS: bool, const SILENCES: bool, const OWN: bool>(
    weights_mv: &Rows<R>,
    hears: &[Tile<R>],
    from_mv: &[Tile<R>],
    lowest_mv: &[Tile<R>],
    spikes: &[InputSpike; BLOCK],
    (decays, own_decays): (&[R; BLOCK], &[[Tile<R>; BLOCK]]),
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
        for (step, (row, decay)) in steps.iter().enumerate() {
            let decay = if OWN { &own_decays[tile][step].0 } else { decay };
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

/// What a block does one spike after the other: the potentials after each, and whether one stood above its bound.
pub(super) struct Steps<R> {
    /// Of each tile, after each spike \[mV\].
    after_mv: Vec<[Tile<R>; BLOCK]>,
    /// After which spikes a potential stood above its bound.
    above: [bool; BLOCK],
}

impl<R: Real> Steps<R> {
    #[inline(always)]
    pub fn new() -> Steps<R> {
        Steps { after_mv: Vec::new(), above: [false; BLOCK] }
    }

    /// Might a neuron spike after this spike?
    #[inline(always)]
    pub fn might_spike(&self, step: usize) -> bool {
        self.above[step]
    }

    /// The potentials after this spike.
    #[inline(always)]
    pub fn put(&self, step: usize, potentials_mv: &mut [Tile<R>]) {
        for (potentials, after) in potentials_mv.iter_mut().zip(&self.after_mv) {
            *potentials = after[step];
        }
    }

    /// Takes as many steps as there are spikes, at most a block.
    #[inline(always)]
    pub fn integrate<const LEAKS: bool, const SILENCES: bool, const OWN: bool>(
        &mut self,
        weights_mv: &Rows<R>,
        hears: &[Tile<R>],
        from_mv: &[Tile<R>],
        lowest_mv: &[Tile<R>],
        spikes: &[InputSpike],
        (decays, own_decays): (&[R], &[[Tile<R>; BLOCK]]),
    ) {
        let tiles = from_mv.len();
        self.after_mv.resize(tiles, [Tile([R::ZERO; LANES]); BLOCK]);
        let (lowest_mv, after_mv) = (&lowest_mv[..tiles], &mut self.after_mv[..tiles]);
        let mut steps = [([].as_slice(), [R::ZERO; LANES]); BLOCK];
        for ((step, spike), &decay) in steps.iter_mut().zip(spikes).zip(decays) {
            *step = (&weights_mv.tiles(spike.source as usize)[..tiles], [decay; LANES]);
        }
        let steps = &steps[..spikes.len()];
        let mut above = [[0_u32; LANES]; BLOCK];
        for tile in 0..tiles {
            let mut potentials = from_mv[tile].0;
            let afters = after_mv[tile].iter_mut().zip(&mut above);
            for ((step, (row, decay)), (after, above)) in steps.iter().enumerate().zip(afters) {
                let decay = if OWN { &own_decays[tile][step].0 } else { decay };
                for lane in 0..LANES {
                    let weight = row[tile].0[lane];
                    let weight = if SILENCES { weight * hears[tile].0[lane] } else { weight };
                    let decayed = if LEAKS { potentials[lane] * decay[lane] } else { potentials[lane] };
                    potentials[lane] = received(decayed, weight);
                }
                after.0 = potentials;
                for lane in 0..LANES {
                    above[lane] |= u32::from(crosses(potentials[lane], lowest_mv[tile].0[lane]));
                }
            }
        }
        self.above = above.map(|lanes| lanes != [0; LANES]);
    }
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
