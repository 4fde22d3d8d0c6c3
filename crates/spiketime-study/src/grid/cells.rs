//! The cells of one grid, each a condition with a name; and what is wrong with a grid, under which of its keys.

use std::collections::BTreeMap;

use spiketime_data::toml_file::{self, Step, TomlError, did_you_mean};
use spiketime_train::condition::Condition;

use super::linear::Linear;
use super::{Grid, Setting};
use crate::condition_keys::{all, values};
use crate::devices::Devices;
use crate::presets::on_top;

/// Columns of `records.jsonl` that are there anyway.
pub const COLUMNS: [&str; 8] =
    ["experiment", "condition", "dataset", "seed", "n", "images_seen", "metric", "value"];

/// What is wrong: where below the grid, in words that say what to do.
pub type Wrong<'a> = (Vec<Step<'a>>, String);

/// A condition of a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The network, with the name that the grid gives it.
    pub condition: Condition,
    /// What was set, as a file would.
    pub settings: toml::Table,
    /// Values of the keys of one's own.
    pub own: BTreeMap<String, f64>,
}

/// A grid that was looked through.
struct Crossing<'a> {
    grid: &'a Grid,
    /// Keys that are made from others.
    made: BTreeMap<&'a str, Linear<'a>>,
}

impl Grid {
    /// Every cell that is not left out, in the order of the keys.
    ///
    /// # Errors
    /// When a key or a value is none of a condition, or a sum or a name cannot be made.
    pub fn cells(&self) -> Result<Vec<Cell>, Wrong<'_>> {
        self.check_keys()?;
        let crossing = Crossing { grid: self, made: self.made()? };
        crossing.check_own()?;
        self.check_values(&crossing.made)?;
        let chosen = (0..self.size()).map(|number| self.chosen(number));
        let chosen = chosen.filter(|chosen| !self.without.iter().any(|without| is_all_of(without, chosen)));
        chosen.map(|chosen| crossing.cell(&chosen)).collect()
    }

    /// The keys that differ between its cells: what is crossed and what is made from it.
    #[must_use]
    pub fn varied(&self) -> Vec<&str> {
        let made = self.made().unwrap_or_default();
        let with = self.with.keys().map(String::as_str).filter(|key| made.contains_key(key));
        self.keys.keys().map(String::as_str).chain(with).collect()
    }

    /// The values of a cell; the last key is the fastest.
    fn chosen(&self, number: u64) -> Chosen<'_> {
        let mut rest = number;
        let mut chosen = Chosen::new();
        for (key, values) in self.keys.iter().rev() {
            let count = values.len() as u64;
            chosen.insert(key, &values[(rest % count) as usize]);
            rest /= count;
        }
        chosen
    }

    fn check_keys(&self) -> Result<(), Wrong<'_>> {
        if self.keys.is_empty() {
            return Err((vec![Step::Key("keys")], "nothing is crossed; give a key and its values".into()));
        }
        if let Some((key, _)) = self.keys.iter().find(|(_, values)| values.is_empty()) {
            return Err((vec![Step::Key("keys"), Step::Key(key)], format!("{key} has no value; give one")));
        }
        if let Some(key) = ["preset", "device"].into_iter().find(|key| self.keys.contains_key(*key)) {
            let told = format!("a {key} is no key to cross; give one under `with`, and a grid for each");
            return Err((vec![Step::Key("keys"), Step::Key(key)], told));
        }
        for key in self.with.keys() {
            let at = || vec![Step::Key("with"), Step::Key(key)];
            if key == "name" || !all().contains_key(key) {
                return Err((at(), unknown(key)));
            }
            if self.keys.contains_key(key) {
                return Err((at(), format!("{key} is crossed already; leave it out of one of both")));
            }
        }
        self.check_without()
    }

    fn check_without(&self) -> Result<(), Wrong<'_>> {
        for (number, left_out) in self.without.iter().enumerate() {
            for (key, value) in left_out {
                let at = || vec![Step::Key("without"), Step::Item(number), Step::Key(key)];
                let crossed = self.keys.keys().map(String::as_str);
                let values = self.keys.get(key).ok_or_else(|| (at(), not_crossed(key, crossed)))?;
                if !values.iter().any(|crossed| crossed.is(value)) {
                    return Err((at(), format!("without: no cell has this {key}")));
                }
            }
        }
        Ok(())
    }

    /// Texts under `with` that stand for numbers.
    fn made(&self) -> Result<BTreeMap<&str, Linear<'_>>, Wrong<'_>> {
        let mut made = BTreeMap::new();
        for (key, value) in &self.with {
            let (Setting::Text(text), Some(true)) = (value, all().get(key)) else { continue };
            let wrong =
                |message: String| (vec![Step::Key("with"), Step::Key(key)], format!("{key}: {message}"));
            let linear = Linear::parse(text).map_err(wrong)?;
            if let Some(other) = linear.keys().find(|other| !self.keys.contains_key(*other)) {
                return Err(wrong(not_crossed(other, self.keys.keys().map(String::as_str))));
            }
            made.insert(key.as_str(), linear);
        }
        Ok(made)
    }

    /// Each value alone: a wrong one is told before there are thousands of it.
    fn check_values(&self, made: &BTreeMap<&str, Linear>) -> Result<(), Wrong<'_>> {
        for (key, value) in self.with.iter().filter(|(key, _)| !made.contains_key(key.as_str())) {
            check_value(key, value, &self.devices)
                .map_err(|message| (vec![Step::Key("with"), Step::Key(key)], message))?;
        }
        for (key, values) in self.keys.iter().filter(|(key, _)| all().contains_key(*key)) {
            for (at, value) in values.iter().enumerate() {
                let steps = || vec![Step::Key("keys"), Step::Key(key), Step::Item(at)];
                check_value(key, value, &self.devices).map_err(|message| (steps(), message))?;
            }
        }
        Ok(())
    }
}

