//! [`Hexagon`]: a triangular grid cut to a hexagon, the sheet of von der Malsburg's cells.

use crate::CoreError;

/// The cells of a triangular grid within `radius` steps of its middle: 1 + 3 R (R + 1) of them in 2R + 1 rows.
///
/// Cells are counted row by row from the top left; the rows have R + 1, R + 2, ..., 2R + 1, ..., R + 1 cells. Neighbors are at
/// distance 1. Inside the edge it is the lattice of [`Topology::Hexagonal`](crate::Topology::Hexagonal).
///
/// ```
/// use nn_core::Hexagon;
///
/// let retina = Hexagon::new(2)?;
/// assert_eq!(retina.units(), 19);
/// assert_eq!(retina.position(9), (0.0, 0.0));
/// assert_eq!(retina.neighbors(9), [4, 5, 8, 10, 13, 14]);
/// assert_eq!(retina.steps(0, 18), 4); // from the top left to the bottom right
/// # Ok::<(), nn_core::CoreError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hexagon {
    radius: usize,
}

/// Above this radius the number of cells might not fit.
const LARGEST_RADIUS: usize = 1 << 14;

/// Distance between the rows: √3/2.
const ROW_HEIGHT: f64 = 0.866_025_403_784_438_6;

impl Hexagon {
    /// A hexagon of this radius; radius 0 is a single cell.
    ///
    /// # Errors
    /// [`CoreError::OutOfRange`] for a radius above 16,384.
    pub fn new(radius: usize) -> Result<Self, CoreError> {
        if radius > LARGEST_RADIUS {
            let (name, rule) = ("the radius of the hexagon", "at most 16384");
            return Err(CoreError::OutOfRange { name, rule, value: radius as f64 });
        }
        Ok(Self { radius })
    }

    /// R, the steps from the middle to the edge.
    pub fn radius(&self) -> usize {
        self.radius
    }

    /// Number of cells: 1 + 3 R (R + 1).
    pub fn units(&self) -> usize {
        1 + 3 * self.radius * (self.radius + 1)
    }

    /// Number of rows: 2 R + 1.
    pub fn rows(&self) -> usize {
        2 * self.radius + 1
    }

    /// Number of cells in a row, counted from the top; 0 beyond the last.
    pub fn row_length(&self, row: usize) -> usize {
        if row < self.rows() { self.rows() - row.abs_diff(self.radius) } else { 0 }
    }

    /// (row from the middle, axial column): a step changes one of them by one, or both in opposite directions.
    fn axial(&self, unit: usize) -> (isize, isize) {
        let mut before = 0;
        let mut row = 0;
        while row + 1 < self.rows() && before + self.row_length(row) <= unit {
            before += self.row_length(row);
            row += 1;
        }
        let down = row as isize - self.radius as isize;
        (down, (unit - before) as isize + first_column(down, self.radius))
    }

    fn unit(&self, down: isize, column: isize) -> Option<usize> {
        let radius = self.radius as isize;
        let first = first_column(down, self.radius);
        let inside = (-radius..=radius).contains(&down)
            && (first..first + self.row_length((down + radius) as usize) as isize).contains(&column);
        let row = (down + radius) as usize;
        inside.then(|| (0..row).map(|row| self.row_length(row)).sum::<usize>() + (column - first) as usize)
    }

    /// (x, y): where a cell sits, the middle at (0, 0), y growing downward from row to row, in units of the distance between
    /// neighbors.
    pub fn position(&self, unit: usize) -> (f64, f64) {
        let (down, column) = self.axial(unit);
        (column as f64 + 0.5 * down as f64, down as f64 * ROW_HEIGHT)
    }

    /// The least number of steps from cell to cell.
    pub fn steps(&self, i: usize, j: usize) -> usize {
        let ((down, column), (other_down, other_column)) = (self.axial(i), self.axial(j));
        let (rows, columns) = (down - other_down, column - other_column);
        ((rows.abs() + columns.abs() + (rows + columns).abs()) / 2) as usize
    }

    /// The cells one step away, ascending: 6 inside, 3 or 4 at the edge.
    pub fn neighbors(&self, unit: usize) -> Vec<usize> {
        let (down, column) = self.axial(unit);
        let offsets = [(-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0)];
        offsets.iter().filter_map(|&(rows, columns)| self.unit(down + rows, column + columns)).collect()
    }

    /// The cells exactly so many steps away, ascending.
    pub fn ring(&self, unit: usize, steps: usize) -> Vec<usize> {
        (0..self.units()).filter(|&other| self.steps(unit, other) == steps).collect()
    }
}

/// The axial column of the first cell of a row.
fn first_column(down: isize, radius: usize) -> isize {
    let radius = radius as isize;
    (-radius).max(-radius - down)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hexagon_has_the_rows_and_cells_of_its_radius() {
        let retina = Hexagon::new(2).unwrap();
        assert_eq!((0..6).map(|row| retina.row_length(row)).collect::<Vec<_>>(), [3, 4, 5, 4, 3, 0]);
        let cortex = Hexagon::new(7).unwrap();
        assert_eq!((cortex.units(), cortex.rows()), (169, 15));
        let single = Hexagon::new(0).unwrap();
        assert_eq!((single.units(), single.neighbors(0), single.ring(0, 0)), (1, vec![], vec![0]));
    }

    #[test]
    fn steps_and_neighbors_agree_with_the_positions() {
        for radius in 0..5 {
            let hexagon = Hexagon::new(radius).unwrap();
            for i in 0..hexagon.units() {
                let (x, y) = hexagon.position(i);
                let squared = |j: usize| {
                    let (u, v) = hexagon.position(j);
                    (x - u) * (x - u) + (y - v) * (y - v)
                };
                let near: Vec<usize> = (0..hexagon.units()).filter(|&j| (squared(j) - 1.0).abs() < 1e-9).collect();
                assert_eq!(hexagon.neighbors(i), near, "radius {radius}, cell {i}");
                assert_eq!(hexagon.ring(i, 1), near);
                for j in 0..hexagon.units() {
                    // n steps lie between √3/2 n and n apart.
                    let (steps, distance) = (hexagon.steps(i, j) as f64, squared(j).sqrt());
                    assert!(distance <= steps + 1e-9 && distance >= ROW_HEIGHT * steps - 1e-9, "{i} {j}");
                    assert_eq!(hexagon.steps(i, j), hexagon.steps(j, i));
                }
            }
        }
    }

    #[test]
    fn inner_cells_have_six_neighbors_and_twelve_at_two_steps() {
        let hexagon = Hexagon::new(7).unwrap();
        let middle = 84;
        assert_eq!(hexagon.position(middle), (0.0, 0.0));
        let inner: Vec<usize> = (0..169).filter(|&unit| hexagon.steps(unit, middle) <= 5).collect();
        assert_eq!(inner.len(), 91);
        assert!(inner.iter().all(|&unit| hexagon.neighbors(unit).len() == 6 && hexagon.ring(unit, 2).len() == 12));
        let corner = hexagon.neighbors(0);
        assert_eq!(corner.len(), 3);
    }

    #[test]
    fn a_huge_hexagon_is_an_error() {
        let message = Hexagon::new(1 << 40).unwrap_err().to_string();
        assert_eq!(message, "the radius of the hexagon must be at most 16384, is 1099511627776");
    }
}
