//! Which data set a condition is trained on: one that the program knows, one of a study, or a name not yet looked up.
//!
//! In a file it is a name. In a record a set of one's own is its [`Facts`]: sizes, classes, digest, and no path.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiketime_data::builtin::{CLASSES, PIXELS, SIDE};
use spiketime_data::facts::Presented;
use spiketime_data::{DatasetName, Facts};

/// Which data set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "Written", into = "Written")]
#[schemars(with = "Written")]
pub enum DataSet {
    /// One that the program knows by name.
    Known(DatasetName),
    /// One of a study.
    Own(Arc<Facts>),
    /// A name that no study has explained yet.
    Named(String),
}

/// As files have it: `mnist`, `fashion-mnist`, the name of a table `[data.NAME]` of the study, or what such a set was.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Written {
    Name(String),
    Own(Facts),
}

impl From<Written> for DataSet {
    fn from(written: Written) -> DataSet {
        match written {
            Written::Own(facts) => DataSet::Own(Arc::new(facts)),
            Written::Name(name) => known(&name).map_or(DataSet::Named(name), DataSet::Known),
        }
    }
}

impl From<DataSet> for Written {
    fn from(set: DataSet) -> Written {
        match set {
            DataSet::Known(name) => Written::Name(name.as_str().to_owned()),
            DataSet::Own(facts) => Written::Own(Arc::unwrap_or_clone(facts)),
            DataSet::Named(name) => Written::Name(name),
        }
    }
}

/// The set that the program knows by this name.
fn known(name: &str) -> Option<DatasetName> {
    DatasetName::ALL.into_iter().find(|known| known.as_str() == name)
}

impl Default for DataSet {
    /// MNIST, as in the report.
    fn default() -> DataSet {
        DataSet::Known(DatasetName::Mnist)
    }
}

impl DataSet {
    /// What files call it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            DataSet::Known(name) => name.as_str(),
            DataSet::Own(facts) => &facts.name,
            DataSet::Named(name) => name,
        }
    }

    /// The set that the program knows, if it is one.
    #[must_use]
    pub fn known(&self) -> Option<DatasetName> {
        match self {
            DataSet::Known(name) => Some(*name),
            _ => None,
        }
    }

    /// The facts of a set of one's own.
    #[must_use]
    pub fn own(&self) -> Option<&Facts> {
        match self {
            DataSet::Own(facts) => Some(facts),
            _ => None,
        }
    }

    /// Rows and columns in which its inputs are drawn. A name alone is taken for a set that the program knows.
    #[must_use]
    pub fn shape(&self) -> [usize; 2] {
        self.own().map_or([SIDE, SIDE], |facts| facts.shape)
    }

    /// What it shows to a network.
    #[must_use]
    pub fn presented(&self) -> Presented {
        self.own().map_or(Presented::Images, |facts| facts.presented)
    }

    /// How many inputs a network on it has.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.own().map_or(PIXELS, Facts::inputs)
    }

    /// How many classes it has.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.own().map_or(CLASSES, |facts| facts.classes.len())
    }

    /// The same with other classes: then it is nobody's but one's own.
    #[must_use]
    pub(crate) fn with_classes(&self, classes: Vec<String>) -> DataSet {
        if (0..self.classes()).map(|class| self.class_name(class)).eq(classes.iter().map(String::as_str)) {
            return self.clone();
        }
        DataSet::Own(Arc::new(Facts {
            name: self.name().to_owned(),
            presented: self.presented(),
            shape: self.shape(),
            classes,
            train_images: self.epoch_images(false),
            test_images: self.test_images(false),
            held_out: None,
            longest_ms: self.longest_ms(),
            sha256: String::new(),
        }))
    }

    /// What a class is called.
    #[must_use]
    pub fn class_name(&self, class: usize) -> &str {
        match self {
            DataSet::Own(facts) => &facts.classes[class],
            DataSet::Known(name) => name.classes()[class],
            DataSet::Named(_) => "",
        }
    }

    /// Training images of one epoch. Only a set that the program knows has an embedded sample.
    #[must_use]
    pub fn epoch_images(&self, is_sample: bool) -> u64 {
        match self {
            DataSet::Own(facts) => facts.train_images,
            _ => self.known().unwrap_or(DatasetName::Mnist).train_images(is_sample),
        }
    }

    /// Test images of a set of one's own; those of the others are ten thousand or a sample.
    #[must_use]
    pub fn test_images(&self, is_sample: bool) -> u64 {
        match self {
            DataSet::Own(facts) => facts.test_images,
            _ => self.known().unwrap_or(DatasetName::Mnist).test_images(is_sample),
        }
    }

    /// Is it the embedded sample where one was asked for? A set of one's own has none: it is what it is.
    #[must_use]
    pub fn is_sample(&self, asked: bool) -> bool {
        asked && self.own().is_none()
    }

    /// How long its longest recording is \[ms\], if it is events.
    #[must_use]
    pub fn longest_ms(&self) -> Option<f64> {
        self.own().filter(|facts| facts.presented == Presented::Events).and_then(|facts| facts.longest_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_set_is_its_name_and_adds_nothing_to_what_is_hashed() {
        for (set, json) in
            [(DatasetName::Mnist, "\"mnist\""), (DatasetName::FashionMnist, "\"fashion-mnist\"")]
        {
            assert_eq!(serde_json::to_string(&DataSet::Known(set)).unwrap(), json);
            assert_eq!(serde_json::from_str::<DataSet>(json).unwrap(), DataSet::Known(set));
        }
        assert_eq!(serde_json::from_str::<DataSet>("\"mine\"").unwrap(), DataSet::Named("mine".into()));
    }

    #[test]
    fn a_set_of_ones_own_is_its_facts_in_a_record() {
        let facts = Facts {
            name: "mine".into(),
            presented: Presented::Images,
            shape: [8, 9],
            classes: vec!["a".into(), "b".into()],
            train_images: 7,
            test_images: 3,
            held_out: None,
            longest_ms: None,
            sha256: "00".into(),
        };
        let set = DataSet::Own(Arc::new(facts));
        let json = serde_json::to_string(&set).unwrap();
        assert!(
            json.starts_with(r#"{"name":"mine","presented":"images","shape":[8,9],"classes":["a","b"]"#),
            "{json}"
        );
        assert_eq!(serde_json::from_str::<DataSet>(&json).unwrap(), set);
        assert_eq!((set.inputs(), set.classes(), set.epoch_images(true)), (72, 2, 7));
    }
}
