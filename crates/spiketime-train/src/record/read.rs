//! Reads a result, of this layout or of the one before.

use serde::Deserialize;

use super::version_2;
use super::{Record, SCHEMA_VERSION};

/// What tells one layout from another.
#[derive(Deserialize)]
struct Layout {
    schema_version: u32,
}

impl Record {
    /// Reads a result of this layout or the one before, which ends with the digest of the rest.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(json: &[u8]) -> Result<Record, String> {
        let told = |error: serde_json::Error| error.to_string();
        let record: Record = match serde_json::from_slice::<Layout>(json).map_err(told)?.schema_version {
            SCHEMA_VERSION => serde_json::from_slice(json).map_err(told)?,
            version_2::SCHEMA_VERSION => version_2::read(json)?,
            other => return Err(format!("schema version {other}, expected {SCHEMA_VERSION}")),
        };
        if !record.has_its_classes() {
            return Err("counts of other classes than its data set has".into());
        }
        if !record.is_intact() {
            return Err("another SHA-256 than it ends with".into());
        }
        Ok(record)
    }
    /// Every count is of the classes of its data set.
    fn has_its_classes(&self) -> bool {
        let classes = self.condition.dataset.classes();
        self.checkpoints.iter().all(|point| {
            let own = [&point.confusion, &point.confusion_class_sum];
            let later = point.relabelled.iter().map(|by| &by.confusion);
            point.label_histogram.len() == classes
                && own.into_iter().chain(later).all(|confusion| confusion.classes() == classes)
        })
    }
}
