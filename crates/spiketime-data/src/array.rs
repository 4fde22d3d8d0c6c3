//! Reads numpy's arrays: `.npy`, and the members of an `.npz`.
//!
//! Nothing is allocated on the word of a header: the length of the data decides. Types: unsigned bytes and truth
//! values, whole numbers, floats of 4 and 8 bytes, texts. Format: numpy's `numpy.lib.format`, versions 1 to 3.

pub mod written;

use std::io::{self, Cursor, Read};

use npyz::{NpyFile, Order, TypeChar};
use zip::ZipArchive;
use zip::result::ZipError;

/// What is wrong with an array.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum ArrayError {
    #[error("is no sound .npy file: {0}")]
    Npy(io::Error),
    #[error("is no sound .npz file: {0}")]
    Npz(ZipError),
    #[error("holds {found}; it needs {needed}")]
    Type { found: String, needed: &'static str },
    #[error("is stored column by column; save it with numpy.ascontiguousarray")]
    Order,
    #[error("announces {expected} bytes of values, but has {found}")]
    Length { expected: u64, found: u64 },
    #[error("has no array '{name}'; it has {}", .known.join(", "))]
    NoSuch { name: String, known: Vec<String> },
    #[error("unpacks to more than {0} bytes")]
    TooLarge(u64),
}

/// The values of an array.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Unsigned bytes, or truth values as 0 and 1.
    Bytes(Vec<u8>),
    /// Whole numbers of any width.
    Integers(Vec<i64>),
    /// Floats of 4 or 8 bytes.
    Floats(Vec<f64>),
    /// Texts.
    Texts(Vec<String>),
}

/// An array, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Lengths of its axes, the slowest first.
    pub shape: Vec<usize>,
    /// What it holds.
    pub values: Values,
}

const NEEDED: &str = "bytes, whole numbers, floats of 4 or 8 bytes, or texts";

impl Array {
    /// The array of a `.npy` file.
    ///
    /// # Errors
    /// When it is none, of another type or order, or cut off.
    pub fn from_npy(bytes: &[u8]) -> Result<Array, ArrayError> {
        let data = check_header(bytes).map_err(ArrayError::Npy)?;
        let file = NpyFile::new(bytes).map_err(ArrayError::Npy)?;
        let npyz::DType::Plain(kind) = file.dtype() else {
            return Err(ArrayError::Type { found: "records of several fields".into(), needed: NEEDED });
        };
        let lengths: Vec<u64> = file.shape().to_vec();
        let width = kind.num_bytes().filter(|&width| width > 0);
        let unknown = || ArrayError::Type { found: kind.to_string(), needed: NEEDED };
        let expected = size(&lengths, width.ok_or_else(unknown)? as u64);
        let found = data.len() as u64;
        if expected != Some(found) {
            return Err(ArrayError::Length { expected: expected.unwrap_or(u64::MAX), found });
        }
        if file.order() != Order::C && lengths.len() > 1 {
            return Err(ArrayError::Order);
        }
        let values = values(file, kind.type_char(), width).ok_or_else(unknown)?.map_err(ArrayError::Npy)?;
        // No length is larger than the file, unless another one is 0.
        Ok(Array { shape: lengths.into_iter().map(|length| length as usize).collect(), values })
    }

    /// An array of an `.npz` file, of at most `most` bytes: the one of that name, or the only one there is.
    ///
    /// # Errors
    /// When there is none, or as [`Array::from_npy`].
    pub fn from_npz(bytes: &[u8], name: &str, most: u64) -> Result<Array, ArrayError> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(ArrayError::Npz)?;
        let known = names(&archive);
        let chosen = match &known[..] {
            [only] => only.clone(),
            _ if known.iter().any(|known| known == name) => name.to_owned(),
            _ => return Err(ArrayError::NoSuch { name: name.to_owned(), known }),
        };
        let member = archive.by_name(&format!("{chosen}.npy")).map_err(ArrayError::Npz)?;
        let mut raw = Vec::new();
        member.take(most + 1).read_to_end(&mut raw).map_err(|error| ArrayError::Npz(error.into()))?;
        if raw.len() as u64 > most { Err(ArrayError::TooLarge(most)) } else { Array::from_npy(&raw) }
    }
}

