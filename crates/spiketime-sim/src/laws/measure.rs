//! The size of a neuron's weights, and bringing them to one.
//!
//! Sum: Σ w.  Norm: √(Σ w²).  Added up in f64 in ascending order of input, the one order of both engines; IEEE 754
//! rounds a root exactly.

use crate::laws::stdp::clipped;
use crate::real::Real;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The sum of the weights.
    Sum,
    /// Their Euclidean norm.
    Norm,
}

/// A neuron's weights are brought to a size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normalisation {
    /// What is brought …
    pub measure: Measure,
    /// … to this \[mV\].
    pub target_mv: f64,
    /// When.
    pub when: NormalisedAt,
}

/// When a neuron's weights are brought to their size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormalisedAt {
    /// At each own spike, after it has learned.
    Spike,
    /// At the end of each image in which it has spiked.
    ImageEnd,
}

impl Measure {
    /// The size of weights in ascending order of input \[mV\].
    #[inline(always)]
    #[must_use]
    pub fn of<R: Real>(self, weights_mv: impl Iterator<Item = R>) -> f64 {
        match self {
            Measure::Sum => weights_mv.fold(0.0, |sum, weight| sum + weight.to_f64()),
            Measure::Norm => {
                weights_mv.fold(0.0, |sum, weight| sum + weight.to_f64() * weight.to_f64()).sqrt()
            }
        }
    }
}

impl Normalisation {
    /// One of the weights that had this size, 0 if all of them are \[mV\].
    ///
    /// One that would exceed the largest is clipped, and the size then missed.
    #[inline(always)]
    #[must_use]
    pub fn rescaled<R: Real>(&self, weight_mv: R, size_mv: f64, max_mv: f64) -> R {
        let rescaled_mv = if size_mv > 0.0 { weight_mv.to_f64() * (self.target_mv / size_mv) } else { 0.0 };
        clipped(R::ZERO, R::rounded(rescaled_mv), R::rounded(max_mv))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_and_four_sum_to_seven_and_have_the_norm_five() {
        assert_eq!(
            [Measure::Sum, Measure::Norm].map(|measure| measure.of([3.0_f64, 4.0].into_iter())),
            [7.0, 5.0]
        );
    }

    #[test]
    fn weights_are_added_in_ascending_order_of_input() {
        // 1 is lost beside 2^53 but not before it: 2^53 + 1 + 1 and 1 + 1 + 2^53 differ.
        let large = 9_007_199_254_740_992.0_f64;
        assert_eq!(Measure::Sum.of([large, 1.0, 1.0].into_iter()), large);
        assert_eq!(Measure::Sum.of([1.0, 1.0, large].into_iter()), large + 2.0);
    }

    #[test]
    fn a_weight_keeps_its_share_and_one_too_large_is_clipped() {
        let normalisation =
            Normalisation { measure: Measure::Sum, target_mv: 3.5, when: NormalisedAt::Spike };
        assert_eq!([3.0_f64, 4.0].map(|weight| normalisation.rescaled(weight, 7.0, 1.75)), [1.5, 1.75]);
        assert_eq!(normalisation.rescaled(0.0_f64, 0.0, 1.0), 0.0);
    }
}
