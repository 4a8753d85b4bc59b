//! Small fixed pieces of work whose instructions are counted: `cargo xtask counts` runs each under valgrind.

use cnn::CnnConfig;
use energy::{Gibbs, Patterns, RecallConfig, Temperature, hebb};
use mlp::MlpConfig;
use nn_core::{Batch, Boundary, GradientDescent, Lattice, Matrix, Stream, Topology, View, gemm, math, one_hot, simd};
use som::{Algorithm, SomConfig};
use std::hint::black_box;

type Work = fn() -> Result<(), Box<dyn std::error::Error>>;

/// Every workload by name; `xtask/src/counts.rs` runs those that this program lists.
const WORKLOADS: &[(&str, Work)] = &[
    ("core-gemm", product),
    ("core-math", transcendental),
    ("core-reduce", reduction),
    ("mlp-minibatch", minibatch),
    ("mlp-online", online),
    ("som-batch", som_batch),
    ("som-online", som_online),
    ("energy-recall", recall),
    ("energy-gibbs", gibbs),
    ("cnn-online", lenet),
    ("cnn-inference", inference),
    ("cnn-second-order", lenet_5),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().nth(1).unwrap_or_default();
    match WORKLOADS.iter().find(|(other, _)| *other == name) {
        Some((_, work)) => work(),
        None => {
            WORKLOADS.iter().for_each(|(name, _)| println!("{name}"));
            Ok(())
        }
    }
}

fn normal(rows: usize, columns: usize, name: &str) -> Matrix<f32> {
    let mut matrix = Matrix::zeros(rows, columns);
    Stream::new(64).named(name).fill_normal(matrix.as_mut_slice(), 0.0, 1.0);
    matrix
}

fn product() -> Result<(), Box<dyn std::error::Error>> {
    let (a, b) = (normal(128, 256, "a"), normal(256, 64, "b"));
    let mut c = Matrix::zeros(128, 64);
    for _ in 0..20 {
        gemm(1.0, View::from(&a), View::from(&b), 0.0, black_box(&mut c))?;
    }
    Ok(())
}

fn transcendental() -> Result<(), Box<dyn std::error::Error>> {
    let (x, mut y) = (normal(4096, 1, "x"), vec![0.0; 4096]);
    for function in [math::exp_slice::<f32>, math::tanh_slice, math::sigmoid_slice] {
        for _ in 0..100 {
            function(black_box(x.as_slice()), black_box(&mut y))?;
        }
    }
    Ok(())
}

fn reduction() -> Result<(), Box<dyn std::error::Error>> {
    let (x, y) = (normal(4096, 1, "x"), normal(4096, 1, "y"));
    for _ in 0..2000 {
        black_box(simd::dot(black_box(x.as_slice()), black_box(y.as_slice())));
    }
    Ok(())
}

fn classifier(config: MlpConfig, samples: usize) -> Result<(), Box<dyn std::error::Error>> {
    let labels: Vec<usize> = (0..samples).map(|sample| sample * sample % 10).collect();
    black_box(config.fit(&normal(100, samples, "x"), &one_hot(10, &labels)?, Stream::new(1986))?);
    Ok(())
}

fn minibatch() -> Result<(), Box<dyn std::error::Error>> {
    let optimizer = GradientDescent::new(0.1).into();
    classifier(MlpConfig { optimizer, epochs: 5, ..MlpConfig::classifier(&[50], 10) }, 320)
}

fn online() -> Result<(), Box<dyn std::error::Error>> {
    let optimizer = GradientDescent::new(0.01).into();
    classifier(MlpConfig { optimizer, batch: Batch::Online, epochs: 5, ..MlpConfig::classifier(&[30], 10) }, 200)
}

fn map(algorithm: Algorithm, epochs: usize) -> Result<(), Box<dyn std::error::Error>> {
    let config = SomConfig {
        algorithm,
        epochs,
        ..SomConfig::new(Lattice::new(10, 10, Topology::Rectangular, Boundary::Planar)?)
    };
    black_box(config.fit(&normal(16, 500, "x"), Stream::new(1982))?);
    Ok(())
}

fn som_batch() -> Result<(), Box<dyn std::error::Error>> {
    map(Algorithm::Batch, 5)
}

fn som_online() -> Result<(), Box<dyn std::error::Error>> {
    map(Algorithm::Online { shuffle: true }, 2)
}

fn patterns() -> Result<Patterns, Box<dyn std::error::Error>> {
    Ok(Patterns::random(300, 20, &mut Stream::new(1982).named("patterns"))?)
}

fn recall() -> Result<(), Box<dyn std::error::Error>> {
    let patterns = patterns()?;
    let network = hebb::<f32>(&patterns)?;
    for pattern in 0..20 {
        black_box(RecallConfig::default().recall(&network, &patterns.state(pattern), Stream::new(1982))?);
    }
    Ok(())
}

fn gibbs() -> Result<(), Box<dyn std::error::Error>> {
    let network = hebb::<f32>(&patterns()?)?;
    let gibbs = Gibbs::new(&network);
    let mut chain = gibbs.chain(Stream::new(1985));
    chain.sweeps_at(Temperature::new(10.0)?, 200);
    black_box(chain.state());
    Ok(())
}

fn digits() -> (Matrix<f32>, Matrix<f32>) {
    let mut targets = Matrix::from_element(10, 20, -1.0);
    (0..20).for_each(|sample| targets[(sample % 10, sample)] = 1.0);
    (normal(256, 20, "digits"), targets)
}

fn lenet() -> Result<(), Box<dyn std::error::Error>> {
    let (samples, targets) = digits();
    black_box(CnnConfig { epochs: 1, ..CnnConfig::lenet_1989() }.fit(&samples, &targets, Stream::new(1989))?);
    Ok(())
}

fn lenet_5() -> Result<(), Box<dyn std::error::Error>> {
    let mut targets = Matrix::zeros(10, 20);
    (0..20).for_each(|sample| targets[(sample % 10, sample)] = 1.0);
    let config = CnnConfig { epochs: 1, ..CnnConfig::lenet_5() };
    black_box(config.fit(&normal(1024, 20, "digits"), &targets, Stream::new(1998))?);
    Ok(())
}

fn inference() -> Result<(), Box<dyn std::error::Error>> {
    let network = CnnConfig::lenet_1989().initialize::<f32>(&Stream::new(1989))?;
    black_box(network.predict(&digits().0)?);
    Ok(())
}
