//! Arrays become grey values: bytes as they are, other numbers rounded to 0 to 255 of a full scale.
//!
//! ```text
//! grey = round(255 · value / full_scale)
//! ```

use crate::array::{Array, Values};
use crate::idx::{self, IdxError};

/// What is wrong with images.
#[derive(Debug, PartialEq, thiserror::Error)]
#[allow(missing_docs)]
pub enum ImagesError {
    #[error(
        "holds {what}, of which nothing says what is white; give full_scale = 1.0 beside it, or --full-scale 1"
    )]
    NoScale { what: &'static str },
    #[error("holds texts; images are numbers")]
    Texts,
    #[error("full_scale is {0}; it must be a number above 0")]
    Scale(f64),
    #[error("holds {value} at place {place} of its values; they must be 0 to {full_scale}")]
    Outside { value: f64, place: usize, full_scale: f64 },
    #[error("has {0} axes; images have 3 (images, rows, columns) or 2 (images, inputs)")]
    Axes(usize),
    #[error("holds images of {found} inputs, but shape is {rows} x {columns}")]
    Shape { found: usize, rows: usize, columns: usize },
}

/// Grey values, and what was done to get them.
///
/// # Errors
/// When nothing says what is white, or a value lies outside.
pub fn grey(values: Values, full_scale: Option<f64>) -> Result<(Vec<u8>, Option<String>), ImagesError> {
    if let Some(scale) = full_scale.filter(|scale| !(*scale > 0.0 && scale.is_finite())) {
        return Err(ImagesError::Scale(scale));
    }
    match (values, full_scale) {
        (Values::Texts(_), _) => Err(ImagesError::Texts),
        (Values::Bytes(bytes), None) => Ok((bytes, None)),
        (Values::Bytes(bytes), Some(scale)) => rounded(bytes.into_iter().map(f64::from), scale),
        (Values::Integers(numbers), None) if numbers.iter().all(|number| (0..=255).contains(number)) => {
            Ok((numbers.into_iter().map(|number| number as u8).collect(), None))
        }
        (Values::Integers(_), None) => {
            Err(ImagesError::NoScale { what: "whole numbers below 0 or above 255" })
        }
        (Values::Floats(_), None) => Err(ImagesError::NoScale { what: "floats" }),
        (Values::Integers(numbers), Some(scale)) => {
            rounded(numbers.into_iter().map(|number| number as f64), scale)
        }
        (Values::Floats(floats), Some(scale)) => rounded(floats.into_iter(), scale),
    }
}

/// A NaN is in no range, so it is refused as what is below or above.
fn rounded(
    values: impl Iterator<Item = f64>,
    full_scale: f64,
) -> Result<(Vec<u8>, Option<String>), ImagesError> {
    let grey = values.enumerate().map(|(place, value)| match (0.0..=full_scale).contains(&value) {
        true => Ok((255.0 * value / full_scale).round() as u8),
        false => Err(ImagesError::Outside { value, place, full_scale }),
    });
    let told = format!("values from 0 to {full_scale} are rounded to grey values from 0 to 255");
    Ok((grey.collect::<Result<_, _>>()?, Some(told)))
}

/// How many images, and their rows and columns.
pub(super) fn shape(axes: &[usize], wanted: Option<[usize; 2]>) -> Result<(usize, [usize; 2]), ImagesError> {
    let (count, own) = match *axes {
        [count, rows, columns] => (count, [rows, columns]),
        [count, inputs] => (count, [1, inputs]),
        _ => return Err(ImagesError::Axes(axes.len())),
    };
    let inputs = |shape: [usize; 2]| shape[0].checked_mul(shape[1]);
    match wanted {
        Some([rows, columns]) if inputs([rows, columns]) != inputs(own) => {
            Err(ImagesError::Shape { found: own[0].saturating_mul(own[1]), rows, columns })
        }
        wanted => Ok((count, wanted.unwrap_or(own))),
    }
}

/// An IDX file as an array.
pub(super) fn idx(bytes: Vec<u8>, is_images: bool, most: usize) -> Result<Array, IdxError> {
    let raw = idx::unpacked(bytes, most)?;
    Ok(match is_images {
        true => {
            let idx::Images { shape: [rows, columns], pixels } = idx::images(raw)?;
            let count = pixels.len().checked_div(rows * columns).unwrap_or(0);
            Array { shape: vec![count, rows, columns], values: Values::Bytes(pixels) }
        }
        false => {
            let labels = idx::labels(raw)?;
            Array { shape: vec![labels.len()], values: Values::Bytes(labels) }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_stay_and_other_numbers_are_rounded_to_the_full_scale_and_told() {
        assert_eq!(grey(Values::Bytes(vec![0, 7, 255]), None), Ok((vec![0, 7, 255], None)));
        assert_eq!(grey(Values::Integers(vec![0, 255]), None), Ok((vec![0, 255], None)));
        let (values, told) = grey(Values::Floats(vec![0.0, 8.0, 16.0, 0.03, 0.04]), Some(16.0)).unwrap();
        // 255 · 8/16 = 127.5 rounds up; 255 · 0.03/16 = 0.478 and 0.04: 0.6375.
        assert_eq!(values, [0, 128, 255, 0, 1]);
        assert_eq!(told.unwrap(), "values from 0 to 16 are rounded to grey values from 0 to 255");
        assert_eq!(grey(Values::Bytes(vec![0, 1]), Some(1.0)).unwrap().0, [0, 255]);
    }

    #[test]
    fn what_is_no_grey_value_is_refused_with_its_place() {
        for (value, place) in [(-0.1, 1), (1.1, 1), (f64::INFINITY, 1)] {
            let refused = grey(Values::Floats(vec![0.0, value]), Some(1.0));
            assert_eq!(refused, Err(ImagesError::Outside { value, place, full_scale: 1.0 }));
        }
        let nan = grey(Values::Floats(vec![f64::NAN]), Some(1.0)).unwrap_err().to_string();
        assert_eq!(nan, "holds NaN at place 0 of its values; they must be 0 to 1");
        for scale in [0.0, -1.0, f64::NAN] {
            assert!(matches!(grey(Values::Floats(vec![]), Some(scale)), Err(ImagesError::Scale(_))));
        }
        assert_eq!(grey(Values::Floats(vec![]), None), Err(ImagesError::NoScale { what: "floats" }));
        assert!(matches!(grey(Values::Integers(vec![256]), None), Err(ImagesError::NoScale { .. })));
        assert_eq!(grey(Values::Texts(vec![]), None), Err(ImagesError::Texts));
    }

    #[test]
    fn images_are_rows_and_columns_or_inputs_that_are_drawn_as_one_likes() {
        assert_eq!(shape(&[5, 8, 9], None), Ok((5, [8, 9])));
        assert_eq!(shape(&[5, 64], None), Ok((5, [1, 64])));
        assert_eq!(shape(&[5, 64], Some([8, 8])), Ok((5, [8, 8])));
        assert_eq!(shape(&[5, 8, 8], Some([4, 16])), Ok((5, [4, 16])));
        assert_eq!(shape(&[5, 64], Some([8, 9])), Err(ImagesError::Shape { found: 64, rows: 8, columns: 9 }));
        assert_eq!(shape(&[5], None), Err(ImagesError::Axes(1)));
    }
}
