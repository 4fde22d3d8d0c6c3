//! Ours beside the peers of `just bench-peers`: writes what they start from, then measures a round for each
//! line on standard input.
//!
//! Usage: peers FOLDER    images.u8: image by image, 784 grey values each; weights.f32: inputs × neurons, in g/g_max.
//! A round starts from the same network and shows the same images, on one core; its line on standard output is
//! JSON: µs of processor time an image, output spikes of each image.

use std::io::Write;

use anyhow::{Context, Result};
use cpu_time::ProcessTime;
use serde_json::json;
use spiketime_data::{Purpose, source};
use spiketime_sim::Engine;
use spiketime_train::condition::Condition;
use spiketime_train::present::{Presenter, initial_network};

/// Images that the network has seen before: the whole embedded sample once.
const LEARNED: usize = 1_000;
/// Images of a round: the sample's first ones again, with new spikes.
const IMAGES: usize = 400;

fn main() -> Result<()> {
    let folder = std::path::PathBuf::from(std::env::args().nth(1).context("name a folder")?);
    let condition = Condition::default();
    let data = source::embedded(condition.dataset.known().expect("a known set"))?;
    let show = |presenter: &mut Presenter<f32>, index: usize| -> u32 {
        let image = data.train.presented(index);
        presenter.show(image, Purpose::TrainSpikes, index, condition.rest_ms).iter().sum()
    };
    let mut learned = Presenter::new(Engine::Dense, &condition, 1, initial_network::<f32>(&condition, 1));
    (0..LEARNED).for_each(|index| _ = show(&mut learned, index));

    let shown = LEARNED..LEARNED + IMAGES;
    let images = shown.clone().filter_map(|index| data.train.presented(index).image());
    std::fs::write(folder.join("images.u8"), images.collect::<Vec<_>>().concat())?;
    let weights = learned.network().weights_mv.iter().map(|weight| weight / condition.jump_max_mv as f32);
    let bytes: Vec<u8> = weights.flat_map(f32::to_le_bytes).collect();
    std::fs::write(folder.join("weights.f32"), bytes)?;

    tell(&json!({ "version": env!("CARGO_PKG_VERSION") }))?;
    for line in std::io::stdin().lines() {
        line?;
        let mut presenter = Presenter::new(Engine::Dense, &condition, 1, learned.network().clone());
        let begin = ProcessTime::now();
        let spikes: Vec<_> = shown.clone().map(|index| show(&mut presenter, index)).collect();
        let image_us = begin.elapsed().as_secs_f64() * 1e6 / IMAGES as f64;
        tell(&json!({ "image_us": image_us, "spikes": spikes }))?;
    }
    Ok(())
}

fn tell(line: &serde_json::Value) -> Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
