//! Is a claim of the report reproduced? By the report's one run against our seeds.
//!
//! A value is reproduced if it lies in our 95 % prediction interval for a single run, mean ± t · sd ·
//! √(1 + 1/n), and that half-width is at most 4 points, or if it differs from our mean by at most 2;
//! not reproduced if it lies outside and the half-width is at most 4; else not decidable. An
//! ordering is reproduced if the 95 % interval of the paired difference over seeds excludes 0 on
//! the right side, refuted if on the wrong side.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::record::{Checkpoint, Record};
use crate::score::CLASSES;

/// The widest half-width that still decides \[points\].
const DECIDABLE_POINTS: f64 = 4.0;
/// So near is near enough, whatever the spread \[points\].
const NEAR_POINTS: f64 = 2.0;

/// What is found about a claim, or a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Verdict {
    Reproduced,
    PartlyReproduced,
    NotReproduced,
    Refuted,
    NotDecidable,
    Waiting,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Verdict::Reproduced => "reproduced",
            Verdict::PartlyReproduced => "partly reproduced",
            Verdict::NotReproduced => "not reproduced",
            Verdict::Refuted => "refuted",
            Verdict::NotDecidable => "not decidable",
            Verdict::Waiting => "waiting",
        })
    }
}

/// One statistic of a claim.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// What was measured.
    pub statistic: String,
    /// What the report says, if it gives a number.
    pub report: Option<f64>,
    /// Mean over our seeds.
    pub ours: f64,
    /// 95 % interval: prediction of a single run for values, of the mean for differences.
    pub interval: Option<[f64; 2]>,
    /// How many seeds.
    pub seeds: usize,
    /// What follows.
    pub verdict: Verdict,
}

/// A claim of the report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Claim {
    /// C1 to C15.
    pub id: &'static str,
    /// What the report says.
    pub claim: &'static str,
    /// What its parts say together.
    pub verdict: Verdict,
    /// What was measured; empty while runs are missing.
    pub parts: Vec<Part>,
}

impl Claim {
    fn new(id: &'static str, claim: &'static str, parts: Option<Vec<Part>>) -> Claim {
        let parts = parts.unwrap_or_default();
        Claim { id, claim, verdict: together(&parts), parts }
    }
}

fn together(parts: &[Part]) -> Verdict {
    let Some(first) = parts.first() else { return Verdict::Waiting };
    if parts.iter().all(|part| part.verdict == first.verdict) {
        return first.verdict;
    }
    if parts.iter().any(|part| part.verdict == Verdict::Reproduced) {
        return Verdict::PartlyReproduced;
    }
    if parts.iter().any(|part| part.verdict == Verdict::Refuted) {
        Verdict::Refuted
    } else {
        Verdict::NotDecidable
    }
}

/// The records of one condition, ascending by seed.
type Runs<'a> = &'a [Record];

