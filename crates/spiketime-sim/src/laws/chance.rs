//! Chance as a pure function of where it falls: a hash of an address, and what a uniform and a normal number make of it.
//!
//! ```text
//! z = mix(mix(key + γ neuron) + γ (4 update + draw)),   h = the upper 32 bits of mix(z + γ input)
//! u = (h + ½)/2³²,    ξ = Φ⁻¹(u)
//! ```
//!
//! So no number depends on another, on an order or on how many there are. mix is the finalizer of `SplitMix64`, γ its step:
//! Steele, Lea & Flood 2014, OOPSLA, 453. Φ⁻¹ is PPND7, to about 7 digits: Wichura 1988, Appl. Stat. 37:477 (AS 241);
//! as u is never nearer to 0 or 1 than 2⁻³³, its outermost branch is never asked for.

const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;
/// The bits of 2^52: below them a whole number stands as it is.
const TWO_TO_52: u64 = 0x4330_0000_0000_0000;

/// Draws of one synapse at one update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draw {
    /// Of its step; of the part up where a rule has a part up and a part down.
    Step = 0,
    /// Of the part down.
    PartDown = 1,
    /// Of the level that a conductance settles on.
    Level = 2,
    /// Of what is read of it.
    Reading = 3,
}

#[inline(always)]
fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Where the numbers of a neuron's synapses begin, at its so-manieth update.
#[inline(always)]
#[must_use]
pub fn address(key: u64, neuron: usize, update: u64, draw: Draw) -> u64 {
    let neuron = mix(key.wrapping_add(GAMMA.wrapping_mul(neuron as u64)));
    mix(neuron.wrapping_add(GAMMA.wrapping_mul(4 * update + draw as u64)))
}

/// A number of the synapse from this input, uniform between 0 and 1 and neither of them.
#[inline(always)]
#[must_use]
pub fn uniform(address: u64, input: usize) -> f64 {
    let bits = mix(address.wrapping_add(GAMMA.wrapping_mul(input as u64))) >> 32;
    // 2^52 + bits, whose last bits they are: a conversion that every instruction set has.
    let whole = f64::from_bits(TWO_TO_52 | bits) - f64::from_bits(TWO_TO_52);
    (whole + 0.5) * (1.0 / 4_294_967_296.0)
}

/// The number below which a standard normal one lies with probability `u`.
#[inline(always)]
#[must_use]
pub fn normal(u: f64) -> f64 {
    if is_far(u) { far(u) } else { near(u) }
}

/// How many numbers are made normal at a time.
const AT_A_TIME: usize = 256;
/// Lanes of the widest vector.
const LANES: usize = 8;

/// Puts [`normal`] in place of each uniform number.
///
/// Three of twenty lie far out, where a number takes a logarithm, a root and a second quotient: these are set aside, so that
/// a vector of numbers is not kept waiting for one of them.
#[inline(always)]
pub fn put_normal(uniforms: &mut [f64]) {
    for numbers in uniforms.chunks_mut(AT_A_TIME) {
        let (mut places, mut aside, mut count) = ([0_u8; AT_A_TIME], [0.25; AT_A_TIME], 0);
        for (place, &u) in numbers.iter().enumerate() {
            // Written always and kept where it counts: no branch that chance would mislead.
            (places[count % AT_A_TIME], aside[count % AT_A_TIME]) = (place as u8, u);
            count += usize::from(is_far(u));
        }
        for number in &mut *numbers {
            *number = near(*number);
        }
        for number in &mut aside[..count.next_multiple_of(LANES)] {
            *number = far(*number);
        }
        for (&place, &number) in places[..count].iter().zip(&aside) {
            numbers[usize::from(place)] = number;
        }
    }
}

#[inline(always)]
fn is_far(u: f64) -> bool {
    (u - 0.5).abs() > 0.425
}

#[inline(always)]
fn near(u: f64) -> f64 {
    let q = u - 0.5;
    let r = 0.180_625 - q * q;
    let above = q * (((59.109_374_720 * r + 159.291_132_02) * r + 50.434_271_938) * r + 3.387_132_717_9);
    above / (((67.187_563_600 * r + 78.757_757_664) * r + 17.895_169_469) * r + 1.0)
}

#[inline(always)]
fn far(u: f64) -> f64 {
    let is_below = u < 0.5;
    let side = if is_below { u } else { 1.0 - u };
    let r = (-ln_of_part(side)).sqrt() - 1.6;
    let above = ((0.170_238_211_03 * r + 1.306_728_481_6) * r + 2.756_815_390_0) * r + 1.423_437_277_7;
    let above = if is_below { -above } else { above };
    above / ((0.120_211_329_75 * r + 0.737_001_642_50) * r + 1.0)
}

