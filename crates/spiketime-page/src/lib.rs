//! Results as one page that opens offline, and its figures as files. Reads results, never simulates.
//!
//! | question | file |
//! |---|---|
//! | what does the page say, and in which order? | [`page`] |
//! | what is a chart, here and in a file? | [`chart`] |
//! | curves, tables, one presentation | [`curve`], [`tables`], [`presentation`] |
//! | maps and images, alone and as files | [`picture`], [`sheet`] |

pub mod chart;
pub mod curve;
pub mod page;
pub mod picture;
pub mod presentation;
pub mod sheet;
pub mod tables;

use std::collections::BTreeMap;

use spiketime_study::archive::Machine;
use spiketime_study::evidence::Evidence;
use spiketime_study::spec::Experiment;
use spiketime_study::study::About;
use spiketime_study::verdict::Claim;
use spiketime_train::explain::Story;
use spiketime_train::weights::Weights;

use crate::chart::Chart;
use crate::picture::Picture;
use crate::sheet::Sheet;

/// The class of each neuron of a map; none for a silent one.
pub type Classes = BTreeMap<String, Vec<Option<u8>>>;

/// What a page is made from. What is not there is told in its place.
pub struct Material<'a> {
    /// What the study is.
    pub about: &'a About,
    /// Experiments and finished runs.
    pub evidence: Evidence<'a>,
    /// Every claim and question, judged.
    pub claims: &'a [Claim],
    /// Weights of seed 1, by condition and images seen.
    pub maps: &'a BTreeMap<(String, u64), Weights>,
    /// By `<condition>-<images>`.
    pub classes: &'a Classes,
    /// One presentation.
    pub story: Option<&'a Story>,
    /// Where the runs were made.
    pub machine: Option<&'a Machine>,
    /// What is damaged, so that it is told and not just left out.
    pub damaged: &'a [String],
}

/// The curves of an experiment, one chart a metric that it or the report looks at; none where it shows maps.
fn curves(material: &Material, experiment: &Experiment) -> Vec<Chart> {
    if !experiment.maps.is_empty() {
        return Vec::new();
    }
    let compares_labels = experiment.name == "q4"
        || experiment.expected.iter().any(|expected| expected.metric == "accuracy_final_labels");
    let metrics = ["accuracy"].into_iter().chain(compares_labels.then_some("accuracy_final_labels"));
    metrics.filter_map(|metric| curve::curves(&material.evidence, experiment, metric)).collect()
}

/// The charts of question 6: as the laws stand, and normalised.
fn asymmetries(material: &Material, experiment: &Experiment) -> Vec<Chart> {
    if experiment.name != "q6" {
        return Vec::new();
    }
    [false, true].into_iter().filter_map(|n| tables::asymmetry(&material.evidence, experiment, n)).collect()
}

/// The maps that an experiment wants: (condition, images seen, weights if they are there).
fn maps<'a>(material: &'a Material, experiment: &'a Experiment) -> Vec<(&'a str, u64, Option<&'a Weights>)> {
    let wanted = experiment.maps.iter().flat_map(|&images| {
        experiment.conditions.iter().map(move |condition| (condition.name.as_str(), images))
    });
    wanted.map(|(name, images)| (name, images, material.maps.get(&(name.to_owned(), images)))).collect()
}

/// Every figure as a file: (name, bytes).
#[must_use]
pub fn files(material: &Material) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for experiment in material.evidence.experiments {
        let charts = curves(material, experiment).into_iter().chain(asymmetries(material, experiment));
        for chart in charts {
            files.push((format!("{}.svg", chart.name), chart.svg().into_bytes()));
            files.extend(chart.png().map(|png| (format!("{}.png", chart.name), png)));
        }
        let there: Vec<(String, Picture)> = maps(material, experiment)
            .into_iter()
            .filter_map(|(name, images, map)| {
                Some((format!("{name}, {} images", chart::spaced(images)), Picture::map(map?)))
            })
            .collect();
        if !there.is_empty() {
            let sheet = Sheet(&there);
            files.push((format!("{}.svg", experiment.name), sheet.svg().into_bytes()));
            files.extend(sheet.png().map(|png| (format!("{}.png", experiment.name), png)));
        }
    }
    files
}
