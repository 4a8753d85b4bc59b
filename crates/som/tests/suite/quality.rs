//! Quality numbers and views against their definitions, and maps that are known to be good or bad.

use nn_core::{Boundary, Lattice, Matrix, Stream, Topology};
use som::{
    Adjacency, Algorithm, Data, Distance, Initialization, Neighborhood, Schedule, Som, SomConfig, SomError,
    SparseSamples,
};

fn random(rows: usize, columns: usize, seed: u64) -> Matrix<f64> {
    let mut matrix = Matrix::zeros(rows, columns);
    Stream::new(seed).named("random").fill_normal(matrix.as_mut_slice(), 0.0, 1.0);
    matrix
}

fn map(rows: usize, columns: usize, topology: Topology, codebook: Matrix<f64>) -> Som<f64> {
    let lattice = Lattice::new(rows, columns, topology, Boundary::Planar).unwrap();
    Som::new(lattice, codebook, Distance::Euclidean).unwrap()
}

/// MiniSom's hexagonal U-matrix is wrong when its second dimension is even.
#[test]
fn the_u_matrix_is_the_mean_over_the_units_at_distance_one_on_even_and_odd_rows() {
    for (rows, columns) in [(6, 8), (8, 6), (6, 9), (5, 7)] {
        for topology in [Topology::Rectangular, Topology::Hexagonal] {
            for (adjacency, reach) in [(Adjacency::Edges, 1.1), (Adjacency::EdgesAndCorners, 2.1)] {
                // On a hexagonal lattice both names mean the six neighbors.
                let reach = if topology == Topology::Hexagonal { 1.1 } else { reach };
                let map = map(rows, columns, topology, random(3, rows * columns, 4));
                let u_matrix = map.u_matrix(adjacency);
                let w = map.codebook();
                for i in 0..map.units() {
                    let (x, y) = map.lattice().position(i);
                    let near = |j: &usize| {
                        let (u, v) = map.lattice().position(*j);
                        *j != i && (x - u) * (x - u) + (y - v) * (y - v) < reach
                    };
                    let distances: Vec<f64> =
                        (0..map.units()).filter(near).map(|j| (w.column(i) - w.column(j)).norm()).collect();
                    let expected = distances.iter().sum::<f64>() / distances.len() as f64;
                    let found = u_matrix[(i / columns, i % columns)];
                    assert!((found - expected).abs() < 1e-14, "{rows} x {columns} {topology:?} unit {i}");
                }
            }
        }
    }
}

#[test]
fn the_topographic_error_says_whose_corners_count() {
    // Units 0 and 3 of a 2 x 2 lattice are the best two: a corner apart.
    let codebook = Matrix::from_row_slice(1, 4, &[0.0, 5.0, 6.0, 1.0]);
    let x = Matrix::from_row_slice(1, 1, &[0.4]);
    let error = |topology, adjacency| map(2, 2, topology, codebook.clone()).topographic_error(&x, adjacency).unwrap();
    assert_eq!(error(Topology::Rectangular, Adjacency::Edges), 1.0);
    assert_eq!(error(Topology::Rectangular, Adjacency::EdgesAndCorners), 0.0);
    // On the hexagonal lattice the second row is shifted away from unit 0; units 1 and 2 would be neighbors.
    assert_eq!(error(Topology::Hexagonal, Adjacency::EdgesAndCorners), 1.0);
    let swapped = Matrix::from_row_slice(1, 4, &[5.0, 0.0, 1.0, 6.0]);
    assert_eq!(map(2, 2, Topology::Hexagonal, swapped).topographic_error(&x, Adjacency::Edges).unwrap(), 0.0);
    let single = map(1, 1, Topology::Rectangular, Matrix::zeros(1, 1));
    assert_eq!(single.topographic_error(&x, Adjacency::Edges).unwrap(), 0.0);
}

