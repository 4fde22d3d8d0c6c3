//! The simulator: a pure function of a network and its input spikes.
//!
//! There is no time step. A spike happens at an exact time, potentials and thresholds decay in
//! closed form between events, and plasticity reads the time stamps of spikes. Nothing here draws
//! a random number, opens a file, starts a thread or asks for the time: weights, thresholds and
//! spikes arrive as data.
//!
//! | question | file |
//! |---|---|
//! | what is a time, and when has an input never spiked? | [`time`] |
//! | what decays, what does a spike teach, what does it do to the others? | every formula: [`laws`] |
//! | in which order does everything happen? | [`event`] |
//! | how does one layer run, for which a neuron crosses at its inputs only? | [`layer`] |
//! | how do neurons of any graph run, which cross between inputs too? | [`graph`] |
//!
//! One layer of two neurons, three input spikes; the third lifts neuron 0 above its threshold:
//!
//! ```
//! use spiketime_sim::{Engine, InputSpike, Layer, Network, Recorder, Time, present};
//!
//! let layer = Layer::report(); // winner takes all, adaptive threshold, STDP
//! let weights_mv = vec![0.9, 0.1]; // one input, two neurons
//! let mut network = Network::<f64>::new(layer, weights_mv, vec![2.0, 2.0]);
//! let spikes = [1.0, 2.0, 3.0].map(|ms| InputSpike { at: Time::from_ms(ms), source: 0 });
//!
//! let mut recorder = Recorder::default();
//! present(Engine::Reference, &mut network, &spikes, &mut recorder);
//! assert_eq!(recorder.spikes, [(Time::from_ms(3.0), 0)]);
//! assert!(network.weights_mv[(0, 0)] > 0.9); // the input was recent: it gained
//! ```
//!
//! Two neurons in a ring: a bias drives the first above its threshold, its spikes drive the second:
//!
//! ```
//! use spiketime_sim::Time;
//! use spiketime_sim::graph::{Graph, Neuron, Simulation, Source};
//!
//! let mut graph = Graph::default();
//! let driven = graph.add(Neuron { bias_mv: 100.0, refractory_ms: 2.0, ..Neuron::default() });
//! let relay = graph.add(Neuron::default()); // threshold 50 mV
//! graph.connect(Source::Neuron(driven), relay, 1.5, 60.0); // 1.5 ms later by 60 mV
//! graph.connect(Source::Neuron(relay), driven, 1.5, -30.0);
//!
//! let mut simulation = Simulation::new(graph, Time::ZERO)?;
//! let (first_ms, neurons) = simulation.next_spikes(Time::from_ms(100.0))?.expect("it crosses");
//! assert_eq!(neurons, [driven]);
//! assert!((first_ms.ms() - 20.0 * f64::ln(2.0)).abs() < 1e-14); // no step: v = 100 (1 - e^(-t/20))
//! let (second_ms, neurons) = simulation.next_spikes(Time::from_ms(100.0))?.expect("it is driven");
//! assert_eq!((second_ms.ms(), neurons), (first_ms.ms() + 1.5, [relay].as_slice()));
//! # Ok::<(), spiketime_sim::graph::SimulationError>(())
//! ```

pub mod event;
pub mod graph;
mod instruction_set;
pub mod laws;
pub mod layer;
mod real;
pub mod time;

pub use event::InputSpike;
pub use instruction_set::InstructionSet;
pub use laws::annealing::Annealed;
pub use laws::conductance::{Conductance, Dependence};
pub use laws::count_stdp::{CountPlasticity, Rate};
pub use laws::device::{Cycle, Share, Variation};
pub use laws::homeostasis::Homeostasis;
pub use laws::inhibition::{Inhibition, TieRule};
pub use laws::measure::{Measure, Normalisation, NormalisedAt};
pub use laws::stdp::Plasticity;
pub use laws::table::{Table, TableError};
pub use layer::constants::{Lasting, Layer, LayerRule};
pub use layer::decays::Decays;
pub use layer::network::Network;
pub use layer::observer::{Counter, Observer, Recorder};
pub use layer::own::Own;
pub use layer::rows::Rows;
pub use layer::{Engine, present, present_decayed, present_on};
pub use real::Real;
pub use time::Time;
