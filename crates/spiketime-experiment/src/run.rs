//! One run from its first image to its record, and many of them in parallel.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use spiketime_data::random::STREAMS_VERSION;
use spiketime_data::{Dataset, DatasetName, Purpose};
use spiketime_sim::{Engine, Network, Real};

use crate::condition::{Inhibition, Precision};
use crate::measures::measure;
use crate::plan::Run;
use crate::present::{Presenter, Test, initial_network, label, test};
use crate::record::{Checkpoint, Provenance, Record, SCHEMA_VERSION, WeightMap};
use crate::score::{Labels, accuracy_percent};
use crate::store::{Store, StoreError};

/// Is told how far a run is.
pub trait Progress: Sync {
    /// The run begins; `work` is its size in presentations.
    fn started(&self, run: &Run, work: u64);
    /// So many more presentations are done.
    fn advanced(&self, run: &Run, presentations: u64);
    /// A checkpoint was scored.
    fn scored(&self, run: &Run, images_seen: u64, accuracy: f64);
    /// The run has ended, one way or the other.
    fn ended(&self, run: &Run);
}

/// Nobody listens.
pub struct Silent;

impl Progress for Silent {
    fn started(&self, _run: &Run, _work: u64) {}
    fn advanced(&self, _run: &Run, _presentations: u64) {}
    fn scored(&self, _run: &Run, _images_seen: u64, _accuracy: f64) {}
    fn ended(&self, _run: &Run) {}
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
    let schedule = &run.schedule;
    let (labels, tests) = (run.condition.label_images as u64, run.condition.test_images as u64);
    schedule.presentations()
        + schedule.checkpoints.len() as u64 * (labels + tests)
        + schedule.with_rest.len() as u64 * tests
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

/// Does the runs on rayon's threads, the costly ones first, keeping each when it is done.
/// Returns what failed.
pub fn run_all(runs: &[Run], context: &Context) -> Vec<(String, RunError)> {
    let failed = Mutex::new(Vec::new());
    rayon::scope_fifo(|scope| {
        for run in runs {
            scope.spawn_fifo(|_| {
                if let Err(error) = run_one(run, context) {
                    failed
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner)
                        .push((run.name(), error));
                }
            });
        }
    });
    failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
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
    Ok(record)
}

fn check(run: &Run, data: &Dataset) -> Result<(), RunError> {
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

/// How often progress is told and a wish to stop is heard \[presentations\].
const STEP: u64 = 100;

struct Trainer<'a, R> {
    run: &'a Run,
    data: &'a Dataset,
    context: &'a Context<'a>,
    presenter: Presenter<R>,
    initial: Network<R>,
    lit: Vec<bool>,
    points: Vec<(Checkpoint, Labels, Test)>,
    maps: Vec<WeightMap>,
    training: Duration,
}

impl<'a, R: Real> Trainer<'a, R> {
    fn new(run: &'a Run, data: &'a Dataset, context: &'a Context<'a>) -> Self {
        let network = initial_network::<R>(&run.condition, run.seed);
        let presenter = Presenter::new(context.engine, &run.condition, run.seed, network.clone());
        Trainer {
            run,
            data,
            context,
            presenter,
            initial: network,
            lit: data.train.pixels_ever_lit(),
            points: Vec::new(),
            maps: Vec::new(),
            training: Duration::ZERO,
        }
    }

    fn finish(mut self) -> Result<Record, RunError> {
        let begin = Instant::now();
        for &images_seen in &self.run.schedule.checkpoints {
            self.train_until(images_seen)?;
            self.look(images_seen)?;
        }
        Ok(self.record(begin.elapsed()))
    }

    fn train_until(&mut self, images_seen: u64) -> Result<(), RunError> {
        let begin = Instant::now();
        for presentation in self.presenter.totals.images..images_seen {
            let index = presentation as usize;
            let rest_ms = self.run.condition.rest_ms;
            self.presenter.show(self.data.train.presented(index), Purpose::TrainSpikes, index, rest_ms);
            if (presentation + 1) % STEP == 0 {
                self.context.progress.advanced(self.run, STEP);
                if self.context.stop.load(Ordering::Relaxed) {
                    return Err(RunError::Stopped);
                }
            }
        }
        self.training += begin.elapsed();
        Ok(())
    }

    /// Labels, tests and keeps the network as it is; it is not changed by that.
    fn look(&mut self, images_seen: u64) -> Result<(), RunError> {
        let (condition, seed, engine) = (&self.run.condition, self.run.seed, self.context.engine);
        let network = self.presenter.network();
        let labels = label(engine, condition, seed, network, self.data);
        let tested = test(engine, condition, seed, network, &labels, self.data, condition.test_rest_ms);
        let with_rest = self.run.schedule.with_rest.contains(&images_seen).then(|| {
            let rested = test(engine, condition, seed, network, &labels, self.data, condition.rest_ms);
            accuracy_percent(&rested.confusion(&labels))
        });
        if self.run.schedule.maps.contains(&images_seen) {
            self.maps.push(self.context.store.keep_weights(&self.run.id, images_seen, network)?);
        }
        let point = self.checkpoint(images_seen, &labels, &tested, with_rest);
        let tests = if point.accuracy_with_rest.is_some() { 2 } else { 1 } * condition.test_images;
        self.context.progress.advanced(self.run, (condition.label_images + tests) as u64);
        self.context.progress.scored(self.run, images_seen, point.accuracy);
        self.points.push((point, labels, tested));
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

    fn record(self, elapsed: Duration) -> Record {
        let epoch = self.data.train.len() as u64;
        let last_labels =
            self.points.iter().rfind(|(point, ..)| point.images_seen <= epoch).map(|(_, labels, _)| labels);
        let checkpoints = self.points.iter().map(|(point, _, tested)| {
            let final_labels = last_labels.filter(|_| point.images_seen <= epoch);
            let confusion_final_labels = final_labels.map(|labels| tested.confusion(labels));
            let accuracy_final_labels = confusion_final_labels.as_ref().map(accuracy_percent);
            Checkpoint { accuracy_final_labels, confusion_final_labels, ..point.clone() }
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
            maps: self.maps.clone(),
            provenance: Provenance {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                engine: format!("{:?}", self.context.engine).to_lowercase(),
                training_seconds: self.training.as_secs_f64(),
                seconds: elapsed.as_secs_f64(),
                host: format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
            },
        }
    }
}