/// Judges every claim that the finished records can speak to.
///
/// `records_of` gives the finished records of a condition; empty while some are missing.
pub fn judge<'a>(records_of: impl Fn(&str) -> Vec<&'a Record>) -> Vec<Claim> {
    let of = |name: &str| -> Option<Vec<Record>> {
        let records: Vec<Record> = records_of(name).into_iter().cloned().collect();
        (!records.is_empty()).then_some(records)
    };
    let (wta, soft, none, n36) = (of("wta"), of("soft"), of("none"), of("n36"));
    let both = |a: &Option<Vec<Record>>, b: &Option<Vec<Record>>, parts: fn(Runs, Runs) -> Vec<Part>| {
        Some(parts(a.as_deref()?, b.as_deref()?))
    };
    vec![
        Claim::new(
            "C1",
            "WTA beats soft at every point of the curve",
            both(&wta, &soft, |wta, soft| orderings(wta, soft, "wta − soft")),
        ),
        Claim::new(
            "C2",
            "without inhibition all neurons learn the same thing and accuracy is 10 %",
            both(&none, &wta, |none, wta| {
                let correlation = |point: &Checkpoint| point.weight_correlation;
                let difference = paired(&at(none, 60_000, correlation), &at(wta, 60_000, correlation));
                vec![
                    value("accuracy of none at 60 000 [%]", 10.0, &at(none, 60_000, accuracy)),
                    ordering("weight correlation of two neurons, none − wta", &difference),
                ]
            }),
        ),
        Claim::new(
            "C3",
            "WTA 76, soft 60, none 10 % after 60 000 images",
            wta.as_ref().zip(soft.as_ref()).zip(none.as_ref()).map(|((wta, soft), none)| {
                vec![
                    value("accuracy of wta at 60 000 [%]", 76.0, &at(wta, 60_000, accuracy)),
                    value("accuracy of soft at 60 000 [%]", 60.0, &at(soft, 60_000, accuracy)),
                    value("accuracy of none at 60 000 [%]", 10.0, &at(none, 60_000, accuracy)),
                ]
            }),
        ),
        Claim::new(
            "C4",
            "the soft map is unbalanced (48 of 196 neurons prefer 1, 3 prefer 0), the WTA map is balanced",
            both(&soft, &wta, |soft, wta| {
                let percent =
                    |class: usize| move |p: &Checkpoint| 100.0 * p.label_histogram[class] as f64 / 196.0;
                vec![
                    value(
                        "soft neurons that prefer 1 [% of 196]",
                        100.0 * 48.0 / 196.0,
                        &at(soft, 60_000, percent(1)),
                    ),
                    value(
                        "soft neurons that prefer 0 [% of 196]",
                        100.0 * 3.0 / 196.0,
                        &at(soft, 60_000, percent(0)),
                    ),
                    share(
                        "soft maps out of balance [% of seeds]",
                        &at(soft, 60_000, |p| f64::from(!is_balanced(p))),
                    ),
                    share(
                        "wta maps in balance [% of seeds]",
                        &at(wta, 60_000, |p| f64::from(is_balanced(p))),
                    ),
                ]
            }),
        ),
        Claim::new(
            "C5",
            "N = 36 stays below N = 196 (64 against 76 %)",
            both(&wta, &n36, |wta, n36| {
                let mut parts = orderings(wta, n36, "N = 196 − N = 36");
                parts.push(value("accuracy of n36 at 60 000 [%]", 64.0, &at(n36, 60_000, accuracy)));
                parts
            }),
        ),
        Claim::new(
            "C7",
            "training time does not depend on N",
            both(&wta, &n36, |wta, n36| {
                let cost = |record: &Record| {
                    let images = record.checkpoints.last().map_or(1, |point| point.images_seen);
                    1e6 * record.provenance.training_seconds / images as f64
                };
                let cost = |records: Runs| records.iter().map(cost).collect::<Vec<f64>>();
                let difference = paired(&cost(wta), &cost(n36));
                let mut part = ordering("training time of N = 196 − N = 36 [µs an image]", &difference);
                // The claim is that there is no difference: the verdict is the other way round.
                part.verdict = match part.verdict {
                    Verdict::Reproduced | Verdict::Refuted => Verdict::Refuted,
                    other => other,
                };
                vec![part]
            }),
        ),
    ]
}

fn accuracy(point: &Checkpoint) -> f64 {
    point.accuracy
}

fn at(records: Runs, images_seen: u64, metric: impl Fn(&Checkpoint) -> f64) -> Vec<f64> {
    let points =
        records.iter().filter_map(|record| record.checkpoints.iter().find(|p| p.images_seen == images_seen));
    points.map(metric).collect()
}

fn orderings(higher: Runs, lower: Runs, what: &str) -> Vec<Part> {
    let points = higher.first().map(|record| record.checkpoints.iter()).into_iter().flatten();
    points
        .map(|point| point.images_seen)
        .map(|seen| {
            let difference = paired(&at(higher, seen, accuracy), &at(lower, seen, accuracy));
            ordering(&format!("accuracy at {seen}, {what} [points]"), &difference)
        })
        .collect()
}

