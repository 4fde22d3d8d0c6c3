//! How many more seeds would decide a statistic, if its mean and its spread stay as they are.
//!
//! The rule itself is asked again with the same mean and spread and more seeds, until it decides.

use super::Verdict;
use super::held::Held;
use super::holm::is_significant;
use super::sample::Sample;

/// Nobody runs more seeds than these; beyond, nothing is said.
const MOST_SEEDS: u64 = 1_000_000;

/// A statistic, and what was seen of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    pub(super) held: Held,
    pub(super) sample: Sample,
}

impl Outlook {
    /// So many more seeds decide it among so many statistics of a claim, and how; `None` where none would, or where
    /// one seed says nothing of the spread.
    #[must_use]
    pub fn more_seeds(&self, statistics: usize) -> Option<(u64, Verdict)> {
        let now = self.sample.seeds;
        if now < 2 {
            return None;
        }
        let decided = |more: u64| self.decided(now + more, statistics);
        let mut enough = 1;
        while decided(enough).is_none() {
            enough *= 2;
            if enough > MOST_SEEDS {
                return None;
            }
        }
        let mut too_few = enough / 2;
        while enough - too_few > 1 {
            let middle = u64::midpoint(too_few, enough);
            if decided(middle).is_some() { enough = middle } else { too_few = middle }
        }
        decided(enough).map(|verdict| (enough, verdict))
    }

    /// What it says with so many seeds, if it counts: against a claim only by Holm, at its strictest.
    fn decided(&self, seeds: u64, statistics: usize) -> Option<Verdict> {
        let (_, verdict, p) = self.held.judged(&Sample { seeds, ..self.sample });
        let counts = match verdict {
            Verdict::Reproduced => true,
            Verdict::Refuted | Verdict::NotReproduced => {
                p.is_some_and(|p| is_significant(p * statistics as f64))
            }
            _ => false,
        };
        counts.then_some(verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{BySeed, POINTS, in_line, most, ordering, value};

    fn seeds(values: &[f64]) -> BySeed {
        (1..).zip(values.iter().copied()).collect()
    }

    // Expected values: scipy 1.17, stats.t.ppf and stats.t.sf with the mean and the spread of these values.

    #[test]
    fn an_ordering_needs_the_seeds_that_shrink_its_interval_to_its_distance_from_zero() {
        // Mean 1, sd 2.236: half-widths 1.018 at 21 seeds, 0.991 at 22.
        let part = ordering("", &seeds(&[-2.0, 0.0, 1.0, 2.0, 4.0]), POINTS);
        assert_eq!(part.more_seeds, Some(17));
        let against = ordering("", &seeds(&[2.0, 0.0, -1.0, -2.0, -4.0]), POINTS);
        assert_eq!(against.outlook.unwrap().more_seeds(1), Some((17, Verdict::Refuted)));
        // Ten times p is 0.054 at 43 seeds, 0.049 at 44.
        assert_eq!(against.outlook.unwrap().more_seeds(10), Some((39, Verdict::Refuted)));
        assert_eq!(most("", &seeds(&[48.0, 52.0, 51.0])).more_seeds, Some(150));
    }

    #[test]
    fn a_margin_needs_the_seeds_that_bring_the_interval_inside() {
        assert_eq!(in_line("", &seeds(&[1.3, 1.8, 2.3])).more_seeds, Some(1));
        assert_eq!(in_line("", &seeds(&[2.0, 2.5, 3.0, 2.9])).more_seeds, Some(4));
    }

    #[test]
    fn a_value_needs_a_narrow_interval_and_where_single_runs_are_too_wide_no_seeds_help() {
        assert_eq!(value("", 53.0, &seeds(&[48.32, 49.16, 50.0, 50.84, 51.68])).more_seeds, Some(1));
        let wide = seeds(&[20.0, 24.0, 27.0, 30.0, 37.0]);
        assert_eq!(value("", 8.1, &wide).more_seeds, Some(1));
        // However many, 95 % of single runs fall within ±12.6.
        assert_eq!(value("", 20.0, &wide).more_seeds, None);
    }

    #[test]
    fn what_is_decided_and_what_one_seed_says_have_no_number() {
        assert_eq!(ordering("", &seeds(&[2.0, 2.5, 3.0]), POINTS).more_seeds, None);
        assert_eq!(ordering("", &seeds(&[5.0]), POINTS).more_seeds, None);
        assert_eq!(ordering("", &seeds(&[-1.0, 1.0]), POINTS).more_seeds, None);
    }
}
