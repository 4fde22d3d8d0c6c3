//! What a device makes of the step that a rule asks for: its own size, chance from cycle to cycle, levels, its own bounds.
//!
//! ```text
//! s ← s · k · (1 + σ ξ)        of a spread relative to the step; k is the device's own factor of steps up, or down
//! s ← s · k + σ ξ              of one relative to the range
//! x ← x + s;  with L levels:   x (L − 1) is rounded down or up, up as often as its fraction says
//! clip x to the device's own [x_min, x_max]
//! ```
//!
//! ξ is standard normal, a new one each update ([`chance`](crate::laws::chance)). Rounding by chance keeps the mean step
//! where levels are coarse: with two levels it is a device that switches with the probability of its step. Relative to the
//! step: Gokmen & Vlasov 2016, Front. Neurosci. 10:333; to the range: Chen, Peng & Yu 2018, IEEE TCAD 37:3067; switching
//! by chance: Suri et al. 2013, IEEE Trans. Electron Devices 60(7). In this order: own.

use crate::laws::conductance::Factors;
use crate::real::Real;

/// How the devices of a layer differ from update to update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variation {
    /// A conductance settles on so many levels of the nominal window; `None`: anywhere.
    pub levels: Option<u32>,
    /// From cycle to cycle.
    pub cycle: Option<Cycle>,
    /// Standard deviation of what is read of a conductance in one presentation, relative to it.
    pub read_sd: f64,
}

/// A spread from cycle to cycle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cycle {
    /// Standard deviation σ.
    pub sd: f64,
    /// Of what it is a part.
    pub of: Share,
}

/// What a spread is relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// The step.
    Step,
    /// The nominal range of a conductance.
    Range,
}

impl Variation {
    /// Nothing differs.
    pub const STEADY: Variation = Variation { levels: None, cycle: None, read_sd: 0.0 };

    /// Does an update need numbers of its own?
    #[must_use]
    pub fn asks_chance(&self) -> bool {
        self.levels.is_some() || self.cycle.is_some()
    }

    /// The factors of both steps after a spread relative to the step; ξ is `normals`.
    #[inline(always)]
    #[must_use]
    pub fn factors(&self, factors: Factors, normals: Factors) -> Factors {
        let sd = self.cycle.map_or(0.0, |cycle| if cycle.of == Share::Step { cycle.sd } else { 0.0 });
        Factors {
            rise: factors.rise * (1.0 + sd * normals.rise),
            fall: factors.fall * (1.0 + sd * normals.fall),
        }
    }

    /// What a spread relative to the range adds \[fraction of the range\].
    #[inline(always)]
    #[must_use]
    pub fn added(&self, normal: f64) -> f64 {
        let sd = self.cycle.map_or(0.0, |cycle| if cycle.of == Share::Range { cycle.sd } else { 0.0 });
        sd * normal
    }

    /// The weight after a step \[mV\], on a level that `uniform` decides, within the bounds of the device.
    #[inline(always)]
    #[must_use]
    pub fn settled<R: Real>(
        &self,
        weight_mv: R,
        step_mv: f64,
        max_mv: f64,
        bounds_mv: [R; 2],
        uniform: f64,
    ) -> R {
        let moved = match self.levels {
            None => weight_mv + R::rounded(step_mv),
            Some(levels) => {
                let level_mv = max_mv / (f64::from(levels) - 1.0);
                let at = (weight_mv.to_f64() + step_mv) / level_mv;
                let below = at.floor();
                R::rounded((if uniform < at - below { below + 1.0 } else { below }) * level_mv)
            }
        };
        within(moved, bounds_mv)
    }

    /// What is read of a weight in one presentation \[mV\].
    #[inline(always)]
    #[must_use]
    pub fn read<R: Real>(&self, weight_mv: R, normal: f64) -> R {
        let read = R::rounded(weight_mv.to_f64() * (1.0 + self.read_sd * normal));
        if read < R::ZERO { R::ZERO } else { read }
    }
}

/// Held within the bounds of a device.
#[inline(always)]
#[must_use]
pub fn within<R: Real>(weight_mv: R, [low, high]: [R; 2]) -> R {
    let held = if weight_mv > high { high } else { weight_mv };
    if held < low { low } else { held }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: Variation = Variation { levels: Some(5), cycle: None, read_sd: 0.0 };

    #[test]
    fn a_part_of_a_level_is_gone_as_often_as_it_is_large() {
        // Levels of 0.25: 0.25 + 0.0625 is a quarter of the way to the next one.
        let settled = |uniform| FIVE.settled(0.25, 0.0625, 1.0, [0.0, 1.0], uniform);
        assert_eq!([0.0, 0.249, 0.25, 0.99].map(settled), [0.5, 0.5, 0.25, 0.25]);
        assert_eq!(FIVE.settled(0.25, -0.0625, 1.0, [0.0, 1.0], 0.75), 0.0);
    }

    #[test]
    fn a_stuck_device_stays_and_a_wide_one_leaves_the_nominal_window() {
        let free = Variation::STEADY;
        assert_eq!(free.settled(0.5, 0.4, 1.0, [0.5, 0.5], 0.0), 0.5);
        assert_eq!(free.settled(0.9, 0.4, 1.0, [0.25, 1.25], 0.0), 1.25);
        assert_eq!(free.settled(0.5, -0.4, 1.0, [0.25, 1.25], 0.0), 0.25);
    }

    #[test]
    fn a_spread_is_of_the_step_or_of_the_range() {
        let of = |of| Variation { cycle: Some(Cycle { sd: 0.5, of }), ..Variation::STEADY };
        let (factors, normals) = (Factors { rise: 2.0, fall: 4.0 }, Factors { rise: 1.0, fall: -1.0 });
        assert_eq!(of(Share::Step).factors(factors, normals), Factors { rise: 3.0, fall: 2.0 });
        assert_eq!(of(Share::Range).factors(factors, normals), factors);
        assert_eq!([Share::Step, Share::Range].map(|share| of(share).added(0.5)), [0.0, 0.25]);
    }

    #[test]
    fn nothing_negative_is_read() {
        let noisy = Variation { read_sd: 0.5, ..Variation::STEADY };
        assert_eq!([-4.0, -1.0, 0.0, 1.0].map(|normal| noisy.read(2.0, normal)), [0.0, 1.0, 2.0, 3.0]);
    }
}
