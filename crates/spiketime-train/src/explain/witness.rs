//! Who spikes at each instant, who was second, who learned what: one pass over the presentation.

use std::collections::BTreeMap;

use spiketime_data::Class;
use spiketime_sim::laws::lif::{received, value_at};
use spiketime_sim::{Engine, InputSpike, Network, Real, Recorder, Time, present};

use super::told::{Crossing, Learned, Standing, Vote};
use crate::score::{Labels, most_active};

/// All input spikes of one time, then those of the next.
pub(super) fn instants(spikes: &[InputSpike]) -> impl Iterator<Item = &[InputSpike]> {
    spikes.chunk_by(|a, b| a.at == b.at)
}

/// (v, T₀ + T) of one neuron \[mV\].
pub(super) type Level = (f64, f64);

/// Shows a presentation to a network of its own and keeps what is told of it.
pub(super) struct Witness<R> {
    network: Network<R>,
    labels: Labels,
    classes: usize,
    pub(super) crossings: Vec<Crossing>,
}

impl<R: Real> Witness<R> {
    pub(super) fn new(network: Network<R>, labels: Labels, classes: usize) -> Witness<R> {
        Witness { network, labels, classes, crossings: Vec::new() }
    }

    /// Shows all input spikes of one instant.
    pub(super) fn present(&mut self, instant: &[InputSpike]) {
        if self.network.has_ended() {
            return;
        }
        let now = instant[0].at;
        let neurons = 0..self.network.neurons();
        let levels: Vec<Level> = neurons.map(|neuron| level(&self.network, neuron, now, instant)).collect();
        let before = self.weights_above(&levels);
        let mut recorder = Recorder::default();
        present(Engine::Reference, &mut self.network, instant, &mut recorder);
        let spiking: Vec<usize> = recorder.spikes.iter().map(|&(_, neuron)| neuron as usize).collect();
        if spiking.is_empty() {
            return;
        }
        self.crossings.push(Crossing {
            at_ms: now.ms(),
            pixels: instant.iter().map(|spike| spike.source).collect(),
            spiking: spiking.iter().map(|&neuron| self.standing(&levels, neuron)).collect(),
            runner_up: self.runner_up(&levels, &spiking),
            learned: spiking.iter().map(|neuron| self.learned(*neuron, &before[neuron])).collect(),
        });
    }

    /// When the presentation ended, if its spikes ended it.
    pub(super) fn end(&self) -> Option<Time> {
        self.network.has_ended().then(|| self.network.potentials_since[0])
    }

    /// Only who stands above its threshold can spike, and only who spikes learns.
    fn weights_above(&self, levels: &[Level]) -> BTreeMap<usize, Vec<R>> {
        let above = (0..levels.len()).filter(|&neuron| margin(levels[neuron]) > 0.0);
        above.map(|neuron| (neuron, self.network.weights_mv.column(neuron).collect())).collect()
    }

    /// `spiking` is ascending.
    fn runner_up(&self, levels: &[Level], spiking: &[usize]) -> Option<Standing> {
        let margin = |neuron: usize| margin(levels[neuron]);
        let others = (0..levels.len()).filter(|neuron| spiking.binary_search(neuron).is_err());
        let second = others.reduce(|best, next| if margin(next) > margin(best) { next } else { best })?;
        Some(self.standing(levels, second))
    }

    fn standing(&self, levels: &[Level], neuron: usize) -> Standing {
        let (potential_mv, threshold_mv) = levels[neuron];
        Standing {
            neuron,
            class: Some(self.labels.classes[neuron]).filter(|_| !self.labels.silent[neuron]),
            potential_mv,
            base_mv: self.network.thresholds_mv[neuron].to_f64(),
            threshold_mv,
            margin_mv: potential_mv - threshold_mv,
        }
    }

    fn learned(&self, neuron: usize, before: &[R]) -> Learned {
        let max_mv = self.network.layer.weight_max_mv;
        let mut learned = Learned { gained: Vec::new(), lost: Vec::new(), held: 0, sum: 0.0 };
        for (pixel, (now, before)) in self.network.weights_mv.column(neuron).zip(before).enumerate() {
            let step = now.to_f64() - before.to_f64();
            learned.sum += step / max_mv;
            match step {
                step if step > 0.0 => learned.gained.push(pixel as u32),
                step if step < 0.0 => learned.lost.push(pixel as u32),
                _ => learned.held += 1,
            }
        }
        learned
    }

    pub(super) fn vote(&self, label: Class) -> Vote {
        let mut spikes = vec![0; self.network.neurons()];
        for standing in self.crossings.iter().flat_map(|crossing| &crossing.spiking) {
            spikes[standing.neuron] += 1;
        }
        let neuron = most_active(&spikes);
        let (class, class_sum) = (self.labels.classes[neuron], self.labels.class_sum(&spikes, self.classes));
        Vote { spikes, neuron, class, class_sum, label }
    }

    /// Whose traces are told: the most active neuron, and the runner-up at its narrowest win.
    pub(super) fn told(&self, winner: usize) -> Vec<usize> {
        let wins = self.crossings.iter().filter(|c| c.spiking.iter().any(|s| s.neuron == winner));
        let rivals = wins.filter_map(|crossing| crossing.runner_up.as_ref());
        let rival = rivals.max_by(|a, b| a.margin_mv.total_cmp(&b.margin_mv)).map(|rival| rival.neuron);
        [Some(winner), rival].into_iter().flatten().collect()
    }
}

fn margin((potential_mv, threshold_mv): Level) -> f64 {
    potential_mv - threshold_mv
}

/// How a neuron stands at `now`, once the given spikes have been delivered to it.
pub(super) fn level<R: Real>(
    network: &Network<R>,
    neuron: usize,
    now: Time,
    delivered: &[InputSpike],
) -> Level {
    let since = network.potentials_since[neuron];
    let decayed = value_at(network.potentials_mv[neuron], since, now, network.tau_membrane_ms(neuron));
    let potential = match network.is_silent(neuron, now) {
        true => decayed,
        false => delivered.iter().fold(decayed, |potential, spike| {
            received(potential, network.read(spike.source as usize, neuron))
        }),
    };
    (potential.to_f64(), network.threshold(neuron, now).to_f64())
}
