//! A lower bound of every threshold, good for the next few input spikes.
//!
//! A threshold is T₀ + T(t) with T ≥ 0, so T₀ is a bound for all, and T₀ with what is left of L at the presentation's
//! end is another. For the few neurons that have spiked in this presentation T is far from 0: as it
//! only decays, its value at the end of a span bounds it within. Whoever stands above its bound gets
//! the exact test.

use crate::event::InputSpike;
use crate::layer::network::Network;
use crate::layer::rows::{Tile, place, tiled};
use crate::real::Real;
use crate::time::Time;

use super::integrate::BLOCK;

/// How many input spikes the bounds hold for. At 5 spikes a ms, T decays by a quarter in a span.
const SPAN: usize = 8 * BLOCK;
/// The span ends later than its last spike by this part of itself: far more than the rounding of
/// two exponentials, of which the later one must not come out larger.
const MARGIN: f64 = 1e-9;

pub(super) struct Bounds<R> {
    /// No threshold lies below this \[mV\].
    pub lowest_mv: Vec<Tile<R>>,
    /// The neurons that have spiked in this presentation.
    adapted: Vec<u32>,
    /// The bounds hold for the input spikes before this one.
    until: usize,
}

impl<R: Real> Bounds<R> {
    #[inline(always)]
    pub fn new(network: &Network<R>, spikes: &[InputSpike]) -> Bounds<R> {
        let mut lowest_mv: Vec<Tile<R>> = tiled(&network.thresholds_mv).collect();
        if network.layer.lasting.is_some() {
            let end = beyond(spikes);
            for neuron in 0..network.neurons() {
                let (tile, lane) = place(neuron);
                lowest_mv[tile].0[lane] = network.thresholds_mv[neuron]
                    + network.lasting_under(neuron, network.layer.threshold_factor, end);
            }
        }
        Bounds { lowest_mv, adapted: Vec::new(), until: 0 }
    }

    /// Makes the bounds hold for a block from `next` on.
    #[inline(always)]
    pub fn hold(&mut self, network: &Network<R>, spikes: &[InputSpike], next: usize) {
        if next + BLOCK <= self.until || self.adapted.is_empty() {
            return;
        }
        self.until = next + SPAN;
        let end = beyond(&spikes[next..self.until.min(spikes.len())]);
        for &neuron in &self.adapted {
            let (tile, lane) = place(neuron as usize);
            self.lowest_mv[tile].0[lane] = network.threshold(neuron as usize, end);
        }
    }

    /// These neurons have spiked.
    #[inline(always)]
    pub fn raised(&mut self, network: &Network<R>, winners: &[u32]) {
        let layer = &network.layer;
        if layer.adaptation_mv > 0.0 || layer.lasting.is_some() || layer.moves_thresholds() {
            let new = winners.iter().filter(|winner| !self.adapted.contains(winner));
            let new: Vec<u32> = new.copied().collect();
            self.adapted.extend(new);
            self.until = 0;
        }
    }
}

/// A time a little after the last of these input spikes.
#[inline(always)]
fn beyond(spikes: &[InputSpike]) -> Time {
    let (first, last) = (spikes[0].at, spikes[spikes.len() - 1].at);
    Time::from_ms(last.ms() + MARGIN * (1.0 + last.elapsed_since(first)))
}
