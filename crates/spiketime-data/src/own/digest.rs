//! SHA-256 of what was read, so that the same data have the same name wherever they lie and however they are packed.
//!
//! ```text
//! "spiketime data/1\n"  rows, columns   of each part: count, then its content, then its labels
//! images: "images" grey values          events: "events" count, times in ms (f64), inputs (u32), offsets (u64)
//! ```
//!
//! Numbers are little-endian u64 unless they are said to be others; labels are classes, u16.

use std::convert::Infallible;

use sha2::{Digest, Sha256};

use crate::dataset::Content;
use crate::facts::Class;
use crate::source::hex;

/// Begins what is hashed.
pub(super) const HEAD: &[u8] = b"spiketime data/1\n";
/// Begins a part of images.
pub(super) const IMAGES: &[u8] = b"images";
/// Begins a part of events.
pub(super) const EVENTS: &[u8] = b"events";

/// A part with the classes of its images.
pub(super) type Classified = (Content, Vec<Class>);

/// The digest of a set.
pub(super) fn of(shape: [usize; 2], parts: &[&Classified]) -> String {
    let mut hash = Sha256::new();
    let parts: Vec<(&Content, &[Class])> =
        parts.iter().map(|(content, labels)| (content, labels.as_slice())).collect();
    let hashed: Result<(), Infallible> = tell(shape, &parts, &mut |bytes| {
        hash.update(bytes);
        Ok(())
    });
    match hashed {
        Ok(()) => hex(&hash.finalize()),
    }
}

/// Tells what is hashed, piece by piece.
pub(super) fn tell<E>(
    shape: [usize; 2],
    parts: &[(&Content, &[Class])],
    to: &mut impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    to(HEAD)?;
    shape.iter().try_for_each(|&length| to(&number(length)))?;
    for (content, labels) in parts {
        to(&number(labels.len()))?;
        tell_content(content, to)?;
        labels.iter().try_for_each(|label| to(&label.to_le_bytes()))?;
    }
    Ok(())
}

fn number(number: usize) -> [u8; 8] {
    (number as u64).to_le_bytes()
}

fn tell_content<E>(content: &Content, to: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    match content {
        Content::Images { pixels, .. } => {
            to(IMAGES)?;
            to(pixels)
        }
        Content::Events { times_ms, inputs, offsets } => {
            to(EVENTS)?;
            to(&number(times_ms.len()))?;
            times_ms.iter().try_for_each(|at_ms| to(&at_ms.to_le_bytes()))?;
            inputs.iter().try_for_each(|input| to(&input.to_le_bytes()))?;
            offsets.iter().try_for_each(|&offset| to(&number(offset)))
        }
    }
}
