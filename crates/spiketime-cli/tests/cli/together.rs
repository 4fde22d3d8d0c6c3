//! Two processes on one results folder: they share the runs, and both finish.

use std::process::Stdio;

use crate::sandbox::{Outcome, Sandbox, TINY, files};

const SEEDS: usize = 12;

#[test]
fn two_processes_share_the_runs_and_both_finish() {
    let sandbox = Sandbox::new();
    // Long enough that both are at work at the same time: 1 000 images and 3 looks a run.
    let text = TINY
        .replace("seeds = 1", &format!("seeds = {SEEDS}"))
        .replace("[5, 10]", "[5, 10, 1_000]")
        .replace("neurons = 4", "neurons = 100");
    sandbox.write("tiny.toml", text);
    let start = || {
        let mut command = sandbox.command(&["run", "tiny.toml", "--sample", "--jobs", "1"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let outcomes =
        [start(), start()].map(|child| Outcome::of(&child.wait_with_output().unwrap()).succeeded());
    let started = |outcome: &Outcome| outcome.stderr.matches(": started").count();
    let counts = [started(&outcomes[0]), started(&outcomes[1])];
    assert_eq!(counts[0] + counts[1], SEEDS, "a run was done twice, or not at all: {counts:?}");
    assert!(counts.iter().all(|&count| count > 0), "one process did it all: {counts:?}");
    assert_eq!(outcomes[0].stdout, outcomes[1].stdout);
    assert_eq!(files(&sandbox.path("results/sample/runs")).len(), SEEDS);
}
