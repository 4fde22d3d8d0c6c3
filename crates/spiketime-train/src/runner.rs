//! Runs, in parallel: who may do them, what they need, and what becomes of them.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use spiketime_data::Dataset;

use crate::companies::{companies, weight};
use crate::company::{Company, Seat};
use crate::condition::{Condition, Precision, Score};
use crate::context::{Context, RunError, work};
use crate::readout::Readout;
use crate::record::Record;
use crate::run::Run;
use crate::snapshot;
use crate::store::{MAX_RECORD_BYTES, StoreError, Stored};
use crate::trainer::Trainer;

/// What a run costs, roughly: presentations, weighted by neurons and by how often they spike.
#[must_use]
pub fn cost(run: &Run) -> u64 {
    work(run) * weight(&run.condition)
}

/// Sets how many threads work, 0 = one a core; returns how many that is.
///
/// # Errors
/// When rayon's threads cannot be started.
pub fn threads(jobs: usize) -> Result<usize, rayon::ThreadPoolBuildError> {
    rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global()?;
    Ok(rayon::current_num_threads())
}

/// How long one waits before asking again for a run that another process does.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// Does the runs on rayon's threads, in the given order, keeping each when it is done. Runs that show the same input
/// spikes take turns on one thread's worth of work. What another process does is waited for at the end. Returns what
/// failed.
pub fn run_all(runs: &[Run], context: &Context) -> Vec<(String, RunError)> {
    let (failed, busy) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let broken = AtomicBool::new(false);
    let run_in = |run: &Run, seat: Option<&Seat>| match run_shared(run, context, seat, &broken) {
        Ok(true) => {}
        Ok(false) => locked(&busy).push(run.clone()),
        Err(error) => locked(&failed).push((run.name(), error)),
    };
    in_parallel(&companies(runs, rayon::current_num_threads()), |company| match company.as_slice() {
        [alone] => run_in(alone, None),
        runs => in_turns(runs, |run, seat| run_in(run, Some(seat))),
    });
    in_parallel(&busy.into_inner().unwrap_or_else(PoisonError::into_inner), |run| {
        while let shared @ (Ok(false) | Err(_)) = run_shared(run, context, None, &broken) {
            if let Err(error) = shared {
                return locked(&failed).push((run.name(), error));
            }
            thread::sleep(ASK_AGAIN);
        }
    });
    failed.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn in_parallel<T: Sync>(tasks: &[T], work: impl Fn(&T) + Sync) {
    rayon::scope_fifo(|scope| {
        for task in tasks {
            scope.spawn_fifo(|_| work(task));
        }
    });
}

/// Each on a thread of its own, of which one works at a time.
fn in_turns(runs: &[&Run], work: impl Fn(&Run, &Seat) + Sync) {
    let company = Company::new(runs.len());
    thread::scope(|scope| {
        for (number, run) in runs.iter().enumerate() {
            let (company, work) = (&company, &work);
            scope.spawn(move || work(run, &company.join(number)));
        }
    });
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does a run unless another process does it; then `false`.
///
/// Where one run finds that the folder cannot be written, no other is begun: it could not be kept.
fn run_shared(
    run: &Run,
    context: &Context,
    seat: Option<&Seat>,
    broken: &AtomicBool,
) -> Result<bool, RunError> {
    if broken.load(Ordering::Relaxed) {
        return Err(RunError::Stopped);
    }
    let shared = match claim_and_run(run, context, seat) {
        Err(RunError::Store(_)) if broken.swap(true, Ordering::Relaxed) => Err(RunError::Stopped),
        shared => shared,
    };
    if let Err(error) = &shared
        && !matches!(error, RunError::Stopped)
    {
        // Where the folder cannot be written that is told already.
        let _ = context.store.keep_failure(&run.id, &error.to_string());
    }
    shared
}

fn claim_and_run(run: &Run, context: &Context, seat: Option<&Seat>) -> Result<bool, RunError> {
    if context.stop.load(Ordering::Relaxed) {
        return Err(RunError::Stopped);
    }
    let Some(_claim) = context.store.claim(&run.id)? else { return Ok(false) };
    context.store.sweep(&run.id)?;
    // What is there counts as it is now that the run is ours: another process may just have written it.
    match context.store.find(run) {
        Stored::Finished(_) => context.progress.advanced(run, work(run)),
        Stored::Partial(record) => drop(run_at(&run.with_all_of(&record), context, seat)?),
        Stored::Missing | Stored::Damaged(_) => drop(run_at(run, context, seat)?),
        Stored::Unreadable(reason) => return Err(StoreError::Unreadable(reason).into()),
    }
    Ok(true)
}

/// Trains, labels and tests one run, and keeps its record.
///
/// # Errors
/// When it was stopped, the data set is too small, or the record cannot be written.
pub fn run_one(run: &Run, context: &Context) -> Result<Record, RunError> {
    run_at(run, context, None)
}

fn run_at(run: &Run, context: &Context, seat: Option<&Seat>) -> Result<Record, RunError> {
    if context.stop.load(Ordering::Relaxed) {
        return Err(RunError::Stopped);
    }
    let data = &context.data[run.condition.dataset.name()];
    check(run, data)?;
    let data = &run.condition.seen(data);
    context.progress.started(run, work(run));
    let record = match run.condition.precision {
        Precision::F32 => Trainer::<f32>::new(run, data, context, seat).and_then(Trainer::finish),
        Precision::F64 => Trainer::<f64>::new(run, data, context, seat).and_then(Trainer::finish),
    };
    context.progress.ended(run);
    let record = record?;
    context.store.keep(&record)?;
    context.store.forget_snapshot(&run.id)?;
    Ok(record)
}

/// Has the data set the images that the run needs, and will its result be one that can be read again?
///
/// # Errors
/// When it has not: which, and how many it has. When the run would be looked at too often.
pub fn check(run: &Run, data: &Dataset) -> Result<(), RunError> {
    let readings = run.schedule.readouts.iter().map(|&(_, labels, readout)| (labels, readout));
    let readings: BTreeSet<(u64, Readout)> = readings.collect();
    let looks = run.schedule.checkpoints.len() as u64;
    let most = most_looks(&run.condition, readings.len() as u64);
    if looks > most {
        return Err(RunError::TooManyLooks { looks, most });
    }
    if let Some(sha256) = run.condition.lacks() {
        return Err(RunError::NotAtHand { sha256: sha256.to_owned() });
    }
    let kept = run.condition.validation_images;
    if kept >= data.train.len() {
        let (dataset, available) = (data.name.clone(), data.train.len());
        return Err(RunError::NothingTrains { kept, dataset, available });
    }
    let training = data.train.len() - kept;
    let scoring = if run.condition.score == Score::Validation { kept } else { data.test.len() };
    let counts = [
        ("label_images", run.condition.label_images, training),
        ("test_images", run.condition.test_images, scoring),
    ];
    for (key, wanted, available) in counts {
        if wanted > available {
            return Err(RunError::TooMany { key, wanted, dataset: data.name.clone(), available });
        }
    }
    if let Some(&(wanted, _)) = readings.last().filter(|&&(labels, _)| labels > training as u64) {
        let (dataset, available) = (data.name.clone(), training);
        return Err(RunError::BeyondTraining { wanted, dataset, available });
    }
    let (wanted, epochs) = (run.schedule.presentations(), run.schedule.epochs);
    if wanted > epochs * training as u64 {
        let (dataset, available) = (data.name.clone(), training);
        return Err(RunError::BeyondEpochs { wanted, epochs, dataset, available });
    }
    Ok(())
}

/// How often a run can be looked at, so that its record and its snapshots stay within what is read.
///
/// In a record a point takes two matrices of counts and 40 other numbers, a matrix more for the labels
/// of a later network, and its readings; in a snapshot the winner of each test image and the label of each neuron as well.
fn most_looks(condition: &Condition, readings: u64) -> u64 {
    const NUMBERS_BYTES: u64 = 2_000;
    const READING_BYTES: u64 = 100;
    const COUNT_BYTES: u64 = 20;
    const WINNER_BYTES: u64 = 16;
    const LABEL_BYTES: u64 = 16;
    let (images, neurons) = (condition.test_images as u64, condition.neurons as u64);
    let classes = condition.dataset.classes() as u64;
    // Three matrices, each of 6 bytes a count and with at most one count an image beyond 32 classes; a histogram.
    let point = NUMBERS_BYTES + COUNT_BYTES * (classes * classes).min(3 * images.max(2_000)) + 8 * classes;
    let point = point + READING_BYTES * readings;
    let in_snapshot = point + WINNER_BYTES * images + LABEL_BYTES * neurons;
    // Half of a snapshot is left to its network.
    (MAX_RECORD_BYTES / point).min(snapshot::MAX_BYTES / 2 / in_snapshot)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confusion::Confusion;
    use crate::record::{Checkpoint, Images, Reading, Relabelled};
    use crate::run;
    use crate::schedule::Schedule;
    use spiketime_data::source::embedded;

    /// The longest that numbers get: a hundred counts of 99 999, fractions of 17 digits.
    #[test]
    fn no_point_of_a_record_takes_more_than_is_reckoned_with() {
        let (long, confusion) = (1.0 / 3.0 * 1e-7, Confusion::new(10));
        let reading = Reading { labels: 99_999_999, readout: Readout::SupervisedSoftmax, accuracy: long };
        let mut confusion = confusion;
        (0..100).for_each(|at| confusion[(at / 10, at % 10)] = 99_999);
        let point = Checkpoint {
            images_seen: 99_999_999,
            accuracy: long,
            accuracy_class_sum: long,
            accuracy_with_rest: Some(long),
            label_histogram: vec![99_999; 10],
            silent_neurons: 99_999,
            noisy_neurons: 99_999,
            finished_neurons: 99_999,
            saturated_neurons: 99_999,
            weight_correlation: -long,
            confusion: confusion.clone(),
            confusion_class_sum: confusion.clone(),
            training_spikes_in: long,
            training_spikes_out: long,
            training_ties: long,
            largest_weight: Some(long),
            test_spikes_in: long,
            test_spikes_out: long,
            test_ties: long,
            images: Some(Images {
                trained: [0, 99_999_999],
                label_range: [0, 99_999_999],
                labelled: 99_999_999,
                validated: Some([99_999_999; 2]),
                tested: Some([99_999_999; 2]),
            }),
            relabelled: vec![Relabelled { label_network: 99_999_999, accuracy: long, confusion }],
            readouts: vec![reading; 50],
        };
        let bytes = serde_json::to_string(&point).unwrap().len() as u64;
        let most = most_looks(&Condition { test_images: 1, neurons: 1, ..Condition::default() }, 50);
        assert!(most * bytes <= MAX_RECORD_BYTES, "{most} points of {bytes} bytes");
    }

    #[test]
    fn a_run_whose_result_could_not_be_read_again_is_not_begun() {
        let condition = Condition { test_images: 10, label_images: 10, ..Condition::default() };
        let data = embedded(condition.dataset.known().expect("a known set")).unwrap();
        let (most, id) = (most_looks(&condition, 0), run::id(&condition, 1, true, None));
        let run = |looks| {
            let schedule = Schedule { checkpoints: (1..=looks).collect(), epochs: 100, ..Default::default() };
            Run {
                id: id.clone(),
                condition: condition.clone(),
                seed: 1,
                is_sample: true,
                branched_from: None,
                also_called: Default::default(),
                schedule,
            }
        };
        assert!(check(&run(most), &data).is_ok());
        let refused = check(&run(most + 1), &data).unwrap_err().to_string();
        assert!(refused.starts_with(&format!("it would be looked at {} times", most + 1)), "{refused}");
    }
}
