//! A constant that changes over training: start · factor^p, where p is the fraction of training that is done.

use crate::laws::exp::exp;
use crate::laws::ln::ln;

/// A constant from `start` at p = 0 to `start` · `factor` at p = 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Annealed {
    /// What it is at first.
    pub start: f64,
    /// What is left of it in the end; 1 = it stays.
    pub factor: f64,
}

impl Annealed {
    /// The constant when the fraction `progress` of training is done.
    #[must_use]
    pub fn at(&self, progress: f64) -> f64 {
        self.start * exp(progress * ln(self.factor))
    }
}

#[cfg(test)]
mod tests {
    use super::Annealed;

    #[test]
    fn goes_from_its_start_to_the_factor_of_it_and_half_way_by_the_root() {
        let annealed = Annealed { start: 0.03, factor: 0.01 };
        // e^x is within 2 units in the last place, of x = ln 0.01 = −4.6 ln within 2 more: 4.6 · 2 + 2.
        for (progress, expected) in [(0.0, 0.03), (0.5, 0.003), (1.0, 0.000_3)] {
            assert!((annealed.at(progress) / expected - 1.0).abs() < 12.0 * f64::EPSILON);
        }
        assert_eq!(Annealed { start: 0.03, factor: 1.0 }.at(0.7), 0.03);
    }
}
