//! The network file: populations, inputs and connections as TOML, and the graph that they make.
//!
//! What is drawn (random connections, initial potentials, Poisson inputs) comes from `seed`, each from a
//! stream of its own. An unknown key is an error, and so is a combination that has no exact solution here:
//! an exponential current goes with a fixed threshold, an adaptive threshold with delta synapses.

use std::ops::Range;
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use spiketime_data::memory;
use spiketime_data::toml_file::{self, TomlError};
use spiketime_sim::InputSpike;
use spiketime_sim::graph::Graph;

use crate::connect::Connections;
use crate::error::NetError;

/// More neurons, connections or input spikes than this have no numbers.
pub const LARGEST: f64 = 4e9;
/// A list of a million pairs; more connections are better drawn.
const MAX_BYTES: u64 = 16 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SynapseKind {
    Delta,
    Exponential,
}

/// A population of equal neurons.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Population {
    /// What connections and results call it.
    pub name: String,
    /// How many.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    pub count: u32,
    /// What inputs do: `delta` moves the potential at once, `exponential` a current that decays.
    #[serde(default = "delta")]
    pub synapses: SynapseKind,
    /// Membrane time constant.
    #[schemars(range(min = 1e-9, max = 1e12))]
    pub tau_membrane_ms: f64,
    /// What the potential tends to without bias and inputs.
    #[serde(default)]
    pub rest_mv: f64,
    /// A constant current times the resistance of the membrane.
    #[serde(default)]
    pub bias_mv: f64,
    /// The potential above which a neuron spikes.
    pub threshold_mv: f64,
    /// The potential after a spike.
    #[serde(default)]
    pub reset_mv: f64,
    /// For so long after a spike the potential stays at reset.
    #[serde(default)]
    #[schemars(range(min = 0.0))]
    pub refractory_ms: f64,
    /// Without it: at reset.
    pub initial_mv: Option<f64>,
    /// With it: uniform from `initial_mv` to here.
    pub initial_max_mv: Option<f64>,
    /// What an own spike adds to the threshold; delta synapses only.
    pub adaptation_mv: Option<f64>,
    /// Time constant of the adaptive threshold.
    #[schemars(range(min = 1e-9, max = 1e12))]
    pub tau_adaptation_ms: Option<f64>,
    /// Time constant of the current; exponential synapses need one.
    #[schemars(range(min = 1e-9, max = 1e12))]
    pub tau_synapse_ms: Option<f64>,
}

/// Sources of spikes from outside.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inputs {
    /// What connections and results call it.
    pub name: String,
    /// How many.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    pub count: u32,
    /// The same spikes for each of them …
    pub spikes_ms: Option<Vec<f64>>,
    /// … or a Poisson train each, up to `until_ms`.
    pub rate_hz: Option<f64>,
    /// When the trains end; without it with the simulation.
    pub until_ms: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RuleKind {
    AllToAll,
    Nearest,
    Window,
}

/// A rule of plasticity.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleTable {
    /// What connections and results call it.
    pub name: String,
    /// Which pairs of spikes count: `all-to-all`, `nearest`, or those within a `window`.
    pub rule: RuleKind,
    /// The largest weight.
    #[schemars(range(min = 1e-9, max = 1e12))]
    pub weight_max_mv: f64,
    /// What a spike after its input gives, as a fraction of `weight_max_mv`.
    pub gain: f64,
    /// What a spike before its input takes, as a fraction of `weight_max_mv`.
    pub loss: f64,
    /// Time constant of gains.
    #[schemars(range(min = 1e-9, max = 1e12))]
    pub tau_gain_ms: Option<f64>,
    /// Time constant of losses.
    #[schemars(range(min = 1e-9, max = 1e12))]
    pub tau_loss_ms: Option<f64>,
    /// Rule `window`: an input of this age or less gains.
    pub window_ms: Option<f64>,
}

/// A network file: what `spiketime simulate` reads.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NetFile {
    /// Root of every random stream.
    #[serde(default = "first_seed")]
    pub seed: u64,
    /// Populations of neurons.
    pub neurons: Vec<Population>,
    /// Sources of spikes from outside.
    #[serde(default)]
    pub inputs: Vec<Inputs>,
    /// Who is connected to whom.
    #[serde(default)]
    pub connections: Vec<Connections>,
    /// Rules of plasticity, which connections name.
    #[serde(default)]
    pub learning: Vec<RuleTable>,
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

/// The JSON Schema of a network file.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(NetFile).to_value()
}

