//! An image as Poisson spikes: one independent process a pixel, rate = pixel / 255 · `rate_max_hz`.
//!
//! The processes of an image are one Poisson process of the summed rate whose spikes choose their
//! pixel in proportion to its rate: the same law at O(1) a spike (superposition and thinning;
//! Kingman 1993, *Poisson Processes*, ch. 2 and 5). Report §3.

use rand::rngs::ChaCha8Rng;
use rand_distr::weighted::WeightedAliasIndex;
use rand_distr::{Distribution, Exp1};
use spiketime_sim::{InputSpike, Time};

/// How images become spikes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PoissonInput {
    /// Rate of a pixel of value 255 \[Hz\].
    pub rate_max_hz: f64,
    /// Spikes lie in [0, `duration_ms`) \[ms\].
    pub duration_ms: f64,
}

impl PoissonInput {
    /// Replaces `spikes` by those of `image`, sorted by time, then source. A dark image gives none.
    pub fn encode(&self, image: &[u8], mut rng: ChaCha8Rng, spikes: &mut Vec<InputSpike>) {
        spikes.clear();
        let lit: Vec<u32> = (0..image.len() as u32).filter(|&pixel| image[pixel as usize] > 0).collect();
        let values: Vec<u32> = lit.iter().map(|&pixel| u32::from(image[pixel as usize])).collect();
        let rate_hz = f64::from(values.iter().sum::<u32>()) / 255.0 * self.rate_max_hz;
        if rate_hz == 0.0 {
            return;
        }
        let choose = WeightedAliasIndex::new(values).expect("at least one weight is above 0");
        let mean_interval_ms = 1000.0 / rate_hz;
        let mut at_ms = interval_ms(&mut rng, mean_interval_ms);
        while at_ms < self.duration_ms {
            let source = lit[choose.sample(&mut rng)];
            spikes.push(InputSpike { at: Time::from_ms(at_ms), source });
            at_ms += interval_ms(&mut rng, mean_interval_ms);
        }
        if !spikes.is_sorted() {
            spikes.sort_unstable(); // Two spikes at the same f64 time: then by source.
        }
    }
}

fn interval_ms(rng: &mut ChaCha8Rng, mean_ms: f64) -> f64 {
    let unit: f64 = Exp1.sample(rng);
    unit * mean_ms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};

    const REPORT: PoissonInput = PoissonInput { rate_max_hz: 50.0, duration_ms: 250.0 };

    fn encoded(image: &[u8], index: u64) -> Vec<InputSpike> {
        let mut spikes = Vec::new();
        REPORT.encode(image, stream(1, Purpose::TrainSpikes, index), &mut spikes);
        spikes
    }

    #[test]
    fn value_stability_of_the_spikes() {
        let spikes = encoded(&[0, 255, 10, 255], 0);
        assert_eq!(spikes.len(), 20);
        assert_eq!((spikes[0].at.ms(), spikes[0].source), (0.438_457_254_098_769_84, 1));
    }

    #[test]
    fn a_dark_image_and_a_rate_of_zero_give_no_spikes() {
        assert_eq!(encoded(&[0; 784], 0), []);
        let silent = PoissonInput { rate_max_hz: 0.0, ..REPORT };
        let mut spikes = encoded(&[255; 4], 0);
        silent.encode(&[255; 4], stream(1, Purpose::TrainSpikes, 0), &mut spikes);
        assert_eq!(spikes, []);
    }

    #[test]
    fn spikes_are_sorted_lit_and_within_the_presentation() {
        let image: Vec<u8> = (0..784).map(|pixel| if pixel % 3 == 0 { 200 } else { 0 }).collect();
        let spikes = encoded(&image, 7);
        assert!(spikes.is_sorted());
        assert!(spikes.iter().all(|s| s.source % 3 == 0 && (0.0..250.0).contains(&s.at.ms())));
    }
}
