//! Writes numpy's arrays: `.npy`, and several of them as an `.npz`.

use std::io::{self, Cursor, Write};

use npyz::{AutoSerialize, WriteOptions, WriterBuilder};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// An array as a `.npy` file, little-endian, the last axis fastest.
///
/// # Panics
/// When there are not as many values as the shape says.
#[must_use]
pub fn npy<T: AutoSerialize + Copy>(shape: &[usize], values: &[T]) -> Vec<u8> {
    assert_eq!(shape.iter().product::<usize>(), values.len(), "values of a shape {shape:?}");
    let shape: Vec<u64> = shape.iter().map(|&length| length as u64).collect();
    let mut bytes = Vec::new();
    let write = |bytes: &mut Vec<u8>| -> io::Result<()> {
        let mut writer = WriteOptions::new().default_dtype().shape(&shape).writer(bytes).begin_nd()?;
        writer.extend(values.iter().copied())?;
        writer.finish()
    };
    write(&mut bytes).expect("writing to memory does not fail");
    bytes
}

/// Arrays by their names, each as [`npy`] gives it, as an `.npz` file.
#[must_use]
pub fn npz(arrays: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let write = |bytes: &mut Cursor<Vec<u8>>| -> io::Result<()> {
        let mut writer = ZipWriter::new(bytes);
        for (name, array) in arrays {
            writer.start_file(format!("{name}.npy"), SimpleFileOptions::default())?;
            writer.write_all(array)?;
        }
        writer.finish()?;
        Ok(())
    };
    write(&mut bytes).expect("writing to memory does not fail");
    bytes.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::made;

    #[test]
    fn arrays_are_written_as_numpy_would() {
        // np.save of np.array([[1, 2], [3, 4]], dtype) ends with the numbers, row by row.
        let bytes = npy(&[2, 2], &[1.0_f64, 2.0, 3.0, 4.0]);
        assert!(bytes.ends_with(&[1.0, 2.0, 3.0, 4.0].map(f64::to_le_bytes).concat()));
        assert_eq!(crate::array::Array::from_npy(&bytes).unwrap().shape, [2, 2]);
        assert_eq!(npy(&[2], &[1_u32, 2])[128..], [1, 0, 0, 0, 2, 0, 0, 0]);
        let by_hand = made::npy("<u4", "(2,)", &[1, 0, 0, 0, 2, 0, 0, 0]);
        assert_eq!(npz(&[("x", by_hand.clone())])[..2], *b"PK");
        assert!(npz(&[("x", by_hand.clone())]).windows(by_hand.len()).count() > 0);
    }
}