/// MiniSom's distortion takes the distance where Kohonen's energy has its square.
#[test]
fn the_distortion_is_kohonens_energy() {
    let (map, x) = (map(4, 5, Topology::Hexagonal, random(3, 20, 1)), random(3, 30, 2));
    let weights: Vec<f64> = (0..30).map(|n| (n % 3) as f64).collect();
    let mut expected = 0.0;
    for (n, weight) in weights.iter().enumerate() {
        let c = map.best_matching_unit(x.column(n).as_slice()).unwrap().unit;
        for i in 0..20 {
            let h = Neighborhood::Gaussian.weight(map.lattice().squared_distance(i, c), 1.2);
            expected += weight * h * (x.column(n) - map.codebook().column(i)).norm_squared();
        }
    }
    let found = map.distortion(Data::from(&x).weighted(&weights), Neighborhood::Gaussian, 1.2).unwrap();
    assert!((found / expected - 1.0).abs() < 1e-13);
}

/// The formula, pair by pair.
fn trustworthiness(x: &Matrix<f64>, places: &[(f64, f64)], k: usize, exchanged: bool) -> f64 {
    let n = x.ncols();
    let order = |i: usize, distance: &dyn Fn(usize) -> f64| {
        let mut others: Vec<usize> = (0..n).filter(|&j| j != i).collect();
        others.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)));
        others
    };
    let mut sum = 0.0;
    for i in 0..n {
        let data = order(i, &|j| (x.column(i) - x.column(j)).norm());
        let map = order(i, &|j| {
            let (dx, dy) = (places[i].0 - places[j].0, places[i].1 - places[j].1);
            dx * dx + dy * dy
        });
        let (near, far) = if exchanged { (data, map) } else { (map, data) };
        for j in &near[..k] {
            let rank = far.iter().position(|other| other == j).unwrap() + 1;
            sum += if rank > k { (rank - k) as f64 } else { 0.0 };
        }
    }
    let (n, k) = (n as f64, k as f64);
    1.0 - 2.0 / (n * k * (2.0 * n - 3.0 * k - 1.0)) * sum
}

#[test]
fn trustworthiness_and_preservation_are_their_formulas() {
    let x = random(4, 40, 3);
    let map = map(5, 6, Topology::Rectangular, random(4, 30, 5));
    let places: Vec<(f64, f64)> = map.predict(&x).unwrap().iter().map(|&unit| map.lattice().position(unit)).collect();
    for k in [1, 5, 12] {
        let (a, b) = (map.trustworthiness(&x, k).unwrap(), map.neighborhood_preservation(&x, k).unwrap());
        assert!((a - trustworthiness(&x, &places, k, false)).abs() < 1e-12);
        assert!((b - trustworthiness(&x, &places, k, true)).abs() < 1e-12);
    }
    assert!(map.trustworthiness(&x, 0).is_err() && map.trustworthiness(&x, 20).is_err());
    assert!(matches!(map.trustworthiness(Data::from(&x).with_missing(), 3), Err(SomError::Unsupported(_))));
}

#[test]
fn a_map_that_is_its_lattice_is_perfect() {
    for topology in [Topology::Rectangular, Topology::Hexagonal] {
        let lattice = Lattice::new(5, 5, topology, Boundary::Planar).unwrap();
        let codebook = Matrix::from_fn(2, 25, |k, unit| {
            let (x, y) = lattice.position(unit);
            [x, y][k] * 3.0
        });
        let map = Som::new(lattice, codebook.clone(), Distance::Euclidean).unwrap();
        assert!(map.topographic_product().abs() < 1e-9, "{}", map.topographic_product());
        assert_eq!(map.quantization_error(&codebook).unwrap(), 0.0);
        assert_eq!(map.topographic_error(&codebook, Adjacency::Edges).unwrap(), 0.0);
        // On the hexagonal lattice √3/2 is rounded, and equal distances are ranked by their rounding.
        if topology == Topology::Rectangular {
            for k in 1..10 {
                assert_eq!(map.trustworthiness(&codebook, k).unwrap(), 1.0);
                assert_eq!(map.neighborhood_preservation(&codebook, k).unwrap(), 1.0);
            }
        }
    }
}

