//! The winners of many samples: fast, and equal to [`Som::best_matching_unit`](crate::Som::best_matching_unit) to the last bit.
//!
//! ‖w − x‖² = ‖x‖² − 2 s with the score s = w·x − ½‖w‖². Six units and a row of samples at a time, scores grow in registers;
//! of six scores only the largest is kept. Scores are rounded in another way than the distances of the definition, so they
//! only exclude: every group of six whose score is within the rounding error of the best is measured again by the definition,
//! usually one group of hundreds. What wins, and its distance, therefore depend on no blocking, path or fused rounding.
//!
//! Both sides are centered on the codebook's mean first, which keeps the error small when data lie far from the origin.

use crate::aligned::Aligned;
use crate::data::Samples;
use crate::distance::{Nearest, measure, squared_distances};
use crate::packing::{GROUP, MEASURED, Packed, Packing, SIDE_BY_SIDE};
use crate::pieces::in_pieces;
use crate::{Data, Distance, Som, SparseSamples};
use nn_core::simd::{Kernel, Path, dispatch, path};
use nn_core::{Real, simd};

/// Bytes of packed samples and of scores that stay in the second-level cache while all units pass by.
const CHUNK_BYTES: usize = 1 << 18;

/// Most samples of a chunk.
const CHUNK: usize = 256;

/// Samples of a piece where they are measured one by one.
const ROWS: usize = 64;

/// Below this many features and units, packing costs more than it saves.
const WORTH_PACKING: usize = 128;

/// The nearest unit of every sample; with `second`, the second-nearest too, which else is not looked for.
pub(crate) fn nearest<T: Real>(map: &Som<T>, data: &Data<'_, T>, second: bool) -> Vec<Nearest<T>> {
    let mut found = vec![Nearest::NONE; data.len()];
    search(map, data, &mut Packing::default(), &mut found, second);
    found
}

/// [`nearest`] into memory that may hold what another search has left there.
pub(crate) fn search<T: Real, F: From<Nearest<T>> + Send>(
    map: &Som<T>,
    data: &Data<'_, T>,
    packing: &mut Packing<T>,
    found: &mut [F],
    second: bool,
) {
    let euclidean = map.distance() == Distance::Euclidean && !data.missing();
    match data.samples {
        Samples::Dense(x) if euclidean && map.codebook().len() >= WORTH_PACKING => {
            let packed = packing.pack(map);
            // Samples side by side: two vectors of the path that will run.
            match (path(), T::BYTES) {
                (Path::Avx512, 4) => packed.nearest::<32, true, F>(x, found, second),
                (Path::Avx512, _) => packed.nearest::<16, true, F>(x, found, second),
                (Path::Avx2, 4) => packed.nearest::<16, true, F>(x, found, second),
                (Path::Avx2, _) => packed.nearest::<8, true, F>(x, found, second),
                (Path::Portable, 4) => packed.nearest::<8, false, F>(x, found, second),
                (Path::Portable, _) => packed.nearest::<4, false, F>(x, found, second),
            }
        }
        Samples::Sparse(rows) if euclidean => sparse(map, rows, found, second),
        _ => in_pieces(found, ROWS, ROWS * map.codebook().len(), Vec::new, |buffer, piece, found| {
            for (offset, found) in found.iter_mut().enumerate() {
                *found = F::from(dispatch(map.scan(data.dense(piece * ROWS + offset, buffer), data.missing())));
            }
        }),
    }
}

/// Largest difference between a computed score and the one that the definition implies, for vectors of length `x` and `w`.
///
/// A sum of D products with norms below x and w, begun with half the squared norm, is wrong by less than D u (x w + w²/2) with
/// u = ε/2, half the squared norm by less than (D/32 + 4) u w²; centering moves every vector by u times its length; the
/// definition itself is wrong by D/16 + 8 roundings of a square below (x + w)². Together less than u (0.6 D + 14) (x + w)²; the
/// bound is twice that.
fn score_error<T: Real>(features: usize, x: T, w: T) -> T {
    let sum = x + w;
    T::from_f64(0.6 * features as f64 + 16.0) * T::EPSILON * (sum * sum)
}

