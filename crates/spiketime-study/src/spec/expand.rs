//! From conditions as they are written to what they are on top of the presets that they name.

use std::path::Path;

use spiketime_data::toml_file::{self, Step, TomlError};

use super::Experiment;
use crate::presets;

impl Experiment {
    /// Conditions that begin from a preset become what they are.
    pub(super) fn expand(&mut self, text: &str, path: &Path) -> Result<(), TomlError> {
        if !self.conditions.iter().chain(&self.named).any(|condition| condition.preset.is_some()) {
            return Ok(());
        }
        let tables: toml::Table = toml_file::parse(text, path)?;
        for (key, conditions) in [("condition", &mut self.conditions), ("named", &mut self.named)] {
            let read = std::mem::take(conditions);
            *conditions = presets::expanded(read, tables.get(key)).map_err(|(at, message)| {
                TomlError::at(path, text, &[Step::Key(key), Step::Item(at)], message)
            })?;
        }
        Ok(())
    }
}
