//! Labels become classes: whole numbers in their order, texts in theirs.
//!
//! The classes are the labels of the training set, each once; a test label that is none of them is refused.

use std::collections::BTreeSet;
use std::fmt::Display;

use crate::array::{Array, Values};
use crate::facts::{Class, MAX_CLASSES};

/// What is wrong with labels.
#[derive(Debug, PartialEq, thiserror::Error)]
#[allow(missing_docs)]
pub enum LabelsError {
    #[error("has {0} axes; labels have one")]
    Axes(usize),
    #[error("holds {0} as a label; labels are whole numbers or texts")]
    Float(f64),
    #[error("all training labels are '{label}'; a classifier needs two classes")]
    OneClass { label: String },
    #[error("{count} classes; at most {MAX_CLASSES} can be told apart")]
    Classes { count: usize },
    #[error(
        "`classes` names {names} classes, but the training labels are {labels}; name one a label, in their order"
    )]
    Names { names: usize, labels: usize },
    #[error("`classes` names '{name}' twice; give each class its own name")]
    SameName { name: String },
    #[error("test labels have '{label}', which no training label is; train on every class that is tested")]
    NoSuchClass { label: String },
    #[error("training labels are numbers and test labels texts, or the other way round; give both one kind")]
    Kinds,
}

/// Labels as a file has them.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Labels {
    Numbers(Vec<i64>),
    Texts(Vec<String>),
}

/// The classes, from 0 on: which label is which, and what they are called.
pub(super) struct Known {
    labels: Labels,
    pub(super) names: Vec<String>,
}

impl Labels {
    /// Floats that are whole numbers are labels too: numpy makes them easily.
    pub(super) fn of(array: Array) -> Result<Labels, LabelsError> {
        if array.shape.len() != 1 {
            return Err(LabelsError::Axes(array.shape.len()));
        }
        Ok(match array.values {
            Values::Bytes(bytes) => Labels::Numbers(bytes.into_iter().map(i64::from).collect()),
            Values::Integers(numbers) => Labels::Numbers(numbers),
            Values::Texts(texts) => Labels::Texts(texts),
            Values::Floats(floats) => {
                Labels::Numbers(floats.into_iter().map(whole).collect::<Result<_, _>>()?)
            }
        })
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Labels::Numbers(numbers) => numbers.len(),
            Labels::Texts(texts) => texts.len(),
        }
    }

    pub(super) fn chosen(&self, places: &[usize]) -> Labels {
        match self {
            Labels::Numbers(numbers) => Labels::Numbers(places.iter().map(|&place| numbers[place]).collect()),
            Labels::Texts(texts) => Labels::Texts(places.iter().map(|&place| texts[place].clone()).collect()),
        }
    }

    /// Each once, in order.
    fn distinct(&self) -> Labels {
        match self {
            Labels::Numbers(numbers) => Labels::Numbers(each_once(numbers)),
            Labels::Texts(texts) => Labels::Texts(each_once(texts)),
        }
    }

    fn names(&self) -> Vec<String> {
        match self {
            Labels::Numbers(numbers) => numbers.iter().map(i64::to_string).collect(),
            Labels::Texts(texts) => texts.clone(),
        }
    }
}

fn each_once<T: Ord + Clone>(values: &[T]) -> Vec<T> {
    values.iter().collect::<BTreeSet<&T>>().into_iter().cloned().collect()
}

fn whole(float: f64) -> Result<i64, LabelsError> {
    // Whole numbers up to here are exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if float.fract() == 0.0 && float.abs() <= EXACT {
        Ok(float as i64)
    } else {
        Err(LabelsError::Float(float))
    }
}

