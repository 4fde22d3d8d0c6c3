//! Weights and images as pictures: viridis from 0 to g_max, one tile a neuron, gaps of one pixel.
//!
//! The maps of an experiment have one scale, so that two of them can be compared by eye: to g_max, or to less where no
//! weight comes near it ([`brightest`]). A palette of 256 colours keeps files small.
//! [`crate::sheet`] puts names and a bar of colours beside them.

use base64::Engine as _;
use spiketime_train::weights::Weights;

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

    /// The map of a network, one tile of this shape a neuron, in the first rectangle of tiles that is no higher than wide.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn map(weights: &Weights, shape: [usize; 2], brightest: f32) -> Picture {
        let level = |weight: &f32| (weight / brightest * 254.0).round().min(254.0) as u8;
        let tiles = (0..weights.neurons()).map(|neuron| weights.of_neuron(neuron).iter().map(level));
        Picture::mosaic(tiles.map(Iterator::collect).collect(), shape, viridis)
    }

    /// Images side by side, in the grey of the data set: dark on light.
    #[must_use]
    pub fn images(images: &[&[u8]], shape: [usize; 2]) -> Picture {
        let tiles = images.iter().map(|image| image.iter().map(|&pixel| pixel.min(254)).collect());
        Picture::mosaic(tiles.collect(), shape, |level| [255 - level; 3])
    }

    fn mosaic(tiles: Vec<Vec<u8>>, [high, wide]: [usize; 2], colour: fn(u8) -> [u8; 3]) -> Picture {
        let columns = columns(tiles.len(), [high, wide]);
        let rows = tiles.len().div_ceil(columns);
        let (width, height) = (columns * (wide + 1) + 1, rows * (high + 1) + 1);
        let mut levels = vec![GAP; width * height];
        for (number, tile) in tiles.iter().enumerate() {
            let corner = ((number / columns) * (high + 1) + 1) * width + (number % columns) * (wide + 1) + 1;
            for (row, line) in tile.chunks_exact(wide).enumerate() {
                levels[corner + row * width..][..wide].copy_from_slice(line);
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

/// Which part of g_max is brightest: all of it, or what 999 of 1 000 weights lie below where that is less than half.
#[must_use]
pub fn brightest<'a>(maps: impl Iterator<Item = &'a Weights>) -> f32 {
    let of_map = |map: &'a Weights| (0..map.neurons()).flat_map(|neuron| map.of_neuron(neuron)).copied();
    let mut weights: Vec<f32> = maps.flat_map(of_map).collect();
    if weights.is_empty() {
        return 1.0;
    }
    let at = weights.len() - weights.len().div_ceil(1_000);
    let (_, &mut high, _) = weights.select_nth_unstable_by(at, f32::total_cmp);
    if high == 0.0 || high >= 0.5 { 1.0 } else { (100.0 * high).ceil() / 100.0 }
}

/// How many tiles of a shape, each with a gap, stand side by side: the fewest that make a picture no higher than wide.
#[must_use]
pub fn columns(tiles: usize, [high, wide]: [usize; 2]) -> usize {
    let is_wide = |columns: &usize| columns * (wide + 1) >= tiles.div_ceil(*columns) * (high + 1);
    (1..=tiles.max(1)).find(is_wide).unwrap_or(tiles.max(1))
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

    /// 196 tiles of MNIST in 14 by 14; rows of 100 inputs one above the other; high ones side by side.
    #[test]
    fn a_map_is_about_as_wide_as_high_whatever_its_tiles_are() {
        let of = [
            columns(196, [28, 28]),
            columns(5, [8, 8]),
            columns(100, [1, 100]),
            columns(9, [100, 1]),
            columns(1, [5, 3]),
        ];
        assert_eq!(of, [14, 3, 2, 9, 1]);
        assert!((1..500).all(|tiles| columns(tiles, [28, 28]).pow(2) >= tiles));
        assert!((1..500).all(|tiles| (columns(tiles, [28, 28]) - 1).pow(2) < tiles));
    }

    #[test]
    fn maps_that_come_nowhere_near_g_max_are_drawn_brighter_and_all_others_are_not() {
        let map = |weights: &[f32]| {
            let npy = spiketime_data::array::written::npy(&[1, weights.len()], weights);
            Weights::from_npy(&npy).unwrap()
        };
        let (dark, light) = (map(&[0.0, 0.001, 0.123]), map(&[0.2, 0.6]));
        let of = [brightest([&dark].into_iter()), brightest([&dark, &light].into_iter())];
        assert_eq!(of, [0.13, 1.0]);
        assert_eq!([brightest([].into_iter()), brightest([&map(&[0.0; 5])].into_iter())], [1.0; 2]);
        // One weight of a thousand stands out and takes the brightest level too.
        let mut outlier = vec![0.1; 2_000];
        outlier[7] = 0.9;
        assert_eq!(brightest([&map(&outlier)].into_iter()), 0.1);
        let (rgb, width) = decoded(&Picture::map(&dark, [1, 3], 0.13));
        let at = |x: usize| rgb[(width + x) * 3..][..3].to_vec();
        assert_eq!((at(1), at(3)), (viridis(0).to_vec(), viridis(240).to_vec()));
    }

    #[test]
    fn the_scale_runs_from_violet_to_yellow_and_the_gap_is_grey() {
        let (dark, light) = ([0_u8; 784], [255_u8; 784]);
        let picture = Picture::mosaic(vec![vec![0; 784], vec![254; 784]], [28, 28], viridis);
        let (rgb, width) = decoded(&picture);
        assert_eq!((width, picture.height), (2 * 29 + 1, 29 + 1));
        let at = |x: usize, y: usize| rgb[(y * width + x) * 3..][..3].to_vec();
        // The ends of matplotlib's viridis: #440154 and #fde725.
        assert_eq!((at(0, 0), at(1, 1), at(30, 1)), (vec![128; 3], vec![68, 1, 84], vec![253, 231, 37]));
        let (rgb, width) = decoded(&Picture::images(&[&dark, &light], [28, 28]));
        assert_eq!((rgb[(width + 1) * 3], rgb[(width + 30) * 3]), (255, 1));
    }
}
