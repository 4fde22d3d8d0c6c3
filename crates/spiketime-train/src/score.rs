//! From output spikes to labels, from labels to scores.
//!
//! A neuron's class is the one for which it spiked most over the label images, summed and not
//! normalised; the lowest class on a tie. A prediction is the class of the single most active
//! neuron, the lowest index on a tie or on silence. Report §3.2 and §3.3.

use serde::{Deserialize, Serialize};
use spiketime_data::Class;

use crate::condition::Condition;
use crate::confusion::Confusion;

/// Output spikes of each neuron, summed by the class of the image.
#[derive(Clone, Debug)]
pub struct ClassSpikes {
    classes: usize,
    /// Class by class of the first neuron, then of the next.
    sums: Vec<u64>,
}

impl ClassSpikes {
    /// No spikes yet.
    #[must_use]
    pub fn new(neurons: usize, classes: usize) -> ClassSpikes {
        ClassSpikes { classes, sums: vec![0; neurons * classes] }
    }

    /// Adds one image's spikes.
    pub fn add(&mut self, label: Class, spikes: &[u32]) {
        for (sums, &count) in self.sums.chunks_exact_mut(self.classes).zip(spikes) {
            sums[usize::from(label)] += u64::from(count);
        }
    }

    /// What the neurons stand for.
    #[must_use]
    pub fn labels(&self) -> Labels {
        let neurons = || self.sums.chunks_exact(self.classes);
        let classes = neurons().map(|sums| first_maximum(sums) as Class).collect();
        let silent = neurons().map(|sums| sums.iter().all(|&sum| sum == 0)).collect();
        Labels { classes, silent }
    }
}

/// The class of each neuron.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// One class a neuron; 0 for a silent one, as in the author's code.
    pub classes: Vec<Class>,
    /// Which neurons did not spike for any label image.
    pub silent: Vec<bool>,
}

impl Labels {
    /// Could they be those of a layer of this condition?
    #[must_use]
    pub(crate) fn fit(&self, condition: &Condition) -> bool {
        let (neurons, classes) = (condition.neurons, condition.dataset.classes());
        self.classes.len() == neurons
            && self.silent.len() == neurons
            && self.classes.iter().all(|&class| usize::from(class) < classes)
    }

    /// Neurons a class of so many, silent ones apart.
    #[must_use]
    pub fn histogram(&self, classes: usize) -> Vec<u64> {
        let mut histogram = vec![0; classes];
        for (&class, _) in self.classes.iter().zip(&self.silent).filter(|&(_, &silent)| !silent) {
            histogram[usize::from(class)] += 1;
        }
        histogram
    }

    /// How many neurons are silent.
    #[must_use]
    pub fn silent(&self) -> u64 {
        self.silent.iter().filter(|&&silent| silent).count() as u64
    }

    /// The class of so many with most spikes of all its neurons; the lowest on a tie.
    #[must_use]
    pub fn class_sum(&self, spikes: &[u32], classes: usize) -> Class {
        let mut sums = vec![0_u64; classes];
        for (&class, &count) in self.classes.iter().zip(spikes) {
            sums[usize::from(class)] += u64::from(count);
        }
        first_maximum(&sums) as Class
    }
}

/// The most active neuron; the lowest index on a tie or on silence.
#[must_use]
pub fn most_active(spikes: &[u32]) -> usize {
    first_maximum(spikes)
}

fn first_maximum<T: PartialOrd + Copy>(values: &[T]) -> usize {
    (1..values.len()).fold(0, |best, index| if values[index] > values[best] { index } else { best })
}

/// Percent of images on the diagonal.
#[must_use]
pub fn accuracy_percent(confusion: &Confusion) -> f64 {
    let right: u64 = (0..confusion.classes()).map(|class| confusion[(class, class)]).sum();
    100.0 * right as f64 / confusion.total() as f64
}

/// Percent of images that get the most frequent prediction.
#[must_use]
pub fn most_predicted_percent(confusion: &Confusion) -> f64 {
    let predicted = |class: usize| confusion.rows().map(|row| row[class]).sum::<u64>();
    let most = (0..confusion.classes()).map(predicted).max().unwrap_or(0);
    100.0 * most as f64 / confusion.total() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_class_and_the_lowest_index_win_ties_and_silence() {
        assert_eq!(most_active(&[0, 0, 0]), 0);
        assert_eq!(most_active(&[1, 4, 4]), 1);
        let mut spikes = ClassSpikes::new(3, 10);
        spikes.add(7, &[2, 0, 1]);
        spikes.add(3, &[2, 0, 0]);
        let labels = spikes.labels();
        assert_eq!(labels.classes, [3, 0, 7]);
        assert_eq!((labels.silent(), labels.histogram(10)), (1, vec![0, 0, 0, 1, 0, 0, 0, 1, 0, 0]));
    }

    #[test]
    fn the_class_sum_may_differ_from_the_most_active_neuron() {
        let labels = Labels { classes: vec![1, 2, 2], silent: vec![false; 3] };
        assert_eq!(labels.classes[most_active(&[5, 4, 4])], 1);
        assert_eq!(labels.class_sum(&[5, 4, 4], 3), 2);
    }

    #[test]
    fn accuracy_is_the_diagonal() {
        let mut confusion = Confusion::new(10);
        confusion[(1, 1)] = 3;
        confusion[(1, 2)] = 1;
        assert_eq!(accuracy_percent(&confusion), 75.0);
        confusion[(5, 2)] = 4;
        assert_eq!(most_predicted_percent(&confusion), 62.5); // five of eight are taken for a 2
    }
}
