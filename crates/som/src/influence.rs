//! h_ci of every unit i in a step of online training, from tables of lattice distances.
//!
//! A weight depends on the difference of the two units' rows and columns alone. A Gaussian is a product over the two, so its
//! exponentials are as many as rows and columns, and none while the radius stays.

use crate::Neighborhood;
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Boundary, Lattice, Real, Topology, math};

/// Where and how strongly a step pulls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pull {
    pub neighborhood: Neighborhood,
    pub radius: f64,
    pub learning_rate: f64,
}

/// By the difference of two indices, from −(n − 1) to n − 1.
type ByDifference = Vec<f64>;

pub(crate) struct Influence<T> {
    rows: usize,
    columns: usize,
    hexagonal: bool,
    /// h_ci of every unit i; |h| below ε/4, ε the distance from 1 to the next number, is 0: the step would be lost in rounding.
    h: Vec<T>,
    /// Squared distances of rows, and of columns: of units in rows of the same parity, and where the unit's row, or the
    /// winner's, is the shifted one.
    squared_along: ByDifference,
    squared_across: [ByDifference; 3],
    /// The factors of a Gaussian at `radius`, laid out likewise.
    along: ByDifference,
    across: [ByDifference; 3],
    radius: Option<f64>,
    exponents: Vec<f64>,
}

impl<T: Real> Influence<T> {
    pub fn new(lattice: &Lattice) -> Self {
        let (rows, columns) = (lattice.rows(), lattice.columns());
        let squared = |difference: f64, size: f64, wraps: bool| {
            let distance = difference.abs();
            let distance = if wraps { distance.min((size - distance).abs()) } else { distance };
            distance * distance
        };
        let height = if rows > 1 { lattice.position(columns).1 } else { 1.0 };
        let along = |k: usize| {
            let difference = (k as f64 - (rows - 1) as f64) * height;
            squared(difference, rows as f64 * height, lattice.boundary() == Boundary::Torus)
        };
        let squared_along: ByDifference = (0..2 * rows - 1).map(along).collect();
        let squared_across = [0.0, 0.5, -0.5].map(|shift| {
            let column = |k: usize| {
                let difference = k as f64 - (columns - 1) as f64 + shift;
                squared(difference, columns as f64, lattice.boundary() != Boundary::Planar)
            };
            (0..2 * columns - 1).map(column).collect::<ByDifference>()
        });
        Self {
            rows,
            columns,
            hexagonal: lattice.topology() == Topology::Hexagonal && rows > 1,
            h: vec![T::ZERO; lattice.units()],
            along: squared_along.clone(),
            across: squared_across.clone(),
            squared_along,
            squared_across,
            radius: None,
            exponents: Vec::new(),
        }
    }

    /// h_ci for every unit i.
    pub fn of(&mut self, c: usize, pull: Pull) -> &[T] {
        let Pull { neighborhood, radius, learning_rate } = pull;
        let (row, column) = (c / self.columns, c % self.columns);
        let separable = neighborhood.separable().filter(|_| radius > 0.0);
        if let Some(k) = separable {
            self.renew(k, radius);
        }
        let (along, across) = match separable {
            Some(_) => (&self.along, &self.across),
            None => (&self.squared_along, &self.squared_across),
        };
        let along = &along[self.rows - 1 - row..];
        // The other rows are the shifted ones when the winner's is not.
        let [like, other] = [0, 1 + row % 2].map(|table| &across[table][self.columns - 1 - column..]);
        for (r, (h, &along)) in self.h.chunks_exact_mut(self.columns).zip(along).enumerate() {
            let across = if self.hexagonal && (r + row) % 2 == 1 { other } else { like };
            if separable.is_some() {
                dispatch(Outer { factor: learning_rate * along, across, h });
            } else {
                for (h, across) in h.iter_mut().zip(across) {
                    *h = T::from_f64(learning_rate * neighborhood.weight(along + across, radius));
                    *h = if h.abs() < smallest() { T::ZERO } else { *h };
                }
            }
        }
        &self.h
    }

    /// The tables at another radius; differences of either sign have the same factor, which is computed once.
    fn renew(&mut self, k: f64, radius: f64) {
        if self.radius == Some(radius) {
            return;
        }
        self.radius = Some(radius);
        let (rows, columns) = (self.rows, self.columns);
        // Twice, because the square of a small radius underflows.
        let exponent = |&squared: &f64| -k * squared / radius / radius;
        let shifted = if self.hexagonal { &self.squared_across[1][columns - 1..] } else { &[] };
        let halves = self.squared_along[rows - 1..].iter().chain(&self.squared_across[0][columns - 1..]).chain(shifted);
        self.exponents.clear();
        self.exponents.extend(halves.map(exponent));
        math::exp_in_place(&mut self.exponents);
        let (along, across) = self.exponents.split_at(rows);
        let (like, shifted) = across.split_at(columns);
        mirror(&mut self.along, along, 0);
        mirror(&mut self.across[0], like, 0);
        if self.hexagonal {
            // |−d + ½| = |(d − 1) + ½|, and the other way around.
            mirror(&mut self.across[1], shifted, 1);
            let [_, unit, winner] = &mut self.across;
            winner.iter_mut().rev().zip(unit).for_each(|(to, from)| *to = *from);
        }
    }
}

/// `half` holds the values of differences 0, 1, ...; that of −d is that of d − `shift`.
fn mirror(whole: &mut [f64], half: &[f64], shift: usize) {
    let (below, above) = whole.split_at_mut(half.len() - 1);
    above.copy_from_slice(half);
    below.iter_mut().rev().zip(&half[1 - shift..]).for_each(|(to, from)| *to = *from);
}

#[inline(always)]
fn smallest<T: Real>() -> T {
    T::from_f64(0.25) * T::EPSILON
}

/// One row of h.
struct Outer<'a, T> {
    factor: f64,
    across: &'a [f64],
    h: &'a mut [T],
}

impl<T: Real> Kernel for Outer<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let smallest = smallest();
        // No factor of a Gaussian is above 1: the whole row is 0.
        if T::from_f64(self.factor).abs() < smallest {
            self.h.fill(T::ZERO);
            return;
        }
        for (h, &across) in self.h.iter_mut().zip(self.across) {
            let value = T::from_f64(self.factor * across);
            *h = if value.abs() < smallest { T::ZERO } else { value };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_give_the_weights_of_lattice_distances() {
        for topology in [Topology::Rectangular, Topology::Hexagonal] {
            for boundary in [Boundary::Planar, Boundary::Cylinder, Boundary::Torus] {
                for (rows, columns) in [(4, 5), (6, 3), (2, 2), (1, 7), (8, 1)] {
                    let Ok(lattice) = Lattice::new(rows, columns, topology, boundary) else { continue };
                    let mut influence = Influence::<f64>::new(&lattice);
                    let shapes = [Neighborhood::Gaussian, Neighborhood::Bubble, Neighborhood::MexicanHat];
                    for (neighborhood, radius) in shapes.iter().flat_map(|shape| [(*shape, 1.7), (*shape, 0.4)]) {
                        for c in 0..lattice.units() {
                            let found = influence.of(c, Pull { neighborhood, radius, learning_rate: 0.3 });
                            for (i, h) in found.iter().enumerate() {
                                let expected = 0.3 * neighborhood.weight(lattice.squared_distance(i, c), radius);
                                assert!((h - expected).abs() < 1e-15, "{lattice:?} {neighborhood:?} {c} {i}");
                            }
                        }
                    }
                }
            }
        }
    }
}
