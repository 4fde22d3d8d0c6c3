//! From a claim as data to a verdict: what each statistic looks at, its values a seed, its rule.

use std::collections::BTreeMap;

use spiketime_train::metrics::{of_the_test, scored_on};

use crate::claim::{ClaimSpec, Look, Rule, Statistic};
use crate::evidence::Evidence;
use crate::metric::{ACCURACY, FINAL_LABELS, Metric};
use crate::spaced::spaced;
use crate::spec::Experiment;
use crate::statistics::{
    self, BySeed, Part, alike, answer, few, in_every_seed, in_line, learned, measured, most, paired,
};
use crate::verdict::Claim;

/// Judges every claim of the experiments, in their order.
#[must_use]
pub fn judge(evidence: &Evidence) -> Vec<Claim> {
    let claims =
        evidence.experiments.iter().flat_map(|asking| asking.claim.iter().map(move |spec| (asking, spec)));
    claims.map(|(asking, spec)| judged(evidence, asking, spec)).collect()
}

fn judged(evidence: &Evidence, asking: &Experiment, spec: &ClaimSpec) -> Claim {
    let evidence = evidence.of_experiment(asking);
    // An experiment was checked when it was read: its lists are there.
    let statistics = spec.expanded(&asking.lists()).unwrap_or_default();
    let once = |statistic: &&Statistic| !is_said_already(&evidence, &statistics, statistic);
    let parts: Option<Vec<Part>> =
        statistics.iter().filter(once).map(|statistic| part(&evidence, asking, spec, statistic)).collect();
    let is_timing = |look: &Look| Metric::named(&look.metric).is_some_and(|metric| metric.is_timing());
    let is_looked_at =
        |look: &Look| look.images.is_none_or(|images| evidence.looks_at(&look.condition, images));
    Claim {
        source: spec.source.clone(),
        is_looked_at: statistics.iter().flat_map(Statistic::looks).all(|look| is_looked_at(&look)),
        is_timing: statistics.iter().flat_map(Statistic::looks).any(|look| is_timing(&look)),
        ..Claim::new(&spec.id, spec.text(), parts)
    }
}

/// On the network whose labels are the final ones, both ways of labelling are one number; it counts once.
fn is_said_already(evidence: &Evidence, all: &[Statistic], statistic: &Statistic) -> bool {
    let own = |look: &Look| Look { metric: scored_on(of_the_test(&look.metric).1, ACCURACY), ..look.clone() };
    let is_final = |look: &Look| {
        let network = look.images.and_then(|images| evidence.label_network_of(&look.condition, images));
        of_the_test(&look.metric).0 == FINAL_LABELS && network == look.images
    };
    let same =
        Statistic { look: own(&statistic.look), than: statistic.than.as_ref().map(own), ..statistic.clone() };
    statistic.bounds.is_empty() && is_final(&statistic.look) && all.contains(&same)
}

fn part(evidence: &Evidence, asking: &Experiment, spec: &ClaimSpec, statistic: &Statistic) -> Option<Part> {
    let text = text(statistic);
    let part = match statistic.rule {
        Rule::Within => in_every_seed(&text, &within(evidence, asking, statistic)?),
        _ => of_values(evidence, asking, statistic, &text)?,
    };
    let images = statistic.looks().map(|look| look.images).reduce(|a, b| if a == b { a } else { None });
    let part = Part { images: images.flatten(), ..part };
    let is_judged = part.verdict != statistics::Verdict::Measured;
    Some(if spec.question.is_some() && is_judged { answer(part) } else { part })
}

fn of_values(evidence: &Evidence, asking: &Experiment, statistic: &Statistic, text: &str) -> Option<Part> {
    let first = values(evidence, asking, &statistic.look)?;
    let second = match &statistic.than {
        Some(than) => Some(values(evidence, asking, than)?),
        None => None,
    };
    let unit = Metric::named(&statistic.look.metric)?.unit();
    let difference = second.as_ref().map(|second| paired(&first, second));
    let (told, limits) = match &difference {
        None => (&first, unit.limits()),
        Some(difference) => (difference, unit.limits_of_a_difference()),
    };
    Some(match statistic.rule {
        Rule::Value => statistics::value(text, *expected(evidence, &statistic.look).first()?, &first),
        Rule::AboveExpected => {
            let largest = expected(evidence, &statistic.look).into_iter().reduce(f64::max)?;
            statistics::above(text, largest, &first)
        }
        Rule::Higher => statistics::ordering(text, told, limits),
        Rule::InLine => in_line(text, told),
        Rule::Few => few(text, &first),
        Rule::Most => most(text, &first),
        Rule::EqualWithin => alike(text, &first, &second?),
        Rule::Learned => learned(text, &first, evidence.classes(&statistic.look.condition)?),
        Rule::Measured | Rule::Within => measured(text, told, limits),
    })
}

/// A value a seed; `None` while a run is missing.
fn values(evidence: &Evidence, asking: &Experiment, look: &Look) -> Option<BySeed> {
    match (Metric::named(&look.metric)?, look.images) {
        (Metric::TrainingTime, _) => {
            evidence.training_us(&look.condition).filter(|values| !values.is_empty())
        }
        (Metric::RunTime, _) => evidence.run_seconds(&look.condition).filter(|values| !values.is_empty()),
        (Metric::Line(of), Some(first)) => line(evidence, asking, &look.condition, &of, first),
        (metric, Some(images)) => evidence.metric_at(&look.condition, images, &metric),
        (_, None) => None,
    }
}

