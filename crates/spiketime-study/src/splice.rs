//! The README's results table: made from the verdicts of a record, between two marks.

use crate::statistics::{Part, Verdict};
use crate::verdict::{Claim, cell, with_interval};

const BEGIN: &str = "<!-- BEGIN results: made by `just readme`, do not edit by hand -->\n";
const END: &str = "<!-- END results -->";

/// The text with the table between its marks made anew; `None` where the marks are missing.
#[must_use]
pub fn spliced(text: &str, claims: &[Claim]) -> Option<String> {
    between(text, BEGIN, END, &table(claims))
}

/// The text with what stands between two marks made anew; `None` where the marks are missing.
#[must_use]
pub fn between(text: &str, begin: &str, end: &str, anew: &str) -> Option<String> {
    let from = text.find(begin)? + begin.len();
    let to = from + text[from..].find(end)?;
    Some(format!("{}\n{anew}\n{}", &text[..from], &text[to..]))
}

/// One row a claim: its words, the verdict, and the published numbers.
fn table(claims: &[Claim]) -> String {
    let mut table =
        String::from("| | claimed or asked | verdict | published → here (95 %) |\n|---|---|---|---|\n");
    for claim in claims {
        let told = Some(cell(&claim.told())).filter(|told| !told.is_empty());
        let told = told.map_or_else(String::new, |told| format!(": {told}"));
        let (id, what, verdict) = (cell(&claim.id), cell(&claim.claim), claim.words(claim.verdict));
        table += &format!("| {id} | {what} | {verdict}{told} | {} |\n", cell(&numbers(claim)));
    }
    table
}

/// The published values; else the first statistic.
fn numbers(claim: &Claim) -> String {
    let with_value: Vec<&Part> = claim.parts.iter().filter(|part| part.report.is_some()).collect();
    if !with_value.is_empty() {
        let told = with_value.iter().map(|part| {
            format!("{}: {:.1} → {}", part.statistic, part.report.unwrap_or_default(), with_interval(part))
        });
        return told.collect::<Vec<String>>().join("<br>");
    }
    let judged = claim.parts.iter().filter(|part| part.verdict != Verdict::Measured).count();
    let more = if judged == 1 { "" } else { ", …" };
    let first = claim.parts.first().map(|part| format!("{}: {}{more}", part.statistic, with_interval(part)));
    first.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_marks_is_made_anew() {
        let text = format!("head\n{BEGIN}stale\n{END}\ntail");
        let part = |statistic: &str, p| Part {
            statistic: statistic.into(),
            images: None,
            report: Some(76.0),
            ours: 77.0,
            interval: Some([75.0, 79.0]),
            seeds: 5,
            p: Some(p),
            p_holm: None,
            verdict: if p < 0.05 { Verdict::NotReproduced } else { Verdict::Reproduced },
            more_seeds: None,
            outlook: None,
        };
        let claim = Claim::new("C3", "WTA 76", Some(vec![part("accuracy", 1.0), part("again", 0.001)]));
        let spliced = spliced(&text, &[claim]).unwrap();
        assert!(spliced.starts_with("head\n") && spliced.ends_with("\ntail") && !spliced.contains("stale"));
        assert!(
            spliced.contains(
                "| C3 | WTA 76 | holds in part: holds in 1 of 2; refuted: again | \
                 accuracy: 76.0 → 77.00 (75.00 to 79.00)<br>again: 76.0 → 77.00 (75.00 to 79.00) |\n"
            ),
            "{spliced}"
        );
        assert_eq!(super::spliced("no marks", &[]), None);
    }
}
