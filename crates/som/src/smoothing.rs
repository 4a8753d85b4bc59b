//! Σ_c h_ci S_c: what every unit takes from the samples of all units.

use crate::sums::{COLUMNS, Row};
use nn_core::simd::Kernel;
use nn_core::{Lattice, Topology};

/// Rows whose sums grow together in registers.
const STRIP: usize = 2;

/// Columns that are smoothed where no more are in use: often the last block holds the counts alone.
const FEW: usize = 4;

/// h_ci = g(dx) g(dy), a product over the axes of the lattice: sums run along the rows, then along the columns.
///
/// On a hexagonal lattice dx depends on whether one of the two rows is shifted, so the sums along the rows are taken twice, as
/// rows with even and with odd number see them.
pub(crate) struct Axes {
    rows: usize,
    columns: usize,
    parities: usize,
    /// Of rows of parity p and q the weight of column j for column i at ((p P + q) X + j) X + i.
    across: Vec<f64>,
    /// The weight of row s for row r at r Y + s.
    along: Vec<f64>,
}

impl Axes {
    pub fn new(lattice: &Lattice, g: impl Fn(f64) -> f64) -> Self {
        let (rows, columns) = (lattice.rows(), lattice.columns());
        let hexagonal = lattice.topology() == Topology::Hexagonal && rows > 1;
        let parities = if hexagonal { 2 } else { 1 };
        // Distances repeat along an axis: g is computed where one differs from the last at the same offset.
        let mut known = vec![(f64::NAN, 0.0); 2 * rows.max(columns)];
        let mut weight = |offset: usize, distance: f64| {
            if known[offset].0 != distance {
                known[offset] = (distance, g(distance));
            }
            known[offset].1
        };
        let mut across = Vec::with_capacity(parities * parities * columns * columns);
        for (p, q) in (0..parities * parities).map(|pair| (pair / parities, pair % parities)) {
            for (j, i) in (0..columns * columns).map(|pair| (pair / columns, pair % columns)) {
                across.push(weight(columns + i - j, lattice.axis_distances(p * columns + i, q * columns + j).0));
            }
        }
        let distance = |r: usize, s: usize| lattice.axis_distances(r * columns, s * columns).1;
        let pairs = (0..rows * rows).map(|pair| (pair / rows, pair % rows));
        let along = pairs.map(|(r, s)| weight(rows + r - s, distance(r, s))).collect();
        Self { rows, columns, parities, across, along }
    }

    /// Rows of memory that the sums of one block take on their way.
    pub fn scratch(&self) -> usize {
        self.parities * self.rows * self.columns
    }

    /// Clock cycles of one block, by estimate: two a multiplication of 16 numbers.
    pub fn cost(&self) -> usize {
        2 * self.rows * self.columns * (self.parities * self.columns + self.rows)
    }
}

/// One block in place; `seen` holds the sums along the rows, as rows of parity p see them at p Y X.
pub(crate) struct SmoothBlock<'a> {
    pub axes: &'a Axes,
    pub block: &'a mut [Row],
    /// So many columns are in use.
    pub used: usize,
    pub seen: &'a mut [Row],
}

impl Kernel for SmoothBlock<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        match self.used {
            ..=FEW => self.smooth::<FEW>(),
            _ => self.smooth::<COLUMNS>(),
        }
    }
}

impl SmoothBlock<'_> {
    /// The first W columns.
    #[inline(always)]
    fn smooth<const W: usize>(self) {
        let Self { axes: &Axes { rows, columns, parities, ref across, ref along }, block, seen, .. } = self;
        for (p, seen) in seen.chunks_exact_mut(rows * columns).enumerate() {
            for (s, (block, seen)) in block.chunks_exact(columns).zip(seen.chunks_exact_mut(columns)).enumerate() {
                let weights = &across[(p * parities + s % parities) * columns * columns..][..columns * columns];
                let (strips, rest) = seen.as_chunks_mut::<STRIP>();
                let left = strips.len() * STRIP;
                for (i, to) in strips.iter_mut().enumerate() {
                    set(to, row_sums::<STRIP, W>(weights, columns, STRIP * i, block));
                }
                for (i, to) in rest.iter_mut().enumerate() {
                    set(std::array::from_mut(to), row_sums::<1, W>(weights, columns, left + i, block));
                }
            }
        }
        for (r, (block, weights)) in block.chunks_exact_mut(columns).zip(along.chunks_exact(rows)).enumerate() {
            let seen = &seen[r % parities * rows * columns..][..rows * columns];
            let (strips, rest) = block.as_chunks_mut::<STRIP>();
            let left = strips.len() * STRIP;
            for (i, to) in strips.iter_mut().enumerate() {
                set(to, column_sums::<STRIP, W>(weights, columns, STRIP * i, seen));
            }
            for (i, to) in rest.iter_mut().enumerate() {
                set(std::array::from_mut(to), column_sums::<1, W>(weights, columns, left + i, seen));
            }
        }
    }
}