/// R² of a line through the experiment's points from an image on, by seed.
fn line(
    evidence: &Evidence,
    asking: &Experiment,
    condition: &str,
    metric: &str,
    first: u64,
) -> Option<BySeed> {
    let mut points: Vec<u64> = asking.checkpoints.iter().copied().filter(|&images| images >= first).collect();
    points.sort_unstable();
    let at = |images: u64| Some((images as f64, evidence.at(condition, images, metric)?));
    let curve: Vec<(f64, BySeed)> = points.into_iter().map(at).collect::<Option<_>>()?;
    let of_a_seed = |seed: &u64| {
        let points = curve.iter().map(|(images, values)| Some((*images, *values.get(seed)?)));
        Some((*seed, statistics::r_squared(&points.collect::<Option<Vec<_>>>()?)))
    };
    curve.first()?.1.keys().map(of_a_seed).collect()
}

/// Do all bounds hold (1) or not (0), by seed? The other way round where it should be outside.
fn within(evidence: &Evidence, asking: &Experiment, statistic: &Statistic) -> Option<BySeed> {
    let mut holds = BTreeMap::<u64, bool>::new();
    for (metric, [low, high]) in &statistic.bounds {
        let look = Look { metric: metric.clone(), ..statistic.look.clone() };
        for (seed, value) in values(evidence, asking, &look)? {
            *holds.entry(seed).or_insert(true) &= (*low..=*high).contains(&value);
        }
    }
    Some(holds.into_iter().map(|(seed, holds)| (seed, f64::from(holds != statistic.outside))).collect())
}

/// The published values: of the metric itself, or of the count of which it is a percentage.
fn expected(evidence: &Evidence, look: &Look) -> Vec<f64> {
    let Some(images) = look.images else { return Vec::new() };
    let own = evidence.expected(&look.condition, images, &look.metric);
    match (Metric::named(&look.metric), evidence.neurons(&look.condition)) {
        (Some(Metric::PercentOfNeurons(count)), Some(neurons)) if own.is_empty() => {
            let counts = evidence.expected(&look.condition, images, &count);
            counts.into_iter().map(|count| crate::metric::percent_of(count, neurons)).collect()
        }
        _ => own,
    }
}

/// What is measured, from one pattern: what both sides share stands first, what differs as a difference.
fn text(statistic: &Statistic) -> String {
    if statistic.rule == Rule::Within {
        return text_of_bounds(statistic);
    }
    let words = |look: &Look| Metric::named(&look.metric).map_or_else(String::new, |metric| metric.words());
    let after = |look: &Look| look.images.map(|images| format!("after {} images", spaced(images)));
    let unit = Metric::named(&statistic.look.metric).map(|metric| metric.unit());
    let unit = |is_difference: bool| match (statistic.rule, is_difference) {
        (Rule::EqualWithin, _) => " [% of their mean]".to_owned(),
        (_, true) => in_brackets(unit.map(|unit| unit.of_a_difference())),
        (_, false) => in_brackets(unit.map(|unit| unit.of_a_value())),
    };
    let full = |look: &Look| {
        let after = after(look).map_or_else(String::new, |after| format!(" {after}"));
        format!("{} of {}{after}", words(look), look.condition)
    };
    let first = &statistic.look;
    let Some(second) = &statistic.than else { return full(first) + &unit(false) };
    let at = after(first).map_or_else(String::new, |after| format!(" {after}"));
    let differs =
        (first.condition != second.condition, first.metric != second.metric, first.images != second.images);
    let text = match differs {
        (true, false, false) => format!("{}{at}: {} − {}", words(first), first.condition, second.condition),
        (false, true, false) => format!("{}{at}: {} − {}", first.condition, words(first), words(second)),
        (false, false, true) => {
            let [first_at, second_at] = [first, second].map(|look| after(look).unwrap_or_default());
            format!("{} of {}: {first_at} − {second_at}", words(first), first.condition)
        }
        _ => format!("{} − {}", full(first), full(second)),
    };
    text + &unit(true)
}

fn text_of_bounds(statistic: &Statistic) -> String {
    let bound = |(name, [low, high]): (&String, &[f64; 2])| {
        let metric = Metric::named(name);
        let (words, unit) = metric.map_or_else(Default::default, |m| (m.words(), m.unit().of_a_value()));
        format!("{words} {low} to {high} {unit}").trim_end().to_owned()
    };
    let bounds = statistic.bounds.iter().map(bound).collect::<Vec<_>>().join(", ");
    let not = if statistic.outside { "not: " } else { "" };
    let Look { condition, images, .. } = &statistic.look;
    let from = statistic.bounds.keys().all(|name| matches!(Metric::named(name), Some(Metric::Line(_))));
    let when = if from { "from" } else { "after" };
    let at = images.map_or_else(String::new, |images| format!(" {when} {} images", spaced(images)));
    format!("{condition}{at}, {not}{bounds} [% of seeds]")
}

fn in_brackets(unit: Option<&str>) -> String {
    unit.filter(|unit| !unit.is_empty()).map_or_else(String::new, |unit| format!(" [{unit}]"))
}
