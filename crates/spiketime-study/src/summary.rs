//! What is left of many runs: the tidy table and the verdicts, written beside them.

use spiketime_train::condition::Score;
use spiketime_train::store::{Store, StoreError};

use crate::evidence::Evidence;
use crate::judge::judge;
use crate::statistics::Verdict;
use crate::tidy;
use crate::verdict::{self, Claim};

/// Of which size are the runs?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// The report's: they judge its claims.
    Full,
    /// A first look: nothing is judged.
    Quick,
    /// On the embedded sample: nothing is judged.
    Sample,
}

/// Judges the finished runs. Runs that were made smaller judge no published claim, and none whose points they do not
/// look at.
#[must_use]
pub fn judged(evidence: &Evidence, size: Size) -> Vec<Claim> {
    let claims = judge(evidence);
    match size {
        Size::Full => claims,
        Size::Quick => claims.into_iter().map(|claim| small(claim, Verdict::Quick)).collect(),
        Size::Sample => claims.into_iter().map(|claim| small(claim, Verdict::Sample)).collect(),
    }
}

/// Of runs that were made smaller: published claims, and those whose points no run looks at, are not judged.
#[must_use]
pub fn small(claim: Claim, verdict: Verdict) -> Claim {
    match claim.source.is_some() || !claim.is_looked_at {
        true => verdict::unjudged(claim, verdict),
        false => claim,
    }
}

/// Writes `records.jsonl`, `verdicts.md` and `verdicts.json`.
///
/// # Errors
/// When the folder cannot be written.
pub fn write(evidence: &Evidence, claims: &[Claim], store: &Store) -> Result<(), StoreError> {
    store.write("records.jsonl", tidy::table(evidence).as_bytes())?;
    store.write("verdicts.md", verdict::markdown(claims).as_bytes())?;
    store.write("verdicts.json", verdict::json(claims).as_bytes())
}

/// The accuracy of every finished run at its last checkpoint, a line a name.
#[must_use]
pub fn accuracies(evidence: &Evidence) -> String {
    let mut lines: Vec<String> = Vec::new();
    for run in evidence.planned.values() {
        let record = evidence.finished.get(&run.id);
        if let Some(point) = record.and_then(|record| record.checkpoints.last()) {
            let (seed, accuracy, images) = (run.seed, point.accuracy, point.images_seen);
            let on = match run.condition.score {
                Score::Test => "",
                Score::Validation => " of validation images",
            };
            let line = |name| format!("{name:32} seed {seed}  {accuracy:6.2} %{on} after {images} images\n");
            lines.extend(run.names().map(line));
        }
    }
    lines.sort_unstable();
    lines.concat()
}
