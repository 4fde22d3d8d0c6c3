//! Our errors as Python's exceptions, in our words.

use std::fmt::Display;

use pyo3::PyErr;
use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};

/// What was given is wrong.
pub fn wrong(reason: impl Display) -> PyErr {
    PyValueError::new_err(reason.to_string())
}

/// Two threads at one layer.
pub fn busy() -> PyErr {
    PyRuntimeError::new_err("another thread is using this layer; give each thread a layer of its own")
}

/// What cannot be, was.
pub fn broken() -> PyErr {
    PyRuntimeError::new_err("an earlier call ended in the middle; this layer can no longer be used")
}

/// Data are not where they should be.
pub fn missing(reason: impl Display) -> PyErr {
    PyOSError::new_err(reason.to_string())
}