fn paired(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// Every class has between N/20 and N/5 neurons, silent ones apart.
fn is_balanced(point: &Checkpoint) -> bool {
    let neurons = (point.label_histogram.iter().sum::<u64>() + point.silent_neurons) as f64;
    (0..CLASSES)
        .all(|class| (neurons / 20.0..=neurons / 5.0).contains(&(point.label_histogram[class] as f64)))
}

/// Mean, standard deviation and the two-sided 95 % quantile of t; `None` below two values.
fn spread(values: &[f64]) -> Option<(f64, f64)> {
    let n = values.len() as f64;
    let t = StudentsT::new(0.0, 1.0, n - 1.0).ok().filter(|_| values.len() > 1)?.inverse_cdf(0.975);
    let mean = mean(values);
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    Some((t, variance.sqrt()))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The verdict on a value \[points\].
fn value(statistic: &str, report: f64, values: &[f64]) -> Part {
    let ours = mean(values);
    let half = spread(values).map(|(t, sd)| t * sd * (1.0 + 1.0 / values.len() as f64).sqrt());
    let off = (report - ours).abs();
    let verdict = match half {
        _ if off <= NEAR_POINTS => Verdict::Reproduced,
        Some(half) if half <= DECIDABLE_POINTS && off <= half => Verdict::Reproduced,
        Some(half) if half <= DECIDABLE_POINTS => Verdict::NotReproduced,
        _ => Verdict::NotDecidable,
    };
    let interval = half.map(|half| [ours - half, ours + half]);
    Part {
        statistic: statistic.to_owned(),
        report: Some(report),
        ours,
        interval,
        seeds: values.len(),
        verdict,
    }
}

/// The verdict on the sign of a paired difference: the claim is that it is above 0.
fn ordering(statistic: &str, differences: &[f64]) -> Part {
    let ours = mean(differences);
    let half = spread(differences).map(|(t, sd)| t * sd / (differences.len() as f64).sqrt());
    let verdict = match half {
        Some(half) if ours - half > 0.0 => Verdict::Reproduced,
        Some(half) if ours + half < 0.0 => Verdict::Refuted,
        _ => Verdict::NotDecidable,
    };
    let interval = half.map(|half| [ours - half, ours + half]);
    Part { statistic: statistic.to_owned(), report: None, ours, interval, seeds: differences.len(), verdict }
}

/// The verdict on something that holds or does not: in every seed, in none, or in some.
fn share(statistic: &str, holds: &[f64]) -> Part {
    let ours = 100.0 * mean(holds);
    let verdict = match ours {
        100.0 => Verdict::Reproduced,
        0.0 => Verdict::NotReproduced,
        _ => Verdict::NotDecidable,
    };
    Part { statistic: statistic.to_owned(), report: None, ours, interval: None, seeds: holds.len(), verdict }
}

/// `verdicts.json`: what is compared byte by byte, and timing rows apart from it.
#[must_use]
pub fn json(claims: &[Claim], timing: &[Claim]) -> String {
    let document =
        serde_json::json!({ "schema_version": 1, "claims": claims, "provenance": { "timing": timing } });
    format!("{document:#}\n")
}

/// The claims as a Markdown table, one row a part.
#[must_use]
pub fn markdown(claims: &[Claim]) -> String {
    let mut table = String::from(
        "| claim | verdict | statistic | report | ours (95 %) | seeds | part |\n|---|---|---|---|---|---|---|\n",
    );
    for claim in claims {
        if claim.parts.is_empty() {
            table += &format!("| {}: {} | {} | | | | | |\n", claim.id, claim.claim, claim.verdict);
        }
        for (row, part) in claim.parts.iter().enumerate() {
            let (title, verdict) = match row {
                0 => (format!("{}: {}", claim.id, claim.claim), claim.verdict.to_string()),
                _ => (String::new(), String::new()),
            };
            let report = part.report.map_or_else(|| "–".to_owned(), |report| format!("{report:.1}"));
            let interval =
                part.interval.map_or_else(String::new, |[low, high]| format!(" ({low:.2} to {high:.2})"));
            let ours = format!("{:.2}{interval}", part.ours);
            table += &format!(
                "| {title} | {verdict} | {} | {report} | {ours} | {} | {} |\n",
                part.statistic, part.seeds, part.verdict
            );
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_judged_by_the_prediction_interval_of_a_single_run() {
        // t(0.975, 4) = 2.776445; sd of 74..78 = 1.581139; half-width = 2.776445 · 1.581139 · √1.2 = 4.8089
        let wide = [74.0, 75.0, 76.0, 77.0, 78.0];
        let part = value("", 72.0, &wide);
        assert_eq!(part.verdict, Verdict::NotDecidable);
        assert!((part.interval.unwrap()[1] - 80.8089).abs() < 1e-3);
        assert_eq!(value("", 74.0, &wide).verdict, Verdict::Reproduced); // within 2 points of the mean
        let narrow = [75.5, 75.75, 76.0, 76.25, 76.5];
        assert_eq!(value("", 78.5, &narrow).verdict, Verdict::NotReproduced);
        assert_eq!(value("", 70.0, &[76.0]).verdict, Verdict::NotDecidable);
    }

    #[test]
    fn an_ordering_is_judged_by_the_interval_of_the_mean_difference() {
        assert_eq!(ordering("", &[1.0, 2.0, 3.0]).verdict, Verdict::NotDecidable); // 2 ± 4.303 · 1/√3 = 2 ± 2.48
        assert_eq!(ordering("", &[2.0, 2.5, 3.0]).verdict, Verdict::Reproduced);
        assert_eq!(ordering("", &[-2.0, -2.5, -3.0]).verdict, Verdict::Refuted);
        assert_eq!(ordering("", &[5.0]).verdict, Verdict::NotDecidable);
    }

    #[test]
    fn nothing_finished_waits() {
        assert!(judge(|_| Vec::new()).iter().all(|claim| claim.verdict == Verdict::Waiting));
    }
}
