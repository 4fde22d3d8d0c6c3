//! What an image costs: by stage, by condition, by network size, by input rate and by presentation time.
//!
//! `just bench-cost` writes the tables between the marks of `docs/performance.md` and the charts beside it.
//! One core, everything an image costs in it unless a row says otherwise. The images are the embedded
//! sample's; what is compared takes turns, and a number is the median over rounds.

mod measure;
mod report;
mod stages;

use std::path::Path;

use anyhow::{Context, Result};
use spiketime_data::DatasetName;
use spiketime_train::condition::{Condition, Inhibition};
use spiketime_train::data_set::DataSet;

use measure::{Cost, cost};

/// Images that a network has seen before it is measured.
const LEARNED: usize = 3_000;
/// A whole training of the report.
const TRAINED: usize = 60_000;

fn main() -> Result<()> {
    let page = Path::new("docs/performance.md");
    let text = std::fs::read_to_string(page)
        .with_context(|| format!("{}: run this from the root", page.display()))?;
    let sections = [
        report::by_stage(&stages::stages(LEARNED)),
        report::by_condition(&conditions().map(|(name, condition)| {
            [LEARNED, TRAINED].map(|learned| (name, learned, cost(&condition, learned)))
        })),
        report::by_size(&sizes().map(|neurons| (neurons, cost(&Condition { neurons, ..base() }, LEARNED))))?,
        report::by_spikes(&rates(), &times(), &times_at_one_count())?,
    ];
    let text = report::spliced(&text, &sections).context("the marks of `just bench-cost` are missing")?;
    Ok(std::fs::write(page, text)?)
}

fn base() -> Condition {
    Condition::default()
}

fn conditions() -> [(&'static str, Condition); 7] {
    [
        ("winner takes all", base()),
        ("soft", Condition { inhibition: Inhibition::Soft, ..base() }),
        ("none", Condition { inhibition: Inhibition::None, ..base() }),
        ("nonlinear-reversed", Condition { stdp_loss: -0.005, ..base() }),
        ("nonlinear-asymmetric", Condition { stdp_loss_nonlinearity: 5.0, ..base() }),
        (
            "nonlinear-symmetric",
            Condition { stdp_gain_nonlinearity: 5.0, stdp_loss_nonlinearity: 5.0, ..base() },
        ),
        ("Fashion-MNIST", Condition { dataset: DataSet::Known(DatasetName::FashionMnist), ..base() }),
    ]
}

fn sizes() -> [usize; 8] {
    [36, 100, 196, 400, 784, 1_600, 3_136, 6_400]
}

/// Six times the report's 50 Hz in steps of two: the spikes of an image grow with the rate.
fn rates() -> Vec<(f64, Cost)> {
    let condition = |rate_max_hz| Condition { rate_max_hz, ..base() };
    [12.5, 25.0, 50.0, 100.0, 200.0].map(|rate_hz| (rate_hz, cost(&condition(rate_hz), LEARNED))).into()
}

/// The report's 250 ms, shorter and longer, at its rate: the spikes of an image grow with the time.
fn times() -> Vec<(f64, Cost)> {
    let condition = |image_ms| Condition { image_ms, ..base() };
    [62.5, 125.0, 250.0, 500.0, 1_000.0].map(|time_ms| (time_ms, cost(&condition(time_ms), LEARNED))).into()
}

/// As many input spikes an image as the report has, in less time and in more.
fn times_at_one_count() -> Vec<(f64, Cost)> {
    let report = base();
    let condition = |image_ms: f64| Condition {
        image_ms,
        rate_max_hz: report.rate_max_hz * report.image_ms / image_ms,
        ..base()
    };
    [62.5, 250.0, 1_000.0, 4_000.0].map(|time_ms| (time_ms, cost(&condition(time_ms), LEARNED))).into()
}
