//! Times and counts of one condition.

use std::time::Instant;

use spiketime_data::{Purpose, source};
use spiketime_sim::Engine;
use spiketime_train::condition::Condition;
use spiketime_train::present::{Presenter, initial_network};

/// Rounds are short, so that few of them are interrupted and the median is of those that are not.
const ROUNDS: usize = 101;
/// Images a round.
const IMAGES: usize = 5;

/// What an image costs.
#[derive(Clone, Copy)]
pub struct Cost {
    /// While training \[µs\].
    pub train_us: f64,
    /// While testing \[µs\].
    pub test_us: f64,
    /// Input spikes a training image.
    pub spikes_in: f64,
    /// Output spikes a training image.
    pub spikes_out: f64,
}

/// After `learned` images; training goes on while it is measured.
pub fn cost(condition: &Condition, learned: usize) -> Cost {
    let data =
        source::embedded(condition.dataset.known().expect("a known set")).expect("the sample is sound");
    let mut training = Presenter::new(Engine::Dense, condition, 1, initial_network::<f32>(condition, 1));
    let mut next = 0;
    let mut train = |training: &mut Presenter<f32>| {
        training.show(data.train.presented(next), Purpose::TrainSpikes, next, condition.rest_ms);
        next += 1;
    };
    (0..learned).for_each(|_| train(&mut training));
    let before = training.totals;
    let mut testing = Presenter::new(Engine::Dense, condition, 1, training.network().frozen());
    let mut images = data.test.iter(data.test.len()).cycle();
    let mut rounds = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        rounds[0].push(time_us(IMAGES, || train(&mut training)));
        rounds[1].push(time_us(IMAGES, || {
            let (index, image, _) = images.next().expect("a cycle never ends");
            testing.show(image, Purpose::TestSpikes, index, condition.test_rest_ms);
        }));
    }
    let [train_us, test_us] = rounds.map(median);
    let shown = (training.totals.images - before.images) as f64;
    Cost {
        train_us,
        test_us,
        spikes_in: (training.totals.spikes_in - before.spikes_in) as f64 / shown,
        spikes_out: (training.totals.spikes_out - before.spikes_out) as f64 / shown,
    }
}

/// Time of one of `times` calls \[µs\].
pub fn time_us(times: usize, mut call: impl FnMut()) -> f64 {
    let begin = Instant::now();
    (0..times).for_each(|_| call());
    begin.elapsed().as_secs_f64() * 1e6 / times as f64
}

/// The middle value.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
