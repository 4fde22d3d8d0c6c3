//! A value or a list of values, so that `condition = "wide"` and `condition = ["wide", "narrow"]` are both right.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

/// A name or several; each may hold `{list}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

/// A count of images, several, or a `{list}` of them; kept as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Points(pub Vec<String>);

impl Points {
    /// Is none named?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One value of either kind: TOML knows them apart, and so do the messages.
struct Texts {
    expected: &'static str,
    takes_numbers: bool,
}

impl<'de> Visitor<'de> for Texts {
    type Value = Vec<String>;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(self.expected)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vec<String>, E> {
        // A count stands as a number; a text is the name of a list.
        if self.takes_numbers && !text.starts_with('{') {
            return Err(E::invalid_type(serde::de::Unexpected::Str(text), &self));
        }
        Ok(vec![text.to_owned()])
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Vec<String>, E> {
        match u64::try_from(number) {
            Ok(number) if self.takes_numbers && number > 0 => Ok(vec![number.to_string()]),
            _ => Err(E::invalid_value(serde::de::Unexpected::Signed(number), &self)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<String>, A::Error> {
        let mut all = Vec::new();
        loop {
            let seed = Texts { ..self };
            match items.next_element_seed(seed)? {
                Some(texts) => all.extend(texts),
                None => return Ok(all),
            }
        }
    }
}

impl<'de> serde::de::DeserializeSeed<'de> for Texts {
    type Value = Vec<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<String>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Names, D::Error> {
        let texts = Texts { expected: "a name or a list of names", takes_numbers: false };
        Ok(Names(deserializer.deserialize_any(texts)?))
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Points, D::Error> {
        let expected = "a count of images above 0, a list of them, or \"{list}\"";
        Ok(Points(deserializer.deserialize_any(Texts { expected, takes_numbers: true })?))
    }
}

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl JsonSchema for Names {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Names".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
    }
}

impl JsonSchema for Points {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Points".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = json_schema!({ "anyOf": [{ "type": "integer", "minimum": 1 }, { "type": "string", "pattern": "^\\{.+\\}$" }] });
        json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}
