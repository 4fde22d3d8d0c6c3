//! A branch is the training under one condition until image k and under another from there on, and says so.

use std::path::PathBuf;

use spiketime_data::Purpose;
use spiketime_data::source::embedded;
use spiketime_sim::Engine;
use spiketime_sim::Real;
use spiketime_train::branch::Trunk;
use spiketime_train::condition::{Condition, Inhibition, Precision};
use spiketime_train::context::{RunError, Silent};
use spiketime_train::present::{Presenter, initial_network};
use spiketime_train::run::{self, Run};
use spiketime_train::store::{Store, Stored};
use spiketime_train::weights::Weights;

use crate::resume::{Folder, conditions, one_image, run};

/// Where the trunk is cut: a checkpoint of [`run`].
const CUT: u64 = 4;

/// A finished run that left its checkpoints, and the one at the cut.
fn trunk(run: &Run) -> (Folder, Trunk) {
    let mut folder = Folder::new();
    folder.store = folder.store.clone().keeping_checkpoints(true);
    folder.finish(run, Engine::Dense);
    let trunk = Trunk::read(&checkpoint(&folder.store, run)).expect("a sound checkpoint");
    (folder, trunk)
}

fn checkpoint(store: &Store, run: &Run) -> PathBuf {
    store.path("checkpoints").join(format!("{}-{CUT}", run.id))
}

/// The branch of a checkpoint that goes on as this run, ready to start.
fn branch(trunk: &Trunk, under: &Run, folder: &Folder) -> Run {
    let run = trunk.run(&under.condition, &under.schedule).expect("the same network");
    trunk.plant(&run, &folder.store).expect("it can be written");
    run
}

#[test]
fn a_branch_into_its_own_condition_is_the_run_itself() {
    for run in conditions().into_iter().map(run) {
        let (whole, trunk) = trunk(&run);
        let expected = whole.finish(&run, Engine::Dense);
        for engine in [Engine::Dense, Engine::Reference] {
            let folder = Folder::new();
            let record = folder.finish(&branch(&trunk, &run, &folder), engine);
            assert_eq!(record.checkpoints, expected.checkpoints);
            assert_eq!(folder.weights(&record), whole.weights(&expected));
        }
    }
}

/// The same by hand: a presenter for each condition, the network handed over.
fn weights_by_hand<R: Real>(from: &Run, to: &Run) -> Vec<u8> {
    let set = |run: &Run| {
        embedded(run.condition.dataset.known().expect("a known set")).expect("the sample is sound")
    };
    let mut network = initial_network::<R>(&from.condition, from.seed);
    for (run, images) in [(from, 0..4), (to, 4..13)] {
        network.layer = run.condition.layer();
        let data = set(run);
        let mut presenter = Presenter::new(Engine::Reference, &run.condition, run.seed, network);
        for image in images {
            let pixels = data.train.presented(image);
            presenter.show(pixels, Purpose::TrainSpikes, image, run.condition.rest_ms);
        }
        network = presenter.network().clone();
    }
    Weights::of(&network).to_npy()
}

#[test]
fn a_branch_trains_until_image_k_as_before_and_from_there_on_as_told() {
    let from = run(Condition::default());
    let other = |condition: Condition| run(Condition { name: "other".into(), ..condition });
    let (_trunk_folder, trunk) = trunk(&from);
    let plain = Folder::new().finish(&from, Engine::Dense);
    for to in [
        other(Condition { inhibition: Inhibition::None, ..Condition::default() }),
        other(Condition { stdp_gain: 0.05, stdp_loss_nonlinearity: 3.0, ..Condition::default() }),
        other(Condition { adaptation_mv: 0.0, rate_max_hz: 80.0, rest_ms: 10.0, ..Condition::default() }),
    ] {
        let folder = Folder::new();
        let record = folder.finish(&branch(&trunk, &to, &folder), Engine::Dense);
        let last = folder.weights(&record).pop().expect("a map after 13 images");
        assert_eq!(last, weights_by_hand::<f32>(&from, &to));
        assert_ne!(record.maps[1].sha256, plain.maps[1].sha256, "the branch is not another condition");
    }
}

