//! Handwritten digits: 784 pixels, 100 hidden units, 10 classes. The network goes to a file and comes back.

use datasets::{CLASSES, Scale, mnist_10k};
use io::{Limits, load_parameters_file, save_parameters_file};
use mlp::{Mlp, MlpConfig};
use nn_core::{Stream, accuracy, one_hot};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let split = mnist_10k()?;
    let (samples, test) = (split.train.samples::<f32>(Scale::Unit)?, split.test.samples::<f32>(Scale::Unit)?);
    let targets = one_hot(CLASSES, split.train.labels())?;
    let config = MlpConfig { epochs: 10, ..MlpConfig::classifier(&[100], CLASSES) };
    let mut training = config.training(&samples, &targets, Stream::new(1989))?;
    while let Some(epoch) = training.next() {
        let epoch = epoch?; // an error if training diverges
        let right = accuracy(&training.model().predict(&test)?, split.test.labels())?;
        println!("epoch {:2}  loss {:.4}  test accuracy {:.2} %", epoch.number, epoch.loss, 100.0 * right);
    }
    let network = training.into_model();

    let path = std::env::temp_dir().join("digits.safetensors");
    save_parameters_file(&path, &network, &Default::default())?;
    let mut loaded: Mlp<f32> = config.initialize(samples.nrows(), &Stream::new(0))?;
    load_parameters_file(&path, &mut loaded, &Limits::default())?;
    println!("{}: the same network: {}", path.display(), loaded == network);
    Ok(())
}
