//! The definition: one event at a time off the queue, one neuron at a time.
//!
//! One instant: (1) all its input spikes are delivered, in ascending source order, to those that are not
//! silent; (2) one strict test v > threshold over all neurons; (3) the spiking ones are counted and
//! learn; (4) the others are inhibited and held; (5) the spiking ones reset, their thresholds rise,
//! their refractory time begins. If that was the last spike that a presentation may have, it ends.

use crate::event::{Event, InputSpike, Phase};
use crate::laws::chance::{Draw, address, normal, uniform};
use crate::laws::conductance::{Conductance, Factors};
use crate::laws::count_stdp::CountPlasticity;
use crate::laws::inhibition::{inhibited, margin, spiking};
use crate::laws::lif::{crosses, is_silent, received, value_at};
use crate::laws::stdp::Plasticity;
use crate::laws::threshold::raised;
use crate::layer::constants::LayerRule;
use crate::layer::network::Network;
use crate::layer::observer::Observer;
use crate::layer::queue::EventQueue;
use crate::real::Real;
use crate::time::Time;

pub(super) fn present<R: Real>(
    network: &mut Network<R>,
    spikes: &[InputSpike],
    observer: &mut impl Observer,
) {
    let mut queue = EventQueue::default();
    for (number, &InputSpike { at, source }) in spikes.iter().enumerate() {
        queue.push(Event { at, phase: Phase::Delivery { source, number } });
    }
    let mut done = None;
    while !network.has_ended()
        && let Some(event @ Event { at, phase }) = queue.pop()
    {
        debug_assert!(done.replace(event) < Some(event), "events come in their order, each once");
        match phase {
            Phase::Delivery { source, .. } => {
                deliver(network, source as usize, at);
                queue.push(Event { at, phase: Phase::Test });
            }
            Phase::Test => test(network, at, observer),
        }
    }
}

/// An input spike reaches every neuron that is not silent, also where the weight is 0.
fn deliver<R: Real>(network: &mut Network<R>, source: usize, now: Time) {
    trace(network, source, now);
    for neuron in 0..network.neurons() {
        if !is_silent_at(network, neuron, now) {
            let weight = network.read(source, neuron);
            network.potentials_mv[neuron] = received(potential_at(network, neuron, now), weight);
        }
        network.potentials_since[neuron] = now;
    }
}

fn trace<R: Real>(network: &mut Network<R>, source: usize, now: Time) {
    if let Some(rule) = network.layer.count_rule() {
        network.memory.traces[source] =
            rule.traced(network.memory.traces[source], network.last_input[source], now);
    }
    network.last_input[source] = now;
}

fn is_silent_at<R: Real>(network: &Network<R>, neuron: usize, now: Time) -> bool {
    network.memory.silent_until.get(neuron).is_some_and(|&until| is_silent(until, now))
}

fn potential_at<R: Real>(network: &Network<R>, neuron: usize, now: Time) -> R {
    let (stored, since) = (network.potentials_mv[neuron], network.potentials_since[neuron]);
    value_at(stored, since, now, network.own.tau_membrane_ms(neuron, network.layer.tau_membrane_ms))
}

fn test<R: Real>(network: &mut Network<R>, now: Time, observer: &mut impl Observer) {
    let above: Vec<(u32, R)> = (0..network.neurons())
        .map(|neuron| (neuron, potential_at(network, neuron, now), network.threshold(neuron, now)))
        .filter(|&(_, potential, threshold)| crosses(potential, threshold))
        .map(|(neuron, potential, threshold)| {
            (neuron as u32, margin(potential, threshold, network.layer.tie_rule))
        })
        .collect();
    if above.is_empty() {
        return;
    }
    let mut winners = Vec::new();
    spiking(&above, network.layer.tie_rule, &mut winners);
    observer.spiked(now, &winners, above.len());
    for &neuron in &winners {
        network.count_spike(neuron as usize);
        learn(network, neuron as usize, now);
    }
    inhibit(network, &winners, now);
    network.hold_others(&winners, now);
    for &neuron in &winners {
        reset(network, neuron as usize, now);
    }
}

fn learn<R: Real>(network: &mut Network<R>, neuron: usize, now: Time) {
    match network.layer.plasticity.clone() {
        None => {}
        Some(LayerRule::Window(rule)) => learn_from_stamps(network, &rule, neuron, now),
        Some(LayerRule::Counts(rule)) => learn_from_counts(network, &rule, neuron, now),
    }
}

