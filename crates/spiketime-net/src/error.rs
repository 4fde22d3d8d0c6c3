//! Why a network file makes no network.

use std::path::PathBuf;

use spiketime_data::memory::MemoryError;
use spiketime_data::toml_file::TomlError;

/// Why there is no network.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum NetError {
    #[error(transparent)]
    Toml(#[from] TomlError),
    #[error("{path}: {reason}")]
    Memory { path: PathBuf, reason: MemoryError },
    #[error(
        "{path}: this needs about {}, more than the {} that --memory allows; allow more, or make it smaller: \
         {connections:.3e} connections, {spikes:.3e} spikes from outside",
        size(*.bytes), size(*.allowed)
    )]
    Budget { path: PathBuf, bytes: u64, allowed: u64, connections: f64, spikes: f64 },
    #[error("{path}: stopped while it was built")]
    Stopped { path: PathBuf },
}

fn size(bytes: u64) -> String {
    if bytes < 1_000_000_000 {
        format!("{} MB", bytes.div_ceil(1_000_000))
    } else {
        format!("{:.1} GB", bytes as f64 / 1e9)
    }
}
