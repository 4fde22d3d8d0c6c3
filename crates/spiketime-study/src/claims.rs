//! The report's claims C1 to C15, each as statistics of our seeds. Report §6 and §7.
//!
//! Where the author's curves used labels found once on the last network, both ways of labelling are
//! judged: `accuracy` (labels of the same checkpoint) and `accuracy_final_labels`. At the last image both are
//! one number, which counts once.

use crate::evidence::Evidence;
use crate::statistics::{
    BySeed, Limits, PERCENT, Part, alike, few, in_every_seed, in_line, measured, most, ordering, paired,
    r_squared,
};
use crate::verdict::Claim;
use spiketime_train::record::Checkpoint;

/// The points of every curve.
static CURVE: [u64; 12] =
    [300, 900, 1_000, 2_000, 3_000, 5_000, 10_000, 15_000, 20_000, 30_000, 40_000, 60_000];
/// One epoch.
pub(crate) const LAST: u64 = 60_000;
/// The claim about seconds, which differ from machine to machine.
pub(crate) const TIMING: &str = "C7";
/// Both ranges of device variation: the report's and that of its author's code \[mV\].
pub(crate) const RANGES: [&str; 2] = ["40-60", "40-50"];
const OWN_LABELS: &str = "accuracy";
const FINAL_LABELS: &str = "accuracy_final_labels";
/// The start of a curve ends here, and what is in line is so from here on \[images\].
const START_ENDS: u64 = 5_000;
const IN_LINE_FROM: u64 = 3_000;
/// The variation networks pass the reference after this \[images\].
const PASSES_AFTER: u64 = 30_000;
/// A curve is about linear from here on \[images\], if a line explains so much.
const LINEAR_FROM: u64 = 1_000;
const LINEAR_R_SQUARED: f64 = 0.9;
/// No time is below 0 \[µs\].
const MICROSECONDS: Limits = [0.0, f64::INFINITY];

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
    let judged = |(id, claim, parts): (&'static str, &str, Judge)| {
        Claim::new(id, claim, parts(&evidence.of_claim(id)))
    };
    claims.into_iter().map(judged).collect()
}

/// The points of a curve from this one on.
pub(crate) fn from(first: u64) -> &'static [u64] {
    &CURVE[CURVE.partition_point(|&images| images < first)..]
}

/// The points of a curve before this one.
pub(crate) fn before(end: u64) -> &'static [u64] {
    &CURVE[..CURVE.partition_point(|&images| images < end)]
}

/// Both ways of labelling at the points of a curve; on the last network they are one.
fn both_labellings(points: &[u64]) -> Vec<(&'static str, u64)> {
    let own = points.iter().map(|&images| (OWN_LABELS, images));
    let earlier = points.iter().filter(|&&images| images != LAST);
    own.chain(earlier.map(|&images| (FINAL_LABELS, images))).collect()
}

/// higher − lower at one point.
pub(crate) fn difference(
    evidence: &Evidence,
    higher: &str,
    lower: &str,
    (metric, images): (&str, u64),
) -> Option<(String, BySeed)> {
    let difference = paired(&evidence.at(higher, images, metric)?, &evidence.at(lower, images, metric)?);
    Some((format!("{metric} at {images}, {higher} − {lower} [points]"), difference))
}

/// higher − lower at points of the curve, by both ways of labelling, each held against a rule.
fn judged(
    evidence: &Evidence,
    rule: fn(&str, &BySeed) -> Part,
    higher: &str,
    lower: &str,
    points: &[u64],
) -> Parts {
    let at = |point| {
        let (statistic, values) = difference(evidence, higher, lower, point)?;
        Some(rule(&statistic, &values))
    };
    both_labellings(points).into_iter().map(at).collect()
}

/// higher − lower after `images`, each network with its own labels.
fn ordered(evidence: &Evidence, higher: &str, lower: &str, images: u64) -> Option<Part> {
    let (statistic, values) = difference(evidence, higher, lower, (OWN_LABELS, images))?;
    Some(ordering(&statistic, &values))
}

