//! Read-outs: one class from the spikes of all neurons, by what the label images elicited.
//!
//! With H_kc the spikes of neuron k over the label images of class c, n_c the number of these images, and n_k the spikes
//! for the image that is read:
//!
//! ```text
//! most-active         the class argmax_c H_kc/n_c of the most active neuron               Diehl & Cook 2015
//! class-mean          spikes of the neurons of a class / their number                      Diehl & Cook 2015
//! proportion          Σ_k n_k h_kc, h_kc = (H_kc/n_c) / Σ_c (H_kc/n_c)                      Hazan et al. 2018
//! naive-bayes         Σ_k n_k ln[(H_kc + α)/(Σ_k H_kc + αN)], α = 0.3                       McCallum & Nigam 1998
//! log-naive-bayes     the same with n → ln(1 + n), in H as well                             Rennie et al. 2003
//! supervised-softmax  softmax regression on n_k/Σ_k n_k: a second, supervised learner       Böhning 1992
//! ```
//!
//! The largest score is predicted, the lowest class on a tie; a class without a label image never is. So an image without
//! a spike, which scores the same for every class, is taken for the lowest class that has a label image. A neuron
//! without a spike for any label image has no class and votes for nothing; naive Bayes alone smooths it, as its law says.
//! Sums run over neurons in ascending order, `exp` and `ln` are our own: the same bits everywhere.
//!
//! | question | file |
//! |---|---|
//! | what is learned from, image by image? | [`lesson`] |
//! | which class has a neuron, and how do neurons vote? | [`votes`] |
//! | what makes the evidence of spikes naive Bayes? | [`naive_bayes`] |
//! | what would a supervised learner make of the same spikes? | [`softmax`] |

pub mod lesson;
pub mod naive_bayes;
pub mod softmax;
pub mod votes;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiketime_data::Class;

use lesson::{Lesson, log_count};

/// How spikes become a class; in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Readout {
    /// The class of the most active neuron.
    MostActive,
    /// Spikes a neuron of the class.
    ClassMean,
    /// Every neuron votes for each class in proportion.
    Proportion,
    /// Multinomial naive Bayes.
    NaiveBayes,
    /// The same on logarithms of counts.
    LogNaiveBayes,
    /// Softmax regression: supervised, no result of the method.
    SupervisedSoftmax,
}

impl Readout {
    /// All of them.
    pub const ALL: [Readout; 6] = [
        Readout::MostActive,
        Readout::ClassMean,
        Readout::Proportion,
        Readout::NaiveBayes,
        Readout::LogNaiveBayes,
        Readout::SupervisedSoftmax,
    ];

    /// Its name in metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Readout::MostActive => "most_active",
            Readout::ClassMean => "class_mean",
            Readout::Proportion => "proportion",
            Readout::NaiveBayes => "naive_bayes",
            Readout::LogNaiveBayes => "log_naive_bayes",
            Readout::SupervisedSoftmax => "supervised_softmax",
        }
    }
}

/// A read-out that has learned from label images.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Which one.
    pub readout: Readout,
    /// Label images of each class.
    images: Vec<u64>,
    score: Score,
}

#[derive(Clone, Debug)]
enum Score {
    Winner { classes: Vec<Option<Class>> },
    Mean { classes: Vec<Option<Class>>, neurons: Vec<u64> },
    Sum { weights: Vec<f64>, of_count: fn(u32) -> f64 },
}

impl Reader {
    /// Learns from what the label images elicited.
    #[must_use]
    pub fn new(readout: Readout, lesson: &Lesson) -> Reader {
        let images = lesson.images.clone();
        let classes = || votes::classes(&lesson.spikes, &lesson.images);
        let counts = || lesson.spikes.iter().map(|&spikes| spikes as f64).collect::<Vec<f64>>();
        let sum = |weights| Score::Sum { weights, of_count: f64::from };
        let score = match readout {
            Readout::MostActive => Score::Winner { classes: classes() },
            Readout::ClassMean => {
                let classes = classes();
                Score::Mean { neurons: votes::neurons(&classes, images.len()), classes }
            }
            Readout::Proportion => sum(votes::proportions(&lesson.spikes, &lesson.images)),
            Readout::NaiveBayes => sum(naive_bayes::weights(&counts(), images.len())),
            Readout::LogNaiveBayes => {
                let weights = naive_bayes::weights(&lesson.log_spikes, images.len());
                Score::Sum { weights, of_count: log_count }
            }
            // A softmax of n_k/Σ n_k and of n_k are largest in the same place.
            Readout::SupervisedSoftmax => sum(softmax::weights(lesson)),
        };
        Reader { readout, images, score }
    }

    /// The score of each class.
    #[must_use]
    pub fn scores(&self, spikes: &[u32]) -> Vec<f64> {
        match &self.score {
            Score::Winner { classes } => votes::winner(spikes, classes, self.images.len()),
            Score::Mean { classes, neurons } => votes::means(spikes, classes, neurons),
            Score::Sum { weights, of_count } => votes::sums(spikes, weights, self.images.len(), *of_count),
        }
    }

    /// The class with the largest score of those that have a label image; the lowest on a tie.
    #[must_use]
    pub fn predict(&self, spikes: &[u32]) -> Class {
        let scores = self.scores(spikes);
        let known = (0..scores.len()).filter(|&class| self.images[class] > 0);
        let best = known.reduce(|best, class| if scores[class] > scores[best] { class } else { best });
        best.unwrap_or(0) as Class
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Label images of classes 1 and 2 of three; the last of four neurons stays silent.
    fn lesson() -> Lesson {
        let mut lesson = Lesson::new(4, 3, true);
        lesson.add(1, &[4, 1, 0, 0]);
        lesson.add(2, &[0, 1, 3, 0]);
        lesson.add(2, &[0, 1, 3, 0]);
        lesson
    }

    fn predictions(spikes: [u32; 4]) -> [Class; 6] {
        Readout::ALL.map(|readout| Reader::new(readout, &lesson()).predict(&spikes))
    }

    #[test]
    fn an_image_without_a_spike_is_taken_for_the_lowest_class_that_has_a_label_image() {
        assert_eq!(predictions([0; 4]), [1; 6]);
    }

    #[test]
    fn a_class_without_a_label_image_is_never_predicted() {
        for spikes in [[9, 0, 0, 0], [0, 9, 0, 0], [0, 0, 9, 0], [0, 0, 0, 9], [1, 1, 1, 1]] {
            assert!(predictions(spikes).iter().all(|&class| class > 0), "{spikes:?}");
        }
    }

    #[test]
    fn a_neuron_that_was_silent_in_the_label_pass_votes_for_nothing() {
        for readout in
            [Readout::MostActive, Readout::ClassMean, Readout::Proportion, Readout::SupervisedSoftmax]
        {
            let reader = Reader::new(readout, &lesson());
            assert_eq!(reader.scores(&[0, 0, 2, 9]), reader.scores(&[0, 0, 2, 0]), "{readout:?}");
            assert_eq!(reader.predict(&[0, 0, 2, 9]), 2, "{readout:?}");
        }
    }

    #[test]
    fn the_lowest_class_wins_a_tie() {
        // Two classes, two label images that mirror each other.
        let mut lesson = Lesson::new(2, 2, true);
        lesson.add(0, &[3, 1]);
        lesson.add(1, &[1, 3]);
        for readout in Readout::ALL {
            assert_eq!(Reader::new(readout, &lesson).predict(&[2, 2]), 0, "{readout:?}");
        }
    }
}
