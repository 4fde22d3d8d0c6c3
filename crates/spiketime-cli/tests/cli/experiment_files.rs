//! Unknown keys, values out of range, checkpoints beyond the data, wrong arguments: exit 2 at once.

use std::fs;

use crate::sandbox::{Outcome, Sandbox, TINY, files, full_mnist};

/// What the program says to the tiny experiment with one line changed; nothing may be run.
fn refusal(line: &str, instead: &str, part: &str) {
    assert!(TINY.contains(line), "{line}");
    let sandbox = Sandbox::new();
    sandbox.experiment(&TINY.replace(line, instead)).refused(2, part);
    assert!(files(&sandbox.path("results")).is_empty(), "something was run");
}

#[test]
fn unknown_keys_are_named_with_line_and_nearest_key() {
    refusal("neurons = 4", "neuron = 4", "tiny.toml:12: unknown key 'neuron'; did you mean 'neurons'?");
    refusal("title", "titel", "tiny.toml:3: unknown key 'titel'; did you mean 'title'?");
}

#[test]
fn what_is_no_toml_is_named_with_its_line() {
    refusal("neurons = 4", "neurons = ", "tiny.toml:12: ");
    refusal("name = 'tiny'", "name = 'tiny", "tiny.toml:11: ");
    refusal("neurons = 4", "neurons = 'many'", "tiny.toml:12: ");
    refusal("seeds = 1", "seeds = -1", "tiny.toml:6: ");
}

#[test]
fn values_that_break_a_rule_are_named_with_the_rule() {
    let condition = |line: &str, part: &str| refusal("neurons = 4", &format!("neurons = 4\n{line}"), part);
    refusal("neurons = 4", "neurons = 0", "condition 'tiny': neurons is 0; it must be 1 to");
    refusal("neurons = 4", "neurons = 100000000", "neurons is 100000000; it must be 1 to");
    condition("rate_max_hz = -50", "rate_max_hz is -50; it must be");
    condition("rate_max_hz = nan", "rate_max_hz is NaN");
    condition("rate_max_hz = 1e300", "rate_max_hz is 1");
    condition("rest_ms = inf", "rest_ms is inf");
    condition("jump_max_mv = 1e300", "jump_max_mv is 1");
    refusal("test_images = 10", "test_images = 0", "test_images is 0; it must be at least 1");
    refusal("seeds = 1", "seeds = 0", "seeds is 0; it must be");
    refusal("seeds = 1", "seeds = 1000000000000", "seeds is 1000000000000; it must be");
    refusal("checkpoints = [5, 10]", "checkpoints = [0]", "checkpoints must name at least one");
    refusal(
        "maps = [10]",
        "maps = [7]",
        "maps, with_rest or label_network name 7 images, which is no checkpoint",
    );
}

#[test]
fn names_that_no_checkpoint_and_no_study_has_are_told_with_the_nearest() {
    let claims = |claim: &str| format!("seeds = 1\nclaims = ['{claim}']");
    refusal("seeds = 1", &claims("X1"), "tiny.toml:7: claims: there is no claim 'X1'");
    let expected = |metric: &str, images: u64| {
        let entry = format!("condition = 'tiny', metric = '{metric}', source = '', points = [[{images}, 1]]");
        format!("seeds = 1\nexpected = [{{ {entry} }}]")
    };
    let told = "tiny.toml: expected: there is no metric 'acuracy'; did you mean 'accuracy'?";
    refusal("seeds = 1", &expected("acuracy", 5), told);
    refusal("seeds = 1", &expected("accuracy", 7), "has a point that no run looks at: add 7 to checkpoints");
}

/// On the full data: with the sample, an experiment that is too large for it is made smaller.
#[test]
fn checkpoints_and_counts_beyond_the_data_are_refused_before_anything_runs() {
    let Some(cache) = full_mnist() else {
        println!("skipped: MNIST is not in the cache; run `spiketime data fetch`");
        return;
    };
    let refusal = |line: &str, instead: &str, part: &str| {
        let sandbox = Sandbox::new();
        sandbox.write("tiny.toml", TINY.replace(line, instead));
        let outcome = sandbox.command(&["run", "tiny.toml"]).env("SPIKETIME_DATA_DIR", &cache).output();
        Outcome::of(&outcome.unwrap()).refused(2, part);
        assert!(files(&sandbox.path("results")).is_empty(), "something was run");
    };
    let beyond = "tiny seed 1: checkpoint 60001 lies beyond 1 epoch(s) of mnist's 60000 training images";
    refusal("checkpoints = [5, 10]", "checkpoints = [10, 60_001]", beyond);
    refusal(
        "checkpoints = [5, 10]",
        "checkpoints = [10, 18_446_744_073_709_551_615]",
        "lies beyond 1 epoch(s)",
    );
    refusal("checkpoints = [5, 10]", "checkpoints = [10, 120_001]\nepochs = 2", "lies beyond 2 epoch(s)");
    refusal("label_images = 10", "label_images = 60_001", "label_images is 60001, but mnist has 60000");
    refusal("test_images = 10", "test_images = 10_001", "test_images is 10001, but mnist has 10000");
}

#[test]
fn a_small_experiment_with_two_epochs_runs_on_the_sample_as_it_is() {
    let sandbox = Sandbox::new();
    sandbox.experiment(&TINY.replace("seeds = 1", "seeds = 2\nepochs = 2")).succeeded();
    assert_eq!(files(&sandbox.path("results/sample/runs")).len(), 2);
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let sandbox = Sandbox::new();
    sandbox.run(&["run", "nowhere.toml"]).refused(2, "nowhere.toml: No such file");
    sandbox.run(&["run", "."]).refused(2, ".: ");
    sandbox.write("latin1.toml", b"title = '\xe9'");
    sandbox.run(&["run", "latin1.toml"]).refused(2, "latin1.toml: ");
    sandbox.write("huge.toml", vec![b'#'; 2_000_000]);
    sandbox.run(&["run", "huge.toml"]).refused(2, "huge.toml: larger than");
    fs::create_dir(sandbox.path("empty")).unwrap();
    sandbox.run(&["run", "empty"]).refused(2, "empty: no experiment files (*.toml) there");
}

#[test]
fn wrong_arguments_are_refused_with_one_error_line_and_the_usage() {
    let sandbox = Sandbox::new();
    for arguments in [
        &["run"][..],
        &["frobnicate"],
        &["run", "tiny.toml", "--seeds", "0"],
        &["run", "tiny.toml", "--seeds", "many"],
        &["run", "tiny.toml", "--jobs", "1000000"],
        &["run", "tiny.toml", "--engine", "steam"],
        &["run", "tiny.toml", "--no-such-option"],
        &["compare-engines", "tiny.toml", "--images", "0"],
        &["map", "weights.npy", "-o", "map.svg"],
        &["data"],
        &["data", "import"],
    ] {
        let outcome = sandbox.run(arguments);
        assert_eq!(outcome.code, Some(2), "{outcome:#?}");
        assert!(!outcome.stderr.is_empty() && !outcome.stderr.contains("panicked"), "{outcome:#?}");
    }
}
