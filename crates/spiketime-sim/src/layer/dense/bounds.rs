//! A lower bound of every threshold, good for the next few input spikes.
//!
//! A threshold is T₀ + T(t) with T ≥ 0, so T₀ is a bound for all, and T₀ with what is left of L at the presentation's
//! end is another. For the few neurons that have spiked in this presentation T is far from 0: as it
//! only decays, its value at the end of a span bounds it within. Whoever stands above its bound gets
//! the exact test.

use crate::event::InputSpike;
use crate::laws::threshold::threshold_at;
use crate::layer::network::Network;
use crate::layer::rows::{LANES, Tile, place, tiled};
use crate::real::Real;
use crate::time::Time;

use super::integrate::BLOCK;

/// How many input spikes the bounds hold for. At 5 spikes a ms, T decays by a quarter in a span.
const SPAN: usize = 8 * BLOCK;
/// Where one neuron of so many has spiked, the bounds of all of them cost less than theirs alone.
const MANY: usize = 4;
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
    /// A time a little after the last of those.
    end: Time,
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
        Bounds { lowest_mv, adapted: Vec::new(), until: 0, end: Time::ZERO }
    }

    /// Makes the bounds hold for a block from `next` on.
    #[inline(always)]
    pub fn hold(&mut self, network: &Network<R>, spikes: &[InputSpike], next: usize) {
        if next + BLOCK <= self.until || self.adapted.is_empty() {
            return;
        }
        self.until = next + SPAN;
        self.end = beyond(&spikes[next..self.until.min(spikes.len())]);
        if network.layer.lasting.is_none()
            && network.own.tau_adaptation_ms.is_empty()
            && MANY * self.adapted.len() > network.neurons()
        {
            return self.hold_all(network);
        }
        for &neuron in &self.adapted {
            let (tile, lane) = place(neuron as usize);
            self.lowest_mv[tile].0[lane] = network.threshold(neuron as usize, self.end);
        }
    }

    /// Each neuron's own threshold at the end, by vector code.
    #[inline(always)]
    fn hold_all(&mut self, network: &Network<R>) {
        let tau_ms = network.layer.tau_adaptation_ms;
        let parts = network.adaptations_mv.chunks(LANES).zip(network.adaptations_since.chunks(LANES));
        let tiles = self.lowest_mv.iter_mut().zip(network.thresholds_mv.chunks(LANES)).zip(parts);
        for ((lowest, thresholds), (adaptations, since)) in tiles {
            let parts = thresholds.iter().zip(adaptations).zip(since);
            for (lowest, ((&threshold, &adaptation), &since)) in lowest.0.iter_mut().zip(parts) {
                *lowest = threshold_at(threshold, adaptation, since, self.end, tau_ms);
            }
        }
    }

    /// These neurons have spiked; the bounds of the others hold as long as they did.
    #[inline(always)]
    pub fn raised(&mut self, network: &Network<R>, winners: &[u32]) {
        let layer = &network.layer;
        if layer.adaptation_mv == 0.0 && layer.lasting.is_none() && !layer.moves_thresholds() {
            return;
        }
        if self.adapted.is_empty() {
            self.until = 0; // No span has begun.
        }
        for &neuron in winners {
            let (tile, lane) = place(neuron as usize);
            self.lowest_mv[tile].0[lane] = network.threshold(neuron as usize, self.end);
            if !self.adapted.contains(&neuron) {
                self.adapted.push(neuron);
            }
        }
    }
}

/// A time a little after the last of these input spikes.
#[inline(always)]
fn beyond(spikes: &[InputSpike]) -> Time {
    let (first, last) = (spikes[0].at, spikes[spikes.len() - 1].at);
    Time::from_ms(last.ms() + MARGIN * (1.0 + last.elapsed_since(first)))
}
