//! Conditions of laws that the report does not know: presets, keys that contradict each other, images that end early.

use spiketime_data::source::embedded;
use spiketime_data::{DatasetName, ImageOrder, Purpose, stream};
use spiketime_sim::{Engine, Network, Real, Recorder, present};
use spiketime_study::spec::Experiment;
use spiketime_train::condition::{Condition, Precision, Preset};
use spiketime_train::present::{Presenter, initial_network};
use spiketime_train::run::id;

fn read(text: &str) -> Result<Experiment, String> {
    Experiment::parse(text, "x.toml".as_ref(), "x".into()).map_err(|error| error.to_string())
}

/// Frontier, small, annealed within what is shown.
fn early(precision: Precision) -> Condition {
    Condition { neurons: 20, annealing_images: 60, precision, ..Preset::Frontier.condition() }
}

/// Every image encoded whole, the reference engine; nothing of the presenter.
fn by_hand<R: Real>(condition: &Condition, images: usize) -> (Network<R>, u64) {
    let data = embedded(DatasetName::Mnist).expect("the sample is sound");
    let mut network = initial_network::<R>(condition, 1);
    let mut sequence = condition.sequence(1, data.train.len());
    let (mut spikes, mut delivered) = (Vec::new(), 0);
    for index in 0..images {
        let mut recorder = Recorder::default();
        let image = data.train.presented(sequence.image(index));
        image.encode(&condition.input(), stream(1, Purpose::TrainSpikes, index as u64), &mut spikes);
        network.progress = index as f64 / 60.0;
        present(Engine::Reference, &mut network, &spikes, &mut recorder);
        let end = recorder.spikes[0].0;
        assert_eq!(recorder.spikes.len(), 1, "one output spike ends the image");
        delivered += spikes.iter().filter(|spike| spike.at <= end).count() as u64;
        network.end_image();
        network.next_onset(condition.image_ms + condition.rest_ms);
    }
    (network, delivered)
}

fn presented<R: Real>(condition: &Condition, images: usize) -> (Network<R>, u64) {
    let data = embedded(DatasetName::Mnist).expect("the sample is sound");
    let mut presenter = Presenter::new(Engine::Dense, condition, 1, initial_network::<R>(condition, 1));
    let mut sequence = condition.sequence(1, data.train.len());
    for index in 0..images {
        presenter.train(data.train.presented(sequence.image(index)), index);
    }
    let delivered = presenter.totals.spikes_in;
    (presenter.into_network(), delivered)
}

#[test]
fn an_image_that_ends_early_is_drawn_as_far_as_it_is_needed_and_no_byte_differs() {
    let condition = early(Precision::F32);
    let (mut expected, delivered) = by_hand::<f32>(&condition, 50);
    let (mut found, counted) = presented::<f32>(&condition, 50);
    assert_eq!(counted, delivered);
    // The fraction of training that is done is told before each image.
    (expected.progress, found.progress) = (0.0, 0.0);
    assert!(expected == found);
    let condition = early(Precision::F64);
    let [by_hand, presented] = [by_hand::<f64>(&condition, 20), presented::<f64>(&condition, 20)];
    assert!(by_hand.0.weights_mv == presented.0.weights_mv && by_hand.1 == presented.1);
}

#[test]
fn a_preset_is_what_a_file_leaves_out_and_every_key_can_be_set_on_top() {
    let text = "checkpoints = [10]\n[[condition]]\nname = 'a'\npreset = 'frontier'\nneurons = 50\nimage_order = 'stored'\n\
                [[grid]]\nname = 'n-{neurons}'\nkeys = { neurons = [7, 50] }\n\
                with = { preset = 'frontier', image_order = 'stored' }\n";
    let conditions = read(text).expect("a sound file").conditions;
    let expected = |name: &str, neurons| Condition {
        name: name.into(),
        neurons,
        image_order: ImageOrder::Stored,
        ..Preset::Frontier.condition()
    };
    assert_eq!(conditions, [expected("a", 50), expected("n-7", 7)]);
    // A cell that a file names by hand has that name: 'a' is one network, written and crossed.
    let id = |condition: &Condition| id(condition, 1, false, None);
    assert_eq!(id(&conditions[0]), id(&expected("another", 50)));
    assert_ne!(id(&conditions[0]), id(&Preset::Frontier.condition()));
    let told = read("[[condition]]\nname = 'a'\npreset = 'frontir'\n").unwrap_err();
    assert!(told.starts_with("x.toml:3: ") && told.contains("frontier"), "{told}");
    let told = read("[[grid]]\nkeys = { preset = ['report', 'frontier'] }\n").unwrap_err();
    assert!(told.contains("a preset is no key to cross"), "{told}");
}

#[test]
fn of_two_keys_that_contradict_each_other_both_are_named() {
    for (keys, named) in [
        ("leak = false", ["adaptation_mv is 10", "leak = false"]),
        ("leak = false\nadaptation_mv = 0\nlasting_mv = 1", ["lasting_mv is 1", "leak = false"]),
        ("hold_ms = 2\nhold_to_end = true", ["hold_ms is 2", "hold_to_end"]),
        ("hold_ms = 2\ninhibition = 'soft'", ["hold_ms is 2", "inhibition to winner-takes-all"]),
        ("lasting_mv = 1\nlasting_tau_ms = 10", ["lasting_tau_ms is 10", "tau_membrane_ms"]),
        ("homeostasis_gain = 0.1", ["homeostasis_gain is 0.1", "rests_at_onset"]),
        ("stdp_rule = 'counts'\nstdp_rate_factor = 0.1", ["annealing_images is 0", "stdp_rate_factor"]),
        ("stdp_sum_mv = 100", ["stdp_sum_mv is 100", "stdp_rule"]),
        ("stdp_imprints = true", ["stdp_imprints is true", "stdp_rule"]),
        (
            "stdp_gain_dependence = 'soft'\nstdp_gain_nonlinearity = 3",
            ["stdp_gain_nonlinearity is 3", "stdp_gain_dependence"],
        ),
        (
            "stdp_rule = 'counts'\nstdp_loss_dependence = 'soft'\nstdp_loss_nonlinearity = 3",
            ["stdp_loss_nonlinearity is 3", "stdp_loss_dependence"],
        ),
        ("stdp_rule = 'counts'\nstdp_normalised = true", ["stdp_normalised is true", "stdp_rule"]),
        ("normalisation = 'at-spike'", ["normalisation_mv is 0", "normalisation says when"]),
        ("normalisation_mv = 5", ["normalisation_mv is 5", "normalisation says when"]),
        (
            "stdp_rule = 'counts'\nstdp_rate_power = 0.5\nstdp_rate_factor = 0.5\nannealing_images = 9",
            ["stdp_rate_factor is 0.5", "stdp_rate_power"],
        ),
    ] {
        let told = read(&format!("[[condition]]\nname = 'x'\n{keys}\n")).expect_err(keys);
        assert!(named.iter().all(|part| told.contains(part)), "{keys}: {told}");
    }
}

#[test]
fn ids_of_before_hold_no_key_of_the_new_laws() {
    let json = serde_json::to_string(&Condition::default()).expect("JSON");
    for key in
        ["leak", "hold", "stdp_rule", "image_gain", "preset", "test_image_ms", "homeostasis", "normalisation"]
    {
        assert!(!json.contains(&format!("\"{key}")), "{key} in {json}");
    }
}
