//! How a step of a synapse depends on its conductance: one factor for steps up, one for steps down.
//!
//! ```text
//! x = g/g_max        up                down
//! additive           1                 1
//! soft               1 − x             x
//! exponential        e^(−βx)           e^(−β(1 − x))
//! ```
//!
//! Each is 1 at the bound that a step leads away from. Additive and soft: Morrison, Diesmann & Gerstner 2008,
//! Biol. Cybern. 98:459, §4.1.2; exponential: Querlioz et al. 2013, IEEE Trans. Nanotechnol. 12(3).

use crate::laws::exp::exp;

/// The dependence of steps in one direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Dependence {
    /// The same step everywhere.
    Additive,
    /// Proportional to the room that is left.
    Soft,
    /// Shrinks by e over 1/β of the way.
    Exponential {
        /// β.
        exponent: f64,
    },
}

/// The dependence of a synapse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conductance {
    /// Of steps up.
    pub rise: Dependence,
    /// Of steps down.
    pub fall: Dependence,
}

/// Of a synapse at some conductance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors {
    /// Of a step up.
    pub rise: f64,
    /// Of a step down.
    pub fall: f64,
}

impl Conductance {
    /// Steps do not depend on it.
    pub const ADDITIVE: Conductance = Conductance { rise: Dependence::Additive, fall: Dependence::Additive };

    /// The factors at `x` = g/g_max.
    #[must_use]
    pub fn factors(&self, x: f64) -> Factors {
        Factors { rise: self.rise.rising(x), fall: self.fall.falling(x) }
    }

    /// Puts in place of each x the factor of a step up where the step `rises`, else of a step down.
    #[inline(always)]
    pub(crate) fn put_factors(self, xs: &mut [f64], rises: &[bool]) {
        let [up, down] = [self.rise, self.fall].map(Dependence::exponent);
        if self.rise == Dependence::Soft || self.fall == Dependence::Soft {
            for (x, &rises) in xs.iter_mut().zip(rises) {
                *x = if rises { self.rise.rising(*x) } else { self.fall.falling(*x) };
            }
        } else {
            // One exponential for both: e^(−0 · x) is 1.
            for (x, &rises) in xs.iter_mut().zip(rises) {
                let (exponent, room) = if rises { (up, *x) } else { (down, 1.0 - *x) };
                *x = exp(-exponent * room);
            }
        }
    }
}

impl Dependence {
    /// β; 0 where there is none.
    #[must_use]
    pub fn exponent(self) -> f64 {
        if let Dependence::Exponential { exponent } = self { exponent } else { 0.0 }
    }

    /// The factor of a step up at `x` = g/g_max.
    #[inline(always)]
    #[must_use]
    pub fn rising(self, x: f64) -> f64 {
        match self {
            Dependence::Additive => 1.0,
            Dependence::Soft => 1.0 - x,
            Dependence::Exponential { exponent } => exp(-exponent * x),
        }
    }

    /// The factor of a step down at `x` = g/g_max.
    #[inline(always)]
    #[must_use]
    pub fn falling(self, x: f64) -> f64 {
        match self {
            Dependence::Additive => 1.0,
            Dependence::Soft => x,
            Dependence::Exponential { exponent } => exp(-exponent * (1.0 - x)),
        }
    }
}

impl Dependence {
    /// Puts [`Dependence::rising`] in place of each x.
    #[inline(always)]
    pub(crate) fn put_rising(self, xs: &mut [f64]) {
        // Which kind it is, is asked before the loops, so that each becomes vector code.
        match self {
            Dependence::Additive => xs.fill(1.0),
            Dependence::Soft => {
                for x in xs {
                    *x = Dependence::Soft.rising(*x);
                }
            }
            Dependence::Exponential { exponent } => {
                for x in xs {
                    *x = Dependence::Exponential { exponent }.rising(*x);
                }
            }
        }
    }

    /// Puts [`Dependence::falling`] in place of each x.
    #[inline(always)]
    pub(crate) fn put_falling(self, xs: &mut [f64]) {
        match self {
            Dependence::Additive => xs.fill(1.0),
            Dependence::Soft => {} // The factor is x.
            Dependence::Exponential { exponent } => {
                for x in xs {
                    *x = Dependence::Exponential { exponent }.falling(*x);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dependence::{Additive, Exponential, Soft};

    #[test]
    fn a_step_is_whole_at_the_bound_it_leads_away_from_and_a_soft_one_ends_at_the_other() {
        for dependence in [Additive, Soft, Exponential { exponent: 3.0 }] {
            assert_eq!([dependence.rising(0.0), dependence.falling(1.0)], [1.0; 2]);
        }
        assert_eq!(
            [Soft.rising(1.0), Soft.falling(0.0), Soft.rising(0.25), Soft.falling(0.25)],
            [0.0, 0.0, 0.75, 0.25]
        );
    }

    #[test]
    fn an_exponent_of_0_is_additive_bit_for_bit() {
        let flat = Exponential { exponent: 0.0 };
        for x in [0.0, 1e-300, 0.3, 1.0] {
            assert_eq!([flat.rising(x), flat.falling(x)].map(f64::to_bits), [1.0_f64.to_bits(); 2]);
        }
    }

    #[test]
    fn an_exponential_step_shrinks_by_e_to_the_beta_from_bound_to_bound() {
        let exponential = Exponential { exponent: 2.0 };
        // e^−2 and e^−1 of mpmath; 2 units in the last place of `exp`.
        let expected = [
            (exponential.rising(1.0), 0.135_335_283_236_612_7),
            (exponential.falling(0.5), 0.367_879_441_171_442_33),
        ];
        for (found, expected) in expected {
            assert!((found - expected).abs() <= 2.0 * f64::EPSILON * expected, "{found} against {expected}");
        }
    }
}
