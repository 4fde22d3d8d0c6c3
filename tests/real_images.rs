//! Both engines on real images, for every condition that the report or its author's code names.

use spiketime_data::{DatasetName, Purpose, source, stream};
use spiketime_sim::{Engine, InstructionSet, Network, Real, Recorder, present, present_on};
use spiketime_train::condition::{Condition, Inhibition, Preset, TieRule};
use spiketime_train::data_set::DataSet;
use spiketime_train::present::initial_network;

/// 20 here; the release recipe `just compare-200` sets 200.
fn images() -> usize {
    std::env::var("SPIKETIME_COMPARED_IMAGES").ok().and_then(|count| count.parse().ok()).unwrap_or(20)
}

fn conditions() -> Vec<Condition> {
    let base = || Condition::default();
    let variation = |min, max, adaptation_mv| Condition {
        threshold_min_mv: min,
        threshold_max_mv: max,
        adaptation_mv,
        ..base()
    };
    let named = |name: &str, condition: Condition| Condition { name: name.into(), ..condition };
    vec![
        named("wta", base()),
        named("soft", Condition { inhibition: Inhibition::Soft, ..base() }),
        named("none", Condition { inhibition: Inhibition::None, ..base() }),
        named("n36", Condition { neurons: 36, ..base() }),
        named("variation-40-60-on", variation(40.0, 60.0, 10.0)),
        named("variation-40-60-off", variation(40.0, 60.0, 0.0)),
        named("variation-40-50-on", variation(40.0, 50.0, 10.0)),
        named("variation-40-50-off", variation(40.0, 50.0, 0.0)),
        named("nonlinear-reversed", Condition { stdp_loss: -0.005, ..base() }),
        named("nonlinear-asymmetric", Condition { stdp_loss_nonlinearity: 5.0, ..base() }),
        named(
            "nonlinear-symmetric",
            Condition { stdp_gain_nonlinearity: 1.0, stdp_loss_nonlinearity: 1.0, ..base() },
        ),
        named("fashion", Condition { dataset: DataSet::Known(DatasetName::FashionMnist), ..base() }),
        named("highest-only", Condition { tie_rule: TieRule::HighestOnly, ..base() }),
        named("frontier", Condition { annealing_images: 50, ..Preset::Frontier.condition() }),
        named("frontier-strict", Condition { annealing_images: 50, ..Preset::FrontierStrict.condition() }),
        named("diehl-cook", Preset::DiehlCook.condition()),
    ]
}

/// `None` is the reference engine, else the dense one on these instructions.
fn trained<R: Real>(
    dense: Option<InstructionSet>,
    condition: &Condition,
    images: usize,
) -> (Network<R>, Recorder) {
    let data =
        source::embedded(condition.dataset.known().expect("a known set")).expect("the sample is sound");
    let mut network = initial_network::<R>(condition, 1);
    let (mut spikes, mut recorder) = (Vec::new(), Recorder::default());
    for index in 0..images {
        let rng = stream(1, Purpose::TrainSpikes, index as u64);
        data.train.presented(index).encode(&condition.input(), rng, &mut spikes);
        match dense {
            None => present(Engine::Reference, &mut network, &spikes, &mut recorder),
            Some(instructions) => present_on(instructions, &mut network, &spikes, &mut recorder),
        }
        network.end_image();
        network.next_onset(condition.image_ms + condition.rest_ms);
        network.progress = condition.progress(index as u64 + 1);
    }
    (network, recorder)
}

fn compare<R: Real>(condition: &Condition) {
    let (network, recorder) = trained::<R>(None, condition, images());
    assert!(recorder.spikes.len() >= images(), "{}: hardly a spike to compare", condition.name);
    for instructions in InstructionSet::ALL {
        let (dense_network, dense_recorder) = trained::<R>(Some(instructions), condition, images());
        let who = format!("{} {} {instructions:?}", condition.name, R::NAME);
        assert!(recorder == dense_recorder, "{who}: other spikes");
        // No value is ever −0 or NaN, so equal numbers are equal bits.
        assert!(network == dense_network, "{who}: another network");
    }
}

#[test]
fn both_engines_give_the_same_bits_on_real_images_of_every_condition_on_every_instruction_set() {
    for condition in conditions() {
        compare::<f32>(&condition);
        compare::<f64>(&condition);
    }
}

#[test]
fn labelling_and_testing_never_change_the_network_that_trains() {
    let condition = Condition { label_images: 20, test_images: 20, ..Condition::default() };
    let data =
        source::embedded(condition.dataset.known().expect("a known set")).expect("the sample is sound");
    let (network, _) = trained::<f32>(Some(InstructionSet::widest()), &condition, 20);
    let before = network.clone();
    let labels = spiketime_train::present::label(Engine::Dense, &condition, 1, &network, &data);
    let tested = spiketime_train::present::test(Engine::Dense, &condition, 1, &network, &labels, &data, 0.0);
    assert!(tested.totals.spikes_out > 0);
    assert!(network == before);
}
