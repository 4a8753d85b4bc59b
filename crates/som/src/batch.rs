//! Batch training: every unit becomes the weighted mean of all samples.
//!
//! wᵢ = Σₙ h_{c(n)i} xₙ / Σₙ h_{c(n)i}, with the winners c(n) under the codebook at the beginning of the epoch. Samples with
//! the same winner share their h, so they are added up first: S_c = Σ xₙ and n_c over the samples won by c, then
//! wᵢ = Σ_c h_ci S_c / Σ_c h_ci n_c. A Gaussian is a product over the axes of the lattice: its sum over c runs along the rows,
//! then along the columns, instead of over all pairs of units.
//!
//! Sums are in `f64` and in the order of the samples, so they depend neither on the element type's rounding nor on threads.

use crate::data::Samples;
use crate::distance::Nearest;
use crate::{Data, Neighborhood, Som};
use nn_core::simd::{Kernel, LANES, dispatch};
use nn_core::{Lattice, Real, Topology, math};

/// A unit whose denominator is smaller keeps its reference vector: its quotient would be made of subnormal numbers.
const SMALLEST_DENOMINATOR: f64 = 1e-290;

/// So many multiplications and additions of vector instructions are worth waking another core: some ten microseconds, by estimate.
#[cfg(feature = "parallel")]
const WORTH_WAKING: usize = 1 << 18;

/// Sets every reference vector to the weighted mean of the samples, given every sample's winner.
pub(crate) fn update<T: Real>(
    map: &mut Som<T>,
    data: &Data<'_, T>,
    winners: &[Nearest<T>],
    neighborhood: Neighborhood,
    radius: f64,
) {
    let sums = Sums::collect(map.units(), data, winners);
    let smoothed = match neighborhood.separable() {
        Some(k) if radius > 0.0 => sums.smooth_by_axes(map.lattice(), |distance| {
            let ratio = distance / radius;
            math::exp(-k * ratio * ratio)
        }),
        _ => sums.smooth(map.lattice(), neighborhood, radius),
    };
    let (features, missing) = (data.features(), data.missing());
    let (rows, columns) = (map.lattice().rows(), map.lattice().columns());
    // Divisions, of numbers that are far apart.
    each_vector(map.codebook_mut().as_mut_slice(), features, 16 * features, |unit, w| {
        let sums = &smoothed[(unit % columns * rows + unit / columns) * sums.width..][..sums.width];
        for (feature, w) in w.iter_mut().enumerate() {
            let denominator = sums[features + if missing { feature } else { 0 }];
            if denominator > SMALLEST_DENOMINATOR {
                *w = T::from_f64(sums[feature] / denominator);
            }
        }
    });
}

/// Of every unit S_c, then n_c (with missing values: n_c of every feature), filled up with zeros to whole vectors.
struct Sums {
    units: usize,
    width: usize,
    values: Vec<f64>,
}

impl Sums {
    fn collect<T: Real>(units: usize, data: &Data<'_, T>, winners: &[Nearest<T>]) -> Self {
        let features = data.features();
        let width = (features + if data.missing() { features } else { 1 }).next_multiple_of(LANES);
        // Counting sort: the samples of every unit, ascending.
        let mut ends = vec![0; units + 1];
        winners.iter().for_each(|winner| ends[winner.first + 1] += 1);
        for unit in 0..units {
            ends[unit + 1] += ends[unit];
        }
        let mut order = vec![0; winners.len()];
        let mut next = ends.clone();
        for (sample, winner) in winners.iter().enumerate() {
            order[next[winner.first]] = sample;
            next[winner.first] += 1;
        }
        let mut values = vec![0.0; units * width];
        // Samples come from anywhere in memory.
        let terms = 16 * features * winners.len().div_ceil(units);
        each_vector(&mut values, width, terms, |unit, sums| {
            dispatch(AddUp { data, samples: &order[ends[unit]..ends[unit + 1]], sums });
        });
        Self { units, width, values }
    }

