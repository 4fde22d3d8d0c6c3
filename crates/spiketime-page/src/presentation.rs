//! One presentation, drawn from its story: raster, membranes of a win, drift of the thresholds.

use kuva::plot::legend::LegendEntry;
use kuva::plot::scatter::MarkerShape;
use kuva::prelude::{Layout, LinePlot, Plot, ScatterPlot, Theme};
use spiketime_train::explain::{Crossing, Standing, Story};

use crate::chart::{COLOURS, Chart, SIZE, line_name, mark_name, named};

fn layout(plots: &[Plot], names: Vec<LegendEntry>, theme: Theme, y: &str) -> Layout {
    named(Layout::auto_from_plots(plots), SIZE, names)
        .with_theme(theme)
        .with_x_axis_min(0.0)
        .with_x_label("time since onset [ms]")
        .with_y_label(y)
}

/// Every input spike by its pixel, every output spike as a line across.
#[must_use]
pub fn raster(story: &Story) -> Chart {
    let spikes: Vec<(f64, f64)> =
        story.input_ms.iter().zip(&story.input_pixel).map(|(&ms, &pixel)| (ms, f64::from(pixel))).collect();
    let crossings: Vec<f64> = story.crossings.iter().map(|crossing| crossing.at_ms).collect();
    let alt = format!(
        "Raster of training image {}, a {}: {} input spikes over {} ms; output spikes at {} ms",
        story.image,
        story.condition.dataset.class_name(story.vote.label.into()),
        spikes.len(),
        story.condition.image_ms,
        crossings.iter().map(|ms| format!("{ms:.1}")).collect::<Vec<_>>().join(", ")
    );
    Chart::new("raster".to_owned(), alt, move |theme| {
        let tips = spikes.iter().map(|(ms, pixel)| format!("pixel {pixel} at {ms:.3} ms"));
        let dots = ScatterPlot::new()
            .with_data(spikes.iter().copied())
            .with_color(COLOURS[0])
            .with_size(1.6)
            .with_tooltip_labels(tips.collect::<Vec<_>>());
        let mut plots: Vec<Plot> = vec![dots.into()];
        plots.extend(crossings.iter().map(|&ms| {
            let line = LinePlot::new().with_data([(ms, 0.0), (ms, 783.0)]);
            Plot::from(line.with_color(COLOURS[2]).with_stroke_width(1.2))
        }));
        let names = vec![
            mark_name("input spike", COLOURS[0], MarkerShape::Circle),
            line_name("output spike".to_owned(), COLOURS[2], false),
        ];
        let layout = layout(&plots, names, theme, "pixel, row by row");
        (plots, layout)
    })
}

/// The crossings of the most active neuron in words: who was second, and by how much.
#[must_use]
pub fn wins(story: &Story) -> String {
    let first = story.traces.first().map(|trace| trace.neuron);
    let wins = story.crossings.iter().filter(|c| c.spiking.first().map(|standing| standing.neuron) == first);
    wins.filter_map(told).collect::<Vec<_>>().join("; ")
}

/// Potential and threshold of the most active neuron and of its nearest rival.
#[must_use]
pub fn membranes(story: &Story) -> Chart {
    let traces = story.traces.clone();
    let told = story.crossings.iter().filter_map(told).collect::<Vec<_>>();
    let alt = format!("Membrane potentials of a win: {}", told.join("; "));
    let points: Vec<(f64, f64, String)> = story
        .crossings
        .iter()
        .filter_map(|c| {
            Some((c.at_ms, c.spiking.first()?, told_of(c.at_ms, c.spiking.first()?, c.runner_up.as_ref())))
        })
        .filter(|(_, standing, _)| story.traces.iter().any(|trace| trace.neuron == standing.neuron))
        .map(|(ms, standing, told)| (ms, standing.potential_mv, told))
        .collect();
    Chart::new("membranes".to_owned(), alt, move |theme| {
        let (mut plots, mut names): (Vec<Plot>, Vec<LegendEntry>) = (Vec::new(), Vec::new());
        for (number, trace) in traces.iter().enumerate() {
            let role = if number == 0 { "most active" } else { "nearest rival" };
            let line = |values: &[f64]| {
                let over = trace.at_ms.iter().copied().zip(values.iter().copied());
                LinePlot::new().with_data(over).with_color(COLOURS[number]).with_stroke_width(1.2)
            };
            plots.extend([line(&trace.potential_mv).into(), line(&trace.threshold_mv).with_dashed().into()]);
            names.push(line_name(format!("v of {}, {role}", trace.neuron), COLOURS[number], false));
            names.push(line_name(format!("its threshold T₀ + T ({})", trace.neuron), COLOURS[number], true));
        }
        let dots = ScatterPlot::new()
            .with_data(points.iter().map(|(ms, mv, _)| (*ms, *mv)))
            .with_color(COLOURS[2])
            .with_size(4.5)
            .with_tooltip_labels(points.iter().map(|(.., told)| told.clone()).collect::<Vec<_>>());
        plots.push(dots.into());
        names.push(mark_name("crossing", COLOURS[2], MarkerShape::Circle));
        let layout = layout(&plots, names, theme, "potential [mV]");
        (plots, layout)
    })
}

