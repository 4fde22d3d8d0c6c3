//! Where the time of a training image goes, by leaving stages out.
//!
//! Each image is shown to copies of the same network that lack one thing after the other: learning, the
//! adaptive threshold, spikes altogether. What a copy is faster by is the stage's share.

use spiketime_data::{Purpose, source, stream};
use spiketime_sim::{Counter, Engine, InputSpike, Network, present};
use spiketime_train::condition::Condition;
use spiketime_train::present::{Presenter, initial_network};

use crate::measure::{median, time_us};

/// Images that are measured.
const IMAGES: usize = 500;

/// A stage and its share of a training image \[µs\].
pub type Stage = (&'static str, f64);

/// Of the report's reference layer, N = 196, after `learned` images.
pub fn stages(learned: usize) -> Vec<Stage> {
    let condition = Condition::default();
    let data =
        source::embedded(condition.dataset.known().expect("a known set")).expect("the sample is sound");
    let mut presenter = Presenter::new(Engine::Dense, &condition, 1, initial_network::<f32>(&condition, 1));
    let mut times: [Vec<f64>; 7] = Default::default();
    for index in 0..learned + IMAGES {
        let image = data.train.presented(index);
        if index < learned {
            presenter.show(image, Purpose::TrainSpikes, index, condition.rest_ms);
            continue;
        }
        let mut spikes = Vec::new();
        let rng = || stream(1, Purpose::TrainSpikes, index as u64);
        let trained = presenter.network().clone();
        let values = [
            time_us(1, || image.encode(&condition.input(), rng(), &mut spikes)),
            without(&trained, &spikes, |network| network.thresholds_mv.fill(f32::MAX)),
            without(&trained, &spikes, |network| {
                network.layer.plasticity = None;
                network.layer.adaptation_mv = 0.0;
                network.adaptations_mv.fill(0.0);
            }),
            without(&trained, &spikes, |network| network.layer.plasticity = None),
            without(&trained, &spikes, |_| {}),
            clock_us(&trained, condition.image_ms + condition.rest_ms),
            time_us(1, || {
                presenter.show(image, Purpose::TrainSpikes, index, condition.rest_ms);
            }),
        ];
        times.iter_mut().zip(values).for_each(|(times, value)| times.push(value));
    }
    let [encode, integrate, cross, adapt, learn, clock, whole] = times.map(median);
    vec![
        ("spike generation", encode),
        ("integration: decay factors, rows of weights, the test against a bound", integrate),
        ("crossing: exact tests, false alarms, inhibition, counting", cross - integrate),
        ("adaptive threshold: raising, decaying bounds", adapt - cross),
        ("STDP", learn - adapt),
        ("clock: stamps seen from the next onset", clock),
        ("the rest", whole - encode - learn - clock),
        ("**a whole training image**", whole),
    ]
}

/// Time of one presentation to a changed copy of a network \[µs\].
fn without(network: &Network<f32>, spikes: &[InputSpike], change: impl Fn(&mut Network<f32>)) -> f64 {
    let mut copy = network.clone();
    change(&mut copy);
    let mut counter = Counter::new(copy.neurons());
    time_us(1, || present(Engine::Dense, &mut copy, spikes, &mut counter))
}

fn clock_us(network: &Network<f32>, period_ms: f64) -> f64 {
    let mut copy = network.clone();
    time_us(1, || copy.next_onset(period_ms))
}
