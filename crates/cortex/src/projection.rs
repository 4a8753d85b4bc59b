//! A projection from one sheet of cells to another, and how much order it has.

use nn_core::{Matrix, Parameters, Tensor, TensorMut, math, simd};

/// Fibers from a side × side retina to a target of the same size: sᵢⱼ, from retinal cell i to target cell j, is element (i, j).
/// Cells are counted row by row; the weights of every target cell add up to 1, those of a retinal cell nearly so.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    pub(crate) side: usize,
    pub(crate) weights: Matrix<f64>,
}

impl Projection {
    /// Cells along a side of both sheets.
    pub fn side(&self) -> usize {
        self.side
    }

    /// sᵢⱼ, retinal × target cells.
    pub fn weights(&self) -> &Matrix<f64> {
        &self.weights
    }

    pub(crate) fn squared_distance(&self, a: usize, b: usize) -> f64 {
        let difference = |a: usize, b: usize| a.abs_diff(b) as f64;
        let (x, y) = (difference(a % self.side, b % self.side), difference(a / self.side, b / self.side));
        x * x + y * y
    }

    /// Pairs of cells that touch along an edge.
    pub fn adjacent(&self) -> Vec<(usize, usize)> {
        let cells = self.side * self.side;
        let right = (0..cells).filter(|cell| cell % self.side + 1 < self.side).map(|cell| (cell, cell + 1));
        right.chain((0..cells - self.side).map(|cell| (cell, cell + self.side))).collect()
    }

    /// The cells in the middle: two by two, or three by three for an odd side (the middle alone for 3 and less).
    pub(crate) fn markers(&self) -> Vec<usize> {
        let around = if self.side % 2 == 1 && self.side > 3 { 1 } else { 0 };
        let (from, to) = ((self.side - 1) / 2 - around, self.side / 2 + around);
        (from..=to).flat_map(|row| (from..=to).map(move |column| row * self.side + column)).collect()
    }

    /// The weights of every retinal cell to a sum of 1, then those of every target cell.
    pub(crate) fn scale_back(&mut self) {
        let mut sums = vec![0.0; self.weights.nrows()];
        for target in self.weights.as_slice().chunks_exact(sums.len()) {
            sums.iter_mut().zip(target).for_each(|(sum, s)| *sum += s);
        }
        sums.iter_mut().for_each(|sum| *sum = 1.0 / *sum);
        for target in self.weights.as_mut_slice().chunks_exact_mut(sums.len()) {
            target.iter_mut().zip(&sums).for_each(|(s, scale)| *s *= scale);
            let scale = 1.0 / simd::sum(target);
            target.iter_mut().for_each(|s| *s *= scale);
        }
    }

    /// The retinal cell with the strongest fiber to each target cell; the first of equals.
    pub fn preferred(&self) -> Vec<usize> {
        self.weights.column_iter().map(|target| target.imax()).collect()
    }

    /// Where each target cell looks: the mean position (column, row) of its fibers by their weights, 2 × cells.
    pub fn receptive_field_centers(&self) -> Matrix<f64> {
        let place = |axis: usize, cell: usize| (if axis == 0 { cell % self.side } else { cell / self.side }) as f64;
        Matrix::from_fn(2, self.weights.ncols(), |axis, target| {
            let fibers = self.weights.column(target);
            let weighted = fibers.iter().enumerate().map(|(cell, s)| s * place(axis, cell)).sum::<f64>();
            weighted / fibers.sum()
        })
    }

    /// The share of neighboring target cells that prefer neighboring retinal cells: two different ones that touch along an edge
    /// or at a corner. By chance about 7/(cells − 1).
    pub fn neighbor_order(&self) -> f64 {
        let preferred = self.preferred();
        let pairs = self.adjacent();
        let right = pairs.iter().filter(|&&(a, b)| {
            let squared = self.squared_distance(preferred[a], preferred[b]);
            squared > 0.0 && squared < 2.5
        });
        right.count() as f64 / pairs.len() as f64
    }

    /// The mean distance, in cells, from where a target cell looks by its strongest fiber to its counterpart in the retina.
    pub fn displacement(&self) -> f64 {
        let preferred = self.preferred();
        let total: f64 = (0..preferred.len()).map(|cell| self.squared_distance(cell, preferred[cell]).sqrt()).sum();
        total / preferred.len() as f64
    }

