//! What serde says of a TOML value, in the words of who wrote the file: keys, numbers, texts, lists; no Rust types.

use toml::de::{DeTable, DeValue};

use super::near::{did_you_mean, nearest};

/// Where every key of every file is listed.
const ALL_KEYS: &str = "`spiketime schema --markdown` lists them all";

/// A message of serde for people; `key` is the one whose value it speaks of.
pub(super) fn for_people(message: &str, key: Option<&str>) -> String {
    unknown(message).or_else(|| wrong(message, key)).unwrap_or_else(|| message.to_owned())
}

/// The key of the value that begins at a byte of the text.
pub(super) fn key_at(table: &DeTable, start: usize) -> Option<String> {
    table.iter().find_map(|(key, value)| {
        let is_here = value.span().start == start || items(value.get_ref()).any(|at| at == start);
        let below = || tables(value.get_ref()).find_map(|table| key_at(table, start));
        // What lies deeper is told first: the first key of a table begins where the table does.
        below().or_else(|| is_here.then(|| key.get_ref().to_string()))
    })
}

/// Where the values of a list begin, lists in it included.
fn items<'a>(value: &'a DeValue<'a>) -> Box<dyn Iterator<Item = usize> + 'a> {
    match value {
        DeValue::Array(array) => Box::new(
            array.iter().flat_map(|item| std::iter::once(item.span().start).chain(items(item.get_ref()))),
        ),
        _ => Box::new(std::iter::empty()),
    }
}

/// The tables that a value is or lists.
fn tables<'a>(value: &'a DeValue<'a>) -> Box<dyn Iterator<Item = &'a DeTable<'a>> + 'a> {
    match value {
        DeValue::Table(table) => Box::new(std::iter::once(table)),
        DeValue::Array(array) => Box::new(array.iter().flat_map(|item| tables(item.get_ref()))),
        _ => Box::new(std::iter::empty()),
    }
}

/// serde lists every key, or every value, it knows; a reader wants the one that was meant, or where they stand.
fn unknown(message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let what = [("unknown field", "key"), ("unknown variant", "value")];
    let (_, what) = what.into_iter().find(|(begin, _)| message.starts_with(begin))?;
    let unknown = quoted.next()?;
    let known: Vec<&str> = quoted.collect();
    let is_far = what == "key" && nearest(unknown, known.iter().copied()).is_none();
    Some(match is_far {
        true => format!("unknown key '{unknown}' here; {ALL_KEYS}"),
        false => format!("unknown {what} '{unknown}'{}", did_you_mean(unknown, known.into_iter())),
    })
}

/// A value of another type, or none.
fn wrong(message: &str, key: Option<&str>) -> Option<String> {
    let of_key = key.map_or_else(String::new, |key| format!("{key}: "));
    if let Some(missing) = message.strip_prefix("missing field `") {
        return Some(format!("the key '{}' is missing here; {ALL_KEYS}", missing.trim_end_matches('`')));
    }
    if message == "duplicate key" {
        return Some("this key stands here twice; keep one of both".into());
    }
    if message == "wanted string or table" {
        return Some(format!("{of_key}it must be one of its words, in quotes; {ALL_KEYS}"));
    }
    if message.starts_with("a ") {
        return Some(format!("{of_key}it must be {message}"));
    }
    let (kind, rest) = message.split_once(": ").unwrap_or(("", message));
    let (found, expected) = rest
        .rsplit_once(", expected ")
        .or_else(|| rest.strip_prefix("invalid length ").and_then(|rest| rest.split_once(", expected ")))?;
    let told = match kind {
        "invalid type" | "invalid value" => mistaken(found, expected, key),
        _ => format!("it must be {}, not {}", wanted(expected), found.trim_start_matches("invalid length ")),
    };
    Some(format!("{of_key}{told}"))
}

fn mistaken(found: &str, expected: &str, key: Option<&str>) -> String {
    match (found, expected, key) {
        ("map", "a sequence", Some(key)) => format!("it must be a list of tables: write [[{key}]]"),
        _ if found.ends_with("as i128") || found.ends_with("as u128") => "the number is too large".into(),
        _ => format!("it must be {}, not {}", wanted(expected), given(found)),
    }
}

