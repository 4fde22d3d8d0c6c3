//! From the grids of a file to its conditions: a cell that has a name already keeps it.

use std::collections::BTreeMap;

use spiketime_data::toml_file::Step;
use spiketime_train::condition::Condition;
use spiketime_train::run::nameless;

use super::{Experiment, MAX_RUNS};
use crate::grid::cells::{COLUMNS, Cell, Wrong};
use crate::grid::{Crossed, Grid};
use crate::spaced::spaced;

/// What a network is called, by all that it is but its name.
type Names = BTreeMap<String, String>;

/// All of a network but its name, as one text.
fn network(condition: &Condition) -> String {
    serde_json::to_string(&nameless(condition)).unwrap_or_default()
}

/// The first that names a network has its way.
fn names<'a>(conditions: impl Iterator<Item = &'a Condition>) -> Names {
    let mut names = Names::new();
    for condition in conditions {
        names.entry(network(condition)).or_insert_with(|| condition.name.clone());
    }
    names
}

/// The conditions of a file so far, and what was found on the way.
struct Sofar {
    conditions: Vec<Condition>,
    /// Where a name stands among them.
    places: BTreeMap<String, usize>,
    crossed: Crossed,
}

impl Experiment {
    /// The written conditions, then the cells of the grids. A cell that this file or one beside it names by hand takes
    /// that name.
    pub(super) fn cross(&self, beside: &[&Experiment]) -> Result<(Vec<Condition>, Crossed), Wrong<'_>> {
        // Most files have no grid; the networks of a whole study are compared for one only.
        if self.grid.is_empty() {
            return Ok((self.conditions.clone(), Crossed::default()));
        }
        self.check_size()?;
        let own = names(self.conditions.iter().chain(&self.named));
        let known = names(beside.iter().flat_map(|other| other.conditions.iter().chain(&other.named)));
        let places = self.conditions.iter().enumerate().map(|(at, c)| (c.name.clone(), at)).collect();
        let mut sofar = Sofar { conditions: self.conditions.clone(), places, crossed: Crossed::default() };
        for (at, grid) in self.grid.iter().enumerate() {
            sofar.cross(grid, &own, &known).map_err(|(steps, message)| {
                let steps = [vec![Step::Key("grid"), Step::Item(at)], steps].concat();
                (steps, format!("grid {}: {message}", at + 1))
            })?;
        }
        Ok((sofar.conditions, sofar.crossed))
    }

    /// Before anything is made of it: how many runs would it be?
    fn check_size(&self) -> Result<(), Wrong<'_>> {
        let mut cells = 0_u64;
        for (at, grid) in self.grid.iter().enumerate() {
            cells = cells.saturating_add(grid.size());
            let runs = cells.saturating_mul(self.seeds.max(1));
            if runs > MAX_RUNS {
                let message = format!(
                    "grid {}: {} cells of {} seed{} are {} runs; a file has at most {}: cross fewer values",
                    at + 1,
                    spaced(cells),
                    self.seeds,
                    if self.seeds == 1 { "" } else { "s" },
                    spaced(runs),
                    spaced(MAX_RUNS)
                );
                return Err((vec![Step::Key("grid"), Step::Item(at)], message));
            }
        }
        Ok(())
    }
}

impl Sofar {
    fn cross<'a>(&mut self, grid: &'a Grid, own: &Names, known: &Names) -> Result<(), Wrong<'a>> {
        for key in grid.varied() {
            if !COLUMNS.contains(&key) && !self.crossed.columns.iter().any(|column| column == key) {
                self.crossed.columns.push(key.to_owned());
            }
        }
        for mut cell in grid.cells()? {
            let network = network(&cell.condition);
            if let Some(name) = own.get(&network) {
                self.rename(&mut cell, name);
            } else if let Some(name) = known.get(&network) {
                self.rename(&mut cell, name);
                cell.settings.insert("name".to_owned(), toml::Value::String(name.clone()));
                self.crossed.taken.push(cell.settings.clone());
            }
            self.add(cell)?;
        }
        Ok(())
    }

    fn rename(&mut self, cell: &mut Cell, by_hand: &str) {
        let made = std::mem::replace(&mut cell.condition.name, by_hand.to_owned());
        self.crossed.renamed.insert(made, by_hand.to_owned());
    }

    /// A cell that is there already only adds the values of keys of one's own.
    fn add<'a>(&mut self, Cell { condition, own, .. }: Cell) -> Result<(), Wrong<'a>> {
        let name = condition.name.clone();
        match self.places.get(&name).map(|&place| &self.conditions[place]) {
            None => {
                self.places.insert(name.clone(), self.conditions.len());
                self.conditions.push(condition);
            }
            Some(earlier) if nameless(earlier) == nameless(&condition) => {}
            Some(_) => {
                let message = format!(
                    "two networks would be named '{name}'; put {{key}} into the name for each key that varies"
                );
                return Err((vec![Step::Key("name")], message));
            }
        }
        let values = self.crossed.own.entry(name).or_default();
        for (key, value) in own {
            values.entry(key).or_insert(value);
        }
        Ok(())
    }
}
