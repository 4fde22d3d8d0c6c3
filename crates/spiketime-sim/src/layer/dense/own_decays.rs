//! Decay factors where each neuron has a time constant of its own: of every neuron, before every spike of a block.

use crate::event::InputSpike;
use crate::laws::lif::decay_factor;
use crate::layer::network::Network;
use crate::layer::rows::{LANES, Tile};
use crate::real::Real;
use crate::time::Time;

use super::integrate::BLOCK;

pub(super) struct OwnDecays<R> {
    /// Of each tile, before each spike of the block; 1 where there is no neuron.
    pub factors: Vec<[Tile<R>; BLOCK]>,
    /// The first spike of the block.
    of: usize,
}

impl<R: Real> OwnDecays<R> {
    #[inline(always)]
    pub fn new() -> OwnDecays<R> {
        OwnDecays { factors: Vec::new(), of: usize::MAX }
    }

    /// Makes them those of the block that begins with spike `next`; `since` is when the potentials were stored.
    #[inline(always)]
    pub fn renew(&mut self, network: &Network<R>, spikes: &[InputSpike], next: usize, since: Time) {
        if self.of == next {
            return;
        }
        self.of = next;
        self.factors.clear();
        for taus_ms in network.own.tau_membrane_ms.chunks(LANES) {
            let mut tau_ms = [f64::INFINITY; LANES];
            tau_ms[..taus_ms.len()].copy_from_slice(taus_ms);
            let mut factors = [Tile([R::ZERO; LANES]); BLOCK];
            let mut before = since;
            for (factors, spike) in factors.iter_mut().zip(&spikes[next..]) {
                let elapsed_ms = spike.at.elapsed_since(before);
                for (factor, &tau_ms) in factors.0.iter_mut().zip(&tau_ms) {
                    *factor = R::rounded(decay_factor(elapsed_ms, tau_ms));
                }
                before = spike.at;
            }
            self.factors.push(factors);
        }
    }
}
