//! Many runs and what they say: experiment files to verdicts.
//!
//! | question | file |
//! |---|---|
//! | what is a study, and which one is meant? | [`study`], [`study::find`] |
//! | what may an experiment file say? | [`spec`], its grids [`grid`]; every key as Markdown: [`keys`] |
//! | which keys has a condition, which does a preset set, which numbers is it given? | [`condition_keys`], [`presets`], [`given`] |
//! | which runs does a set of experiments need, and which are there? | [`plan`], [`survey`] |
//! | what can the finished runs tell? | [`evidence`], as a table [`tidy`] |
//! | what may be claimed, and which metrics may it look at? | [`claim`], [`metric`] |
//! | does a claim hold? | [`judge`], by the rules of [`statistics`]; all of it together: [`verdict`] |
//! | what does a page show? | [`panel`], [`shown`] of an experiment |
//! | which part of the runs is done here, where others do the rest? | [`shard`] |
//! | which numbers of two sets of runs moved? | [`moved`] |
//! | what is written beside the runs? | [`summary`] |
//! | how is a number printed? | [`spaced`] |
//! | what is kept with the code, and shown in the README? | [`archive`], [`splice`] |

pub mod archive;
pub mod claim;
pub mod condition_keys;
pub mod data_sets;
pub mod devices;
pub mod evidence;
pub mod given;
pub mod grid;
pub mod judge;
pub mod keys;
pub mod metric;
pub mod moved;
pub mod panel;
pub mod plan;
pub mod presets;
pub mod shard;
pub mod shown;
pub mod spaced;
pub mod spec;
pub mod splice;
pub mod statistics;
pub mod study;
pub mod summary;
pub mod survey;
pub mod tidy;
pub mod verdict;
