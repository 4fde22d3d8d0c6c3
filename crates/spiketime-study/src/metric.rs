//! The metrics that a claim may look at: those of a checkpoint, and what follows from them.
//!
//! ```text
//! <count>_percent        a count of neurons in percent of N, silent ones included in N
//! smallest_class_percent neurons of the class that has fewest, in percent of N; largest_class_percent likewise
//! <metric>_line_r_squared  R² of a straight line through the experiment's points from `images` on
//! training_us            microseconds of training an image, of a whole run: it names no point
//! run_seconds            seconds of a whole run, from pixels to its last accuracy, on one thread: likewise
//! ```

use spiketime_train::condition::Score;
use spiketime_train::metrics::{Asked, is_metric, known_metrics, of_the_test, read_out};
use spiketime_train::readout::Readout;
use spiketime_train::record::Checkpoint;

use crate::spaced::spaced;
use crate::statistics::{Limits, PERCENT, POINTS};

pub(crate) const PERCENT_SUFFIX: &str = "_percent";
const LINE_SUFFIX: &str = "_line_r_squared";
const SMALLEST_CLASS: &str = "smallest_class_percent";
const LARGEST_CLASS: &str = "largest_class_percent";
/// Those that differ from machine to machine.
const TRAINING_TIME: &str = "training_us";
const RUN_TIME: &str = "run_seconds";
/// The same spikes, scored with the labels of a later network.
pub const FINAL_LABELS: &str = "accuracy_final_labels";
/// What is looked at where no metric is named.
pub const ACCURACY: &str = "accuracy";

/// A metric, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Metric {
    /// As the checkpoint has it.
    Recorded(String),
    /// A count of neurons, in percent of N.
    PercentOfNeurons(String),
    /// The class with fewest neurons \[% of N\].
    SmallestClass,
    /// The class with most neurons \[% of N\].
    LargestClass,
    /// R² of a line through the points of another metric.
    Line(String),
    /// Of a whole run \[µs an image\].
    TrainingTime,
    /// Of a whole run \[s\].
    RunTime,
}

impl Metric {
    /// The metric of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Metric> {
        match name {
            SMALLEST_CLASS => Some(Metric::SmallestClass),
            LARGEST_CLASS => Some(Metric::LargestClass),
            TRAINING_TIME => Some(Metric::TrainingTime),
            RUN_TIME => Some(Metric::RunTime),
            name if is_metric(name) => Some(Metric::Recorded(name.to_owned())),
            name => {
                let counted = name.strip_suffix(PERCENT_SUFFIX).filter(|count| is_metric(count));
                let lined = name.strip_suffix(LINE_SUFFIX).filter(|metric| is_metric(metric));
                let percent = counted
                    .filter(|count| is_count(count))
                    .map(|count| Metric::PercentOfNeurons(count.into()));
                percent.or_else(|| lined.map(|metric| Metric::Line(metric.into())))
            }
        }
    }

    /// Every name that there is on a set of so many classes, for messages.
    #[must_use]
    pub fn names(classes: usize) -> Vec<String> {
        let recorded = known_metrics(classes);
        let percent =
            recorded.iter().filter(|name| is_count(name)).map(|name| format!("{name}{PERCENT_SUFFIX}"));
        let lines = [ACCURACY, FINAL_LABELS].map(|name| format!("{name}{LINE_SUFFIX}"));
        let others = [SMALLEST_CLASS, LARGEST_CLASS, TRAINING_TIME, RUN_TIME].map(str::to_owned);
        recorded.iter().cloned().chain(percent.collect::<Vec<_>>()).chain(lines).chain(others).collect()
    }

    /// Does it differ from machine to machine?
    #[must_use]
    pub fn is_timing(&self) -> bool {
        matches!(self, Metric::TrainingTime | Metric::RunTime)
    }

    /// What a person calls it.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Metric::Recorded(name) | Metric::PercentOfNeurons(name) => words_of(name),
            Metric::SmallestClass => "neurons of the smallest class".to_owned(),
            Metric::LargestClass => "neurons of the largest class".to_owned(),
            Metric::Line(name) => format!("R² of a line through the {}", words_of(name)),
            Metric::TrainingTime => "training time".to_owned(),
            Metric::RunTime => "time from pixels to the last accuracy".to_owned(),
        }
    }

    /// In which unit it is told.
    #[must_use]
    pub fn unit(&self) -> Unit {
        match self {
            Metric::Recorded(name) => unit_of(name),
            Metric::PercentOfNeurons(_) | Metric::SmallestClass | Metric::LargestClass => {
                Unit::PercentOfNeurons
            }
            Metric::Line(_) => Unit::One,
            Metric::TrainingTime => Unit::Microseconds,
            Metric::RunTime => Unit::Seconds,
        }
    }

    /// Its value at a checkpoint; `None` for a metric of several points or of a whole run.
    #[must_use]
    pub fn at(&self, point: &Checkpoint, asked: Asked) -> Option<f64> {
        let neurons = point.label_histogram.iter().sum::<u64>() + point.silent_neurons;
        let percent = |count: u64| 100.0 * count as f64 / neurons as f64;
        match self {
            Metric::Recorded(name) => point.metric(name, asked),
            Metric::PercentOfNeurons(name) => {
                point.metric(name, asked).map(|count| percent_of(count, neurons))
            }
            Metric::SmallestClass => point.label_histogram.iter().min().map(|&count| percent(count)),
            Metric::LargestClass => point.label_histogram.iter().max().map(|&count| percent(count)),
            Metric::Line(_) | Metric::TrainingTime | Metric::RunTime => None,
        }
    }
}

