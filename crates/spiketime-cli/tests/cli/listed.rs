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
    let run = |condition: &str| {
        json!({
            "condition": condition, "seed": 3, "is_begun": false, "is_running": false, "failure": null
        })
    };
    for waiting in status["waiting"].as_array_mut().unwrap() {
        assert_eq!(waiting["id"].as_str().unwrap().len(), 16);
    }
    fits(&sandbox, "status", &status);
    let left = status.as_object_mut().unwrap().remove("seconds_left").unwrap();
    // Two runs of ten images each: thousandths of a second, on any machine.
    assert!((1e-5..1.0).contains(&left.as_f64().unwrap()), "{left}");
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
fn a_run_that_failed_is_told_with_its_last_line_until_it_succeeds() {
    let sandbox = Sandbox::new();
    sandbox.write("pair.toml", PAIR);
    let planned = sandbox.run(&["plan", "pair.toml", "--sample", "--json"]).succeeded().stdout;
    let first: Value = serde_json::from_str(planned.lines().next().unwrap()).unwrap();
    // Where its weights would go something else stands in the way.
    let in_the_way = format!("results/sample/weights/{}-10.npy/x", first["id"].as_str().unwrap());
    sandbox.write(&in_the_way, "");
    sandbox.run(&["run", "pair.toml", "--sample", "--jobs", "1"]).failed(1, "error: ");
    let status = document(&sandbox, &["status", "--sample", "--json"]);
    fits(&sandbox, "status", &status);
    let failed: Vec<&Value> =
        status["waiting"].as_array().unwrap().iter().filter(|run| run["failure"].is_string()).collect();
    assert_eq!(failed.len(), 1, "{status:#}");
    assert!(failed[0]["failure"].as_str().unwrap().contains("-10.npy: "), "{status:#}");
    assert_eq!(failed[0]["id"], first["id"]);
    let told = sandbox.run(&["status", "--sample"]).succeeded().stdout;
    assert!(told.contains("0 running, 1 failed, ") && told.contains("failed when last tried: "), "{told}");
    std::fs::remove_dir_all(sandbox.path(&in_the_way).parent().unwrap()).unwrap();
    sandbox.run(&["run", "pair.toml", "--sample"]).succeeded();
    assert_eq!(document(&sandbox, &["status", "--sample", "--json"])["waiting"], json!([]));
    assert_eq!(std::fs::read_dir(sandbox.path("results/sample/failures")).unwrap().count(), 0);
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
