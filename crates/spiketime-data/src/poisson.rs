//! An image as Poisson spikes: one independent process a pixel, rate = pixel / 255 · `rate_max_hz`.
//!
//! The processes of an image are one Poisson process of the summed rate whose spikes choose their
//! pixel in proportion to its rate: the same law at O(1) a spike (superposition and thinning;
//! Kingman 1993, *Poisson Processes*, ch. 2 and 5). Rates are in proportion to whole numbers, so the
//! choice is an urn: every pixel puts in as many tickets as its grey value, a spike draws one.
//! Report §3.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt};
use spiketime_sim::{InputSpike, Time};

use crate::exponential::{BATCH, exponentials};

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
    ///
    /// # Panics
    /// When the image has more than 65 536 pixels.
    pub fn encode(&self, image: &[u8], rng: ChaCha8Rng, spikes: &mut Vec<InputSpike>) {
        spikes.clear();
        let mut drawing = self.begin(image, rng);
        while drawing.draw(spikes) {}
        drawing.sort(spikes);
    }

    /// The same spikes, to be drawn a batch at a time.
    ///
    /// # Panics
    /// When the image has more than 65 536 pixels.
    #[must_use]
    pub fn begin(&self, image: &[u8], rng: ChaCha8Rng) -> Drawing {
        let urn = Urn::new(image);
        let rate_hz = f64::from(urn.count) / 255.0 * self.rate_max_hz;
        let last_ms = if rate_hz == 0.0 { self.duration_ms } else { 0.0 };
        let (mean_ms, duration_ms, has_ties) = (1000.0 / rate_hz, self.duration_ms, false);
        Drawing { urn, rng, last_ms, mean_ms, duration_ms, has_ties }
    }
}

/// An image whose spikes are drawn so far.
#[derive(Debug)]
pub struct Drawing {
    urn: Urn,
    rng: ChaCha8Rng,
    /// Up to here.
    last_ms: f64,
    /// Between two spikes.
    mean_ms: f64,
    duration_ms: f64,
    /// Might two spikes be at the same f64 time?
    has_ties: bool,
}

impl Drawing {
    /// Adds a batch of spikes, sorted by time; false where none are left.
    pub fn draw(&mut self, spikes: &mut Vec<InputSpike>) -> bool {
        if self.last_ms >= self.duration_ms {
            return false;
        }
        let (mut words, mut times_ms, mut draws) = ([0; BATCH], [0.0; BATCH], [0; BATCH]);
        self.rng.fill(&mut words);
        exponentials(&words, &mut times_ms);
        let before_ms = self.last_ms;
        self.last_ms = arrivals(&mut times_ms, before_ms, self.mean_ms);
        self.has_ties |= before_ms == times_ms[0] || has_ties(&times_ms);
        self.rng.fill(&mut draws);
        let within = times_ms.partition_point(|&at_ms| at_ms < self.duration_ms);
        let tickets = self.urn.tickets(&draws, &mut self.rng);
        spikes.extend(
            times_ms[..within].iter().zip(tickets).map(|(&at_ms, ticket)| InputSpike {
                at: Time::from_ms(at_ms),
                source: self.urn.pixel(ticket),
            }),
        );
        true
    }

    /// Sorts spikes that it has drawn by time, then source.
    pub fn sort(&self, spikes: &mut [InputSpike]) {
        // They came by time.
        if self.has_ties {
            spikes.sort_unstable();
        }
    }
}

fn has_ties(times_ms: &[f64; BATCH]) -> bool {
    // Without an end before the end, so that it is vector code.
    times_ms.windows(2).fold(false, |ties, pair| ties | (pair[0] == pair[1]))
}

/// Intervals of mean 1 become times: each is `mean_ms` times as long, the first begins at `last_ms`.
/// Returns the last time. Four at a time: one addition waits for another only every fourth.
fn arrivals(intervals: &mut [f64; BATCH], mut last_ms: f64, mean_ms: f64) -> f64 {
    for four in intervals.as_chunks_mut::<4>().0 {
        let [a, b, c, d] = four.map(|interval| interval * mean_ms);
        *four = [last_ms + a, last_ms + (a + b), last_ms + (a + b + c), last_ms + (a + b + (c + d))];
        last_ms = four[3];
    }
    last_ms
}

