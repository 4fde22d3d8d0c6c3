//! A verdict for every claim and every open question of the report, and the table they make.

use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;
use crate::statistics::{Part, Verdict};
use crate::{claims, questions};

/// A claim (C1 to C15) or an open question (Q1 to Q6) of the report, judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// C1 to C15, Q1 to Q6.
    pub id: String,
    /// What the report says or asks.
    pub claim: String,
    /// What its parts say together.
    pub verdict: Verdict,
    /// What was measured; empty while runs are missing.
    pub parts: Vec<Part>,
}

impl Claim {
    /// From its parts; `None` while runs are missing.
    pub(crate) fn new(id: &str, claim: &str, parts: Option<Vec<Part>>) -> Claim {
        let parts = parts.unwrap_or_default();
        Claim { id: id.to_owned(), claim: claim.to_owned(), verdict: together(&parts), parts }
    }
}

/// Unanimous parts decide; else one that is reproduced makes it partly so, one that is refuted refutes.
/// A question whose parts answer it differently has no one answer: its parts are what was measured.
fn together(parts: &[Part]) -> Verdict {
    let mut judged = parts.iter().map(|part| part.verdict).filter(|&verdict| verdict != Verdict::Measured);
    let Some(first) = judged.next() else {
        return if parts.is_empty() { Verdict::Waiting } else { Verdict::Measured };
    };
    let others: Vec<Verdict> = judged.collect();
    let has = |verdict| first == verdict || others.contains(&verdict);
    if others.iter().all(|&other| other == first) {
        first
    } else if has(Verdict::Yes) || has(Verdict::No) {
        Verdict::Measured
    } else if has(Verdict::Reproduced) {
        Verdict::PartlyReproduced
    } else if has(Verdict::Refuted) {
        Verdict::Refuted
    } else {
        Verdict::NotDecidable
    }
}

/// Judges every claim and question by the finished runs.
#[must_use]
pub fn judge(evidence: &Evidence) -> Vec<Claim> {
    claims::judge(evidence).into_iter().chain(questions::judge(evidence)).collect()
}

/// The same claims without a judgement: `verdict` says why none can be given.
#[must_use]
pub fn unjudged(claims: Vec<Claim>, verdict: Verdict) -> Vec<Claim> {
    claims.into_iter().map(|claim| Claim { verdict, parts: Vec::new(), ..claim }).collect()
}

/// `verdicts.json`: what is compared byte by byte, and timing rows apart from it.
#[must_use]
pub fn json(claims: &[Claim]) -> String {
    let (timing, claims): (Vec<&Claim>, Vec<&Claim>) =
        claims.iter().partition(|claim| claim.id == claims::TIMING);
    let document =
        serde_json::json!({ "schema_version": 2, "claims": claims, "provenance": { "timing": timing } });
    format!("{document:#}\n")
}

/// The claims as a Markdown table: a row a claim, then one a part.
#[must_use]
pub fn markdown(claims: &[Claim]) -> String {
    let mut table = String::from(
        "| claim | verdict | statistic | report | ours (95 %) | seeds |\n|---|---|---|---|---|---|\n",
    );
    for claim in claims {
        table += &format!("| **{}** {} | **{}** | | | | |\n", claim.id, claim.claim, claim.verdict);
        for part in &claim.parts {
            let report = part.report.map_or_else(String::new, |report| format!("{report:.1}"));
            table += &format!(
                "| | {} | {} | {report} | {} | {} |\n",
                part.verdict,
                part.statistic,
                with_interval(part),
                part.seeds
            );
        }
    }
    table
}

/// The claims for a terminal: a line a claim, below it what the report gives a number for.
#[must_use]
pub fn text(claims: &[Claim]) -> String {
    let mut text = String::new();
    for claim in claims {
        text += &format!("{:4}{:20}{}{}\n", claim.id, claim.verdict, claim.claim, tally(&claim.parts));
        for part in claim.parts.iter().filter(|part| part.report.is_some()) {
            let report = part.report.unwrap_or_default();
            let (ours, verdict) = (with_interval(part), part.verdict);
            text += &format!("      {verdict:17}{}: report {report:.1}, ours {ours}\n", part.statistic);
        }
    }
    text
}

/// How many of several parts hold.
fn tally(parts: &[Part]) -> String {
    let judged: Vec<&Part> = parts.iter().filter(|part| part.verdict != Verdict::Measured).collect();
    let hold =
        judged.iter().filter(|part| matches!(part.verdict, Verdict::Reproduced | Verdict::Yes)).count();
    if judged.len() < 2 { String::new() } else { format!(" ({hold} of {} statistics)", judged.len()) }
}

/// `12.34 (11.00 to 13.68)`.
#[must_use]
pub fn with_interval(part: &Part) -> String {
    let interval = part.interval.map_or_else(String::new, |[low, high]| format!(" ({low:.2} to {high:.2})"));
    format!("{:.2}{interval}", part.ours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn part(verdict: Verdict) -> Part {
        Part { statistic: "s".into(), report: None, ours: 1.0, interval: None, seeds: 5, verdict }
    }

    #[test]
    fn parts_decide_together() {
        use Verdict::{
            Measured, No, NotDecidable, NotReproduced, PartlyReproduced, Refuted, Reproduced, Waiting, Yes,
        };
        for (parts, expected) in [
            (vec![], Waiting),
            (vec![Measured], Measured),
            (vec![Measured, Refuted], Refuted),
            (vec![Reproduced, Reproduced], Reproduced),
            (vec![NotDecidable, Reproduced], PartlyReproduced),
            (vec![NotDecidable, Refuted], Refuted),
            (vec![NotReproduced, NotDecidable], NotDecidable),
            (vec![Yes, Measured, Yes], Yes),
            (vec![Yes, No], Measured),
            (vec![NotDecidable, Yes], Measured),
        ] {
            let parts: Vec<Part> = parts.into_iter().map(part).collect();
            assert_eq!(together(&parts), expected, "{parts:?}");
        }
    }

    #[test]
    fn nothing_finished_waits_and_every_claim_and_question_has_its_row() {
        let (planned, finished) = (BTreeMap::new(), BTreeMap::new());
        let claims = judge(&Evidence::new(&[], &planned, &finished));
        let ids: Vec<String> =
            (1..=15).map(|c| format!("C{c}")).chain((1..=6).map(|q| format!("Q{q}"))).collect();
        assert_eq!(claims.iter().map(|claim| claim.id.clone()).collect::<Vec<_>>(), ids);
        assert!(claims.iter().all(|claim| claim.verdict == Verdict::Waiting));
    }
}
