//! [`Distance`]: how far a sample is from a reference vector.

use nn_core::Real;
use nn_core::simd::{Kernel, LANES, reduce};

/// How the winner is chosen.
///
/// The update moves along x − w for every distance. Missing features (NaN in the sample, where allowed) take no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Distance {
    /// ‖w − x‖
    #[default]
    Euclidean,
    /// 1 − w·x/(‖w‖ ‖x‖), between 0 and 2; 1 when one of the vectors is zero.
    Cosine,
    /// Σₖ |wₖ − xₖ|
    Manhattan,
    /// maxₖ |wₖ − xₖ|
    Chebyshev,
}

impl Distance {
    /// The distance of two vectors of the same length.
    pub fn between<T: Real>(self, w: &[T], x: &[T]) -> T {
        let scan = Scan { distance: self, codebook: w, x, missing: false };
        self.unsquared(nn_core::simd::dispatch(scan).measure)
    }

    /// The distance of what is minimized: of squares, the root.
    pub(crate) fn unsquared<T: Real>(self, measure: T) -> T {
        if self == Self::Euclidean { measure.sqrt() } else { measure }
    }
}

/// The two nearest units of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Nearest<T> {
    pub first: usize,
    /// Equal to `first` on a map of one unit.
    pub second: usize,
    /// The winner's distance, of Euclidean distance the square.
    pub measure: T,
    pub second_measure: T,
}

/// The best-matching unit of a sample in a third of the memory of [`Nearest`]: half of it comes from another core.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BestMatch<T> {
    pub unit: u32,
    /// As [`Nearest::measure`].
    pub measure: T,
}

impl<T: Real> From<Nearest<T>> for BestMatch<T> {
    fn from(nearest: Nearest<T>) -> Self {
        Self { unit: nearest.first as u32, measure: nearest.measure }
    }
}

impl<T: Real> Nearest<T> {
    pub const NONE: Self = Self { first: 0, second: 0, measure: T::INFINITY, second_measure: T::INFINITY };

    /// Takes in the next unit; units come in ascending order, so that the lowest wins a tie.
    #[inline(always)]
    pub fn offer(&mut self, unit: usize, measure: T) {
        if measure < self.measure {
            (self.second, self.second_measure) = (self.first, self.measure);
            (self.first, self.measure) = (unit, measure);
        } else if measure < self.second_measure {
            (self.second, self.second_measure) = (unit, measure);
        }
    }
}

/// The definition of the winner: every unit's distance, one after the other.
pub(crate) struct Scan<'a, T> {
    pub distance: Distance,
    pub codebook: &'a [T],
    pub x: &'a [T],
    pub missing: bool,
}

impl<T: Real> Kernel for Scan<'_, T> {
    type Output = Nearest<T>;

    #[inline(always)]
    fn run(self) -> Nearest<T> {
        let mut nearest = Nearest::NONE;
        for (unit, w) in self.codebook.chunks_exact(self.x.len().max(1)).enumerate() {
            nearest.offer(unit, measure(self.distance, w, self.x, self.missing));
        }
        nearest
    }
}

/// All distances of a sample from the units.
pub(crate) struct Distances<'a, T> {
    pub scan: Scan<'a, T>,
    pub output: &'a mut [T],
}

impl<T: Real> Kernel for Distances<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Scan { distance, codebook, x, missing } = self.scan;
        for (output, w) in self.output.iter_mut().zip(codebook.chunks_exact(x.len().max(1))) {
            *output = distance.unsquared(measure(distance, w, x, missing));
        }
    }
}

/// What is minimized: the squared distance for [`Distance::Euclidean`], else the distance.
#[inline(always)]
pub(crate) fn measure<T: Real>(distance: Distance, w: &[T], x: &[T], missing: bool) -> T {
    if missing { known(distance, w, x) } else { complete(distance, w, x) }
}

