//! Passes of images through a network: training, labelling, testing.
//!
//! Each image is shown for `image_ms`, then rests; membrane and threshold carry over. Labelling
//! and testing run on a copy at rest that neither learns nor adapts, so they never change the
//! network that trains. Report §3.1 to §3.3.
//!
//! Read-outs learn and read in these same passes: the label images go on beyond those that find the labels, up to the
//! largest budget, and each test image is read by all.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use spiketime_data::{Class, Dataset, Encoder, Purpose, Stimulus};
use spiketime_sim::{Counter, Engine, Network, Real, present, present_decayed};

use crate::condition::{Condition, Score};
use crate::confusion::Confusion;
use crate::drawn::{Address, Drawn, Presentation};
use crate::readout::lesson::Lesson;
use crate::readout::{Reader, Readout};
use crate::score::{ClassSpikes, Labels, most_active};

/// The network of a condition and seed, before its first image.
#[must_use]
pub fn initial_network<R: Real>(condition: &Condition, seed: u64) -> Network<R> {
    let own = condition.own(seed);
    let weights_mv = condition.held(condition.initial_weights(seed), &own);
    Network::with_own(condition.layer(), weights_mv, condition.thresholds(seed), own)
}

/// Spikes in and out, and ties, of a pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// Images shown.
    pub images: u64,
    /// Input spikes.
    pub spikes_in: u64,
    /// Output spikes.
    pub spikes_out: u64,
    /// Instants at which more than one neuron stood above threshold.
    pub ties: u64,
}

/// Shows images to a network, one after the other.
pub struct Presenter<R> {
    engine: Engine,
    condition: Condition,
    encoder: Encoder,
    seed: u64,
    network: Network<R>,
    drawn: Arc<Mutex<Drawn>>,
    counter: Counter,
    /// What went through so far.
    pub totals: Totals,
}

impl<R: Real> Presenter<R> {
    /// For a network that trains.
    #[must_use]
    pub fn new(engine: Engine, condition: &Condition, seed: u64, network: Network<R>) -> Presenter<R> {
        let (counter, totals) = (Counter::new(network.neurons()), Totals::default());
        let (condition, encoder) = (condition.clone(), condition.input());
        let drawn = Arc::new(Mutex::new(Drawn::alone()));
        Presenter { engine, condition, encoder, seed, network, drawn, counter, totals }
    }

    /// Takes its input spikes from what others draw too, who show the same images of the same seed.
    #[must_use]
    pub fn sharing(self, drawn: &Arc<Mutex<Drawn>>) -> Presenter<R> {
        Presenter { drawn: Arc::clone(drawn), ..self }
    }

    /// For a copy of a network that is labelled or tested: at rest, it neither learns nor adapts.
    #[must_use]
    pub fn testing(engine: Engine, condition: &Condition, seed: u64, network: &Network<R>) -> Presenter<R> {
        let still = condition.still(seed, network);
        Presenter { encoder: condition.test_input(), ..Presenter::new(engine, condition, seed, still) }
    }

    /// Shows a training image, then rests: what its end does to a network is done.
    pub fn train(&mut self, image: Stimulus, index: usize) {
        self.network.progress = self.condition.progress(self.totals.images);
        self.expose(image, Purpose::TrainSpikes, index);
        self.network.end_image();
        self.rest(self.condition.rest_ms);
    }

    /// Shows one image, then rests; returns the output spikes of each neuron.
    pub fn show(&mut self, image: Stimulus, purpose: Purpose, index: usize, rest_ms: f64) -> &[u32] {
        self.expose(image, purpose, index);
        self.rest(rest_ms);
        &self.counter.spikes
    }

