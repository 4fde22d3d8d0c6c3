//! Neurons of any directed graph, which can cross their thresholds between inputs.
//!
//! ```text
//! τ_v dv/dt = rest + bias + s − v              outside the refractory time, in which v = reset
//! delta:        v ← v + w at an input; threshold T₀ + T, τ_T dT/dt = −T, T ← T + T₊ at an own spike
//! exponential:  s ← s + w at an input, τ_s ds/dt = −s; threshold T₀
//! ```
//!
//! This file is the network as data and what makes it valid. [`Simulation`] runs it, one event at a time;
//! [`Windows`] gives the same bits faster, on any number of threads. Time constants
//! from 1e-9 to 1e12 ms and potentials up to 1e12 mV are taken: within them no sum overflows.

mod asked;
mod connections;
mod learning;
mod simulation;
mod state;
#[cfg(test)]
mod tests;
mod windows;

pub use connections::Connections;
pub use simulation::Simulation;
pub use windows::{Part, Spike, Windows};

use crate::laws::pair_stdp::PairStdp;
use crate::laws::stdp::Plasticity;

/// What inputs do to a neuron.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Synapses {
    /// An input moves the potential at once; the threshold may adapt.
    Delta {
        /// What an own spike adds to the threshold, T₊ \[mV\]; 0 = no adaptation.
        adaptation_mv: f64,
        /// Time constant of the adaptive part, τ_T \[ms\].
        tau_adaptation_ms: f64,
    },
    /// An input moves a current that decays; the threshold is fixed.
    Exponential {
        /// Time constant of the current, τ_s \[ms\].
        tau_synapse_ms: f64,
    },
}

/// The constants of one neuron. The defaults: the report's neuron, which does not adapt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neuron {
    /// What inputs do.
    pub synapses: Synapses,
    /// Membrane time constant τ_v \[ms\].
    pub tau_membrane_ms: f64,
    /// What the potential tends to without bias and inputs \[mV\].
    pub rest_mv: f64,
    /// A constant current times the membrane's resistance \[mV\].
    pub bias_mv: f64,
    /// T₀ \[mV\].
    pub threshold_mv: f64,
    /// The potential after a spike, below T₀ \[mV\].
    pub reset_mv: f64,
    /// For so long after a spike the potential stays at reset; delta inputs are lost \[ms\].
    pub refractory_ms: f64,
    /// The potential at the start, at most T₀ \[mV\].
    pub initial_mv: f64,
}

impl Default for Neuron {
    fn default() -> Neuron {
        Neuron {
            synapses: Synapses::Delta { adaptation_mv: 0.0, tau_adaptation_ms: 40.0 },
            tau_membrane_ms: 20.0,
            rest_mv: 0.0,
            bias_mv: 0.0,
            threshold_mv: 50.0,
            reset_mv: 0.0,
            refractory_ms: 0.0,
            initial_mv: 0.0,
        }
    }
}

/// Where a connection comes from. Inputs come before neurons at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A train of spikes from outside.
    Input(u32),
    /// A neuron of the graph.
    Neuron(u32),
}

/// What a synapse learns, and its largest weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Learning {
    /// The rule.
    pub rule: Rule,
    /// g_max as a jump \[mV\].
    pub weight_max_mv: f64,
}

/// A rule of plasticity.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// The report's window.
    Window(Plasticity),
    /// Exponential windows.
    Pairs(PairStdp),
}

/// A connection with a delay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Connection {
    /// From.
    pub source: Source,
    /// To this neuron.
    pub target: u32,
    /// How long a spike travels \[ms\]; above 0 between neurons.
    pub delay_ms: f64,
    /// The jump that a spike causes, of v or of s \[mV\].
    pub weight_mv: f64,
    /// Which of the graph's [`Graph::learning`]; `None`: the weight stays.
    pub learning: Option<u32>,
}

/// A network as data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// How many trains of spikes come from outside.
    pub inputs: u32,
    /// The neurons.
    pub neurons: Vec<Neuron>,
    /// The connections; two of them may join the same pair.
    pub connections: Connections,
    /// The rules that connections name.
    pub learning: Vec<Learning>,
}

