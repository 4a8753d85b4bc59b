//! Deep networks on digits of 8 × 8 pixels: what several experiments about depth share.

use datasets::{CLASSES, Scale, optdigits};
use experiment::BASE_SEED;
use mlp::{LayerConfig, Mlp, MlpConfig, MlpError, Training};
use nn_core::{Activation, GradientDescent, Init, Matrix, Stream, accuracy, math, one_hot};
use plot::LineStyle;

/// Name, activation, weights, learning rate, look.
pub const KINDS: [(&str, Activation, Init, f64, LineStyle); 3] = [
    ("sigmoid", Activation::Sigmoid, Init::GlorotUniform, 0.5, LineStyle::Solid),
    ("tanh", Activation::Tanh, Init::GlorotUniform, 0.1, LineStyle::Dashed),
    ("ReLU", Activation::Relu, Init::HeNormal, 0.1, LineStyle::Dotted),
];

/// The digits: 64 features from 0 to 1, in single precision.
pub struct Digits {
    /// Training samples, 64 × n.
    pub train: Matrix<f32>,
    /// Their classes as one-hot columns.
    pub train_targets: Matrix<f32>,
    /// Test samples, 64 × m.
    pub test: Matrix<f32>,
    /// Their classes.
    pub test_labels: Vec<usize>,
}

impl Digits {
    /// So many digits for training and so many others for the test, drawn once for all experiments: the set is ordered by
    /// writers, and those of its end are harder to read.
    pub fn load(train: usize, test: usize) -> anyhow::Result<Self> {
        let digits = optdigits()?;
        let order = Stream::new(BASE_SEED).named("deep digits").permutation(digits.len());
        let (first, rest) = (digits.select(&order[..train])?, digits.select(&order[train..train + test])?);
        Ok(Self {
            train: first.samples(Scale::Unit)?,
            train_targets: one_hot(CLASSES, first.labels())?,
            test: rest.samples(Scale::Unit)?,
            test_labels: rest.labels().to_vec(),
        })
    }

    /// Right answers on the test digits, from 0 to 1.
    pub fn test_accuracy(&self, network: &Mlp<f32>) -> anyhow::Result<f64> {
        Ok(accuracy(&network.predict(&self.test)?, &self.test_labels)?)
    }
}

/// So many hidden layers of this width, biases 0.
pub fn hidden_layers(activation: Activation, init: Init, width: usize, layers: usize) -> Vec<LayerConfig> {
    vec![LayerConfig { weight_init: init, ..LayerConfig::new(width, activation) }; layers]
}

/// Hidden layers, then ten logits; minibatches of 32, mean cross-entropy, gradient descent. Plain training: what is
/// measured is depth, not an optimizer.
pub fn classifier(hidden: Vec<LayerConfig>, output_init: Init, learning_rate: f64, epochs: usize) -> MlpConfig {
    let output = LayerConfig { weight_init: output_init, ..LayerConfig::new(CLASSES, Activation::Identity) };
    MlpConfig {
        layers: hidden.into_iter().chain([output]).collect(),
        optimizer: GradientDescent::new(learning_rate).into(),
        epochs,
        ..MlpConfig::classifier(&[], CLASSES)
    }
}

/// Trains to the last epoch; the last good network where training diverges. And the mean loss of the last epoch, infinite
/// where training diverges.
pub fn train(mut training: Training<'_, f32>) -> anyhow::Result<(Mlp<f32>, f64)> {
    let mut loss = f64::INFINITY;
    for epoch in &mut training {
        match epoch {
            Ok(epoch) if epoch.loss.is_finite() => loss = epoch.loss,
            Ok(_) | Err(MlpError::Diverged { .. }) => loss = f64::INFINITY,
            Err(error) => return Err(error.into()),
        }
    }
    Ok((training.into_model(), loss))
}

/// exp of the mean logarithm; NaN for none.
pub fn geometric_mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += math::ln(value);
        count += 1.0;
    }
    math::exp(sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diverging_training_leaves_its_last_good_network() {
        let digits = Digits::load(64, 10).unwrap();
        let config = classifier(hidden_layers(Activation::Relu, Init::Normal(1e3), 8, 4), Init::Normal(1e3), 1e9, 5);
        let (network, _) =
            train(config.training(&digits.train, &digits.train_targets, Stream::new(1)).unwrap()).unwrap();
        assert!(network.layers().iter().all(|layer| layer.weight.iter().all(|w| w.is_finite())));
        assert!((0.0..=1.0).contains(&digits.test_accuracy(&network).unwrap()));
    }

    #[test]
    fn the_geometric_mean_of_powers_is_the_middle_power() {
        assert!((geometric_mean([1.0, 10.0, 100.0]) - 10.0).abs() < 1e-12);
        assert!(geometric_mean([]).is_nan());
    }
}
