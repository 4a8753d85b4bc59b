//! The winners of many samples: fast, and equal to [`Som::best_matching_unit`](crate::Som::best_matching_unit) to the last bit.
//!
//! ‖w − x‖² = ‖x‖² + 2 s with the score s = ½‖w‖² − w·x. Six units and a row of samples at a time, scores grow in registers;
//! of six scores only the smallest is kept. Scores are rounded in another way than the distances of the definition, so they
//! only exclude: every group of six whose score is within the rounding error of the best is measured again by the definition,
//! usually one group of hundreds. What wins, and its distance, therefore depend on no blocking, path or fused rounding.
//!
//! Both sides are centered on the codebook's mean first, which keeps the error small when data lie far from the origin.

use crate::data::Samples;
use crate::distance::{Nearest, measure};
use crate::{Data, Distance, Som, SparseSamples};
use nn_core::simd::{Kernel, Path, dispatch, path};
use nn_core::{Real, simd};

/// Units of a group: with two vectors of samples each, 12 of AVX2's 16 registers hold sums.
const GROUP: usize = 6;

/// Bytes of packed samples that stay in the second-level cache while all units pass by.
const CHUNK_BYTES: usize = 1 << 18;

/// Most samples of a chunk.
const CHUNK: usize = 256;

/// Below this many features and units, packing costs more than it saves.
const WORTH_PACKING: usize = 128;

/// The nearest unit of every sample; with `second`, the second-nearest too, which else is not looked for.
pub(crate) fn nearest<T: Real>(map: &Som<T>, data: &Data<'_, T>, second: bool) -> Vec<Nearest<T>> {
    let mut found = vec![Nearest::NONE; data.len()];
    let euclidean = map.distance() == Distance::Euclidean && !data.missing();
    match data.samples {
        Samples::Dense(x) if euclidean && map.codebook().len() >= WORTH_PACKING => {
            let packed = Packed::new(map);
            // Samples side by side: two vectors of the path that will run.
            match (path(), T::BYTES) {
                (Path::Avx512, 4) => packed.nearest::<32, true>(x, &mut found, second),
                (Path::Avx512, _) => packed.nearest::<16, true>(x, &mut found, second),
                (Path::Avx2, 4) => packed.nearest::<16, true>(x, &mut found, second),
                (Path::Avx2, _) => packed.nearest::<8, true>(x, &mut found, second),
                (Path::Portable, 4) => packed.nearest::<8, false>(x, &mut found, second),
                (Path::Portable, _) => packed.nearest::<4, false>(x, &mut found, second),
            }
        }
        Samples::Sparse(rows) if euclidean => sparse(map, rows, &mut found, second),
        _ => in_pieces(&mut found, 64, |first, found| {
            let mut buffer = Vec::new();
            for (offset, found) in found.iter_mut().enumerate() {
                *found = dispatch(map.scan(data.dense(first + offset, &mut buffer), data.missing()));
            }
        }),
    }
    found
}

/// Calls the function for pieces of `size` results, with the index of the first; on all cores.
fn in_pieces<N: Send>(found: &mut [N], size: usize, run: impl Fn(usize, &mut [N]) + Sync) {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        found.par_chunks_mut(size).enumerate().for_each(|(piece, found)| run(piece * size, found));
    }
    #[cfg(not(feature = "parallel"))]
    found.chunks_mut(size).enumerate().for_each(|(piece, found)| run(piece * size, found));
}

/// Largest difference between a computed score and the one that the definition implies, for vectors of length `x` and `w`.
///
/// A sum of D products with norms below x and w is wrong by less than D u x w with u = ε/2, half the squared norm by less
/// than D u w²/2; centering moves every vector by u times its length; the definition itself is wrong by D/16 + 8 roundings
/// of a square below (x + w)². Together less than u (0.57 D + 14) (x + w)²; the bound is twice that.
fn score_error<T: Real>(features: usize, x: T, w: T) -> T {
    let sum = x + w;
    T::from_f64(0.57 * features as f64 + 16.0) * T::EPSILON * (sum * sum)
}

/// The codebook for the search: centered, in groups of six units, feature by feature.
struct Packed<'a, T> {
    features: usize,
    codebook: &'a [T],
    mean: Vec<T>,
    /// Group g, feature k, unit u at (g D + k) · 6 + u, zero behind the last unit.
    weights: Vec<T>,
    /// ½‖w‖², infinite behind the last unit, so that it never is the smallest score.
    half_norms: Vec<T>,
    longest: T,
}

