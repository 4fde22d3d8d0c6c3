//! How a step of a synapse depends on its conductance: one factor for steps up, one for steps down.
//!
//! ```text
//! x = g/g_max        up                       down
//! additive           1                        1
//! soft               1 − x                    x
//! exponential        e^(−βx)                  e^(−β(1 − x))
//! straight           1 − (1 − e^(−β)) x       1 − (1 − e^(−β)) (1 − x)
//! power              (1 − x)^γ                x^γ
//! table              by points of its own ([`Table`])
//! ```
//!
//! Each but a table is 1 at the bound that a step leads away from, and none is below 0. Additive and soft: Morrison,
//! Diesmann & Gerstner 2008, Biol. Cybern. 98:459, §4.1.2; exponential: Querlioz et al. 2013, IEEE Trans.
//! Nanotechnol. 12(3); straight: n pulses are B (1 − e^(−n/A)) of the range, with β the number of pulses from bound to
//! bound over A: Chen, Peng & Yu 2018, IEEE TCAD 37:3067 (NeuroSim); power: Fusi & Abbott 2007, Nat. Neurosci. 10:485.
//!
//! A device may have an exponent of its own: `shape` times that of the law.

use std::sync::Arc;

use crate::laws::exp::exp;
use crate::laws::ln::power;
use crate::laws::table::Table;

/// The dependence of steps in one direction.
#[derive(Clone, Debug, PartialEq)]
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
    /// Shrinks on a straight line to e^(−β).
    Straight {
        /// β.
        exponent: f64,
    },
    /// A power of the room that is left.
    Power {
        /// γ, above 0.
        exponent: f64,
    },
    /// As it was measured.
    Table(Arc<Table>),
}

/// The dependence of a synapse.
#[derive(Clone, Debug, PartialEq)]
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

impl Factors {
    /// Nothing changes.
    pub const ONE: Factors = Factors { rise: 1.0, fall: 1.0 };

    /// Each times each.
    #[inline(always)]
    #[must_use]
    pub fn times(self, other: Factors) -> Factors {
        Factors { rise: self.rise * other.rise, fall: self.fall * other.fall }
    }
}

impl Conductance {
    /// Steps do not depend on it.
    pub const ADDITIVE: Conductance = Conductance { rise: Dependence::Additive, fall: Dependence::Additive };

    /// The factors at `x` = g/g_max.
    #[must_use]
    pub fn factors(&self, x: f64) -> Factors {
        self.factors_of(x, Factors::ONE)
    }

    /// The factors at `x` of a device whose exponents are `shapes` times those of the law.
    #[must_use]
    pub fn factors_of(&self, x: f64, shapes: Factors) -> Factors {
        Factors { rise: self.rise.rising(x, shapes.rise), fall: self.fall.falling(x, shapes.fall) }
    }
}

impl Dependence {
    /// β or γ; 0 where there is none.
    #[must_use]
    pub fn exponent(&self) -> f64 {
        match *self {
            Dependence::Exponential { exponent }
            | Dependence::Straight { exponent }
            | Dependence::Power { exponent } => exponent,
            _ => 0.0,
        }
    }

    /// The factor of a step up at `x` = g/g_max.
    #[inline(always)]
    #[must_use]
    pub fn rising(&self, x: f64, shape: f64) -> f64 {
        match self {
            Dependence::Additive => 1.0,
            Dependence::Soft => room(1.0 - x),
            Dependence::Exponential { exponent } => exp(-(exponent * shape) * x),
            Dependence::Straight { exponent } => straight(exponent * shape, x),
            Dependence::Power { exponent } => power(room(1.0 - x), exponent * shape),
            Dependence::Table(table) => table.at(x),
        }
    }

    /// The factor of a step down at `x` = g/g_max.
    #[inline(always)]
    #[must_use]
    pub fn falling(&self, x: f64, shape: f64) -> f64 {
        match self {
            Dependence::Additive => 1.0,
            Dependence::Soft => x,
            Dependence::Exponential { exponent } => exp(-(exponent * shape) * (1.0 - x)),
            Dependence::Straight { exponent } => straight(exponent * shape, 1.0 - x),
            Dependence::Power { exponent } => power(x, exponent * shape),
            Dependence::Table(table) => table.at(x),
        }
    }
}

/// A conductance may lie above the nominal window, where no room is left.
#[inline(always)]
fn room(left: f64) -> f64 {
    if left > 0.0 { left } else { 0.0 }
}

/// At `way` from the bound that a step leads away from.
#[inline(always)]
fn straight(exponent: f64, way: f64) -> f64 {
    room(1.0 - (1.0 - exp(-exponent)) * way)
}

/// Puts in place of each x the factor of a step up where the step `rises`, else of a step down; the exponents of each
/// device are `shapes` times those of the law. `falls` is room for as many numbers.
#[inline(always)]
pub(crate) fn put_factors(
    law: &Conductance,
    xs: &mut [f64],
    falls: &mut [f64],
    shapes: impl Iterator<Item = Factors> + Clone,
    rises: &[bool],
) {
    // Which kinds they are is asked before the loops, so that each becomes vector code.
    let exponents = [&law.rise, &law.fall].map(|dependence| match dependence {
        Dependence::Additive => Some(0.0),
        Dependence::Exponential { exponent } => Some(*exponent),
        _ => None,
    });
    if exponents == [Some(0.0); 2] {
        xs.fill(1.0);
    } else if let [Some(up), Some(down)] = exponents {
        // One exponential for both: e^(−0 · x) is 1.
        for ((x, shape), &rises) in xs.iter_mut().zip(shapes).zip(rises) {
            let (exponent, way) = if rises { (up * shape.rise, *x) } else { (down * shape.fall, 1.0 - *x) };
            *x = exp(-exponent * way);
        }
    } else {
        falls.copy_from_slice(xs);
        law.rise.put_rising(xs, shapes.clone().map(|shape| shape.rise));
        law.fall.put_falling(falls, shapes.map(|shape| shape.fall));
        for ((x, &mut fall), &rises) in xs.iter_mut().zip(falls).zip(rises) {
            *x = if rises { *x } else { fall };
        }
    }
}

