//! Some conditions of what experiments plan: a part that is run and counted alone.
//!
//! The results folder goes on telling the whole, so that a later run of the whole goes on with it.

use anyhow::Result;
use clap::Args;
use spiketime_study::spec::Experiment;

use crate::session::{Misuse, unknown_condition};

/// Which conditions.
#[derive(Args, Clone)]
pub struct Conditions {
    /// Only this condition; may be given several times
    #[arg(long = "condition", value_name = "NAME")]
    pub names: Vec<String>,
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
