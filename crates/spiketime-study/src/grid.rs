//! A grid: keys crossed in an experiment file give conditions, with names made from their values.
//!
//! Keys are crossed in the order in which they are written, the last one fastest. What varies together with them is a
//! sum: `threshold_min_mv = "50 - d"`, where `d` is a crossed key, of a condition or of one's own.

pub mod cells;
mod linear;
mod settings;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::devices::Devices;

/// What a key is set to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a number, a text, true or false")]
#[allow(missing_docs)]
pub enum Setting {
    Flag(bool),
    Whole(i64),
    Number(f64),
    Text(String),
}

/// Keys that are crossed: every combination of their values is a condition, after the written ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grid {
    /// What a cell is called: `{key}` stands for its value; without it keys and values, such as `neurons-100`. A cell
    /// that is a condition of the study already has that one's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The values by key, crossed in this order, the last key fastest; a key of one's own is a number for `with`.
    pub keys: IndexMap<String, Vec<Setting>>,
    /// What all cells share; of a number also what it is made from, as `"50 - d"` or `"0.5 * neurons"`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub with: IndexMap<String, Setting>,
    /// Cells that are left out: all that have these values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<IndexMap<String, Setting>>,
    /// The devices that it may name.
    #[serde(skip)]
    pub devices: Devices,
}

impl Grid {
    /// How many cells it has before any is left out.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.keys.values().fold(1, |all, values| all.saturating_mul(values.len() as u64))
    }
}

/// What the grids of a file came to, beside its conditions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crossed {
    /// The keys that vary, as columns of tables.
    pub columns: Vec<String>,
    /// Values of keys of one's own, by condition.
    pub own: BTreeMap<String, BTreeMap<String, f64>>,
    /// The name that a cell would have, and the one that it has by hand.
    pub renamed: BTreeMap<String, String>,
    /// Cells that have the name of a condition of another file, as one would write them there.
    pub taken: Vec<toml::Table>,
}

impl Crossed {
    /// `; that cell is 'wta'`, the end of a message; nothing where no cell has lost this name.
    #[must_use]
    pub fn renamed_words(&self, name: &str) -> Option<String> {
        self.renamed.get(name).map(|by_hand| format!("; that cell is '{by_hand}'"))
    }
}
