//! What a simulated network did, as a picture: a raster of its spikes, and each population's rate below it.
//!
//! Spikes are taken as they come, and no more is kept than can be seen: neurons are thinned evenly, populations in
//! their order, and a rate has a fixed number of bins.

use std::ops::Range;

use kuva::backend::svg::SvgBackend;
use kuva::plot::scatter::MarkerShape;
use kuva::prelude::{Figure, Layout, LinePlot, Plot, ScatterPlot};
use kuva::{RasterBackend, Theme};
use spiketime_sim::graph::Spike;

use crate::chart::{COLOURS, mark_name, named, theme};

/// Rows of the raster; of more neurons each so many-th is shown.
const ROWS: u32 = 1000;
/// More dots than this are a surface.
const DOTS: usize = 100_000;
/// Of a rate, over the whole time.
const BINS: usize = 200;
/// The whole picture, and its upper part \[px\].
const SIZE: (f64, f64) = (900.0, 420.0);
const RATES_HEIGHT: f64 = 240.0;

/// A network's spikes, to be drawn.
#[derive(Clone, Debug)]
pub struct Activity {
    populations: Vec<(String, Range<u32>)>,
    until_ms: f64,
    /// How long it was in the end \[ms\].
    ended_ms: f64,
    /// Each so many-th neuron is shown.
    step: u32,
    /// When and which neuron, of those that are shown.
    dots: Vec<(f64, u32)>,
    /// Were there more of them than can be seen?
    is_cut: bool,
    /// Spikes of each population and bin.
    counts: Vec<[u64; BINS]>,
}

impl Activity {
    /// Of these populations, whose neurons are consecutive, up to `until_ms`.
    #[must_use]
    pub fn new(populations: &[(String, Range<u32>)], until_ms: f64) -> Activity {
        let neurons = populations.last().map_or(0, |(_, range)| range.end);
        Activity {
            populations: populations.to_vec(),
            until_ms,
            ended_ms: until_ms,
            step: neurons.div_ceil(ROWS).max(1),
            dots: Vec::new(),
            is_cut: false,
            counts: vec![[0; BINS]; populations.len()],
        }
    }

    /// These come next.
    pub fn take(&mut self, spikes: &[Spike]) {
        for &Spike { at, neuron } in spikes {
            let population = self.populations.partition_point(|(_, range)| range.end <= neuron);
            let bin = (at.ms() / self.until_ms * BINS as f64) as usize;
            self.counts[population][bin.min(BINS - 1)] += 1;
            if neuron % self.step == 0 {
                self.is_cut |= self.dots.len() == DOTS;
                if !self.is_cut {
                    self.dots.push((at.ms(), neuron));
                }
            }
        }
    }

    /// It was stopped then: what would have come is not drawn as silence.
    pub fn end(&mut self, ended_ms: f64) {
        self.ended_ms = ended_ms;
    }

    /// What the picture leaves out, in words.
    #[must_use]
    pub fn left_out(&self) -> Option<String> {
        let thinned = (self.step > 1).then(|| format!("one neuron in {}", self.step));
        let cut = self.is_cut.then(|| format!("spikes up to {:.1} ms", self.dots[DOTS - 1].0));
        let told: Vec<String> = thinned.into_iter().chain(cut).collect();
        (!told.is_empty()).then(|| format!("the raster shows {} only", told.join(" and ")))
    }

    /// As SVG.
    #[must_use]
    pub fn svg(&self) -> String {
        SvgBackend.render_scene(&self.figure().render())
    }

    /// As a PNG file, twice as fine; `None` where it cannot be drawn.
    #[must_use]
    pub fn png(&self) -> Option<Vec<u8>> {
        RasterBackend { scale: 2.0 }.render_scene(&self.figure().render()).ok()
    }

