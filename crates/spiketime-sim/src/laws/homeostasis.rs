//! Homeostasis: between images thresholds move toward equal shares of the output spikes.
//!
//! ```text
//! m ← m + (S − m)/M                     S: output spikes of this image, of all neurons; m = 1 at the start
//! θ_j ← θ_j + g (s_j − m/N)             s_j: those of neuron j; then clip θ to [lowest, highest]
//! ```
//!
//! m is the running mean of output spikes an image, this one included: exactly 1 for ever where each image has one.
//! θ raises the threshold by its own part, T₀ (1 + θ). A virgin neuron, which has never spiked, stands at a θ of its
//! own, usually a low one, and does not move; its first spike puts θ to 0. The adaptive threshold of Diehl & Cook 2015
//! (Front. Comput. Neurosci. 9:99) serves the same end within images; the move to equal shares is our own law.

use crate::laws::annealing::Annealed;

/// What the end of an image does to the thresholds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Homeostasis {
    /// g, by the fraction of training that is done.
    pub gain: Annealed,
    /// M: over how many images the mean runs.
    pub mean_images: f64,
    /// No θ lies below this, which lies above −1.
    pub lowest: f64,
    /// No θ lies above this.
    pub highest: f64,
    /// θ of a neuron that has never spiked; `None`: it begins at 0 and moves as all do.
    pub virgin: Option<f64>,
}

impl Homeostasis {
    /// m after an image with this many output spikes.
    #[must_use]
    pub fn mean_after(&self, mean: f64, spikes: u32) -> f64 {
        mean + (f64::from(spikes) - mean) / self.mean_images
    }

    /// θ after an image in which the neuron spiked so often; `gain` is g, `share` m/N.
    #[inline(always)]
    #[must_use]
    pub fn moved(&self, theta: f64, gain: f64, spikes: u32, share: f64) -> f64 {
        (theta + gain * (f64::from(spikes) - share)).clamp(self.lowest, self.highest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Homeostasis = Homeostasis {
        gain: Annealed { start: 0.5, factor: 1.0 },
        mean_images: 4.0,
        lowest: -0.75,
        highest: 1.0,
        virgin: None,
    };

    #[test]
    fn one_spike_an_image_is_a_mean_of_exactly_one_and_others_draw_it_by_their_part() {
        assert_eq!(RULE.mean_after(1.0, 1), 1.0);
        assert_eq!(RULE.mean_after(1.0, 5), 2.0);
    }

    #[test]
    fn a_neuron_with_its_share_stays_and_the_others_move_apart_from_it_within_bounds() {
        assert_eq!([0, 1, 2].map(|spikes| RULE.moved(0.25, 0.5, spikes, 1.0)), [-0.25, 0.25, 0.75]);
        assert_eq!([RULE.moved(-0.5, 0.5, 0, 1.0), RULE.moved(0.75, 0.5, 9, 1.0)], [-0.75, 1.0]);
    }
}