fn c1(evidence: &Evidence) -> Parts {
    judged(evidence, ordering, "wta", "soft", &CURVE)
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

/// Does it hold (1) or not (0) for the labels after one epoch, and N?
fn holds(evidence: &Evidence, condition: &str, what: fn(&[u64], u64) -> bool) -> Option<BySeed> {
    let points = evidence.points(condition, LAST)?;
    let holds = |point: &Checkpoint| f64::from(what(&point.label_histogram, neurons(point)));
    Some(points.into_iter().map(|(seed, point)| (seed, holds(point))).collect())
}

fn neurons(point: &Checkpoint) -> u64 {
    point.label_histogram.iter().sum::<u64>() + point.silent_neurons
}

/// Every class has between N/20 and N/5 neurons, silent ones apart.
fn is_balanced(labels: &[u64], neurons: u64) -> bool {
    labels.iter().all(|&count| 20 * count >= neurons && 5 * count <= neurons)
}

/// Every class has at least N/20 neurons.
fn has_ten_types(labels: &[u64], neurons: u64) -> bool {
    labels.iter().all(|&count| 20 * count >= neurons)
}

fn c5(evidence: &Evidence) -> Parts {
    let mut parts = judged(evidence, ordering, "wta", "n36", &CURVE)?;
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
    Some(vec![
        alike("training time, wta − n36 [% of their mean]", &large, &small),
        measured("training time of wta [µs an image]", &large, MICROSECONDS),
        measured("training time of n36 [µs an image]", &small, MICROSECONDS),
    ])
}

/// Parts for both ranges of variation.
fn for_ranges(parts: impl Fn(&str, &str) -> Parts) -> Parts {
    let mut all = Vec::new();
    for range in RANGES {
        all.extend(parts(&format!("variation-{range}-on"), &format!("variation-{range}-off"))?);
    }
    Some(all)
}

fn c8(evidence: &Evidence) -> Parts {
    for_ranges(|_, off| judged(evidence, ordering, "wta", off, before(START_ENDS + 1)))
}

fn c9(evidence: &Evidence) -> Parts {
    for_ranges(|on, _| judged(evidence, in_line, on, "wta", from(IN_LINE_FROM)))
}

fn c10(evidence: &Evidence) -> Parts {
    let late = from(PASSES_AFTER + 1);
    let mut parts = for_ranges(|on, off| {
        let passes = [on, off].into_iter().flat_map(|variation| late.iter().map(move |&at| (variation, at)));
        let passes = passes.map(|(variation, at)| ordered(evidence, variation, "wta", at));
        passes.chain([ordered(evidence, off, on, LAST)]).collect()
    })?;
    parts.push(evidence.value("variation-40-50-on", LAST, "accuracy")?);
    parts.push(evidence.value("variation-40-50-off", LAST, "accuracy")?);
    Some(parts)
}

fn c11(evidence: &Evidence) -> Parts {
    let noisy = |condition: &str| evidence.percent_of_neurons(condition, LAST, "noisy_neurons");
    for_ranges(|on, off| {
        let statistic = format!("noisy neurons at {LAST}, {off} − {on} [points of N]");
        Some(vec![
            evidence.neurons_value(on, LAST, "noisy_neurons")?,
            evidence.neurons_value(off, LAST, "noisy_neurons")?,
            ordering(&statistic, &paired(&noisy(off)?, &noisy(on)?)),
        ])
    })
}

fn c12(evidence: &Evidence) -> Parts {
    let saturated = |condition, images| evidence.percent_of_neurons(condition, images, "saturated_neurons");
    let (early, late) = (saturated("nonlinear-reversed", 1_000)?, saturated("nonlinear-reversed", LAST)?);
    let asymmetric = saturated("nonlinear-asymmetric", LAST)?;
    let (statistic, symmetric) = difference(evidence, "nonlinear-symmetric", "wta", (OWN_LABELS, LAST))?;
    Some(vec![
        evidence.value("nonlinear-reversed", LAST, "accuracy")?,
        evidence.neurons_value("nonlinear-reversed", LAST, "saturated_neurons")?,
        few("saturated neurons of nonlinear-reversed at 1000 [% of N]", &early),
        ordering("saturated neurons of nonlinear-reversed, 60000 − 1000 [points]", &paired(&late, &early)),
        evidence.value("nonlinear-asymmetric", LAST, "accuracy")?,
        measured("saturated neurons of nonlinear-asymmetric at 60000 [% of N]", &asymmetric, PERCENT),
        in_line(&statistic, &symmetric),
    ])
}

fn c13(evidence: &Evidence) -> Parts {
    let mut parts = vec![evidence.value("fashion", LAST, "accuracy")?];
    parts.push(ordered(evidence, "wta", "fashion", LAST)?);
    for metric in [OWN_LABELS, FINAL_LABELS] {
        let statistic = format!(
            "{metric} of fashion is linear from {LINEAR_FROM} images on, R² ≥ {LINEAR_R_SQUARED} [% of seeds]"
        );
        parts.push(in_every_seed(&statistic, &linear_curves(evidence, "fashion", metric)?));
    }
    Some(parts)
}

/// Is a seed's curve about linear (1) or not (0)?
fn linear_curves(evidence: &Evidence, condition: &str, metric: &str) -> Option<BySeed> {
    let at = |&images: &u64| Some((images as f64, evidence.at(condition, images, metric)?));
    let curve: Vec<(f64, BySeed)> = from(LINEAR_FROM).iter().map(at).collect::<Option<_>>()?;
    let of_a_seed = |seed: &u64| {
        let points = curve.iter().map(|(images, values)| Some((*images, *values.get(seed)?)));
        Some((*seed, f64::from(is_linear(&points.collect::<Option<Vec<_>>>()?))))
    };
    curve.first()?.1.keys().map(of_a_seed).collect()
}

/// Does a line explain at least 90 %?
fn is_linear(points: &[(f64, f64)]) -> bool {
    r_squared(points) >= LINEAR_R_SQUARED
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

#[cfg(test)]
mod tests;