impl<T: Real> Packed<'_, T> {
    fn nearest<const L: usize, const FUSED: bool, F: From<Nearest<T>> + Send>(
        &self,
        x: &[T],
        found: &mut [F],
        second: bool,
    ) {
        let (d, groups) = (self.features, self.half_norms.len() / GROUP);
        let rows = (CHUNK_BYTES / (L * (d + groups) * T::BYTES)).clamp(1, CHUNK / L);
        let scratch = || {
            (
                Aligned::filled(T::ZERO, rows * L * d),
                Aligned::filled(T::ZERO, rows * L * groups),
                vec![Nearest::NONE; rows * L],
            )
        };
        let (size, cost) = (rows * L, rows * L * d * groups);
        in_pieces(found, size, cost, scratch, |(samples, scores, nearest), piece, found| {
            let x = &x[piece * size * d..][..found.len() * d];
            let (samples, scores) = (samples.as_mut_slice(), scores.as_mut_slice());
            let nearest = &mut nearest[..found.len()];
            nearest.fill(Nearest::NONE);
            dispatch(SearchChunk::<T, L, FUSED> { packed: self, x, samples, scores, found: nearest, second });
            found.iter_mut().zip(nearest).for_each(|(found, nearest)| *found = F::from(*nearest));
        });
    }
}

/// The search for some samples, L of them side by side.
struct SearchChunk<'a, T, const L: usize, const FUSED: bool> {
    packed: &'a Packed<'a, T>,
    x: &'a [T],
    /// Memory for the samples, row r of them at r D, and for the scores, of group g and row r at g R + r, R the number of rows.
    samples: &'a mut [T],
    scores: &'a mut [T],
    found: &'a mut [Nearest<T>],
    second: bool,
}

impl<T: Real, const L: usize, const FUSED: bool> Kernel for SearchChunk<'_, T, L, FUSED> {
    type Output = ();
    const AVX2: bool = FUSED && L * T::BYTES == 64;
    const AVX512: bool = FUSED && L * T::BYTES == 128;

    #[inline(always)]
    fn run(self) {
        let Self { packed, x, samples, scores, found, second } = self;
        let (d, n) = (packed.features, found.len());
        let rows = n.div_ceil(L);
        let (samples, _) = samples.as_chunks_mut::<L>();
        let (scores, _) = scores.as_chunks_mut::<L>();
        // Row r holds samples r L .. (r + 1) L, feature by feature.
        for (samples, x) in samples.chunks_exact_mut(d).zip(x.chunks(L * d)) {
            pack(x, packed.mean, samples);
        }
        let samples = &samples[..rows * d];
        let (weights, _) = packed.weights.as_slice().as_chunks::<GROUP>();
        let (half_norms, _) = packed.half_norms.as_chunks::<GROUP>();
        let scores = &mut scores[..half_norms.len() * rows];
        for ((weights, half_norms), scores) in
            weights.chunks_exact(d).zip(half_norms).zip(scores.chunks_exact_mut(rows))
        {
            for (samples, score) in samples.chunks_exact(d).zip(scores) {
                *score = largest_score::<T, L, FUSED>(weights, samples, half_norms);
            }
        }
        for (row, (samples, x)) in samples.chunks_exact(d).zip(x.chunks(L * d)).enumerate() {
            let scores = scores[row..].iter().step_by(rows);
            let found = &mut found[row * L..n.min((row + 1) * L)];
            // The largest score, its group as a number of the same width, and the largest score of the other groups.
            let (mut best, mut place, mut next) = ([-T::INFINITY; L], [T::ZERO; L], [-T::INFINITY; L]);
            let mut group = T::ZERO;
            for score in scores.clone() {
                for lane in 0..L {
                    // Loaded first: of two loads the compiler would choose the address.
                    let (score, old, other, kept) = (score[lane], best[lane], next[lane], place[lane]);
                    let smaller = if score < old { score } else { old };
                    next[lane] = if smaller > other { smaller } else { other };
                    place[lane] = if score > old { group } else { kept };
                    best[lane] = if score > old { score } else { old };
                }
                group += T::ONE;
            }
            // The best two units have scores down to that of the second-best group: the other group has a unit as well.
            let mut limit = if second { next } else { best };
            let error = errors(samples, packed.longest);
            let mut clear = !second;
            for lane in 0..L {
                limit[lane] -= error[lane] + error[lane];
                clear &= next[lane] < limit[lane];
            }
            if clear {
                for ((found, x), group) in found.iter_mut().zip(x.chunks_exact(d)).zip(place) {
                    measure_group(packed, group.to_f64() as usize, x, found, false);
                }
                continue;
            }
            for (group, score) in scores.enumerate() {
                let mut any = false;
                for lane in 0..L {
                    any |= score[lane] >= limit[lane];
                }
                if any {
                    for ((lane, found), x) in found.iter_mut().enumerate().zip(x.chunks_exact(d)) {
                        if score[lane] >= limit[lane] {
                            measure_group(packed, group, x, found, second);
                        }
                    }
                }
            }
        }
    }
}

