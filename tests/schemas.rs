//! Schemas and `docs/keys.md` are those of the types; real files fit them; bounds are what files are held to.

use serde_json::{Value, json};
use spiketime_net::Net;
use spiketime_study::keys;
use spiketime_study::spec::Experiment;

use crate::house::{root, sources, text};

fn toml(text: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Value>(text).expect("TOML"))
        .expect("a TOML value is a JSON value")
}

#[test]
fn schemas_and_keys_in_the_tree_are_those_of_the_code() {
    for (kind, schema) in [
        ("experiment", keys::experiment_schema()),
        ("study", keys::study_schema()),
        ("network", spiketime_net::schema()),
        ("device", spiketime_device::schema()),
    ] {
        let file = text(&root().join(format!("schemas/{kind}.schema.json")));
        assert!(file == format!("{schema:#}\n"), "{kind}: `just schema` is due");
    }
    let page = keys::page(&keys::files(spiketime_net::schema()));
    assert!(text(&root().join("docs/keys.md")) == page, "`just schema` is due");
}

#[test]
fn every_file_in_the_tree_fits_its_schema_and_an_unknown_key_does_not() {
    let (experiment, study) = (keys::experiment_schema(), keys::study_schema());
    let mut files = sources(&root().join("experiments"));
    // A record among them is of other files too.
    files.retain(|file| file.extension().is_some_and(|ending| ending == "toml"));
    assert!(files.len() > 18);
    for file in files {
        let is_study = file.file_name().is_some_and(|name| name == "study.toml");
        let schema = if is_study { &study } else { &experiment };
        let mut value = toml(&text(&file));
        assert!(jsonschema::is_valid(schema, &value), "{}", file.display());
        value["no_such_key"] = json!(1);
        assert!(!jsonschema::is_valid(schema, &value), "{}", file.display());
    }
    let networks = sources(&root().join("networks"));
    for file in networks.iter().filter(|file| file.extension().is_some_and(|ending| ending == "toml")) {
        assert!(jsonschema::is_valid(&spiketime_net::schema(), &toml(&text(file))), "{}", file.display());
    }
}

/// Is this value of a key of a condition taken?
fn is_taken(key: &str, value: f64) -> bool {
    // Keys that bound each other stand where they are in nobody's way.
    let others = match key {
        "threshold_max_mv" => "threshold_min_mv = 0\n",
        "threshold_min_mv" => "threshold_max_mv = 1e9\n",
        "tau_adaptation_ms" => "tau_membrane_ms = 1e-6\n",
        "tau_membrane_ms" => "tau_adaptation_ms = 1e9\n",
        "threshold_sd_mv" => "threshold_law = 'normal'\n",
        "initial_weight_min" => "initial_weight_max = 1\n",
        "initial_weight_max" => "initial_weight_min = 0\n",
        "initial_weight_sd" => {
            "initial_weight_law = 'normal'\ninitial_weight_min = 0.5\ninitial_weight_max = 0.5\n"
        }
        "lasting_mv" => "lasting_tau_ms = 1e9\n",
        "lasting_tau_ms" => "tau_membrane_ms = 1e-6\n",
        "homeostasis_gain" | "virgin_threshold" => "rests_at_onset = true\n",
        "test_image_ms" => "rate_max_hz = 0\n",
        "homeostasis_factor" => "annealing_images = 1\n",
        "stdp_trace_ms" | "stdp_sum_mv" | "stdp_offset_mv" | "stdp_decrement_mv" | "stdp_rate"
        | "stdp_rate_power" => "stdp_rule = 'counts'\n",
        "stdp_rate_factor" => "stdp_rule = 'counts'\nannealing_images = 1\n",
        "stdp_nonlinearity_sd" => "stdp_gain_nonlinearity = 1\n",
        "normalisation_mv" if value == 0.0 => "",
        "normalisation_mv" => "normalisation = 'at-spike'\n",
        "image_ms" => "rate_max_hz = 0\n",
        "rate_max_hz" => "image_ms = 1e-6\n",
        _ => "",
    };
    let whole = [
        "neurons",
        "label_images",
        "test_images",
        "validation_images",
        "spikes_an_image",
        "annealing_images",
        "weight_levels",
    ];
    let value = if whole.contains(&key) { format!("{value:.0}") } else { format!("{value:e}") };
    let text = format!("[[condition]]\nname = 'x'\n{others}{key} = {value}\n");
    Experiment::parse(&text, "x.toml".as_ref(), "x".into()).is_ok()
}

