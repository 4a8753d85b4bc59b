//! Dot product, squared distance, sum and axpy over 16 fixed lanes and one fixed tree.
//!
//! Lane l holds the elements l, l + 16, l + 32, ...; the lanes are added as a balanced tree (l and l + 8, then 4, 2, 1).
//! The order is part of the interface: it is the same on every [`Path`](super::Path), so the results are the same bits.

use super::{Kernel, dispatch};
use crate::Real;

/// Number of lanes of every reduction.
pub const LANES: usize = 16;

/// Adds the lanes as a balanced tree.
#[inline(always)]
fn tree<T: Real>(mut lanes: [T; LANES]) -> T {
    // Here and below, lanes are only indexed by loops of constant length: any other index would keep them in memory, and the
    // loops would not become vector instructions.
    for lane in 0..8 {
        lanes[lane] += lanes[lane + 8];
    }
    for lane in 0..4 {
        lanes[lane] += lanes[lane + 4];
    }
    for lane in 0..2 {
        lanes[lane] += lanes[lane + 2];
    }
    lanes[0] + lanes[1]
}

/// Fewer than 16 values, filled up with zeros.
#[inline(always)]
fn padded<T: Real>(rest: &[T]) -> [T; LANES] {
    let mut lanes = [T::ZERO; LANES];
    lanes[..rest.len()].copy_from_slice(rest);
    lanes
}

/// Σₖ `term(aₖ, bₖ)` over the common length; `term(0, 0)` must be 0.
///
/// For use inside a [`Kernel`]: `|x, y| x * y` gives the bits of [`dot`], `|x, y| (x - y) * (x - y)` those of
/// [`squared_distance`].
#[inline(always)]
pub fn reduce<T: Real>(a: &[T], b: &[T], term: impl Fn(T, T) -> T) -> T {
    let length = a.len().min(b.len());
    let (a_chunks, a_rest) = a[..length].as_chunks::<LANES>();
    let (b_chunks, b_rest) = b[..length].as_chunks::<LANES>();
    let mut lanes = [T::ZERO; LANES];
    for (x, y) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..LANES {
            lanes[lane] += term(x[lane], y[lane]);
        }
    }
    if !a_rest.is_empty() {
        let (x, y) = (padded(a_rest), padded(b_rest));
        for lane in 0..LANES {
            lanes[lane] += term(x[lane], y[lane]);
        }
    }
    // The compiler must not see loop and tree together: it would make vectors of two numbers, as at the end of the tree.
    tree(std::hint::black_box(lanes))
}

/// [`reduce`] for less than a chunk, which is over before wider instructions could pay for the call. Same bits.
fn reduce_short<T: Real>(a: &[T], b: &[T], term: impl Fn(T, T) -> T) -> T {
    if let ([x], [y]) = (a, b) {
        return term(*x, *y);
    }
    let mut lanes = [T::ZERO; LANES];
    for ((lane, &x), &y) in lanes.iter_mut().zip(a).zip(b) {
        *lane = term(x, y);
    }
    tree(lanes)
}

/// Four dot products with one vector, each with the bits of [`dot`]: b is loaded once for all four.
#[inline(always)]
pub(crate) fn dot_4<T: Real>(a: [&[T]; 4], b: &[T]) -> [T; 4] {
    let (b_chunks, b_rest) = b.as_chunks::<LANES>();
    let split = |row: usize| a[row][..b.len()].as_chunks::<LANES>();
    let [(a_0, rest_0), (a_1, rest_1), (a_2, rest_2), (a_3, rest_3)] = [split(0), split(1), split(2), split(3)];
    let (mut lanes_0, mut lanes_1, mut lanes_2, mut lanes_3) =
        ([T::ZERO; LANES], [T::ZERO; LANES], [T::ZERO; LANES], [T::ZERO; LANES]);
    for ((((y, x_0), x_1), x_2), x_3) in b_chunks.iter().zip(a_0).zip(a_1).zip(a_2).zip(a_3) {
        for lane in 0..LANES {
            lanes_0[lane] += x_0[lane] * y[lane];
            lanes_1[lane] += x_1[lane] * y[lane];
            lanes_2[lane] += x_2[lane] * y[lane];
            lanes_3[lane] += x_3[lane] * y[lane];
        }
    }
    if !b_rest.is_empty() {
        let (y, x_0, x_1, x_2, x_3) = (padded(b_rest), padded(rest_0), padded(rest_1), padded(rest_2), padded(rest_3));
        for lane in 0..LANES {
            lanes_0[lane] += x_0[lane] * y[lane];
            lanes_1[lane] += x_1[lane] * y[lane];
            lanes_2[lane] += x_2[lane] * y[lane];
            lanes_3[lane] += x_3[lane] * y[lane];
        }
    }
    [tree(lanes_0), tree(lanes_1), tree(lanes_2), tree(lanes_3)]
}

/// y ← y + α x
#[inline(always)]
pub(crate) fn axpy_lanes<T: Real>(alpha: T, x: &[T], y: &mut [T]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y += alpha * x;
    }
}

