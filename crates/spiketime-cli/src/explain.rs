//! `spiketime explain`: one presentation of a training as a story, in text and JSON.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, Result};
use clap::Args;
use spiketime_data::memory;
use spiketime_train::explain::explain;
use spiketime_train::{footprint, story};

use crate::exit::ExitCode;
use crate::progress::Bar;
use crate::say::{log, say};
use crate::session::{Misuse, be_at_hand, chosen, one_experiment};
use crate::sets::load_one;

const EXAMPLE: &str = "\
Example: why the network of figure 3 spiked at its 300th image, on the embedded sample
  spiketime explain fig03 --condition wta --image 299 --sample --json story.json";

/// Which presentation.
#[derive(Args)]
#[command(after_help = EXAMPLE)]
pub struct ExplainOptions {
    /// Experiment file, or the name of one that `spiketime list` prints
    experiment: String,
    /// Which of its conditions; the first one if not given
    #[arg(long, value_name = "NAME")]
    condition: Option<String>,
    /// Root of every random stream
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
    /// Which training image, from 0; the network sees all images before it first
    #[arg(long, value_name = "K")]
    image: usize,
    /// Writes the story as JSON to this file too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Folder with the IDX files, raw or .gz; or a .toml with tables [data.NAME] of sets of your own
    #[arg(long, value_name = "DIR|FILE.toml", conflicts_with = "sample")]
    data: Option<PathBuf>,
    /// The embedded sample instead of the full data set, without network
    #[arg(long)]
    sample: bool,
}

/// Tells it.
pub fn run(options: &ExplainOptions) -> Result<ExitCode> {
    let bar = Bar::new("training, then labels");
    end_at_once_on_signal(bar.clone())?;
    let (experiment, sets) = one_experiment(&options.experiment, options.data.as_deref())?;
    options.spare_a_file_of_toml()?;
    let condition = chosen(&experiment, options.condition.as_deref())?;
    be_at_hand(condition)?;
    memory::ask(footprint::of_a_look(condition))?;
    let set = load_one(&condition.dataset, &sets, options.data.as_deref(), options.sample)?;
    log!("{}: training on {} images first", condition.name, options.image);
    bar.expect((options.image + condition.label_images) as u64);
    let go_on = AtomicBool::new(false);
    let story = explain(condition, options.seed, options.image, &set, &go_on, &|| bar.step());
    bar.finish();
    let story = story.map_err(|error| Misuse(error.to_string()))?;
    if let Some(path) = &options.json {
        let json = serde_json::to_string(&story)? + "\n";
        std::fs::write(path, json).with_context(|| path.display().to_string())?;
    }
    say!("{}", story::text(&story).trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// Nothing is lost: the story is written when it is whole.
fn end_at_once_on_signal(bar: Bar) -> Result<()> {
    Ok(ctrlc::set_handler(move || {
        bar.finish();
        log!("stopped; nothing was told or written");
        std::process::exit(130);
    })?)
}

impl ExplainOptions {
    /// A story is JSON: what ends as experiment and network files do is most likely the one that was asked about.
    fn spare_a_file_of_toml(&self) -> Result<()> {
        match self.json.as_ref().filter(|path| path.extension().is_some_and(|ending| ending == "toml")) {
            None => Ok(()),
            Some(path) => {
                let told = "a story is JSON, and a .toml is left alone; name a file that ends with .json";
                Err(Misuse(format!("--json {}: {told}", path.display())).into())
            }
        }
    }
}
