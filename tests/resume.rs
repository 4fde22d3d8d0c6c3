//! A run that was cut, wherever and however often, ends with the bytes of one that was not.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use spiketime_data::source::embedded;
use spiketime_data::{Dataset, DatasetName};
use spiketime_sim::Engine;
use spiketime_train::condition::{Condition, Inhibition, Precision, Preset, TieRule};
use spiketime_train::context::{Context, Progress, RunError, Silent, SnapshotEvery};
use spiketime_train::record::Record;
use spiketime_train::run::{self, Run};
use spiketime_train::runner::run_one;
use spiketime_train::schedule::Schedule;
use spiketime_train::store::Store;

/// 9 neurons that spike from the first image on, looked at three times, once with rests.
pub(crate) fn run(condition: Condition) -> Run {
    let condition = Condition {
        name: "cut".into(),
        neurons: 9,
        threshold_min_mv: 15.0,
        threshold_max_mv: 25.0,
        label_images: 5,
        test_images: 5,
        ..condition
    };
    let schedule = Schedule {
        checkpoints: [4, 9, 13].into(),
        maps: [4, 13].into(),
        with_rest: [9].into(),
        relabelled: [(4, 13), (9, 13)].into(),
        readouts: Default::default(),
        epochs: 1,
    };
    Run {
        id: run::id(&condition, 1, true, None),
        condition,
        seed: 1,
        is_sample: true,
        branched_from: None,
        also_called: Default::default(),
        schedule,
    }
}

pub(crate) fn conditions() -> Vec<Condition> {
    let base = Condition::default;
    vec![
        base(),
        Condition { inhibition: Inhibition::Soft, precision: Precision::F64, ..base() },
        Condition { inhibition: Inhibition::None, stdp_loss_nonlinearity: 5.0, ..base() },
        Condition { tie_rule: TieRule::HighestOnly, precision: Precision::F64, ..base() },
        // What other laws remember must be saved too; and as little as three images anneal.
        Condition { annealing_images: 10, ..Preset::Frontier.condition() },
        Condition { precision: Precision::F64, lasting_mv: 2.0, ..Preset::DiehlCook.condition() },
        // Devices are drawn again, and chance from cycle to cycle goes on where it was.
        Condition { cycle_sd: 0.5, stdp_gain_sd: 0.3, weight_max_sd: 0.2, stuck_any_share: 0.1, ..base() },
        Condition { weight_levels: 9, tau_membrane_sd_ms: 4.0, read_sd: 0.2, drift_time: 100.0, ..base() },
    ]
}

fn data() -> BTreeMap<String, Dataset> {
    BTreeMap::from([("mnist".to_owned(), embedded(DatasetName::Mnist).expect("the sample is sound"))])
}

/// A results folder that goes with it.
pub(crate) struct Folder {
    _folder: tempfile::TempDir,
    pub(crate) store: Store,
    data: BTreeMap<String, Dataset>,
}

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder::with(data())
    }

    pub(crate) fn with(data: BTreeMap<String, Dataset>) -> Folder {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        Folder { _folder: folder, store, data }
    }

    pub(crate) fn attempt(
        &self,
        run: &Run,
        engine: Engine,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Record, RunError> {
        self.with_context(engine, progress, stop, |context| run_one(run, context))
    }

    /// What work gives that needs its data and its results folder.
    pub(crate) fn with_context<T>(
        &self,
        engine: Engine,
        progress: &dyn Progress,
        stop: &AtomicBool,
        work: impl FnOnce(&Context) -> T,
    ) -> T {
        let snapshot_every = SnapshotEvery::Images(1_000);
        let (data, store) = (&self.data, &self.store);
        work(&Context { engine, data, store, progress, stop, snapshot_every })
    }

    pub(crate) fn finish(&self, run: &Run, engine: Engine) -> Record {
        self.attempt(run, engine, &Silent, &AtomicBool::new(false)).expect("a sound run")
    }

    pub(crate) fn snapshot(&self, run: &Run) -> PathBuf {
        self.store.path("snapshots").join(&run.id)
    }

    /// Every file but the record, whose provenance differs.
    pub(crate) fn weights(&self, record: &Record) -> Vec<Vec<u8>> {
        let files = record.maps.iter().map(|map| self.store.path("weights").join(&map.file));
        files.map(|file| fs::read(file).expect("the weights are there")).collect()
    }
}

/// Stops a run as soon as it has begun: it does one image more, saves and ends.
#[derive(Default)]
pub(crate) struct StopAtOnce {
    stop: AtomicBool,
    noted: Mutex<Vec<String>>,
}

impl Progress for StopAtOnce {
    fn started(&self, _run: &Run, _work: u64) {
        self.stop.store(true, Ordering::Relaxed);
    }
    fn advanced(&self, _run: &Run, _presentations: u64) {}
    fn scored(&self, _run: &Run, _images_seen: u64, _accuracy: f64) {}
    fn noted(&self, _run: &Run, what: &str) {
        self.noted.lock().expect("one thread").push(what.to_owned());
    }
    fn ended(&self, _run: &Run) {}
}

