//! One run from its first image to its record, and many of them in parallel.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use spiketime_data::random::STREAMS_VERSION;
use spiketime_data::{Dataset, DatasetName, Purpose};
use spiketime_sim::{Engine, Network, Real};

use crate::condition::{Inhibition, Precision};
use crate::measures::measure;
use crate::plan::Run;
use crate::present::{Presenter, Test, initial_network, label, test};
use crate::record::{Checkpoint, Provenance, Record, SCHEMA_VERSION};
use crate::score::{Labels, accuracy_percent};
use crate::snapshot::{Head, Point, Snapshot};
use crate::store::{Store, StoreError, Stored};

/// Is told how far a run is.
pub trait Progress: Sync {
    /// The run begins; `work` is its size in presentations.
    fn started(&self, run: &Run, work: u64);
    /// So many more presentations are done.
    fn advanced(&self, run: &Run, presentations: u64);
    /// A checkpoint was scored.
    fn scored(&self, run: &Run, images_seen: u64, accuracy: f64);
    /// Something about the run that a person may want to know.
    fn noted(&self, run: &Run, what: &str);
    /// The run has ended, one way or the other.
    fn ended(&self, run: &Run);
}

/// Nobody listens.
pub struct Silent;

impl Progress for Silent {
    fn started(&self, _run: &Run, _work: u64) {}
    fn advanced(&self, _run: &Run, _presentations: u64) {}
    fn scored(&self, _run: &Run, _images_seen: u64, _accuracy: f64) {}
    fn noted(&self, _run: &Run, _what: &str) {}
    fn ended(&self, _run: &Run) {}
}

/// When a run that trains is saved, so that it can be gone on with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SnapshotEvery {
    /// Not at all.
    Never,
    /// After so many images.
    Images(u64),
    /// After so many seconds of work.
    Seconds(f64),
}

/// What the runs work with.
pub struct Context<'a> {
    /// Which engine computes.
    pub engine: Engine,
    /// The data sets that are needed.
    pub data: &'a BTreeMap<DatasetName, Dataset>,
    /// Where results go.
    pub store: &'a Store,
    /// Who hears how far it is.
    pub progress: &'a dyn Progress,
    /// Set when the user wants to stop: what is finished stays.
    pub stop: &'a AtomicBool,
    /// When runs are saved.
    pub snapshot_every: SnapshotEvery,
}

/// Why a run has no record.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum RunError {
    #[error("stopped")]
    Stopped,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{key} is {wanted}, but {dataset} has {available} such images")]
    TooMany { key: &'static str, wanted: usize, dataset: DatasetName, available: usize },
    #[error(
        "checkpoint {wanted} lies beyond {epochs} epoch(s) of {dataset}'s {available} training images; \
         ask for more with `epochs` in the experiment file"
    )]
    BeyondEpochs { wanted: u64, epochs: u64, dataset: DatasetName, available: usize },
}

/// Presentations of a run, training and evaluation together: the measure of progress.
#[must_use]
pub fn work(run: &Run) -> u64 {
    let looks = run.schedule.checkpoints.iter().map(|&images_seen| evaluations(run, images_seen));
    run.schedule.presentations() + looks.sum::<u64>()
}

/// What a run costs, roughly: presentations, weighted by neurons and by how often they spike.
#[must_use]
pub fn cost(run: &Run) -> u64 {
    let spikes_out = match run.condition.inhibition {
        _ if run.condition.stdp_loss < 0.0 => 8,
        Inhibition::WinnerTakesAll => 1,
        Inhibition::Soft => 2,
        Inhibition::None => 4,
    };
    work(run) * (200 + run.condition.neurons as u64) * spikes_out
}

/// Sets how many threads work; 0 = one a core.
///
/// # Errors
/// When rayon's threads cannot be started.
pub fn threads(jobs: usize) -> Result<(), rayon::ThreadPoolBuildError> {
    rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global()
}

