//! Self-organizing maps against MiniSom, somoclu and scikit-learn: `golden/som.safetensors`, made by
//! `golden/make_som_golden.py`. Every test prints the worst difference.

use io::{Array, Limits, read_safetensors};
use nn_core::{Boundary, Lattice, Matrix, Real, Stream, Topology, samples_from_rows};
use som::{Adjacency, Algorithm, Distance, Neighborhood, Schedule, Som, SomConfig};
use std::collections::BTreeMap;

struct Golden(BTreeMap<String, Array<f64>>);

impl Golden {
    fn load() -> Self {
        let bytes = include_bytes!("golden/som.safetensors");
        Self(read_safetensors(&bytes[..], &Limits::default()).unwrap())
    }

    /// Rows of the file are columns here.
    fn samples<T: Real>(&self, name: &str) -> Matrix<T> {
        let array = &self.0[name];
        samples_from_rows(array.shape[1], array.values.iter().map(|value| T::from_f64(*value)).collect()).unwrap()
    }

    fn values(&self, name: &str) -> &[f64] {
        &self.0[name].values
    }

    /// The map of a case after training, and how far its codebook is from the golden one.
    fn trained<T: Real>(&self, case: &str, config: &SomConfig) -> (Som<T>, f64) {
        let x = self.samples::<T>("x");
        let beginning = Som::new(config.lattice, self.samples(&format!("{case}.beginning")), config.distance).unwrap();
        // Nothing is drawn: samples come in their order.
        let mut training = config.resume(&x, Stream::new(0), beginning, 0).unwrap();
        training.try_for_each(|epoch| epoch.map(drop)).unwrap();
        let map = training.into_model();
        let difference = worst(map.codebook().iter().map(|w| w.to_f64()), self.values(&format!("{case}.codebook")));
        (map, difference)
    }
}

fn worst(found: impl IntoIterator<Item = f64>, expected: &[f64]) -> f64 {
    let found: Vec<f64> = found.into_iter().collect();
    assert_eq!(found.len(), expected.len());
    // Relative to large values: the Mexican hat drives vectors far away. A NaN must not vanish in the maximum.
    let larger = |worst: f64, difference: f64| if difference <= worst { worst } else { difference };
    found.iter().zip(expected).map(|(a, b)| (a - b).abs() / b.abs().max(1.0)).fold(0.0, larger)
}

const SAMPLES: usize = 120;
const LEARNING_RATE: f64 = 0.4;

fn lattice(rows: usize, topology: Topology) -> Lattice {
    Lattice::new(rows, 5, topology, Boundary::Planar).unwrap()
}

/// MiniSom's `linear_decay_to_one` of σ and `linear_decay_to_zero` of the rate, over n steps that stop one before the end.
fn online(rows: usize, topology: Topology, sigma: f64, epochs: usize) -> SomConfig {
    let n = (epochs * SAMPLES) as f64;
    SomConfig {
        neighborhood: Neighborhood::KohonenGaussian,
        radius: Schedule::Linear { from: sigma, to: 1.0 + (sigma - 1.0) / n },
        learning_rate: Schedule::Linear { from: LEARNING_RATE, to: LEARNING_RATE / n },
        algorithm: Algorithm::Online { shuffle: false },
        epochs,
        ..SomConfig::new(lattice(rows, topology))
    }
}

fn batch(rows: usize, topology: Topology, sigma: f64) -> SomConfig {
    SomConfig {
        neighborhood: Neighborhood::KohonenGaussian,
        radius: Schedule::Linear { from: sigma, to: 1.0 + (sigma - 1.0) / 5.0 },
        epochs: 5,
        ..SomConfig::new(lattice(rows, topology))
    }
}

/// Every case of MiniSom with its configuration here.
fn cases() -> Vec<(&'static str, SomConfig)> {
    use Topology::{Hexagonal, Rectangular};
    let square = |sigma| online(6, Rectangular, sigma, 2);
    // MiniSom's bubble of 2 is a square of 3 × 3: corners at √2, the next units at 2.
    let bubble = SomConfig { neighborhood: Neighborhood::Bubble, radius: Schedule::Constant(1.5), ..square(2.0) };
    let asymptotic = SomConfig {
        radius: Schedule::Asymptotic { from: 2.0 },
        learning_rate: Schedule::Asymptotic { from: LEARNING_RATE },
        ..square(2.0)
    };
    // With `use_epochs` both fall from epoch to epoch.
    let by_epoch = |from: f64, to: f64| {
        let step = |p: f64| (p * (4 * SAMPLES - 1) as f64).round();
        Schedule::function(move |p| from + (step(p) / SAMPLES as f64).floor() * (to - from) / 4.0)
    };
    let epochs = SomConfig {
        radius: by_epoch(2.0, 1.0),
        learning_rate: by_epoch(LEARNING_RATE, 0.0),
        ..online(6, Rectangular, 2.0, 4)
    };
    vec![
        ("gaussian", square(2.5)),
        ("asymptotic", asymptotic),
        ("bubble", bubble),
        ("mexican_hat", SomConfig { neighborhood: Neighborhood::MexicanHat, ..online(6, Rectangular, 1.5, 1) }),
        ("cosine", SomConfig { distance: Distance::Cosine, ..square(2.0) }),
        ("manhattan", SomConfig { distance: Distance::Manhattan, ..square(2.0) }),
        ("hexagonal_odd", online(7, Hexagonal, 2.0, 2)),
        ("hexagonal_even", online(6, Hexagonal, 2.0, 2)),
        ("epochs", epochs),
        ("batch", batch(6, Rectangular, 2.5)),
        ("batch_hexagonal_odd", batch(7, Hexagonal, 2.0)),
        ("batch_hexagonal_even", batch(6, Hexagonal, 2.0)),
    ]
}

