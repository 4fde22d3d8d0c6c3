//! A data set with its splits as types.
//!
//! Training sees images without labels; labels are found on a [`LabelSplit`] of training images;
//! scoring sees the [`TestSplit`] only. Nothing can label on test images by mistake.

use std::sync::Arc;

use crate::encoder::Encoder;
use crate::facts::Class;
use crate::random::label_images;
use crate::stimulus::Stimulus;

/// What is shown, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Grey values, image by image, row by row.
    Images {
        /// Of all images.
        pixels: Vec<u8>,
        /// How many an image has.
        inputs: usize,
    },
    /// Events, recording by recording, each by time, then input.
    Events {
        /// When, from the beginning of the recording \[ms\].
        times_ms: Vec<f64>,
        /// Where.
        inputs: Vec<u32>,
        /// Where each recording begins, and at last how many events there are.
        offsets: Vec<usize>,
    },
}

/// The same, wherever it lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shown<'a> {
    /// As [`Content::Images`].
    Images {
        /// Of all images.
        pixels: &'a [u8],
        /// How many an image has.
        inputs: usize,
    },
    /// As [`Content::Events`].
    Events {
        /// When, from the beginning of the recording \[ms\].
        times_ms: &'a [f64],
        /// Where.
        inputs: &'a [u32],
        /// Where each recording begins, and at last how many events there are.
        offsets: &'a [usize],
    },
}

impl<'a> Shown<'a> {
    /// How many images or recordings.
    #[must_use]
    pub fn count(self) -> usize {
        match self {
            Shown::Images { pixels, inputs } => pixels.len() / inputs,
            Shown::Events { offsets, .. } => offsets.len() - 1,
        }
    }

    /// One of them, from 0.
    #[must_use]
    pub fn one(self, index: usize) -> Stimulus<'a> {
        match self {
            Shown::Images { pixels, inputs } => Stimulus::Image(&pixels[index * inputs..][..inputs]),
            Shown::Events { times_ms, inputs, offsets } => {
                let events = offsets[index]..offsets[index + 1];
                Stimulus::Events { times_ms: &times_ms[events.clone()], inputs: &inputs[events] }
            }
        }
    }
}

impl Content {
    /// How many images or recordings.
    #[must_use]
    pub fn count(&self) -> usize {
        self.view().count()
    }

    /// One of them, from 0.
    #[must_use]
    pub fn shown(&self, index: usize) -> Stimulus<'_> {
        self.view().one(index)
    }

    /// All of it, borrowed.
    #[must_use]
    pub fn view(&self) -> Shown<'_> {
        match self {
            Content::Images { pixels, inputs } => Shown::Images { pixels, inputs: *inputs },
            Content::Events { times_ms, inputs, offsets } => Shown::Events { times_ms, inputs, offsets },
        }
    }

    /// Those of these places, in their order.
    #[must_use]
    pub(crate) fn chosen(&self, places: &[usize]) -> Content {
        match self {
            Content::Images { pixels, inputs } => {
                let images = places.iter().flat_map(|&place| &pixels[place * inputs..][..*inputs]);
                Content::Images { pixels: images.copied().collect(), inputs: *inputs }
            }
            Content::Events { .. } => {
                let (mut all_ms, mut all_inputs, mut offsets) = (Vec::new(), Vec::new(), vec![0]);
                for &place in places {
                    if let Stimulus::Events { times_ms, inputs } = self.shown(place) {
                        all_ms.extend(times_ms);
                        all_inputs.extend(inputs);
                        offsets.push(all_ms.len());
                    }
                }
                Content::Events { times_ms: all_ms, inputs: all_inputs, offsets }
            }
        }
    }
}

/// Images with their labels; private, so that a split decides who sees what.
#[derive(Debug, PartialEq)]
struct Labelled {
    content: Content,
    labels: Vec<Class>,
}

impl Labelled {
    fn new(name: &str, (content, labels): (Content, Vec<Class>)) -> Labelled {
        assert_eq!(content.count(), labels.len(), "{name}: counts of images and labels differ");
        Labelled { content, labels }
    }
}

/// Training images: their labels can be reached through a [`LabelSplit`] only.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainSplit(Arc<Labelled>);

/// Test images with the labels that score.
#[derive(Clone, Debug, PartialEq)]
pub struct TestSplit(Arc<Labelled>);

/// The training images that find the neurons' labels, drawn once a seed.
#[derive(Clone, Debug)]
pub struct LabelSplit<'a> {
    train: &'a TrainSplit,
    indices: Vec<usize>,
}

/// A data set, loaded; a copy shares its data.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// What experiment files call it.
    pub name: String,
    /// Inputs of a network on it.
    pub inputs: usize,
    /// Classes.
    pub classes: usize,
    /// All of it, or the embedded sample (whose numbers are not the report's)?
    pub is_sample: bool,
    /// What training sees.
    pub train: TrainSplit,
    /// What scoring sees.
    pub test: TestSplit,
}

impl Dataset {
    /// From content and labels of both splits.
    ///
    /// # Panics
    /// When the counts of images and labels differ.
    pub(crate) fn new(
        (name, inputs, classes): (&str, usize, usize),
        is_sample: bool,
        train: (Content, Vec<Class>),
        test: (Content, Vec<Class>),
    ) -> Dataset {
        let (train, test) = (Labelled::new(name, train), Labelled::new(name, test));
        let (train, test) = (TrainSplit(Arc::new(train)), TestSplit(Arc::new(test)));
        Dataset { name: name.to_owned(), inputs, classes, is_sample, train, test }
    }

