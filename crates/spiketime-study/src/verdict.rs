//! What the statistics of a claim say together, and the tables that claims make.

mod more;
mod told;

use serde::{Deserialize, Serialize};

use crate::statistics::{Part, Verdict, is_significant, with_holm};

/// A claim or a question, judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// What it is called.
    pub id: String,
    /// What is claimed or asked.
    pub claim: String,
    /// Who published it; none for a claim of the study's own.
    pub source: Option<String>,
    /// What its parts say together.
    pub verdict: Verdict,
    /// How many of its parts say so; none while runs are missing.
    pub counts: Option<Counts>,
    /// About so many more seeds would decide it, if means and spreads stay; none where it is decided or nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more_seeds: Option<u64>,
    /// What was measured; empty while runs are missing.
    pub parts: Vec<Part>,
    /// Does it speak of seconds, which differ from machine to machine?
    #[serde(skip)]
    pub is_timing: bool,
    /// Are runs planned for all that it looks at?
    #[serde(skip)]
    pub is_looked_at: bool,
}

impl Part {
    /// ` (about 12 more seeds)`, behind the verdict where that is not decidable.
    #[must_use]
    pub fn outlook_words(&self) -> String {
        self.more_seeds.map_or_else(String::new, |seeds| format!(" ({})", more::words(seeds)))
    }
}

impl Claim {
    /// From its parts; `None` while runs are missing.
    #[must_use]
    pub fn new(id: &str, claim: &str, parts: Option<Vec<Part>>) -> Claim {
        let parts = with_holm(parts.unwrap_or_default());
        let counts = (!parts.is_empty()).then(|| Counts::of(&parts));
        let verdict = counts.map_or(Verdict::Waiting, Counts::together);
        let more_seeds = if verdict == Verdict::NotDecidable { more::seeds(&parts) } else { None };
        let (id, claim, source) = (id.to_owned(), claim.to_owned(), None);
        let (is_timing, is_looked_at) = (false, true);
        Claim { id, claim, source, verdict, counts, more_seeds, parts, is_timing, is_looked_at }
    }
}

impl Claim {
    /// Where it holds, where it fails, how often; how many more seeds would decide it.
    #[must_use]
    pub fn told(&self) -> String {
        let more = self
            .more_seeds
            .map(|seeds| format!("{} would decide it, if means and spread stay", more::words(seeds)));
        told::told(&self.parts).into_iter().chain(more).collect::<Vec<_>>().join("; ")
    }

