//! The rules that an experiment file keeps, beyond the types of its values. The first that is broken is told.

use std::path::Path;

use spiketime_data::toml_file::{TomlError, did_you_mean};
use spiketime_train::metrics::{budgeted, known_metrics, scored_on};

use super::{Expected, Experiment, MAX_RUNS};

/// Looks of one run: each takes a labelling and a test, and a place in the record.
const MAX_CHECKPOINTS: usize = 10_000;

/// What is wrong, in words that say what to do.
type Rule = Result<(), String>;

fn hold(holds: bool, told: impl FnOnce() -> String) -> Rule {
    if holds { Ok(()) } else { Err(told()) }
}

impl Experiment {
    pub(super) fn check(&self, path: &Path) -> Result<(), TomlError> {
        for condition in &self.conditions {
            if let Some((key, value, rule)) = condition.broken_rule() {
                let message = format!("condition '{}': {key} is {value}; {rule}", condition.name);
                return Err(TomlError::rule(path, message));
            }
        }
        let rules = [Self::counts, Self::names, Self::looks, Self::readouts, Self::expectations];
        let kept = rules.into_iter().try_for_each(|rule| rule(self));
        kept.map_err(|message| TomlError::rule(path, message))
    }

    fn counts(&self) -> Rule {
        for (key, count) in [("seeds", self.seeds), ("epochs", self.epochs)] {
            hold((1..=1_000).contains(&count), || format!("{key} is {count}; it must be 1 to 1 000"))?;
        }
        hold(!self.conditions.is_empty(), || {
            "there is no [[condition]] and no cell of a [[grid]]; give at least one".into()
        })?;
        hold(self.conditions.len() as u64 * self.seeds <= MAX_RUNS, || {
            format!("conditions times seeds are more than {MAX_RUNS} runs; split the file")
        })
    }

    fn names(&self) -> Rule {
        for (at, condition) in self.conditions.iter().enumerate() {
            let name = &condition.name;
            hold(!name.is_empty(), || "a condition has no name; give it one".into())?;
            let is_new = self.conditions[..at].iter().all(|earlier| earlier.name != *name);
            hold(is_new, || format!("two conditions are named '{name}'; give each its own"))?;
        }
        Ok(())
    }

    fn looks(&self) -> Rule {
        let count = self.checkpoints.len();
        hold(count > 0 && !self.checkpoints.contains(&0), || {
            "checkpoints must name at least one count of images, each above 0".into()
        })?;
        hold(count <= MAX_CHECKPOINTS, || {
            format!("{count} checkpoints; a file has at most {MAX_CHECKPOINTS}: look less often")
        })?;
        let mut later = self.maps.iter().chain(&self.with_rest).chain(&self.label_network);
        match later.find(|images| !self.checkpoints.contains(images)) {
            Some(images) => Err(format!(
                "maps, with_rest or label_network name {images} images, which is no checkpoint; name it there too"
            )),
            None => Ok(()),
        }
    }

    fn readouts(&self) -> Rule {
        hold(self.readouts.is_empty() == self.label_budgets.is_empty(), || {
            "readouts and label_budgets go together: how is a test read out, and by how many label images? Name both, or \
             neither"
                .into()
        })?;
        hold(!self.label_budgets.contains(&0), || {
            "label_budgets names 0 images; nothing is learned from none: give at least 1".into()
        })
    }

    fn expectations(&self) -> Rule {
        let classes = self.conditions.iter().map(|condition| condition.dataset.classes()).max();
        let mut metrics = known_metrics(classes.unwrap_or(0));
        let budgets = |readout| self.label_budgets.iter().map(move |&labels| budgeted(readout, labels));
        metrics.extend(self.readouts.iter().flat_map(|&readout| budgets(readout)));
        metrics.retain(|metric| self.asks_for_metric(metric));
        let names: Vec<String> = self.conditions.iter().map(|condition| condition.name.clone()).collect();
        for expected in &self.expected {
            be_known("expected: there is no condition", &expected.condition, &names)?;
            let score = self.conditions.iter().find(|condition| condition.name == expected.condition);
            let score = score.map(|condition| condition.score).unwrap_or_default();
            let metrics: Vec<String> = metrics.iter().map(|metric| scored_on(score, metric)).collect();
            be_known("expected: there is no metric", &expected.metric, &metrics)?;
            self.points_are_looked_at(expected)?;
        }
        Ok(())
    }

    fn points_are_looked_at(&self, expected: &Expected) -> Rule {
        let mut images = expected.points.iter().map(|&(images, _)| images);
        match images.find(|images| !self.checkpoints.contains(images)) {
            Some(images) => Err(format!(
                "expected: {} of '{}' has a point that no run looks at: add {images} to checkpoints",
                expected.metric, expected.condition
            )),
            None => Ok(()),
        }
    }
}

fn be_known(what: &str, name: &str, known: &[String]) -> Rule {
    hold(known.iter().any(|known| known == name), || {
        format!("{what} '{name}'{}", did_you_mean(name, known.iter().map(String::as_str)))
    })
}
