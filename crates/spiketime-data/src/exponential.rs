//! Exponential numbers of mean 1, a batch at a time: −ln u for u uniform on (0, 1].
//!
//! ```text
//! u = m · 2^−k with m in [√½, √2):   −ln u = k ln 2 − 2 artanh s,   s = (m − 1)/(m + 1)
//! ```
//!
//! artanh s is its Taylor series to s^19; |s| ≤ 0.172, so what is left out lies below 3e-17 of it.
//! Inversion: Devroye 1986, *Non-Uniform Random Variate Generation*, ch. II.2. Without branches and
//! without fused multiply-add: vector code on every CPU, and the same bits on all of them.

use multiversion::multiversion;

/// How many numbers a batch has; half a batch an image is drawn in vain, on average.
pub(crate) const BATCH: usize = 128;

/// The bits of 1.
const ONE: u64 = 1.0_f64.to_bits();
/// The bits of √½, the lower end of m.
const SQRT_HALF: u64 = std::f64::consts::FRAC_1_SQRT_2.to_bits();
/// 2^52: or-ing a small integer into its bits adds that integer.
const INTEGER: f64 = 4_503_599_627_370_496.0;
/// 1/n for n = 19 down to 1, odd ones.
const SERIES: [f64; 10] = [
    1.0 / 19.0,
    1.0 / 17.0,
    1.0 / 15.0,
    1.0 / 13.0,
    1.0 / 11.0,
    1.0 / 9.0,
    1.0 / 7.0,
    1.0 / 5.0,
    1.0 / 3.0,
    1.0,
];

/// Turns each random word into an exponential number of mean 1.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq+avx512bw", "x86_64+avx2"))]
pub(crate) fn exponentials(words: &[u64; BATCH], numbers: &mut [f64; BATCH]) {
    for (number, &word) in numbers.iter_mut().zip(words) {
        *number = exponential(word);
    }
}

/// The word's upper 52 bits are u = 2^−52 to 1, in steps of 2^−52.
#[inline(always)]
fn exponential(word: u64) -> f64 {
    let u = 2.0 - f64::from_bits(ONE | word >> 12);
    let exponent = (u.to_bits() + (ONE - SQRT_HALF)) >> 52; // 1023 − k
    let k = (INTEGER + 1023.0) - f64::from_bits(INTEGER.to_bits() | exponent);
    let m = f64::from_bits(u.to_bits() + ONE - (exponent << 52));
    let s = (m - 1.0) / (m + 1.0);
    let mut series = SERIES[0];
    for coefficient in &SERIES[1..] {
        series = series * (s * s) + coefficient;
    }
    k * std::f64::consts::LN_2 - 2.0 * (s * series)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};
    use rand::RngExt;

    /// Words whose u is spread over all magnitudes, with both ends.
    fn words() -> impl Iterator<Item = u64> {
        let mut rng = stream(1, Purpose::TrainSpikes, 0);
        let spread = (0..100_000).map(move |step| u64::MAX - (rng.random::<u64>() >> (step % 52)));
        spread.chain([0, u64::MAX])
    }

    /// 4 units in the last place: k ln 2, the quotient, the product and the difference round once each.
    #[test]
    fn the_inverse_of_the_law_is_right_to_four_units_in_the_last_place() {
        for word in words() {
            let u = 1.0 - (word >> 12) as f64 / INTEGER;
            let error = (exponential(word) + u.ln()).abs();
            assert!(error <= -4.0 * f64::EPSILON * u.ln(), "−ln {u}: {}", exponential(word));
        }
        assert_eq!(exponential(0).to_bits(), 0.0_f64.to_bits());
        assert_eq!(exponential(u64::MAX), 52.0 * std::f64::consts::LN_2);
    }

    #[test]
    fn a_batch_has_the_same_bits_as_one_number_after_the_other() {
        let mut batch = [0; BATCH];
        let mut numbers = [0.0; BATCH];
        for (index, word) in words().enumerate() {
            batch[index % BATCH] = word;
            if index % BATCH == BATCH - 1 {
                exponentials(&batch, &mut numbers);
                assert_eq!(numbers.map(f64::to_bits), batch.map(|word| exponential(word).to_bits()));
            }
        }
    }
}
