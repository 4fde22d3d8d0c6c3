//! Places where a test may hold the program to kill it just there; in debug builds alone.
//!
//! `SPIKETIME_HALT_AT=write-half:3` holds the thread that passes `write-half` for the third time, for good,
//! after it has said so on stderr. A release build has none of this.

/// Passes a place.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn pass(_place: &str) {}

/// Passes a place, or stays there.
#[cfg(debug_assertions)]
pub fn pass(place: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static WANTED: OnceLock<Option<(String, AtomicU64)>> = OnceLock::new();
    let wanted = || {
        let text = std::env::var("SPIKETIME_HALT_AT").ok()?;
        let (place, times) = text.split_once(':')?;
        Some((place.to_owned(), AtomicU64::new(times.parse().ok()?)))
    };
    let Some((wanted, left)) = WANTED.get_or_init(wanted) else { return };
    if wanted == place && left.fetch_sub(1, Ordering::Relaxed) == 1 {
        eprintln!("halted at {place}");
        loop {
            std::thread::park();
        }
    }
}
