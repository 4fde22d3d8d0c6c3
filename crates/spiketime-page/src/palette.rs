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

#[cfg(test)]
mod tests {
    use super::*;

    fn experiment(names: &[String]) -> Experiment {
        let conditions: String =
            names.iter().map(|name| format!("[[condition]]\nname = '{name}'\n")).collect();
        let text = format!("checkpoints = [1, 2]\n{conditions}");
        Experiment::parse(&text, "x.toml".as_ref(), "x".into()).expect("sound")
    }

    #[test]
    fn a_condition_keeps_its_colour_and_twelve_are_told_apart() {
        let names: Vec<String> = (0..12).map(|number| format!("n{number}")).collect();
        let experiments = [experiment(&names[..3]), experiment(&names), experiment(&names[5..6])];
        let palette = Palette::of(&experiments);
        let mut styles: Vec<Style> = Vec::new();
        for name in &names {
            let style = palette.style(name);
            assert!(!styles.contains(&style), "{name}");
            styles.push(style);
        }
        // A map is no line: who is shown in maps alone takes no colour from others.
        let with_map = Experiment { maps: vec![2], ..experiment(&["map".to_owned()]) };
        let more = [vec![with_map], experiments.to_vec()].concat();
        assert!(names.iter().zip(styles).all(|(name, style)| Palette::of(&more).style(name) == style));
    }
}
