//! Points of a sphere on a hexagonal map without edges, trained online by the rule of slide 15.

use nn_core::{Boundary, Lattice, Matrix, Stream, Topology};
use som::{Adjacency, Algorithm, Initialization, Schedule, SomConfig};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut points = Matrix::<f32>::zeros(3, 5000);
    Stream::new(1).named("points").fill_normal(points.as_mut_slice(), 0.0, 1.0);
    points.column_iter_mut().for_each(|mut point| point /= point.norm());
    let config = SomConfig {
        algorithm: Algorithm::Online { shuffle: true },
        initialization: Initialization::Random,
        radius: Schedule::Exponential { from: 8.0, to: 0.8 },
        learning_rate: Schedule::Linear { from: 0.5, to: 0.01 },
        epochs: 10,
        quality: true,
        ..SomConfig::new(Lattice::new(12, 16, Topology::Hexagonal, Boundary::Torus)?)
    };
    let mut training = config.training(&points, Stream::new(2))?;
    for epoch in &mut training {
        let epoch = epoch?;
        if let Some(quality) = epoch.quality {
            println!(
                "epoch {:2}  quantization error {:.4}  topographic error {:.4}",
                epoch.number, quality.quantization_error, quality.topographic_error
            );
        }
    }
    println!("{:.3}", training.model().u_matrix(Adjacency::Edges));
    Ok(())
}
