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

/// The points of a step by x = g/g_max.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The step where each part begins, and what it changes by to the end of that part; from x = 1 on it stays.
    lines: [[f64; 2]; CELLS + 1],
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
        let place = |x: f64| (x * CELLS as f64).round();
        let falls =
            points.windows(2).find(|pair| pair[1][0] < pair[0][0]).map(|pair| [pair[0][0], pair[1][0]]);
        let third = points.windows(3).find(|three| place(three[0][0]) == place(three[2][0]));
        if let Some([before, after]) = falls.or(third.map(|three| [three[1][0], three[2][0]])) {
            return Err(TableError::Order(before, after));
        }
        let placed: Vec<[f64; 2]> = points.iter().map(|&[x, step]| [place(x), step]).collect();
        Ok(Table { lines: std::array::from_fn(|cell| line(&placed, cell as f64)) })
    }

    /// The step at `x`.
    #[inline(always)]
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        let at = x * CELLS as f64;
        // As a whole number it saturates.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let cell = (at as i32).max(0).min(CELLS as i32);
        let [step, change] = self.lines[cell as usize];
        step + change * (at - f64::from(cell))
    }

    /// The largest step.
    #[must_use]
    pub fn largest(&self) -> f64 {
        let ends = self.lines.iter().flat_map(|&[step, change]| [step, step + change]);
        ends.fold(0.0, |largest, step| if step > largest { step } else { largest })
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
        // Just before the jump, to the end of the line that leads there.
        assert!((table.at(0.5_f64.next_down()) - 1.0).abs() < 1e-15);
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
