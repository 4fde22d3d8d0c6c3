//! What the panels of an experiment come to: charts, maps, images; or that they wait.

use std::collections::BTreeMap;

use spiketime_data::DatasetName;
use spiketime_study::evidence::Evidence;
use spiketime_study::panel::{Kind, Panel};
use spiketime_study::spec::Experiment;
use spiketime_train::condition::Condition;
use spiketime_train::data_set::DataSet;

use crate::chart::Chart;
use crate::palette::Palette;
use crate::{curve, keys, tables};

/// What a panel shows.
pub enum Shown {
    /// Charts: one, or one a condition.
    Charts(Vec<Chart>),
    /// Maps: (condition, images seen).
    Maps(Vec<(String, u64)>),
    /// The first images of a data set: how many.
    Images(DatasetName, usize),
    /// One presentation.
    Presentation,
    /// Its runs are not there.
    Waits,
}

/// A panel and what it shows.
pub struct Drawn {
    /// As the file says.
    pub panel: Panel,
    /// What came of it.
    pub shown: Shown,
}

/// Every panel of an experiment.
#[must_use]
pub fn drawn(evidence: &Evidence, experiment: &Experiment, palette: &Palette) -> Vec<Drawn> {
    let mut names = BTreeMap::new();
    let panels = experiment.panels().into_iter();
    panels
        .map(|panel| {
            let name = name(experiment, &panel, &mut names);
            let shown = shown(evidence, experiment, &panel, palette, name);
            Drawn { panel, shown }
        })
        .collect()
}

/// The experiment's name; with metric or kind where it is not the usual curve, and a number where that is not new.
fn name(experiment: &Experiment, panel: &Panel, names: &mut BTreeMap<String, usize>) -> String {
    let metric =
        panel.metric.as_ref().map_or_else(String::new, |metric| format!("-{}", metric.replace('_', "-")));
    let kind = match panel.kind {
        Kind::Difference => "-difference",
        _ => "",
    };
    let name = format!("{}{metric}{kind}", experiment.name);
    let count = names.entry(name.clone()).or_insert(0);
    *count += 1;
    if *count == 1 { name } else { format!("{name}-{count}") }
}

fn shown(
    evidence: &Evidence,
    experiment: &Experiment,
    panel: &Panel,
    palette: &Palette,
    name: String,
) -> Shown {
    let chart = match panel.kind {
        Kind::Curve | Kind::Difference => curve::curves(evidence, experiment, panel, palette, name),
        Kind::Key => keys::along_one(evidence, experiment, panel, name),
        Kind::HeatMap => keys::along_two(evidence, experiment, panel, name),
        Kind::Map => return Shown::Maps(maps(experiment, panel)),
        Kind::Images => {
            return panel
                .dataset
                .as_ref()
                .and_then(DataSet::known)
                .map_or(Shown::Waits, |set| Shown::Images(set, 9));
        }
        Kind::Presentation => return Shown::Presentation,
        Kind::Histogram => {
            return each(evidence, experiment, panel, |condition, images| {
                tables::histogram(evidence, experiment, condition, images)
            });
        }
        Kind::Confusion => {
            return each(evidence, experiment, panel, |condition, images| {
                tables::confusion(evidence, condition, images)
            });
        }
    };
    chart.map_or(Shown::Waits, |chart| Shown::Charts(vec![chart]))
}

/// A chart a condition, of those that are there.
fn each(
    evidence: &Evidence,
    experiment: &Experiment,
    panel: &Panel,
    chart: impl Fn(&Condition, u64) -> Option<Chart>,
) -> Shown {
    let is_sample = evidence.planned.values().any(|run| run.is_sample);
    let charts: Vec<Chart> = panel
        .shown(experiment)
        .filter_map(|condition| chart(condition, panel.point(experiment, condition, is_sample)?))
        .collect();
    if charts.is_empty() { Shown::Waits } else { Shown::Charts(charts) }
}

fn maps(experiment: &Experiment, panel: &Panel) -> Vec<(String, u64)> {
    let is_wanted = |images: &&u64| panel.images.is_empty() || panel.images.contains(images);
    let wanted = experiment.maps.iter().filter(is_wanted);
    let all = wanted.flat_map(|&images| panel.shown(experiment).map(move |c| (c.name.clone(), images)));
    all.collect()
}
