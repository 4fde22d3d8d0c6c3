//! Why runs failed when they were last tried: a line each, until they succeed.

use spiketime_data::limited;

use super::{Store, StoreError};

const FAILURES: &str = "failures";
/// A line is not longer.
const MAX_BYTES: u64 = 1 << 16;

impl Store {
    /// Remembers why a run failed; its last line is told by `spiketime status`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_failure(&self, id: &str, why: &str) -> Result<(), StoreError> {
        let why: String = why.chars().take(MAX_BYTES as usize / 4).collect();
        self.write(&format!("{FAILURES}/{id}"), format!("{}\n", why.trim()).as_bytes())
    }

    /// The last line of why it failed when it was last tried, if it did.
    #[must_use]
    pub fn failure(&self, id: &str) -> Option<String> {
        let text = limited::text(&self.path(&format!("{FAILURES}/{id}")), MAX_BYTES).ok()?;
        text.lines().last().map(str::to_owned)
    }

    /// It has succeeded.
    pub(super) fn forget_failure(&self, id: &str) -> Result<(), StoreError> {
        self.remove(self.path(&format!("{FAILURES}/{id}")))
    }
}
