//! Experiment files to results to verdicts.
//!
//! | question | file |
//! |---|---|
//! | what may an experiment file say? | [`spec`] |
//! | which runs does a set of experiments need? | [`plan`] |
//! | what is one presentation, one pass, one run? | [`present`], [`run`] |
//! | how do spikes become labels and scores? | [`score`] |
//! | what does a result look like? | [`record`] |
//! | where does it lie, and how is it written? | [`store`] |
//! | is a claim of the report reproduced? | [`verdict`] |

pub mod plan;
pub mod present;
pub mod record;
pub mod run;
pub mod score;
pub mod spec;
pub mod store;
pub mod verdict;

pub use spiketime_sim::Engine;
