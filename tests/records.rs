//! The experiments, the records they make, and the schema that describes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use spiketime_data::source::embedded;
use spiketime_sim::Engine;
use spiketime_study::archive::{self, Archive};
use spiketime_study::evidence::Evidence;
use spiketime_study::judge::judge;
use spiketime_study::plan;
use spiketime_study::spec::{Experiment, Reduction};
use spiketime_study::study::Study;
use spiketime_study::survey::survey;
use spiketime_study::{splice, tidy, verdict};
use spiketime_train::condition::Condition;
use spiketime_train::context::{Context, Silent, SnapshotEvery};
use spiketime_train::metrics::{Asked, known_metrics, read_out};
use spiketime_train::readout::Readout;
use spiketime_train::record::{Checkpoint, Reading, Record, schema_json};
use spiketime_train::run::Run;
use spiketime_train::runner::{run_all, run_one};
use spiketime_train::store::{Store, Stored};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lie below the root").to_owned()
}

pub(crate) fn experiments() -> Vec<Experiment> {
    Study::report().expect("a sound study").experiments()
}

/// One small run in a results folder of its own.
fn small(checkpoints: &'static [u64]) -> Run {
    let experiment = &experiments()[0];
    let reduction = Reduction { checkpoints, label_images: 10, test_images: 10 };
    let runs = plan::runs(&[experiment.reduced(&reduction)], |_| true).expect("sound names");
    let mut run = runs.into_values().find(|run| run.condition.name == "wta").expect("fig03 has it");
    run.schedule.maps = run.schedule.checkpoints.clone();
    run
}

fn done(run: &Run, store: &Store) -> Record {
    worked(run, store, |context| run_one(run, context).expect("a sound run"))
}

/// What work on a run gives that needs its data and a results folder.
fn worked<T>(run: &Run, store: &Store, work: impl FnOnce(&Context) -> T) -> T {
    let set = run.condition.dataset.known().expect("a known set");
    let data = BTreeMap::from([(set.to_string(), embedded(set).expect("the sample is sound"))]);
    let stop = AtomicBool::new(false);
    let context = Context {
        engine: Engine::Dense,
        data: &data,
        store,
        progress: &Silent,
        stop: &stop,
        snapshot_every: SnapshotEvery::Never,
    };
    work(&context)
}

#[test]
fn the_schema_in_the_tree_is_the_one_of_the_code() {
    let file = std::fs::read_to_string(root().join("schemas/run.schema.json")).unwrap();
    assert!(file == schema_json(), "write it anew: `just schema`");
}

#[test]
fn a_real_record_fits_the_schema_and_a_broken_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let record = done(&small(&[3]), &store);
    let schema: serde_json::Value = serde_json::from_str(&schema_json()).unwrap();
    let mut document: serde_json::Value = serde_json::from_str(&record.to_json()).unwrap();
    assert!(jsonschema::is_valid(&schema, &document));
    document["checkpoints"][0]["accuracy"] = "high".into();
    assert!(!jsonschema::is_valid(&schema, &document));
}

#[test]
fn a_finished_run_is_found_again_and_a_damaged_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let run = small(&[3]);
    assert!(matches!(store.find(&run), Stored::Missing));
    let record = done(&run, &store);
    assert!(matches!(store.find(&run), Stored::Finished(found) if *found == record));
    let map = store.path("weights").join(&record.maps[0].file);
    std::fs::write(&map, b"not weights").unwrap();
    assert!(matches!(store.find(&run), Stored::Damaged(reason) if reason.contains("another SHA-256")));
}

#[test]
fn a_run_that_lacks_a_checkpoint_is_done_again_and_loses_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let first = done(&small(&[3, 5]), &store);
    let wanted = small(&[4]);
    let planned = BTreeMap::from([(wanted.id.clone(), wanted)]);
    let waiting = survey(&planned, &store).waiting;
    let second = done(&waiting[0], &store);
    assert!(second.checkpoints.iter().map(|point| point.images_seen).eq([3, 4, 5]));
    // Looking at 4 images changed nothing of what was seen at 3 and 5.
    assert_eq!(second.checkpoints[0], first.checkpoints[0]);
    assert_eq!(second.checkpoints[2], first.checkpoints[1]);
    assert_eq!(second.maps[2], first.maps[1]);
}

