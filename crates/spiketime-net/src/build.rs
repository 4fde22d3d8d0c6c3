//! From the tables of a network file to the graph; every error names its table.

use rand::RngExt;
use rayon::prelude::*;
use spiketime_data::toml_file::did_you_mean;
use spiketime_data::{PoissonInput, Purpose, stream};
use spiketime_sim::graph::{Connection, Graph, GraphError, Learning, Neuron, Rule, Synapses};
use spiketime_sim::laws::pair_stdp::{PairStdp, Pairing};
use spiketime_sim::{Conductance, InputSpike, Plasticity, Time};

use crate::connect::{Connections, Wiring, drawn};
use crate::file::{Inputs, Net, NetFile, Population, Reached, RuleKind, RuleTable, SynapseKind};
use crate::part::Part;
use crate::size::Size;

/// Tables of one file; each name is looked for among all of them.
const MAX_TABLES: usize = 10_000;
/// Sources whose targets are drawn together; in between one may be told how far it is, or that one shall stop.
const BLOCK: u32 = 1024;

impl NetFile {
    /// `None` where it was told to stop.
    pub(crate) fn build(
        &self,
        size: &Size,
        until_ms: f64,
        largest: f64,
        reached: Reached<'_>,
    ) -> Result<Option<Net>, String> {
        let parts = self.parts(largest)?;
        let mut graph =
            Graph { inputs: self.inputs.iter().map(|inputs| inputs.count).sum(), ..Graph::default() };
        graph.connections.reserve_exact(size.room());
        for population in &self.neurons {
            population.add_to(&mut graph, self.seed)?;
        }
        graph.learning = self.learning.iter().map(RuleTable::learning).collect::<Result<_, _>>()?;
        let mut tables = Vec::new();
        for (number, connections) in self.connections.iter().enumerate() {
            tables.push(graph.connections.len());
            let goes_on = self
                .connect(&mut graph, connections, number, &parts, (size, largest, reached))
                .map_err(|message| format!("{}: {message}", connections.label()))?;
            if !goes_on {
                return Ok(None);
            }
        }
        graph.check().map_err(|error| self.located(&error, &parts, &tables))?;
        let spikes = self.spikes(until_ms);
        let populations = parts.iter().filter(|part| !part.is_input);
        let populations = populations.map(|part| (part.name.to_owned(), part.range.clone())).collect();
        Ok(Some(Net { graph, spikes, populations }))
    }

