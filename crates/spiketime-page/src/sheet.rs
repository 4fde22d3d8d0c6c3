//! Maps side by side on white, each under its name, with one bar of colours from 0 to g_max: SVG and PNG.
//!
//! Names and bar are drawn once, as one scene of the plotting library (it has a font of its own), and the
//! maps are laid into its gaps: as images in the SVG, pixel by pixel in the PNG.

use kuva::RasterBackend;
use kuva::backend::svg::SvgBackend;
use kuva::render::color::Color;
use kuva::render::render::{Primitive, Scene, TextAnchor};

use crate::picture::{Picture, viridis};

/// White at every side and between two maps \[px\].
const GAP: usize = 20;
/// Room for the names \[px\].
const HEAD: usize = 34;
/// Room for the bar and its values \[px\].
const BAR: usize = 165;
/// A map is never lower, so that the bar's values stand apart \[px\].
const LEAST: usize = 150;
/// Pixels of the PNG by pixel of the SVG.
const FINE: usize = 2;

/// Maps with their names, and the part of g_max that is brightest; the scale is that of the report, g_max = 100 nS.
pub struct Sheet<'a>(pub &'a [(String, Picture)], pub f32);

impl Sheet<'_> {
    fn height(&self) -> usize {
        self.0.iter().map(|(_, picture)| picture.height).max().unwrap_or(0).max(LEAST)
    }

    /// A column is as wide as its map or its name.
    fn columns(&self) -> Vec<usize> {
        let width = |(name, picture): &(String, Picture)| picture.width.max(8 * name.chars().count());
        self.0.iter().map(width).collect()
    }

    fn size(&self) -> (usize, usize) {
        let maps: usize = self.columns().iter().map(|width| width + GAP).sum();
        (GAP + maps + BAR, HEAD + self.height() + GAP)
    }

    /// The left edge of every map, and of the bar.
    fn lefts(&self) -> Vec<usize> {
        let mut left = GAP;
        let next = self.columns().into_iter().map(|width| {
            left += width + GAP;
            left
        });
        std::iter::once(GAP).chain(next).collect()
    }

    fn scene(&self) -> Scene {
        let (width, height) = self.size();
        let mut scene = Scene::new(width as f64, height as f64);
        for ((name, _), &left) in self.0.iter().zip(&self.lefts()) {
            scene.add(text(left as f64, HEAD as f64 - 12.0, name.clone()));
        }
        let left = self.lefts().last().copied().unwrap_or(GAP) as f64;
        let step = self.height() as f64 / 255.0;
        for level in 0..=254_u8 {
            let y = HEAD as f64 + step * f64::from(254 - level);
            scene.add(rectangle(left, y, step, viridis(level)));
        }
        let part = |percent: f32| format!("{} nS", (10.0 * percent * self.1).round() / 10.0);
        let top = if self.1 < 1.0 { part(100.0) } else { "100 nS = g_max".to_owned() };
        for (share, told) in [(1.0, top), (0.5, part(50.0)), (0.0, part(0.0))] {
            let y = HEAD as f64 + (1.0 - share) * (self.height() as f64 - 11.0) + 11.0;
            scene.add(text(left + 22.0, y, told));
        }
        scene
    }

    /// As SVG.
    #[must_use]
    pub fn svg(&self) -> String {
        let svg = SvgBackend.render_scene(&self.scene());
        let image = |((_, picture), left): (&(String, Picture), usize)| {
            format!(
                "<image x=\"{left}\" y=\"{HEAD}\" width=\"{}\" height=\"{}\" \
                 image-rendering=\"optimizeSpeed\" href=\"{}\"/>",
                picture.width,
                picture.height,
                picture.address()
            )
        };
        let images: String = self.0.iter().zip(self.lefts()).map(image).collect();
        svg.replacen("</svg>", &(images + "</svg>"), 1)
    }

    /// As a PNG file, twice as fine; `None` when the library cannot draw the names.
    #[must_use]
    pub fn png(&self) -> Option<Vec<u8>> {
        let drawn = RasterBackend { scale: FINE as f32 }.render_scene(&self.scene()).ok()?;
        let (mut pixels, width, height) = decoded(&drawn)?;
        for ((_, picture), left) in self.0.iter().zip(self.lefts()) {
            for (y, row) in picture.rows().enumerate() {
                let wide: Vec<u8> = row.chunks_exact(3).flat_map(|pixel| pixel.repeat(FINE)).collect();
                for line in FINE * (HEAD + y)..FINE * (HEAD + y + 1) {
                    pixels[3 * (line * width + FINE * left)..][..wide.len()].copy_from_slice(&wide);
                }
            }
        }
        encoded(&pixels, width, height)
    }
}

