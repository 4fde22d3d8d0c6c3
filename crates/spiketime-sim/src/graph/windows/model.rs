//! What neurons of the same constants share, and what is known of one without asking for its crossing.

use super::together::Constants;
use crate::graph::state::State;
use crate::graph::{Neuron, Synapses as Kind};
use crate::laws::quiet::Quiet;
use crate::time::Time;

/// Constants that neurons share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Model {
    pub neuron: Neuron,
    quiet: Quiet,
    /// Is T₀ not all there is to the threshold?
    pub adapts: bool,
    /// How many neurons have it.
    pub users: u32,
}

impl Model {
    /// Is it that of this neuron, to the bit? A reset to −0.0 is read as one.
    pub fn is_of(&self, neuron: &Neuron) -> bool {
        bits(&self.neuron) == bits(neuron)
    }

    pub fn new(neuron: &Neuron) -> Model {
        let limit_mv = neuron.rest_mv + neuron.bias_mv;
        let quiet = Quiet::new(neuron.threshold_mv, limit_mv, neuron.reset_mv, neuron.tau_membrane_ms);
        let adapts = matches!(neuron.synapses, Kind::Delta { adaptation_mv, .. } if adaptation_mv != 0.0);
        Model { neuron: *neuron, quiet, adapts, users: 0 }
    }

    pub fn constants(&self) -> Constants {
        let Neuron { rest_mv, bias_mv, tau_membrane_ms: tau_ms, synapses, .. } = self.neuron;
        let tau_synapse_ms = match synapses {
            Kind::Delta { .. } => tau_ms,
            Kind::Exponential { tau_synapse_ms } => tau_synapse_ms,
        };
        Constants { limit_mv: rest_mv + bias_mv, tau_ms, tau_synapse_ms, quiet: self.quiet }
    }

    /// The threshold is never below T₀, which the bound is for; a delta synapse has no current.
    pub fn quiet_until_ms(&self, state: &State) -> f64 {
        self.quiet.until_ms(state.potential_mv, state.current_mv, state.since.ms())
    }

    /// Is it known that a neuron which has this potential at `now` did not cross on the way?
    pub fn stayed_below(&self, state: &State, potential_mv: f64, now: Time) -> bool {
        match self.neuron.synapses {
            Kind::Delta { .. } => self.quiet.stays_below(state.potential_mv, potential_mv),
            Kind::Exponential { tau_synapse_ms } => {
                let from = (state.potential_mv, state.current_at(state.since, tau_synapse_ms));
                let to = (potential_mv, state.current_at(now, tau_synapse_ms));
                self.quiet.stays_below_driven(from, to)
            }
        }
    }

    /// Until when a neuron is quiet that was so up to `now`; −∞ where that is not known.
    pub fn quiet_after(&self, state: &State, now: Time) -> f64 {
        let Kind::Exponential { tau_synapse_ms } = self.neuron.synapses else { return f64::NEG_INFINITY };
        if state.is_refractory(now) {
            return f64::NEG_INFINITY;
        }
        let from = (state.potential_mv, state.current_at(state.since, tau_synapse_ms));
        let to = (state.potential_at(&self.neuron, now), state.current_at(now, tau_synapse_ms));
        let is_known = self.quiet.stays_below_driven(from, to);
        if is_known { self.quiet.until_ms(to.0, to.1, now.ms()) } else { f64::NEG_INFINITY }
    }

    pub fn is_above(&self, state: &State, now: Time) -> bool {
        if self.adapts {
            return state.is_above(&self.neuron, now);
        }
        !state.is_refractory(now) && state.potential_mv > self.neuron.threshold_mv
    }
}

/// All constants but the potential at the start.
fn bits(neuron: &Neuron) -> (bool, [u64; 8]) {
    let &Neuron {
        synapses, tau_membrane_ms, rest_mv, bias_mv, threshold_mv, reset_mv, refractory_ms, ..
    } = neuron;
    let (has_currents, [first, second]) = match synapses {
        Kind::Delta { adaptation_mv, tau_adaptation_ms } => (false, [adaptation_mv, tau_adaptation_ms]),
        Kind::Exponential { tau_synapse_ms } => (true, [tau_synapse_ms, 0.0]),
    };
    let shared = [tau_membrane_ms, rest_mv, bias_mv, threshold_mv, reset_mv, refractory_ms, first, second];
    (has_currents, shared.map(f64::to_bits))
}
