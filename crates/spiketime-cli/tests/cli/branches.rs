//! `spiketime branch`: from a kept checkpoint, under another condition, apart from every figure.

use std::fs;
use std::path::PathBuf;

use crate::sandbox::{Sandbox, TINY, files};

/// The tiny experiment was run and left its checkpoints; returned: the one after five images.
fn kept(sandbox: &Sandbox) -> PathBuf {
    sandbox.write("tiny.toml", TINY);
    sandbox.run(&["run", "tiny.toml", "--sample", "--keep-checkpoints"]).succeeded();
    let kept = files(&sandbox.path("results/sample/checkpoints"));
    assert_eq!(kept.len(), 2, "one at 5, one at 10 images: {kept:?}");
    kept.into_iter().find(|path| path.to_string_lossy().ends_with("-5")).unwrap()
}

fn soft() -> String {
    TINY.replace("name = 'tiny'", "name = 'soft'\ninhibition = 'soft'")
}

#[test]
fn a_branch_is_done_told_and_can_be_done_again_and_the_figures_stay_as_they_were() {
    let sandbox = Sandbox::new();
    let checkpoint = kept(&sandbox);
    sandbox.write("soft.toml", soft());
    let before =
        files(&sandbox.path("results/sample")).into_iter().map(|file| (fs::read(&file).unwrap(), file));
    let before: Vec<_> = before.collect();
    let arguments = ["branch", checkpoint.to_str().unwrap(), "soft.toml"];
    let done = sandbox.run(&arguments).succeeded();
    assert!(done.stdout.starts_with("soft seed 1 from image 5  "), "{done:#?}");
    assert!(done.stdout.contains(" % after 10 images\nresults/branches/runs/"), "{done:#?}");
    for (bytes, file) in before {
        assert_eq!(fs::read(&file).unwrap(), bytes, "{} was changed", file.display());
    }
    let again = sandbox.run(&arguments).succeeded();
    assert!(again.stderr.contains("1 finished before, 0 to do"), "{again:#?}");
    assert_eq!(again.stdout, done.stdout);

    let record = &files(&sandbox.path("results/branches/runs"))[0];
    let rerun = ["rerun", record.to_str().unwrap()];
    sandbox.run(&rerun).refused(2, "name that checkpoint with --from");
    let from = |checkpoint: &str| sandbox.run(&[&rerun[..], &["--from", checkpoint]].concat());
    let same = from(checkpoint.to_str().unwrap()).succeeded();
    assert!(same.stdout.contains("the same record, byte by byte"), "{same:#?}");
    let later = checkpoint.to_str().unwrap().replace("-5", "-10");
    from(&later).refused(2, "is not the checkpoint of this record");

    // A folder in its place: not even root can read it as a file.
    fs::remove_file(record).unwrap();
    fs::create_dir(record).unwrap();
    sandbox.run(&arguments).failed(1, "a result cannot be read: ");
}

#[test]
fn what_cannot_be_branched_is_refused_in_one_line() {
    let sandbox = Sandbox::new();
    let checkpoint = kept(&sandbox);
    let checkpoint = checkpoint.to_str().unwrap();
    sandbox.write("large.toml", soft().replace("neurons = 4", "neurons = 5"));
    sandbox.run(&["branch", checkpoint, "large.toml"]).refused(2, "write neurons = 4");
    sandbox.write("early.toml", soft().replace("[5, 10]", "[1, 2]").replace("[10]", "[2]"));
    sandbox.run(&["branch", checkpoint, "early.toml"]).refused(2, "name one under `checkpoints`");
    sandbox.write("soft.toml", soft());
    sandbox
        .run(&["branch", checkpoint, "soft.toml", "--condition", "hard"])
        .refused(2, "there is no condition 'hard'; there are soft");
    sandbox.run(&["branch", "soft.toml", "soft.toml"]).refused(2, "soft.toml is no snapshot of a run");
    sandbox.run(&["branch", "nowhere", "soft.toml"]).refused(2, "--keep-checkpoints` makes checkpoints");
    assert!(files(&sandbox.path("results/branches/runs")).is_empty(), "something was run");
}
