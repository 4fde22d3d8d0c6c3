//! How often the rules of a verdict err, and what the intervals of percentages hold, by simulation.
//!
//! `just error-rates` writes both tables between the marks of `docs/replication.md`. The draws are addressed, so
//! that the same bytes come out wherever they are made.

use anyhow::{Context as _, Result};
use rand::{Rng, RngExt};
use rayon::prelude::*;
use spiketime_data::{Purpose, random::stream};
use spiketime_study::splice::between;
use spiketime_study::statistics::{
    BySeed, PERCENT, POINTS, Part, Verdict, in_every_seed, in_line, measured, ordering, single_run, value,
};
use spiketime_study::verdict::Claim;
use statrs::distribution::{ContinuousCDF, Normal};

const PAGE: &str = "docs/replication.md";
const END: &str = "<!-- END error rates -->";
const BEGIN: &str = "<!-- BEGIN error rates: made by `just error-rates`, do not edit by hand -->\n";
const REPETITIONS: u64 = 20_000;
const SEED: u64 = 1;
const SEEDS: [usize; 2] = [5, 10];
/// One statistic; many that know nothing of each other; many that nearly say the same.
const FAMILIES: [Family; 3] = [
    Family { statistics: 1, correlation: 0.0 },
    Family { statistics: 24, correlation: 0.0 },
    Family { statistics: 24, correlation: 0.9 },
];

fn main() -> Result<()> {
    let text = std::fs::read_to_string(PAGE).with_context(|| format!("{PAGE}: run this from the root"))?;
    let tables = format!("{}\n{}", error_rates(), coverages());
    let text =
        between(&text, BEGIN, END, &tables).with_context(|| format!("{PAGE}: the marks are missing"))?;
    Ok(std::fs::write(PAGE, text)?)
}

/// The statistics of a claim: how many, and how alike their spread over seeds is.
#[derive(Clone, Copy)]
struct Family {
    statistics: usize,
    correlation: f64,
}

/// What the report says of every statistic, what is so, and how runs spread \[points, percent of seeds\].
#[derive(Clone, Copy)]
struct Case {
    rule: Rule,
    claim: &'static str,
    spread: f64,
    truth: f64,
    /// Of the first statistic alone, where it is not that of all.
    first: Option<f64>,
}

#[derive(Clone, Copy)]
enum Rule {
    Value,
    Ordering,
    InLine,
    EverySeed,
}

fn cases() -> Vec<Case> {
    use Rule::{EverySeed, InLine, Ordering, Value};
    let case = |rule, spread, truth, claim| Case { rule, claim, spread, truth, first: None };
    vec![
        case(Value, 1.0, 0.0, "true: one more run (sd 1)"),
        case(Value, 3.0, 0.0, "true: one more run (sd 3)"),
        case(Value, 1.0, 5.0, "false by 5 points (sd 1)"),
        case(Value, 3.0, 15.0, "false by 15 points (sd 3)"),
        Case { first: Some(10.0), ..case(Value, 1.0, 0.0, "one false by 10 points, the rest true (sd 1)") },
        case(Ordering, 2.0, 5.0, "true by 5 points (sd 2)"),
        case(Ordering, 2.0, 0.0, "no difference (sd 2)"),
        case(Ordering, 2.0, -5.0, "false by 5 points (sd 2)"),
        Case {
            first: Some(-10.0),
            ..case(Ordering, 2.0, 5.0, "one false by 10 points, the rest true (sd 2)")
        },
        case(InLine, 1.0, 0.0, "true: no difference (sd 1)"),
        case(InLine, 1.0, 3.0, "3 points apart, the margin (sd 1)"),
        case(InLine, 1.0, 6.0, "false: 6 points apart (sd 1)"),
        case(EverySeed, 0.0, 99.0, "true in 99 % of runs"),
        case(EverySeed, 0.0, 50.0, "true in half of the runs"),
        case(EverySeed, 0.0, 1.0, "false in 99 % of runs"),
    ]
}

