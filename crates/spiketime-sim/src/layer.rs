//! One layer: two engines, one meaning. [`network`] is the layer as data, [`observer`] sees what happens.
//!
//! `reference` is the definition: one event at a time off the queue, one neuron at a time. `dense`
//! is the same answer, a block of input spikes at a time. Both call the formulas of [`crate::laws::lif`],
//! [`crate::laws::threshold`], [`crate::laws::stdp`] and [`crate::laws::inhibition`], so at one precision they agree
//! bit for bit: spikes, weights, potentials, thresholds.

pub mod constants;
pub mod decays;
mod dense;
pub mod memory;
pub mod network;
pub mod observer;
pub mod own;
mod own_spike;
mod queue;
mod reference;
pub(crate) mod rows;
mod rules;
mod stored;

use crate::event::InputSpike;
use crate::instruction_set::InstructionSet;
use crate::layer::decays::Decays;
use crate::layer::network::Network;
use crate::layer::observer::Observer;
use crate::real::Real;

/// Which engine computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// The readable definition.
    Reference,
    /// The fast one, on the widest instructions that the CPU has.
    #[default]
    Dense,
    /// The fast one, on the given instructions.
    DenseOn(InstructionSet),
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
    let decays = Decays::between(spikes, network.layer.tau_membrane_ms);
    present_decayed(engine, network, spikes, &decays, observer);
}

/// As [`present`], where the decays between the spikes are known from another layer.
///
/// # Panics
/// As [`present`]; when the decays are not those of these spikes and this layer.
pub fn present_decayed<R: Real>(
    engine: Engine,
    network: &mut Network<R>,
    spikes: &[InputSpike],
    decays: &Decays,
    observer: &mut impl Observer,
) {
    if !decays.goes_on() {
        assert!(spikes.is_sorted(), "input spikes must be sorted by time, then source");
    }
    if let Some(first) = spikes.first() {
        let (at_ms, clock_ms) = (first.at.ms(), network.potentials_since[0].ms());
        assert!(at_ms >= clock_ms, "input spike at {at_ms} ms, but the clock is at {clock_ms} ms");
    }
    match engine {
        Engine::Reference => reference::present(network, spikes, observer),
        Engine::Dense => dense::present(InstructionSet::widest(), network, spikes, decays, observer),
        Engine::DenseOn(instructions) => dense::present(instructions, network, spikes, decays, observer),
    }
    debug_assert_eq!(network.broken_invariant(), None);
}

/// As [`present`] by the dense engine, on the given instructions: the results are the same bytes.
///
/// # Panics
/// As [`present`].
pub fn present_on<R: Real>(
    instructions: InstructionSet,
    network: &mut Network<R>,
    spikes: &[InputSpike],
    observer: &mut impl Observer,
) {
    present(Engine::DenseOn(instructions), network, spikes, observer);
}
