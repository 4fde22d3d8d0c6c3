//! Writes 20 training images of the report's layer for `just crosscheck`: input and output spikes of each,
//! and the whole state before and after it, so that another simulator can start each image from ours.
//!
//! Usage: crosscheck FOLDER    images.json: spikes and small state; weights.f64: inputs × neurons, image by image

use anyhow::{Context, Result};
use serde_json::{Value, json};
use spiketime_data::{Purpose, source, stream};
use spiketime_sim::{Engine, InputSpike, Network, Recorder, Time, present};
use spiketime_train::condition::Condition;
use spiketime_train::present::initial_network;

const IMAGES: usize = 20;

fn main() -> Result<()> {
    let folder = std::path::PathBuf::from(std::env::args().nth(1).context("name a folder")?);
    let condition = Condition::default();
    let data = source::embedded(condition.dataset.known().expect("a known set"))?;
    let mut network = initial_network::<f64>(&condition, 1);
    let (mut spikes, mut images, mut weights) =
        (Vec::new(), Vec::new(), network.weights_mv.iter().collect::<Vec<_>>());
    for index in 0..IMAGES {
        let rng = stream(1, Purpose::TrainSpikes, index as u64);
        data.train.presented(index).encode(&condition.input(), rng, &mut spikes);
        let mut image = before(&network, &spikes);
        let mut recorder = Recorder::default();
        present(Engine::Reference, &mut network, &spikes, &mut recorder);
        image["outputs"] = recorder.spikes.iter().map(|(at, neuron)| json!([at.ms(), neuron])).collect();
        images.push(image);
        weights.extend(network.weights_mv.iter());
        network.next_onset(condition.image_ms + condition.rest_ms);
    }
    std::fs::write(folder.join("images.json"), serde_json::to_vec(&images)?)?;
    let bytes: Vec<u8> = weights.iter().flat_map(|weight| weight.to_le_bytes()).collect();
    Ok(std::fs::write(folder.join("weights.f64"), bytes)?)
}

/// The small state before an image, and its input spikes.
fn before(network: &Network<f64>, spikes: &[InputSpike]) -> Value {
    // An input that has never spiked is null: JSON has no infinity.
    let stamp = |at: &Time| (*at > Time::NEVER).then(|| at.ms());
    json!({
        "potentials_mv": network.potentials_mv,
        "potentials_since_ms": network.potentials_since.iter().map(stamp).collect::<Vec<_>>(),
        "adaptations_mv": network.adaptations_mv,
        "adaptations_since_ms": network.adaptations_since.iter().map(stamp).collect::<Vec<_>>(),
        "last_input_ms": network.last_input.iter().map(stamp).collect::<Vec<_>>(),
        "inputs": spikes.iter().map(|spike| (spike.at.ms(), spike.source)).collect::<Vec<_>>(),
    })
}
