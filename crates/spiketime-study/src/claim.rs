//! A claim as data: an id, a sentence or a question, and the statistics that judge it.
//!
//! A statistic names a rule of a closed list and the conditions, metrics and points it looks at. Lists multiply, and so
//! does `{name}` where `name` is one of the experiment's `lists`: the same name in several keys goes along together.

pub mod expand;
mod one_or_many;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use one_or_many::{Names, Points};

/// What kind of statistic it is; each is a function of [`crate::statistics`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The expected value (`[[expected]]`) is where a single run would fall; metrics in percent.
    Value,
    /// The mean is above every expected value (`[[expected]]`) of it; metrics in percent.
    AboveExpected,
    /// The first is higher than the second (`than`).
    Higher,
    /// The first stays within 3 points of the second (`than`); metrics in percent.
    InLine,
    /// Less than half; metrics in percent.
    Few,
    /// More than half; metrics in percent.
    Most,
    /// Every metric of `bounds` lies within its bounds, in every seed.
    Within,
    /// The two differ by less than 10 % of their mean.
    EqualWithin,
    /// The accuracy is above twice that of a guess.
    Learned,
    /// A number, or a difference of two, that nothing is held against.
    Measured,
}

/// The other side of a comparison: what it does not name is as on the first side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Than {
    /// Of which condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Of which metric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// After how many images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<u64>,
}

/// Statistics of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatisticSpec {
    /// Of which kind.
    pub rule: Rule,
    /// Of which condition, or conditions.
    pub condition: Names,
    /// Of which metric, or metrics; accuracy if none is named.
    #[serde(default = "accuracy")]
    pub metric: Names,
    /// After how many images: a number, numbers, `"{checkpoints}"` or a list's name; none for a metric of whole runs.
    #[serde(default, skip_serializing_if = "Points::is_empty")]
    pub images: Points,
    /// The other side of a comparison.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub than: Option<Than>,
    /// Of rule `within`: from and to, by metric.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bounds: BTreeMap<String, [f64; 2]>,
    /// Of rule `within`: it should not be so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outside: bool,
}

fn accuracy() -> Names {
    Names(vec!["accuracy".to_owned()])
}

/// A claim, or a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimSpec {
    /// What it is called.
    pub id: String,
    /// What is claimed …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// … or asked; a question is answered with yes or no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// Who published it, where: then it is reproduced or not, and runs made smaller do not judge it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What judges it.
    #[serde(rename = "statistic")]
    pub statistics: Vec<StatisticSpec>,
}

impl ClaimSpec {
    /// The sentence, or the question.
    #[must_use]
    pub fn text(&self) -> &str {
        self.sentence.as_deref().or(self.question.as_deref()).unwrap_or_default()
    }
}

/// One side of a statistic: a metric of a condition at a point of its training.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Of which condition.
    pub condition: String,
    /// Of which metric.
    pub metric: String,
    /// After how many images; `None` for a metric of whole runs.
    pub images: Option<u64>,
}

/// One statistic.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistic {
    /// Of which kind.
    pub rule: Rule,
    /// What is looked at; of rule `within` its metric is the first of the bounds.
    pub look: Look,
    /// What it is compared with.
    pub than: Option<Look>,
    /// Of rule `within`.
    pub bounds: BTreeMap<String, [f64; 2]>,
    /// Of rule `within`.
    pub outside: bool,
}

impl Statistic {
    /// Everything that it looks at.
    pub fn looks(&self) -> impl Iterator<Item = Look> + '_ {
        let bounded = self.bounds.keys().map(|metric| Look { metric: metric.clone(), ..self.look.clone() });
        let first = self.bounds.is_empty().then(|| self.look.clone());
        first.into_iter().chain(bounded).chain(self.than.clone())
    }
}
