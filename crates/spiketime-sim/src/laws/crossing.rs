//! When a potential first rises above its threshold between two inputs.
//!
//! ```text
//! u(t) = δ + (m − δ) e^(−t/τ₁) + q h(t) − T e^(−t/τ₂);   the first t at which u rises above 0
//! h(t) = τ₂/(τ₂ − τ₁) · (e^(−t/τ₂) − e^(−t/τ₁))
//! τ₁ du/dt = −u + δ + Q e^(−t/τ₂),  u(0) = m − T ≤ 0,  Q = q − T (τ₂ − τ₁)/τ₂
//! ```
//!
//! u is the potential less its threshold, δ what it tends to, m what it starts from but for T, the adaptive
//! part of the threshold; q is the strength of an exponential current. T is kept apart from m, whose digits
//! it would take where it is large. The derivative has one zero t* at most, so that u rises on one interval
//! only and the search on it misses nothing: to t* where t* is a maximum, from t* where it is a minimum. A
//! root is bracketed there, then found by Newton steps that may not leave the bracket.
//! Lossless threshold test: Krishnan et al. 2018, Front. Neuroinform. 11:75; the monotone pieces: own
//! derivation from the lines above.
//!
//! Where two exponentials meet has a closed form. It gives t*, and the crossing itself where δ = 0. The time
//! does not change if all potentials are scaled, so they are brought to 2^600: then 5e-324 mV beside 1e12 mV
//! is as exact as 1 mV beside 2 mV.

use std::f64::consts::LN_2;

use crate::laws::exp::exp;

/// The exponent of two that the largest amount is brought to: neither it nor the smallest leaves f64.
const LARGEST_EXPONENT: i32 = 600;
/// Up to here e^(−age) is a normal f64 number.
const OLDEST: f64 = 700.0;

/// The distance of a potential from its threshold, from now to the next input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Approach {
    /// m, potential less the fixed part of the threshold now \[mV\].
    pub margin_mv: f64,
    /// δ, what it tends to \[mV\].
    pub limit_mv: f64,
    /// q, a current that decays with `tau_drive_ms` \[mV\].
    pub current_mv: f64,
    /// T, the adaptive part of the threshold, which decays with `tau_drive_ms` \[mV\].
    pub adaptation_mv: f64,
    /// τ₁ \[ms\].
    pub tau_membrane_ms: f64,
    /// τ₂ \[ms\].
    pub tau_drive_ms: f64,
}

impl Approach {
    /// How long until the potential first rises above its threshold \[ms\]; `None` if it never does.
    ///
    /// The wait is infinite where it exceeds f64.
    pub fn first_crossing_ms(&self) -> Option<f64> {
        if self.start_mv() > 0.0 {
            return Some(0.0);
        }
        if self.is_undriven() {
            return self.undriven_crossing_ms();
        }
        let scaled = self.scaled();
        if self.limit_mv == 0.0 { scaled.unlimited_crossing_ms() } else { scaled.driven_crossing_ms() }
    }

    /// One exponential: (δ − u₀) e^(−t/τ₁) = δ.
    fn undriven_crossing_ms(&self) -> Option<f64> {
        let ratio = -self.start_mv() / self.limit_mv;
        let ages = if ratio == f64::INFINITY {
            ln_ratio(-self.start_mv(), self.limit_mv)
        } else {
            libm::log1p(ratio)
        };
        (self.limit_mv > 0.0).then_some(self.tau_membrane_ms * ages)
    }

    /// Two exponentials that cancel: −u₀ rises through 0 where Q drives it up.
    fn unlimited_crossing_ms(&self) -> Option<f64> {
        let scale_ms = -self.start_mv() * self.tau_membrane_ms / self.drive_mv();
        let crossing_ms = || self.meeting_ms(scale_ms, self.slow_mv(), self.fast_mv());
        (self.drive_mv() > 0.0).then(crossing_ms).flatten()
    }

    fn driven_crossing_ms(&self) -> Option<f64> {
        let (from_ms, to_ms) = self.rising()?;
        match to_ms {
            Some(peak_ms) if self.at(peak_ms) > 0.0 => Some(self.root(from_ms, peak_ms)),
            Some(_) => None,
            None if self.limit_mv > 0.0 => Some(self.root(from_ms, self.beyond(from_ms))),
            None => None,
        }
    }

