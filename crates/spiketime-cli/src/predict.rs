//! `spiketime predict`: what a trained network says of images of one's own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};
use clap::Args;
use spiketime_data::array::written::{npy, npz};
use spiketime_data::dataset::Content;
use spiketime_data::{Dataset, aside, memory, own};
use spiketime_sim::Real;
use spiketime_train::classes;
use spiketime_train::condition::Precision;
use spiketime_train::footprint;
use spiketime_train::predict::Predictor;

use crate::exit::ExitCode;
use crate::named::{Kept, Place};
use crate::progress::Bar;
use crate::say::{log, say};
use crate::session::is_same_file;
use crate::sets::{self, load_one};
use crate::signal::stop_on_signal;
use crate::trained::Trained;

const EXAMPLES: &str = "\
Examples: a finished run by name, and by its result, on images in a numpy array
  spiketime predict wta:1@60000 mine.npy
  spiketime predict results/runs/01388bcfd6d04887.json mine.npz:x --full-scale 1 -o said.jsonl

One line of JSON an image; class and neuron are null where the network does not know:
  {\"image\":0,\"class\":\"7\",\"neuron\":12,\"spikes\":5,\"margin\":3}
margin: by how many spikes the neuron is ahead of the next one of another class.

--spikes writes times [ms], inputs (the neurons that spiked) and offsets (image k has the spikes
offsets[k] to offsets[k + 1]), as recordings of a sensor are read: with labels beside them they are
a data set for a second layer.";

/// Which network, and which images.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct PredictOptions {
    /// A run by name, wta:1@60000 for condition wta, seed 1, after 60 000 images (without @: the last ones); or its
    /// results/runs/<id>.json, or a file of results/weights
    run: PathBuf,
    /// Images as the network's data set has them: .npy or .npz:NAME of images x rows x columns (or x inputs), or IDX, raw or
    /// gzip; of a network that saw events an .npz of them
    images: String,
    #[command(flatten)]
    place: Place,
    /// Of floats, and of whole numbers above 255: the value that is white
    #[arg(long, value_name = "VALUE")]
    full_scale: Option<f64>,
    /// Root of the input spikes; without it the seed of the run
    #[arg(long, value_name = "SEED")]
    spike_seed: Option<u64>,
    /// Writes the lines here instead of on stdout
    #[arg(short, long, value_name = "FILE.jsonl")]
    output: Option<PathBuf>,
    /// Writes the output spikes here, an .npz
    #[arg(long, value_name = "FILE.npz")]
    spikes: Option<PathBuf>,
    /// Writes the output spikes of each neuron here, a .npy of images x neurons
    #[arg(long, value_name = "FILE.npy")]
    counts: Option<PathBuf>,
    /// Where the run's data set is, whose labels say what the neurons stand for: a folder with the IDX files, raw or .gz; or
    /// a .toml with tables [data.NAME] of sets of your own
    #[arg(long, value_name = "DIR|FILE.toml", conflicts_with = "sample")]
    data: Option<PathBuf>,
}

/// Everything that is written when all images are shown.
struct Said {
    lines: Vec<u8>,
    counts: Vec<u32>,
    times_ms: Vec<f64>,
    neurons: Vec<u32>,
    offsets: Vec<u64>,
    without_class: usize,
}

/// Says it.
pub fn predict(options: &PredictOptions) -> Result<ExitCode> {
    let trained = Trained::find(&options.place.file(&options.run, Kept::Weights)?)?;
    options.check_outputs(&trained)?;
    let set = &trained.record.condition.dataset;
    let (images, told) = own::shown(&options.images, set.presented(), set.shape(), options.full_scale)?;
    told.iter().for_each(|told| log!("{told}"));
    memory::ask(footprint::of_a_look(&trained.record.condition))?;
    let data = options.data.as_deref();
    let data = load_one(set, &sets::given(data)?, data, trained.record.is_sample)?;
    let stop = stop_on_signal()?;
    let said = match trained.record.condition.precision {
        Precision::F32 => options.said::<f32>(&trained, &images, &data, &stop),
        Precision::F64 => options.said::<f64>(&trained, &images, &data, &stop),
    };
    match said {
        Some(said) => options.keep(&said, images.count(), trained.weights.neurons()),
        None => {
            log!("stopped; nothing was written");
            Ok(ExitCode::from(130))
        }
    }
}