    fn figure(&self) -> Figure {
        let (raster, rates) = (self.raster(), self.rates());
        let names = self.populations.iter().enumerate();
        let names = names.map(|(number, (name, _))| mark_name(name, colour(number), MarkerShape::Circle));
        let ink = || theme("#222222", "white");
        let above = self.layout(&raster, ink()).with_y_label("neuron").with_y_axis_min(0.0);
        let below = self.layout(&rates, ink()).with_y_label("rate [Hz]").with_y_axis_min(0.0);
        let below = below.with_x_label("time [ms]");
        Figure::new(2, 1)
            .with_plots(vec![raster, rates])
            .with_layouts(vec![above, named(below, (SIZE.0, RATES_HEIGHT), names.collect())])
            .with_shared_x(0)
            .with_cell_size(SIZE.0, SIZE.1)
            .with_row_height(1, RATES_HEIGHT)
    }

    fn layout(&self, plots: &[Plot], theme: Theme) -> Layout {
        let layout = Layout::auto_from_plots(plots).with_theme(theme).with_tick_size(14);
        layout.with_x_axis_min(0.0).with_x_axis_max(self.ended_ms)
    }

    fn raster(&self) -> Vec<Plot> {
        let populations = self.populations.iter().enumerate();
        let dots = populations.map(|(number, (_, range))| {
            let own = self.dots.iter().filter(|(_, neuron)| range.contains(neuron));
            let own = own.map(|&(at_ms, neuron)| (at_ms, f64::from(neuron)));
            ScatterPlot::new().with_data(own).with_color(colour(number)).with_size(0.8).into()
        });
        dots.collect()
    }

    fn rates(&self) -> Vec<Plot> {
        let bin_ms = self.until_ms / BINS as f64;
        // The last bin of one that was stopped is not whole.
        let whole = (self.ended_ms / bin_ms).round() as usize;
        let populations = self.populations.iter().zip(&self.counts).enumerate();
        let lines = populations.map(|(number, ((_, range), counts))| {
            let hz = 1000.0 / (bin_ms * range.len() as f64);
            let points = counts
                .iter()
                .enumerate()
                .take(whole)
                .map(|(bin, &count)| ((bin as f64 + 0.5) * bin_ms, count as f64 * hz));
            LinePlot::new().with_data(points).with_color(colour(number)).with_stroke_width(1.2).into()
        });
        lines.collect()
    }
}

fn colour(population: usize) -> &'static str {
    COLOURS[population % COLOURS.len()]
}

#[cfg(test)]
mod tests {
    use spiketime_sim::Time;

    use super::*;

    fn spike(at_ms: f64, neuron: u32) -> Spike {
        Spike { at: Time::from_ms(at_ms), neuron }
    }

    #[test]
    fn a_spike_counts_in_its_population_and_bin_and_is_a_dot_where_its_neuron_is_shown() {
        let populations = [("a".to_owned(), 0..2000), ("b".to_owned(), 2000..2001)];
        let mut activity = Activity::new(&populations, 100.0);
        activity.take(&[spike(0.0, 3), spike(0.49, 1999), spike(100.0, 2000)]);
        assert_eq!((activity.counts[0][0], activity.counts[0].iter().sum::<u64>()), (2, 2));
        assert_eq!((activity.counts[1][BINS - 1], activity.counts[1].iter().sum::<u64>()), (1, 1));
        assert_eq!(activity.dots, [(0.0, 3)]); // 2001 neurons: each third.
        assert_eq!(activity.left_out().as_deref(), Some("the raster shows one neuron in 3 only"));
    }

    #[test]
    fn the_picture_has_a_dot_a_spike_and_the_names_of_the_populations() {
        let populations = [("first".to_owned(), 0..2), ("second".to_owned(), 2..3)];
        let mut activity = Activity::new(&populations, 10.0);
        activity.take(&[spike(1.0, 0), spike(2.0, 1), spike(3.0, 2)]);
        let svg = activity.svg();
        assert!(svg.contains("first") && svg.contains("second") && svg.contains("rate [Hz]"), "{svg}");
        assert_eq!(activity.left_out(), None);
        assert!(activity.png().is_some_and(|png| png.starts_with(b"\x89PNG")));
    }
}
