//! Pair STDP with exponential windows, from the time stamps of the last spikes only.
//!
//! ```text
//! at an output spike at t:   g ← g + a₊ Σ e^(−(t − t_in)/τ₊)     over earlier inputs, or the last one
//! at an input at t:          g ← g − a₋ Σ e^(−(t − t_out)/τ₋)    over earlier output spikes, or the last
//! ```
//!
//! then clip to [0, g_max]. The sum over all earlier spikes is a trace: its value at the last spike and
//! that spike's time are all that is stored. An input counts when it reaches the neuron. Where both fall
//! on one instant the input comes first: it is 0 ms old at the output spike, which it does not follow.
//! Morrison, Diesmann & Gerstner 2008, Biol. Cybern. 98:459, §4.

use crate::laws::exp::exp;
use crate::laws::stdp::clipped;
use crate::time::Time;

/// Which pairs of spikes count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// Every pair.
    AllToAll,
    /// Each spike with the last one of the other side.
    Nearest,
}

/// The rule of a synapse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairStdp {
    /// a₊, as a fraction of g_max.
    pub gain: f64,
    /// τ₊ \[ms\].
    pub tau_gain_ms: f64,
    /// a₋, as a fraction of g_max.
    pub loss: f64,
    /// τ₋ \[ms\].
    pub tau_loss_ms: f64,
    /// Which pairs count.
    pub pairing: Pairing,
}

/// What is left of the spikes of one side: the sum at the last one, and when that was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trace {
    /// The sum just after the last spike.
    pub value: f64,
    /// The last spike.
    pub since: Time,
}

impl Trace {
    /// No spike yet.
    pub const EMPTY: Trace = Trace { value: 0.0, since: Time::NEVER };

    /// What is left at `now`. Reading does not write.
    #[inline(always)]
    #[must_use]
    pub fn at(&self, now: Time, tau_ms: f64) -> f64 {
        self.value * exp(-now.elapsed_since(self.since) / tau_ms)
    }

    /// After a spike at `now`.
    #[inline(always)]
    #[must_use]
    pub fn after_spike(&self, now: Time, tau_ms: f64, pairing: Pairing) -> Trace {
        let earlier = match pairing {
            Pairing::AllToAll => self.at(now, tau_ms),
            Pairing::Nearest => 0.0,
        };
        Trace { value: earlier + 1.0, since: now }
    }
}

impl PairStdp {
    /// The weight after an output spike, given the trace of the inputs \[mV\].
    #[inline(always)]
    #[must_use]
    pub fn gained(&self, weight_mv: f64, max_mv: f64, inputs: &Trace, now: Time) -> f64 {
        clipped(weight_mv, self.gain * max_mv * inputs.at(now, self.tau_gain_ms), max_mv)
    }

    /// The weight after an input, given the trace of the output spikes \[mV\].
    #[inline(always)]
    #[must_use]
    pub fn lost(&self, weight_mv: f64, max_mv: f64, outputs: &Trace, now: Time) -> f64 {
        clipped(weight_mv, -self.loss * max_mv * outputs.at(now, self.tau_loss_ms), max_mv)
    }
}
