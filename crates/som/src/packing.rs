//! The codebook as the search reads it.

use crate::Som;
use crate::aligned::Aligned;
use crate::pieces::in_pieces;
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Real, simd};

/// Units of a group: with two vectors of samples each, 12 of AVX2's 16 registers hold sums.
pub(crate) const GROUP: usize = 6;

/// Up to so many features the units of a group are measured side by side, with more of them one after the other.
pub(crate) const SIDE_BY_SIDE: usize = 32;

/// Lanes of units side by side; those behind the last unit are infinitely far away.
pub(crate) const MEASURED: usize = 8;

/// Memory for [`Packed`].
pub(crate) struct Packing<T> {
    /// Features and units it is laid out for.
    shape: (usize, usize),
    mean: Vec<T>,
    weights: Aligned<T>,
    exact: Aligned<T>,
    half_norms: Vec<T>,
}

impl<T: Real> Default for Packing<T> {
    fn default() -> Self {
        let nothing = || Aligned::filled(T::ZERO, 0);
        Self { shape: (0, 0), mean: Vec::new(), weights: nothing(), exact: nothing(), half_norms: Vec::new() }
    }
}

impl<T: Real> Packing<T> {
    /// Lays out the reference vectors of the map.
    pub fn pack<'a>(&'a mut self, map: &'a Som<T>) -> Packed<'a, T> {
        let (features, units) = (map.features(), map.units());
        let groups = units.div_ceil(GROUP);
        let side_by_side = if features <= SIDE_BY_SIDE { MEASURED } else { 0 };
        if self.shape != (features, units) {
            self.shape = (features, units);
            self.weights = Aligned::filled(T::ZERO, groups * features * GROUP);
            self.exact = Aligned::filled(T::INFINITY, groups * features * side_by_side);
            self.half_norms = vec![-T::INFINITY; groups * GROUP];
        }
        let Self { mean, weights, exact, half_norms, .. } = self;
        let codebook = map.codebook().as_slice();
        let mut sums = vec![0.0_f64; features];
        for w in codebook.chunks_exact(features) {
            sums.iter_mut().zip(w).for_each(|(sum, w)| *sum += w.to_f64());
        }
        *mean = sums.iter().map(|sum| T::from_f64(sum / units as f64)).collect();
        let mut of_groups: Vec<PackGroup<'_, T>> = weights
            .as_mut_slice()
            .chunks_exact_mut(features * GROUP)
            .zip(half_norms.chunks_exact_mut(GROUP))
            .zip(codebook.chunks(features * GROUP))
            .map(|((weights, half_norms), w)| PackGroup { w, mean, weights, half_norms, exact: &mut [] })
            .collect();
        let exact_of_groups = exact.as_mut_slice().chunks_exact_mut((features * side_by_side).max(1));
        of_groups.iter_mut().zip(exact_of_groups).for_each(|(group, exact)| group.exact = exact);
        let scratch = || vec![T::ZERO; features];
        in_pieces(&mut of_groups, 1, 2 * features * GROUP, scratch, |centered, _, groups| {
            groups.iter_mut().for_each(|group| dispatch(Centered { group, centered }));
        });
        let least = half_norms[..units].iter().fold(T::ZERO, |least, &half| least.min(half));
        Packed { features, codebook, mean, weights, exact, half_norms, longest: (-least - least).sqrt() }
    }
}

/// The codebook for the search, in groups of six units, feature by feature.
pub(crate) struct Packed<'a, T> {
    pub features: usize,
    pub codebook: &'a [T],
    pub mean: &'a [T],
    /// Centered: group g, feature k, unit u at (g D + k) · 6 + u, zero behind the last unit.
    pub weights: &'a Aligned<T>,
    /// As they are: group g, feature k, unit u at (g D + k) · 8 + u, infinite behind the last unit of a group; empty where there
    /// are too many features.
    pub exact: &'a Aligned<T>,
    /// −½‖w‖², centered; −∞ behind the last unit, so that it never is the largest score.
    pub half_norms: &'a [T],
    pub longest: T,
}

/// Up to six units.
struct PackGroup<'a, T> {
    w: &'a [T],
    mean: &'a [T],
    weights: &'a mut [T],
    half_norms: &'a mut [T],
    exact: &'a mut [T],
}

/// Fills a group, with memory for one reference vector.
struct Centered<'a, 'b, T> {
    group: &'a mut PackGroup<'b, T>,
    centered: &'a mut [T],
}

impl<T: Real> Kernel for Centered<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { group: PackGroup { w, mean, weights, half_norms, exact }, centered } = self;
        let (weights, _) = weights.as_chunks_mut::<GROUP>();
        let (exact, _) = exact.as_chunks_mut::<MEASURED>();
        for ((unit, w), half_norm) in w.chunks_exact(mean.len()).enumerate().zip(half_norms.iter_mut()) {
            centered.iter_mut().zip(w).zip(*mean).for_each(|((to, &w), &mean)| *to = w - mean);
            weights.iter_mut().zip(&*centered).for_each(|(to, &w)| to[unit] = w);
            exact.iter_mut().zip(w).for_each(|(to, &w)| to[unit] = w);
            *half_norm = T::from_f64(-0.5) * simd::reduce(centered, centered, |x, y| x * y);
        }
    }
}
