//! What devices make of the steps of a neuron: a part of its synapses at once.
//!
//! Every loop runs over plain slices of one length, so that it becomes vector code: what no device has of its own is a
//! slice of ones, zeros or largest weights.

use crate::laws::chance::{Draw, address, put_normal, uniform};
use crate::laws::conductance::{Factors, put_factors};
use crate::laws::count_stdp::CountPlasticity;
use crate::laws::device::Variation;
use crate::laws::stdp::Plasticity;
use crate::layer::network::Network;
use crate::real::Real;

/// Room for a part of the synapses of one neuron.
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
    fn prepare(&mut self, network: &Network<R>, (neuron, from): (usize, usize), count: usize, parts: usize) {
        self.ones.resize(count, 1.0);
        self.zeros_mv.resize(count, R::ZERO);
        self.tops_mv.resize(count, R::rounded(network.layer.weight_max_mv));
        let variation = network.layer.variation;
        let update = network.memory.own_spikes.get(neuron).copied().unwrap_or_default().into();
        let address = |draw| address(network.own.key, neuron, update, draw);
        for (normals, draw) in self.normals.iter_mut().zip([Draw::Step, Draw::PartDown]).take(parts) {
            normals.resize(count, 0.0);
            if variation.cycle.is_some() {
                put_uniform(normals, address(draw), from);
                put_normal(normals);
            }
        }
        self.uniforms.resize(count, 0.0);
        if variation.levels.is_some() {
            put_uniform(&mut self.uniforms, address(Draw::Level), from);
        }
        self.factors.iter_mut().for_each(|factors| factors.resize(count, 0.0));
    }

    /// A part of a neuron's synapses, those from an input on, learns from stamps.
    #[inline(always)]
    pub fn learn_window(
        &mut self,
        network: &Network<R>,
        rule: &Plasticity,
        place: (usize, usize),
        recent: &[bool],
        column_mv: &mut [R],
    ) {
        self.prepare(network, place, column_mv.len(), 1);
        let (variation, max_mv) = (network.layer.variation, network.layer.weight_max_mv);
        let Synapses { ones, zeros_mv, tops_mv, normals: [normals, _], uniforms, factors: [factors, falls] } =
            self;
        let own = slices(network, place, ones, zeros_mv, tops_mv);
        for (factor, weight) in factors.iter_mut().zip(&*column_mv) {
            *factor = weight.to_f64() / max_mv;
        }
        put_factors(&rule.conductance, factors, falls, both(own.shapes), recent);
        if network.own.has_steps() {
            for ((factor, steps), &recent) in factors.iter_mut().zip(both(own.steps)).zip(recent) {
                *factor *= if recent { steps.rise } else { steps.fall };
            }
        }
        if variation.cycle.is_some() {
            for (factor, &normal) in factors.iter_mut().zip(&*normals) {
                let varied = Factors { rise: *factor, fall: *factor };
                *factor = variation.factors(varied, Factors { rise: normal, fall: normal }).rise;
            }
        }
        // What was a factor becomes the step.
        for ((step, &recent), &normal) in factors.iter_mut().zip(recent).zip(&*normals) {
            let factor = Factors { rise: *step, fall: *step };
            *step = rule.step(factor, recent) * max_mv + variation.added(normal) * max_mv;
        }
        settle(variation, max_mv, column_mv, factors, own.bounds_mv, uniforms);
    }

    /// A part of a neuron's synapses, those from an input on, learns from counts, at this step constant.
    #[inline(always)]
    pub fn learn_counts(
        &mut self,
        network: &Network<R>,
        rule: &CountPlasticity,
        place: (usize, usize),
        rate: f64,
        drives_mv: &[f64],
        column_mv: &mut [R],
    ) {
        self.prepare(network, place, column_mv.len(), 2);
        let (variation, max_mv) = (network.layer.variation, network.layer.weight_max_mv);
        let Synapses { ones, zeros_mv, tops_mv, normals: [ups, downs], uniforms, factors: [rises, falls] } =
            self;
        let own = slices(network, place, ones, zeros_mv, tops_mv);
        for ((rise, fall), weight) in rises.iter_mut().zip(&mut *falls).zip(&*column_mv) {
            *rise = weight.to_f64() / max_mv;
            *fall = *rise;
        }
        rule.conductance.rise.put_rising(rises, own.shapes[0].iter().map(|&shape| shape.into()));
        rule.conductance.fall.put_falling(falls, own.shapes[1].iter().map(|&shape| shape.into()));
        let imprints = rule.imprints && network.memory.own_spikes[place.0] == 1;
        // What was a factor of the part up becomes the step.
        let synapses =
            rises.iter_mut().zip(&*falls).zip(drives_mv).zip(both(own.steps)).zip(&*ups).zip(&*downs);
        for (((((step, &fall), &drive_mv), steps), &rise), &down) in synapses {
            let normals = Factors { rise, fall: down };
            let varied_mv = if imprints {
                rule.imprinted::<R>(max_mv, drive_mv).to_f64() * variation.factors(steps, normals).rise
            } else {
                let factors = variation.factors(Factors { rise: *step, fall }.times(steps), normals);
                rule.step_mv(factors, drive_mv, rate)
            };
            *step = varied_mv + variation.added(rise) * max_mv;
        }
        if imprints {
            column_mv.fill(R::ZERO);
        }
        settle(variation, max_mv, column_mv, rises, own.bounds_mv, uniforms);
    }
}

/// The uniform numbers of the synapses from an input on.
#[inline(always)]
fn put_uniform(numbers: &mut [f64], address: u64, from: usize) {
    for (input, number) in (from..).zip(numbers) {
        *number = uniform(address, input);
    }
}

/// All synapses take their steps.
#[inline(always)]
fn settle<R: Real>(
    variation: Variation,
    max_mv: f64,
    column_mv: &mut [R],
    steps_mv: &[f64],
    [lows, highs]: [&[R]; 2],
    uniforms: &[f64],
) {
    let bounds = lows.iter().zip(highs).zip(uniforms);
    for ((weight, &step_mv), ((&low, &high), &uniform)) in column_mv.iter_mut().zip(steps_mv).zip(bounds) {
        *weight = variation.settled(*weight, step_mv, max_mv, [low, high], uniform);
    }
}

/// What the devices of a part of a neuron have of their own, or what all have.
#[inline(always)]
fn slices<'a, R: Real>(
    network: &'a Network<R>,
    (neuron, from): (usize, usize),
    ones: &'a [f32],
    zeros_mv: &'a [R],
    tops_mv: &'a [R],
) -> Slices<'a, R> {
    let (own, first) = (&network.own, neuron * network.inputs() + from);
    let range = first..first + ones.len();
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
fn both<'a>([rises, falls]: [&'a [f32]; 2]) -> impl Iterator<Item = Factors> + Clone + 'a {
    rises.iter().zip(falls).map(|(&rise, &fall)| Factors { rise: rise.into(), fall: fall.into() })
}
