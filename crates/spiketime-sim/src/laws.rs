//! Every formula, each a pure function of values and times; what calls them lies in [`crate::layer`] and
//! [`crate::graph`].
//!
//! | question | file |
//! |---|---|
//! | how does a potential decay, what does an input add, when does it cross? | [`lif`] |
//! | how does an adaptive threshold rise and fall? | [`threshold`] |
//! | what does a spike teach: one layer by stamps or by counts, pairs of any graph? | [`stdp`], [`count_stdp`], [`pair_stdp`] |
//! | how does a step depend on the conductance, by a formula or as measured? | [`conductance`], [`table`] |
//! | what does a device make of a step, and what is left to chance? | [`device`], [`chance`] |
//! | how large are a neuron's weights, and how are they brought to a size? | [`measure`] |
//! | what happens between images? | [`homeostasis`] |
//! | what changes over training? | [`annealing`] |
//! | what does a spike do to the others? | [`inhibition`] |
//! | when does a driven potential cross between inputs, and until when surely not? | `crossing`, `quiet` |
//! | what are e to the x and the logarithm, on every CPU? | [`exp`](mod@exp), [`ln`](mod@ln) |

pub mod annealing;
pub mod chance;
pub mod conductance;
pub mod count_stdp;
pub(crate) mod crossing;
pub mod device;
pub mod exp;
pub mod homeostasis;
pub mod inhibition;
pub mod lif;
pub mod ln;
pub mod measure;
pub mod pair_stdp;
pub(crate) mod quiet;
pub mod stdp;
pub mod table;
pub mod threshold;