    /// Σ_c h_ci S_c for every unit i, column by column; over all pairs.
    fn smooth(&self, lattice: &Lattice, neighborhood: Neighborhood, radius: f64) -> Vec<f64> {
        let occupied: Vec<usize> = (0..self.units).filter(|&unit| self.is_occupied(unit)).collect();
        let mut smoothed = vec![0.0; self.values.len()];
        let (rows, columns) = (lattice.rows(), lattice.columns());
        // A weight costs an exponential and more.
        each_vector(&mut smoothed, self.width, occupied.len() * (self.width + 64), |index, output| {
            let i = index % rows * columns + index / rows;
            let term = |&c: &usize| (c, neighborhood.weight(lattice.squared_distance(i, c), radius));
            let terms: Vec<(usize, f64)> = occupied.iter().map(term).filter(|&(_, h)| h != 0.0).collect();
            dispatch(Combine { terms: &terms, input: &self.values, output });
        });
        smoothed
    }

    fn is_occupied(&self, unit: usize) -> bool {
        self.values[unit * self.width..][..self.width].iter().any(|&value| value != 0.0)
    }

    /// The same for h = g(dx) g(dy): along the rows, then along the columns.
    ///
    /// On a hexagonal lattice dx depends on whether one of the two rows is shifted, so the sums along the rows are taken
    /// twice, as rows with even and with odd number see them.
    fn smooth_by_axes(&self, lattice: &Lattice, g: impl Fn(f64) -> f64) -> Vec<f64> {
        let (rows, columns, width) = (lattice.rows(), lattice.columns(), self.width);
        let hexagonal = lattice.topology() == Topology::Hexagonal && rows > 1;
        let parities = if hexagonal { 2 } else { 1 };
        // across[(p P + q) X + i]: what column i of a row of parity p takes from the columns of a row of parity q.
        let across: Vec<Vec<f64>> = (0..parities * parities * columns)
            .map(|index| {
                let (p, q, i) = (index / columns / parities, index / columns % parities, index % columns);
                (0..columns).map(|j| g(lattice.axis_distances(p * columns + i, q * columns + j).0)).collect()
            })
            .collect();
        let along: Vec<Vec<f64>> = (0..rows)
            .map(|r| (0..rows).map(|s| g(lattice.axis_distances(r * columns, s * columns).1)).collect())
            .collect();
        // The unit in row s, column i as seen from rows of parity p, at (p Y + s) X + i.
        let mut seen = vec![0.0; parities * self.values.len()];
        each_vector(&mut seen, width, columns * width, |index, output| {
            let (p, s, i) = (index / columns / rows, index / columns % rows, index % columns);
            let weights = &across[(p * parities + s % parities) * columns + i];
            let terms: Vec<(usize, f64)> = weights.iter().enumerate().map(|(j, &g)| (s * columns + j, g)).collect();
            dispatch(Combine { terms: &terms, input: &self.values, output });
        });
        // Column by column, so that the column's vectors stay in the cache.
        let mut smoothed = vec![0.0; self.values.len()];
        each_vector(&mut smoothed, width, rows * width, |index, output| {
            let (i, r) = (index / rows, index % rows);
            let start = r % parities * rows;
            let terms: Vec<(usize, f64)> =
                along[r].iter().enumerate().map(|(s, &g)| ((start + s) * columns + i, g)).collect();
            dispatch(Combine { terms: &terms, input: &seen, output });
        });
        smoothed
    }
}

/// Calls the function for every vector of the matrix, on all cores where that is worth waking them. `terms`: what one vector
/// costs, in multiplications and additions of vector instructions.
fn each_vector<T: Send>(values: &mut [T], width: usize, terms: usize, run: impl Fn(usize, &mut [T]) + Sync) {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        let vectors = values.par_chunks_exact_mut(width).enumerate();
        vectors.with_min_len(WORTH_WAKING / terms.max(1)).for_each(|(index, vector)| run(index, vector));
    }
    #[cfg(not(feature = "parallel"))]
    {
        let _ = terms;
        values.chunks_exact_mut(width).enumerate().for_each(|(index, vector)| run(index, vector));
    }
}

