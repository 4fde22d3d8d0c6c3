//! The state of one neuron: values and the times they were stored at; what they are later is read.
//!
//! ```text
//! v(t) = μ + (v₀ − μ) e^(−t/τ_v) + s₀ h(t),   μ = rest + bias,   h as in laws/crossing.rs
//! ```
//!
//! After a spike the potential is stored for the end of the refractory time: until then it is reset.

use crate::laws::crossing::{Approach, response};
use crate::laws::lif::{decay_factor, relaxed, value_at};
use crate::laws::threshold::{raised, threshold_at};
use crate::time::Time;

use super::{Neuron, Synapses};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct State {
    pub potential_mv: f64,
    /// When the potential was stored; ahead of the clock while the neuron is refractory.
    pub since: Time,
    /// The synaptic current s as stored at the last input \[mV\].
    pub current_mv: f64,
    pub current_since: Time,
    /// The adaptive part T as stored at the last own spike \[mV\].
    pub adaptation_mv: f64,
    pub last_spike: Time,
}

impl State {
    pub fn new(neuron: &Neuron, start: Time) -> State {
        State {
            potential_mv: neuron.initial_mv,
            since: start,
            current_mv: 0.0,
            current_since: start,
            adaptation_mv: 0.0,
            last_spike: Time::NEVER,
        }
    }

    pub fn is_refractory(&self, now: Time) -> bool {
        now < self.since
    }

    pub fn potential_at(&self, neuron: &Neuron, now: Time) -> f64 {
        if now <= self.since {
            return self.potential_mv;
        }
        let elapsed_ms = now.elapsed_since(self.since);
        let limit_mv = neuron.rest_mv + neuron.bias_mv;
        let undriven = relaxed(self.potential_mv, limit_mv, decay_factor(elapsed_ms, neuron.tau_membrane_ms));
        match neuron.synapses {
            Synapses::Delta { .. } => undriven,
            Synapses::Exponential { tau_synapse_ms } => {
                let current_mv = self.current_at(self.since, tau_synapse_ms);
                undriven + current_mv * response(elapsed_ms, neuron.tau_membrane_ms, tau_synapse_ms)
            }
        }
    }

    pub fn threshold_at(&self, neuron: &Neuron, now: Time) -> f64 {
        match neuron.synapses {
            Synapses::Delta { tau_adaptation_ms, .. } => {
                threshold_at(neuron.threshold_mv, self.adaptation_mv, self.last_spike, now, tau_adaptation_ms)
            }
            Synapses::Exponential { .. } => neuron.threshold_mv,
        }
    }

    pub fn current_at(&self, now: Time, tau_synapse_ms: f64) -> f64 {
        // Mostly it is asked for when it was stored, and then nothing has decayed: e^0 is 1 to the bit.
        if now == self.current_since {
            return self.current_mv;
        }
        value_at(self.current_mv, self.current_since, now, tau_synapse_ms)
    }

    /// An input of this weight. In the refractory time a delta input is lost; a current flows on.
    pub fn receive(&mut self, neuron: &Neuron, now: Time, weight_mv: f64) {
        self.receive_at(neuron, now, self.potential_at(neuron, now), weight_mv);
    }

    /// The same where the potential of this instant is known.
    pub fn receive_at(&mut self, neuron: &Neuron, now: Time, potential_mv: f64, weight_mv: f64) {
        self.store_at(now, potential_mv);
        match neuron.synapses {
            Synapses::Delta { .. } if self.is_refractory(now) => {}
            Synapses::Delta { .. } => self.potential_mv += weight_mv,
            Synapses::Exponential { tau_synapse_ms } => {
                self.current_mv = self.current_at(now, tau_synapse_ms) + weight_mv;
                self.current_since = now;
            }
        }
    }

    /// Stores the potential of this instant, before an event changes what it will do.
    pub fn store(&mut self, neuron: &Neuron, now: Time) {
        self.store_at(now, self.potential_at(neuron, now));
    }

    fn store_at(&mut self, now: Time, potential_mv: f64) {
        if !self.is_refractory(now) {
            self.potential_mv = potential_mv;
            self.since = now;
        }
    }

    /// An own spike.
    pub fn spike(&mut self, neuron: &Neuron, now: Time) {
        if let Synapses::Delta { adaptation_mv, tau_adaptation_ms } = neuron.synapses {
            self.adaptation_mv =
                raised(self.adaptation_mv, self.last_spike, now, tau_adaptation_ms, adaptation_mv);
        }
        self.last_spike = now;
        self.potential_mv = neuron.reset_mv;
        self.since = Time::from_ms(now.ms() + neuron.refractory_ms);
    }

    /// Does the neuron stand above its threshold?
    pub fn is_above(&self, neuron: &Neuron, now: Time) -> bool {
        !self.is_refractory(now) && self.potential_at(neuron, now) > self.threshold_at(neuron, now)
    }

    /// When it will, if no input comes: `None` also where no time can tell.
    pub fn next_crossing(&self, neuron: &Neuron) -> Option<Time> {
        let elapsed_ms = self.approach(neuron).first_crossing_ms()?;
        let at_ms = self.since.ms() + elapsed_ms;
        at_ms.is_finite().then(|| Time::from_ms(at_ms))
    }

    fn approach(&self, neuron: &Neuron) -> Approach {
        let value = |stored, since, tau_ms| value_at(stored, since, self.since, tau_ms);
        let (current_mv, adaptation_mv, tau_drive_ms) = match neuron.synapses {
            Synapses::Delta { tau_adaptation_ms: tau_ms, .. } => {
                (0.0, value(self.adaptation_mv, self.last_spike, tau_ms), tau_ms)
            }
            Synapses::Exponential { tau_synapse_ms: tau_ms } => {
                (value(self.current_mv, self.current_since, tau_ms), 0.0, tau_ms)
            }
        };
        Approach {
            margin_mv: self.potential_mv - neuron.threshold_mv,
            limit_mv: neuron.rest_mv + neuron.bias_mv - neuron.threshold_mv,
            current_mv,
            adaptation_mv,
            tau_membrane_ms: neuron.tau_membrane_ms,
            tau_drive_ms,
        }
    }
}
