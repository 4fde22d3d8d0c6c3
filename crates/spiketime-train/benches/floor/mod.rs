//! The yardstick: the bare streaming of one weight row per input spike.
//!
//! For each spike: decay, add one row, compare; vector code, nothing else. Spikes and decay factors
//! are given as data. Whatever the real engine does, and the spikes it draws, comes on top.

use multiversion::multiversion;
use spiketime_data::{Dataset, Purpose, stream};
use spiketime_train::condition::Condition;

/// Spikes of real images, and a layer that takes them.
pub struct Floor {
    potentials: Vec<f32>,
    thresholds: Vec<f32>,
    weights: Vec<f32>,
    /// Of each image, (where its row begins, the decay factor before it) of each spike.
    pub images: Vec<Vec<(usize, f32)>>,
}

impl Floor {
    /// The first `images` training images. The threshold is never reached: nothing else happens.
    pub fn new(condition: &Condition, data: &Dataset, images: usize) -> Floor {
        Floor {
            potentials: vec![0.0; condition.neurons],
            thresholds: vec![f32::INFINITY; condition.neurons],
            weights: condition.initial_weights(1),
            images: (0..images).map(|index| steps(condition, data, index)).collect(),
        }
    }

    /// Streams one image.
    pub fn show(&mut self, index: usize) -> bool {
        let steps = &self.images[index % self.images.len()];
        stream_rows(&mut self.potentials, &self.thresholds, &self.weights, steps)
    }
}

fn steps(condition: &Condition, data: &Dataset, index: usize) -> Vec<(usize, f32)> {
    let mut spikes = Vec::new();
    let rng = stream(1, Purpose::TrainSpikes, index as u64);
    data.train.presented(index).encode(&condition.input(), rng, &mut spikes);
    let mut last_ms = 0.0;
    let step = |spike: &spiketime_sim::InputSpike| {
        let elapsed_ms = spike.at.ms() - std::mem::replace(&mut last_ms, spike.at.ms());
        let decay = (-elapsed_ms / condition.tau_membrane_ms).exp() as f32;
        (spike.source as usize * condition.neurons, decay)
    };
    spikes.iter().map(step).collect()
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq+avx512bw", "x86_64+avx2"))]
fn stream_rows(potentials: &mut [f32], thresholds: &[f32], weights: &[f32], steps: &[(usize, f32)]) -> bool {
    let mut any = 0;
    for &(begin, decay) in steps {
        let row = &weights[begin..][..potentials.len()];
        for ((potential, &weight), &threshold) in potentials.iter_mut().zip(row).zip(thresholds) {
            *potential = *potential * decay + weight;
            any |= u32::from(*potential > threshold);
        }
    }
    any != 0
}
