//! A matrix whose rows are whole vectors, each on cache lines of its own.
//!
//! A row ends with zeros that fill its last tile. So a loop over the tiles of a row has no rest that
//! fills no vector, and no vector is read across two cache lines. From outside none of it is seen.

use std::ops::{Index, IndexMut};

use crate::real::Real;

/// Numbers in a tile.
pub(crate) const LANES: usize = 16;

/// One cache line of `f32`, two of `f64`: one widest vector, or two.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub(crate) struct Tile<R>(pub [R; LANES]);

/// Numbers in rows of one width.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows<R> {
    tiles: Vec<Tile<R>>,
    width: usize,
}

impl<R: Real> Rows<R> {
    /// From one row after the other.
    ///
    /// # Panics
    /// When the last row is not whole.
    #[must_use]
    pub fn new(values: &[R], width: usize) -> Rows<R> {
        assert_eq!(values.len() % width, 0, "{} values in rows of {width}", values.len());
        Rows { tiles: values.chunks_exact(width).flat_map(tiled).collect(), width }
    }

    /// How many rows.
    #[must_use]
    pub fn count(&self) -> usize {
        self.tiles.len() / self.tiles_a_row()
    }

    /// All values, row by row.
    pub fn iter(&self) -> impl Iterator<Item = R> {
        let row = |tiles| values(tiles).take(self.width);
        self.tiles.chunks_exact(self.tiles_a_row()).flat_map(row)
    }

    /// One value of each row.
    pub fn column(&self, column: usize) -> impl Iterator<Item = R> {
        (0..self.count()).map(move |row| self[(row, column)])
    }

    /// One row and the zeros after it.
    #[inline(always)]
    pub(crate) fn tiles(&self, row: usize) -> &[Tile<R>] {
        &self.tiles[row * self.tiles_a_row()..][..self.tiles_a_row()]
    }

    /// One row, to be changed; what lies beyond its width must stay zero.
    #[inline(always)]
    pub(crate) fn row_mut(&mut self, row: usize) -> &mut [Tile<R>] {
        let count = self.tiles_a_row();
        &mut self.tiles[row * count..][..count]
    }

    /// Every row, to be changed; what lies beyond its width must stay zero.
    #[inline(always)]
    pub(crate) fn tiles_mut(&mut self) -> impl Iterator<Item = &mut [Tile<R>]> {
        let count = self.tiles_a_row();
        self.tiles.chunks_exact_mut(count)
    }

    #[inline(always)]
    fn tiles_a_row(&self) -> usize {
        self.width.div_ceil(LANES)
    }
}

/// Numbers as tiles, the last one filled up with zeros.
pub(crate) fn tiled<R: Real>(values: &[R]) -> impl Iterator<Item = Tile<R>> {
    values.chunks(LANES).map(|values| {
        let mut tile = Tile([R::ZERO; LANES]);
        tile.0[..values.len()].copy_from_slice(values);
        tile
    })
}

/// The numbers of some tiles.
pub(crate) fn values<R: Real>(tiles: &[Tile<R>]) -> impl Iterator<Item = R> {
    tiles.iter().flat_map(|tile| tile.0)
}

/// In which tile of a row a column lies, and where there.
#[inline(always)]
pub(crate) fn place(column: usize) -> (usize, usize) {
    (column / LANES, column % LANES)
}

impl<R: Real> Index<(usize, usize)> for Rows<R> {
    type Output = R;

    #[inline(always)]
    fn index(&self, (row, column): (usize, usize)) -> &R {
        debug_assert!(column < self.width, "column {column} of {}", self.width);
        let (tile, lane) = place(column);
        &self.tiles(row)[tile].0[lane]
    }
}

impl<R: Real> IndexMut<(usize, usize)> for Rows<R> {
    #[inline(always)]
    fn index_mut(&mut self, (row, column): (usize, usize)) -> &mut R {
        debug_assert!(column < self.width, "column {column} of {}", self.width);
        let (tile, lane) = place(column);
        &mut self.tiles[row * self.width.div_ceil(LANES) + tile].0[lane]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0, 1, 2, … in rows shorter than a tile, as long, a little longer and of several tiles.
    #[test]
    fn what_goes_in_row_by_row_is_found_by_row_and_column_and_comes_out_row_by_row() {
        for width in [1, 15, 16, 17, 196] {
            let values: Vec<f64> = (0..3 * width).map(|value| value as f64).collect();
            let rows = Rows::new(&values, width);
            assert_eq!((rows.count(), rows.iter().collect::<Vec<_>>()), (3, values));
            assert_eq!(rows[(2, width - 1)], (3 * width - 1) as f64);
            assert!(rows.column(width - 1).eq([width - 1, 2 * width - 1, 3 * width - 1].map(|at| at as f64)));
            assert!(rows.tiles(1).as_ptr().addr().is_multiple_of(64), "a row of {width} is not aligned");
        }
    }

    #[test]
    #[should_panic(expected = "5 values in rows of 2")]
    fn a_row_that_is_not_whole_is_refused() {
        let _ = Rows::new(&[0.0; 5], 2);
    }
}
