//! A verdict for every claim and every open question of the report, and the table they make.

use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;
use crate::genuine::is_the_reports;
use crate::statistics::{Part, Verdict, is_significant, with_holm};
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
    /// How many of its parts say so; none while runs are missing.
    pub counts: Option<Counts>,
    /// What was measured; empty while runs are missing.
    pub parts: Vec<Part>,
}

impl Claim {
    /// From its parts; `None` while runs are missing.
    #[must_use]
    pub fn new(id: &str, claim: &str, parts: Option<Vec<Part>>) -> Claim {
        let parts = with_holm(parts.unwrap_or_default());
        let counts = (!parts.is_empty()).then(|| Counts::of(&parts));
        let verdict = counts.map_or(Verdict::Waiting, Counts::together);
        Claim { id: id.to_owned(), claim: claim.to_owned(), verdict, counts, parts }
    }
}

/// How the judged statistics of a claim or a question came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Statistics that are as claimed.
    pub hold: usize,
    /// Statistics that refute the claim at 5 %, by Holm over all of them.
    pub refuted: usize,
    /// Statistics that answer a question with yes.
    pub yes: usize,
    /// Statistics that answer it with no.
    pub no: usize,
    /// What is left.
    pub undecided: usize,
}

impl Counts {
    fn of(parts: &[Part]) -> Counts {
        let mut counts = Counts::default();
        for part in parts {
            match (part.verdict, part.p_holm.is_some_and(is_significant)) {
                (Verdict::Measured, _) => {}
                (Verdict::Reproduced, _) => counts.hold += 1,
                (Verdict::Yes, _) => counts.yes += 1,
                (Verdict::No, _) => counts.no += 1,
                (_, true) => counts.refuted += 1,
                (_, false) => counts.undecided += 1,
            }
        }
        counts
    }

    fn all(self) -> usize {
        self.hold + self.refuted + self.yes + self.no + self.undecided
    }

    /// A claim holds if all its statistics do, and is refuted if one refutes it while none holds; where some hold
    /// and some refute it, it holds in part. A question that its statistics answer differently has no one answer.
    fn together(self) -> Verdict {
        let Counts { hold, refuted, yes, no, undecided } = self;
        match (self.all(), yes, no, hold, refuted) {
            (0, ..) => Verdict::Measured,
            (all, yes, ..) if yes == all => Verdict::Yes,
            (all, _, no, ..) if no == all => Verdict::No,
            _ if yes + no > 0 => Verdict::Measured,
            _ if hold > 0 && refuted > 0 => Verdict::PartlyReproduced,
            _ if refuted > 0 => Verdict::Refuted,
            _ if undecided > 0 => Verdict::NotDecidable,
            _ => Verdict::Reproduced,
        }
    }

    /// `20 hold, 1 refuted, 3 undecided of 24`; nothing for a single statistic, whose verdict is the claim's.
    #[must_use]
    pub fn told(self) -> Option<String> {
        let Counts { hold, refuted, yes, no, undecided } = self;
        let all = self.all();
        let is_question = yes + no > 0;
        let told = if is_question {
            format!("{yes} yes, {no} no, {undecided} undecided of {all}")
        } else {
            format!("{hold} hold, {refuted} refuted, {undecided} undecided of {all}")
        };
        (all > 1).then_some(told)
    }
}

/// Judges every claim and question by the finished runs of the report's networks; others judge nothing.
#[must_use]
pub fn judge(evidence: &Evidence) -> Vec<Claim> {
    let genuine = evidence.planned.iter().filter(|(_, run)| is_the_reports(run));
    let planned = genuine.map(|(id, run)| (id.clone(), run.clone())).collect();
    let evidence = Evidence::new(evidence.experiments, &planned, evidence.finished);
    claims::judge(&evidence).into_iter().chain(questions::judge(&evidence)).collect()
}

/// The same claims without a judgement: `verdict` says why none can be given.
#[must_use]
pub fn unjudged(claims: Vec<Claim>, verdict: Verdict) -> Vec<Claim> {
    claims.into_iter().map(|claim| Claim { verdict, counts: None, parts: Vec::new(), ..claim }).collect()
}

/// `verdicts.json`: what is compared byte by byte, and timing rows apart from it.
#[must_use]
pub fn json(claims: &[Claim]) -> String {
    let (timing, claims): (Vec<&Claim>, Vec<&Claim>) =
        claims.iter().partition(|claim| claim.id == claims::TIMING);
    let document =
        serde_json::json!({ "schema_version": 3, "claims": claims, "provenance": { "timing": timing } });
    format!("{document:#}\n")
}

/// The claims as a Markdown table: a row a claim, then one a part.
#[must_use]
pub fn markdown(claims: &[Claim]) -> String {
    let mut table = String::from(
        "| claim | verdict | statistic | report | ours (95 %) | seeds | p (Holm) |\n|---|---|---|---|---|---|---|\n",
    );
    for claim in claims {
        let counts = claim.counts.and_then(Counts::told).unwrap_or_default();
        table +=
            &format!("| **{}** {} | **{}** | {counts} | | | | |\n", claim.id, claim.claim, claim.verdict);
        table.extend(claim.parts.iter().map(row));
    }
    table
}