/// Who hears how far the building is, from 0 to 1, and says whether it shall go on.
pub type Reached<'a> = &'a dyn Fn(f64) -> bool;

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
    /// Reads a network file; Poisson inputs that name no end stop at `until_ms`. `reached` hears how much of it is
    /// built, and says whether to go on.
    ///
    /// # Errors
    /// When it cannot be read, has an unknown key, or a value that breaks a rule; when it needs more memory
    /// than `memory_bytes`, or than there is; when it was stopped.
    pub fn read(
        path: &Path,
        until_ms: f64,
        memory_bytes: u64,
        reached: Reached<'_>,
    ) -> Result<Net, NetError> {
        let text = toml_file::text(path, MAX_BYTES)?;
        Net::made(&text, path, until_ms, (LARGEST, memory_bytes), reached)
    }

    /// Checks and builds the text of a network file, of at most `largest` neurons, inputs, connections and
    /// input spikes each; `path` is what messages call it.
    ///
    /// # Errors
    /// As [`Net::read`].
    pub fn parse(text: &str, path: &Path, until_ms: f64, largest: f64) -> Result<Net, NetError> {
        Net::made(text, path, until_ms, (largest, u64::MAX), &|_| true)
    }

    fn made(
        text: &str,
        path: &Path,
        until_ms: f64,
        (largest, allowed): (f64, u64),
        reached: Reached<'_>,
    ) -> Result<Net, NetError> {
        let file: NetFile = toml_file::parse(text, path)?;
        let refused = |message| TomlError::rule(path, message);
        let size = file.size(until_ms, largest).map_err(refused)?;
        let (bytes, path) = (size.bytes(), path.to_owned());
        if bytes > allowed {
            let (connections, spikes) = (size.connections, size.spikes);
            return Err(NetError::Budget { path, bytes, allowed, connections, spikes });
        }
        if let Err(reason) = memory::ask(bytes) {
            return Err(NetError::Memory { path, reason });
        }
        let built = file.build(&size, until_ms, largest, reached);
        built.map_err(|message| TomlError::rule(&path, message))?.ok_or(NetError::Stopped { path })
    }
}

#[cfg(test)]
mod tests {
    use spiketime_sim::graph::Source;

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
        let message =
            Net::parse(&NET.replacen(old, new, 1), Path::new("net.toml"), 10.0, 2e7).unwrap_err().to_string();
        assert!(message.starts_with("net.toml") && !message.contains('\n'), "{message}");
        message
    }

    #[test]
    fn a_network_file_runs() {
        let net = Net::parse(NET, Path::new("net.toml"), 10.0, LARGEST).unwrap();
        assert_eq!((net.graph.inputs, net.graph.neurons.len(), net.graph.connections.len()), (2, 3, 6 + 6));
        assert_eq!(net.spikes.len(), 4);
        let outcome = net.run(10.0, 100).unwrap();
        let spikes = outcome.spikes.unwrap();
        assert_eq!(spikes.times_ms, [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
        assert_eq!(spikes.neurons, [0, 1, 2, 0, 1, 2]);
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
    fn the_third_number_of_a_pair_is_its_weight_and_the_others_have_weight_mv() {
        let weights = |pairs: &str| {
            let text = NET.replacen("weight_mv = -1", pairs, 1);
            let net = Net::parse(&text, Path::new("net.toml"), 10.0, LARGEST).unwrap();
            let own = net.graph.connections.iter().skip(6);
            own.map(|own| (own.source, own.target, own.weight_mv)).collect::<Vec<_>>()
        };
        let from = Source::Neuron;
        let expected = [(from(0), 1, 2.5), (from(2), 0, -1.0), (from(1), 1, -3.0)];
        assert_eq!(weights("weight_mv = -1\npairs = [[0, 1, 2.5], [2, 0], [1, 1, -3]]"), expected);
        assert_eq!(weights("pairs = [[0, 1, 2.5], [2, 0, -1.0], [1, 1, -3]]"), expected);
    }

    #[test]
    fn a_pair_of_another_shape_is_named_with_its_line() {
        let ends = "both ends as whole numbers from 0";
        for pair in ["[0, 1, 2.5, 3]", "[0]", "[]", "[0.5, 1]", "[0, -1]", "[1.0, 1]", "[0, 1, \"w\"]"] {
            let message = error("weight_mv = -1", &format!("weight_mv = -1\npairs = [[0, 1],\n{pair}]"));
            let expected =
                format!("pairs has {pair}; give [source, target] or [source, target, weight_mv], {ends}");
            assert_eq!(message, format!("net.toml:30: {expected}"));
        }
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
            (
                "weight_mv = -1",
                "pairs = [[0, 1, 2.5], [1, 2]]",
                "connections from 'a' to 'a': weight_mv is missing; give it, or each of pairs a third number",
            ),
            ("weight_mv = -1", "pairs = [[0, 1, nan]]", "'a' to 'a': weight_mv is NaN; it must be a number"),
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
