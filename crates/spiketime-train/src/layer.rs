//! A layer in one's own hands: it is shown what one likes, in as many calls as one likes.
//!
//! Presentations, their order and their random streams are those of a run: a layer that is shown the training images of a
//! data set, from the first, has the weights of the run of its condition and seed on that set, bit for bit, and so its
//! labels and its answers in a test.

use std::collections::BTreeSet;

use spiketime_data::dataset::Shown;
use spiketime_data::{Class, Purpose, random};
use spiketime_sim::{Engine, Network, Real};

use crate::condition::Condition;
use crate::predict::Still;
use crate::present::{Presenter, Totals, initial_network};
use crate::run::{self, Run};
use crate::schedule::Schedule;
use crate::score::{ClassSpikes, Labels, most_active};
use crate::snapshot::{Head, Snapshot, SnapshotError, to_bytes};

/// Is told how many images of this call are done, after each; says whether to go on.
pub type Seen<'a> = &'a mut dyn FnMut(u64) -> bool;

/// A layer between two calls.
pub struct Layer<R> {
    condition: Condition,
    seed: u64,
    presenter: Presenter<R>,
    labels: Option<Labels>,
}

impl<R: Real> Layer<R> {
    /// A layer that has seen nothing. The condition must break no rule.
    #[must_use]
    pub fn new(condition: Condition, seed: u64) -> Layer<R> {
        let network = initial_network::<R>(&condition, seed);
        let presenter = Presenter::new(Engine::Dense, &condition, seed, network);
        Layer { condition, seed, presenter, labels: None }
    }

    /// What [`Layer::to_bytes`] wrote, or the snapshot of a run.
    ///
    /// # Errors
    /// When the bytes are no snapshot, damaged, of another version or precision.
    pub fn read(bytes: &[u8]) -> Result<Layer<R>, SnapshotError> {
        let Snapshot { head, network } = Snapshot::<R>::read(bytes)?;
        let mut presenter = Presenter::new(Engine::Dense, &head.condition, head.seed, network);
        presenter.totals = head.totals;
        let labels = head.labels.or_else(|| head.points.last().map(|point| point.labels.clone()));
        Ok(Layer { condition: head.condition, seed: head.seed, presenter, labels })
    }