/// Centers up to L samples and lays them side by side, with copies of the mean behind the last.
#[inline(always)]
fn pack<T: Real, const L: usize>(x: &[T], mean: &[T], to: &mut [[T; L]]) {
    let d = mean.len();
    if x.len() == L * d {
        // All lanes read together: L streams that advance one feature at a time.
        for (k, (to, &mean)) in to.iter_mut().zip(mean).enumerate() {
            for lane in 0..L {
                to[lane] = x[lane * d + k] - mean;
            }
        }
        return;
    }
    to.fill([T::ZERO; L]);
    for (lane, x) in x.chunks_exact(d).enumerate() {
        for ((to, &x), &mean) in to.iter_mut().zip(x).zip(mean) {
            to[lane] = x - mean;
        }
    }
}

/// [`score_error`] of the packed samples.
#[inline(always)]
fn errors<T: Real, const L: usize>(samples: &[[T; L]], longest: T) -> [T; L] {
    let mut squared = [T::ZERO; L];
    for x in samples {
        for lane in 0..L {
            squared[lane] += x[lane] * x[lane];
        }
    }
    for squared in &mut squared {
        *squared = score_error(samples.len(), squared.sqrt(), longest);
    }
    squared
}

/// maxᵤ (wᵤ·x − ½‖wᵤ‖²) over the six units of a group, for L samples.
#[inline(always)]
fn largest_score<T: Real, const L: usize, const FUSED: bool>(
    weights: &[[T; GROUP]],
    samples: &[[T; L]],
    half_norms: &[T; GROUP],
) -> [T; L] {
    // One array a unit: an array of arrays would not stay in registers.
    let mut s_0 = [half_norms[0]; L];
    let mut s_1 = [half_norms[1]; L];
    let mut s_2 = [half_norms[2]; L];
    let mut s_3 = [half_norms[3]; L];
    let mut s_4 = [half_norms[4]; L];
    let mut s_5 = [half_norms[5]; L];
    for (w, x) in weights.iter().zip(samples) {
        accumulate::<T, L, FUSED>(&mut s_0, w[0], x);
        accumulate::<T, L, FUSED>(&mut s_1, w[1], x);
        accumulate::<T, L, FUSED>(&mut s_2, w[2], x);
        accumulate::<T, L, FUSED>(&mut s_3, w[3], x);
        accumulate::<T, L, FUSED>(&mut s_4, w[4], x);
        accumulate::<T, L, FUSED>(&mut s_5, w[5], x);
    }
    keep_larger(&mut s_0, &s_1);
    keep_larger(&mut s_2, &s_3);
    keep_larger(&mut s_4, &s_5);
    keep_larger(&mut s_0, &s_2);
    keep_larger(&mut s_0, &s_4);
    s_0
}

