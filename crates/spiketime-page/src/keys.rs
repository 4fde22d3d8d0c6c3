//! A metric over keys of the conditions: one key along an axis, or two as a table in colours.

use std::collections::BTreeSet;

use kuva::plot::scatter::MarkerShape;
use kuva::prelude::{BarPlot, Layout, LinePlot, Plot, ScatterPlot, Theme};
use ordered_float::OrderedFloat;
use spiketime_study::evidence::Evidence;
use spiketime_study::keys::unit_of;
use spiketime_study::metric::{Metric, Unit};
use spiketime_study::panel::{Panel, Scale};
use spiketime_study::spaced::spaced;
use spiketime_study::spec::Experiment;
use spiketime_study::statistics::{Part, measured};
use spiketime_train::condition::Condition;

use crate::chart::{COLOURS, Chart, SIZE, line_name, mark_name, named, up_to};
use crate::scored::label;
use crate::tables::{Table, heatmap};

/// A condition by its keys, and what came out.
struct Cell {
    keys: Vec<String>,
    name: String,
    condition: String,
    part: Part,
}

/// Every condition of a panel that has its keys; `None` while one is missing.
fn cells(evidence: &Evidence, experiment: &Experiment, panel: &Panel) -> Option<Vec<Cell>> {
    let metric = Metric::named(panel.metric())?;
    let (evidence, images) = (evidence.of_experiment(experiment), looked_at(experiment, panel)?);
    let keyed = panel.shown(experiment).filter_map(|condition| {
        let values = experiment.values(condition);
        let keys = panel.keys.iter().map(|key| values.get(key).cloned()).collect::<Option<Vec<String>>>();
        keys.map(|keys| (condition, keys))
    });
    let cell = |(condition, keys): (&Condition, Vec<String>)| {
        let values = evidence.metric_at(&condition.name, images, &metric)?;
        let part = measured("", &values, metric.unit().limits());
        Some(Cell { keys, name: condition.name.clone(), condition: label(condition), part })
    };
    keyed.map(cell).collect()
}

/// The point that the panel names, else the last.
fn looked_at(experiment: &Experiment, panel: &Panel) -> Option<u64> {
    panel.images.first().copied().or_else(|| experiment.checkpoints.iter().copied().max())
}

fn metric_label(panel: &Panel) -> String {
    let metric = Metric::named(panel.metric());
    metric.map_or_else(String::new, |m| format!("{} [{}]", m.words(), m.unit().of_a_value()))
}

fn title(experiment: &Experiment, panel: &Panel) -> String {
    let metric = Metric::named(panel.metric());
    let (words, unit) = metric.map_or_else(Default::default, |m| (m.words(), m.unit().of_a_value()));
    let images = looked_at(experiment, panel).unwrap_or_default();
    format!("{words} after {} images [{unit}]", spaced(images))
}

/// A key as people write it.
fn words(key: &str) -> String {
    let unit = unit_of(key).and_then(|unit| Some((key.rsplit_once('_')?.0, unit)));
    unit.map_or_else(|| key.to_owned(), |(key, unit)| format!("{key} [{unit}]")).replace('_', " ")
}

/// One key against the metric; `None` while a run is missing.
#[must_use]
pub fn along_one(evidence: &Evidence, experiment: &Experiment, panel: &Panel, name: String) -> Option<Chart> {
    let key = panel.keys.first()?.clone();
    let cells = cells(evidence, experiment, panel)?;
    if cells.iter().any(|cell| cell.keys[0].parse::<f64>().is_err()) {
        return Some(as_bars(&cells, title(experiment, panel), &key, name));
    }
    let mut points: Vec<(f64, Cell)> =
        cells.into_iter().filter_map(|cell| Some((cell.keys[0].parse().ok()?, cell))).collect();
    points.sort_by_key(|(value, _)| OrderedFloat(*value));
    if points.len() < 2 {
        return None;
    }
    let told: Vec<String> = points
        .iter()
        .map(|(_, cell)| format!("{}, {key} = {}: {}", cell.condition, cell.keys[0], number(&cell.part)))
        .collect();
    let published = Published::of(experiment, panel, &points);
    let (label, scale) = (metric_label(panel), panel.scale);
    let along =
        format!("{}, after {} images", words(&key), spaced(looked_at(experiment, panel).unwrap_or_default()));
    let largest = points.last().map_or(0.0, |(x, _)| *x);
    let alt = format!(
        "{} over {}: {}",
        title(experiment, panel),
        words(&key),
        [&told[..], &published.told].concat().join("; ")
    );
    Some(Chart::new(name, alt, move |theme| {
        let mut plots = mean(&points, &told);
        plots.extend(published.diamonds(&theme));
        let layout = published.named(Layout::auto_from_plots(&plots).with_tick_size(14), &theme);
        let layout = match scale {
            Scale::Linear => layout,
            Scale::Logarithmic => layout.with_log_x().with_x_tick_format(up_to(largest)),
        };
        (plots, layout.with_theme(theme).with_x_label(along.clone()).with_y_label(label.clone()))
    }))
}

/// Our means, and where they lie with 95 %.
fn mean(points: &[(f64, Cell)], told: &[String]) -> Vec<Plot> {
    let end = |end: usize| {
        points
            .iter()
            .map(|(_, cell)| cell.part.interval.unwrap_or([cell.part.ours; 2])[end])
            .collect::<Vec<_>>()
    };
    let line: Vec<(f64, f64)> = points.iter().map(|(x, cell)| (*x, cell.part.ours)).collect();
    let mean =
        LinePlot::new().with_data(line.iter().copied()).with_color(COLOURS[0]).with_band(end(0), end(1));
    let dots = ScatterPlot::new()
        .with_data(line)
        .with_color(COLOURS[0])
        .with_size(4.5)
        .with_tooltip_labels(told.to_vec());
    vec![mean.into(), dots.into()]
}

