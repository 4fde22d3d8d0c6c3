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
//! | which sets does the program know by name? | [`builtin`] |
//! | what of a set do results depend on? | [`facts`] |
//! | how are data sets of one's own read? | [`own`], [`mod@array`] |
//! | which images may be seen by whom? | [`dataset`] |
//! | what is shown to a network? | [`stimulus`] |
//! | which laws are thresholds and weights drawn from? | [`law`] |
//! | where do random numbers come from? | [`random`], and nowhere else |
//! | how does an image become spikes, and when does it come? | [`encoder`], [`poisson`] |

pub mod array;
pub mod aside;
pub mod builtin;
pub mod dataset;
pub mod encoder;
mod exponential;
pub mod facts;
pub mod file;
pub mod halt;
pub mod https;
pub mod idx;
pub mod law;
pub mod limited;
pub mod memory;
pub mod own;
pub mod package;
pub mod poisson;
pub mod random;
pub mod sample;
pub mod source;
pub mod stimulus;
pub mod toml_file;

pub use builtin::DatasetName;
pub use dataset::{Dataset, LabelSplit, TestSplit, TrainSplit};
pub use encoder::{Encoder, ImageGain, ImageOrder, Sequence};
pub use facts::{Class, Facts};
pub use file::DataFile;
pub use poisson::PoissonInput;
pub use random::{Purpose, stream};
pub use source::{DataError, Origin, Sources};
pub use stimulus::Stimulus;
