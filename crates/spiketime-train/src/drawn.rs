//! The input spikes of the last presentations: drawn once for all who show them.
//!
//! Streams are addressed by (seed, purpose, image), so all conditions of a seed that share data set and encoder see the
//! same input spikes. Whoever shows a presentation first draws it; the others find it here.

use spiketime_data::poisson::Drawing;
use spiketime_data::{Encoder, Purpose, Stimulus, stream};
use spiketime_sim::{Decays, InputSpike};

/// How many batches of input spikes are drawn at a time where an image may end early.
const BATCHES: usize = 2;

/// Which input spikes. Of which images they are is agreed by those who share them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Address {
    pub seed: u64,
    pub purpose: Purpose,
    pub index: u64,
    pub encoder: Encoder,
}

/// The last presentations of some number.
#[derive(Debug)]
pub struct Drawn {
    presentations: Vec<Presentation>,
    is_shared: bool,
}

impl Drawn {
    /// For one alone, who shows nothing twice.
    pub(crate) fn alone() -> Drawn {
        Drawn { presentations: vec![Presentation::default()], is_shared: false }
    }

    /// The last so many, for some who show the same images of the same seed ([`crate::present::Presenter::sharing`]).
    #[must_use]
    pub fn shared(presentations: usize) -> Drawn {
        let presentations = (0..presentations).map(|_| Presentation::default()).collect();
        Drawn { presentations, is_shared: true }
    }

    /// What is shown as the so-manieth of a pass; nothing of it is drawn yet if nobody has shown it.
    pub(crate) fn presentation(
        &mut self,
        shown: u64,
        address: Address,
        stimulus: Stimulus,
    ) -> &mut Presentation {
        let place = (shown % self.presentations.len() as u64) as usize;
        let kept = &mut self.presentations[place];
        if !self.is_shared || kept.address != Some(address) {
            kept.begin(address, stimulus);
        }
        kept
    }
}

/// Input spikes as far as they are drawn.
#[derive(Debug, Default)]
pub(crate) struct Presentation {
    address: Option<Address>,
    /// What draws the rest; `None` where nothing is left.
    drawing: Option<Drawing>,
    spikes: Vec<InputSpike>,
    /// So many of them are known with all others of their instants.
    whole: usize,
    /// Between all of them, under the time constant that was asked for last.
    decays: Option<Decays>,
}

impl Presentation {
    fn begin(&mut self, address: Address, stimulus: Stimulus) {
        let rng = stream(address.seed, address.purpose, address.index);
        self.address = Some(address);
        self.spikes.clear();
        self.whole = 0;
        (self.drawing, self.decays) = (None, None);
        match stimulus {
            Stimulus::Image(image) => self.drawing = Some(address.encoder.of(image).begin(image, rng)),
            events @ Stimulus::Events { .. } => {
                events.encode(&address.encoder, rng, &mut self.spikes);
                self.whole = self.spikes.len();
            }
        }
    }

    /// Those of whole instants that are drawn.
    pub fn known(&self) -> &[InputSpike] {
        &self.spikes[..self.whole]
    }

    /// Draws some more; false where there are none.
    pub fn draw(&mut self) -> bool {
        let Some(drawing) = &mut self.drawing else { return false };
        let is_last = !(0..BATCHES).all(|_| drawing.draw(&mut self.spikes));
        let last = self.spikes.last().map(|spike| spike.at);
        // Spikes of one instant are presented together, by source: the last instant may have more.
        let is_whole = |spike: &InputSpike| is_last || Some(spike.at) < last;
        let whole = self.whole + self.spikes[self.whole..].partition_point(is_whole);
        drawing.sort(&mut self.spikes[self.whole..whole]);
        self.whole = whole;
        if is_last {
            self.drawing = None;
        }
        true
    }