    /// The topographic products of Bauer and Pawelzik (1992), for the receptive field centers: the means of ln P₁ ≥ 0, how much
    /// farther apart neighbors in the target look than nearest neighbors could, and of ln P₂ ≤ 0, the same the other way round.
    ///
    /// Both are 0 for a map that keeps every neighborhood. Their mean, the topographic product itself, is a measure of matching
    /// dimensions: it is near 0 for a scrambled map between two planes, too.
    pub fn topographic_products(&self) -> (f64, f64) {
        let centers = self.receptive_field_centers();
        let cells = centers.ncols();
        let input = |a: usize, b: usize| {
            let (x, y) = (centers[(0, a)] - centers[(0, b)], centers[(1, a)] - centers[(1, b)]);
            x * x + y * y
        };
        let output = |a: usize, b: usize| self.squared_distance(a, b);
        let mut totals = (0.0, 0.0);
        for j in 0..cells {
            let by = |distance: &dyn Fn(usize, usize) -> f64| {
                let mut order: Vec<usize> = (0..cells).filter(|&other| other != j).collect();
                order.sort_by(|&a, &b| distance(j, a).total_cmp(&distance(j, b)).then(a.cmp(&b)));
                order
            };
            let (near_input, near_output) = (by(&input), by(&output));
            let mut sums = (0.0, 0.0);
            for (k, (&v, &a)) in near_input.iter().zip(&near_output).enumerate() {
                // Squared distances: half of the logarithm. Centers that coincide would give no ratio.
                let ratio = |a: f64, b: f64| 0.5 * math::ln(a.max(1e-12) / b.max(1e-12));
                sums.0 += ratio(input(j, a), input(j, v));
                sums.1 += ratio(output(j, a), output(j, v));
                totals.0 += sums.0 / (k as f64 + 1.0);
                totals.1 += sums.1 / (k as f64 + 1.0);
            }
        }
        let pairs = cells as f64 * (cells as f64 - 1.0);
        (totals.0 / pairs, totals.1 / pairs)
    }
}

/// `fibers` with shape [target cells, retinal cells].
impl Parameters<f64> for Projection {
    fn tensors(&self) -> Vec<Tensor<'_, f64>> {
        let shape = vec![self.weights.ncols(), self.weights.nrows()];
        vec![Tensor { name: "fibers".into(), shape, values: self.weights.as_slice() }]
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, f64>> {
        let shape = vec![self.weights.ncols(), self.weights.nrows()];
        vec![TensorMut { name: "fibers".into(), shape, values: self.weights.as_mut_slice() }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::Stream;

    fn identity(side: usize) -> Projection {
        Projection { side, weights: Matrix::identity(side * side, side * side) }
    }

    #[test]
    fn a_perfect_projection_has_perfect_measures() {
        let perfect = identity(5);
        assert_eq!((perfect.neighbor_order(), perfect.displacement()), (1.0, 0.0));
        let (input, output) = perfect.topographic_products();
        assert!(input.abs() < 1e-12 && output.abs() < 1e-12);
        assert_eq!(perfect.receptive_field_centers()[(0, 13)], 3.0);
        assert_eq!(perfect.receptive_field_centers()[(1, 13)], 2.0);
    }

    #[test]
    fn a_scrambled_projection_has_bad_measures() {
        let order = Stream::new(3).permutation(49);
        let scrambled = Projection {
            side: 7,
            weights: Matrix::from_fn(49, 49, |retina, target| f64::from(u8::from(order[target] == retina))),
        };
        assert!(scrambled.neighbor_order() < 0.4, "{}", scrambled.neighbor_order());
        let (input, output) = scrambled.topographic_products();
        assert!(input > 0.1 && output < -0.1, "{input} {output}");
    }

    #[test]
    fn markers_lie_in_the_middle() {
        assert_eq!(identity(4).markers(), [5, 6, 9, 10]);
        assert_eq!(identity(5).markers(), [6, 7, 8, 11, 12, 13, 16, 17, 18]);
        assert_eq!(identity(3).markers(), [4]);
        assert_eq!(identity(2).markers(), [0, 1, 2, 3]);
    }
}
