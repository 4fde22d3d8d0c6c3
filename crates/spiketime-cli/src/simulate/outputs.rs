//! Where what a network does goes: a document, spikes and potentials row by row, a picture.
//!
//! A place that cannot be written is told before anything is simulated; a file has its name when all of it is written.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use spiketime_data::aside;
use spiketime_net::Net;
use spiketime_net::outcome::{Look, Outcome, Spikes};
use spiketime_net::written::{PotentialFile, PotentialRow, SpikeFile, SpikeRow, is_for_rows};
use spiketime_page::activity::Activity;
use spiketime_sim::graph::Spike;

use crate::say::log;
use crate::session::{Misuse, is_same_file};

/// What is written.
#[derive(Args)]
pub struct Files {
    /// Writes rates, learned weights and all spikes here, as one JSON document
    #[arg(long, value_name = "FILE.json")]
    out: Option<PathBuf>,
    /// Writes spikes as they come, and not into the document: JSON Lines, or .npy with the columns time_ms and neuron
    #[arg(long, value_name = "FILE.npy|.jsonl", value_parser = rows)]
    spikes: Option<PathBuf>,
    /// Writes the potentials of --neurons as they come
    #[arg(long, value_name = "FILE.npy|.jsonl", value_parser = rows, requires = "neurons")]
    potentials: Option<PathBuf>,
    /// Whose potentials, counted over all populations: 0,5,10..19
    #[arg(long, value_name = "LIST", value_parser = neurons, requires = "potentials")]
    neurons: Option<List>,
    /// How often potentials are looked at, in milliseconds
    #[arg(long, value_name = "MS", value_parser = ms, default_value_t = 1.0)]
    every: f64,
    /// Draws spikes and rates here
    #[arg(long, value_name = "FILE.svg|.png", value_parser = picture)]
    raster: Option<PathBuf>,
}

/// Neurons, as they were typed.
#[derive(Clone, Debug)]
pub struct List(Vec<u32>);

/// A time that is some.
pub fn ms(text: &str) -> Result<f64, String> {
    let ms = text.parse().ok().filter(|ms| (1e-9..=1e12).contains(ms));
    ms.ok_or_else(|| "it must be a number from 1e-9 to 1e12".into())
}

fn rows(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if is_for_rows(&path) { Ok(path) } else { Err("its name must end in .npy or .jsonl".into()) }
}

fn picture(text: &str) -> Result<PathBuf, String> {
    let is_known = text.ends_with(".svg") || text.ends_with(".png");
    if is_known { Ok(text.into()) } else { Err("its name must end in .svg or .png".into()) }
}

/// Both ends of a range are meant, as in `--seeds`.
fn neurons(text: &str) -> Result<List, String> {
    const MOST: usize = 1_000_000;
    let mut list = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once("..").unwrap_or((part, part));
        let ends = first.trim().parse::<u32>().ok().zip(last.trim().parse::<u32>().ok());
        let (first, last) = ends.filter(|(first, last)| first <= last).ok_or_else(|| {
            format!("'{part}' is no neuron and no range of them; give numbers and ranges: 0,5,10..19")
        })?;
        list.extend((first..=last).take(MOST + 1 - list.len()));
        if list.len() > MOST {
            return Err(format!("there may be {MOST} of them"));
        }
    }
    Ok(List(list))
}

impl Files {
    fn paths(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let named = [
            ("--out", &self.out),
            ("--spikes", &self.spikes),
            ("--potentials", &self.potentials),
            ("--raster", &self.raster),
        ];
        named.into_iter().filter_map(|(flag, path)| Some((flag, path.as_deref()?)))
    }

    /// The network file is no place for what it does, by whatever name; nor is one file for two things.
    pub fn check(&self, file: &Path) -> Result<(), Misuse> {
        let paths: Vec<_> = self.paths().collect();
        for (number, &(flag, path)) in paths.iter().enumerate() {
            let told = path.display();
            if is_same_file(file, path) {
                let file = file.display();
                return Err(Misuse(format!(
                    "{flag} {told} is the network file {file} itself; name another file"
                )));
            }
            if let Some((other, _)) = paths[..number].iter().find(|(_, other)| place(other) == place(path)) {
                return Err(Misuse(format!("{other} and {flag} both name {told}; name two files")));
            }
        }
        Ok(())
    }

    /// Is the whole document written, which tells learned weights too?
    pub fn has_document(&self) -> bool {
        self.out.is_some()
    }