/// Two processes that share a run: each planned it before the other one finished it.
#[test]
fn a_run_keeps_what_another_process_looked_at_since_it_was_planned() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let (mine, theirs) = (small(&[3, 5]), small(&[4]));
    done(&theirs, &store);
    let failed = worked(&mine, &store, |context| run_all(std::slice::from_ref(&mine), context));
    assert!(failed.is_empty());
    for run in [&mine, &theirs] {
        assert!(matches!(store.find(run), Stored::Finished(_)), "{:?} is gone", run.schedule.checkpoints);
    }
}

#[test]
fn what_a_killed_process_has_half_written_of_a_run_is_swept_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let write = |name: &str| {
        std::fs::create_dir_all(store.path(name).parent().unwrap()).unwrap();
        std::fs::write(store.path(name), "half").unwrap();
    };
    let swept = ["runs/.aa.json1", "weights/.aa-5.npy2", "snapshots/.aa3", "checkpoints/.aa-5.4"];
    let kept = ["runs/.bb.json1", "runs/aa.json", "weights/aa-5.npy", "snapshots/aa", "checkpoints/aa-5"];
    swept.iter().chain(&kept).for_each(|name| write(name));
    store.sweep("aa").unwrap();
    assert_eq!(swept.map(|name| store.path(name).exists()), [false; 4]);
    assert_eq!(kept.map(|name| store.path(name).exists()), [true; 5]);
}

#[test]
fn every_experiment_is_sound_and_every_figure_claim_and_question_has_one() {
    let experiments = experiments();
    plan::runs(&experiments, |_| false).unwrap();
    for figure in 3..=14 {
        assert!(experiments.iter().any(|e| e.name == format!("fig{figure:02}")), "figure {figure}");
    }
    let claims: Vec<String> =
        (1..=15).map(|c| format!("C{c}")).chain((1..=6).map(|q| format!("Q{q}"))).collect();
    for claim in claims {
        assert!(experiments.iter().any(|e| e.claim.iter().any(|c| c.id == claim)), "{claim}");
    }
}

#[test]
fn the_default_condition_is_the_reference_of_the_report() {
    // Report §3, and the author's public code.
    let condition = Condition::default();
    let numbers = [
        (condition.neurons as f64, 196.0),
        (condition.rate_max_hz, 50.0),
        (condition.image_ms, 250.0),
        (condition.rest_ms, 150.0),
        (condition.test_rest_ms, 0.0),
        (condition.tau_membrane_ms, 20.0),
        (condition.threshold_min_mv, 50.0),
        (condition.threshold_max_mv, 50.0),
        (condition.adaptation_mv, 10.0),
        (condition.tau_adaptation_ms, 40.0),
        (condition.jump_max_mv, 1.0),
        (condition.conductance_max_ns, 100.0),
        (condition.stdp_window_ms, 20.0),
        (condition.stdp_gain, 0.01),
        (condition.stdp_loss, 0.005),
        (condition.label_images as f64, 1_000.0),
        (condition.test_images as f64, 10_000.0),
    ];
    assert!(numbers.iter().all(|(ours, report)| ours == report), "{numbers:?}");
}

/// The newest record that is kept with the code.
pub(crate) fn newest_record() -> PathBuf {
    let entries = std::fs::read_dir(root().join("records")).expect("the folder is there");
    let folders = entries.map(|entry| entry.expect("readable").path());
    folders.max().expect("there is a record")
}

fn judged(folder: &Path, archive: &Archive) -> (String, String, String) {
    let experiments = archive::as_recorded(folder, experiments());
    let planned = plan::runs(&experiments, |_| false).expect("sound names");
    let evidence = Evidence::new(&experiments, &planned, &archive.runs);
    let claims = judge(&evidence);
    let readme = std::fs::read_to_string(root().join("README.md")).expect("readable");
    let spliced = splice::spliced(&readme, &claims).expect("the README has its marks");
    (verdict::json(&claims), tidy::table(&evidence), spliced)
}

#[test]
fn the_kept_verdicts_and_the_readme_follow_from_the_kept_runs() {
    let folder = newest_record();
    let file = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let (verdicts, table, readme) = judged(&folder, &archive::read(&folder).unwrap());
    assert!(file("verdicts.json") == verdicts, "`just renew` is due");
    assert!(file("records.jsonl") == table, "`just renew` is due");
    assert!(std::fs::read_to_string(root().join("README.md")).unwrap() == readme, "`just readme` is due");
}

