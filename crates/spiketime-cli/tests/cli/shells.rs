//! What shells and `man` know of the program, and which version it says it is.

use std::fs;

use crate::sandbox::{Sandbox, TINY};

#[test]
fn the_version_names_the_commit_and_records_do_not() {
    let sandbox = Sandbox::new();
    let version = sandbox.run(&["--version"]).succeeded().stdout;
    let number = env!("CARGO_PKG_VERSION");
    let rest = version.strip_prefix(&format!("spiketime {number}")).expect("name and number").trim_end();
    let is_commit = |rest: &str| rest.len() >= 7 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let commit = rest.strip_prefix(" (").and_then(|rest| rest.strip_suffix(')'));
    assert!(rest.is_empty() || commit.is_some_and(is_commit), "{version}");
    sandbox.experiment(TINY).succeeded();
    let record: serde_json::Value = serde_json::from_slice(&fs::read(sandbox.record()).unwrap()).unwrap();
    assert_eq!(record["provenance"]["version"], number);
}

#[test]
fn every_shell_completes_every_command() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = sandbox.run(&["completions", shell]).succeeded().stdout;
        for word in ["replicate-all", "clean", "dry-run"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let sandbox = Sandbox::new();
    sandbox.run(&["man", "pages/man1"]).succeeded();
    for name in ["spiketime", "spiketime-run", "spiketime-clean", "spiketime-data-fetch"] {
        let page = fs::read_to_string(sandbox.path(&format!("pages/man1/{name}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{name}");
    }
    sandbox.write("file", "");
    sandbox.run(&["man", "file"]).refused(1, "file: ");
}
