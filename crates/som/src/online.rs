//! Online training: Kohonen's rule, sample by sample, without an allocation a step.
//!
//! Moving the codebook costs more time than computing with it, so one pass over the units does the step towards one sample and
//! the search for the next. The arithmetic is that of [`Som::adapt`], sample after sample; a Gaussian is a product over the axes
//! of the lattice.

use crate::distance::{Nearest, measure};
use crate::{Data, Distance, Neighborhood, Som};
use nn_core::simd::{Kernel, dispatch, reduce};
use nn_core::{Boundary, Lattice, Real, Topology, math};

/// Numbers that are moved, then measured, while they are in the first-level cache.
const BLOCK: usize = 4096;

/// Where and how strongly a step pulls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pull {
    pub neighborhood: Neighborhood,
    pub radius: f64,
    pub learning_rate: f64,
}

/// The memory of a step.
pub(crate) struct Step<T> {
    lattice: Lattice,
    /// h_ci of every unit i.
    h: Vec<T>,
    /// Squared distances of rows by their difference, from −(Y − 1) to Y − 1.
    along: Vec<f64>,
    /// Squared distances of columns by their difference, from −(X − 1) to X − 1: of units in rows of the same parity, and where
    /// the first, or the second, is in a shifted row.
    across: [Vec<f64>; 3],
    /// Exponents, then weights: of the rows, of the columns as seen from rows like the winner's, and from the others.
    weights: Vec<f64>,
}

impl<T: Real> Step<T> {
    pub fn new(lattice: &Lattice) -> Self {
        let (rows, columns) = (lattice.rows(), lattice.columns());
        let squared = |difference: f64, size: f64, wraps: bool| {
            let distance = difference.abs();
            let distance = if wraps { distance.min((size - distance).abs()) } else { distance };
            distance * distance
        };
        let height = if rows > 1 { lattice.position(columns).1 } else { 1.0 };
        let along = (0..2 * rows - 1).map(|k| {
            let difference = (k as f64 - (rows - 1) as f64) * height;
            squared(difference, rows as f64 * height, lattice.boundary() == Boundary::Torus)
        });
        let across = [0.0, 0.5, -0.5].map(|shift| {
            let column = |k: usize| {
                let difference = k as f64 - (columns - 1) as f64 + shift;
                squared(difference, columns as f64, lattice.boundary() != Boundary::Planar)
            };
            (0..2 * columns - 1).map(column).collect()
        });
        Self {
            lattice: *lattice,
            h: vec![T::ZERO; lattice.units()],
            along: along.collect(),
            across,
            weights: vec![0.0; rows + 2 * columns],
        }
    }

    /// h_ci for every unit i.
    fn influence(&mut self, c: usize, pull: Pull) {
        let Pull { neighborhood, radius, learning_rate } = pull;
        let Some(k) = neighborhood.separable().filter(|_| radius > 0.0) else {
            for (i, h) in self.h.iter_mut().enumerate() {
                let weight = neighborhood.weight(self.lattice.squared_distance(i, c), radius);
                *h = T::from_f64(learning_rate * weight);
            }
            return;
        };
        let (rows, columns) = (self.lattice.rows(), self.lattice.columns());
        let (row, column) = (c / columns, c % columns);
        let hexagonal = self.lattice.topology() == Topology::Hexagonal && rows > 1;
        // Twice, because the square of a small radius underflows.
        let exponents = |to: &mut [f64], from: &[f64]| {
            for (to, &squared) in to.iter_mut().zip(from) {
                *to = -k * squared / radius / radius;
            }
        };
        let used = if hexagonal { rows + 2 * columns } else { rows + columns };
        let (along, across) = self.weights.split_at_mut(rows);
        let (like, other) = across.split_at_mut(columns);
        exponents(along, &self.along[rows - 1 - row..]);
        exponents(like, &self.across[0][columns - 1 - column..]);
        if hexagonal {
            // The other rows are the shifted ones when the winner's is not.
            exponents(other, &self.across[1 + row % 2][columns - 1 - column..]);
        }
        math::exp_in_place(&mut self.weights[..used]);
        let (along, across) = self.weights.split_at(rows);
        let (like, other) = across.split_at(columns);
        for ((r, h), &g) in self.h.chunks_exact_mut(columns).enumerate().zip(along) {
            let g = learning_rate * g;
            let across = if hexagonal && (r + row) % 2 == 1 { other } else { like };
            for (h, &across) in h.iter_mut().zip(across) {
                *h = T::from_f64(g * across);
            }
        }
    }
}

