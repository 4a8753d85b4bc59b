//! The autoencoder (slides 66 and 67): a network that learns to give its input back through a bottleneck.

use crate::sparsity::CodePenalty;
use crate::training::Extras;
use crate::{Epoch, LayerConfig, Links, Mlp, MlpConfig, MlpError, Training};
use nn_core::{
    Activation, Adam, Batch, CoreError, Loss, Matrix, Optimizer, OptimizerState, RateSchedule, Real, Reduction, Stream,
};
use std::borrow::Cow;

/// How samples are damaged before an autoencoder sees them; it learns to give back the clean ones (Vincent et al., 2008).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Corruption {
    /// Normal noise of this standard deviation is added to every value.
    Gaussian {
        /// Non-negative.
        standard_deviation: f64,
    },
    /// This fraction of the values becomes 0.
    Masking {
        /// In [0, 1].
        fraction: f64,
    },
    /// This fraction of the values becomes 0 or 1, each half of the time.
    SaltAndPepper {
        /// In [0, 1].
        fraction: f64,
    },
}

impl Corruption {
    /// Damages values in place.
    pub fn apply<T: Real>(self, values: &mut [T], stream: &mut Stream) {
        match self {
            Self::Gaussian { standard_deviation } => {
                values.iter_mut().for_each(|x| *x += T::from_f64(standard_deviation * stream.normal()));
            }
            Self::Masking { fraction } => {
                values.iter_mut().filter(|_| stream.uniform() < fraction).for_each(|x| *x = T::ZERO);
            }
            Self::SaltAndPepper { fraction } => {
                for x in values {
                    let draw = stream.uniform();
                    if draw < fraction {
                        *x = if draw < 0.5 * fraction { T::ZERO } else { T::ONE };
                    }
                }
            }
        }
    }

    /// # Errors
    /// [`CoreError::OutOfRange`] with the name, the value and the rule.
    fn check(self) -> Result<(), CoreError> {
        let (name, rule, value, holds) = match self {
            Self::Gaussian { standard_deviation: value } => {
                let holds = value >= 0.0 && value.is_finite();
                ("the standard deviation of the noise", "non-negative and finite", value, holds)
            }
            Self::Masking { fraction: value } | Self::SaltAndPepper { fraction: value } => {
                ("the fraction of corrupted values", "between 0 and 1", value, (0.0..=1.0).contains(&value))
            }
        };
        if holds { Ok(()) } else { Err(CoreError::OutOfRange { name, rule, value }) }
    }
}

/// β Σⱼ KL(ρ ‖ ρ̂ⱼ) is added to the error: unit j of the code is to be at ρ on average, ρ̂ⱼ its mean over the step's samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sparsity {
    /// ρ, in (0, 1).
    pub target: f64,
    /// β, non-negative.
    pub strength: f64,
}

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
        let count = self.encoder.len();
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
        debug_assert_eq!(decoder.len(), count);
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
            Some(Sparsity { target, strength }) => {
                let range = |name, rule, value, holds| match holds {
                    true => Ok(()),
                    false => Err(CoreError::OutOfRange { name, rule, value }),
                };
                range("the sparsity's target", "between 0 and 1", target, target > 0.0 && target < 1.0)?;
                let holds = strength >= 0.0 && strength.is_finite();
                range("the sparsity's strength", "non-negative and finite", strength, holds)?;
                let layer = self.encoder.len().checked_sub(1).ok_or(MlpError::NoLayers)?;
                let activation = self.encoder[layer].activation;
                if activation != Activation::Sigmoid {
                    return Err(MlpError::SparsityNeedsSigmoid { layer: layer + 1, activation });
                }
                Some(CodePenalty { layer, target, strength })
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

/// A network whose middle layer is a code of its input.
#[derive(Debug, Clone, PartialEq)]
pub struct Autoencoder<T: Real> {
    network: Mlp<T>,
    encoder: usize,
}

impl<T: Real> Autoencoder<T> {
    /// A network as an autoencoder whose code is the output of layer `encoder`, counted from 1.
    ///
    /// # Errors
    /// [`MlpError::Code`] when there is no such layer, no layer above it, or the network has other outputs than inputs.
    pub fn new(network: Mlp<T>, encoder: usize) -> Result<Self, MlpError> {
        let (layers, inputs, outputs) = (network.layers.len(), network.inputs(), network.outputs());
        if encoder == 0 || encoder >= layers || inputs != outputs || network.shortcut.is_some() {
            return Err(MlpError::Code { layer: encoder, layers, inputs, outputs });
        }
        Ok(Self { network, encoder })
    }

    /// The whole network, inputs to outputs.
    pub fn network(&self) -> &Mlp<T> {
        &self.network
    }

    /// The whole network, inputs to outputs.
    pub fn into_network(self) -> Mlp<T> {
        self.network
    }

    /// Units of the code.
    pub fn code_units(&self) -> usize {
        self.network.layers[self.encoder - 1].units()
    }

    /// The codes of samples: the outputs of the bottleneck, M × n for D × n.
    ///
    /// # Errors
    /// [`MlpError::Inputs`] when the samples have another number of features than the network has inputs.
    pub fn encode(&self, samples: &Matrix<T>) -> Result<Matrix<T>, MlpError> {
        self.network.check_samples(samples)?;
        self.network.forward_through(0..self.encoder, samples)
    }

    /// What the decoder makes of codes, D × n for M × n.
    ///
    /// # Errors
    /// [`MlpError::Inputs`] when the codes have another size than the bottleneck.
    pub fn decode(&self, codes: &Matrix<T>) -> Result<Matrix<T>, MlpError> {
        let (expected, found) = (self.code_units(), codes.nrows());
        if expected != found {
            let source_name = "the codes have";
            return Err(MlpError::Inputs { layer: self.encoder + 1, expected, source_name, found });
        }
        self.network.forward_through(self.encoder..self.network.layers.len(), codes)
    }

    /// Encoded and decoded samples, D × n.
    ///
    /// # Errors
    /// As [`Autoencoder::encode`].
    pub fn reconstruct(&self, samples: &Matrix<T>) -> Result<Matrix<T>, MlpError> {
        self.network.forward(samples)
    }

    /// Mean over the samples of ‖x̂ − x‖²: the squared error of a sample, summed over its features, without the factor ½.
    ///
    /// # Errors
    /// As [`Autoencoder::encode`].
    pub fn squared_error(&self, samples: &Matrix<T>) -> Result<f64, MlpError> {
        let output = self.reconstruct(samples)?;
        let twice = 2.0 * Loss::HalfSquaredError.value(output.nrows(), output.as_slice(), samples.as_slice())?;
        Ok(twice / samples.ncols().max(1) as f64)
    }
}

impl<T: Real> nn_core::Parameters<T> for Autoencoder<T> {
    fn tensors(&self) -> Vec<nn_core::Tensor<'_, T>> {
        self.network.tensors()
    }

    fn tensors_mut(&mut self) -> Vec<nn_core::TensorMut<'_, T>> {
        self.network.tensors_mut()
    }
}
