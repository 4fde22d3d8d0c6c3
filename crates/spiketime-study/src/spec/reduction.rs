//! Experiments made smaller, for a first look or for the embedded sample.

use spiketime_train::condition::Condition;

use super::Experiment;

/// A smaller version of every experiment: other points, fewer images, one seed.
///
/// Its numbers are not the report's, so no claim is judged by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reduction {
    /// Images seen at which one looks.
    pub checkpoints: &'static [u64],
    /// At most so many images find the labels.
    pub label_images: usize,
    /// At most so many images score.
    pub test_images: usize,
}

impl Reduction {
    /// A first look at everything in less than a minute.
    pub const QUICK: Reduction =
        Reduction { checkpoints: &[300, 1_000, 3_000], label_images: 1_000, test_images: 1_000 };
    /// What the embedded sample can give.
    pub const SAMPLE: Reduction =
        Reduction { checkpoints: &[100, 300, 1_000], label_images: 500, test_images: 500 };
    /// The smallest sound run.
    pub const SMALLEST: Reduction = Reduction { checkpoints: &[10], label_images: 10, test_images: 10 };
}

impl Experiment {
    /// The same question at a smaller size; what is small enough stays as it is.
    #[must_use]
    pub fn reduced(&self, to: &Reduction) -> Experiment {
        if self.is_within(to) {
            return self.clone();
        }
        let conditions = self.conditions.iter().map(|condition| Condition {
            label_images: condition.label_images.min(to.label_images),
            test_images: condition.test_images.min(to.test_images),
            validation_images: condition.validation_images.min(to.test_images),
            ..condition.clone()
        });
        let checkpoints = self.reached(to.checkpoints);
        let last = checkpoints.last().copied().filter(|_| !self.maps.is_empty());
        let mut label_budgets = self.label_budgets.clone();
        label_budgets.iter_mut().for_each(|labels| *labels = (*labels).min(to.label_images as u64));
        Experiment {
            seeds: 1,
            // What is kept for validation is missing in the first one.
            epochs: if self.conditions.iter().any(|condition| condition.validation_images > 0) {
                2
            } else {
                1
            },
            checkpoints,
            maps: last.into_iter().collect(),
            with_rest: Vec::new(),
            label_network: None,
            label_budgets,
            conditions: conditions.collect(),
            ..self.clone()
        }
    }

    /// Those of these points that lie within one epoch of every set; where none does, the end of that epoch.
    fn reached(&self, checkpoints: &[u64]) -> Vec<u64> {
        let own = self.conditions.iter().filter(|condition| condition.dataset.own().is_some());
        let shortest = own.map(|condition| condition.epoch_images(false)).min().unwrap_or(u64::MAX);
        let within: Vec<u64> = checkpoints.iter().copied().filter(|&images| images <= shortest).collect();
        if within.is_empty() { vec![shortest] } else { within }
    }

    fn is_within(&self, size: &Reduction) -> bool {
        self.checkpoints.iter().max() <= size.checkpoints.last()
            && self.label_budgets.iter().all(|&labels| labels <= size.label_images as u64)
            && self.conditions.iter().all(|condition| {
                let scoring = condition.test_images.max(condition.validation_images);
                condition.label_images <= size.label_images && scoring <= size.test_images
            })
    }
}
