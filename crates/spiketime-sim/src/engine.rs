//! Two engines, one meaning.
//!
//! `reference` is the definition: one event at a time off the queue, one neuron at a time. `dense`
//! is the same answer, a row of weights at a time. Both call the formulas of [`crate::lif`],
//! [`crate::threshold`], [`crate::stdp`] and [`crate::inhibition`], so at one precision they agree
//! bit for bit: spikes, weights, potentials, thresholds.

mod dense;
mod reference;

use crate::event::InputSpike;
use crate::network::Network;
use crate::observer::Observer;
use crate::real::Real;

/// Which engine computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// The readable definition.
    Reference,
    /// The fast one.
    #[default]
    Dense,
}

/// Presents input spikes, sorted by (time, source), to the network.
///
/// Afterwards the caller moves the clock on with [`Network::next_onset`].
///
/// # Panics
/// When the spikes are out of order, lie before what is stored, or name an input that is not there.
pub fn present<R: Real>(
    engine: Engine,
    network: &mut Network<R>,
    spikes: &[InputSpike],
    observer: &mut impl Observer,
) {
    assert!(spikes.is_sorted(), "input spikes must be sorted by time, then source");
    if let Some(first) = spikes.first() {
        let since = network.potentials_since[0];
        assert!(
            first.at >= since,
            "input spike at {} ms, but the clock is at {} ms",
            first.at.ms(),
            since.ms()
        );
    }
    match engine {
        Engine::Reference => reference::present(network, spikes, observer),
        Engine::Dense => dense::present(network, spikes, observer),
    }
}