/// What is wrong with a graph.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[allow(missing_docs)]
pub enum GraphError {
    #[error("{item} {index}: {key} is {value:?}; {rule}")]
    Value { item: &'static str, index: usize, key: &'static str, value: f64, rule: &'static str },
    #[error("connection {index}: there is no {kind} {named}; they go from 0 to below {count}")]
    Unknown { index: usize, kind: &'static str, named: u32, count: usize },
    #[error("there are {count} connections; there may be 4294967295")]
    Large { count: usize },
}

/// Why a simulation stops.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[allow(missing_docs)]
pub enum SimulationError {
    #[error(transparent)]
    Graph(#[from] GraphError),
    #[error("{at_ms} ms lies in the past: everything up to {done_ms} ms is done")]
    Past { at_ms: f64, done_ms: f64 },
    #[error("there is no {kind} {named}; they go from 0 to below {count}")]
    Unknown { kind: &'static str, named: u32, count: usize },
    #[error(
        "neuron {neuron} spikes twice at {at_ms} ms: its interval is shorter than a time can tell; \
         give it a refractory_ms or less bias_mv"
    )]
    TooFast { neuron: u32, at_ms: f64 },
    #[error(
        "a delay of {delay_ms:?} ms is lost at {at_ms} ms, where times are farther apart; make it longer"
    )]
    DelayLost { delay_ms: f64, at_ms: f64 },
    #[error("more than {most} spikes within one delay by {at_ms} ms: they multiply; weaken what excites")]
    TooMany { most: usize, at_ms: f64 },
}

/// A key, its value, whether it holds, and the rule.
type Checked = (&'static str, f64, bool, &'static str);
/// A key, its value, and the rule that it breaks.
pub type Broken = (&'static str, f64, &'static str);

fn signed(key: &'static str, value: f64) -> Checked {
    (key, value, (-1e12..=1e12).contains(&value), "it must be a number from -1e12 to 1e12")
}

fn not_negative(key: &'static str, value: f64) -> Checked {
    (key, value, (0.0..=1e12).contains(&value), "it must be a number from 0 to 1e12")
}

fn positive(key: &'static str, value: f64) -> Checked {
    (key, value, (1e-9..=1e12).contains(&value), "it must be a number from 1e-9 to 1e12")
}

fn first_broken(values: &[Checked]) -> Option<Broken> {
    values.iter().find(|(_, _, holds, _)| !holds).map(|&(key, value, _, rule)| (key, value, rule))
}

impl Neuron {
    /// The first value that breaks a rule: (key, value, rule).
    #[must_use]
    pub fn broken_rule(&self) -> Option<Broken> {
        let below =
            ("reset_mv", self.reset_mv, self.reset_mv < self.threshold_mv, "it must lie below threshold_mv");
        let at_most = self.initial_mv <= self.threshold_mv;
        first_broken(&[
            positive("tau_membrane_ms", self.tau_membrane_ms),
            signed("rest_mv", self.rest_mv),
            signed("bias_mv", self.bias_mv),
            signed("threshold_mv", self.threshold_mv),
            signed("reset_mv", self.reset_mv),
            below,
            not_negative("refractory_ms", self.refractory_ms),
            signed("initial_mv", self.initial_mv),
            ("initial_mv", self.initial_mv, at_most, "it must not lie above threshold_mv"),
        ])
        .or_else(|| self.synapses.broken_rule())
    }
}

impl Synapses {
    fn broken_rule(&self) -> Option<Broken> {
        match *self {
            Synapses::Delta { adaptation_mv, tau_adaptation_ms } => first_broken(&[
                not_negative("adaptation_mv", adaptation_mv),
                positive("tau_adaptation_ms", tau_adaptation_ms),
            ]),
            Synapses::Exponential { tau_synapse_ms } => {
                first_broken(&[positive("tau_synapse_ms", tau_synapse_ms)])
            }
        }
    }
}

