//! How an autoencoder is built and trained: an hourglass of layers, and its training.

use crate::autoencoder::Autoencoder;
use crate::sparsity::{CodePenalty, Sparsity};
use crate::training::Extras;
use crate::{Corruption, Epoch, LayerConfig, Links, Mlp, MlpConfig, MlpError, Training};
use nn_core::{
    Activation, Adam, Batch, Loss, Matrix, Optimizer, OptimizerState, RateSchedule, Real, Reduction, Stream,
};
use std::borrow::Cow;

/// How an autoencoder is built and trained.
///
/// ```
/// use mlp::{AutoencoderConfig, Corruption};
/// use nn_core::Stream;
///
/// let iris = datasets::iris::<f32>()?.samples;
/// let config = AutoencoderConfig {
///     corruption: Some(Corruption::Gaussian { standard_deviation: 0.1 }),
///     epochs: 200,
///     ..AutoencoderConfig::linear(2)
/// };
/// let autoencoder = config.fit(&iris, Stream::new(66))?;
/// let code = autoencoder.encode(&iris)?; // 4 numbers become 2
/// assert_eq!(code.shape(), (2, 150));
/// assert_eq!(autoencoder.decode(&code)?, autoencoder.reconstruct(&iris)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct AutoencoderConfig {
    /// From the first hidden layer to the code. The decoder has the same layers in the opposite order.
    pub encoder: Vec<LayerConfig>,
    /// Activation of the outputs. With [`Loss::SigmoidCrossEntropyLogits`] it must be [`Activation::Sigmoid`]: training works
    /// on its net inputs.
    pub output: Activation,
    /// The decoder's weights are those of the encoder, transposed.
    pub tied: bool,
    /// Damages the samples of every step; the clean ones are the targets.
    pub corruption: Option<Corruption>,
    /// Keeps most units of the code silent; needs a code of sigmoid units.
    pub sparsity: Option<Sparsity>,
    /// The distance between output and input that is minimized.
    pub loss: Loss,
    /// Sum or mean over the samples of a step.
    pub reduction: Reduction,
    /// How a gradient changes the weights.
    pub optimizer: Optimizer,
    /// How the optimizer's learning rate changes from epoch to epoch.
    pub schedule: RateSchedule,
    /// How many samples make a step.
    pub batch: Batch,
    /// Number of passes over the samples.
    pub epochs: usize,
    /// Every epoch takes the samples in a new order.
    pub shuffle: bool,
}

impl AutoencoderConfig {
    /// One linear layer down and one up: what it learns is the space of the first principal components (Baldi and Hornik,
    /// 1989). Half the squared error, Adam at 0.001, minibatches of 32, 20 epochs.
    pub fn linear(code: usize) -> Self {
        Self {
            encoder: vec![LayerConfig::new(code, Activation::Identity)],
            output: Activation::Identity,
            tied: false,
            corruption: None,
            sparsity: None,
            loss: Loss::HalfSquaredError,
            reduction: Reduction::Mean,
            optimizer: Adam::new(0.001).into(),
            schedule: RateSchedule::Constant,
            batch: Batch::Minibatch(32),
            epochs: 20,
            shuffle: true,
        }
    }

    /// Layers of these sizes, the last one a linear code, and back: ReLU between, sigmoid outputs for values between 0 and 1,
    /// cross-entropy as by Hinton and Salakhutdinov (2006). Training as [`AutoencoderConfig::linear`].
    pub fn deep(units: &[usize]) -> Self {
        let layer = |(index, &units): (usize, &usize), count: usize| {
            LayerConfig::new(units, if index + 1 == count { Activation::Identity } else { Activation::Relu })
        };
        Self {
            encoder: units.iter().enumerate().map(|unit| layer(unit, units.len())).collect(),
            output: Activation::Sigmoid,
            loss: Loss::SigmoidCrossEntropyLogits,
            ..Self::linear(1)
        }
    }

    /// The whole network for samples of so many features, and its training: encoder, then decoder.
    pub fn network(&self, features: usize) -> MlpConfig {
        let on_logits = self.loss == Loss::SigmoidCrossEntropyLogits;
        let output = if on_logits { Activation::Identity } else { self.output };
        let decoder = self.encoder.iter().enumerate().rev().map(|(index, mirrored)| {
            let below = index.checked_sub(1).map(|below| self.encoder[below]);
            LayerConfig {
                units: below.map_or(features, |below| below.units),
                activation: below.map_or(output, |below| below.activation),
                links: if self.tied { Links::TiedTo(index) } else { Links::Full },
                ..*mirrored
            }
        });
        MlpConfig {
            layers: self.encoder.iter().copied().chain(decoder).collect(),
            shortcut: None,
            loss: self.loss,
            reduction: self.reduction,
            optimizer: self.optimizer,
            schedule: self.schedule.clone(),
            shrink: 0.0,
            batch: self.batch,
            epochs: self.epochs,
            shuffle: self.shuffle,
        }
    }

