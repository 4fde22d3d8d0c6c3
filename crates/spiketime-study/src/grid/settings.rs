//! What a grid sets: values as a file would write them, and whether two are one.

use super::Setting;

impl Setting {
    /// A number as people write it: whole where it is.
    pub(super) fn of_number(number: f64) -> Setting {
        /// Beyond, not every whole number is one of f64.
        const EXACT: f64 = 9e15;
        if number.fract() == 0.0 && number.abs() < EXACT {
            Setting::Whole(number as i64)
        } else {
            Setting::Number(number)
        }
    }

    /// Its number, if it is one.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Setting::Whole(number) => Some(*number as f64),
            Setting::Number(number) => Some(*number),
            Setting::Flag(_) | Setting::Text(_) => None,
        }
    }

    /// Is it the same value? 5 is 5.0.
    pub(super) fn is(&self, other: &Setting) -> bool {
        match (self.number(), other.number()) {
            (Some(one), Some(other)) => one == other,
            _ => self == other,
        }
    }

    /// As a file holds it.
    pub(super) fn value(&self) -> toml::Value {
        match self {
            Setting::Flag(flag) => toml::Value::Boolean(*flag),
            Setting::Whole(number) => toml::Value::Integer(*number),
            Setting::Number(number) => toml::Value::Float(*number),
            Setting::Text(text) => toml::Value::String(text.clone()),
        }
    }
}