fn learn_from_stamps<R: Real>(network: &mut Network<R>, rule: &Plasticity, neuron: usize, now: Time) {
    let max_mv = network.layer.weight_max_mv;
    for input in 0..network.inputs() {
        let recent = rule.is_recent(network.last_input[input], now);
        let normal = normal_at(network, neuron, input, Draw::Step);
        let factors = factors_at(network, &rule.conductance, neuron, input);
        let factors = network.layer.variation.factors(factors, Factors { rise: normal, fall: normal });
        let weight = network.weights_mv[(input, neuron)];
        settle(network, neuron, input, weight, rule.step(factors, recent) * max_mv);
    }
}

/// The factors of both steps of a synapse as it stands: of the law, times those of the device.
fn factors_at<R: Real>(network: &Network<R>, law: &Conductance, neuron: usize, input: usize) -> Factors {
    let max_mv = network.layer.weight_max_mv;
    let device = network.own.device(neuron * network.inputs() + input, max_mv);
    law.factors_of(network.weights_mv[(input, neuron)].to_f64() / max_mv, device.shapes).times(device.steps)
}

/// A synapse takes a step from some weight, varied but for what is added, and settles.
fn settle<R: Real>(network: &mut Network<R>, neuron: usize, input: usize, from_mv: R, step_mv: f64) {
    let (variation, max_mv) = (network.layer.variation, network.layer.weight_max_mv);
    let device = network.own.device(neuron * network.inputs() + input, max_mv);
    let added_mv = variation.added(normal_at(network, neuron, input, Draw::Step)) * max_mv;
    let uniform =
        if variation.levels.is_some() { uniform_at(network, neuron, input, Draw::Level) } else { 0.0 };
    network.weights_mv[(input, neuron)] =
        variation.settled(from_mv, step_mv + added_mv, max_mv, device.bounds_mv, uniform);
}

fn uniform_at<R: Real>(network: &Network<R>, neuron: usize, input: usize, draw: Draw) -> f64 {
    let update = network.memory.own_spikes[neuron].into();
    uniform(address(network.own.key, neuron, update, draw), input)
}

/// ξ of a synapse at this update; 0 where nothing varies.
fn normal_at<R: Real>(network: &Network<R>, neuron: usize, input: usize, draw: Draw) -> f64 {
    match network.layer.variation.cycle {
        None => 0.0,
        Some(_) => normal(uniform_at(network, neuron, input, draw)),
    }
}

fn learn_from_counts<R: Real>(network: &mut Network<R>, rule: &CountPlasticity, neuron: usize, now: Time) {
    let trace = |input| rule.trace_at(network.memory.traces[input], network.last_input[input], now);
    let traces: Vec<f64> = (0..network.inputs()).map(trace).collect();
    let total = traces.iter().fold(0.0, |sum, trace| sum + trace);
    let (spikes, max_mv) = (network.memory.own_spikes[neuron], network.layer.weight_max_mv);
    for (input, &trace) in traces.iter().enumerate() {
        let drive_mv = rule.drive_mv(trace, total);
        let normals = Factors {
            rise: normal_at(network, neuron, input, Draw::Step),
            fall: normal_at(network, neuron, input, Draw::PartDown),
        };
        let variation = network.layer.variation;
        if rule.imprints && spikes == 1 {
            let imprinted: R = rule.imprinted(max_mv, drive_mv);
            let steps = network.own.device(neuron * network.inputs() + input, max_mv).steps;
            let step_mv = imprinted.to_f64() * variation.factors(steps, normals).rise;
            settle(network, neuron, input, R::ZERO, step_mv);
        } else {
            let factors = variation.factors(factors_at(network, &rule.conductance, neuron, input), normals);
            let step_mv = rule.step_mv(factors, drive_mv, rule.rate.at(spikes, network.progress));
            settle(network, neuron, input, network.weights_mv[(input, neuron)], step_mv);
        }
    }
}

fn inhibit<R: Real>(network: &mut Network<R>, winners: &[u32], now: Time) {
    for neuron in 0..network.neurons() {
        if !winners.contains(&(neuron as u32)) {
            if !is_silent_at(network, neuron, now) {
                let potential = potential_at(network, neuron, now);
                network.potentials_mv[neuron] = inhibited(potential, network.layer.inhibition, winners.len());
            }
            network.potentials_since[neuron] = now;
        }
    }
}

fn reset<R: Real>(network: &mut Network<R>, neuron: usize, now: Time) {
    network.potentials_mv[neuron] = R::ZERO;
    network.potentials_since[neuron] = now;
    let (adaptation, since) = (network.adaptations_mv[neuron], network.adaptations_since[neuron]);
    let step = R::rounded(network.layer.adaptation_mv);
    let tau_ms = network.own.tau_adaptation_ms(neuron, network.layer.tau_adaptation_ms);
    network.adaptations_mv[neuron] = raised(adaptation, since, now, tau_ms, step);
    network.adaptations_since[neuron] = now;
    network.settle_spike(neuron, now);
}
