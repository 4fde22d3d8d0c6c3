//! Softmax regression on the shares of spikes: how much a supervised learner would find in the same spikes.
//!
//! ```text
//! x_k = n_k/Σ_k n_k,  p_c = e^(s_c)/Σ_c e^(s_c),  s_c = Σ_k x_k w_kc;   −ln p_class, averaged over images, falls
//! w ← v − (2/x̄_k) ∂/∂v_kc,  v ← w + t/(t + 3) (w − previous w),  t = 0, 1, …   x̄_k: mean share
//! ```
//!
//! Step 2/x̄_k never overshoots: the curvature is at most ½ of mean x xᵀ (Böhning 1992, Ann. Inst. Stat. Math. 44:197), and
//! that at most diag(x̄) because shares are not negative and add up to 1. The momentum is Nesterov's (1983). A fixed number of
//! steps from 0, images in the order shown: nothing is drawn. No offset: shares add up to 1.

use spiketime_sim::laws::exp::exp;

use super::lesson::{Lesson, Shown};

/// As many as halve what is missing of the optimum's loss several times; more fit the noise of few label images.
pub const STEPS: u32 = 200;

/// w_kc after the last step, neurons × classes; 0 of a neuron without a spike.
#[must_use]
pub fn weights(lesson: &Lesson) -> Vec<f64> {
    let (classes, shown) = (lesson.images.len(), lesson.shown.as_deref().unwrap_or_default());
    let steps = steps(lesson.spikes.len() / classes, shown);
    let mut weights = vec![0.0; lesson.spikes.len()];
    let mut ahead = weights.clone();
    for step in 0..STEPS {
        let slope = slope(&ahead, classes, shown);
        let momentum = f64::from(step) / f64::from(step + 3);
        for (at, (weight, ahead)) in weights.iter_mut().zip(&mut ahead).enumerate() {
            let moved = *ahead - steps[at / classes] * slope[at];
            *ahead = moved + momentum * (moved - *weight);
            *weight = moved;
        }
    }
    weights
}

/// The shares of the neurons in the spikes of an image.
fn shares(image: &Shown) -> impl Iterator<Item = (usize, f64)> {
    let all: u64 = image.spikes.iter().map(|&(_, count)| u64::from(count)).sum();
    image.spikes.iter().map(move |&(neuron, count)| (neuron as usize, f64::from(count) / all as f64))
}

/// 2/x̄_k over the number of images, since slopes are sums over images; 0 of a neuron without a spike.
fn steps(neurons: usize, shown: &[Shown]) -> Vec<f64> {
    let mut sums = vec![0.0; neurons];
    shown.iter().flat_map(shares).for_each(|(neuron, share)| sums[neuron] += share);
    sums.into_iter().map(|sum| if sum > 0.0 { 2.0 / sum } else { 0.0 }).collect()
}

/// Σ over images of x_k (p_c − 1 of its class).
fn slope(weights: &[f64], classes: usize, shown: &[Shown]) -> Vec<f64> {
    let mut slope = vec![0.0; weights.len()];
    for image in shown {
        let mut excess = probabilities(weights, classes, image);
        excess[usize::from(image.class)] -= 1.0;
        for (neuron, share) in shares(image) {
            let of_neuron = slope[neuron * classes..][..classes].iter_mut();
            of_neuron.zip(&excess).for_each(|(slope, excess)| *slope += share * excess);
        }
    }
    slope
}

/// p_c of an image.
fn probabilities(weights: &[f64], classes: usize, image: &Shown) -> Vec<f64> {
    let mut scores = vec![0.0; classes];
    for (neuron, share) in shares(image) {
        let weights = &weights[neuron * classes..][..classes];
        scores.iter_mut().zip(weights).for_each(|(score, weight)| *score += share * weight);
    }
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    scores.iter_mut().for_each(|score| *score = exp(*score - largest));
    let all: f64 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= all);
    scores
}
