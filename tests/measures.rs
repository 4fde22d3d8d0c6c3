//! The bounds of what is told of a weight map, met exactly.

use spiketime_sim::{Layer, Network};
use spiketime_train::measures::measure;

/// Columns of weights, one a neuron.
fn network(columns: &[Vec<f64>]) -> Network<f64> {
    let inputs = columns[0].len();
    let rows = (0..inputs).flat_map(|input| columns.iter().map(move |column| column[input]));
    Network::new(Layer::report(), rows.collect(), vec![50.0; columns.len()])
}

/// Row `row` of Sylvester's Hadamard matrix of order 16: ±1, and any two rows are at right angles.
fn hadamard(row: usize) -> impl Fn(usize) -> f64 {
    move |input| if (row & input).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 }
}

/// The initial weights follow row 1, these the sum of the rows 1, 2, 4 and 8, which is twice as long: correlation 1/2
/// without any rounding. 2^-6 more where row 1 is up and less where it is down make 0.5111520, the other way round
/// 0.4877205 (`numpy.corrcoef`).
#[test]
fn a_correlation_of_exactly_one_half_is_no_noise_and_a_little_more_is() {
    let initial: Vec<f64> = (0..16).map(|input| 0.5 + hadamard(1)(input) / 4.0).collect();
    let rows = [1, 2, 4, 8].map(hadamard);
    let half: Vec<f64> =
        (0..16).map(|input| 0.5 + rows.iter().map(|row| row(input)).sum::<f64>() / 16.0).collect();
    let nudged = |by: f64| {
        let mut weights = half.clone();
        (weights[0], weights[1]) = (weights[0] + by, weights[1] - by);
        weights
    };
    let noisy = |weights: Vec<f64>| {
        measure(&network(&[weights]), &network(std::slice::from_ref(&initial)), &[true; 16]).noisy
    };
    assert_eq!(noisy(half.clone()), 0);
    assert_eq!(noisy(nudged(1.0 / 64.0)), 1);
    assert_eq!(noisy(nudged(-1.0 / 64.0)), 0);
}

/// 80 of 100 weights are 80 %, 79 are not.
#[test]
fn finished_are_eighty_of_a_hundred_weights_and_not_one_less() {
    let decided = |count: usize| (0..100).map(|input| if input < count { 0.04 } else { 0.5 }).collect();
    let now = network(&[decided(80), decided(79), decided(100), decided(0)]);
    assert_eq!(measure(&now, &now, &[true; 100]).finished, 2);
}