macro_rules! reduction {
    ($(#[$doc:meta])* $name:ident, $kernel:ident, |$x:ident, $y:ident| $term:expr) => {
        $(#[$doc])*
        #[inline]
        pub fn $name<T: Real>(a: &[T], b: &[T]) -> T {
            struct $kernel<'a, T>(&'a [T], &'a [T]);
            impl<T: Real> Kernel for $kernel<'_, T> {
                type Output = T;
                #[inline(always)]
                fn run(self) -> T {
                    reduce(self.0, self.1, |$x, $y| $term)
                }
            }
            if a.len().min(b.len()) < LANES {
                return reduce_short(a, b, |$x, $y| $term);
            }
            dispatch($kernel(a, b))
        }
    };
}

reduction! {
    /// a · b = Σₖ aₖ bₖ, over the shorter length.
    dot, Dot, |x, y| x * y
}

reduction! {
    /// ‖a − b‖² = Σₖ (aₖ − bₖ)², over the shorter length.
    squared_distance, SquaredDistance, |x, y| (x - y) * (x - y)
}

/// Σₖ aₖ
#[inline]
pub fn sum<T: Real>(a: &[T]) -> T {
    struct Sum<'a, T>(&'a [T]);
    impl<T: Real> Kernel for Sum<'_, T> {
        type Output = T;
        #[inline(always)]
        fn run(self) -> T {
            reduce(self.0, self.0, |x, _| x)
        }
    }
    dispatch(Sum(a))
}

/// y ← y + α x, over the shorter length.
#[inline]
pub fn axpy<T: Real>(alpha: T, x: &[T], y: &mut [T]) {
    struct Axpy<'a, T>(T, &'a [T], &'a mut [T]);
    impl<T: Real> Kernel for Axpy<'_, T> {
        type Output = ();
        #[inline(always)]
        fn run(self) {
            axpy_lanes(self.0, self.1, self.2);
        }
    }
    dispatch(Axpy(alpha, x, y));
}

#[cfg(test)]
mod tests {
    use super::super::{Path, detect, limit};
    use super::*;
    use crate::Stream;

    /// The definition, one element after the other.
    fn dot_by_definition<T: Real>(a: &[T], b: &[T]) -> T {
        let mut lanes = [T::ZERO; LANES];
        for k in 0..a.len() {
            lanes[k % LANES] += a[k] * b[k];
        }
        let pairs = |lanes: &[T]| -> Vec<T> {
            (0..lanes.len() / 2).map(|lane| lanes[lane] + lanes[lane + lanes.len() / 2]).collect()
        };
        pairs(&pairs(&pairs(&pairs(&lanes))))[0]
    }

    fn paths() -> Vec<Path> {
        [Path::Portable, Path::Avx2, Path::Avx512].into_iter().filter(|&path| path <= detect()).collect()
    }

    fn every_path_gives_the_bits_of_the_definition<T: Real>() {
        let mut stream = Stream::new(16).named("reduce");
        for length in (0..70).chain([784, 1023, 1024]) {
            let mut a = vec![T::ZERO; length];
            let mut b = vec![T::ZERO; length];
            stream.fill_normal(&mut a, 0.0, 1.0);
            stream.fill_normal(&mut b, 0.0, 1.0);
            let ones = vec![T::ONE; length];
            let difference: Vec<T> = a.iter().zip(&b).map(|(&a, &b)| a - b).collect();
            for path in paths() {
                limit(path);
                assert_eq!(dot(&a, &b), dot_by_definition(&a, &b), "{path:?}, {length} elements");
                assert_eq!(squared_distance(&a, &b), dot_by_definition(&difference, &difference), "{path:?}");
                assert_eq!(sum(&a), dot_by_definition(&a, &ones), "{path:?}");
                let mut y = b.clone();
                axpy(T::from_f64(0.3), &a, &mut y);
                for k in 0..length {
                    assert_eq!(y[k], b[k] + T::from_f64(0.3) * a[k], "{path:?}");
                }
                let four = dot_4([&a, &b, &a, &ones], &b);
                assert_eq!(four, [dot(&a, &b), dot(&b, &b), dot(&a, &b), dot(&ones, &b)], "{path:?}");
            }
            limit(Path::Avx512);
        }
    }

    #[test]
    fn every_path_gives_the_bits_of_the_definition_in_f32() {
        every_path_gives_the_bits_of_the_definition::<f32>();
    }

    #[test]
    fn every_path_gives_the_bits_of_the_definition_in_f64() {
        every_path_gives_the_bits_of_the_definition::<f64>();
    }

    #[test]
    fn paths_not_available_here_are_named() {
        // Visible with --nocapture: what this machine could not check.
        for path in [Path::Avx2, Path::Avx512] {
            if path > detect() {
                eprintln!("SKIPPED {path:?} kernels: needs a CPU that has them");
            }
        }
        assert!(limit(Path::Avx512) <= detect());
        assert_eq!(limit(Path::Portable), Path::Portable);
        limit(Path::Avx512);
    }
}