fn error_rates() -> String {
    let mut table = String::from("| rule | what is so");
    for Family { statistics, correlation } in FAMILIES {
        let alike = if correlation > 0.0 { " alike" } else { "" };
        table.extend(SEEDS.map(|seeds| format!(" | {statistics}{alike}, {seeds} seeds")));
    }
    table += " |\n|---|---|---|---|---|---|---|---|\n";
    for case in cases() {
        table += &format!("| {} | {}", case.rule.name(), case.claim);
        for family in FAMILIES {
            table.extend(SEEDS.map(|seeds| format!(" | {}", rates(case, family, seeds))));
        }
        table += " |\n";
    }
    table
}

impl Rule {
    fn name(self) -> &'static str {
        match self {
            Rule::Value => "value",
            Rule::Ordering => "ordering",
            Rule::InLine => "in line",
            Rule::EverySeed => "in every seed",
        }
    }
}

/// In percent of repetitions: reproduced / partly / refuted.
fn rates(case: Case, family: Family, seeds: usize) -> String {
    let verdicts: Vec<Verdict> =
        (0..REPETITIONS).into_par_iter().map(|index| verdict(case, family, seeds, index)).collect();
    let rate = |wanted| {
        let count = verdicts.iter().filter(|&&verdict| verdict == wanted).count();
        100.0 * count as f64 / REPETITIONS as f64
    };
    let wanted = [Verdict::Reproduced, Verdict::PartlyReproduced, Verdict::Refuted];
    wanted.map(|verdict| format!("{:.1}", rate(verdict))).join(" / ")
}

fn verdict(case: Case, family: Family, seeds: usize, repetition: u64) -> Verdict {
    let rng = &mut stream(SEED, Purpose::NetInputs, repetition);
    let runs: Vec<Vec<f64>> = (0..=seeds).map(|_| one_run(rng, family)).collect();
    let parts = (0..family.statistics).map(|statistic| {
        let truth = case.first.filter(|_| statistic == 0).unwrap_or(case.truth);
        let normal: Vec<f64> = runs.iter().map(|run| run[statistic]).collect();
        part(case, truth, normal[0], &normal[1..])
    });
    Claim::new("", "", Some(parts.collect())).verdict
}

/// Normal deviates, one a statistic, that share a part within a run.
fn one_run(rng: &mut impl Rng, Family { statistics, correlation }: Family) -> Vec<f64> {
    let (shared, own) = (correlation.sqrt() * normal(rng), (1.0 - correlation).sqrt());
    (0..statistics).map(|_| shared + own * normal(rng)).collect()
}

/// What the rule makes of our runs, where `report` is the deviate of the report's own run.
fn part(case: Case, truth: f64, report: f64, ours: &[f64]) -> Part {
    let spread = |middle: f64| move |deviate: &f64| middle + case.spread * deviate;
    match case.rule {
        Rule::Value => value("", spread(50.0 + truth)(&report), &by_seed(ours.iter().map(spread(50.0)))),
        Rule::Ordering => ordering("", &by_seed(ours.iter().map(spread(truth))), POINTS),
        Rule::InLine => in_line("", &by_seed(ours.iter().map(spread(truth)))),
        Rule::EverySeed => {
            in_every_seed("", &by_seed(ours.iter().map(|&deviate| f64::from(holds(deviate, truth)))))
        }
    }
}

/// Does it hold in this run, if it does in so many percent of runs?
fn holds(deviate: f64, percent: f64) -> bool {
    Normal::standard().cdf(deviate) < percent / 100.0
}

fn by_seed(values: impl Iterator<Item = f64>) -> BySeed {
    (1..).zip(values).collect()
}

/// By Box and Muller.
fn normal(rng: &mut impl Rng) -> f64 {
    let (radius, angle): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - radius).ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}

/// How a percentage spreads over runs.
struct Spread {
    name: &'static str,
    mean: f64,
    draw: fn(&mut dyn Rng) -> f64,
}

