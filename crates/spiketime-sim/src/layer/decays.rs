//! The decay factor of a potential from each input spike to the next: one for all neurons, and one for all layers of a
//! time constant that see the same spikes.

use multiversion::multiversion;

use crate::event::InputSpike;
use crate::laws::lif::decay_factor;
use crate::layer::constants::Layer;

/// Factors that are computed at a time; there are always whole chunks of them.
pub(super) const CHUNK: usize = 64;

/// Of some input spikes, under one time constant.
#[derive(Clone, Debug, PartialEq)]
pub struct Decays {
    /// τ \[ms\]; infinite: no leak, and no factors.
    tau_ms: f64,
    /// Before each spike but the first: that one depends on when the potentials were stored. 1 between spikes of one
    /// instant.
    factors: Vec<f64>,
    /// Is each spike later than the one before it?
    goes_on: bool,
}

impl Decays {
    /// Of these input spikes, in this order.
    #[must_use]
    pub fn between(spikes: &[InputSpike], tau_ms: f64) -> Decays {
        let mut decays = Decays { tau_ms, factors: Vec::new(), goes_on: true };
        compute(&mut decays, spikes);
        decays
    }

    /// The time constant τ \[ms\].
    #[must_use]
    pub fn tau_ms(&self) -> f64 {
        self.tau_ms
    }

    pub(super) fn factors(&self) -> &[f64] {
        &self.factors
    }

    /// Are they for this layer and as many spikes?
    pub(super) fn are_for(&self, layer: &Layer, spikes: &[InputSpike]) -> bool {
        let count = if layer.leaks() { spikes.len().next_multiple_of(CHUNK) } else { 0 };
        self.tau_ms == layer.tau_membrane_ms && self.factors.len() == count
    }

    pub(super) fn goes_on(&self) -> bool {
        self.goes_on
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq+avx512bw", "x86_64+avx2"))]
fn compute(decays: &mut Decays, spikes: &[InputSpike]) {
    let leaks = decays.tau_ms < f64::INFINITY;
    decays.factors.reserve(if leaks { spikes.len().next_multiple_of(CHUNK) } else { 0 });
    let mut before_ms = f64::NEG_INFINITY;
    // Whole chunks and plain loops of known length, so that it is vector code.
    for spikes in spikes.chunks(CHUNK) {
        let mut times_ms = [f64::INFINITY; CHUNK];
        for (time_ms, spike) in times_ms.iter_mut().zip(spikes) {
            *time_ms = spike.at.ms();
        }
        let mut elapsed_ms = [0.0; CHUNK];
        elapsed_ms[0] = times_ms[0] - before_ms;
        for number in 1..CHUNK {
            elapsed_ms[number] = times_ms[number] - times_ms[number - 1];
        }
        before_ms = times_ms[CHUNK - 1];
        decays.goes_on &= elapsed_ms[..spikes.len()].iter().all(|&elapsed_ms| elapsed_ms > 0.0);
        if leaks {
            for elapsed_ms in &mut elapsed_ms {
                *elapsed_ms = decay_factor(*elapsed_ms, decays.tau_ms);
            }
            decays.factors.extend_from_slice(&elapsed_ms);
        }
    }
}
