//! Counts and percentages: confusion matrices, label histograms, the map of question 6.

use std::sync::Arc;

use kuva::plot::scatter::MarkerShape;
use kuva::prelude::{BarPlot, ColorMap, Heatmap, Layout, LegendPosition, Plot, ScatterPlot, TextAnnotation};
use spiketime_study::evidence::Evidence;
use spiketime_study::spec::Experiment;
use spiketime_train::condition::{Condition, Dataset};
use spiketime_train::record::Checkpoint;
use spiketime_train::score::CLASSES;

use crate::chart::{CELL_FONT, COLOURS, Chart, SIZE, mark_name, spaced};

/// The classes of Fashion-MNIST, table 1 of the report.
pub const FASHION: [&str; CLASSES] = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
];

/// What a class is called where there is room.
fn called(condition: &Condition, class: usize) -> String {
    match condition.dataset {
        Dataset::Mnist => class.to_string(),
        Dataset::FashionMnist => format!("{class} ({})", FASHION[class]),
    }
}

/// True class × class of the most active neuron, in percent of the true class, mean over the seeds.
#[must_use]
pub fn confusion(evidence: &Evidence, condition: &Condition, images: u64) -> Option<Chart> {
    let name = &condition.name;
    let points = evidence.points(name, images)?;
    let mut percent = vec![vec![0.0; CLASSES]; CLASSES];
    for point in points.values() {
        for (row, counts) in percent.iter_mut().zip(&point.confusion) {
            let all = counts.iter().sum::<u64>().max(1) as f64 * points.len() as f64;
            row.iter_mut().zip(counts).for_each(|(cell, &count)| *cell += 100.0 * count as f64 / all);
        }
    }
    let diagonal: Vec<String> = (0..CLASSES).map(|c| format!("{c}: {:.0} %", percent[c][c])).collect();
    let alt = format!("Confusion matrix of {name}; right are, by true class, {}", diagonal.join(", "));
    let tips: Vec<String> = (0..CLASSES * CLASSES)
        .map(|at| (at / CLASSES, at % CLASSES))
        .map(|(truth, said)| {
            let percent = percent[truth][said];
            format!("{} taken for {}: {percent:.1} %", called(condition, truth), called(condition, said))
        })
        .collect();
    let classes: Vec<String> = (0..CLASSES).map(|class| class.to_string()).collect();
    let title = format!("{name}: predicted class [% of the true class]");
    let labels = [title, "predicted class".to_owned(), "true class".to_owned()];
    Some(heatmap(format!("confusion-{name}"), alt, percent, tips, classes, labels))
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
    let title = format!("accuracy after {} images [%]", spaced(checkpoint));
    let labels = [title, format!("β₋ (losses), {which}"), "β₊ (gains)".to_owned()];
    let name = if normalised { "q6-normalised" } else { "q6" };
    Some(heatmap(name.to_owned(), alt, rows, tips, names, labels))
}

/// A square table in colours; `labels` are its title, what stands below it and what at its left.
fn heatmap(
    name: String,
    alt: String,
    rows: Vec<Vec<f64>>,
    tips: Vec<String>,
    names: Vec<String>,
    labels: [String; 3],
) -> Chart {
    Chart::new(name, alt, move |theme| {
        let plot = Heatmap::new()
            .with_data(rows.clone())
            .with_labels(names.clone(), names.clone())
            .with_color_map(percent_colours(&rows))
            .with_tooltip_labels(tips.clone());
        let plots: Vec<Plot> = vec![plot.into()];
        let layout = Layout::auto_from_plots(&plots);
        let [title, x, y] = labels.clone();
        let layout = values(&rows)
            .fold(layout, Layout::with_annotation)
            .with_theme(theme)
            .with_width(TABLE.0)
            .with_height(TABLE.1)
            .with_title_size(14)
            .with_title(title)
            .with_x_categories(names.clone())
            .with_y_categories(names.clone())
            .with_x_label(x)
            .with_y_label(y);
        (plots, layout)
    })
}

/// How wide and high a table is \[px\].
const TABLE: (f64, f64) = (520.0, 440.0);
/// How high its cells are together \[px\].
const CELLS: f64 = 345.0;

