//! `spiketime device fit`: measured pulses in; a device file, a picture and a table of all laws out.

mod table;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use spiketime_data::aside;
use spiketime_device::unit::Unit;
use spiketime_device::{Fitted, fit, picture, pulses};

use crate::exit::ExitCode;
use crate::misuse::Misuse;
use crate::say::say;

const EXAMPLES: &str = "\
Examples:
  spiketime device fit pulses.csv                     writes device.toml and device.png
  spiketime device fit pulses.csv --unit uS --min 0.1uS --max 40uS
  spiketime device fit pulses.csv --out ag.toml --figure ag.svg --force
The file has the columns pulse (of its branch, 0 = before the first), conductance_nS (or uS, mS, S), direction
(potentiation or depression, up or down, +1 or -1, set or reset, LTP or LTD), and where there are several device and cycle:
  pulse,conductance_nS,direction
  0,3.1,up
  1,4.0,up
Missing pulses are simply not compared. In a condition:  device = \"device.toml\"";

/// What to do with devices.
#[derive(Subcommand)]
pub enum Command {
    /// Fits every law of conductance to measured pulses and writes the best as a device file
    Fit(FitOptions),
}

/// What to fit, and where it goes.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct FitOptions {
    /// A CSV file of pulses
    file: PathBuf,
    /// Unit of its conductances, where the header has none: nS, uS, mS, S
    #[arg(long, value_name = "UNIT", value_parser = unit)]
    unit: Option<Unit>,
    /// G_min, the lower end of the window, with its unit: 3nS; if not given, where depression ends
    #[arg(long, value_name = "G", value_parser = Unit::quantity_ns)]
    min: Option<f64>,
    /// G_max, the upper end of the window, with its unit: 38nS; if not given, where potentiation ends
    #[arg(long, value_name = "G", value_parser = Unit::quantity_ns)]
    max: Option<f64>,
    /// The device file
    #[arg(long, value_name = "FILE.toml", default_value = "device.toml", value_parser = toml)]
    out: PathBuf,
    /// Readings, law and what it leaves, as a picture
    #[arg(long, value_name = "FILE.png|.svg", default_value = "device.png", value_parser = picture)]
    figure: PathBuf,
    /// Writes over files that are there
    #[arg(long)]
    force: bool,
    /// Prints everything that was found as JSON instead of the table
    #[arg(long)]
    json: bool,
}

fn unit(text: &str) -> Result<Unit, String> {
    Unit::named(text).ok_or_else(|| "it is nS, uS, mS or S".into())
}

fn toml(text: &str) -> Result<PathBuf, String> {
    if text.ends_with(".toml") { Ok(text.into()) } else { Err("its name must end in .toml".into()) }
}

fn picture(text: &str) -> Result<PathBuf, String> {
    let is_known = text.ends_with(".svg") || text.ends_with(".png");
    if is_known { Ok(text.into()) } else { Err("its name must end in .svg or .png".into()) }
}

/// Does it.
pub fn run(command: &Command) -> Result<ExitCode> {
    let Command::Fit(options) = command;
    options.spare_files()?;
    let branches = pulses::read(&options.file, options.unit)?;
    let fitted = fit(&branches, options.min, options.max)
        .map_err(|error| Misuse(format!("{}: {error}", options.file.display())))?;
    options.write(&fitted)?;
    if options.json {
        say!("{}", serde_json::to_string_pretty(&fitted)?)?;
    } else {
        say!("{}", table::table(&fitted, [options.min.is_some(), options.max.is_some()]).trim_end())?;
        let (out, figure) = (options.out.display(), options.figure.display());
        say!("\nwrote {out} and {figure}; next, in a condition:  device = \"{out}\"")?;
    }
    Ok(ExitCode::SUCCESS)
}

impl FitOptions {
    /// Somebody may have written into a device file by hand.
    fn spare_files(&self) -> Result<(), Misuse> {
        let files = [("--out", &self.out), ("--figure", &self.figure)];
        match files.into_iter().find(|(_, path)| !self.force && path.exists()) {
            None => Ok(()),
            Some((flag, path)) => Err(Misuse(format!(
                "{} is there already; name another file with {flag}, or write over it with --force",
                path.display()
            ))),
        }
    }

    fn write(&self, fitted: &Fitted) -> Result<()> {
        let is_svg = self.figure.extension().is_some_and(|extension| extension == "svg");
        let drawn = if is_svg { Some(picture::svg(fitted).into_bytes()) } else { picture::png(fitted) };
        let drawn =
            drawn.with_context(|| format!("{}: the picture cannot be drawn", self.figure.display()))?;
        let name = self.file.file_name().unwrap_or_default().to_string_lossy();
        let device = fitted.device(format!("fitted to {name} by spiketime device fit"));
        written(&self.out, device.to_toml().as_bytes())?;
        written(&self.figure, &drawn)
    }
}

fn written(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let mut file = aside::beside(path)?;
        file.as_file_mut().write_all(bytes)?;
        aside::keep(file, path)
    };
    write().with_context(|| path.display().to_string())
}
