//! A part of a study: some seeds, some conditions; and the whole goes on with it.

use std::collections::BTreeSet;
use std::fs;

use crate::sandbox::{PAIR, Sandbox, files};

fn pair() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("pair.toml", PAIR);
    sandbox
}

impl Sandbox {
    fn part(&self, options: &[&str]) -> crate::sandbox::Outcome {
        self.run(&[&["run", "pair.toml", "--sample"], options].concat())
    }

    /// (condition, seed) of every row of the table.
    fn rows(&self) -> BTreeSet<(String, u64)> {
        let table = fs::read_to_string(self.path("results/sample/records.jsonl")).unwrap();
        let row = |line: &str| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            (row["condition"].as_str().unwrap().to_owned(), row["seed"].as_u64().unwrap())
        };
        table.lines().map(row).collect()
    }
}

#[test]
fn the_parts_of_a_study_make_the_whole_byte_by_byte() {
    let whole = pair();
    whole.part(&[]).succeeded();
    let parts = pair();
    let first = parts.part(&["--condition", "small", "--seeds", "2..3"]).succeeded();
    assert!(first.stderr.contains("2 runs, 0 finished before, 2 to do"), "{first:#?}");
    let status = parts.run(&["status", "--sample"]).succeeded().stdout;
    assert!(status.contains("2 of   6 runs"), "{status}");
    let of_part = ["status", "--sample", "--condition", "small", "--seeds", "2..2"];
    let status = parts.run(&of_part).succeeded().stdout;
    assert!(status.contains("1 of 1 runs finished"), "{status}");
    let second = parts.part(&["--condition", "large", "--condition", "small", "--seeds", "3..3"]).succeeded();
    assert!(second.stderr.contains("2 runs, 1 finished before, 1 to do"), "{second:#?}");
    assert_eq!(parts.rows().len(), 3);
    let rest = parts.part(&[]).succeeded();
    assert!(rest.stderr.contains("6 runs, 3 finished before, 3 to do"), "{rest:#?}");
    assert!(parts.results() == whole.results(), "another whole came out");
}

#[test]
fn a_part_that_is_run_again_leaves_the_tables_of_the_whole() {
    let sandbox = pair();
    sandbox.part(&[]).succeeded();
    let before = sandbox.results();
    let again = sandbox.part(&["--seeds", "2..2", "--condition", "large"]).succeeded();
    assert!(again.stderr.contains("1 runs, 1 finished before, 0 to do"), "{again:#?}");
    let changed: Vec<_> =
        sandbox.results().into_iter().filter(|(name, bytes)| before.get(name) != Some(bytes)).collect();
    assert_eq!(changed.into_iter().map(|(name, _)| name).collect::<Vec<_>>(), [] as [std::path::PathBuf; 0]);
}

#[test]
fn seeds_are_1_to_k_or_a_range_with_both_its_ends() {
    let seeds = |asked: &str| {
        let sandbox = pair();
        sandbox.part(&["--seeds", asked, "--condition", "small"]).succeeded();
        sandbox.rows().into_iter().map(|(_, seed)| seed).collect::<Vec<u64>>()
    };
    assert_eq!(seeds("2"), [1, 2]);
    assert_eq!(seeds("2..4"), [2, 3, 4], "also beyond the seeds of the file");
    assert_eq!(seeds("3..3"), [3]);
    let sandbox = pair();
    for wrong in ["0", "7..3", "0..2", "1..1001", "..3", "3..", "a..b", "1..2..3", ""] {
        let outcome = sandbox.part(&["--seeds", wrong]);
        assert_eq!(outcome.code, Some(2), "{wrong}: {outcome:#?}");
        assert!(outcome.stderr.contains("give K for seeds 1 to K, or A..B"), "{wrong}: {outcome:#?}");
    }
    assert!(files(&sandbox.path("results")).is_empty());
}

#[test]
fn a_claim_waits_for_the_whole_and_a_report_of_the_part_judges_the_part() {
    let sandbox = pair();
    let told = sandbox.part(&["--seeds", "2..3"]).succeeded().stdout;
    let of = |seeds: &[&str]| sandbox.run(&[&["report", "--sample"], seeds].concat()).succeeded().stdout;
    let verdict =
        |text: &str| text.lines().find(|line| line.starts_with("H1")).unwrap_or_default().to_owned();
    assert!(verdict(&told).contains("waiting"), "{told}");
    let part = of(&["--seeds", "2..3"]);
    assert!(!verdict(&part).contains("waiting"), "{part}");
    assert!(verdict(&of(&[])).contains("waiting"));
}

#[test]
fn a_condition_that_is_not_there_is_refused_with_the_nearest_or_all_of_them() {
    let sandbox = pair();
    let near = "--condition: there is no condition 'smal'; did you mean 'small'?";
    sandbox.part(&["--condition", "smal"]).refused(2, near);
    let none = "--condition: there is no condition 'frobnicate'; there are large, small";
    sandbox.part(&["--condition", "frobnicate"]).refused(2, none);
    assert!(files(&sandbox.path("results")).is_empty());
}
