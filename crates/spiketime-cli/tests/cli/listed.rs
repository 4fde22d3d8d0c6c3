//! `list --json` and `status --json`: one document on stdout, as `spiketime schema` describes it.

use serde_json::{Value, json};

use crate::sandbox::{PAIR, Sandbox};

fn document(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let outcome = sandbox.run(arguments).succeeded();
    assert_eq!(outcome.stderr, "");
    serde_json::from_str(&outcome.stdout).expect("one document and nothing else")
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Every object has the keys that the schema requires of it, and no others.
fn fits(sandbox: &Sandbox, kind: &str, document: &Value) {
    let schema = document_of(sandbox, kind);
    assert_eq!(keys(&schema["properties"]), keys(document));
    for (name, of_items) in schema["$defs"].as_object().unwrap() {
        let list = ["experiments", "waiting"].map(|key| &document[key]);
        let items = list.into_iter().filter_map(Value::as_array).flatten();
        assert!(items.into_iter().any(|item| keys(&of_items["properties"]) == keys(item)), "{name}");
    }
}

fn document_of(sandbox: &Sandbox, kind: &str) -> Value {
    document(sandbox, &["schema", kind])
}

#[test]
fn a_study_is_listed_as_json() {
    let sandbox = Sandbox::new();
    sandbox.write("mine/study.toml", "title = 'Mine'");
    sandbox.write("mine/pair.toml", format!("title = 'Two'\nquestion = 'more?'\n{PAIR}"));
    let listed = document(&sandbox, &["list", "mine", "--json"]);
    let experiment = json!({
        "name": "pair", "title": "Two", "question": "more?", "seeds": 3, "checkpoints": [5, 10],
        "conditions": ["small", "large"], "claims": ["H1"]
    });
    let whole = json!({ "version": 1, "study": "mine", "title": "Mine", "experiments": [experiment] });
    assert_eq!(listed, whole);
    fits(&sandbox, "list", &listed);
}

#[test]
fn a_results_folder_is_told_as_json() {
    let sandbox = Sandbox::new();
    sandbox.write("pair.toml", PAIR);
    sandbox.run(&["run", "pair.toml", "--sample", "--seeds", "2"]).succeeded();
    let mut status = document(&sandbox, &["status", "--sample", "--json"]);
    let run = |condition: &str| json!({ "condition": condition, "seed": 3, "is_begun": false });
    for waiting in status["waiting"].as_array_mut().unwrap() {
        assert_eq!(waiting["id"].as_str().unwrap().len(), 16);
    }
    fits(&sandbox, "status", &status);
    for waiting in status["waiting"].as_array_mut().unwrap() {
        waiting.as_object_mut().unwrap().remove("id");
    }
    let whole = json!({
        "version": 1, "results": "results/sample/", "runs": 6, "finished": 4, "damaged": [], "unreadable": [],
        "experiments": [{ "name": "pair", "title": "pair", "runs": 6, "finished": 4 }],
        "waiting": [run("large"), run("small")]
    });
    assert_eq!(status, whole);
}

#[test]
fn the_schemas_in_the_tree_are_those_of_the_program() {
    let sandbox = Sandbox::new();
    for kind in ["list", "status", "plan"] {
        let path = format!("{}/../../schemas/{kind}.schema.json", env!("CARGO_MANIFEST_DIR"));
        let file = std::fs::read_to_string(path).unwrap();
        assert!(file == sandbox.run(&["schema", kind]).succeeded().stdout, "{kind}: `just schema` is due");
    }
}
