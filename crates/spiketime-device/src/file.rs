//! A device file: the window, a law of steps for each direction, and how devices and pulses differ.
//!
//! ```text
//! x = (G − G_min)/(G_max − G_min)
//! potentiation  Δx = step · r(x)          depression  Δx = −step · f(x)
//! ```
//!
//! r and f by [`LawKind`]; `step` is that at the bound it leads away from, where both are 1. A table has its steps in its
//! points. Names of keys hold their units; an unknown key is an error. What a file is held to stands in `read`.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use spiketime_data::toml_file;
use spiketime_sim::{Dependence, Table};

use crate::kind::LawKind;
use crate::neurosim;

/// A device file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceFile {
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it comes from, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// G_min, the lower end of the nominal window.
    #[schemars(range(min = 0.0))]
    pub conductance_min_ns: f64,
    /// G_max, its upper end.
    #[schemars(range(min = 0.0))]
    pub conductance_max_ns: f64,
    /// Steps up.
    pub potentiation: Steps,
    /// Steps down.
    pub depression: Steps,
    /// How devices and pulses differ, steps of devices aside.
    #[serde(default, skip_serializing_if = "Variation::is_none")]
    pub variation: Variation,
}

/// The steps of one direction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// How a step depends on the conductance.
    pub law: LawKind,
    /// Of one pulse at the bound that it leads away from, as a fraction of the window; a table has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub step: Option<f64>,
    /// Of law neurosim, in place of `step`: pulses from bound to bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1.0))]
    pub pulses: Option<f64>,
    /// β (exponential), label from 0.01 to 9 (neurosim), γ (power).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub nonlinearity: Option<f64>,
    /// Of law table: points [x, step], x ascending; two with one x are a jump.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "some_points")]
    #[schemars(with = "Option<Vec<[f64; 2]>>")]
    pub table: Option<Vec<[f64; 2]>>,
    /// Standard deviation from device to device, relative to the step.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub step_sd: Option<f64>,
    /// How steps of devices are distributed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_law: Option<SpreadLaw>,
}

/// How devices and pulses differ.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variation {
    /// Standard deviation from device to device, relative to the nonlinearity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub nonlinearity_sd: Option<f64>,
    /// How nonlinearities of devices are distributed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonlinearity_law: Option<SpreadLaw>,
    /// Standard deviation of the lower end from device to device.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub conductance_min_sd_ns: Option<f64>,
    /// How lower ends of devices are distributed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conductance_min_law: Option<SpreadLaw>,
    /// Standard deviation of the upper end from device to device.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub conductance_max_sd_ns: Option<f64>,
    /// How upper ends of devices are distributed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conductance_max_law: Option<SpreadLaw>,
    /// Standard deviation of the same step from pulse to pulse.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub cycle_sd: Option<f64>,
    /// What `cycle_sd` is a part of: the step, or the range of a conductance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle_of: Option<CycleOf>,
    /// So many conductances, evenly spaced, can be told apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2))]
    pub levels: Option<u32>,
}

/// How values of devices are distributed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum SpreadLaw {
    Uniform,
    Normal,
    LogNormal,
}

/// The largest standard deviation of a uniform law of mean 1 that has no values below 0: 1/√3, as it spans 1 ± √3 s.
pub const WIDEST_UNIFORM: f64 = 0.577_350_269_189_625_8;

/// What a spread from cycle to cycle is a part of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CycleOf {
    /// The step.
    #[default]
    Step,
    /// The range of a conductance, from the lower end of its nominal window to the upper.
    Range,
}

fn some_points<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<[f64; 2]>>, D::Error> {
    toml_file::points(deserializer).map(Some)
}

/// The JSON Schema of a device file.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(DeviceFile).to_value()
}

impl Variation {
    fn is_none(&self) -> bool {
        *self == Variation::default()
    }
}

impl Steps {
    /// Of a law without spread; what the law does not have is left out.
    #[must_use]
    pub fn of(law: LawKind, step: f64, nonlinearity: f64) -> Steps {
        let has_it = law.nonlinearity().is_some();
        let nonlinearity = has_it.then_some(nonlinearity);
        Steps {
            law,
            step: Some(step),
            nonlinearity,
            pulses: None,
            table: None,
            step_sd: None,
            step_law: None,
        }
    }

    /// The dependence in the simulator, of x as a fraction of the window.
    #[must_use]
    pub fn dependence(&self) -> Dependence {
        let points = || Table::new(self.table.as_deref().unwrap_or_default()).map(Arc::new);
        let formula = self.law.dependence(self.exponent());
        // A table that is none was refused when the file was read.
        formula.or_else(|| points().ok().map(Dependence::Table)).unwrap_or(Dependence::Additive)
    }

    /// β or γ; 0 where the law has none.
    #[must_use]
    pub fn exponent(&self) -> f64 {
        let nonlinearity = self.nonlinearity.unwrap_or(0.0);
        if self.law == LawKind::Neurosim { neurosim::exponent(nonlinearity) } else { nonlinearity }
    }

    /// The step that the dependence is a factor of, as a fraction of the window; 1 for a table, whose points are steps.
    #[must_use]
    pub fn step(&self) -> f64 {
        let by_pulses = self.pulses.map(|pulses| neurosim::step(self.exponent(), pulses));
        self.step.or(by_pulses).unwrap_or(1.0)
    }
}

impl DeviceFile {
    /// As a file is written.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("numbers, words and lists of numbers are TOML")
    }
}
