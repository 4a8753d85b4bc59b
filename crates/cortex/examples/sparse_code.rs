//! A sparse code of the embedded natural images, and how many of its bases are oriented.

use cortex::{BasisShape, SparseCodingConfig, Whitening, nn_core::Stream};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pictures = datasets::images()?;
    let whitened = pictures.iter().map(|picture| Whitening::default().apply::<f32>(&picture.brightness()));
    let whitened = whitened.collect::<Result<Vec<_>, _>>()?;
    let config = SparseCodingConfig { side: 8, bases: 64, epochs: 10, ..SparseCodingConfig::default() };
    let mut training = config.training(&whitened, Stream::new(1996))?;
    while let Some(epoch) = training.next() {
        let epoch = epoch?;
        let shapes = BasisShape::of_all(training.model().bases())?;
        let oriented = shapes.iter().filter(|shape| shape.orientation_index >= 0.6).count();
        println!("epoch {:2}: energy {:.3}, {oriented} of 64 oriented", epoch.number, epoch.energy);
    }
    Ok(())
}
