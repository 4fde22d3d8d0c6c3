//! Every law fitted to one direction under either noise, and the one that the AIC chooses.

use crate::kind::LawKind;
use crate::least_squares::{Fit, Sample, formula};
use crate::likelihood::Noise;
use crate::points::points;

/// Fits of one direction.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// One a law, under the noise that fits it better; without those that there are too few readings for.
    pub fits: Vec<(LawKind, Fit)>,
    /// The number of the best.
    pub best: usize,
}

impl Choice {
    /// Of a direction, or `None` where there are too few readings for any law.
    pub fn of(sample: Sample) -> Option<Choice> {
        let formulas = LawKind::WITH_FORMULA
            .into_iter()
            .filter_map(|kind| Some((kind, better(|noise| formula(kind, noise, sample))?)));
        let table = better(|noise| points(noise, sample)).map(|fit| (LawKind::Table, fit));
        let fits: Vec<(LawKind, Fit)> = formulas.chain(table).collect();
        let best = (0..fits.len()).min_by(|&a, &b| fits[a].1.aic.total_cmp(&fits[b].1.aic))?;
        Some(Choice { fits, best })
    }

    /// The law that was chosen.
    pub fn chosen(&self) -> &(LawKind, Fit) {
        &self.fits[self.best]
    }
}

fn better(fit: impl Fn(Noise) -> Option<Fit>) -> Option<Fit> {
    let fits = [Noise::Readings, Noise::Walk].into_iter().filter_map(fit);
    fits.min_by(|a, b| a.aic.total_cmp(&b.aic))
}
