//! Passes of images, against presentations made by hand: which spikes, which rests, what stays as it is.
//!
//! By hand means: images encoded from the stream that the law names, shown by the reference engine, then the clock
//! moved on. Nothing of `present` or the trainer is called for what is expected.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use spiketime_data::source::embedded;
use spiketime_data::{Dataset, DatasetName, Purpose, Stimulus, stream};
use spiketime_sim::Engine;
use spiketime_sim::{InputSpike, Layer, Network, Recorder, present};
use spiketime_train::condition::Condition;
use spiketime_train::confusion::Confusion;
use spiketime_train::context::{Context, Silent, SnapshotEvery};
use spiketime_train::present::{Presenter, initial_network, label, test};
use spiketime_train::record::Record;
use spiketime_train::run::{self, Run};
use spiketime_train::runner::run_one;
use spiketime_train::schedule::Schedule;
use spiketime_train::score::{ClassSpikes, Labels, accuracy_percent, most_active};
use spiketime_train::store::Store;
use spiketime_train::weights::Weights;

pub(crate) const SEED: u64 = 1;

/// Neurons that spike often in a short image, so that it matters whether they rest afterwards.
pub(crate) fn condition() -> Condition {
    Condition {
        neurons: 20,
        image_ms: 60.0,
        threshold_min_mv: 20.0,
        threshold_max_mv: 20.0,
        label_images: 60,
        test_images: 100,
        ..Condition::default()
    }
}

pub(crate) fn data() -> Dataset {
    embedded(DatasetName::Mnist).expect("the sample is sound")
}

/// A network shown one image after the other.
pub(crate) struct Hand {
    pub(crate) network: Network<f32>,
    condition: Condition,
    /// What it spiked, all images together.
    spiked: usize,
}

impl Hand {
    pub(crate) fn new(network: Network<f32>) -> Hand {
        Hand { network, condition: condition(), spiked: 0 }
    }

    /// At rest, with the same weights and thresholds, under another layer.
    fn copy(network: &Network<f32>, layer: Layer) -> Hand {
        let weights_mv: Vec<f32> = network.weights_mv.iter().collect();
        Hand::new(Network::new(layer, weights_mv, network.thresholds_mv.clone()))
    }

    /// A copy that neither learns nor adapts.
    pub(crate) fn still(network: &Network<f32>) -> Hand {
        Hand::copy(network, Layer { adaptation_mv: 0.0, plasticity: None, ..network.layer.clone() })
    }

    /// Output spikes of each neuron.
    pub(crate) fn show(
        &mut self,
        image: Stimulus,
        (purpose, index): (Purpose, u64),
        rest_ms: f64,
    ) -> Vec<u32> {
        let (mut spikes, mut recorder) = (Vec::<InputSpike>::new(), Recorder::default());
        image.encode(&self.condition.input(), stream(SEED, purpose, index), &mut spikes);
        present(Engine::Reference, &mut self.network, &spikes, &mut recorder);
        self.network.next_onset(self.condition.image_ms + rest_ms);
        self.spiked += recorder.spikes.len();
        let mut counts = vec![0; self.network.neurons()];
        recorder.spikes.iter().for_each(|&(_, neuron)| counts[neuron as usize] += 1);
        counts
    }

    /// The first training image, as number `number`.
    fn show_first(mut self, number: u64) -> Vec<u32> {
        self.show(data().train.presented(0), (Purpose::TrainSpikes, number), 0.0)
    }

    fn labels(mut self, purpose: Purpose, rest_ms: f64) -> Labels {
        let (data, mut sums) = (data(), ClassSpikes::new(self.network.neurons(), 10));
        for (index, image, class) in data.train.label_split(SEED, self.condition.label_images).iter() {
            sums.add(class, &self.show(image, (purpose, index as u64), rest_ms));
        }
        sums.labels()
    }

    /// True class × class of the most active neuron, and output spikes.
    fn tested(mut self, labels: &Labels, purpose: Purpose, rest_ms: f64) -> (Confusion, usize) {
        let (data, mut confusion) = (data(), Confusion::new(10));
        for (index, image, truth) in data.test.iter(self.condition.test_images) {
            let winner = most_active(&self.show(image, (purpose, index as u64), rest_ms));
            confusion[(usize::from(truth), usize::from(labels.classes[winner]))] += 1;
        }
        (confusion, self.spiked)
    }
}

/// A network that has seen so many images, each from the stream of its number, also in a second epoch.
pub(crate) fn trained(images: usize) -> Hand {
    let data = data();
    let mut hand = Hand::new(initial_network::<f32>(&condition(), SEED));
    for number in 0..images {
        let image = data.train.presented(number % data.train.len());
        hand.show(image, (Purpose::TrainSpikes, number as u64), condition().rest_ms);
    }
    hand
}

#[test]
fn labels_are_found_with_rests_on_a_still_copy_from_spikes_of_their_own() {
    let network = trained(200).network;
    let expected = Hand::still(&network).labels(Purpose::LabelSpikes, condition().rest_ms);
    assert_eq!(label(Engine::Dense, &condition(), SEED, &network, &data()), expected);
    // The law says something: each of its parts changes the labels.
    let adapting = Layer { plasticity: None, ..network.layer.clone() };
    let learning = Layer { adaptation_mv: 0.0, ..network.layer.clone() };
    for other in [
        Hand::still(&network).labels(Purpose::LabelSpikes, 0.0),
        Hand::still(&network).labels(Purpose::TestSpikes, condition().rest_ms),
        Hand::copy(&network, adapting).labels(Purpose::LabelSpikes, condition().rest_ms),
        Hand::copy(&network, learning).labels(Purpose::LabelSpikes, condition().rest_ms),
    ] {
        assert_ne!(other, expected);
    }
}

