//! A metric over the images seen: our mean, where 95 % of single runs would fall, the report's points.
//!
//! The band is that of a single run, since the report is one run and its points are held against it.

use kuva::plot::legend::LegendEntry;
use kuva::plot::scatter::MarkerShape;
use kuva::prelude::{Layout, LinePlot, Plot, ScatterPlot, Theme, TickFormat};
use spiketime_study::evidence::Evidence;
use spiketime_study::spec::Experiment;
use spiketime_study::statistics::single_run;

use crate::chart::{COLOURS, Chart, SIZE, line_name, mark_name, named};

/// One network's curve.
#[derive(Clone)]
struct Series {
    condition: String,
    colour: &'static str,
    points: Vec<Point>,
    report: Vec<(f64, f64)>,
}

#[derive(Clone, Copy)]
struct Point {
    images: f64,
    mean: f64,
    low: f64,
    high: f64,
    seeds: usize,
}

/// The curves of an experiment; `None` while no network has two points.
#[must_use]
pub fn curves(evidence: &Evidence, experiment: &Experiment, metric: &str) -> Option<Chart> {
    let all = experiment.conditions.iter().zip(COLOURS.iter().cycle()).map(|(condition, &colour)| {
        let name = &condition.name;
        Series {
            condition: name.clone(),
            colour,
            points: points(evidence, experiment, name, metric),
            report: report(experiment, name, metric),
        }
    });
    let series: Vec<Series> = all.filter(|series| series.points.len() > 1).collect();
    if series.is_empty() {
        return None;
    }
    let name = match metric {
        "accuracy" => experiment.name.clone(),
        _ => format!("{}-{}", experiment.name, metric.replace('_', "-")),
    };
    let (alt, label) = (alt(&series, metric), format!("{} [%]", metric.replace('_', " ")));
    Some(Chart::new(name, alt, move |theme| {
        let (plots, names) = (series.iter().flat_map(drawn).collect::<Vec<Plot>>(), names(&series, &theme));
        let layout = named(Layout::auto_from_plots(&plots), SIZE, names)
            .with_theme(theme)
            .with_x_label("training images, thousands")
            .with_y_label(label.clone())
            .with_x_axis_min(0.0)
            .with_y_axis_min(0.0)
            .with_y_axis_max(100.0)
            .with_x_tick_format(TickFormat::Auto);
        (plots, layout)
    }))
}

/// A name a network; the report's points have their network's colour and share one name.
fn names(series: &[Series], theme: &Theme) -> Vec<LegendEntry> {
    let ours = series.iter().map(|series| line_name(series.condition.clone(), series.colour, false));
    let has_report = series.iter().any(|series| !series.report.is_empty());
    let theirs = has_report.then(|| mark_name("report", &theme.text_color, MarkerShape::Diamond));
    ours.chain(theirs).collect()
}

fn points(evidence: &Evidence, experiment: &Experiment, condition: &str, metric: &str) -> Vec<Point> {
    let evidence = evidence.of_experiment(experiment);
    let values = experiment.checkpoints.iter().filter_map(|&images| {
        let values = evidence.at(condition, images, metric)?;
        let (mean, band) = single_run(&values);
        let [low, high] = band.unwrap_or([mean, mean]);
        Some(Point {
            images: images as f64 / 1000.0,
            mean,
            low: low.max(0.0),
            high: high.min(100.0),
            seeds: values.len(),
        })
    });
    values.collect()
}

fn report(experiment: &Experiment, condition: &str, metric: &str) -> Vec<(f64, f64)> {
    let mine = experiment.expected.iter().filter(|e| e.condition == condition && e.metric == metric);
    mine.flat_map(|expected| &expected.points).map(|&(images, v)| (images as f64 / 1000.0, v)).collect()
}

fn drawn(series: &Series) -> Vec<Plot> {
    let Series { condition, colour, points, report } = series;
    let at = |f: fn(&Point) -> f64| points.iter().map(f).collect::<Vec<f64>>();
    let line = LinePlot::new()
        .with_data(points.iter().map(|p| (p.images, p.mean)))
        .with_color(*colour)
        .with_band(at(|p| p.low), at(|p| p.high));
    let told = points.iter().map(|p| {
        let Point { images, mean, low, high, seeds } = p;
        format!(
            "{condition}, {images}k images: {mean:.1} % (single run {low:.1} to {high:.1}), {seeds} seeds"
        )
    });
    let dots = ScatterPlot::new()
        .with_data(points.iter().map(|p| (p.images, p.mean)))
        .with_color(*colour)
        .with_size(4.0)
        .with_tooltip_labels(told.collect::<Vec<_>>());
    let mut plots: Vec<Plot> = vec![line.into(), dots.into()];
    if !report.is_empty() {
        let told = report.iter().map(|(x, y)| format!("report, {condition}, {x}k images: {y} %"));
        let theirs = ScatterPlot::new()
            .with_data(report.iter().copied())
            .with_color(*colour)
            .with_marker(MarkerShape::Diamond)
            .with_marker_stroke_width(1.5)
            .with_size(5.5)
            .with_tooltip_labels(told.collect::<Vec<_>>());
        plots.push(theirs.into());
    }
    plots
}

fn alt(series: &[Series], metric: &str) -> String {
    let told = series.iter().filter_map(|series| {
        let (first, last) = (series.points.first()?, series.points.last()?);
        let report = series.report.last().map(|(_, y)| format!(" (report {y} %)")).unwrap_or_default();
        Some(format!(
            "{} from {:.1} % at {}k to {:.1} % at {}k images{report}",
            series.condition, first.mean, first.images, last.mean, last.images
        ))
    });
    format!("{} over training images: {}", metric.replace('_', " "), told.collect::<Vec<_>>().join("; "))
}