/// Crossed keys and one value of each.
type Chosen<'a> = BTreeMap<&'a str, &'a Setting>;

fn is_all_of(without: &indexmap::IndexMap<String, Setting>, chosen: &Chosen) -> bool {
    without.iter().all(|(key, value)| chosen.get(key.as_str()).is_some_and(|chosen| chosen.is(value)))
}

impl<'a> Crossing<'a> {
    /// A key that no condition has is a number that something is made from.
    fn check_own(&self) -> Result<(), Wrong<'a>> {
        for (key, values) in &self.grid.keys {
            let wrong = |message: String| (vec![Step::Key("keys"), Step::Key(key)], message);
            let is_made_from = self.made.values().flat_map(Linear::keys).any(|used| used == key);
            if key == "name" || !(all().contains_key(key) || is_made_from) {
                let message = unknown(key);
                return Err(wrong(format!(
                    "{message} (a key of one's own needs a use under `with`, as threshold_min_mv = \"50 - {key}\")"
                )));
            }
            if is_made_from && values.iter().any(|value| value.number().is_none_or(|n| !n.is_finite())) {
                return Err(wrong(format!("{key}: others are made from it, so its values must be numbers")));
            }
            if !all().contains_key(key) && COLUMNS.contains(&key.as_str()) {
                return Err(wrong(format!("{key} is a column of every table; name it otherwise")));
            }
        }
        Ok(())
    }

    fn cell(&self, chosen: &Chosen) -> Result<Cell, Wrong<'a>> {
        let number = |key: &str| chosen.get(key).and_then(|value| value.number());
        let mut settings = toml::Table::new();
        for (key, value) in &self.grid.with {
            let made = self.made.get(key.as_str()).and_then(|linear| linear.value(number));
            let value = made.map_or_else(|| value.clone(), Setting::of_number);
            if let Some(made) = made {
                let wrong = |message| {
                    (vec![Step::Key("with"), Step::Key(key)], format!("{key} comes to {made}: {message}"))
                };
                check_value(key, &value, &self.grid.devices).map_err(wrong)?;
            }
            settings.insert(key.clone(), value.value());
        }
        let (mine, own): (Chosen, Chosen) = chosen.iter().partition(|(key, _)| all().contains_key(**key));
        settings.extend(mine.into_iter().map(|(key, value)| (key.to_owned(), value.value())));
        let own =
            own.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value.number()?))).collect();
        let condition =
            condition(&settings, &self.grid.devices).map_err(|message| (vec![Step::Key("keys")], message))?;
        let name = self.name(&condition, &own).map_err(|message| (vec![Step::Key("name")], message))?;
        Ok(Cell { condition: Condition { name, ..condition }, settings, own })
    }

    fn name(&self, condition: &Condition, own: &BTreeMap<String, f64>) -> Result<String, String> {
        let mut known = values(condition);
        known.extend(own.iter().map(|(key, value)| (key.clone(), value.to_string())));
        match &self.grid.name {
            Some(template) => filled(template, &known),
            None => {
                let crossed = self.grid.keys.keys();
                let parts = crossed.map(|key| format!("{}-{}", key.replace('_', "-"), known[key]));
                Ok(parts.collect::<Vec<_>>().join("-"))
            }
        }
    }
}

/// A template with what stands for each `{key}`.
fn filled(template: &str, known: &BTreeMap<String, String>) -> Result<String, String> {
    let (mut name, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once('{') {
        let (key, after) = after.split_once('}').ok_or_else(|| format!("name: '{template}' lacks a '}}'"))?;
        let value = known.get(key).filter(|_| key != "name").ok_or_else(|| {
            let known = known.keys().map(String::as_str).filter(|key| *key != "name");
            format!("name: there is no key '{key}'{}", did_you_mean(key, known))
        })?;
        name = name + before + value;
        rest = after;
    }
    Ok(name + rest)
}

fn unknown(key: &str) -> String {
    format!("a condition has no key '{key}'{}", did_you_mean(key, all().keys().map(String::as_str)))
}

fn not_crossed<'a>(key: &str, crossed: impl Iterator<Item = &'a str>) -> String {
    format!("'{key}' is not crossed in this grid{}", did_you_mean(key, crossed))
}

fn check_value(key: &str, value: &Setting, devices: &Devices) -> Result<(), String> {
    condition(&toml::Table::from_iter([(key.to_owned(), value.value())]), devices).map(drop)
}

/// The condition that a file with these settings would hold; what is wrong is told as there.
fn condition(settings: &toml::Table, devices: &Devices) -> Result<Condition, String> {
    let text = toml::to_string(settings).map_err(|error| error.to_string())?;
    let read = toml_file::parse(&text, "".as_ref()).map_err(|error| match error {
        TomlError::Toml { message, .. } | TomlError::Rule { message, .. } => message,
        TomlError::Io { reason, .. } => reason.to_string(),
    });
    on_top(read?, settings, devices)
}
