//! The exponential, pinned: the same bits on every CPU, and free of branches so that loops over it
//! become vector code.
//!
//! e^x = 2^k · e^r with k = round(x / ln 2) and |r| ≤ ln 2 / 2; e^r is its Taylor series to degree
//! 13, whose remainder 0.347^14 / 14! lies below 1e-17. Cody & Waite 1980, ch. 6.

/// 1.5 · 2^52: adding it rounds a small number to an integer, which then sits in the low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// The first 33 bits of ln 2, so that `k · LN_2_HIGH` is exact.
pub(super) const LN_2_HIGH: f64 = f64::from_bits(0x3FE6_2E42_FEE0_0000);
/// ln 2 − `LN_2_HIGH`.
pub(super) const LN_2_LOW: f64 = f64::from_bits(0x3DEA_39EF_3579_3C76);
/// Below this the result would be subnormal; it is 0 instead.
const SMALLEST: f64 = -708.0;
const LARGEST: f64 = 709.0;

/// 1/n! for n = 13 down to 0: each is exact or correctly rounded.
const TAYLOR: [f64; 14] = [
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
    1.0,
];

/// e^x to within 2 units in the last place; 0 below −708 and infinite above 709.
#[inline(always)]
#[must_use]
pub fn exp(x: f64) -> f64 {
    let rounded = x * std::f64::consts::LOG2_E + ROUNDER;
    let k = rounded - ROUNDER;
    let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
    let mut series = TAYLOR[0];
    for coefficient in &TAYLOR[1..] {
        series = series * r + coefficient;
    }
    let two_to_k = f64::from_bits((rounded.to_bits() << 52).wrapping_add(1023 << 52));
    let value = series * two_to_k;
    let value = if x < SMALLEST { 0.0 } else { value };
    if x > LARGEST { f64::INFINITY } else { value }
}

#[cfg(test)]
mod tests {
    use super::exp;

    /// Digits from mpmath at 50: `mp.exp(mpf(x))`.
    const KNOWN: [(f64, f64); 7] = [
        (0.0, 1.0),
        (-0.05, 0.951_229_424_500_714),
        (-1.0, 0.367_879_441_171_442_33),
        (-7.5, 5.530_843_701_478_336e-4),
        (-20.0, 2.061_153_622_438_558e-9),
        (-700.0, 9.859_676_543_759_77e-305),
        (2.0, 7.389_056_098_930_65),
    ];

    #[test]
    fn agrees_with_the_digits_of_mpmath_to_two_units_in_the_last_place() {
        for (x, expected) in KNOWN {
            let error = (exp(x) - expected).abs() / expected;
            assert!(error <= 2.0 * f64::EPSILON, "e^{x}: {} against {expected}", exp(x));
        }
    }

    #[test]
    fn saturates_without_nan_and_keeps_nan() {
        assert_eq!(exp(f64::NEG_INFINITY), 0.0);
        assert_eq!(exp(-1e9), 0.0);
        assert_eq!(exp(1e9), f64::INFINITY);
        assert!(exp(f64::NAN).is_nan());
    }

    #[test]
    fn stays_within_two_units_in_the_last_place_of_the_platform_everywhere() {
        for step in 0..200_000 {
            let x = -700.0 + 0.003_501 * f64::from(step);
            let error = (exp(x) - x.exp()).abs() / x.exp();
            assert!(error <= 2.0 * f64::EPSILON, "e^{x}: off by {error:e}");
        }
    }
}
