//! The tables of `fixtures/lif`, made with mpmath and without our code.
//!
//! A table is a line that says its law, a header and rows. What passed is printed by name, past the
//! capture of the test runner: a reader of `cargo test` sees which row held.

use std::collections::BTreeMap;
use std::io::Write as _;

pub struct Row {
    columns: &'static [&'static str],
    cells: Vec<&'static str>,
}

impl Row {
    pub fn has(&self, column: &str) -> bool {
        self.columns.contains(&column)
    }

    pub fn text(&self, column: &str) -> &'static str {
        let position = self.columns.iter().position(|name| *name == column);
        self.cells[position.unwrap_or_else(|| panic!("no column '{column}' in {:?}", self.columns))]
    }

    pub fn number(&self, column: &str) -> f64 {
        let text = self.text(column);
        text.parse().unwrap_or_else(|_| panic!("{column} is '{text}', no number"))
    }
}

/// The rows of a table.
pub fn rows(table: &'static str) -> Vec<Row> {
    let mut lines = table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(','));
    let columns: &[&str] = lines.next().expect("a header").collect::<Vec<_>>().leak();
    lines.map(|cells| Row { columns, cells: cells.collect() }).collect()
}

/// The rows of a table by what stands in `column`.
pub fn cases(table: &'static str, column: &str) -> BTreeMap<&'static str, Vec<Row>> {
    let mut cases = BTreeMap::<_, Vec<Row>>::new();
    for row in rows(table) {
        cases.entry(row.text(column)).or_default().push(row);
    }
    cases
}

/// By how much the crossing time of a row may be off, relative to it: 4 ulp, times how strongly the time
/// depends on the potential there (near tangency, strongly).
pub fn crossing_tolerance(row: &Row) -> f64 {
    f64::max(1e-12, 4.0 * f64::EPSILON * row.number("condition"))
}

/// Prints that a fixture's rows hold. Written to stdout itself, which the test runner does not capture.
pub fn passed(fixture: &str, row: &str, rows: usize) {
    writeln!(std::io::stdout(), "fixture {fixture} [{row}]: {rows} row(s) hold").expect("stdout is there");
}

/// Equal to within a relative error.
#[track_caller]
pub fn assert_relative(found: f64, expected: f64, tolerance: f64, what: &str) {
    let error = (found - expected).abs();
    assert!(
        error <= tolerance * expected.abs(),
        "{what}: {found} against {expected}, off by {:e} of it",
        error / expected.abs()
    );
}
