//! Thresholds and initial weights from files: by their content in the id, kept with the results, and no path.

use std::fs;
use std::path::Path;

use spiketime_data::array::written::npy;
use spiketime_data::array::{Array, Values};

use crate::sandbox::{Sandbox, files};

/// Three neurons that start from `w.npy` with thresholds of `t.npy`.
const GIVEN: &str = "
seeds = 1
checkpoints = [20]
maps = [20]
[[condition]]
name = 'given'
neurons = 3
label_images = 10
test_images = 10
initial_weight_file = 'mine/w.npy'
threshold_file = 'mine/t.npy'
";

/// An eighth more from synapse to synapse, from 0 to 1 and over again.
fn weights() -> Vec<f64> {
    (0..3 * 784).map(|synapse| f64::from(synapse % 9) / 8.0).collect()
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("mine/w.npy", npy(&[3, 784], &weights()));
    sandbox.write("mine/t.npy", npy(&[3], &[45.0, 50.0, 55.0]));
    sandbox.write("given.toml", GIVEN);
    sandbox
}

fn runs(sandbox: &Sandbox) -> Vec<String> {
    let names = files(&sandbox.path("results/sample/runs"));
    names.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_network_that_does_not_learn_keeps_the_weights_that_it_was_given() {
    let sandbox = sandbox();
    sandbox.write("given.toml", format!("{GIVEN}stdp_gain = 0\nstdp_loss = 0\n"));
    sandbox.run(&["run", "given.toml", "--sample"]).succeeded();
    let map = &files(&sandbox.path("results/sample/weights"))[0];
    let kept = Array::from_npy(&fs::read(map).unwrap()).unwrap();
    assert_eq!((kept.shape, kept.values), (vec![3, 784], Values::Floats(weights())));
}

#[test]
fn a_neuron_spikes_by_the_threshold_that_it_was_given() {
    let sandbox = sandbox();
    // Nobody collects a million millivolts; the middle one spikes at every input.
    sandbox.write("mine/t.npy", npy(&[3], &[1e6, 0.0, 1e6]));
    sandbox.run(&["run", "given.toml", "--sample"]).succeeded();
    let record = fs::read_to_string(sandbox.record()).unwrap();
    assert!(record.contains("\"silent_neurons\":2"), "{record}");
}

#[test]
fn an_id_holds_the_content_and_no_path() {
    let sandbox = sandbox();
    sandbox.run(&["run", "given.toml", "--sample"]).succeeded();
    fs::rename(sandbox.path("mine"), sandbox.path("yours")).unwrap();
    let moved = GIVEN.replace("mine/", "yours/");
    sandbox.write("given.toml", &moved);
    let again = sandbox.run(&["run", "given.toml", "--sample"]).succeeded();
    assert!(again.stderr.contains("1 runs, 1 finished before, 0 to do"), "{}", again.stderr);
    let record = fs::read_to_string(sandbox.path("results/sample/runs").join(&runs(&sandbox)[0])).unwrap();
    assert!(!record.contains("mine/") && record.contains("\"threshold_file\":{\"sha256\":\""), "{record}");
    sandbox.write("yours/t.npy", npy(&[3], &[45.0, 50.0, 55.5]));
    sandbox.run(&["run", "given.toml", "--sample"]).succeeded();
    assert_eq!(runs(&sandbox).len(), 2);
}

#[test]
fn results_tell_and_repeat_a_run_whose_files_are_gone() {
    let sandbox = sandbox();
    sandbox.run(&["run", "given.toml", "--sample"]).succeeded();
    let run = format!("results/sample/runs/{}", runs(&sandbox)[0]);
    fs::remove_dir_all(sandbox.path("mine")).unwrap();
    assert!(sandbox.run(&["status", "--sample"]).succeeded().stdout.contains("1 of 1 runs finished"));
    assert!(sandbox.run(&["rerun", &run]).succeeded().stdout.contains("the same record, byte by byte"));
    let copy = "results/sample/experiment-files/given.toml";
    let story = sandbox.run(&["explain", copy, "--image", "3", "--sample"]).succeeded().stdout;
    assert!(story.starts_with("given seed 1, training image 3"), "{story}");
    // As a record keeps it.
    fs::copy(sandbox.path(copy), sandbox.path("results/sample/experiment-files/again.toml")).unwrap();
    let again = "results/sample/experiment-files/again.toml";
    sandbox.run(&["run", again, "--sample", "--results", "other"]).succeeded();
    assert_eq!(files(&sandbox.path("other/sample/experiment-files/given")).len(), 2);
}

#[test]
fn where_the_copies_are_gone_too_results_can_be_read_and_what_needs_them_says_so() {
    let sandbox = sandbox();
    sandbox.run(&["run", "given.toml", "--sample"]).succeeded();
    let run = format!("results/sample/runs/{}", runs(&sandbox)[0]);
    let copies = sandbox.path("results/sample/experiment-files/given");
    assert_eq!(files(&copies).len(), 2);
    fs::remove_dir_all(&copies).unwrap();
    assert!(sandbox.run(&["status", "--sample"]).succeeded().stdout.contains("1 of 1 runs finished"));
    sandbox.run(&["report", "--sample"]).succeeded();
    sandbox.run(&["rerun", &run]).refused(1, "running the experiment file again keeps it anew");
    let copy = "results/sample/experiment-files/given.toml";
    sandbox
        .run(&["explain", copy, "--image", "0", "--sample"])
        .refused(2, "are not at hand: run its experiment file");
    sandbox.run(&["compare-engines", copy, "--images", "1"]).refused(2, "are not at hand");
    sandbox.run(&["run", "given.toml", "--sample"]).succeeded();
    sandbox.run(&["rerun", &run]).succeeded();
    // Another content under the name of the first is no copy of it.
    let one = files(&copies).remove(0);
    fs::write(one, npy(&[3], &[1.0, 2.0, 3.0])).unwrap();
    sandbox.run(&["rerun", &run]).refused(1, "is not what it was when it was kept");
}

#[test]
fn a_record_keeps_what_its_runs_began_from() {
    // 32 of the quarters train and 8 test.
    let text = GIVEN.replace("neurons = 3", "neurons = 3\ndataset = 'quarters'");
    let text = text.replace("test_images = 10", "test_images = 8").replace("mine/", "");
    let set = crate::own_data::sandbox();
    set.write("mine/q.toml", text);
    set.write("mine/w.npy", npy(&[3, 400], &weights()[..1_200]));
    set.write("mine/t.npy", npy(&[3], &[45.0, 50.0, 55.0]));
    set.run(&["run", "mine"]).succeeded();
    set.run(&["record", "kept"]).succeeded();
    assert_eq!(files(&set.path("kept/study/given")).len(), 2);
    fs::remove_dir_all(set.path("mine")).unwrap();
    set.run(&["report", "--records", "kept"]).succeeded();
    set.run(&["verify", "--records", "kept"]).succeeded();
}

#[test]
fn what_does_not_fit_the_network_is_told_with_its_file_or_key() {
    let sandbox = sandbox();
    let told = |condition: &str, told: &str| {
        sandbox.write("wrong.toml", format!("[[condition]]\nname = 'x'\nneurons = 3\n{condition}\n"));
        sandbox.run(&["run", "wrong.toml", "--sample"]).refused(2, told);
    };
    let file = |name: &str, shape: &[usize], values: &[f64]| drop(sandbox.write(name, npy(shape, values)));
    file("four.npy", &[4], &[1.0; 4]);
    file("below.npy", &[3], &[1.0, -1.0, 1.0]);
    file("flat.npy", &[2352], &[0.5; 2352]);
    file("large.npy", &[3, 784], &[2.0; 2352]);
    told("threshold_file = 'none.npy'", "wrong.toml:4: none.npy: No such file");
    told(
        "threshold_file = 'four.npy'",
        "threshold_file is an array of 4 numbers; it must be one threshold a neuron",
    );
    told(
        "threshold_file = 'below.npy'",
        "wrong.toml:4: below.npy: holds -1, which is no number of 0 or more",
    );
    told("threshold_file = 'wrong.toml'", "wrong.toml:4: wrong.toml: is no sound .npy file");
    told("initial_weight_file = 'flat.npy'", "an array of 2352 numbers; it must be `neurons` x inputs");
    told("initial_weight_file = 'large.npy'", "each weight must be 0 to 1, a fraction of g_max");
    told(
        "threshold_file = 'mine/t.npy'\nthreshold_max_mv = 60",
        "threshold_file is given; it gives every threshold: leave threshold_law, threshold_min_mv",
    );
    told("initial_weight_file = 'mine/w.npy'\ninitial_weight_max = 0.5", "leave initial_weight_law");
    told("threshold_file = { sha256 = 'ab', shape = [3] }", "threshold_file is the path of a .npy file");
    assert!(!Path::new(&sandbox.path("results")).exists());
}
