//! The natural logarithm, pinned: the same bits on every CPU.
//!
//! x = 2^k · m with √½ ≤ m < √2; with f = m − 1 and s = f/(2 + f)
//!
//! ```text
//! ln m = 2 artanh s = f − s (f − R),   R = 2 (s²/3 + s⁴/5 + s⁶/7 + …)
//! ```
//!
//! since 2s = f − sf. As s² < 0.0295, the series to s²² leaves out less than 1e-18 of ln m. ln (1 + x) is ln of the
//! rounded sum u, and the rounding c = x − (u − 1), which is exact, by its slope 1/u.
//! Higham 2002, Accuracy and Stability of Numerical Algorithms, §1.14.1 and problem 1.5.

use crate::laws::exp::{LN_2_HIGH, LN_2_LOW, exp};

/// The upper half of the bits of √½: m begins there.
const ROOT_HALF_HIGH: u64 = 0x3FE6_A09E;
/// What brings a subnormal number up to a normal one.
const TWO_TO_54: f64 = 18_014_398_509_481_984.0;
/// 2/(2n + 1) for n = 11 down to 1.
const SERIES: [f64; 11] = [
    2.0 / 23.0,
    2.0 / 21.0,
    2.0 / 19.0,
    2.0 / 17.0,
    2.0 / 15.0,
    2.0 / 13.0,
    2.0 / 11.0,
    2.0 / 9.0,
    2.0 / 7.0,
    2.0 / 5.0,
    2.0 / 3.0,
];

/// ln x to within 2 units in the last place; −∞ at 0, not a number below.
#[must_use]
pub fn ln(x: f64) -> f64 {
    if x.is_nan() || x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if x == f64::INFINITY {
        return x;
    }
    if x < f64::MIN_POSITIVE {
        return ln_normal(x * TWO_TO_54, -54.0);
    }
    ln_normal(x, 0.0)
}

/// ln (1 + x) to within 3 units in the last place, also where 1 + x would lose the digits of x.
#[must_use]
pub fn ln_1p(x: f64) -> f64 {
    let sum = 1.0 + x;
    if sum == f64::INFINITY || sum <= 0.0 {
        return ln(sum);
    }
    ln(sum) + (x - (sum - 1.0)) / sum
}

/// x^exponent = e^(exponent · ln x) for an x of 0 or more and an exponent above 0; 0 of a subnormal x. Free of branches, so
/// that loops over it become vector code.
#[inline(always)]
#[must_use]
pub fn power(x: f64, exponent: f64) -> f64 {
    let normal = if x > f64::MIN_POSITIVE { x } else { f64::MIN_POSITIVE };
    let value = exp(exponent * ln_normal(normal, 0.0));
    if x < f64::MIN_POSITIVE { 0.0 } else { value }
}

/// ln (2^exponent · x) for a normal x.
#[inline(always)]
fn ln_normal(x: f64, exponent: f64) -> f64 {
    // The exponent grows by one where m reaches √2: where the bits, moved so that √½ has those of 1, carry over.
    let moved = x.to_bits() + ((0x3FF0_0000 - ROOT_HALF_HIGH) << 32);
    let k = (moved >> 52) as f64 - 1023.0;
    let f = f64::from_bits((moved & 0x000F_FFFF_FFFF_FFFF) + (ROOT_HALF_HIGH << 32)) - 1.0;
    let s = f / (2.0 + f);
    let square = s * s;
    let series = SERIES.iter().fold(0.0, |sum, coefficient| (sum + coefficient) * square);
    let k = k + exponent;
    k * LN_2_HIGH + ((k * LN_2_LOW - s * (f - series)) + f)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Digits from mpmath at 50: `mp.log(mpf(x))`, also where m begins and ends.
    #[allow(clippy::approx_constant)]
    const LN: [(f64, f64); 13] = [
        (1e-310, -713.801_378_828_154_2),
        (2.225_073_858_507_201_4e-308, -708.396_418_532_264_1),
        (0.01, -4.605_170_185_988_091),
        (0.5, -0.693_147_180_559_945_3),
        (0.707_106_781_186_547_5, -0.346_573_590_279_972_74),
        (0.707_106_781_186_547_6, -0.346_573_590_279_972_6),
        (0.999_999_999_999_999_9, -1.110_223_024_625_156_6e-16),
        (1.000_000_000_000_000_2, 2.220_446_049_250_313e-16),
        (1.414_213_562_373_095_1, 0.346_573_590_279_972_7),
        (2.0, 0.693_147_180_559_945_3),
        (10.0, 2.302_585_092_994_046),
        (60_000.0, 11.002_099_841_204_238),
        (f64::MAX, 709.782_712_893_384),
    ];

    /// `mp.log(1 + mpf(x))`.
    #[allow(clippy::approx_constant)]
    const LN_1P: [(f64, f64); 10] = [
        (-0.999_999_999_999_999_9, -36.736_800_569_677_1),
        (-0.5, -0.693_147_180_559_945_3),
        (-1e-9, -1.000_000_000_500_000_1e-9),
        (1e-17, 1e-17),
        (1e-10, 9.999_999_999_500_001e-11),
        (0.000_1, 9.999_500_033_330_834e-5),
        (0.04, 0.039_220_713_153_281_3),
        (0.4, 0.336_472_236_621_212_95),
        (1.0, 0.693_147_180_559_945_3),
        (400.0, 5.993_961_427_306_569),
    ];

    #[track_caller]
    fn assert_near(found: f64, expected: f64, units: f64, what: f64) {
        let error = (found - expected).abs();
        assert!(error <= units * f64::EPSILON * expected.abs(), "{what}: {found} against {expected}");
    }

    #[test]
    fn agrees_with_the_digits_of_mpmath_to_the_stated_units_in_the_last_place() {
        LN.into_iter().for_each(|(x, expected)| assert_near(ln(x), expected, 2.0, x));
        LN_1P.into_iter().for_each(|(x, expected)| assert_near(ln_1p(x), expected, 3.0, x));
    }

    #[test]
    fn has_no_value_below_zero_and_keeps_nan_and_the_ends() {
        assert_eq!([ln(0.0), ln_1p(-1.0)], [f64::NEG_INFINITY; 2]);
        assert_eq!([ln(f64::INFINITY), ln_1p(f64::INFINITY)], [f64::INFINITY; 2]);
        assert!([ln(-1e-300), ln_1p(-1.1), ln(f64::NAN), ln_1p(f64::NAN)].iter().all(|y| y.is_nan()));
        assert_eq!([ln(1.0), ln_1p(0.0), ln_1p(1e-300)], [0.0, 0.0, 1e-300]);
    }

    #[test]
    fn stays_within_the_stated_units_of_the_platform_from_tiny_to_huge() {
        for step in 0..200_000 {
            let x = f64::exp(-690.0 + 0.006_9 * f64::from(step));
            assert_near(ln(x), x.ln(), 2.0, x);
            let near_zero = f64::exp(-40.0 + 0.000_39 * f64::from(step));
            assert_near(ln_1p(near_zero), near_zero.ln_1p(), 3.0, near_zero);
            let below_one = -1.0 + (f64::from(step) + 0.5) / 200_000.0;
            assert_near(ln_1p(below_one), below_one.ln_1p(), 3.0, below_one);
            let near_one = 0.5 + f64::from(step) / 100_000.0;
            assert_near(ln(near_one), near_one.ln(), 2.0, near_one);
        }
    }
}