/// The first W columns of K rows.
#[inline(always)]
fn set<const K: usize, const W: usize>(rows: &mut [Row; K], sums: [[f64; W]; K]) {
    for (row, sums) in rows.iter_mut().zip(sums) {
        row[..W].copy_from_slice(&sums);
    }
}

/// Neighboring columns i .. i + K of a row: Σⱼ weightⱼᵢ · fromⱼ.
#[inline(always)]
fn row_sums<const K: usize, const W: usize>(weights: &[f64], columns: usize, i: usize, from: &[Row]) -> [[f64; W]; K] {
    let mut sums = [[0.0; W]; K];
    for (weights, from) in weights.chunks_exact(columns).zip(from) {
        let weights = &weights[i..i + K];
        for k in 0..K {
            for column in 0..W {
                sums[k][column] += weights[k] * from[column];
            }
        }
    }
    sums
}

/// The same columns: Σₛ weightₛ · (row s of `from`).
#[inline(always)]
fn column_sums<const K: usize, const W: usize>(
    weights: &[f64],
    columns: usize,
    i: usize,
    from: &[Row],
) -> [[f64; W]; K] {
    let mut sums = [[0.0; W]; K];
    for (weight, from) in weights.iter().zip(from.chunks_exact(columns)) {
        let from = &from[i..i + K];
        for k in 0..K {
            for column in 0..W {
                sums[k][column] += weight * from[k][column];
            }
        }
    }
    sums
}

/// One unit, all blocks: Σ_c weight_c · S_c over the terms, in their order. Block b of unit c lies at b N + c.
pub(crate) struct Combine<'a> {
    pub terms: &'a [(usize, f64)],
    pub units: usize,
    pub rows: &'a [Row],
    pub output: &'a mut [Row],
}

impl Kernel for Combine<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { terms, units, rows, output } = self;
        let (strips, rest) = output.as_chunks_mut::<STRIP>();
        let (whole, left) = rows.split_at(strips.len() * STRIP * units);
        for (output, rows) in strips.iter_mut().zip(whole.chunks_exact(STRIP * units)) {
            *output = blocks(terms, units, rows);
        }
        for (output, rows) in rest.iter_mut().zip(left.chunks_exact(units)) {
            [*output] = blocks(terms, units, rows);
        }
    }
}

#[inline(always)]
fn blocks<const K: usize>(terms: &[(usize, f64)], units: usize, rows: &[Row]) -> [Row; K] {
    let mut sums = [[0.0; COLUMNS]; K];
    for &(unit, weight) in terms {
        for k in 0..K {
            let row = &rows[k * units + unit];
            for column in 0..COLUMNS {
                sums[k][column] += weight * row[column];
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Neighborhood;
    use nn_core::simd::dispatch;
    use nn_core::{Boundary, Stream, math};

    #[test]
    fn sums_along_the_axes_are_the_sums_over_all_pairs() {
        let mut stream = Stream::new(5).named("sums");
        for topology in [Topology::Rectangular, Topology::Hexagonal] {
            for boundary in [Boundary::Planar, Boundary::Cylinder, Boundary::Torus] {
                for (rows, columns) in [(4, 5), (6, 3), (2, 2), (8, 1), (2, 9)] {
                    let lattice = Lattice::new(rows, columns, topology, boundary).unwrap();
                    let units = lattice.units();
                    let mut block = vec![[0.0; COLUMNS]; 5 * units];
                    stream.fill_normal(block.as_flattened_mut(), 0.0, 1.0);
                    for (shape, k) in [(Neighborhood::Gaussian, 1.0), (Neighborhood::KohonenGaussian, 0.5)] {
                        let by_pairs = (0..units).map(|i| {
                            let weight = |c| shape.weight(lattice.squared_distance(i, c), 1.3);
                            let terms: Vec<(usize, f64)> = (0..units).map(|c| (c, weight(c))).collect();
                            let mut output = [[0.0; COLUMNS]; 5];
                            dispatch(Combine { terms: &terms, units, rows: &block, output: &mut output });
                            output
                        });
                        let by_pairs: Vec<[Row; 5]> = by_pairs.collect();
                        let axes = Axes::new(&lattice, |d| math::exp(-k * d * d / (1.3 * 1.3)));
                        let mut seen = vec![[0.0; COLUMNS]; axes.scratch()];
                        let cases = (0..5).flat_map(|number| [1, FEW, FEW + 1, COLUMNS].map(|used| (number, used)));
                        for (number, used) in cases {
                            let mut block = block[number * units..][..units].to_vec();
                            dispatch(SmoothBlock { axes: &axes, block: &mut block, used, seen: &mut seen });
                            for (unit, row) in block.iter().enumerate() {
                                let pairs = row[..used].iter().zip(&by_pairs[unit][number]);
                                let worst = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                                assert!(worst < 1e-12, "{lattice:?}: {worst}");
                            }
                        }
                    }
                }
            }
        }
    }
}
