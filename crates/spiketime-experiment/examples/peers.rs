//! The report's layer for `just bench-peers`: writes images, then tells what training on them takes on one thread.
//!
//! Usage: `peers IMAGES COUNT`    writes COUNT images of 784 bytes to IMAGES, prints seconds and output spikes

use std::time::Instant;

use anyhow::{Context, Result};
use spiketime_data::{Purpose, source};
use spiketime_experiment::condition::Condition;
use spiketime_experiment::present::{Presenter, initial_network};
use spiketime_sim::Engine;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().context("name the file of images")?;
    let count: usize = arguments.next().context("say how many images")?.parse()?;
    let condition = Condition::default();
    let data = source::embedded(condition.dataset.name())?;
    let pixels: Vec<u8> = (0..count).flat_map(|index| data.train.presented(index).to_vec()).collect();
    std::fs::write(path, pixels)?;
    let begin = Instant::now();
    let mut presenter = Presenter::new(Engine::Dense, &condition, 1, initial_network::<f32>(&condition, 1));
    let set_up_seconds = begin.elapsed().as_secs_f64();
    let begin = Instant::now();
    for index in 0..count {
        presenter.show(data.train.presented(index), Purpose::TrainSpikes, index, condition.rest_ms);
    }
    let seconds = begin.elapsed().as_secs_f64();
    let spikes_out = presenter.totals.spikes_out;
    println!(r#"{{"seconds": {seconds}, "set_up_seconds": {set_up_seconds}, "spikes_out": {spikes_out}}}"#);
    Ok(())
}
