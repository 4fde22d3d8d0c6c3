//! What every command starts from: a study, data, plan, results folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use spiketime_data::toml_file::did_you_mean;
use spiketime_page::Called;
use spiketime_study::data_sets::OwnSets;
use spiketime_study::plan::{self};
use spiketime_study::spec::{Experiment, Reduction};
use spiketime_study::study::find::find;
use spiketime_study::study::{Extent, STUDY_FILE, Study};
use spiketime_study::summary::Size;
use spiketime_train::condition::Condition;
use spiketime_train::context::RunError;
use spiketime_train::run::Run;
use spiketime_train::store::Store;

pub use crate::misuse::Misuse;
use crate::seeds::Seeds;
use crate::sets;

/// The runs that are planned, by id.
pub type Runs = BTreeMap<String, Run>;

/// Where things are, and how large they are meant.
#[derive(Args, Clone)]
pub struct Options {
    /// Folder of the results
    #[arg(long, value_name = "DIR", default_value = "results", env = "SPIKETIME_RESULTS_DIR")]
    pub results: PathBuf,
    /// Seeds 1 to K instead of what the experiments say; or seeds A to B alone (7..7 is one), as a part of the whole
    #[arg(long, value_name = "K|A..B", value_parser = Seeds::parse)]
    pub seeds: Option<Seeds>,
    /// 3 000 training and 1 000 test images, one seed: a first look, in results/quick
    #[arg(long)]
    pub quick: bool,
    /// The embedded sample instead of the full data sets, without network; in results/sample
    #[arg(long, conflicts_with = "quick")]
    pub sample: bool,
}

/// What is meant; see [`spiketime_study::study::find`].
#[derive(Args, Clone)]
pub struct Words {
    /// A study (a folder), files of one, or names that `spiketime list` prints
    #[arg(value_name = "STUDY|FILE|NAME")]
    pub words: Vec<String>,
}

impl Words {
    /// The study, or the part of it, that is meant; without a word the one in this folder, else the report's.
    pub fn study(&self) -> Result<Study> {
        self.study_on(None)
    }

    /// The same on the data that a command was given.
    pub fn study_on(&self, data: Option<&Path>) -> Result<Study> {
        Ok(find(&self.words, Path::new("."), &sets::given(data)?)?)
    }

    /// What is meant; without a word what was kept.
    pub fn study_or(&self, kept: impl FnOnce() -> Result<Study>) -> Result<Study> {
        if self.words.is_empty() { kept() } else { self.study() }
    }
}

impl Options {
    /// The study that was run in a results folder; the report's if it keeps no files, as folders of old.
    pub fn kept(&self, store: &Store) -> Result<Study> {
        Ok(kept(store)?.map_or_else(Study::report, Ok)?)
    }

    /// The study that was run in all of these folders, a part of it in each.
    pub fn kept_in(&self, stores: &[Store]) -> Result<Study> {
        let mut studies = stores.iter().map(|store| self.kept(store));
        let mut first = studies.next().ok_or_else(|| Misuse("name a results folder".into()))??;
        for (other, store) in studies.zip(&stores[1..]) {
            let other = other?;
            check_is_same(&first, &other, store)?;
            first.extend(other);
        }
        Ok(first)
    }

    /// The same of another results folder.
    pub fn of_folder(&self, folder: &Path) -> Options {
        Options { results: folder.to_owned(), ..self.clone() }
    }

    /// What a results folder would show if this were run there too: its experiments and the kept ones of other names,
    /// and the runs of all of them.
    pub fn united(&self, given: &Study, store: &Store) -> Result<(Study, Vec<Experiment>, Runs)> {
        let mut all = given.clone();
        if let Some(kept) = kept(store)? {
            check_is_same(given, &kept, store)?;
            all.extend(kept);
        }
        let experiments = self.sized(all.experiments());
        let planned = self.plan_all(&experiments).with_context(|| {
            let (folder, path) = (store.experiment_files(), store.path(""));
            format!(
                "{} keeps what was run in {}; run that file again with this one, or choose another folder with \
                 --results DIR",
                folder.display(),
                path.display()
            )
        })?;
        Ok((all, experiments, planned))
    }

    /// The same experiments at the size that was asked for.
    pub fn sized(&self, experiments: Vec<Experiment>) -> Vec<Experiment> {
        let reduction = match self.size() {
            Size::Full => None,
            Size::Quick => Some(Reduction::QUICK),
            Size::Sample => Some(Reduction::SAMPLE),
        };
        let experiments = experiments.into_iter().map(|experiment| match &reduction {
            Some(reduction) => experiment.reduced(reduction),
            None => experiment,
        });
        let seeds = |experiment: &Experiment| self.seeds.map_or(experiment.seeds, |s| s.of(experiment.seeds));
        experiments.map(|experiment| Experiment { seeds: seeds(&experiment), ..experiment }).collect()
    }

