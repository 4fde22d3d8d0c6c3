//! What goes into the simulator, and all the dice.
//!
//! | question | file |
//! |---|---|
//! | which files are there, and what are their digests? | [`mod@file`] |
//! | how is an IDX file read? | [`idx`] |
//! | how long may a file be? | [`limited`] |
//! | how is a file written as a whole or not at all? | [`aside`] |
//! | what is wrong with a TOML file, and where? | [`toml_file`] |
//! | is there as much memory? | [`memory`] |
//! | where may a test hold the program? | [`halt`] |
//! | where do the images come from? | [`source`], [`https`], [`package`], [`sample`] |
//! | which images may be seen by whom? | [`dataset`] |
//! | where do random numbers come from? | [`random`], and nowhere else |
//! | how does an image become spikes? | [`poisson`] |

pub mod aside;
pub mod dataset;
mod exponential;
pub mod file;
pub mod halt;
pub mod https;
pub mod idx;
pub mod limited;
pub mod memory;
pub mod package;
pub mod poisson;
pub mod random;
pub mod sample;
pub mod source;
pub mod toml_file;

pub use dataset::{Dataset, DatasetName, LabelSplit, TestSplit, TrainSplit};
pub use file::DataFile;
pub use poisson::PoissonInput;
pub use random::{Purpose, stream};
pub use source::{DataError, Origin, Sources};
