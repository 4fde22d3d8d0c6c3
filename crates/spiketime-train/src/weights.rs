//! Weights as files: `.npy` for any notebook, and an 8-bit picture for the record.
//!
//! `.npy`: neurons × inputs, f32, g/g_max in [0, 1]. Picture: one tile of 28 × 28 pixels a neuron, row by
//! row in the smallest square of tiles that holds all, without gaps; 255 = g_max, unused tiles 0.

use std::io;

use npyz::WriterBuilder;
use spiketime_data::idx::{PIXELS, SIDE};
use spiketime_sim::{Network, Real};

/// The largest file of weights that is read: 100 000 neurons in f32.
pub const MAX_BYTES: u64 = 512 << 20;
/// No picture of a record is larger, and no file of weights that is read here has more neurons.
const MAX_NEURONS: usize = 10_000;

/// Weights, one row of [`PIXELS`] a neuron, g/g_max.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights(Vec<f32>);

/// What is wrong with a file of weights.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum WeightsError {
    #[error("is no .npy file of f32 or f64: {0}")]
    Npy(io::Error),
    #[error("is no 8-bit grey PNG of whole tiles of 28 x 28 pixels")]
    Picture,
    #[error("has shape {0:?}; weights are neurons x 784, with at most {MAX_NEURONS} neurons")]
    Shape(Vec<u64>),
    #[error("holds {0}; weights are g/g_max, from 0 to 1")]
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
        Weights(columns.map(|weight| (weight.to_f64() / max) as f32).collect())
    }

    /// How many neurons.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.0.len() / PIXELS
    }

    /// The weights of one neuron, row by row of the image.
    #[must_use]
    pub fn of_neuron(&self, neuron: usize) -> &[f32] {
        &self.0[neuron * PIXELS..][..PIXELS]
    }

    /// As a `.npy` file.
    #[must_use]
    pub fn to_npy(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let shape = [self.neurons() as u64, PIXELS as u64];
        let write = |bytes: &mut Vec<u8>| {
            let options = npyz::WriteOptions::new().default_dtype().shape(&shape);
            let mut writer = options.writer(bytes).begin_nd()?;
            writer.extend(&self.0)?;
            writer.finish()
        };
        write(&mut bytes).expect("writing to memory does not fail");
        bytes
    }

    /// From a `.npy` file of f32 or f64.
    ///
    /// # Errors
    /// When it is none, has another shape, or a value outside [0, 1].
    #[allow(clippy::cast_possible_truncation)]
    pub fn from_npy(bytes: &[u8]) -> Result<Weights, WeightsError> {
        check_header(bytes).map_err(WeightsError::Npy)?;
        let file = npyz::NpyFile::new(bytes).map_err(WeightsError::Npy)?;
        let shape = file.shape().to_vec();
        let fits = matches!(shape[..], [neurons, 784] if (1..=MAX_NEURONS as u64).contains(&neurons));
        if !fits || file.order() != npyz::Order::C {
            return Err(WeightsError::Shape(shape));
        }
        let values = match file.try_data::<f32>() {
            Ok(data) => data.collect::<Result<Vec<f32>, _>>(),
            Err(file) => match file.try_data::<f64>() {
                Ok(data) => data.map(|value| value.map(|value| value as f32)).collect(),
                Err(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "another type")),
            },
        };
        let values = values.map_err(WeightsError::Npy)?;
        match values.iter().find(|value| !(0.0..=1.0).contains(*value)) {
            Some(&outside) => Err(WeightsError::Range(outside)),
            None => Ok(Weights(values)),
        }
    }

    /// As an 8-bit grey PNG.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn to_png(&self) -> Vec<u8> {
        let tiles = tiles(self.neurons());
        let width = tiles * SIDE;
        let mut grey = vec![0_u8; width * width];
        for neuron in 0..self.neurons() {
            let corner = (neuron / tiles) * SIDE * width + (neuron % tiles) * SIDE;
            for (row, weights) in self.of_neuron(neuron).chunks_exact(SIDE).enumerate() {
                let line = &mut grey[corner + row * width..][..SIDE];
                line.iter_mut().zip(weights).for_each(|(grey, w)| *grey = (w * 255.0).round() as u8);
            }
        }
        encoded(&grey, width as u32)
    }

    /// From such a picture of `neurons` neurons.
    ///
    /// # Errors
    /// When it is none.
    pub fn from_png(bytes: &[u8], neurons: usize) -> Result<Weights, WeightsError> {
        let tiles = tiles(neurons);
        let width = tiles * SIDE;
        let grey = decoded(bytes, width).ok_or(WeightsError::Picture)?;
        let mut weights = Vec::with_capacity(neurons * PIXELS);
        for neuron in 0..neurons {
            let corner = (neuron / tiles) * SIDE * width + (neuron % tiles) * SIDE;
            for row in 0..SIDE {
                let line = &grey[corner + row * width..][..SIDE];
                weights.extend(line.iter().map(|&grey| f32::from(grey) / 255.0));
            }
        }
        Ok(Weights(weights))
    }
}

