//! What the files of a study say of each other: names that are there, points that are looked at, rules that fit.

use std::collections::BTreeMap;
use std::path::PathBuf;

use spiketime_data::toml_file::{Step, TomlError, did_you_mean};

use spiketime_train::condition::Condition;
use spiketime_train::metrics::{class_counted, read_out};

use super::{File, Study};
use crate::claim::{ClaimSpec, Look, Rule, Statistic};
use crate::metric::{ACCURACY, Metric, PERCENT_SUFFIX};
use crate::panel::Kind;
use crate::shown::not_scored;
use crate::spec::Experiment;

/// What is wrong, and under which key of its statistic.
type Wrong = (&'static str, String);

impl Study {
    /// Tables tell experiments apart by their names.
    pub(super) fn check_names(&self) -> Result<(), TomlError> {
        let mut known = BTreeMap::new();
        for file in &self.files {
            if known.insert(&file.experiment.name, &file.path).is_some() {
                let message = format!(
                    "another file is named {}.toml as well; rename one of them",
                    file.experiment.name
                );
                return Err(TomlError::rule(&file.path, message));
            }
        }
        Ok(())
    }

    pub(super) fn check(&self, about: Option<&(PathBuf, String)>) -> Result<(), TomlError> {
        let names: Vec<&str> = self.names().collect();
        for (at, section) in self.about.sections.iter().enumerate().take(about.map_or(0, |_| usize::MAX)) {
            if let (false, Some((path, text))) = (names.contains(&section.as_str()), about) {
                let message = unknown("sections: there is no experiment", section, names.iter().copied());
                return Err(TomlError::at(path, text, &[Step::Key("sections"), Step::Item(at)], message));
            }
        }
        self.check_presentations()?;
        let ids: Vec<&str> = self.claims().map(|(_, claim)| claim.id.as_str()).collect();
        for file in &self.files {
            for (at, id) in file.experiment.claims.iter().enumerate() {
                if !ids.contains(&id.as_str()) {
                    let message = unknown("claims: there is no claim", id, ids.iter().copied());
                    return Err(file.wrong(&[Step::Key("claims"), Step::Item(at)], message));
                }
            }
            for (at, panel) in file.experiment.panel.iter().enumerate() {
                if let Some((key, message)) = panel.wrong(&file.experiment) {
                    let steps = [Step::Key("panel"), Step::Item(at), Step::Key(key)];
                    return Err(file.wrong(&steps, format!("panel {}: {message}", at + 1)));
                }
            }
            for (at, claim) in file.experiment.claim.iter().enumerate() {
                self.check_claim(file, at, claim, &ids)?;
            }
        }
        Ok(())
    }

    /// Results keep one story.
    fn check_presentations(&self) -> Result<(), TomlError> {
        let panels = self.files.iter().flat_map(|file| {
            file.experiment.panel.iter().enumerate().map(move |(at, panel)| (file, at, panel.kind))
        });
        match panels.filter(|(.., kind)| *kind == Kind::Presentation).nth(1) {
            None => Ok(()),
            Some((file, at, _)) => {
                let message = "a study shows one presentation, and an earlier panel does; `spiketime explain` tells others";
                Err(file.wrong(&[Step::Key("panel"), Step::Item(at)], format!("panel {}: {message}", at + 1)))
            }
        }
    }

    fn claims(&self) -> impl Iterator<Item = (&File, &ClaimSpec)> {
        self.files.iter().flat_map(|file| file.experiment.claim.iter().map(move |claim| (file, claim)))
    }

    fn check_claim(&self, file: &File, at: usize, claim: &ClaimSpec, ids: &[&str]) -> Result<(), TomlError> {
        let claim_at = [Step::Key("claim"), Step::Item(at)];
        let whole = |message: String| file.wrong(&claim_at, format!("claim '{}': {message}", claim.id));
        if claim.id.is_empty() || ids.iter().filter(|id| **id == claim.id).count() > 1 {
            return Err(whole("give each claim an id of its own".into()));
        }
        if claim.sentence.is_some() == claim.question.is_some() {
            return Err(whole("it is a `sentence` or a `question`: give one of both".into()));
        }
        if claim.statistics.is_empty() {
            return Err(whole("nothing judges it; give it a [[claim.statistic]]".into()));
        }
        let lists = file.experiment.lists();
        let statistic_at =
            |number: usize| [claim_at[0], claim_at[1], Step::Key("statistic"), Step::Item(number)];
        for (number, spec) in claim.statistics.iter().enumerate() {
            let one = ClaimSpec { statistics: vec![spec.clone()], ..claim.clone() };
            let wrong = |(key, message): Wrong| {
                let steps = [&statistic_at(number)[..], &[Step::Key(key)]].concat();
                file.wrong(&steps, format!("claim '{}': {message}", claim.id))
            };
            let expanded = one.expanded(&lists).map_err(|(_, message)| wrong(("condition", message)))?;
            if expanded.is_empty() {
                return Err(wrong(("condition", "it comes to no statistic: a list is empty".into())));
            }
            for statistic in &expanded {
                self.check_statistic(&file.experiment, statistic).map_err(wrong)?;
            }
        }
        Ok(())
    }

    fn check_statistic(&self, asking: &Experiment, statistic: &Statistic) -> Result<(), Wrong> {
        for look in statistic.looks() {
            let is_other = statistic.than.as_ref() == Some(&look);
            let key = |key| if is_other { "than" } else { key };
            let metric_key = if statistic.bounds.is_empty() { "metric" } else { "bounds" };
            self.check_condition(&look).map_err(|message| (key("condition"), message))?;
            let classes = self.classes_of(&look.condition);
            let metric = Metric::named(&look.metric)
                .filter(|_| has_class(&look.metric, classes))
                .ok_or_else(|| {
                    let names = Metric::names(classes);
                    (
                        key(metric_key),
                        unknown("there is no metric", &look.metric, names.iter().map(String::as_str)),
                    )
                })?;
            self.check_point(asking, &look, &metric).map_err(|message| (key("images"), message))?;
        }
        self.check_rule(statistic)
    }

    /// How many classes the data set of a condition has.
    fn classes_of(&self, condition: &str) -> usize {
        let named = self.conditions().find(|known| known.name == condition);
        named.map_or(0, |condition| condition.dataset.classes())
    }

    fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.files.iter().flat_map(|file| &file.experiment.conditions)
    }

    fn check_condition(&self, look: &Look) -> Result<(), String> {
        match self.conditions().any(|condition| condition.name == look.condition) {
            true => Ok(()),
            false => {
                let mut files = self.files.iter();
                let renamed = files.find_map(|file| file.experiment.crossed.renamed_words(&look.condition));
                let names = self.conditions().map(|condition| condition.name.as_str());
                let near = renamed.unwrap_or_else(|| did_you_mean(&look.condition, names));
                Err(format!("there is no condition '{}'{near}", look.condition))
            }
        }
    }

    fn check_point(&self, asking: &Experiment, look: &Look, metric: &Metric) -> Result<(), String> {
        let mut conditions = self.conditions().filter(|condition| condition.name == look.condition);
        if let Some(other) = conditions.find_map(|condition| not_scored(condition, &look.metric)) {
            return Err(other);
        }
        let (name, images) = match (metric, look.images) {
            (Metric::TrainingTime | Metric::RunTime, None) => return Ok(()),
            (Metric::TrainingTime | Metric::RunTime, Some(_)) => {
                return Err(format!("{} is of whole runs: name no images", look.metric));
            }
            (_, None) => return Err("after how many images? name them under `images`".into()),
            (Metric::Line(name), Some(_)) if !asking.asks_for_metric(name) => {
                return Err(format!(
                    "no test is read out for {name}: name it under readouts and label_budgets"
                ));
            }
            (Metric::Line(_), Some(images)) => {
                let points = asking.checkpoints.iter().filter(|&&point| point >= images).count();
                return if points < 2 {
                    Err(format!("a line from {images} images on needs two checkpoints"))
                } else {
                    Ok(())
                };
            }
            (Metric::Recorded(name) | Metric::PercentOfNeurons(name), Some(images)) => {
                (name.as_str(), images)
            }
            (_, Some(images)) => (look.metric.as_str(), images),
        };
        let mut points = self.points_of(&look.condition, name).collect::<Vec<u64>>();
        points.sort_unstable_by_key(|point| point.abs_diff(images));
        match points.first() {
            Some(&point) if point == images => Ok(()),
            Some(point) => Err(format!(
                "no run of '{}' is looked at for {name} after {images} images; add them to checkpoints, or did you mean \
                 {point}?",
                look.condition
            )),
            None if read_out(name).is_some() => Err(format!(
                "no run of '{}' is read out for {name}: name it under readouts and label_budgets",
                look.condition
            )),
            None => Err(format!("no run of '{}' is looked at for {name}", look.condition)),
        }
    }

    /// Where some experiment looks for a metric of a condition.
    fn points_of<'a>(&'a self, condition: &'a str, metric: &'a str) -> impl Iterator<Item = u64> + 'a {
        let asking = self.files.iter().map(|file| &file.experiment);
        let asking = asking.filter(move |asking| asking.conditions.iter().any(|c| c.name == condition));
        let asking = asking.filter(move |asking| asking.asks_for_metric(metric));
        let is_rested = metric.ends_with("_with_rest");
        asking
            .flat_map(move |asking| if is_rested { &asking.with_rest } else { &asking.checkpoints })
            .copied()
    }

    fn check_rule(&self, statistic: &Statistic) -> Result<(), Wrong> {
        let unit = Metric::named(&statistic.look.metric).map(|metric| metric.unit());
        let is_percent = unit.is_some_and(|unit| unit.is_percent());
        let compares = matches!(statistic.rule, Rule::Higher | Rule::InLine | Rule::EqualWithin);
        let is_measured = statistic.rule == Rule::Measured;
        let ok =
            |holds: bool, key, message: &str| if holds { Ok(()) } else { Err((key, message.to_owned())) };
        ok(!compares || statistic.than.is_some(), "rule", "than what? name it under `than`")?;
        ok(
            statistic.than.as_ref() != Some(&statistic.look),
            "than",
            "it is compared with itself: name what differs under `than`",
        )?;
        ok(
            compares || is_measured || statistic.than.is_none(),
            "than",
            "this rule compares nothing: leave `than` out",
        )?;
        let of_percent = matches!(
            statistic.rule,
            Rule::Value | Rule::AboveExpected | Rule::InLine | Rule::Few | Rule::Most
        );
        ok(!of_percent || is_percent, "rule", "this rule needs a metric in percent, such as accuracy")?;
        let is_accuracy = statistic.look.metric.starts_with(ACCURACY) && is_percent;
        ok(statistic.rule != Rule::Learned || is_accuracy, "rule", "what is learned shows in an accuracy")?;
        let is_within = statistic.rule == Rule::Within;
        ok(!is_within || !statistic.bounds.is_empty(), "rule", "within what? name metrics under `bounds`")?;
        ok(is_within || statistic.bounds.is_empty(), "bounds", "only the rule `within` has bounds")?;
        let is_ordered = statistic.bounds.values().all(|[low, high]| low <= high);
        ok(is_ordered, "bounds", "a bound goes from the smaller to the larger number")?;
        let needs_expected = matches!(statistic.rule, Rule::Value | Rule::AboveExpected);
        match needs_expected && !self.is_expected(&statistic.look) {
            true => Err((
                "rule",
                format!(
                    "no [[expected]] gives {} of '{}' after {} images",
                    statistic.look.metric,
                    statistic.look.condition,
                    statistic.look.images.unwrap_or_default()
                ),
            )),
            false => Ok(()),
        }
    }

    fn is_expected(&self, look: &Look) -> bool {
        let count = match Metric::named(&look.metric) {
            Some(Metric::PercentOfNeurons(count)) => count,
            _ => look.metric.clone(),
        };
        let mut expected = self.files.iter().flat_map(|file| &file.experiment.expected);
        expected.any(|expected| {
            let is_named = expected.metric == look.metric || expected.metric == count;
            let mut points = expected.points.iter();
            is_named
                && expected.condition == look.condition
                && points.any(|(images, _)| Some(*images) == look.images)
        })
    }
}

/// Does a metric that counts the neurons of a class count those of one that there is?
fn has_class(metric: &str, classes: usize) -> bool {
    let counted = metric.strip_suffix(PERCENT_SUFFIX).unwrap_or(metric);
    class_counted(counted).is_none_or(|class| class < classes)
}

impl File {
    fn wrong(&self, steps: &[Step], message: String) -> TomlError {
        TomlError::at(&self.path, &self.text, steps, message)
    }
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    format!("{what} '{name}'{}", did_you_mean(name, known))
}