/// What is published of some cells.
struct Published {
    points: Vec<(f64, f64)>,
    told: Vec<String>,
}

impl Published {
    fn of(experiment: &Experiment, panel: &Panel, cells: &[(f64, Cell)]) -> Published {
        let images = looked_at(experiment, panel);
        let of_cell = |(x, cell): &(f64, Cell)| {
            let mine = experiment.expected.iter();
            let mine = mine.filter(|e| e.condition == cell.name && e.metric == panel.metric());
            let points = mine.flat_map(|e| e.points.iter().map(move |point| (point, &e.source)));
            let here = points.filter(|((at, _), _)| Some(*at) == images);
            let told = |((_, value), source): (&(u64, f64), &String)| {
                ((*x, *value), format!("published: {value}, {source}"))
            };
            here.map(told).collect::<Vec<_>>()
        };
        let (points, told) = cells.iter().flat_map(of_cell).unzip();
        Published { points, told }
    }

    fn diamonds(&self, theme: &Theme) -> Option<Plot> {
        let diamonds = ScatterPlot::new()
            .with_data(self.points.iter().copied())
            .with_color(theme.text_color.clone())
            .with_marker(MarkerShape::Diamond)
            .with_size(5.5)
            .with_tooltip_labels(self.told.clone());
        (!self.points.is_empty()).then(|| diamonds.into())
    }

    /// With names where there are two kinds of marks.
    fn named(&self, layout: Layout, theme: &Theme) -> Layout {
        if self.points.is_empty() {
            return layout.with_width(SIZE.0).with_height(SIZE.1);
        }
        let ours = line_name("ours".to_owned(), COLOURS[0], false);
        named(layout, SIZE, vec![ours, mark_name("published", &theme.text_color, MarkerShape::Diamond)])
    }
}

/// Values that are words have no order: a bar each.
fn as_bars(cells: &[Cell], title: String, key: &str, name: String) -> Chart {
    let told: Vec<String> = cells
        .iter()
        .map(|cell| format!("{}, {key} = {}: {}", cell.condition, cell.keys[0], number(&cell.part)))
        .collect();
    let bars: Vec<(String, f64)> = cells.iter().map(|cell| (cell.keys[0].clone(), cell.part.ours)).collect();
    let (alt, key) = (format!("{title} by {}: {}", words(key), told.join("; ")), words(key));
    Chart::new(name, alt, move |theme| {
        let plot =
            BarPlot::new().with_bars(bars.clone()).with_color(COLOURS[0]).with_tooltip_labels(told.clone());
        let plots: Vec<Plot> = vec![plot.into()];
        let layout =
            Layout::auto_from_plots(&plots).with_width(SIZE.0).with_height(SIZE.1).with_tick_size(14);
        (plots, layout.with_theme(theme).with_x_label(key.clone()).with_y_label(title.clone()))
    })
}

fn number(part: &Part) -> String {
    spiketime_study::verdict::with_interval(part)
}

/// Two keys, rows and columns; `None` while a run is missing. A cell that no condition has stays empty.
#[must_use]
pub fn along_two(evidence: &Evidence, experiment: &Experiment, panel: &Panel, name: String) -> Option<Chart> {
    let cells = cells(evidence, experiment, panel)?;
    let axis = |key: usize| in_order(cells.iter().map(|cell| cell.keys[key].clone()).collect());
    let (rows, columns) = (axis(0), axis(1));
    let at = |row: &String, column: &String| {
        cells.iter().find(|cell| cell.keys[0] == *row && cell.keys[1] == *column)
    };
    let value = |row, column| at(row, column).map_or(f64::NAN, |cell| cell.part.ours);
    let table = rows.iter().map(|row| columns.iter().map(|column| value(row, column)).collect()).collect();
    let tip = |row: &String, column: &String| match at(row, column) {
        None => String::new(),
        Some(cell) => format!("{}: {}", cell.condition, number(&cell.part)),
    };
    let tips: Vec<String> =
        rows.iter().flat_map(|row| columns.iter().map(move |column| tip(row, column))).collect();
    let title = title(experiment, panel);
    let alt =
        format!("{title} over {} and {}: {}", words(&panel.keys[0]), words(&panel.keys[1]), tips.join("; "));
    let labels = [title, words(&panel.keys[1]), words(&panel.keys[0])];
    let limits = limits(&cells, Metric::named(panel.metric())?.unit());
    let table = Table { rows: table, tips, row_names: rows, column_names: columns, labels, limits };
    Some(heatmap(name, alt, table))
}

/// A percentage has the same colour in every table; what is no part of a whole is coloured from its least to its most.
fn limits(cells: &[Cell], unit: Unit) -> [f64; 2] {
    let values = || cells.iter().map(|cell| cell.part.ours);
    match unit.is_percent() {
        true => [0.0, 100.0],
        false => [values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max)],
    }
}

/// Numbers by size, words by the alphabet.
fn in_order(values: BTreeSet<String>) -> Vec<String> {
    let mut values: Vec<String> = values.into_iter().collect();
    values.sort_by_key(|value| OrderedFloat(value.parse::<f64>().unwrap_or(f64::INFINITY)));
    values
}
