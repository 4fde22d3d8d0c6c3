//! Plasticity from what the inputs have done in this presentation: at an own output spike.
//!
//! ```text
//! c_i   input spikes of this presentation, or a trace Σ e^(−(t − t_i)/τ)
//! y_i = S c_i / Σ c     normalised to the sum S, or y_i = c_i
//! w_i ← w_i + η [(y_i + a) r(w_i) − b f(w_i)]     then clip w to [0, w_max]
//! ```
//!
//! r and f are the factors of [`Conductance`], 1 where steps do not depend on it. With a = b = c, r exponential with
//! β = w_max/c and f additive it reads w ← w + η [(y + c) e^(−w/c) − c]: w tends to c ln(1 + E\[y\]/c) at the rate η
//! for every input. With a = 0, b = w_max, r additive and f soft it reads w ← w + η (y − w), the running mean. A first
//! own spike may put w at once where the rule would leave it at this y. Own law, by experiment; its first form is
//! Querlioz et al. 2013, IEEE Trans. Nanotechnol. 12(3); counts against stamps: Diehl & Cook 2015, Front. Comput.
//! Neurosci. 9:99 (their rule "with a presynaptic trace").

use crate::laws::annealing::Annealed;
use crate::laws::conductance::Dependence::{Additive, Exponential, Soft};
use crate::laws::conductance::{Conductance, Factors};
use crate::laws::exp::exp;
use crate::laws::lif::decay_factor;
use crate::laws::ln::{ln, ln_1p};
use crate::laws::stdp::clipped;
use crate::real::Real;
use crate::time::Time;

/// What an output spike changes at each of its own synapses.
#[derive(Clone, Debug, PartialEq)]
pub struct CountPlasticity {
    /// Time constant of an input's trace τ \[ms\]; infinite: a count, from 0 at each onset.
    pub tau_trace_ms: f64,
    /// What the y of all inputs add up to, S \[mV\]; `None`: y = c, a spike is 1 mV.
    pub sum_mv: Option<f64>,
    /// a \[mV\].
    pub gain_offset_mv: f64,
    /// b \[mV\].
    pub loss_mv: f64,
    /// r and f.
    pub conductance: Conductance,
    /// η.
    pub rate: Rate,
    /// Does a neuron's first spike put its weights where the rule would leave them?
    pub imprints: bool,
}

/// The constant η of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// max(n^−power, floor) at the neuron's n-th own spike.
    OwnSpikes {
        /// How fast it falls.
        power: f64,
        /// Where it ends.
        floor: f64,
    },
    /// By the fraction of training that is done, or constant.
    Annealed(Annealed),
}

impl Rate {
    /// η at a neuron's `spikes`-th own spike, counted from 1.
    #[must_use]
    pub fn at(&self, spikes: u32, progress: f64) -> f64 {
        match *self {
            Rate::OwnSpikes { power, floor } => exp(-power * ln(f64::from(spikes))).max(floor),
            Rate::Annealed(annealed) => annealed.at(progress),
        }
    }
}

impl CountPlasticity {
    /// What is left at `now` of an input's trace, stored at its last spike.
    #[inline(always)]
    #[must_use]
    pub fn trace_at(&self, stored: f64, last: Time, now: Time) -> f64 {
        // A count does not decay; and of an input that never spiked, ∞/∞ ages would be no number.
        if self.tau_trace_ms == f64::INFINITY {
            stored
        } else {
            stored * decay_factor(now.elapsed_since(last), self.tau_trace_ms)
        }
    }

    /// An input's trace after a spike at `now`.
    #[inline(always)]
    #[must_use]
    pub fn traced(&self, stored: f64, last: Time, now: Time) -> f64 {
        self.trace_at(stored, last, now) + 1.0
    }

    /// y of an input with this trace, where all traces add up to `total`, in ascending order of input.
    #[inline(always)]
    #[must_use]
    pub fn drive_mv(&self, trace: f64, total: f64) -> f64 {
        self.sum_mv.map_or(trace, |sum_mv| sum_mv * trace / total)
    }

