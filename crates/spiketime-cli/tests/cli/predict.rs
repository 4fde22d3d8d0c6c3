//! A trained network on images of one's own: what it says, what is written, and what is refused.

use std::fs;

use serde_json::Value;
use spiketime_data::array::written::{npy, npz};
use spiketime_data::array::{Array, Values};

use crate::own_data::{quarters, sandbox};
use crate::sandbox::{Sandbox, files};

const CLASSES: [&str; 4] = ["north-west", "north-east", "south-west", "south-east"];

/// Eight neurons that learned to tell four quarters apart; `sets.toml` says where those are.
fn trained() -> Sandbox {
    let sandbox = sandbox();
    sandbox.run(&["run", "mine"]).succeeded();
    let sets = "[data.quarters]\ntrain_images = 'mine/x.npy'\ntrain_labels = 'mine/y.npy'\n\
                classes = ['north-west', 'north-east', 'south-west', 'south-east']\n";
    sandbox.write("sets.toml", sets);
    sandbox
}

fn predict(sandbox: &Sandbox, more: &[&str]) -> String {
    sandbox.run(&[&["predict"], more, &["--data", "sets.toml"]].concat()).succeeded().stdout
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn what_was_learned_is_told_apart_by_name_by_result_and_by_weights() {
    let sandbox = trained();
    let said = predict(&sandbox, &["four:1", "mine/x.npy"]);
    for (image, line) in lines(&said).iter().enumerate() {
        assert_eq!(
            (line["image"].as_u64(), line["class"].as_str()),
            (Some(image as u64), Some(CLASSES[image % 4]))
        );
        assert!(line["margin"].as_u64().unwrap() > 0 && line["margin"].as_u64() <= line["spikes"].as_u64());
    }
    assert_eq!(lines(&said).len(), 40);
    let [run, weights] = ["results/runs", "results/weights"]
        .map(|folder| files(&sandbox.path(folder))[0].display().to_string());
    for by in [run.as_str(), weights.as_str(), "four:1@32"] {
        assert_eq!(predict(&sandbox, &[by, "mine/x.npy"]), said, "{by}");
    }
    assert_ne!(predict(&sandbox, &["four:1", "mine/x.npy", "--spike-seed", "2"]), said);
}

#[test]
fn lines_counts_and_spikes_say_the_same() {
    let sandbox = trained();
    let files = ["-o", "said.jsonl", "--counts", "counts.npy", "--spikes", "spikes.npz"];
    let stdout = predict(&sandbox, &[&["four:1", "mine/x.npy"], &files[..]].concat());
    assert_eq!(stdout, "");
    let said = lines(&fs::read_to_string(sandbox.path("said.jsonl")).unwrap());
    let counts = Array::from_npy(&fs::read(sandbox.path("counts.npy")).unwrap()).unwrap();
    let Values::Integers(counts_of) = counts.values else { panic!("whole numbers") };
    assert_eq!(counts.shape, [40, 8]);
    let spikes = fs::read(sandbox.path("spikes.npz")).unwrap();
    let array = |name| Array::from_npz(&spikes, name, 1 << 20).unwrap().values;
    let (Values::Floats(times), Values::Integers(neurons), Values::Integers(offsets)) =
        (array("times"), array("inputs"), array("offsets"))
    else {
        panic!("floats and whole numbers")
    };
    assert_eq!((offsets[0], offsets[40] as usize, times.len()), (0, times.len(), neurons.len()));
    for (image, line) in said.iter().enumerate() {
        let of_image = offsets[image] as usize..offsets[image + 1] as usize;
        assert!(times[of_image.clone()].is_sorted() && times[of_image.clone()].iter().all(|ms| *ms < 250.0));
        for neuron in 0..8 {
            let count = neurons[of_image.clone()].iter().filter(|&&spiked| spiked == neuron).count();
            assert_eq!(count as i64, counts_of[image * 8 + neuron as usize]);
        }
        let own = counts_of[image * 8 + line["neuron"].as_u64().unwrap() as usize];
        assert_eq!(line["spikes"].as_i64(), Some(own));
        assert_eq!(counts_of[image * 8..][..8].iter().max(), Some(&own));
    }
}

#[test]
fn output_spikes_are_a_data_set_for_a_second_layer() {
    let sandbox = trained();
    predict(&sandbox, &["four:1", "mine/x.npy", "--spikes", "spikes.npz"]);
    let spikes = fs::read(sandbox.path("spikes.npz")).unwrap();
    let member = |name: &'static str| match Array::from_npz(&spikes, name, 1 << 20).unwrap() {
        Array { shape, values: Values::Floats(values) } => (name, npy(&shape, &values)),
        Array { shape, values: Values::Integers(values) } => (name, npy(&shape, &values)),
        other => panic!("{other:?}"),
    };
    let labels = ("labels", npy(&[40], &quarters().1));
    sandbox.write("deep/events.npz", npz(&[member("times"), member("inputs"), member("offsets"), labels]));
    sandbox
        .write("deep/study.toml", "id = 'deep'\n[data.layer]\ntrain_events = 'events.npz'\nshape = [1, 8]\n");
    sandbox.write(
        "deep/second.toml",
        "maps = [32]\nseeds = 1\n[[condition]]\nname = 'second'\ndataset = 'layer'\nneurons = 6\n\
         threshold_min_mv = 3\nthreshold_max_mv = 3\n",
    );
    sandbox.run(&["run", "deep", "--results", "second"]).succeeded();
    let more = ["predict", "second:1", "deep/events.npz", "--results", "second", "--data", "deep-sets.toml"];
    sandbox.write("deep-sets.toml", "[data.layer]\ntrain_events = 'deep/events.npz'\nshape = [1, 8]\n");
    assert_eq!(lines(&sandbox.run(&more).succeeded().stdout).len(), 40);
}

