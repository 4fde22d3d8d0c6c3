//! The measured numbers as Markdown tables, least-squares lines and charts.

use anyhow::{Context, Result};
use kuva::prelude::{Layout, LegendPosition, LinePlot, Plot, ScatterPlot, TickFormat};
use spiketime_page::chart::{COLOURS, Chart, SIZE};
use spiketime_study::splice::between;

use crate::measure::Cost;
use crate::stages::Stage;

const BEGIN: &str = "<!-- BEGIN cost: made by `just bench-cost`, do not edit by hand -->\n";
const END: &str = "<!-- END cost -->";

/// The page with the sections between its marks made anew; `None` where the marks are missing.
pub fn spliced(text: &str, sections: &[String]) -> Option<String> {
    between(text, BEGIN, END, &sections.join("\n"))
}

pub fn by_stage(stages: &[Stage]) -> String {
    let whole_us = stages.last().map_or(1.0, |&(_, us)| us);
    let row = |&(stage, us): &Stage| format!("| {stage} | {us:.1} | {:.0} % |\n", 100.0 * us / whole_us);
    section(
        "Where the time goes",
        "The report's reference layer, N = 196, after 3 000 images. Each row is what a presentation is faster by when \
         the stage is left out, medians of 500 images.",
        "| stage | µs an image | share |\n|---|---|---|\n",
        stages.iter().map(row),
    )
}

pub fn by_condition(conditions: &[[(&str, usize, Cost); 2]]) -> String {
    let row = |(name, learned, cost): &(&str, usize, Cost)| {
        let Cost { train_us, test_us, spikes_in, spikes_out } = cost;
        format!("| {name} | {learned} | {spikes_in:.0} | {spikes_out:.1} | {train_us:.0} | {test_us:.0} |\n")
    };
    section(
        "By condition",
        "N = 196; early and at the end of a training.",
        "| condition | images seen | input spikes | output spikes | train, µs | test, µs |\n|---|---|---|---|---|---|\n",
        conditions.iter().flatten().map(row),
    )
}

pub fn by_size(sizes: &[(usize, Cost)]) -> Result<String> {
    let of = |time: fn(&Cost) -> f64| sizes.iter().map(|(n, c)| (*n as f64, time(c))).collect::<Vec<_>>();
    let (train, test) = (of(|c| c.train_us), of(|c| c.test_us));
    let lines = [("training", &train), ("testing", &test)];
    save("cost-by-size", "neurons", &lines.map(|(name, points)| (name.to_owned(), points.clone())))?;
    let told = lines.map(|(name, points)| {
        let (start, slope) = line(points);
        format!("{name} {start:.0} µs + {slope:.3} µs · N")
    });
    let row =
        |(neurons, c): &(usize, Cost)| format!("| {neurons} | {:.0} | {:.0} |\n", c.train_us, c.test_us);
    let text = format!(
        "Least squares of relative errors: {}. The cost is one pass over a row of weights an input spike, so it grows \
         with N once the rows outweigh what an image costs anyway.\n\n![cost by network size](images/cost-by-size.png)",
        told.join("; ")
    );
    let table = "| N | train, µs | test, µs |\n|---|---|---|\n";
    Ok(section("By network size", &text, table, sizes.iter().map(row)))
}

