//! The same results on any number of threads, in any order, a second time.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::sandbox::{Outcome, Sandbox, full_mnist};

const HEAD: &str = "
figure = 'none'
title = 'several'
question = 'is it the same?'
analysis = 'it should'
seeds = 3
checkpoints = [50, 150]
maps = [150]
with_rest = [50]
";
const CONDITIONS: [&str; 4] = [
    "[[condition]]\nname = 'winner'\nneurons = 30\nlabel_images = 20\ntest_images = 20\n",
    "[[condition]]\nname = 'soft'\nneurons = 30\nlabel_images = 20\ntest_images = 20\ninhibition = 'soft'\n",
    "[[condition]]\nname = 'none'\nneurons = 9\nlabel_images = 20\ntest_images = 20\ninhibition = 'none'\n",
    "[[condition]]\nname = 'f64'\nneurons = 9\nlabel_images = 20\ntest_images = 20\nprecision = 'f64'\n",
];

/// All results of the conditions in this order.
fn results(order: [usize; 4], options: &[&str]) -> BTreeMap<PathBuf, Vec<u8>> {
    let sandbox = Sandbox::new();
    let conditions = order.map(|condition| CONDITIONS[condition]);
    sandbox.write("several.toml", format!("{HEAD}{}", conditions.concat()));
    sandbox.run(&[&["run", "several.toml", "--sample"], options].concat()).succeeded();
    sandbox.results()
}

#[test]
fn one_two_three_and_eight_threads_and_every_engine_give_the_same_bytes() {
    let expected = results([0, 1, 2, 3], &["--jobs", "1"]);
    assert_eq!(expected.keys().filter(|name| name.starts_with("runs")).count(), 12);
    for options in [
        ["--jobs", "2"],
        ["--jobs", "3"],
        ["--jobs", "8"],
        ["--engine", "portable"],
        ["--engine", "avx2"],
        ["--engine", "avx512"],
        ["--engine", "reference"],
        ["--snapshot-every", "1"],
        ["--snapshot-every", "never"],
    ] {
        let found = results([0, 1, 2, 3], &options);
        assert!(found.keys().eq(expected.keys()), "{options:?}: other files");
        // The page tells which engine computed, as provenance does.
        let page = |name: &PathBuf| options[0] == "--engine" && name.ends_with("report.html");
        for (name, bytes) in found.into_iter().filter(|(name, _)| !page(name)) {
            assert!(bytes == expected[&name], "{options:?}: {} differs", name.display());
        }
    }
}

#[test]
fn conditions_in_any_order_give_the_same_runs() {
    let runs = |order| {
        let mut results = results(order, &[]);
        results.retain(|name, _| name.starts_with("runs") || name.starts_with("weights"));
        results
    };
    let expected = runs([0, 1, 2, 3]);
    for order in [[3, 2, 1, 0], [1, 3, 0, 2]] {
        assert!(runs(order) == expected, "{order:?}");
    }
}

#[test]
fn quick_twice_gives_the_same_bytes() {
    let Some(cache) = full_mnist() else {
        println!("skipped: MNIST is not in the cache; run `spiketime data fetch`");
        return;
    };
    let results = || {
        let sandbox = Sandbox::new();
        let text = CONDITIONS.concat().replace("_images = 20", "_images = 2_000");
        sandbox.write("quick.toml", HEAD.replace("150]", "20_000]") + &text);
        let mut command = sandbox.command(&["run", "quick.toml", "--quick"]);
        Outcome::of(&command.env("SPIKETIME_DATA_DIR", &cache).output().unwrap()).succeeded();
        sandbox.results_in("results/quick")
    };
    let first = results();
    assert_eq!(first.keys().filter(|name| name.starts_with("runs")).count(), 4);
    assert!(first == results());
}
