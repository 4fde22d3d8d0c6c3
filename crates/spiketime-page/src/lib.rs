//! Results as one page that opens offline, and its figures as files. Reads results, never simulates.
//!
//! | question | file |
//! |---|---|
//! | what does the page say, and in which order? | [`page`] |
//! | what is a chart, here and in a file? | [`chart`] |
//! | what do the panels of an experiment come to? | `panels`, in a `section` |
//! | curves, keys, tables, one presentation | `curve`, `keys`, `tables`, `presentation` |
//! | verdicts and what they mean; data, citation, provenance | `verdicts`, `about` |
//! | whose score is a number? | `scored` |
//! | maps and images, alone and as files | [`picture`], [`sheet`] |
//! | what did a network of `spiketime simulate` do? | [`activity`] |

mod about;
pub mod activity;
pub mod chart;
mod curve;
mod keys;
pub mod page;
mod palette;
mod panels;
pub mod picture;
mod presentation;
mod scored;
mod section;
pub mod sheet;
mod tables;
mod verdicts;

use std::collections::BTreeMap;

use spiketime_data::Class;
use spiketime_study::archive::Machine;
use spiketime_study::data_sets::OwnSets;
use spiketime_study::evidence::Evidence;
use spiketime_study::spaced::spaced;
use spiketime_study::spec::Experiment;
use spiketime_study::study::About;
use spiketime_study::verdict::Claim;
use spiketime_train::condition::Condition;
use spiketime_train::explain::Story;
use spiketime_train::weights::Weights;

use crate::chart::Chart;
use crate::palette::Palette;
use crate::panels::{Drawn, Shown, drawn};
use crate::picture::Picture;
use crate::sheet::Sheet;

/// Whose maps are shown.
const SEED: u64 = 1;

/// The class of each neuron of a map; none for a silent one.
pub type Classes = BTreeMap<String, Vec<Option<Class>>>;

/// What a page is made from. What is not there is told in its place.
pub struct Material<'a> {
    /// What the study is.
    pub about: &'a About,
    /// What one types behind `spiketime run` to run all of it, and the options that its results need.
    pub called: &'a Called,
    /// Data sets of the study's own.
    pub sets: &'a OwnSets,
    /// Experiments and finished runs.
    pub evidence: Evidence<'a>,
    /// Every claim and question, judged.
    pub claims: &'a [Claim],
    /// Weights of seed 1, by the name in their record and images seen.
    pub maps: &'a BTreeMap<(String, u64), Weights>,
    /// By `<condition>-<images>`, named in the same way.
    pub classes: &'a Classes,
    /// One presentation.
    pub story: Option<&'a Story>,
    /// Where the runs were made.
    pub machine: Option<&'a Machine>,
    /// What is damaged, so that it is told and not just left out.
    pub damaged: &'a [String],
}

/// How commands name a study and its results.
#[derive(Clone, Debug, Default)]
pub struct Called {
    /// The study's folder, its id, or its files.
    pub study: String,
    /// Folder before the names of experiments; none where their names alone are known.
    pub folder: Option<String>,
    /// `--results DIR` and `--seeds K`, where they are not as usual.
    pub options: Vec<String>,
    /// `--quick` or `--sample`, if the runs were made smaller.
    pub size: Option<String>,
}

impl Called {
    /// The command that runs all of it.
    fn all(&self) -> String {
        self.with_options(format!("spiketime run {}", self.study))
    }

    /// The command that runs one experiment.
    fn one(&self, experiment: &str) -> String {
        self.with_options(format!("spiketime run {}", self.experiment(experiment)))
    }

    /// The command that gives a first look at all of it.
    fn quick(&self) -> String {
        let called = Called { size: Some("--quick".to_owned()), ..self.clone() };
        called.all()
    }

    /// The command that tells one presentation.
    fn explain(&self, experiment: &str, condition: &str, image: usize) -> String {
        let sample = self.size.as_deref().filter(|size| *size == "--sample").map_or("", |_| " --sample");
        format!(
            "spiketime explain {} --condition {condition} --image {image}{sample}",
            self.experiment(experiment)
        )
    }

    fn experiment(&self, name: &str) -> String {
        self.folder.as_ref().map_or_else(|| name.to_owned(), |folder| format!("{folder}/{name}.toml"))
    }

