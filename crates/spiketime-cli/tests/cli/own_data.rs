//! Data sets of one's own through the whole program, and what is wrong with them.

use std::fs;

use crate::arrays::npy;
use crate::sandbox::{Sandbox, files};

/// 40 images of 20 × 20 pixels: of class k, quarter k is white.
pub fn quarters() -> (Vec<u8>, Vec<u8>) {
    let pixel = |class: usize, at: usize| {
        let (row, column) = (at / 20, at % 20);
        if (row / 10) * 2 + column / 10 == class { 255 } else { 0 }
    };
    let images = (0..40).flat_map(|image| (0..400).map(move |at| pixel(image % 4, at)));
    (images.collect(), (0..40).map(|image| (image % 4) as u8).collect())
}

const STUDY: &str = "
id = 'quarters'
[data.quarters]
train_images = 'x.npy'
train_labels = 'y.npy'
classes = ['north-west', 'north-east', 'south-west', 'south-east']
";

const EXPERIMENT: &str = "
seeds = 1
maps = [32]
checkpoints = [32]
[[condition]]
name = 'four'
dataset = 'quarters'
neurons = 8
[[panel]]
kind = 'map'
[[panel]]
kind = 'confusion'
[[panel]]
kind = 'histogram'
";

/// A study on them: eight neurons, looked at after 32 images.
pub fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let (images, labels) = quarters();
    sandbox.write("mine/study.toml", STUDY);
    sandbox.write("mine/q.toml", EXPERIMENT);
    fs::write(sandbox.path("mine/x.npy"), npy("|u1", "(40, 20, 20)", &images)).unwrap();
    fs::write(sandbox.path("mine/y.npy"), npy("|u1", "(40,)", &labels)).unwrap();
    sandbox
}

#[test]
fn a_set_of_ones_own_is_learned_shown_recorded_and_told_of_when_its_files_are_gone() {
    let sandbox = sandbox();
    sandbox.run(&["run", "mine"]).succeeded();
    let table = fs::read_to_string(sandbox.path("results/records.jsonl")).unwrap();
    // A fifth is held out: 32 train, 8 test. Four quarters that do not overlap are told apart.
    let line =
        |metric: &str| table.lines().find(|line| line.contains(&format!("\"{metric}\""))).unwrap().to_owned();
    assert!(line("accuracy").ends_with("\"value\":100.0}"), "{}", line("accuracy"));
    assert!(line("neurons_class_3").contains("\"dataset\":\"quarters\""));
    assert!(!table.contains("neurons_class_4"));
    let run = files(&sandbox.path("results/runs"))[0].display().to_string();
    let record = fs::read_to_string(&run).unwrap();
    assert!(
        record.contains("\"shape\":[20,20],\"classes\":[\"north-west\"")
            && !record.contains(".npy\",\"train")
    );
    let page = fs::read_to_string(sandbox.path("results/report.html")).unwrap();
    for told in
        ["south-east", "one tile of 20 by 20", "32 training and 8 test images of 20 × 20 inputs, 4 classes"]
    {
        assert!(page.contains(told), "{told}");
    }
    sandbox.run(&["rerun", &run]).refused(2, "give --data FILE.toml with [data.quarters]");
    sandbox
        .run(&["rerun", &run, "--data", "mine/study-data.toml"])
        .refused(2, "mine/study-data.toml: No such file");
    sandbox.write("mine/data.toml", STUDY.replace("id = 'quarters'", ""));
    fs::rename(sandbox.path("mine/data.toml"), sandbox.path("sets.toml")).unwrap();
    fs::copy(sandbox.path("mine/x.npy"), sandbox.path("x.npy")).unwrap();
    fs::copy(sandbox.path("mine/y.npy"), sandbox.path("y.npy")).unwrap();
    sandbox.run(&["rerun", &run, "--data", "sets.toml"]).succeeded();
    // What was run is known without the data.
    fs::remove_dir_all(sandbox.path("mine")).unwrap();
    assert!(sandbox.run(&["status"]).succeeded().stdout.contains("1 of 1 runs finished"));
    sandbox.run(&["report"]).succeeded();
    sandbox.run(&["record", "record"]).succeeded();
    assert!(
        sandbox
            .run(&["verify", "--records", "record"])
            .succeeded()
            .stdout
            .contains("1 runs as they were recorded")
    );
    sandbox.run(&["report", "--records", "record"]).succeeded();
}

