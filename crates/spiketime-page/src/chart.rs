//! A chart that can be drawn for the page (its ink follows the page) and for a file (ink on white).
//!
//! The plotting is kuva's. What is added here: an SVG inside a page needs a `viewBox` to shrink on a
//! phone, a name for those who do not see it, and clip paths whose names no other chart has.

use std::sync::Arc;

use kuva::plot::legend::{LegendEntry, LegendShape};
use kuva::plot::scatter::MarkerShape;
use kuva::prelude::{Layout, LegendPosition, Plot, Theme, TickFormat};

/// How wide and high every chart is meant \[px\]: narrow enough that its words can be read on a phone.
pub const SIZE: (f64, f64) = (520.0, 380.0);
/// A row of names below a chart \[px\].
const LEGEND_ROW: f64 = 20.0;
/// Colours that stay apart for colour-blind readers, on white and on black (Okabe and Ito 2008).
pub const COLOURS: [&str; 6] = ["#0072b2", "#009e73", "#d55e00", "#cc79a7", "#e69f00", "#56b4e9"];

/// Size of the numbers in the cells of a table \[px\]; no other text of a chart has it.
pub const CELL_FONT: u32 = 13;

/// What is drawn, the ink aside.
type Draw = Box<dyn Fn(Theme) -> (Vec<Plot>, Layout)>;

/// A chart.
pub struct Chart {
    /// Its file's name, and its name in the page.
    pub name: String,
    /// What one sees, in words.
    pub alt: String,
    draw: Draw,
}

impl Chart {
    /// A chart that `draw` draws.
    pub fn new(name: String, alt: String, draw: impl Fn(Theme) -> (Vec<Plot>, Layout) + 'static) -> Chart {
        Chart { name, alt, draw: Box::new(draw) }
    }

    /// For the page: ink in the page's colour, as wide as there is room.
    #[must_use]
    pub fn inline(&self) -> String {
        let (plots, layout) = (self.draw)(theme("currentColor", "none"));
        let svg = kuva::render_to_svg(plots, layout);
        let head = format!(
            "<svg role=\"img\" aria-label=\"{}\" class=\"chart\" data-name=\"{}\" viewBox=",
            escaped(&self.alt),
            escaped(&self.name)
        );
        // A network's name may hold anything, also a quotation mark.
        let own: String = self.name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        let svg = svg.replace("kuva-clip-", &format!("{own}-clip-"));
        // Cells keep their colours in the dark, so their numbers stay black.
        let number = format!("font-size=\"{CELL_FONT}\"");
        with_view_box(&svg.replace(&number, &format!("{number} fill=\"black\"")), &head)
    }

    /// As a file.
    #[must_use]
    pub fn svg(&self) -> String {
        let (plots, layout) = (self.draw)(theme("#222222", "white"));
        kuva::render_to_svg(plots, layout)
    }

    /// As a picture, twice as fine; `None` when it cannot be drawn.
    #[must_use]
    pub fn png(&self) -> Option<Vec<u8>> {
        let (plots, layout) = (self.draw)(theme("#222222", "white"));
        kuva::render_to_png(plots, layout, 2.0).ok()
    }
}

/// The names of lines and points, below the chart; the chart grows with them.
///
/// They are told to the library one by one, since it leaves room only for names that it was told.
pub fn named(layout: Layout, size: (f64, f64), names: Vec<LegendEntry>) -> Layout {
    let columns = if names.iter().any(|name| name.label.chars().count() > 16) { 2 } else { 4 };
    let rows = names.len().div_ceil(columns);
    layout
        .with_width(size.0)
        .with_height(size.1 + LEGEND_ROW * rows.saturating_sub(2) as f64)
        .with_tick_size(14)
        .with_legend_position(LegendPosition::OutsideBottomColumns)
        .with_legend_col_limit(columns)
        .with_legend_box(false)
        .with_legend_entries(names)
}

/// A name beside a line.
pub fn line_name(label: String, colour: &str, is_dashed: bool) -> LegendEntry {
    let dasharray = is_dashed.then(|| "4 3".to_owned());
    LegendEntry { label, color: colour.to_owned(), shape: LegendShape::Line, dasharray }
}

/// Numbers along a logarithmic axis, which ends at a power of ten: the library cuts off what stands beyond the data.
pub fn up_to(largest: f64) -> TickFormat {
    // Rounded, as the library writes a tenth as 1e-1.
    TickFormat::Custom(Arc::new(move |x| {
        if x > largest { String::new() } else { format!("{}", (x * 1e6).round() / 1e6) }
    }))
}

/// A name beside a mark; the report's own points are diamonds.
pub fn mark_name(label: &str, colour: &str, shape: MarkerShape) -> LegendEntry {
    LegendEntry {
        label: label.to_owned(),
        color: colour.to_owned(),
        shape: LegendShape::Marker(shape),
        dasharray: None,
    }
}

/// Ink and paper.
pub fn theme(ink: &str, paper: &str) -> Theme {
    Theme {
        background: paper.into(),
        axis_color: ink.into(),
        tick_color: ink.into(),
        text_color: ink.into(),
        grid_color: "#88888833".into(),
        legend_bg: paper.into(),
        legend_border: "none".into(),
        colorbar_border: ink.into(),
        ..Theme::light()
    }
}

/// `<svg … width="640" height="420" …>` becomes `<svg … viewBox="0 0 640 420" …>`.
fn with_view_box(svg: &str, head: &str) -> String {
    let size = |key: &str| {
        let (_, rest) = svg.split_once(&format!(" {key}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let (Some(width), Some(height)) = (size("width"), size("height")) else { return svg.to_owned() };
    let view_box = format!("{head}\"0 0 {width} {height}\"");
    svg.replacen("<svg", &view_box, 1).replacen(&format!(" width=\"{width}\" height=\"{height}\""), "", 1)
}

/// Text as the value of an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}
