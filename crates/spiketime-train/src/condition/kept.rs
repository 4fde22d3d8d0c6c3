//! Images that train nothing: what is chosen by them has seen neither them nor the test set.
//!
//! The last `validation_images` of the training set are kept from training and labelling, whatever scores.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiketime_data::Dataset;

use super::Condition;

/// Which images score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Score {
    /// Those of the test set.
    #[default]
    Test,
    /// The training images that are kept for it: what is chosen by them has not seen the test set.
    Validation,
}

impl Condition {
    /// Images that go through in one epoch.
    #[must_use]
    pub fn epoch_images(&self, is_sample: bool) -> u64 {
        self.dataset.epoch_images(is_sample).saturating_sub(self.validation_images as u64)
    }

    /// Are as many images kept as validate?
    pub(super) fn has_what_scores(&self) -> bool {
        self.score == Score::Test || self.test_images <= self.validation_images
    }

    /// The data set as its network sees it: without what is kept for validation, which scores where it is to.
    #[must_use]
    pub fn seen<'a>(&self, data: &'a Dataset) -> Cow<'a, Dataset> {
        if self.validation_images == 0 {
            return Cow::Borrowed(data);
        }
        let (seen, last) = data.split_off(self.validation_images);
        Cow::Owned(match self.score {
            Score::Test => seen,
            Score::Validation => Dataset { test: last, ..seen },
        })
    }
}
