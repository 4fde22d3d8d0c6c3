//! One run from its first image, or its snapshot, to its record: train, look, save.

use std::cell::Cell;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use spiketime_data::halt;
use spiketime_data::random::STREAMS_VERSION;
use spiketime_data::{Dataset, Sequence};
use spiketime_sim::{Engine, InstructionSet, Network, Real};

use crate::company::{Seat, Stage};
use crate::condition::{Score, StdpRule};
use crate::context::{Context, RunError, SnapshotEvery, evaluations, most_label_images};
use crate::measures::measure;
use crate::present::{Presenter, Taught, Test, initial_network, read, teach};
use crate::readout::Reader;
use crate::record::{Checkpoint, Images, Provenance, Reading, Record, Relabelled, SCHEMA_VERSION};
use crate::run::Run;
use crate::score::{Labels, accuracy_percent};
use crate::snapshot::{Head, Point, Snapshot};

/// How often progress is told \[presentations\].
const STEP: u64 = 100;

/// A run under way.
pub(crate) struct Trainer<'a, R> {
    run: &'a Run,
    data: &'a Dataset,
    context: &'a Context<'a>,
    presenter: Presenter<R>,
    initial: Network<R>,
    lit: Vec<bool>,
    sequence: Sequence,
    /// What is known so far; its totals and seconds are those of the last snapshot.
    head: Head,
    /// Since the last snapshot, or the beginning.
    since: Begun,
    /// Where it takes turns with others.
    seat: Option<&'a Seat<'a>>,
    /// How long it has waited for its turns.
    waited: Cell<Duration>,
}

/// When something began, and how long the run had waited by then.
type Begun = (Instant, Duration);

impl<'a, R: Real> Trainer<'a, R> {
    /// From the run's snapshot, or from its first image; a branch has none.
    pub(crate) fn new(
        run: &'a Run,
        data: &'a Dataset,
        context: &'a Context<'a>,
        seat: Option<&'a Seat<'a>>,
    ) -> Result<Self, RunError> {
        let initial = initial_network::<R>(&run.condition, run.seed);
        let snapshot = match saved(run, context) {
            Some(snapshot) => snapshot,
            None if run.branched_from.is_some() => return Err(RunError::NoCheckpoint),
            None => Snapshot { head: Head::new(run), network: initial.clone() },
        };
        let presenter = Presenter::new(context.engine, &run.condition, run.seed, snapshot.network);
        let mut presenter = shared(presenter, seat);
        presenter.totals = snapshot.head.totals;
        let lit = data.train.inputs_ever_lit(data.inputs);
        let (head, waited) = (snapshot.head, Cell::new(Duration::ZERO));
        let since = (Instant::now(), waited.get());
        let sequence = run.condition.sequence(run.seed, data.train.len());
        Ok(Trainer { run, data, context, presenter, initial, lit, sequence, head, since, seat, waited })
    }

    /// Trains, looks at every checkpoint, and tells what came out.
    pub(crate) fn finish(mut self) -> Result<Record, RunError> {
        let scored = self.head.last_look();
        for &images_seen in self.run.schedule.checkpoints.iter().filter(|&&images| images > scored) {
            self.train_until(images_seen)?;
            self.look(images_seen)?;
        }
        Ok(self.record())
    }

    fn train_until(&mut self, images_seen: u64) -> Result<(), RunError> {
        let mut begin = self.begun();
        for presentation in self.presenter.totals.images..images_seen {
            let index = presentation as usize;
            // The streams of an image are addressed by its number: it must be that of what was shown.
            debug_assert_eq!(self.presenter.totals.images, presentation);
            let image = self.sequence.image(index);
            self.presenter.train(self.data.train.presented(image), index);
            halt::pass("image");
            if (presentation + 1) % STEP == 0 {
                self.context.progress.advanced(self.run, STEP);
            }
            let stop = self.context.stop.load(Ordering::Relaxed);
            if stop || self.is_snapshot_due() {
                self.head.training_seconds += self.worked_since(begin);
                self.save()?;
                begin = self.begun();
            }
            if stop {
                return Err(RunError::Stopped);
            }
            self.give_way(Stage::Train, self.presenter.totals.images);
        }
        self.head.training_seconds += self.worked_since(begin);
        Ok(())
    }

