//! Trains LeNet-5 as in 1998 on MNIST's embedded digits and saves it: `train_lenet5 [FILE] [PASSES]`.

use cnn::{CnnConfig, Shape, bordered, lenet5};
use datasets::{Digits, Scale, mnist_10k};
use io::save_parameters_file;
use nn_core::{Matrix, Stream, accuracy, one_hot};
use std::collections::BTreeMap;
use std::path::Path;

fn samples(digits: &Digits) -> Result<Matrix<f32>, Box<dyn std::error::Error>> {
    let scale = Scale::Between { paper: lenet5::BACKGROUND, ink: lenet5::FOREGROUND };
    Ok(bordered(&digits.samples(scale)?, Shape::new(1, 28, 28), 2, lenet5::BACKGROUND as f32)?)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().unwrap_or_else(|| "lenet5.safetensors".to_owned());
    let epochs = arguments.next().map_or(Ok(6), |passes| passes.parse())?;
    let split = mnist_10k()?;
    let (train, test) = (samples(&split.train)?, samples(&split.test)?);
    let targets = one_hot(10, split.train.labels())?;

    let config = CnnConfig { epochs, ..CnnConfig::lenet_5() };
    let mut training = config.training(&train, &targets, Stream::new(1998))?;
    while let Some(epoch) = training.next() {
        let epoch = epoch?;
        let right = accuracy(&training.model().predict(&test)?, split.test.labels())?;
        println!(
            "pass {}: {} mistakes while learning, {:.2} % test errors",
            epoch.number,
            epoch.mistakes,
            100.0 * (1.0 - right)
        );
    }
    save_parameters_file(Path::new(&file), training.model(), &BTreeMap::new())?;
    println!("saved as {file}");
    Ok(())
}
