//! Weights and images as pictures: viridis from 0 to g_max, one tile a neuron, gaps of one pixel.
//!
//! The scale is fixed, so two maps can be compared by eye. A palette of 256 colours keeps files small.
//! [`crate::sheet`] puts names and a bar of colours beside them.

use base64::Engine as _;
use spiketime_data::idx::SIDE;
use spiketime_train::weights::Weights;

/// A tile and the gap after it.
const STEP: usize = SIDE + 1;
/// The palette's last colour is the gap; 255 levels are left for the weights.
const GAP: u8 = 255;

/// An 8-bit picture with a palette.
pub struct Picture {
    /// Pixels.
    pub width: usize,
    /// Pixels.
    pub height: usize,
    levels: Vec<u8>,
    palette: Vec<u8>,
}

impl Picture {
    /// Its rows of pixels, in red, green and blue.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        let colour = |&level: &u8| &self.palette[3 * usize::from(level)..][..3];
        self.levels.chunks_exact(self.width).map(move |row| row.iter().flat_map(colour).copied().collect())
    }

    /// The map of a network: √N × √N tiles, neuron by neuron.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn map(weights: &Weights) -> Picture {
        let tiles = (0..weights.neurons())
            .map(|neuron| weights.of_neuron(neuron).iter().map(|weight| (weight * 254.0).round() as u8));
        Picture::mosaic(tiles.map(Iterator::collect).collect(), viridis)
    }

    /// Images side by side, in the grey of the data set: dark on light.
    #[must_use]
    pub fn images(images: &[&[u8]]) -> Picture {
        let tiles = images.iter().map(|image| image.iter().map(|&pixel| pixel.min(254)).collect());
        Picture::mosaic(tiles.collect(), |level| [255 - level; 3])
    }

    fn mosaic(tiles: Vec<Vec<u8>>, colour: fn(u8) -> [u8; 3]) -> Picture {
        let columns = (0..).find(|side| side * side >= tiles.len()).unwrap_or(1);
        let rows = tiles.len().div_ceil(columns.max(1));
        let (width, height) = (columns * STEP + 1, rows * STEP + 1);
        let mut levels = vec![GAP; width * height];
        for (number, tile) in tiles.iter().enumerate() {
            let corner = ((number / columns) * STEP + 1) * width + (number % columns) * STEP + 1;
            for (row, line) in tile.chunks_exact(SIDE).enumerate() {
                levels[corner + row * width..][..SIDE].copy_from_slice(line);
            }
        }
        let palette = (0..GAP).map(colour).chain([[128; 3]]).flatten().collect();
        Picture { width, height, levels, palette }
    }

    /// As a PNG file.
    #[must_use]
    pub fn png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(&self.palette[..]);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header().expect("writing to memory does not fail");
        writer.write_image_data(&self.levels).expect("the picture has the announced size");
        writer.finish().expect("writing to memory does not fail");
        bytes
    }

    /// As an address that a page holds within itself.
    #[must_use]
    pub fn address(&self) -> String {
        let text = base64::engine::general_purpose::STANDARD.encode(self.png());
        format!("data:image/png;base64,{text}")
    }
}

/// The colour of a level, 0 to 254.
pub(crate) fn viridis(level: u8) -> [u8; 3] {
    let colorous::Color { r, g, b } = colorous::VIRIDIS.eval_rational(usize::from(level), usize::from(GAP));
    [r, g, b]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(picture: &Picture) -> (Vec<u8>, usize) {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(picture.png()));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgb).unwrap();
        (rgb, info.width as usize)
    }

    #[test]
    fn the_scale_runs_from_violet_to_yellow_and_the_gap_is_grey() {
        let (dark, light) = ([0_u8; 784], [255_u8; 784]);
        let picture = Picture::mosaic(vec![vec![0; 784], vec![254; 784]], viridis);
        let (rgb, width) = decoded(&picture);
        assert_eq!((width, picture.height), (2 * 29 + 1, 29 + 1));
        let at = |x: usize, y: usize| rgb[(y * width + x) * 3..][..3].to_vec();
        // The ends of matplotlib's viridis: #440154 and #fde725.
        assert_eq!((at(0, 0), at(1, 1), at(30, 1)), (vec![128; 3], vec![68, 1, 84], vec![253, 231, 37]));
        let (rgb, width) = decoded(&Picture::images(&[&dark, &light]));
        assert_eq!((rgb[(width + 1) * 3], rgb[(width + 30) * 3]), (255, 1));
    }
}
