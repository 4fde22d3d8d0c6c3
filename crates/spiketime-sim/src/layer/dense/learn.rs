//! Plasticity of a whole layer at one output spike: the rule of stamps. That of counts: [`super::counts`].
//!
//! A neuron's weights are a column: one value a row. Winners that stand in one tile learn together where the step
//! does not depend on the conductance: by the step times 1, the others by the step times 0. Where it does, the
//! column of each winner is changed as one contiguous vector.

use std::iter::repeat;

use crate::laws::conductance::{Conductance, Dependence, Factors, put_factors};
use crate::laws::stdp::{Plasticity, clipped};
use crate::laws::table::Pair;
use crate::layer::constants::LayerRule;
use crate::layer::network::Network;
use crate::layer::rows::{LANES, Tile, place};
use crate::real::Real;
use crate::time::Time;

use super::column::{part, put, take};
use super::counts::learn_counts;
use super::devices::Synapses;

pub(super) struct Learner<R> {
    /// The step of each input where it does not depend on the conductance \[mV\].
    steps_mv: Vec<R>,
    /// Which inputs were recent.
    recent: Vec<bool>,
    /// The weights of one neuron \[mV\], and the factor of each step.
    column_mv: Vec<R>,
    factors: Vec<f64>,
    falls: Vec<f64>,
    /// Where steps are measured in both directions.
    tables: Option<Box<Pair>>,
    /// Where synapses are devices that differ.
    synapses: Synapses<R>,
}

impl<R: Real> Learner<R> {
    #[inline(always)]
    pub fn new() -> Learner<R> {
        // Room is made at the first spike: many presentations have none.
        Learner {
            steps_mv: Vec::new(),
            recent: Vec::new(),
            column_mv: Vec::new(),
            factors: Vec::new(),
            falls: Vec::new(),
            tables: None,
            synapses: Synapses::default(),
        }
    }

    /// What the winners learn from the stamps of all inputs.
    #[inline(always)]
    pub fn learn(&mut self, network: &mut Network<R>, winners: &[u32], now: Time) {
        match network.layer.plasticity.clone() {
            None => {}
            Some(LayerRule::Window(rule)) if network.differs() => {
                self.learn_devices(network, &rule, winners, now)
            }
            Some(LayerRule::Window(rule)) if rule.conductance == Conductance::ADDITIVE => {
                self.learn_linear(network, &rule, winners, now);
            }
            Some(LayerRule::Window(rule)) => self.learn_nonlinear(network, &rule, winners, now),
            Some(LayerRule::Counts(rule)) => {
                self.column_mv.resize(network.inputs(), R::ZERO);
                learn_counts(network, &rule, winners, now, &mut self.column_mv, &mut self.synapses);
            }
        }
    }

    /// All factors are 1 here.
    #[inline(always)]
    fn learn_linear(
        &mut self,
        network: &mut Network<R>,
        plasticity: &Plasticity,
        winners: &[u32],
        now: Time,
    ) {
        self.steps_mv.resize(network.inputs(), R::ZERO);
        let max_mv = network.layer.weight_max_mv;
        let factors = Factors::ONE;
        let [gain, loss] = [true, false].map(|recent| R::rounded(plasticity.step(factors, recent) * max_mv));
        for (step, &last) in self.steps_mv.iter_mut().zip(&network.last_input) {
            *step = if plasticity.is_recent(last, now) { gain } else { loss };
        }
        let max_mv = R::rounded(max_mv);
        for neighbours in winners.chunk_by(|&a, &b| place(a as usize).0 == place(b as usize).0) {
            let rows = network.weights_mv.tiles_mut().zip(&self.steps_mv);
            match neighbours {
                [] => {}
                &[winner] => learn_one(rows, place(winner as usize), max_mv),
                [winner, ..] => learn_tile(rows, place(*winner as usize).0, &learning(neighbours), max_mv),
            }
        }
    }