    fn expose(&mut self, stimulus: Stimulus, purpose: Purpose, index: usize) {
        let address = Address { seed: self.seed, purpose, index: index as u64, encoder: self.encoder };
        let drawn = Arc::clone(&self.drawn);
        let mut drawn = drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let presentation = drawn.presentation(self.totals.images, address, stimulus);
        self.counter.clear();
        self.network.own.reading = self.condition.reading(self.seed, purpose, index as u64);
        if self.network.layer.spikes_a_presentation.is_some() {
            self.present_until_end(presentation);
        } else {
            let (spikes, decays) = presentation.all(self.network.layer.tau_membrane_ms);
            present_decayed(self.engine, &mut self.network, spikes, decays, &mut self.counter);
            self.totals.spikes_in += spikes.len() as u64;
        }
        self.totals.images += 1;
        self.totals.spikes_out += self.counter.total();
        self.totals.ties += self.counter.ties;
    }

    /// Most images end long before their last spike, so that spikes are drawn as they are needed.
    fn present_until_end(&mut self, presentation: &mut Presentation) {
        let mut shown = 0;
        while !self.network.has_ended() && (shown < presentation.known().len() || presentation.draw()) {
            let spikes = &presentation.known()[shown..];
            present(self.engine, &mut self.network, spikes, &mut self.counter);
            shown = presentation.known().len();
            // What an end cuts off is not counted.
            let delivered = match self.network.has_ended() {
                true => spikes.partition_point(|spike| spike.at <= self.network.potentials_since[0]),
                false => spikes.len(),
            };
            self.totals.spikes_in += delivered as u64;
        }
    }

    fn rest(&mut self, rest_ms: f64) {
        self.network.next_onset(self.encoder.input.duration_ms + rest_ms);
    }

    /// The network as it is now.
    #[must_use]
    pub fn network(&self) -> &Network<R> {
        &self.network
    }

    /// The same, when nothing more is shown.
    #[must_use]
    pub fn into_network(self) -> Network<R> {
        self.network
    }
}

/// What a test pass tells, for one set of labels and any other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// (true class, most active neuron), one a test image.
    winners: Vec<(Class, u32)>,
    /// True class × class by the class-summed vote.
    pub class_sum: Confusion,
    /// Spikes and ties of the pass.
    pub totals: Totals,
}

impl Test {
    /// Could a layer of this condition have given it?
    #[must_use]
    pub(crate) fn fits(&self, condition: &Condition) -> bool {
        let (neurons, classes) = (condition.neurons as u64, condition.dataset.classes());
        self.winners.len() == condition.test_images
            && self.class_sum.classes() == classes
            && self
                .winners
                .iter()
                .all(|&(truth, winner)| usize::from(truth) < classes && u64::from(winner) < neurons)
    }

    /// True class × class of the most active neuron, under the given labels.
    #[must_use]
    pub fn confusion(&self, labels: &Labels) -> Confusion {
        let mut confusion = Confusion::new(self.class_sum.classes());
        for &(truth, winner) in &self.winners {
            confusion[(usize::from(truth), usize::from(labels.classes[winner as usize]))] += 1;
        }
        confusion
    }
}

/// Finds the labels of a network; with rests, as in training.
#[must_use]
pub fn label<R: Real>(
    engine: Engine,
    condition: &Condition,
    seed: u64,
    network: &Network<R>,
    data: &Dataset,
) -> Labels {
    let labels = label_until(&AtomicBool::new(false), &|| {}, engine, condition, seed, network, data);
    labels.expect("nobody stops it")
}

/// As [`label`]; `None` if `stop` was set, which is looked at between images. `seen` is called after each.
#[must_use]
pub fn label_until<R: Real>(
    stop: &AtomicBool,
    seen: &dyn Fn(),
    engine: Engine,
    condition: &Condition,
    seed: u64,
    network: &Network<R>,
    data: &Dataset,
) -> Option<Labels> {
    let presenter = Presenter::testing(engine, condition, seed, network);
    let taught = label_pass(presenter, condition, data, &BTreeSet::new(), stop, &|_| seen());
    taught.map(|taught| taught.labels)
}

