//! A metric over the images seen: our mean, where 95 % of single runs would fall, published points; or the difference
//! of each network to a reference, with the 95 % interval of its mean.
//!
//! The band of a curve is that of a single run, since what is published is one run and is held against it.

use kuva::plot::legend::LegendEntry;
use kuva::plot::scatter::MarkerShape;
use kuva::prelude::{Layout, LinePlot, Plot, ScatterPlot, Theme};
use spiketime_study::evidence::Evidence;
use spiketime_study::metric::{Metric, Unit};
use spiketime_study::panel::{Kind, Panel, Scale};
use spiketime_study::spaced::spaced;
use spiketime_study::spec::Experiment;
use spiketime_study::statistics::{BySeed, measured, paired, single_run};

use crate::chart::{Chart, SIZE, line_name, mark_name, named, up_to};
use crate::palette::{Palette, Style};
use crate::scored::{label, label_of};

/// One network's curve.
#[derive(Clone)]
struct Series {
    condition: String,
    style: Style,
    points: Vec<Point>,
    published: Vec<(u64, f64)>,
}

#[derive(Clone, Copy)]
struct Point {
    images: u64,
    mean: f64,
    low: f64,
    high: f64,
    seeds: usize,
}

fn thousands(images: u64) -> f64 {
    images as f64 / 1000.0
}

/// What is drawn along which axes.
#[derive(Clone)]
struct Axes {
    words: String,
    unit: Unit,
    is_difference: bool,
    scale: Scale,
}

impl Axes {
    fn unit(&self) -> &'static str {
        if self.is_difference { self.unit.of_a_difference() } else { self.unit.of_a_value() }
    }

    fn label(&self) -> String {
        let unit = Some(self.unit()).filter(|unit| !unit.is_empty());
        self.words.clone() + &unit.map_or_else(String::new, |unit| format!(" [{unit}]"))
    }
}

/// The curves of a panel; `None` while no network has two points.
#[must_use]
pub fn curves(
    evidence: &Evidence,
    experiment: &Experiment,
    panel: &Panel,
    palette: &Palette,
    name: String,
) -> Option<Chart> {
    let metric = Metric::named(panel.metric())?;
    let is_difference = panel.kind == Kind::Difference;
    let less = panel.reference.as_ref().map(|name| format!(", less {}", label_of(experiment, name)));
    let axes = Axes {
        words: metric.words() + &less.unwrap_or_default(),
        unit: metric.unit(),
        is_difference,
        scale: panel.scale,
    };
    let evidence = evidence.of_experiment(experiment);
    let shown = panel.shown(experiment).filter(|condition| Some(&condition.name) != panel.reference.as_ref());
    let all = shown.map(|condition| Series {
        condition: label(condition),
        style: palette.style(&condition.name),
        points: points(&evidence, experiment, panel, &condition.name, &axes),
        published: if is_difference {
            Vec::new()
        } else {
            published(experiment, &condition.name, panel.metric())
        },
    });
    let series: Vec<Series> = all.filter(|series| series.points.len() > 1).collect();
    if series.is_empty() {
        return None;
    }
    let alt = alt(&series, &axes);
    let ends = series.iter().filter_map(|series| series.points.last());
    let largest = thousands(ends.map(|point| point.images).max().unwrap_or(0));
    Some(Chart::new(name, alt, move |theme| {
        let plots: Vec<Plot> = series.iter().flat_map(|series| drawn(series, &axes)).collect();
        let layout = named(Layout::auto_from_plots(&plots), SIZE, names(&series, &theme));
        let layout = laid_out(layout.with_theme(theme).with_y_label(axes.label()), &axes, largest);
        (plots, layout)
    }))
}

fn laid_out(layout: Layout, axes: &Axes, largest: f64) -> Layout {
    let layout = match axes.scale {
        Scale::Linear => layout
            .with_x_label("training images, thousands")
            .with_x_axis_min(0.0)
            .with_x_tick_format(up_to(f64::INFINITY)),
        Scale::Logarithmic => layout
            .with_x_label("training images, thousands, logarithmic")
            .with_log_x()
            .with_x_tick_format(up_to(largest)),
    };
    match axes.unit.is_percent() && !axes.is_difference {
        true => layout.with_y_axis_min(0.0).with_y_axis_max(100.0),
        false => layout,
    }
}