/// The names of its arrays; a member whose own name cannot be read is none.
fn names(archive: &ZipArchive<Cursor<&[u8]>>) -> Vec<String> {
    let files = archive.file_names().filter_map(Result::ok);
    files.filter_map(|file| file.strip_suffix(".npy").map(str::to_owned)).collect()
}

fn size(lengths: &[u64], width: u64) -> Option<u64> {
    lengths.iter().try_fold(width, |size, &length| size.checked_mul(length))
}

/// `None` for a type that we do not read.
fn values(file: NpyFile<&[u8]>, kind: TypeChar, width: Option<usize>) -> Option<io::Result<Values>> {
    fn integers<T: npyz::Deserialize + Into<i64>>(file: NpyFile<&[u8]>) -> io::Result<Values> {
        Ok(Values::Integers(file.into_vec::<T>()?.into_iter().map(Into::into).collect()))
    }
    Some(match (kind, width?) {
        (TypeChar::Uint, 1) => file.into_vec().map(Values::Bytes),
        (TypeChar::Bool, 1) => {
            file.into_vec::<bool>().map(|bits| Values::Bytes(bits.into_iter().map(u8::from).collect()))
        }
        (TypeChar::Int, 1) => integers::<i8>(file),
        (TypeChar::Int, 2) => integers::<i16>(file),
        (TypeChar::Int, 4) => integers::<i32>(file),
        (TypeChar::Int, 8) => integers::<i64>(file),
        (TypeChar::Uint, 2) => integers::<u16>(file),
        (TypeChar::Uint, 4) => integers::<u32>(file),
        (TypeChar::Uint, 8) => wide(file),
        (TypeChar::Float, 4) => {
            file.into_vec::<f32>().map(|floats| Values::Floats(floats.into_iter().map(f64::from).collect()))
        }
        (TypeChar::Float, 8) => file.into_vec().map(Values::Floats),
        (TypeChar::UnicodeStr, _) => file.into_vec().map(Values::Texts),
        _ => return None,
    })
}

/// Whole numbers of 8 bytes without a sign, of which the upper half has no place here.
fn wide(file: NpyFile<&[u8]>) -> io::Result<Values> {
    let narrow =
        |number: u64| i64::try_from(number).map_err(|_| io::Error::other(format!("{number} is too large")));
    Ok(Values::Integers(file.into_vec()?.into_iter().map(narrow).collect::<io::Result<_>>()?))
}

/// The bytes after the header. npyz makes room for a header of any announced length, and takes a time that doubles
/// with every bracket in it.
fn check_header(bytes: &[u8]) -> io::Result<&[u8]> {
    let parts = header_end(bytes).and_then(|end| bytes.split_at_checked(end));
    let (header, data) = parts.ok_or(io::ErrorKind::UnexpectedEof)?;
    // One dictionary that holds one tuple, the shape: a list is of a type with fields, which no array of ours has.
    match header.iter().filter(|&byte| b"{[(".contains(byte)).count() {
        0..=2 if has_size(header) => Ok(data),
        0..=2 => Err(io::Error::other("its header announces more values than any file has")),
        brackets => Err(io::Error::other(format!("its header has {brackets} brackets; an array needs 2"))),
    }
}

/// Is the product of the lengths a number at all? npyz takes it without asking.
fn has_size(header: &[u8]) -> bool {
    let text = String::from_utf8_lossy(header);
    let shape =
        text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(shape, _)| shape);
    let lengths = shape.split(',').filter_map(|length| length.trim().parse::<u64>().ok());
    lengths.map(|length| length.max(1)).try_fold(1_u64, u64::checked_mul).is_some()
}

