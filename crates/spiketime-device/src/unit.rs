//! Units of conductance: in the header of a column, as an option, and behind a number.

/// A unit of conductance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Unit {
    Nanosiemens,
    Microsiemens,
    Millisiemens,
    Siemens,
}

impl Unit {
    /// The unit of this name; of the prefixes µ stands in text in two ways, and as u.
    #[must_use]
    pub fn named(name: &str) -> Option<Unit> {
        match name {
            "nS" => Some(Unit::Nanosiemens),
            "uS" | "µS" | "μS" => Some(Unit::Microsiemens),
            "mS" => Some(Unit::Millisiemens),
            "S" => Some(Unit::Siemens),
            _ => None,
        }
    }

    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Unit::Nanosiemens => "nS",
            Unit::Microsiemens => "µS",
            Unit::Millisiemens => "mS",
            Unit::Siemens => "S",
        }
    }

    /// What one of it is \[nS\].
    #[must_use]
    pub fn ns(self) -> f64 {
        match self {
            Unit::Nanosiemens => 1.0,
            Unit::Microsiemens => 1e3,
            Unit::Millisiemens => 1e6,
            Unit::Siemens => 1e9,
        }
    }

    /// A conductance with its unit, as `3nS` or `0.1 mS` \[nS\].
    ///
    /// # Errors
    /// In words: what it should be.
    pub fn quantity_ns(text: &str) -> Result<f64, String> {
        let begin = text.find(|c: char| c.is_alphabetic() && c != 'e' && c != 'E').unwrap_or(text.len());
        let (number, unit) = (text[..begin].trim().parse::<f64>().ok(), Unit::named(text[begin..].trim()));
        let ns = number.zip(unit).map(|(number, unit)| number * unit.ns());
        ns.filter(|ns| ns.is_finite() && *ns >= 0.0)
            .ok_or_else(|| "give a number and its unit: 3nS, 0.1mS".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_a_number_and_its_unit() {
        let read = |text| Unit::quantity_ns(text).ok();
        assert_eq!(["3nS", "1.5 uS", "2µS", "1e-3S"].map(read), [3.0, 1_500.0, 2_000.0, 1e6].map(Some));
        assert_eq!(["3", "nS", "3 ns", "-1nS", "nan nS", "3 kS", ""].map(read), [None; 7]);
        for unit in [Unit::Nanosiemens, Unit::Microsiemens, Unit::Millisiemens, Unit::Siemens] {
            assert_eq!(Unit::named(unit.name()), Some(unit));
        }
    }
}
