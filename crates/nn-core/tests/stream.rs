//! Randomness: its values are part of the interface, and so is its independence.

use nn_core::Stream;
use nn_core::rand::{Rng, RngExt};

/// Value stability: a change of these numbers changes every result in the workspace and belongs in the changelog.
#[test]
fn the_values_of_a_seed_never_change() {
    let mut stream = Stream::new(1982);
    assert_eq!([stream.next_u64(), stream.next_u64()], ROOT);
    let mut named = Stream::new(1982).named("shuffle");
    assert_eq!([named.next_u64(), named.next_u64()], NAMED);
    assert_eq!(Stream::new(1982).named("shuffle").at(7).next_u64(), AT_7);
    let mut normal = Stream::new(1982).named("normal");
    assert_eq!([normal.normal().to_bits(), normal.normal().to_bits()], NORMAL);
    assert_eq!(Stream::new(1982).named("order").permutation(8), [0, 3, 5, 2, 6, 4, 1, 7]);
}

const ROOT: [u64; 2] = [0xd2f8_3cdc_96c5_7f93, 0xaa73_551c_5cee_9f7a];
const NAMED: [u64; 2] = [0x5533_8dc0_2288_edb5, 0xd555_d395_a97f_2de7];
const AT_7: u64 = 0x9ae6_f49d_1387_6ea3;
const NORMAL: [u64; 2] = [0x3ff0_fb49_3307_84e6, 0xbfc1_cf28_410b_397e];

#[test]
fn the_generator_is_chacha_with_8_rounds() {
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
    let mut reference = ChaCha8Rng::seed_from_u64(42);
    let mut stream = Stream::new(42);
    for _ in 0..1000 {
        assert_eq!(stream.next_u32(), reference.next_u32());
    }
}

#[test]
fn a_position_does_not_depend_on_what_was_drawn_before() {
    let mut drawn = Stream::new(3).named("chain");
    (0..1000).for_each(|_| _ = drawn.next_u32());
    assert_eq!(drawn.at(5).next_u64(), Stream::new(3).named("chain").at(5).next_u64());
    assert_eq!(drawn.named("noise").next_u64(), Stream::new(3).named("chain").named("noise").next_u64());
}

#[test]
fn names_positions_and_seeds_give_other_numbers() {
    let root = Stream::new(5);
    let streams = [
        root.clone(),
        Stream::new(6),
        root.at(1),
        root.named("a"),
        root.named("b"),
        root.named("a").at(1),
        root.named("a").named("b"),
        root.named("b").named("a"),
        root.named("ab"),
        root.at(1).named("a"),
        root.at(2).named("a"),
        root.named(""),
    ];
    let mut first: Vec<u64> = streams.into_iter().map(|mut stream| stream.next_u64()).collect();
    first.sort_unstable();
    first.dedup();
    assert_eq!(first.len(), 12);
}

#[test]
fn uniform_numbers_fill_the_interval_evenly() {
    let mut stream = Stream::new(9).named("uniform");
    let mut counts = [0_u32; 20];
    for _ in 0..200_000 {
        let value = stream.uniform();
        assert!((0.0..1.0).contains(&value));
        counts[(value * 20.0) as usize] += 1;
    }
    let chi_squared: f64 = counts.iter().map(|&count| (f64::from(count) - 1e4) * (f64::from(count) - 1e4) / 1e4).sum();
    assert!(chi_squared < 43.8, "chi squared {chi_squared} with 19 degrees of freedom: above the 99.9 % point");
}

#[test]
fn integers_below_a_bound_are_unbiased() {
    let mut stream = Stream::new(10).named("below");
    for bound in [1, 2, 3, 7, 10] {
        let mut counts = vec![0_u32; bound as usize];
        (0..100_000).for_each(|_| counts[stream.below(bound) as usize] += 1);
        let expected = 1e5 / f64::from(bound);
        for count in counts {
            assert!((f64::from(count) - expected).abs() < 5.0 * expected.sqrt(), "{count} of {expected} below {bound}");
        }
    }
    assert_eq!(stream.below(0), 0);
    assert!(stream.below(u32::MAX) < u32::MAX);
}

#[test]
fn normal_numbers_have_the_normal_moments() {
    let mut stream = Stream::new(11).named("normal");
    let values: Vec<f64> = (0..200_000).map(|_| stream.normal()).collect();
    let moment = |power: i32| values.iter().map(|v| (0..power).fold(1.0, |p, _| p * v)).sum::<f64>() / 2e5;
    // Four standard errors each: sqrt((E z^2p - (E z^p)^2) / n).
    assert!(moment(1).abs() < 0.009);
    assert!((moment(2) - 1.0).abs() < 0.013);
    assert!(moment(3).abs() < 0.035);
    assert!((moment(4) - 3.0).abs() < 0.088);
}

#[test]
fn a_permutation_holds_every_index_once() {
    let mut order = Stream::new(12).permutation(1000);
    assert_ne!(order, (0..1000).collect::<Vec<_>>());
    order.sort_unstable();
    assert_eq!(order, (0..1000).collect::<Vec<_>>());
    assert!(Stream::new(12).permutation(0).is_empty());
}

#[test]
fn the_methods_of_rand_work() {
    let mut stream = Stream::new(13);
    let value: f64 = stream.random();
    assert!((0.0..1.0).contains(&value));
    assert!(stream.random_range(3..5_u32) < 5);
}
