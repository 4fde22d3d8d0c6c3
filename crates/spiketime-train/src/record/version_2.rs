//! Reads a result of layout 2, in which a point had one set of final labels.
//!
//! They were those of the last checkpoint of the first epoch among all that the run was looked at, so every
//! number of such a result has its place in this layout.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use spiketime_data::source::hex;

use super::Record;

pub(super) const SCHEMA_VERSION: u32 = 2;
const FINAL_LABELS: [&str; 2] = ["accuracy_final_labels", "confusion_final_labels"];

/// The result in today's layout, sealed anew.
pub(super) fn read(json: &[u8]) -> Result<Record, String> {
    let mut result: Map<String, Value> = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    if let Some(sha256) = result.remove("sha256") {
        check_digest(json, sha256.as_str().unwrap_or_default())?; // The first results had none.
    }
    result.insert("schema_version".into(), super::SCHEMA_VERSION.into());
    let points = result.get_mut("checkpoints").and_then(Value::as_array_mut);
    relabel(points.ok_or("it has no checkpoints")?);
    let record: Record = serde_json::from_value(result.into()).map_err(|error| error.to_string())?;
    Ok(record.sealed())
}

/// The digest is of the text as it was written, without the digest.
fn check_digest(json: &[u8], sha256: &str) -> Result<(), String> {
    let text = str::from_utf8(json).map_err(|error| error.to_string())?.trim_end();
    let body = text.strip_suffix(&format!(",\"sha256\":\"{sha256}\"}}"));
    let found = body.map(|body| hex(&Sha256::digest(format!("{body}}}\n"))));
    if found.as_deref() == Some(sha256) { Ok(()) } else { Err("another SHA-256 than it ends with".into()) }
}

/// The last point with final labels is their network; those before it were scored with its labels.
fn relabel(points: &mut [Value]) {
    let images = |point: &Value| point["images_seen"].as_u64();
    let labelled = points.iter().filter(|point| point.get(FINAL_LABELS[0]).is_some());
    let label_network = labelled.filter_map(images).max();
    for point in points {
        let is_earlier = images(point) < label_network;
        let Some(fields) = point.as_object_mut() else { continue };
        let [accuracy, confusion] = FINAL_LABELS.map(|name| fields.remove(name));
        if let (true, Some(accuracy), Some(confusion)) = (is_earlier, accuracy, confusion) {
            let by = serde_json::json!({
                "label_network": label_network, "accuracy": accuracy, "confusion": confusion
            });
            fields.insert("relabelled".into(), vec![by].into());
        }
    }
}
