//! Measured pulses: a CSV file of conductances that were read after so many pulses, as branches.
//!
//! ```text
//! pulse        number of the pulse after which it was read, within its branch; 0 = before the first
//! conductance  with its unit in the header, as conductance_uS or conductance (uS), or told beside the file
//! direction    potentiation, depression; up, down; +1, -1; set, reset; LTP, LTD
//! device       optional: any text
//! cycle        optional: any text
//! ```
//!
//! A branch is what has one device, cycle and direction; its pulses ascend, and those that are not there were not read.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Trim};
use spiketime_data::limited;

use crate::columns::Columns;
use crate::unit::Unit;

/// A million readings with room to spare.
const MAX_BYTES: u64 = 64 << 20;
/// Pulses of a branch: a fit goes through each of them many times.
const MOST_PULSES: u32 = 1_000_000;
/// No device of a synapse conducts more \[nS\].
const PLAUSIBLE_NS: f64 = 1e9;

/// Which way pulses lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To a higher conductance.
    Potentiation,
    /// To a lower one.
    Depression,
}

impl Direction {
    /// Both, in the order of tables.
    pub const BOTH: [Direction; 2] = [Direction::Potentiation, Direction::Depression];

    /// As in a device file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Direction::Potentiation => "potentiation",
            Direction::Depression => "depression",
        }
    }

    /// The one that leads back.
    #[must_use]
    pub(crate) fn other(self) -> Direction {
        Direction::BOTH[1 - self as usize]
    }

    fn named(word: &str) -> Option<Direction> {
        match word.to_ascii_lowercase().as_str() {
            "potentiation" | "up" | "+1" | "1" | "set" | "ltp" => Some(Direction::Potentiation),
            "depression" | "down" | "-1" | "reset" | "ltd" => Some(Direction::Depression),
            _ => None,
        }
    }
}

/// Readings of one device, cycle and direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// Which device; empty where the file does not say.
    pub device: String,
    /// Which cycle; empty where the file does not say.
    pub cycle: String,
    /// Which way its pulses lead.
    pub direction: Direction,
    /// After how many pulses each reading was made, ascending.
    pub pulses: Vec<u32>,
    /// What was read \[nS\].
    pub conductance_ns: Vec<f64>,
}

/// What is wrong with a file of pulses. Every message names the file.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum PulsesError {
    #[error("{path}: {reason}")]
    Io { path: PathBuf, reason: io::Error },
    #[error("{path}:{line}: {message}")]
    Line { path: PathBuf, line: u64, message: String },
    #[error("{path}: {message}")]
    Whole { path: PathBuf, message: String },
}

/// The branches of a file; `unit` is that of its conductances where the header has none.
///
/// # Errors
/// When it cannot be read, or is no file of pulses.
pub fn read(path: &Path, unit: Option<Unit>) -> Result<Vec<Branch>, PulsesError> {
    let text = limited::text(path, MAX_BYTES);
    parse(&text.map_err(|reason| PulsesError::Io { path: path.to_owned(), reason })?, path, unit)
}

/// The branches of a text; `path` is what messages call it.
///
/// # Errors
/// As [`read`].
pub fn parse(text: &str, path: &Path, unit: Option<Unit>) -> Result<Vec<Branch>, PulsesError> {
    let whole = |message: String| PulsesError::Whole { path: path.to_owned(), message };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rows = ReaderBuilder::new().trim(Trim::All).comment(Some(b'#')).from_reader(text.as_bytes());
    let at = |line: Option<u64>, message: String| match line {
        Some(line) => PulsesError::Line { path: path.to_owned(), line, message },
        None => whole(message),
    };
    let header = rows.headers().map_err(|error| at(line(&error), told(&error)))?;
    if header.is_empty() || header.iter().all(str::is_empty) {
        return Err(whole("is empty; it needs a header: pulse,conductance_nS,direction".into()));
    }
    let columns = Columns::of(header, unit).map_err(|message| at(Some(1), message))?;
    let mut branches = Branches::default();
    for row in rows.records() {
        let row = row.map_err(|error| at(line(&error), told(&error)))?;
        let number = row.position().map(csv::Position::line);
        branches.take(&row, &columns).map_err(|message| at(number, message))?;
    }
    branches.both_directions().map_err(whole)
}

