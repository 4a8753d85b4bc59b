//! XOR three ways: by hand (slide 21), learned with two hidden units, learned with one and a shortcut from the inputs.

use mlp::{LayerConfig, Mlp, MlpConfig, xor_by_hand};
use nn_core::{Activation, ClassicalMomentum, Init, Matrix, Parameters, Stream};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let inputs = nn_core::samples_from_rows(2, vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0])?;
    let targets = nn_core::samples_from_rows(1, vec![0.0, 1.0, 1.0, 0.0])?;

    let [hidden, output] = xor_by_hand::<f64>();
    println!("by hand: {:?}", output.outputs(&hidden.outputs(&inputs)?)?.as_slice());

    let unit = |units| LayerConfig {
        weight_init: Init::Uniform(0.5),
        bias_init: Init::Uniform(0.5),
        ..LayerConfig::new(units, Activation::Sigmoid)
    };
    let base =
        MlpConfig { optimizer: ClassicalMomentum::new(0.5, 0.9).into(), epochs: 4000, ..MlpConfig::lecture(vec![]) };
    let two = MlpConfig { layers: vec![unit(2), unit(1)], ..base.clone() };
    let one = MlpConfig { layers: vec![unit(1), unit(1)], shortcut: Some(Init::Uniform(0.5)), ..base };
    for (name, config) in [("two hidden units", two), ("one and a shortcut", one)] {
        let (network, epochs) = learn(&config, &inputs, &targets)?;
        let outputs: Vec<String> = network.forward(&inputs)?.iter().map(|y| format!("{y:.2}")).collect();
        println!("{name}, {} weights: {} after {epochs} epochs", network.parameter_count(), outputs.join(" "));
    }
    Ok(())
}

/// Trains until every output is within 0.1 of its target.
fn learn(
    config: &MlpConfig,
    inputs: &Matrix<f64>,
    targets: &Matrix<f64>,
) -> Result<(Mlp<f64>, usize), Box<dyn std::error::Error>> {
    let mut training = config.training(inputs, targets, Stream::new(2))?;
    while let Some(epoch) = training.next() {
        epoch?;
        if (training.model().forward(inputs)? - targets).amax() < 0.1 {
            break;
        }
    }
    let epochs = training.epoch();
    Ok((training.into_model(), epochs))
}