fn text(x: f64, y: f64, content: String) -> Primitive {
    let (anchor, color) = (TextAnchor::Start, Some(Color::Rgb(34, 34, 34)));
    Primitive::Text { x, y, content, size: 14, anchor, rotate: None, bold: false, color }
}

fn rectangle(x: f64, y: f64, height: f64, [r, g, b]: [u8; 3]) -> Primitive {
    // A little higher than its step, so that no white shows between two of them.
    let (fill, height) = (Color::Rgb(r, g, b), height + 0.5);
    Primitive::Rect { x, y, width: 14.0, height, fill, stroke: None, stroke_width: None, opacity: None }
}

/// Red, green and blue of a PNG, its width and height.
fn decoded(bytes: &[u8]) -> Option<(Vec<u8>, usize, usize)> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut pixels).ok()?;
    let channels = info.color_type.samples();
    let rgb = pixels.chunks_exact(channels).flat_map(|pixel| pixel.iter().take(3).copied()).collect();
    Some((rgb, info.width as usize, info.height as usize))
}

fn encoded(rgb: &[u8], width: usize, height: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(rgb).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_shows_the_maps_unchanged_and_the_values_of_the_bar() {
        let tiles = |level| vec![level; 784];
        let maps = [
            ("dark".to_owned(), Picture::images(&[&tiles(254)], [28, 28])),
            ("a name longer than its map".to_owned(), Picture::images(&[&tiles(0)], [28, 28])),
        ];
        let sheet = Sheet(&maps, 1.0);
        let svg = sheet.svg();
        for told in ["dark", "a name longer than its map", "100 nS = g_max", "50 nS", "0 nS"] {
            assert!(svg.contains(&format!(">{told}<")), "{told}");
        }
        assert_eq!(svg.matches("<image ").count(), 2);
        let (rgb, width, height) = decoded(&sheet.png().unwrap()).unwrap();
        assert_eq!((width, height), (FINE * sheet.size().0, FINE * sheet.size().1));
        let at = |x: usize, y: usize| rgb[3 * (FINE * y * width + FINE * x)..][..3].to_vec();
        let lefts = sheet.lefts();
        assert_eq!((at(lefts[0] + 5, HEAD + 5), at(lefts[1] + 5, HEAD + 5)), (vec![1; 3], vec![255; 3]));
        // The bar's ends, but for the mixing of neighbours where a step is less than a pixel.
        let near = |x: &[u8], y: [u8; 3]| x.iter().zip(y).all(|(&x, y)| x.abs_diff(y) < 6);
        assert!(near(&at(lefts[2] + 5, HEAD + 1), [253, 231, 37]));
        assert!(near(&at(lefts[2] + 5, HEAD + LEAST - 1), [68, 1, 84]));
        // Ink where the words stand, white between the maps.
        let ink = |x: usize| (HEAD..HEAD + 12).any(|y| (x..x + 90).any(|x| at(x, y)[0] < 120));
        assert!(ink(lefts[2] + 22) && at(lefts[0] + 100, HEAD + 100) == vec![255; 3]);
    }
}