    /// The weight after an own spike with the step constant `rate` \[mV\]; r and f are those of x = w/w_max.
    #[inline(always)]
    #[must_use]
    pub fn learned<R: Real>(
        &self,
        weight_mv: R,
        factors: Factors,
        max_mv: f64,
        drive_mv: f64,
        rate: f64,
    ) -> R {
        clipped(weight_mv, R::rounded(self.step_mv(factors, drive_mv, rate)), R::rounded(max_mv))
    }

    /// The signed change of a synapse \[mV\], before the clip.
    #[inline(always)]
    #[must_use]
    pub fn step_mv(&self, factors: Factors, drive_mv: f64, rate: f64) -> f64 {
        let gain_mv = (drive_mv + self.gain_offset_mv) * factors.rise;
        let loss_mv = self.loss_mv * factors.fall;
        rate * (gain_mv - loss_mv)
    }

    /// The weight after a first spike that imprints \[mV\].
    #[must_use]
    pub fn imprinted<R: Real>(&self, max_mv: f64, drive_mv: f64) -> R {
        let weight_mv = self.fixed_point_mv(max_mv, drive_mv).unwrap_or_default();
        clipped(R::ZERO, R::rounded(weight_mv), R::rounded(max_mv))
    }

    /// Where (y + a) r = b f \[mV\]; `None` where that is not solved.
    #[must_use]
    pub fn fixed_point_mv(&self, max_mv: f64, drive_mv: f64) -> Option<f64> {
        let (gain_offset_mv, loss_mv) = (self.gain_offset_mv, self.loss_mv);
        match (&self.conductance.rise, &self.conductance.fall) {
            (Exponential { exponent }, Additive) => {
                // ln((y + a)/b), as the difference to 1: where y is small its digits stay.
                let excess = (drive_mv + (gain_offset_mv - loss_mv)) / loss_mv;
                Some(max_mv / exponent * ln_1p(excess))
            }
            (Additive, Soft) => Some(max_mv * ((drive_mv + gain_offset_mv) / loss_mv)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(conductance: Conductance, gain_offset_mv: f64, loss_mv: f64) -> CountPlasticity {
        let rate = Rate::OwnSpikes { power: 0.5, floor: 0.25 };
        let (tau_trace_ms, sum_mv, imprints) = (f64::INFINITY, None, true);
        CountPlasticity { tau_trace_ms, sum_mv, gain_offset_mv, loss_mv, conductance, rate, imprints }
    }

    #[test]
    fn a_first_spike_puts_a_weight_where_the_next_one_would_leave_it() {
        // 4/8 · ln(1.5/0.25) of mpmath, and 4 · 1.5/2.
        let exponential = Conductance { rise: Exponential { exponent: 8.0 }, fall: Additive };
        let soft = Conductance { rise: Additive, fall: Soft };
        for (conductance, loss_mv, expected) in
            [(exponential, 0.25, 0.895_879_734_614_027_5), (soft, 2.0, 3.0)]
        {
            let rule = rule(conductance.clone(), 0.5, loss_mv);
            let imprinted: f64 = rule.imprinted(4.0, 1.0);
            // ln to 3 units in the last place; then e^−x of a few x to 2 more.
            assert!((imprinted - expected).abs() <= 4.0 * f64::EPSILON * expected, "{imprinted}");
            let again = rule.learned(imprinted, conductance.factors(imprinted / 4.0), 4.0, 1.0, 1.0);
            assert!((again - imprinted).abs() <= 8.0 * f64::EPSILON, "{again} after {imprinted}");
        }
    }

    #[test]
    fn a_step_constant_falls_with_own_spikes_to_its_floor() {
        let rate = Rate::OwnSpikes { power: 0.5, floor: 0.25 };
        for (spikes, eta) in [(1, 1.0), (4, 0.5), (16, 0.25), (64, 0.25)] {
            // e^x to 2 units in the last place, at ln n to 2 more.
            assert!((rate.at(spikes, 0.0) - eta).abs() <= 8.0 * f64::EPSILON * eta);
        }
    }
}
