//! What a data set is: all that a network on it and its results depend on, and no path.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Inputs that a network can have: a ticket of the urn has 16 bits (see [`crate::poisson`]).
pub const MAX_INPUTS: usize = 1 << 16;
/// Classes that a data set can have.
pub const MAX_CLASSES: usize = 1_000;

/// A class by its place among the names of its data set.
pub type Class = u16;

/// What is shown to a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Presented {
    /// Grey values, which become Poisson spikes.
    Images,
    /// Spikes at the times at which a sensor saw them.
    Events,
}

/// A part of the training set that is held out for testing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeldOut {
    /// Which share, above 0 and below 1.
    pub share: f64,
    /// Root of the random stream that draws it.
    pub seed: u64,
}

/// A data set without its data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// What experiment files call it.
    pub name: String,
    /// What is shown to a network.
    pub presented: Presented,
    /// Rows and columns in which the inputs are drawn; their product is the number of inputs.
    pub shape: [usize; 2],
    /// Names of the classes, from class 0 on.
    pub classes: Vec<String>,
    /// How many images, or recordings, train.
    pub train_images: u64,
    /// How many score.
    pub test_images: u64,
    /// Where the test set was drawn from the training set; absent where it is a set of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out: Option<HeldOut>,
    /// How long the longest recording is \[ms\]; absent for images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_ms: Option<f64>,
    /// SHA-256 of what was read: sizes, grey values or events, labels, of both parts.
    pub sha256: String,
}

impl Facts {
    /// How many inputs a network on it has.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.shape[0] * self.shape[1]
    }

    /// The first that is impossible of facts that somebody wrote, in words.
    #[must_use]
    pub fn impossible(&self) -> Option<&'static str> {
        let inputs = self.shape[0].checked_mul(self.shape[1]);
        let is_share = |held: HeldOut| held.share > 0.0 && held.share < 1.0;
        let rules = [
            (inputs.is_some_and(|inputs| (1..=MAX_INPUTS).contains(&inputs)), "its shape"),
            ((1..=MAX_CLASSES).contains(&self.classes.len()), "the number of its classes"),
            (self.train_images > 0 && self.test_images > 0, "the number of its images"),
            (self.held_out.is_none_or(is_share), "the share that is held out"),
            (self.longest_ms.is_none_or(|ms| ms.is_finite() && ms >= 0.0), "the length of a recording"),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map(|(_, what)| what)
    }
}