fn wanted(expected: &str) -> String {
    let sized = ["a tuple of size ", "an array of length "];
    match expected {
        "usize" | "u64" | "u32" | "u16" | "u8" => "a whole number of 0 or more".into(),
        "isize" | "i64" | "i32" | "i16" | "i8" => "a whole number".into(),
        "f64" | "f32" => "a number".into(),
        "a boolean" => "true or false".into(),
        "a string" | "a borrowed string" => "a text in quotes".into(),
        "a sequence" => "a list in [ ]".into(),
        "a map" => "a table of keys".into(),
        _ if expected.starts_with("struct ") => "a table of keys".into(),
        _ => match sized.iter().find_map(|begin| expected.strip_prefix(begin)) {
            Some(size) => format!("a list of {size} values"),
            None => expected.to_owned(),
        },
    }
}

fn given(found: &str) -> String {
    match found {
        "sequence" => "a list".into(),
        "map" => "a table".into(),
        _ => match found.strip_prefix("string ") {
            Some(text) => format!("the text {}", text.replace('"', "'")),
            None => found.split('`').nth(1).unwrap_or(found).to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::{TomlError, parse};
    use serde::Deserialize;
    use std::path::Path;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    #[allow(dead_code)]
    struct File {
        neurons: usize,
        shift: i64,
        rate_max_hz: f64,
        is_on: bool,
        title: String,
        word: Word,
        images: Vec<u64>,
        points: Vec<(u64, f64)>,
        part: Vec<Part>,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Word {
        #[default]
        Soft,
        WinnerTakesAll,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Part {
        name: String,
        #[serde(default)]
        size: u64,
    }

    fn told(text: &str) -> String {
        let error = parse::<File>(text, Path::new("x.toml")).unwrap_err();
        assert!(matches!(error, TomlError::Toml { .. }));
        error.to_string()
    }

    #[test]
    fn a_wrong_value_is_told_with_line_and_key_in_the_words_of_the_file() {
        for (text, expected) in [
            ("neurons = 'many'", "1: neurons: it must be a whole number of 0 or more, not the text 'many'"),
            ("neurons = 1.5", "1: neurons: it must be a whole number of 0 or more, not 1.5"),
            ("neurons = -1", "1: neurons: it must be a whole number of 0 or more, not -1"),
            ("neurons = [1]", "1: neurons: it must be a whole number of 0 or more, not a list"),
            ("neurons = 99999999999999999999", "1: neurons: the number is too large"),
            ("shift = true", "1: shift: it must be a whole number, not true"),
            ("\nrate_max_hz = 'x'", "2: rate_max_hz: it must be a number, not the text 'x'"),
            ("is_on = 1", "1: is_on: it must be true or false, not 1"),
            ("title = 3", "1: title: it must be a text in quotes, not 3"),
            (
                "word = 3",
                "1: word: it must be one of its words, in quotes; `spiketime schema --markdown` lists them all",
            ),
            ("images = 3", "1: images: it must be a list in [ ], not 3"),
            ("images = [1, 'a']", "1: images: it must be a whole number of 0 or more, not the text 'a'"),
            ("points = [[1]]", "1: points: it must be a list of 2 values, not 1"),
            ("part = 3", "1: part: it must be a list in [ ], not 3"),
            ("part = [3]", "1: part: it must be a table of keys, not 3"),
            ("[part]\nname = 'a'", "1: part: it must be a list of tables: write [[part]]"),
            (
                "[[part]]\nname = 'a'\nsize = 'b'",
                "3: size: it must be a whole number of 0 or more, not the text 'b'",
            ),
            (
                "[[part]]\nsize = 3",
                "1: the key 'name' is missing here; `spiketime schema --markdown` lists them all",
            ),
            ("neurons = 1\nneurons = 2", "2: this key stands here twice; keep one of both"),
        ] {
            assert_eq!(told(text), format!("x.toml:{expected}"), "{text}");
        }
    }

    #[test]
    fn a_name_that_is_near_is_told_and_else_where_names_are_listed() {
        for (text, expected) in [
            ("neuron = 1", "unknown key 'neuron'; did you mean 'neurons'?"),
            ("neu = 1", "unknown key 'neu'; did you mean 'neurons'?"),
            ("xyz = 1", "unknown key 'xyz' here; `spiketime schema --markdown` lists them all"),
            ("word = 'sof'", "unknown value 'sof'; did you mean 'soft'?"),
            ("word = 'hard-nosed'", "unknown value 'hard-nosed'; there are soft, winner-takes-all"),
        ] {
            assert_eq!(told(text), format!("x.toml:1: {expected}"), "{text}");
        }
    }
}