    /// All of them, and what a potential of this time constant decays by in between.
    pub fn all(&mut self, tau_ms: f64) -> (&[InputSpike], &Decays) {
        while self.draw() {}
        let decays = self.decays.take().filter(|decays| decays.tau_ms() == tau_ms);
        let decays = decays.unwrap_or_else(|| Decays::between(&self.spikes, tau_ms));
        (&self.spikes, self.decays.insert(decays))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spiketime_data::ImageGain;
    use spiketime_data::poisson::PoissonInput;

    const IMAGE: [u8; 4] = [0, 255, 10, 255];

    fn address(index: u64, rate_max_hz: f64) -> Address {
        let input = PoissonInput { rate_max_hz, duration_ms: 250.0 };
        Address {
            seed: 1,
            purpose: Purpose::TrainSpikes,
            index,
            encoder: Encoder { input, gain: ImageGain::None },
        }
    }

    fn spikes(drawn: &mut Drawn, shown: u64, address: Address, image: &[u8]) -> Vec<InputSpike> {
        drawn.presentation(shown, address, Stimulus::Image(image)).all(20.0).0.to_vec()
    }

    fn encoded(address: Address, image: &[u8]) -> Vec<InputSpike> {
        let mut spikes = Vec::new();
        let rng = stream(address.seed, address.purpose, address.index);
        address.encoder.input.encode(image, rng, &mut spikes);
        spikes
    }

    #[test]
    fn what_was_drawn_is_found_again_until_as_many_others_were() {
        let (here, mut drawn) = (address(0, 50.0), Drawn::shared(2));
        let first = spikes(&mut drawn, 0, here, &IMAGE);
        assert_eq!(first, encoded(here, &IMAGE));
        // Another image at the same address would be an error of the caller's: it shows that nothing is drawn.
        assert_eq!(spikes(&mut drawn, 0, here, &[255; 4]), first);
        spikes(&mut drawn, 1, address(1, 50.0), &IMAGE);
        assert_eq!(spikes(&mut drawn, 0, here, &[255; 4]), first);
        spikes(&mut drawn, 2, address(2, 50.0), &IMAGE);
        assert_eq!(spikes(&mut drawn, 0, here, &[255; 4]), encoded(here, &[255; 4]));
    }

    #[test]
    fn another_encoder_or_nobody_to_share_with_draws_anew() {
        let (here, louder, mut drawn) = (address(0, 50.0), address(0, 80.0), Drawn::shared(2));
        spikes(&mut drawn, 0, here, &IMAGE);
        assert_eq!(spikes(&mut drawn, 0, louder, &IMAGE), encoded(louder, &IMAGE));
        let mut alone = Drawn::alone();
        spikes(&mut alone, 0, here, &IMAGE);
        assert_eq!(spikes(&mut alone, 0, here, &[255; 4]), encoded(here, &[255; 4]));
    }

    #[test]
    fn drawn_in_pieces_or_at_once_they_are_the_same_and_pieces_end_between_instants() {
        let (here, mut drawn) = (address(7, 4_000.0), Drawn::shared(1));
        let presentation = drawn.presentation(0, here, Stimulus::Image(&IMAGE));
        let mut pieces = 0;
        while presentation.draw() {
            pieces += 1;
            let known = presentation.known().len();
            assert!(
                known == presentation.spikes.len()
                    || presentation.spikes[known].at > presentation.known()[known - 1].at
            );
        }
        assert!(pieces > 5, "{pieces} pieces");
        assert_eq!(presentation.known(), encoded(here, &IMAGE));
    }

    #[test]
    fn decays_are_those_of_the_time_constant_that_is_asked_for() {
        let (here, mut drawn) = (address(0, 50.0), Drawn::shared(1));
        let presentation = drawn.presentation(0, here, Stimulus::Image(&IMAGE));
        for tau_ms in [20.0, 30.0, 20.0, f64::INFINITY] {
            assert_eq!(presentation.all(tau_ms).1.tau_ms(), tau_ms);
        }
    }
}
