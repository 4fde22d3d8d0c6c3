//! Conditions that begin from a preset: what a file writes is set on top of it, before anything else is done.

use spiketime_train::condition::Condition;

/// The conditions as they were read, those with a preset on top of it; `tables` are the same as they were written.
///
/// # Errors
/// Place and reason, when one cannot be made.
pub fn expanded(
    conditions: Vec<Condition>,
    tables: Option<&toml::Value>,
) -> Result<Vec<Condition>, (usize, String)> {
    let table = |at: usize| tables.and_then(|tables| tables.get(at)).and_then(toml::Value::as_table);
    let one = |(at, condition): (usize, Condition)| match (condition.preset, table(at)) {
        (Some(_), Some(written)) => on_top(condition, written).map_err(|message| (at, message)),
        _ => Ok(condition),
    };
    conditions.into_iter().enumerate().map(one).collect()
}

/// What was written, on top of the preset that it names; without one as it was read.
///
/// # Errors
/// Never where it was read before: then every key is known and its value of its type.
pub fn on_top(read: Condition, written: &toml::Table) -> Result<Condition, String> {
    let Some(preset) = read.preset else { return Ok(read) };
    let mut whole = toml::Table::try_from(preset.condition()).map_err(|error| error.to_string())?;
    whole.extend(
        written.iter().filter(|(key, _)| *key != "preset").map(|(key, value)| (key.clone(), value.clone())),
    );
    whole.try_into().map_err(|error: toml::de::Error| error.message().to_owned())
}
