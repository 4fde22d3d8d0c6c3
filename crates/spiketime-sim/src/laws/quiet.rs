//! Until when a potential surely stays below its threshold, for the price of a multiplication.
//!
//! ```text
//! τ dv/dt = limit + s − v ≤ L − v,   L = limit + max(s₀, 0)
//! v(t) ≤ v₀ + (L − v₀)(1 − e^(−t/τ)) ≤ v₀ + (L − v₀) t/τ;   the threshold is T₀ or more
//! no crossing before   τ d/(d + L − T₀),   d = T₀ − v₀;   never where L ≤ T₀
//! ```
//!
//! d/(d + x) grows with d, so any smaller d gives a bound too: an undriven neuron takes min(d, T₀ − reset) and the
//! line through that end, which needs no division.
//!
//! The bound is held against crossings that [`crate::laws::crossing`] computes, to whose rounding it leaves room: d is
//! taken 10⁻⁹ of all potentials smaller, and the time 10⁻⁶ of it shorter; a crossing is off by less than 10⁻¹³ of both. A
//! potential beyond 1000 times the others, or where all are so small that 10⁻⁹ of them are no f64 number, has no bound.

use crate::time::Time;

/// What is left to rounding, of potentials.
const SLACK: f64 = 1e-9;
/// What is left of a wait.
const SHORTER: f64 = 1.0 - 1e-6;
/// Potentials beyond so many times the constants are not judged.
const LARGEST: f64 = 1e3;
/// Constants below are not judged \[mV\].
const SMALLEST_MV: f64 = 1e-290;

/// The bounds of a neuron's constants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quiet {
    /// Below here by more than rounding; −∞ where nothing is judged.
    below_mv: f64,
    /// Above here rounding is less than the slack.
    above_mv: f64,
    /// T₀ − reset.
    reach_mv: f64,
    /// limit − T₀.
    excess_mv: f64,
    tau_ms: f64,
    /// The wait for each mV of d, undriven.
    ms_per_mv: f64,
}

impl Quiet {
    pub fn new(threshold_mv: f64, limit_mv: f64, reset_mv: f64, tau_ms: f64) -> Quiet {
        let size_mv = threshold_mv.abs() + limit_mv.abs() + reset_mv.abs();
        let is_judged = size_mv >= SMALLEST_MV;
        let (reach_mv, excess_mv) = (threshold_mv - reset_mv, limit_mv - threshold_mv);
        let rises = excess_mv > 0.0;
        Quiet {
            below_mv: if is_judged { threshold_mv - SLACK * size_mv } else { f64::NEG_INFINITY },
            above_mv: -LARGEST * size_mv,
            reach_mv,
            excess_mv,
            tau_ms: tau_ms * SHORTER,
            ms_per_mv: if rises { tau_ms * SHORTER / (reach_mv + excess_mv) } else { f64::INFINITY },
        }
    }

    /// An undriven potential moves one way only: where it stands at both ends tells that it did not cross between.
    #[inline(always)]
    pub fn stays_below(&self, from_mv: f64, to_mv: f64) -> bool {
        from_mv.max(to_mv) < self.below_mv && from_mv > self.above_mv
    }

    /// No crossing before, if no input comes; in the past or no number where that is not known.
    #[inline(always)]
    pub fn undriven_until_ms(&self, potential_mv: f64, since: Time) -> f64 {
        since.ms() + (self.below_mv - potential_mv).min(self.reach_mv) * self.ms_per_mv
    }

    /// The same while a current flows that was at most `current_mv`.
    #[inline(always)]
    pub fn driven_until_ms(&self, potential_mv: f64, current_mv: f64, since: Time) -> f64 {
        let (distance_mv, excess_mv) =
            ((self.below_mv - potential_mv).min(self.reach_mv), self.excess_mv + current_mv.max(0.0));
        let shares = if excess_mv > 0.0 { distance_mv / (distance_mv + excess_mv) } else { f64::INFINITY };
        // Below the slack nothing is known: not even where nothing rises, since inf · −d would say so.
        if distance_mv > 0.0 { since.ms() + self.tau_ms * shares } else { f64::NEG_INFINITY }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// μ = 20 mV, T₀ = 10 mV, τ = 20 ms.
    fn clock() -> Quiet {
        Quiet::new(10.0, 20.0, 0.0, 20.0)
    }

    #[test]
    fn no_bound_lies_behind_the_crossing_and_none_is_idle() {
        for potential_mv in [-100.0, -10.0, -1.0, 0.0, 5.0, 9.0, 9.999] {
            let crossing_ms = 20.0 * f64::ln((20.0 - potential_mv) / 10.0);
            let bound_ms = clock().undriven_until_ms(potential_mv, Time::ZERO);
            assert!(0.0 < bound_ms && bound_ms < crossing_ms, "{potential_mv}: {bound_ms}, {crossing_ms}");
            let driven_ms = clock().driven_until_ms(potential_mv, 0.0, Time::ZERO);
            assert!(bound_ms <= driven_ms * (1.0 + 1e-12) && driven_ms < crossing_ms, "{driven_ms}");
        }
    }

    #[test]
    fn a_limit_at_the_threshold_is_never_above_it_and_a_potential_at_the_threshold_is_not_judged() {
        let still = Quiet::new(10.0, 10.0, 0.0, 20.0);
        assert_eq!(still.undriven_until_ms(9.0, Time::ZERO), f64::INFINITY);
        assert_eq!(still.driven_until_ms(9.0, -1.0, Time::ZERO), f64::INFINITY);
        for quiet in [still, clock()] {
            assert!(!quiet.stays_below(0.0, 10.0) && !quiet.stays_below(10.0, 0.0));
            assert!(quiet.stays_below(0.0, 9.0) && !quiet.stays_below(-1e9, 9.0));
            assert!(!(quiet.undriven_until_ms(10.0, Time::ZERO) >= 0.0));
            assert!(!(quiet.driven_until_ms(10.0, 0.0, Time::ZERO) >= 0.0));
        }
    }
}
