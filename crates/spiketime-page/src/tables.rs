//! Counts and percentages: confusion matrices, label histograms, tables in colours.

use std::sync::Arc;

use kuva::plot::scatter::MarkerShape;
use kuva::prelude::{BarPlot, ColorMap, Heatmap, Layout, LegendPosition, Plot, ScatterPlot, TextAnnotation};
use spiketime_study::evidence::Evidence;
use spiketime_study::spec::Experiment;
use spiketime_train::condition::Condition;
use spiketime_train::record::Checkpoint;

use crate::chart::{CELL_FONT, COLOURS, Chart, SIZE, mark_name};
use crate::scored::label;

/// What a class is called where there is room.
fn called(condition: &Condition, class: usize) -> String {
    let name = condition.dataset.class_name(class);
    if name == class.to_string() { name.to_owned() } else { format!("{class} ({name})") }
}

/// What an axis calls a class: the number where the program knows the set, else its name, if that is short.
fn axis_names(condition: &Condition) -> Vec<String> {
    const LONGEST: usize = 10;
    let name = |class: usize| match condition.dataset.class_name(class) {
        name if condition.dataset.own().is_some() && name.chars().count() <= LONGEST => name.to_owned(),
        _ => class.to_string(),
    };
    (0..condition.dataset.classes()).map(name).collect()
}

/// True class × class of the most active neuron, in percent of the true class, mean over the seeds.
#[must_use]
pub fn confusion(evidence: &Evidence, condition: &Condition, images: u64) -> Option<Chart> {
    let name = &condition.name;
    let points = evidence.points(name, images)?;
    let count = condition.dataset.classes();
    let mut percent = vec![vec![0.0; count]; count];
    for point in points.values() {
        for (row, counts) in percent.iter_mut().zip(point.confusion.rows()) {
            let all = counts.iter().sum::<u64>().max(1) as f64 * points.len() as f64;
            row.iter_mut().zip(counts).for_each(|(cell, &count)| *cell += 100.0 * count as f64 / all);
        }
    }
    let diagonal: Vec<String> = (0..count).map(|c| format!("{c}: {:.0} %", percent[c][c])).collect();
    let told = label(condition);
    let alt = format!("Confusion matrix of {told}; right are, by true class, {}", diagonal.join(", "));
    let tips: Vec<String> = (0..count * count)
        .map(|at| (at / count, at % count))
        .map(|(truth, said)| {
            let percent = percent[truth][said];
            format!("{} taken for {}: {percent:.1} %", called(condition, truth), called(condition, said))
        })
        .collect();
    let classes = axis_names(condition);
    let title = format!("{told}: predicted class [% of the true class]");
    let labels = [title, "predicted class".to_owned(), "true class".to_owned()];
    let (row_names, column_names, limits) = (classes.clone(), classes, [0.0, 100.0]);
    let table = Table { rows: percent, tips, row_names, column_names, labels, limits };
    Some(heatmap(format!("confusion-{name}-{images}"), alt, table))
}

/// A table in colours.
#[derive(Clone)]
pub(crate) struct Table {
    /// Its values, row by row; a cell without one is not a number.
    pub rows: Vec<Vec<f64>>,
    /// What each cell says, row by row.
    pub tips: Vec<String>,
    /// At the left.
    pub row_names: Vec<String>,
    /// Below.
    pub column_names: Vec<String>,
    /// Its title, what stands below it and what at its left.
    pub labels: [String; 3],
    /// What has the darkest colour and what the lightest.
    pub limits: [f64; 2],
}

pub(crate) fn heatmap(name: String, alt: String, table: Table) -> Chart {
    Chart::new(name, alt, move |theme| {
        let Table { rows, tips, row_names, column_names, labels: [title, x, y], limits } = table.clone();
        let plot = Heatmap::new()
            .with_data(rows.clone())
            .with_labels(row_names.clone(), column_names.clone())
            .with_color_map(colours(&rows, limits))
            .with_tooltip_labels(tips);
        let plots: Vec<Plot> = vec![plot.into()];
        let layout = values(&rows).fold(Layout::auto_from_plots(&plots), Layout::with_annotation);
        let layout = layout
            .with_theme(theme)
            .with_width(TABLE.0)
            .with_height(TABLE.1)
            .with_title_size(14)
            .with_title(title)
            .with_x_categories(column_names)
            .with_y_categories(row_names)
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
            let text = if value.is_nan() { String::new() } else { format!("{value:.0}") };
            TextAnnotation::new(text, x as f64 + 1.0, y as f64 + 1.0 - down).with_font_size(CELL_FONT)
        };
        row.iter().enumerate().map(cell).collect::<Vec<_>>()
    };
    rows.iter().enumerate().flat_map(row)
}

/// A colour means the same value between the same limits: the light part of viridis, where black numbers can be read.
fn colours(rows: &[Vec<f64>], [from, to]: [f64; 2]) -> ColorMap {
    let all = || rows.iter().flatten().copied();
    let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    ColorMap::Custom(Arc::new(move |share| {
        let value = low + share * (high - low);
        let place = ((value - from) / (to - from)).clamp(0.0, 1.0);
        if place.is_nan() {
            return "#88888833".to_owned();
        }
        let colorous::Color { r, g, b } = colorous::VIRIDIS.eval_continuous(0.45 + 0.55 * place);
        format!("#{r:02x}{g:02x}{b:02x}")
    }))
}

/// Neurons a class, mean over the seeds, silent ones apart; published counts are diamonds.
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
    let names = axis_names(condition).into_iter().enumerate();
    let mut bars: Vec<(String, f64)> =
        names.map(|(class, name)| (name, mean(&|point| point.label_histogram[class]))).collect();
    bars.push(("silent".to_owned(), mean(&|point| point.silent_neurons)));
    let published = published_counts(experiment, name, images);
    let told: Vec<String> = bars
        .iter()
        .map(|(class, count)| {
            let class = class.parse().map_or_else(|_| class.clone(), |number| called(condition, number));
            format!("{class}: {count:.1} neurons")
        })
        .collect();
    let theirs: Vec<String> =
        published.iter().map(|&(class, count)| format!("published, {class}: {count} neurons")).collect();
    let alt = format!(
        "Neurons of {} by the class they stand for: {}",
        label(condition),
        told.iter().chain(&theirs).cloned().collect::<Vec<_>>().join(", ")
    );
    let title = format!("{}: neurons by the class they stand for", label(condition));
    Some(Chart::new(format!("labels-{name}-{images}"), alt, move |theme| {
        let plot =
            BarPlot::new().with_bars(bars.clone()).with_color(COLOURS[0]).with_tooltip_labels(told.clone());
        let mut plots: Vec<Plot> = vec![plot.into()];
        if !published.is_empty() {
            plots.push(diamonds(&published, &theirs).into());
        }
        let layout = Layout::auto_from_plots(&plots)
            .with_width(SIZE.0)
            .with_height(300.0)
            .with_title_size(14)
            .with_title(title.clone())
            .with_tick_size(14)
            .with_x_label("class")
            .with_y_label("neurons, mean");
        let layout = if published.is_empty() {
            layout
        } else {
            let name = mark_name("published", COLOURS[2], MarkerShape::Diamond);
            layout.with_legend_entries(vec![name]).with_legend_position(LegendPosition::InsideTopRight)
        };
        (plots, layout.with_theme(theme))
    }))
}

/// Of which class how many neurons are published.
fn published_counts(experiment: &Experiment, condition: &str, images: u64) -> Vec<(usize, f64)> {
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
