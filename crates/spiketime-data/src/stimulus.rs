//! What is shown to a network: grey values that become Poisson spikes, or the spikes of a sensor as they came.

use rand::rngs::ChaCha8Rng;
use spiketime_sim::{InputSpike, Time};

use crate::encoder::Encoder;

/// One image, or one recording of a sensor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stimulus<'a> {
    /// Grey values, row by row.
    Image(&'a [u8]),
    /// The events of a recording, by time, then input.
    Events {
        /// When \[ms\].
        times_ms: &'a [f64],
        /// Where.
        inputs: &'a [u32],
    },
}

impl<'a> Stimulus<'a> {
    /// Replaces `spikes` by its own, sorted by time, then source. The dice are for images alone: events are what
    /// they are, and those at or beyond the end of the presentation are not shown.
    pub fn encode(self, encoder: &Encoder, rng: ChaCha8Rng, spikes: &mut Vec<InputSpike>) {
        match self {
            Stimulus::Image(image) => encoder.of(image).encode(image, rng, spikes),
            Stimulus::Events { times_ms, inputs } => {
                spikes.clear();
                let shown = times_ms.partition_point(|&at_ms| at_ms < encoder.input.duration_ms);
                let events = times_ms[..shown].iter().zip(inputs);
                spikes
                    .extend(events.map(|(&at_ms, &source)| InputSpike { at: Time::from_ms(at_ms), source }));
            }
        }
    }

    /// Its grey values, if it is an image.
    #[must_use]
    pub fn image(self) -> Option<&'a [u8]> {
        match self {
            Stimulus::Image(image) => Some(image),
            Stimulus::Events { .. } => None,
        }
    }

    /// What a person sees of it, 0 to 255 an input: the grey values, or the events counted, the most frequent white.
    #[must_use]
    pub fn picture(self, inputs: usize) -> Vec<u8> {
        match self {
            Stimulus::Image(image) => image.to_vec(),
            Stimulus::Events { inputs: sources, .. } => {
                let mut counts = vec![0_u64; inputs];
                sources.iter().for_each(|&source| counts[source as usize] += 1);
                let most = counts.iter().copied().max().unwrap_or(0).max(1);
                counts.into_iter().map(|count| (count * 255 / most) as u8).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::ImageGain;
    use crate::poisson::PoissonInput;
    use crate::random::{Purpose, stream};

    #[test]
    fn events_are_shown_as_they_came_up_to_the_end_of_the_presentation() {
        let events = Stimulus::Events { times_ms: &[0.0, 1.5, 1.5, 10.0], inputs: &[3, 0, 2, 1] };
        let input = PoissonInput { rate_max_hz: 50.0, duration_ms: 10.0 };
        let (mut spikes, encoder) = (Vec::new(), Encoder { input, gain: ImageGain::None });
        events.encode(&encoder, stream(1, Purpose::TrainSpikes, 0), &mut spikes);
        let shown: Vec<(f64, u32)> = spikes.iter().map(|spike| (spike.at.ms(), spike.source)).collect();
        assert_eq!(shown, [(0.0, 3), (1.5, 0), (1.5, 2)]);
        assert!(spikes.is_sorted());
    }

    #[test]
    fn the_input_with_most_events_is_white() {
        let events = Stimulus::Events { times_ms: &[0.0, 1.0, 2.0], inputs: &[1, 1, 0] };
        assert_eq!(events.picture(3), [127, 255, 0]);
        assert_eq!(Stimulus::Events { times_ms: &[], inputs: &[] }.picture(2), [0, 0]);
    }
}
