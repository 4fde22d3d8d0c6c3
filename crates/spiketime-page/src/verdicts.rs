//! Verdicts on the page: the table at its head, a claim in its section, and what the words mean.

use maud::{Markup, html};
use spiketime_study::claim::Look;
use spiketime_study::statistics::{Part, Verdict};
use spiketime_study::verdict::{Claim, with_interval};

use crate::{Material, scored};

fn class_of(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Reproduced => "verdict reproduced",
        Verdict::PartlyReproduced => "verdict partly-reproduced",
        Verdict::NotReproduced => "verdict not-reproduced",
        Verdict::Refuted => "verdict refuted",
        Verdict::NotDecidable => "verdict not-decidable",
        Verdict::Yes => "verdict yes",
        Verdict::No => "verdict no",
        Verdict::Measured => "verdict measured",
        Verdict::Waiting | Verdict::Quick | Verdict::Sample => "verdict waiting",
    }
}

fn word(claim: &Claim, verdict: Verdict) -> Markup {
    html! { span class=(class_of(verdict)) { (claim.words(verdict)) } }
}

/// The unit that ends a statistic, in brackets.
fn unit(part: &Part) -> &str {
    part.statistic.rsplit_once(" [").map_or("", |(_, unit)| unit.trim_end_matches(']'))
}

fn without_unit(part: &Part) -> &str {
    part.statistic.rsplit_once(" [").map_or(&part.statistic, |(words, _)| words)
}

/// The table of all claims.
pub fn table(material: &Material) -> Markup {
    let experiments = material.evidence.experiments;
    let of = |id: &str| experiments.iter().find(|experiment| experiment.judged().any(|claim| claim == id));
    let has_published =
        material.claims.iter().flat_map(|claim| &claim.parts).any(|part| part.report.is_some());
    html! {
        h2 id="verdicts" { "Verdicts" }
        table.verdicts {
            thead {
                tr {
                    th { "claim" } th { "what is claimed or asked" } th { "verdict" }
                    @if has_published { th { "published → here (95 %)" } }
                }
            }
            tbody {
                @for claim in material.claims {
                    tr {
                        td {
                            @match of(&claim.id) {
                                Some(experiment) => a href={ "#" (experiment.name) } { (claim.id) },
                                None => (claim.id),
                            }
                        }
                        td {
                            (claim.claim)
                            @if !claim.told().is_empty() { div.told { (claim.told()) } }
                            @let mark = mark(material, claim);
                            @if !mark.is_empty() { div.told { (mark) } }
                        }
                        td { (word(claim, claim.verdict)) }
                        @if has_published {
                            td.number { @for part in claim.parts.iter().filter(|part| part.report.is_some()) { (published(part)) } }
                        }
                    }
                }
            }
        }
        (meanings(material))
    }
}

/// A number with its name and its unit.
fn published(part: &Part) -> Markup {
    let report = part.report.map_or_else(String::new, |report| format!("{report:.1}"));
    html! { div { (without_unit(part)) ": " (report) " → " (with_interval(part)) " " (unit(part)) } }
}

/// What the words of the table mean, where they are read.
fn meanings(material: &Material) -> Markup {
    let has_source = material.claims.iter().any(|claim| claim.source.is_some());
    let is_own =
        |claim: &&Claim| claim.source.is_none() && claim.words(claim.verdict) != claim.verdict.to_string();
    let has_own = material.claims.iter().any(|claim| is_own(&claim));
    html! {
        details.meanings {
            summary { "what the words mean" }
            dl {
                @if has_source {
                    dt { "reproduced" } dd { "every statistic of the claim holds in our seeds." }
                    dt { "partly reproduced" } dd { "some statistics hold, and at least one is refuted." }
                    dt { "refuted, not reproduced" } dd { "a statistic contradicts the claim at 5 %, corrected for how many are looked at (Holm), and none holds; a published value lies outside of where 95 % of single runs fall." }
                }
                @if has_own { dt { "holds, holds in part, does not hold" } dd { "the same of a claim of this study's own." } }
                dt { "not decidable" } dd { "nothing refutes it, but some statistic could be chance: more seeds would tell, about as many more as stand there if means and spread stay as they are." }
                dt { "yes, no, measured" } dd { "the answer to a question; measured where its statistics answer differently, or are numbers only." }
                dt { "(95 %)" } dd { "where 95 % of single runs fall for a published value; the interval of the mean for a difference." }
                dt { "final labels" } dd { "every point scored with the labels of one later network instead of its own." }
                dt { "noisy neuron" } dd { "its weights still correlate by more than 0.5 with its own first ones." }
                dt { "finished neuron" } dd { "at least 80 % of its weights lie outside 5 to 95 % of the largest." }
                dt { "saturated neuron" } dd { "every weight is the largest." }
                dt { "points" } dd { "differences of percentages; points of N: of a share of the N neurons." }
            }
        }
    }
}

/// What marks mean, where the claim looks at a condition that has one.
fn mark(material: &Material, claim: &Claim) -> String {
    let experiments = material.evidence.experiments.iter();
    let specs = experiments.flat_map(|asking| asking.claim.iter().map(move |spec| (asking, spec)));
    let its = specs.filter(|(_, spec)| spec.id == claim.id);
    let statistics = its.flat_map(|(asking, spec)| spec.expanded(&asking.lists()).unwrap_or_default());
    let looked_at = statistics.flat_map(|statistic| statistic.looks().collect::<Vec<Look>>());
    scored::caption("", looked_at.filter_map(|look| material.condition(&look.condition)))
}

/// A claim in its section; its statistics stand open where no figure shows them.
pub fn claim(material: &Material, claim: &Claim, is_open: bool) -> Markup {
    let mark = mark(material, claim);
    html! {
        p {
            strong { (claim.id) ": " } (claim.claim) " — " (word(claim, claim.verdict))
            @if let Some(source) = &claim.source { span.source { " (" (source) ")" } }
            @if !claim.told().is_empty() { ": " (claim.told()) }
            @if !mark.is_empty() { " (" (mark) ")" }
        }
        @if !claim.parts.is_empty() {
            details open[is_open] {
                summary { "every statistic of " (claim.id) }
                table {
                    thead { tr { th { "statistic" } th { "published" } th { "here (95 %)" } th { "seeds" } th { "verdict" } } }
                    tbody { @for part in &claim.parts { (statistic(claim, part)) } }
                }
            }
        }
    }
}

fn statistic(claim: &Claim, part: &Part) -> Markup {
    html! {
        tr {
            td { (without_unit(part)) }
            td.number { (part.report.map_or_else(String::new, |r| format!("{r:.1}"))) }
            td.number { (with_interval(part)) " " (unit(part)) }
            td.number { (part.seeds) }
            td { (word(claim, part.verdict)) (part.outlook_words()) }
        }
    }
}