/// The sums of one unit over its samples.
struct AddUp<'a, 'd, T: Real> {
    data: &'a Data<'d, T>,
    samples: &'a [usize],
    sums: &'a mut [f64],
}

impl<T: Real> Kernel for AddUp<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { data, samples, sums } = self;
        let features = data.features();
        let (sums, counts) = sums.split_at_mut(features);
        for &sample in samples {
            let weight = data.weight(sample);
            match data.samples {
                Samples::Dense(values) => {
                    let x = &values[sample * features..][..features];
                    if data.missing() {
                        for ((sum, count), &x) in sums.iter_mut().zip(counts.iter_mut()).zip(x) {
                            let (known, value) = if x.is_finite() { (1.0, x.to_f64()) } else { (0.0, 0.0) };
                            *sum += weight * value;
                            *count += weight * known;
                        }
                        continue;
                    }
                    for (sum, &x) in sums.iter_mut().zip(x) {
                        *sum += weight * x.to_f64();
                    }
                    counts[0] += weight;
                }
                Samples::Sparse(rows) => {
                    let (indices, values) = rows.row(sample);
                    let known = |value: T| !data.missing() || value.is_finite();
                    for (&feature, &value) in indices.iter().zip(values) {
                        if known(value) {
                            sums[feature] += weight * value.to_f64();
                        }
                    }
                    if data.missing() {
                        counts[..features].iter_mut().for_each(|count| *count += weight);
                        for (&feature, &value) in indices.iter().zip(values) {
                            if !known(value) {
                                counts[feature] -= weight;
                            }
                        }
                    } else {
                        counts[0] += weight;
                    }
                }
            }
        }
    }
}

/// output = Σ weight · (vector of the input), in the order of the terms.
struct Combine<'a> {
    terms: &'a [(usize, f64)],
    input: &'a [f64],
    output: &'a mut [f64],
}

impl Kernel for Combine<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (input, _) = self.input.as_chunks::<LANES>();
        let (output, _) = self.output.as_chunks_mut::<LANES>();
        let stride = output.len();
        for (chunk, output) in output.iter_mut().enumerate() {
            let mut sums = [0.0; LANES];
            for &(vector, weight) in self.terms {
                let values = &input[vector * stride + chunk];
                for lane in 0..LANES {
                    sums[lane] += weight * values[lane];
                }
            }
            *output = sums;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::{Boundary, Stream};

    #[test]
    fn sums_along_the_axes_are_the_sums_over_all_pairs() {
        let mut stream = Stream::new(5).named("sums");
        for topology in [Topology::Rectangular, Topology::Hexagonal] {
            for boundary in [Boundary::Planar, Boundary::Cylinder, Boundary::Torus] {
                for (rows, columns) in [(4, 5), (6, 3), (2, 2), (8, 1)] {
                    let lattice = Lattice::new(rows, columns, topology, boundary).unwrap();
                    let (units, width) = (lattice.units(), 2 * LANES);
                    let mut values = vec![0.0; units * width];
                    stream.fill_normal(&mut values, 0.0, 1.0);
                    let sums = Sums { units, width, values };
                    for (shape, k) in [(Neighborhood::Gaussian, 1.0), (Neighborhood::KohonenGaussian, 0.5)] {
                        let by_axes = sums.smooth_by_axes(&lattice, |d| math::exp(-k * d * d / (1.3 * 1.3)));
                        let by_pairs = sums.smooth(&lattice, shape, 1.3);
                        let worst = by_axes.iter().zip(&by_pairs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                        assert!(worst < 1e-12, "{lattice:?}: {worst}");
                    }
                }
            }
        }
    }
}