/// ln x of a normal x below 1, to nine digits: as [`ln`](crate::laws::ln::ln), by six of its terms.
#[inline(always)]
fn ln_of_part(x: f64) -> f64 {
    // 2/11, 2/9, … 2/3 of s², which is below 0.0295.
    const SERIES: [f64; 5] = [2.0 / 11.0, 2.0 / 9.0, 2.0 / 7.0, 2.0 / 5.0, 2.0 / 3.0];
    const ROOT_HALF: u64 = 0x3FE6_A09E_0000_0000;
    let moved = x.to_bits().wrapping_add(0x3FF0_0000_0000_0000 - ROOT_HALF);
    let exponent = f64::from_bits(TWO_TO_52 | (moved >> 52)) - f64::from_bits(TWO_TO_52) - 1023.0;
    let f = f64::from_bits((moved & 0x000F_FFFF_FFFF_FFFF).wrapping_add(ROOT_HALF)) - 1.0;
    let s = f / (2.0 + f);
    let square = s * s;
    let mut series = SERIES[0];
    for coefficient in &SERIES[1..] {
        series = series * square + coefficient;
    }
    exponent * std::f64::consts::LN_2 + s * (2.0 + series * square)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_numbers_are_those_of_the_inverse_distribution_to_seven_digits() {
        // mpmath: sqrt(2) erfinv(2u − 1) at 2⁻³³, 1e-6, 0.01, 0.075, 0.25, 0.5, 0.6, 0.925, 0.999.
        let known = [
            (1.0 / 8_589_934_592.0, -6.337_957_754_6),
            (1e-6, -4.753_424_308_8),
            (0.01, -2.326_347_874_0),
            (0.075, -1.439_531_470_9),
            (0.25, -0.674_489_750_2),
            (0.5, 0.0),
            (0.6, 0.253_347_103_1),
            (0.925, 1.439_531_470_9),
            (0.999, 3.090_232_306_2),
        ];
        for (u, expected) in known {
            // The article gives about one part in 10⁷.
            assert!((normal(u) - expected).abs() <= 2e-7 * (1.0 + f64::abs(expected)), "{u}: {}", normal(u));
        }
    }

    #[test]
    fn numbers_made_normal_together_are_those_made_one_by_one() {
        // Fewer than are made at a time, as many, more; all far out, none, and where both kinds meet.
        for count in [0, 1, 7, 8, 255, 256, 257, 784] {
            for of in [|u: f64| u, |u| u / 16.0, |u| 0.25 + u / 2.0, |u| 0.925 + (u - 0.5) * 1e-15] {
                let uniforms: Vec<f64> = (0..count).map(|input| of(uniform(7, input))).collect();
                let mut together = uniforms.clone();
                put_normal(&mut together);
                let alone: Vec<u64> = uniforms.iter().map(|&u| normal(u).to_bits()).collect();
                assert_eq!(together.iter().map(|number| number.to_bits()).collect::<Vec<_>>(), alone);
            }
        }
    }

    /// The platform's logarithm, from the nearest to 0 to the nearest to 1/2 that is asked for.
    #[test]
    fn the_short_logarithm_has_nine_digits() {
        for step in 0..100_000 {
            let x = f64::exp(-23.0 * f64::from(step) / 100_000.0 - 0.6);
            assert!((ln_of_part(x) / x.ln() - 1.0).abs() < 1e-9, "{x}: {} against {}", ln_of_part(x), x.ln());
        }
    }

    #[test]
    fn no_uniform_number_is_0_or_1_and_each_lies_in_the_middle_of_its_part() {
        for input in 0..10_000 {
            let parts = uniform(7, input) * 4_294_967_296.0;
            assert!(parts > 0.0 && parts < 4_294_967_296.0 && parts.fract() == 0.5, "{parts}");
        }
    }

    #[test]
    fn value_stability_of_addressed_numbers() {
        let at = |neuron, update, draw, input| uniform(address(1, neuron, update, draw), input);
        let found = [at(0, 1, Draw::Step, 0), at(3, 1, Draw::PartDown, 0), at(0, 2, Draw::Level, 783)];
        assert_eq!(found, KNOWN);
    }

    /// Whole numbers of 64 bits in Python, by the formulas above.
    const KNOWN: [f64; 3] = [0.545100336545147, 0.8383886947995052, 0.06993318849708885];
}
