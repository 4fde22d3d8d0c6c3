//! Branches as ways from the bound that their pulses lead away from, within a window of conductance.
//!
//! ```text
//! x = (G − G_min)/(G_max − G_min);   y = x up, 1 − x down
//! ```
//!
//! A window that nobody names is where the branches of devices end (`ends`), on the mean of the devices. A device that
//! reaches beyond it may do so in a fit too.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::ends::{levels_off, range};
use crate::least_squares::Sample;
use crate::likelihood::Series;
use crate::pulses::{Branch, Direction};

/// The conductances that are x = 0 and x = 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Window {
    /// G_min.
    pub min_ns: f64,
    /// G_max.
    pub max_ns: f64,
}

/// Measured branches within a window.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub window: Window,
    /// Names of devices, in the order in which they come.
    pub devices: Vec<String>,
    /// Of potentiation and of depression.
    pub series: [Vec<Series>; 2],
    /// Whether the branches of a direction level off.
    pub levels: [bool; 2],
    /// The furthest that a way leads, by direction.
    tops: [f64; 2],
}

impl Measured {
    /// Of branches; an end of the window that is not given is what the devices showed.
    pub fn new(branches: &[Branch], min_ns: Option<f64>, max_ns: Option<f64>) -> Measured {
        let numbers = numbered(branches);
        let levels = Direction::BOTH.map(|direction| levels_off(branches, direction));
        let ends: Vec<[f64; 2]> =
            by_device(branches, &numbers).iter().map(|own| range(own, levels)).collect();
        let mean = |end: usize| ends.iter().map(|ends| ends[end]).sum::<f64>() / ends.len() as f64;
        let window = Window { min_ns: min_ns.unwrap_or(mean(0)), max_ns: max_ns.unwrap_or(mean(1)) };
        let beyond = |direction: Direction, given: Option<f64>, end: usize| {
            let ways = ends.iter().map(|ends| window.way(direction, ends[end]));
            if given.is_some() { 1.0 } else { ways.fold(1.0, f64::max) }
        };
        let tops = [beyond(Direction::Potentiation, max_ns, 1), beyond(Direction::Depression, min_ns, 0)];
        let series = Direction::BOTH.map(|direction| {
            let own = branches.iter().filter(|branch| branch.direction == direction);
            own.map(|branch| window.series(branch, numbers[&branch.device])).collect()
        });
        let mut devices = vec![String::new(); numbers.len()];
        numbers.into_iter().for_each(|(name, number)| devices[number] = name);
        Measured { window, devices, series, levels, tops }
    }

    /// Everything of a direction.
    pub fn sample(&self, direction: Direction) -> Sample<'_> {
        Sample { series: &self.series[direction as usize], top: self.tops[direction as usize] }
    }
}

impl Window {
    fn way(self, direction: Direction, ns: f64) -> f64 {
        let x = (ns - self.min_ns) / (self.max_ns - self.min_ns);
        if direction == Direction::Potentiation { x } else { 1.0 - x }
    }

    /// The conductance at a way \[nS\].
    #[must_use]
    pub(crate) fn ns(self, direction: Direction, way: f64) -> f64 {
        let x = if direction == Direction::Potentiation { way } else { 1.0 - way };
        self.min_ns + x * (self.max_ns - self.min_ns)
    }

    fn series(self, branch: &Branch, device: usize) -> Series {
        let ways = branch.conductance_ns.iter().map(|&ns| self.way(branch.direction, ns)).collect();
        Series { device, pulses: branch.pulses.clone(), ways }
    }
}

fn numbered(branches: &[Branch]) -> HashMap<String, usize> {
    let mut numbers = HashMap::new();
    for branch in branches {
        let next = numbers.len();
        numbers.entry(branch.device.clone()).or_insert(next);
    }
    numbers
}

/// The branches of each device.
fn by_device<'a>(branches: &'a [Branch], numbers: &HashMap<String, usize>) -> Vec<Vec<&'a Branch>> {
    let mut own = vec![Vec::new(); numbers.len()];
    branches.iter().for_each(|branch| own[numbers[&branch.device]].push(branch));
    own
}
