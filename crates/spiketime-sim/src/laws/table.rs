//! A step by conductance as it was measured: straight lines between points, jumps where two points share an x.
//!
//! ```text
//! s(x) = s_k + (x − x_k) (s_(k+1) − s_k)/(x_(k+1) − x_k)    for the last x_k ≤ x
//! ```
//!
//! and constant before the first and after the last point; at a jump the later point holds. Points stand at whole 256ths
//! of the window, the nearest to where they are given, so that a step is one line of a list and none is looked for.

/// Points that a table may have.
pub const MOST_POINTS: usize = 256;
/// Parts of the window.
const CELLS: usize = 256;
/// A power of two that holds their numbers.
const LINES: usize = 512;
/// 1.5 · 2^52: adding it rounds a small number to a whole one.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// A jump holds from a 10¹⁰th of a part before it.
const JUST_BELOW_HALF: f64 = 0.5 - 1e-10;

/// The points of a step by x = g/g_max.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The step where each part begins; from x = 1 on it stays.
    steps: [f64; LINES],
    /// What it changes by to the end of that part.
    changes: [f64; LINES],
}

/// What is wrong with the points of a table.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[allow(missing_docs)]
pub enum TableError {
    #[error("a table has 1 to {MOST_POINTS} points, not {0}")]
    Count(usize),
    #[error("a point of a table is [x, step] with x from 0 to 1 and a step of 0 or more, not [{0}, {1}]")]
    Point(f64, f64),
    #[error(
        "the x of a table ascend, and two points at most share a 256th of the window: {1} comes after {0}"
    )]
    Order(f64, f64),
}

impl Table {
    /// Of points (x, step), x ascending.
    ///
    /// # Errors
    /// When there are none or too many, one lies outside, or they do not ascend.
    pub fn new(points: &[[f64; 2]]) -> Result<Table, TableError> {
        if points.is_empty() || points.len() > MOST_POINTS {
            return Err(TableError::Count(points.len()));
        }
        let outside =
            |&&[x, step]: &&[f64; 2]| !((0.0..=1.0).contains(&x) && step >= 0.0 && step.is_finite());
        if let Some(&[x, step]) = points.iter().find(outside) {
            return Err(TableError::Point(x, step));
        }
        let nearest = |x: f64| (x * CELLS as f64).round();
        let falls =
            points.windows(2).find(|pair| pair[1][0] < pair[0][0]).map(|pair| [pair[0][0], pair[1][0]]);
        let third = points.windows(3).find(|three| nearest(three[0][0]) == nearest(three[2][0]));
        if let Some([before, after]) = falls.or(third.map(|three| [three[1][0], three[2][0]])) {
            return Err(TableError::Order(before, after));
        }
        let placed: Vec<[f64; 2]> = points.iter().map(|&[x, step]| [nearest(x), step]).collect();
        let lines: [[f64; 2]; LINES] = std::array::from_fn(|cell| line(&placed, cell.min(CELLS) as f64));
        Ok(Table { steps: lines.map(|[step, _]| step), changes: lines.map(|[_, change]| change) })
    }

    /// The step at `x`, 0 or more.
    #[inline(always)]
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        let (cell, way) = place(x);
        self.steps[cell % LINES] + self.changes[cell % LINES] * way
    }

    /// The largest step.
    #[must_use]
    pub fn largest(&self) -> f64 {
        let ends = self.steps.iter().zip(&self.changes).flat_map(|(&step, &change)| [step, step + change]);
        ends.fold(0.0, |largest, step| if step > largest { step } else { largest })
    }
}

/// In which part `x` lies, and how far it is in there.
#[inline(always)]
fn place(x: f64) -> (usize, f64) {
    let at = x * CELLS as f64;
    let at = if at < CELLS as f64 { at } else { CELLS as f64 };
    // Adding it rounds down: the part then sits in the low bits. A conversion to a whole number costs three times as
    // much, as it asks for what does not fit.
    let rounded = (at - JUST_BELOW_HALF) + ROUNDER;
    (rounded.to_bits() as usize % LINES, at - (rounded - ROUNDER))
}