/// A chain folded into a square tears neighbors apart: P is well below 0.
#[test]
fn the_topographic_product_sees_a_lattice_of_too_few_dimensions() {
    let mut x = Matrix::zeros(2, 4000);
    Stream::new(1).named("square").fill_uniform(x.as_mut_slice(), 0.0, 1.0);
    let product = |rows, columns| {
        let lattice = Lattice::new(rows, columns, Topology::Rectangular, Boundary::Planar).unwrap();
        let radius = Schedule::Exponential { from: columns as f64 / 2.0, to: 0.7 };
        let config = SomConfig { radius, epochs: 40, ..SomConfig::new(lattice) };
        config.fit::<f64>(&x, Stream::new(1)).unwrap().topographic_product()
    };
    let (chain, square) = (product(1, 64), product(8, 8));
    assert!(chain < -0.03 && square.abs() < 0.01, "chain {chain}, square {square}");
}

/// Kohonen (1982): fed from a square, the map unfolds. Ideal is the error of square cells, 0.38260/√K.
#[test]
fn a_map_fed_from_a_square_unfolds() {
    let lattice = Lattice::new(10, 10, Topology::Rectangular, Boundary::Planar).unwrap();
    for seed in 0..2 {
        let stream = Stream::new(seed);
        let mut x = Matrix::<f64>::zeros(2, 100_000);
        stream.named("x").fill_uniform(x.as_mut_slice(), 0.0, 1.0);
        let mut codebook = Matrix::zeros(2, 100);
        stream.named("start").fill_uniform(codebook.as_mut_slice(), 0.45, 0.55);
        let config = SomConfig {
            neighborhood: Neighborhood::KohonenGaussian,
            radius: Schedule::Exponential { from: 5.0, to: 0.5 },
            learning_rate: Schedule::Exponential { from: 0.5, to: 0.01 },
            algorithm: Algorithm::Online { shuffle: false },
            epochs: 1,
            ..SomConfig::new(lattice)
        };
        let start = Som::new(lattice, codebook, Distance::Euclidean).unwrap();
        let mut training = config.resume(&x, Stream::new(seed), start, 0).unwrap();
        training.next().unwrap().unwrap();
        let map = training.into_model();
        let ratio = map.quantization_error(&x).unwrap() / (0.38260 / 10.0);
        assert!((1.0..1.05).contains(&ratio), "seed {seed}: {ratio}");
        assert_eq!(map.topographic_error(&x, Adjacency::EdgesAndCorners).unwrap(), 0.0);
        let w = |row: usize, column: usize| map.codebook().column(row * 10 + column);
        let signs: Vec<bool> = (0..81)
            .map(|cell| {
                let (row, column) = (cell / 9, cell % 9);
                let (a, b) = (w(row, column + 1) - w(row, column), w(row + 1, column) - w(row, column));
                a[0] * b[1] - a[1] * b[0] > 0.0
            })
            .collect();
        assert!(signs.iter().all(|&sign| sign == signs[0]), "seed {seed}: a cell is folded");
    }
}

#[test]
fn hits_planes_and_responses_are_laid_out_as_the_lattice() {
    let map = map(2, 3, Topology::Rectangular, Matrix::from_fn(2, 6, |k, unit| (10 * k + unit) as f64));
    assert_eq!(map.component_plane(1).unwrap(), Matrix::from_row_slice(2, 3, &[10.0, 11.0, 12.0, 13.0, 14.0, 15.0]));
    let x = Matrix::from_row_slice(2, 3, &[0.1, 4.2, 4.1, 10.0, 14.0, 14.0]);
    assert_eq!(map.hits(&x).unwrap(), Matrix::from_row_slice(2, 3, &[1.0, 0.0, 0.0, 0.0, 2.0, 0.0]));
    let response = map.activation_response(&[4.0, 14.0]).unwrap();
    assert_eq!((response[(1, 1)], response[(1, 2)]), (0.0, 2.0_f64.sqrt()));
    let labels = map.label_units(&x, &[1, 0, 0], 2).unwrap();
    let label_map = map.label_map(&labels).unwrap();
    assert_eq!((label_map[(0, 0)], label_map[(1, 1)], label_map[(0, 1)]), (Some(1), Some(0), None));
    assert_eq!(map.transform(&x).unwrap().column(1).as_slice(), [1.0, 1.0]);
    assert_eq!(map.quantize(&x).unwrap().column(2).as_slice(), [4.0, 14.0]);
}

