//! The irises: train, watch, stop early, predict.

use mlp::{MlpConfig, Validation};
use nn_core::{Stream, accuracy, one_hot};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (train, rest) = datasets::iris::<f32>()?.split_strided(3, 0)?; // 4 x 100 and 4 x 50: one sample a column
    let (targets, rest_targets) = (one_hot(3, &train.labels)?, one_hot(3, &rest.labels)?);
    let config = MlpConfig { epochs: 500, ..MlpConfig::classifier(&[16], 3) };
    let validation = Validation::new(&rest.samples, &rest_targets);
    let (network, curves) = config.fit_validated(&train.samples, &targets, &validation, Stream::new(1986))?;
    for (epoch, (training, validation)) in curves.training.iter().zip(&curves.validation).enumerate().step_by(50) {
        println!("epoch {:3}  training loss {training:.4}  validation loss {validation:.4}", epoch + 1);
    }
    println!("kept: the network of epoch {}", curves.best_epoch);
    println!("accuracy {:.3}", accuracy(&network.predict(&rest.samples)?, &rest.labels)?);
    Ok(())
}
