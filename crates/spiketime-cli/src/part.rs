//! A part of what experiments plan: some seeds, some conditions.
//!
//! A part is run and counted alone; the results folder goes on telling the whole, so that a later run of the whole
//! goes on with it.

use anyhow::Result;
use clap::Args;
use spiketime_data::toml_file::did_you_mean;
use spiketime_study::spec::Experiment;

use crate::session::Misuse;

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

/// Which conditions.
#[derive(Args, Clone)]
pub struct Conditions {
    /// Only this condition; may be given several times
    #[arg(long = "condition", value_name = "NAME")]
    names: Vec<String>,
}

impl Conditions {
    /// What of the experiments has these conditions; all of it where none is named.
    pub fn of(&self, mut experiments: Vec<Experiment>) -> Result<Vec<Experiment>, Misuse> {
        if self.names.is_empty() {
            return Ok(experiments);
        }
        self.check(&experiments)?;
        for experiment in &mut experiments {
            experiment.conditions.retain(|condition| self.names.contains(&condition.name));
        }
        experiments.retain(|experiment| !experiment.conditions.is_empty());
        Ok(experiments)
    }

    fn check(&self, experiments: &[Experiment]) -> Result<(), Misuse> {
        let known = || experiments.iter().flat_map(|e| e.conditions.iter().map(|c| c.name.as_str()));
        match self.names.iter().find(|name| known().all(|known| known != **name)) {
            None => Ok(()),
            Some(name) => Err(unknown_condition(name, known())),
        }
    }
}

/// `--condition` names none of these.
pub fn unknown_condition<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Misuse {
    Misuse(format!("--condition: there is no condition '{name}'{}", did_you_mean(name, known)))
}
