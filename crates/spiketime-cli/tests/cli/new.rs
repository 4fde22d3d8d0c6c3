//! A study that `spiketime new` makes: it runs as it is, and never on top of something.

use std::collections::BTreeSet;
use std::fs;

use crate::sandbox::Sandbox;

#[test]
fn a_new_study_runs_and_passes_verify_as_it_is() {
    let sandbox = Sandbox::new();
    let made = sandbox.run(&["new", "my studies/first"]).succeeded();
    assert!(made.stdout.contains("  spiketime run 'my studies/first' --sample "), "{made:#?}");
    let verified = sandbox.run(&["verify", "my studies/first"]).succeeded();
    assert!(verified.stdout.starts_with("2 experiments, 13 networks: both engines"), "{verified:#?}");
    // Three seeds of nine conditions and four cells: the sample makes nothing of it smaller.
    let run = sandbox.run(&["run", "my studies/first", "--sample"]).succeeded();
    assert!(run.stderr.contains("39 runs, 0 finished before, 39 to do"), "{run:#?}");
    let told: BTreeSet<&str> =
        run.stdout.lines().filter_map(|line| line.split_once("  ")).map(first).collect();
    assert!(told.is_superset(&BTreeSet::from(["K1", "K2", "S1"])), "{run:#?}");
    assert!(run.stdout.lines().any(|line| line.starts_with("K1  holds ")), "{run:#?}");
    assert!(sandbox.path("results/sample/report.html").exists());
}

fn first<'a>((name, _): (&'a str, &str)) -> &'a str {
    name
}

#[test]
fn every_line_that_says_something_is_explained() {
    let sandbox = Sandbox::new();
    sandbox.run(&["new", "mine"]).succeeded();
    for name in ["study.toml", "keys.toml", "spread.toml"] {
        let text = fs::read_to_string(sandbox.path("mine").join(name)).unwrap();
        // A key is explained where it first stands.
        let mut known = BTreeSet::new();
        for line in text.lines().filter(|line| line.contains(" = ") && !line.starts_with('#')) {
            let is_new = known.insert(line.split(" = ").next().unwrap());
            let speaks = ["name", "title", "question", "analysis", "id", "sentence"];
            let says_it = speaks.iter().any(|key| line.starts_with(&format!("{key} = ")));
            assert!(!is_new || says_it || line.contains("  # "), "{name}: {line}");
        }
    }
}

#[test]
fn a_commented_data_set_is_one_that_may_be_had_by_removing_the_marks() {
    let sandbox = Sandbox::new();
    sandbox.run(&["new", "mine"]).succeeded();
    let path = sandbox.path("mine/study.toml");
    let text = fs::read_to_string(&path).unwrap();
    let marked = text.find("# [data.mine]").unwrap();
    let unmarked = text[marked..].lines().map(|line| line.strip_prefix("# ").unwrap().to_owned() + "\n");
    fs::write(&path, text[..marked].to_owned() + &unmarked.collect::<String>()).unwrap();
    // The keys are known, so what is missing is the file that they name.
    sandbox.run(&["list", "mine"]).refused(2, "mine.npz");
}

#[test]
fn a_folder_that_holds_anything_is_left_as_it_is() {
    let sandbox = Sandbox::new();
    sandbox.run(&["new", "mine"]).succeeded();
    sandbox.write("mine/keys.toml", "title = 'changed'");
    sandbox.run(&["new", "mine"]).refused(2, "mine holds something already; name a new folder");
    assert_eq!(fs::read_to_string(sandbox.path("mine/keys.toml")).unwrap(), "title = 'changed'");
    sandbox.run(&["new", "mine/keys.toml"]).refused(2, "mine/keys.toml is a file; name a new folder");
    fs::create_dir(sandbox.path("empty")).unwrap();
    sandbox.run(&["new", "empty"]).succeeded();
}