#[test]
fn the_bounds_of_a_condition_are_what_files_are_held_to() {
    let schema = keys::experiment_schema();
    let keys = schema["$defs"]["Condition"]["properties"].as_object().expect("keys");
    let mut bounded = 0;
    for (key, value) in keys {
        let is_whole = value["type"] == "integer";
        // The next number that is not the same in nine digits, or the next whole one.
        let beyond = |bound: f64, sign: f64| {
            if is_whole { bound + sign } else { bound + sign * (bound.abs() * 1e-6).max(1e-7) }
        };
        for (bound, sign) in [("minimum", -1.0), ("maximum", 1.0)] {
            let Some(bound) = value[bound].as_f64() else { continue };
            assert!(is_taken(key, bound), "{key} = {bound}");
            assert!(!is_taken(key, beyond(bound, sign)), "{key} beyond {bound}");
            bounded += 1;
        }
    }
    assert!(bounded > 35, "{bounded}");
}

#[test]
fn what_the_schema_of_a_network_calls_mandatory_is() {
    let whole = "[[neurons]]\nname = 'a'\ntau_membrane_ms = 20\nthreshold_mv = 10\n";
    let is_read = |text: &str| Net::parse(text, "x.toml".as_ref(), 1.0, 1e3).is_ok();
    let fits = |text: &str| jsonschema::is_valid(&spiketime_net::schema(), &toml(text));
    assert!(is_read(whole) && fits(whole));
    for line in ["name = 'a'\n", "tau_membrane_ms = 20\n", "threshold_mv = 10\n"] {
        let less = whole.replace(line, "");
        assert!(!is_read(&less) && !fits(&less), "{line}");
    }
}

/// A network in which each table has a key of each kind; `line` stands for its like, or is added to its table.
fn network_with(table: &str, key: &str, value: f64) -> String {
    let head = |name: &str| format!("[[{name}]]\n");
    let mut text = String::new();
    for (name, lines) in [
        ("inputs", "name = 'in'\nspikes_ms = [1]\n"),
        ("neurons", "name = 'a'\ntau_membrane_ms = 20\nthreshold_mv = 10\n"),
        ("connections", "from = 'in'\nto = 'a'\nweight_mv = 0.5\nlearning = 'rule'\n"),
        (
            "learning",
            "name = 'rule'\nrule = 'nearest'\nweight_max_mv = 1\ngain = 0.01\nloss = 0.005\ntau_gain_ms = 20\ntau_loss_ms = 20\n",
        ),
    ] {
        text += &head(name);
        let others = lines.lines().filter(|line| name != table || !line.starts_with(&format!("{key} =")));
        text.extend(others.map(|line| format!("{line}\n")));
        if name == table {
            let is_count = key == "count";
            text += &if is_count { format!("{key} = {value:.0}\n") } else { format!("{key} = {value:e}\n") };
            text += match key {
                "tau_adaptation_ms" => "adaptation_mv = 1\n",
                "tau_synapse_ms" => "synapses = 'exponential'\n",
                _ => "",
            };
        }
    }
    // Of a largest weight that is small, the weights are small.
    if key == "weight_max_mv" { text.replace("weight_mv = 0.5", "weight_mv = 0") } else { text }
}

#[test]
fn the_bounds_of_a_network_are_what_files_are_held_to() {
    let schema = spiketime_net::schema();
    let is_read = |text: &str| Net::parse(text, "x.toml".as_ref(), 1.0, 1e3).is_ok();
    let mut bounded = 0;
    for (table, name) in [
        ("inputs", "Inputs"),
        ("neurons", "Population"),
        ("connections", "Connections"),
        ("learning", "RuleTable"),
    ] {
        for (key, value) in schema["$defs"][name]["properties"].as_object().expect("keys") {
            for (bound, sign) in [("minimum", -1.0), ("maximum", 1.0)] {
                let Some(bound) = value[bound].as_f64() else { continue };
                let beyond = if key == "count" {
                    bound + sign
                } else {
                    bound + sign * (bound.abs() * 1e-6).max(1e-15)
                };
                let [at, over] = [bound, beyond].map(|value| network_with(table, key, value));
                assert!(
                    is_read(&at),
                    "{table}: {key} = {bound}: {:?}",
                    Net::parse(&at, "x.toml".as_ref(), 1.0, 1e3).err()
                );
                assert!(!is_read(&over), "{table}: {key} = {beyond} is beyond {bound}");
                bounded += 1;
            }
        }
    }
    assert!(bounded > 15, "{bounded}");
}
