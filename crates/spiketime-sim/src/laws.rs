//! Every formula, each a pure function of values and times; what calls them lies in [`crate::layer`] and
//! [`crate::graph`].
//!
//! | question | file |
//! |---|---|
//! | how does a potential decay, what does an input add, when does it cross? | [`lif`] |
//! | how does an adaptive threshold rise and fall? | [`threshold`] |
//! | what does a spike teach: one layer, pairs of any graph? | [`stdp`], [`pair_stdp`] |
//! | what does a spike do to the others? | [`inhibition`] |
//! | when does a driven potential cross between inputs? | `crossing` |
//! | what are e to the x and the logarithm, on every CPU? | [`exp`](mod@exp), [`ln`](mod@ln) |

pub(crate) mod crossing;
pub mod exp;
pub mod inhibition;
pub mod lif;
pub mod ln;
pub mod pair_stdp;
pub mod stdp;
pub mod threshold;
