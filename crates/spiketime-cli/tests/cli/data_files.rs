//! Missing, truncated, swapped, bit-flipped data files: told in one line, never kept.

use std::fs;
use std::io::Read;

use crate::sandbox::{Sandbox, TINY, files};

const LABELS: &str = "t10k-labels-idx1-ubyte";
const LABELS_GZ: &[u8] = include_bytes!("../../../../fixtures/whole/mnist/t10k-labels-idx1-ubyte.gz");

fn labels() -> Vec<u8> {
    let mut raw = Vec::new();
    flate2::read::GzDecoder::new(LABELS_GZ).read_to_end(&mut raw).unwrap();
    raw
}

/// What `data import` says to a file of that name and content; nothing may reach the cache.
fn refusal(name: &str, bytes: &[u8], part: &str) {
    let sandbox = Sandbox::new();
    sandbox.write(&format!("files/{name}"), bytes);
    sandbox.run(&["data", "import", "files"]).refused(1, part);
    assert!(files(&sandbox.path("cache")).is_empty());
}

#[test]
fn a_sound_file_is_imported_and_verified() {
    let sandbox = Sandbox::new();
    sandbox.write(&format!("files/{LABELS}.gz"), LABELS_GZ);
    let imported = sandbox.run(&["data", "import", "files"]).succeeded();
    let copy = sandbox.path("cache/mnist").join(LABELS);
    assert_eq!(imported.stdout, format!("{}\n", copy.display()));
    assert_eq!(fs::read(copy).unwrap(), labels());
    let verified = sandbox.run(&["data", "verify"]);
    assert_eq!(verified.stdout.lines().filter(|line| line.starts_with("ok ")).count(), 1);
    verified.refused(1, "7 of 8 files are missing or damaged; run `spiketime data fetch`");
}

#[test]
fn truncated_files_are_refused() {
    refusal(
        LABELS,
        &labels()[..5_000],
        "announces 10000 labels, so it should have 10008 bytes, but has 5000",
    );
    refusal(LABELS, &labels()[..3], "has 3 bytes, too few for a header");
    refusal(LABELS, &[], "has 0 bytes, too few for a header");
    refusal(&format!("{LABELS}.gz"), &LABELS_GZ[..2_000], "is not readable gzip");
}

#[test]
fn swapped_files_and_wrong_magics_are_refused() {
    refusal("t10k-images-idx3-ubyte", &labels(), "are files swapped?");
    refusal(LABELS, b"<html>Please sign in</html>", "label files start with 0x00000801");
    // Of the right kind, but of another part of the set: a file of 10 000 labels is no training file.
    refusal("train-labels-idx1-ubyte", &labels(), "is not mnist's train-labels-idx1-ubyte");
}

#[test]
fn a_flipped_bit_is_refused() {
    let mut raw = labels();
    raw[4_321] ^= 1;
    refusal(LABELS, &raw, "is not mnist's t10k-labels-idx1-ubyte: its SHA-256 is");
}

#[test]
fn counts_that_differ_and_labels_above_nine_are_refused() {
    let mut more = labels();
    more[7] += 1;
    refusal(LABELS, &more, "announces 10001 labels, so it should have 10009 bytes, but has 10008");
    let mut ten = labels();
    ten[8 + 77] = 10;
    refusal(LABELS, &ten, "label 77 is 10; labels are 0 to 9");
}

#[test]
fn a_header_that_promises_four_billion_images_is_refused_at_once() {
    let bomb = [[0, 0, 8, 3], [255; 4], [0, 0, 0, 28], [0, 0, 0, 28]].concat();
    refusal("train-images-idx3-ubyte", &bomb, "announces 4294967295 images");
}

#[test]
fn what_is_no_file_is_refused_and_not_read() {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.path("files").join(LABELS)).unwrap();
    sandbox.run(&["data", "import", "files"]).refused(1, "not a file");
    fs::remove_dir(sandbox.path("files").join(LABELS)).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/dev/zero", sandbox.path("files").join(LABELS)).unwrap();
        sandbox.run(&["data", "import", "files"]).refused(1, "not a file");
    }
}

#[test]
fn missing_folders_and_folders_without_data_are_told() {
    let sandbox = Sandbox::new();
    sandbox.run(&["data", "import", "nowhere"]).refused(2, "nowhere: not a folder; give one that holds");
    sandbox.write("tiny.toml", TINY);
    sandbox.run(&["run", "tiny.toml", "--data", "nowhere"]).refused(2, "nowhere: not a folder");
    fs::create_dir(sandbox.path("empty")).unwrap();
    sandbox
        .run(&["data", "import", "empty"])
        .refused(1, "none of the files of MNIST and Fashion-MNIST is there");
}

#[test]
fn a_run_on_a_damaged_folder_is_refused_and_finished_results_stay() {
    let sandbox = Sandbox::new();
    sandbox.experiment(TINY).succeeded();
    let before = fs::read(sandbox.record()).unwrap();
    sandbox.write("files/train-images-idx3-ubyte", [0, 0, 8, 3]);
    sandbox.run(&["run", "tiny.toml", "--data", "files"]).refused(1, "has 4 bytes, too few for a header");
    assert_eq!(fs::read(sandbox.record()).unwrap(), before);
}

#[test]
fn a_cache_that_cannot_be_written_is_told() {
    let sandbox = Sandbox::new();
    sandbox.write(&format!("files/{LABELS}.gz"), LABELS_GZ);
    sandbox.write("cache", "a file where the folder should be");
    sandbox.run(&["data", "import", "files"]).refused(1, "set SPIKETIME_DATA_DIR to another folder");
}

#[test]
fn a_named_folder_without_the_files_is_refused_and_nothing_else_is_asked() {
    let sandbox = Sandbox::new();
    sandbox.write("tiny.toml", TINY);
    sandbox.write(&format!("files/{LABELS}.gz"), LABELS_GZ);
    let needs =
        "files: mnist needs train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte there";
    let said = |command: &[&str]| sandbox.run(&[command, &["--data", "files"]].concat());
    for command in [
        &["run", "tiny.toml"][..],
        &["compare-engines", "tiny.toml"],
        &["explain", "tiny.toml", "--image", "0"],
    ] {
        said(command).refused(2, needs);
    }
    assert!(files(&sandbox.path("results")).is_empty() && files(&sandbox.path("cache")).is_empty());
}

#[test]
#[cfg(unix)]
fn who_may_read_the_cache_is_said_by_the_umask() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    sandbox.write(&format!("files/{LABELS}.gz"), LABELS_GZ);
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "umask 027; exec \"$0\" data import files", env!("CARGO_BIN_EXE_spiketime")]);
    shell.current_dir(sandbox.path("")).env("SPIKETIME_DATA_DIR", sandbox.path("cache"));
    assert!(shell.output().unwrap().status.success());
    let mode = fs::metadata(sandbox.path("cache/mnist").join(LABELS)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}