/// Where a `.npy` file says that its header ends: version 1 says so in two bytes, later ones in four.
fn header_end(bytes: &[u8]) -> Option<usize> {
    match *bytes.get(6..12)? {
        [1, _, low, high, ..] => Some(10 + usize::from(u16::from_le_bytes([low, high]))),
        [_, _, a, b, c, d] => 12_usize.checked_add(usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()?),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // A helper of tests is a test.
pub(crate) mod made;

#[cfg(test)]
mod tests {
    use super::made::npy;
    use super::written::npz;
    use super::*;

    #[test]
    fn every_type_is_read_with_its_shape() {
        for (descr, bytes, values) in [
            ("|u1", vec![0, 255], Values::Bytes(vec![0, 255])),
            ("|b1", vec![0, 1], Values::Bytes(vec![0, 1])),
            ("|i1", vec![0xff, 1], Values::Integers(vec![-1, 1])),
            ("<i2", vec![0xff, 0xff, 2, 0], Values::Integers(vec![-1, 2])),
            (">u2", vec![1, 0, 0, 2], Values::Integers(vec![256, 2])),
            ("<f4", vec![0, 0, 0x80, 0x3f, 0, 0, 0, 0xbf], Values::Floats(vec![1.0, -0.5])),
            (
                "<U2",
                [[97, 0, 0, 0], [98, 0, 0, 0], [99, 0, 0, 0], [0; 4]].concat(),
                Values::Texts(vec!["ab".into(), "c".into()]),
            ),
        ] {
            let array = Array::from_npy(&npy(descr, "(2,)", &bytes)).unwrap();
            assert_eq!(array, Array { shape: vec![2], values }, "{descr}");
        }
        let image = Array::from_npy(&npy("|u1", "(1, 2, 3)", &[1, 2, 3, 4, 5, 6])).unwrap();
        assert_eq!(image.shape, [1, 2, 3]);
    }

    #[test]
    fn what_is_none_of_ours_is_told_in_a_line() {
        let text = String::from_utf8_lossy(&npy("|u1", "(1, 2)", b"")[8..]).replace("False,", "True, ");
        let by_column = [b"\x93NUMPY\x01\x00", text.as_bytes(), &[1, 2]].concat();
        let told = |bytes: &[u8]| Array::from_npy(bytes).unwrap_err().to_string();
        assert_eq!(told(&npy("|u1", "(3,)", &[1, 2])), "announces 3 bytes of values, but has 2");
        assert_eq!(
            told(&npy("<i2", "(4294967296, 2147483648)", &[1, 2])),
            format!("announces {} bytes of values, but has 2", u64::MAX)
        );
        let beyond = told(&npy("|u1", "(4294967296, 4294967296)", &[1, 2]));
        assert!(beyond.ends_with("announces more values than any file has"), "{beyond}");
        assert_eq!(told(&npy("<f2", "(1,)", &[1, 2])), format!("holds <f2; it needs {NEEDED}"));
        assert!(told(&by_column).contains("numpy.ascontiguousarray"));
        assert!(told(b"\x93NUMPY\x01\x00\xff\xff").contains("is no sound .npy file"));
        assert!(told(b"").contains("is no sound .npy file"));
        assert!(told(&npy("<u8", "(1,)", &[0xff; 8])).contains("18446744073709551615 is too large"));
    }

    #[test]
    fn an_array_of_an_archive_is_found_by_its_name_or_by_being_the_only_one() {
        let (one, two) = (npy("|u1", "(1,)", &[1]), npy("|u1", "(1,)", &[2]));
        let both = npz(&[("x", one.clone()), ("y", two)]);
        assert_eq!(Array::from_npz(&both, "y", 1_000).unwrap().values, Values::Bytes(vec![2]));
        assert_eq!(Array::from_npz(&npz(&[("x", one)]), "y", 1_000).unwrap().values, Values::Bytes(vec![1]));
        let none = Array::from_npz(&both, "z", 1_000).unwrap_err().to_string();
        assert!(none.starts_with("has no array 'z'; it has "), "{none}");
        assert!(none.contains('x') && none.contains('y'));
        assert_eq!(
            Array::from_npz(&both, "y", 100).unwrap_err().to_string(),
            "unpacks to more than 100 bytes"
        );
        assert!(
            Array::from_npz(&both[..60], "y", 100).unwrap_err().to_string().contains("is no sound .npz file")
        );
    }
}
