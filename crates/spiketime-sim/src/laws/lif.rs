//! The leaky integrate-and-fire neuron, solved exactly between events.
//!
//! ```text
//! τ_v dv/dt = −v        between inputs:  v(t) = v(s) · e^(−(t − s)/τ_v)
//! v ← v + w             at an input spike (delta synapse, w = ΔV_max · g/g_max)
//! spike                 iff v > T₀ + T at an input, strictly; then v ← 0
//! ```
//!
//! Report §2.2. With τ_T ≥ τ_v, T₀ ≥ 0 and T ≥ 0 a potential that stands at or below its threshold
//! after an input stays there until the next: v₀xᵃ − Tx − T₀ with x = e^(−s/τ_T), a = τ_T/τ_v ≥ 1
//! is convex and not positive at both ends (and every term is ≤ 0 where v₀ < 0). So spikes happen
//! at input times only, and no root has to be found.

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
