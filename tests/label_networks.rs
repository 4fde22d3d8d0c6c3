//! Whose labels is a point scored with? Each experiment's own, whatever else its runs are looked at for.

use std::collections::BTreeMap;
use std::path::Path;

use spiketime_data::Purpose;
use spiketime_data::source::embedded;
use spiketime_sim::Engine;
use spiketime_study::evidence::Evidence;
use spiketime_study::plan;
use spiketime_study::spec::Experiment;
use spiketime_study::tidy;
use spiketime_train::context::Silent;
use spiketime_train::present::{Presenter, initial_network, label, test};
use spiketime_train::record::Record;
use spiketime_train::run::Run;
use spiketime_train::score::accuracy_percent;

use crate::records::root;
use crate::resume::Folder;

/// One network on the sample, looked at where `looks` says.
fn experiment(name: &str, looks: &str) -> Experiment {
    let text = format!(
        "figure = ''\ntitle = ''\nquestion = ''\nanalysis = ''\nseeds = 1\n{looks}\n[[condition]]\nname = 'small'\n\
         neurons = 20\nlabel_images = 100\ntest_images = 200\n"
    );
    Experiment::parse(&text, Path::new("x.toml"), name.into()).expect("a sound experiment")
}

fn only(planned: &BTreeMap<String, Run>) -> &Run {
    assert_eq!(planned.len(), 1, "one run serves all");
    planned.values().next().expect("one run")
}

/// Percent right after `images`, with the labels of the network after `labels_after` images: by hand.
fn by_hand(run: &Run, images: usize, labels_after: usize) -> f64 {
    let data = embedded(run.condition.dataset.known().expect("a known set")).expect("the sample is sound");
    let network = |until: usize| {
        let network = initial_network::<f32>(&run.condition, run.seed);
        let mut presenter = Presenter::new(Engine::Dense, &run.condition, run.seed, network);
        for image in 0..until {
            presenter.show(data.train.presented(image), Purpose::TrainSpikes, image, run.condition.rest_ms);
        }
        presenter.network().clone()
    };
    let (now, later) = (network(images), network(labels_after));
    let labels = label(Engine::Dense, &run.condition, run.seed, &later, &data);
    let rest_ms = run.condition.test_rest_ms;
    let tested = test(Engine::Dense, &run.condition, run.seed, &now, &labels, &data, rest_ms);
    accuracy_percent(&tested.confusion(&labels))
}

#[test]
fn one_run_scores_a_point_for_each_experiment_with_the_labels_of_its_own_network() {
    let experiments = [
        experiment("early", "checkpoints = [50, 200]"),
        experiment("late", "checkpoints = [50, 200, 400]"),
        experiment("named", "checkpoints = [50, 200, 400]\nlabel_network = 200"),
    ];
    let planned = plan::runs(&experiments, |_| true).expect("sound names");
    let run = only(&planned);
    let record = Folder::new().finish(run, Engine::Dense);
    let finished = BTreeMap::from([(record.id.clone(), record)]);
    let evidence = Evidence::new(&experiments, &planned, &finished);
    let at = |number: usize, images| {
        let asked = evidence.of_experiment(&experiments[number]);
        asked.at("small", images, "accuracy_final_labels").map(|values| values[&1])
    };
    let (with_200, with_400) = (by_hand(run, 50, 200), by_hand(run, 50, 400));
    assert_ne!(with_200, with_400, "the networks must disagree, or nothing is shown");
    assert_eq!([at(0, 50), at(1, 50), at(2, 50)], [Some(with_200), Some(with_400), Some(with_200)]);
    // At the network itself both ways of labelling are one; it says nothing of later points.
    let own = by_hand(run, 200, 200);
    assert_eq!([at(0, 200), at(1, 200), at(2, 200)], [Some(own), Some(by_hand(run, 200, 400)), Some(own)]);
    assert_eq!(at(2, 400), None);
    // Where nobody asks in particular, the first experiment does.
    assert_eq!(evidence.at("small", 50, "accuracy_final_labels").map(|values| values[&1]), Some(with_200));
    let rows = tidy::table(&evidence);
    let row = |name: &str, value: f64| {
        rows.contains(&format!(
            "{{\"experiment\":\"{name}\",\"condition\":\"small\",\"dataset\":\"mnist\",\"seed\":1,\"n\":20,\
             \"images_seen\":50,\"metric\":\"accuracy_final_labels\",\"value\":{value:?}}}"
        ))
    };
    assert!(row("early", with_200) && row("late", with_400) && row("named", with_200), "{rows}");
}

#[test]
fn what_else_a_run_is_looked_at_for_moves_no_value_of_an_experiment() {
    let early = [experiment("early", "checkpoints = [50, 200]")];
    let both = [early[0].clone(), experiment("late", "checkpoints = [50, 200, 400]")];
    let value = |experiments: &[Experiment]| {
        let planned = plan::runs(experiments, |_| true).expect("sound names");
        let record = Folder::new().finish(only(&planned), Engine::Dense);
        let finished = BTreeMap::from([(record.id.clone(), record)]);
        let evidence = Evidence::new(experiments, &planned, &finished);
        evidence.of_experiment(&experiments[0]).at("small", 50, "accuracy_final_labels")
    };
    assert_eq!(value(&early), value(&both));
}

/// Results of the layout before had one set of final labels: those of the last point of the first epoch.
#[test]
fn a_result_of_layout_2_is_read_and_every_number_finds_its_place() {
    let text = std::fs::read_to_string(root().join("fixtures/layout-2/wta-seed-1.json")).expect("kept");
    let old: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let record = Record::read(text.as_bytes()).expect("layout 2 is read");
    assert_eq!(
        (record.id.as_str(), record.schema_version, record.checkpoints.len()),
        ("01388bcfd6d04887", 3, 12)
    );
    for (point, old) in record.checkpoints.iter().zip(old["checkpoints"].as_array().expect("points")) {
        let (accuracy, matrix) = (&old["accuracy_final_labels"], &old["confusion_final_labels"]);
        assert_eq!(serde_json::json!(point.accuracy_by(60_000)), *accuracy);
        match &point.relabelled[..] {
            [by] => assert_eq!(serde_json::json!(by.confusion), *matrix),
            _ => {
                assert_eq!((point.images_seen, serde_json::json!(point.confusion)), (60_000, matrix.clone()))
            }
        }
    }
    assert!(record.is_intact() && Record::read(record.to_json().as_bytes()) == Ok(record));
}

#[test]
fn a_sealed_result_of_layout_2_is_held_to_its_digest() {
    let text = std::fs::read_to_string(root().join("fixtures/layout-2/sealed.json")).expect("kept");
    let record = Record::read(text.as_bytes()).expect("sealed by the program of its time");
    assert_eq!(record.checkpoints.len(), 2);
    for (sound, damaged) in [("\"seed\":1", "\"seed\":2"), ("\"sha256\":\"", "\"sha256\":\"0")] {
        assert!(text.matches(sound).count() >= 1, "{sound}");
        let damaged = text.replace(sound, damaged);
        assert_eq!(Record::read(damaged.as_bytes()), Err("another SHA-256 than it ends with".to_owned()));
    }
}

#[test]
fn nobody_hears_what_nobody_asked_for() {
    // A schedule without label networks gives a record without relabelled points.
    let planned = plan::runs(&[experiment("one", "checkpoints = [50]")], |_| true).expect("sound names");
    let folder = Folder::new();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let record = folder.attempt(only(&planned), Engine::Dense, &Silent, &stop).expect("a sound run");
    assert!(record.relabelled().next().is_none() && !record.to_json().contains("relabelled"));
}
