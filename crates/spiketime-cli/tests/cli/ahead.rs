//! `run --dry-run`: what there is to do and what it takes; nothing is fetched, made or changed.

use std::fs;

use crate::sandbox::{PAIR, Sandbox, files};

#[test]
fn a_dry_run_tells_runs_time_disk_and_memory_and_makes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("pair.toml", PAIR);
    // On the full data, which are not there and would have to be fetched.
    let told = sandbox.run(&["run", "pair.toml", "--dry-run"]).succeeded();
    let lines: Vec<&str> = told.stdout.lines().collect();
    assert_eq!(lines[0], "6 runs to do, 0 finished before");
    // 6 runs of 2 points of 1.5 kB; 3 maps of 784 x 4 and 3 of 784 x 5 weights of 4 bytes with heads of 128: 85 440.
    let disk = "disk    about 0.1 MB: records 18 kB, weights 86 kB; ";
    assert!(lines[1].starts_with("time    about ") && lines[2].starts_with(disk), "{told:#?}");
    assert!(lines[3].starts_with("memory  about "), "{told:#?}");
    assert!(lines[4].contains("docs/performance.md") && lines[4].contains("this machine"), "{told:#?}");
    assert_eq!(lines[5], "nothing was run, fetched or written");
    assert!(!sandbox.path("results").exists() && !sandbox.path("cache").exists());
    assert_eq!(told.stderr, "");
}

#[test]
fn a_dry_run_counts_what_is_finished_and_changes_no_byte() {
    let sandbox = Sandbox::new();
    sandbox.write("pair.toml", PAIR);
    sandbox.run(&["run", "pair.toml", "--sample", "--seeds", "2"]).succeeded();
    let all = || files(&sandbox.path("results")).into_iter().map(|file| (fs::read(&file).unwrap(), file));
    let before: Vec<_> = all().collect();
    let told = sandbox.run(&["run", "pair.toml", "--sample", "--dry-run"]).succeeded().stdout;
    assert!(told.starts_with("2 runs to do, 4 finished before\n"), "{told}");
    assert!(all().eq(before), "a dry run changed the results");
    let report = sandbox.run(&["replicate-all", "--dry-run"]).succeeded().stdout;
    assert!(report.starts_with("228 runs to do, 0 finished before\n"), "{report}");
}

#[test]
fn what_cannot_be_run_is_refused_in_a_dry_run_too() {
    let sandbox = Sandbox::new();
    sandbox.write("pair.toml", PAIR.replace("neurons = 5", "neurons = 0"));
    sandbox.run(&["run", "pair.toml", "--dry-run"]).refused(2, "neurons is 0");
}
