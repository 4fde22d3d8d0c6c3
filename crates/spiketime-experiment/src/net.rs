//! The network file: populations, inputs and connections as TOML, and the graph that they make.
//!
//! What is drawn (random connections, initial potentials, Poisson inputs) comes from `seed`, each from a
//! stream of its own. An unknown key is an error, and so is a combination that has no exact solution here:
//! an exponential current goes with a fixed threshold, an adaptive threshold with delta synapses.

mod build;
pub mod outcome;

use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use spiketime_data::limited;
use spiketime_sim::InputSpike;
use spiketime_sim::graph::Graph;

use crate::spec::{SpecError, toml_error};

/// More neurons, connections or input spikes than this are refused: they take about 100 bytes each.
pub const LARGEST: f64 = 2e7;
/// A list of a million pairs; more connections are better drawn.
const MAX_BYTES: u64 = 16 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SynapseKind {
    Delta,
    Exponential,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Population {
    name: String,
    #[serde(default = "one")]
    count: u32,
    #[serde(default = "delta")]
    synapses: SynapseKind,
    tau_membrane_ms: f64,
    #[serde(default)]
    rest_mv: f64,
    #[serde(default)]
    bias_mv: f64,
    threshold_mv: f64,
    #[serde(default)]
    reset_mv: f64,
    #[serde(default)]
    refractory_ms: f64,
    /// Without it: at reset.
    initial_mv: Option<f64>,
    /// With it: uniform from `initial_mv` to here.
    initial_max_mv: Option<f64>,
    adaptation_mv: Option<f64>,
    tau_adaptation_ms: Option<f64>,
    tau_synapse_ms: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inputs {
    name: String,
    #[serde(default = "one")]
    count: u32,
    /// The same spikes for each of them …
    spikes_ms: Option<Vec<f64>>,
    /// … or a Poisson train each, up to `until_ms`.
    rate_hz: Option<f64>,
    until_ms: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Connections {
    from: String,
    to: String,
    #[serde(default)]
    delay_ms: f64,
    weight_mv: f64,
    /// Each pair with this probability, a neuron never with itself …
    probability: Option<f64>,
    /// … or these pairs, or the first with the first and so on; without either: all pairs.
    pairs: Option<Vec<(u32, u32)>>,
    #[serde(default)]
    one_to_one: bool,
    learning: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RuleKind {
    AllToAll,
    Nearest,
    Window,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleTable {
    name: String,
    rule: RuleKind,
    weight_max_mv: f64,
    /// Fractions of `weight_max_mv`.
    gain: f64,
    loss: f64,
    tau_gain_ms: Option<f64>,
    tau_loss_ms: Option<f64>,
    window_ms: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NetFile {
    #[serde(default = "first_seed")]
    seed: u64,
    neurons: Vec<Population>,
    #[serde(default)]
    inputs: Vec<Inputs>,
    #[serde(default)]
    connections: Vec<Connections>,
    #[serde(default)]
    learning: Vec<RuleTable>,
}

fn one() -> u32 {
    1
}

fn delta() -> SynapseKind {
    SynapseKind::Delta
}

fn first_seed() -> u64 {
    1
}

/// A graph, its input spikes and the names of its parts.
#[derive(Clone, Debug)]
pub struct Net {
    /// The graph.
    pub graph: Graph,
    /// Spikes from outside, up to the end of the simulation.
    pub spikes: Vec<InputSpike>,
    /// Each population and its neurons.
    pub populations: Vec<(String, Range<u32>)>,
}

impl Net {
    /// Reads a network file; Poisson inputs that name no end stop at `until_ms`.
    ///
    /// # Errors
    /// When it cannot be read, has an unknown key, or a value that breaks a rule.
    pub fn read(path: &Path, until_ms: f64) -> Result<Net, SpecError> {
        let text = limited::text(path, MAX_BYTES)
            .map_err(|reason| SpecError::Io { path: path.to_owned(), reason })?;
        Net::parse(&text, path, until_ms, LARGEST)
    }

    /// Checks and builds the text of a network file, of at most `largest` neurons, inputs, connections and
    /// input spikes each; `path` is what messages call it.
    ///
    /// # Errors
    /// As [`Net::read`].
    pub fn parse(text: &str, path: &Path, until_ms: f64, largest: f64) -> Result<Net, SpecError> {
        let file: NetFile = toml::from_str(text).map_err(|error| toml_error(text, path, &error))?;
        file.build(until_ms, largest).map_err(|message| SpecError::File { path: path.to_owned(), message })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NET: &str = r#"
[[neurons]]
name = "a"
count = 3
tau_membrane_ms = 20
threshold_mv = 10
[[inputs]]
name = "in"
count = 2
spikes_ms = [1, 2]
[[learning]]
name = "pairs"
rule = "all-to-all"
weight_max_mv = 20
gain = 0.01
loss = 0.01
tau_gain_ms = 20
tau_loss_ms = 20
[[connections]]
from = "in"
to = "a"
weight_mv = 11
learning = "pairs"
[[connections]]
from = "a"
to = "a"
delay_ms = 1
weight_mv = -1
"#;

    fn error(old: &str, new: &str) -> String {
        assert!(NET.contains(old), "{old}");
        let message = Net::parse(&NET.replacen(old, new, 1), Path::new("net.toml"), 10.0, LARGEST)
            .unwrap_err()
            .to_string();
        assert!(message.starts_with("net.toml") && !message.contains('\n'), "{message}");
        message
    }

    #[test]
    fn a_network_file_runs() {
        let net = Net::parse(NET, Path::new("net.toml"), 10.0, LARGEST).unwrap();
        assert_eq!((net.graph.inputs, net.graph.neurons.len(), net.graph.connections.len()), (2, 3, 6 + 6));
        assert_eq!(net.spikes.len(), 4);
        let outcome = net.run(10.0, 100).unwrap();
        assert_eq!(outcome.spikes.times_ms, [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
        assert_eq!(outcome.spikes.neurons, [0, 1, 2, 0, 1, 2]);
        // The first pair, 0 ms: + 0.2. Then − 0.2 e^(−1/20) at the input and + 0.2 (1 + e^(−1/20)) at 2 ms.
        assert_eq!(outcome.learned.len(), 6);
        assert!((outcome.learned[0].weight_mv - 11.4).abs() < 1e-12);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest_known_key() {
        let message = error("count = 3", "cuont = 3");
        assert_eq!(message, "net.toml:4: unknown key 'cuont'; did you mean 'count'?");
    }

    #[test]
    fn bad_values_are_named_with_their_table_and_what_to_do() {
        for (old, new, part) in [
            (
                "tau_membrane_ms = 20",
                "tau_membrane_ms = -20",
                "neurons 'a': tau_membrane_ms is -20.0; it must be",
            ),
            ("tau_membrane_ms = 20", "tau_membrane_ms = nan", "tau_membrane_ms is NaN"),
            ("threshold_mv = 10", "threshold_mv = 0", "reset_mv is 0.0; it must lie below threshold_mv"),
            ("count = 3", "count = 0", "'a': count is 0; it must be 1 to"),
            ("spikes_ms = [1, 2]", "spikes_ms = [-1]", "inputs 'in': spikes_ms has -1.0; it must be"),
            ("spikes_ms = [1, 2]", "spikes_ms = [nan]", "spikes_ms has NaN"),
            (
                "spikes_ms = [1, 2]",
                "rate_hz = 1e300",
                "rate_hz is 1e300; it must be 0 or more, and give at most",
            ),
            ("spikes_ms = [1, 2]", "", "give either spikes_ms or rate_hz"),
            (
                "[[learning]]",
                "[[inputs]]\nname = 'many'\ncount = 19_000_000\nspikes_ms = [1, 2]\n[[learning]]",
                "inputs 'many': 19000000 inputs times 2 spikes_ms; there may be 1.9999996e7 spikes more",
            ),
            ("delay_ms = 1", "delay_ms = -1", "connections from 'a' to 'a': delay_ms is -1.0; it must be"),
            ("delay_ms = 1", "delay_ms = 0", "delay_ms is 0.0; between neurons it must be above 0"),
            ("from = \"in\"", "from = \"im\"", "there is no 'im' here; did you mean 'in'?"),
            ("learning = \"pairs\"", "learning = \"pair\"", "there is no 'pair' here; did you mean 'pairs'?"),
            (
                "weight_mv = 11",
                "weight_mv = 21",
                "weight_mv is 21.0; one that learns must lie from 0 to weight_max_mv",
            ),
            (
                "weight_mv = -1",
                "weight_mv = -1\npairs = [[0, 3]]",
                "pairs has [0, 3]; there are 3 sources and 3",
            ),
            ("weight_mv = -1", "weight_mv = -1\nprobability = 2", "probability is 2.0; it must be"),
            ("count = 3", "count = 5_000", "these are more than 2e7 connections"),
            (
                "weight_mv = -1",
                "weight_mv = -1\nprobability = 1e-9\n[[neurons]]\nname = 'b'\ncount = 2_000_000\n\
                 tau_membrane_ms = 20\nthreshold_mv = 10\n[[connections]]\nfrom = 'b'\nto = 'b'\ndelay_ms = 1\n\
                 weight_mv = 1\nprobability = 1e-9",
                "2000000 sources times 2000000 targets are more pairs than the 1e10 that can be drawn from",
            ),
            (
                "weight_mv = 11",
                "weight_mv = 11\none_to_one = true",
                "one_to_one needs equal counts, not 2 and 3",
            ),
            ("tau_gain_ms = 20", "", "learning 'pairs': its rule needs tau_gain_ms and tau_loss_ms"),
            ("count = 3", "tau_synapse_ms = 5", "tau_synapse_ms goes with synapses = \"exponential\""),
            (
                "count = 3",
                "synapses = 'exponential'\ntau_synapse_ms = 5\nadaptation_mv = 1",
                "the threshold is fixed",
            ),
            ("name = \"in\"", "name = \"a\"", "two tables are named 'a'; give each"),
        ] {
            let message = error(old, new);
            assert!(message.contains(part), "{message}\n  should contain {part}");
        }
    }
}