    fn extras(&self) -> Result<Extras, MlpError> {
        if let Some(corruption) = self.corruption {
            corruption.check()?;
        }
        let penalty = match self.sparsity {
            None => None,
            Some(sparsity) => {
                sparsity.check()?;
                let layer = self.encoder.len().checked_sub(1).ok_or(MlpError::NoLayers)?;
                let activation = self.encoder[layer].activation;
                if activation != Activation::Sigmoid {
                    return Err(MlpError::SparsityNeedsSigmoid { layer: layer + 1, activation });
                }
                Some(CodePenalty { layer, target: sparsity.target, strength: sparsity.strength })
            }
        };
        if self.loss == Loss::SigmoidCrossEntropyLogits && self.output != Activation::Sigmoid {
            let layer = 2 * self.encoder.len();
            return Err(MlpError::OutputActivation { layer, activation: self.output });
        }
        Ok(Extras { corruption: self.corruption, penalty })
    }

    /// The autoencoder before training.
    ///
    /// # Errors
    /// As [`MlpConfig::initialize`].
    pub fn initialize<T: Real>(&self, features: usize, stream: &Stream) -> Result<Autoencoder<T>, MlpError> {
        let network = self.network(features).initialize(features, stream)?;
        Ok(self.finish(network))
    }

    fn finish<T: Real>(&self, mut network: Mlp<T>) -> Autoencoder<T> {
        if let Some(layer) = network.layers.last_mut() {
            layer.activation = self.output;
        }
        Autoencoder { network, encoder: self.encoder.len() }
    }

    /// Training from the beginning, epoch by epoch. Samples D × n; they are the targets, too.
    ///
    /// # Errors
    /// Everything that does not fit, before the first step.
    pub fn training<'a, T: Real>(
        &'a self,
        samples: &'a Matrix<T>,
        stream: Stream,
    ) -> Result<AutoencoderTraining<'a, T>, MlpError> {
        let model = self.initialize(samples.nrows(), &stream)?;
        let state = self.optimizer_state(&model);
        self.resume(samples, stream, model, state, 0)
    }

    /// Training from the state after `epoch` epochs, with the bits of never having stopped, when `stream` is the same.
    ///
    /// # Errors
    /// As [`AutoencoderConfig::training`]; [`MlpError::State`] when the optimizer's state does not belong to the model.
    pub fn resume<'a, T: Real>(
        &'a self,
        samples: &'a Matrix<T>,
        stream: Stream,
        model: Autoencoder<T>,
        state: OptimizerState<T>,
        epoch: usize,
    ) -> Result<AutoencoderTraining<'a, T>, MlpError> {
        let (config, extras) = (self.network(samples.nrows()), self.extras()?);
        let mut network = model.network;
        if let (Some(layer), Some(config)) = (network.layers.last_mut(), config.layers.last()) {
            layer.activation = config.activation;
        }
        let config = Cow::Owned(config);
        let training = Training::new(config, samples, samples, &stream, network, state, epoch, extras)?;
        Ok(AutoencoderTraining { config: self, training })
    }

    /// Trains to the last epoch and returns the autoencoder.
    ///
    /// # Errors
    /// As [`AutoencoderConfig::training`], and [`MlpError::Diverged`].
    pub fn fit<T: Real>(&self, samples: &Matrix<T>, stream: Stream) -> Result<Autoencoder<T>, MlpError> {
        let mut training = self.training(samples, stream)?;
        training.try_for_each(|epoch| epoch.map(drop))?;
        Ok(training.into_model())
    }

    /// The optimizer's state before the first step.
    pub fn optimizer_state<T: Real>(&self, model: &Autoencoder<T>) -> OptimizerState<T> {
        self.network(model.network.inputs()).optimizer_state(&model.network)
    }
}

/// An autoencoder in training: an iterator of epochs. An error (divergence) is the last item.
pub struct AutoencoderTraining<'a, T: Real> {
    config: &'a AutoencoderConfig,
    training: Training<'a, T>,
}

impl<T: Real> AutoencoderTraining<'_, T> {
    /// A copy of the autoencoder after the last good epoch.
    pub fn model(&self) -> Autoencoder<T> {
        self.config.finish(self.training.model().clone())
    }

    /// The autoencoder after the last good epoch.
    pub fn into_model(self) -> Autoencoder<T> {
        self.config.finish(self.training.into_model())
    }

    /// What the optimizer remembers.
    pub fn optimizer_state(&self) -> &OptimizerState<T> {
        self.training.optimizer_state()
    }

    /// Number of epochs done.
    pub fn epoch(&self) -> usize {
        self.training.epoch()
    }
}

/// The loss of an epoch is that between output and clean samples, without the penalty of [`Sparsity`].
impl<T: Real> Iterator for AutoencoderTraining<'_, T> {
    type Item = Result<Epoch, MlpError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.training.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.training.size_hint()
    }
}

impl<T: Real> ExactSizeIterator for AutoencoderTraining<'_, T> {}
