//! The report's claims C1 to C15, each as statistics of our seeds. Report §6 and §7.
//!
//! Where the author's curves used labels found once on the last network, both ways of labelling are
//! judged: `accuracy` (labels of the same checkpoint) and `accuracy_final_labels`.

use crate::evidence::Evidence;
use crate::record::Checkpoint;
use crate::score::CLASSES;
use crate::statistics::{BySeed, Part, few, in_every_seed, in_line, most, ordering, paired, r_squared};
use crate::verdict::Claim;

/// The points of every curve.
pub(crate) const CURVE: [u64; 12] =
    [300, 900, 1_000, 2_000, 3_000, 5_000, 10_000, 15_000, 20_000, 30_000, 40_000, 60_000];
/// One epoch.
pub(crate) const LAST: u64 = 60_000;
/// The claim about seconds, which differ from machine to machine.
pub(crate) const TIMING: &str = "C7";
/// Both ranges of device variation: the report's and that of its author's code \[mV\].
pub(crate) const RANGES: [&str; 2] = ["40-60", "40-50"];
const METRICS: [&str; 2] = ["accuracy", "accuracy_final_labels"];

type Parts = Option<Vec<Part>>;

pub(crate) fn judge(evidence: &Evidence) -> Vec<Claim> {
    type Judge = fn(&Evidence) -> Parts;
    let claims: [(&str, &str, Judge); 15] = [
        ("C1", "WTA beats soft at every point of the curve", c1),
        ("C2", "without inhibition all neurons learn the same thing and accuracy is 10 %", c2),
        ("C3", "WTA 76, soft 60, none 10 % after 60 000 images", c3),
        ("C4", "the soft map is unbalanced (48 of 196 neurons prefer 1, 3 prefer 0), the WTA map is not", c4),
        ("C5", "N = 36 stays below N = 196 (64 against 76 %)", c5),
        ("C6", "after 900 images the N = 36 map has few noisy neurons, most of N = 196 are noise", c6),
        (TIMING, "training time does not depend on N", c7),
        ("C8", "with variation and no adaptation the network starts clearly worse than the reference", c8),
        ("C9", "with variation and adaptation it stays in line with the reference", c9),
        (
            "C10",
            "both variation networks pass the reference after 30 000 images, 'off' is best at 60 000",
            c10,
        ),
        ("C11", "'on' has barely any noisy neurons, 'off' about 15", c11),
        (
            "C12",
            "asymmetric non-linear STDP ends at 10 %, weights saturate; symmetric is nearly harmless",
            c12,
        ),
        ("C13", "Fashion ends at 36 %, far below MNIST, and rises about linearly", c13),
        ("C14", "after 2 000 images most Fashion neurons are finished, most MNIST neurons are noise", c14),
        ("C15", "the Fashion map at 60 000 images does not show ten types", c15),
    ];
    claims.into_iter().map(|(id, claim, parts)| Claim::new(id, claim, parts(evidence))).collect()
}

/// higher − lower at the given points.
pub(crate) fn differences<'a>(
    evidence: &'a Evidence,
    higher: &'a str,
    lower: &'a str,
    metric: &'a str,
    points: &'a [u64],
) -> impl Iterator<Item = Option<(String, BySeed)>> + 'a {
    points.iter().map(move |&images| {
        let difference = paired(&evidence.at(higher, images, metric)?, &evidence.at(lower, images, metric)?);
        Some((format!("{metric} at {images}, {higher} − {lower} [points]"), difference))
    })
}

fn orderings(evidence: &Evidence, higher: &str, lower: &str, metric: &str, points: &[u64]) -> Parts {
    differences(evidence, higher, lower, metric, points)
        .map(|difference| difference.map(|(statistic, values)| ordering(&statistic, &values)))
        .collect()
}

/// The whole curve, by both ways of labelling.
fn whole_curve(evidence: &Evidence, higher: &str, lower: &str) -> Parts {
    let mut parts = Vec::new();
    for metric in METRICS {
        parts.extend(orderings(evidence, higher, lower, metric, &CURVE)?);
    }
    Some(parts)
}

fn c1(evidence: &Evidence) -> Parts {
    whole_curve(evidence, "wta", "soft")
}

fn c2(evidence: &Evidence) -> Parts {
    let correlation = |condition| evidence.at(condition, LAST, "weight_correlation");
    let alike = paired(&correlation("none")?, &correlation("wta")?);
    Some(vec![
        evidence.value("none", LAST, "accuracy")?,
        evidence.value("none", LAST, "most_predicted_percent")?,
        ordering("weight_correlation at 60000, none − wta", &alike),
    ])
}