impl PredictOptions {
    /// `None` if it was stopped.
    fn said<R: Real>(
        &self,
        trained: &Trained,
        images: &Content,
        data: &Dataset,
        stop: &AtomicBool,
    ) -> Option<Said> {
        let thresholds_mv = trained.thresholds_mv();
        let condition = &classes::as_kept(&trained.record.condition, thresholds_mv);
        let (seed, map) = (trained.record.seed, (&trained.weights, thresholds_mv));
        let bar = Bar::new("labels, then images");
        bar.expect((condition.label_images + images.count()) as u64);
        let network = classes::network::<R>(condition, seed, map);
        let classes = classes::of_network(condition, seed, &network, data, stop, &|| bar.step());
        let mut predictor = Predictor::new(condition, self.spike_seed.unwrap_or(seed), &network, classes?);
        let mut said = Said::default();
        for image in 0..images.count() {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            said.add(&mut predictor, images, image);
            bar.step();
        }
        bar.finish();
        Some(said)
    }

    fn keep(&self, said: &Said, images: usize, neurons: usize) -> Result<ExitCode> {
        if let Some(path) = &self.counts {
            write(path, &npy(&[images, neurons], &said.counts))?;
        }
        if let Some(path) = &self.spikes {
            let count = said.times_ms.len();
            let times = ("times", npy(&[count], &said.times_ms));
            let neurons = ("inputs", npy(&[count], &said.neurons));
            write(path, &npz(&[times, neurons, ("offsets", npy(&[images + 1], &said.offsets))]))?;
        }
        match &self.output {
            Some(path) => write(path, &said.lines)?,
            None => say!("{}", String::from_utf8_lossy(&said.lines).trim_end())?,
        }
        let unknown = said.without_class;
        log!("{images} images, {} with a class, {unknown} without", images - unknown);
        Ok(ExitCode::SUCCESS)
    }

    /// Before anything is computed: may it be written where it is to go, and is that none of what is read?
    fn check_outputs(&self, trained: &Trained) -> Result<()> {
        for output in [&self.output, &self.spikes, &self.counts].into_iter().flatten() {
            let read = [&self.run, &trained.path, &PathBuf::from(&self.images)];
            if read.into_iter().any(|path| is_same_file(path, output)) {
                let told = "is a file that is read; give another name to what is written";
                return Err(crate::session::Misuse(format!("{} {told}", output.display())).into());
            }
            aside::beside(output).with_context(|| output.display().to_string())?;
        }
        Ok(())
    }
}

impl Default for Said {
    fn default() -> Said {
        let (lines, counts, times_ms, neurons) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Said { lines, counts, times_ms, neurons, offsets: vec![0], without_class: 0 }
    }
}

impl Said {
    fn add<R: Real>(&mut self, predictor: &mut Predictor<R>, images: &Content, image: usize) {
        let (said, spikes, counts) = predictor.show(images, image);
        self.times_ms.extend(spikes.iter().map(|(at, _)| at.ms()));
        self.neurons.extend(spikes.iter().map(|(_, neuron)| neuron));
        self.offsets.push(self.times_ms.len() as u64);
        self.counts.extend(counts);
        self.without_class += usize::from(said.class.is_none());
        self.lines.extend(serde_json::to_vec(&said).expect("texts and whole numbers only"));
        self.lines.push(b'\n');
    }
}

/// Whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || -> std::io::Result<()> {
        let mut file = aside::beside(path)?;
        file.as_file_mut().write_all(bytes)?;
        aside::keep(file, path)
    };
    write().with_context(|| path.display().to_string())
}
