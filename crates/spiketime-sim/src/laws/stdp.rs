//! The report's plasticity: at an own output spike, from the time stamps of input spikes.
//!
//! ```text
//! x = g/g_max.  An input whose last spike is at most `window_ms` old gains  a₊ · r(x),
//! every other input loses  a₋ · f(x);  then clip x to [0, 1].
//! ```
//!
//! r and f are the factors of [`Conductance`]. Additive this is the author's rule: linear in conductance, a
//! rectangular window whose edge belongs to it. Before an input's first spike it is not recent. The exponential
//! family, r = e^(−β₊ x) and f = e^(−β₋ (1 − x)), is that of Querlioz et al. 2013 (IEEE Trans. Nanotechnol. 12(3)), for
//! the report's §5.4.

use crate::laws::conductance::{Conductance, Factors};
use crate::real::Real;
use crate::time::Time;

/// What an output spike changes at each of its own synapses.
#[derive(Clone, Debug, PartialEq)]
pub struct Plasticity {
    /// An input spike of this age or less is recent \[ms\].
    pub window_ms: f64,
    /// a₊, as a fraction of g_max.
    pub gain: f64,
    /// a₋, as a fraction of g_max. Negative: inputs that were not recent gain as well.
    pub loss: f64,
    /// r and f.
    pub conductance: Conductance,
}

impl Plasticity {
    /// Is an input that last spiked at `last` recent at `now`? The edge of the window is.
    #[inline(always)]
    #[must_use]
    pub fn is_recent(&self, last: Time, now: Time) -> bool {
        now.elapsed_since(last) <= self.window_ms
    }

    /// The signed change of a synapse, as a fraction of g_max, before the clip; r and f are those of its x.
    #[inline(always)]
    #[must_use]
    pub fn step(&self, factors: Factors, recent: bool) -> f64 {
        if recent { self.gain * factors.rise } else { -self.loss * factors.fall }
    }

    /// The weight after an own output spike \[mV\]; r and f are those of x = w/w_max.
    #[inline(always)]
    #[must_use]
    pub fn learned<R: Real>(&self, weight_mv: R, factors: Factors, max_mv: f64, recent: bool) -> R {
        clipped(weight_mv, R::rounded(self.step(factors, recent) * max_mv), R::rounded(max_mv))
    }
}

/// The weight moved by `step_mv`, held within [0, `max_mv`].
#[inline(always)]
#[must_use]
pub fn clipped<R: Real>(weight_mv: R, step_mv: R, max_mv: R) -> R {
    let moved = weight_mv + step_mv;
    let moved = if moved > max_mv { max_mv } else { moved };
    let moved = if moved < R::ZERO { R::ZERO } else { moved };
    debug_assert!(moved >= R::ZERO && moved <= max_mv, "{moved:?} mV is no weight from 0 to {max_mv:?}");
    moved
}
