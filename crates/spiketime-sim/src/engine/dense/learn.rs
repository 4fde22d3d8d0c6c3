//! Plasticity of a whole layer at one output spike, by columns or by rows.
//!
//! A neuron's weights are a column. Where few neurons learn, only their columns are touched; where
//! many do, it is cheaper to pass over all rows. A step that depends on the conductance costs two
//! exponentials: the column is then changed as one contiguous vector.

use crate::network::Network;
use crate::real::Real;
use crate::rows::{LANES, Rows, place};
use crate::stdp::{Plasticity, clipped};
use crate::time::Time;

/// Rows from this share of the neurons on: measured with `none`, where nearly all learn at once.
const ROWS_FROM_ONE_IN: usize = 8;

pub(super) struct Learner<R> {
    /// The step of each input where it does not depend on the conductance \[mV\].
    steps_mv: Vec<R>,
    /// Which inputs were recent.
    recent: Vec<bool>,
    /// The weights of one neuron \[mV\].
    column_mv: Vec<R>,
    /// Which neurons learn.
    learns: Vec<bool>,
}

impl<R: Real> Learner<R> {
    #[inline(always)]
    pub fn new(network: &Network<R>) -> Learner<R> {
        let learns = network.layer.plasticity.is_some();
        let (inputs, neurons) = if learns { (network.inputs(), network.neurons()) } else { (0, 0) };
        Learner {
            steps_mv: vec![R::ZERO; inputs],
            recent: vec![false; inputs],
            column_mv: vec![R::ZERO; inputs],
            learns: vec![false; neurons.next_multiple_of(LANES)],
        }
    }

    /// What the winners learn from the stamps of all inputs.
    #[inline(always)]
    pub fn learn(&mut self, network: &mut Network<R>, winners: &[u32], now: Time) {
        let Some(plasticity) = network.layer.plasticity.clone() else { return };
        if plasticity.is_linear() {
            self.learn_linear(network, &plasticity, winners, now);
        } else {
            self.learn_nonlinear(network, &plasticity, winners, now);
        }
    }

    /// [`Plasticity::step`] does not depend on the conductance here.
    #[inline(always)]
    fn learn_linear(
        &mut self,
        network: &mut Network<R>,
        plasticity: &Plasticity,
        winners: &[u32],
        now: Time,
    ) {
        let max_mv = network.layer.weight_max_mv;
        let [gain, loss] = [true, false].map(|recent| R::rounded(plasticity.step(0.0, recent) * max_mv));
        for (step, &last) in self.steps_mv.iter_mut().zip(&network.last_input) {
            *step = if plasticity.is_recent(last, now) { gain } else { loss };
        }
        let (neurons, max) = (network.neurons(), R::rounded(max_mv));
        if winners.len() * ROWS_FROM_ONE_IN >= neurons {
            self.learn_rows(&mut network.weights_mv, winners, max);
            return;
        }
        for &winner in winners {
            let (tile, lane) = place(winner as usize);
            for (row, &step) in network.weights_mv.tiles_mut().zip(&self.steps_mv) {
                let weight = &mut row[tile].0[lane];
                *weight = clipped(*weight, step, max);
            }
        }
    }

    #[inline(always)]
    fn learn_rows(&mut self, weights_mv: &mut Rows<R>, winners: &[u32], max_mv: R) {
        self.learns.fill(false);
        winners.iter().for_each(|&winner| self.learns[winner as usize] = true);
        for (row, &step) in weights_mv.tiles_mut().zip(&self.steps_mv) {
            for (tile, learns) in row.iter_mut().zip(self.learns.as_chunks::<LANES>().0) {
                for (weight, &learns) in tile.0.iter_mut().zip(learns) {
                    *weight = if learns { clipped(*weight, step, max_mv) } else { *weight };
                }
            }
        }
    }

    #[inline(always)]
    fn learn_nonlinear(
        &mut self,
        network: &mut Network<R>,
        plasticity: &Plasticity,
        winners: &[u32],
        now: Time,
    ) {
        let max_mv = network.layer.weight_max_mv;
        for (recent, &last) in self.recent.iter_mut().zip(&network.last_input) {
            *recent = plasticity.is_recent(last, now);
        }
        for &winner in winners {
            let (tile, lane) = place(winner as usize);
            for (weight, row) in self.column_mv.iter_mut().zip(network.weights_mv.tiles_mut()) {
                *weight = row[tile].0[lane];
            }
            for (weight, &recent) in self.column_mv.iter_mut().zip(&self.recent) {
                *weight = plasticity.learned(*weight, max_mv, recent);
            }
            for (row, &weight) in network.weights_mv.tiles_mut().zip(&self.column_mv) {
                row[tile].0[lane] = weight;
            }
        }
    }
}
