//! Networks of any graph from a file, and what they do: `spiketime simulate`.
//!
//! | question | file |
//! |---|---|
//! | what may a network file say? | `file`, `connect`, `part` |
//! | how large will it be? | `size` |
//! | how does it become a graph? | `build` |
//! | what did the network do? | [`outcome`] |

mod build;
mod connect;
mod file;
#[cfg(test)]
mod laws;
pub mod outcome;
mod part;
mod size;

pub use file::{LARGEST, Net, NetError, schema};
