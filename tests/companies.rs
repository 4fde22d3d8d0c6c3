//! Runs that show the same input spikes take turns: whatever they share, each leaves what it leaves alone.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use spiketime_sim::Engine;
use spiketime_train::condition::{Condition, Precision, Preset};
use spiketime_train::context::{Progress, RunError, Silent};
use spiketime_train::record::{Provenance, Record};
use spiketime_train::run::{self, Run};
use spiketime_train::runner::run_all;
use spiketime_train::store::Stored;

use crate::resume::{Folder, run};

/// Runs of one seed that differ in all that runs which share may differ in, and some that share with nobody.
fn runs() -> Vec<Run> {
    let base = Condition::default;
    let conditions = vec![
        base(),
        Condition { tau_membrane_ms: 12.0, ..base() },
        Condition { precision: Precision::F64, ..base() },
        Condition { stdp_loss: 0.002, ..base() },
        Condition { spikes_an_image: 1, rests_at_onset: true, ..base() },
        Condition { leak: false, adaptation_mv: 0.0, ..base() },
        Condition { rate_max_hz: 40.0, ..base() },
        Condition { annealing_images: 200, ..Preset::Frontier.condition() },
        Condition { annealing_images: 100, ..Preset::Frontier.condition() },
        base(),
    ];
    let mut runs: Vec<Run> = conditions.into_iter().map(run).collect();
    for (number, run) in runs.iter_mut().enumerate() {
        // Turns of 64 presentations end within training, labelling and testing, and not everywhere at once.
        // The last one is too large to gain from it.
        let neurons = if number == 9 { 900 } else { 9 };
        let condition = run.condition.clone();
        run.condition = Condition { neurons, label_images: 70, test_images: 140, ..condition };
        run.schedule.relabelled.clear();
        run.schedule.checkpoints = [[70, 150], [65, 200]][number % 2].into();
        run.schedule.maps = run.schedule.checkpoints.clone();
        run.schedule.with_rest = if number % 3 == 0 { run.schedule.maps.clone() } else { Default::default() };
        run.id = run::id(&run.condition, 1, true, None);
    }
    runs
}

/// All of them on one thread's worth of work.
fn together(folder: &Folder, runs: &[Run], progress: &dyn Progress, stop: &AtomicBool) -> Vec<RunError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let failed =
        folder.with_context(Engine::Dense, progress, stop, |context| pool.install(|| run_all(runs, context)));
    failed.into_iter().map(|(_, error)| error).collect()
}

/// Records but for when and how long.
fn without_provenance(record: Record, of: &Provenance) -> Record {
    Record { provenance: of.clone(), sha256: None, ..record }
}

fn assert_as_alone(folder: &Folder, runs: &[Run]) {
    for run in runs {
        let alone = Folder::new();
        let expected = alone.finish(run, Engine::Dense);
        let Stored::Finished(found) = folder.store.find(run) else { panic!("{} has no record", run.name()) };
        // Not `assert_eq`: nobody wants to read the bytes.
        assert!(folder.weights(&found) == alone.weights(&expected), "weights of {}", run.name());
        let found = without_provenance(*found, &expected.provenance);
        let provenance = expected.provenance.clone();
        assert_eq!(found, without_provenance(expected, &provenance), "{}", run.name());
    }
}

#[test]
fn runs_that_take_turns_leave_the_records_and_weights_of_runs_alone() {
    let (folder, runs) = (Folder::new(), runs());
    assert!(together(&folder, &runs, &Silent, &AtomicBool::new(false)).is_empty());
    assert_as_alone(&folder, &runs);
}

/// Sets `stop` when so many presentations are done, of all runs.
struct StopsAfter<'a>(AtomicU64, &'a AtomicBool);

impl Progress for StopsAfter<'_> {
    fn started(&self, _run: &Run, _work: u64) {}
    fn advanced(&self, _run: &Run, presentations: u64) {
        if self.0.fetch_sub(presentations, Ordering::Relaxed) <= presentations {
            self.1.store(true, Ordering::Relaxed);
        }
    }
    fn scored(&self, _run: &Run, _images_seen: u64, _accuracy: f64) {}
    fn noted(&self, _run: &Run, _what: &str) {}
    fn ended(&self, _run: &Run) {}
}

#[test]
fn runs_that_took_turns_and_were_stopped_go_on_from_where_each_was() {
    let (folder, runs) = (Folder::new(), runs());
    for presentations in [300, 900, 2_000] {
        let stop = AtomicBool::new(false);
        let failed = together(&folder, &runs, &StopsAfter(AtomicU64::new(presentations), &stop), &stop);
        assert!(!failed.is_empty() && failed.iter().all(|error| matches!(error, RunError::Stopped)));
    }
    assert!(together(&folder, &runs, &Silent, &AtomicBool::new(false)).is_empty());
    assert_as_alone(&folder, &runs);
}
