//! A data set of one's own in one file, for a machine that has none of its files: the very bytes that its name is the SHA-256 of.
//!
//! So whoever is told of a set by its digest alone can ask for it anywhere, and knows that it is the right one.

use sha2::{Digest, Sha256};

use super::digest::{Classified, EVENTS, HEAD, IMAGES, tell};
use super::error::OwnError;
use crate::dataset::{Content, Dataset};
use crate::facts::{Class, Facts, Presented};
use crate::source::hex;

/// The bytes of a loaded set of these facts.
///
/// # Panics
/// When the set is another than its facts say.
#[must_use]
pub fn pack(facts: &Facts, dataset: &Dataset) -> Vec<u8> {
    let mut bytes = Vec::new();
    let told: Result<(), std::convert::Infallible> = tell(facts.shape, &dataset.parts(), &mut |more| {
        bytes.extend_from_slice(more);
        Ok(())
    });
    match told {
        Ok(()) => {}
    }
    assert_eq!(hex(&Sha256::digest(&bytes)), facts.sha256, "{}: not the set that its facts say", facts.name);
    bytes
}

/// The set of these facts from its bytes.
///
/// # Errors
/// When they are those of another set, or of none.
pub fn unpack(facts: &Facts, bytes: &[u8]) -> Result<Dataset, OwnError> {
    let wrong = || OwnError::Packed { name: facts.name.clone() };
    if hex(&Sha256::digest(bytes)) != facts.sha256 {
        return Err(wrong());
    }
    let mut unpacking = Unpacking { facts, bytes };
    let (train, test) = unpacking.parts().ok_or_else(wrong)?;
    let size = (facts.name.as_str(), facts.inputs(), facts.classes.len());
    Ok(Dataset::new(size, false, train, test))
}

/// What is left to be read.
struct Unpacking<'a> {
    facts: &'a Facts,
    bytes: &'a [u8],
}

impl<'a> Unpacking<'a> {
    /// Both; `None` where the bytes and the facts do not fit.
    fn parts(&mut self) -> Option<(Classified, Classified)> {
        self.expect(HEAD)?;
        let shape = [self.number()?, self.number()?];
        let train = self.part(self.facts.train_images)?;
        let test = self.part(self.facts.test_images)?;
        (shape == self.facts.shape && self.bytes.is_empty()).then_some((train, test))
    }

    fn part(&mut self, images: u64) -> Option<Classified> {
        let count = self.number().filter(|&count| count as u64 == images)?;
        let content = match self.facts.presented {
            Presented::Images => self.images(count)?,
            Presented::Events => self.events(count)?,
        };
        let labels: Vec<Class> = self.many(count, u16::from_le_bytes)?;
        let are_known = labels.iter().all(|&label| usize::from(label) < self.facts.classes.len());
        are_known.then_some((content, labels))
    }

    fn images(&mut self, count: usize) -> Option<Content> {
        self.expect(IMAGES)?;
        let inputs = self.facts.inputs();
        let pixels = self.take(count.checked_mul(inputs)?)?.to_vec();
        Some(Content::Images { pixels, inputs })
    }

    fn events(&mut self, count: usize) -> Option<Content> {
        self.expect(EVENTS)?;
        let events = self.number()?;
        let times_ms = self.many(events, f64::from_le_bytes)?;
        let inputs = self.many(events, u32::from_le_bytes)?;
        let offsets: Vec<usize> =
            self.many(count.checked_add(1)?, |bytes| u64::from_le_bytes(bytes) as usize)?;
        let is_sound = offsets.is_sorted()
            && (offsets.first(), offsets.last()) == (Some(&0), Some(&events))
            && inputs.iter().all(|&input| (input as usize) < self.facts.inputs());
        is_sound.then_some(Content::Events { times_ms, inputs, offsets })
    }

    fn many<const BYTES: usize, T>(&mut self, count: usize, read: fn([u8; BYTES]) -> T) -> Option<Vec<T>> {
        let (numbers, _) = self.take(count.checked_mul(BYTES)?)?.as_chunks::<BYTES>();
        Some(numbers.iter().map(|&bytes| read(bytes)).collect())
    }

    fn number(&mut self) -> Option<usize> {
        usize::try_from(u64::from_le_bytes(self.take(8)?.try_into().ok()?)).ok()
    }

    fn expect(&mut self, begin: &[u8]) -> Option<()> {
        (self.take(begin.len())? == begin).then_some(())
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::own::digest;

    fn set(presented: Presented, train: Classified, test: Classified) -> (Facts, Dataset) {
        let facts = Facts {
            name: "mine".into(),
            presented,
            shape: [1, 3],
            classes: vec!["a".into(), "b".into()],
            train_images: train.1.len() as u64,
            test_images: test.1.len() as u64,
            held_out: None,
            longest_ms: None,
            sha256: digest::of([1, 3], &[&train, &test]),
        };
        (facts, Dataset::new(("mine", 3, 2), false, train, test))
    }

    fn images() -> (Facts, Dataset) {
        let part = |pixels: &[u8], labels: &[Class]| {
            (Content::Images { pixels: pixels.to_vec(), inputs: 3 }, labels.to_vec())
        };
        set(Presented::Images, part(&[0, 1, 2, 3, 4, 255], &[1, 0]), part(&[9, 8, 7], &[1]))
    }

    fn events() -> (Facts, Dataset) {
        let part = |times_ms: &[f64], inputs: &[u32], offsets: &[usize], labels: &[Class]| {
            let (times_ms, inputs, offsets) = (times_ms.to_vec(), inputs.to_vec(), offsets.to_vec());
            (Content::Events { times_ms, inputs, offsets }, labels.to_vec())
        };
        let train = part(&[0.5, 1.5, 0.25], &[2, 0, 1], &[0, 2, 2, 3], &[1, 0, 1]);
        set(Presented::Events, train, part(&[7.0], &[1], &[0, 1], &[0]))
    }

    #[test]
    fn a_set_that_was_packed_is_the_same_set_and_its_name_is_the_digest_of_the_file() {
        for (facts, dataset) in [images(), events()] {
            let bytes = pack(&facts, &dataset);
            assert_eq!(hex(&Sha256::digest(&bytes)), facts.sha256);
            assert_eq!(unpack(&facts, &bytes).unwrap(), dataset);
        }
    }

    #[test]
    fn a_file_that_was_cut_or_changed_or_is_of_other_facts_is_refused() {
        for (facts, dataset) in [images(), events()] {
            let bytes = pack(&facts, &dataset);
            for length in 0..bytes.len() {
                // Also where the digest would be right: no reader may rely on it alone.
                let cut = Facts { sha256: hex(&Sha256::digest(&bytes[..length])), ..facts.clone() };
                assert!(unpack(&cut, &bytes[..length]).is_err(), "{length}");
            }
            let longer = [&bytes[..], &[0]].concat();
            assert!(
                unpack(&Facts { sha256: hex(&Sha256::digest(&longer)), ..facts.clone() }, &longer).is_err()
            );
            let mut changed = bytes.clone();
            *changed.last_mut().unwrap() ^= 1;
            assert!(unpack(&facts, &changed).is_err());
            let other = |facts: Facts| unpack(&facts, &bytes).is_err();
            assert!(other(Facts { shape: [3, 1], ..facts.clone() }));
            assert!(other(Facts { train_images: facts.train_images + 1, ..facts.clone() }));
            assert!(other(Facts { classes: vec!["a".into()], ..facts.clone() }));
        }
    }
}