    /// Whose potentials are looked at, and how often.
    pub fn look(&self, net: &Net) -> Result<Option<Look>, Misuse> {
        let Some(List(neurons)) = &self.neurons else { return Ok(None) };
        let count = net.graph.neurons.len();
        if let Some(unknown) = neurons.iter().find(|&&neuron| neuron as usize >= count) {
            return Err(Misuse(format!(
                "--neurons: there is no neuron {unknown}; they go from 0 to {}",
                count - 1
            )));
        }
        Ok(Some(Look { neurons: neurons.clone(), every_ms: self.every }))
    }
}

/// A file by its folder, however that is written.
fn place(path: &Path) -> (Option<PathBuf>, Option<&std::ffi::OsStr>) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    (folder.canonicalize().ok(), path.file_name())
}

/// Files that are being written.
pub struct Outputs {
    document: Option<PathBuf>,
    /// For the document, unless they are written as they come.
    kept: Option<Spikes>,
    spikes: Option<SpikeFile>,
    potentials: Option<PotentialFile>,
    picture: Option<(PathBuf, Activity)>,
}

fn named(path: &Path) -> impl FnOnce() -> String + use<> {
    let told = path.display().to_string();
    move || told
}

fn begun<T>(path: Option<&PathBuf>, begin: impl FnOnce(&Path) -> io::Result<T>) -> Result<Option<T>> {
    path.map(|path| begin(path).with_context(named(path))).transpose()
}

impl Outputs {
    /// All of them are begun.
    pub fn new(files: &Files, net: &Net, until_ms: f64) -> Result<Outputs> {
        // What is written in the end is tried now, and nothing stays there meanwhile.
        let tried = |path: &Path| aside::beside(path).map(|_| path.to_owned());
        let activity = |path| (path, Activity::new(&net.populations, until_ms));
        Ok(Outputs {
            document: begun(files.out.as_ref(), tried)?,
            kept: (files.out.is_some() && files.spikes.is_none()).then(Spikes::default),
            spikes: begun(files.spikes.as_ref(), SpikeFile::begin)?,
            potentials: begun(files.potentials.as_ref(), PotentialFile::begin)?,
            picture: begun(files.raster.as_ref(), tried)?.map(activity),
        })
    }

    /// Spikes have come.
    pub fn take(&mut self, spikes: &[Spike]) -> io::Result<()> {
        if let Some(kept) = &mut self.kept {
            kept.extend(spikes);
        }
        if let Some((_, activity)) = &mut self.picture {
            activity.take(spikes);
        }
        let Some(file) = &mut self.spikes else { return Ok(()) };
        let rows = spikes.iter().map(|spike| SpikeRow { time_ms: spike.at.ms(), neuron: spike.neuron });
        rows.into_iter().try_for_each(|row| file.push(&row))
    }

    /// A potential was looked at.
    pub fn look(&mut self, time_ms: f64, neuron: u32, potential_mv: f64) -> io::Result<()> {
        let row = PotentialRow { time_ms, neuron, potential_mv };
        self.potentials.as_mut().map_or(Ok(()), |file| file.push(&row))
    }

    /// Nothing more comes: all files get their names.
    pub fn keep(self, outcome: &Outcome) -> Result<()> {
        if let Some(path) = self.document {
            let document = Outcome { spikes: self.kept, ..outcome.clone() };
            keep_document(&path, &document).with_context(named(&path))?;
        }
        if let Some(file) = self.spikes {
            let told = named(file.path());
            file.keep().with_context(told)?;
        }
        if let Some(file) = self.potentials {
            let told = named(file.path());
            file.keep().with_context(told)?;
        }
        self.picture.map_or(Ok(()), |picture| draw(picture, outcome.until_ms))
    }
}

fn keep_document(path: &Path, document: &Outcome) -> io::Result<()> {
    let mut file = aside::beside(path)?;
    let mut written = io::BufWriter::new(file.as_file_mut());
    serde_json::to_writer(&mut written, document)?;
    written.write_all(b"\n")?;
    written.flush()?;
    drop(written);
    aside::keep(file, path)
}

fn draw((path, mut activity): (PathBuf, Activity), until_ms: f64) -> Result<()> {
    activity.end(until_ms);
    let is_svg = path.extension().is_some_and(|extension| extension == "svg");
    let drawn = if is_svg { Some(activity.svg().into_bytes()) } else { activity.png() };
    let drawn = drawn.with_context(|| format!("{}: the picture cannot be drawn", path.display()))?;
    let write = || {
        let mut file = aside::beside(&path)?;
        file.as_file_mut().write_all(&drawn)?;
        aside::keep(file, &path)
    };
    write().with_context(named(&path))?;
    if let Some(left_out) = activity.left_out() {
        log!("{}: {left_out}", path.display());
    }
    Ok(())
}
