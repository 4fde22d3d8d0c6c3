//! Who hears the next input spikes: 1 for a neuron that does, 0 for one that is silent.
//!
//! Weights times that are what a neuron receives, bit for bit: w · 1 = w, and 0 + w · 0 = 0 for one that is held at 0.

use crate::laws::lif::is_silent;
use crate::layer::network::Network;
use crate::layer::rows::{Tile, tiled};
use crate::real::Real;
use crate::time::Time;

pub(super) struct Silence<R> {
    /// 1 where a neuron hears, 0 elsewhere.
    pub hears: Vec<Tile<R>>,
    /// Up to here that holds.
    until: Time,
}

impl<R: Real> Silence<R> {
    #[inline(always)]
    pub fn new() -> Silence<R> {
        Silence { hears: Vec::new(), until: Time::NEVER }
    }

    /// Makes it hold at `now`.
    #[inline(always)]
    pub fn renew(&mut self, network: &Network<R>, now: Time) {
        if now < self.until {
            return;
        }
        let ends = &network.memory.silent_until;
        let hears: Vec<R> = (0..network.neurons())
            .map(|neuron| R::rounded(f64::from(u8::from(!network.is_silent(neuron, now)))))
            .collect();
        self.hears.clear();
        self.hears.extend(tiled(&hears));
        self.until = ends.iter().copied().filter(|&end| is_silent(end, now)).min().unwrap_or(Time::END);
    }

    /// Does it hold at `now` too?
    #[inline(always)]
    pub fn holds(&self, now: Time) -> bool {
        now < self.until
    }

    /// Some fall silent.
    #[inline(always)]
    pub fn changed(&mut self) {
        self.until = Time::NEVER;
    }

    /// Does a neuron hear?
    #[inline(always)]
    pub fn hears(&self, tile: usize, lane: usize) -> bool {
        self.hears.get(tile).is_none_or(|tile| tile.0[lane] > R::ZERO)
    }
}
