//! `spiketime clean`: what no experiment wants, told first; what is wanted, foreign or in hand stays.

use std::fs;
use std::path::PathBuf;

use crate::sandbox::{PAIR, Sandbox, files};

const HALF: &str = "results/sample/runs/.0123456789abcdef.jsonaB3xYz";

/// The experiment was run, then its larger network made larger and run again.
fn changed() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("pair.toml", PAIR);
    sandbox.run(&["run", "pair.toml", "--sample", "--keep-checkpoints"]).succeeded();
    sandbox.write("pair.toml", PAIR.replace("neurons = 5", "neurons = 6"));
    sandbox.run(&["run", "pair.toml", "--sample"]).succeeded();
    sandbox
}

fn clean(sandbox: &Sandbox, options: &[&str]) -> String {
    sandbox.run(&[&["clean", "--sample"], options].concat()).succeeded().stdout
}

fn all(sandbox: &Sandbox) -> Vec<PathBuf> {
    files(&sandbox.path("results"))
}

#[test]
fn what_no_experiment_wants_is_told_and_goes_only_when_it_is_asked_for() {
    let sandbox = changed();
    sandbox.write(HALF, "half");
    sandbox.write("results/sample/.records.jsonlaB3xYz", "half");
    let before = all(&sandbox);
    let told = clean(&sandbox, &[]);
    assert_eq!(all(&sandbox), before, "a listing removed something");
    // Of each seed of the network of before: its record, one map, two checkpoints.
    for seed in 1..=3 {
        assert!(told.contains(&format!("large seed {seed} (")), "{told}");
    }
    assert_eq!(told.matches("): 4 files, ").count(), 3, "{told}");
    assert!(
        told.contains("half-written tables: 1 file, 1 kB\n")
            || told.contains("half-written tables: 1 file, 0 kB\n")
    );
    assert!(
        told.contains("14 files, ") && told.ends_with(" that no experiment wants; --force removes them\n"),
        "{told}"
    );
    let removed = clean(&sandbox, &["--force"]);
    assert!(
        removed.starts_with("half-written tables") && removed.ends_with(": removed from results/sample/\n"),
        "{removed}"
    );
    assert_eq!(all(&sandbox).len(), before.len() - 14);
    assert!(clean(&sandbox, &["--force"]).ends_with("nothing there that no experiment wants\n"));
    let status = sandbox.run(&["status", "--sample"]).succeeded().stdout;
    assert!(status.contains("6 of 6 runs finished"), "{status}");
}

#[test]
fn what_is_not_of_a_run_is_never_touched() {
    let sandbox = changed();
    let foreign = [
        "results/sample/runs/notes.json",
        "results/sample/runs/0123456789abcdef.json.bak",
        "results/sample/runs/0123456789abcdef/inner.json",
        "results/sample/weights/0123456789abcdef.png",
        "results/sample/.gitignore",
        "results/sample/mine.txt",
        "results/branches/runs/0123456789abcdef.json",
    ];
    for file in foreign {
        sandbox.write(file, "mine");
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(
        sandbox.path("pair.toml"),
        sandbox.path("results/sample/snapshots/0123456789abcdef"),
    )
    .unwrap();
    clean(&sandbox, &["--force"]);
    for file in foreign {
        assert!(sandbox.path(file).exists(), "{file}");
    }
    #[cfg(unix)]
    assert!(sandbox.path("results/sample/snapshots/0123456789abcdef").is_symlink());
}

#[test]
fn what_is_half_written_of_a_wanted_run_goes_and_the_run_stays() {
    let sandbox = Sandbox::new();
    sandbox.write("pair.toml", PAIR);
    sandbox.run(&["run", "pair.toml", "--sample"]).succeeded();
    let before = all(&sandbox);
    let record = files(&sandbox.path("results/sample/runs")).remove(0);
    let name = record.file_name().unwrap().to_str().unwrap();
    let half = sandbox.write(&format!("results/sample/runs/.{name}aB3xYz"), "half");
    let told = clean(&sandbox, &["--force"]);
    assert!(told.starts_with("half-written of ") && told.contains(" seed "), "{told}");
    assert!(!half.exists());
    assert_eq!(all(&sandbox), before);
}

#[test]
fn more_seeds_than_the_file_says_stay_unless_seeds_are_named() {
    let sandbox = Sandbox::new();
    sandbox.write("pair.toml", PAIR);
    sandbox.run(&["run", "pair.toml", "--sample", "--seeds", "5"]).succeeded();
    assert!(clean(&sandbox, &[]).ends_with("nothing there that no experiment wants\n"));
    let told = clean(&sandbox, &["--seeds", "3"]);
    assert_eq!(told.matches(" seed 4 (").count() + told.matches(" seed 5 (").count(), 4, "{told}");
    assert!(told.starts_with("large seed 4 ("), "{told}");
}

/// A lock that is held stands for a process at work; this one holds it itself.
#[test]
fn a_run_that_a_process_has_in_hand_stays() {
    let sandbox = changed();
    sandbox.write(HALF, "half");
    let lock = sandbox.write("results/sample/locks/0123456789abcdef", "");
    let held = fs::File::open(lock).unwrap();
    held.lock().unwrap();
    let outcome = sandbox.run(&["clean", "--sample", "--force"]).succeeded();
    assert!(
        outcome.stderr.contains("run 0123456789abcdef: a process has it in hand; left alone"),
        "{outcome:#?}"
    );
    assert!(sandbox.path(HALF).exists());
    drop(held);
    clean(&sandbox, &["--force"]);
    assert!(!sandbox.path(HALF).exists());
}

#[test]
fn a_folder_that_does_not_say_what_is_wanted_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.run(&["clean"]).refused(2, "results: no results there");
    sandbox.write("results/runs/0123456789abcdef.json", "{}");
    for command in [&["clean"][..], &["clean", "--force"]] {
        sandbox.run(command).refused(2, "keeps no experiment files, so nobody can say what is wanted there");
    }
    assert!(sandbox.path("results/runs/0123456789abcdef.json").exists());
}