/// One ticket for every unit of grey, in the order of the pixels: who holds which is looked up in a
/// table with one entry for [`SECTION`] tickets, small enough for the nearest cache.
#[derive(Debug)]
struct Urn {
    /// How many tickets.
    count: u32,
    /// Draws whose lower half lies below this are drawn again: 2^32 is no multiple of the tickets.
    surplus: u32,
    /// Of each section, who holds its first ticket: a place in `lit`.
    sections: Vec<u16>,
    /// The pixels that hold tickets, and the ticket after their last.
    lit: Vec<(u32, u16)>,
}

/// Tickets in a section: the tickets of a pixel begin at most 16 sections.
const SECTION: u32 = 16;

impl Urn {
    fn new(image: &[u8]) -> Urn {
        assert!(image.len() <= 1 << 16, "{} pixels: a ticket has 16 bits", image.len());
        let count: u32 = image.iter().map(|&grey| u32::from(grey)).sum();
        let mut sections = vec![0; count.div_ceil(SECTION) as usize + 16];
        let mut lit = vec![(0, 0); image.len() + 1];
        let (mut end, mut place) = (0_u32, 0);
        // The same few writes for every pixel, without a branch: what is too much, the next ones overwrite.
        for (pixel, &grey) in image.iter().enumerate() {
            sections[end.div_ceil(SECTION) as usize..][..16].fill(place as u16);
            end += u32::from(grey);
            lit[place] = (end, pixel as u16);
            place += usize::from(grey > 0);
        }
        Urn { count, surplus: count.wrapping_neg().checked_rem(count).unwrap_or(0), sections, lit }
    }

    /// Tickets drawn at random, each with exactly the same probability.
    ///
    /// Lemire 2019, *Fast Random Integer Generation in an Interval*, algorithm 5.
    fn tickets(&self, draws: &[u32; BATCH], rng: &mut ChaCha8Rng) -> [u32; BATCH] {
        let product = |draw: u32| u64::from(draw) * u64::from(self.count);
        let mut tickets = [0; BATCH];
        let mut again = false;
        for (ticket, &draw) in tickets.iter_mut().zip(draws) {
            *ticket = (product(draw) >> 32) as u32;
            again |= (product(draw) as u32) < self.surplus;
        }
        if again {
            for (ticket, &draw) in tickets.iter_mut().zip(draws) {
                let mut draw = draw;
                while (product(draw) as u32) < self.surplus {
                    draw = rng.next_u32();
                }
                *ticket = (product(draw) >> 32) as u32;
            }
        }
        tickets
    }