/// Two tables side by side, so that a look into either is the same instruction.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    steps: [f64; 2 * LINES],
    changes: [f64; 2 * LINES],
}

impl Pair {
    pub fn new(first: &Table, second: &Table) -> Pair {
        let mut pair = Pair { steps: [0.0; 2 * LINES], changes: [0.0; 2 * LINES] };
        for (table, from) in [(first, 0), (second, LINES)] {
            pair.steps[from..][..LINES].copy_from_slice(&table.steps);
            pair.changes[from..][..LINES].copy_from_slice(&table.changes);
        }
        pair
    }

    /// Puts in place of each x the step of the first table where it `is_first`, else of the second: [`Table::at`].
    #[inline(always)]
    pub fn put(&self, xs: &mut [f64], is_first: &[bool]) {
        for (x, &is_first) in xs.iter_mut().zip(is_first) {
            let (cell, way) = place(*x);
            let cell = (cell + if is_first { 0 } else { LINES }) % (2 * LINES);
            *x = self.steps[cell] + self.changes[cell] * way;
        }
    }
}

/// The line of a part, of points whose x are counted in parts.
fn line(points: &[[f64; 2]], cell: f64) -> [f64; 2] {
    let after = points.partition_point(|&[x, _]| x <= cell);
    match (after.checked_sub(1).map(|last| points[last]), points.get(after)) {
        (None, _) => [points[0][1], 0.0],
        (Some([_, step]), None) => [step, 0.0],
        (Some([x, step]), Some(&[next_x, next_step])) => {
            let change = (next_step - step) / (next_x - x);
            [step + change * (cell - x), change]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_run_between_points_and_at_a_jump_the_later_one_holds() {
        let table = Table::new(&[[0.25, 0.5], [0.5, 1.0], [0.5, 0.125], [1.0, 0.25]]).unwrap();
        let steps = [0.0, 0.25, 0.375, 0.5, 0.75, 1.0, 1.5].map(|x| table.at(x));
        assert_eq!(steps, [0.5, 0.5, 0.75, 0.125, 0.1875, 0.25, 0.25]);
        // Just before the jump, near the end of the line that leads there.
        assert!((table.at(0.5 - 1e-9) - 1.0).abs() < 1e-8);
        assert_eq!(table.largest(), 1.0);
    }

    #[test]
    fn every_point_of_a_full_table_is_found_and_one_between_two_parts_goes_to_the_nearer() {
        let points: Vec<[f64; 2]> = (0..256).map(|at| [f64::from(at) / 256.0, f64::from(at % 7)]).collect();
        let table = Table::new(&points).unwrap();
        assert!(points.iter().all(|&[x, step]| table.at(x) == step));
        let moved = Table::new(&[[0.25 + 0.4 / 256.0, 1.0], [0.25 + 0.6 / 256.0, 2.0], [0.5, 2.0]]).unwrap();
        assert_eq!([0.25, 0.25 + 0.5 / 256.0, 0.25 + 1.0 / 256.0].map(|x| moved.at(x)), [1.0, 1.5, 2.0]);
    }

    #[test]
    fn what_is_no_table_is_told() {
        let told = |points: &[[f64; 2]]| Table::new(points).unwrap_err().to_string();
        assert_eq!(told(&[]), "a table has 1 to 256 points, not 0");
        assert!(told(&[[0.0, 1.0]; 257]).contains("not 257"));
        assert!(told(&[[0.0, -0.1]]).contains("not [0, -0.1]"));
        assert!(told(&[[1.5, 0.1]]).contains("not [1.5, 0.1]"));
        assert!(told(&[[f64::NAN, 0.1]]).contains("[NaN, 0.1]"));
        assert!(told(&[[0.5, 0.1], [0.25, 0.1]]).contains("0.25 comes after 0.5"));
        assert!(told(&[[0.5, 0.1]; 3]).contains("0.5 comes after 0.5"));
    }
}