/// The classes of a training set; `names` are the user's, or none.
pub(super) fn known(train: &Labels, names: &[String]) -> Result<Known, LabelsError> {
    let labels = train.distinct();
    let count = labels.len();
    if let (1, Some(label)) = (count, labels.names().pop()) {
        return Err(LabelsError::OneClass { label });
    }
    if count > MAX_CLASSES {
        return Err(LabelsError::Classes { count });
    }
    if names.is_empty() {
        return Ok(Known { names: labels.names(), labels });
    }
    if names.len() != count {
        return Err(LabelsError::Names { names: names.len(), labels: count });
    }
    let mut seen = BTreeSet::new();
    match names.iter().find(|name| !seen.insert(*name)) {
        Some(name) => Err(LabelsError::SameName { name: name.clone() }),
        None => Ok(Known { labels, names: names.to_vec() }),
    }
}

impl Known {
    /// The class of each label.
    pub(super) fn classes(&self, labels: &Labels) -> Result<Vec<Class>, LabelsError> {
        match (&self.labels, labels) {
            (Labels::Numbers(known), Labels::Numbers(labels)) => places(known, labels),
            (Labels::Texts(known), Labels::Texts(labels)) => places(known, labels),
            _ => Err(LabelsError::Kinds),
        }
    }
}

fn places<T: Ord + Display>(known: &[T], labels: &[T]) -> Result<Vec<Class>, LabelsError> {
    let place = |label: &T| match known.binary_search(label) {
        // There are at most MAX_CLASSES.
        Ok(place) => Ok(place as Class),
        Err(_) => Err(LabelsError::NoSuchClass { label: label.to_string() }),
    };
    labels.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(labels: &[&str]) -> Labels {
        Labels::Texts(labels.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn classes_are_the_training_labels_in_their_order() {
        let known = known(&Labels::Numbers(vec![10, -3, 9, 10]), &[]).unwrap();
        assert_eq!(known.names, ["-3", "9", "10"]);
        assert_eq!(known.classes(&Labels::Numbers(vec![9, 10, -3])).unwrap(), [1, 2, 0]);
        let known = super::known(&texts(&["dog", "cat"]), &["Katze".into(), "Hund".into()]).unwrap();
        assert_eq!(known.names, ["Katze", "Hund"]);
        assert_eq!(known.classes(&texts(&["dog"])).unwrap(), [1]);
    }

    #[test]
    fn labels_that_make_no_classes_are_refused() {
        let told = |train: &Labels, names: &[&str]| {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            known(train, &names).map(|_| ()).unwrap_err().to_string()
        };
        let two = Labels::Numbers(vec![1, 2]);
        assert_eq!(
            told(&Labels::Numbers(vec![4, 4]), &[]),
            "all training labels are '4'; a classifier needs two classes"
        );
        assert!(told(&Labels::Numbers((0..1_001).collect()), &[]).starts_with("1001 classes"));
        assert!(told(&two, &["a"]).starts_with("`classes` names 1 classes, but the training labels are 2"));
        assert!(told(&two, &["a", "a"]).starts_with("`classes` names 'a' twice"));
        let known = known(&two, &[]).unwrap();
        let stranger = known.classes(&Labels::Numbers(vec![1, 3])).unwrap_err().to_string();
        assert_eq!(
            stranger,
            "test labels have '3', which no training label is; train on every class that is tested"
        );
        assert!(matches!(known.classes(&texts(&["1"])), Err(LabelsError::Kinds)));
    }

    #[test]
    fn whole_floats_are_labels_and_others_are_not() {
        let of = |floats: Vec<f64>| {
            Labels::of(Array { shape: vec![floats.len()], values: Values::Floats(floats) })
        };
        assert_eq!(of(vec![1.0, -2.0]), Ok(Labels::Numbers(vec![1, -2])));
        assert_eq!(of(vec![1.5]), Err(LabelsError::Float(1.5)));
        assert!(of(vec![f64::NAN]).is_err() && of(vec![f64::INFINITY]).is_err() && of(vec![1e300]).is_err());
        let table = Array { shape: vec![1, 1], values: Values::Bytes(vec![1]) };
        assert_eq!(Labels::of(table), Err(LabelsError::Axes(2)));
    }
}
