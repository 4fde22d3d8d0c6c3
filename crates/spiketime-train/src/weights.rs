//! Weights as files: `.npy` for any notebook, and an 8-bit picture for the record.
//!
//! `.npy`: neurons × inputs, f32, g/g_max in [0, 1], of devices that differ to 4. Picture: one tile of the shape of an image a neuron, row by
//! row in the smallest square of tiles that holds all, without gaps; 255 = g_max or more, unused tiles 0.

use std::io;

use spiketime_data::array::written::npy;
use spiketime_data::array::{Array, ArrayError, Values};
use spiketime_data::facts::MAX_INPUTS;
use spiketime_sim::{Network, Real};

use crate::condition::varied::MOST_TIMES;

/// The largest file of weights that is read: 100 000 neurons in f32.
pub const MAX_BYTES: u64 = 512 << 20;
/// No picture of a record is larger, and no file of weights that is read here has more neurons.
const MAX_NEURONS: usize = 10_000;

/// Devices that differ may conduct more than g_max, up to this.
#[allow(clippy::cast_possible_truncation)] // It is 4.
const LARGEST: f32 = MOST_TIMES as f32;

/// Weights, one row a neuron, g/g_max.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    inputs: usize,
    values: Vec<f32>,
}

/// What is wrong with a file of weights.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum WeightsError {
    #[error(transparent)]
    Npy(#[from] ArrayError),
    #[error("holds no floats; weights are floats of 4 or 8 bytes")]
    Type,
    #[error("is no 8-bit grey PNG of whole tiles of {0} x {1} pixels")]
    Picture(usize, usize),
    #[error(
        "has shape {0:?}; weights are neurons x inputs, with at most {MAX_NEURONS} neurons and {MAX_INPUTS} inputs"
    )]
    Shape(Vec<usize>),
    #[error("holds {0}; weights are g/g_max, from 0 to 1, and of devices that differ to {LARGEST}")]
    Range(f32),
}

impl Weights {
    /// Those of a network.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn of<R: Real>(network: &Network<R>) -> Weights {
        let neurons = network.neurons();
        let max = network.layer.weight_max_mv;
        let columns = (0..neurons).flat_map(|neuron| network.weights_mv.column(neuron));
        let values = columns.map(|weight| (weight.to_f64() / max) as f32).collect();
        Weights { inputs: network.inputs(), values }
    }

    /// Neuron by neuron.
    #[must_use]
    pub fn into_values(self) -> Vec<f32> {
        self.values
    }

    /// How many neurons.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.values.len() / self.inputs
    }

    /// How many inputs each has.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// The weights of one neuron, row by row of the image.
    #[must_use]
    pub fn of_neuron(&self, neuron: usize) -> &[f32] {
        &self.values[neuron * self.inputs..][..self.inputs]
    }

    /// As a `.npy` file.
    #[must_use]
    pub fn to_npy(&self) -> Vec<u8> {
        npy(&[self.neurons(), self.inputs], &self.values)
    }

    /// From a `.npy` file of f32 or f64.
    ///
    /// # Errors
    /// When it is none, has another shape, or a value outside [0, 1].
    #[allow(clippy::cast_possible_truncation)]
    pub fn from_npy(bytes: &[u8]) -> Result<Weights, WeightsError> {
        let array = Array::from_npy(bytes)?;
        let [neurons, inputs] = array.shape[..] else { return Err(WeightsError::Shape(array.shape)) };
        if !((1..=MAX_NEURONS).contains(&neurons) && (1..=MAX_INPUTS).contains(&inputs)) {
            return Err(WeightsError::Shape(array.shape));
        }
        let Values::Floats(values) = array.values else { return Err(WeightsError::Type) };
        let values: Vec<f32> = values.into_iter().map(|value| value as f32).collect();
        match values.iter().find(|value| !(0.0..=LARGEST).contains(*value)) {
            Some(&outside) => Err(WeightsError::Range(outside)),
            None => Ok(Weights { inputs, values }),
        }
    }

    /// As an 8-bit grey PNG of tiles of this shape.
    ///
    /// # Panics
    /// When a tile has not as many pixels as a neuron has inputs.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn to_png(&self, [rows, columns]: [usize; 2]) -> Vec<u8> {
        assert_eq!(rows * columns, self.inputs, "a tile of another size");
        let tiles = tiles(self.neurons());
        let width = tiles * columns;
        let mut grey = vec![0_u8; width * tiles * rows];
        for neuron in 0..self.neurons() {
            let corner = (neuron / tiles) * rows * width + (neuron % tiles) * columns;
            for (row, weights) in self.of_neuron(neuron).chunks_exact(columns).enumerate() {
                let line = &mut grey[corner + row * width..][..columns];
                line.iter_mut().zip(weights).for_each(|(grey, w)| *grey = (w * 255.0).round() as u8);
            }
        }
        encoded(&grey, width as u32, (tiles * rows) as u32)
    }

    /// From such a picture of `neurons` neurons.
    ///
    /// # Errors
    /// When it is none.
    pub fn from_png(
        bytes: &[u8],
        neurons: usize,
        [rows, columns]: [usize; 2],
    ) -> Result<Weights, WeightsError> {
        let tiles = tiles(neurons);
        let width = tiles * columns;
        let grey = decoded(bytes, [width, tiles * rows]).ok_or(WeightsError::Picture(rows, columns))?;
        let mut values = Vec::with_capacity(neurons * rows * columns);
        for neuron in 0..neurons {
            let corner = (neuron / tiles) * rows * width + (neuron % tiles) * columns;
            for row in 0..rows {
                let line = &grey[corner + row * width..][..columns];
                values.extend(line.iter().map(|&grey| f32::from(grey) / 255.0));
            }
        }
        Ok(Weights { inputs: rows * columns, values })
    }
}

