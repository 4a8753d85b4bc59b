//! The scalar functions against correctly rounded values, and the bits of every function, scalar and slice.

#[path = "golden/bits.rs"]
mod bits;

use bits::Bits;
use nn_core::math::*;
use nn_core::{Real, Stream};

/// From an independent implementation; see `golden/make_math_golden.py`.
const GOLDEN: &str = include_str!("golden/math_scalar.txt");

/// The scalar function of a name, of one argument (`powf` takes the second).
fn scalar<T: Real>(name: &str, x: T, y: T) -> T {
    match name {
        "exp" => exp(x),
        "exp_m1" => exp_m1(x),
        "ln" => ln(x),
        "ln_1p" => ln_1p(x),
        "tanh" => tanh(x),
        "sin" => sin(x),
        "cos" => cos(x),
        "erf" => erf(x),
        "erfc" => erfc(x),
        "powf" => powf(x, y),
        "sigmoid" => sigmoid(x),
        "softplus" => softplus(x),
        "normal_cdf" => normal_cdf(x),
        _ => panic!("no function {name}"),
    }
}

/// The stated bound of a scalar function, in representable numbers between result and correctly rounded value.
fn bound(name: &str, format: &str, correct: u64) -> u64 {
    match (name, format) {
        ("softplus", _) | ("normal_cdf", "f64") => 1,
        ("sigmoid", "f64") => 2,
        ("exp", "f64") if correct < f64::MIN_POSITIVE.to_bits() => 1,
        _ => 0,
    }
}

fn distance<T: Bits>(name: &str, words: &[u64], of: fn(u64) -> T) -> u64 {
    let [x, .., correct] = words else { panic!("a line without numbers") };
    scalar(name, of(*x), of(words[1])).distance(of(*correct))
}

#[test]
fn scalars_are_within_their_bound_of_the_correctly_rounded_value() {
    let mut lines = 0;
    for line in GOLDEN.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        let (name, format) = (words.next().unwrap(), words.next().unwrap());
        let words: Vec<u64> = words.map(|word| u64::from_str_radix(word, 16).unwrap()).collect();
        let found = match format {
            "f32" => distance(name, &words, |bits| f32::from_bits(bits as u32)),
            _ => distance(name, &words, f64::from_bits),
        };
        assert!(found <= bound(name, format, words[words.len() - 1]), "{line}: {found} ulp");
        lines += 1;
    }
    assert_eq!(lines, 384);
}

#[test]
fn scalars_are_right_at_the_edges() {
    fn check<T: Real>() {
        let (zero, one, infinity) = (T::ZERO, T::ONE, T::INFINITY);
        assert_eq!([exp(-infinity), exp(zero), exp(infinity)], [zero, one, infinity]);
        assert_eq!([ln(zero), ln(-zero), ln(one), ln(infinity)], [-infinity, -infinity, zero, infinity]);
        assert!(!(ln(-one) == ln(-one)));
        assert_eq!([tanh(-infinity), tanh(infinity)], [-one, one]);
        assert_eq!([sigmoid(-infinity), sigmoid(zero), sigmoid(infinity)], [zero, T::from_f64(0.5), one]);
        assert_eq!([softplus(-infinity), softplus(infinity)], [zero, infinity]);
        assert_eq!([normal_cdf(-infinity), normal_cdf(zero), normal_cdf(infinity)], [zero, T::from_f64(0.5), one]);
        assert_eq!([powf(zero, zero), powf(infinity, -one), powf(-one, infinity)], [one, zero, one]);
        let huge = T::from_f64(3e38);
        assert_eq!([sigmoid(-huge), sigmoid(huge), softplus(-huge), softplus(huge)], [zero, one, zero, huge]);
        assert_eq!([normal_cdf(-huge), normal_cdf(huge)], [zero, one]);
        for name in ["exp", "ln", "tanh", "sin", "erf", "erfc", "powf", "sigmoid", "softplus", "normal_cdf"] {
            let y = scalar(name, T::from_f64(f64::NAN), one);
            assert!(y.to_f64().is_nan(), "{name} of NaN is {y}");
        }
    }
    check::<f32>();
    check::<f64>();
}

/// FNV-1a of the bits of f(x) for 10,000 arguments of all magnitudes.
fn fingerprint<T: Bits>(function: impl Fn(&mut [T])) -> u64 {
    let mut stream = Stream::new(1986).named("value stability");
    let mut values: Vec<T> = (0..10_000)
        .map(|_| {
            let magnitude = exp(stream.uniform_between(-20.0, 5.0));
            T::from_f64(if stream.below(2) == 0 { magnitude } else { -magnitude })
        })
        .collect();
    function(&mut values);
    values.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, value| {
        // The sign and payload of NaN are nobody's promise.
        let bits = if value.to_f64().is_nan() { 0 } else { value.bits() };
        (hash ^ bits).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn fingerprints<T: Bits>() -> Vec<(String, u64)> {
    let scalars = [
        "exp",
        "exp_m1",
        "ln",
        "ln_1p",
        "tanh",
        "sin",
        "cos",
        "erf",
        "erfc",
        "powf",
        "sigmoid",
        "softplus",
        "normal_cdf",
    ];
    type Named<T> = (&'static str, fn(&mut [T]));
    let slices: [Named<T>; 6] = [
        ("exp_slice", exp_in_place),
        ("ln_slice", ln_in_place),
        ("tanh_slice", tanh_in_place),
        ("sigmoid_slice", sigmoid_in_place),
        ("softplus_slice", softplus_in_place),
        ("normal_cdf_slice", normal_cdf_in_place),
    ];
    let of_scalar = |name: &str| {
        fingerprint(|values: &mut [T]| {
            values.iter_mut().for_each(|x| *x = scalar(name, *x, T::from_f64(1.7)));
        })
    };
    let scalars = scalars.into_iter().map(|name| (name.to_string(), of_scalar(name)));
    let slices = slices.into_iter().map(|(name, function)| (name.to_string(), fingerprint(function)));
    scalars.chain(slices).collect()
}

#[test]
fn the_bits_of_every_function_stay_what_they_are() {
    let expected = include_str!("golden/math_bits.txt");
    let found: String = [("f32", fingerprints::<f32>()), ("f64", fingerprints::<f64>())]
        .into_iter()
        .flat_map(|(format, all)| all.into_iter().map(move |(name, hash)| format!("{name} {format} {hash:016x}\n")))
        .collect();
    let (_, expected) = expected.split_once('\n').unwrap();
    for (expected, found) in expected.lines().zip(found.lines()) {
        assert_eq!(expected, found);
    }
    assert_eq!(expected.lines().count(), found.lines().count(), "the whole table:\n{found}");
}
