//! One study on several machines: who plans, does a part, and gathers gets what one machine alone would have made.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::sandbox::{Outcome, PAIR, Sandbox, files};

fn pair() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("pair.toml", PAIR);
    sandbox
}

fn planned(sandbox: &Sandbox, options: &[&str]) -> Vec<Value> {
    let told =
        sandbox.run(&[&["plan", "pair.toml", "--sample", "--json"], options].concat()).succeeded().stdout;
    told.lines().map(|line| serde_json::from_str(line).expect("a line is a document")).collect()
}

fn ids(runs: &[Value]) -> BTreeSet<String> {
    runs.iter().map(|run| run["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_plan_has_every_run_once_the_costly_ones_first() {
    let sandbox = pair();
    let runs = planned(&sandbox, &["--seeds", "3"]);
    assert_eq!((runs.len(), ids(&runs).len()), (6, 6));
    let conditions: Vec<&str> = runs.iter().map(|run| run["condition"]["name"].as_str().unwrap()).collect();
    assert_eq!(conditions, ["large", "large", "large", "small", "small", "small"]);
    assert!(
        runs.iter().all(
            |run| run["checkpoints"] == serde_json::json!([5, 10]) && run["seconds"].as_f64() > Some(0.0)
        )
    );
    let keys: Vec<&String> = runs[0].as_object().unwrap().keys().collect();
    let schema: Value = serde_json::from_str(&sandbox.run(&["schema", "plan"]).succeeded().stdout).unwrap();
    assert_eq!(schema["properties"].as_object().unwrap().keys().collect::<Vec<_>>(), keys);
    let parts: Vec<_> =
        (1..=3).map(|part| planned(&sandbox, &["--seeds", "3", "--shard", &format!("{part}/3")])).collect();
    let all: Vec<String> = parts.iter().flat_map(|part| ids(part)).collect();
    assert_eq!((all.len(), all.into_iter().collect::<BTreeSet<_>>()), (6, ids(&runs)));
    // Three parts of three seeds: each has one, whose runs share their input spikes.
    for part in parts {
        assert_eq!(part.iter().map(|run| run["seed"].as_u64()).collect::<BTreeSet<_>>().len(), 1);
    }
    assert_eq!(files(&sandbox.path("results")), [] as [std::path::PathBuf; 0]);
}

#[test]
fn shards_in_folders_of_their_own_are_gathered_to_what_one_machine_makes() {
    let (alone, shared) = (pair(), pair());
    alone.run(&["run", "pair.toml", "--sample", "--seeds", "3"]).succeeded();
    for part in 1..=3 {
        let (shard, folder) = (format!("{part}/3"), format!("node{part}"));
        let run = ["run", "pair.toml", "--sample", "--seeds", "3", "--shard", &shard, "--results", &folder];
        shared.run(&run).succeeded();
        assert!(!shared.path(&format!("{folder}/sample/records.jsonl")).exists(), "a part has no table");
    }
    let gathered = shared.run(&["gather", "node1", "node2", "node3", "--sample", "--seeds", "3"]).succeeded();
    assert_eq!(gathered.stdout.lines().last(), Some("6 of 6 runs in results/sample/: 6 taken, 0 missing"));
    assert_eq!(shared.results(), alone.results());
    // Again: nothing is new, and nothing changes.
    let again = shared.run(&["gather", "results", "node2", "--sample", "--seeds", "3"]).succeeded();
    assert!(
        again.stdout.ends_with("6 of 6 runs in results/sample/: 0 taken, 0 missing\n"),
        "{}",
        again.stdout
    );
    assert_eq!(shared.results(), alone.results());
}

#[test]
fn runs_by_id_fill_one_folder_and_finished_ones_are_skipped() {
    let (alone, shared) = (pair(), pair());
    alone.run(&["run", "pair.toml", "--sample", "--seeds", "3"]).succeeded();
    for id in ids(&planned(&shared, &["--seeds", "3"])) {
        shared.run(&["run", "pair.toml", "--sample", "--seeds", "3", "--id", &id]).succeeded();
    }
    let again = shared.run(&["run", "pair.toml", "--sample", "--seeds", "3", "--shard", "1/1"]).succeeded();
    assert!(again.stderr.contains("6 finished before, 0 to do"), "{}", again.stderr);
    shared.run(&["gather", "results", "--sample", "--seeds", "3"]).succeeded();
    assert_eq!(shared.results(), alone.results());
}

#[test]
fn what_is_missing_damaged_or_twice_with_other_bytes_is_told_and_not_taken() {
    let sandbox = pair();
    for (shard, folder) in [("1/3", "one"), ("2/3", "two"), ("1/3", "other")] {
        let run = ["run", "pair.toml", "--sample", "--seeds", "3", "--shard", shard, "--results", folder];
        sandbox.run(&run).succeeded();
    }
    let gather = |folders: &[&str]| sandbox.run(&[&["gather", "--sample", "--seeds", "3"], folders].concat());
    let failed = |folders: &[&str], counts: &str, line: &str| {
        let outcome = gather(folders);
        outcome.failed(1, counts);
        assert!(outcome.stderr.contains(line), "{}", outcome.stderr);
    };
    failed(&["one", "two"], "2 runs are missing, 0 twice", "missing: large seed 3");
    // A record of the same run with another number, sealed as a whole: only the comparison can tell.
    let record = files(&sandbox.path("other/sample/runs"))[0].clone();
    let text = fs::read_to_string(&record).unwrap();
    let mut changed = spiketime_train::record::Record::read(text.as_bytes()).unwrap();
    changed.checkpoints[0].training_spikes_in += 1.0;
    changed.sha256 = None;
    fs::write(&record, changed.sealed().to_json()).unwrap();
    let kept = sandbox.results();
    failed(&["other"], "2 runs are missing, 1 twice", "twice with other bytes, the first was kept: ");
    let now = sandbox.results();
    let moved: Vec<_> =
        now.iter().filter(|(name, bytes)| kept.get(*name) != Some(bytes)).map(|(name, _)| name).collect();
    assert_eq!((moved, now.len()), (vec![], kept.len()));
    // A byte of a weight file that is not what its record says.
    let weights = files(&sandbox.path("two/sample/weights"))[0].clone();
    let mut bytes = fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&weights, bytes).unwrap();
    failed(&["two", "--results", "anew"], "5 runs are missing, 0 twice", "damaged, not taken: ");
    assert_eq!(files(&sandbox.path("anew/sample/runs")).len(), 1);
}

#[test]
fn what_is_handed_out_is_what_waits_and_the_folder_is_ready_to_take_it_back() {
    let sandbox = pair();
    let hand_out = |options: &[&str]| {
        let told =
            sandbox.run(&[&["run", "pair.toml", "--sample", "--hand-out"], options].concat()).succeeded();
        told.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>()
    };
    let all = hand_out(&[]);
    assert_eq!(ids(&all), ids(&planned(&sandbox, &["--seeds", "3"])));
    assert_eq!(files(&sandbox.path("results/sample/runs")), [] as [std::path::PathBuf; 0]);
    // Nobody has to name the study any more.
    let status = sandbox.run(&["status", "--sample"]).succeeded().stdout;
    assert!(status.contains("0 of 6 runs finished") && status.contains("6 waiting"), "{status}");
    sandbox.run(&["run", "pair.toml", "--sample", "--shard", "1/3"]).succeeded();
    assert_eq!(hand_out(&[]).len(), 4);
    // A run that has a point less than is asked for is handed out with all that it had.
    sandbox.write("pair.toml", PAIR.replace("[5, 10]", "[5, 10, 15]"));
    let more = hand_out(&["--results", "results"]);
    assert_eq!(more.len(), 6);
    assert!(more.iter().all(|task| task["checkpoints"] == serde_json::json!([5, 10, 15])));
    for other in ["--hand-out", "--keep-checkpoints"] {
        sandbox.run(&["run", "pair.toml", "--dask", "local:1", other]).failed(2, "cannot be used with");
    }
}

#[test]
fn a_python_without_the_package_is_told_what_to_install() {
    let sandbox = pair();
    let with = |python: &str| {
        let words = ["run", "pair.toml", "--sample", "--dask", "local:1"];
        Outcome::of(&sandbox.command(&words).env("SPIKETIME_PYTHON", python).output().unwrap())
    };
    with("no-such-python").refused(2, "pip install 'spiketime[dask]'");
    let refusing = sandbox.write("python", "#!/bin/sh\necho \"No module named 'spiketime'\" >&2\nexit 1\n");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&refusing, mode).unwrap();
    with(refusing.to_str().unwrap()).refused(2, "cannot (No module named 'spiketime')");
}

#[test]
fn a_part_that_is_none_is_refused_in_words() {
    let sandbox = pair();
    let run = |options: &[&str]| sandbox.run(&[&["run", "pair.toml", "--sample"], options].concat());
    run(&["--id", "0123"]).refused(2, "no run of it has this id");
    run(&["--shard", "4/3"]).failed(2, "give I/N");
    run(&["--shard", "1/2", "--id", "0123"]).failed(2, "cannot be used with");
    sandbox.run(&["gather", "nowhere"]).refused(2, "nowhere: no results there");
    sandbox.run(&["gather"]).failed(2, "required arguments");
}
