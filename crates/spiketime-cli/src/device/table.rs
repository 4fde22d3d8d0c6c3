//! What a fit found, as a table for people: every law with its parameters, the spreads, and what the laws cannot hold.

use std::fmt::Write as _;

use spiketime_device::Fitted;
use spiketime_device::file::CycleOf;
use spiketime_device::fitted::{DirectionFit, LawFit};
use spiketime_device::least_squares::Value;
use spiketime_device::likelihood::Noise;
use spiketime_device::spread::Spread;

/// All of it; which ends of the window were `given`.
pub fn table(fitted: &Fitted, given: [bool; 2]) -> String {
    let mut told = head(fitted, given);
    for direction in &fitted.directions {
        told += &of_direction(direction);
    }
    told += &format!("\n{}\n", spread(fitted));
    told + &cannot_hold(fitted)
}

fn head(fitted: &Fitted, given: [bool; 2]) -> String {
    let window = fitted.window;
    let shown = match given {
        [true, true] => "as given",
        [true, false] => "up to where branches end (--max names another end)",
        [false, true] => "from where branches end (--min names another end)",
        [false, false] => "where branches end (--min and --max name others)",
    };
    let mean = if fitted.devices > 1 && given != [true; 2] { ", on the mean of the devices" } else { "" };
    let devices =
        if fitted.devices == 1 { "1 device".to_owned() } else { format!("{} devices", fitted.devices) };
    format!("{devices}; window {} to {} nS: {shown}{mean}\n", digits(window.min_ns), digits(window.max_ns))
}

fn of_direction(direction: &DirectionFit) -> String {
    let mut told = format!(
        "\n{} ({} branches, {} readings)\n  {:<12} {:<32} {:<26} {:<9} {:>9} {:>8}\n",
        direction.direction,
        direction.branches,
        direction.readings,
        "law",
        "step [window], 95 %",
        "nonlinearity, 95 %",
        "noise",
        "sd [nS]",
        "ΔAIC"
    );
    for (number, law) in direction.laws.iter().enumerate() {
        let mark = if number == direction.chosen { '*' } else { ' ' };
        let noise = if law.noise == Noise::Walk { "walk" } else { "readings" };
        let _ = writeln!(
            told,
            "{mark} {:<12} {:<32} {:<26} {noise:<9} {:>9} {:>8.1}",
            law.law.word(),
            step(law),
            shape(law),
            digits(law.noise_sd_ns),
            law.aic_difference
        );
    }
    told
}

fn step(law: &LawFit) -> String {
    match law.table.as_deref() {
        Some([[_, first], .., [_, last]]) => {
            let points = law.parameters;
            format!("{} … {} at {points} points", digits(*first), digits(*last))
        }
        _ => law.step.first().map_or_else(String::new, interval),
    }
}

fn shape(law: &LawFit) -> String {
    let shape = law.law.nonlinearity().zip(law.nonlinearity);
    shape.map_or_else(|| "-".into(), |(name, value)| format!("{name} {}", interval(&value)))
}

fn interval(value: &Value) -> String {
    let told = |ends: [f64; 2]| format!("({} to {})", digits(ends[0]), digits(ends[1]));
    let ends = value.interval.map_or_else(|| "(not told by the readings)".into(), told);
    format!("{} {ends}", digits(value.value))
}

fn spread(fitted: &Fitted) -> String {
    let Spread { step_sd, nonlinearity_sd, conductance_min_sd_ns, conductance_max_sd_ns, .. } = fitted.spread;
    let Spread { cycle_sd, cycle_of, reading_sd_ns, not_told, .. } = fitted.spread;
    let ends = |sd: &Value, unit: &dyn Fn(f64) -> String| {
        sd.interval.map_or_else(String::new, |[low, high]| format!(" ({} to {})", unit(low), unit(high)))
    };
    let of = |name: &str, sd: Option<Value>, unit: &dyn Fn(f64) -> String, sign: &str| {
        sd.map(|sd| format!("{name} {} {sign}{}", unit(sd.value), ends(&sd, unit)))
    };
    let percent = |name, sd| of(name, sd, &|sd| format!("{:.1}", 100.0 * sd), "%");
    let ns = |name, sd| of(name, sd, &digits, "nS");
    let devices = [
        percent("step up", step_sd[0]),
        percent("step down", step_sd[1]),
        percent("nonlinearity", nonlinearity_sd),
        ns("G_min", conductance_min_sd_ns),
        ns("G_max", conductance_max_sd_ns),
    ];
    let of = if cycle_of == Some(CycleOf::Range) { "of the window" } else { "of the step" };
    let cycles = [
        cycle_sd.map(|sd| format!("{:.2} % {of}", 100.0 * sd)),
        reading_sd_ns.map(|sd| format!("beside reading errors of {} nS", digits(sd))),
    ];
    let told = |parts: &[Option<String>], none: &str| {
        let parts: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
        if parts.is_empty() { none.to_owned() } else { parts.join(", ") }
    };
    let alone = if fitted.devices > 1 { "none beyond errors" } else { "one device says nothing of it" };
    let not_told = not_told.map_or_else(String::new, |ends| format!("; not told of {ends}"));
    format!(
        "device to device (sd)  {}{not_told}\ncycle to cycle (sd)    {}",
        told(&devices, alone),
        told(&cycles, "none beyond errors of readings")
    )
}

fn cannot_hold(fitted: &Fitted) -> String {
    match &fitted.cannot_hold[..] {
        [] => "what the laws leave looks like noise".to_owned(),
        told => format!("cannot hold: {}", told.join("; ")),
    }
}

/// Four digits.
fn digits(value: f64) -> String {
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    if rounded != 0.0 && rounded.abs() < 1e-4 { format!("{rounded:e}") } else { format!("{rounded}") }
}