    /// Others may be further behind, who show the same input spikes.
    fn give_way(&self, stage: Stage, shown: u64) {
        let waited = self.seat.map(|seat| seat.give_way(self.presenter.totals.images, stage, shown));
        self.waited.set(self.waited.get() + waited.unwrap_or_default());
    }

    fn begun(&self) -> Begun {
        (Instant::now(), self.waited.get())
    }

    /// Seconds without those in which others had their turns.
    fn worked_since(&self, (begin, waited): Begun) -> f64 {
        begin.elapsed().saturating_sub(self.waited.get() - waited).as_secs_f64()
    }

    fn is_snapshot_due(&self) -> bool {
        match self.context.snapshot_every {
            SnapshotEvery::Never => false,
            SnapshotEvery::Images(images) => self.presenter.totals.images.is_multiple_of(images),
            SnapshotEvery::Seconds(seconds) => self.since.0.elapsed().as_secs_f64() >= seconds,
        }
    }

    /// Saves the run as it is, between two images.
    fn save(&mut self) -> Result<(), RunError> {
        if self.context.snapshot_every == SnapshotEvery::Never {
            return Ok(());
        }
        self.head.seconds += self.worked_since(self.since);
        self.since = self.begun();
        self.head.totals = self.presenter.totals;
        Ok(self.context.store.keep_snapshot(&self.head, self.presenter.network())?)
    }

    /// Labels, tests and keeps the network as it is; it is not changed by that.
    fn look(&mut self, images_seen: u64) -> Result<(), RunError> {
        let (condition, network) = (&self.run.condition, self.presenter.network());
        let asked = self.run.schedule.readouts_at(images_seen);
        let seen = |shown| self.give_way(Stage::Label, shown);
        let Taught { labels, readers } = teach(self.still(), condition, self.data, &asked, &seen);
        halt::pass("look");
        let (tested, right) = self.read(&labels, &readers, Stage::Test);
        let with_rest = self.run.schedule.with_rest.contains(&images_seen).then(|| {
            let (tested, _) = self.read(&labels, &[], Stage::TestWithRest);
            accuracy_percent(&tested.confusion(&labels))
        });
        if self.run.schedule.maps.contains(&images_seen) {
            self.head.maps.push(self.context.store.keep_weights(self.run, images_seen, network)?);
        }
        let percent = |right| 100.0 * right as f64 / tested.totals.images as f64;
        let readings = asked.iter().zip(right);
        let readings =
            readings.map(|(&(labels, readout), right)| Reading { labels, readout, accuracy: percent(right) });
        let checkpoint = Checkpoint {
            readouts: readings.collect(),
            ..self.checkpoint(images_seen, &labels, &tested, with_rest)
        };
        self.context.progress.advanced(self.run, evaluations(self.run, images_seen));
        self.context.progress.scored(self.run, images_seen, checkpoint.accuracy);
        self.head.points.push(Point { checkpoint, labels, test: tested });
        self.head.totals = self.presenter.totals;
        if let Some(path) = self.context.store.keep_checkpoint(&self.head, network)? {
            self.context.progress.noted(self.run, &format!("checkpoint {}", path.display()));
        }
        Ok(())
    }

    /// The network as it is now, for labelling and testing.
    fn still(&self) -> Presenter<R> {
        let (condition, seed) = (&self.run.condition, self.run.seed);
        let still = Presenter::testing(self.context.engine, condition, seed, self.presenter.network());
        shared(still, self.seat)
    }