fn line(error: &csv::Error) -> Option<u64> {
    error.position().map(csv::Position::line)
}

fn told(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("has {len} values where the header has {expected_len}")
        }
        _ => "is no line of a CSV file".into(),
    }
}

/// Branches as their rows come, which may take turns.
#[derive(Default)]
struct Branches {
    branches: Vec<Branch>,
    numbers: HashMap<(String, String, Direction), usize>,
}

impl Branches {
    fn take(&mut self, row: &StringRecord, columns: &Columns) -> Result<(), String> {
        let text = |column: usize| row.get(column).unwrap_or_default();
        let pulse = pulse(text(columns.pulse))?;
        let conductance_ns = conductance_ns(text(columns.conductance), columns.unit)?;
        let word = text(columns.direction);
        let direction = Direction::named(word).ok_or_else(|| {
            format!("'{word}' is no direction; give potentiation or depression (up, down, +1, -1, set, reset, LTP, LTD)")
        })?;
        let name = |column: Option<usize>| column.map(text).unwrap_or_default().to_owned();
        let branch = self.branch(name(columns.device), name(columns.cycle), direction);
        if let Some(last) = branch.pulses.last().filter(|&&last| pulse <= last) {
            return Err(format!(
                "pulse {pulse} comes after pulse {last} of the same branch; pulses ascend, and a column `cycle` tells repeated branches apart"
            ));
        }
        branch.pulses.push(pulse);
        branch.conductance_ns.push(conductance_ns);
        Ok(())
    }

    fn branch(&mut self, device: String, cycle: String, direction: Direction) -> &mut Branch {
        let next = self.branches.len();
        let number = *self.numbers.entry((device.clone(), cycle.clone(), direction)).or_insert(next);
        if number == next {
            let (pulses, conductance_ns) = (Vec::new(), Vec::new());
            self.branches.push(Branch { device, cycle, direction, pulses, conductance_ns });
        }
        &mut self.branches[number]
    }

    fn both_directions(self) -> Result<Vec<Branch>, String> {
        if self.branches.is_empty() {
            return Err("has a header but no readings".into());
        }
        let is_there = |direction| self.branches.iter().any(|branch| branch.direction == direction);
        match Direction::BOTH.into_iter().find(|&direction| !is_there(direction)) {
            None => Ok(self.branches),
            Some(missing) => {
                let missing = missing.word();
                Err(format!(
                    "has no readings of {missing}; a device needs both directions, so measure {missing} too"
                ))
            }
        }
    }
}

fn pulse(text: &str) -> Result<u32, String> {
    let pulse = text.parse().ok().filter(|pulse| *pulse <= MOST_PULSES);
    pulse.ok_or_else(|| {
        format!("pulse '{text}' is no number of a pulse: a whole number from 0 to {MOST_PULSES}")
    })
}

