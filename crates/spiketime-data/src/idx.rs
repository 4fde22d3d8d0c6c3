//! Reads IDX files, raw or gzip: a big-endian magic, the counts, then bytes.
//!
//! Images: 0x00000803, count, rows, columns. Labels: 0x00000801, count. Nothing is allocated on the
//! word of a header: the length of the data decides.

use std::io::Read;

use flate2::read::MultiGzDecoder;

const MAGIC_IMAGES: u32 = 0x0000_0803;
const MAGIC_LABELS: u32 = 0x0000_0801;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// Width and height of every image of both sets \[pixels\].
pub const SIDE: usize = 28;
/// Pixels an image.
pub const PIXELS: usize = SIDE * SIDE;
/// The largest file of both sets, unpacked: 60 000 images and their header \[bytes\].
pub const MAX_BYTES: usize = 16 + 60_000 * PIXELS;

/// What is wrong with an IDX file.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum IdxError {
    #[error("is not readable gzip: {0}")]
    Gzip(String),
    #[error("unpacks to more than {MAX_BYTES} bytes, the size of the largest file of both sets")]
    TooLarge,
    #[error("has {0} bytes, too few for a header")]
    NoHeader(usize),
    #[error("starts with {found:#010x}; {what} start with {expected:#010x} (are files swapped?)")]
    Magic { found: u32, expected: u32, what: &'static str },
    #[error("holds images of {rows} x {columns} pixels; expected {SIDE} x {SIDE}")]
    Shape { rows: u32, columns: u32 },
    #[error("announces {count} {what}, so it should have {expected} bytes, but has {found}")]
    Length { count: u32, what: &'static str, expected: u64, found: u64 },
    #[error("label {position} is {label}; labels are 0 to 9")]
    Label { position: usize, label: u8 },
}

/// The bytes of the file, unpacked if they are gzip.
///
/// # Errors
/// When the gzip is damaged or unpacks to more than [`MAX_BYTES`].
pub fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>, IdxError> {
    if !bytes.starts_with(&GZIP_MAGIC) {
        return if bytes.len() > MAX_BYTES { Err(IdxError::TooLarge) } else { Ok(bytes) };
    }
    let mut raw = Vec::new();
    MultiGzDecoder::new(&bytes[..])
        .take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut raw)
        .map_err(|error| IdxError::Gzip(error.to_string()))?;
    if raw.len() > MAX_BYTES { Err(IdxError::TooLarge) } else { Ok(raw) }
}

/// The pixels of a raw image file, [`PIXELS`] an image, row by row.
///
/// # Errors
/// When magic, shape or length are wrong.
pub fn images(mut raw: Vec<u8>) -> Result<Vec<u8>, IdxError> {
    let [magic, count, rows, columns] = header(&raw)?;
    expect_magic(magic, MAGIC_IMAGES, "image files")?;
    if (rows as usize, columns as usize) != (SIDE, SIDE) {
        return Err(IdxError::Shape { rows, columns });
    }
    expect_length(&raw, count, "images", 16 + u64::from(count) * PIXELS as u64)?;
    raw.drain(..16);
    Ok(raw)
}

/// The labels of a raw label file, one byte each, 0 to 9.
///
/// # Errors
/// When magic or length are wrong, or a label is above 9.
pub fn labels(mut raw: Vec<u8>) -> Result<Vec<u8>, IdxError> {
    let [magic, count] = header(&raw)?;
    expect_magic(magic, MAGIC_LABELS, "label files")?;
    expect_length(&raw, count, "labels", 8 + u64::from(count))?;
    raw.drain(..8);
    match raw.iter().position(|&label| label > 9) {
        Some(position) => Err(IdxError::Label { position, label: raw[position] }),
        None => Ok(raw),
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
        assert_eq!(images(unpacked(raw.clone()).unwrap()).unwrap(), vec![7; 2 * PIXELS]);
        assert_eq!(images(unpacked(gzip(&raw)).unwrap()).unwrap(), vec![7; 2 * PIXELS]);
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
    }

    #[test]
    fn labels_and_images_are_not_mistaken_for_each_other() {
        let labels_file = [vec![0, 0, 8, 1, 0, 0, 0, 9], vec![1; 9]].concat();
        assert_eq!(labels(labels_file.clone()).unwrap(), vec![1; 9]);
        assert!(matches!(images(labels_file), Err(IdxError::Magic { .. })));
        assert!(matches!(labels(image_file(1, 28, PIXELS)), Err(IdxError::Magic { .. })));
    }

    #[test]
    fn a_label_above_nine_is_named_with_its_place() {
        let file = vec![0, 0, 8, 1, 0, 0, 0, 3, 9, 10, 0];
        assert_eq!(labels(file).unwrap_err(), IdxError::Label { position: 1, label: 10 });
    }

    #[test]
    fn other_image_sizes_are_refused() {
        assert_eq!(
            images(image_file(1, 27, 27 * 28)).unwrap_err(),
            IdxError::Shape { rows: 27, columns: 28 }
        );
    }

    #[test]
    fn damaged_gzip_and_gzip_bombs_are_refused() {
        let mut cut = gzip(&image_file(2, 28, 2 * PIXELS));
        cut.truncate(20);
        assert!(matches!(unpacked(cut), Err(IdxError::Gzip(_))));
        assert_eq!(unpacked(gzip(&vec![0; MAX_BYTES + 1])).unwrap_err(), IdxError::TooLarge);
    }
}
