//! What a panel shows of its experiment: which conditions, after how many images; and what it cannot show.

use std::collections::BTreeSet;

use spiketime_data::toml_file::did_you_mean;
use spiketime_train::condition::Condition;
use spiketime_train::metrics::scored_on;
use wildmatch::WildMatch;

use crate::metric::{ACCURACY, Metric};
use crate::panel::{Kind, Panel};
use crate::spec::Experiment;

impl Panel {
    /// The conditions of the experiment that it shows, in their order.
    pub fn shown<'a>(&'a self, experiment: &'a Experiment) -> impl Iterator<Item = &'a Condition> {
        experiment.conditions.iter().filter(|condition| {
            let mut patterns = self.conditions.iter();
            self.conditions.is_empty()
                || patterns.any(|pattern| WildMatch::new(pattern).matches(&condition.name))
        })
    }

    /// The point that it shows where it shows one: the named one, else the last of the first epoch.
    #[must_use]
    pub fn point(&self, experiment: &Experiment, condition: &Condition, is_sample: bool) -> Option<u64> {
        let epoch_images = condition.epoch_images(is_sample);
        let looked_at = |images: &&u64| experiment.checkpoints.contains(images);
        let named = self.images.iter().filter(looked_at).max().copied();
        let of_epoch = experiment.checkpoints.iter().copied().filter(|&images| images <= epoch_images).max();
        named.or(of_epoch).or_else(|| experiment.checkpoints.iter().copied().min())
    }

    /// What is wrong with it in this experiment: under which key, and what to do.
    #[must_use]
    pub fn wrong(&self, experiment: &Experiment) -> Option<(&'static str, String)> {
        let has = |name: &str| experiment.conditions.iter().any(|condition| condition.name == name);
        let is_shown = |pattern: &String| {
            experiment.conditions.iter().any(|condition| WildMatch::new(pattern).matches(&condition.name))
        };
        if let Some(pattern) = self.conditions.iter().find(|pattern| !is_shown(pattern)) {
            let renamed = experiment.crossed.renamed_words(pattern).unwrap_or_default();
            return Some(("conditions", format!("no condition of this file is called '{pattern}'{renamed}")));
        }
        if let Some(images) = self.images.iter().find(|images| !experiment.checkpoints.contains(images)) {
            return Some((
                "images",
                format!("no run is looked at after {images} images; add them to checkpoints"),
            ));
        }
        if Metric::named(self.metric()).is_none() {
            let classes = experiment.conditions.iter().map(|condition| condition.dataset.classes()).max();
            let names = Metric::names(classes.unwrap_or(0));
            let near = did_you_mean(self.metric(), names.iter().map(String::as_str));
            return Some(("metric", format!("there is no metric '{}'{near}", self.metric())));
        }
        if !experiment.asks_for_metric(self.metric()) {
            let told = format!(
                "no test is read out for {}: name it under readouts and label_budgets",
                self.metric()
            );
            return Some(("metric", told));
        }
        if let Some(other) = self.shown(experiment).find_map(|condition| not_scored(condition, self.metric()))
        {
            return Some(("metric", other));
        }
        let wanted = match self.kind {
            Kind::Key => 1,
            Kind::HeatMap => 2,
            _ => 0,
        };
        if self.keys.len() != wanted {
            return Some(("keys", format!("this kind of panel has {wanted} keys, not {}", self.keys.len())));
        }
        let known: BTreeSet<String> =
            self.shown(experiment).flat_map(|c| experiment.values(c).into_keys()).collect();
        if let Some(key) = self.keys.iter().find(|key| !known.contains(*key)) {
            let near = did_you_mean(key, known.iter().map(String::as_str));
            return Some(("keys", format!("a condition has no key '{key}'{near}")));
        }
        match (self.kind, &self.reference, &self.dataset) {
            (Kind::Difference, None, _) => {
                Some(("reference", "a difference to what? name a condition under `reference`".to_owned()))
            }
            (Kind::Difference, Some(name), _) if !has(name) => {
                Some(("reference", format!("there is no condition '{name}' in this file")))
            }
            (Kind::Images, _, None) => Some(("dataset", "images of what? name a data set".to_owned())),
            (kind, Some(_), _) if kind != Kind::Difference => {
                Some(("reference", "only a difference has a reference".to_owned()))
            }
            (kind, _, Some(_)) if kind != Kind::Images => {
                Some(("dataset", "only a panel of images names a data set".to_owned()))
            }
            _ => None,
        }
    }
}

/// What to say where a condition has the metric under another name, since other images score.
#[must_use]
pub(crate) fn not_scored(condition: &Condition, metric: &str) -> Option<String> {
    let name = scored_on(condition.score, metric);
    (name != metric).then(|| {
        format!("'{}' has no {metric}: other images score, and the metric is called {name}", condition.name)
    })
}

impl Experiment {
    /// Its panels: those of the file, or what one would like to see of such an experiment.
    #[must_use]
    pub fn panels(&self) -> Vec<Panel> {
        let scored = self.conditions.first().map(|condition| scored_on(condition.score, ACCURACY));
        let of = |kind| Panel { metric: scored.clone().filter(|name| name != ACCURACY), ..Panel::of(kind) };
        let folded = |kind| Panel { folded: true, ..of(kind) };
        match (self.panel.is_empty(), self.maps.is_empty(), self.checkpoints.len()) {
            (false, ..) => self.panel.clone(),
            (true, false, _) => vec![of(Kind::Map), of(Kind::Histogram)],
            (true, true, 1) => vec![folded(Kind::Confusion)],
            (true, true, _) => vec![of(Kind::Curve), folded(Kind::Confusion)],
        }
    }
}
