//! Every key of a file as Markdown, from its JSON Schema: unit, default, bounds, meaning.

use serde_json::Value;

/// The JSON Schema of an experiment file.
#[must_use]
pub fn experiment_schema() -> Value {
    schemars::schema_for!(crate::spec::Experiment).to_value()
}

/// The JSON Schema of `study.toml`.
#[must_use]
pub fn study_schema() -> Value {
    schemars::schema_for!(crate::study::About).to_value()
}

/// The files that one writes, and their schemas; that of networks is another crate's.
#[must_use]
pub fn files(network: Value) -> [(&'static str, Value); 4] {
    [
        ("An experiment file", experiment_schema()),
        ("`study.toml`", study_schema()),
        ("A device file", spiketime_device::schema()),
        ("A network file", network),
    ]
}

/// `docs/keys.md`: every key of these files.
#[must_use]
pub fn page(files: &[(&str, Value)]) -> String {
    let head = "# Every key of every file\n\nMade from the types by `just schema`; `spiketime schema KIND` prints the same as a \
                JSON Schema for editors. A `–` under default: the key is mandatory.\n\n";
    let tables = files.iter().map(|(title, schema)| markdown(title, schema));
    (head.to_owned() + &tables.collect::<String>()).trim_end().to_owned() + "\n"
}

/// The tables of a file: its own keys, then those of the tables in it.
fn markdown(title: &str, schema: &Value) -> String {
    let tables = schema["$defs"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, table)| table["properties"].is_object());
    let mut text = format!("## {title}\n\n{}", table(schema, schema));
    for (name, inner) in tables {
        text += &format!(
            "### {}\n\n{}",
            key_of(schema, name).unwrap_or_else(|| name.clone()),
            table(inner, schema)
        );
    }
    text
}

/// Under which key a table stands: `[[condition]]` tells more than the name of its type.
fn key_of(schema: &Value, name: &str) -> Option<String> {
    let tables = schema["$defs"].as_object().into_iter().flatten().map(|(_, table)| table);
    let mut keys = tables.chain([schema]).filter_map(|table| table["properties"].as_object()).flatten();
    let reference = format!("#/$defs/{name}\"");
    let (key, value) = keys.find(|(_, value)| value.to_string().contains(&reference))?;
    let is_list = value["type"] == "array" || value.to_string().contains("\"items\"");
    Some(if is_list { format!("`[[{key}]]`") } else { format!("`{key} = {{ … }}`") })
}

fn table(table: &Value, whole: &Value) -> String {
    let required: Vec<&str> =
        table["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut text = format!("{}\n\n", one_line(&table["description"]));
    text += "| key | what | unit | default | bounds | |\n|---|---|---|---|---|---|\n";
    for (key, value) in table["properties"].as_object().into_iter().flatten() {
        let (what, unit) = (kind(value, whole), unit(key, &value["description"]));
        let default = if required.contains(&key.as_str()) { "–".to_owned() } else { default(value) };
        let (bounds, meaning) = (bounds(value), one_line(&value["description"]));
        text += &format!("| `{key}` | {what} | {unit} | {default} | {bounds} | {meaning} |\n");
    }
    text + "\n"
}

fn one_line(text: &Value) -> String {
    text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// The last word of a key is its unit; of others it stands in brackets.
fn unit(key: &str, description: &Value) -> String {
    let in_brackets = || {
        let (_, rest) = description.as_str()?.split_once("\\[")?;
        rest.split_once("\\]").map(|(unit, _)| unit)
    };
    unit_of(key).or_else(in_brackets).unwrap_or_default().to_owned()
}

/// The unit that ends a key, as people write it.
#[must_use]
pub fn unit_of(key: &str) -> Option<&'static str> {
    match key.rsplit('_').next()? {
        "ms" => Some("ms"),
        "mv" => Some("mV"),
        "hz" => Some("Hz"),
        "ns" => Some("nS"),
        _ => None,
    }
}

fn default(value: &Value) -> String {
    match &value["default"] {
        Value::Null => String::new(),
        Value::String(text) if text.is_empty() => String::new(),
        Value::Array(items) if items.is_empty() => String::new(),
        Value::Object(items) if items.is_empty() => String::new(),
        Value::Number(number) => number.as_f64().map_or_else(String::new, |number| number.to_string()),
        other => format!("`{other}`").replace('"', ""),
    }
}

fn bounds(value: &Value) -> String {
    let number = |key: &str| value[key].as_f64();
    match (number("minimum"), number("maximum")) {
        (Some(low), Some(high)) => format!("{} to {}", told(low), told(high)),
        (Some(low), None) => format!("{} or more", told(low)),
        (None, Some(high)) => format!("up to {}", told(high)),
        (None, None) => String::new(),
    }
}

fn told(number: f64) -> String {
    if number != 0.0 && !(1e-3..1e6).contains(&number.abs()) {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

/// A number, a word of a list, a table.
fn kind(value: &Value, whole: &Value) -> String {
    if let Some(reference) = value["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let target = &whole["$defs"][name];
        let words = words(target);
        return if words.is_empty() { kind(target, whole) } else { words.join(", ") };
    }
    if let Some(several) =
        value["anyOf"].as_array().or(value["oneOf"].as_array()).or(value["allOf"].as_array())
    {
        let mut kinds: Vec<String> =
            several.iter().map(|one| kind(one, whole)).filter(|k| k != "null").collect();
        kinds.dedup();
        return kinds.join(" or ");
    }
    match &value["type"] {
        Value::Array(types) => {
            let types = types.iter().filter_map(Value::as_str).filter(|kind| *kind != "null");
            types.map(|kind| simple(kind, value, whole)).collect::<Vec<_>>().join(" or ")
        }
        Value::String(one) => simple(one, value, whole),
        _ => "table".to_owned(),
    }
}

fn simple(kind_name: &str, value: &Value, whole: &Value) -> String {
    match kind_name {
        "object" => "table".to_owned(),
        "string" => "text".to_owned(),
        "integer" => "whole number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "array" if value["prefixItems"].is_array() => "pair".to_owned(),
        "array" => format!("list of {}", kind(&value["items"], whole)),
        other => other.to_owned(),
    }
}

/// The words of a closed list.
fn words(schema: &Value) -> Vec<String> {
    let constants = schema["oneOf"].as_array().into_iter().flatten().filter_map(|one| one["const"].as_str());
    let listed = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    constants.chain(listed).map(|word| format!("`{word}`")).collect()
}
