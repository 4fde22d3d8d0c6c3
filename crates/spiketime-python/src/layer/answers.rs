//! What a layer answers to many images, each by itself: on all threads, the same for any number of them.

use std::sync::OnceLock;

use rayon::prelude::*;
use spiketime_data::dataset::Shown;
use spiketime_sim::{Real, Time};
use spiketime_train::layer::{Layer, Seen};
use spiketime_train::predict::Still;

/// Images of a thread between two looks at the interpreter.
const IMAGES: usize = 8;

/// Images × neurons.
pub fn counts<R: Real>(layer: &Layer<R>, images: Shown, addresses: Option<&[u64]>, seen: Seen) -> Vec<u32> {
    let mut all = Vec::with_capacity(images.count() * layer.network().neurons());
    each(layer, images, addresses, seen, |_, counts| counts.to_vec(), |counts| all.extend(counts));
    all
}

/// When \[ms\], which neuron, and where each image's spikes begin.
pub fn spikes<R: Real>(
    layer: &Layer<R>,
    images: Shown,
    addresses: Option<&[u64]>,
    seen: Seen,
) -> (Vec<f64>, Vec<u32>, Vec<i64>) {
    let (mut times_ms, mut neurons, mut offsets) = (Vec::new(), Vec::new(), vec![0]);
    let kept = |spikes: &[(Time, u32)], _: &[u32]| spikes.to_vec();
    each(layer, images, addresses, seen, kept, |spikes| {
        times_ms.extend(spikes.iter().map(|(at, _)| at.ms()));
        neurons.extend(spikes.iter().map(|(_, neuron)| neuron));
        offsets.push(times_ms.len() as i64);
    });
    (times_ms, neurons, offsets)
}

/// Thresholds of a network that is asked \[mV\].
pub fn thresholds_mv<R: Real>(layer: &Layer<R>) -> Vec<f64> {
    let still = layer.network().frozen_under(layer.condition().test_layer());
    still.thresholds_mv.iter().map(|threshold| threshold.to_f64()).collect()
}

/// Keeps something of each image's spikes and counts, and takes it in the images' order, block by block.
fn each<R: Real, T: Send>(
    layer: &Layer<R>,
    images: Shown,
    addresses: Option<&[u64]>,
    seen: Seen,
    kept: impl Fn(&[(Time, u32)], &[u32]) -> T + Sync,
    take: impl FnMut(T),
) {
    let (still, mut take) = (layer.still(), take);
    let show = |still: &mut Still<R>, image: usize| {
        let address = addresses.map_or(image as u64, |addresses| addresses[image]);
        let (spikes, counts) = still.show(images.one(image), address);
        kept(spikes, counts)
    };
    let threads = if is_forked() { 1 } else { rayon::current_num_threads() };
    let mut own: Vec<Still<R>> = vec![still; threads];
    for first in (0..images.count()).step_by(threads * IMAGES) {
        let block = first..images.count().min(first + threads * IMAGES);
        let starts: Vec<usize> = block.clone().step_by(IMAGES).collect();
        let piece = |(still, &start): (&mut Still<R>, &usize)| -> Vec<T> {
            (start..block.end.min(start + IMAGES)).map(|image| show(still, image)).collect()
        };
        let done: Vec<Vec<T>> = match threads {
            1 => own.iter_mut().zip(&starts).map(piece).collect(),
            _ => own.par_iter_mut().zip(&starts).map(piece).collect(),
        };
        done.into_iter().flatten().for_each(&mut take);
        if !seen(block.end as u64) {
            return;
        }
    }
}

/// A child of a fork has none of its parent's threads: what waits for them would wait for ever.
fn is_forked() -> bool {
    static OURS: OnceLock<u32> = OnceLock::new();
    *OURS.get_or_init(std::process::id) != std::process::id()
}