impl<'a, T: Real> Packed<'a, T> {
    fn new(map: &'a Som<T>) -> Self {
        let (features, units) = (map.features(), map.units());
        let codebook = map.codebook().as_slice();
        let mut sums = vec![0.0_f64; features];
        for w in codebook.chunks_exact(features) {
            sums.iter_mut().zip(w).for_each(|(sum, w)| *sum += w.to_f64());
        }
        let mean: Vec<T> = sums.iter().map(|sum| T::from_f64(sum / units as f64)).collect();
        let groups = units.div_ceil(GROUP);
        let mut weights = vec![T::ZERO; groups * features * GROUP];
        let mut half_norms = vec![T::INFINITY; groups * GROUP];
        let mut longest = T::ZERO;
        let mut centered = vec![T::ZERO; features];
        for (unit, w) in codebook.chunks_exact(features).enumerate() {
            for ((centered, &w), &mean) in centered.iter_mut().zip(w).zip(&mean) {
                *centered = w - mean;
            }
            let start = unit / GROUP * features * GROUP + unit % GROUP;
            for (to, &from) in weights[start..].iter_mut().step_by(GROUP).zip(&centered) {
                *to = from;
            }
            let squared = simd::dot(&centered, &centered);
            half_norms[unit] = T::from_f64(0.5) * squared;
            longest = longest.max(squared);
        }
        Self { features, codebook, mean, weights, half_norms, longest: longest.sqrt() }
    }

    fn nearest<const L: usize, const FUSED: bool>(&self, x: &[T], found: &mut [Nearest<T>], second: bool) {
        let rows = CHUNK_BYTES / (L * self.features * T::BYTES);
        let chunk = L * rows.clamp(1, CHUNK / L);
        in_pieces(found, chunk, |first, found| {
            let x = &x[first * self.features..][..found.len() * self.features];
            dispatch(SearchChunk::<T, L, FUSED> { packed: self, x, found, second });
        });
    }
}

/// The search for some samples, L of them side by side.
struct SearchChunk<'a, T, const L: usize, const FUSED: bool> {
    packed: &'a Packed<'a, T>,
    x: &'a [T],
    found: &'a mut [Nearest<T>],
    second: bool,
}

impl<T: Real, const L: usize, const FUSED: bool> Kernel for SearchChunk<'_, T, L, FUSED> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { packed, x, found, second } = self;
        let (d, n) = (packed.features, found.len());
        let rows = n.div_ceil(L);
        // Row r holds samples r L .. (r + 1) L, feature by feature; the last row is filled up with copies of the mean.
        let mut samples = vec![[T::ZERO; L]; rows * d];
        let mut squared = vec![[T::ZERO; L]; rows];
        for (row, (samples, squared)) in samples.chunks_exact_mut(d).zip(&mut squared).enumerate() {
            let present = L.min(n - row * L);
            pack(&x[row * L * d..][..present * d], &packed.mean, samples, squared);
        }
        let (groups_of_weights, _) = packed.weights.as_chunks::<GROUP>();
        let (half_norms, _) = packed.half_norms.as_chunks::<GROUP>();
        let mut smallest = vec![[T::ZERO; L]; half_norms.len() * rows];
        for ((weights, half_norms), smallest) in
            groups_of_weights.chunks_exact(d).zip(half_norms).zip(smallest.chunks_exact_mut(rows))
        {
            for (samples, smallest) in samples.chunks_exact(d).zip(smallest) {
                *smallest = smallest_score::<T, L, FUSED>(weights, samples, half_norms);
            }
        }
        for (row, squared) in squared.iter().enumerate() {
            let mut best = [T::INFINITY; L];
            let mut next = [T::INFINITY; L];
            for smallest in smallest[row..].iter().step_by(rows) {
                for lane in 0..L {
                    let score = smallest[lane];
                    let larger = if score < best[lane] { best[lane] } else { score };
                    best[lane] = if score < best[lane] { score } else { best[lane] };
                    next[lane] = if larger < next[lane] { larger } else { next[lane] };
                }
            }
            // The best two units have scores up to that of the second-best group: the other group has a unit as well.
            let mut limit = if second { next } else { best };
            for lane in 0..L {
                let error = score_error(d, squared[lane].sqrt(), packed.longest);
                limit[lane] += error + error;
            }
            let found = &mut found[row * L..n.min((row + 1) * L)];
            for (group, smallest) in smallest[row..].iter().step_by(rows).enumerate() {
                let mut any = false;
                for lane in 0..L {
                    any |= smallest[lane] <= limit[lane];
                }
                if any {
                    for (lane, found) in found.iter_mut().enumerate() {
                        if smallest[lane] <= limit[lane] {
                            let x = &x[(row * L + lane) * d..][..d];
                            measure_group(packed.codebook, group, x, found);
                        }
                    }
                }
            }
        }
    }
}

/// Centers up to L samples and lays them side by side; adds up the squares.
#[inline(always)]
fn pack<T: Real, const L: usize>(x: &[T], mean: &[T], to: &mut [[T; L]], squared: &mut [T; L]) {
    let d = mean.len();
    if x.len() == L * d {
        // All lanes read together: L streams that advance one feature at a time.
        for (k, (to, &mean)) in to.iter_mut().zip(mean).enumerate() {
            for lane in 0..L {
                to[lane] = x[lane * d + k] - mean;
            }
            for lane in 0..L {
                squared[lane] += to[lane] * to[lane];
            }
        }
        return;
    }
    for (lane, x) in x.chunks_exact(d).enumerate() {
        for ((to, &x), &mean) in to.iter_mut().zip(x).zip(mean) {
            to[lane] = x - mean;
            squared[lane] += to[lane] * to[lane];
        }
    }
}