    pub(crate) fn parts(&self, largest: f64) -> Result<Vec<Part<'_>>, String> {
        let tables = self.inputs.len() + self.neurons.len() + self.connections.len() + self.learning.len();
        if tables > MAX_TABLES {
            return Err(format!("{tables} tables; there may be {MAX_TABLES}: put equal neurons into one"));
        }
        let inputs = self.inputs.iter().map(|inputs| (inputs.name.as_str(), inputs.count, true));
        let neurons = self.neurons.iter().map(|neurons| (neurons.name.as_str(), neurons.count, false));
        let (mut parts, mut next) = (Vec::<Part>::new(), [0_u32; 2]);
        for (name, count, is_input) in inputs.chain(neurons) {
            let first = next[usize::from(is_input)];
            let end = first.checked_add(count).filter(|&end| f64::from(end) <= largest && count > 0);
            let end = end.ok_or_else(|| {
                format!("'{name}': count is {count}; it must be 1 to {largest:e} with those before")
            })?;
            if parts.iter().any(|part| part.name == name) {
                return Err(format!("two tables are named '{name}'; give each a name of its own"));
            }
            next[usize::from(is_input)] = end;
            parts.push(Part { name, range: first..end, is_input });
        }
        Ok(parts)
    }

    /// Adds the connections of a table; false where it was told to stop.
    fn connect(
        &self,
        graph: &mut Graph,
        table: &Connections,
        number: usize,
        parts: &[Part<'_>],
        (size, largest, reached): (&Size, f64, Reached<'_>),
    ) -> Result<bool, String> {
        let from = named(&table.from, parts.iter(), |part| part.name)?;
        let to = named(&table.to, parts.iter().filter(|part| !part.is_input), |part| part.name)?;
        let learning = match &table.learning {
            Some(name) => {
                let rules = self.learning.iter().enumerate();
                Some(named(name, rules, |(_, rule)| rule.name.as_str())?.0 as u32)
            }
            None => None,
        };
        let (first, delay_ms) = (to.range.start, table.delay_ms);
        let connection = |source: u32, target: u32, weight_mv: Option<f64>| Connection {
            source: from.source(source),
            target: first + target,
            delay_ms,
            weight_mv: weight_mv.or(table.weight_mv).unwrap_or_default(),
            learning,
        };
        match table.wiring(from, to, largest)? {
            Wiring::Named(pairs) => graph
                .connections
                .extend(pairs.iter().map(|pair| connection(pair.source, pair.target, pair.weight_mv))),
            Wiring::OneToOne => {
                let sources = 0..from.range.len() as u32;
                graph.connections.extend(sources.map(|source| connection(source, source, None)));
            }
            Wiring::Drawn { probability, same } => {
                let (sources, targets) = (from.range.len() as u32, to.range.len() as u32);
                for block in (0..sources).step_by(BLOCK as usize) {
                    // Each source has dice of its own, so any thread may throw them.
                    let own = (block..sources.min(block + BLOCK)).into_par_iter();
                    let drawn: Vec<(u32, Vec<u32>)> = own
                        .map(|source| {
                            (source, drawn(self.seed, number as u64, source, targets, probability, same))
                        })
                        .collect();
                    for (source, mut targets) in drawn {
                        targets.iter_mut().for_each(|target| *target += first);
                        graph.connections.push_to(connection(source, 0, None), &targets);
                    }
                    if !reached(graph.connections.len() as f64 / size.connections.max(1.0)) {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    fn spikes(&self, until_ms: f64) -> Vec<InputSpike> {
        let (mut spikes, mut first) = (Vec::new(), 0);
        for inputs in &self.inputs {
            for source in first..first + inputs.count {
                spikes.extend(inputs.spikes(self.seed, source, until_ms));
            }
            first += inputs.count;
        }
        spikes
    }

    /// The table that a broken rule of the graph comes from.
    fn located(&self, error: &GraphError, parts: &[Part<'_>], tables: &[usize]) -> String {
        let &GraphError::Value { item, index, key, value, rule } = error else { return error.to_string() };
        let table = match item {
            "neuron" => {
                let part = parts.iter().find(|part| !part.is_input && part.range.contains(&(index as u32)));
                format!("neurons '{}'", part.map_or("", |part| part.name))
            }
            "connection" => self.connections[tables.partition_point(|&first| first <= index) - 1].label(),
            _ => format!("learning '{}'", self.learning[index].name),
        };
        format!("{table}: {key} is {value:?}; {rule}")
    }
}

/// The item of this name, or an error with the nearest name.
fn named<'a, T>(
    name: &str,
    items: impl Iterator<Item = T> + Clone,
    of: impl Fn(&T) -> &'a str,
) -> Result<T, String> {
    let found = items.clone().find(|item| of(item) == name);
    found.ok_or_else(|| {
        format!("there is no '{name}' here{}", did_you_mean(name, items.map(|item| of(&item))))
    })
}

impl Population {
    fn add_to(&self, graph: &mut Graph, seed: u64) -> Result<(), String> {
        let neuron = self.neuron().map_err(|message| format!("neurons '{}': {message}", self.name))?;
        for _ in 0..self.count {
            let index = graph.neurons.len() as u64;
            let width_mv = self.initial_max_mv.map_or(0.0, |max_mv| max_mv - neuron.initial_mv);
            let uniform: f64 = stream(seed, Purpose::InitialPotentials, index).random();
            graph.add(Neuron { initial_mv: neuron.initial_mv + uniform * width_mv, ..neuron });
        }
        Ok(())
    }

    fn neuron(&self) -> Result<Neuron, String> {
        let initial_mv = self.initial_mv.unwrap_or(self.reset_mv);
        if self.initial_max_mv.is_some_and(|max_mv| !(initial_mv <= max_mv && max_mv <= self.threshold_mv)) {
            return Err("initial_max_mv must lie from initial_mv to threshold_mv".into());
        }
        Ok(Neuron {
            synapses: self.synapses()?,
            tau_membrane_ms: self.tau_membrane_ms,
            rest_mv: self.rest_mv,
            bias_mv: self.bias_mv,
            threshold_mv: self.threshold_mv,
            reset_mv: self.reset_mv,
            refractory_ms: self.refractory_ms,
            initial_mv,
        })
    }

    fn synapses(&self) -> Result<Synapses, String> {
        let adapts = self.adaptation_mv.is_some() || self.tau_adaptation_ms.is_some();
        match (self.synapses, self.tau_synapse_ms) {
            (SynapseKind::Delta, Some(_)) => {
                Err("tau_synapse_ms goes with synapses = \"exponential\"; delta synapses have none".into())
            }
            (SynapseKind::Exponential, _) if adapts => Err("adaptation_mv and tau_adaptation_ms go with \
                 synapses = \"delta\"; with an exponential current the threshold is fixed"
                .into()),
            (SynapseKind::Exponential, None) => Err("synapses = \"exponential\" needs tau_synapse_ms".into()),
            (SynapseKind::Exponential, Some(tau_synapse_ms)) => Ok(Synapses::Exponential { tau_synapse_ms }),
            (SynapseKind::Delta, None) => match (self.adaptation_mv, self.tau_adaptation_ms) {
                (Some(_), None) => Err("adaptation_mv needs tau_adaptation_ms".into()),
                (step, tau) => Ok(Synapses::Delta {
                    adaptation_mv: step.unwrap_or(0.0),
                    tau_adaptation_ms: tau.unwrap_or(self.tau_membrane_ms),
                }),
            },
        }
    }
}

impl Inputs {
    fn spikes(&self, seed: u64, source: u32, until_ms: f64) -> Vec<InputSpike> {
        let end_ms = self.until_ms.unwrap_or(until_ms).min(until_ms);
        let mut spikes = Vec::new();
        match (&self.spikes_ms, self.rate_hz) {
            (Some(times), _) => {
                spikes.extend(times.iter().map(|&ms| InputSpike { at: Time::from_ms(ms), source }));
            }
            (None, rate_hz) => {
                let poisson = PoissonInput { rate_max_hz: rate_hz.unwrap_or(0.0), duration_ms: end_ms };
                poisson.encode(&[255], stream(seed, Purpose::NetInputs, u64::from(source)), &mut spikes);
                spikes.iter_mut().for_each(|spike| spike.source = source);
            }
        }
        spikes
    }
}

impl RuleTable {
    fn learning(&self) -> Result<Learning, String> {
        let &RuleTable { weight_max_mv, gain, loss, .. } = self;
        let pairing = if self.rule == RuleKind::Nearest { Pairing::Nearest } else { Pairing::AllToAll };
        let rule = match (self.rule, self.tau_gain_ms, self.tau_loss_ms, self.window_ms) {
            (RuleKind::Window, None, None, Some(window_ms)) => {
                Rule::Window(Plasticity { window_ms, gain, loss, conductance: Conductance::ADDITIVE })
            }
            (RuleKind::AllToAll | RuleKind::Nearest, Some(tau_gain_ms), Some(tau_loss_ms), None) => {
                Rule::Pairs(PairStdp { gain, tau_gain_ms, loss, tau_loss_ms, pairing })
            }
            (RuleKind::Window, ..) => return Err(self.needs("window_ms and no other time")),
            _ => return Err(self.needs("tau_gain_ms and tau_loss_ms and no other time")),
        };
        Ok(Learning { rule, weight_max_mv })
    }

    fn needs(&self, what: &str) -> String {
        format!("learning '{}': its rule needs {what}", self.name)
    }
}
