//! One condition has one colour on the whole page, in every chart that draws it as a line.
//!
//! Beyond six conditions the colours begin again, dashed.

use spiketime_study::panel::Kind;
use spiketime_study::spec::Experiment;

use crate::chart::COLOURS;

/// How a condition is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Of lines and marks.
    pub colour: &'static str,
    /// Is the line dashed?
    pub is_dashed: bool,
}

/// The conditions of a study that are drawn as lines, in the order in which they come.
pub struct Palette<'a>(Vec<&'a str>);

impl<'a> Palette<'a> {
    /// Of these experiments.
    #[must_use]
    pub fn of(experiments: &'a [Experiment]) -> Palette<'a> {
        let mut names: Vec<&str> = Vec::new();
        for experiment in experiments {
            let panels = experiment.panels();
            let drawn = panels.iter().any(|panel| matches!(panel.kind, Kind::Curve | Kind::Difference));
            for condition in experiment.conditions.iter().filter(|_| drawn) {
                if !names.contains(&condition.name.as_str()) {
                    names.push(&condition.name);
                }
            }
        }
        Palette(names)
    }

    /// Of a condition.
    #[must_use]
    pub fn style(&self, condition: &str) -> Style {
        let place = self.0.iter().position(|name| *name == condition).unwrap_or(0);
        Style { colour: COLOURS[place % COLOURS.len()], is_dashed: place / COLOURS.len() % 2 == 1 }
    }
}