/// minᵤ (½‖wᵤ‖² − wᵤ·x) over the six units of a group, for L samples.
#[inline(always)]
fn smallest_score<T: Real, const L: usize, const FUSED: bool>(
    weights: &[[T; GROUP]],
    samples: &[[T; L]],
    half_norms: &[T; GROUP],
) -> [T; L] {
    // One array a unit: an array of arrays would not stay in registers.
    let mut s_0 = [T::ZERO; L];
    let mut s_1 = [T::ZERO; L];
    let mut s_2 = [T::ZERO; L];
    let mut s_3 = [T::ZERO; L];
    let mut s_4 = [T::ZERO; L];
    let mut s_5 = [T::ZERO; L];
    for (w, x) in weights.iter().zip(samples) {
        accumulate::<T, L, FUSED>(&mut s_0, w[0], x);
        accumulate::<T, L, FUSED>(&mut s_1, w[1], x);
        accumulate::<T, L, FUSED>(&mut s_2, w[2], x);
        accumulate::<T, L, FUSED>(&mut s_3, w[3], x);
        accumulate::<T, L, FUSED>(&mut s_4, w[4], x);
        accumulate::<T, L, FUSED>(&mut s_5, w[5], x);
    }
    let mut smallest = [T::INFINITY; L];
    keep_smaller(&mut smallest, half_norms[0], &s_0);
    keep_smaller(&mut smallest, half_norms[1], &s_1);
    keep_smaller(&mut smallest, half_norms[2], &s_2);
    keep_smaller(&mut smallest, half_norms[3], &s_3);
    keep_smaller(&mut smallest, half_norms[4], &s_4);
    keep_smaller(&mut smallest, half_norms[5], &s_5);
    smallest
}

#[inline(always)]
fn accumulate<T: Real, const L: usize, const FUSED: bool>(sums: &mut [T; L], w: T, x: &[T; L]) {
    for lane in 0..L {
        sums[lane] = if FUSED { w.mul_add(x[lane], sums[lane]) } else { sums[lane] + w * x[lane] };
    }
}

#[inline(always)]
fn keep_smaller<T: Real, const L: usize>(smallest: &mut [T; L], half_norm: T, sums: &[T; L]) {
    for lane in 0..L {
        let score = half_norm - sums[lane];
        smallest[lane] = if score < smallest[lane] { score } else { smallest[lane] };
    }
}

/// The definition for the units of one group.
#[inline(always)]
fn measure_group<T: Real>(codebook: &[T], group: usize, x: &[T], found: &mut Nearest<T>) {
    let start = group * GROUP;
    let end = codebook.len().min((start + GROUP) * x.len());
    for (offset, w) in codebook[start * x.len()..end].chunks_exact(x.len()).enumerate() {
        found.offer(start + offset, measure(Distance::Euclidean, w, x, false));
    }
}

/// Scores of all units from the features that are not zero; candidates are measured as dense vectors.
fn sparse<T: Real>(map: &Som<T>, rows: &SparseSamples<T>, found: &mut [Nearest<T>], second: bool) {
    let (d, units) = (map.features(), map.units());
    // One feature's values of all units side by side.
    let by_feature = map.codebook().transpose();
    let by_feature = by_feature.as_slice();
    let half: Vec<T> =
        (0..units).map(|unit| T::from_f64(0.5) * simd::dot(map.reference(unit), map.reference(unit))).collect();
    let longest = half.iter().fold(T::ZERO, |longest, &half| longest.max(half + half)).sqrt();
    in_pieces(found, 64, |first, found| {
        let (mut scores, mut x) = (half.clone(), vec![T::ZERO; d]);
        for (offset, found) in found.iter_mut().enumerate() {
            let (indices, values) = rows.row(first + offset);
            scores.copy_from_slice(&half);
            let mut squared = T::ZERO;
            for (&feature, &value) in indices.iter().zip(values) {
                simd::axpy(-value, &by_feature[feature * units..][..units], &mut scores);
                x[feature] = value;
                squared += value * value;
            }
            let (mut best, mut next) = (T::INFINITY, T::INFINITY);
            for &score in &scores {
                next = next.min(score.max(best));
                best = best.min(score);
            }
            let error = score_error(d, squared.sqrt(), longest);
            let limit = if second { next } else { best } + error + error;
            for (unit, &score) in scores.iter().enumerate() {
                if score <= limit {
                    found.offer(unit, simd::squared_distance(map.reference(unit), &x));
                }
            }
            indices.iter().for_each(|&feature| x[feature] = T::ZERO);
        }
    });
}
