//! Ctrl-C and SIGTERM: a clean stop, exit 130, nothing lost.

use crate::sandbox::{LONG, Running, Sandbox, files};

const ARGUMENTS: [&str; 5] = ["run", "tiny.toml", "--sample", "--jobs", "2"];

#[test]
fn a_run_that_is_stopped_goes_on_where_it_was_and_gives_the_same_bytes() {
    let whole = Sandbox::new();
    whole.experiment(LONG).succeeded();
    for signal in ["INT", "TERM"] {
        let sandbox = Sandbox::new();
        sandbox.write("tiny.toml", LONG);
        let running = Running::start(&sandbox, &ARGUMENTS).until_said(": started", 4);
        let stopped = running.signalled(signal).ended();
        assert_eq!(stopped.code, Some(130), "{stopped:#?}");
        let runs = files(&sandbox.path("results/sample/runs"));
        let snapshots = files(&sandbox.path("results/sample/snapshots"));
        let (finished, saved) = (runs.len(), snapshots.len());
        let told = format!(
            "stopped; {finished} of 8 runs are finished and kept, {saved} more go on where they were saved; to go on, \
             give the same command again"
        );
        assert_eq!(stopped.stderr.lines().last(), Some(told.as_str()), "{stopped:#?}");
        assert!(runs.len() >= 2, "a finished run was lost: {runs:?}");
        assert!(!snapshots.is_empty(), "a run that was under way was lost");

        let branch = ["branch", snapshots[0].to_str().unwrap(), "tiny.toml"];
        let branched = sandbox.run(&branch).succeeded();
        assert!(branched.stdout.contains(" % after 1000 images"), "{branched:#?}");

        let again = sandbox.experiment(LONG).succeeded();
        let finished = format!("8 runs, {} finished before", runs.len());
        assert!(again.stderr.contains(&finished), "{again:#?}");
        assert_eq!(again.stderr.matches(": goes on after ").count(), snapshots.len(), "{again:#?}");
        assert_eq!(sandbox.results(), whole.results());
        assert!(files(&sandbox.path("results/sample/snapshots")).is_empty());
    }
}

#[cfg(debug_assertions)]
#[test]
fn whoever_asks_twice_is_heard_at_once() {
    let sandbox = Sandbox::new();
    sandbox.write("tiny.toml", LONG);
    // A thread that is held still does not see the wish to stop.
    let mut command = sandbox.command(&ARGUMENTS);
    let running =
        Running::spawn(command.env("SPIKETIME_HALT_AT", "image:100")).until_said("halted at image", 1);
    let running = running.signalled("INT").until_said("press Ctrl-C again to stop at once", 1);
    assert_eq!(running.signalled("INT").ended().code, Some(130));
}