#[test]
fn the_kept_record_is_complete_and_small() {
    let folder = newest_record();
    let archive = archive::read(&folder).unwrap();
    let planned = plan::runs(&experiments(), |_| false).unwrap();
    assert!(planned.keys().eq(archive.runs.keys()));
    let maps: u64 =
        std::fs::read_dir(folder.join("maps")).unwrap().map(|m| m.unwrap().metadata().unwrap().len()).sum();
    assert!(maps <= 3_000_000, "the maps have {maps} bytes");
}

#[test]
fn a_record_that_is_missing_cut_or_of_another_layout_says_so_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let told = || archive::read(folder.path()).expect_err("not a sound record").to_string();
    let says = |words: &[&str]| {
        let told = told();
        assert!(words.iter().all(|word| told.contains(word)), "{told}");
    };
    says(&["runs.jsonl", "No such file", "`spiketime record FOLDER`"]);
    assert_eq!(told().matches("No such file").count(), 1);

    let text = std::fs::read_to_string(newest_record().join("runs.jsonl")).unwrap();
    let first = text.lines().next().unwrap();
    let write = |text: &str| std::fs::write(folder.path().join("runs.jsonl"), text).unwrap();
    let first = &Record::read(first.as_bytes()).unwrap().sealed().to_json();
    write(&first.replacen("\"schema_version\":3", "\"schema_version\":99", 1));
    says(&["line 1", "schema version 99, expected 3", "`spiketime record FOLDER`"]);
    write(&first[..first.len() / 2]);
    says(&["line 1", "EOF", "`spiketime record FOLDER`"]);
    write(&first.replacen("\"neurons\":196", "\"neurons\":197", 1));
    says(&["line 1", "another SHA-256", "`spiketime record FOLDER`"]);
    let with_map = text.lines().find(|line| line.contains("\"file\":")).unwrap();
    write(with_map);
    says(&["maps", "No such file", "`spiketime record FOLDER`"]);
}

/// Of the committed record, a checkpoint that was tested with rests as well; read out in every way.
#[test]
fn the_known_metrics_are_those_that_a_real_record_has() {
    let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("../records/2026-11-24");
    let archived = archive::read(&records).unwrap();
    let mut points = archived.runs.values().flat_map(|record| &record.checkpoints);
    let point = points.find(|point| point.accuracy_with_rest.is_some()).unwrap();
    let readouts = Readout::ALL.map(|readout| Reading { labels: 300, readout, accuracy: 50.0 }).to_vec();
    let point = Checkpoint { readouts, ..point.clone() };
    let label_network = Some(point.images_seen);
    let asked = Asked { label_network, label_budget: Some(300), ..Asked::default() };
    let names = point.metrics(asked).into_iter().map(|(name, _)| name);
    let (budgets, names): (Vec<String>, Vec<String>) =
        names.partition(|name| read_out(name).is_some_and(|(_, labels)| labels.is_some()));
    assert_eq!(known_metrics(10), names);
    assert_eq!(budgets, Readout::ALL.map(|readout| format!("accuracy_{}_300", readout.name())));
}

#[test]
fn a_record_is_held_to_its_digest() {
    let folder = tempfile::tempdir().unwrap();
    let kept = newest_record();
    std::fs::create_dir(folder.path().join("maps")).unwrap();
    let maps = std::fs::read_dir(kept.join("maps")).unwrap();
    let maps = maps.map(|map| format!("maps/{}", map.unwrap().file_name().to_string_lossy()));
    for name in maps.chain(["runs.jsonl".to_owned(), "sha256".to_owned()]) {
        std::fs::copy(kept.join(&name), folder.path().join(&name)).unwrap();
    }
    let digest = std::fs::read_to_string(kept.join("sha256")).unwrap();
    let verified = archive::verify(folder.path()).expect("as it was recorded");
    assert_eq!(verified, (228, digest.trim().to_owned()));
    std::fs::write(folder.path().join("sha256"), digest.replace(&digest[..1], "z")).unwrap();
    let told = archive::verify(folder.path()).unwrap_err().to_string();
    assert!(told.contains("says otherwise"), "{told}");
    // A run less is another record.
    std::fs::write(folder.path().join("sha256"), digest).unwrap();
    let runs = std::fs::read_to_string(kept.join("runs.jsonl")).unwrap();
    std::fs::write(folder.path().join("runs.jsonl"), runs.split_once('\n').unwrap().1).unwrap();
    assert!(archive::verify(folder.path()).unwrap_err().to_string().contains("says otherwise"));
}