#[test]
fn a_branch_that_is_cut_after_every_image_gives_the_same_bytes() {
    let from = run(Condition { precision: Precision::F64, ..Condition::default() });
    let to =
        run(Condition { inhibition: Inhibition::Soft, precision: Precision::F64, ..Condition::default() });
    let (_trunk_folder, trunk) = trunk(&from);
    let whole = Folder::new();
    let expected = whole.finish(&branch(&trunk, &to, &whole), Engine::Dense);
    let folder = Folder::new();
    let mut cuts = 0;
    let record = loop {
        // Planting again must not throw a run that is under way back to the cut.
        match one_image(&folder, &branch(&trunk, &to, &folder), Engine::Dense).1 {
            Some(record) => break record,
            None => cuts += 1,
        }
        assert!(cuts <= 9, "a cut branch does not go on");
    };
    assert_eq!(cuts, 9);
    assert_eq!(record.comparable(), expected.comparable());
}

#[test]
fn a_branch_says_what_it_began_from_and_is_no_run_of_a_plan() {
    let (from, to) =
        (run(Condition::default()), run(Condition { inhibition: Inhibition::Soft, ..Condition::default() }));
    let (folder, trunk) = trunk(&from);
    let record = folder.finish(&branch(&trunk, &to, &folder), Engine::Dense);
    let origin = record.branched_from.clone().expect("it says so");
    assert_eq!((origin.run.as_str(), origin.images_seen), (from.id.as_str(), CUT));
    assert_ne!(record.id, to.id);
    assert!(matches!(folder.store.find(&to), Stored::Missing), "the plain run was never done");
    assert!(matches!(folder.store.find(&Run::of(&record)), Stored::Finished(_)));
    // The digest is of the state: whoever looked elsewhere on the way has cut the same network.
    let mut looked_more = from.clone();
    looked_more.schedule.checkpoints.insert(2);
    let again = self::trunk(&looked_more).1;
    assert_eq!(again.run(&to.condition, &to.schedule).expect("sound").id, record.id);
    let mut other_seed = from.clone();
    other_seed.seed = 2;
    other_seed.id = run::id(&other_seed.condition, 2, true, None);
    let other = self::trunk(&other_seed).1;
    assert_ne!(other.run(&to.condition, &to.schedule).expect("sound").id, record.id);
    let message = other.plant(&Run::of(&record), &folder.store).unwrap_err().to_string();
    assert!(message.contains("is not the checkpoint of this record"), "{message}");
}

#[test]
fn another_network_and_checkpoints_behind_the_cut_are_refused_with_what_to_do() {
    let from = run(Condition::default());
    let (_folder, trunk) = trunk(&from);
    let refusal = |run: Run| trunk.run(&run.condition, &run.schedule).unwrap_err().to_string();
    let with = |change: fn(&mut Condition)| {
        let mut changed = from.clone();
        change(&mut changed.condition);
        refusal(changed)
    };
    assert!(with(|c| c.neurons = 8).ends_with("a branch keeps its network: write neurons = 9"));
    assert!(with(|c| c.threshold_max_mv = 26.0).ends_with("write threshold_max_mv = 25"));
    assert!(with(|c| c.jump_max_mv = 2.0).ends_with("write jump_max_mv = 1"));
    assert!(with(|c| c.tau_membrane_ms = 10.0).ends_with("write tau_membrane_ms = 20"));
    assert!(with(|c| c.precision = Precision::F64).ends_with("write precision = 'f32'"));
    assert!(with(|c| c.validation_images = 100).ends_with("write validation_images = 0"), "it has trained");
    let mut behind = from.clone();
    behind.schedule.checkpoints = [1, 3].into();
    let message = refusal(behind);
    assert!(message.starts_with("there is no checkpoint at 4 images or later"), "{message}");
}

#[test]
fn a_branch_whose_checkpoint_is_gone_does_not_begin_at_the_first_image() {
    let from = run(Condition::default());
    let (_trunk_folder, trunk) = trunk(&from);
    let folder = Folder::new();
    let branch = branch(&trunk, &from, &folder);
    std::fs::remove_file(folder.snapshot(&branch)).expect("it was planted");
    let failed = folder.attempt(&branch, Engine::Dense, &Silent, &false.into());
    assert!(matches!(failed, Err(RunError::NoCheckpoint)), "{failed:?}");
}

#[test]
fn checkpoints_that_are_wanted_later_are_made_by_doing_the_run_again() {
    let run = run(Condition::default());
    let folder = Folder::new();
    folder.finish(&run, Engine::Dense);
    assert!(!checkpoint(&folder.store, &run).exists());
    let wanting = folder.store.clone().keeping_checkpoints(true);
    assert!(matches!(wanting.find(&run), Stored::Partial(_)));
    let (kept, _) = trunk(&run);
    assert!(matches!(kept.store.find(&run), Stored::Finished(_)));
}
