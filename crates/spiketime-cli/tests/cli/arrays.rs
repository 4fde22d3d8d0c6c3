//! Arrays as numpy writes them: the same bytes that the tests of the data crate read.

pub use made::npy;
pub use spiketime_data::array::written::npz;

#[path = "../../../spiketime-data/src/array/made.rs"]
mod made;
