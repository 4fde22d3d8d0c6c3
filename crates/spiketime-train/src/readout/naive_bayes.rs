//! Multinomial naive Bayes: the spikes of an image as draws of neurons, of each class with its own odds.
//!
//! ```text
//! w_kc = ln[(H_kc + α)/(Σ_k H_kc + αN)],  score of c = Σ_k n_k w_kc,  α = 0.3
//! ```
//!
//! Every class is as likely as the other, however many label images it has. McCallum & Nigam 1998, AAAI-98 workshop on
//! learning for text categorization; with ln(1 + n) in the place of n, Rennie et al. 2003, ICML.

use spiketime_sim::laws::ln::ln;

/// α: what is added to every count, so that a neuron never seen with a class does not rule it out.
pub const SMOOTHING: f64 = 0.3;

/// w_kc of H_kc, both neurons × classes.
#[must_use]
pub fn weights(sums: &[f64], classes: usize) -> Vec<f64> {
    let neurons = sums.chunks_exact(classes);
    let smoothed = SMOOTHING * neurons.len() as f64;
    let mut totals = vec![0.0; classes];
    for sums in neurons.clone() {
        totals.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
    }
    let weight = |(sum, total): (&f64, &f64)| ln((sum + SMOOTHING) / (total + smoothed));
    neurons.flat_map(|sums| sums.iter().zip(&totals).map(weight).collect::<Vec<f64>>()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Digits of Python's decimal at 50: `(Decimal('2.3')/Decimal('3.6')).ln()` and so on.
    #[test]
    fn a_weight_is_the_logarithm_of_a_smoothed_share() {
        // Two neurons, two classes: class 0 has 2 and 1 spikes, class 1 none at all.
        let [a, b, c, d] = weights(&[2.0, 0.0, 1.0, 0.0], 2)[..] else { panic!("two by two") };
        let half = -std::f64::consts::LN_2;
        for (found, expected) in
            [(a, -0.448_024_722_526_960_3), (b, half), (c, -1.018_569_580_994_573_3), (d, half)]
        {
            assert!(
                (found - expected).abs() < 4.0 * f64::EPSILON,
                "two roundings of ln: {found} and {expected}"
            );
        }
    }
}
