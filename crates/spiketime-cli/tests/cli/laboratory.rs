//! Laws that the report does not know, through the whole program: presets, read-outs, stories, what their maps predict.

use std::fs;

use serde_json::Value;

use crate::own_data::sandbox;
use crate::sandbox::{Sandbox, files};

/// Two presets on the four quarters.
const LABORATORY: &str = "
seeds = 1
checkpoints = [16, 32]
maps = [32]
readouts = ['naive-bayes', 'most-active']
label_budgets = [8, 32]
[[condition]]
name = 'frontier'
dataset = 'quarters'
preset = 'frontier'
neurons = 8
annealing_images = 32
label_images = 8
[[condition]]
name = 'lasting'
dataset = 'quarters'
preset = 'diehl-cook'
neurons = 8
label_images = 8
[[claim]]
id = 'L1'
question = 'what does naive Bayes read?'
[[claim.statistic]]
rule = 'measured'
condition = '{conditions}'
metric = 'accuracy_naive_bayes_8'
images = 32
";

fn laboratory() -> Sandbox {
    let sandbox = sandbox();
    sandbox.write("mine/q.toml", LABORATORY);
    sandbox.run(&["run", "mine"]).succeeded();
    let study = fs::read_to_string(sandbox.path("mine/study.toml")).unwrap();
    sandbox.write(
        "sets/study.toml",
        study.replace("'x.npy'", "'../mine/x.npy'").replace("'y.npy'", "'../mine/y.npy'"),
    );
    sandbox
}

fn records(sandbox: &Sandbox) -> Vec<Value> {
    let runs = files(&sandbox.path("results/runs"));
    runs.iter().map(|run| serde_json::from_slice(&fs::read(run).unwrap()).unwrap()).collect()
}

#[test]
fn presets_are_verified_repeated_and_read_out() {
    let sandbox = laboratory();
    let verified = sandbox.run(&["verify", "mine"]).succeeded().stdout;
    assert!(
        verified.starts_with("1 experiment, 2 networks: both engines write the same records"),
        "{verified}"
    );
    for record in records(&sandbox) {
        let run = format!("results/runs/{}.json", record["id"].as_str().unwrap());
        sandbox.run(&["rerun", &run, "--data", "sets/study.toml"]).succeeded();
        let last = &record["checkpoints"][1];
        let readouts: Vec<(u64, &str)> = last["readouts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|reading| (reading["labels"].as_u64().unwrap(), reading["readout"].as_str().unwrap()))
            .collect();
        let both = |labels| [(labels, "most-active"), (labels, "naive-bayes")];
        assert_eq!(readouts, [both(8), both(32)].concat());
        // Four quarters that do not overlap are told apart, and no weight comes to g_max by chance.
        assert_eq!(last["accuracy"], 100.0, "{record}");
        assert!(last["largest_weight"].as_f64().unwrap() > 0.0);
        assert_eq!(record["maps"][0]["thresholds_mv"].as_array().unwrap().len(), 8);
        assert!(record["condition"].get("preset").is_none());
    }
    let table = fs::read_to_string(sandbox.path("results/records.jsonl")).unwrap();
    assert!(
        table.contains("\"metric\":\"accuracy_naive_bayes\"") && table.contains("accuracy_most_active_8")
    );
}

#[test]
fn a_map_predicts_with_the_thresholds_that_training_left() {
    let sandbox = laboratory();
    for name in ["frontier:1", "lasting:1"] {
        let asked = ["predict", name, "mine/x.npy", "--data", "sets/study.toml"];
        let said = sandbox.run(&asked).succeeded().stdout;
        let classes = ["north-west", "north-east", "south-west", "south-east"];
        let right =
            |(image, line): (usize, &str)| line.contains(&format!("\"class\":\"{}\"", classes[image % 4]));
        assert!(said.lines().enumerate().all(right), "{said}");
    }
}

#[test]
fn an_image_that_ends_early_is_told_up_to_its_end() {
    let sandbox = laboratory();
    let story = sandbox.run(&[
        "explain",
        "mine/q.toml",
        "--image",
        "20",
        "--json",
        "story.json",
        "--data",
        "sets/study.toml",
    ]);
    let text = story.succeeded().stdout;
    assert!(text.contains(" in 400 ms, 1 instants with output spikes"), "{text}");
    let story: Value = serde_json::from_slice(&fs::read(sandbox.path("story.json")).unwrap()).unwrap();
    let last = story["input_ms"].as_array().unwrap().last().cloned().unwrap();
    assert_eq!(story["crossings"][0]["at_ms"], last);
}
