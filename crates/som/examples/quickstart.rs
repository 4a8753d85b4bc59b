//! The irises on a map: train, measure, label, cluster.

use nn_core::{Stream, accuracy};
use som::{Adjacency, SomConfig};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let iris = datasets::iris::<f64>()?; // 4 x 150: one sample a column
    let config = SomConfig::for_data(&iris.samples)?;
    let mut training = config.training(&iris.samples, Stream::new(1982))?;
    for epoch in &mut training {
        let epoch = epoch?;
        println!(
            "epoch {:2}  radius {:.2}  mean winner distance {:.3}",
            epoch.number, epoch.radius, epoch.mean_winner_distance
        );
    }
    let map = training.into_model();
    println!("{} rows, {} columns", map.lattice().rows(), map.lattice().columns());
    println!("quantization error {:.3}", map.quantization_error(&iris.samples)?);
    println!("topographic error {:.3}", map.topographic_error(&iris.samples, Adjacency::Edges)?);
    let labels = map.label_units(&iris.samples, &iris.labels, 3)?;
    println!("accuracy {:.3}", accuracy(&map.predict_labels(&labels, &iris.samples)?, &iris.labels)?);
    println!("clusters of the units {:?}", map.clusters(3)?);
    Ok(())
}