    /// Content and labels of both splits, for who packs them.
    pub(crate) fn parts(&self) -> [(&Content, &[Class]); 2] {
        [&self.train.0, &self.test.0].map(|part| (&part.content, part.labels.as_slice()))
    }

    /// The set whose last `count` training images train and label nothing; and these, to score in the place of the test.
    #[must_use]
    pub fn split_off(&self, count: usize) -> (Dataset, TestSplit) {
        let all = &self.train.0;
        let kept = self.train.len().saturating_sub(count);
        let part = |places: Vec<usize>| {
            let labels = places.iter().map(|&place| all.labels[place]).collect();
            Arc::new(Labelled::new(&self.name, (all.content.chosen(&places), labels)))
        };
        let (train, last) = (part((0..kept).collect()), part((kept..self.train.len()).collect()));
        (Dataset { train: TrainSplit(train), ..self.clone() }, TestSplit(last))
    }
}

impl TrainSplit {
    /// How many images.
    #[must_use]
    #[allow(clippy::len_without_is_empty)] // A loaded set is never empty.
    pub fn len(&self) -> usize {
        self.0.labels.len()
    }

    /// What a presentation shows in the order of the data set, again from the start in a second epoch.
    #[must_use]
    pub fn presented(&self, presentation: usize) -> Stimulus<'_> {
        self.0.content.shown(presentation % self.len())
    }

    /// Which of so many inputs are above 0, or have an event, in at least one image.
    #[must_use]
    pub fn inputs_ever_lit(&self, inputs: usize) -> Vec<bool> {
        let mut lit = vec![false; inputs];
        match &self.0.content {
            Content::Images { pixels, inputs } => pixels
                .chunks_exact(*inputs)
                .for_each(|image| lit.iter_mut().zip(image).for_each(|(lit, &pixel)| *lit |= pixel > 0)),
            Content::Events { inputs, .. } => inputs.iter().for_each(|&input| lit[input as usize] = true),
        }
        lit
    }

    /// Input spikes of an image in the mean, by expectation; of a recording those that are shown.
    #[must_use]
    pub fn mean_spikes(&self, encoder: &Encoder) -> f64 {
        let duration_ms = encoder.input.duration_ms;
        let of_image = |image: &[u8]| {
            let white: f64 = image.iter().map(|&pixel| f64::from(pixel) / 255.0).sum();
            white * encoder.of(image).rate_max_hz * duration_ms / 1_000.0
        };
        let spikes = match &self.0.content {
            Content::Images { pixels, inputs } => pixels.chunks_exact(*inputs).map(of_image).sum(),
            Content::Events { times_ms, .. } => {
                times_ms.iter().filter(|&&at_ms| at_ms < duration_ms).count() as f64
            }
        };
        spikes / self.len() as f64
    }

    /// `count` distinct images with their labels, the same for a seed at every checkpoint and condition.
    #[must_use]
    pub fn label_split(&self, seed: u64, count: usize) -> LabelSplit<'_> {
        LabelSplit { train: self, indices: label_images(seed, self.len(), count) }
    }

    /// Those `first` images, then others in the order in which all would be drawn, `count` together if that is more: the
    /// first of them are the same, however many follow.
    #[must_use]
    pub fn label_order(&self, seed: u64, first: usize, count: usize) -> LabelSplit<'_> {
        let mut split = self.label_split(seed, first);
        if count > first {
            // What a few and what many are drawn by are not the same: see `rand::seq::index::sample`.
            let mut is_there = vec![false; self.len()];
            split.indices.iter().for_each(|&index| is_there[index] = true);
            let others =
                label_images(seed, self.len(), self.len()).into_iter().filter(|&index| !is_there[index]);
            split.indices.extend(others.take(count - first));
        }
        split
    }
}

impl LabelSplit<'_> {
    /// (index in the training set, image, label), in the order drawn.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Stimulus<'_>, Class)> {
        let labelled = &self.train.0;
        self.indices.iter().map(|&index| (index, labelled.content.shown(index), labelled.labels[index]))
    }
}

impl TestSplit {
    /// How many images.
    #[must_use]
    #[allow(clippy::len_without_is_empty)] // A loaded set is never empty.
    pub fn len(&self) -> usize {
        self.0.labels.len()
    }

    /// (index, image, label) of the first `count` images, in data-set order.
    pub fn iter(&self, count: usize) -> impl Iterator<Item = (usize, Stimulus<'_>, Class)> + Clone {
        (0..count.min(self.len())).map(|index| (index, self.0.content.shown(index), self.0.labels[index]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::ImageGain;
    use crate::poisson::PoissonInput;

    fn train(content: Content) -> TrainSplit {
        let labels = vec![0; content.count()];
        TrainSplit(Arc::new(Labelled::new("made", (content, labels))))
    }

    #[test]
    fn an_image_gives_spikes_by_its_white_and_a_recording_those_that_are_shown() {
        let input = PoissonInput { rate_max_hz: 50.0, duration_ms: 100.0 };
        let encoder = Encoder { input, gain: ImageGain::None };
        // A white pixel gives 5 spikes; the images are 1 and 0.4 white pixels.
        let images = Content::Images { pixels: vec![255, 0, 51, 51], inputs: 2 };
        assert!((train(images).mean_spikes(&encoder) - 3.5).abs() < 1e-12);
        let events =
            Content::Events { times_ms: vec![1.0, 2.0, 100.0], inputs: vec![0; 3], offsets: vec![0, 2, 3] };
        assert!((train(events).mean_spikes(&encoder) - 1.0).abs() < 1e-12);
    }
}