/// How long one waits before asking again for a run that another process does.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// Does the runs on rayon's threads, in the given order, keeping each when it is done. What another
/// process does is waited for at the end. Returns what failed.
pub fn run_all(runs: &[Run], context: &Context) -> Vec<(String, RunError)> {
    let (failed, busy) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let broken = AtomicBool::new(false);
    in_parallel(runs, |run| match run_shared(run, context, &broken) {
        Ok(true) => {}
        Ok(false) => locked(&busy).push(run.clone()),
        Err(error) => locked(&failed).push((run.name(), error)),
    });
    in_parallel(&busy.into_inner().unwrap_or_else(PoisonError::into_inner), |run| {
        while let shared @ (Ok(false) | Err(_)) = run_shared(run, context, &broken) {
            if let Err(error) = shared {
                return locked(&failed).push((run.name(), error));
            }
            thread::sleep(ASK_AGAIN);
        }
    });
    failed.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn in_parallel(runs: &[Run], work: impl Fn(&Run) + Sync) {
    rayon::scope_fifo(|scope| {
        for run in runs {
            scope.spawn_fifo(|_| work(run));
        }
    });
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does a run unless another process does it; then `false`.
///
/// Where one run finds that the folder cannot be written, no other is begun: it could not be kept.
fn run_shared(run: &Run, context: &Context, broken: &AtomicBool) -> Result<bool, RunError> {
    if broken.load(Ordering::Relaxed) {
        return Err(RunError::Stopped);
    }
    let shared = claim_and_run(run, context);
    match shared {
        Err(RunError::Store(_)) if broken.swap(true, Ordering::Relaxed) => Err(RunError::Stopped),
        shared => shared,
    }
}

fn claim_and_run(run: &Run, context: &Context) -> Result<bool, RunError> {
    if context.stop.load(Ordering::Relaxed) {
        return Err(RunError::Stopped);
    }
    let Some(_claim) = context.store.claim(&run.id)? else { return Ok(false) };
    match context.store.find(run) {
        Stored::Finished(_) => context.progress.advanced(run, work(run)), // By another process, just now.
        _ => drop(run_one(run, context)?),
    }
    Ok(true)
}

/// Trains, labels and tests one run, and keeps its record.
///
/// # Errors
/// When it was stopped, the data set is too small, or the record cannot be written.
pub fn run_one(run: &Run, context: &Context) -> Result<Record, RunError> {
    if context.stop.load(Ordering::Relaxed) {
        return Err(RunError::Stopped);
    }
    let data = &context.data[&run.condition.dataset.name()];
    check(run, data)?;
    context.progress.started(run, work(run));
    let record = match run.condition.precision {
        Precision::F32 => Trainer::<f32>::new(run, data, context).finish(),
        Precision::F64 => Trainer::<f64>::new(run, data, context).finish(),
    };
    context.progress.ended(run);
    let record = record?;
    context.store.keep(&record)?;
    context.store.forget_snapshot(&run.id)?;
    Ok(record)
}

/// Has the data set the images that the run needs?
///
/// # Errors
/// When it has not: which, and how many it has.
pub fn check(run: &Run, data: &Dataset) -> Result<(), RunError> {
    let counts = [
        ("label_images", run.condition.label_images, data.train.len()),
        ("test_images", run.condition.test_images, data.test.len()),
    ];
    for (key, wanted, available) in counts {
        if wanted > available {
            return Err(RunError::TooMany { key, wanted, dataset: data.name, available });
        }
    }
    let (wanted, epochs) = (run.schedule.presentations(), run.schedule.epochs);
    if wanted > epochs * data.train.len() as u64 {
        let (dataset, available) = (data.name, data.train.len());
        return Err(RunError::BeyondEpochs { wanted, epochs, dataset, available });
    }
    Ok(())
}

/// How often progress is told \[presentations\].
const STEP: u64 = 100;

struct Trainer<'a, R> {
    run: &'a Run,
    data: &'a Dataset,
    context: &'a Context<'a>,
    presenter: Presenter<R>,
    initial: Network<R>,
    lit: Vec<bool>,
    /// What is known so far; its totals and seconds are those of the last snapshot.
    head: Head,
    /// Since the last snapshot, or the beginning.
    since: Instant,
}

impl<'a, R: Real> Trainer<'a, R> {
    /// From the run's snapshot, or from its first image.
    fn new(run: &'a Run, data: &'a Dataset, context: &'a Context<'a>) -> Self {
        let initial = initial_network::<R>(&run.condition, run.seed);
        let snapshot = saved(run, context).unwrap_or_else(|| Snapshot {
            head: Head::new(&run.id, &run.condition, run.seed, run.is_sample),
            network: initial.clone(),
        });
        let mut presenter = Presenter::new(context.engine, &run.condition, run.seed, snapshot.network);
        presenter.totals = snapshot.head.totals;
        let lit = data.train.pixels_ever_lit();
        Trainer { run, data, context, presenter, initial, lit, head: snapshot.head, since: Instant::now() }
    }

    fn finish(mut self) -> Result<Record, RunError> {
        let scored = self.head.last_look();
        for &images_seen in self.run.schedule.checkpoints.iter().filter(|&&images| images > scored) {
            self.train_until(images_seen)?;
            self.look(images_seen)?;
        }
        Ok(self.record())
    }

    fn train_until(&mut self, images_seen: u64) -> Result<(), RunError> {
        let mut begin = Instant::now();
        for presentation in self.presenter.totals.images..images_seen {
            let index = presentation as usize;
            let rest_ms = self.run.condition.rest_ms;
            self.presenter.show(self.data.train.presented(index), Purpose::TrainSpikes, index, rest_ms);
            if (presentation + 1) % STEP == 0 {
                self.context.progress.advanced(self.run, STEP);
            }
            let stop = self.context.stop.load(Ordering::Relaxed);
            if stop || self.is_snapshot_due() {
                self.head.training_seconds += begin.elapsed().as_secs_f64();
                self.save()?;
                begin = Instant::now();
            }
            if stop {
                return Err(RunError::Stopped);
            }
        }
        self.head.training_seconds += begin.elapsed().as_secs_f64();
        Ok(())
    }

    fn is_snapshot_due(&self) -> bool {
        match self.context.snapshot_every {
            SnapshotEvery::Never => false,
            SnapshotEvery::Images(images) => self.presenter.totals.images.is_multiple_of(images),
            SnapshotEvery::Seconds(seconds) => self.since.elapsed().as_secs_f64() >= seconds,
        }
    }

    /// Saves the run as it is, between two images.
    fn save(&mut self) -> Result<(), RunError> {
        if self.context.snapshot_every == SnapshotEvery::Never {
            return Ok(());
        }
        self.head.seconds += self.since.elapsed().as_secs_f64();
        self.since = Instant::now();
        self.head.totals = self.presenter.totals;
        Ok(self.context.store.keep_snapshot(&self.head, self.presenter.network())?)
    }

    /// Labels, tests and keeps the network as it is; it is not changed by that.
    fn look(&mut self, images_seen: u64) -> Result<(), RunError> {
        let (condition, seed, engine) = (&self.run.condition, self.run.seed, self.context.engine);
        let network = self.presenter.network();
        let labels = label(engine, condition, seed, network, self.data);
        let test_after = |rest_ms| test(engine, condition, seed, network, &labels, self.data, rest_ms);
        let tested = test_after(condition.test_rest_ms);
        let with_rest = self.run.schedule.with_rest.contains(&images_seen);
        let with_rest =
            with_rest.then(|| accuracy_percent(&test_after(condition.rest_ms).confusion(&labels)));
        if self.run.schedule.maps.contains(&images_seen) {
            self.head.maps.push(self.context.store.keep_weights(&self.run.id, images_seen, network)?);
        }
        let checkpoint = self.checkpoint(images_seen, &labels, &tested, with_rest);
        self.context.progress.advanced(self.run, evaluations(self.run, images_seen));
        self.context.progress.scored(self.run, images_seen, checkpoint.accuracy);
        self.head.points.push(Point { checkpoint, labels, test: tested });
        Ok(())
    }

    fn checkpoint(
        &self,
        images_seen: u64,
        labels: &Labels,
        tested: &Test,
        with_rest: Option<f64>,
    ) -> Checkpoint {
        let trained = self.presenter.totals;
        let images = trained.images as f64;
        let confusion = tested.confusion(labels);
        let map = measure(self.presenter.network(), &self.initial, &self.lit);
        let tests = tested.totals.images as f64;
        Checkpoint {
            images_seen,
            accuracy: accuracy_percent(&confusion),
            accuracy_final_labels: None,
            accuracy_class_sum: accuracy_percent(&tested.class_sum),
            accuracy_with_rest: with_rest,
            label_histogram: labels.histogram(),
            silent_neurons: labels.silent(),
            noisy_neurons: map.noisy,
            finished_neurons: map.finished,
            saturated_neurons: map.saturated,
            weight_correlation: map.correlation,
            confusion,
            confusion_final_labels: None,
            confusion_class_sum: tested.class_sum,
            training_spikes_in: trained.spikes_in as f64 / images,
            training_spikes_out: trained.spikes_out as f64 / images,
            training_ties: trained.ties as f64 / images,
            test_spikes_in: tested.totals.spikes_in as f64 / tests,
            test_spikes_out: tested.totals.spikes_out as f64 / tests,
            test_ties: tested.totals.ties as f64 / tests,
        }
    }

    fn record(self) -> Record {
        let epoch = self.data.train.len() as u64;
        let points = self.head.points.iter();
        let last = points.clone().rfind(|point| point.checkpoint.images_seen <= epoch);
        let checkpoints = points.map(|point| {
            let final_labels =
                last.filter(|_| point.checkpoint.images_seen <= epoch).map(|last| &last.labels);
            let confusion_final_labels = final_labels.map(|labels| point.test.confusion(labels));
            let accuracy_final_labels = confusion_final_labels.as_ref().map(accuracy_percent);
            Checkpoint { accuracy_final_labels, confusion_final_labels, ..point.checkpoint.clone() }
        });
        Record {
            schema_version: SCHEMA_VERSION,
            id: self.run.id.clone(),
            condition: self.run.condition.clone(),
            seed: self.run.seed,
            streams: STREAMS_VERSION.to_owned(),
            is_sample: self.run.is_sample,
            epochs: self.run.schedule.epochs,
            checkpoints: checkpoints.collect(),
            maps: self.head.maps.clone(),
            provenance: Provenance {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                engine: format!("{:?}", self.context.engine).to_lowercase(),
                training_seconds: self.head.training_seconds,
                seconds: self.head.seconds + self.since.elapsed().as_secs_f64(),
                host: format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
            },
            sha256: None,
        }
        .sealed()
    }
}

/// Presentations that one look at a network takes.
fn evaluations(run: &Run, images_seen: u64) -> u64 {
    let tests = if run.schedule.with_rest.contains(&images_seen) { 2 } else { 1 };
    (run.condition.label_images + tests * run.condition.test_images) as u64
}

/// The run's snapshot, if there is a sound one that was looked at where this run wants to.
fn saved<R: Real>(run: &Run, context: &Context) -> Option<Snapshot<R>> {
    let snapshot = match context.store.snapshot::<R>(run) {
        Ok(snapshot) => snapshot?,
        Err(reason) => {
            context.progress.noted(run, &format!("its snapshot {reason}; begun anew"));
            return None;
        }
    };
    let images = snapshot.head.totals.images;
    let looked = snapshot.head.points.iter();
    let looks: u64 = looked.map(|point| evaluations(run, point.checkpoint.images_seen)).sum();
    context.progress.noted(run, &format!("goes on after {images} images"));
    context.progress.advanced(run, images / STEP * STEP + looks);
    Some(snapshot)
}
