//! The definition: one event at a time off the queue, one neuron at a time.
//!
//! One instant: (1) all its input spikes are delivered, in ascending source order; (2) one strict
//! test v > T₀ + T over all neurons; (3) the spiking ones learn; (4) the others are inhibited;
//! (5) the spiking ones reset and their thresholds rise.

use crate::event::{Event, InputSpike, Phase};
use crate::laws::inhibition::{inhibited, spiking};
use crate::laws::lif::{crosses, received, value_at};
use crate::laws::threshold::raised;
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
    while let Some(event @ Event { at, phase }) = queue.pop() {
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

/// An input spike reaches every neuron, also where the weight is 0.
fn deliver<R: Real>(network: &mut Network<R>, source: usize, now: Time) {
    network.last_input[source] = now;
    for neuron in 0..network.neurons() {
        let weight = network.weights_mv[(source, neuron)];
        network.potentials_mv[neuron] = received(potential_at(network, neuron, now), weight);
        network.potentials_since[neuron] = now;
    }
}

fn potential_at<R: Real>(network: &Network<R>, neuron: usize, now: Time) -> R {
    let (stored, since) = (network.potentials_mv[neuron], network.potentials_since[neuron]);
    value_at(stored, since, now, network.layer.tau_membrane_ms)
}

fn test<R: Real>(network: &mut Network<R>, now: Time, observer: &mut impl Observer) {
    let above: Vec<(u32, R)> = (0..network.neurons())
        .map(|neuron| (neuron, potential_at(network, neuron, now), network.threshold(neuron, now)))
        .filter(|&(_, potential, threshold)| crosses(potential, threshold))
        .map(|(neuron, potential, threshold)| (neuron as u32, potential - threshold))
        .collect();
    if above.is_empty() {
        return;
    }
    let mut winners = Vec::new();
    spiking(&above, network.layer.tie_rule, &mut winners);
    observer.spiked(now, &winners, above.len());
    for &neuron in &winners {
        learn(network, neuron as usize, now);
    }
    inhibit(network, &winners, now);
    for &neuron in &winners {
        reset(network, neuron as usize, now);
    }
}

fn learn<R: Real>(network: &mut Network<R>, neuron: usize, now: Time) {
    let Some(plasticity) = &network.layer.plasticity else { return };
    for input in 0..network.last_input.len() {
        let recent = plasticity.is_recent(network.last_input[input], now);
        let weight = &mut network.weights_mv[(input, neuron)];
        *weight = plasticity.learned(*weight, network.layer.weight_max_mv, recent);
    }
}

fn inhibit<R: Real>(network: &mut Network<R>, winners: &[u32], now: Time) {
    for neuron in 0..network.neurons() {
        if !winners.contains(&(neuron as u32)) {
            let potential = potential_at(network, neuron, now);
            network.potentials_mv[neuron] = inhibited(potential, network.layer.inhibition, winners.len());
            network.potentials_since[neuron] = now;
        }
    }
}

fn reset<R: Real>(network: &mut Network<R>, neuron: usize, now: Time) {
    network.potentials_mv[neuron] = R::ZERO;
    network.potentials_since[neuron] = now;
    let (adaptation, since) = (network.adaptations_mv[neuron], network.adaptations_since[neuron]);
    let step = R::rounded(network.layer.adaptation_mv);
    network.adaptations_mv[neuron] = raised(adaptation, since, now, network.layer.tau_adaptation_ms, step);
    network.adaptations_since[neuron] = now;
}
