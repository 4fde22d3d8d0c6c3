//! `spiketime branch`: trained under one condition until image k, from there on under another.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use spiketime_study::data_sets::OwnSets;
use spiketime_study::plan;
use spiketime_study::spec::{Experiment, Reduction};
use spiketime_study::survey::survey;
use spiketime_train::branch::Trunk;
use spiketime_train::condition::Condition;
use spiketime_train::record::Record;
use spiketime_train::run::Run;
use spiketime_train::runner::check;
use spiketime_train::store::Store;

use crate::exit::ExitCode;
use crate::named::{Kept, Place};
use crate::replicate::{Work, tell};
use crate::say::say;
use crate::session::{chosen, one_experiment};
use crate::sets::{Data, load};

/// From where, under what.
#[derive(Args)]
#[command(after_help = EXAMPLE)]
pub struct BranchOptions {
    /// A run by name, wta:1@3000 for condition wta, seed 1, after 3 000 images (without @: the last ones); or the file
    /// of a checkpoint (results/checkpoints/<id>-<images>), or the snapshot of a run that was stopped
    checkpoint: PathBuf,
    /// Experiment, a file or a name: its conditions, and the image counts from the cut on at which to look
    experiment: String,
    /// Only this one of its conditions
    #[arg(long, value_name = "NAME")]
    condition: Option<String>,
    #[command(flatten)]
    place: Place,
    /// Folder with the IDX files, raw or .gz; instead of cache, mirrors, npm, apt
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    work: Work,
}

const EXAMPLE: &str = "\
Example: winner takes all for 300 images, soft inhibition from there on

  spiketime run fig03 --quick --keep-checkpoints
  spiketime branch wta:1@300 fig03 --condition soft --quick

A branch lies in the folder `branches` of the results. It keeps its network and the seed of the checkpoint; data set, rates, times, plasticity, inhibition,
adaptation step, labels and tests may change. Its record names the checkpoint (`branched_from`), has an id of
its own and enters no figure. `rerun RECORD --from CHECKPOINT` does it again.";

/// Does it.
pub fn branch(options: &BranchOptions) -> Result<ExitCode> {
    let trunk = Trunk::read(&options.place.file(&options.checkpoint, Kept::Checkpoint)?)?;
    let (experiment, sets) = options.sized(&trunk)?;
    plan::check_names(std::slice::from_ref(&experiment))?;
    let planned = runs(&trunk, &experiment)?;
    let data = load(std::slice::from_ref(&experiment), &sets, options.data.as_deref(), trunk.is_sample())?;
    for run in planned.values() {
        check_data(run, &data)?;
    }
    let store = Store::open(&options.place.results.join("branches"))?;
    let store = store.keeping_checkpoints(options.work.keep_checkpoints);
    let found = survey(&planned, &store);
    tell(&found, planned.len());
    for run in &found.waiting {
        trunk.plant(run, &store)?;
    }
    let done = options.work.perform(&found, &data, &store)?;
    for record in survey(&planned, &store).finished.values() {
        print(record, &store)?;
    }
    done.tell_stopped(&planned, &store);
    Ok(done.code())
}

impl BranchOptions {
    /// The experiment with the conditions that were asked for, at the size of the checkpoint's data.
    fn sized(&self, trunk: &Trunk) -> Result<(Experiment, OwnSets)> {
        let (mut experiment, sets) = one_experiment(&self.experiment, self.data.as_deref())?;
        if self.condition.is_some() {
            experiment.conditions = vec![chosen(&experiment, self.condition.as_deref())?.clone()];
        }
        let is_sample = trunk.is_sample();
        Ok((if is_sample { experiment.reduced(&Reduction::SAMPLE) } else { experiment }, sets))
    }
}

/// One run a condition of the experiment, by id.
fn runs(trunk: &Trunk, experiment: &Experiment) -> Result<BTreeMap<String, Run>> {
    let run = |condition: &Condition| {
        let epoch_images = condition.epoch_images(trunk.is_sample());
        let run = trunk.run(condition, &plan::wanted(experiment, epoch_images))?;
        Ok((run.id.clone(), run))
    };
    experiment.conditions.iter().map(run).collect()
}

fn check_data(run: &Run, data: &Data) -> Result<()> {
    let set = &data[run.condition.dataset.name()];
    if set.is_sample != run.is_sample {
        bail!("{}: the checkpoint was made with the full data sets, which no source has here", set.name);
    }
    check(run, set).with_context(|| run.name())
}

fn print(record: &Record, store: &Store) -> Result<()> {
    for point in &record.checkpoints {
        say!("{}  {:6.2} % after {} images", Run::of(record).name(), point.accuracy, point.images_seen)?;
    }
    say!("{}", store.path("runs").join(format!("{}.json", record.id)).display())?;
    Ok(())
}