/// A count of neurons, in percent of N.
#[must_use]
pub fn percent_of(count: f64, neurons: u64) -> f64 {
    100.0 / neurons as f64 * count
}

/// What a number is told in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Unit {
    Percent,
    PercentOfNeurons,
    Neurons,
    SpikesAnImage,
    Microseconds,
    Seconds,
    /// None.
    One,
}

impl Unit {
    /// As it stands behind a value.
    #[must_use]
    pub fn of_a_value(self) -> &'static str {
        match self {
            Unit::Percent => "%",
            Unit::PercentOfNeurons => "% of N",
            Unit::Neurons => "neurons",
            Unit::SpikesAnImage => "an image",
            Unit::Microseconds => "µs an image",
            Unit::Seconds => "s",
            Unit::One => "",
        }
    }

    /// As it stands behind a difference of two values.
    #[must_use]
    pub fn of_a_difference(self) -> &'static str {
        match self {
            Unit::Percent => "points",
            Unit::PercentOfNeurons => "points of N",
            other => other.of_a_value(),
        }
    }

    /// Is it a part of a whole?
    #[must_use]
    pub fn is_percent(self) -> bool {
        matches!(self, Unit::Percent | Unit::PercentOfNeurons)
    }

    /// What a value can be.
    #[must_use]
    pub fn limits(self) -> Limits {
        match self {
            Unit::Percent | Unit::PercentOfNeurons => PERCENT,
            Unit::One => [-1.0, 1.0],
            Unit::Neurons | Unit::SpikesAnImage | Unit::Microseconds | Unit::Seconds => [0.0, f64::INFINITY],
        }
    }

    /// What a difference of two values can be.
    #[must_use]
    pub fn limits_of_a_difference(self) -> Limits {
        match self {
            Unit::Percent | Unit::PercentOfNeurons => POINTS,
            Unit::One => [-2.0, 2.0],
            Unit::Neurons | Unit::SpikesAnImage | Unit::Microseconds | Unit::Seconds => {
                [f64::NEG_INFINITY, f64::INFINITY]
            }
        }
    }
}

fn is_count(name: &str) -> bool {
    unit_of(name) == Unit::Neurons
}

