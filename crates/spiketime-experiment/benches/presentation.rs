//! What one presentation costs, everything in it: spike generation, integration, STDP.
//!
//! Goal at N = 196: at most 150 µs a training image on one core. The images are the first real
//! ones of MNIST; the network that is trained on goes on learning while it is measured, the one
//! that is tested has seen 1 000 images.

use criterion::{Criterion, criterion_group, criterion_main};
use spiketime_data::{Purpose, source};
use spiketime_experiment::condition::Condition;
use spiketime_experiment::present::{Presenter, initial_network};
use spiketime_sim::Engine;

const LEARNED: usize = 1_000;

fn presentation(criterion: &mut Criterion) {
    for neurons in [36, 196, 400] {
        let condition = Condition { neurons, ..Condition::default() };
        let data = source::embedded(condition.dataset.name()).expect("the sample is sound");
        let mut training =
            Presenter::new(Engine::Dense, &condition, 1, initial_network::<f32>(&condition, 1));
        let mut index = 0;
        let mut train = |training: &mut Presenter<f32>| {
            training.show(data.train.presented(index), Purpose::TrainSpikes, index, condition.rest_ms);
            index += 1;
        };
        (0..LEARNED).for_each(|_| train(&mut training));
        let mut testing = Presenter::new(Engine::Dense, &condition, 1, training.network().frozen());
        criterion.bench_function(&format!("train one image, N = {neurons}"), |bencher| {
            bencher.iter(|| train(&mut training))
        });

        let mut images = data.test.iter(data.test.len()).cycle();
        criterion.bench_function(&format!("test one image, N = {neurons}"), |bencher| {
            bencher.iter(|| {
                let (index, image, _) = images.next().expect("a cycle never ends");
                testing.show(image, Purpose::TestSpikes, index, 0.0);
            });
        });
    }
}

criterion_group!(benches, presentation);
criterion_main!(benches);
