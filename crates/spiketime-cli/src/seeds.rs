//! Which seeds of what experiments plan; a part of them is run and counted alone.

use std::fmt::{Display, Formatter, Result as Written};

/// More seeds than that no experiment has either.
pub const MOST_SEEDS: u64 = 1_000;

/// Which seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeds {
    /// 1 to this, instead of what the experiments say.
    To(u64),
    /// These, both ends included.
    Range(u64, u64),
}

impl Seeds {
    /// As it is typed: `5`, or `3..7`.
    pub fn parse(text: &str) -> Result<Seeds, String> {
        let count = |text: &str| text.parse().ok().filter(|seed| (1..=MOST_SEEDS).contains(seed));
        let seeds = match text.split_once("..") {
            None => count(text).map(Seeds::To),
            Some((first, last)) => {
                let ends = count(first).zip(count(last)).filter(|(first, last)| first <= last);
                ends.map(|(first, last)| Seeds::Range(first, last))
            }
        };
        seeds.ok_or_else(|| {
            format!("give K for seeds 1 to K, or A..B for seeds A to B, within 1 to {MOST_SEEDS}")
        })
    }

    /// How many seeds an experiment has, so that these are among them.
    pub fn of(self, experiment: u64) -> u64 {
        match self {
            Seeds::To(last) => last,
            Seeds::Range(_, last) => last.max(experiment),
        }
    }

    /// Is it one of these?
    pub fn has(self, seed: u64) -> bool {
        match self {
            Seeds::To(last) => seed <= last,
            Seeds::Range(first, last) => (first..=last).contains(&seed),
        }
    }
}

/// As [`Seeds::parse`] reads it.
impl Display for Seeds {
    fn fmt(&self, to: &mut Formatter) -> Written {
        match self {
            Seeds::To(last) => write!(to, "{last}"),
            Seeds::Range(first, last) => write!(to, "{first}..{last}"),
        }
    }
}