    /// A verdict in people's words: what is published is reproduced or not, a claim of one's own holds or does not.
    #[must_use]
    pub fn words(&self, verdict: Verdict) -> String {
        match (&self.source, verdict) {
            (None, Verdict::Reproduced) => "holds".to_owned(),
            (None, Verdict::PartlyReproduced) => "holds in part".to_owned(),
            (None, Verdict::NotReproduced | Verdict::Refuted) => "does not hold".to_owned(),
            (_, verdict) => verdict.to_string(),
        }
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
}

/// The claim without a judgement: `verdict` says why none can be given.
#[must_use]
pub fn unjudged(claim: Claim, verdict: Verdict) -> Claim {
    Claim { verdict, counts: None, more_seeds: None, parts: Vec::new(), ..claim }
}

/// `verdicts.json`: what is compared byte by byte, and timing rows apart from it.
#[must_use]
pub fn json(claims: &[Claim]) -> String {
    let (timing, claims): (Vec<&Claim>, Vec<&Claim>) = claims.iter().partition(|claim| claim.is_timing);
    let document =
        serde_json::json!({ "schema_version": 5, "claims": claims, "provenance": { "timing": timing } });
    format!("{document:#}\n")
}

/// The claims as a Markdown table: a row a claim, then one a part.
#[must_use]
pub fn markdown(claims: &[Claim]) -> String {
    let mut table = String::from(
        "| claim | verdict | statistic | report | ours (95 %) | seeds | p (Holm) |\n|---|---|---|---|---|---|---|\n",
    );
    for claim in claims {
        let (id, text) = (cell(&claim.id), cell(&claim.claim));
        let (words, told) = (claim.words(claim.verdict), cell(&claim.told()));
        table += &format!("| **{id}** {text} | **{words}** | {told} | | | | |\n");
        table.extend(claim.parts.iter().map(|part| row(claim, part)));
    }
    table
}

/// What a file says may hold anything; in a table of Markdown a cell is one line without bars.
#[must_use]
pub fn cell(text: &str) -> String {
    text.replace(['\n', '\r', '\t'], " ").replace('|', "\\|")
}

fn row(claim: &Claim, part: &Part) -> String {
    let report = part.report.map_or_else(String::new, |report| format!("{report:.1}"));
    let p = part.p_holm.map_or_else(String::new, |p| format!("{p:.3}"));
    let (seeds, statistic) = (part.seeds, cell(&part.statistic));
    let verdict = claim.words(part.verdict) + &part.outlook_words();
    format!("| | {verdict} | {statistic} | {report} | {} | {seeds} | {p} |\n", with_interval(part))
}

/// The claims for a terminal: a line a claim, below it what a number is published for.
#[must_use]
pub fn text(claims: &[Claim]) -> String {
    let width = claims.iter().map(|claim| claim.id.chars().count()).max().unwrap_or(0) + 1;
    let mut text = String::new();
    for claim in claims {
        let told = Some(claim.told()).filter(|told| !told.is_empty());
        let told = told.map_or_else(String::new, |told| format!(" ({told})"));
        text += &format!("{:width$} {:20}{}{told}\n", claim.id, claim.words(claim.verdict), claim.claim);
        for part in claim.parts.iter().filter(|part| part.report.is_some()) {
            let report = part.report.unwrap_or_default();
            let (ours, verdict) = (with_interval(part), claim.words(part.verdict));
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

    fn part((verdict, p): (Verdict, f64)) -> Part {
        let is_claimed = !matches!(verdict, Verdict::Measured | Verdict::Yes | Verdict::No);
        Part {
            statistic: "s".into(),
            images: None,
            report: None,
            ours: 1.0,
            interval: None,
            seeds: 5,
            p: is_claimed.then_some(p),
            p_holm: None,
            verdict,
            more_seeds: None,
            outlook: None,
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
    fn every_table_has_the_words_of_the_claim_and_how_many_statistics_say_what() {
        let published = Claim { source: Some("report".into()), ..claim(&[HOLDS, OPEN, WRONG]) };
        let claims = [published, claim(&[HOLDS, WRONG]), claim(&[(Verdict::Yes, 1.0), (Verdict::No, 1.0)])];
        let (table, text) = (markdown(&claims), text(&claims));
        let told = "holds in 1 of 3; refuted: s; undecided: s";
        assert!(table.contains(&format!("| **C0** so it is | **partly reproduced** | {told} | | | | |\n")));
        assert!(table.contains("| | refuted | s |  | 1.00 | 5 | 0.003 |\n"), "{table}");
        assert!(table.contains("| | does not hold | s |  | 1.00 | 5 | 0.002 |\n"), "{table}");
        assert!(text.contains(&format!("C0  partly reproduced   so it is ({told})\n")), "{text}");
        assert!(text.contains("C0  holds in part       so it is (holds in 1 of 2; refuted: s)\n"), "{text}");
        assert!(text.contains("C0  measured            so it is (yes: s; no: s)\n"), "{text}");
    }

    #[test]
    fn what_a_file_says_cannot_break_a_table() {
        let claim = Claim { id: "a|b".into(), claim: "so\nit | is".into(), ..claim(&[HOLDS]) };
        assert!(markdown(&[claim]).contains("| **a\\|b** so it \\| is | **holds** |"));
    }
}