fn told(crossing: &Crossing) -> Option<String> {
    Some(told_of(crossing.at_ms, crossing.spiking.first()?, crossing.runner_up.as_ref()))
}

fn told_of(at_ms: f64, first: &Standing, second: Option<&Standing>) -> String {
    let second = second.map_or_else(String::new, |second| {
        format!(", neuron {} was second, {:.2} mV from its threshold", second.neuron, second.margin_mv.abs())
    });
    format!("at {at_ms:.2} ms neuron {} spikes at {:.2} mV{second}", first.neuron, first.potential_mv)
}

/// Thresholds of the neurons that spike: raised by each own spike, drifting back with τ_T.
#[must_use]
pub fn thresholds(story: &Story) -> Chart {
    let mut lines: Vec<(usize, Vec<(f64, f64)>)> = Vec::new();
    let mut neurons: Vec<usize> = story.crossings.iter().flat_map(|c| &c.spiking).map(|s| s.neuron).collect();
    neurons.sort_unstable();
    neurons.dedup();
    for neuron in neurons.into_iter().take(COLOURS.len()) {
        lines.push((neuron, threshold(story, neuron)));
    }
    let told: Vec<String> = lines
        .iter()
        .map(|(neuron, line)| {
            let highest = line.iter().map(|(_, mv)| *mv).fold(f64::MIN, f64::max);
            format!("neuron {neuron} up to {highest:.1} mV")
        })
        .collect();
    let alt = format!("Thresholds of the neurons that spike, over the image: {}", told.join(", "));
    Chart::new("thresholds".to_owned(), alt, move |theme| {
        let plots: Vec<Plot> = lines
            .iter()
            .zip(COLOURS)
            .map(|((_, line), colour)| {
                LinePlot::new().with_data(line.iter().copied()).with_color(colour).into()
            })
            .collect();
        let names = lines.iter().zip(COLOURS);
        let names = names.map(|((neuron, _), colour)| line_name(format!("neuron {neuron}"), colour, false));
        let layout = layout(&plots, names.collect(), theme, "threshold T₀ + T [mV]");
        (plots, layout)
    })
}

/// T(t) = T(s)·e^(−(t − s)/τ_T) between own spikes; before the first one it is traced back.
fn threshold(story: &Story, neuron: usize) -> Vec<(f64, f64)> {
    let (tau, rise) = (story.condition.tau_adaptation_ms, story.condition.adaptation_mv);
    let spikes: Vec<(f64, &Standing)> = story
        .crossings
        .iter()
        .flat_map(|c| c.spiking.iter().map(move |s| (c.at_ms, s)))
        .filter(|(_, standing)| standing.neuron == neuron)
        .collect();
    let Some(&(first_ms, first)) = spikes.first() else { return Vec::new() };
    let base = first.base_mv;
    let steps = (0..=story.condition.image_ms as usize).map(|ms| (ms as f64, false));
    let mut times: Vec<(f64, bool)> = steps.chain(spikes.iter().map(|&(ms, _)| (ms, true))).collect();
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut since, mut adaptation) = (first_ms, first.threshold_mv - base);
    let mut line = Vec::with_capacity(times.len());
    for (ms, is_spike) in times {
        let left = adaptation * (-(ms - since) / tau).exp();
        line.push((ms, base + left));
        if is_spike {
            (since, adaptation) = (ms, left + rise);
            line.push((ms, base + adaptation));
        }
    }
    line
}
