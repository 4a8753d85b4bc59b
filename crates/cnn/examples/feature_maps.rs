//! Trains the network of 1989 for a few passes and draws what its maps hold for one digit: `feature_maps [FILE.png]`.

use cnn::{CnnConfig, Shape, resized};
use datasets::{Scale, mnist_10k};
use nn_core::{Matrix, Stream, one_hot};
use plot::{ColorMap, Figure, ImageGrid};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).unwrap_or_else(|| "feature-maps.png".to_owned());
    let digits = mnist_10k()?.train.first(3000)?;
    let samples = resized(&digits.samples::<f32>(Scale::Signed)?, Shape::new(1, 28, 28), 16, 16)?;
    let targets = one_hot(10, digits.labels())?.map(|t: f32| 2.0 * t - 1.0);
    let config = CnnConfig { epochs: 5, ..CnnConfig::lenet_1989() };
    let network = config.fit(&samples, &targets, Stream::new(1989))?;

    let trace = network.trace(samples.column(0).as_slice())?;
    let panels = trace.outputs.iter().zip(network.layers()).take(2).map(|(output, layer)| {
        let shape = layer.output();
        let values = output.iter().map(|&z| f64::from(z));
        ImageGrid {
            title: format!("{}: {shape}", layer.kind()),
            map: ColorMap::BlueRed,
            columns: Some(6),
            ..ImageGrid::new(Matrix::from_iterator(shape.positions(), shape.maps, values), shape.width)
        }
        .into()
    });
    std::fs::write(&file, Figure::grid(1, panels.collect()).to_png()?)?;
    println!("a {} in the maps of 1989: {file}", digits.labels()[0]);
    Ok(())
}
