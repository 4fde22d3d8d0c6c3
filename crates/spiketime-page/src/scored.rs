//! Whose score a number is: a condition that validation images score is marked wherever it is shown, so that nobody takes
//! its score for one of the test set. One that the test set scores has no mark.

use spiketime_study::spec::Experiment;
use spiketime_train::condition::{Condition, Score};

/// What the mark means.
const MEANING: &str = "validation: scored on validation images, not the test set";

/// Its name, and the mark.
pub fn label(condition: &Condition) -> String {
    if is_marked(condition) { format!("{}, validation", condition.name) } else { condition.name.clone() }
}

/// The same of the condition of that name.
pub fn label_of(experiment: &Experiment, name: &str) -> String {
    let condition = experiment.conditions.iter().find(|condition| condition.name == name);
    condition.map_or_else(|| name.to_owned(), label)
}

/// A caption, and what the mark means where one of these conditions has it.
pub fn caption<'a>(caption: &str, mut shown: impl Iterator<Item = &'a Condition>) -> String {
    let parts =
        [Some(caption).filter(|caption| !caption.is_empty()), shown.any(is_marked).then_some(MEANING)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn is_marked(condition: &Condition) -> bool {
    condition.score == Score::Validation
}
