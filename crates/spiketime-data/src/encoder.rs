//! How images become spikes, and in which order they come.
//!
//! ```text
//! rate of pixel i = rate_max · x_i / 255      as it is stored
//!                 = rate_max · x_i / Σ x      of all pixels together rate_max: no image is louder than another
//!                 = rate_max · x_i / √Σ x²    likewise by the Euclidean norm
//! ```
//!
//! The gain of an image is a choice of its own in every study of competitive learning: without it bright images drive
//! more (Rolls & Deco 2002, *Computational Neuroscience of Vision*, ch. 7).

use rand::seq::SliceRandom;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::poisson::PoissonInput;
use crate::random::{Purpose, stream};

/// What the rates of an image are divided by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImageGain {
    /// 255, whatever the image is.
    #[default]
    None,
    /// The sum of its grey values.
    Sum,
    /// Their Euclidean norm.
    Norm,
}

impl ImageGain {
    /// What a grey value of 255 is multiplied by; of a dark image, which has no spikes, 1.
    fn of(self, image: &[u8]) -> f64 {
        let of_all = |power: u32| image.iter().map(|&grey| u64::from(grey).pow(power)).sum::<u64>() as f64;
        let size = match self {
            ImageGain::None => return 1.0,
            ImageGain::Sum => of_all(1),
            ImageGain::Norm => of_all(2).sqrt(),
        };
        if size > 0.0 { 255.0 / size } else { 1.0 }
    }
}

/// How images become spikes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Encoder {
    /// Of an image with a gain of 1.
    pub input: PoissonInput,
    /// The gain of each.
    pub gain: ImageGain,
}

impl Encoder {
    /// How this image becomes spikes.
    #[must_use]
    pub fn of(&self, image: &[u8]) -> PoissonInput {
        PoissonInput { rate_max_hz: self.input.rate_max_hz * self.gain.of(image), ..self.input }
    }
}

/// The order in which training images are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImageOrder {
    /// As the data set has them, in every epoch.
    #[default]
    Stored,
    /// Drawn anew for each epoch.
    Shuffled,
}

/// Which image comes when, for one seed.
#[derive(Clone, Debug)]
pub struct Sequence {
    order: ImageOrder,
    seed: u64,
    images: usize,
    /// The epoch that is drawn, and its images.
    drawn: Option<(usize, Vec<usize>)>,
}

impl Sequence {
    /// Of so many images.
    #[must_use]
    pub fn new(order: ImageOrder, seed: u64, images: usize) -> Sequence {
        Sequence { order, seed, images, drawn: None }
    }

    /// The image of a presentation, both from 0.
    pub fn image(&mut self, presentation: usize) -> usize {
        let (epoch, place) = (presentation / self.images, presentation % self.images);
        if self.order == ImageOrder::Stored {
            return place;
        }
        let (_, images) = match self.drawn.take_if(|(drawn, _)| *drawn == epoch) {
            Some(drawn) => self.drawn.insert(drawn),
            None => self.drawn.insert((epoch, shuffled(self.seed, epoch, self.images))),
        };
        images[place]
    }
}

fn shuffled(seed: u64, epoch: usize, images: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..images).collect();
    order.shuffle(&mut stream(seed, Purpose::ImageOrder, epoch as u64));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(gain: ImageGain, image: &[u8]) -> Vec<f64> {
        let encoder = Encoder { input: PoissonInput { rate_max_hz: 50.0, duration_ms: 1.0 }, gain };
        let rate_hz = encoder.of(image).rate_max_hz;
        image.iter().map(|&grey| rate_hz * f64::from(grey) / 255.0).collect()
    }

    #[test]
    fn a_gain_makes_images_of_one_shape_equally_loud() {
        // 3, 4: the sum is 7, the norm 5. Two roundings of f64.
        let near = |found: Vec<f64>, expected: [f64; 2]| {
            assert!(
                found.iter().zip(expected).all(|(a, b)| (a - b).abs() <= 4.0 * f64::EPSILON * b),
                "{found:?}"
            );
        };
        near(rates(ImageGain::None, &[30, 40]), [50.0 * 30.0 / 255.0, 50.0 * 40.0 / 255.0]);
        for image in [[3, 4], [30, 40], [180, 240]] {
            near(rates(ImageGain::Sum, &image), [50.0 * 3.0 / 7.0, 50.0 * 4.0 / 7.0]);
            near(rates(ImageGain::Norm, &image), [30.0, 40.0]);
        }
        assert_eq!(rates(ImageGain::Norm, &[0, 0]), [0.0, 0.0]);
    }

    #[test]
    fn every_epoch_shows_each_image_once_in_an_order_of_its_own() {
        let mut sequence = Sequence::new(ImageOrder::Shuffled, 1, 50);
        let epochs: Vec<Vec<usize>> =
            (0..3).map(|epoch| (0..50).map(|at| sequence.image(50 * epoch + at)).collect()).collect();
        for epoch in &epochs {
            let mut sorted = epoch.clone();
            sorted.sort_unstable();
            assert!(sorted.into_iter().eq(0..50));
        }
        assert!(epochs[0] != epochs[1] && epochs[1] != epochs[2]);
        // Asked for out of turn, as a run that is gone on with does.
        assert_eq!(Sequence::new(ImageOrder::Shuffled, 1, 50).image(120), epochs[2][20]);
        assert_eq!(Sequence::new(ImageOrder::Stored, 1, 50).image(120), 20);
    }

    #[test]
    fn value_stability_of_the_order() {
        let mut sequence = Sequence::new(ImageOrder::Shuffled, 1, 10);
        let order: Vec<usize> = (0..10).map(|at| sequence.image(at)).collect();
        assert_eq!(order, [2, 4, 0, 3, 6, 7, 9, 5, 8, 1]);
    }
}