fn unit_of(name: &str) -> Unit {
    match name {
        name if name.starts_with(ACCURACY) || name.ends_with(PERCENT_SUFFIX) => Unit::Percent,
        name if name.contains("neurons") => Unit::Neurons,
        name if ["training_", "test_", "validation_"].iter().any(|of| name.starts_with(of)) => {
            Unit::SpikesAnImage
        }
        _ => Unit::One,
    }
}

fn words_of(name: &str) -> String {
    if let (plain, Score::Validation) = of_the_test(name) {
        return format!("{} on validation images", words_of(&plain));
    }
    match name {
        FINAL_LABELS => "accuracy with final labels".to_owned(),
        "accuracy_class_sum" => "accuracy by class sum".to_owned(),
        "accuracy_with_rest" => "accuracy with rests".to_owned(),
        "most_predicted_percent" => "share of the most frequent answer".to_owned(),
        "weight_correlation" => "correlation of weights".to_owned(),
        name => match (name.strip_prefix("neurons_class_"), read_out(name)) {
            (Some(class), _) => format!("neurons of class {class}"),
            (None, Some((readout, None))) => format!("accuracy by {}", words_of_readout(readout)),
            (None, Some((readout, Some(labels)))) => {
                format!("accuracy by {}, {} label images", words_of_readout(readout), spaced(labels))
            }
            (None, None) => name.replace('_', " "),
        },
    }
}

fn words_of_readout(readout: Readout) -> &'static str {
    match readout {
        Readout::MostActive => "most active neuron, labels by rate",
        Readout::ClassMean => "mean neuron of a class",
        Readout::Proportion => "proportion",
        Readout::NaiveBayes => "naive Bayes",
        Readout::LogNaiveBayes => "naive Bayes of logarithms",
        Readout::SupervisedSoftmax => "supervised softmax regression",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A checkpoint whose map has these labels; what else it has is a real one's.
    fn point(labels: [u64; 10], silent_neurons: u64) -> Checkpoint {
        let kept = include_bytes!("../../../fixtures/layout-2/wta-seed-1.json");
        let record = spiketime_train::record::Record::read(kept).unwrap();
        let label_histogram = labels.to_vec();
        Checkpoint { label_histogram, silent_neurons, noisy_neurons: 30, ..record.checkpoints[0].clone() }
    }

    fn at(name: &str, point: &Checkpoint) -> f64 {
        Metric::named(name).unwrap().at(point, Asked::default()).unwrap()
    }

    #[test]
    fn counts_are_told_in_percent_of_all_neurons_the_silent_ones_too() {
        let point = point([10, 41, 20, 20, 20, 20, 20, 20, 20, 4], 5);
        assert_eq!(at("smallest_class_percent", &point), 2.0);
        assert_eq!(at("largest_class_percent", &point), 20.5);
        assert_eq!(at("noisy_neurons_percent", &point), 15.0);
        assert_eq!(at("neurons_class_0_percent", &point), 5.0);
    }

    #[test]
    fn every_name_that_is_told_is_one_and_every_one_has_words() {
        for name in Metric::names(10) {
            let metric = Metric::named(&name).expect(&name);
            assert!(!metric.words().contains('_'), "{name}: {}", metric.words());
        }
        for name in
            ["accuracy_percent", "percent", "_percent", "weight_correlation_percent", "line_r_squared", ""]
        {
            assert_eq!(Metric::named(name), None, "{name}");
        }
    }

    #[test]
    fn a_number_has_the_unit_of_its_kind() {
        let unit = |name: &str| Metric::named(name).unwrap().unit();
        assert_eq!(
            (unit("accuracy_with_rest"), unit("most_predicted_percent")),
            (Unit::Percent, Unit::Percent)
        );
        assert_eq!((unit("silent_neurons"), unit("neurons_class_3")), (Unit::Neurons, Unit::Neurons));
        assert_eq!((unit("training_ties"), unit("training_us")), (Unit::SpikesAnImage, Unit::Microseconds));
        assert_eq!(unit("run_seconds"), Unit::Seconds);
        assert_eq!((unit("accuracy_line_r_squared"), unit("weight_correlation")), (Unit::One, Unit::One));
    }
}
