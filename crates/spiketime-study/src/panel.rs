//! What a page shows of an experiment, as data: panels of a closed list of kinds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiketime_train::data_set::DataSet;

use crate::metric::ACCURACY;

/// What kind of panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A metric over the images seen, a line a condition.
    Curve,
    /// The same as a difference to the condition `reference`.
    Difference,
    /// A metric over one key (`keys`) of the conditions.
    Key,
    /// A metric over two keys (`keys`) of the conditions: rows, then columns.
    HeatMap,
    /// Weights, a tile a neuron, of seed 1.
    Map,
    /// Neurons a class.
    Histogram,
    /// True class against predicted class.
    Confusion,
    /// The first images of a data set.
    Images,
    /// One image shown to one trained network, spike by spike.
    Presentation,
}

/// How an axis of images is spaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Scale {
    #[default]
    Linear,
    Logarithmic,
}

/// A panel. A key that its kind has no use for is an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// What kind of panel.
    pub kind: Kind,
    /// What stands below it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub caption: String,
    /// Of which conditions; `*` stands for any letters, `?` for one; all of the file if none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// Of which metric; accuracy if none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// After how many images: of maps all of these; of others one; without it all maps, the last point else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<u64>,
    /// How images are spaced along a curve, values along one key.
    #[serde(default)]
    pub scale: Scale,
    /// Of kind `difference`: what is taken off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Keys of the conditions: one of kind `key`, two of kind `heat-map`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
    /// Of kind `images`: of which data set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<DataSet>,
    /// Is it closed until one opens it?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub folded: bool,
}

impl Panel {
    /// One with nothing but its kind.
    #[must_use]
    pub fn of(kind: Kind) -> Panel {
        Panel {
            kind,
            caption: String::new(),
            conditions: Vec::new(),
            metric: None,
            images: Vec::new(),
            scale: Scale::default(),
            reference: None,
            keys: Vec::new(),
            dataset: None,
            folded: false,
        }
    }

    /// The metric that it shows.
    #[must_use]
    pub fn metric(&self) -> &str {
        self.metric.as_deref().unwrap_or(ACCURACY)
    }
}
