//! Which column of a file of pulses is which, by its name, and the unit of its conductances.

use csv::StringRecord;
use spiketime_data::toml_file::did_you_mean;

use crate::unit::Unit;

const NAMES: [&str; 5] = ["pulse", "conductance", "direction", "device", "cycle"];

/// Places of columns, and a unit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Columns {
    pub pulse: usize,
    pub conductance: usize,
    pub direction: usize,
    pub device: Option<usize>,
    pub cycle: Option<usize>,
    pub unit: Unit,
}

impl Columns {
    /// By the header; `told` is the unit that was told beside the file.
    pub fn of(header: &StringRecord, told: Option<Unit>) -> Result<Columns, String> {
        let mut places = [None; NAMES.len()];
        let mut in_header = None;
        for (place, name) in header.iter().enumerate() {
            let (known, unit) = known(name)?;
            if places[known].replace(place).is_some() {
                return Err(format!("two columns are called {}; leave one out", NAMES[known]));
            }
            in_header = in_header.or(unit);
        }
        let needed = |known: usize| places[known].ok_or_else(|| missing(header, NAMES[known]));
        let (pulse, conductance, direction) = (needed(0)?, needed(1)?, needed(2)?);
        let unit = one_unit(in_header, told)?;
        Ok(Columns { pulse, conductance, direction, device: places[3], cycle: places[4], unit })
    }
}

fn missing(header: &StringRecord, name: &str) -> String {
    let there: Vec<&str> = header.iter().collect();
    format!("there is no column `{name}`; there are {}", there.join(", "))
}

fn one_unit(in_header: Option<Unit>, told: Option<Unit>) -> Result<Unit, String> {
    match (in_header, told) {
        (Some(own), Some(other)) if own != other => {
            Err(format!("the column is in {}, and --unit says {}; leave one out", own.name(), other.name()))
        }
        (own, other) => own.or(other).ok_or_else(|| {
            "the column `conductance` has no unit; give --unit nS, uS, mS or S, or name it conductance_nS"
                .into()
        }),
    }
}

/// Which of the names a column has, and its unit where it says one.
fn known(name: &str) -> Result<(usize, Option<Unit>), String> {
    let lower = name.to_ascii_lowercase();
    if let Some(known) = NAMES.iter().position(|known| *known == lower) {
        return Ok((known, None));
    }
    let is_border = |c: char| c.is_whitespace() || "_()[]".contains(c);
    match lower.strip_prefix(NAMES[1]).filter(|rest| rest.starts_with(is_border)) {
        Some(rest) => {
            let unit = name[name.len() - rest.len()..].trim_matches(is_border);
            let found = Unit::named(unit);
            found
                .map(|found| (1, Some(found)))
                .ok_or_else(|| format!("'{unit}' is no unit of conductance; it is nS, uS, mS or S"))
        }
        None if name.contains([';', '\t']) => {
            Err("columns are parted by commas here, and decimals by points: save it as such a CSV".into())
        }
        None => Err(format!("unknown column '{name}'{}", did_you_mean(name, NAMES.into_iter()))),
    }
}
