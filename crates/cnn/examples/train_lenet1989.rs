//! Trains the network of 1989 on MNIST's embedded digits, saves it, and draws a digit it has not seen for `classify_png`:
//! `train_lenet1989 [NETWORK.safetensors] [DIGIT.png]`.

use cnn::{CnnConfig, Shape, resized};
use datasets::{Digits, Scale, mnist_10k};
use io::save_parameters_file;
use nn_core::{ConfusionMatrix, Matrix, Stream, one_hot};
use std::collections::BTreeMap;
use std::io::BufWriter;

fn samples(digits: &Digits) -> Result<Matrix<f32>, Box<dyn std::error::Error>> {
    Ok(resized(&digits.samples(Scale::Signed)?, Shape::new(1, 28, 28), 16, 16)?)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().unwrap_or_else(|| "lenet1989.safetensors".to_owned());
    let picture = arguments.next().unwrap_or_else(|| "digit.png".to_owned());
    let split = mnist_10k()?;
    let (train, test) = (samples(&split.train)?, samples(&split.test)?);
    let targets = one_hot(10, split.train.labels())?.map(|t: f32| 2.0 * t - 1.0);

    let config = CnnConfig { epochs: 10, ..CnnConfig::lenet_1989() };
    let mut training = config.training(&train, &targets, Stream::new(1989))?;
    for pass in &mut training {
        let pass = pass?;
        println!("pass {}: {} mistakes while learning", pass.number, pass.mistakes);
    }
    let network = training.into_model();
    let confusion = ConfusionMatrix::new(10, &network.predict(&test)?, split.test.labels())?;
    println!("{} of {} test digits misread", confusion.errors(), test.ncols());
    save_parameters_file(&file, &network, &BTreeMap::new())?;

    let mut encoder = png::Encoder::new(BufWriter::new(std::fs::File::create(&picture)?), 28, 28);
    encoder.set_color(png::ColorType::Grayscale);
    let digit = split.test.image(0).ok_or("there is no test digit")?;
    let bytes = digit.iter().map(|&level| u8::try_from(level)).collect::<Result<Vec<u8>, _>>()?;
    encoder.write_header()?.write_image_data(&bytes)?;
    println!("the network is {file}, a {} is {picture}", split.test.labels()[0]);
    Ok(())
}
