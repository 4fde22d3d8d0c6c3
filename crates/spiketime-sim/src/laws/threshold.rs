//! The adaptive threshold: T₀ + T, where T grows by T₊ at an own spike and decays with τ_T.
//!
//! ```text
//! τ_T dT/dt = −T;   T ← T + T₊ at an own spike
//! ```
//!
//! Report §2.5; T₊ = 10 mV and τ_T = 40 ms while training, T₊ = 0 while labelling and testing.

use crate::laws::lif::value_at;
use crate::real::Real;
use crate::time::Time;

/// The threshold at `now` \[mV\]: the neuron's own T₀ and what is left of its adaptation.
#[inline(always)]
#[must_use]
pub fn threshold_at<R: Real>(base_mv: R, adaptation_mv: R, since: Time, now: Time, tau_ms: f64) -> R {
    base_mv + value_at(adaptation_mv, since, now, tau_ms)
}

/// The adaptation after an own spike at `now` \[mV\].
#[inline(always)]
#[must_use]
pub fn raised<R: Real>(adaptation_mv: R, since: Time, now: Time, tau_ms: f64, step_mv: R) -> R {
    value_at(adaptation_mv, since, now, tau_ms) + step_mv
}
