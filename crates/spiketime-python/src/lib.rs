//! The extension module `spiketime._native`: what Python calls, and nothing that Python people read.
//!
//! | question | file |
//! |---|---|
//! | what does a layer do? | `layer` |
//! | what may be shown to it? | `given` |
//! | how do a signal and a progress bar come through while we compute? | `patience` |
//! | where do data sets come from? | `sets` |
//! | how are runs done that were handed out? | `tasks` |
//! | which exceptions are there? | `error` |
//!
//! Names, defaults, units and their documentation are those of the package around it, `python/spiketime`.

mod error;
mod given;
mod layer;
mod patience;
mod sets;
mod tasks;

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use spiketime_data::array::Values;
use spiketime_data::own;

/// Runs the program in this process, as its own: what its command line says it does. Returns the exit code.
#[pyfunction]
fn program(py: Python<'_>, words: Vec<std::ffi::OsString>) -> u8 {
    py.detach(|| spiketime_cli::run(words).0)
}

/// Grey values of numbers of which `full_scale` is white.
#[pyfunction]
fn grey<'py>(
    values: PyReadonlyArray1<'py, f64>,
    full_scale: f64,
    py: Python<'py>,
) -> PyResult<Bound<'py, PyArray1<u8>>> {
    let values = Values::Floats(values.as_slice()?.to_vec());
    let grey = py.detach(|| own::grey(values, Some(full_scale))).map_err(error::wrong)?;
    Ok(grey.0.into_pyarray(py))
}

/// Spiketime, compiled.
#[pymodule(name = "_native")]
mod spiketime_native {
    #[pymodule_export]
    use super::layer::NativeLayer;
    #[pymodule_export]
    use super::sets::data_set;
    #[pymodule_export]
    use super::tasks::{do_task, keep_failure, keep_task, needs, version};
    #[pymodule_export]
    use super::{grey, program};
}
