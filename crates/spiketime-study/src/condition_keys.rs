//! The keys of a condition: which there are, which of them hold a number, and their values.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};
use spiketime_train::condition::Condition;

static KEYS: LazyLock<BTreeMap<String, bool>> = LazyLock::new(|| {
    let schema = schemars::schema_for!(Condition).to_value();
    let is_number = |of: &Value| {
        let kinds = of["type"].as_array().cloned().unwrap_or_else(|| vec![of["type"].clone()]);
        kinds.iter().any(|kind| kind == "number" || kind == "integer")
    };
    let keys = schema["properties"].as_object().cloned().unwrap_or_default();
    keys.into_iter().map(|(key, of)| (key, is_number(&of))).collect()
});

/// Every key, and whether it holds a number.
#[must_use]
pub fn all() -> &'static BTreeMap<String, bool> {
    &KEYS
}

/// What the keys are that a condition does not write because they say nothing new.
static DEFAULTS: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    let schema = schemars::schema_for!(Condition).to_value();
    let keys = schema["properties"].as_object().cloned().unwrap_or_default();
    keys.into_iter().filter_map(|(key, of)| Some((key, of.get("default")?.clone()))).collect()
});

/// The keys of a condition and their values.
#[must_use]
pub fn fields(condition: &Condition) -> Map<String, Value> {
    let written = serde_json::to_value(condition).unwrap_or_default();
    let mut fields = DEFAULTS.clone();
    fields.extend(written.as_object().cloned().unwrap_or_default());
    fields
}

/// The same as texts.
#[must_use]
pub fn values(condition: &Condition) -> BTreeMap<String, String> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        // 5.0 is written as 5 in a file.
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), |n| n.to_string()),
        other => other.to_string(),
    };
    fields(condition).into_iter().map(|(key, value)| (key, text(value))).collect()
}
