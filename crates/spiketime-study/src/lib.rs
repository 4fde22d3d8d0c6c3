//! Many runs and what they say: experiment files to verdicts.
//!
//! | question | file |
//! |---|---|
//! | what may an experiment file say? | [`spec`] |
//! | which runs does a set of experiments need, and which are there? | [`plan`], [`survey`] |
//! | what can the finished runs tell? | [`evidence`], as a table [`tidy`] |
//! | is a claim of the report reproduced? | [`verdict`], by the rules of [`statistics`] |
//! | what is written beside the runs? | [`summary`] |
//! | what is kept with the code, and shown in the README? | [`archive`], [`splice`] |

pub mod archive;
mod claims;
pub mod evidence;
mod genuine;
pub mod plan;
mod questions;
pub mod spec;
pub mod splice;
pub mod statistics;
pub mod summary;
pub mod survey;
pub mod tidy;
pub mod verdict;