fn row(part: &Part) -> String {
    let report = part.report.map_or_else(String::new, |report| format!("{report:.1}"));
    let p = part.p_holm.map_or_else(String::new, |p| format!("{p:.3}"));
    let Part { statistic, seeds, verdict, .. } = part;
    format!("| | {verdict} | {statistic} | {report} | {} | {seeds} | {p} |\n", with_interval(part))
}

/// The claims for a terminal: a line a claim, below it what the report gives a number for.
#[must_use]
pub fn text(claims: &[Claim]) -> String {
    let mut text = String::new();
    for claim in claims {
        let counts =
            claim.counts.and_then(Counts::told).map_or_else(String::new, |told| format!(" ({told})"));
        text += &format!("{:4}{:20}{}{counts}\n", claim.id, claim.verdict, claim.claim);
        for part in claim.parts.iter().filter(|part| part.report.is_some()) {
            let report = part.report.unwrap_or_default();
            let (ours, verdict) = (with_interval(part), part.verdict);
            text += &format!("      {verdict:17}{}: report {report:.1}, ours {ours}\n", part.statistic);
        }
    }
    text
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

    fn part((verdict, p): (Verdict, f64)) -> Part {
        let is_claimed = !matches!(verdict, Verdict::Measured | Verdict::Yes | Verdict::No);
        Part {
            statistic: "s".into(),
            report: None,
            ours: 1.0,
            interval: None,
            seeds: 5,
            p: is_claimed.then_some(p),
            p_holm: None,
            verdict,
        }
    }

    fn claim(parts: &[(Verdict, f64)]) -> Claim {
        Claim::new("C0", "so it is", Some(parts.iter().copied().map(part).collect()))
    }

    const HOLDS: (Verdict, f64) = (Verdict::Reproduced, 1.0);
    const OPEN: (Verdict, f64) = (Verdict::NotDecidable, 1.0);
    const WRONG: (Verdict, f64) = (Verdict::Refuted, 0.001);
    const OFF: (Verdict, f64) = (Verdict::NotReproduced, 0.001);

    #[test]
    fn a_claim_holds_if_all_do_is_refuted_if_one_is_and_holds_in_part_only_if_some_do_and_some_are_refuted() {
        for (parts, expected) in [
            (vec![HOLDS, HOLDS], Verdict::Reproduced),
            (vec![HOLDS, OPEN], Verdict::NotDecidable),
            (vec![OPEN, OPEN], Verdict::NotDecidable),
            (vec![OPEN, WRONG], Verdict::Refuted),
            (vec![OFF], Verdict::Refuted),
            (vec![HOLDS, WRONG], Verdict::PartlyReproduced),
            (vec![HOLDS, OPEN, OFF], Verdict::PartlyReproduced),
        ] {
            assert_eq!(claim(&parts).verdict, expected, "{parts:?}");
        }
    }

    #[test]
    fn one_statistic_of_24_that_is_off_by_chance_refutes_nothing() {
        // Holm: the smallest p of 24 counts 24 times, 24 · 0.002 = 0.048 and 24 · 0.0022 = 0.0528.
        let one_of_24 = |p| {
            let mut parts = vec![HOLDS; 23];
            parts.push((Verdict::Refuted, p));
            claim(&parts)
        };
        assert_eq!(one_of_24(0.0022).verdict, Verdict::NotDecidable);
        assert_eq!(one_of_24(0.002).verdict, Verdict::PartlyReproduced);
        let told = one_of_24(0.0022).counts.and_then(Counts::told);
        assert_eq!(told.as_deref(), Some("23 hold, 0 refuted, 1 undecided of 24"));
    }

    #[test]
    fn a_question_has_one_answer_only_if_all_its_statistics_give_it() {
        let [yes, no, measured] =
            [Verdict::Yes, Verdict::No, Verdict::Measured].map(|verdict| (verdict, 1.0));
        for (parts, expected) in [
            (vec![measured], Verdict::Measured),
            (vec![yes, measured, yes], Verdict::Yes),
            (vec![no, no], Verdict::No),
            (vec![yes, no], Verdict::Measured),
            (vec![OPEN, yes], Verdict::Measured),
            (vec![OPEN, measured], Verdict::NotDecidable),
        ] {
            assert_eq!(claim(&parts).verdict, expected, "{parts:?}");
        }
        assert_eq!(Claim::new("", "", None).verdict, Verdict::Waiting);
    }

    #[test]
    fn every_table_tells_how_many_statistics_say_what() {
        let claims = [claim(&[HOLDS, OPEN, WRONG]), claim(&[(Verdict::Yes, 1.0), (Verdict::No, 1.0)])];
        let (table, text) = (markdown(&claims), text(&claims));
        let told = "1 hold, 1 refuted, 1 undecided of 3";
        assert!(table.contains(&format!("| **C0** so it is | **partly reproduced** | {told} | | | | |\n")));
        assert!(table.contains("| | refuted | s |  | 1.00 | 5 | 0.003 |\n"), "{table}");
        assert!(text.contains(&format!("C0  partly reproduced   so it is ({told})\n")), "{text}");
        assert!(
            text.contains("C0  measured            so it is (1 yes, 1 no, 0 undecided of 2)\n"),
            "{text}"
        );
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
