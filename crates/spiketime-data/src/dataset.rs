//! The two data sets, with their splits as types.
//!
//! Training sees images without labels; labels are found on a [`LabelSplit`] of training images;
//! scoring sees the [`TestSplit`] only. Nothing can label on test images by mistake.

use crate::idx::PIXELS;
use crate::random::label_images;

/// Which data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DatasetName {
    /// Handwritten digits (LeCun, Cortes, Burges).
    Mnist,
    /// Articles of clothing (Xiao, Rasul, Vollgraf 2017).
    FashionMnist,
}

impl DatasetName {
    /// Both sets.
    pub const ALL: [DatasetName; 2] = [DatasetName::Mnist, DatasetName::FashionMnist];

    /// The name in experiment files and folders.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            DatasetName::Mnist => "mnist",
            DatasetName::FashionMnist => "fashion-mnist",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            DatasetName::Mnist => "MNIST",
            DatasetName::FashionMnist => "Fashion-MNIST",
        }
    }

    /// Who made it, and where that is published.
    #[must_use]
    pub fn citation(self) -> &'static str {
        match self {
            DatasetName::Mnist => {
                "Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database of handwritten digits, 1998"
            }
            DatasetName::FashionMnist => {
                "H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine learning \
                 algorithms, arXiv:1708.07747, 2017"
            }
        }
    }

    /// Under which licence it may be used.
    #[must_use]
    pub fn licence(self) -> &'static str {
        match self {
            DatasetName::Mnist => "CC BY-SA 3.0",
            DatasetName::FashionMnist => "MIT",
        }
    }

    /// What its classes are called, from class 0 on; digits are their own names.
    #[must_use]
    pub fn classes(self) -> [&'static str; 10] {
        match self {
            DatasetName::Mnist => ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
            DatasetName::FashionMnist => [
                "T-shirt/top",
                "Trouser",
                "Pullover",
                "Dress",
                "Coat",
                "Sandal",
                "Shirt",
                "Sneaker",
                "Bag",
                "Ankle boot",
            ],
        }
    }

    /// Training images: one epoch of the full set, or of its embedded sample.
    #[must_use]
    pub fn epoch_images(self, is_sample: bool) -> u64 {
        if is_sample { 1_000 } else { 60_000 }
    }
}

impl std::fmt::Display for DatasetName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// Images with their labels; private, so that a split decides who sees what.
#[derive(Clone, Debug)]
struct Labelled {
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

impl Labelled {
    fn image(&self, index: usize) -> &[u8] {
        &self.pixels[index * PIXELS..][..PIXELS]
    }
}

/// Training images: their labels can be reached through a [`LabelSplit`] only.
#[derive(Clone, Debug)]
pub struct TrainSplit(Labelled);

/// Test images with the labels that score.
#[derive(Clone, Debug)]
pub struct TestSplit(Labelled);

/// The training images that find the neurons' labels, drawn once a seed.
#[derive(Clone, Debug)]
pub struct LabelSplit<'a> {
    train: &'a TrainSplit,
    indices: Vec<usize>,
}

/// A data set, loaded.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Which one.
    pub name: DatasetName,
    /// All of it, or the embedded sample (whose numbers are not the report's)?
    pub is_sample: bool,
    /// What training sees.
    pub train: TrainSplit,
    /// What scoring sees.
    pub test: TestSplit,
}

impl Dataset {
    /// From pixels ([`PIXELS`] an image) and labels of both splits. The counts must agree.
    pub(crate) fn new(
        name: DatasetName,
        is_sample: bool,
        train: (Vec<u8>, Vec<u8>),
        test: (Vec<u8>, Vec<u8>),
    ) -> Dataset {
        let labelled = |(pixels, labels): (Vec<u8>, Vec<u8>)| {
            assert_eq!(pixels.len(), labels.len() * PIXELS, "{name}: counts of images and labels differ");
            Labelled { pixels, labels }
        };
        Dataset { name, is_sample, train: TrainSplit(labelled(train)), test: TestSplit(labelled(test)) }
    }
}

impl TrainSplit {
    /// How many images.
    #[must_use]
    #[allow(clippy::len_without_is_empty)] // A loaded set is never empty.
    pub fn len(&self) -> usize {
        self.0.labels.len()
    }

    /// The image of a presentation: data-set order, again from the start in a second epoch.
    #[must_use]
    pub fn presented(&self, presentation: usize) -> &[u8] {
        self.0.image(presentation % self.len())
    }

    /// Which pixels are above 0 in at least one image.
    #[must_use]
    pub fn pixels_ever_lit(&self) -> Vec<bool> {
        let mut lit = vec![false; PIXELS];
        for image in self.0.pixels.chunks_exact(PIXELS) {
            lit.iter_mut().zip(image).for_each(|(lit, &pixel)| *lit |= pixel > 0);
        }
        lit
    }

    /// `count` distinct images with their labels, the same for a seed at every checkpoint and condition.
    #[must_use]
    pub fn label_split(&self, seed: u64, count: usize) -> LabelSplit<'_> {
        LabelSplit { train: self, indices: label_images(seed, self.len(), count) }
    }
}

impl LabelSplit<'_> {
    /// (index in the training set, image, label), in the order drawn.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[u8], u8)> {
        self.indices.iter().map(|&index| (index, self.train.0.image(index), self.train.0.labels[index]))
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
    pub fn iter(&self, count: usize) -> impl Iterator<Item = (usize, &[u8], u8)> + Clone {
        (0..count.min(self.len())).map(|index| (index, self.0.image(index), self.0.labels[index]))
    }
}