/// Tiles a side of the smallest square that holds so many.
fn tiles(neurons: usize) -> usize {
    (0..).find(|side| side * side >= neurons).expect("some square is large enough")
}

fn encoded(grey: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().expect("writing to memory does not fail");
    writer.write_image_data(grey).expect("the picture has the announced size");
    writer.finish().expect("writing to memory does not fail");
    bytes
}

fn decoded(bytes: &[u8], [width, height]: [usize; 2]) -> Option<Vec<u8>> {
    let mut reader = png::Decoder::new(io::Cursor::new(bytes)).read_info().ok()?;
    let info = reader.info();
    let expected = (width as u32, height as u32, png::ColorType::Grayscale, png::BitDepth::Eight);
    if (info.width, info.height, info.color_type, info.bit_depth) != expected {
        return None;
    }
    let mut grey = vec![0; width * height];
    reader.next_frame(&mut grey).ok()?;
    Some(grey)
}

#[cfg(test)]
mod tests {
    use super::*;
    use spiketime_sim::Layer;

    /// 5 neurons, weights 0, 1/4, …: rounded to 8 bits they stay apart.
    fn weights() -> Weights {
        let rows = (0..784 * 5).map(|synapse| (synapse % 5) as f64 / 4.0).collect();
        Weights::of(&Network::<f64>::new(Layer::report(), rows, vec![50.0; 5]))
    }

    #[test]
    fn a_network_comes_back_from_npy_exactly_with_one_row_a_neuron() {
        let back = Weights::from_npy(&weights().to_npy()).unwrap();
        assert_eq!(back, weights());
        assert!(back.of_neuron(3).iter().all(|&weight| weight == 0.75));
    }

    #[test]
    fn a_picture_keeps_eight_bits_of_every_weight() {
        let back = Weights::from_png(&weights().to_png([28, 28]), 5, [28, 28]).unwrap();
        let flat = Weights::from_png(&weights().to_png([1, 784]), 5, [1, 784]).unwrap();
        assert_eq!(flat, back, "the same weights in tiles of another shape");
        // Half a grey level.
        assert!(back.values.iter().zip(&weights().values).all(|(a, b)| (a - b).abs() <= 0.5 / 255.0 + 1e-7));
        assert!(matches!(
            Weights::from_png(&weights().to_png([28, 28]), 4, [28, 28]),
            Err(WeightsError::Picture(28, 28))
        ));
        assert!(matches!(Weights::from_png(b"none", 5, [28, 28]), Err(WeightsError::Picture(..))));
    }

    #[test]
    fn other_arrays_are_refused_with_what_is_wrong() {
        assert!(matches!(Weights::from_npy(&npy(&[4], &[0.0; 4])), Err(WeightsError::Shape(_))));
        let outside = Weights::from_npy(&npy(&[1, 784], &[4.5; 784])).unwrap_err();
        let told = "holds 4.5; weights are g/g_max, from 0 to 1, and of devices that differ to 4";
        assert_eq!(outside.to_string(), told);
        assert!(matches!(Weights::from_npy(b"\x93NUMPY"), Err(WeightsError::Npy(_))));
        // A header of 4 GB is announced in 12 bytes.
        let bomb = b"\x93NUMPY\x02\x00\xff\xff\xff\xff";
        assert!(matches!(Weights::from_npy(bomb), Err(WeightsError::Npy(ArrayError::Npy(_)))));
        // A reader that goes back at each bracket would not come to an end here.
        let nested = [&b"\x93NUMPY\x01\x00\x76\x00"[..], &[b'{'; 118], &[0; 64]].concat();
        let told = Weights::from_npy(&nested).unwrap_err().to_string();
        assert!(told.contains("its header has 118 brackets; an array needs 2"), "{told}");
    }
}
