//! What devices make of the steps of a neuron: all its synapses at once.
//!
//! Every loop runs over plain slices of one length, so that it becomes vector code: what no device has of its own is a
//! slice of ones, zeros or largest weights.

use crate::laws::chance::{Draw, address, normal, uniform};
use crate::laws::conductance::{Factors, put_factors};
use crate::laws::count_stdp::CountPlasticity;
use crate::laws::stdp::Plasticity;
use crate::layer::network::Network;
use crate::real::Real;

/// Room for the synapses of one neuron.
#[derive(Default)]
pub(super) struct Synapses<R> {
    ones: Vec<f32>,
    zeros_mv: Vec<R>,
    tops_mv: Vec<R>,
    /// ξ of each step, or of its part up, and of its part down.
    normals: [Vec<f64>; 2],
    /// What decides the level.
    uniforms: Vec<f64>,
    /// Factors of steps, up and down.
    factors: [Vec<f64>; 2],
}

/// What the devices of a neuron have of their own.
struct Slices<'a, R> {
    steps: [&'a [f32]; 2],
    shapes: [&'a [f32]; 2],
    bounds_mv: [&'a [R]; 2],
}

impl<R: Real> Synapses<R> {
    /// Room, and the numbers that fall to the neuron's synapses at this update.
    #[inline(always)]
    fn prepare(&mut self, network: &Network<R>, neuron: usize, parts: usize) {
        let inputs = network.inputs();
        self.ones.resize(inputs, 1.0);
        self.zeros_mv.resize(inputs, R::ZERO);
        self.tops_mv.resize(inputs, R::rounded(network.layer.weight_max_mv));
        let variation = network.layer.variation;
        let update = network.memory.own_spikes.get(neuron).copied().unwrap_or_default().into();
        let address = |draw| address(network.own.key, neuron, update, draw);
        for (normals, draw) in self.normals.iter_mut().zip([Draw::Step, Draw::PartDown]).take(parts) {
            normals.resize(inputs, 0.0);
            if variation.cycle.is_some() {
                let address = address(draw);
                for (input, number) in normals.iter_mut().enumerate() {
                    *number = normal(uniform(address, input));
                }
            }
        }
        self.uniforms.resize(inputs, 0.0);
        if variation.levels.is_some() {
            let address = address(Draw::Level);
            for (input, number) in self.uniforms.iter_mut().enumerate() {
                *number = uniform(address, input);
            }
        }
        self.factors.iter_mut().for_each(|factors| factors.resize(inputs, 0.0));
    }

    /// The neuron learns from stamps.
    #[inline(always)]
    pub fn learn_window(
        &mut self,
        network: &Network<R>,
        rule: &Plasticity,
        neuron: usize,
        recent: &[bool],
        column_mv: &mut [R],
    ) {
        self.prepare(network, neuron, 1);
        let (variation, max_mv) = (network.layer.variation, network.layer.weight_max_mv);
        let Synapses { ones, zeros_mv, tops_mv, normals: [normals, _], uniforms, factors: [factors, _] } =
            self;
        let own = slices(network, neuron, ones, zeros_mv, tops_mv);
        for (factor, weight) in factors.iter_mut().zip(&*column_mv) {
            *factor = weight.to_f64() / max_mv;
        }
        let shapes = both(own.shapes);
        put_factors(&rule.conductance, factors, shapes, recent);
        let synapses = column_mv.iter_mut().zip(recent).zip(factors).zip(both(own.steps));
        let synapses = synapses.zip(normals).zip(uniforms).zip(own.bounds_mv[0]).zip(own.bounds_mv[1]);
        for (((((((weight, &recent), &mut factor), steps), &mut normal), &mut uniform), &low), &high) in
            synapses
        {
            let factors = Factors { rise: factor, fall: factor }.times(steps);
            let factors = variation.factors(factors, Factors { rise: normal, fall: normal });
            let step_mv = rule.step(factors, recent) * max_mv + variation.added(normal) * max_mv;
            *weight = variation.settled(*weight, step_mv, max_mv, [low, high], uniform);
        }
    }

    /// The neuron learns from counts, at this step constant.
    #[inline(always)]
    pub fn learn_counts(
        &mut self,
        network: &Network<R>,
        rule: &CountPlasticity,
        neuron: usize,
        rate: f64,
        drives_mv: &[f64],
        column_mv: &mut [R],
    ) {
        self.prepare(network, neuron, 2);
        let (variation, max_mv) = (network.layer.variation, network.layer.weight_max_mv);
        let Synapses { ones, zeros_mv, tops_mv, normals: [ups, downs], uniforms, factors: [rises, falls] } =
            self;
        let own = slices(network, neuron, ones, zeros_mv, tops_mv);
        for ((rise, fall), weight) in rises.iter_mut().zip(&mut *falls).zip(&*column_mv) {
            *rise = weight.to_f64() / max_mv;
            *fall = *rise;
        }
        rule.conductance.rise.put_rising(rises, own.shapes[0].iter().map(|&shape| shape.into()));
        rule.conductance.fall.put_falling(falls, own.shapes[1].iter().map(|&shape| shape.into()));
        let imprints = rule.imprints && network.memory.own_spikes[neuron] == 1;
        let synapses = column_mv.iter_mut().zip(drives_mv).zip(rises).zip(falls).zip(both(own.steps));
        let synapses = synapses.zip(ups).zip(downs).zip(uniforms).zip(own.bounds_mv[0]).zip(own.bounds_mv[1]);
        for (
            (
                (
                    ((((((weight, &drive_mv), &mut rise), &mut fall), steps), &mut up), &mut down),
                    &mut uniform,
                ),
                &low,
            ),
            &high,
        ) in synapses
        {
            let normals = Factors { rise: up, fall: down };
            let (from_mv, step_mv) = if imprints {
                let imprinted: R = rule.imprinted(max_mv, drive_mv);
                (R::ZERO, imprinted.to_f64() * variation.factors(steps, normals).rise)
            } else {
                let factors = variation.factors(Factors { rise, fall }.times(steps), normals);
                (*weight, rule.step_mv(factors, drive_mv, rate))
            };
            let step_mv = step_mv + variation.added(up) * max_mv;
            *weight = variation.settled(from_mv, step_mv, max_mv, [low, high], uniform);
        }
    }
}

/// What the devices of a neuron have of their own, or what all have.
#[inline(always)]
fn slices<'a, R: Real>(
    network: &'a Network<R>,
    neuron: usize,
    ones: &'a [f32],
    zeros_mv: &'a [R],
    tops_mv: &'a [R],
) -> Slices<'a, R> {
    let (own, range) = (&network.own, neuron * network.inputs()..(neuron + 1) * network.inputs());
    Slices {
        steps: [&own.rise_steps, &own.fall_steps].map(|values| values.get(range.clone()).unwrap_or(ones)),
        shapes: [&own.rise_shapes, &own.fall_shapes].map(|values| values.get(range.clone()).unwrap_or(ones)),
        bounds_mv: [
            own.min_mv.get(range.clone()).unwrap_or(zeros_mv),
            own.max_mv.get(range.clone()).unwrap_or(tops_mv),
        ],
    }
}

/// Of each synapse the factor up and the factor down.
#[inline(always)]
fn both<'a>([rises, falls]: [&'a [f32]; 2]) -> impl Iterator<Item = Factors> + 'a {
    rises.iter().zip(falls).map(|(&rise, &fall)| Factors { rise: rise.into(), fall: fall.into() })
}
