//! Laws that thresholds and initial weights are drawn from, within bounds.
//!
//! ```text
//! uniform      min + u (max − min),   u uniform on [0, 1)
//! normal       of this mean and standard deviation; what lies outside the bounds is drawn again
//! log-normal   e^N(μ, σ²) of this mean and standard deviation:  σ² = ln(1 + s²/m²),  μ = ln m − σ²/2;  the same
//! ```
//!
//! Drawing again until the value lies within is the truncated law exactly. Robert 1995, *Simulation of truncated normal
//! variables*, Stat. Comput. 5:121.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal, Normal};

/// A law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// Uniform on [`min`, `max`).
    Uniform {
        /// Where it begins.
        min: f64,
        /// Where it ends.
        max: f64,
    },
    /// Normal.
    Normal {
        /// Before what is outside is cut off.
        mean: f64,
        /// Standard deviation, likewise.
        sd: f64,
    },
    /// Log-normal.
    LogNormal {
        /// Of the value, not of its logarithm; before what is outside is cut off.
        mean: f64,
        /// Of the value, likewise.
        sd: f64,
    },
}

impl Law {
    /// A value within [`low`, `high`]. What is outside is drawn again, so the bounds must leave a good part of the law.
    ///
    /// # Panics
    /// When mean or standard deviation are no numbers of such a law: conditions are checked before.
    #[must_use]
    pub fn draw(self, rng: &mut ChaCha8Rng, [low, high]: [f64; 2]) -> f64 {
        match self {
            Law::Uniform { min, max } => min + rng.random::<f64>() * (max - min),
            Law::Normal { mean, sd } => {
                let law = Normal::new(mean, sd).expect("a finite standard deviation of 0 or more");
                within(rng, &law, [low, high])
            }
            Law::LogNormal { mean, sd } => {
                let variance = (sd * sd / (mean * mean)).ln_1p();
                let law = LogNormal::new(mean.ln() - variance / 2.0, variance.sqrt());
                within(rng, &law.expect("a mean above 0"), [low, high])
            }
        }
    }
}

fn within(rng: &mut ChaCha8Rng, law: &impl Distribution<f64>, [low, high]: [f64; 2]) -> f64 {
    loop {
        let value = law.sample(rng);
        if (low..=high).contains(&value) {
            return value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};
    use statrs::distribution::{ContinuousCDF, LogNormal as LogNormalLaw, Normal as NormalLaw};

    const ANY: [f64; 2] = [0.0, f64::INFINITY];

    fn drawn(law: Law, bounds: [f64; 2]) -> Vec<f64> {
        let mut rng = stream(1, Purpose::Thresholds, 0);
        let mut values: Vec<f64> = (0..20_000).map(|_| law.draw(&mut rng, bounds)).collect();
        values.sort_unstable_by(f64::total_cmp);
        values
    }

    /// Kolmogorov and Smirnov: √n · the largest distance stays below 1.95 in 999 of 1 000 cases; the stream is fixed.
    fn follows(values: &[f64], below: impl Fn(f64) -> f64) {
        let count = values.len() as f64;
        let distances =
            values.iter().enumerate().map(|(rank, &value)| (below(value) - rank as f64 / count).abs());
        let largest = distances.fold(0.0, f64::max) * count.sqrt();
        assert!(largest < 1.95, "{largest}");
    }

    /// The distributions are those of statrs; truncated ones are (F(x) − F(low)) / (F(high) − F(low)).
    #[test]
    fn values_follow_their_truncated_laws() {
        let normal = NormalLaw::new(50.0, 30.0).unwrap();
        let cut = normal.cdf(0.0);
        follows(&drawn(Law::Normal { mean: 50.0, sd: 30.0 }, ANY), |x| (normal.cdf(x) - cut) / (1.0 - cut));
        let narrow = NormalLaw::new(0.5, 0.4).unwrap();
        let (low, high) = (narrow.cdf(0.0), narrow.cdf(1.0));
        follows(&drawn(Law::Normal { mean: 0.5, sd: 0.4 }, [0.0, 1.0]), |x| {
            (narrow.cdf(x) - low) / (high - low)
        });
        // σ² = ln(1 + 20²/50²) = 0.148 420 005 118 273 3, μ = ln 50 − σ²/2 = 3.837 813 002 869 009 3 (Python's math).
        let log = LogNormalLaw::new(3.837_813_002_869_009, 0.148_420_005_118_273_3_f64.sqrt()).unwrap();
        follows(&drawn(Law::LogNormal { mean: 50.0, sd: 20.0 }, ANY), |x| log.cdf(x));
        follows(&drawn(Law::Uniform { min: 40.0, max: 60.0 }, ANY), |x| (x - 40.0) / 20.0);
    }

    #[test]
    fn without_spread_every_law_is_its_mean() {
        for law in [Law::Normal { mean: 50.0, sd: 0.0 }, Law::Uniform { min: 50.0, max: 50.0 }] {
            assert_eq!(drawn(law, ANY)[0], 50.0);
        }
        let log = drawn(Law::LogNormal { mean: 50.0, sd: 0.0 }, ANY);
        assert!((log[0] - 50.0).abs() < 1e-12, "e^(ln 50) is rounded: {}", log[0]);
    }

    #[test]
    fn value_stability_of_the_laws() {
        let first = |law: Law| law.draw(&mut stream(1, Purpose::Thresholds, 0), ANY);
        assert_eq!(first(Law::Normal { mean: 50.0, sd: 5.0 }), FIRST[0]);
        assert_eq!(first(Law::LogNormal { mean: 50.0, sd: 5.0 }), FIRST[1]);
    }

    const FIRST: [f64; 2] = [49.592_797_236_019_17, 49.349_322_401_188_78];
}