pub fn by_spikes(rates: &[(f64, Cost)], times: &[(f64, Cost)], one_count: &[(f64, Cost)]) -> Result<String> {
    let groups = [
        ("other rates, 250 ms", rates),
        ("other times, 50 Hz", times),
        ("other times, same spikes", one_count),
    ];
    let points =
        |costs: &[(f64, Cost)]| costs.iter().map(|(_, c)| (c.spikes_in, c.train_us)).collect::<Vec<_>>();
    save(
        "cost-by-spikes",
        "input spikes an image",
        &groups.map(|(name, costs)| (name.to_owned(), points(costs))),
    )?;
    let all: Vec<_> = groups.iter().flat_map(|(_, costs)| costs.iter().map(|(_, cost)| *cost)).collect();
    let rows_and_values = all.iter().map(|c| ([1.0, c.spikes_in, c.spikes_out], c.train_us));
    let [start, each_in, each_out] = fitted(rows_and_values);
    let off =
        all.iter().map(|c| (start + each_in * c.spikes_in + each_out * c.spikes_out) / c.train_us - 1.0);
    let text = format!(
        "Cost follows spikes, not time: the same spikes in 1 s or in 4 s cost the same. Least squares of relative errors \
         over all rows: {start:.1} µs an image + {:.1} ns an input spike + {each_out:.2} µs an output spike; the worst row is \
         {:.0} % off. A grid pays for time: at dt = 0.5 ms an image of 250 ms is 500 steps, one of 4 s is 8 000.\n\n\
         ![cost by input spikes](images/cost-by-spikes.png)",
        each_in * 1e3,
        100.0 * off.map(f64::abs).fold(0.0, f64::max)
    );
    let rows = groups.iter().flat_map(|&(name, costs)| {
        costs.iter().map(move |(value, c)| {
            let unit = if name.contains("rates") { "Hz" } else { "ms" };
            format!(
                "| {name} | {value} {unit} | {:.0} | {:.1} | {:.0} | {:.1} |\n",
                c.spikes_in,
                c.spikes_out,
                c.train_us,
                1e3 * c.train_us / c.spikes_in
            )
        })
    });
    Ok(section(
        "By input rate and by presentation time",
        &text,
        "| | | input spikes | output spikes | train, µs | ns an input spike |\n|---|---|---|---|---|---|\n",
        rows,
    ))
}

fn section(title: &str, text: &str, head: &str, rows: impl Iterator<Item = String>) -> String {
    format!("### {title}\n\n{text}\n\n{head}{}", rows.collect::<String>())
}

/// Start and slope of a line.
fn line(points: &[(f64, f64)]) -> (f64, f64) {
    let [start, slope] = fitted(points.iter().map(|&(x, y)| ([1.0, x], y)));
    (start, slope)
}

/// The factors of `N` terms that have the least squares of relative errors: the normal equations, by elimination.
fn fitted<const N: usize>(rows: impl Iterator<Item = ([f64; N], f64)>) -> [f64; N] {
    let (mut matrix, mut right) = ([[0.0; N]; N], [0.0; N]);
    for (terms, value) in rows {
        for i in 0..N {
            (0..N).for_each(|j| matrix[i][j] += terms[i] * terms[j] / (value * value));
            right[i] += terms[i] / value;
        }
    }
    for pivot in 0..N {
        for i in (0..N).filter(|&i| i != pivot) {
            let factor = matrix[i][pivot] / matrix[pivot][pivot];
            (0..N).for_each(|j| matrix[i][j] -= factor * matrix[pivot][j]);
            right[i] -= factor * right[pivot];
        }
    }
    std::array::from_fn(|i| right[i] / matrix[i][i])
}

/// Draws µs a training image over `x`.
fn save(name: &str, x_label: &'static str, series: &[(String, Vec<(f64, f64)>)]) -> Result<()> {
    let series = series.to_vec();
    let chart = Chart::new(name.into(), String::new(), move |theme| {
        let plots: Vec<Plot> = series
            .iter()
            .zip(COLOURS)
            .flat_map(|((name, points), colour)| {
                let dots = ScatterPlot::new().with_data(points.clone()).with_color(colour).with_size(5.0);
                let line =
                    LinePlot::new().with_data(points.clone()).with_color(colour).with_legend(name.clone());
                [line.into(), dots.into()]
            })
            .collect();
        let layout = Layout::auto_from_plots(&plots)
            .with_theme(theme)
            .with_width(SIZE.0)
            .with_height(SIZE.1)
            .with_legend_position(LegendPosition::OutsideBottomColumns)
            .with_x_label(x_label)
            .with_y_label("µs an image")
            .with_x_axis_min(0.0)
            .with_y_axis_min(0.0)
            .with_x_tick_format(TickFormat::Auto);
        (plots, layout)
    });
    let png = chart.png().context("the chart cannot be drawn")?;
    Ok(std::fs::write(format!("docs/images/{name}.png"), png)?)
}
