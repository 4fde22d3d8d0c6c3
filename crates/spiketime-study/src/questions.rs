//! The questions Q1 to Q6 that the report leaves open, answered from our seeds.

use crate::claims::{LAST, RANGES, before, difference};
use crate::evidence::Evidence;
use crate::spec::Experiment;
use crate::statistics::{BySeed, PERCENT, POINTS, Part, Verdict, is_above, measured, paired};
use crate::verdict::Claim;

/// Five epochs.
const FIVE_EPOCHS: [u64; 5] = [60_000, 120_000, 180_000, 240_000, 300_000];
/// Where Q6 looks.
const EARLY: u64 = 10_000;
/// Below this a network has not learned: twice the accuracy of a guess \[%\].
const LEARNED_PERCENT: f64 = 20.0;

type Parts = Option<Vec<Part>>;

pub(crate) fn judge(evidence: &Evidence) -> Vec<Claim> {
    type Judge = fn(&Evidence) -> Parts;
    let questions: [(&str, &str, Judge); 6] = [
        ("Q1", "is N = 36 with five epochs as good as N = 196 with one?", q1),
        ("Q2", "does Fashion keep rising with more epochs?", q2),
        ("Q3", "over many seeds, does 'adaptive on' beat 'off'?", q3),
        ("Q4", "how much of each curve's shape comes from reusing the final labels?", q4),
        ("Q5", "what do tie rule, variation range and rest between test images change?", q5),
        ("Q6", "at which asymmetry does learning break?", q6),
    ];
    let judged = |(id, question, parts): (&'static str, &str, Judge)| {
        Claim::new(id, question, parts(&evidence.of_claim(id)))
    };
    questions.into_iter().map(judged).collect()
}

/// later − earlier, of one condition.
fn rise(evidence: &Evidence, condition: &str, earlier: u64, later: u64) -> Option<(String, BySeed)> {
    let at = |images| evidence.at(condition, images, "accuracy");
    let statistic = format!("accuracy of {condition}, at {later} − at {earlier} [points]");
    Some((statistic, paired(&at(later)?, &at(earlier)?)))
}

fn q1(evidence: &Evidence) -> Parts {
    let (small, large) = (evidence.at("n36", 300_000, "accuracy")?, evidence.at("wta", LAST, "accuracy")?);
    let mut parts =
        vec![is_above("accuracy, n36 at 300000 − wta at 60000 [points]", &paired(&small, &large))];
    for later in &FIVE_EPOCHS[1..] {
        let (statistic, values) = rise(evidence, "n36", LAST, *later)?;
        parts.push(measured(&statistic, &values, POINTS));
    }
    Some(parts)
}

fn q2(evidence: &Evidence) -> Parts {
    let (statistic, values) = rise(evidence, "fashion", LAST, 300_000)?;
    let mut parts = vec![is_above(&statistic, &values)];
    for epochs in FIVE_EPOCHS.windows(2) {
        let (statistic, values) = rise(evidence, "fashion", epochs[0], epochs[1])?;
        parts.push(measured(&statistic, &values, POINTS));
    }
    Some(parts)
}

fn q3(evidence: &Evidence) -> Parts {
    let on_off = |range: &&str| {
        let (on, off) = (format!("variation-{range}-on"), format!("variation-{range}-off"));
        let (statistic, values) = difference(evidence, &on, &off, ("accuracy", LAST))?;
        Some(is_above(&statistic, &values))
    };
    RANGES.iter().map(on_off).collect()
}

fn q4(evidence: &Evidence) -> Parts {
    let mut parts = Vec::new();
    for condition in ["wta", "fashion", "variation-40-50-on", "variation-40-50-off"] {
        for &images in before(LAST) {
            let at = |metric| evidence.at(condition, images, metric);
            let statistic = format!("{condition} at {images}, final labels − own labels [points]");
            let difference = paired(&at("accuracy_final_labels")?, &at("accuracy")?);
            parts.push(measured(&statistic, &difference, POINTS));
        }
    }
    Some(parts)
}

fn q5(evidence: &Evidence) -> Parts {
    let at = |condition, metric| evidence.at(condition, LAST, metric);
    let pairs = [
        ("tie rule, highest-only − wta [points]", ("highest-only", "accuracy"), ("wta", "accuracy")),
        (
            "variation on, 40-50 − 40-60 [points]",
            ("variation-40-50-on", "accuracy"),
            ("variation-40-60-on", "accuracy"),
        ),
        (
            "variation off, 40-50 − 40-60 [points]",
            ("variation-40-50-off", "accuracy"),
            ("variation-40-60-off", "accuracy"),
        ),
        ("wta, with rest − without [points]", ("wta", "accuracy_with_rest"), ("wta", "accuracy")),
        ("soft, with rest − without [points]", ("soft", "accuracy_with_rest"), ("soft", "accuracy")),
        ("fashion, with rest − without [points]", ("fashion", "accuracy_with_rest"), ("fashion", "accuracy")),
    ];
    pairs
        .into_iter()
        .map(|(what, a, b)| Some(measured(what, &paired(&at(a.0, a.1)?, &at(b.0, b.1)?), POINTS)))
        .collect()
}

fn q6(evidence: &Evidence) -> Parts {
    let map: &Experiment = evidence.experiments.iter().find(|experiment| experiment.name == "q6")?;
    let cells = map.conditions.iter().map(|condition| {
        let part = measured("", &evidence.at(&condition.name, EARLY, "accuracy")?, PERCENT);
        let [low, high] = part.interval.unwrap_or([part.ours; 2]);
        let (gain, loss) = (condition.stdp_gain_nonlinearity, condition.stdp_loss_nonlinearity);
        let normalised = if condition.stdp_normalised { ", normalised" } else { "" };
        let statistic = format!("it learns (accuracy at {EARLY} [%]), β₊ = {gain}, β₋ = {loss}{normalised}");
        let verdict = match (low > LEARNED_PERCENT, high < LEARNED_PERCENT) {
            (true, _) => Verdict::Yes,
            (_, true) => Verdict::No,
            _ => Verdict::NotDecidable,
        };
        Some(Part { statistic, verdict, ..part })
    });
    cells.collect()
}
