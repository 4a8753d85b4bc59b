//! The same bits for any number of threads.

use crate::random;
use nn_core::simd::{self, Path};
use nn_core::{Boundary, Lattice, Matrix, Real, Stream, Topology};
use som::{Algorithm, Data, Neighborhood, SomConfig, SparseSamples};

/// The same bits for any number of threads and on every path.
#[test]
fn threads_and_vectors_do_not_show_in_the_codebook() {
    fn check<T: Real>() {
        let x: Matrix<T> = random(37, 700, &mut Stream::new(8).named("x"));
        for (topology, algorithm) in [
            (Topology::Rectangular, Algorithm::Batch),
            (Topology::Hexagonal, Algorithm::Batch),
            (Topology::Hexagonal, Algorithm::Online { shuffle: true }),
        ] {
            let lattice = Lattice::new(8, 9, topology, Boundary::Planar).unwrap();
            let config = SomConfig { algorithm, epochs: 3, quality: true, ..SomConfig::new(lattice) };
            let mut found = Vec::new();
            for path in [Path::Portable, Path::Avx2, Path::Avx512].into_iter().filter(|&p| p <= simd::detect()) {
                simd::limit(path);
                for threads in [1, 2, 3] {
                    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                    found.push(pool.install(|| {
                        let mut training = config.training(&x, Stream::new(1)).unwrap();
                        let epochs: Vec<_> = training.by_ref().map(Result::unwrap).collect();
                        (training.into_model(), epochs)
                    }));
                }
            }
            simd::limit(Path::Avx512);
            assert!(found.windows(2).all(|pair| pair[0] == pair[1]));
        }
    }
    check::<f32>();
    check::<f64>();
}

/// The same where every loop of an epoch is long enough for more than one core: with weights, missing values, and sparse samples.
#[test]
fn threads_do_not_show_in_large_batches() {
    let mut x: Matrix<f32> = random(37, 9000, &mut Stream::new(9).named("x"));
    let weights: Vec<f64> = (0..9000).map(|n| f64::from(n % 3) + 0.5).collect();
    let rows: Vec<(usize, f32)> = (0..9000).map(|n| (n % 37, x[(n % 37, n)])).collect();
    let (indices, values) = rows.into_iter().unzip();
    let sparse = SparseSamples::new(37, (0..=9000).collect(), indices, values).unwrap();
    let complete = x.clone();
    x.iter_mut().step_by(11).for_each(|value| *value = f32::NAN);
    let data = [
        Data::from(&complete).weighted(&weights),
        Data::from(&x).with_missing().weighted(&weights),
        Data::from(&sparse),
    ];
    for (topology, neighborhood) in
        [(Topology::Rectangular, Neighborhood::Gaussian), (Topology::Hexagonal, Neighborhood::Bubble)]
    {
        let lattice = Lattice::new(6, 7, topology, Boundary::Planar).unwrap();
        let config = SomConfig { neighborhood, epochs: 2, ..SomConfig::new(lattice) };
        for data in data {
            let found = [1, 2, 3].map(|threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| {
                    let mut training = config.training(data, Stream::new(1)).unwrap();
                    let epochs: Vec<_> = training.by_ref().map(Result::unwrap).collect();
                    (training.into_model(), epochs)
                })
            });
            assert!(found.windows(2).all(|pair| pair[0] == pair[1]), "{neighborhood:?}");
        }
    }
}