    fn with_options(&self, command: String) -> String {
        self.options.iter().chain(&self.size).fold(command, |command, option| format!("{command} {option}"))
    }
}

impl Material<'_> {
    /// The condition of that name.
    pub(crate) fn condition(&self, name: &str) -> Option<&Condition> {
        let conditions = self.evidence.experiments.iter().flat_map(|experiment| &experiment.conditions);
        conditions.into_iter().find(|condition| condition.name == name)
    }

    /// Rows and columns of a tile of a map; one row where nobody says what the inputs are.
    pub(crate) fn shape(&self, condition: &str, weights: &Weights) -> [usize; 2] {
        let said = self.condition(condition).map(|condition| condition.dataset.shape());
        said.filter(|[rows, columns]| rows * columns == weights.inputs()).unwrap_or([1, weights.inputs()])
    }

    fn palette(&self) -> Palette<'_> {
        Palette::of(self.evidence.experiments)
    }

    /// The map of a condition, and the name that it is kept under: that of its record.
    fn map(&self, condition: &str, images: u64) -> (String, Option<&Weights>) {
        let kept = self.evidence.recorded_name(condition, SEED).unwrap_or(condition).to_owned();
        let weights = self.maps.get(&(kept.clone(), images));
        (kept, weights)
    }

    /// The part of g_max that the maps of an experiment show brightest.
    fn brightest(&self, experiment: &Experiment) -> f32 {
        let names = experiment.conditions.iter().map(|condition| &condition.name);
        let maps = names.flat_map(|name| experiment.maps.iter().map(move |&images| (name, images)));
        picture::brightest(maps.filter_map(|(name, images)| self.map(name, images).1))
    }
}

/// Every figure as a file: (name, bytes).
#[must_use]
pub fn files(material: &Material) -> Vec<(String, Vec<u8>)> {
    let (mut files, palette) = (Vec::new(), material.palette());
    for experiment in material.evidence.experiments {
        let drawn = drawn(&material.evidence, experiment, &palette);
        let mut sheets = sheet_names(&experiment.name, &drawn);
        for drawn in &drawn {
            match &drawn.shown {
                // What is folded on the page is detail; it can be saved there.
                Shown::Charts(charts) if !drawn.panel.folded => {
                    files.extend(charts.iter().flat_map(chart_files))
                }
                Shown::Maps(maps) => {
                    let name = sheets.next().unwrap_or_default();
                    files.extend(sheet_files(material, experiment, &name, maps));
                }
                _ => {}
            }
        }
    }
    files
}

/// Of one sheet of maps after the other: the experiment's name, if no chart has it, then numbered from 2 on.
fn sheet_names(experiment: &str, drawn: &[Drawn]) -> impl Iterator<Item = String> + use<> {
    let is_taken = drawn.iter().any(|drawn| match &drawn.shown {
        Shown::Charts(charts) => charts.iter().any(|chart| chart.name == experiment),
        _ => false,
    });
    let first = if is_taken { format!("{experiment}-maps") } else { experiment.to_owned() };
    let second = format!("{experiment}-maps-");
    std::iter::once(first).chain((2..).map(move |number: usize| format!("{second}{number}")))
}

fn chart_files(chart: &Chart) -> Vec<(String, Vec<u8>)> {
    let svg = (format!("{}.svg", chart.name), chart.svg().into_bytes());
    [svg].into_iter().chain(chart.png().map(|png| (format!("{}.png", chart.name), png))).collect()
}

fn sheet_files(
    material: &Material,
    experiment: &Experiment,
    name: &str,
    maps: &[(String, u64)],
) -> Vec<(String, Vec<u8>)> {
    let brightest = material.brightest(experiment);
    let there: Vec<(String, Picture)> = maps
        .iter()
        .filter_map(|map| {
            let name = material.condition(&map.0).map_or_else(|| map.0.clone(), scored::label);
            let title = format!("{name}, {} images", spaced(map.1));
            let weights = material.map(&map.0, map.1).1?;
            Some((title, Picture::map(weights, material.shape(&map.0, weights), brightest)))
        })
        .collect();
    if there.is_empty() {
        return Vec::new();
    }
    let sheet = Sheet(&there, brightest);
    let svg = (format!("{name}.svg"), sheet.svg().into_bytes());
    [svg].into_iter().chain(sheet.png().map(|png| (format!("{name}.png"), png))).collect()
}