    /// The one interval on which u rises; open-ended if it rises to its limit.
    fn rising(&self) -> Option<(f64, Option<f64>)> {
        let rises_at_once = self.rise_mv() > 0.0;
        match (rises_at_once, self.turning_ms()) {
            (true, turning) => Some((0.0, turning)),
            (false, Some(turning_ms)) if self.drive_mv() < 0.0 => Some((turning_ms, None)),
            (false, _) => None,
        }
    }

    /// t*, where u' = 0, if that lies ahead: ln(1 + kρ)/ρ with k = τ₂ τ₁u'(0)/Q.
    fn turning_ms(&self) -> Option<f64> {
        let scale_ms = self.tau_drive_ms * self.rise_mv() / self.drive_mv();
        let slow = self.slow_mv() / self.tau_membrane_ms;
        self.meeting_ms(scale_ms, slow, self.fast_mv() / self.tau_drive_ms)
    }

    /// When a e^(−t/τ₁) + b e^(−t/τ₂) = 0, if that lies ahead: t = ln(−a/b)/ρ, where −a/b = 1 + kρ.
    fn meeting_ms(&self, scale_ms: f64, slow: f64, fast: f64) -> Option<f64> {
        let rate = rate_difference(self.tau_membrane_ms, self.tau_drive_ms);
        let argument = scale_ms * rate;
        // Towards −1 the sum 1 + kρ loses the digits that a and b have, and where it overflows all of them.
        let meeting_ms = if argument == 0.0 {
            scale_ms
        } else if argument > -0.999 && argument.is_finite() {
            scale_ms * (libm::log1p(argument) / argument)
        } else {
            ln_ratio(-slow, fast) / rate
        };
        (meeting_ms >= 0.0 && meeting_ms.is_finite()).then_some(meeting_ms)
    }

    /// u₀ \[mV\].
    fn start_mv(&self) -> f64 {
        self.margin_mv - self.adaptation_mv
    }

    /// m − δ \[mV\].
    fn homogeneous_mv(&self) -> f64 {
        self.margin_mv - self.limit_mv
    }

    /// Q \[mV\].
    fn drive_mv(&self) -> f64 {
        let difference_ms = self.tau_drive_ms - self.tau_membrane_ms;
        self.current_mv - self.adaptation_mv * (difference_ms / self.tau_drive_ms)
    }

    /// τ₁ u'(0) \[mV\].
    fn rise_mv(&self) -> f64 {
        let falling_mv = self.adaptation_mv * (self.tau_membrane_ms / self.tau_drive_ms);
        self.current_mv - self.homogeneous_mv() + falling_mv
    }

    /// q τ₂/(τ₂ − τ₁) \[mV\].
    fn spread_mv(&self) -> f64 {
        self.current_mv * (self.tau_drive_ms / (self.tau_drive_ms - self.tau_membrane_ms))
    }

    /// What stands before e^(−t/τ₁) \[mV\].
    fn slow_mv(&self) -> f64 {
        self.homogeneous_mv() - self.spread_mv()
    }

    /// What stands before e^(−t/τ₂) \[mV\].
    fn fast_mv(&self) -> f64 {
        self.spread_mv() - self.adaptation_mv
    }

    fn is_undriven(&self) -> bool {
        self.current_mv == 0.0 && (self.adaptation_mv == 0.0 || self.tau_drive_ms == self.tau_membrane_ms)
    }

    /// All potentials times one power of two: no digit changes.
    fn scaled(&self) -> Approach {
        let amounts = [self.margin_mv, self.limit_mv, self.current_mv, self.adaptation_mv];
        let largest = amounts.into_iter().map(f64::abs).fold(0.0, f64::max);
        let exponent = LARGEST_EXPONENT - libm::ilogb(largest);
        let [margin_mv, limit_mv, current_mv, adaptation_mv] =
            amounts.map(|amount| libm::scalbn(amount, exponent));
        Approach { margin_mv, limit_mv, current_mv, adaptation_mv, ..*self }
    }

