//! SHA-256 of what was read, so that the same data have the same name wherever they lie and however they are packed.
//!
//! ```text
//! "spiketime data/1\n"  rows, columns   of each part: count, then its content, then its labels
//! images: "images" grey values          events: "events" count, times in ms (f64), inputs (u32), offsets (u64)
//! ```
//!
//! Numbers are little-endian u64 unless they are said to be others; labels are classes, u16.

use sha2::{Digest, Sha256};

use crate::dataset::Content;
use crate::facts::Class;
use crate::source::hex;

/// A part with the classes of its images.
pub(super) type Classified = (Content, Vec<Class>);

/// The digest of a set.
pub(super) fn of(shape: [usize; 2], parts: &[&Classified]) -> String {
    let mut hash = Sha256::new();
    hash.update("spiketime data/1\n");
    shape.iter().for_each(|&length| number(&mut hash, length));
    for (content, labels) in parts {
        number(&mut hash, labels.len());
        add(&mut hash, content);
        labels.iter().for_each(|label| hash.update(label.to_le_bytes()));
    }
    hex(&hash.finalize())
}

fn number(hash: &mut Sha256, number: usize) {
    hash.update((number as u64).to_le_bytes());
}

fn add(hash: &mut Sha256, content: &Content) {
    match content {
        Content::Images { pixels, .. } => {
            hash.update("images");
            hash.update(pixels);
        }
        Content::Events { times_ms, inputs, offsets } => {
            hash.update("events");
            number(hash, times_ms.len());
            times_ms.iter().for_each(|at_ms| hash.update(at_ms.to_le_bytes()));
            inputs.iter().for_each(|input| hash.update(input.to_le_bytes()));
            offsets.iter().for_each(|&offset| number(hash, offset));
        }
    }
}