/// The squared distances of some units, given feature by feature, each with the bits of [`measure`].
///
/// The tree of `reduce` from its leaves, for all units at once: lanes of features 8 apart, then 4, then 2, then 1.
#[inline(always)]
pub(crate) fn squared_distances<T: Real, const L: usize>(w: &[[T; L]], x: &[T]) -> [T; L] {
    let mut sums = branch::<T, L, 0>(w, x);
    add(&mut sums, &branch::<T, L, 2>(w, x));
    let mut odd = branch::<T, L, 1>(w, x);
    add(&mut odd, &branch::<T, L, 3>(w, x));
    add(&mut sums, &odd);
    sums
}

/// Lanes FIRST, FIRST + 8, FIRST + 4 and FIRST + 12 of the features.
#[inline(always)]
fn branch<T: Real, const L: usize, const FIRST: usize>(w: &[[T; L]], x: &[T]) -> [T; L] {
    let (w_chunks, w_rest) = w.as_chunks::<LANES>();
    let (x_chunks, x_rest) = x.as_chunks::<LANES>();
    let (mut s_0, mut s_4, mut s_8, mut s_12) = ([T::ZERO; L], [T::ZERO; L], [T::ZERO; L], [T::ZERO; L]);
    for (w, x) in w_chunks.iter().zip(x_chunks) {
        add_squares(&mut s_0, &w[FIRST], x[FIRST]);
        add_squares(&mut s_8, &w[FIRST + 8], x[FIRST + 8]);
        add_squares(&mut s_4, &w[FIRST + 4], x[FIRST + 4]);
        add_squares(&mut s_12, &w[FIRST + 12], x[FIRST + 12]);
    }
    if !x_rest.is_empty() {
        for (lane, sums) in [(FIRST, &mut s_0), (FIRST + 8, &mut s_8), (FIRST + 4, &mut s_4), (FIRST + 12, &mut s_12)] {
            if let (Some(w), Some(&x)) = (w_rest.get(lane), x_rest.get(lane)) {
                add_squares(sums, w, x);
            }
        }
    }
    add(&mut s_0, &s_8);
    add(&mut s_4, &s_12);
    add(&mut s_0, &s_4);
    s_0
}

#[inline(always)]
fn add<T: Real, const L: usize>(sums: &mut [T; L], others: &[T; L]) {
    for lane in 0..L {
        sums[lane] += others[lane];
    }
}

#[inline(always)]
fn add_squares<T: Real, const L: usize>(sums: &mut [T; L], w: &[T; L], x: T) {
    for lane in 0..L {
        let difference = w[lane] - x;
        sums[lane] += difference * difference;
    }
}

#[inline(always)]
fn complete<T: Real>(distance: Distance, w: &[T], x: &[T]) -> T {
    match distance {
        Distance::Euclidean => reduce(w, x, |w, x| (w - x) * (w - x)),
        Distance::Manhattan => reduce(w, x, |w, x| (w - x).abs()),
        Distance::Chebyshev => largest_difference(w, x),
        Distance::Cosine => cosine(reduce(w, x, |w, x| w * x), reduce(w, w, |w, _| w * w), reduce(x, x, |x, _| x * x)),
    }
}

/// As [`complete`], over the features that are finite in x.
#[inline(always)]
fn known<T: Real>(distance: Distance, w: &[T], x: &[T]) -> T {
    match distance {
        Distance::Euclidean => reduce(w, x, |w, x| if x.is_finite() { (w - x) * (w - x) } else { T::ZERO }),
        Distance::Manhattan => reduce(w, x, |w, x| if x.is_finite() { (w - x).abs() } else { T::ZERO }),
        // A comparison with NaN is false: a missing feature never is the largest.
        Distance::Chebyshev => largest_difference(w, x),
        Distance::Cosine => cosine(
            reduce(w, x, |w, x| if x.is_finite() { w * x } else { T::ZERO }),
            reduce(w, x, |w, x| if x.is_finite() { w * w } else { T::ZERO }),
            reduce(x, x, |x, _| if x.is_finite() { x * x } else { T::ZERO }),
        ),
    }
}

#[inline(always)]
fn cosine<T: Real>(product: T, w: T, x: T) -> T {
    let norms = w.sqrt() * x.sqrt();
    if norms > T::ZERO { T::ONE - product / norms } else { T::ONE }
}