#[inline(always)]
fn accumulate<T: Real, const L: usize, const FUSED: bool>(sums: &mut [T; L], w: T, x: &[T; L]) {
    for lane in 0..L {
        sums[lane] = if FUSED { w.mul_add(x[lane], sums[lane]) } else { sums[lane] + w * x[lane] };
    }
}

#[inline(always)]
fn keep_larger<T: Real, const L: usize>(scores: &mut [T; L], others: &[T; L]) {
    for lane in 0..L {
        scores[lane] = if others[lane] > scores[lane] { others[lane] } else { scores[lane] };
    }
}

/// The definition for the units of one group.
#[inline(always)]
fn measure_group<T: Real>(packed: &Packed<'_, T>, group: usize, x: &[T], found: &mut Nearest<T>, second: bool) {
    let (d, start) = (x.len(), group * GROUP);
    let mut measures = [T::INFINITY; MEASURED];
    if d <= SIDE_BY_SIDE {
        let (w, _) = packed.exact.as_slice().as_chunks::<MEASURED>();
        measures = squared_distances(&w[group * d..][..d], x);
    } else {
        let end = packed.codebook.len().min((start + GROUP) * d);
        for (to, w) in measures.iter_mut().zip(packed.codebook[start * d..end].chunks_exact(d)) {
            *to = measure(Distance::Euclidean, w, x, false);
        }
    }
    if second {
        for (unit, &measure) in measures[..GROUP].iter().enumerate() {
            found.offer(start + unit, measure);
        }
        return;
    }
    // The first of the smallest, without a branch that nobody could foresee.
    let (mut smallest, mut place) = (measures[0], 0);
    for (unit, &measure) in measures[..GROUP].iter().enumerate().skip(1) {
        let nearer = measure < smallest;
        smallest = if nearer { measure } else { smallest };
        place = if nearer { unit } else { place };
    }
    if smallest < found.measure {
        (found.first, found.measure) = (start + place, smallest);
    }
}

/// Scores of all units from the features that are not zero; candidates are measured as dense vectors.
fn sparse<T: Real, F: From<Nearest<T>> + Send>(map: &Som<T>, rows: &SparseSamples<T>, found: &mut [F], second: bool) {
    let (d, units) = (map.features(), map.units());
    // One feature's values of all units side by side.
    let by_feature = map.codebook().transpose();
    let by_feature = by_feature.as_slice();
    let half: Vec<T> =
        (0..units).map(|unit| T::from_f64(0.5) * simd::dot(map.reference(unit), map.reference(unit))).collect();
    let longest = half.iter().fold(T::ZERO, |longest, &half| longest.max(half + half)).sqrt();
    let scratch = || (half.clone(), vec![T::ZERO; d]);
    in_pieces(found, ROWS, ROWS * units, scratch, |(scores, x), piece, found| {
        for (offset, found) in found.iter_mut().enumerate() {
            let (indices, values) = rows.row(piece * ROWS + offset);
            let mut nearest = Nearest::NONE;
            scores.copy_from_slice(&half);
            let mut squared = T::ZERO;
            for (&feature, &value) in indices.iter().zip(values) {
                simd::axpy(-value, &by_feature[feature * units..][..units], scores);
                x[feature] = value;
                squared += value * value;
            }
            let (mut best, mut next) = (T::INFINITY, T::INFINITY);
            for &score in scores.iter() {
                next = next.min(score.max(best));
                best = best.min(score);
            }
            let error = score_error(d, squared.sqrt(), longest);
            let limit = if second { next } else { best } + error + error;
            for (unit, &score) in scores.iter().enumerate() {
                if score <= limit {
                    nearest.offer(unit, simd::squared_distance(map.reference(unit), x));
                }
            }
            *found = F::from(nearest);
            indices.iter().for_each(|&feature| x[feature] = T::ZERO);
        }
    });
}
