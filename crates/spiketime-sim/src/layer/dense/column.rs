//! The weights of one neuron as contiguous vectors, a part of them at a time: taken out, the factors of their steps, put back.

use std::iter::repeat;

use crate::laws::conductance::Conductance;
use crate::layer::network::Network;
use crate::layer::rows::{LANES, place};
use crate::real::Real;

/// Weights that are changed at a time: each lies on a line of memory of its own, and these stay in the nearest cache
/// until they are put back. Near 256, all parts but the last alike, in whole tiles.
#[inline(always)]
pub(super) fn part(inputs: usize) -> usize {
    inputs.div_ceil(inputs.div_ceil(256).max(1)).next_multiple_of(LANES).max(LANES)
}

/// The weights of a neuron from this input on \[mV\].
#[inline(always)]
pub(super) fn take<R: Real>(network: &mut Network<R>, neuron: u32, from: usize, column_mv: &mut [R]) {
    let (tile, lane) = place(neuron as usize);
    for (weight, row) in column_mv.iter_mut().zip(network.weights_mv.tiles_mut().skip(from)) {
        *weight = row[tile].0[lane];
    }
}

/// Puts them back.
#[inline(always)]
pub(super) fn put<R: Real>(network: &mut Network<R>, neuron: u32, from: usize, column_mv: &[R]) {
    let (tile, lane) = place(neuron as usize);
    for (row, &weight) in network.weights_mv.tiles_mut().skip(from).zip(column_mv) {
        row[tile].0[lane] = weight;
    }
}

/// Of each weight the factor of a step up and that of a step down.
#[inline(always)]
pub(super) fn factors<R: Real>(
    conductance: &Conductance,
    max_mv: f64,
    column_mv: &[R],
) -> (Vec<f64>, Vec<f64>) {
    let mut rises: Vec<f64> = column_mv.iter().map(|weight| weight.to_f64() / max_mv).collect();
    let mut falls = rises.clone();
    conductance.rise.put_rising(&mut rises, repeat(1.0));
    conductance.fall.put_falling(&mut falls, repeat(1.0));
    (rises, falls)
}
