//! Bad input, and input at the edge: messages say what was expected, what was found, and where.

use nn_core::{Boundary, Lattice, Matrix, Stream, Topology};
use som::{
    Adjacency, Algorithm, Data, Distance, Initialization, Neighborhood, Schedule, Som, SomConfig, SparseSamples,
};

fn square(side: usize) -> Lattice {
    Lattice::new(side, side, Topology::Rectangular, Boundary::Planar).unwrap()
}

fn message<'a>(config: &SomConfig, data: impl Into<Data<'a, f64>>) -> String {
    match config.fit(data, Stream::new(0)) {
        Ok(_) => "no error".into(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn samples_that_make_no_sense_are_named() {
    let config = SomConfig::new(square(3));
    assert_eq!(message(&config, &Matrix::zeros(4, 0)), "there is no sample");
    assert_eq!(message(&config, &Matrix::zeros(0, 4)), "the samples have no features");
    let mut x = Matrix::zeros(4, 20);
    x[(3, 17)] = f64::NAN;
    assert_eq!(message(&config, &x), "the samples: sample 17, feature 3 is NaN");
    assert_eq!(message(&config, Data::from(&x).with_missing()), "no error");
    x[(2, 5)] = f64::NEG_INFINITY;
    assert_eq!(message(&config, Data::from(&x).with_missing()), "the samples: sample 5, feature 2 is -inf");
    let nothing = Matrix::repeat(2, 3, f64::NAN);
    assert_eq!(message(&config, Data::from(&nothing).with_missing()), "sample 0: all of its 2 features are missing");
    assert_eq!(
        Data::from_rows(3, &[0.0; 10]).unwrap_err().to_string(),
        "10 values do not divide into samples of 3 features"
    );
}

/// MiniSom's quantization error of such samples is NaN.
#[test]
fn quality_of_samples_with_nan_is_an_error_and_never_a_number() {
    let x = Matrix::from_fn(2, 10, |k, n| (k * n) as f64);
    let map = SomConfig::new(square(3)).fit(&x, Stream::new(0)).unwrap();
    let mut broken = x.clone();
    broken[(1, 4)] = f64::NAN;
    assert_eq!(map.quantization_error(&broken).unwrap_err().to_string(), "the samples: sample 4, feature 1 is NaN");
    assert!(map.topographic_error(&broken, Adjacency::Edges).is_err());
    assert!(map.hits(&broken).is_err() && map.trustworthiness(&broken, 2).is_err());
    assert!(map.quantization_error(Data::from(&broken).with_missing()).unwrap().is_finite());
    assert_eq!(map.quantization_error(&Matrix::zeros(2, 0)).unwrap_err().to_string(), "there is no sample");
    assert_eq!(
        map.predict(&Matrix::zeros(3, 1)).unwrap_err().to_string(),
        "the map expects 2 features, the samples have 3"
    );
    assert_eq!(map.predict(&Matrix::zeros(2, 0)).unwrap(), Vec::<usize>::new());
    assert!(map.best_matching_unit(&[0.0, f64::NAN]).is_err());
}

#[test]
fn weights_that_make_no_sense_are_named() {
    let config = SomConfig::new(square(3));
    let x = Matrix::from_fn(2, 4, |k, n| (k + n) as f64);
    let with = |weights: &[f64]| message(&config, Data::from(&x).weighted(weights));
    assert_eq!(with(&[1.0; 3]), "there are 4 samples, but 3 weights");
    assert_eq!(with(&[1.0, 1.0, -1.0, 1.0]), "the weight of sample 2 must be non-negative and finite, is -1");
    assert_eq!(with(&[0.0; 4]), "at least one sample must have a positive weight");
    assert_eq!(with(&[0.0, 0.0, 2.0, 0.0]), "no error");
}

#[test]
fn configurations_out_of_range_are_named() {
    let x = Matrix::from_fn(2, 4, |k, n| (k + n) as f64);
    let base = SomConfig::new(square(3));
    let online = SomConfig { algorithm: Algorithm::Online { shuffle: true }, ..base.clone() };
    let rate = |rate| message(&SomConfig { learning_rate: Schedule::Constant(rate), ..online.clone() }, &x);
    assert_eq!(rate(1.5), "the learning rate must be between 0 and 1, is 1.5 in step 0");
    assert_eq!(rate(f64::NAN), "the learning rate must be between 0 and 1, is NaN in step 0");
    let radius = |radius| message(&SomConfig { radius, ..base.clone() }, &x);
    assert_eq!(
        radius(Schedule::Linear { from: 1.0, to: -1.0 }),
        "the radius must be non-negative and finite, is -1 in step 19"
    );
    assert_eq!(
        radius(Schedule::Exponential { from: -1.0, to: 0.0 }),
        "the radius must be non-negative and finite, is -1 in step 0"
    );
    let hole = Schedule::function(|p| if (0.4..0.6).contains(&p) { f64::NAN } else { 1.0 });
    assert_eq!(radius(hole), "the radius must be non-negative and finite, is NaN in step 8");
    assert_eq!(
        message(&SomConfig { neighborhood: Neighborhood::MexicanHat, ..base.clone() }, &x),
        "the Mexican hat has negative weights, of which no mean can be taken: set Algorithm::Online"
    );
    let rows = SparseSamples::new(2, vec![0, 1, 2], vec![0, 1], vec![1.0, 1.0]).unwrap();
    assert_eq!(message(&online, &rows), "sparse samples train in batches: set Algorithm::Batch");
    assert_eq!(SomConfig::for_samples(0).unwrap_err().to_string(), "there is no sample");
}

#[test]
fn maps_that_do_not_fit_are_named() {
    let new = |codebook| Som::new(square(2), codebook, Distance::Euclidean).unwrap_err().to_string();
    assert_eq!(new(Matrix::zeros(3, 5)), "the lattice has 4 units, the codebook has 5 reference vectors");
    assert_eq!(new(Matrix::zeros(0, 4)), "the samples have no features");
    assert_eq!(new(Matrix::repeat(1, 4, f64::NAN)), "the codebook, a unit a sample: sample 0, feature 0 is NaN");
    let map = Som::new(square(2), Matrix::<f64>::zeros(3, 4), Distance::Euclidean).unwrap();
    let x = Matrix::zeros(3, 4);
    assert!(SomConfig::new(square(3)).resume(&x, Stream::new(0), map.clone(), 0).is_err());
    assert!(map.component_plane(3).is_err() && map.clusters(0).is_err() && map.clusters(5).is_err());
    let mut map = map;
    assert_eq!(
        map.adapt(&[0.0; 3], Neighborhood::Gaussian, -1.0, 0.5).unwrap_err().to_string(),
        "the radius must be non-negative and finite, is -1"
    );
    assert!(map.adapt(&[0.0; 3], Neighborhood::Gaussian, 1.0, 1.5).is_err());
    assert!(map.adapt(&[0.0; 2], Neighborhood::Gaussian, 1.0, 0.5).is_err());
}

#[test]
fn values_whose_distances_would_overflow_are_errors_and_others_are_right() {
    let config = SomConfig { initialization: Initialization::Samples, ..SomConfig::new(square(2)) };
    let huge = Matrix::from_row_slice(1, 4, &[1e19_f32, 2e19, 3e19, -4e19]);
    assert_eq!(
        config.fit(&huge, Stream::new(0)).unwrap_err().to_string(),
        "sample 0, feature 0 is 9.999999980506448e18: its magnitude must be below 2.3e18, or distances overflow"
    );
    let large = huge * 0.01;
    let map = config.fit(&large, Stream::new(0)).unwrap();
    assert!(map.codebook().iter().all(|w| w.is_finite() && w.abs() <= 4.1e17));
    assert!(map.quantization_error(&large).unwrap() < 3e17);
    assert_eq!(map.winners(&large).unwrap()[3], map.best_matching_unit(&[large[3]]).unwrap());
}

#[test]
fn constant_single_and_duplicate_samples_train() {
    for algorithm in [Algorithm::Batch, Algorithm::Online { shuffle: true }] {
        for initialization in [Initialization::Random, Initialization::Samples, Initialization::PrincipalComponents] {
            for samples in [1, 2, 50] {
                let x = Matrix::<f32>::repeat(3, samples, 0.25);
                let config = SomConfig { algorithm, initialization, epochs: 3, ..SomConfig::new(square(4)) };
                let map = config.fit(&x, Stream::new(1)).unwrap();
                assert!(map.codebook().iter().all(|&w| w == 0.25), "{algorithm:?} {initialization:?}");
                assert_eq!(map.quantization_error(&x).unwrap(), 0.0);
                assert_eq!(map.predict(&x).unwrap(), vec![0; samples]);
            }
        }
    }
}

/// somoclu 1.7.6 gives NaN for one epoch with its default schedule.
#[test]
fn one_epoch_is_enough_for_a_finite_map() {
    let x = Matrix::from_fn(2, 30, |k, n| ((n * (k + 3)) % 11) as f64);
    for law in [
        Schedule::Linear { from: 3.0, to: 1.0 },
        Schedule::Exponential { from: 3.0, to: 1.0 },
        Schedule::Inverse { from: 3.0, to: 1.0 },
    ] {
        let config = SomConfig { epochs: 1, radius: law, ..SomConfig::new(square(5)) };
        assert!(config.fit(&x, Stream::new(0)).unwrap().codebook().iter().all(|w| w.is_finite()));
    }
    let none = SomConfig { epochs: 0, ..SomConfig::new(square(5)) };
    assert_eq!(none.fit(&x, Stream::new(0)).unwrap(), none.initialize(&x, &Stream::new(0)).unwrap());
}

/// Far from every winner all weights underflow: the unit keeps its vector.
#[test]
fn a_unit_out_of_reach_keeps_its_vector() {
    let lattice = Lattice::new(1, 100, Topology::Rectangular, Boundary::Planar).unwrap();
    let codebook = Matrix::from_fn(1, 100, |_, unit| unit as f32);
    let map = Som::new(lattice, codebook, Distance::Euclidean).unwrap();
    let config = SomConfig { radius: Schedule::Constant(1.0), epochs: 1, ..SomConfig::new(lattice) };
    let x = Matrix::repeat(1, 3, -1.0_f32);
    let mut training = config.resume(&x, Stream::new(0), map, 0).unwrap();
    training.next().unwrap().unwrap();
    let w = training.model().codebook();
    assert!((0..20).all(|unit| w[unit] == -1.0), "{w}");
    assert!((30..100).all(|unit| w[unit] == unit as f32), "{w}");
}

/// rusticsom makes every reference vector a unit vector, so its maps cannot lie where the samples are.
#[test]
fn a_map_lies_where_the_samples_are() {
    let x = Matrix::from_fn(2, 200, |k, n| 100.0 * (k + 1) as f64 + (n % 10) as f64);
    for algorithm in [Algorithm::Batch, Algorithm::Online { shuffle: true }] {
        let map = SomConfig { algorithm, ..SomConfig::new(square(4)) }.fit(&x, Stream::new(0)).unwrap();
        let mean = map.codebook().column_mean();
        assert!((mean[0] - 104.5).abs() < 1.0 && (mean[1] - 204.5).abs() < 1.0, "{mean}");
    }
}
