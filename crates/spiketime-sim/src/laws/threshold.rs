//! The threshold: a part at rest, and parts that an own spike raises and that decay.
//!
//! ```text
//! threshold = f T₀ (1 + θ) s + T + f L
//! τ_T dT/dt = −T;   T ← T + T₊ at an own spike
//! τ_L dL/dt = −L;   L ← L + L₊ at an own spike
//! ```
//!
//! T: report §2.5; T₊ = 10 mV and τ_T = 40 ms while training, T₊ = 0 while labelling and testing. L, the part that
//! lasts, is the θ of Diehl & Cook 2015 (Front. Comput. Neurosci. 9:99): it stays as it is while labelling and
//! testing. f is one factor for all, another one at test if wished; θ belongs to [`crate::laws::homeostasis`]; s is the
//! size of the neuron's weights ([`crate::laws::measure`]) or 1.

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

/// The part at rest, f T₀ (1 + θ) s \[mV\].
#[inline(always)]
#[must_use]
pub fn resting<R: Real>(base_mv: R, factor: f64, theta: f64, scale: f64) -> R {
    R::rounded(factor * base_mv.to_f64() * (1.0 + theta) * scale)
}