fn c3(evidence: &Evidence) -> Parts {
    ["wta", "soft", "none"].into_iter().map(|condition| evidence.value(condition, LAST, "accuracy")).collect()
}

fn c4(evidence: &Evidence) -> Parts {
    let balanced = |condition| holds(evidence, condition, is_balanced);
    let unbalanced = balanced("soft")?.into_iter().map(|(seed, holds)| (seed, 1.0 - holds)).collect();
    Some(vec![
        evidence.neurons_value("soft", LAST, "neurons_class_1")?,
        evidence.neurons_value("soft", LAST, "neurons_class_0")?,
        in_every_seed("soft maps out of balance [% of seeds]", &unbalanced),
        in_every_seed("wta maps in balance [% of seeds]", &balanced("wta")?),
    ])
}

/// Does it hold (1) or not (0) for the checkpoint after one epoch?
fn holds(evidence: &Evidence, condition: &str, what: fn(&Checkpoint) -> bool) -> Option<BySeed> {
    let points = evidence.points(condition, LAST)?;
    Some(points.into_iter().map(|(seed, point)| (seed, f64::from(what(point)))).collect())
}

fn neurons(point: &Checkpoint) -> f64 {
    (point.label_histogram.iter().sum::<u64>() + point.silent_neurons) as f64
}

/// Every class has between N/20 and N/5 neurons, silent ones apart.
fn is_balanced(point: &Checkpoint) -> bool {
    let bounds = neurons(point) / 20.0..=neurons(point) / 5.0;
    (0..CLASSES).all(|class| bounds.contains(&(point.label_histogram[class] as f64)))
}

/// Every class has at least N/20 neurons.
fn has_ten_types(point: &Checkpoint) -> bool {
    point.label_histogram.iter().all(|&count| count as f64 >= neurons(point) / 20.0)
}

fn c5(evidence: &Evidence) -> Parts {
    let mut parts = whole_curve(evidence, "wta", "n36")?;
    parts.push(evidence.value("n36", LAST, "accuracy")?);
    Some(parts)
}

fn c6(evidence: &Evidence) -> Parts {
    let noisy = |condition| evidence.percent_of_neurons(condition, 900, "noisy_neurons");
    Some(vec![
        few("noisy neurons of n36 at 900 [% of N]", &noisy("n36")?),
        most("noisy neurons of wta at 900 [% of N]", &noisy("wta")?),
        ordering("noisy neurons at 900, wta − n36 [points]", &paired(&noisy("wta")?, &noisy("n36")?)),
    ])
}

fn c7(evidence: &Evidence) -> Parts {
    let (large, small) = (evidence.training_us("wta")?, evidence.training_us("n36")?);
    if large.is_empty() || small.is_empty() {
        return None;
    }
    let part = ordering("training time, wta − n36 [µs an image]", &paired(&large, &small));
    // The claim is that there is no difference: a decided one, either way, refutes it.
    let verdict = match part.verdict {
        crate::statistics::Verdict::NotDecidable => part.verdict,
        _ => crate::statistics::Verdict::Refuted,
    };
    Some(vec![
        Part { verdict, ..part },
        crate::statistics::measured("training time of wta [µs an image]", &large),
        crate::statistics::measured("training time of n36 [µs an image]", &small),
    ])
}

/// Parts for both ranges of variation and both ways of labelling.
fn for_ranges(parts: impl Fn(&str, &str) -> Parts) -> Parts {
    let mut all = Vec::new();
    for range in RANGES {
        for metric in METRICS {
            all.extend(parts(range, metric)?);
        }
    }
    Some(all)
}

fn c8(evidence: &Evidence) -> Parts {
    for_ranges(|range, metric| {
        orderings(evidence, "wta", &format!("variation-{range}-off"), metric, &CURVE[..6])
    })
}

fn c9(evidence: &Evidence) -> Parts {
    for_ranges(|range, metric| {
        differences(evidence, &format!("variation-{range}-on"), "wta", metric, &CURVE[4..])
            .map(|difference| difference.map(|(statistic, values)| in_line(&statistic, &values)))
            .collect()
    })
}