fn conductance_ns(text: &str, unit: Unit) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| format!("conductance '{text}' is no number"))?;
    let (ns, unit) = (number * unit.ns(), unit.name());
    match ns {
        _ if !number.is_finite() => {
            Err(format!("conductance '{text}' is no number; leave out what was not read"))
        }
        ns if ns < 0.0 => {
            Err(format!("conductance {number} {unit} is negative; is it a current, or its offset?"))
        }
        ns if ns > PLAUSIBLE_NS => {
            Err(format!("conductance {number} {unit} is more than 1 S; is the unit right?"))
        }
        ns => Ok(ns),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, unit: Option<Unit>) -> Result<Vec<Branch>, String> {
        parse(text, "p.csv".as_ref(), unit).map_err(|error| error.to_string())
    }

    #[test]
    fn columns_may_stand_in_any_order_and_a_branch_is_device_cycle_and_direction() {
        let text = "Direction, CYCLE,pulse,conductance (uS),device\n\
                    up,1,0,0.5,a\nset,1,2,0.75,a\nLTD,1,0,1,a\n# a remark\n+1,2,0,0.5,a\n-1,1,0,1,b\n";
        let branches = parsed(text, None).unwrap();
        assert_eq!(branches.len(), 4);
        assert_eq!(
            (&branches[0].pulses[..], &branches[0].conductance_ns[..]),
            (&[0, 2][..], &[500.0, 750.0][..])
        );
        assert_eq!((branches[1].direction, branches[3].device.as_str()), (Direction::Depression, "b"));
    }

    #[test]
    fn a_unit_stands_in_the_header_or_is_told() {
        for header in ["conductance_mS", "conductance [mS]", "conductance(mS)", "Conductance mS"] {
            let text = format!("pulse,{header},direction\n0,2,up\n0,3,down\n");
            assert_eq!(parsed(&text, None).unwrap()[0].conductance_ns, [2e6]);
            assert_eq!(parsed(&text, Some(Unit::Millisiemens)).unwrap()[0].conductance_ns, [2e6]);
            let twice = parsed(&text, Some(Unit::Siemens)).unwrap_err();
            assert!(twice.contains("is in mS, and --unit says S; leave one out"), "{twice}");
        }
        let text = "pulse,conductance,direction\n0,0.2,up\n0,0.3,down\n";
        assert_eq!(parsed(text, Some(Unit::Siemens)).unwrap()[1].conductance_ns, [3e8]);
        let told = parsed(text, None).unwrap_err();
        assert!(told.contains("give --unit nS, uS, mS or S"), "{told}");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let whole = "pulse,conductance_nS,direction\n0,3,up\n1,4,up\n0,5,down\n1,4.5,down\n";
        assert!(parsed(whole, None).is_ok());
        let cases = [
            ("1,4,up", "x,4,up", "p.csv:3: pulse 'x' is no number of a pulse"),
            ("1,4,up", "1.5,4,up", "p.csv:3: pulse '1.5' is no"),
            ("1,4,up", "1,four,up", "p.csv:3: conductance 'four' is no number"),
            ("1,4,up", "1,nan,up", "p.csv:3: conductance 'nan' is no number"),
            ("1,4,up", "1,-4,up", "p.csv:3: conductance -4 nS is negative"),
            (
                "1,4,up",
                "1,4e10,up",
                "p.csv:3: conductance 40000000000 nS is more than 1 S; is the unit right?",
            ),
            ("1,4,up", "0,4,up", "p.csv:3: pulse 0 comes after pulse 0 of the same branch"),
            ("1,4,up", "1,4,sideways", "p.csv:3: 'sideways' is no direction"),
            ("1,4,up", "1,4", "p.csv:3: has 2 values where the header has 3"),
            ("direction", "way", "p.csv:1: unknown column 'way'"),
            ("pulse,conductance_nS,direction", "pulse;G;direction", "p.csv:1: columns are parted by commas"),
            (
                "direction",
                "cycle",
                "p.csv:1: there is no column `direction`; there are pulse, conductance_nS, cycle",
            ),
            ("conductance_nS", "conductance_kS", "p.csv:1: 'kS' is no unit of conductance"),
            ("conductance_nS", "pulse", "p.csv:1: two columns are called pulse"),
        ];
        for (old, new, told) in cases {
            let error = parsed(&whole.replace(old, new), None).unwrap_err();
            assert!(error.starts_with(told) && error.lines().count() == 1, "'{told}' expected: {error}");
        }
        let up = &whole[..whole.find("0,5").unwrap()];
        let cases = [(up, "p.csv: has no readings of depression"), ("", "p.csv: is empty")];
        for (text, told) in cases {
            assert!(parsed(text, None).unwrap_err().starts_with(told));
        }
        let none = parsed(whole.lines().next().unwrap(), None).unwrap_err();
        assert_eq!(none, "p.csv: has a header but no readings");
    }
}
