//! Two results folders or records side by side: what moved, and that nothing did.

use std::fs;
use std::path::Path;

use crate::sandbox::{Sandbox, TINY};

#[test]
fn a_folder_compared_with_itself_and_with_its_record_has_moved_nowhere() {
    let sandbox = Sandbox::new();
    sandbox.experiment(TINY).succeeded();
    sandbox.run(&["record", "kept", "--sample"]).succeeded();
    for [a, b] in [["results/sample"; 2], ["results/sample", "kept"], ["kept"; 2]] {
        let told = sandbox.run(&["compare", a, b]).succeeded().stdout;
        let lines: Vec<&str> = told.lines().collect();
        assert!(lines[0].starts_with(&format!("A: {a}, 1 run (chacha8/v2); B: {b}, 1 run (")), "{told}");
        assert_eq!(lines[1], "1 run in both; 0 only in A, 0 only in B");
        assert!(lines[2].starts_with("nothing moved: all ") && lines.len() == 3, "{told}");
    }
}

#[test]
fn a_record_of_an_earlier_layout_is_compared_as_well() {
    let sandbox = Sandbox::new();
    sandbox.experiment(TINY).succeeded();
    let record = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/layout-3/record");
    let told = sandbox.run(&["compare", record.to_str().unwrap(), "results/sample"]).succeeded().stdout;
    assert!(told.contains("nothing moved: all "), "{told}");
    let earlier = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/layout-2/wta-seed-1.json");
    sandbox.write("old/runs/one.json", fs::read(earlier).unwrap());
    let told = sandbox.run(&["compare", "old", "old"]).succeeded().stdout;
    assert!(told.contains("nothing moved: all "), "{told}");
}

#[test]
fn numbers_that_moved_stand_in_a_table_the_largest_move_first() {
    let sandbox = Sandbox::new();
    sandbox.experiment(&TINY.replace("seeds = 1", "seeds = 3")).succeeded();
    fs::rename(sandbox.path("results/sample"), sandbox.path("before")).unwrap();
    sandbox.experiment(&TINY.replace("seeds = 1", "seeds = 4")).succeeded();
    let told = sandbox.run(&["compare", "before", "results/sample"]).succeeded().stdout;
    assert!(told.contains("3 runs in both; 0 only in A, 1 only in B\nnothing moved"), "{told}");
    // A record of before, of other numbers; one without a digest is taken at its word.
    for path in crate::sandbox::files(&sandbox.path("before/runs")) {
        let mut run: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let accuracy = run["checkpoints"][1]["accuracy"].as_f64().unwrap();
        run["checkpoints"][1]["accuracy"] = (accuracy + 10.0).into();
        run.as_object_mut().unwrap().remove("sha256");
        fs::write(&path, run.to_string()).unwrap();
    }
    let told = sandbox.run(&["compare", "before", "results/sample"]).succeeded().stdout;
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[2].starts_with("1 of ") && lines[2].contains(" numbers moved"), "{told}");
    let words: Vec<&str> = lines[4].split_whitespace().collect();
    assert_eq!(
        (&words[..3], words[5], words.last()),
        (&["tiny", "10", "accuracy"][..], "-10.000", Some(&"3"))
    );
}

#[test]
fn what_has_nothing_in_common_is_said_and_what_is_no_result_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.experiment(TINY).succeeded();
    fs::rename(sandbox.path("results/sample"), sandbox.path("other")).unwrap();
    sandbox.experiment(&TINY.replace("neurons = 4", "neurons = 5")).succeeded();
    let told = sandbox.run(&["compare", "other", "results/sample"]).succeeded().stdout;
    assert!(told.contains("0 runs in both; 1 only in A, 1 only in B\nnothing to compare"), "{told}");
    let refused = sandbox.run(&["compare", "other", "nowhere"]);
    refused.refused(2, "nowhere: no results and no record there; name a results folder or records/<date>");
    let refused = sandbox.run(&["compare", "results", "other"]);
    refused.refused(2, "results: no results and no record there; did you mean results/sample?");
    // What is damaged is left out and told.
    sandbox.write("other/runs/0123456789abcdef.json", "{");
    let told = sandbox.run(&["compare", "other", "other"]).succeeded();
    assert!(told.stderr.contains("left out: other/runs/0123456789abcdef.json"), "{told:#?}");
}
