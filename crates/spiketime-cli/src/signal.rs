//! Ctrl-C and SIGTERM: the first is a wish to stop, the second stops at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;

use crate::say::log;

/// Becomes true at the first signal; the second ends the process with 130.
pub fn stop_on_signal() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        log!("stopping; press Ctrl-C again to stop at once");
    })?;
    Ok(stop)
}
