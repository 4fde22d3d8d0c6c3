//! A study with a grid: its tables, its page over a key, and runs of several names.

use std::fs;

use crate::sandbox::Sandbox;

const SPREAD: &str = "
title = 'How wide may thresholds lie?'
seeds = 2
checkpoints = [10, 20]
maps = [20]

[[grid]]
name = 'spread-{d}'
keys = { d = [0, 10, 20] }
with = { neurons = 4, label_images = 10, test_images = 10, threshold_min_mv = '50 - d', threshold_max_mv = '50 + d' }

[[claim]]
id = 'S1'
question = 'which of them learn?'

[[claim.statistic]]
rule = 'learned'
condition = '{conditions}'
images = 20

[[panel]]
kind = 'key'
keys = ['d']

[[panel]]
kind = 'map'
conditions = ['spread-0']
";

/// The same networks as two of the grid, under one more name each; by hand, so that the grid takes it.
const BY_HAND: &str = "
seeds = 2
checkpoints = [20]
maps = [20]

[[condition]]
name = 'even'
neurons = 4
label_images = 10
test_images = 10

[[grid]]
name = 'wide-{threshold_max_mv}'
keys = { threshold_max_mv = [60, 70] }
with = { threshold_min_mv = '100 - threshold_max_mv', neurons = 4, label_images = 10, test_images = 10 }
";

#[test]
fn a_grid_gives_columns_a_chart_over_its_key_and_a_statistic_a_cell() {
    let sandbox = Sandbox::new();
    sandbox.write("spread.toml", SPREAD);
    let done = sandbox.run(&["run", "spread.toml", "--sample"]).succeeded();
    assert!(done.stderr.contains("6 runs, 0 finished before, 6 to do"), "{done:#?}");
    let file = |name: &str| fs::read_to_string(sandbox.path("results/sample").join(name)).unwrap();
    let table = file("records.jsonl");
    assert!(table.lines().all(|line| line.contains("\"threshold_max_mv\":")));
    assert!(table.contains("\"d\":10.0,\"threshold_min_mv\":40.0,\"threshold_max_mv\":60.0}"), "{table}");
    assert_eq!(file("verdicts.md").matches("accuracy of spread-").count(), 3);
    // Hovered over, a point says which cell it is.
    assert!(file("report.html").contains("spread-20, d = 20: "));
    // The chart and the sheet of maps are two files.
    let figures = ["figures/spread.svg", "figures/spread-maps.svg"]
        .map(|name| sandbox.path("results/sample").join(name));
    assert!(figures.iter().all(|figure| figure.exists()), "{figures:?}");
    assert!(file("report.html").contains("map-spread-0-20"));
}

#[test]
fn two_files_may_name_one_network_and_its_runs_are_told_under_both_names() {
    let sandbox = Sandbox::new();
    sandbox.write("mine/study.toml", "title = 'mine'\n");
    sandbox.write("mine/spread.toml", SPREAD);
    sandbox.write("mine/wide.toml", BY_HAND);
    // A cell that has a name by hand has no other one.
    let refused = sandbox.run(&["run", "mine/spread.toml", "--sample"]);
    refused.refused(2, "no condition of this file is called 'spread-0'; that cell is 'even'");
    sandbox.write("mine/spread.toml", SPREAD.replace("'spread-0'", "'even'"));
    // The grid of `spread` alone, in a folder that does not know the file beside it.
    let done = sandbox.run(&["run", "mine/spread.toml", "--sample"]).succeeded();
    assert!(done.stdout.contains("even ") && !done.stdout.contains("spread-0 "), "{done:#?}");
    let status = sandbox.run(&["status", "--sample"]).succeeded().stdout;
    assert!(status.contains("6 of 6 runs finished"), "{status}");
    sandbox.run(&["report", "--sample"]).succeeded();
    let file = |name: &str| fs::read_to_string(sandbox.path("results/sample").join(name)).unwrap();
    assert!(file("records.jsonl").contains("\"condition\":\"even\""));

    let done = sandbox.run(&["run", "mine/wide.toml", "--sample"]).succeeded();
    assert!(done.stderr.contains("6 runs, 6 finished before, 0 to do"), "{done:#?}");
    for name in ["even ", "spread-10 ", "wide-60 ", "spread-20 ", "wide-70 "] {
        let lines = done.stdout.lines().filter(|line| line.starts_with(name));
        assert_eq!(lines.count(), 2, "{name} in {done:#?}");
    }
    let status = sandbox.run(&["status", "--sample"]).succeeded().stdout;
    assert!(status.contains("6 of 6 runs finished, shared ones counted once"), "{status}");
    let under = |name: &str| {
        let table = file("records.jsonl");
        let rows = table.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let mine = rows.filter(|row| row["condition"] == name && row["images_seen"] == 20);
        mine.map(|row| (row["metric"].to_string(), row["value"].to_string())).collect::<Vec<_>>()
    };
    assert_eq!((under("wide-60"), under("wide-60").is_empty()), (under("spread-10"), false));
    assert!(
        file("report.html").contains("map-wide-60-20"),
        "the map of a run is there under each of its names"
    );

    sandbox.run(&["record", "kept", "--sample"]).succeeded();
    sandbox.run(&["verify", "--records", "kept"]).succeeded();
    sandbox.run(&["report", "--records", "kept", "--out", "page"]).succeeded();
    assert!(fs::read_to_string(sandbox.path("page/report.html")).unwrap().contains("map-wide-60-20"));
    assert_eq!(fs::read_to_string(sandbox.path("kept/records.jsonl")).unwrap(), file("records.jsonl"));
}