/// A name a network; published points have their network's colour and share one name.
fn names(series: &[Series], theme: &Theme) -> Vec<LegendEntry> {
    let line =
        |series: &Series| line_name(series.condition.clone(), series.style.colour, series.style.is_dashed);
    let ours = series.iter().map(line);
    let has_published = series.iter().any(|series| !series.published.is_empty());
    let theirs = has_published.then(|| mark_name("published", &theme.text_color, MarkerShape::Diamond));
    ours.chain(theirs).collect()
}

fn points(
    evidence: &Evidence,
    experiment: &Experiment,
    panel: &Panel,
    condition: &str,
    axes: &Axes,
) -> Vec<Point> {
    let Some(metric) = Metric::named(panel.metric()) else { return Vec::new() };
    let at = |condition: &str, images| evidence.metric_at(condition, images, &metric);
    let mut looks = experiment.checkpoints.clone();
    looks.sort_unstable();
    let values = looks.into_iter().filter_map(|images| {
        let values = at(condition, images)?;
        Some(match &panel.reference {
            None => level(images, &values, axes),
            Some(reference) => difference(images, &paired(&values, &at(reference, images)?), axes),
        })
    });
    values.collect()
}

fn level(images: u64, values: &BySeed, axes: &Axes) -> Point {
    let (mean, band) = single_run(values);
    let [low, high] = band.unwrap_or([mean, mean]);
    let [least, most] = axes.unit.limits();
    Point { images, mean, low: low.max(least), high: high.min(most), seeds: values.len() }
}

fn difference(images: u64, values: &BySeed, axes: &Axes) -> Point {
    let part = measured("", values, axes.unit.limits_of_a_difference());
    let [low, high] = part.interval.unwrap_or([part.ours; 2]);
    Point { images, mean: part.ours, low, high, seeds: part.seeds }
}

fn published(experiment: &Experiment, condition: &str, metric: &str) -> Vec<(u64, f64)> {
    let mine = experiment.expected.iter().filter(|e| e.condition == condition && e.metric == metric);
    mine.flat_map(|expected| expected.points.clone()).collect()
}

fn drawn(series: &Series, axes: &Axes) -> Vec<Plot> {
    let Series { condition, style, points, published } = series;
    let at = |f: fn(&Point) -> f64| points.iter().map(f).collect::<Vec<f64>>();
    let line = LinePlot::new()
        .with_data(points.iter().map(|p| (thousands(p.images), p.mean)))
        .with_color(style.colour)
        .with_band(at(|p| p.low), at(|p| p.high));
    let line = if style.is_dashed { line.with_dashed() } else { line };
    let (unit, of) = (axes.unit(), if axes.is_difference { "mean" } else { "single run" });
    let told = points.iter().map(|p| {
        let Point { images, mean, low, high, seeds } = p;
        let images = spaced(*images);
        format!("{condition}, {images} images: {mean:.1} {unit} ({of} {low:.1} to {high:.1}), {seeds} seeds")
    });
    let dots = ScatterPlot::new()
        .with_data(points.iter().map(|p| (thousands(p.images), p.mean)))
        .with_color(style.colour)
        .with_size(4.0)
        .with_tooltip_labels(told.collect::<Vec<_>>());
    let mut plots: Vec<Plot> = vec![line.into(), dots.into()];
    if !published.is_empty() {
        let told = published
            .iter()
            .map(|(images, y)| format!("published, {condition}, {} images: {y} {unit}", spaced(*images)));
        let theirs = ScatterPlot::new()
            .with_data(published.iter().map(|&(images, y)| (thousands(images), y)))
            .with_color(style.colour)
            .with_marker(MarkerShape::Diamond)
            .with_marker_stroke_width(1.5)
            .with_size(5.5)
            .with_tooltip_labels(told.collect::<Vec<_>>());
        plots.push(theirs.into());
    }
    plots
}

fn alt(series: &[Series], axes: &Axes) -> String {
    let unit = axes.unit();
    let told = series.iter().filter_map(|series| {
        let (first, last) = (series.points.first()?, series.points.last()?);
        let published =
            series.published.last().map(|(_, y)| format!(" (published {y} {unit})")).unwrap_or_default();
        Some(format!(
            "{} from {:.1} {unit} after {} to {:.1} {unit} after {} images{published}",
            series.condition,
            first.mean,
            spaced(first.images),
            last.mean,
            spaced(last.images)
        ))
    });
    format!("{} over training images: {}", axes.words, told.collect::<Vec<_>>().join("; "))
}
