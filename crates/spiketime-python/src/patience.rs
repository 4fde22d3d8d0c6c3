//! Computes without the interpreter, and now and then asks it: was there a signal, and how far shall a bar be drawn?

use std::time::{Duration, Instant};

use pyo3::prelude::*;
use spiketime_train::layer::Seen;

/// How long a person waits without being heard.
const PATIENCE: Duration = Duration::from_millis(50);

/// Does the work on this thread while others may run Python. `progress` is called with the number of images that are done;
/// what it raises, and a signal's exception, end the work between two images.
pub fn detached<T: Send>(
    py: Python<'_>,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce(Seen) -> T + Send,
) -> PyResult<T> {
    let mut raised = None;
    let done = py.detach(|| {
        let mut heard = Instant::now();
        work(&mut |images| {
            if heard.elapsed() < PATIENCE {
                return true;
            }
            heard = Instant::now();
            raised = Python::attach(|py| ask(py, progress, images)).err();
            raised.is_none()
        })
    });
    raised.map_or(Ok(done), Err)
}

fn ask(py: Python<'_>, progress: Option<&Py<PyAny>>, images: u64) -> PyResult<()> {
    py.check_signals()?;
    match progress {
        Some(progress) => progress.call1(py, (images,)).map(drop),
        None => Ok(()),
    }
}
