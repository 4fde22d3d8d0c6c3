//! What one presentation costs against the floor, one line a network size, nothing else.
//!
//! Goals on one core, shared by five networks: N = 36 train 1.8, test 1.4; 196: 1.25, 0.9; 1 600: 1.2, 1.0. Of the preset
//! `frontier` at N = 196, alone: train 0.9 floors of the report's image; test, whose images have other numbers of spikes,
//! 1.3 floors by the spike. Everything an image costs is in it: spike generation, exponentials, STDP. Floor, training and
//! testing take turns in every round; the line tells the median of the rounds' ratios and times.

mod floor;

use std::hint::black_box;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use floor::Floor;
use spiketime_data::{Purpose, source};
use spiketime_sim::Engine;
use spiketime_train::condition::{Condition, Preset};
use spiketime_train::drawn::Drawn;
use spiketime_train::present::{Presenter, initial_network};

/// Images that the network has seen before it is measured.
const LEARNED: usize = 1_000;
/// A floor slower than 1.2 times this is a lazy one, and this divides: (neurons, µs an image), the row
/// loop measured on two idle EPYC cores.
const KNOWN_FLOOR_US: [(usize, f64); 4] = [(196, 31.0), (400, 50.0), (1_600, 213.0), (6_400, 1_083.0)];
/// Rounds are short, so that few of them are interrupted and the median is of those that are not.
const ROUNDS: usize = 201;
/// Networks that share what is drawn, and images of a turn, as in the program.
const SHARING: usize = 5;
const TURN: usize = 64;
/// Different images that are shown.
const IMAGES: usize = 200;

fn main() {
    for neurons in [36, 196, 400, 1_600, 6_400] {
        let Measured { train, test, train_us, test_us, .. } =
            measured(&Condition { neurons, ..Condition::default() });
        println!(
            "N={neurons} train {train:.2}x floor, test {test:.2}x floor, {train_us:.0} us, {test_us:.0} us"
        );
        let [train, test, train_us, test_us] = shared(&Condition { neurons, ..Condition::default() });
        println!(
            "N={neurons} shared by {SHARING}: train {train:.2}x floor, test {test:.2}x floor, {train_us:.0} us, \
             {test_us:.0} us"
        );
    }
    let Measured { train, test_by_spike, train_us, test_us, .. } = measured(&Preset::Frontier.condition());
    println!(
        "frontier N=196 train {train:.2}x floor, test {test_by_spike:.2}x floor by the input spike, {train_us:.0} us, \
         {test_us:.0} us"
    );
}

/// Medians over the rounds: ratios and times an image.
struct Measured {
    train: f64,
    test: f64,
    test_by_spike: f64,
    train_us: f64,
    test_us: f64,
}

fn measured(condition: &Condition) -> Measured {
    let neurons = condition.neurons;
    let data =
        source::embedded(condition.dataset.known().expect("a known set")).expect("the sample is sound");
    let images = if neurons > 1_000 { 2 } else { 10 };
    let mut floor = Floor::new(&Condition { neurons, ..Condition::default() }, &data, IMAGES);
    let mut training = Presenter::new(Engine::Dense, condition, 1, initial_network::<f32>(condition, 1));
    for index in 0..LEARNED {
        training.train(data.train.presented(index), index);
    }
    let mut testing = Presenter::testing(Engine::Dense, condition, 1, training.network());
    let tests: Vec<_> = data.test.iter(IMAGES).collect();
    let mut rounds: [Vec<f64>; 5] = Default::default();
    for round in 0..ROUNDS {
        let first = round * images;
        let floor_us = time_us(images, |index| {
            black_box(floor.show(first + index));
        });
        let train_us = time_us(images, |index| {
            let index = LEARNED + first + index;
            training.train(data.train.presented(index), index);
        });
        let test_us = time_us(images, |index| {
            let (index, image, _) = tests[(first + index) % IMAGES];
            testing.show(image, Purpose::TestSpikes, index, condition.test_rest_ms);
        });
        let values = [train_us / floor_us, test_us / floor_us, train_us, test_us, floor_us];
        rounds.iter_mut().zip(values).for_each(|(values, value)| values.push(value));
    }
    let [mut train, mut test, train_us, test_us, floor_us] = rounds.map(median);
    eprintln!("N={neurons} floor {floor_us:.1} us");
    let known = KNOWN_FLOOR_US.iter().find(|&&(size, known_us)| size == neurons && floor_us > 1.2 * known_us);
    if let Some((_, known_us)) = known {
        (train, test) = (train_us / known_us, test_us / known_us);
    }
    let streamed = floor.images.iter().map(Vec::len).sum::<usize>() as f64 / IMAGES as f64;
    let tested = testing.totals.spikes_in as f64 / testing.totals.images as f64;
    Measured { train, test, test_by_spike: test * streamed / tested, train_us, test_us }
}

/// The same where networks take turns of [`TURN`] images and draw each but once, as runs of one seed do.
fn shared(condition: &Condition) -> [f64; 4] {
    let data =
        source::embedded(condition.dataset.known().expect("a known set")).expect("the sample is sound");
    let mut floor = Floor::new(condition, &data, IMAGES);
    let drawn = || Arc::new(Mutex::new(Drawn::shared(TURN)));
    let (trained, tested) = (drawn(), drawn());
    let train = |training: &mut Presenter<f32>, index| training.train(data.train.presented(index), index);
    let mut training: Vec<_> = (0..SHARING)
        .map(|_| Presenter::new(Engine::Dense, condition, 1, initial_network::<f32>(condition, 1)))
        .map(|presenter| presenter.sharing(&trained))
        .collect();
    (0..LEARNED).for_each(|index| training.iter_mut().for_each(|one| train(one, index)));
    let still = |one: &Presenter<f32>| Presenter::testing(Engine::Dense, condition, 1, one.network());
    let mut testing: Vec<_> = training.iter().map(|one| still(one).sharing(&tested)).collect();
    let tests: Vec<_> = data.test.iter(IMAGES).collect();
    let mut rounds: [Vec<f64>; 5] = Default::default();
    for round in 0..(80_000 / (condition.neurons + 1_000)).min(ROUNDS) {
        let first = round * TURN;
        let floor_us = time_us(TURN, |index| {
            black_box(floor.show(first + index));
        });
        let train_us = time_us(SHARING * TURN, |shown| {
            train(&mut training[shown / TURN], LEARNED + first + shown % TURN);
        });
        let test_us = time_us(SHARING * TURN, |shown| {
            let (index, image, _) = tests[(first + shown % TURN) % IMAGES];
            testing[shown / TURN].show(image, Purpose::TestSpikes, index, condition.test_rest_ms);
        });
        let values = [train_us / floor_us, test_us / floor_us, train_us, test_us, floor_us];
        rounds.iter_mut().zip(values).for_each(|(values, value)| values.push(value));
    }
    let [train, test, train_us, test_us, _] = rounds.map(median);
    [train, test, train_us, test_us]
}

fn time_us(images: usize, mut show: impl FnMut(usize)) -> f64 {
    let begin = Instant::now();
    (0..images).for_each(&mut show);
    begin.elapsed().as_secs_f64() * 1e6 / images as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
