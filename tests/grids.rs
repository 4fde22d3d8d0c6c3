//! Grids of a file: which conditions they give, under which names, in which columns; and what is told of a wrong one.

use std::collections::BTreeMap;
use std::time::Instant;

use spiketime_study::archive;
use spiketime_study::evidence::Evidence;
use spiketime_study::plan;
use spiketime_study::spec::Experiment;
use spiketime_study::study::{Extent, Study};
use spiketime_study::tidy;
use spiketime_train::record::Record;

use crate::records::{experiments, newest_record};

const SPREAD: &str = "
seeds = 2
checkpoints = [300]

[[grid]]
name = 'spread-{d}'
keys = { d = [0, 5, 2.5] }
with = { neurons = 100, threshold_min_mv = '50 - d', threshold_max_mv = '50 + d' }
";

fn parsed(text: &str) -> Result<Experiment, String> {
    Experiment::parse(text, "x.toml".as_ref(), "x".into()).map_err(|error| error.to_string())
}

fn names(experiment: &Experiment) -> Vec<&str> {
    experiment.conditions.iter().map(|condition| condition.name.as_str()).collect()
}

#[test]
fn the_report_s_map_of_asymmetries_has_the_names_runs_and_order_that_it_had_when_it_was_written_out() {
    // The names of the file before it had grids, in its order; their runs are those of the kept record.
    let mut expected = Vec::new();
    for ending in ["", "-normalised"] {
        for gain in [0, 1, 2, 3, 5] {
            for loss in [0, 1, 2, 3, 5] {
                expected.push(match (gain, loss, ending) {
                    (0, 0, "") => "wta".to_owned(),
                    (0, 5, "") => "nonlinear-asymmetric".to_owned(),
                    (1, 1, "") => "nonlinear-symmetric".to_owned(),
                    (0, 0, _) => continue,
                    _ => format!("beta-{gain}-{loss}{ending}"),
                });
            }
        }
    }
    assert_eq!(expected.len(), 49);
    let experiments = experiments();
    let asked = experiments.iter().find(|experiment| experiment.name == "q6").expect("it is there");
    assert_eq!(names(asked), expected);
    let planned = plan::runs(std::slice::from_ref(asked), |_| false).expect("sound names");
    let kept = archive::read(&newest_record()).expect("a sound record").runs;
    assert_eq!(planned.len(), 3 * 49);
    assert!(planned.values().all(|run| kept[&run.id].condition == run.condition));
}

#[test]
fn keys_are_crossed_as_they_are_written_the_last_one_fastest() {
    let crossed = |keys: &str| {
        names(&parsed(&format!("[[grid]]\nkeys = {{ {keys} }}\n")).unwrap())
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<String>>()
    };
    assert_eq!(
        crossed("neurons = [9, 4], inhibition = ['soft', 'none']"),
        [
            "neurons-9-inhibition-soft",
            "neurons-9-inhibition-none",
            "neurons-4-inhibition-soft",
            "neurons-4-inhibition-none"
        ]
    );
    assert_eq!(
        crossed("stdp_gain = [0.5, 1.0], neurons = [9]"),
        ["stdp-gain-0.5-neurons-9", "stdp-gain-1-neurons-9"]
    );
}

#[test]
fn keys_vary_together_by_a_sum() {
    let experiment = parsed(SPREAD).unwrap();
    assert_eq!(names(&experiment), ["spread-0", "spread-5", "spread-2.5"]);
    let bounds = experiment.conditions.iter().map(|c| (c.neurons, c.threshold_min_mv, c.threshold_max_mv));
    assert_eq!(bounds.collect::<Vec<_>>(), [(100, 50.0, 50.0), (100, 45.0, 55.0), (100, 47.5, 52.5)]);
    // A whole number of neurons is one, whatever it is made from.
    let of_a_key = parsed(
        "[[grid]]\nkeys = { tau_membrane_ms = [10, 20] }\nwith = { tau_adaptation_ms = '2 * tau_membrane_ms', neurons = 'tau_membrane_ms / 2' }",
    );
    let made = of_a_key.unwrap().conditions.into_iter().map(|c| (c.tau_adaptation_ms, c.neurons));
    assert_eq!(made.collect::<Vec<_>>(), [(20.0, 5), (40.0, 10)]);
}

