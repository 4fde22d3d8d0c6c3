//! Readings, the chosen law and what it leaves, over pulses: potentiation beside depression; SVG and PNG.

use kuva::backend::svg::SvgBackend;
use kuva::plot::legend::{LegendEntry, LegendShape};
use kuva::plot::scatter::MarkerShape;
use kuva::prelude::{Figure, Layout, LinePlot, Plot, ScatterPlot};
use kuva::{RasterBackend, Theme};

use crate::fitted::{DirectionFit, Fitted};
use crate::likelihood::Noise;

/// Of a cell above, and the height of one below \[px\].
const SIZE: (f64, f64) = (520.0, 360.0);
const LEFT_HEIGHT: f64 = 220.0;
/// More dots than this are a surface.
const DOTS: usize = 20_000;
/// Of devices; they stay apart for colour-blind readers (Okabe and Ito 2008).
const COLOURS: [&str; 6] = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"];
const INK: &str = "#222222";

/// As SVG.
#[must_use]
pub fn svg(fitted: &Fitted) -> String {
    SvgBackend.render_scene(&figure(fitted).render())
}

/// As a PNG file, twice as fine; `None` where it cannot be drawn.
#[must_use]
pub fn png(fitted: &Fitted) -> Option<Vec<u8>> {
    RasterBackend { scale: 2.0 }.render_scene(&figure(fitted).render()).ok()
}

fn figure(fitted: &Fitted) -> Figure {
    let [up, down] = &fitted.directions;
    let plots = vec![above(up), above(down), below(up), below(down)];
    let layout = |plots: &[Plot]| {
        Layout::auto_from_plots(plots)
            .with_theme(theme())
            .with_tick_size(13)
            .with_label_size(14)
            .with_x_axis_min(0.0)
    };
    let layouts = vec![
        layout(&plots[0])
            .with_title(title(up))
            .with_title_size(15)
            .with_y_axis_min(0.0)
            .with_y_label("conductance [nS]"),
        layout(&plots[1])
            .with_title(title(down))
            .with_y_axis_min(0.0)
            .with_title_size(15)
            .with_y_label("conductance [nS]"),
        layout(&plots[2]).with_x_label("pulse").with_y_label(left_label(up)),
        layout(&plots[3]).with_x_label("pulse").with_y_label(left_label(down)),
    ];
    Figure::new(2, 2)
        .with_plots(plots)
        .with_layouts(layouts)
        .with_cell_size(SIZE.0, SIZE.1)
        .with_row_height(1, LEFT_HEIGHT)
        .with_shared_x(0)
        .with_shared_x(1)
        .with_shared_legend_bottom()
        .with_shared_legend_entries(names(fitted))
}

fn title(direction: &DirectionFit) -> String {
    let law = &direction.laws[direction.chosen];
    let shape = law.law.nonlinearity().zip(law.nonlinearity);
    let shape = shape.map_or_else(String::new, |(name, value)| format!(", {name} = {:.2}", value.value));
    format!("{}: {}{shape}", direction.direction, law.law.word())
}

fn left_label(direction: &DirectionFit) -> &'static str {
    match direction.laws[direction.chosen].noise {
        Noise::Readings => "reading − law [nS]",
        Noise::Walk => "step − law [nS]",
    }
}

fn above(direction: &DirectionFit) -> Vec<Plot> {
    let dots =
        dots(direction, |curve| curve.pulses.iter().copied().zip(curve.read_ns.iter().copied()).collect());
    let lines = direction.curves.iter().map(|curve| {
        let points = curve.pulses.iter().zip(&curve.law_ns).map(|(&pulse, &ns)| (f64::from(pulse), ns));
        LinePlot::new().with_data(points).with_color(INK).with_stroke_width(1.0).into()
    });
    dots.into_iter().chain(lines).collect()
}

fn below(direction: &DirectionFit) -> Vec<Plot> {
    let last = direction.curves.iter().filter_map(|curve| curve.pulses.last()).max();
    let ends = [0.0, f64::from(last.copied().unwrap_or(1))];
    let none =
        LinePlot::new().with_data(ends.map(|pulse| (pulse, 0.0))).with_color(INK).with_stroke_width(1.0);
    dots(direction, |curve| curve.left_ns.clone()).into_iter().chain([none.into()]).collect()
}

/// Dots in the colour of their device, thinned evenly.
fn dots(direction: &DirectionFit, of: impl Fn(&crate::fitted::Curve) -> Vec<(u32, f64)>) -> Vec<Plot> {
    let step = direction.readings.div_ceil(DOTS).max(1);
    let plots = (0..COLOURS.len()).filter_map(|colour| {
        let own = direction.curves.iter().filter(|curve| curve.device % COLOURS.len() == colour);
        let points: Vec<(f64, f64)> =
            own.flat_map(&of).step_by(step).map(|(pulse, ns)| (f64::from(pulse), ns)).collect();
        let plot = ScatterPlot::new().with_data(points.clone()).with_color(COLOURS[colour]).with_size(2.2);
        (!points.is_empty()).then(|| plot.with_marker_opacity(0.65).into())
    });
    plots.collect()
}

fn names(fitted: &Fitted) -> Vec<LegendEntry> {
    let entry = |label: &str, colour: &str, shape| LegendEntry {
        label: label.into(),
        color: colour.into(),
        shape,
        dasharray: None,
    };
    let [told, law] = match fitted.devices {
        1 => ["readings", "law"],
        _ => ["readings (a colour a device)", "law (of all devices together)"],
    };
    vec![
        entry(told, COLOURS[0], LegendShape::Marker(MarkerShape::Circle)),
        entry(law, INK, LegendShape::Line),
    ]
}

fn theme() -> Theme {
    Theme {
        background: "white".into(),
        axis_color: INK.into(),
        tick_color: INK.into(),
        text_color: INK.into(),
        grid_color: "#88888833".into(),
        legend_bg: "white".into(),
        legend_border: "none".into(),
        ..Theme::light()
    }
}
