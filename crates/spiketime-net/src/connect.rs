//! The table of connections: all pairs of two parts, drawn ones, or those that are named.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt};
use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};
use spiketime_data::{Purpose, stream};
use spiketime_sim::laws::ln::ln;

use crate::part::Part;

/// Each pair that may be connected is drawn for, so there are at most so many for each possible connection.
const DRAWS_A_CONNECTION: f64 = 500.0;

/// What one of `pairs` may be.
const PAIR: &str = "[source, target] or [source, target, weight_mv], both ends as whole numbers from 0";

/// Connections between two parts.
#[derive(Clone, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Connections {
    /// Inputs or neurons, by name.
    pub from: String,
    /// Neurons, by name.
    pub to: String,
    /// From a spike to its arrival.
    #[serde(default)]
    #[schemars(range(min = 0.0))]
    pub delay_ms: f64,
    /// Of each connection that has no weight of its own in `pairs`.
    pub weight_mv: Option<f64>,
    /// Each pair with this probability, a neuron never with itself …
    #[schemars(range(min = 0.0, max = 1.0))]
    probability: Option<f64>,
    /// … or these pairs, or the first with the first and so on; without either: all pairs.
    pairs: Option<Vec<Pair>>,
    /// The first with the first, the second with the second, and so on.
    #[serde(default)]
    one_to_one: bool,
    /// The rule by which these connections learn, by name.
    pub learning: Option<String>,
}

/// `[source, target]` or `[source, target, weight_mv]`, counted within their parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pair {
    pub source: u32,
    pub target: u32,
    pub weight_mv: Option<f64>,
}

impl schemars::JsonSchema for Pair {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Pair".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 3, "description": PAIR
        })
    }
}

impl<'de> Deserialize<'de> for Pair {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pair, D::Error> {
        deserializer.deserialize_seq(PairVisitor)
    }
}

/// Refuses from within the pair, so that the error has its line.
struct PairVisitor;

impl<'de> Visitor<'de> for PairVisitor {
    type Value = Pair;

    fn expecting(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        out.write_str(PAIR)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Pair, A::Error> {
        let mut numbers = Vec::new();
        while let Some(number) = items.next_element::<toml::Value>()? {
            numbers.push(number);
        }
        Pair::of(&numbers).ok_or_else(|| {
            let found: Vec<String> = numbers.iter().map(toml::Value::to_string).collect();
            A::Error::custom(format!("pairs has [{}]; give {PAIR}", found.join(", ")))
        })
    }
}

impl Pair {
    fn of(numbers: &[toml::Value]) -> Option<Pair> {
        let index = |value: &toml::Value| u32::try_from(value.as_integer()?).ok();
        let (source, target, weight) = match numbers {
            [source, target] => (source, target, None),
            [source, target, weight] => (source, target, Some(weight)),
            _ => return None,
        };
        let weight_mv = match weight {
            Some(value) => Some(value.as_float().or(value.as_integer().map(|mv| mv as f64))?),
            None => None,
        };
        Some(Pair { source: index(source)?, target: index(target)?, weight_mv })
    }
}

impl Connections {
    pub fn label(&self) -> String {
        format!("connections from '{}' to '{}'", self.from, self.to)
    }

    fn check_weights(&self) -> Result<(), String> {
        let has_own = |pairs: &Vec<Pair>| pairs.iter().all(|pair| pair.weight_mv.is_some());
        if self.weight_mv.is_some() || self.pairs.as_ref().is_some_and(has_own) {
            return Ok(());
        }
        Err("weight_mv is missing; give it, or each of pairs a third number, its weight in mV".into())
    }

    /// Do all connections of a source stand together and have one weight?
    pub fn shares(&self) -> bool {
        self.pairs.is_none()
    }

    /// About how many connections there will be.
    pub fn expected(&self, sources: f64, targets: f64) -> f64 {
        match (&self.pairs, self.one_to_one) {
            (Some(pairs), _) => pairs.len() as f64,
            (None, true) => sources,
            (None, false) => sources * targets * self.probability.unwrap_or(1.0),
        }
    }

