//! Reads IDX files, raw or gzip: a big-endian magic, the counts, then bytes.
//!
//! Images: 0x00000803, count, rows, columns. Labels: 0x00000801, count. Nothing is allocated on the
//! word of a header: the length of the data decides.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::builtin::{CLASSES, SIDE};

const MAGIC_IMAGES: u32 = 0x0000_0803;
const MAGIC_LABELS: u32 = 0x0000_0801;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// What is wrong with an IDX file.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum IdxError {
    #[error("is not readable gzip: {0}")]
    Gzip(String),
    #[error("unpacks to more than {most} bytes")]
    TooLarge { most: usize },
    #[error("has {0} bytes, too few for a header")]
    NoHeader(usize),
    #[error("starts with {found:#010x}; {what} start with {expected:#010x} (are files swapped?)")]
    Magic { found: u32, expected: u32, what: &'static str },
    #[error("holds images of {rows} x {columns} pixels; expected {SIDE} x {SIDE}")]
    Shape { rows: usize, columns: usize },
    #[error("announces {count} {what}, so it should have {expected} bytes, but has {found}")]
    Length { count: u32, what: &'static str, expected: u64, found: u64 },
    #[error("label {position} is {label}; labels are 0 to 9")]
    Label { position: usize, label: u8 },
}

/// The bytes of the file, unpacked if they are gzip.
///
/// # Errors
/// When the gzip is damaged or the file has more than `most` bytes.
pub fn unpacked(bytes: Vec<u8>, most: usize) -> Result<Vec<u8>, IdxError> {
    let too_large = IdxError::TooLarge { most };
    if !bytes.starts_with(&GZIP_MAGIC) {
        return if bytes.len() > most { Err(too_large) } else { Ok(bytes) };
    }
    let mut raw = Vec::new();
    MultiGzDecoder::new(&bytes[..])
        .take((most as u64).saturating_add(1))
        .read_to_end(&mut raw)
        .map_err(|error| IdxError::Gzip(error.to_string()))?;
    if raw.len() > most { Err(too_large) } else { Ok(raw) }
}

/// The images of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// Height and width \[pixels\].
    pub shape: [usize; 2],
    /// Image by image, row by row.
    pub pixels: Vec<u8>,
}

impl Images {
    /// The pixels, if the images are those of the two sets that the program knows.
    ///
    /// # Errors
    /// When they have another shape.
    pub fn of_known_set(self) -> Result<Vec<u8>, IdxError> {
        let [rows, columns] = self.shape;
        if (rows, columns) == (SIDE, SIDE) { Ok(self.pixels) } else { Err(IdxError::Shape { rows, columns }) }
    }
}

/// The images of a raw image file.
///
/// # Errors
/// When magic or length are wrong.
pub fn images(mut raw: Vec<u8>) -> Result<Images, IdxError> {
    let [magic, count, rows, columns] = header(&raw)?;
    expect_magic(magic, MAGIC_IMAGES, "image files")?;
    let pixels = u64::from(count).saturating_mul(u64::from(rows) * u64::from(columns));
    expect_length(&raw, count, "images", pixels.saturating_add(16))?;
    raw.drain(..16);
    Ok(Images { shape: [rows as usize, columns as usize], pixels: raw })
}

/// The labels of a raw label file, one byte each.
///
/// # Errors
/// When magic or length are wrong.
pub fn labels(mut raw: Vec<u8>) -> Result<Vec<u8>, IdxError> {
    let [magic, count] = header(&raw)?;
    expect_magic(magic, MAGIC_LABELS, "label files")?;
    expect_length(&raw, count, "labels", 8 + u64::from(count))?;
    raw.drain(..8);
    Ok(raw)
}

/// Labels as both sets have them: ten classes.
///
/// # Errors
/// When one is above 9.
pub fn digits(labels: Vec<u8>) -> Result<Vec<u8>, IdxError> {
    match labels.iter().position(|&label| usize::from(label) >= CLASSES) {
        Some(position) => Err(IdxError::Label { position, label: labels[position] }),
        None => Ok(labels),
    }
}

