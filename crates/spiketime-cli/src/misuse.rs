//! A question that makes no sense here, as against a run, a file or a machine that failed.

/// What was asked for cannot be done.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Misuse(pub String);