    /// Who is connected to whom, counted within their parts.
    pub fn wiring(&self, from: &Part<'_>, to: &Part<'_>, largest: f64) -> Result<Wiring<'_>, String> {
        self.check_weights()?;
        let (sources, targets) = (from.range.len() as u32, to.range.len() as u32);
        match (&self.pairs, self.probability, self.one_to_one) {
            (Some(pairs), None, false) => named_pairs(pairs, sources, targets).map(|()| Wiring::Named(pairs)),
            (None, None, true) if sources == targets => Ok(Wiring::OneToOne),
            (None, None, true) => Err(format!("one_to_one needs equal counts, not {sources} and {targets}")),
            (None, probability, false) => {
                let probability = probability.unwrap_or(1.0);
                check_draws(sources, targets, probability, largest)?;
                Ok(Wiring::Drawn { probability, same: from.name == to.name })
            }
            _ => Err("give at most one of pairs, probability and one_to_one".into()),
        }
    }
}

/// How a table connects.
pub(crate) enum Wiring<'a> {
    /// As it says.
    Named(&'a [Pair]),
    /// The first with the first and so on.
    OneToOne,
    /// Each pair with this probability; of the same part a neuron never with itself.
    Drawn { probability: f64, same: bool },
}

fn named_pairs(pairs: &[Pair], sources: u32, targets: u32) -> Result<(), String> {
    match pairs.iter().find(|pair| pair.source >= sources || pair.target >= targets) {
        Some(Pair { source, target, .. }) => {
            Err(format!("pairs has [{source}, {target}]; there are {sources} sources and {targets} targets"))
        }
        None => Ok(()),
    }
}

fn check_draws(sources: u32, targets: u32, probability: f64, largest: f64) -> Result<(), String> {
    if !(0.0..=1.0).contains(&probability) {
        return Err(format!("probability is {probability:?}; it must be a number from 0 to 1"));
    }
    let pairs = f64::from(sources) * f64::from(targets);
    let draws = DRAWS_A_CONNECTION * largest;
    if pairs > draws {
        return Err(format!(
            "{sources} sources times {targets} targets are more pairs than the {draws:e} that can be drawn \
             from; name the pairs"
        ));
    }
    Ok(())
}

/// Below this probability the pairs that are not connected are skipped, not drawn for: a draw a connection, not a pair.
const SKIPS_BELOW: f64 = 0.02;

/// The targets of one source, each with this probability; a neuron never connects to itself.
pub(crate) fn drawn(
    seed: u64,
    table: u64,
    source: u32,
    targets: u32,
    probability: f64,
    same: bool,
) -> Vec<u32> {
    let rng = stream(seed, Purpose::Connections, table << 32 | u64::from(source));
    let mut drawn = if probability < SKIPS_BELOW {
        skipping(rng, targets, probability)
    } else {
        one_by_one(rng, targets, probability)
    };
    drawn.retain(|&target| !(same && target == source));
    drawn
}

/// A number a pair. A number of the stream, m · 2⁻⁵³, is below p where the integer m is below p · 2⁵³: so they are compared
/// as they lie in the stream.
fn one_by_one(mut rng: ChaCha8Rng, targets: u32, probability: f64) -> Vec<u32> {
    let below = (probability * (1_u64 << 53) as f64).ceil() as u64;
    let (mut drawn, mut words) = (Vec::new(), [0; 8 * 256]);
    for first in (0..targets).step_by(256) {
        rng.fill_bytes(&mut words);
        let numbers = words.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word) >> 11);
        for (target, number) in (first..targets).zip(numbers) {
            if number < below {
                drawn.push(target);
            }
        }
    }
    drawn
}

/// How many pairs lie before the next that is connected is geometric: ⌊ln u / ln(1 − p)⌋, u uniform in (0, 1].
fn skipping(mut rng: ChaCha8Rng, targets: u32, probability: f64) -> Vec<u32> {
    let (mut drawn, mut next) = (Vec::new(), 0.0);
    let scale = 1.0 / libm::log1p(-probability);
    loop {
        next += (ln(1.0 - rng.random::<f64>()) * scale).floor();
        // Where the probability is 0 a skip is infinite, or no number.
        if next.is_nan() || next >= f64::from(targets) {
            return drawn;
        }
        drawn.push(next as u32);
        next += 1.0;
    }
}
