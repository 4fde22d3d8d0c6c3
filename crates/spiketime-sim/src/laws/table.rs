//! A step by conductance as it was measured: straight lines between points, jumps where two points share an x.
//!
//! ```text
//! s(x) = s_k + (x − x_k) (s_(k+1) − s_k)/(x_(k+1) − x_k)    for the last x_k ≤ x
//! ```
//!
//! and constant before the first and after the last point. At a jump the later point holds.

/// Points that a table may have.
pub const MOST_POINTS: usize = 255;
/// Cells of equal width over [0, 1] that know where to begin to look.
const CELLS: usize = 256;

/// The points of a step by x = g/g_max.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pieces: Vec<Piece>,
    /// The last piece that begins at or before each cell does.
    first: [u8; CELLS],
}

/// From one point to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    x: f64,
    step: f64,
    slope: f64,
}

/// What is wrong with the points of a table.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[allow(missing_docs)]
pub enum TableError {
    #[error("a table has 1 to {MOST_POINTS} points, not {0}")]
    Count(usize),
    #[error("a point of a table is [x, step] with x from 0 to 1 and a step of 0 or more, not [{0}, {1}]")]
    Point(f64, f64),
    #[error("the x of a table ascend, and two points at most share one: {1} comes after {0}")]
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
        let falls =
            points.windows(2).find(|pair| pair[1][0] < pair[0][0]).map(|pair| [pair[0][0], pair[1][0]]);
        let third = points.windows(3).find(|three| three[0][0] == three[2][0]).map(|three| [three[0][0]; 2]);
        if let Some([before, after]) = falls.or(third) {
            return Err(TableError::Order(before, after));
        }
        let pieces: Vec<Piece> = (0..points.len()).map(|point| Piece::from(&points[point..])).collect();
        let begins = |cell: usize| {
            let x = cell as f64 / CELLS as f64;
            pieces.partition_point(|piece| piece.x <= x).saturating_sub(1)
        };
        #[allow(clippy::cast_possible_truncation)] // There are at most 255 points.
        let first = std::array::from_fn(|cell| begins(cell) as u8);
        Ok(Table { pieces, first })
    }

    /// The step at `x`.
    #[inline(always)]
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        // As a whole number it saturates: below 0 at 0, and beyond the window in the last cell.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let cell = ((x * CELLS as f64) as usize).min(CELLS - 1);
        let mut number = usize::from(self.first[cell]);
        while let Some(next) = self.pieces.get(number + 1)
            && next.x <= x
        {
            number += 1;
        }
        let piece = &self.pieces[number];
        let way = x - piece.x;
        piece.step + piece.slope * if way > 0.0 { way } else { 0.0 }
    }

    /// The largest step.
    #[must_use]
    pub fn largest(&self) -> f64 {
        self.pieces.iter().fold(0.0, |largest, piece| if piece.step > largest { piece.step } else { largest })
    }
}

impl Piece {
    /// From the first of these points to the second; flat after the last one and at a jump.
    fn from(points: &[[f64; 2]]) -> Piece {
        let [x, step] = points[0];
        let slope = match points.get(1) {
            Some(&[next_x, next_step]) if next_x > x => (next_step - step) / (next_x - x),
            _ => 0.0,
        };
        Piece { x, step, slope }
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
        assert_eq!(table.at(0.5_f64.next_down()), 1.0 - 2.0 * (0.5 - 0.5_f64.next_down()));
        assert_eq!(table.largest(), 1.0);
    }

    /// The last point at or before x, looked for among all of them.
    #[test]
    fn any_number_of_points_within_a_cell_are_all_found() {
        let points: Vec<[f64; 2]> =
            (0..250).map(|at| [0.5 + f64::from(at) / 65_536.0, f64::from(at)]).collect();
        let table = Table::new(&points).unwrap();
        for [x, step] in points {
            assert_eq!(table.at(x), step);
        }
    }

    #[test]
    fn what_is_no_table_is_told() {
        let told = |points: &[[f64; 2]]| Table::new(points).unwrap_err().to_string();
        assert_eq!(told(&[]), "a table has 1 to 255 points, not 0");
        assert!(told(&[[0.0, 1.0]; 256]).contains("not 256"));
        assert!(told(&[[0.0, -0.1]]).contains("not [0, -0.1]"));
        assert!(told(&[[1.5, 0.1]]).contains("not [1.5, 0.1]"));
        assert!(told(&[[f64::NAN, 0.1]]).contains("[NaN, 0.1]"));
        assert!(told(&[[0.5, 0.1], [0.25, 0.1]]).contains("0.25 comes after 0.5"));
        assert!(told(&[[0.5, 0.1]; 3]).contains("0.5 comes after 0.5"));
    }
}
