//! One run: from its condition to its record, and everything that keeps it.
//!
//! | question | file |
//! |---|---|
//! | which constants has a network? | [`condition`] |
//! | what is one run, when is it looked at, and which id has it? | [`run`], [`schedule`] |
//! | what is one presentation, one pass, one training, many? | [`present`], `trainer`, [`runner`] in its [`context`] |
//! | how do runs share the input spikes that they all show? | `companies`, `company`, [`drawn`] |
//! | how do spikes become labels and scores, and by which other read-outs? | [`score`], [`readout`] |
//! | which data set is a condition trained on? | [`data_set`] |
//! | by which law are thresholds and weights spread, or which are they? | [`spread`], [`given`] |
//! | which class is taken for which? | [`confusion`] |
//! | what does a weight map look like, in numbers? | [`measures`] |
//! | what does a result look like, and which metrics has it? | [`record`], [`metrics`] |
//! | where does it lie, how is it written, and who may? | [`store`], [`lock`]; weights as files: [`weights`] |
//! | how is a run that was cut gone on with, and under another condition? | [`snapshot`], [`branch`] |
//! | how is a run handed to somebody elsewhere? | [`task`] |
//! | how much memory does a network take? | [`footprint`] |
//! | do both engines agree on a condition? | [`lockstep`] |
//! | what does each neuron of a kept map stand for? | [`classes`] |
//! | what does a trained network say of other images? | [`predict`] |
//! | how does one show a layer images of one's own, one call after the other? | [`layer`] |
//! | why did these neurons spike at this image? | [`explain`], told by [`story`] |

pub mod branch;
pub mod classes;
mod companies;
mod company;
pub mod condition;
pub mod confusion;
pub mod context;
pub mod data_set;
pub mod drawn;
pub mod explain;
pub mod footprint;
pub mod given;
pub mod layer;
pub mod lock;
pub mod lockstep;
pub mod measures;
pub mod metrics;
pub mod predict;
pub mod present;
pub mod readout;
pub mod record;
pub mod run;
pub mod runner;
pub mod schedule;
pub mod score;
pub mod snapshot;
pub mod spread;
pub mod store;
pub mod story;
pub mod task;
mod trainer;
pub mod weights;