#[inline(always)]
fn largest_difference<T: Real>(w: &[T], x: &[T]) -> T {
    let (w_chunks, w_rest) = w.as_chunks::<LANES>();
    let (x_chunks, x_rest) = x.as_chunks::<LANES>();
    let mut lanes = [T::ZERO; LANES];
    for (w, x) in w_chunks.iter().zip(x_chunks) {
        for lane in 0..LANES {
            let difference = (w[lane] - x[lane]).abs();
            lanes[lane] = if difference > lanes[lane] { difference } else { lanes[lane] };
        }
    }
    let mut largest = T::ZERO;
    for lane in lanes {
        largest = if lane > largest { lane } else { largest };
    }
    for (&w, &x) in w_rest.iter().zip(x_rest) {
        let difference = (w - x).abs();
        largest = if difference > largest { difference } else { largest };
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_the_ones_of_the_textbook() {
        let (w, x) = ([0.0, 0.0], [3.0, -4.0]);
        assert_eq!(Distance::Euclidean.between(&w, &x), 5.0);
        assert_eq!(Distance::Manhattan.between(&w, &x), 7.0);
        assert_eq!(Distance::Cosine.between(&w, &x), 1.0);
        assert_eq!(Distance::Cosine.between(&[-6.0, 8.0], &x), 2.0);
        assert!(Distance::Cosine.between(&[1.0, 1.0], &[2.0, 2.0_f64]).abs() < 1e-15);
    }

    /// MiniSom 2.3.6 forgets the absolute value: −3 for (0, 0) and (3, 5).
    #[test]
    fn chebyshev_is_the_largest_absolute_difference() {
        assert_eq!(Distance::Chebyshev.between(&[0.0, 0.0], &[3.0, 5.0]), 5.0);
        assert_eq!(Distance::Chebyshev.between(&[3.0, 5.0], &[0.0, 0.0]), 5.0);
        let (mut w, x) = (vec![1.0_f32; 40], vec![1.0; 40]);
        for place in [0, 17, 39] {
            w[place] -= 7.0;
            assert_eq!(Distance::Chebyshev.between(&w, &x), 7.0);
            w[place] = 1.0;
        }
    }

    #[test]
    fn missing_features_take_no_part() {
        for distance in [Distance::Euclidean, Distance::Cosine, Distance::Manhattan, Distance::Chebyshev] {
            let x: Vec<f64> = (0..20).map(|k| if k % 3 == 0 { f64::NAN } else { f64::from(k) }).collect();
            let w: Vec<f64> = (0..20).map(|k| f64::from(k * k % 7)).collect();
            let kept: Vec<usize> = (0..20).filter(|k| k % 3 != 0).collect();
            let pick = |v: &[f64]| kept.iter().map(|&k| v[k]).collect::<Vec<_>>();
            let expected = distance.between(&pick(&w), &pick(&x));
            let found = distance.unsquared(measure(distance, &w, &x, true));
            assert!((found - expected).abs() < 1e-14, "{distance:?}: {found} {expected}");
        }
    }

    #[test]
    fn distances_of_units_side_by_side_are_those_of_one_after_the_other() {
        for features in (1..40).chain([784]) {
            let value = |k: usize| ((k * k) % 101) as f32 / 7.0;
            let x: Vec<f32> = (0..features).map(|k| value(k + 3)).collect();
            let units: Vec<Vec<f32>> = (0..8).map(|u| (0..features).map(|k| value(k + 11 * u)).collect()).collect();
            let w: Vec<[f32; 8]> = (0..features).map(|k| std::array::from_fn(|unit| units[unit][k])).collect();
            let expected: Vec<f32> = units.iter().map(|w| measure(Distance::Euclidean, w, &x, false)).collect();
            assert_eq!(squared_distances(&w, &x).as_slice(), expected, "{features} features");
        }
    }

    #[test]
    fn the_lowest_unit_wins_a_tie() {
        let codebook = [9.0, 1.0, 1.0, 1.0, 5.0];
        let scan = Scan { distance: Distance::Euclidean, codebook: &codebook, x: &[0.0], missing: false };
        let nearest = nn_core::simd::dispatch(scan);
        assert_eq!((nearest.first, nearest.second), (1, 2));
    }
}
