//! From conditions as they are written to what they are on top of the presets and devices that they name.

use std::path::Path;

use spiketime_data::toml_file::{self, Step, TomlError};

use spiketime_train::condition::Condition;

use super::Experiment;
use crate::devices::{self, Devices};
use crate::grid::Setting;
use crate::presets;

impl Experiment {
    /// Conditions that begin from a preset or a device become what they are.
    pub(super) fn expand(&mut self, text: &str, path: &Path) -> Result<(), TomlError> {
        let written = self.conditions.iter().chain(&self.named);
        let begins = |condition: &Condition| condition.preset.is_some() || condition.device.is_some();
        self.device_keys = self.read_devices(path)?;
        for grid in &mut self.grid {
            grid.devices.clone_from(&self.device_keys);
        }
        if !written.clone().any(begins) {
            return Ok(());
        }
        let tables: toml::Table = toml_file::parse(text, path)?;
        for (key, conditions) in [("condition", &mut self.conditions), ("named", &mut self.named)] {
            let read = std::mem::take(conditions);
            *conditions =
                presets::expanded(read, tables.get(key), &self.device_keys).map_err(|(at, message)| {
                    TomlError::at(path, text, &[Step::Key(key), Step::Item(at)], message)
                })?;
        }
        Ok(())
    }

    /// The devices that conditions and grids name.
    fn read_devices(&self, path: &Path) -> Result<Devices, TomlError> {
        let written =
            self.conditions.iter().chain(&self.named).filter_map(|condition| condition.device.as_deref());
        let shared = self.grid.iter().filter_map(|grid| match grid.with.get("device") {
            Some(Setting::Text(name)) => Some(name.as_str()),
            _ => None,
        });
        devices::read(written.chain(shared), path, &self.devices)
    }
}
