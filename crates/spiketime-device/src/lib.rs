//! Devices whose conductance is a weight: what their files say, and which law measured pulses follow.
//!
//! | question | file |
//! |---|---|
//! | what does a device file say? | [`file`](mod@file) |
//! | what is it held to? | `read` |
//! | which laws are there, and what are they in the simulator? | [`kind`] |
//! | what is NeuroSim's label of nonlinearity? | [`neurosim`] |
//! | how are measured pulses read? | [`pulses`], `columns`, [`unit`](mod@unit) |
//! | where do branches end, and within which window are they? | `ends`, [`measured`] |
//! | where do n pulses lead, and how does that move with a law's parameters? | `curve` |
//! | how likely are readings under a law and a noise? | [`likelihood`] |
//! | how is a law fitted, a table too, and which is chosen? | [`least_squares`], `points`, `choice` |
//! | how do devices and pulses differ? | [`spread`], `scale` |
//! | what can the law not hold? | `remarks` |
//! | what comes out? | [`fitted`], [`picture`] |

mod choice;
mod columns;
mod curve;
mod ends;
pub mod file;
pub mod fitted;
pub mod kind;
pub mod least_squares;
pub mod likelihood;
pub mod measured;
pub mod neurosim;
pub mod picture;
mod points;
pub mod pulses;
mod read;
mod remarks;
mod scale;
pub mod spread;
pub mod unit;

pub use file::{DeviceFile, schema};
pub use fitted::{Fitted, fit};