#[test]
fn irises_are_labeled_and_clustered() {
    let iris = datasets::iris::<f64>().unwrap();
    let map = SomConfig::for_data(&iris.samples).unwrap().fit(&iris.samples, Stream::new(1)).unwrap();
    assert!(map.lattice().columns() > map.lattice().rows(), "the first component is the longer one");
    let labels = map.label_units(&iris.samples, &iris.labels, 3).unwrap();
    let predicted = map.predict_labels(&labels, &iris.samples).unwrap();
    assert!(nn_core::accuracy(&predicted, &iris.labels).unwrap() >= 0.95);
    let soft = map.predict_proportions(&labels, &iris.samples).unwrap();
    assert!(soft.column_iter().all(|column| (column.sum() - 1.0).abs() < 1e-12));
    assert_eq!(nn_core::predicted_classes(&soft), predicted);
    // Setosa lies apart: two clusters separate it from the others.
    let clusters = map.clusters(2).unwrap();
    let of_samples: Vec<usize> = map.predict(&iris.samples).unwrap().iter().map(|&unit| clusters[unit]).collect();
    let setosa = of_samples[0];
    let split = (0..150).filter(|&n| (of_samples[n] == setosa) != (iris.labels[n] == iris.labels[0])).count();
    assert!(split <= 3, "{split} samples on the wrong side");
    assert_eq!(map.clusters(map.units()).unwrap(), (0..map.units()).collect::<Vec<_>>());
    assert_eq!(map.clusters(1).unwrap(), vec![0; map.units()]);
}

/// Ward's method by its definition: join the pair that adds least to the sum of squares.
#[test]
fn clusters_are_those_of_the_naive_method() {
    for seed in 0..10 {
        let map = map(4, 6, Topology::Rectangular, random(3, 24, seed));
        let mut groups: Vec<Vec<usize>> = (0..24).map(|unit| vec![unit]).collect();
        let mean = |group: &[usize]| {
            group.iter().map(|&i| map.codebook().column(i).clone_owned()).sum::<nn_core::Vector<f64>>()
                / group.len() as f64
        };
        while groups.len() > 5 {
            let mut best = (f64::INFINITY, 0, 0);
            for a in 0..groups.len() {
                for b in a + 1..groups.len() {
                    let (p, q) = (groups[a].len() as f64, groups[b].len() as f64);
                    let cost = p * q / (p + q) * (mean(&groups[a]) - mean(&groups[b])).norm_squared();
                    best = if cost < best.0 { (cost, a, b) } else { best };
                }
            }
            let joined = groups.remove(best.2);
            groups[best.1].extend(joined);
        }
        let found = map.clusters(5).unwrap();
        for group in &groups {
            assert!(group.iter().all(|&unit| found[unit] == found[group[0]]), "seed {seed}");
        }
        assert_eq!(found.iter().max(), Some(&4));
    }
}

#[test]
fn a_hole_is_filled_from_what_is_known() {
    // Feature 1 is twice feature 0; every third value of it is missing.
    let complete = Matrix::from_fn(2, 300, |k, n| [1.0, 2.0][k] * (n as f64 / 300.0));
    let mut known = complete.clone();
    (0..300).step_by(3).for_each(|n| known[(1, n)] = f64::NAN);
    for algorithm in [Algorithm::Batch, Algorithm::Online { shuffle: true }] {
        let lattice = Lattice::new(1, 30, Topology::Rectangular, Boundary::Planar).unwrap();
        let config = SomConfig { algorithm, ..SomConfig::new(lattice) };
        let data = Data::from(&known).with_missing();
        let map = config.fit(data, Stream::new(1)).unwrap();
        let filled = map.quantize(data).unwrap();
        let worst = (0..600).map(|place| (filled[place] - complete[place]).abs()).fold(0.0, f64::max);
        assert!(worst < 0.15, "{algorithm:?}: {worst}");
    }
    let rows = SparseSamples::new(2, vec![0, 1, 3], vec![0, 0, 1], vec![1.0, f64::NAN, 4.0]).unwrap();
    let config = SomConfig {
        initialization: Initialization::Random,
        ..SomConfig::new(Lattice::new(1, 2, Topology::Rectangular, Boundary::Planar).unwrap())
    };
    let map = config.fit(Data::from(&rows).with_missing(), Stream::new(1)).unwrap();
    assert!(map.codebook().iter().all(|w| w.is_finite()));
}