impl Dependence {
    /// Puts [`Dependence::rising`] in place of each x.
    #[inline(always)]
    pub(crate) fn put_rising(&self, xs: &mut [f64], shapes: impl Iterator<Item = f64>) {
        // Matched before the loops, so that each becomes vector code.
        match self {
            Dependence::Additive => xs.fill(1.0),
            Dependence::Soft => put(xs, shapes, |x, _| Dependence::Soft.rising(x, 1.0)),
            &Dependence::Exponential { exponent } => {
                put(xs, shapes, |x, shape| Dependence::Exponential { exponent }.rising(x, shape));
            }
            &Dependence::Straight { exponent } => {
                put(xs, shapes, |x, shape| Dependence::Straight { exponent }.rising(x, shape));
            }
            &Dependence::Power { exponent } => {
                put(xs, shapes, |x, shape| Dependence::Power { exponent }.rising(x, shape));
            }
            Dependence::Table(table) => put(xs, shapes, |x, _| table.at(x)),
        }
    }

    /// Puts [`Dependence::falling`] in place of each x.
    #[inline(always)]
    pub(crate) fn put_falling(&self, xs: &mut [f64], shapes: impl Iterator<Item = f64>) {
        match self {
            Dependence::Additive => xs.fill(1.0),
            Dependence::Soft => {} // The factor is x.
            &Dependence::Exponential { exponent } => {
                put(xs, shapes, |x, shape| Dependence::Exponential { exponent }.falling(x, shape));
            }
            &Dependence::Straight { exponent } => {
                put(xs, shapes, |x, shape| Dependence::Straight { exponent }.falling(x, shape));
            }
            &Dependence::Power { exponent } => {
                put(xs, shapes, |x, shape| Dependence::Power { exponent }.falling(x, shape));
            }
            Dependence::Table(table) => put(xs, shapes, |x, _| table.at(x)),
        }
    }
}

#[inline(always)]
fn put(xs: &mut [f64], shapes: impl Iterator<Item = f64>, factor: impl Fn(f64, f64) -> f64) {
    for (x, shape) in xs.iter_mut().zip(shapes) {
        *x = factor(*x, shape);
    }
}

#[cfg(test)]
mod tests {
    use super::Dependence::{Additive, Exponential, Power, Soft, Straight};

    #[test]
    fn a_step_is_whole_at_the_bound_it_leads_away_from_and_a_soft_one_ends_at_the_other() {
        let straight = Straight { exponent: 3.0 };
        for dependence in [Additive, Soft, Exponential { exponent: 3.0 }, straight, Power { exponent: 3.0 }] {
            assert_eq!([dependence.rising(0.0, 1.0), dependence.falling(1.0, 1.0)], [1.0; 2]);
        }
        for soft in [Soft, Power { exponent: 2.0 }] {
            assert_eq!([soft.rising(1.0, 1.0), soft.falling(0.0, 1.0)], [0.0; 2]);
        }
        assert_eq!([Soft.rising(0.25, 1.0), Soft.falling(0.25, 1.0)], [0.75, 0.25]);
    }

    #[test]
    fn an_exponent_of_0_is_additive_bit_for_bit() {
        for flat in [Exponential { exponent: 0.0 }, Straight { exponent: 0.0 }] {
            for x in [0.0, 1e-300, 0.3, 1.0] {
                assert_eq!(
                    [flat.rising(x, 1.0), flat.falling(x, 1.0)].map(f64::to_bits),
                    [1.0_f64.to_bits(); 2]
                );
            }
        }
    }

    #[test]
    fn an_exponential_or_straight_step_shrinks_by_e_to_the_beta_from_bound_to_bound() {
        let (exponential, straight) = (Exponential { exponent: 2.0 }, Straight { exponent: 1.0 });
        // e^−2, e^−1, (1 + e^−2)/2 and 0.3^1.7 of mpmath; 2 units in the last place of `exp`, 4 of a power.
        let expected = [
            (exponential.rising(1.0, 1.0), 0.135_335_283_236_612_7),
            (exponential.falling(0.5, 1.0), 0.367_879_441_171_442_33),
            (straight.rising(1.0, 2.0), 0.135_335_283_236_612_7),
            (straight.falling(0.5, 2.0), 0.567_667_641_618_306_3),
            (Power { exponent: 0.85 }.falling(0.3, 2.0), 0.129_153_486_074_980_26),
        ];
        for (found, expected) in expected {
            assert!((found - expected).abs() <= 4.0 * f64::EPSILON * expected, "{found} against {expected}");
        }
    }

    #[test]
    fn above_the_nominal_window_no_step_up_turns_around() {
        for dependence in [Soft, Straight { exponent: 3.0 }, Power { exponent: 2.0 }] {
            assert_eq!(dependence.rising(1.5, 1.0), 0.0, "{dependence:?}");
        }
    }
}
