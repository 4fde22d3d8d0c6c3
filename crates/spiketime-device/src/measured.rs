//! Branches as ways from the bound that their pulses lead away from, within a window of conductance.
//!
//! ```text
//! x = (G − G_min)/(G_max − G_min);   y = x up, 1 − x down
//! ```
//!
//! A window that nobody names is what the devices showed: the mean over them of the lowest and the highest reading, of one
//! device its own. A device that reaches beyond it may do so in a fit too.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

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
    /// The furthest that a way leads, by direction.
    tops: [f64; 2],
}

impl Measured {
    /// Of branches; an end of the window that is not given is what the devices showed.
    pub fn new(branches: &[Branch], min_ns: Option<f64>, max_ns: Option<f64>) -> Measured {
        let numbers = numbered(branches);
        let ends = shown(branches, &numbers);
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
        Measured { window, devices, series, tops }
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

/// The lowest and the highest reading of each device \[nS\].
fn shown(branches: &[Branch], numbers: &HashMap<String, usize>) -> Vec<[f64; 2]> {
    let mut ends = vec![[f64::INFINITY, f64::NEG_INFINITY]; numbers.len()];
    for branch in branches {
        let [low, high] = &mut ends[numbers[&branch.device]];
        *low = branch.conductance_ns.iter().copied().fold(*low, f64::min);
        *high = branch.conductance_ns.iter().copied().fold(*high, f64::max);
    }
    ends
}