#[test]
fn codebooks_are_those_of_minisom() {
    let golden = Golden::load();
    let differences = cases().into_iter().map(|(case, config)| {
        let (_, difference) = golden.trained::<f64>(case, &config);
        eprintln!("MiniSom, {case}: {difference:.1e}");
        assert!(difference < 1e-10, "{case}: {difference:e}");
        difference
    });
    eprintln!("MiniSom, worst codebook: {:.1e}", differences.fold(0.0, f64::max));
}

#[test]
fn codebooks_in_single_precision_are_those_of_minisom() {
    let golden = Golden::load();
    let differences = cases().into_iter().map(|(case, config)| {
        let (_, difference) = golden.trained::<f32>(case, &config);
        eprintln!("MiniSom, {case} in f32: {difference:.1e}");
        assert!(difference < 1e-4, "{case}: {difference:e}");
        difference
    });
    eprintln!("MiniSom, worst codebook in f32: {:.1e}", differences.fold(0.0, f64::max));
}

#[test]
fn errors_u_matrices_and_hits_are_those_of_minisom() {
    let golden = Golden::load();
    let x = golden.samples::<f64>("x");
    let mut largest = 0.0;
    for (case, config) in cases() {
        // MiniSom's errors are Euclidean, whatever chose the winners in training; its hits are not.
        let codebook = golden.samples::<f64>(&format!("{case}.codebook"));
        let map = Som::new(config.lattice, codebook.clone(), Distance::Euclidean).unwrap();
        let quality = map.quality(&x, Adjacency::EdgesAndCorners).unwrap();
        let of_training = Som::new(config.lattice, codebook, config.distance).unwrap();
        let errors = [quality.quantization_error, quality.topographic_error];
        let by_rows = |view: &Matrix<f64>| view.transpose().as_slice().to_vec();
        let u_matrix = map.u_matrix(Adjacency::EdgesAndCorners);
        let u_matrix = by_rows(&(&u_matrix / u_matrix.max()));
        let mut differences = vec![
            ("errors", worst(errors, golden.values(&format!("{case}.errors")))),
            ("hits", worst(by_rows(&of_training.hits(&x).unwrap()), golden.values(&format!("{case}.hits")))),
        ];
        let difference = worst(u_matrix, golden.values(&format!("{case}.u_matrix")));
        if case.ends_with("hexagonal_even") {
            // MiniSom's table of neighbors belongs to an odd number of rows.
            assert!(difference > 0.01, "{case}: {difference:e}");
        } else {
            differences.push(("U-matrix", difference));
        }
        for (what, difference) in differences {
            assert!(difference < 1e-12, "{what} of {case}: {difference:e}");
            largest = f64::max(largest, difference);
        }
    }
    eprintln!("MiniSom, worst error, U-matrix or hit: {largest:.1e}");
}

#[test]
fn codebooks_are_those_of_somoclu() {
    let golden = Golden::load();
    let mut largest = 0.0;
    for (name, boundary) in [("planar", Boundary::Planar), ("toroid", Boundary::Torus)] {
        let shapes = [
            ("gaussian", Neighborhood::KohonenGaussian),
            ("compact", Neighborhood::CutGaussian),
            ("bubble", Neighborhood::Bubble),
        ];
        for (shape, neighborhood) in shapes {
            let config = SomConfig {
                neighborhood,
                radius: Schedule::Linear { from: 3.0, to: 1.0 },
                epochs: 5,
                ..SomConfig::new(Lattice::new(6, 5, Topology::Rectangular, boundary).unwrap())
            };
            let (_, difference) = golden.trained::<f32>(&format!("somoclu_{name}_{shape}"), &config);
            eprintln!("somoclu, {name}, {shape}: {difference:.1e}");
            assert!(difference < 1e-5, "{name}, {shape}: {difference:e}");
            largest = f64::max(largest, difference);
        }
    }
    eprintln!("somoclu, worst codebook: {largest:.1e}");
}

#[test]
fn trustworthiness_is_that_of_scikit_learn() {
    let golden = Golden::load();
    let points = golden.samples::<f64>("trustworthiness.points");
    let places: Vec<usize> = golden.values("trustworthiness.places").iter().map(|place| *place as usize).collect();
    // A chain whose units at these places are the points, and which is far away elsewhere.
    let chain = Lattice::new(1, places[places.len() - 1] + 1, Topology::Rectangular, Boundary::Planar).unwrap();
    let mut codebook = Matrix::from_element(points.nrows(), chain.units(), 1e3);
    places.iter().enumerate().for_each(|(point, place)| codebook.set_column(*place, &points.column(point)));
    let map = Som::new(chain, codebook, Distance::Euclidean).unwrap();
    let found = [1, 5, 12]
        .into_iter()
        .flat_map(|k| [map.trustworthiness(&points, k).unwrap(), map.neighborhood_preservation(&points, k).unwrap()]);
    let difference = worst(found, golden.values("trustworthiness.values"));
    eprintln!("scikit-learn, worst trustworthiness: {difference:.1e}");
    assert!(difference < 1e-8, "{difference:e}");
}