#[test]
fn tests_are_shown_to_a_still_copy_as_far_apart_as_asked_from_spikes_of_their_own() {
    let network = trained(200).network;
    let labels = Hand::still(&network).labels(Purpose::LabelSpikes, condition().rest_ms);
    for rest_ms in [0.0, 150.0] {
        let tested = test(Engine::Dense, &condition(), SEED, &network, &labels, &data(), rest_ms);
        let found = (tested.confusion(&labels), tested.totals.spikes_out as usize);
        let expected = Hand::still(&network).tested(&labels, Purpose::TestSpikes, rest_ms);
        assert_eq!(found, expected, "{rest_ms} ms apart");
        assert_ne!(Hand::still(&network).tested(&labels, Purpose::LabelSpikes, rest_ms), expected);
        assert_ne!(Hand::still(&network).tested(&labels, Purpose::TestSpikes, 75.0), expected);
    }
}

#[test]
fn a_frozen_copy_neither_learns_nor_adapts_and_is_at_rest() {
    let network = trained(20).network;
    let mut frozen = Hand::new(network.frozen());
    assert_eq!(frozen.network.potentials_mv, [0.0; 20]);
    let data = data();
    let mut spiked = 0;
    for index in 0..20 {
        let counts = frozen.show(data.train.presented(index), (Purpose::LabelSpikes, index as u64), 0.0);
        spiked += counts.iter().sum::<u32>();
        assert_eq!(frozen.network.adaptations_mv, [0.0; 20]);
    }
    assert!(spiked > 0 && frozen.network.weights_mv == network.weights_mv);
}

/// The record and the last weights of a run on the sample.
pub(crate) fn run(schedule: Schedule) -> (Record, Weights) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("it can be written");
    let (data, stop) = (BTreeMap::from([("mnist".to_owned(), data())]), AtomicBool::new(false));
    let context = Context {
        engine: Engine::Dense,
        data: &data,
        store: &store,
        progress: &Silent,
        stop: &stop,
        snapshot_every: SnapshotEvery::Never,
    };
    let (id, condition) = (run::id(&condition(), SEED, true, None), condition());
    let run = Run {
        id,
        condition,
        seed: SEED,
        is_sample: true,
        branched_from: None,
        also_called: Default::default(),
        schedule,
    };
    let record = run_one(&run, &context).expect("a sound run");
    let file = store.path("weights").join(&record.maps.last().expect("a map is wanted").file);
    (record, Weights::from_npy(&std::fs::read(file).expect("it is kept")).expect("it is sound"))
}

/// The sample has 1 000 training images: image k of the second epoch is number 1 000 + k.
#[test]
fn a_second_epoch_shows_the_same_images_with_new_spikes() {
    let images = 1_010;
    let schedule =
        Schedule { checkpoints: [images].into(), maps: [images].into(), epochs: 2, ..Schedule::default() };
    let (record, weights) = run(schedule);
    let hand = trained(images as usize);
    assert!(weights == Weights::of(&hand.network), "other weights");
    assert_eq!(record.checkpoints[0].training_spikes_out, hand.spiked as f64 / images as f64);
    let seen_again = |number| Hand::new(hand.network.clone()).show_first(number);
    assert_ne!(seen_again(1_000), seen_again(0));
}

#[test]
fn the_accuracy_with_rest_is_that_of_a_test_with_the_rests_of_training() {
    let schedule = Schedule {
        checkpoints: [200].into(),
        maps: [200].into(),
        with_rest: [200].into(),
        epochs: 1,
        ..Schedule::default()
    };
    let (record, _) = run(schedule);
    let network = trained(200).network;
    let labels = Hand::still(&network).labels(Purpose::LabelSpikes, condition().rest_ms);
    let accuracy =
        |rest_ms| accuracy_percent(&Hand::still(&network).tested(&labels, Purpose::TestSpikes, rest_ms).0);
    let (without, with) = (accuracy(0.0), accuracy(condition().rest_ms));
    assert_ne!(without, with, "the law says something");
    let point = &record.checkpoints[0];
    assert_eq!((point.accuracy, point.accuracy_with_rest), (without, Some(with)));
}

#[test]
fn ties_are_the_instants_at_which_more_than_one_neuron_spikes() {
    let (data, condition) = (data(), condition());
    let network = initial_network::<f32>(&condition, SEED);
    let mut presenter = Presenter::new(Engine::Dense, &condition, SEED, network.clone());
    let (mut hand, mut spikes, mut ties) = (network, Vec::new(), 0);
    for image in 0..30 {
        let pixels = data.train.presented(image);
        presenter.show(pixels, Purpose::TrainSpikes, image, condition.rest_ms);
        pixels.encode(&condition.input(), stream(SEED, Purpose::TrainSpikes, image as u64), &mut spikes);
        let mut recorder = Recorder::default();
        present(Engine::Reference, &mut hand, &spikes, &mut recorder);
        hand.next_onset(condition.image_ms + condition.rest_ms);
        ties +=
            recorder.spikes.chunk_by(|a, b| a.0 == b.0).filter(|instant| instant.len() > 1).count() as u64;
    }
    assert!(ties > 0, "nothing is shown without a tie");
    assert_eq!(presenter.totals.ties, ties);
}
