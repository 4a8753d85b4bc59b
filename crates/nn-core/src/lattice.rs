//! [`Lattice`]: where the units of a map sit, how far apart they are, and which are neighbors.

use crate::CoreError;

/// How the units are arranged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Topology {
    /// A square grid with distance 1 between neighbors: 4 of them.
    #[default]
    Rectangular,
    /// A triangular grid with distance 1 between neighbors: 6 of them. Odd rows are shifted right by ½, rows are √3/2
    /// apart.
    Hexagonal,
}

/// What happens at the edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Boundary {
    /// Edges are edges.
    #[default]
    Planar,
    /// The left edge meets the right edge; top and bottom are edges.
    Cylinder,
    /// Opposite edges meet. A hexagonal torus needs an even number of rows.
    Torus,
}

/// A two-dimensional arrangement of rows × columns units; unit i is in row i / columns, column i mod columns.
///
/// Adjacency comes from the lattice alone, never from the weights (slide 14).
///
/// ```
/// use nn_core::{Boundary, Lattice, Topology};
///
/// let lattice = Lattice::new(4, 5, Topology::Rectangular, Boundary::Torus)?;
/// assert_eq!(lattice.squared_distance(0, 19), 2.0); // opposite corners touch
/// assert_eq!(lattice.neighbors(0), [1, 4, 5, 15]);
/// # Ok::<(), nn_core::CoreError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lattice {
    rows: usize,
    columns: usize,
    topology: Topology,
    boundary: Boundary,
}

/// Distance between the rows of a hexagonal lattice: √3/2.
const ROW_HEIGHT: f64 = 0.866_025_403_784_438_6;

impl Lattice {
    /// A lattice of rows × columns units.
    ///
    /// # Errors
    /// [`CoreError::Empty`] without rows or columns, [`CoreError::OutOfRange`] for a hexagonal torus with an odd number of
    /// rows (its first and last row would not fit together) or more units than memory can index.
    pub fn new(rows: usize, columns: usize, topology: Topology, boundary: Boundary) -> Result<Self, CoreError> {
        if rows == 0 || columns == 0 {
            return Err(CoreError::Empty { what: "the lattice" });
        }
        if rows.checked_mul(columns).is_none() {
            let value = rows as f64 * columns as f64;
            return Err(CoreError::OutOfRange {
                name: "the number of units",
                rule: "a number memory can index",
                value,
            });
        }
        if topology == Topology::Hexagonal && boundary == Boundary::Torus && rows % 2 == 1 {
            let (name, value) = ("the number of rows of a hexagonal torus", rows as f64);
            return Err(CoreError::OutOfRange { name, rule: "even", value });
        }
        Ok(Self { rows, columns, topology, boundary })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of units: rows · columns.
    pub fn units(&self) -> usize {
        self.rows * self.columns
    }

    /// How the units are arranged.
    pub fn topology(&self) -> Topology {
        self.topology
    }

    /// What happens at the edges.
    pub fn boundary(&self) -> Boundary {
        self.boundary
    }

    /// rᵢ = (x, y): where unit i sits, in units of the distance between neighbors.
    pub fn position(&self, unit: usize) -> (f64, f64) {
        let (row, column) = (unit / self.columns, unit % self.columns);
        match self.topology {
            Topology::Rectangular => (column as f64, row as f64),
            Topology::Hexagonal => (column as f64 + 0.5 * (row % 2) as f64, row as f64 * ROW_HEIGHT),
        }
    }

    /// (|x − u|, |y − v|) of the units i at (x, y) and j at (u, v), around the lattice where that is shorter.
    pub fn axis_distances(&self, i: usize, j: usize) -> (f64, f64) {
        let ((x, y), (u, v)) = (self.position(i), self.position(j));
        let (dx, dy) = ((x - u).abs(), (y - v).abs());
        let height = match self.topology {
            Topology::Rectangular => self.rows as f64,
            Topology::Hexagonal => self.rows as f64 * ROW_HEIGHT,
        };
        let around = |distance: f64, size: f64| distance.min((size - distance).abs());
        match self.boundary {
            Boundary::Planar => (dx, dy),
            Boundary::Cylinder => (around(dx, self.columns as f64), dy),
            Boundary::Torus => (around(dx, self.columns as f64), around(dy, height)),
        }
    }

    /// ‖rᵢ − rⱼ‖², around a cylinder or torus along the shortest way.
    pub fn squared_distance(&self, i: usize, j: usize) -> f64 {
        let (dx, dy) = self.axis_distances(i, j);
        dx * dx + dy * dy
    }

    /// The units next to unit i, in ascending order: at most 4 on a rectangular, 6 on a hexagonal lattice.
    pub fn neighbors(&self, unit: usize) -> Vec<usize> {
        match (self.topology, (unit / self.columns) % 2) {
            (Topology::Rectangular, _) => self.around(unit, &[(-1, 0), (0, -1), (0, 1), (1, 0)]),
            (Topology::Hexagonal, 0) => self.around(unit, &[(-1, -1), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 0)]),
            (Topology::Hexagonal, _) => self.around(unit, &[(-1, 0), (-1, 1), (0, -1), (0, 1), (1, 0), (1, 1)]),
        }
    }

