//! [`Sums`]: of every unit the sum of the samples that it won.

use crate::Data;
use crate::data::Samples;
use crate::distance::Nearest;
use nn_core::Real;
use nn_core::simd::Kernel;

/// Columns of a block: as many `f32` of a sample as a line of the cache holds.
pub(crate) const COLUMNS: usize = 16;

/// The columns of one unit within a block.
pub(crate) type Row = [f64; COLUMNS];

/// S_c = Σ xₙ and n_c = Σ 1 over the samples won by c, with their weights; with missing values n_c of every feature.
///
/// Sixteen features of all units lie together, then the next sixteen, and the counts behind the features: a block is small enough
/// for a near cache, and no block needs another.
pub(crate) struct Sums {
    pub layout: Layout,
    /// Block b of unit c at b N + c.
    pub rows: Vec<Row>,
}

/// Where the columns lie.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    pub units: usize,
    /// Blocks of features; those of the counts follow.
    feature_blocks: usize,
    missing: bool,
}

impl Layout {
    /// Number of blocks.
    pub fn blocks(self) -> usize {
        self.feature_blocks + if self.missing { self.feature_blocks } else { 1 }
    }

    /// The mean of a feature, sum over count, from the rows of a unit; nothing where the count is no greater than `least`.
    pub fn mean<'a>(self, row: impl Fn(usize) -> &'a Row, feature: usize, least: f64) -> Option<f64> {
        let (block, column) = (feature / COLUMNS, feature % COLUMNS);
        let (counts, count) = if self.missing { (block, column) } else { (0, 0) };
        let denominator = row(self.feature_blocks + counts)[count];
        (denominator > least).then(|| row(block)[column] / denominator)
    }

    /// What fills one block from dense samples.
    pub fn add_up<'a, 'd, T: Real>(
        self,
        data: &'a Data<'d, T>,
        values: &'a [T],
        winners: &'a [Nearest<T>],
        block: usize,
        rows: &'a mut [Row],
    ) -> AddUp<'a, 'd, T> {
        let counts = block >= self.feature_blocks;
        let first = (block - if counts { self.feature_blocks } else { 0 }) * COLUMNS;
        AddUp { data, values, winners, counts, first, rows }
    }
}

impl Sums {
    pub fn zeros<T: Real>(units: usize, data: &Data<'_, T>) -> Self {
        let feature_blocks = data.features().div_ceil(COLUMNS);
        let layout = Layout { units, feature_blocks, missing: data.missing() };
        Self { layout, rows: vec![[0.0; COLUMNS]; layout.blocks() * units] }
    }

    /// Adds sparse samples, to all blocks.
    pub fn add_sparse<T: Real>(&mut self, data: &Data<'_, T>, winners: &[Nearest<T>]) {
        let Samples::Sparse(samples) = data.samples else { return };
        let Layout { units, feature_blocks, missing } = self.layout;
        let (sums, counts) = self.rows.split_at_mut(feature_blocks * units);
        let at = |feature: usize, unit: usize| (feature / COLUMNS * units + unit, feature % COLUMNS);
        for (sample, winner) in winners.iter().enumerate() {
            let (unit, weight) = (winner.first, data.weight(sample));
            let (indices, values) = samples.row(sample);
            if missing {
                for feature in 0..data.features() {
                    let (row, column) = at(feature, unit);
                    counts[row][column] += weight;
                }
            } else {
                counts[unit][0] += weight;
            }
            for (&feature, &value) in indices.iter().zip(values) {
                let (row, column) = at(feature, unit);
                if !missing || value.is_finite() {
                    sums[row][column] += weight * value.to_f64();
                } else {
                    counts[row][column] -= weight;
                }
            }
        }
    }
}

/// The sums of one block over all samples.
pub(crate) struct AddUp<'a, 'd, T: Real> {
    data: &'a Data<'d, T>,
    values: &'a [T],
    winners: &'a [Nearest<T>],
    counts: bool,
    /// The first feature.
    first: usize,
    rows: &'a mut [Row],
}

impl<T: Real> Kernel for AddUp<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { data, values, winners, counts, first, rows } = self;
        let (features, missing) = (data.features(), data.missing());
        let winners = winners.iter().enumerate();
        if counts && !missing {
            winners.for_each(|(sample, winner)| rows[winner.first][0] += data.weight(sample));
            return;
        }
        let end = features.min(first + COLUMNS);
        for ((sample, winner), x) in winners.zip(values.chunks_exact(features)) {
            let (x, row, weight) = (&x[first..end], &mut rows[winner.first], data.weight(sample));
            if missing {
                for (sum, &x) in row.iter_mut().zip(x) {
                    let (known, value) = if x.is_finite() { (1.0, x.to_f64()) } else { (0.0, 0.0) };
                    *sum += weight * if counts { known } else { value };
                }
            } else if let Ok(&x) = <&[T; COLUMNS]>::try_from(x) {
                // Copied, so that nothing can lie under anything else.
                let mut sums = *row;
                for column in 0..COLUMNS {
                    sums[column] += weight * x[column].to_f64();
                }
                *row = sums;
            } else {
                row.iter_mut().zip(x).for_each(|(sum, &x)| *sum += weight * x.to_f64());
            }
        }
    }
}