#[test]
fn numbers_of_any_scale_and_archives_say_what_bytes_do() {
    let sandbox = trained();
    let said = predict(&sandbox, &["four:1", "mine/x.npy"]);
    let (images, labels) = quarters();
    let floats: Vec<f64> = images.iter().map(|&grey| f64::from(grey) / 255.0 * 16.0).collect();
    sandbox.write("x.npz", npz(&[("x", npy(&[40, 20, 20], &floats)), ("y", npy(&[40], &labels))]));
    assert_eq!(predict(&sandbox, &["four:1", "x.npz:x", "--full-scale", "16"]), said);
    sandbox.write("flat.npy", npy(&[40, 400], &images));
    assert_eq!(predict(&sandbox, &["four:1", "flat.npy"]), said);
    let one = predict(&sandbox, &["four:1", "mine/x.npy"]).lines().next().unwrap().to_owned();
    sandbox.write("one.npy", npy(&[1, 20, 20], &images[..400]));
    assert_eq!(predict(&sandbox, &["four:1", "one.npy"]).trim_end(), one);
}

#[test]
fn a_network_of_f64_and_one_of_given_thresholds_predict_too() {
    let sandbox = sandbox();
    let text = fs::read_to_string(sandbox.path("mine/q.toml")).unwrap();
    let given = "neurons = 8\nprecision = 'f64'\nthreshold_file = 't.npy'\n";
    sandbox.write("mine/q.toml", text.replace("neurons = 8\n", given));
    sandbox.write("mine/t.npy", npy(&[8], &[50.0; 8]));
    sandbox.run(&["run", "mine"]).succeeded();
    sandbox.write(
        "sets.toml",
        "[data.quarters]\ntrain_images = 'mine/x.npy'\ntrain_labels = 'mine/y.npy'\n\
                classes = ['north-west', 'north-east', 'south-west', 'south-east']\n",
    );
    fs::remove_file(sandbox.path("mine/t.npy")).unwrap();
    let said = lines(&predict(&sandbox, &["four:1", "mine/x.npy"]));
    assert!(said.iter().enumerate().all(|(image, line)| line["class"] == CLASSES[image % 4]));
}

#[test]
fn what_cannot_be_predicted_is_told_and_nothing_is_written() {
    let sandbox = trained();
    let refused = |more: &[&str], code: i32, told: &str| {
        let more = [&["predict"], more, &["-o", "said.jsonl", "--data", "sets.toml"]].concat();
        sandbox.run(&more).refused(code, told);
        assert!(!sandbox.path("said.jsonl").exists());
    };
    sandbox.write("small.npy", npy(&[2, 10, 10], &[0_u8; 200]));
    sandbox.write("none.npy", npy(&[0, 20, 20], &[0_u8; 0]));
    sandbox.write("floats.npy", npy(&[1, 20, 20], &[0.5; 400]));
    refused(&["four:2", "mine/x.npy"], 2, "'four:2': results/ has no such weights; there are four:1@32");
    refused(&["fuor:1", "mine/x.npy"], 2, "did you mean 'four'?");
    refused(&["mine/x.npy", "mine/x.npy"], 2, "of which run is it? Name a run as wta:1@60000");
    refused(&["four:1", "nothing.npy"], 1, "nothing.npy: No such file");
    refused(&["four:1", "small.npy"], 1, "small.npy holds images of 100 inputs, but shape is 20 x 20");
    refused(&["four:1", "none.npy"], 1, "images: there are none");
    refused(&["four:1", "floats.npy"], 1, "give full_scale = 1.0 beside it, or --full-scale 1");
    refused(&["four:1", "floats.npy", "--full-scale", "0.1"], 1, "they must be 0 to 0.1");
    refused(&["four:1", "mine/x.npy", "--counts", "mine/x.npy"], 2, "mine/x.npy is a file that is read");
    refused(&["four:1", "mine/x.npy", "--spikes", "no/where.npz"], 1, "no/where.npz");
    let without = sandbox.run(&["predict", "four:1", "mine/x.npy"]);
    without.refused(2, "give --data FILE.toml with [data.quarters]");
    let run = files(&sandbox.path("results/runs"))[0].display().to_string();
    fs::remove_dir_all(sandbox.path("results/weights")).unwrap();
    refused(&[&run, "mine/x.npy"], 1, "No such file");
}