    /// u(t) \[mV\].
    fn at(&self, elapsed_ms: f64) -> f64 {
        let (ages, drive_ages) = (elapsed_ms / self.tau_membrane_ms, elapsed_ms / self.tau_drive_ms);
        // Near the start m and T are known better than what is left of them, near the end that and δ are.
        let (base_mv, left_mv) = if ages < LN_2 {
            (self.margin_mv, self.homogeneous_mv() * libm::expm1(-ages))
        } else {
            (self.limit_mv, decayed(self.homogeneous_mv(), ages))
        };
        let (raised_mv, adaptation_mv) = if drive_ages < LN_2 {
            (self.adaptation_mv, self.adaptation_mv * libm::expm1(-drive_ages))
        } else {
            (0.0, decayed(self.adaptation_mv, drive_ages))
        };
        let (current_mv, tau_ms, tau_drive_ms) = (self.current_mv, self.tau_membrane_ms, self.tau_drive_ms);
        let driven_mv = if ages.max(drive_ages) <= OLDEST {
            current_mv * response(elapsed_ms, tau_ms, tau_drive_ms)
        } else {
            driven(current_mv, elapsed_ms, tau_ms, tau_drive_ms)
        };
        (base_mv - raised_mv) + left_mv - adaptation_mv + driven_mv
    }

    /// u'(t) \[mV/ms\].
    fn slope(&self, elapsed_ms: f64, value_mv: f64) -> f64 {
        let drive_mv = decayed(self.drive_mv(), elapsed_ms / self.tau_drive_ms);
        (self.limit_mv - value_mv + drive_mv) / self.tau_membrane_ms
    }

    /// A time at which u, which tends to a limit above 0, is above 0.
    fn beyond(&self, from_ms: f64) -> f64 {
        let mut step_ms = self.tau_membrane_ms.max(self.tau_drive_ms);
        while self.at(from_ms + step_ms) <= 0.0 {
            step_ms *= 2.0; // Ends: after 1416 time constants the exponentials are 0.
        }
        from_ms + step_ms
    }

    /// A time before the crossing and not far from it, if that lies in the bracket: as in [`crate::laws::quiet`].
    fn early_guess_ms(&self, low_ms: f64, high_ms: f64) -> f64 {
        let drive_mv = self.limit_mv + self.current_mv.max(0.0);
        let guess_ms = self.tau_membrane_ms * (2.0 * self.margin_mv / (self.margin_mv - 2.0 * drive_mv));
        if low_ms < guess_ms && guess_ms < high_ms { guess_ms } else { low_ms }
    }

    /// The zero of u in [low, high], where u rises from ≤ 0 to > 0.
    fn root(&self, mut low_ms: f64, mut high_ms: f64) -> f64 {
        let (mut guess_ms, mut step_ms) = (self.early_guess_ms(low_ms, high_ms), high_ms - low_ms);
        // Newton doubles the digits where each step is at most half of the one before; else the bracket is halved. So
        // 300 steps bring any bracket to neighbouring f64 numbers. Press et al. 2007, Numerical Recipes, § 9.4.
        for _ in 0..300 {
            let value_mv = self.at(guess_ms);
            if value_mv > 0.0 {
                high_ms = guess_ms;
            } else {
                low_ms = guess_ms;
            }
            let newton_ms = guess_ms - value_mv / self.slope(guess_ms, value_mv);
            let change_ms = (newton_ms - guess_ms).abs();
            if change_ms <= f64::EPSILON * guess_ms {
                break;
            }
            let converges = low_ms < newton_ms && newton_ms < high_ms && change_ms <= 0.5 * step_ms;
            let next_ms = if converges { newton_ms } else { low_ms + 0.5 * (high_ms - low_ms) };
            if !(low_ms < next_ms && next_ms < high_ms) {
                break;
            }
            (step_ms, guess_ms) = ((next_ms - guess_ms).abs(), next_ms);
        }
        guess_ms
    }
}

#[inline(always)]
fn rate_difference(tau_membrane_ms: f64, tau_drive_ms: f64) -> f64 {
    (tau_drive_ms - tau_membrane_ms) / (tau_membrane_ms * tau_drive_ms)
}

/// ln(a/b), also where the ratio is no f64 number; NaN where it is negative.
fn ln_ratio(a: f64, b: f64) -> f64 {
    let ratio = a / b;
    let is_beyond = !ratio.is_normal() && ratio.is_sign_positive();
    if is_beyond { libm::log(a.abs()) - libm::log(b.abs()) } else { libm::log(ratio) }
}

/// What is left of an amount; in two steps where e^(−age) alone would be 0 and the product is not.
fn decayed(amount_mv: f64, ages: f64) -> f64 {
    if ages <= OLDEST { amount_mv * exp(-ages) } else { amount_mv * exp(-0.5 * ages) * exp(-0.5 * ages) }
}

/// h(t): what a drive that started at 1 and decays with τ₂ has done to a membrane of τ₁ after t.
///
/// Equal to (t/τ₁) e^(−t/τ₁) · (e^z − 1)/z with z = t (1/τ₁ − 1/τ₂): no digit is lost where τ₂ → τ₁.
pub(crate) fn response(elapsed_ms: f64, tau_membrane_ms: f64, tau_drive_ms: f64) -> f64 {
    driven(1.0, elapsed_ms, tau_membrane_ms, tau_drive_ms)
}

