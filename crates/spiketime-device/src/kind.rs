//! The laws of a device file by their words, and what each is in the simulator.
//!
//! ```text
//! linear  additive        exponential  e^(−βx)              power  (1 − x)^γ
//! soft    1 − x           neurosim     straight, by label   table  as measured
//! ```
//!
//! Written for steps up; steps down are the same of 1 − x. The formulas stand in [`spiketime_sim::laws::conductance`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiketime_sim::Dependence;

/// A law of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LawKind {
    /// The same step everywhere.
    Linear,
    /// Proportional to the room that is left.
    Soft,
    /// Shrinks by e over 1/β of the way.
    Exponential,
    /// Shrinks on a straight line; the nonlinearity is NeuroSim's label.
    Neurosim,
    /// A power γ of the room that is left.
    Power,
    /// As it was measured.
    Table,
}

impl LawKind {
    /// Those with a formula.
    pub const WITH_FORMULA: [LawKind; 5] =
        [LawKind::Linear, LawKind::Soft, LawKind::Exponential, LawKind::Neurosim, LawKind::Power];

    /// As it stands in a file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            LawKind::Linear => "linear",
            LawKind::Soft => "soft",
            LawKind::Exponential => "exponential",
            LawKind::Neurosim => "neurosim",
            LawKind::Power => "power",
            LawKind::Table => "table",
        }
    }

    /// What its nonlinearity is called, if it has one.
    #[must_use]
    pub fn nonlinearity(self) -> Option<&'static str> {
        match self {
            LawKind::Exponential => Some("β"),
            LawKind::Neurosim => Some("NL"),
            LawKind::Power => Some("γ"),
            LawKind::Linear | LawKind::Soft | LawKind::Table => None,
        }
    }

    /// In the simulator, with an exponent β or γ; none of a table, which has points.
    #[must_use]
    pub fn dependence(self, exponent: f64) -> Option<Dependence> {
        Some(match self {
            LawKind::Linear => Dependence::Additive,
            LawKind::Soft => Dependence::Soft,
            LawKind::Exponential => Dependence::Exponential { exponent },
            LawKind::Neurosim => Dependence::Straight { exponent },
            LawKind::Power => Dependence::Power { exponent },
            LawKind::Table => return None,
        })
    }
}
