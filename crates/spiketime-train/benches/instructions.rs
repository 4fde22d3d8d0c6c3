//! One training presentation at N = 196 on AVX2, for an instruction count: times are noisy, counts are not.
//!
//! Run by `.ci/instructions` under callgrind, which knows no AVX-512 and collects within
//! [`one_training_presentation`] only.

use spiketime_data::{Purpose, source, stream};
use spiketime_sim::{Counter, InputSpike, InstructionSet, Network, present_on};
use spiketime_train::condition::Condition;
use spiketime_train::present::initial_network;

/// Images that the network has seen before the one that is counted.
const LEARNED: usize = 200;

fn main() {
    let condition = Condition::default();
    let data =
        source::embedded(condition.dataset.known().expect("a known set")).expect("the sample is sound");
    let mut network = initial_network::<f32>(&condition, 1);
    let mut counter = Counter::new(condition.neurons);
    let mut spikes = Vec::new();
    for index in 0..LEARNED {
        learn(
            &condition,
            data.train.presented(index).image().expect("an image"),
            index,
            &mut network,
            &mut spikes,
            &mut counter,
        );
    }
    one_training_presentation(
        &condition,
        data.train.presented(LEARNED).image().expect("an image"),
        &mut network,
        &mut spikes,
        &mut counter,
    );
    println!("{} input spikes, {} output spikes", spikes.len(), counter.total());
}

#[inline(never)]
fn one_training_presentation(
    condition: &Condition,
    image: &[u8],
    network: &mut Network<f32>,
    spikes: &mut Vec<InputSpike>,
    counter: &mut Counter,
) {
    counter.clear();
    learn(condition, image, LEARNED, network, spikes, counter);
}

fn learn(
    condition: &Condition,
    image: &[u8],
    index: usize,
    network: &mut Network<f32>,
    spikes: &mut Vec<InputSpike>,
    counter: &mut Counter,
) {
    condition.input().of(image).encode(image, stream(1, Purpose::TrainSpikes, index as u64), spikes);
    present_on(InstructionSet::Avx2, network, spikes, counter);
    network.next_onset(condition.image_ms + condition.rest_ms);
}