    /// A snapshot: all that the layer is.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (condition, seed) = (self.condition.clone(), self.seed);
        let run = Run {
            id: run::id(&condition, seed, false, None),
            condition,
            also_called: BTreeSet::new(),
            seed,
            is_sample: false,
            branched_from: None,
            schedule: Schedule::default(),
        };
        let mut head = Head::new(&run);
        (head.totals, head.labels) = (self.presenter.totals, self.labels.clone());
        to_bytes(&head, self.presenter.network())
    }

    /// Trains on each image once an epoch, in the condition's order, but for the first `done` presentations. Labels are
    /// forgotten. Returns how many were shown.
    pub fn train(&mut self, images: Shown, epochs: u64, done: u64, seen: Seen) -> u64 {
        let all = images.count() as u64 * epochs;
        let mut sequence = self.condition.sequence(self.seed, images.count());
        for presentation in done..all {
            self.labels = None;
            let image = sequence.image(presentation as usize);
            self.presenter.train(images.one(image), self.presenter.totals.images as usize);
            if !seen(presentation + 1 - done) {
                return presentation + 1 - done;
            }
        }
        all.saturating_sub(done)
    }

    /// Finds for which of the named classes each neuron stands, by as many of these images as the condition says, drawn by
    /// the seed; false where it was stopped, and then nothing is changed.
    ///
    /// # Panics
    /// When there is not one class an image.
    pub fn label(&mut self, images: Shown, classes: &[Class], names: Vec<String>, seen: Seen) -> bool {
        assert_eq!(images.count(), classes.len(), "one class an image");
        let mut still = self.testing();
        let mut spikes = ClassSpikes::new(self.condition.neurons, names.len());
        let count = self.condition.label_images.min(classes.len());
        for (shown, index) in (1..).zip(random::label_images(self.seed, classes.len(), count)) {
            let rest_ms = self.condition.rest_ms;
            spikes.add(classes[index], still.show(images.one(index), Purpose::LabelSpikes, index, rest_ms));
            if !seen(shown) {
                return false;
            }
        }
        self.labels = Some(spikes.labels());
        self.condition.dataset = self.condition.dataset.with_classes(names);
        true
    }

    /// The most active neuron at each image, shown one after the other as in a test (report §3.3); `None` where it was
    /// stopped.
    pub fn test(&self, images: Shown, seen: Seen) -> Option<Vec<usize>> {
        let mut still = self.testing();
        let mut winners = Vec::with_capacity(images.count());
        for index in 0..images.count() {
            let rest_ms = self.condition.test_rest_ms;
            winners.push(most_active(still.show(images.one(index), Purpose::TestSpikes, index, rest_ms)));
            if !seen(winners.len() as u64) {
                return None;
            }
        }
        Some(winners)
    }

    fn testing(&self) -> Presenter<R> {
        Presenter::testing(Engine::Dense, &self.condition, self.seed, self.presenter.network())
    }

    /// A copy that answers to each image by itself.
    #[must_use]
    pub fn still(&self) -> Still<R> {
        Still::new(&self.condition, self.seed, self.presenter.network())
    }

    /// What the neurons stand for, once that was found.
    #[must_use]
    pub fn labels(&self) -> Option<&Labels> {
        self.labels.as_ref()
    }

    /// Every constant.
    #[must_use]
    pub fn condition(&self) -> &Condition {
        &self.condition
    }

    /// Root of every random stream.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Weights, thresholds and what moves.
    #[must_use]
    pub fn network(&self) -> &Network<R> {
        self.presenter.network()
    }

    /// What went through while it trained.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.presenter.totals
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::Inhibition;
    use crate::present::{label, test};
    use spiketime_data::dataset::Content;
    use spiketime_data::{Dataset, DatasetName, ImageOrder, source};

    fn condition() -> Condition {
        let image_order = ImageOrder::Shuffled;
        Condition { neurons: 9, label_images: 100, test_images: 50, image_order, ..Condition::default() }
    }

    fn data() -> Dataset {
        source::embedded(DatasetName::Mnist).expect("it is compiled in")
    }

    fn pixels<'a>(images: impl Iterator<Item = spiketime_data::Stimulus<'a>>) -> Content {
        let pixels = images.flat_map(|image| image.picture(784)).collect();
        Content::Images { pixels, inputs: 784 }
    }

    /// The training images in their order, and their classes.
    fn training(data: &Dataset) -> (Content, Vec<Class>) {
        let split = data.train.label_split(0, data.train.len());
        let mut classes = vec![0; data.train.len()];
        split.iter().for_each(|(index, _, class)| classes[index] = class);
        (pixels((0..classes.len()).map(|index| data.train.presented(index))), classes)
    }

    fn names() -> Vec<String> {
        (0..10).map(|class| class.to_string()).collect()
    }

    #[test]
    fn a_layer_that_is_shown_a_data_set_is_the_run_on_it() {
        let (data, condition) = (data(), condition());
        let (images, classes) = training(&data);
        let mut layer = Layer::<f32>::new(condition.clone(), 5);
        assert_eq!(layer.train(images.view(), 2, 0, &mut |done| done < 700), 700);
        // The order of an epoch is that of all images: what was cut goes on where it was.
        assert_eq!(layer.train(images.view(), 2, 700, &mut |_| true), 1300);
        assert!(layer.label(images.view(), &classes, names(), &mut |_| true));
        let network = initial_network::<f32>(&condition, 5);
        let mut run = Presenter::new(Engine::Reference, &condition, 5, network);
        let mut sequence = condition.sequence(5, 1000);
        for index in 0..2000 {
            run.train(data.train.presented(sequence.image(index)), index);
        }
        assert_eq!(layer.network(), run.network());
        assert_eq!(layer.totals(), run.totals);
        let labels = label(Engine::Reference, &condition, 5, run.network(), &data);
        assert_eq!(layer.labels(), Some(&labels));
        let tested = test(Engine::Reference, &condition, 5, run.network(), &labels, &data, 0.0);
        let shown = pixels(data.test.iter(50).map(|(_, image, _)| image));
        let winners = layer.test(shown.view(), &mut |_| true).expect("nobody stops it");
        let truths = data.test.iter(50).map(|(.., class)| usize::from(class));
        let mut confusion = crate::confusion::Confusion::new(10);
        truths
            .zip(winners)
            .for_each(|(truth, winner)| confusion[(truth, usize::from(labels.classes[winner]))] += 1);
        assert_eq!(confusion, tested.confusion(&labels));
    }

    #[test]
    fn what_is_read_is_what_was_written_and_goes_on_as_it_would_have() {
        let (images, classes) = training(&data());
        let condition = Condition { inhibition: Inhibition::Soft, ..condition() };
        let mut layer =
            Layer::<f64>::new(Condition { precision: crate::condition::Precision::F64, ..condition }, 5);
        layer.train(images.view(), 1, 0, &mut |done| done < 50);
        let named: Vec<String> = (0..10).map(|class| format!("digit {class}")).collect();
        layer.label(images.view(), &classes, named.clone(), &mut |_| true);
        let mut again = Layer::<f64>::read(&layer.to_bytes()).expect("a snapshot");
        assert_eq!((again.labels(), again.totals()), (layer.labels(), layer.totals()));
        assert_eq!(again.condition().dataset.class_name(9), "digit 9");
        for layer in [&mut layer, &mut again] {
            layer.train(images.view(), 1, 50, &mut |done| done < 50);
            assert_eq!(layer.labels(), None, "a layer that learned is another one");
        }
        assert_eq!(again.network(), layer.network());
        assert!(Layer::<f32>::read(&layer.to_bytes()).is_err());
    }

    #[test]
    fn labels_that_are_stopped_leave_the_layer_as_it_was() {
        let (images, classes) = training(&data());
        let mut layer = Layer::<f32>::new(condition(), 5);
        assert!(!layer.label(images.view(), &classes, vec!["one".to_owned(); 10], &mut |shown| shown < 3));
        assert_eq!((layer.labels(), layer.condition()), (None, &condition()));
        assert_eq!(layer.test(images.view(), &mut |_| false), None);
    }
}
