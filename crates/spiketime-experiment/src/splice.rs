//! The README's results table: made from the verdicts of a record, between two marks.

use crate::statistics::{Part, Verdict};
use crate::verdict::{Claim, with_interval};

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

/// One row a claim: what the report says, the verdict, and the numbers that it gives.
fn table(claims: &[Claim]) -> String {
    let mut table =
        String::from("| | the report says | verdict | report → ours (95 %) |\n|---|---|---|---|\n");
    for claim in claims {
        table += &format!("| {} | {} | {} | {} |\n", claim.id, claim.claim, claim.verdict, numbers(claim));
    }
    table
}

/// The values that the report gives; else the first statistic, and how many of all hold.
fn numbers(claim: &Claim) -> String {
    let with_value: Vec<&Part> = claim.parts.iter().filter(|part| part.report.is_some()).collect();
    if !with_value.is_empty() {
        let told = with_value.iter().map(|part| {
            format!("{}: {:.1} → {}", part.statistic, part.report.unwrap_or_default(), with_interval(part))
        });
        return told.collect::<Vec<String>>().join("<br>");
    }
    let holds = |part: &&Part| matches!(part.verdict, Verdict::Reproduced | Verdict::Yes);
    let judged = claim.parts.iter().filter(|part| part.verdict != Verdict::Measured).count();
    match &claim.parts[..] {
        [] => String::new(),
        [first, ..] if judged == 1 => format!("{}: {}", first.statistic, with_interval(first)),
        [first, ..] if judged == 0 => format!("{}: {}, …", first.statistic, with_interval(first)),
        [first, ..] => {
            let hold = claim.parts.iter().filter(holds).count();
            format!("{}: {}; {hold} of {judged} hold", first.statistic, with_interval(first))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_marks_is_made_anew() {
        let text = format!("head\n{BEGIN}old\n{END}\ntail");
        let part = Part {
            statistic: "accuracy".into(),
            report: Some(76.0),
            ours: 77.0,
            interval: Some([75.0, 79.0]),
            seeds: 5,
            verdict: Verdict::Reproduced,
        };
        let claim = Claim {
            id: "C3".into(),
            claim: "WTA 76".into(),
            verdict: Verdict::Reproduced,
            parts: vec![part],
        };
        let spliced = spliced(&text, &[claim]).unwrap();
        assert!(spliced.starts_with("head\n") && spliced.ends_with("\ntail") && !spliced.contains("old"));
        assert!(
            spliced.contains("| C3 | WTA 76 | reproduced | accuracy: 76.0 → 77.00 (75.00 to 79.00) |\n"),
            "{spliced}"
        );
        assert_eq!(super::spliced("no marks", &[]), None);
    }
}
