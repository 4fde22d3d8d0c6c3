//! Networks of any graph from a file, and what they do: `spiketime simulate`.
//!
//! | question | file |
//! |---|---|
//! | what may a network file say? | `file`, `connect`, `part` |
//! | how large will it be? | `size` |
//! | how does it become a graph? | `build` |
//! | who simulates it? | `engine` |
//! | do both engines say the same? | [`lockstep`] |
//! | what did the network do, spike by spike and in the end? | [`outcome`], `rates` |
//! | how is what comes written to a file? | [`written`] |

mod build;
mod connect;
mod engine;
mod error;
mod file;
#[cfg(test)]
mod laws;
pub mod lockstep;
pub mod outcome;
mod part;
mod rates;
mod size;
pub mod written;

pub use engine::Engine;
pub use error::NetError;
pub use file::{LARGEST, Net, Reached, schema};
