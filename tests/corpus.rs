//! The committed inputs of the fuzz targets, through the same functions: each is taken or refused, none panics.

#[path = "../fuzz/targets.rs"]
mod targets;

use std::path::{Path, PathBuf};

fn inputs(target: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lie below the root");
    let entries = std::fs::read_dir(root.join("fuzz/corpus").join(target)).expect("a corpus is committed");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    paths
}

#[test]
fn every_committed_input_is_taken_or_refused_as_its_name_says() {
    for (target, read) in targets::ALL {
        let mut taken = 0;
        let paths = inputs(target);
        for path in &paths {
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            let is_taken = read(&std::fs::read(path).expect("readable"));
            taken += usize::from(is_taken);
            // Inputs that libFuzzer found are named by their digest, and may be either.
            if name.starts_with("good") || name.starts_with("bad") {
                assert_eq!(is_taken, name.starts_with("good"), "{target}/{name}");
            }
        }
        assert!(taken > 0 && taken < paths.len(), "{target}: {taken} of {} taken", paths.len());
    }
}

#[test]
fn the_committed_inputs_are_small() {
    let bytes = |path: &PathBuf| std::fs::metadata(path).expect("readable").len();
    let all: u64 = targets::ALL.iter().flat_map(|(target, _)| inputs(target)).map(|path| bytes(&path)).sum();
    assert!(all < 200_000, "{all} bytes");
}
