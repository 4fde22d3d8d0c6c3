//! Chance from cycle to cycle against the laws that it must follow: 10⁶ numbers over neurons, inputs and updates.
//!
//! A generator that gives one number always, and one that knows its key only, fail the same measures.

use spiketime_sim::laws::chance::{Draw, address, normal, uniform};
use statrs::distribution::{ContinuousCDF, Normal};

/// Numbers of each of neuron, input and update.
const SIDE: usize = 100;

/// The number of a synapse at an update.
type Generator = fn(neuron: usize, input: usize, update: u64) -> f64;

fn ours(neuron: usize, input: usize, update: u64) -> f64 {
    normal(uniform(address(1, neuron, update, Draw::Step), input))
}

fn numbers(generator: Generator) -> Vec<f64> {
    let addresses = (0..SIDE.pow(3)).map(|at| (at / (SIDE * SIDE), at / SIDE % SIDE, (at % SIDE) as u64));
    addresses.map(|(neuron, input, update)| generator(neuron, input, update)).collect()
}

/// √n times the largest distance from the normal distribution (Kolmogorov and Smirnov).
fn distance(numbers: &[f64]) -> f64 {
    let law = Normal::new(0.0, 1.0).expect("a law");
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let off = sorted.iter().enumerate().map(|(rank, &x)| {
        let below = law.cdf(x);
        f64::max((below - rank as f64 / count).abs(), (below - (rank + 1) as f64 / count).abs())
    });
    off.fold(0.0, f64::max) * count.sqrt()
}

/// √n times the correlation of numbers with those one neuron, input and update on; 1 · √n where nothing varies.
fn correlations(numbers: &[f64]) -> [f64; 3] {
    [SIDE * SIDE, SIDE, 1].map(|lag| {
        let neighbours = (0..numbers.len()).filter(|at| at / lag % SIDE + 1 < SIDE);
        let pairs: Vec<(f64, f64)> = neighbours.map(|at| (numbers[at], numbers[at + lag])).collect();
        let count = pairs.len() as f64;
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / count;
        let (left, right) = (mean(&|pair| pair.0), mean(&|pair| pair.1));
        let covariance = mean(&|pair| (pair.0 - left) * (pair.1 - right));
        let variance = mean(&|pair| (pair.0 - left).powi(2)) * mean(&|pair| (pair.1 - right).powi(2));
        if variance > 0.0 { covariance / variance.sqrt() * count.sqrt() } else { count.sqrt() }
    })
}

/// What chance exceeds in one of 1 000 cases, of the distance and of a correlation in units of its standard deviation.
const LARGEST: [f64; 2] = [1.95, 3.29];

#[test]
fn a_million_numbers_are_normal_and_know_nothing_of_their_neighbours() {
    let numbers = numbers(ours);
    let (distance, correlations) = (distance(&numbers), correlations(&numbers));
    assert!(distance < LARGEST[0], "{distance}");
    assert!(correlations.iter().all(|correlation| correlation.abs() < LARGEST[1]), "{correlations:?}");
}

#[test]
fn the_measures_tell_a_constant_and_a_generator_that_knows_less_of_its_address() {
    let constant = numbers(|_, _, _| 0.5);
    assert!(distance(&constant) > 100.0 && correlations(&constant).iter().all(|&it| it > 900.0));
    let key_alone = numbers(|_, _, _| ours(0, 0, 0));
    assert!(distance(&key_alone) > 100.0 && correlations(&key_alone).iter().all(|&it| it > 900.0));
    // Whoever forgets one part of the address has it twice in a row there.
    let forgetful: [Generator; 3] =
        [|_, i, u| ours(0, i, u), |n, _, u| ours(n, 0, u), |n, i, _| ours(n, i, 0)];
    for (part, generator) in forgetful.into_iter().enumerate() {
        assert!(correlations(&numbers(generator))[part] > 900.0, "{part}");
    }
    // Numbers in order are as far from their law as those that a wrong seed repeats.
    assert!(correlations(&numbers(|n, i, u| ours(n + i, i, u) + 0.01 * n as f64))[0] > LARGEST[1]);
}

/// The parts of a step, its level and its reading share nothing.
#[test]
fn the_draws_of_one_update_know_nothing_of_each_other() {
    let of = |draw| -> Vec<f64> {
        (0..100_000).map(|at| normal(uniform(address(1, at / 100, (at % 100) as u64, draw), 5))).collect()
    };
    let draws = [Draw::Step, Draw::PartDown, Draw::Level, Draw::Reading].map(of);
    for (number, first) in draws.iter().enumerate() {
        for second in &draws[number + 1..] {
            let product: f64 = first.iter().zip(second).map(|(a, b)| a * b).sum();
            assert!((product / f64::sqrt(1e5)).abs() < LARGEST[1], "{product}");
        }
    }
}
