//! When a potential first rises above its threshold between two inputs.
//!
//! ```text
//! τ₁ du/dt = −u + δ + q e^(−t/τ₂),  u(0) = u₀ ≤ 0;   the first t at which u rises above 0
//! u(t) = δ + (u₀ − δ) e^(−t/τ₁) + q h(t),   h(t) = τ₂/(τ₂ − τ₁) · (e^(−t/τ₂) − e^(−t/τ₁))
//! ```
//!
//! u is the potential less its threshold and δ what it tends to. An exponential current of strength q
//! gives it this form, and so does a threshold whose adaptive part T decays with τ₂: then
//! q = −T (τ₂ − τ₁)/τ₂. The derivative has one zero t* at most, so that u rises on one interval only
//! and the search on it misses nothing: to t* where t* is a maximum, from t* where it is a minimum.
//! A root is bracketed there, then found by Newton steps that may not leave the bracket.
//! Lossless threshold test: Krishnan et al. 2018, Front. Neuroinform. 11:75; the monotone pieces: own
//! derivation from the two lines above.

use crate::exp::exp;

/// The distance of a potential from its threshold, from now to the next input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Approach {
    /// u₀, potential less threshold now \[mV\].
    pub start_mv: f64,
    /// δ, what it tends to \[mV\].
    pub limit_mv: f64,
    /// q, the drive that decays with `tau_drive_ms` \[mV\].
    pub drive_mv: f64,
    /// τ₁ \[ms\].
    pub tau_membrane_ms: f64,
    /// τ₂ \[ms\].
    pub tau_drive_ms: f64,
}

impl Approach {
    /// How long until the potential first rises above its threshold \[ms\]; `None` if it never does.
    pub fn first_crossing_ms(&self) -> Option<f64> {
        if self.start_mv > 0.0 {
            return Some(0.0);
        }
        if self.drive_mv == 0.0 {
            // One exponential: (δ − u₀) e^(−t/τ₁) = δ.
            let is_crossed = self.limit_mv > 0.0;
            return is_crossed.then(|| self.tau_membrane_ms * libm::log1p(-self.start_mv / self.limit_mv));
        }
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
        let rises_at_once = self.drive_mv > self.homogeneous_mv();
        match (rises_at_once, self.turning_ms()) {
            (true, turning) => Some((0.0, turning)),
            (false, Some(turning_ms)) if self.drive_mv < 0.0 => Some((turning_ms, None)),
            (false, _) => None,
        }
    }

    /// p = u₀ − δ.
    fn homogeneous_mv(&self) -> f64 {
        self.start_mv - self.limit_mv
    }

    /// t*, where u' = 0, if that lies ahead: ln(1 + kρ)/ρ with k = τ₂ (q − p)/q, ρ = 1/τ₁ − 1/τ₂.
    fn turning_ms(&self) -> Option<f64> {
        let scale_ms = self.tau_drive_ms * (self.drive_mv - self.homogeneous_mv()) / self.drive_mv;
        let argument = scale_ms * self.rate_difference();
        (scale_ms >= 0.0 && scale_ms.is_finite() && argument > -1.0)
            .then(|| if argument == 0.0 { scale_ms } else { scale_ms * (libm::log1p(argument) / argument) })
    }

    fn rate_difference(&self) -> f64 {
        rate_difference(self.tau_membrane_ms, self.tau_drive_ms)
    }

    /// u(t) \[mV\].
    fn at(&self, elapsed_ms: f64) -> f64 {
        let driven = self.drive_mv * response(elapsed_ms, self.tau_membrane_ms, self.tau_drive_ms);
        let age = elapsed_ms / self.tau_membrane_ms;
        // Near the start u₀ is known better than u₀ − δ, near the end δ is.
        if age < std::f64::consts::LN_2 {
            self.start_mv + self.homogeneous_mv() * libm::expm1(-age) + driven
        } else {
            self.limit_mv + self.homogeneous_mv() * exp(-age) + driven
        }
    }

    /// u'(t) \[mV/ms\].
    fn slope(&self, elapsed_ms: f64, value_mv: f64) -> f64 {
        let drive_mv = self.drive_mv * exp(-elapsed_ms / self.tau_drive_ms);
        (self.limit_mv - value_mv + drive_mv) / self.tau_membrane_ms
    }

    /// A time at which u, which tends to a limit above 0, is above 0.
    fn beyond(&self, from_ms: f64) -> f64 {
        let mut step_ms = self.tau_membrane_ms.max(self.tau_drive_ms);
        while self.at(from_ms + step_ms) <= 0.0 {
            step_ms *= 2.0; // Ends: after 708 time constants the exponentials are 0.
        }
        from_ms + step_ms
    }

    /// The zero of u in [low, high], where u rises from ≤ 0 to > 0.
    fn root(&self, mut low_ms: f64, mut high_ms: f64) -> f64 {
        let mut guess_ms = low_ms;
        // Newton doubles the digits, a bisection halves the bracket. Each third step bisects, so that 300
        // steps bring any bracket to neighbouring f64 numbers.
        for step in 1..=300 {
            let value_mv = self.at(guess_ms);
            if value_mv > 0.0 {
                high_ms = guess_ms;
            } else {
                low_ms = guess_ms;
            }
            let newton_ms = guess_ms - value_mv / self.slope(guess_ms, value_mv);
            if (newton_ms - guess_ms).abs() <= f64::EPSILON * guess_ms {
                break;
            }
            let bisects = step % 3 == 0 || !(low_ms < newton_ms && newton_ms < high_ms);
            let next_ms = if bisects { low_ms + 0.5 * (high_ms - low_ms) } else { newton_ms };
            if !(low_ms < next_ms && next_ms < high_ms) {
                break;
            }
            guess_ms = next_ms;
        }
        guess_ms
    }
}

fn rate_difference(tau_membrane_ms: f64, tau_drive_ms: f64) -> f64 {
    (tau_drive_ms - tau_membrane_ms) / (tau_membrane_ms * tau_drive_ms)
}

/// h(t): what a drive that started at 1 and decays with τ₂ has done to a membrane of τ₁ after t.
///
/// Equal to (t/τ₁) e^(−t/τ₁) · (e^z − 1)/z with z = t (1/τ₁ − 1/τ₂): no digit is lost where τ₂ → τ₁.
pub(crate) fn response(elapsed_ms: f64, tau_membrane_ms: f64, tau_drive_ms: f64) -> f64 {
    let z = elapsed_ms * rate_difference(tau_membrane_ms, tau_drive_ms);
    if z.abs() > 1.0 {
        let difference = exp(-elapsed_ms / tau_drive_ms) - exp(-elapsed_ms / tau_membrane_ms);
        return difference * (tau_drive_ms / (tau_drive_ms - tau_membrane_ms));
    }
    let growth = if z == 0.0 { 1.0 } else { libm::expm1(z) / z };
    let age = elapsed_ms / tau_membrane_ms;
    age * exp(-age) * growth
}