impl Learning {
    /// The first value that breaks a rule: (key, value, rule).
    #[must_use]
    pub fn broken_rule(&self) -> Option<Broken> {
        first_broken(&[positive("weight_max_mv", self.weight_max_mv)]).or_else(|| match &self.rule {
            Rule::Window(window) => first_broken(&[
                not_negative("window_ms", window.window_ms),
                signed("gain", window.gain),
                signed("loss", window.loss),
                not_negative("gain_nonlinearity", window.conductance.rise.exponent()),
                not_negative("loss_nonlinearity", window.conductance.fall.exponent()),
            ]),
            Rule::Pairs(pairs) => first_broken(&[
                signed("gain", pairs.gain),
                signed("loss", pairs.loss),
                positive("tau_gain_ms", pairs.tau_gain_ms),
                positive("tau_loss_ms", pairs.tau_loss_ms),
            ]),
        })
    }
}

impl Graph {
    /// Adds a neuron; returns its index.
    pub fn add(&mut self, neuron: Neuron) -> u32 {
        self.neurons.push(neuron);
        self.neurons.len() as u32 - 1
    }

    /// Adds a connection whose weight stays.
    pub fn connect(&mut self, source: Source, target: u32, delay_ms: f64, weight_mv: f64) {
        self.connections.push(Connection { source, target, delay_ms, weight_mv, learning: None });
    }

    /// Inputs and neurons.
    fn sources(&self) -> usize {
        self.inputs as usize + self.neurons.len()
    }

    /// The place of a source among all, inputs first.
    fn slot(&self, source: Source) -> usize {
        match source {
            Source::Input(input) => input as usize,
            Source::Neuron(neuron) => self.inputs as usize + neuron as usize,
        }
    }

    /// # Errors
    /// When a value breaks a rule, or a connection names what is not there.
    pub fn check(&self) -> Result<(), GraphError> {
        let value = |item, index, (key, value, rule)| GraphError::Value { item, index, key, value, rule };
        if self.connections.len() > u32::MAX as usize {
            return Err(GraphError::Large { count: self.connections.len() });
        }
        for (index, neuron) in self.neurons.iter().enumerate() {
            neuron.broken_rule().map_or(Ok(()), |broken| Err(value("neuron", index, broken)))?;
        }
        for (index, learning) in self.learning.iter().enumerate() {
            learning.broken_rule().map_or(Ok(()), |broken| Err(value("learning", index, broken)))?;
        }
        for (index, connection) in self.connections.iter().enumerate() {
            self.check_ends(index, &connection)?;
            let broken = self.broken_connection(&connection);
            broken.map_or(Ok(()), |broken| Err(value("connection", index, broken)))?;
        }
        Ok(())
    }

    fn check_ends(&self, index: usize, connection: &Connection) -> Result<(), GraphError> {
        let (kind, source, sources) = match connection.source {
            Source::Input(input) => ("input", input, self.inputs as usize),
            Source::Neuron(neuron) => ("neuron", neuron, self.neurons.len()),
        };
        let ends = [
            (kind, Some(source), sources),
            ("neuron", Some(connection.target), self.neurons.len()),
            ("learning", connection.learning, self.learning.len()),
        ];
        for (kind, named, count) in ends {
            if let Some(named) = named.filter(|&named| named as usize >= count) {
                return Err(GraphError::Unknown { index, kind, named, count });
            }
        }
        Ok(())
    }

    fn broken_connection(&self, connection: &Connection) -> Option<Broken> {
        let &Connection { source, delay_ms, weight_mv, learning, .. } = connection;
        let max_mv = learning.map(|learning| self.learning[learning as usize].weight_max_mv);
        let from_neuron = matches!(source, Source::Neuron(_));
        let learns_within = max_mv.is_none_or(|max_mv| (0.0..=max_mv).contains(&weight_mv));
        first_broken(&[
            not_negative("delay_ms", delay_ms),
            ("delay_ms", delay_ms, delay_ms > 0.0 || !from_neuron, "between neurons it must be above 0"),
            signed("weight_mv", weight_mv),
            ("weight_mv", weight_mv, learns_within, "one that learns must lie from 0 to weight_max_mv"),
        ])
    }
}
