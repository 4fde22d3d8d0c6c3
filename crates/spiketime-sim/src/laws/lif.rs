//! The leaky integrate-and-fire neuron, solved exactly between events.
//!
//! ```text
//! τ_v dv/dt = −v        between inputs:  v(t) = v(s) · e^(−(t − s)/τ_v)
//! v ← v + w             at an input spike (delta synapse, w = ΔV_max · g/g_max)
//! spike                 iff v > T₀ + T at an input, strictly; then v ← 0
//! ```
//!
//! Report §2.2. With T₀ ≥ 0, T ≥ 0 and L ≥ 0 and every time constant of a threshold at least τ_v, a potential that
//! stands at or below its threshold after an input stays there until the next: times e^(s/τ_v) the potential stays v₀,
//! while T₀ e^(s/τ_v), T e^(s/τ_v − s/τ_T) and L e^(s/τ_v − s/τ_L) do not fall. Without leak (τ_v = ∞) this asks
//! for a T and an L that do not decay. So spikes happen at input times only, and no root has to be found.
//!
//! A silent neuron, refractory or held, stays at 0 and hears nothing.

use crate::laws::exp::exp;
use crate::real::Real;
use crate::time::Time;

/// What is left after `elapsed_ms` of a value that decays with `tau_ms`.
#[inline(always)]
#[must_use]
pub fn decay_factor(elapsed_ms: f64, tau_ms: f64) -> f64 {
    exp(-elapsed_ms / tau_ms)
}

/// A value stored at `since`, seen at `now`. Reading does not write.
#[inline(always)]
#[must_use]
pub fn value_at<R: Real>(stored: R, since: Time, now: Time, tau_ms: f64) -> R {
    stored * R::rounded(decay_factor(now.elapsed_since(since), tau_ms))
}

/// What has decayed by `factor` toward a limit that is not 0: limit + (value − limit) · factor.
#[inline(always)]
#[must_use]
pub fn relaxed(value_mv: f64, limit_mv: f64, factor: f64) -> f64 {
    limit_mv + (value_mv - limit_mv) * factor
}

/// The potential after an input spike \[mV\].
#[inline(always)]
#[must_use]
pub fn received<R: Real>(decayed_mv: R, weight_mv: R) -> R {
    decayed_mv + weight_mv
}

/// Does a neuron spike here? Strictly above: at the threshold it does not.
#[inline(always)]
#[must_use]
pub fn crosses<R: Real>(potential_mv: R, threshold_mv: R) -> bool {
    potential_mv > threshold_mv
}

/// Does a neuron hear nothing? An input at the very end of its silence counts.
#[inline(always)]
#[must_use]
pub fn is_silent(until: Time, now: Time) -> bool {
    now < until
}

/// The end of a silence that begins now: the next onset where `silence_ms` is infinite.
#[must_use]
pub fn silence_end(now: Time, silence_ms: f64) -> Time {
    if silence_ms == f64::INFINITY { Time::END } else { Time::from_ms(now.ms() + silence_ms) }
}
