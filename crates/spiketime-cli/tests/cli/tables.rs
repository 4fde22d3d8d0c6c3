//! Tables, page and status tell all that was run in a folder, whichever files were named last, and by whom.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use crate::sandbox::{Outcome, Sandbox, TINY, files};

/// An experiment of another name with another network.
fn other() -> String {
    TINY.replace("name = 'tiny'", "name = 'other'").replace("neurons = 4", "neurons = 5")
}

impl Sandbox {
    /// The experiments that `records.jsonl` has rows of.
    fn told(&self) -> BTreeSet<String> {
        let table = fs::read_to_string(self.path("results/sample/records.jsonl")).unwrap();
        let experiment = |line: &str| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            row["experiment"].as_str().unwrap().to_owned()
        };
        table.lines().map(experiment).collect()
    }
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn tables_page_and_status_show_what_was_run_before() {
    let sandbox = Sandbox::new();
    sandbox.write("a.toml", TINY);
    sandbox.write("b.toml", other());
    sandbox.run(&["run", "a.toml", "--sample"]).succeeded();
    sandbox.run(&["run", "b.toml", "--sample"]).succeeded();
    assert_eq!(sandbox.told(), names(&["a", "b"]));
    for figure in ["a.svg", "b.svg"] {
        assert!(sandbox.path("results/sample/figures").join(figure).exists(), "{figure}");
    }
    let classes = fs::read_to_string(sandbox.path("results/sample/classes.json")).unwrap();
    assert!(classes.contains("tiny-10") && classes.contains("other-10"), "{classes}");
    let status = sandbox.run(&["status", "--sample"]).succeeded().stdout;
    assert!(status.contains("2 of 2 runs finished"), "{status}");
    fs::remove_file(sandbox.path("results/sample/records.jsonl")).unwrap();
    sandbox.run(&["report", "--sample"]).succeeded();
    assert_eq!(sandbox.told(), names(&["a", "b"]));
}

#[test]
fn a_file_that_was_changed_takes_the_place_of_its_earlier_self() {
    let sandbox = Sandbox::new();
    sandbox.experiment(TINY).succeeded();
    sandbox.experiment(&other()).succeeded();
    assert_eq!(sandbox.told(), names(&["tiny"]));
    let table = fs::read_to_string(sandbox.path("results/sample/records.jsonl")).unwrap();
    assert!(!table.contains("\"condition\":\"tiny\"") && table.contains("\"condition\":\"other\""));
}

#[test]
fn a_name_that_stands_for_another_network_here_is_refused_before_anything_runs() {
    let sandbox = Sandbox::new();
    sandbox.experiment(TINY).succeeded();
    let before = sandbox.results();
    sandbox.write("more.toml", TINY.replace("neurons = 4", "neurons = 6"));
    let refused = sandbox.run(&["run", "more.toml", "--sample"]);
    refused.refused(2, "condition 'tiny' is another network than in");
    refused.refused(2, "choose another folder with --results DIR");
    assert_eq!(sandbox.results(), before);
}

#[test]
fn two_processes_with_different_files_leave_the_tables_of_both() {
    let sandbox = Sandbox::new();
    let text = |name: &str, neurons: u32| {
        let text = TINY.replace("name = 'tiny'", &format!("name = '{name}'"));
        text.replace("neurons = 4", &format!("neurons = {neurons}")).replace("seeds = 1", "seeds = 4")
    };
    sandbox.write("a.toml", text("one", 20));
    sandbox.write("b.toml", text("two", 30));
    let start = |file: &str| {
        let mut command = sandbox.command(&["run", file, "--sample", "--jobs", "1"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let both = [start("a.toml"), start("b.toml")];
    for child in both {
        Outcome::of(&child.wait_with_output().unwrap()).succeeded();
    }
    assert_eq!(sandbox.told(), names(&["a", "b"]));
}

#[test]
fn a_condition_that_was_renamed_has_its_new_name_everywhere() {
    let sandbox = Sandbox::new();
    let told = format!("{TINY}[[panel]]\nkind = 'map'\n[[panel]]\nkind = 'presentation'\n");
    sandbox.experiment(&told).succeeded();
    let renamed = told.replace("name = 'tiny'", "name = 'fresh'");
    let outcome = sandbox.experiment(&renamed).succeeded();
    assert!(outcome.stderr.contains("1 finished before, 0 to do"), "{outcome:#?}");
    assert!(outcome.stdout.contains("fresh ") && !outcome.stdout.contains("tiny "), "{outcome:#?}");
    let file = |name: &str| fs::read_to_string(sandbox.path("results/sample").join(name)).unwrap();
    assert!(file("classes.json").contains("fresh-10"));
    assert!(file("explain.json").contains("\"name\":\"fresh\""));
    for name in ["records.jsonl", "report.html"] {
        assert!(file(name).contains("fresh"), "{name}");
    }
    assert!(!file("records.jsonl").contains("\"condition\":\"tiny\""));
}

#[test]
fn a_file_given_twice_counts_once_and_two_files_of_one_name_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("a.toml", TINY);
    sandbox.run(&["run", "a.toml", "./a.toml", "--sample"]).succeeded();
    let table = fs::read_to_string(sandbox.path("results/sample/records.jsonl")).unwrap();
    let lines: BTreeSet<&str> = table.lines().collect();
    assert_eq!(lines.len(), table.lines().count(), "a row is there twice");
    sandbox.write("below/a.toml", other());
    let refused = sandbox.run(&["run", "a.toml", "below/a.toml", "--sample"]);
    refused.refused(2, "another file is named a.toml as well; rename one of them");
}

#[test]
fn reading_commands_make_nothing() {
    let sandbox = Sandbox::new();
    for command in ["status", "report"] {
        let refused = sandbox.run(&[command, "--results", "typo"]);
        refused.refused(2, "typo: no results there; `spiketime run` makes some");
        assert!(!sandbox.path("typo").exists());
    }
    let refused = sandbox.run(&["record", "kept", "--results", "typo"]);
    refused.refused(2, "no results there");
    assert_eq!(files(&sandbox.path("")), [] as [std::path::PathBuf; 0]);
}

#[test]
fn a_record_goes_into_a_folder_of_its_own() {
    let sandbox = Sandbox::new();
    let in_the_way = sandbox.write("kept/runs.jsonl", "a year of work");
    for folder in ["kept", "."] {
        sandbox.run(&["record", folder]).refused(2, "is not empty; name a new folder for the record");
    }
    assert_eq!(fs::read_to_string(in_the_way).unwrap(), "a year of work");
}

#[test]
fn no_lock_is_left_when_all_is_done() {
    let sandbox = Sandbox::new();
    sandbox.write("results/sample/locks/0123456789abcdef", ""); // of a process that was killed
    sandbox.experiment(TINY).succeeded();
    assert_eq!(files(&sandbox.path("results/sample/locks")), [] as [std::path::PathBuf; 0]);
}
