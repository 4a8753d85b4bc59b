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
pub(crate) fn tree<T: Real>(mut lanes: [T; LANES]) -> T {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
        width /= 2;
    }
    lanes[0]
}

/// Reduces `term(aₖ, bₖ)` over the common length.
#[inline(always)]
pub(crate) fn reduce<T: Real>(a: &[T], b: &[T], term: impl Fn(T, T) -> T) -> T {
    let length = a.len().min(b.len());
    let (a_chunks, a_rest) = a[..length].as_chunks::<LANES>();
    let (b_chunks, b_rest) = b[..length].as_chunks::<LANES>();
    let mut lanes = [T::ZERO; LANES];
    for (x, y) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..LANES {
            lanes[lane] += term(x[lane], y[lane]);
        }
    }
    for (lane, (&x, &y)) in a_rest.iter().zip(b_rest).enumerate() {
        lanes[lane] += term(x, y);
    }
    tree(lanes)
}

/// Four dot products with one vector, each with the bits of [`dot`]: b is loaded once for all four.
#[inline(always)]
pub(crate) fn dot_4<T: Real>(a: [&[T]; 4], b: &[T]) -> [T; 4] {
    let length = b.len();
    let (b_chunks, b_rest) = b.as_chunks::<LANES>();
    let a = a.map(|a| a[..length].as_chunks::<LANES>());
    let mut lanes = [[T::ZERO; LANES]; 4];
    for (chunk, y) in b_chunks.iter().enumerate() {
        for row in 0..4 {
            let x = &a[row].0[chunk];
            for lane in 0..LANES {
                lanes[row][lane] += x[lane] * y[lane];
            }
        }
    }
    for row in 0..4 {
        for (lane, (&x, &y)) in a[row].1.iter().zip(b_rest).enumerate() {
            lanes[row][lane] += x * y;
        }
    }
    lanes.map(tree)
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