/// The value of every cell at its centre.
fn values(rows: &[Vec<f64>]) -> impl Iterator<Item = TextAnnotation> + '_ {
    // The library writes a text 6 px above its place; a number is centred 0.36 of its size below it.
    let down = (6.0 + 0.36 * f64::from(CELL_FONT)) * rows.len() as f64 / CELLS;
    let row = move |(y, row): (usize, &Vec<f64>)| {
        let cell = move |(x, value): (usize, &f64)| {
            let text = format!("{value:.0}");
            TextAnnotation::new(text, x as f64 + 1.0, y as f64 + 1.0 - down).with_font_size(CELL_FONT)
        };
        row.iter().enumerate().map(cell).collect::<Vec<_>>()
    };
    rows.iter().enumerate().flat_map(row)
}

/// A colour means the same percentage in every table: 0 to 100 on the light part of viridis, where black
/// numbers can be read.
fn percent_colours(rows: &[Vec<f64>]) -> ColorMap {
    let all = || rows.iter().flatten().copied();
    let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    ColorMap::Custom(Arc::new(move |share| {
        let percent = low + share * (high - low);
        let colorous::Color { r, g, b } = colorous::VIRIDIS.eval_continuous(0.45 + 0.0055 * percent);
        format!("#{r:02x}{g:02x}{b:02x}")
    }))
}

/// Neurons a class, mean over the seeds, silent ones apart; the counts that the report gives are diamonds.
#[must_use]
pub fn histogram(
    evidence: &Evidence,
    experiment: &Experiment,
    condition: &Condition,
    images: u64,
) -> Option<Chart> {
    let name = &condition.name;
    let points = evidence.points(name, images)?;
    let mean = |f: &dyn Fn(&Checkpoint) -> u64| {
        points.values().map(|point| f(point) as f64).sum::<f64>() / points.len() as f64
    };
    let mut bars: Vec<(String, f64)> =
        (0..CLASSES).map(|class| (class.to_string(), mean(&|point| point.label_histogram[class]))).collect();
    bars.push(("silent".to_owned(), mean(&|point| point.silent_neurons)));
    let report = counts_of_the_report(experiment, name, images);
    let told: Vec<String> = bars
        .iter()
        .map(|(class, count)| {
            let class = class.parse().map_or_else(|_| class.clone(), |number| called(condition, number));
            format!("{class}: {count:.1} neurons")
        })
        .collect();
    let theirs: Vec<String> =
        report.iter().map(|&(class, count)| format!("report, {class}: {count} neurons")).collect();
    let alt = format!(
        "Neurons of {name} by the class they stand for: {}",
        told.iter().chain(&theirs).cloned().collect::<Vec<_>>().join(", ")
    );
    Some(Chart::new(format!("labels-{name}-{images}"), alt, move |theme| {
        let plot =
            BarPlot::new().with_bars(bars.clone()).with_color(COLOURS[0]).with_tooltip_labels(told.clone());
        let mut plots: Vec<Plot> = vec![plot.into()];
        if !report.is_empty() {
            plots.push(diamonds(&report, &theirs).into());
        }
        let layout = Layout::auto_from_plots(&plots)
            .with_width(SIZE.0)
            .with_height(280.0)
            .with_tick_size(14)
            .with_x_label("class")
            .with_y_label("neurons, mean");
        let layout = if report.is_empty() {
            layout
        } else {
            let name = mark_name("report", COLOURS[2], MarkerShape::Diamond);
            layout.with_legend_entries(vec![name]).with_legend_position(LegendPosition::InsideTopRight)
        };
        (plots, layout.with_theme(theme))
    }))
}

/// Of which class the report counts how many neurons.
fn counts_of_the_report(experiment: &Experiment, condition: &str, images: u64) -> Vec<(usize, f64)> {
    let counts = experiment.expected.iter().filter(|expected| expected.condition == condition);
    let of_class = counts.filter_map(|expected| {
        let class = expected.metric.strip_prefix("neurons_class_")?.parse().ok()?;
        let (_, count) = expected.points.iter().find(|(seen, _)| *seen == images)?;
        Some((class, *count))
    });
    of_class.collect()
}

/// The bar of class k stands at k + 1.
fn diamonds(counts: &[(usize, f64)], told: &[String]) -> ScatterPlot {
    ScatterPlot::new()
        .with_data(counts.iter().map(|&(class, count)| (class as f64 + 1.0, count)))
        .with_color(COLOURS[2])
        .with_marker(MarkerShape::Diamond)
        .with_size(6.5)
        .with_tooltip_labels(told.to_vec())
}