    /// How commands name a study and these results: what a page or a message advises must work where it is read.
    pub fn called(&self, study: &Study, store: &Store) -> Called {
        let results =
            (self.results != Path::new("results")).then(|| format!("--results {}", quoted(&self.results)));
        // A part is told with the whole: its commands are those of the whole.
        let seeds = match self.seeds {
            Some(Seeds::To(last)) => Some(format!("--seeds {last}")),
            Some(Seeds::Range(..)) | None => None,
        };
        let size = match self.size() {
            Size::Full => None,
            Size::Quick => Some("--quick".to_owned()),
            Size::Sample => Some("--sample".to_owned()),
        };
        let kept = || quoted(&store.experiment_files());
        let (study, folder) = match (&study.folder, study.about.id.is_empty()) {
            _ if study.is_carried() => (study.about.id.clone(), None),
            (Some(folder), false) => (quoted(folder), Some(quoted(folder))),
            (None, false) => (kept(), Some(kept())),
            (_, true) => {
                let files: Vec<String> = study.files.iter().map(|file| quoted(&file.path)).collect();
                (files.join(" "), Some(kept()))
            }
        };
        Called { study, folder, options: [results, seeds].into_iter().flatten().collect(), size }
    }

    /// Runs of the report's size judge its claims; others do not.
    pub fn size(&self) -> Size {
        match (self.sample, self.quick) {
            (true, _) => Size::Sample,
            (_, true) => Size::Quick,
            _ => Size::Full,
        }
    }

    /// The same as it is, to look at; it need not be there.
    pub fn store_as_it_is(&self) -> Result<Store> {
        Ok(Store::at(&self.folder(), &[])?)
    }

    /// The results folder of this size, made if need be.
    pub fn store(&self) -> Result<Store> {
        Ok(Store::open(&self.folder())?)
    }

    /// The same to read: it must be there.
    pub fn existing_store(&self) -> Result<Store> {
        Ok(Store::existing(&self.folder())?)
    }

    /// The results folder of this size: smaller runs must not overwrite the verdicts of full ones.
    pub fn folder(&self) -> PathBuf {
        match self.size() {
            Size::Full => self.results.clone(),
            Size::Quick => self.results.join("quick"),
            Size::Sample => self.results.join("sample"),
        }
    }

    /// The runs that the experiments need, of the seeds that were asked for.
    pub fn plan(&self, experiments: &[Experiment]) -> Result<Runs> {
        let mut runs = self.plan_all(experiments)?;
        runs.retain(|_, run| self.seeds.is_none_or(|seeds| seeds.has(run.seed)));
        Ok(runs)
    }

    /// The same, of all their seeds.
    fn plan_all(&self, experiments: &[Experiment]) -> Result<Runs> {
        Ok(plan::runs(experiments, |_| self.sample)?)
    }
}

/// Are both there, and one file? Links included.
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// A path as one types it in a shell.
pub fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = text.chars().all(|c| c.is_alphanumeric() || "/._-+,:@".contains(c));
    if is_plain { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// The copies of what was run in a results folder; `None` if there are none.
fn kept(store: &Store) -> Result<Option<Study>> {
    let files = store.kept_experiments()?;
    let folder = store.experiment_files();
    Ok(match (files.is_empty(), folder.join(STUDY_FILE).is_file()) {
        (true, _) => None,
        (false, true) => Some(Study::kept(&folder)?),
        (false, false) => Some(Study::of_files(&files, Extent::Part, OwnSets::new())?),
    })
}

/// A results folder is of one study. One that has no id yet may become a study's if it holds nothing else.
fn check_is_same(given: &Study, kept: &Study, store: &Store) -> Result<()> {
    let (mine, theirs) = (&given.about.id, &kept.about.id);
    if mine == theirs || (theirs.is_empty() && kept.names().all(|name| given.names().any(|n| n == name))) {
        return Ok(());
    }
    let folder = store.path("");
    let (folder, held) = (folder.display(), called(theirs));
    Err(Misuse(format!(
        "{folder} holds runs of {held}; choose another folder for {} with --results DIR",
        called(mine)
    ))
    .into())
}

fn called(id: &str) -> String {
    if id.is_empty() { "files that belong to no study".to_owned() } else { format!("the study '{id}'") }
}

/// The one experiment that a word means, on the data that a command was given, and the data sets of its study.
pub fn one_experiment(word: &str, data: Option<&Path>) -> Result<(Experiment, OwnSets)> {
    let study = find(&[word.to_owned()], Path::new("."), &sets::given(data)?)?;
    let mut experiments = study.experiments();
    let first = experiments.pop().filter(|_| experiments.is_empty());
    let first =
        first.ok_or_else(|| Misuse(format!("'{word}' is a whole study; name one of its experiments")))?;
    Ok((first, study.sets))
}

/// The condition of that name; the first one if none is given.
pub fn chosen<'a>(experiment: &'a Experiment, name: Option<&str>) -> Result<&'a Condition> {
    let mut conditions = experiment.conditions.iter();
    let names = || experiment.conditions.iter().map(|condition| condition.name.as_str());
    match name {
        Some(name) => {
            let found = conditions.find(|condition| condition.name == name);
            found.ok_or_else(|| unknown_condition(name, names()).into())
        }
        None => conditions.next().ok_or_else(|| Misuse("it has no condition".into()).into()),
    }
}

/// Are the numbers that a condition gives here? A copy of an experiment file may have lost them.
pub fn be_at_hand(condition: &Condition) -> Result<()> {
    match condition.lacks() {
        None => Ok(()),
        Some(sha256) => Err(RunError::NotAtHand { sha256: sha256.to_owned() }.into()),
    }
}

/// `--condition` names none of these.
pub fn unknown_condition<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Misuse {
    Misuse(format!("--condition: there is no condition '{name}'{}", did_you_mean(name, known)))
}
