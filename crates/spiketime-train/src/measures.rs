//! What a weight map looks like, in numbers: noisy, finished, saturated and alike neurons.
//!
//! Over the pixels that are lit in at least one training image, with x = g/g_max:
//!
//! ```text
//! noisy      correlation of a neuron's weights with its own initial weights above 0.5
//! finished   at least 80 % of its weights outside [0.05, 0.95]
//! saturated  every weight of the neuron, lit or not, exactly at g_max
//! alike      mean correlation of the weights of two different neurons
//! ```
//!
//! The words are the report's (§6.2, §6.3, §6.5, §6.4, §6.1); the bounds make them measurable.

use spiketime_sim::{Network, Real};

const NOISY_CORRELATION: f64 = 0.5;
const FINISHED_SHARE: f64 = 0.8;
const UNDECIDED: std::ops::RangeInclusive<f64> = 0.05..=0.95;

/// The numbers of one map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measures {
    /// Neurons that still look like their initial weights.
    pub noisy: u64,
    /// Neurons whose weights have decided.
    pub finished: u64,
    /// Neurons with every weight at g_max.
    pub saturated: u64,
    /// Mean correlation of the weights of two different neurons; 0 with fewer than two.
    pub correlation: f64,
}

/// Measures a network against its own initial weights; `lit` says which inputs are ever lit.
#[must_use]
pub fn measure<R: Real>(network: &Network<R>, initial: &Network<R>, lit: &[bool]) -> Measures {
    let inputs: Vec<usize> = (0..lit.len()).filter(|&input| lit[input]).collect();
    let neurons = 0..network.neurons();
    let now: Vec<Vec<f64>> = neurons.clone().map(|neuron| weights(network, neuron, &inputs)).collect();
    let noisy = |&neuron: &usize| {
        dot(&standardised(&now[neuron]), &standardised(&weights(initial, neuron, &inputs)))
            > NOISY_CORRELATION
    };
    let count =
        |holds: &dyn Fn(&usize) -> bool| neurons.clone().filter(|neuron| holds(neuron)).count() as u64;
    Measures {
        noisy: count(&noisy),
        finished: count(&|&neuron| is_finished(&now[neuron])),
        saturated: count(&|&neuron| is_saturated(network, neuron)),
        correlation: mean_correlation(&now),
    }
}

/// Weights of a neuron from the given inputs, g/g_max.
fn weights<R: Real>(network: &Network<R>, neuron: usize, inputs: &[usize]) -> Vec<f64> {
    let weight = |&input: &usize| network.weights_mv[(input, neuron)].to_f64();
    inputs.iter().map(|input| weight(input) / network.layer.weight_max_mv).collect()
}

fn is_finished(weights: &[f64]) -> bool {
    let decided = weights.iter().filter(|weight| !UNDECIDED.contains(weight)).count();
    decided as f64 >= FINISHED_SHARE * weights.len() as f64
}

fn is_saturated<R: Real>(network: &Network<R>, neuron: usize) -> bool {
    let max = R::rounded(network.layer.weight_max_mv);
    network.weights_mv.column(neuron).all(|weight| weight >= max)
}

/// Mean 0 and length 1; all 0 where the values do not vary.
fn standardised(values: &[f64]) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let centred: Vec<f64> = values.iter().map(|value| value - mean).collect();
    let length = dot(&centred, &centred).sqrt();
    if length > 0.0 { centred.iter().map(|value| value / length).collect() } else { vec![0.0; values.len()] }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// With z a neuron's standardised weights: Σ_{i≠j} zᵢ·zⱼ = |Σ zᵢ|² − Σ |zᵢ|².
fn mean_correlation(neurons: &[Vec<f64>]) -> f64 {
    if neurons.len() < 2 {
        return 0.0;
    }
    let mut sum = vec![0.0; neurons[0].len()];
    let mut lengths = 0.0;
    for weights in neurons {
        let z = standardised(weights);
        lengths += dot(&z, &z);
        sum.iter_mut().zip(&z).for_each(|(sum, z)| *sum += z);
    }
    (dot(&sum, &sum) - lengths) / (neurons.len() * (neurons.len() - 1)) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use spiketime_sim::Layer;

    /// Columns of weights, one a neuron.
    fn network(columns: &[[f64; 4]]) -> Network<f64> {
        let rows = (0..4).flat_map(|input| columns.iter().map(move |column| column[input]));
        Network::new(Layer::report(), rows.collect(), vec![50.0; columns.len()])
    }

    const LIT: [bool; 4] = [true, true, true, false];

    #[test]
    fn a_neuron_is_noisy_while_it_resembles_its_initial_weights() {
        let initial = network(&[[0.1, 0.5, 0.9, 0.2], [0.1, 0.5, 0.9, 0.2], [0.1, 0.5, 0.9, 0.2]]);
        // Correlations over the first three: 1, −1, and 0 for a constant one.
        let now = network(&[[0.0, 0.25, 0.5, 1.0], [0.9, 0.5, 0.1, 0.2], [0.5, 0.5, 0.5, 0.2]]);
        assert_eq!(measure(&now, &initial, &LIT).noisy, 1);
    }

    #[test]
    fn finished_needs_eighty_percent_outside_and_the_bounds_are_inside() {
        let now = network(&[[0.0, 1.0, 0.96, 0.5], [0.0, 1.0, 0.95, 0.5], [0.04, 0.04, 0.05, 1.0]]);
        assert_eq!(measure(&now, &now, &LIT).finished, 1);
    }

    #[test]
    fn saturated_asks_for_every_pixel_also_those_never_lit() {
        let now = network(&[[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 0.99]]);
        assert_eq!(measure(&now, &now, &LIT).saturated, 1);
    }

    #[test]
    fn two_equal_neurons_correlate_fully_and_opposite_ones_cancel() {
        let correlation = |columns: &[[f64; 4]]| {
            let now = network(columns);
            measure(&now, &now, &LIT).correlation
        };
        let (up, down) = ([0.0, 0.5, 1.0, 0.0], [1.0, 0.5, 0.0, 0.0]);
        assert!((correlation(&[up, up]) - 1.0).abs() < 1e-15);
        assert!((correlation(&[up, down]) + 1.0).abs() < 1e-15);
        // Three pairs: +1, −1, −1.
        assert!((correlation(&[up, up, down]) + 1.0 / 3.0).abs() < 1e-15);
        assert_eq!(correlation(&[up]), 0.0);
    }
}
