//! The slice functions: their error over the whole range, their edges, and the same bits on every path and length.

#[path = "golden/bits.rs"]
mod bits;

use bits::Bits;
use nn_core::math::*;
use nn_core::simd::{Path, limit};
use nn_core::{CoreError, Real, Stream};

type InPlace<T> = fn(&mut [T]);
type Slice<T> = fn(&[T], &mut [T]) -> Result<(), CoreError>;

/// A slice function under test.
struct Function<T> {
    name: &'static str,
    in_place: InPlace<T>,
    slice: Slice<T>,
    scalar: fn(T) -> T,
    /// The stated bound, in representable numbers between result and correctly rounded value.
    bound: u64,
}

fn functions<T: Real>() -> [Function<T>; 6] {
    let function =
        |name, in_place: InPlace<T>, slice: Slice<T>, scalar, bound| Function { name, in_place, slice, scalar, bound };
    [
        function("exp", exp_in_place, exp_slice, exp, 1),
        function("ln", ln_in_place, ln_slice, ln, 1),
        function("tanh", tanh_in_place, tanh_slice, tanh, 3),
        function("sigmoid", sigmoid_in_place, sigmoid_slice, sigmoid, 3),
        function("softplus", softplus_in_place, softplus_slice, softplus, 3),
        function("normal_cdf", normal_cdf_in_place, normal_cdf_slice, normal_cdf, 6),
    ]
}

/// Arguments of all magnitudes and from the range where the functions bend, then the edges.
fn arguments<T: Real>(count: usize) -> Vec<T> {
    let mut stream = Stream::new(1989).named("arguments");
    let largest_exponent = if T::BYTES == 4 { 88.0 } else { 709.0 };
    let mut arguments: Vec<T> = (0..count)
        .map(|index| {
            T::from_f64(match index % 5 {
                0 => exp(stream.uniform_between(-largest_exponent, largest_exponent)),
                1 => -exp(stream.uniform_between(-30.0, 7.0)),
                2 => stream.uniform_between(-1.1 * largest_exponent, 1.1 * largest_exponent),
                3 => stream.uniform_between(-10.0, 10.0),
                _ => stream.uniform_between(-1.0, 2.0),
            })
        })
        .collect();
    for edge in [0.0, 1.0, f64::INFINITY, f64::NAN, 1e-310, 1e-40, 5e-324, 1e-45, f64::MAX, 3.4e38] {
        arguments.extend([T::from_f64(edge), T::from_f64(-edge)]);
    }
    arguments
}

#[test]
fn f32_slices_are_within_their_bound_over_the_whole_range() {
    for function in functions::<f32>() {
        // In f64 and then rounded: the reference is correct but for ties.
        let reference = functions::<f64>().into_iter().find(|f| f.name == function.name).unwrap().scalar;
        let patterns = (0..u32::MAX).step_by(257);
        let binade = |start: f32| start.to_bits()..(2.0 * start).to_bits();
        let patterns =
            patterns.chain(binade(0.5).step_by(3)).chain(binade(-2.0).step_by(3)).chain(binade(64.0).step_by(9));
        let x: Vec<f32> = patterns.map(f32::from_bits).collect();
        let mut y = x.clone();
        (function.in_place)(&mut y);
        let worst =
            x.iter().zip(&y).map(|(&x, &y)| (y.distance(reference(f64::from(x)) as f32), x)).max_by_key(|w| w.0);
        let (worst, at) = worst.unwrap();
        println!("{} f32: {worst} at {at:e}", function.name);
        assert!(worst <= function.bound, "{} of {at:e}: {worst} ulp", function.name);
    }
}

#[test]
fn f64_slices_are_within_their_bound_of_the_scalars() {
    let x = arguments::<f64>(500_000);
    for function in functions::<f64>() {
        let mut y = x.clone();
        (function.in_place)(&mut y);
        let worst = x.iter().zip(&y).map(|(&x, &y)| (y.distance((function.scalar)(x)), x)).max_by_key(|w| w.0);
        let (worst, at) = worst.unwrap();
        println!("{} f64: {worst} at {at:e}", function.name);
        assert!(worst <= function.bound, "{} of {at:e}: {worst} ulp", function.name);
    }
}

#[test]
fn every_path_gives_the_same_bits() {
    fn check<T: Bits>() {
        let x = arguments::<T>(20_003);
        for function in functions::<T>() {
            let results = [Path::Portable, Path::Avx2, Path::Avx512].map(|path| {
                // Another test that runs now may take another path, which is what this test allows it to do.
                limit(path);
                let mut y = x.clone();
                (function.in_place)(&mut y);
                y
            });
            for result in &results {
                assert!(results[0].iter().zip(result).all(|(a, b)| a.distance(*b) == 0), "{}", function.name);
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn every_length_and_both_forms_give_the_same_bits() {
    fn check<T: Bits>() {
        let x = arguments::<T>(60);
        for function in functions::<T>() {
            let mut whole = x.clone();
            (function.in_place)(&mut whole);
            for start in 0..20 {
                for end in start..x.len() {
                    let mut copied = vec![T::ZERO; end - start];
                    (function.slice)(&x[start..end], &mut copied).unwrap();
                    let mut in_place = x[start..end].to_vec();
                    (function.in_place)(&mut in_place);
                    for (index, &expected) in whole[start..end].iter().enumerate() {
                        assert_eq!(copied[index].distance(expected), 0, "{} {start}..{end}", function.name);
                        assert_eq!(in_place[index].distance(expected), 0, "{} {start}..{end}", function.name);
                    }
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn the_edges_are_exact() {
    fn check<T: Bits>() {
        let (zero, one, half, infinity) = (T::ZERO, T::ONE, T::from_f64(0.5), T::INFINITY);
        let nan = T::from_f64(f64::NAN);
        let x = [zero, -zero, infinity, -infinity, nan];
        let expected = [
            [one, one, infinity, zero, nan],
            [-infinity, -infinity, infinity, nan, nan],
            [zero, -zero, one, -one, nan],
            [half, half, one, zero, nan],
            [T::from_f64(std::f64::consts::LN_2), T::from_f64(std::f64::consts::LN_2), infinity, zero, nan],
            [half, half, one, zero, nan],
        ];
        for (function, expected) in functions::<T>().iter().zip(expected) {
            let mut y = x;
            (function.in_place)(&mut y);
            for index in 0..x.len() {
                // ln 2, the only irrational one, may be off by a step.
                let tolerance = u64::from(function.name == "softplus" && index < 2);
                assert!(y[index].distance(expected[index]) <= tolerance, "{} {} {}", function.name, x[index], y[index]);
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn slices_of_different_lengths_are_an_error() {
    for function in functions::<f32>() {
        let error = (function.slice)(&[0.0; 17], &mut [0.0; 16]).unwrap_err();
        assert!(matches!(error, CoreError::Size { expected: 17, found: 16, .. }), "{error}");
    }
}
