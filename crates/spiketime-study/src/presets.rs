//! Conditions that begin from a preset or a device: what a file writes is set on top of them, before anything else is done.

use spiketime_train::condition::{Condition, Preset};

use crate::devices::Devices;

/// The conditions as they were read, those with a preset or a device on top of it; `tables` are the same as written.
///
/// # Errors
/// Place and reason, when one cannot be made.
pub fn expanded(
    conditions: Vec<Condition>,
    tables: Option<&toml::Value>,
    devices: &Devices,
) -> Result<Vec<Condition>, (usize, String)> {
    let table = |at: usize| tables.and_then(|tables| tables.get(at)).and_then(toml::Value::as_table);
    let one = |(at, condition): (usize, Condition)| match table(at) {
        Some(written) => on_top(condition, written, devices).map_err(|message| (at, message)),
        None => Ok(condition),
    };
    conditions.into_iter().enumerate().map(one).collect()
}

/// What was written, on top of the device that it names and that on top of the preset; without both as it was read.
///
/// # Errors
/// When the device is none of these. Else never where it was read before: then every key is known and of its type.
pub fn on_top(read: Condition, written: &toml::Table, devices: &Devices) -> Result<Condition, String> {
    if read.preset.is_none() && read.device.is_none() {
        return Ok(read);
    }
    let preset = read.preset.unwrap_or(Preset::Report);
    let mut whole = toml::Table::try_from(preset.condition()).map_err(|error| error.to_string())?;
    if let Some(name) = &read.device {
        let keys = devices.get(name).ok_or_else(|| format!("there is no device file '{name}'"))?;
        whole.extend(keys.clone());
    }
    let own = written.iter().filter(|(key, _)| !["preset", "device"].contains(&key.as_str()));
    whole.extend(own.map(|(key, value)| (key.clone(), value.clone())));
    whole.try_into().map_err(|error: toml::de::Error| error.message().to_owned())
}
