//! The two data sets that the program knows by name, and the facts of their files.

/// Classes of both sets.
pub const CLASSES: usize = 10;
/// Width and height of every image of both sets \[pixels\].
pub const SIDE: usize = 28;
/// Pixels an image.
pub const PIXELS: usize = SIDE * SIDE;
/// The largest of their files, unpacked: 60 000 images and their header \[bytes\].
pub const MAX_BYTES: usize = 16 + 60_000 * PIXELS;

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
    pub fn classes(self) -> [&'static str; CLASSES] {
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

    /// How many images train: of the full set, or of its embedded sample.
    #[must_use]
    pub fn train_images(self, is_sample: bool) -> u64 {
        if is_sample { 1_000 } else { 60_000 }
    }

    /// How many images score: of the full set, or of its embedded sample.
    #[must_use]
    pub fn test_images(self, is_sample: bool) -> u64 {
        if is_sample { 500 } else { 10_000 }
    }
}

impl std::fmt::Display for DatasetName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