fn header<const WORDS: usize>(raw: &[u8]) -> Result<[u32; WORDS], IdxError> {
    let mut words = [0; WORDS];
    let (chunks, _) = raw.as_chunks::<4>();
    if chunks.len() < WORDS {
        return Err(IdxError::NoHeader(raw.len()));
    }
    for (word, chunk) in words.iter_mut().zip(chunks) {
        *word = u32::from_be_bytes(*chunk);
    }
    Ok(words)
}

fn expect_magic(found: u32, expected: u32, what: &'static str) -> Result<(), IdxError> {
    if found == expected { Ok(()) } else { Err(IdxError::Magic { found, expected, what }) }
}

fn expect_length(raw: &[u8], count: u32, what: &'static str, expected: u64) -> Result<(), IdxError> {
    let found = raw.len() as u64;
    if found == expected { Ok(()) } else { Err(IdxError::Length { count, what, expected, found }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin::{MAX_BYTES, PIXELS};
    use std::io::Write;

    fn image_file(count: u32, rows: u32, bytes: usize) -> Vec<u8> {
        let header = [MAGIC_IMAGES, count, rows, 28].map(u32::to_be_bytes).concat();
        [header, vec![7; bytes]].concat()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn two_images_are_read_raw_and_gzipped() {
        let raw = image_file(2, 28, 2 * PIXELS);
        let expected = Images { shape: [28, 28], pixels: vec![7; 2 * PIXELS] };
        assert_eq!(images(unpacked(raw.clone(), MAX_BYTES).unwrap()).unwrap(), expected);
        assert_eq!(images(unpacked(gzip(&raw), MAX_BYTES).unwrap()).unwrap(), expected);
    }

    #[test]
    fn a_file_that_is_cut_or_too_long_is_refused_with_both_lengths() {
        for bytes in [2 * PIXELS - 1, 2 * PIXELS + 1, 0] {
            let error = images(image_file(2, 28, bytes)).unwrap_err();
            assert!(matches!(error, IdxError::Length { count: 2, .. }), "{error}");
        }
        assert_eq!(images(vec![0, 0, 8]).unwrap_err(), IdxError::NoHeader(3));
    }

    #[test]
    fn a_header_that_announces_four_billion_images_allocates_nothing() {
        let error = images(image_file(u32::MAX, 28, 10)).unwrap_err();
        assert!(matches!(error, IdxError::Length { count: u32::MAX, .. }));
        let header = [MAGIC_IMAGES, u32::MAX, u32::MAX, u32::MAX].map(u32::to_be_bytes).concat();
        assert!(matches!(images(header), Err(IdxError::Length { expected: u64::MAX, .. })));
    }

    #[test]
    fn labels_and_images_are_not_mistaken_for_each_other() {
        let labels_file = [vec![0, 0, 8, 1, 0, 0, 0, 9], vec![1; 9]].concat();
        assert_eq!(labels(labels_file.clone()).unwrap(), vec![1; 9]);
        assert!(matches!(images(labels_file), Err(IdxError::Magic { .. })));
        assert!(matches!(labels(image_file(1, 28, PIXELS)), Err(IdxError::Magic { .. })));
    }

    #[test]
    fn a_label_above_nine_of_a_known_set_is_named_with_its_place() {
        let file = vec![0, 0, 8, 1, 0, 0, 0, 3, 9, 10, 0];
        assert_eq!(digits(labels(file).unwrap()).unwrap_err(), IdxError::Label { position: 1, label: 10 });
    }

    #[test]
    fn a_known_set_has_no_other_image_sizes() {
        let small = images(image_file(1, 27, 27 * 28)).unwrap();
        assert_eq!(small.of_known_set().unwrap_err(), IdxError::Shape { rows: 27, columns: 28 });
    }

    #[test]
    fn damaged_gzip_and_gzip_bombs_are_refused() {
        let mut cut = gzip(&image_file(2, 28, 2 * PIXELS));
        cut.truncate(20);
        assert!(matches!(unpacked(cut, MAX_BYTES), Err(IdxError::Gzip(_))));
        assert_eq!(unpacked(gzip(&[0; 11]), 10).unwrap_err(), IdxError::TooLarge { most: 10 });
        assert_eq!(unpacked(vec![0; 11], 10).unwrap_err(), IdxError::TooLarge { most: 10 });
    }
}