    /// As [`Lattice::neighbors`], on a rectangular lattice with the diagonals: at most 8.
    pub fn neighbors_and_diagonals(&self, unit: usize) -> Vec<usize> {
        match self.topology {
            Topology::Hexagonal => self.neighbors(unit),
            Topology::Rectangular => {
                self.around(unit, &[(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)])
            }
        }
    }

    /// The units at these offsets (down, right), as far as there are any.
    fn around(&self, unit: usize, offsets: &[(isize, isize)]) -> Vec<usize> {
        let (row, column) = ((unit / self.columns) as isize, (unit % self.columns) as isize);
        let (rows, columns) = (self.rows as isize, self.columns as isize);
        let place = |&(down, right): &(isize, isize)| {
            let (row, column) = (row + down, column + right);
            let inside = (0..rows).contains(&row);
            match self.boundary {
                Boundary::Torus => Some((row.rem_euclid(rows), column.rem_euclid(columns))),
                Boundary::Cylinder => inside.then_some((row, column.rem_euclid(columns))),
                Boundary::Planar => (inside && (0..columns).contains(&column)).then_some((row, column)),
            }
        };
        let mut neighbors: Vec<usize> =
            offsets.iter().filter_map(place).map(|(row, column)| (row * columns + column) as usize).collect();
        neighbors.sort_unstable();
        neighbors.dedup();
        neighbors.retain(|&neighbor| neighbor != unit);
        neighbors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lattices() -> impl Iterator<Item = Lattice> {
        let kinds = [Topology::Rectangular, Topology::Hexagonal]
            .into_iter()
            .flat_map(|t| [Boundary::Planar, Boundary::Cylinder, Boundary::Torus].map(|b| (t, b)));
        kinds.flat_map(|(t, b)| [(4, 4), (6, 5), (4, 7)].map(|(r, c)| Lattice::new(r, c, t, b).unwrap()))
    }

    #[test]
    fn neighbors_are_the_units_at_distance_one() {
        for lattice in lattices() {
            for unit in 0..lattice.units() {
                let near: Vec<usize> = (0..lattice.units())
                    .filter(|&other| (lattice.squared_distance(unit, other) - 1.0).abs() < 1e-9)
                    .collect();
                assert_eq!(lattice.neighbors(unit), near, "{lattice:?}, unit {unit}");
            }
        }
    }

    #[test]
    fn diagonals_are_the_units_at_distance_root_two() {
        for lattice in lattices().filter(|lattice| lattice.topology() == Topology::Rectangular) {
            for unit in 0..lattice.units() {
                let near = |other: &usize| (0.5..2.5).contains(&lattice.squared_distance(unit, *other));
                let near: Vec<usize> = (0..lattice.units()).filter(near).collect();
                assert_eq!(lattice.neighbors_and_diagonals(unit), near, "{lattice:?}, unit {unit}");
            }
        }
    }

    #[test]
    fn a_cylinder_meets_itself_left_and_right_only() {
        for topology in [Topology::Rectangular, Topology::Hexagonal] {
            let lattice = Lattice::new(5, 6, topology, Boundary::Cylinder).unwrap();
            assert!((lattice.squared_distance(0, 5) - 1.0).abs() < 1e-12);
            assert!(lattice.squared_distance(0, 24) > 11.9);
            let inner = if topology == Topology::Hexagonal { 6 } else { 4 };
            assert!((6..24).all(|unit| lattice.neighbors(unit).len() == inner));
            assert!((0..6).all(|unit| lattice.neighbors(unit).len() < inner));
        }
    }

    #[test]
    fn distance_is_symmetric_and_zero_only_on_the_diagonal() {
        for lattice in lattices() {
            for i in 0..lattice.units() {
                for j in 0..lattice.units() {
                    let distance = lattice.squared_distance(i, j);
                    assert_eq!(distance, lattice.squared_distance(j, i));
                    assert_eq!(distance < 1e-9, i == j);
                }
            }
        }
    }

    #[test]
    fn every_unit_of_a_torus_has_all_its_neighbors() {
        for lattice in lattices().filter(|lattice| lattice.boundary() == Boundary::Torus) {
            let expected = if lattice.topology() == Topology::Hexagonal { 6 } else { 4 };
            assert!((0..lattice.units()).all(|unit| lattice.neighbors(unit).len() == expected), "{lattice:?}");
        }
    }

    #[test]
    fn small_lattices_have_no_unit_as_its_own_neighbor() {
        let one = Lattice::new(1, 1, Topology::Rectangular, Boundary::Torus).unwrap();
        assert_eq!(one.neighbors(0), Vec::<usize>::new());
        let chain = Lattice::new(1, 3, Topology::Rectangular, Boundary::Planar).unwrap();
        assert_eq!(chain.neighbors(1), [0, 2]);
        let pair = Lattice::new(2, 2, Topology::Hexagonal, Boundary::Torus).unwrap();
        assert_eq!(pair.neighbors(0), [1, 2, 3]);
    }

    #[test]
    fn impossible_lattices_are_errors() {
        let new = |rows, columns| Lattice::new(rows, columns, Topology::Hexagonal, Boundary::Torus);
        assert_eq!(new(0, 3).unwrap_err().to_string(), "the lattice is empty");
        assert_eq!(new(3, 4).unwrap_err().to_string(), "the number of rows of a hexagonal torus must be even, is 3");
        assert!(Lattice::new(usize::MAX, 2, Topology::Rectangular, Boundary::Planar).is_err());
    }
}