/// What one pass of label images taught.
#[derive(Clone, Debug)]
pub struct Taught {
    /// By the condition's `label_images`.
    pub labels: Labels,
    /// By each budget, in the order asked for.
    pub readers: Vec<Reader>,
}

/// Finds the labels of a still network as [`label`] does, and teaches read-outs by so many label images each. `seen` is
/// told how many images were shown, after each.
#[must_use]
pub fn teach<R: Real>(
    still: Presenter<R>,
    condition: &Condition,
    data: &Dataset,
    asked: &BTreeSet<(u64, Readout)>,
    seen: &dyn Fn(u64),
) -> Taught {
    label_pass(still, condition, data, asked, &AtomicBool::new(false), seen).expect("nobody stops it")
}

fn label_pass<R: Real>(
    mut presenter: Presenter<R>,
    condition: &Condition,
    data: &Dataset,
    asked: &BTreeSet<(u64, Readout)>,
    stop: &AtomicBool,
    seen: &dyn Fn(u64),
) -> Option<Taught> {
    let (label_images, neurons) = (condition.label_images, presenter.network.neurons());
    let most = asked.last().map_or(0, |&(labels, _)| labels as usize);
    let mut spikes = ClassSpikes::new(neurons, data.classes);
    let mut lesson = Lesson::new(neurons, data.classes, keeps_images(asked));
    let mut readers = Vec::with_capacity(asked.len());
    let order = data.train.label_order(presenter.seed, label_images, most);
    for (shown, (index, image, class)) in (1..).zip(order.iter()) {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        let counts = presenter.show(image, Purpose::LabelSpikes, index, condition.rest_ms);
        if shown <= label_images {
            spikes.add(class, counts);
        }
        if shown <= most {
            lesson.add(class, counts);
            let due = asked.iter().filter(|&&(labels, _)| labels == shown as u64);
            readers.extend(due.map(|&(_, readout)| Reader::new(readout, &lesson)));
        }
        seen(shown as u64);
    }
    Some(Taught { labels: spikes.labels(), readers })
}

fn keeps_images(asked: &BTreeSet<(u64, Readout)>) -> bool {
    asked.iter().any(|&(_, readout)| readout == Readout::SupervisedSoftmax)
}

/// Shows the test images, `rest_ms` apart.
#[must_use]
pub fn test<R: Real>(
    engine: Engine,
    condition: &Condition,
    seed: u64,
    network: &Network<R>,
    labels: &Labels,
    data: &Dataset,
    rest_ms: f64,
) -> Test {
    let presenter = Presenter::testing(engine, condition, seed, network);
    read(presenter, condition, labels, &[], data, rest_ms, &|_| {}).0
}

/// Shows the test images to a still network, `rest_ms` apart; also tells how many each reader gets right. `seen` is told
/// how many images were shown, after each.
#[must_use]
pub fn read<R: Real>(
    mut presenter: Presenter<R>,
    condition: &Condition,
    labels: &Labels,
    readers: &[Reader],
    data: &Dataset,
    rest_ms: f64,
    seen: &dyn Fn(u64),
) -> (Test, Vec<u64>) {
    let mut winners = Vec::with_capacity(condition.test_images);
    let mut class_sum = Confusion::new(data.classes);
    let mut right = vec![0; readers.len()];
    let purpose = match condition.score {
        Score::Test => Purpose::TestSpikes,
        Score::Validation => Purpose::ValidationSpikes,
    };
    for (index, image, truth) in data.test.iter(condition.test_images) {
        let spikes = presenter.show(image, purpose, index, rest_ms);
        winners.push((truth, most_active(spikes) as u32));
        class_sum[(usize::from(truth), usize::from(labels.class_sum(spikes, data.classes)))] += 1;
        for (right, reader) in right.iter_mut().zip(readers) {
            *right += u64::from(reader.predict(spikes) == truth);
        }
        seen(presenter.totals.images);
    }
    (Test { winners, class_sum, totals: presenter.totals }, right)
}