#[test]
fn a_set_may_come_with_the_command_for_files_that_belong_to_no_study() {
    let sandbox = sandbox();
    sandbox.write("alone.toml", EXPERIMENT);
    sandbox.run(&["run", "alone.toml"]).refused(2, "alone.toml:7: there is no data set 'quarters'");
    let tables = STUDY
        .replace("id = 'quarters'", "")
        .replace("'x.npy'", "'mine/x.npy'")
        .replace("'y.npy'", "'mine/y.npy'");
    sandbox.write("sets.toml", tables);
    sandbox.run(&["run", "alone.toml", "--data", "sets.toml"]).succeeded();
    assert!(sandbox.run(&["status"]).succeeded().stdout.contains("1 of 1 runs finished"));
}

#[test]
fn what_is_wrong_with_a_set_is_one_line_with_the_place_and_harms_nothing_finished() {
    let sandbox = sandbox();
    sandbox.run(&["run", "mine"]).succeeded();
    let before = fs::read(sandbox.path("results/records.jsonl")).unwrap();
    let (images, labels) = quarters();
    let nan = f64::NAN.to_le_bytes().repeat(16_000);
    for (x, y, more, told) in [
        (
            npy("|u1", "(40, 20, 20)", &images[..100]),
            npy("|u1", "(40,)", &labels),
            "",
            "mine/x.npy announces 16000 bytes of values, but has 100",
        ),
        (
            npy("|u1", "(40, 20, 20)", &images),
            npy("|u1", "(39,)", &labels[..39]),
            "",
            "train_images: 40 of them, but 39 labels",
        ),
        (
            npy("<f8", "(40, 400)", &nan),
            npy("|u1", "(40,)", &labels),
            "full_scale = 1.0\n",
            "mine/x.npy holds NaN at place 0",
        ),
        (
            npy("|u1", "(40, 20, 20)", &images),
            npy("|u1", "(40,)", &[7; 40]),
            "",
            "all training labels are '7'",
        ),
        (
            b"this is not an array at all".to_vec(),
            npy("|u1", "(40,)", &labels),
            "",
            "mine/x.npy starts with 0x74686973",
        ),
    ] {
        fs::write(sandbox.path("mine/x.npy"), x).unwrap();
        fs::write(sandbox.path("mine/y.npy"), y).unwrap();
        sandbox.write("mine/study.toml", STUDY.replace("classes", &format!("{more}classes")));
        let refused = sandbox.run(&["run", "mine"]);
        refused.refused(2, told);
    }
    assert_eq!(fs::read(sandbox.path("results/records.jsonl")).unwrap(), before);
}

#[test]
fn thresholds_and_weights_are_drawn_by_the_law_that_is_named() {
    let sandbox = Sandbox::new();
    let file = |keys: &str| {
        format!(
            "seeds = 1\ncheckpoints = [10]\n[[condition]]\nname = 'x'\nneurons = 4\nlabel_images = 10\ntest_images = 10\n{keys}"
        )
    };
    sandbox.write("x.toml", file("threshold_law = 'normal'\nthreshold_sd_mv = 5\ninitial_weight_law = 'log-normal'\ninitial_weight_min = 0.3\ninitial_weight_max = 0.3\ninitial_weight_sd = 0.1\n"));
    sandbox.run(&["run", "x.toml", "--sample"]).succeeded();
    for (keys, told) in [
        ("threshold_sd_mv = 5\n", "threshold_sd_mv is 5; a uniform law has no standard deviation"),
        ("threshold_law = 'normal'\nthreshold_max_mv = 60\nthreshold_sd_mv = 5\n", "threshold_sd_mv is 5"),
        (
            "initial_weight_min = 0.5\ninitial_weight_max = 0.4\n",
            "initial_weight_max is 0.4; it must be initial_weight_min to 1",
        ),
        (
            "initial_weight_law = 'normal'\ninitial_weight_sd = 0.1\n",
            "initial_weight_min = initial_weight_max in its middle",
        ),
    ] {
        sandbox.write("x.toml", file(keys));
        sandbox.run(&["run", "x.toml", "--sample"]).refused(2, told);
    }
}
