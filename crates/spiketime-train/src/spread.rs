//! By which law thresholds and initial weights are spread over the neurons and synapses of a condition.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiketime_data::law::Law;

/// The law that values are drawn from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Spread {
    #[default]
    Uniform,
    Normal,
    LogNormal,
}

impl Spread {
    /// What is drawn: uniform from `min` to `max`, or about both with a standard deviation.
    pub(crate) fn law(self, min: f64, max: f64, sd: f64) -> Law {
        match self {
            Spread::Uniform => Law::Uniform { min, max },
            Spread::Normal => Law::Normal { mean: min, sd },
            Spread::LogNormal => Law::LogNormal { mean: min, sd },
        }
    }

    /// What is drawn about a mean with a standard deviation.
    pub(crate) fn about(self, mean: f64, sd: f64) -> Law {
        // A uniform law of this width has this standard deviation.
        let half = sd * f64::sqrt(3.0);
        match self {
            _ if sd == 0.0 => Law::Uniform { min: mean, max: mean },
            Spread::Uniform => Law::Uniform { min: mean - half, max: mean + half },
            Spread::Normal => Law::Normal { mean, sd },
            Spread::LogNormal => Law::LogNormal { mean, sd },
        }
    }

    /// Is it the law of the report, which adds nothing to a run's id?
    pub(crate) fn is_uniform(&self) -> bool {
        *self == Spread::Uniform
    }

    /// Does a law with a spread have one middle, and another law no standard deviation?
    pub(crate) fn fits(self, min: f64, max: f64, sd: f64) -> bool {
        if self.is_uniform() { sd == 0.0 } else { min == max && sd >= 0.0 }
    }
}
