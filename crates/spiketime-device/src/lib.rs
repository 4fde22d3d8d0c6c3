//! Devices whose conductance is a weight: what their files say, and which law measured pulses follow.
//!
//! | question | file |
//! |---|---|
//! | what does a device file say? | [`file`](mod@file) |
//! | what is it held to? | [`read`] |
//! | which laws are there, and what are they in the simulator? | [`kind`] |
//! | what is NeuroSim's label of nonlinearity? | [`neurosim`] |
//! | how are measured pulses read? | [`pulses`], `columns`, [`unit`] |

mod columns;
pub mod file;
pub mod kind;
pub mod neurosim;
pub mod pulses;
pub mod read;
pub mod unit;

pub use file::DeviceFile;
