//! Tells the program which commit it is made of, where git knows; a tarball has none.

use std::path::Path;
use std::process::Command;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    println!("cargo::rerun-if-changed=build.rs");
    let commit = commit(&root);
    let told = commit.as_ref().map_or_else(String::new, |commit| format!(" ({commit})"));
    println!("cargo::rustc-env=SPIKETIME_VERSION={}{told}", env!("CARGO_PKG_VERSION"));
    // Every commit and checkout adds a line there.
    let log =
        commit.and_then(|_| git(&root, &["rev-parse", "--path-format=absolute", "--git-path", "logs/HEAD"]));
    if let Some(log) = log {
        println!("cargo::rerun-if-changed={log}");
    }
}

/// A tarball may be unpacked inside another repository, whose commit it is not.
fn commit(root: &Path) -> Option<String> {
    let top = git(root, &["rev-parse", "--show-toplevel"])?;
    let is_ours = Path::new(&top).canonicalize().ok()? == root.canonicalize().ok()?;
    is_ours.then(|| git(root, &["rev-parse", "--short=9", "HEAD"]))?
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    let text = output.status.success().then(|| String::from_utf8(output.stdout).ok())??;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}