#[test]
fn a_cell_that_is_left_out_is_not_there_nor_is_a_whole_row() {
    let text = "[[grid]]\nname = '{stdp_gain}/{neurons}'\nkeys = { stdp_gain = [0, 1], neurons = [4, 9] }\nwithout = [";
    let left = |without: &str| {
        parsed(&format!("{text}{without}]"))
            .map(|e| names(&e).into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(left("{ stdp_gain = 0.0, neurons = 9 }").unwrap(), ["0/4", "1/4", "1/9"]);
    assert_eq!(left("{ neurons = 4 }").unwrap(), ["0/9", "1/9"]);
    assert_eq!(left("{ neurons = 4 }, { stdp_gain = 1 }").unwrap(), ["0/9"]);
    assert_eq!(left("{ neurons = 5 }").unwrap_err(), "x.toml:4: grid 1: without: no cell has this neurons");
}

fn study(files: &[(&str, &str)], extent: Extent) -> Study {
    let texts = files.iter().map(|(name, text)| (name.into(), (*text).to_owned())).collect();
    Study::of_texts(texts, "x", extent, spiketime_study::data_sets::OwnSets::new()).expect("a sound study")
}

#[test]
fn a_cell_takes_the_name_that_a_file_of_the_study_gives_by_hand_and_keeps_it_where_that_file_is_missing() {
    let other = "[[condition]]\nname = 'even'\nneurons = 100\nlabel_images = 1_000\n";
    for order in [[("a.toml", other), ("z.toml", SPREAD)], [("z.toml", other), ("a.toml", SPREAD)]] {
        let whole = study(&order, Extent::Whole);
        let file = whole.files.iter().find(|file| !file.experiment.grid.is_empty()).unwrap();
        assert_eq!(names(&file.experiment), ["even", "spread-5", "spread-2.5"]);
        let kept = file.kept_text();
        let alone = study(&[("z.toml", &kept)], Extent::Part);
        let again = &alone.files[0];
        assert_eq!(again.experiment.conditions, file.experiment.conditions);
        assert_eq!(again.experiment.crossed.own, file.experiment.crossed.own);
        // What was kept is kept as it is.
        assert_eq!(again.kept_text(), kept);
    }
    // By hand in the same file: it is there once, with the value of the key of one's own.
    let both = parsed(&format!("{SPREAD}\n{other}")).unwrap();
    assert_eq!(names(&both), ["even", "spread-5", "spread-2.5"]);
    assert_eq!(both.values(&both.conditions[0])["d"], "0");
}

/// Records of everything that is planned, the same but for seed and network.
fn finished(planned: &BTreeMap<String, spiketime_train::run::Run>) -> BTreeMap<String, Record> {
    let kept = Record::read(include_bytes!("../fixtures/layout-2/wta-seed-1.json")).expect("sound");
    let of = |run: &spiketime_train::run::Run| Record {
        id: run.id.clone(),
        seed: run.seed,
        condition: run.condition.clone(),
        ..kept.clone()
    };
    planned.iter().map(|(id, run)| (id.clone(), of(run))).collect()
}

#[test]
fn what_a_grid_varies_is_a_column_of_the_table_and_nothing_else_is() {
    let plain =
        parsed("seeds = 1\ncheckpoints = [300]\n[[condition]]\nname = 'plain'\nneurons = 7\n").unwrap();
    let mut gridded = parsed(&format!("{SPREAD}\n[[condition]]\nname = 'plain'\nneurons = 7\n")).unwrap();
    gridded.name = "y".into();
    let experiments = [plain, gridded];
    let planned = plan::runs(&experiments, |_| false).unwrap();
    let finished = finished(&planned);
    let table = tidy::table(&Evidence::new(&experiments, &planned, &finished));
    let first = |begin: &str| {
        let line = table.lines().find(|line| line.starts_with(begin)).expect("a row");
        line.split_once("\"value\":").unwrap().1.split_once([',', '}']).unwrap().1.to_owned()
    };
    assert_eq!(first("{\"experiment\":\"x\",\"condition\":\"plain\""), "");
    let spread = "\"d\":5.0,\"threshold_min_mv\":45.0,\"threshold_max_mv\":55.0}";
    assert_eq!(first("{\"experiment\":\"y\",\"condition\":\"spread-5\""), spread);
    let none = "\"d\":null,\"threshold_min_mv\":50.0,\"threshold_max_mv\":50.0}";
    assert_eq!(first("{\"experiment\":\"y\",\"condition\":\"plain\""), none);
}

#[test]
fn a_run_of_several_names_gives_its_numbers_under_each() {
    let grids = parsed(
        "seeds = 1\ncheckpoints = [300]\n[[grid]]\nkeys = { neurons = [4, 9] }\n[[grid]]\nname = 'rest-{rest_ms}'\nkeys = { rest_ms = [150, 100] }\nwith = { neurons = 9 }\n",
    );
    let experiments = [grids.unwrap()];
    assert_eq!(names(&experiments[0]), ["neurons-4", "neurons-9", "rest-150", "rest-100"]);
    let planned = plan::runs(&experiments, |_| false).unwrap();
    assert_eq!(planned.len(), 3);
    let finished = finished(&planned);
    let evidence = Evidence::new(&experiments, &planned, &finished);
    let of = |name: &str| evidence.at(name, 300, "accuracy");
    assert!(of("neurons-9").is_some() && of("neurons-9") == of("rest-150"));
    assert_eq!(evidence.recorded_name("rest-150", 1), Some("neurons-9"));
    assert_eq!((evidence.neurons("rest-150"), evidence.looks_at("rest-150", 300)), (Some(9), true));
    assert!(
        evidence.training_us("rest-150").is_some() && evidence.label_network_of("rest-150", 300).is_some()
    );
    let table = tidy::table(&evidence);
    for name in names(&experiments[0]) {
        assert!(table.contains(&format!("\"condition\":\"{name}\"")), "{name}");
    }
    assert_eq!(spiketime_study::summary::accuracies(&evidence).lines().count(), 4);
}

#[test]
fn a_grid_of_a_million_is_refused_before_anything_is_made_of_it() {
    let thousand = format!("{:?}", (0..1_000).collect::<Vec<_>>());
    let text = format!(
        "seeds = 5\n[[grid]]\nkeys = {{ neurons = [1] }}\n[[grid]]\nkeys = {{ stdp_gain = {thousand}, stdp_loss = {thousand} }}\n"
    );
    let begin = Instant::now();
    let told = parsed(&text).unwrap_err().replace('\u{a0}', " ");
    assert_eq!(
        told,
        "x.toml:4: grid 2: 1 000 001 cells of 5 seeds are 5 000 005 runs; a file has at most 10 000: cross fewer values"
    );
    let many = format!(
        "[[grid]]\nkeys = {{ {} }}\n",
        (0..40).map(|k| format!("k{k} = {thousand}")).collect::<Vec<_>>().join(", ")
    );
    assert!(parsed(&many).unwrap_err().contains("cells of 5 seeds"));
    assert!(begin.elapsed().as_secs_f64() < 1.0, "{:?}", begin.elapsed());
    let most = |count: u64| {
        let values = (0..count).map(|v| v.to_string()).collect::<Vec<_>>().join(", ");
        parsed(&format!("seeds = 1\n[[grid]]\nkeys = {{ stdp_gain = [{values}] }}\n"))
    };
    assert_eq!(most(10_000).unwrap().conditions.len(), 10_000);
    assert!(most(10_001).unwrap_err().contains("cells of 1 seed are"));
}

#[test]
fn what_is_wrong_with_a_grid_is_told_with_its_line_and_what_to_do() {
    for (grid, told) in [
        ("keys = { }", "x.toml:2: grid 1: nothing is crossed; give a key and its values"),
        ("keys = { neurons = [] }", "grid 1: neurons has no value; give one"),
        (
            "keys = { neuron = [4] }",
            "x.toml:2: grid 1: a condition has no key 'neuron'; did you mean 'neurons'? (a key of one's own needs a use under `with`, as threshold_min_mv = \"50 - neuron\")",
        ),
        ("keys = { name = ['a'] }", "grid 1: a condition has no key 'name'"),
        (
            "keys = { d = ['a'] }\nwith = { stdp_gain = 'd' }",
            "d: others are made from it, so its values must be numbers",
        ),
        (
            "keys = { seed = [1] }\nwith = { stdp_gain = 'seed' }",
            "seed is a column of every table; name it otherwise",
        ),
        (
            "keys = { d = [1] }\nwith = { stdp_gain = 'e' }",
            "x.toml:3: grid 1: stdp_gain: 'e' is not crossed in this grid; did you mean 'd'?",
        ),
        (
            "keys = { d = [1] }\nwith = { stdp_gain = '2 d' }",
            "stdp_gain: '2 d': between two terms stands + or -",
        ),
        ("keys = { d = [1, 2] }\nwith = { neurons = 'd / 2' }", "x.toml:3: grid 1: neurons comes to 0.5: "),
        (
            "keys = { neurons = [4] }\nwith = { neuron = 4 }",
            "a condition has no key 'neuron'; did you mean 'neurons'?",
        ),
        (
            "keys = { neurons = [4] }\nwith = { neurons = 4 }",
            "neurons is crossed already; leave it out of one of both",
        ),
        ("keys = { inhibition = ['hard'] }", "x.toml:2: grid 1: unknown value 'hard'"),
        (
            "keys = { neurons = [4] }\nname = '{neuron}'",
            "x.toml:3: grid 1: name: there is no key 'neuron'; did you mean 'neurons'?",
        ),
        ("keys = { neurons = [4] }\nname = '{neurons'", "name: '{neurons' lacks a '}'"),
        (
            "keys = { neurons = [4, 9] }\nname = 'same'",
            "two networks would be named 'same'; put {key} into the name for each key that varies",
        ),
        (
            "keys = { neurons = [4] }\nwithout = [{ stdp_gain = 1 }]",
            "'stdp_gain' is not crossed in this grid",
        ),
        (
            "keys = { neurons = [4] }\nwithout = [{ neurons = 4 }]",
            "there is no [[condition]] and no cell of a [[grid]]; give at least one",
        ),
        (
            "keys = { neurons = [0, 4] }",
            "x.toml: condition 'neurons-0': neurons is 0; it must be 1 to 100 000",
        ),
    ] {
        let message = parsed(&format!("[[grid]]\n{grid}\n")).unwrap_err();
        assert!(message.contains(told), "{grid}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}

#[test]
fn the_readme_s_grid_is_five_networks_and_its_panel_has_their_key() {
    let readme = std::fs::read_to_string(crate::records::root().join("README.md")).expect("readable");
    let mut examples = readme.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let example = examples.find(|example| example.contains("[[grid]]")).expect("an example");
    let whole = study(&[("spread.toml", example)], Extent::Whole);
    let names: Vec<String> = [0, 5, 10, 20, 30].map(|d| format!("spread-{d}")).into();
    assert_eq!(names, self::names(&whole.files[0].experiment));
}
