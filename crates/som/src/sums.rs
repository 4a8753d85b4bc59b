//! [`Sums`]: of every unit the sum of the samples that it won.

use crate::data::Samples;
use crate::distance::BestMatch;
use crate::{Data, Distance};
use nn_core::Real;
use nn_core::simd::Kernel;

/// Columns of a block: as many `f32` of a sample as a line of the cache holds.
pub(crate) const COLUMNS: usize = 16;

/// The columns of one unit within a block.
pub(crate) type Row = [f64; COLUMNS];

/// S_c = Σ xₙ and n_c = Σ 1 over the samples won by c, with their weights; with missing values n_c of every feature.
///
/// The columns are the features, then the count (with missing values, in blocks of their own, the counts). Sixteen columns of all
/// units lie together, then the next sixteen: a block stays in a near cache, up to some thousand units, and needs no other.
pub(crate) struct Sums {
    pub layout: Layout,
    /// Block b of unit c at b N + c.
    pub rows: Vec<Row>,
}

/// Where the columns lie.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    pub units: usize,
    features: usize,
    missing: bool,
}

impl Layout {
    /// Number of blocks.
    pub fn blocks(self) -> usize {
        match self.missing {
            true => 2 * self.features.div_ceil(COLUMNS),
            false => (self.features + 1).div_ceil(COLUMNS),
        }
    }

    /// Columns of a block that are in use.
    pub fn used(self, block: usize) -> usize {
        let columns = if self.missing { self.features } else { self.features + 1 };
        (columns - block % columns.div_ceil(COLUMNS) * COLUMNS).min(COLUMNS)
    }

    /// Block and column of a feature's count.
    fn count(self, feature: usize) -> (usize, usize) {
        match self.missing {
            true => (self.features.div_ceil(COLUMNS) + feature / COLUMNS, feature % COLUMNS),
            false => (self.features / COLUMNS, self.features % COLUMNS),
        }
    }

    /// The means of a unit, sums over counts, from its rows; what has a count no greater than `least` stays.
    pub fn set_means<'a, T: Real>(self, row: impl Fn(usize) -> &'a Row, least: f64, w: &mut [T]) {
        let mean = |w: &mut T, sum: f64, count: f64| {
            if count > least {
                *w = T::from_f64(sum / count);
            }
        };
        let (counts, column) = self.count(0);
        let count = row(counts)[column];
        for (block, w) in w.chunks_mut(COLUMNS).enumerate() {
            let sums = w.iter_mut().zip(row(block));
            match self.missing {
                true => sums.zip(row(counts + block)).for_each(|((w, &sum), &count)| mean(w, sum, count)),
                false => sums.for_each(|(w, &sum)| mean(w, sum, count)),
            }
        }
    }

    /// What fills one block from dense samples.
    pub fn add_up<'a, 'd, T: Real>(
        self,
        data: &'a Data<'d, T>,
        values: &'a [T],
        winners: &'a [BestMatch<T>],
        distance: Distance,
        block: usize,
        rows: &'a mut [Row],
    ) -> AddUp<'a, 'd, T> {
        let feature_blocks = self.features.div_ceil(COLUMNS);
        let counts = self.missing && block >= feature_blocks;
        let first = (block - if counts { feature_blocks } else { 0 }) * COLUMNS;
        // The block with the first count sums the distances.
        let distance = (block == self.count(0).0).then_some(distance);
        AddUp { data, values, winners, distance, counts, first, rows }
    }
}

impl Sums {
    /// Zero.
    pub fn new<T: Real>(units: usize, data: &Data<'_, T>) -> Self {
        let layout = Layout { units, features: data.features(), missing: data.missing() };
        Self { layout, rows: vec![[0.0; COLUMNS]; layout.blocks() * units] }
    }

    /// Adds up sparse samples, all blocks. Returns the weighted sum of the distances from their winners.
    pub fn add_sparse<T: Real>(&mut self, data: &Data<'_, T>, winners: &[BestMatch<T>], distance: Distance) -> f64 {
        let Samples::Sparse(samples) = data.samples else { return 0.0 };
        let mut total = 0.0;
        let (layout, rows) = (self.layout, &mut self.rows);
        rows.fill([0.0; COLUMNS]);
        for (sample, winner) in winners.iter().enumerate() {
            let weight = data.weight(sample);
            total += weight * distance.unsquared(winner.measure).to_f64();
            let at = |(block, column): (usize, usize)| (block * layout.units + winner.unit as usize, column);
            let counted = if layout.missing { layout.features } else { 1 };
            for (row, column) in (0..counted).map(|feature| at(layout.count(feature))) {
                rows[row][column] += weight;
            }
            let (indices, values) = samples.row(sample);
            for (&feature, &value) in indices.iter().zip(values) {
                if !layout.missing || value.is_finite() {
                    let (row, column) = at((feature / COLUMNS, feature % COLUMNS));
                    rows[row][column] += weight * value.to_f64();
                } else {
                    let (row, column) = at(layout.count(feature));
                    rows[row][column] -= weight;
                }
            }
        }
        total
    }
}

/// The sums of one block over all samples; gives the weighted sum of the distances from their winners if asked for it.
pub(crate) struct AddUp<'a, 'd, T: Real> {
    data: &'a Data<'d, T>,
    values: &'a [T],
    winners: &'a [BestMatch<T>],
    distance: Option<Distance>,
    /// These are the counts of features with missing values.
    counts: bool,
    /// The first column.
    first: usize,
    rows: &'a mut [Row],
}

impl<T: Real> Kernel for AddUp<'_, '_, T> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let Self { data, values, winners, distance, counts, first, rows } = self;
        let (features, missing) = (data.features(), data.missing());
        let mut total = 0.0;
        let columns = features.min(first)..features.min(first + COLUMNS);
        // Where the count stands, if it is in this block.
        let count = features.checked_sub(first).filter(|&column| column < COLUMNS && !missing);
        for ((sample, winner), x) in winners.iter().enumerate().zip(values.chunks_exact(features)) {
            let (x, row, weight) = (&x[columns.clone()], &mut rows[winner.unit as usize], data.weight(sample));
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
            if let Some(column) = count {
                row[column] += weight;
            }
            if let Some(distance) = distance {
                total += weight * distance.unsquared(winner.measure).to_f64();
            }
        }
        total
    }
}
