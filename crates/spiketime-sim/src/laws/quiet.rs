//! Until when a potential surely stays below its threshold, for the price of a division instead of a logarithm.
//!
//! ```text
//! τ dv/dt = limit + s − v ≤ L − v,   L = limit + max(s₀, 0);   the threshold is T₀ or more
//! v(t) ≤ v₀ + (L − v₀)(1 − e^(−t/τ));   no crossing before   τ ln(1 + d/(L − T₀)),   d = T₀ − v₀;   never where L ≤ T₀
//! ln(1 + x) ≥ 2x/(2 + x),   so none before   τ · 2d/(2 (L − T₀) + d)
//! ```
//!
//! A driven potential rises on one interval only ([`crate::laws::crossing`]): where it still rises at the end of a span,
//! or falls at its start, it was nowhere in it higher than at the ends.
//!
//! The bound is held against crossings that [`crate::laws::crossing`] computes, to whose rounding it leaves room: d is
//! taken 10⁻⁹ of all potentials smaller, and the time 10⁻⁶ of it shorter; a crossing is off by less than 10⁻¹³ of both. A
//! potential beyond 1000 times the constants, or constants so small that 10⁻⁹ of them is no f64 number, are not judged.

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
    /// limit − T₀.
    excess_mv: f64,
    limit_mv: f64,
    /// What a rise is not told from a fall below.
    slack_mv: f64,
    /// 2τ, and a little less.
    waits_ms: f64,
}

impl Quiet {
    pub fn new(threshold_mv: f64, limit_mv: f64, reset_mv: f64, tau_ms: f64) -> Quiet {
        let size_mv = threshold_mv.abs() + limit_mv.abs() + reset_mv.abs();
        let is_judged = size_mv >= SMALLEST_MV;
        Quiet {
            below_mv: if is_judged { threshold_mv - SLACK * size_mv } else { f64::NEG_INFINITY },
            above_mv: -LARGEST * size_mv,
            excess_mv: limit_mv - threshold_mv,
            limit_mv,
            slack_mv: SLACK * size_mv,
            waits_ms: 2.0 * tau_ms * SHORTER,
        }
    }

    /// An undriven potential moves one way only: where it stands at both ends tells that it did not cross between.
    #[inline(always)]
    pub fn stays_below(&self, from_mv: f64, to_mv: f64) -> bool {
        self.is_below(from_mv) & self.is_below(to_mv) & (from_mv > self.above_mv)
    }

    /// The same where a current flows: potential and current at both ends of a span.
    #[inline(always)]
    pub fn stays_below_driven(&self, from: (f64, f64), to: (f64, f64)) -> bool {
        let rise_mv = |(potential_mv, current_mv): (f64, f64)| self.limit_mv + current_mv - potential_mv;
        let has_no_peak_inside = (rise_mv(to) > self.slack_mv) | (rise_mv(from) < -self.slack_mv);
        // Currents beyond what is judged would round by more than the slack.
        self.stays_below(from.0, to.0) & has_no_peak_inside & (from.1.abs() < -self.above_mv)
    }

    /// Below the threshold by more than rounding.
    #[inline(always)]
    pub fn is_below(&self, potential_mv: f64) -> bool {
        potential_mv < self.below_mv
    }

    /// No crossing before, if no input comes, of a potential stored at `since_ms` while a current flows that was at
    /// most `current_mv`; −∞ where that is not known \[ms\].
    #[inline(always)]
    pub fn until_ms(&self, potential_mv: f64, current_mv: f64, since_ms: f64) -> f64 {
        let distance_mv = self.below_mv - potential_mv;
        let excess_mv = self.excess_mv + if current_mv > 0.0 { current_mv } else { 0.0 };
        let wait_ms = self.waits_ms * (distance_mv / (excess_mv + excess_mv + distance_mv));
        let wait_ms = if excess_mv > 0.0 { wait_ms } else { f64::INFINITY };
        if distance_mv > 0.0 { since_ms + wait_ms } else { f64::NEG_INFINITY }
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
    fn no_bound_lies_behind_the_crossing_and_near_the_threshold_it_is_as_good_as_that() {
        for potential_mv in [-1e3, -100.0, -10.0, -1.0, 0.0, 5.0, 9.0, 9.999] {
            let crossing_ms = 20.0 * f64::ln((20.0 - potential_mv) / 10.0);
            let bound_ms = clock().until_ms(potential_mv, 0.0, 0.0);
            assert!(0.0 < bound_ms && bound_ms < crossing_ms, "{potential_mv}: {bound_ms}, {crossing_ms}");
            // x³/12 is what the fraction takes from the logarithm, x = d/(L − T₀).
            let left_out = (10.0_f64 - potential_mv).powi(3) / 12e3 + 1e-5;
            assert!(crossing_ms - bound_ms < 20.0 * left_out, "{potential_mv}: {bound_ms}, {crossing_ms}");
        }
        // A current that may only fall is as much drive; one that pulls down is none.
        let driven_ms = Quiet::new(10.0, 25.0, 0.0, 20.0).until_ms(0.0, 0.0, 1.0);
        // But for the slack, which is a part of the constants.
        assert!((clock().until_ms(0.0, 5.0, 1.0) - driven_ms).abs() < 1e-6, "{driven_ms}");
        assert_eq!(clock().until_ms(0.0, -5.0, 1.0), clock().until_ms(0.0, 0.0, 1.0));
    }

    #[test]
    fn a_span_with_a_peak_inside_is_not_judged_by_its_ends() {
        // limit 0, τ = 20 ms: v' has the sign of s − v.
        let quiet = Quiet::new(10.0, 0.0, 0.0, 20.0);
        assert!(quiet.stays_below_driven((0.0, 30.0), (5.0, 20.0))); // It rises all along.
        assert!(quiet.stays_below_driven((9.0, 5.0), (8.0, 4.0))); // It falls all along.
        assert!(quiet.stays_below_driven((5.0, -3.0), (1.0, 2.0))); // It falls, then rises.
        assert!(!quiet.stays_below_driven((0.0, 30.0), (5.0, 2.0))); // It rises, then falls: how high was it?
        assert!(!quiet.stays_below_driven((0.0, 30.0), (10.0, 20.0)));
        assert!(!quiet.stays_below_driven((0.0, 1e5), (5.0, 1e4)));
    }

    #[test]
    fn a_limit_at_the_threshold_is_never_above_it_and_a_potential_at_the_threshold_is_not_judged() {
        let still = Quiet::new(10.0, 10.0, 0.0, 20.0);
        assert_eq!(still.until_ms(9.0, -1.0, 0.0), f64::INFINITY);
        for quiet in [still, clock()] {
            assert!(!quiet.stays_below(0.0, 10.0) && !quiet.stays_below(10.0, 0.0));
            assert!(quiet.stays_below(0.0, 9.0) && !quiet.stays_below(-1e9, 9.0));
            assert_eq!(quiet.until_ms(10.0, 0.0, 0.0), f64::NEG_INFINITY);
        }
        assert!(!Quiet::new(1e-300, 0.0, 0.0, 20.0).is_below(-1.0));
    }
}