/// npyz makes room for a header of any announced length, and takes a time that doubles with every bracket in it.
fn check_header(bytes: &[u8]) -> io::Result<()> {
    let header = header_end(bytes).and_then(|end| bytes.get(..end));
    let header = header.ok_or(io::ErrorKind::UnexpectedEof)?;
    // One dictionary that holds one tuple, the shape: a list is of a type with fields, which no weights have.
    match header.iter().filter(|&byte| b"{[(".contains(byte)).count() {
        0..=2 => Ok(()),
        brackets => Err(io::Error::other(format!("its header has {brackets} brackets; weights need 2"))),
    }
}

/// Where a `.npy` file says that its header ends: version 1 says so in two bytes, later ones in four.
fn header_end(bytes: &[u8]) -> Option<usize> {
    match *bytes.get(6..12)? {
        [1, _, low, high, ..] => Some(10 + usize::from(u16::from_le_bytes([low, high]))),
        [_, _, a, b, c, d] => 12_usize.checked_add(usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()?),
        _ => None,
    }
}

/// Tiles a side of the smallest square that holds so many.
fn tiles(neurons: usize) -> usize {
    (0..).find(|side| side * side >= neurons).expect("some square is large enough")
}

fn encoded(grey: &[u8], side: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().expect("writing to memory does not fail");
    writer.write_image_data(grey).expect("the picture has the announced size");
    writer.finish().expect("writing to memory does not fail");
    bytes
}

fn decoded(bytes: &[u8], side: usize) -> Option<Vec<u8>> {
    let mut reader = png::Decoder::new(io::Cursor::new(bytes)).read_info().ok()?;
    let info = reader.info();
    let expected = (side as u32, side as u32, png::ColorType::Grayscale, png::BitDepth::Eight);
    if (info.width, info.height, info.color_type, info.bit_depth) != expected {
        return None;
    }
    let mut grey = vec![0; side * side];
    reader.next_frame(&mut grey).ok()?;
    Some(grey)
}

#[cfg(test)]
mod tests {
    use super::*;
    use spiketime_sim::Layer;

    /// 5 neurons, weights 0, 1/4, …: rounded to 8 bits they stay apart.
    fn weights() -> Weights {
        let rows = (0..PIXELS * 5).map(|synapse| (synapse % 5) as f64 / 4.0).collect();
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
        let back = Weights::from_png(&weights().to_png(), 5).unwrap();
        // Half a grey level.
        assert!(back.0.iter().zip(&weights().0).all(|(a, b)| (a - b).abs() <= 0.5 / 255.0 + 1e-7));
        assert!(matches!(Weights::from_png(&weights().to_png(), 4), Err(WeightsError::Picture)));
        assert!(matches!(Weights::from_png(b"none", 5), Err(WeightsError::Picture)));
    }

    #[test]
    fn other_arrays_are_refused_with_what_is_wrong() {
        let npy = |shape: &[u64], values: &[f32]| {
            let mut bytes = Vec::new();
            let mut writer =
                npyz::WriteOptions::new().default_dtype().shape(shape).writer(&mut bytes).begin_nd().unwrap();
            writer.extend(values).unwrap();
            writer.finish().unwrap();
            bytes
        };
        assert!(matches!(Weights::from_npy(&npy(&[2, 2], &[0.0; 4])), Err(WeightsError::Shape(_))));
        let outside = Weights::from_npy(&npy(&[1, 784], &[1.5; 784])).unwrap_err();
        assert_eq!(outside.to_string(), "holds 1.5; weights are g/g_max, from 0 to 1");
        assert!(matches!(Weights::from_npy(b"\x93NUMPY"), Err(WeightsError::Npy(_))));
        // A header of 4 GB is announced in 12 bytes.
        let bomb = b"\x93NUMPY\x02\x00\xff\xff\xff\xff";
        let Err(WeightsError::Npy(reason)) = Weights::from_npy(bomb) else { panic!("a header of 4 GB") };
        assert_eq!(reason.kind(), io::ErrorKind::UnexpectedEof);
        // A reader that goes back at each bracket would not come to an end here.
        let nested = [&b"\x93NUMPY\x01\x00\x76\x00"[..], &[b'{'; 118], &[0; 64]].concat();
        let told = Weights::from_npy(&nested).unwrap_err().to_string();
        assert!(told.contains("its header has 118 brackets; weights need 2"), "{told}");
    }
}