    /// Room for a column, and which inputs are recent now.
    #[inline(always)]
    fn prepare(&mut self, network: &Network<R>, plasticity: &Plasticity, now: Time) {
        self.column_mv.resize(network.inputs(), R::ZERO);
        self.recent.resize(network.inputs(), false);
        for (recent, &last) in self.recent.iter_mut().zip(&network.last_input) {
            *recent = plasticity.is_recent(last, now);
        }
    }

    #[inline(always)]
    fn learn_devices(
        &mut self,
        network: &mut Network<R>,
        plasticity: &Plasticity,
        winners: &[u32],
        now: Time,
    ) {
        self.prepare(network, plasticity, now);
        let part = part(network.inputs());
        for &winner in winners {
            for (at, recent) in self.recent.chunks(part).enumerate() {
                let (from, column_mv) = (at * part, &mut self.column_mv[..recent.len()]);
                take(network, winner, from, column_mv);
                self.synapses.learn_window(network, plasticity, (winner as usize, from), recent, column_mv);
                put(network, winner, from, column_mv);
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
        self.prepare(network, plasticity, now);
        let (part, max_mv) = (part(network.inputs()), network.layer.weight_max_mv);
        self.factors.resize(part, 0.0);
        self.falls.resize(part, 0.0);
        if let (Dependence::Table(up), Dependence::Table(down), None) =
            (&plasticity.conductance.rise, &plasticity.conductance.fall, &self.tables)
        {
            self.tables = Some(Box::new(Pair::new(up, down)));
        }
        for &winner in winners {
            for (at, recent) in self.recent.chunks(part).enumerate() {
                let (from, column_mv) = (at * part, &mut self.column_mv[..recent.len()]);
                let (factors, falls) = (&mut self.factors[..recent.len()], &mut self.falls[..recent.len()]);
                take(network, winner, from, column_mv);
                for (factor, weight) in factors.iter_mut().zip(&*column_mv) {
                    *factor = weight.to_f64() / max_mv;
                }
                match &self.tables {
                    Some(tables) => tables.put(factors, recent),
                    None => {
                        put_factors(&plasticity.conductance, factors, falls, repeat(Factors::ONE), recent);
                    }
                }
                for ((weight, &recent), &factor) in column_mv.iter_mut().zip(recent).zip(&*factors) {
                    *weight =
                        plasticity.learned(*weight, Factors { rise: factor, fall: factor }, max_mv, recent);
                }
                put(network, winner, from, column_mv);
            }
        }
    }
}

/// One neuron learns.
#[inline(always)]
fn learn_one<'a, R: Real>(
    rows: impl Iterator<Item = (&'a mut [Tile<R>], &'a R)>,
    (tile, lane): (usize, usize),
    max_mv: R,
) {
    for (row, &step) in rows {
        let weight = &mut row[tile].0[lane];
        *weight = clipped(*weight, step, max_mv);
    }
}

/// The neurons of a tile learn; a step of 0 leaves a weight as it is.
#[inline(always)]
fn learn_tile<'a, R: Real>(
    rows: impl Iterator<Item = (&'a mut [Tile<R>], &'a R)>,
    tile: usize,
    learning: &Tile<R>,
    max_mv: R,
) {
    for (row, &step) in rows {
        // A copy: in place it does not become vector code.
        let mut weights = row[tile].0;
        for (weight, &learns) in weights.iter_mut().zip(&learning.0) {
            *weight = clipped(*weight, step * learns, max_mv);
        }
        row[tile].0 = weights;
    }
}

/// Of the tile of some winners, 1 where a winner stands and 0 elsewhere.
#[inline(always)]
fn learning<R: Real>(winners: &[u32]) -> Tile<R> {
    let mut learning = Tile([R::ZERO; LANES]);
    for &winner in winners {
        learning.0[place(winner as usize).1] = R::rounded(1.0);
    }
    learning
}
