//! A wrong value in a file is told by line, key and what it must be, without a word of Rust.

use crate::sandbox::{PAIR, Sandbox};

const RUST: [&str; 12] = [
    "usize",
    "u64",
    "f64",
    "struct",
    "enum",
    "sequence",
    "map,",
    "invalid type",
    "invalid value",
    "tuple",
    "boolean",
    "variant",
];

/// What the program says of a line of the experiment file that is changed.
fn told(line: &str, instead: &str) -> String {
    assert!(PAIR.contains(line), "{line}");
    let sandbox = Sandbox::new();
    sandbox.write("pair.toml", PAIR.replacen(line, instead, 1));
    let outcome = sandbox.run(&["run", "pair.toml", "--sample"]);
    outcome.refused(2, "pair.toml:");
    for word in RUST {
        assert!(!outcome.stderr.contains(word), "{word}: {outcome:#?}");
    }
    outcome.stderr.trim_end().to_owned()
}

#[test]
fn a_wrong_value_is_told_in_the_words_of_the_file() {
    for (line, instead, said) in [
        (
            "seeds = 3",
            "seeds = 'three'",
            "pair.toml:2: seeds: it must be a whole number of 0 or more, not the text 'three'",
        ),
        (
            "neurons = 4",
            "neurons = 4.5",
            "pair.toml:8: neurons: it must be a whole number of 0 or more, not 4.5",
        ),
        (
            "neurons = 4",
            "rate_max_hz = 'x'",
            "pair.toml:8: rate_max_hz: it must be a number, not the text 'x'",
        ),
        ("neurons = 4", "inhibition = 3", "pair.toml:8: inhibition: it must be one of its words, in quotes"),
        (
            "neurons = 4",
            "stdp_normalised = 1",
            "pair.toml:8: stdp_normalised: it must be true or false, not 1",
        ),
        ("seeds = 3", "title = 3", "pair.toml:2: title: it must be a text in quotes, not 3"),
        ("maps = [10]", "maps = 10", "pair.toml:4: maps: it must be a list in [ ], not 10"),
        (
            "[[claim.statistic]]",
            "[claim.statistic]",
            "pair.toml:22: statistic: it must be a list of tables: write [[statistic]]",
        ),
        ("\nimages = 10", "\nimages = 1.5", "images: it must be a count of images above 0, a list of them"),
        (
            "than = { condition = 'small' }",
            "than = 'small'",
            "than: it must be a table of keys, not the text 'small'",
        ),
        ("rule = 'higher'", "rule = 3", "rule: it must be one of its words, in quotes"),
        ("id = 'H1'", "", "the key 'id' is missing here"),
        ("seeds = 3", "lists = { late = 3 }", "late: it must be a list of names or of whole numbers"),
        ("seeds = 3", "seeds = 3\nseeds = 4", "pair.toml:3: this key stands here twice; keep one of both"),
    ] {
        let told = told(line, instead);
        assert!(told.contains(said), "expected '{said}' in: {told}");
    }
}

#[test]
fn a_key_that_is_near_none_is_told_where_keys_are_listed() {
    let all = "`spiketime schema --markdown` lists them all";
    for (line, instead, said) in [
        ("neurons = 4", "neuron = 4", "unknown key 'neuron'; did you mean 'neurons'?".to_owned()),
        ("neurons = 4", "xyzzy = 4", format!("unknown key 'xyzzy' here; {all}")),
        // Of a condition, but not where it stands.
        ("seeds = 3", "rate_max_hz = 3", format!("unknown key 'rate_max_hz' here; {all}")),
    ] {
        let told = told(line, instead);
        assert!(told.ends_with(&said), "expected '{said}' in: {told}");
    }
}