/// One more image of the run; what was noted, and the record if it is finished.
pub(crate) fn one_image(folder: &Folder, run: &Run, engine: Engine) -> (Vec<String>, Option<Record>) {
    let progress = StopAtOnce::default();
    let record = match folder.attempt(run, engine, &progress, &progress.stop) {
        Err(RunError::Stopped) => None,
        finished => Some(finished.expect("a sound run")),
    };
    (progress.noted.into_inner().expect("one thread"), record)
}

#[test]
fn a_run_cut_after_every_single_image_gives_the_same_bytes_in_both_engines() {
    for run in conditions().into_iter().map(run) {
        let whole = Folder::new();
        let expected = whole.finish(&run, Engine::Dense);
        assert!(expected.checkpoints[2].training_spikes_out > 0.5, "hardly a spike to compare");
        for engine in [Engine::Dense, Engine::Reference] {
            let folder = Folder::new();
            let mut cuts = 0;
            let record = loop {
                let (_, record) = one_image(&folder, &run, engine);
                match record {
                    Some(record) => break record,
                    None => cuts += 1,
                }
                assert!(cuts <= 13, "a cut run does not go on");
            };
            // The stop is heard after each of the 13 images; then nothing is left but the last look.
            assert_eq!(cuts, 13);
            assert_eq!(record.comparable(), expected.comparable());
            assert_eq!(folder.weights(&record), whole.weights(&expected));
            assert!(!folder.snapshot(&run).exists(), "a finished run needs no snapshot");
        }
    }
}

#[test]
fn a_damaged_snapshot_is_told_and_the_run_begins_anew() {
    let run = run(Condition::default());
    let folder = Folder::new();
    let expected = folder.finish(&run, Engine::Dense).comparable();
    let saved = || {
        for _ in 0..6 {
            assert!(one_image(&folder, &run, Engine::Dense).1.is_none());
        }
        fs::read(folder.snapshot(&run)).expect("it was saved")
    };
    let sound = saved();
    let flip = |at: usize| {
        let mut damaged = sound.clone();
        damaged[at] ^= 4;
        damaged
    };
    let cuts = [0, 10, sound.len() / 2, sound.len() - 1].map(|length| sound[..length].to_vec());
    let flips = [0, 20, 27, 400, sound.len() / 2, sound.len() - 1].map(flip);
    for damaged in cuts.into_iter().chain(flips) {
        fs::write(folder.snapshot(&run), damaged).expect("written");
        let (noted, _) = one_image(&folder, &run, Engine::Dense);
        assert!(matches!(&noted[..], [line] if line.ends_with("begun anew")), "{noted:?}");
        assert_eq!(folder.finish(&run, Engine::Dense).comparable(), expected);
    }
}

#[test]
fn a_snapshot_serves_only_a_run_that_wants_to_look_where_it_has_looked() {
    let first = run(Condition::default());
    let mut wants_more = first.clone();
    wants_more.schedule.checkpoints.insert(2);
    let mut wants_more_later = first.clone();
    wants_more_later.schedule.checkpoints.insert(11);
    // It was looked at after 4 images, and cut after 6.
    let mut wants_what_was_passed = first.clone();
    wants_what_was_passed.schedule.checkpoints.insert(5);
    let mut wants_rests = first.clone();
    wants_rests.schedule.with_rest.insert(4);
    let mut wants_rests_later = first.clone();
    wants_rests_later.schedule.with_rest.insert(13);
    for (run, goes_on) in [
        (first.clone(), true),
        (wants_more, false),
        (wants_more_later, true),
        (wants_what_was_passed, false),
        (wants_rests, false),
        (wants_rests_later, true),
    ] {
        let folder = Folder::new();
        for _ in 0..6 {
            assert!(one_image(&folder, &first, Engine::Dense).1.is_none());
        }
        let (noted, _) = one_image(&folder, &run, Engine::Dense);
        assert_eq!(noted.iter().any(|line| line == "goes on after 6 images"), goes_on, "{noted:?}");
        let whole = Folder::new().finish(&run, Engine::Dense);
        assert_eq!(folder.finish(&run, Engine::Dense).comparable(), whole.comparable());
    }
}

#[test]
fn a_snapshot_of_another_run_under_this_name_is_not_used() {
    let (wta, none) =
        (run(Condition::default()), run(Condition { inhibition: Inhibition::None, ..Condition::default() }));
    let folder = Folder::new();
    one_image(&folder, &none, Engine::Dense);
    fs::rename(folder.snapshot(&none), folder.snapshot(&wta)).expect("renamed");
    let (noted, _) = one_image(&folder, &wta, Engine::Dense);
    assert_eq!(noted, ["its snapshot is of another run; begun anew"]);
}