fn c10(evidence: &Evidence) -> Parts {
    let mut parts = Vec::new();
    for range in RANGES {
        let (on, off) = (format!("variation-{range}-on"), format!("variation-{range}-off"));
        let late = &CURVE[10..];
        parts.extend(orderings(evidence, &on, "wta", "accuracy", late)?);
        parts.extend(orderings(evidence, &off, "wta", "accuracy", late)?);
        parts.extend(orderings(evidence, &off, &on, "accuracy", &[LAST])?);
    }
    parts.push(evidence.value("variation-40-50-on", LAST, "accuracy")?);
    parts.push(evidence.value("variation-40-50-off", LAST, "accuracy")?);
    Some(parts)
}

fn c11(evidence: &Evidence) -> Parts {
    let mut parts = Vec::new();
    for range in RANGES {
        let (on, off) = (format!("variation-{range}-on"), format!("variation-{range}-off"));
        let noisy = |condition: &str| evidence.percent_of_neurons(condition, LAST, "noisy_neurons");
        parts.push(evidence.neurons_value(&on, LAST, "noisy_neurons")?);
        parts.push(evidence.neurons_value(&off, LAST, "noisy_neurons")?);
        let statistic = format!("noisy neurons at {LAST}, {off} − {on} [points of N]");
        parts.push(ordering(&statistic, &paired(&noisy(&off)?, &noisy(&on)?)));
    }
    Some(parts)
}

fn c12(evidence: &Evidence) -> Parts {
    let saturated = |images| evidence.percent_of_neurons("nonlinear-reversed", images, "saturated_neurons");
    let (early, late) = (saturated(1_000)?, saturated(LAST)?);
    let mut parts = vec![
        evidence.value("nonlinear-reversed", LAST, "accuracy")?,
        evidence.neurons_value("nonlinear-reversed", LAST, "saturated_neurons")?,
        few("saturated neurons of nonlinear-reversed at 1000 [% of N]", &early),
        ordering("saturated neurons of nonlinear-reversed, 60000 − 1000 [points]", &paired(&late, &early)),
        evidence.value("nonlinear-asymmetric", LAST, "accuracy")?,
        crate::statistics::measured(
            "saturated neurons of nonlinear-asymmetric at 60000 [% of N]",
            &evidence.percent_of_neurons("nonlinear-asymmetric", LAST, "saturated_neurons")?,
        ),
    ];
    let symmetric = differences(evidence, "nonlinear-symmetric", "wta", "accuracy", &CURVE[11..]);
    for difference in symmetric {
        let (statistic, values) = difference?;
        parts.push(in_line(&statistic, &values));
    }
    Some(parts)
}

fn c13(evidence: &Evidence) -> Parts {
    let mut parts = vec![evidence.value("fashion", LAST, "accuracy")?];
    parts.extend(orderings(evidence, "wta", "fashion", "accuracy", &[LAST])?);
    for metric in METRICS {
        let statistic = format!("{metric} of fashion is linear from 1000 images on, R² ≥ 0.9 [% of seeds]");
        parts.push(in_every_seed(&statistic, &is_linear(evidence, "fashion", metric)?));
    }
    Some(parts)
}

/// Does a line through the points from 1 000 images on explain at least 90 %?
fn is_linear(evidence: &Evidence, condition: &str, metric: &str) -> Option<BySeed> {
    let curve: Option<Vec<(f64, BySeed)>> = CURVE[2..]
        .iter()
        .map(|&images| Some((images as f64, evidence.at(condition, images, metric)?)))
        .collect();
    let curve = curve?;
    let seeds = curve.first()?.1.keys();
    seeds
        .map(|seed| {
            let points: Option<Vec<(f64, f64)>> =
                curve.iter().map(|(images, values)| Some((*images, *values.get(seed)?))).collect();
            Some((*seed, f64::from(r_squared(&points?) >= 0.9)))
        })
        .collect()
}

fn c14(evidence: &Evidence) -> Parts {
    let percent = |condition, metric| evidence.percent_of_neurons(condition, 2_000, metric);
    Some(vec![
        most("finished neurons of fashion at 2000 [% of N]", &percent("fashion", "finished_neurons")?),
        most("noisy neurons of wta at 2000 [% of N]", &percent("wta", "noisy_neurons")?),
    ])
}

fn c15(evidence: &Evidence) -> Parts {
    let ten = holds(evidence, "fashion", has_ten_types)?;
    let fewer: BySeed = ten.into_iter().map(|(seed, holds)| (seed, 1.0 - holds)).collect();
    Some(vec![in_every_seed("fashion maps without ten types [% of seeds]", &fewer)])
}
