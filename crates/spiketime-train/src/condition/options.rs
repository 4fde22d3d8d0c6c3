//! What keys of a condition choose between.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
pub use spiketime_device::file::CycleOf;

/// Lateral inhibition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Inhibition {
    WinnerTakesAll,
    Soft,
    None,
}

/// Which of the neurons above threshold at one instant spike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum TieRule {
    AllAboveThreshold,
    HighestOnly,
    HighestRelative,
}

/// Which size of a neuron's weights its threshold is a part of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum ThresholdScale {
    #[default]
    None,
    Sum,
    Norm,
}

/// What an own spike learns from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StdpRule {
    /// The time stamps of input spikes: a window.
    #[default]
    Window,
    /// The input spikes of this image.
    Counts,
}

/// How a step of a synapse depends on x = g/g_max.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Dependence {
    /// e^(−βx), of losses e^(−β(1 − x)).
    #[default]
    Exponential,
    /// 1 − x, of losses x.
    Soft,
    /// On a straight line from 1, the non-linearity by the label NL of NeuroSim, 0.01 to 9.
    Neurosim,
    /// (1 − x)^γ, of losses x^γ.
    Power,
    /// As a table says.
    Table,
}

/// When a neuron's weights are brought to a size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Normalise {
    #[default]
    Never,
    AtSpike,
    AfterImage,
}

/// The size of a neuron's weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Measure {
    #[default]
    Sum,
    Norm,
}

/// Precision of weights and state; times are always f64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Precision {
    F32,
    F64,
}

/// Nearly three hours of training: Diehl & Cook 2015 (Front. Comput. Neurosci. 9:99) let thresholds last so long.
pub(super) const LASTING_TAU_MS: f64 = 1e7;
pub(super) const HOMEOSTASIS_IMAGES: f64 = 100.0;
/// No threshold falls below a tenth of T₀ …
pub(super) const HOMEOSTASIS_MIN: f64 = -0.9;
/// … or rises above eleven times that.
pub(super) const HOMEOSTASIS_MAX: f64 = 10.0;
pub(super) const STDP_RATE: f64 = 0.01;