    /// Who holds a ticket.
    #[inline(always)]
    fn pixel(&self, ticket: u32) -> u32 {
        let mut place = usize::from(self.sections[(ticket / SECTION) as usize]);
        // One step without a branch: few sections have a third pixel, and which do is easy to guess.
        place += usize::from(self.lit[place].0 <= ticket);
        while self.lit[place].0 <= ticket {
            place += 1;
        }
        u32::from(self.lit[place].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};
    use statrs::distribution::{ChiSquared, ContinuousCDF};

    const REPORT: PoissonInput = PoissonInput { rate_max_hz: 50.0, duration_ms: 250.0 };
    /// How often a right encoder may fail one of the tests of the law: the streams are fixed, so a
    /// right one passes always or never. Wrong ones were at 1e-9 and below.
    const LEVEL: f64 = 1e-3;

    fn encoded(image: &[u8], index: u64) -> Vec<InputSpike> {
        let mut spikes = Vec::new();
        REPORT.encode(image, stream(1, Purpose::TrainSpikes, index), &mut spikes);
        spikes
    }

    /// All greys from 0 to 255, dark pixels between them.
    fn image() -> Vec<u8> {
        (0..784).map(|pixel| if pixel % 3 == 0 { (pixel / 3) as u8 } else { 0 }).collect()
    }

    /// λ of the number of spikes of a grey value in one presentation.
    fn expected(grey: u8) -> f64 {
        f64::from(grey) / 255.0 * 50.0 * 0.25
    }

    /// Two-sided probability of a χ² as far out as this.
    fn p_value(chi_square: f64, degrees: f64) -> f64 {
        let below = ChiSquared::new(degrees).expect("some degrees").cdf(chi_square);
        2.0 * below.min(1.0 - below)
    }

    #[test]
    fn value_stability_of_the_spikes() {
        let spikes = encoded(&[0, 255, 10, 255], 0);
        assert_eq!(spikes.len(), 22);
        assert_eq!((spikes[0].at.ms(), spikes[0].source), (12.590_249_498_312_536, 1));
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
        let spikes = encoded(&image(), 7);
        assert!(spikes.is_sorted());
        assert!(spikes.iter().all(|s| s.source % 3 == 0 && (0.0..250.0).contains(&s.at.ms())));
    }

    /// 2^32 = 3 · 1 431 655 765 + 1: one draw is too many, and it is the first.
    #[test]
    fn a_draw_in_the_surplus_is_drawn_again() {
        let urn = Urn::new(&[1, 1, 1]);
        let rng = || stream(1, Purpose::TrainSpikes, 4);
        let first = rng().next_u32();
        let drawn = |draw: u32, rng: &mut ChaCha8Rng| urn.pixel(urn.tickets(&[draw; BATCH], rng)[0]);
        let mut unused = rng();
        assert_ne!(drawn(first, &mut unused), 0);
        assert_eq!(drawn(1, &mut unused), 0);
        assert_eq!(unused, rng());
        assert_eq!(drawn(0, &mut rng()), drawn(first, &mut unused));
    }

    /// Against tickets written out one by one: every grey, dark pixels, many pixels within one section.
    #[test]
    fn every_ticket_is_held_by_the_pixel_that_put_it_in() {
        let dim: Vec<u8> = (0..300).map(|pixel| pixel as u8 % 4).collect();
        for image in [image(), dim, vec![255; 3], vec![0, 0, 1, 0], (0..=255).rev().collect()] {
            let urn = Urn::new(&image);
            let held = (0_u32..).zip(&image).flat_map(|(pixel, &grey)| vec![pixel; usize::from(grey)]);
            let held: Vec<u32> = held.collect();
            assert!((0..urn.count).map(|ticket| urn.pixel(ticket)).eq(held));
        }
    }

    #[test]
    fn the_number_of_spikes_has_the_mean_and_the_variance_of_poisson() {
        let lambda: f64 = image().iter().map(|&grey| expected(grey)).sum();
        let counts: Vec<f64> = (0..2_000).map(|index| encoded(&image(), index).len() as f64).collect();
        let total: f64 = counts.iter().sum();
        let z = (total - lambda * 2_000.0) / (lambda * 2_000.0).sqrt();
        assert!(p_value(z * z, 1.0) > LEVEL, "mean off by {z} standard errors");
        let dispersion = counts.iter().map(|count| (count - lambda).powi(2) / lambda).sum();
        assert!(p_value(dispersion, 2_000.0) > LEVEL, "χ² of dispersion {dispersion} for 2000");
    }

    #[test]
    fn every_pixel_gets_its_share() {
        let mut counts = [0.0; 784];
        for index in 0..2_000 {
            encoded(&image(), index).iter().for_each(|spike| counts[spike.source as usize] += 1.0);
        }
        let (mut chi_square, mut lit) = (0.0, 0.0);
        for (&grey, count) in image().iter().zip(counts).filter(|&(&grey, _)| grey > 0) {
            let lambda = 2_000.0 * expected(grey);
            chi_square += (count - lambda) * (count - lambda) / lambda;
            lit += 1.0;
        }
        assert!(p_value(chi_square, lit) > LEVEL, "χ² {chi_square} for {lit} pixels");
    }

    /// Presentations laid end to end are one process without end. Kolmogorov and Smirnov: √n · the
    /// largest distance stays below 1.95 in 999 of 1 000 cases.
    #[test]
    fn intervals_are_exponential_of_one_pixel_and_of_the_whole_image() {
        let image = image();
        let whole: f64 = image.iter().map(|&grey| expected(grey)).sum();
        for (only, lambda) in [(None, whole), (Some(765), expected(255)), (Some(300), expected(100))] {
            let (mut last_ms, mut shares) = (0.0, Vec::new());
            for index in 0..2_000 {
                let onset_ms = 250.0 * index as f64;
                for spike in encoded(&image, index).iter().filter(|s| only.is_none_or(|p| p == s.source)) {
                    let at_ms = onset_ms + spike.at.ms();
                    shares.push(-(-(at_ms - last_ms) * lambda / 250.0).exp_m1());
                    last_ms = at_ms;
                }
            }
            shares.sort_by(f64::total_cmp);
            let count = shares.len() as f64;
            let distances =
                shares.iter().enumerate().map(|(rank, share)| (share - rank as f64 / count).abs());
            let largest = distances.fold(0.0, f64::max) * count.sqrt();
            assert!(largest < 1.95, "pixel {only:?}: {largest} for {count} intervals");
        }
    }
}
