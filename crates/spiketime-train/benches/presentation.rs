//! What one presentation costs, everything in it: spike generation, integration, STDP; and the floor.
//!
//! Goals: no condition of the report above 500 µs a training image on one core, `nonlinear-reversed`
//! below 1 000. The images are the first real ones; the network that is trained on goes on learning
//! while it is measured, the one that is tested has seen 3 000 images.

mod floor;

use criterion::{Criterion, criterion_group, criterion_main};
use floor::Floor;
use spiketime_data::{Purpose, source};
use spiketime_sim::Engine;
use spiketime_train::condition::{Condition, Inhibition};
use spiketime_train::data_set::DataSet;
use spiketime_train::present::{Presenter, initial_network};

const LEARNED: usize = 3_000;

fn conditions() -> Vec<Condition> {
    let named = |name: &str, condition: Condition| Condition { name: name.into(), ..condition };
    let base = Condition::default;
    let sizes = [36, 196, 400, 1_600, 6_400];
    let sizes = sizes.map(|neurons| named(&format!("N = {neurons}"), Condition { neurons, ..base() }));
    let others = [
        named(
            "Fashion-MNIST",
            Condition { dataset: DataSet::Known(spiketime_data::DatasetName::FashionMnist), ..base() },
        ),
        named("soft", Condition { inhibition: Inhibition::Soft, ..base() }),
        named("none", Condition { inhibition: Inhibition::None, ..base() }),
        named("nonlinear-reversed", Condition { stdp_loss: -0.005, ..base() }),
        named("nonlinear-asymmetric", Condition { stdp_loss_nonlinearity: 5.0, ..base() }),
    ];
    sizes.into_iter().chain(others).collect()
}

fn presentation(criterion: &mut Criterion) {
    for condition in conditions() {
        let data =
            source::embedded(condition.dataset.known().expect("a known set")).expect("the sample is sound");
        let mut floor = Floor::new(&condition, &data, 50);
        criterion.bench_function(&format!("{}: floor", condition.name), |bencher| {
            let mut index = 0;
            bencher.iter(|| {
                index += 1;
                floor.show(index)
            });
        });

        let mut training =
            Presenter::new(Engine::Dense, &condition, 1, initial_network::<f32>(&condition, 1));
        let mut index = 0;
        let mut train = |training: &mut Presenter<f32>| {
            training.show(data.train.presented(index), Purpose::TrainSpikes, index, condition.rest_ms);
            index += 1;
        };
        (0..LEARNED).for_each(|_| train(&mut training));
        let mut testing = Presenter::new(Engine::Dense, &condition, 1, training.network().frozen());
        criterion.bench_function(&format!("{}: train one image", condition.name), |bencher| {
            bencher.iter(|| train(&mut training));
        });

        let mut images = data.test.iter(data.test.len()).cycle();
        criterion.bench_function(&format!("{}: test one image", condition.name), |bencher| {
            bencher.iter(|| {
                let (index, image, _) = images.next().expect("a cycle never ends");
                testing.show(image, Purpose::TestSpikes, index, condition.test_rest_ms);
            });
        });
    }
}

criterion_group!(benches, presentation);
criterion_main!(benches);
