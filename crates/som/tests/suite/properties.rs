//! What must hold for every map: formulas, invariances, orders.

use crate::random;
use nn_core::simd::{self, Path};
use nn_core::{Boundary, Lattice, Matrix, Real, Stream, Topology};
use proptest::prelude::*;
use som::{
    Adjacency, Algorithm, Data, Distance, Initialization, Neighborhood, Schedule, Som, SomConfig, SparseSamples,
};

fn lattice() -> impl Strategy<Value = Lattice> {
    let topology = prop_oneof![Just(Topology::Rectangular), Just(Topology::Hexagonal)];
    let boundary = prop_oneof![Just(Boundary::Planar), Just(Boundary::Cylinder), Just(Boundary::Torus)];
    (1..7_usize, 1..7_usize, topology, boundary).prop_map(|(rows, columns, topology, boundary)| {
        let odd_torus = topology == Topology::Hexagonal && boundary == Boundary::Torus && rows % 2 == 1;
        Lattice::new(rows + usize::from(odd_torus), columns, topology, boundary).unwrap()
    })
}

fn neighborhood() -> impl Strategy<Value = Neighborhood> {
    prop_oneof![
        Just(Neighborhood::Gaussian),
        Just(Neighborhood::KohonenGaussian),
        Just(Neighborhood::Bubble),
        Just(Neighborhood::CutGaussian),
        Just(Neighborhood::Epanechnikov),
        Just(Neighborhood::Triangle),
    ]
}

fn distance() -> impl Strategy<Value = Distance> {
    prop_oneof![Just(Distance::Euclidean), Just(Distance::Cosine), Just(Distance::Manhattan), Just(Distance::Chebyshev)]
}

fn one_epoch(lattice: Lattice, neighborhood: Neighborhood, radius: f64, distance: Distance) -> SomConfig {
    let radius = Schedule::Constant(radius);
    SomConfig { neighborhood, radius, distance, epochs: 1, ..SomConfig::new(lattice) }
}

fn after<T: Real>(config: &SomConfig, data: Data<'_, T>, map: Som<T>) -> Som<T> {
    let mut training = config.resume(data, Stream::new(3), map, 0).unwrap();
    assert!(training.by_ref().all(|epoch| epoch.is_ok()));
    training.into_model()
}