fn spreads() -> [Spread; 6] {
    [
        Spread { name: "50 ± 3", mean: 50.0, draw: |mut rng| 50.0 + 3.0 * normal(&mut rng) },
        Spread {
            name: "98, skewed",
            mean: 98.0,
            draw: |rng| (100.0 + 2.0 * (1.0 - uniform(rng)).ln()).max(0.0),
        },
        Spread {
            name: "100 in 4 runs of 5, else 90 to 100",
            mean: 99.0,
            draw: |rng| if uniform(rng) < 0.8 { 100.0 } else { 90.0 + 10.0 * uniform(rng) },
        },
        Spread {
            name: "1.6 of 196 neurons (Poisson)",
            mean: 160.0 / 196.0,
            draw: |rng| poisson(rng, 1.6) / 1.96,
        },
        Spread {
            name: "0, in 1 run of 50 it is 5",
            mean: 0.1,
            draw: |rng| if uniform(rng) < 0.02 { 5.0 } else { 0.0 },
        },
        Spread { name: "9.8 in every run", mean: 9.8, draw: |_| 9.8 },
    ]
}

fn uniform(mut rng: &mut dyn Rng) -> f64 {
    (&mut rng).random()
}

/// How many uniform numbers can be multiplied before the product is below e^−mean.
fn poisson(rng: &mut dyn Rng, mean: f64) -> f64 {
    let (mut count, mut product) = (0.0, uniform(rng));
    while product > (-mean).exp() {
        (count, product) = (count + 1.0, product * uniform(rng));
    }
    count
}

fn coverages() -> String {
    let mut table = String::from(
        "| a percentage over runs | seeds | one more run: t | arcsine | t, or within 2 points | half-width: t | \
         arcsine | the mean: t | arcsine |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for spread in spreads() {
        for seeds in SEEDS {
            let [by_t, by_arcsine, near, half, half_arcsine, mean, mean_arcsine] = coverage(&spread, seeds);
            table += &format!(
                "| {} | {seeds} | {by_t:.1} | {by_arcsine:.1} | {near:.1} | {half:.2} | {half_arcsine:.2} | \
                 {mean:.1} | {mean_arcsine:.1} |\n",
                spread.name
            );
        }
    }
    table
}

/// Means over the repetitions, in percent where it is a yes or no.
fn coverage(spread: &Spread, seeds: usize) -> [f64; 7] {
    let one = |index| {
        let rng = &mut stream(SEED, Purpose::NetInputs, index);
        let values = by_seed((0..seeds).map(|_| (spread.draw)(rng)));
        looked_at(&values, (spread.draw)(rng), spread.mean)
    };
    let all: Vec<[f64; 7]> = (0..REPETITIONS).into_par_iter().map(one).collect();
    std::array::from_fn(|column| all.iter().map(|row| row[column]).sum::<f64>() / REPETITIONS as f64)
}

fn looked_at(values: &BySeed, one_more: f64, truth: f64) -> [f64; 7] {
    let turned: BySeed = values.iter().map(|(&seed, &percent)| (seed, turned(percent))).collect();
    let back = |interval: Option<[f64; 2]>| interval.unwrap_or_default().map(turned_back);
    let run = single_run(values).1.unwrap_or_default();
    let run_arcsine = back(single_run(&turned).1);
    let mean = measured("", values, PERCENT).interval.unwrap_or_default();
    let mean_arcsine = back(measured("", &turned, PERCENT).interval);
    let is_told_off = value("", one_more, values).verdict == Verdict::NotReproduced;
    [
        has(run, one_more),
        has(run_arcsine, one_more),
        if is_told_off { 0.0 } else { 100.0 },
        (run[1] - run[0]) / 2.0,
        (run_arcsine[1] - run_arcsine[0]) / 2.0,
        has(mean, truth),
        has(mean_arcsine, truth),
    ]
}

/// An angle, of which the spread is the same everywhere if it is that of a count.
fn turned(percent: f64) -> f64 {
    (percent / 100.0).sqrt().asin()
}

fn turned_back(angle: f64) -> f64 {
    100.0 * angle.min(std::f64::consts::FRAC_PI_2).sin().powi(2)
}

/// 100 or 0 \[%\]; to turn an angle there and back moves the last digits.
fn has([low, high]: [f64; 2], what: f64) -> f64 {
    if (low - 1e-9..=high + 1e-9).contains(&what) { 100.0 } else { 0.0 }
}
