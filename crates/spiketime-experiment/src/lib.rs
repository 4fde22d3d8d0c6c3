//! Experiment files to results to verdicts.
//!
//! | question | file |
//! |---|---|
//! | what may an experiment file say? | [`spec`], [`condition`] |
//! | which runs does a set of experiments need, and which are there? | [`plan`], [`survey`] |
//! | which metrics may an experiment file expect? | [`metrics`] |
//! | what may a network file say? | [`net`] |
//! | is there as much memory? | [`memory`] |
//! | what is one presentation, one pass, one run, many? | [`present`], `trainer`, [`run`] |
//! | how much memory does a network take? | [`footprint`] |
//! | do both engines agree on an experiment? | [`lockstep`] |
//! | what does each neuron of a kept map stand for? | [`classes`] |
//! | why did these neurons spike at this image? | [`explain`], told by [`story`] |
//! | how do spikes become labels and scores? | [`score`] |
//! | what does a weight map look like, in numbers? | [`measures`] |
//! | what does a result look like? | [`record`], [`tidy`] |
//! | where does it lie, how is it written, and who may? | [`store`], [`summary`], [`lock`]; weights as files: [`weights`] |
//! | how is a run that was cut gone on with, and under another condition? | [`snapshot`], [`branch`] |
//! | what is kept with the code, and shown in the README? | [`archive`], [`splice`] |
//! | is a claim of the report reproduced? | [`verdict`], by the rules of [`statistics`] |

pub mod archive;
pub mod branch;
mod claims;
pub mod classes;
pub mod condition;
pub mod evidence;
pub mod explain;
pub mod footprint;
mod genuine;
mod halt;
pub mod lock;
pub mod lockstep;
pub mod measures;
pub mod memory;
pub mod metrics;
pub mod net;
pub mod plan;
pub mod present;
mod questions;
pub mod record;
pub mod run;
pub mod score;
pub mod snapshot;
pub mod spec;
pub mod splice;
pub mod statistics;
pub mod store;
pub mod story;
pub mod summary;
pub mod survey;
pub mod tidy;
mod trainer;
pub mod verdict;
pub mod weights;

pub use spiketime_sim::{Engine, InstructionSet};
