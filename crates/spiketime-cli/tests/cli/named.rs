//! Runs by name, `small:1@10`: to branch from, to look at; and the list of whose weights each file has.

use std::fs;

use crate::sandbox::{PAIR, Sandbox, files};

fn kept() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("pair.toml", PAIR);
    sandbox.run(&["run", "pair.toml", "--sample", "--seeds", "2", "--keep-checkpoints"]).succeeded();
    sandbox
}

#[test]
fn a_branch_from_a_name_is_the_branch_from_its_file() {
    let sandbox = kept();
    sandbox.write("soft.toml", PAIR.replace("neurons = 4", "neurons = 4\ninhibition = 'soft'"));
    let branch = |from: &str| {
        let asked = ["branch", from, "soft.toml", "--condition", "small", "--sample"];
        sandbox.run(&asked).succeeded().stdout
    };
    let by_name = branch("small:2@5");
    assert!(by_name.starts_with("small seed 2 from image 5  "), "{by_name}");
    let checkpoints = files(&sandbox.path("results/sample/checkpoints"));
    let by_file = |file: &std::path::PathBuf| branch(file.to_str().unwrap());
    let of_five = checkpoints.iter().filter(|file| file.to_str().unwrap().ends_with("-5"));
    let small = of_five.filter(|file| file.metadata().unwrap().len() < 40_000);
    assert!(small.map(by_file).any(|told| told == by_name), "{by_name}");
    assert!(branch("small:2").starts_with("small seed 2 from image 10  "), "without images: the last ones");
}

#[test]
fn a_name_that_nothing_has_is_refused_with_what_there_is() {
    let sandbox = kept();
    let branch = |from: &str, size: &[&str]| sandbox.run(&[&["branch", from, "pair.toml"], size].concat());
    let there = "results/sample/ has no such checkpoints; ";
    let mine = format!("'small:3@5': {there}there are small:1@5, small:1@10, small:2@5, small:2@10");
    branch("small:3@5", &["--sample"]).refused(2, &mine);
    branch("smal:1@5", &["--sample"]).refused(2, &format!("'smal:1@5': {there}did you mean 'small'?"));
    branch("frobnicate:1", &["--sample"]).refused(2, &format!("{there}there are large, small"));
    branch("small:1@5", &["--quick"]).refused(2, "results/quick: no results there");
    let told = "no weights; name images under `maps` in an experiment file";
    fs::remove_dir_all(sandbox.path("results/sample/weights")).unwrap();
    sandbox.run(&["map", "small:1", "-o", "map.png", "--sample"]).refused(2, told);
}

#[test]
fn a_map_by_name_is_the_map_of_its_file_and_the_list_says_which_that_is() {
    let sandbox = kept();
    let list = fs::read_to_string(sandbox.path("results/sample/weights.jsonl")).unwrap();
    let rows: Vec<serde_json::Value> = list.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let named: Vec<(&str, u64, u64)> = rows
        .iter()
        .map(|row| {
            (
                row["condition"].as_str().unwrap(),
                row["seed"].as_u64().unwrap(),
                row["images_seen"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(named, [("large", 1, 10), ("large", 2, 10), ("small", 1, 10), ("small", 2, 10)]);
    let file = sandbox.path("results/sample/weights").join(rows[3]["file"].as_str().unwrap());
    // Under its name as the file's, so that both pictures bear the same one.
    fs::copy(&file, sandbox.path("small:2@10.npy")).unwrap();
    sandbox.run(&["map", "small:2@10", "-o", "name.png", "--sample"]).succeeded();
    sandbox.run(&["map", "small:2@10.npy", "-o", "file.png"]).succeeded();
    let picture = |name: &str| fs::read(sandbox.path(name)).unwrap();
    assert!(picture("name.png") == picture("file.png"));
}
