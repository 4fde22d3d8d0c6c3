//! The fast answer for one all-to-all layer: a row of weights at a time.
//!
//! All neurons of such a layer are stored at the same instants, so one decay factor serves all of
//! them. This file holds no formula: every law is called where it is defined.

use crate::event::InputSpike;
use crate::inhibition::{inhibited, spiking};
use crate::lif::crosses;
use crate::network::Network;
use crate::observer::Observer;
use crate::real::Real;
use crate::stdp::{Plasticity, clipped};
use crate::threshold::{raised, threshold_at};
use crate::time::Time;

pub(super) fn present<R: Real>(
    network: &mut Network<R>,
    spikes: &[InputSpike],
    observer: &mut impl Observer,
) {
    let Some(last) = spikes.last() else { return };
    debug_assert!(network.potentials_since.iter().all(|&since| since == network.potentials_since[0]));
    let decays = decays_between(network, spikes);
    let (mut next, mut stamped) = (0, 0);
    let (mut above, mut winners) = (Vec::new(), Vec::new());
    while let Some(ahead) = R::integrate(
        &mut network.potentials_mv,
        &network.thresholds_mv,
        &network.weights_mv,
        &spikes[next..],
        &decays[next..],
    ) {
        let position = next + ahead;
        next = position + 1;
        let now = spikes[position].at;
        if spikes.get(next).is_some_and(|following| following.at == now) {
            continue; // The instant is not complete: its test comes after its last delivery.
        }
        above_threshold(network, now, &mut above);
        if above.is_empty() {
            continue;
        }
        spiking(&above, network.layer.tie_rule, &mut winners);
        observer.spiked(now, &winners, above.len());
        stamp(network, &spikes[stamped..next]);
        stamped = next;
        learn(network, &winners, now);
        inhibit(network, &winners);
        raise_thresholds(network, &winners, now);
    }
    stamp(network, &spikes[stamped..]);
    network.potentials_since.fill(last.at);
}

/// The decay factor before each input spike; 1 between spikes of one instant.
fn decays_between<R: Real>(network: &Network<R>, spikes: &[InputSpike]) -> Vec<R> {
    let mut since = network.potentials_since[0];
    let elapsed_ms: Vec<f64> =
        spikes.iter().map(|spike| spike.at.elapsed_since(std::mem::replace(&mut since, spike.at))).collect();
    let mut decays = vec![R::ZERO; spikes.len()];
    R::decays(&elapsed_ms, network.layer.tau_membrane_ms, &mut decays);
    decays
}

fn above_threshold<R: Real>(network: &Network<R>, now: Time, above: &mut Vec<(u32, R)>) {
    above.clear();
    for (neuron, (&potential, &base)) in network.potentials_mv.iter().zip(&network.thresholds_mv).enumerate()
    {
        if crosses(potential, base) {
            let (adaptation, since) = (network.adaptations_mv[neuron], network.adaptations_since[neuron]);
            let threshold = threshold_at(base, adaptation, since, now, network.layer.tau_adaptation_ms);
            if crosses(potential, threshold) {
                above.push((neuron as u32, potential - threshold));
            }
        }
    }
}

fn stamp<R>(network: &mut Network<R>, spikes: &[InputSpike]) {
    for spike in spikes {
        network.last_input[spike.source as usize] = spike.at;
    }
}

fn learn<R: Real>(network: &mut Network<R>, winners: &[u32], now: Time) {
    let Some(plasticity) = &network.layer.plasticity else { return };
    let max_mv = network.layer.weight_max_mv;
    let neurons = network.thresholds_mv.len();
    let rows = network.weights_mv.chunks_exact_mut(neurons).zip(&network.last_input);
    for (row, &last) in rows {
        let recent = plasticity.is_recent(last, now);
        if plasticity.is_linear() {
            learn_row_linear(row, winners, plasticity, max_mv, recent);
        } else {
            for &neuron in winners {
                let weight = &mut row[neuron as usize];
                *weight = plasticity.learned(*weight, max_mv, recent);
            }
        }
    }
}

/// The same step for the whole row: [`Plasticity::step`] does not depend on the conductance here.
#[inline(always)]
fn learn_row_linear<R: Real>(
    row: &mut [R],
    winners: &[u32],
    plasticity: &Plasticity,
    max_mv: f64,
    recent: bool,
) {
    let step = R::rounded(plasticity.step(0.0, recent) * max_mv);
    for &neuron in winners {
        let weight = &mut row[neuron as usize];
        *weight = clipped(*weight, step, R::rounded(max_mv));
    }
}

/// The others are inhibited, then the spiking ones reset.
fn inhibit<R: Real>(network: &mut Network<R>, winners: &[u32]) {
    for potential in &mut network.potentials_mv {
        *potential = inhibited(*potential, network.layer.inhibition, winners.len());
    }
    for &neuron in winners {
        network.potentials_mv[neuron as usize] = R::ZERO;
    }
}

fn raise_thresholds<R: Real>(network: &mut Network<R>, winners: &[u32], now: Time) {
    let step = R::rounded(network.layer.adaptation_mv);
    for &neuron in winners {
        let neuron = neuron as usize;
        let (adaptation, since) = (network.adaptations_mv[neuron], network.adaptations_since[neuron]);
        network.adaptations_mv[neuron] =
            raised(adaptation, since, now, network.layer.tau_adaptation_ms, step);
        network.adaptations_since[neuron] = now;
    }
}