/// q h(t), also where h alone would be 0 and the product is not.
fn driven(drive_mv: f64, elapsed_ms: f64, tau_membrane_ms: f64, tau_drive_ms: f64) -> f64 {
    let ages = elapsed_ms / tau_membrane_ms;
    if !is_early(elapsed_ms, tau_membrane_ms, tau_drive_ms) {
        let difference_mv = decayed(drive_mv, elapsed_ms / tau_drive_ms) - decayed(drive_mv, ages);
        return difference_mv * (tau_drive_ms / (tau_drive_ms - tau_membrane_ms));
    }
    decayed(drive_mv * ages, ages) * growth(elapsed_ms * rate_difference(tau_membrane_ms, tau_drive_ms))
}

/// Have the two exponentials not parted by more than a factor e? Then their difference has lost digits.
#[inline(always)]
fn is_early(elapsed_ms: f64, tau_membrane_ms: f64, tau_drive_ms: f64) -> bool {
    (elapsed_ms * rate_difference(tau_membrane_ms, tau_drive_ms)).abs() <= 1.0
}

/// Is h(t) what [`early_response`] says?
#[inline(always)]
pub(crate) fn has_early_response(elapsed_ms: f64, tau_membrane_ms: f64, tau_drive_ms: f64) -> bool {
    is_early(elapsed_ms, tau_membrane_ms, tau_drive_ms) & (elapsed_ms / tau_membrane_ms <= OLDEST)
}

/// h(t) soon after the input, without branches: the bits of [`response`].
#[inline(always)]
pub(crate) fn early_response(elapsed_ms: f64, tau_membrane_ms: f64, tau_drive_ms: f64) -> f64 {
    let ages = elapsed_ms / tau_membrane_ms;
    ages * exp(-ages) * growth(elapsed_ms * rate_difference(tau_membrane_ms, tau_drive_ms))
}

/// 1/(n + 1)! for n = 19 down to 0: each is exact or correctly rounded.
const GROWTH: [f64; 20] = [
    1.0 / 2_432_902_008_176_640_000.0,
    1.0 / 121_645_100_408_832_000.0,
    1.0 / 6_402_373_705_728_000.0,
    1.0 / 355_687_428_096_000.0,
    1.0 / 20_922_789_888_000.0,
    1.0 / 1_307_674_368_000.0,
    1.0 / 87_178_291_200.0,
    1.0 / 6_227_020_800.0,
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    0.5,
    1.0,
];

/// (e^z − 1)/z for |z| ≤ 1: its Taylor series to degree 19, whose remainder 1/21! lies below 2e-20.
#[inline(always)]
fn growth(z: f64) -> f64 {
    // Odd and even powers are two sums that need not wait for each other.
    let (square, mut odd, mut even) = (z * z, GROWTH[0], GROWTH[1]);
    for pair in GROWTH[2..].as_chunks::<2>().0 {
        odd = odd * square + pair[0];
        even = even * square + pair[1];
    }
    odd * z + even
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_that_of_the_platform_to_two_units_in_the_last_place() {
        for step in -1000..=1000 {
            let z = f64::from(step) / 1000.0;
            let expected = if z == 0.0 { 1.0 } else { libm::expm1(z) / z };
            assert!((growth(z) - expected).abs() <= 2.0 * f64::EPSILON * expected, "{z}: {}", growth(z));
        }
    }

    #[test]
    fn an_early_response_has_the_bits_of_the_response() {
        for (elapsed_ms, tau_ms, tau_synapse_ms) in [
            (0.0, 20.0, 5.0),
            (0.1, 20.0, 5.0),
            (6.6, 20.0, 5.0),
            (300.0, 20.0, 20.000_001),
            (1e-9, 1e-9, 1e12),
        ] {
            assert!(has_early_response(elapsed_ms, tau_ms, tau_synapse_ms));
            let bits = early_response(elapsed_ms, tau_ms, tau_synapse_ms).to_bits();
            assert_eq!(bits, response(elapsed_ms, tau_ms, tau_synapse_ms).to_bits(), "{elapsed_ms}");
        }
        assert!(!has_early_response(7.0, 20.0, 5.0) && !has_early_response(14_001.0, 20.0, 20.000_001));
    }
}
