//! Every network of every experiment gives the same bytes on every instruction set, in debug and in release.
//!
//! `tests/expected/smallest.sha256` is the digest of all of them at their smallest. This test runs with debug
//! assertions; `.ci/run` holds what the release build of `spiketime verify`
//! says against the same file.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use spiketime_data::DatasetName;
use spiketime_data::source::embedded;
use spiketime_sim::{Engine, InstructionSet};
use spiketime_study::archive;
use spiketime_study::plan;
use spiketime_study::spec::{Experiment, Reduction};
use spiketime_train::context::{Context, Silent, SnapshotEvery};
use spiketime_train::record::{self, Record};
use spiketime_train::runner::run_all;
use spiketime_train::store::{Store, Stored};

use crate::records::{experiments, newest_record, root};

/// The records of all networks, by id, made by this engine.
fn smallest(engine: Engine) -> Vec<Record> {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    let data =
        BTreeMap::from(DatasetName::ALL.map(|name| (name.to_string(), embedded(name).expect("sound"))));
    let smallest: Vec<Experiment> = experiments().iter().map(|e| e.reduced(&Reduction::SMALLEST)).collect();
    let planned = plan::runs(&smallest, |_| true).expect("sound names");
    let runs: Vec<_> = planned.values().cloned().collect();
    let (stop, snapshot_every) = (AtomicBool::new(false), SnapshotEvery::Never);
    let context =
        Context { engine, data: &data, store: &store, progress: &Silent, stop: &stop, snapshot_every };
    assert!(run_all(&runs, &context).is_empty(), "a run failed");
    let record = |run| match store.find(run) {
        Stored::Finished(record) => *record,
        other => panic!("{other:?}"),
    };
    runs.iter().map(record).collect()
}

#[test]
fn every_instruction_set_gives_the_digest_that_release_builds_are_held_to() {
    let expected = std::fs::read_to_string(root().join("tests/expected/smallest.sha256")).expect("readable");
    for instructions in InstructionSet::ALL {
        let records = smallest(Engine::DenseOn(instructions));
        assert!(records.len() > 50 && records.iter().all(|r| r.checkpoints[0].training_spikes_in > 100.0));
        let digest = record::digest(&records);
        assert_eq!(digest, expected.trim(), "{instructions:?}; did experiments change? `just digest`");
    }
    println!("the widest that this CPU has: {:?}", InstructionSet::widest());
}

#[test]
fn the_kept_record_has_its_digest_and_a_changed_one_has_not() {
    let (runs, digest) = archive::verify(&newest_record()).expect("as it was recorded");
    let told = std::fs::read_to_string(root().join("docs/reliability.md")).expect("readable");
    assert!(runs > 200 && told.contains(&digest), "docs/reliability.md does not say {digest}");

    let folder = tempfile::tempdir().expect("a folder");
    let text = std::fs::read_to_string(newest_record().join("runs.jsonl")).expect("readable");
    // Runs of other seeds than the first need no map beside them.
    let run = text.lines().find(|line| line.contains("\"seed\":2")).expect("a second seed");
    let verified = |run: &str, digest: &str| {
        std::fs::write(folder.path().join("runs.jsonl"), run).expect("written");
        std::fs::write(folder.path().join("sha256"), digest).expect("written");
        archive::verify(folder.path()).map_err(|error| error.to_string())
    };
    let message = verified(run, &digest).unwrap_err();
    let of_one =
        message.split_once("have ").and_then(|(_, rest)| rest.split(';').next()).expect("it is told");
    assert_eq!(verified(run, of_one), Ok((1, of_one.to_owned())));
    // Each record seals itself: who changes one on purpose seals it anew.
    let sound = Record::read(run.as_bytes()).expect("a sound record");
    let mut changed = sound.clone();
    changed.checkpoints[0].accuracy += 1.0;
    let message = verified(&changed.sealed().to_json(), of_one).unwrap_err();
    assert!(message.contains("one of both was changed"), "{message}");
    let message = verified(&Record { seed: 3, ..sound }.sealed().to_json(), of_one).unwrap_err();
    assert!(message.contains("its id is not that of its condition and seed"), "{message}");
}
