//! Some runs of what is planned, where others do the rest: by id, or a shard.

use anyhow::Result;
use clap::Args;
use spiketime_study::shard::Shard;

use crate::session::{Misuse, Runs};

/// Which.
#[derive(Args, Clone)]
pub struct Part {
    /// Only the run of this id, as `spiketime plan` prints it; may be given several times. Tables are left to `gather`
    #[arg(long = "id", value_name = "ID")]
    ids: Vec<String>,
    /// Only the I-th of N parts, each about as costly as another. Tables are left to `gather`
    #[arg(long, value_name = "I/N", conflicts_with = "ids")]
    shard: Option<Shard>,
}

impl Part {
    /// Is it all of it?
    pub fn is_whole(&self) -> bool {
        self.ids.is_empty() && self.shard.is_none()
    }

    /// What of the planned runs is in it.
    pub fn of(&self, mut planned: Runs) -> Result<Runs> {
        if let Some(strange) = self.ids.iter().find(|id| !planned.contains_key(*id)) {
            let told = "no run of it has this id; `spiketime plan` prints those that it has";
            return Err(Misuse(format!("--id {strange}: {told}")).into());
        }
        if let Some(shard) = self.shard {
            let own: Vec<String> = shard.of(planned.values()).into_iter().map(|run| run.id.clone()).collect();
            planned.retain(|id, _| own.contains(id));
        }
        if !self.ids.is_empty() {
            planned.retain(|id, _| self.ids.contains(id));
        }
        Ok(planned)
    }
}
