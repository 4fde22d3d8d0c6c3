//! What is shown to a layer: images as they lie in numpy's memory, or recordings, whose rules are checked here.

use numpy::{PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;
use spiketime_data::dataset::{Content, Shown};
use spiketime_data::own;

use crate::error::wrong;

/// Images × inputs of bytes; or times \[ms\], inputs and offsets of recordings.
#[derive(FromPyObject)]
pub enum Given<'py> {
    Images(PyReadonlyArray2<'py, u8>),
    Events(PyReadonlyArray1<'py, f64>, PyReadonlyArray1<'py, i64>, PyReadonlyArray1<'py, i64>),
}

/// The same, ready to be shown.
pub enum Ready<'a> {
    Images { pixels: &'a [u8], inputs: usize },
    Events(Content),
}

impl Given<'_> {
    /// For a layer of so many inputs.
    pub fn ready(&self, inputs: usize) -> PyResult<Ready<'_>> {
        match self {
            Given::Images(images) if images.shape()[1] != inputs => {
                Err(wrong(format!("images have {} inputs each; the layer has {inputs}", images.shape()[1])))
            }
            Given::Images(images) => Ok(Ready::Images { pixels: images.as_slice()?, inputs }),
            Given::Events(times_ms, sources, offsets) => {
                let times_ms = times_ms.as_slice()?.to_vec();
                let content = own::recordings(times_ms, sources.as_slice()?, offsets.as_slice()?, inputs);
                content.map(Ready::Events).map_err(wrong)
            }
        }
    }
}

impl Ready<'_> {
    pub fn shown(&self) -> Shown<'_> {
        match self {
            Ready::Images { pixels, inputs } => Shown::Images { pixels, inputs: *inputs },
            Ready::Events(content) => content.view(),
        }
    }
}
