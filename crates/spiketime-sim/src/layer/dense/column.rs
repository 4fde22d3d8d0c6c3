//! The weights of one neuron as one contiguous vector: taken out, the factors of its steps, put back.

use std::iter::repeat;

use crate::laws::conductance::Conductance;
use crate::layer::network::Network;
use crate::layer::rows::place;
use crate::real::Real;

/// The weights of a neuron \[mV\].
#[inline(always)]
pub(super) fn take<R: Real>(network: &mut Network<R>, neuron: u32, column_mv: &mut [R]) {
    let (tile, lane) = place(neuron as usize);
    for (weight, row) in column_mv.iter_mut().zip(network.weights_mv.tiles_mut()) {
        *weight = row[tile].0[lane];
    }
}

/// Puts them back.
#[inline(always)]
pub(super) fn put<R: Real>(network: &mut Network<R>, neuron: u32, column_mv: &[R]) {
    let (tile, lane) = place(neuron as usize);
    for (row, &weight) in network.weights_mv.tiles_mut().zip(column_mv) {
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
