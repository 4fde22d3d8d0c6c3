//! Potential and threshold of a few neurons over the presentation: a second pass, when it is known whose.

use spiketime_sim::{Engine, InputSpike, Network, Real, Recorder, present};

use super::told::Trace;
use super::witness::{instants, level};

/// The traces of the given neurons, in their order; `network` is as it was before the presentation.
pub(super) fn of<R: Real>(neurons: &[usize], mut network: Network<R>, spikes: &[InputSpike]) -> Vec<Trace> {
    let mut traces: Vec<Trace> = neurons.iter().map(|&neuron| Trace::empty(neuron)).collect();
    for instant in instants(spikes) {
        traces.iter_mut().for_each(|trace| trace.push(&network, instant, instant));
        let mut recorder = Recorder::default();
        present(Engine::Reference, &mut network, instant, &mut recorder);
        if !recorder.spikes.is_empty() {
            traces.iter_mut().for_each(|trace| trace.push(&network, instant, &[]));
        }
    }
    traces
}

impl Trace {
    fn empty(neuron: usize) -> Trace {
        Trace { neuron, at_ms: Vec::new(), potential_mv: Vec::new(), threshold_mv: Vec::new() }
    }

    /// As the neuron stands at an instant, once the given spikes have been delivered to it.
    fn push<R: Real>(&mut self, network: &Network<R>, instant: &[InputSpike], delivered: &[InputSpike]) {
        let now = instant[0].at;
        let (potential_mv, threshold_mv) = level(network, self.neuron, now, delivered);
        self.at_ms.push(now.ms());
        self.potential_mv.push(potential_mv);
        self.threshold_mv.push(threshold_mv);
    }
}