/// wᵢ ← wᵢ + hᵢ (x − wᵢ), then the winner of the next sample. Units with |hᵢ| below ε/4, ε the distance from 1 to the next number
/// of the element type, stay as they are: the step would be lost in rounding.
struct MoveAndSearch<'a, T> {
    codebook: &'a mut [T],
    x: &'a [T],
    h: &'a [T],
    next: &'a [T],
    distance: Distance,
    missing: bool,
}

impl<T: Real> Kernel for MoveAndSearch<'_, T> {
    type Output = Nearest<T>;

    #[inline(always)]
    fn run(self) -> Nearest<T> {
        let Self { codebook, x, h, next, distance, missing } = self;
        let smallest = T::from_f64(0.25) * T::EPSILON;
        let mut nearest = Nearest::NONE;
        for (unit, (w, &h)) in codebook.chunks_exact_mut(x.len().max(1)).zip(h).enumerate() {
            if h.abs() >= smallest && missing {
                for (w, &x) in w.iter_mut().zip(x) {
                    *w += if x.is_finite() { h * (x - *w) } else { T::ZERO };
                }
            } else if h.abs() >= smallest {
                approach(w, h, x);
            }
            nearest.offer(unit, measure(distance, w, next, missing));
        }
        nearest
    }
}

/// The same for the usual case: a kernel of its own has registers enough.
struct MoveAndSearchEuclidean<'a, T> {
    codebook: &'a mut [T],
    x: &'a [T],
    h: &'a [T],
    next: &'a [T],
}

impl<T: Real> Kernel for MoveAndSearchEuclidean<'_, T> {
    type Output = Nearest<T>;

    #[inline(always)]
    fn run(self) -> Nearest<T> {
        let Self { codebook, x, h, next } = self;
        let smallest = T::from_f64(0.25) * T::EPSILON;
        let mut nearest = Nearest::NONE;
        let features = x.len().max(1);
        let mut unit = 0;
        // Many units at a time: a vector that is read while its pieces are still being written waits for them.
        let units = (BLOCK / features).max(1);
        for (block, h) in codebook.chunks_mut(units * features).zip(h.chunks(units)) {
            for (w, &h) in block.chunks_exact_mut(features).zip(h) {
                if h.abs() >= smallest {
                    approach(w, h, x);
                }
            }
            for w in block.chunks_exact(features) {
                let measure = reduce(w, next, |w, x| (w - x) * (w - x));
                if measure < nearest.measure {
                    nearest = Nearest { first: unit, measure, ..nearest };
                }
                unit += 1;
            }
        }
        nearest
    }
}

/// w ← w + h (x − w)
#[inline(always)]
fn approach<T: Real>(w: &mut [T], h: T, x: &[T]) {
    // Not over lanes: read, changed and written in place, they became half as wide as this loop's vectors.
    for (w, &x) in w.iter_mut().zip(x) {
        *w += h * (x - *w);
    }
}

/// One epoch over the samples in this order; the weighted sum of the winners' distances. `pull` gives every step its rate and
/// radius. Samples are dense and at least one.
pub(crate) fn epoch<T: Real, E>(
    map: &mut Som<T>,
    data: &Data<'_, T>,
    order: &[usize],
    step: &mut Step<T>,
    pull: impl Fn(usize) -> Result<Pull, E>,
) -> Result<f64, E> {
    let (largest, distance, missing) = (data.largest_weight(), map.distance(), data.missing());
    let (mut buffer, mut next_buffer) = (Vec::new(), Vec::new());
    let mut nearest = dispatch(map.scan(data.dense(order[0], &mut buffer), missing));
    let mut total = 0.0;
    for (position, &sample) in order.iter().enumerate() {
        let weight = data.weight(sample);
        total += weight * distance.unsquared(nearest.measure).to_f64();
        let Pull { neighborhood, radius, learning_rate } = pull(position)?;
        let learning_rate = learning_rate * (weight / largest);
        step.influence(nearest.first, Pull { neighborhood, radius, learning_rate });
        let x = data.dense(sample, &mut buffer);
        // After the last sample the search finds something that nobody asks for.
        let next = data.dense(order.get(position + 1).copied().unwrap_or(sample), &mut next_buffer);
        let codebook = map.codebook_mut().as_mut_slice();
        let h = &step.h;
        nearest = if distance == Distance::Euclidean && !missing {
            dispatch(MoveAndSearchEuclidean { codebook, x, h, next })
        } else {
            dispatch(MoveAndSearch { codebook, x, h, next, distance, missing })
        };
    }
    Ok(total)
}