fn largest_difference(a: &Matrix<f64>, b: &Matrix<f64>) -> f64 {
    a.iter().zip(b.iter()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The fast search against the definition, to the last bit, on every path.
fn the_search_is_the_definition<T: Real>(
    lattice: Lattice,
    features: usize,
    samples: usize,
    (offset, grid): (f64, bool),
    seed: u64,
) {
    let mut stream = Stream::new(seed).named("search");
    let mut value = || {
        let value = stream.normal();
        // A coarse grid makes ties and duplicates, an offset cancellation.
        T::from_f64(offset + if grid { value.round() } else { value })
    };
    let codebook = Matrix::from_fn(features, lattice.units(), |_, _| value());
    let x = Matrix::from_fn(features, samples, |_, _| value());
    let map = Som::new(lattice, codebook, Distance::Euclidean).unwrap();
    for path in [Path::Portable, Path::Avx2, Path::Avx512].into_iter().filter(|&path| path <= simd::detect()) {
        simd::limit(path);
        let winners = map.winners(&x).unwrap();
        for (n, found) in winners.iter().enumerate() {
            assert_eq!(*found, map.best_matching_unit(x.column(n).as_slice()).unwrap(), "{path:?}, sample {n}");
        }
        let torn = (0..samples).filter(|&n| {
            let distances = map.distances(Data::from_rows(features, x.column(n).as_slice()).unwrap()).unwrap();
            let mut order: Vec<usize> = (0..map.units()).collect();
            order.sort_by(|&a, &b| distances[a].to_f64().total_cmp(&distances[b].to_f64()));
            order.len() > 1 && !lattice.neighbors_and_diagonals(order[0]).contains(&order[1])
        });
        let expected = torn.count() as f64 / samples as f64;
        // Roots round different squares to equal distances, so the order of the sort is no judge of near ties in f32.
        if !grid && T::BYTES == 8 && offset == 0.0 {
            assert_eq!(map.topographic_error(&x, Adjacency::EdgesAndCorners).unwrap(), expected, "{path:?}");
        }
    }
    simd::limit(Path::Avx512);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Eq. som-winner, lowest unit on a tie.
    #[test]
    fn the_fast_search_finds_the_winner_of_the_definition(
        rows in 1..12_usize, columns in 1..12_usize, features in 1..90_usize, samples in 1..70_usize,
        offset in prop_oneof![Just(0.0), Just(1e3), Just(-1e6)], grid in any::<bool>(), seed in any::<u64>(),
    ) {
        let lattice = Lattice::new(rows, columns, Topology::Rectangular, Boundary::Planar).unwrap();
        the_search_is_the_definition::<f32>(lattice, features, samples, (offset, grid), seed);
        the_search_is_the_definition::<f64>(lattice, features, samples, (offset, grid), seed);
    }

    #[test]
    fn a_batch_epoch_is_the_closed_formula(
        lattice in lattice(), neighborhood in neighborhood(), distance in distance(), radius in 0.0..4.0_f64,
        (features, samples) in (1..20_usize, 1..40_usize), seed in any::<u64>(),
    ) {
        let mut stream = Stream::new(seed).named("batch");
        let x: Matrix<f64> = random(features, samples, &mut stream);
        let weights: Vec<f64> = (0..samples).map(|n| (n % 4) as f64 + 0.5).collect();
        let map = Som::new(lattice, random(features, lattice.units(), &mut stream), distance).unwrap();
        let mut expected = map.codebook().clone();
        let winners: Vec<usize> =
            x.column_iter().map(|x| map.best_matching_unit(x.as_slice()).unwrap().unit).collect();
        for (i, mut w) in expected.column_iter_mut().enumerate() {
            let h = |n: usize| weights[n] * neighborhood.weight(lattice.squared_distance(i, winners[n]), radius);
            let sum: f64 = (0..samples).map(h).sum();
            if sum > 1e-290 {
                w.copy_from(&(0..samples).map(|n| x.column(n) * (h(n) / sum)).sum::<nn_core::Vector<f64>>());
            }
        }
        let config = one_epoch(lattice, neighborhood, radius, distance);
        let found = after(&config, Data::from(&x).weighted(&weights), map);
        let worst = largest_difference(found.codebook(), &expected);
        prop_assert!(worst < 1e-11, "{worst}");
    }

    /// Of every feature the mean over the samples in which it is known.
    #[test]
    fn a_batch_epoch_with_missing_values_is_the_closed_formula(
        lattice in lattice(), neighborhood in neighborhood(), radius in 0.0..4.0_f64,
        (features, samples) in (1..40_usize, 1..30_usize), seed in any::<u64>(),
    ) {
        let mut stream = Stream::new(seed).named("batch");
        let mut x: Matrix<f64> = random(features, samples, &mut stream);
        for value in x.iter_mut().enumerate().filter(|(place, _)| place % features != place / features % features) {
            if stream.below(3) == 0 {
                *value.1 = f64::NAN;
            }
        }
        let data = Data::from(&x).with_missing();
        let map = Som::new(lattice, random(features, lattice.units(), &mut stream), Distance::Euclidean).unwrap();
        let winners = map.predict(data).unwrap();
        let mut expected = map.codebook().clone();
        for (i, mut w) in expected.column_iter_mut().enumerate() {
            let h = |n: usize| neighborhood.weight(lattice.squared_distance(i, winners[n]), radius);
            for (feature, w) in w.iter_mut().enumerate() {
                let known: Vec<usize> = (0..samples).filter(|&n| x[(feature, n)].is_finite()).collect();
                let sum: f64 = known.iter().map(|&n| h(n)).sum();
                if sum > 1e-290 {
                    *w = known.iter().map(|&n| x[(feature, n)] * (h(n) / sum)).sum();
                }
            }
        }
        let config = one_epoch(lattice, neighborhood, radius, Distance::Euclidean);
        let worst = largest_difference(after(&config, data, map).codebook(), &expected);
        prop_assert!(worst < 1e-11, "{worst}");
    }

    /// Eq. som-update.
    #[test]
    fn online_training_is_kohonens_rule_step_by_step(
        lattice in lattice(), neighborhood in prop_oneof![neighborhood(), Just(Neighborhood::MexicanHat)],
        distance in distance(), seed in any::<u64>(),
    ) {
        let mut stream = Stream::new(seed).named("online");
        let x: Matrix<f64> = random(5, 30, &mut stream);
        let map = Som::new(lattice, random(5, lattice.units(), &mut stream), distance).unwrap();
        let config = SomConfig {
            neighborhood, distance, epochs: 2,
            radius: Schedule::Linear { from: 3.0, to: 0.5 },
            learning_rate: Schedule::Exponential { from: 0.3, to: 0.01 },
            algorithm: Algorithm::Online { shuffle: false },
            ..SomConfig::new(lattice)
        };
        let mut expected = map.clone();
        for t in 0..60 {
            let (radius, rate) = (config.radius.value(t, 60), config.learning_rate.value(t, 60));
            expected.adapt(x.column(t % 30).as_slice(), neighborhood, radius, rate).unwrap();
        }
        let worst = largest_difference(after(&config, Data::from(&x), map).codebook(), expected.codebook());
        prop_assert!(worst < 1e-9, "{worst}");
    }

    #[test]
    fn online_with_the_winner_alone_is_online_k_means(seed in any::<u64>(), units in 1..9_usize) {
        let mut stream = Stream::new(seed).named("k-means");
        let x: Matrix<f64> = random(3, 50, &mut stream);
        let lattice = Lattice::new(1, units, Topology::Rectangular, Boundary::Planar).unwrap();
        let map = Som::new(lattice, random(3, units, &mut stream), Distance::Euclidean).unwrap();
        let mut centers = map.codebook().clone();
        for (t, x) in x.column_iter().enumerate() {
            let near = |&a: &usize, &b: &usize| (centers.column(a) - x).norm().total_cmp(&(centers.column(b) - x).norm());
            let nearest = (0..units).min_by(near).unwrap();
            let rate = 0.5 - 0.4 * t as f64 / 49.0;
            let step = (x - centers.column(nearest)) * rate;
            let mut center = centers.column_mut(nearest);
            center += step;
        }
        let config = SomConfig {
            algorithm: Algorithm::Online { shuffle: false },
            learning_rate: Schedule::Linear { from: 0.5, to: 0.1 },
            ..one_epoch(lattice, Neighborhood::Gaussian, 0.0, Distance::Euclidean)
        };
        let worst = largest_difference(after(&config, Data::from(&x), map).codebook(), &centers);
        prop_assert!(worst < 1e-13, "{worst}");
    }

    #[test]
    fn a_torus_has_no_place_of_its_own(
        rows in 1..4_usize, columns in 1..7_usize, (down, right) in (0..3_usize, 0..7_usize),
        hexagonal in any::<bool>(), neighborhood in neighborhood(), online in any::<bool>(), seed in any::<u64>(),
    ) {
        let topology = if hexagonal { Topology::Hexagonal } else { Topology::Rectangular };
        // Even shifts keep the shifted rows of a hexagonal lattice shifted.
        let (rows, down) = (2 * rows, 2 * down);
        let lattice = Lattice::new(rows, columns, topology, Boundary::Torus).unwrap();
        let moved = |unit: usize| (unit / columns + down) % rows * columns + (unit % columns + right) % columns;
        let mut stream = Stream::new(seed).named("torus");
        let x: Matrix<f64> = random(4, 40, &mut stream);
        let codebook: Matrix<f64> = random(4, lattice.units(), &mut stream);
        let mut shifted = codebook.clone();
        for unit in 0..lattice.units() {
            shifted.set_column(moved(unit), &codebook.column(unit));
        }
        let algorithm = if online { Algorithm::Online { shuffle: true } } else { Algorithm::Batch };
        let config = SomConfig { algorithm, ..one_epoch(lattice, neighborhood, 1.3, Distance::Euclidean) };
        let train = |codebook| {
            after(&config, Data::from(&x), Som::new(lattice, codebook, Distance::Euclidean).unwrap())
        };
        let (plain, shifted) = (train(codebook), train(shifted));
        for unit in 0..lattice.units() {
            let difference = (plain.codebook().column(unit) - shifted.codebook().column(moved(unit))).norm();
            prop_assert!(difference < 1e-9, "unit {unit}: {difference}");
        }
    }

    #[test]
    fn half_a_turn_of_a_hexagonal_lattice_changes_nothing(
        rows in 1..4_usize, columns in 1..6_usize, neighborhood in neighborhood(), seed in any::<u64>(),
    ) {
        let lattice = Lattice::new(2 * rows, columns, Topology::Hexagonal, Boundary::Planar).unwrap();
        let mut stream = Stream::new(seed).named("turn");
        let x: Matrix<f64> = random(4, 40, &mut stream);
        let codebook: Matrix<f64> = random(4, lattice.units(), &mut stream);
        let turned = Matrix::from_fn(4, lattice.units(), |k, unit| codebook[(k, lattice.units() - 1 - unit)]);
        // A second epoch would begin with ties: units with the same neighbors become equal, and the lowest wins.
        let config = one_epoch(lattice, neighborhood, 1.3, Distance::Euclidean);
        let train = |codebook| {
            after(&config, Data::from(&x), Som::new(lattice, codebook, Distance::Euclidean).unwrap())
        };
        let (plain, turned) = (train(codebook), train(turned));
        let back = Matrix::from_fn(4, lattice.units(), |k, unit| turned.codebook()[(k, lattice.units() - 1 - unit)]);
        let worst = largest_difference(plain.codebook(), &back);
        prop_assert!(worst < 1e-9, "{worst}");
        let (u, v) = (plain.u_matrix(Adjacency::Edges), turned.u_matrix(Adjacency::Edges));
        for (a, b) in u.iter().zip(v.iter().rev()) {
            prop_assert!((a - b).abs() < 1e-9);
        }
    }

    #[test]
    fn scaled_and_rotated_samples_give_the_scaled_and_rotated_map(
        angle in 0.0..6.3_f64, online in any::<bool>(), seed in any::<u64>(),
    ) {
        let lattice = Lattice::new(4, 5, Topology::Hexagonal, Boundary::Planar).unwrap();
        let x: Matrix<f64> = random(2, 60, &mut Stream::new(seed).named("turn"));
        let (s, c) = (nn_core::math::sin(angle), nn_core::math::cos(angle));
        let turn = Matrix::from_row_slice(2, 2, &[c, -s, s, c]);
        let algorithm = if online { Algorithm::Online { shuffle: true } } else { Algorithm::Batch };
        let config = SomConfig {
            algorithm, initialization: Initialization::Samples, epochs: 3, ..SomConfig::new(lattice)
        };
        let plain = config.fit(&x, Stream::new(seed)).unwrap();
        let scaled = config.fit(&(&x * 1024.0), Stream::new(seed)).unwrap();
        prop_assert_eq!(scaled.codebook(), &(plain.codebook() * 1024.0));
        let turned = config.fit(&(&turn * &x), Stream::new(seed)).unwrap();
        let worst = largest_difference(turned.codebook(), &(&turn * plain.codebook()));
        prop_assert!(worst < 1e-9, "{worst}");
    }

    #[test]
    fn a_run_can_be_resumed_at_any_epoch(
        lattice in lattice(), online in any::<bool>(), stop in 0..6_usize, seed in any::<u64>(),
    ) {
        let x: Matrix<f32> = random(3, 25, &mut Stream::new(seed).named("x"));
        let algorithm = if online { Algorithm::Online { shuffle: true } } else { Algorithm::Batch };
        let config = SomConfig { algorithm, epochs: 5, ..SomConfig::new(lattice) };
        let whole = config.fit(&x, Stream::new(seed)).unwrap();
        let mut first = config.training(&x, Stream::new(seed)).unwrap();
        prop_assert_eq!(first.len(), 5);
        prop_assert!(first.by_ref().take(stop).all(|epoch| epoch.is_ok()));
        let epoch = first.epoch();
        let mut second = config.resume(&x, Stream::new(seed), first.into_model(), epoch).unwrap();
        prop_assert!(second.by_ref().all(|epoch| epoch.is_ok()));
        prop_assert_eq!(second.into_model(), whole);
    }

    #[test]
    fn sparse_samples_are_their_dense_form(
        lattice in lattice(), neighborhood in neighborhood(), distance in distance(), features in 1..40_usize,
        seed in any::<u64>(),
    ) {
        let mut stream = Stream::new(seed).named("sparse");
        let (mut offsets, mut indices, mut values) = (vec![0], vec![], vec![]);
        let mut dense = Matrix::<f32>::zeros(features, 30);
        for n in 0..30 {
            for feature in 0..features {
                if stream.uniform() < 0.2 {
                    dense[(feature, n)] = stream.normal() as f32;
                    indices.push(feature);
                    values.push(dense[(feature, n)]);
                }
            }
            offsets.push(indices.len());
        }
        let sparse = SparseSamples::new(features, offsets, indices, values).unwrap();
        let config = SomConfig { epochs: 3, ..one_epoch(lattice, neighborhood, 1.5, distance) };
        let (a, b) = (config.fit(&dense, Stream::new(1)).unwrap(), config.fit(&sparse, Stream::new(1)).unwrap());
        prop_assert_eq!(&a, &b);
        prop_assert_eq!(a.quality(&dense, Adjacency::Edges).unwrap(), b.quality(&sparse, Adjacency::Edges).unwrap());
    }

    #[test]
    fn allowing_missing_values_changes_nothing_where_none_is_missing(
        lattice in lattice(), distance in distance(), online in any::<bool>(), seed in any::<u64>(),
    ) {
        let x: Matrix<f32> = random(7, 40, &mut Stream::new(seed).named("x"));
        let algorithm = if online { Algorithm::Online { shuffle: true } } else { Algorithm::Batch };
        let config = SomConfig { algorithm, distance, epochs: 3, ..SomConfig::new(lattice) };
        let plain = config.fit(&x, Stream::new(seed)).unwrap();
        prop_assert_eq!(config.fit(Data::from(&x).with_missing(), Stream::new(seed)).unwrap(), plain);
    }

    #[test]
    fn an_integer_weight_is_a_repeated_sample(lattice in lattice(), seed in any::<u64>()) {
        let x: Matrix<f64> = random(3, 20, &mut Stream::new(seed).named("x"));
        let weights: Vec<f64> = (0..20).map(|n| f64::from(n % 3)).collect();
        let repeated: Vec<_> =
            (0..20).flat_map(|n| std::iter::repeat_n(x.column(n), n % 3)).collect();
        let repeated = Matrix::from_columns(&repeated);
        let config = SomConfig { epochs: 1, ..SomConfig::new(lattice) };
        let map = config.initialize(&x, &Stream::new(seed)).unwrap();
        let weighted = Data::from(&x).weighted(&weights);
        let (a, b) = (after(&config, weighted, map.clone()), after(&config, Data::from(&repeated), map));
        prop_assert!(largest_difference(a.codebook(), b.codebook()) < 1e-12);
        let (p, q) =
            (a.quality(weighted, Adjacency::Edges).unwrap(), a.quality(&repeated, Adjacency::Edges).unwrap());
        prop_assert!((p.quantization_error - q.quantization_error).abs() < 1e-12);
        prop_assert!((p.topographic_error - q.topographic_error).abs() < 1e-12);
    }
}

/// somoclu 1.7.6 truncates the half of the row offset: three neighbors above and one below, or the other way round.
#[test]
fn a_hexagonal_bubble_of_radius_one_has_two_units_in_the_row_above_and_two_below() {
    for boundary in [Boundary::Planar, Boundary::Torus] {
        let lattice = Lattice::new(6, 6, Topology::Hexagonal, boundary).unwrap();
        for row in [2, 3] {
            let center = row * 6 + 3;
            let codebook = Matrix::from_fn(1, 36, |_, unit| if unit == center { 1.0 } else { 0.0 });
            let mut map = Som::new(lattice, codebook, Distance::Euclidean).unwrap();
            map.adapt(&[2.0], Neighborhood::Bubble, 1.0, 0.5).unwrap();
            let pulled = |row: usize| (0..6).filter(|column| map.codebook()[row * 6 + column] != 0.0).count();
            assert_eq!([pulled(row - 1), pulled(row), pulled(row + 1)], [2, 3, 2], "row {row}");
            assert_eq!((0..6).map(pulled).sum::<usize>(), 7);
        }
    }
}

/// Ordering of a chain in one dimension has probability 1.
#[test]
fn a_chain_in_an_interval_becomes_ordered() {
    let lattice = Lattice::new(1, 30, Topology::Rectangular, Boundary::Planar).unwrap();
    for seed in 0..5 {
        let mut x = Matrix::zeros(1, 10_000);
        Stream::new(seed).named("x").fill_uniform(x.as_mut_slice(), 0.0, 1.0);
        let config = SomConfig {
            neighborhood: Neighborhood::KohonenGaussian,
            radius: Schedule::Exponential { from: 15.0, to: 0.5 },
            initialization: Initialization::Random,
            algorithm: Algorithm::Online { shuffle: false },
            epochs: 1,
            ..SomConfig::new(lattice)
        };
        let map = config.fit::<f64>(&x, Stream::new(seed)).unwrap();
        let steps: Vec<f64> = map.codebook().as_slice().windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(steps.iter().all(|&step| step * steps[0] > 0.0), "seed {seed}: {steps:?}");
    }
}