    fn read(&self, labels: &Labels, readers: &[Reader], stage: Stage) -> (Test, Vec<u64>) {
        let condition = &self.run.condition;
        let rest_ms = if stage == Stage::TestWithRest { condition.rest_ms } else { condition.test_rest_ms };
        let seen = |shown| self.give_way(stage, shown);
        read(self.still(), condition, labels, readers, self.data, rest_ms, &seen)
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
            accuracy_class_sum: accuracy_percent(&tested.class_sum),
            accuracy_with_rest: with_rest,
            label_histogram: labels.histogram(self.data.classes),
            silent_neurons: labels.silent(),
            noisy_neurons: map.noisy,
            finished_neurons: map.finished,
            saturated_neurons: map.saturated,
            weight_correlation: map.correlation,
            confusion,
            confusion_class_sum: tested.class_sum.clone(),
            training_spikes_in: trained.spikes_in as f64 / images,
            training_spikes_out: trained.spikes_out as f64 / images,
            training_ties: trained.ties as f64 / images,
            test_spikes_in: tested.totals.spikes_in as f64 / tests,
            test_spikes_out: tested.totals.spikes_out as f64 / tests,
            test_ties: tested.totals.ties as f64 / tests,
            largest_weight: self.largest_weight(),
            images: self.images(images_seen),
            relabelled: Vec::new(),
            readouts: Vec::new(),
        }
    }

    /// Told where it matters: where a rule of counts has an end of its own, below g_max.
    fn largest_weight(&self) -> Option<f64> {
        let condition = &self.run.condition;
        let largest_mv = self.presenter.network().largest_weight_mv().to_f64();
        (condition.stdp_rule == StdpRule::Counts).then(|| largest_mv / condition.jump_max_mv)
    }

    /// Which images did what; nothing where all training images train and the test set scores.
    fn images(&self, images_seen: u64) -> Option<Images> {
        let condition = &self.run.condition;
        if condition.validation_images == 0 {
            return None;
        }
        let (training, scored) = (self.data.train.len() as u64, condition.test_images as u64);
        let is_validated = condition.score == Score::Validation;
        Some(Images {
            trained: [0, images_seen.min(training)],
            label_range: [0, training],
            labelled: most_label_images(self.run, images_seen),
            validated: is_validated.then_some([training, training + scored]),
            tested: (!is_validated).then_some([0, scored]),
        })
    }

    /// The test of a point, scored with the labels of each later network that is asked for.
    fn relabelled(&self, point: &Point) -> Vec<Relabelled> {
        let images_seen = point.checkpoint.images_seen;
        let asked = self.run.schedule.relabelled.range((images_seen, 0)..=(images_seen, u64::MAX));
        let by = |&(_, label_network): &(u64, u64)| {
            let labels = &self.head.point(label_network).expect("a label network is a checkpoint").labels;
            let confusion = point.test.confusion(labels);
            Relabelled { label_network, accuracy: accuracy_percent(&confusion), confusion }
        };
        asked.map(by).collect()
    }

    fn record(self) -> Record {
        let checkpoints = self
            .head
            .points
            .iter()
            .map(|point| Checkpoint { relabelled: self.relabelled(point), ..point.checkpoint.clone() });
        Record {
            schema_version: SCHEMA_VERSION,
            id: self.run.id.clone(),
            condition: self.run.condition.clone(),
            seed: self.run.seed,
            streams: STREAMS_VERSION.to_owned(),
            is_sample: self.run.is_sample,
            branched_from: self.run.branched_from.clone(),
            epochs: self.run.schedule.epochs,
            checkpoints: checkpoints.collect(),
            maps: self.head.maps.clone(),
            provenance: Provenance {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                engine: name(self.context.engine),
                training_seconds: self.head.training_seconds,
                seconds: self.head.seconds + self.worked_since(self.since),
                host: format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
            },
            sha256: None,
        }
        .sealed()
    }
}

/// Where it takes turns with others it shows the input spikes of all.
fn shared<R: Real>(presenter: Presenter<R>, seat: Option<&Seat>) -> Presenter<R> {
    match seat {
        Some(seat) => presenter.sharing(seat.drawn()),
        None => presenter,
    }
}

/// The run's snapshot, if there is a sound one that was looked at where this run wants to.
fn saved<R: Real>(run: &Run, context: &Context) -> Option<Snapshot<R>> {
    let snapshot = match context.store.snapshot::<R>(run) {
        Ok(snapshot) => snapshot?,
        Err(reason) => {
            let anew = if run.branched_from.is_none() { "; begun anew" } else { "" };
            context.progress.noted(run, &format!("its snapshot {reason}{anew}"));
            return None;
        }
    };
    let images = snapshot.head.totals.images;
    let looked = snapshot.head.points.iter();
    let looks: u64 = looked.map(|point| evaluations(run, point.checkpoint.images_seen)).sum();
    context.progress.noted(run, &format!("goes on after {images} images"));
    let steps = images / STEP - run.begins_at() / STEP;
    context.progress.advanced(run, steps * STEP + looks);
    Some(snapshot)
}

fn name(engine: Engine) -> String {
    match engine {
        Engine::Reference => "reference".to_owned(),
        Engine::Dense => name(Engine::DenseOn(InstructionSet::widest())),
        Engine::DenseOn(instructions) => format!("dense on {instructions:?}").to_lowercase(),
    }
}
