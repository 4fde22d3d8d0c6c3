//! Counts and percentages: confusion matrices, label histograms, the map of question 6.

use std::sync::Arc;

use kuva::prelude::{BarPlot, ColorMap, Heatmap, Layout, Plot, TextAnnotation};
use spiketime_experiment::evidence::Evidence;
use spiketime_experiment::score::CLASSES;
use spiketime_experiment::spec::Experiment;

use crate::chart::{CELL_FONT, COLOURS, Chart};

/// True class × class of the most active neuron, in percent of the true class, mean over the seeds.
#[must_use]
pub fn confusion(evidence: &Evidence, condition: &str, images: u64) -> Option<Chart> {
    let points = evidence.points(condition, images)?;
    let mut percent = vec![vec![0.0; CLASSES]; CLASSES];
    for point in points.values() {
        for (row, counts) in percent.iter_mut().zip(&point.confusion) {
            let all = counts.iter().sum::<u64>().max(1) as f64 * points.len() as f64;
            row.iter_mut().zip(counts).for_each(|(cell, &count)| *cell += 100.0 * count as f64 / all);
        }
    }
    let diagonal: Vec<String> = (0..CLASSES).map(|c| format!("{c}: {:.0} %", percent[c][c])).collect();
    let alt = format!("Confusion matrix of {condition}; right are, by true class, {}", diagonal.join(", "));
    let tips: Vec<String> = (0..CLASSES * CLASSES)
        .map(|at| (at / CLASSES, at % CLASSES))
        .map(|(truth, said)| format!("a {truth} taken for a {said}: {:.1} %", percent[truth][said]))
        .collect();
    let classes: Vec<String> = (0..CLASSES).map(|class| class.to_string()).collect();
    let (x, y) = ("predicted class".to_owned(), "true class".to_owned());
    Some(heatmap(format!("confusion-{condition}"), alt, percent, tips, (classes.clone(), classes), (x, y)))
}

/// Accuracy over both non-linearities; `None` while a cell is missing.
#[must_use]
pub fn asymmetry(evidence: &Evidence, experiment: &Experiment, normalised: bool) -> Option<Chart> {
    let checkpoint = *experiment.checkpoints.last()?;
    let betas = [0.0, 1.0, 2.0, 3.0, 5.0];
    let cell = |gain: f64, loss: f64| {
        let wanted = |linear: bool| {
            experiment.conditions.iter().find(|c| {
                let betas = c.stdp_gain_nonlinearity == gain && c.stdp_loss_nonlinearity == loss;
                betas && (c.stdp_normalised == normalised || linear)
            })
        };
        // Without any non-linearity there is nothing to normalise: one network serves both maps.
        let condition = wanted(false).or_else(|| wanted(true).filter(|_| gain + loss == 0.0))?;
        let values = evidence.at(&condition.name, checkpoint, "accuracy")?;
        Some(values.values().sum::<f64>() / values.len() as f64)
    };
    let rows: Option<Vec<Vec<f64>>> =
        betas.iter().map(|&gain| betas.iter().map(|&loss| cell(gain, loss)).collect()).collect();
    let rows = rows?;
    let which = if normalised { "normalised" } else { "as they stand" };
    let tips: Vec<String> = (0..25)
        .map(|at| {
            let (gain, loss, value) = (betas[at / 5], betas[at % 5], rows[at / 5][at % 5]);
            format!("β₊ = {gain}, β₋ = {loss}, {which}: {value:.1} %")
        })
        .collect();
    let alt = format!("Accuracy after {checkpoint} images over β₊ and β₋, {which}: {}", tips.join("; "));
    let names: Vec<String> = betas.iter().map(f64::to_string).collect();
    let (x, y) = (format!("β₋ (losses), {which}"), "β₊ (gains)".to_owned());
    let name = if normalised { "q6-normalised" } else { "q6" };
    Some(heatmap(name.to_owned(), alt, rows, tips, (names.clone(), names), (x, y)))
}

fn heatmap(
    name: String,
    alt: String,
    rows: Vec<Vec<f64>>,
    tips: Vec<String>,
    names: (Vec<String>, Vec<String>),
    labels: (String, String),
) -> Chart {
    Chart::new(name, alt, move |theme| {
        let plot = Heatmap::new()
            .with_data(rows.clone())
            .with_labels(names.0.clone(), names.1.clone())
            .with_color_map(light())
            .with_legend("%")
            .with_tooltip_labels(tips.clone());
        let plots: Vec<Plot> = vec![plot.into()];
        let layout = Layout::auto_from_plots(&plots);
        let layout = values(&rows)
            .fold(layout, Layout::with_annotation)
            .with_theme(theme)
            .with_width(540.0)
            .with_height(440.0)
            .with_x_categories(names.1.clone())
            .with_y_categories(names.0.clone())
            .with_x_label(labels.0.clone())
            .with_y_label(labels.1.clone());
        (plots, layout)
    })
}

/// The value of every cell at its centre.
fn values(rows: &[Vec<f64>]) -> impl Iterator<Item = TextAnnotation> + '_ {
    let row = |(y, row): (usize, &Vec<f64>)| {
        let cell = move |(x, value): (usize, &f64)| {
            let text = format!("{value:.0}");
            TextAnnotation::new(text, x as f64 + 1.0, y as f64 + 1.0).with_font_size(CELL_FONT)
        };
        row.iter().enumerate().map(cell).collect::<Vec<_>>()
    };
    rows.iter().enumerate().flat_map(row)
}

/// The light part of viridis: black numbers can be read on all of it.
fn light() -> ColorMap {
    ColorMap::Custom(Arc::new(|share| {
        let colorous::Color { r, g, b } = colorous::VIRIDIS.eval_continuous(0.45 + 0.55 * share);
        format!("#{r:02x}{g:02x}{b:02x}")
    }))
}

/// Neurons a class, mean over the seeds; silent ones apart.
#[must_use]
pub fn histogram(evidence: &Evidence, condition: &str, images: u64) -> Option<Chart> {
    let points = evidence.points(condition, images)?;
    let mean = |f: &dyn Fn(&spiketime_experiment::record::Checkpoint) -> u64| {
        points.values().map(|point| f(point) as f64).sum::<f64>() / points.len() as f64
    };
    let mut bars: Vec<(String, f64)> =
        (0..CLASSES).map(|class| (class.to_string(), mean(&|point| point.label_histogram[class]))).collect();
    bars.push(("silent".to_owned(), mean(&|point| point.silent_neurons)));
    let told: Vec<String> =
        bars.iter().map(|(class, count)| format!("{class}: {count:.1} neurons")).collect();
    let alt = format!("Neurons of {condition} by the class they stand for: {}", told.join(", "));
    Some(Chart::new(format!("labels-{condition}-{images}"), alt, move |theme| {
        let plot =
            BarPlot::new().with_bars(bars.clone()).with_color(COLOURS[0]).with_tooltip_labels(told.clone());
        let plots: Vec<Plot> = vec![plot.into()];
        let layout = Layout::auto_from_plots(&plots)
            .with_theme(theme)
            .with_width(640.0)
            .with_height(320.0)
            .with_x_label("class")
            .with_y_label("neurons, mean over seeds");
        (plots, layout)
    }))
}
