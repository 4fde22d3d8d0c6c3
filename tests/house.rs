//! Rules of the house that the compiler does not know: what the simulator may use, and where `unsafe` may stand.

use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lie below the root").to_owned()
}

pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("readable").path());
    paths.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

pub(crate) fn text(path: &Path) -> String {
    std::fs::read_to_string(path).expect("readable")
}

#[test]
fn the_simulator_draws_nothing_opens_nothing_starts_nothing_and_asks_for_no_time() {
    let folder = root().join("crates/spiketime-sim");
    let manifest = text(&folder.join("Cargo.toml"));
    let known = ["libm", "multiversion", "ordered-float", "priority-queue", "thiserror"];
    let dependencies = manifest.lines().filter_map(|line| line.strip_suffix(".workspace = true"));
    let dependencies: Vec<&str> = dependencies.filter(|key| !PACKAGE_KEYS.contains(key)).collect();
    assert_eq!(dependencies, known, "does the new one draw, open, start or wait?");
    let files = sources(&folder.join("src"));
    assert!(files.len() > 20);
    for file in files {
        let text = text(&file);
        for word in ["std::fs", "std::net", "std::thread", "std::time", "std::env", "std::process", "rand::"]
        {
            assert!(!text.contains(word), "{} uses {word}", file.display());
        }
    }
}

const PACKAGE_KEYS: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];

#[test]
fn every_crate_forbids_unsafe_code() {
    let lints = |text: &str| {
        text.split_once("[lints]").map(|(_, rest)| rest.trim_start().starts_with("workspace = true"))
    };
    assert!(
        text(&root().join("Cargo.toml"))
            .contains("[workspace.lints.rust]\nmissing_docs = \"warn\"\nunsafe_code = \"forbid\"")
    );
    let folders = std::fs::read_dir(root().join("crates")).expect("a folder");
    let folders = folders.map(|entry| entry.expect("readable").path()).chain([root().join("tests")]);
    for folder in folders {
        assert_eq!(lints(&text(&folder.join("Cargo.toml"))), Some(true), "{}", folder.display());
    }
}

/// What `just mutants` would do, told at once: a mutation that cannot be applied tests nothing.
#[test]
fn every_mutation_finds_the_line_that_it_breaks_once() {
    #[derive(serde::Deserialize)]
    struct Mutants {
        mutant: Vec<Mutant>,
    }
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Mutant {
        name: String,
        file: String,
        old: String,
        new: String,
    }
    let mutants: Mutants = toml::from_str(&text(&root().join("tests/mutants.toml"))).expect("sound TOML");
    let mut names = std::collections::BTreeSet::new();
    for mutant in mutants.mutant {
        let found = text(&root().join(&mutant.file)).matches(&mutant.old).count();
        assert_eq!(found, 1, "{}: its old text stands {found} times in {}", mutant.name, mutant.file);
        assert_ne!(mutant.old, mutant.new, "{}", mutant.name);
        assert!(names.insert(mutant.name.clone()), "two are named {}", mutant.name);
    }
    assert!(names.len() > 36);
}

/// Words of the file format that the report's study also uses as names.
const KEYWORDS: [&str; 3] = ["soft", "none", "highest-only"];

/// The text of a source file without its test modules.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text)
}

/// Every string literal that equals one of the names.
fn literals<'a>(text: &str, names: &'a [String]) -> Vec<&'a str> {
    let is_there = |name: &&String| text.contains(&format!("\"{name}\""));
    names.iter().filter(is_there).map(String::as_str).collect()
}

/// Conditions, claims and experiments of the report's study, keywords aside.
fn names_of_the_report() -> Vec<String> {
    let experiments = crate::records::experiments();
    let conditions = experiments.iter().flat_map(|e| e.conditions.iter().map(|c| c.name.clone()));
    let claims = experiments.iter().flat_map(|e| e.claim.iter().map(|c| c.id.clone()));
    let all = conditions.chain(claims).chain(experiments.iter().map(|e| e.name.clone()));
    all.filter(|name| !KEYWORDS.contains(&name.as_str())).collect()
}

#[test]
fn the_program_knows_no_condition_claim_or_experiment_of_the_report() {
    let names = names_of_the_report();
    assert!(names.len() > 90, "{}", names.len());
    let planted = format!("let name = \"{}\";\n#[cfg(test)]\nmod tests {{ \"q6\" }}", names[0]);
    assert_eq!(literals(without_tests(&planted), &names).first(), Some(&names[0].as_str()));
    assert!(!literals(without_tests(&planted), &names).contains(&"q6"));
    for folder in std::fs::read_dir(root().join("crates")).expect("a folder") {
        let files = sources(&folder.expect("readable").path().join("src"));
        let rust = files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "rs"));
        for file in rust.filter(|file| file.file_name().is_none_or(|name| name != "tests.rs")) {
            let found = literals(without_tests(&text(file)), &names);
            assert_eq!(found, [] as [&str; 0], "{}", file.display());
        }
    }
}
