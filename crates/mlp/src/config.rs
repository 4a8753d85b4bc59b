//! [`MlpConfig`]: what to build and how to train it.

use crate::links::check_groups;
use crate::training::Extras;
use crate::{LayerConfig, Mlp, MlpError, Training};
use nn_core::{
    Activation, Adam, Batch, CoreError, Init, Loss, Matrix, Optimizer, OptimizerState, Parameters, RateSchedule, Real,
    Reduction, Stream, check_finite,
};
use std::borrow::Cow;

/// How a network is built and trained. Holds no data and no randomness.
///
/// ```
/// use mlp::{LayerConfig, MlpConfig};
/// use nn_core::{Activation, GradientDescent, Stream};
///
/// let xor = nn_core::samples_from_rows(2, vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0])?;
/// let targets = nn_core::samples_from_rows(1, vec![0.0, 1.0, 1.0, 0.0])?;
/// let config = MlpConfig {
///     optimizer: GradientDescent::new(5.0).into(),
///     epochs: 2000,
///     ..MlpConfig::lecture(vec![LayerConfig::new(4, Activation::Sigmoid), LayerConfig::new(1, Activation::Sigmoid)])
/// };
/// let network = config.fit(&xor, &targets, Stream::new(1986))?;
/// assert_eq!(network.predict(&xor)?, [0, 1, 1, 0]);
/// # Ok::<(), mlp::MlpError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MlpConfig {
    /// The layers, from the first hidden layer to the output; the input is not a layer.
    pub layers: Vec<LayerConfig>,
    /// Every output has weights from the inputs, too, drawn from this distribution; `None` is the usual network.
    pub shortcut: Option<Init>,
    /// What is minimized.
    pub loss: Loss,
    /// Sum or mean over the samples of a step.
    pub reduction: Reduction,
    /// How a gradient changes the weights.
    pub optimizer: Optimizer,
    /// How the optimizer's learning rate changes from epoch to epoch.
    pub schedule: RateSchedule,
    /// After every step, weights and biases are multiplied by 1 − this (Hinton, 1986), whatever the optimizer. In [0, 1).
    pub shrink: f64,
    /// How many samples make a step.
    pub batch: Batch,
    /// Number of passes over the samples.
    pub epochs: usize,
    /// Every epoch takes the samples in a new order. Without effect on full batches.
    pub shuffle: bool,
}

impl MlpConfig {
    /// A classifier: ReLU hidden layers of these sizes, softmax cross-entropy over the classes, Adam at 0.001,
    /// minibatches of 32, 20 epochs.
    pub fn classifier(hidden: &[usize], classes: usize) -> Self {
        let hidden = hidden.iter().map(|&units| LayerConfig::new(units, Activation::Relu));
        Self {
            layers: hidden.chain([LayerConfig::new(classes, Activation::Identity)]).collect(),
            shortcut: None,
            loss: Loss::SoftmaxCrossEntropyLogits,
            reduction: Reduction::Mean,
            optimizer: Optimizer::Adam(Adam::new(0.001)),
            schedule: RateSchedule::Constant,
            shrink: 0.0,
            batch: Batch::Minibatch(32),
            epochs: 20,
            shuffle: true,
        }
    }

    /// A regressor: as [`MlpConfig::classifier`], with linear outputs and the mean squared error.
    pub fn regressor(hidden: &[usize], outputs: usize) -> Self {
        Self { loss: Loss::MeanSquaredError, ..Self::classifier(hidden, outputs) }
    }

    /// The lecture's training (slides 33 to 48): half the squared error summed over all samples, gradient descent at 0.1
    /// in full batches, 1000 epochs.
    pub fn lecture(layers: Vec<LayerConfig>) -> Self {
        Self {
            layers,
            shortcut: None,
            loss: Loss::HalfSquaredError,
            reduction: Reduction::Sum,
            optimizer: nn_core::GradientDescent::new(0.1).into(),
            schedule: RateSchedule::Constant,
            shrink: 0.0,
            batch: Batch::Full,
            epochs: 1000,
            shuffle: false,
        }
    }

    /// The network before training: every layer's weights, then its biases, from `stream.named("weights")`, the shortcut from
    /// `stream.named("shortcut")`.
    ///
    /// # Errors
    /// [`MlpError::NoLayers`], [`MlpError::NoUnits`], what [`Mlp::with_links`] and [`Mlp::with_shortcut`] say about links that
    /// do not fit, or [`MlpError::Core`] for an initialisation out of range.
    pub fn initialize<T: Real>(&self, inputs: usize, stream: &Stream) -> Result<Mlp<T>, MlpError> {
        initialize(&self.layers, self.shortcut, inputs, stream)
    }

    /// Training from the beginning, epoch by epoch. Samples D × n, targets K × n.
    ///
    /// # Errors
    /// Everything that does not fit, before the first step: sizes, ranges, values that are not finite.
    pub fn training<'a, T: Real>(
        &'a self,
        samples: &'a Matrix<T>,
        targets: &'a Matrix<T>,
        stream: Stream,
    ) -> Result<Training<'a, T>, MlpError> {
        let model = self.initialize(samples.nrows(), &stream)?;
        let state = self.optimizer_state(&model);
        self.resume(samples, targets, stream, model, state, 0)
    }

    /// Training from the state after `epoch` epochs, with the bits of never having stopped, when `stream` is the same.
    ///
    /// # Errors
    /// As [`MlpConfig::training`]; [`MlpError::State`] when the optimizer's state does not belong to the model.
    pub fn resume<'a, T: Real>(
        &'a self,
        samples: &'a Matrix<T>,
        targets: &'a Matrix<T>,
        stream: Stream,
        model: Mlp<T>,
        state: OptimizerState<T>,
        epoch: usize,
    ) -> Result<Training<'a, T>, MlpError> {
        Training::new(Cow::Borrowed(self), samples, targets, &stream, model, state, epoch, Extras::default())
    }

    /// Trains to the last epoch and returns the network.
    ///
    /// # Errors
    /// As [`MlpConfig::training`], and [`MlpError::Diverged`].
    pub fn fit<T: Real>(&self, samples: &Matrix<T>, targets: &Matrix<T>, stream: Stream) -> Result<Mlp<T>, MlpError> {
        let mut training = self.training(samples, targets, stream)?;
        training.try_for_each(|epoch| epoch.map(drop))?;
        Ok(training.into_model())
    }

    /// The optimizer's state before the first step, for [`MlpConfig::resume`] and for loading a saved one into.
    pub fn optimizer_state<T: Real>(&self, model: &Mlp<T>) -> OptimizerState<T> {
        let sizes: Vec<usize> = model.tensors().iter().map(|tensor| tensor.values.len()).collect();
        self.optimizer.state(&sizes)
    }
}

/// Every range, and that the model has the layers of the configuration.
pub(crate) fn check<T: Real>(config: &MlpConfig, model: &Mlp<T>) -> Result<(), MlpError> {
    config.optimizer.check()?;
    config.schedule.check()?;
    config.batch.check()?;
    if !(0.0..1.0).contains(&config.shrink) {
        let (name, rule) = ("shrink", "at least 0 and below 1");
        return Err(CoreError::OutOfRange { name, rule, value: config.shrink }.into());
    }
    check_layers(&config.layers, model)
}

/// The model has these layers.
pub(crate) fn check_layers<T: Real>(layers: &[LayerConfig], model: &Mlp<T>) -> Result<(), MlpError> {
    for index in 0..layers.len().max(model.layers.len()) {
        let expected = layers.get(index).map_or(0, |layer| layer.units);
        let found = model.layers.get(index).map_or(0, |layer| layer.units());
        if expected != found {
            return Err(MlpError::Model { layer: index + 1, expected, found });
        }
    }
    Ok(())
}

/// A network of these layers with its first weights.
pub(crate) fn initialize<T: Real>(
    configs: &[LayerConfig],
    shortcut: Option<Init>,
    inputs: usize,
    stream: &Stream,
) -> Result<Mlp<T>, MlpError> {
    if configs.is_empty() {
        return Err(MlpError::NoLayers);
    }
    let mut weights = stream.named("weights");
    let mut below = inputs;
    let mut layers = Vec::with_capacity(configs.len());
    for (index, config) in configs.iter().enumerate() {
        if below == 0 || config.units == 0 {
            return Err(MlpError::NoUnits { layer: index + 1 });
        }
        check_groups(index + 1, config.links, below, config.units)?;
        layers.push(config.initialize(below, &mut weights)?);
        below = config.units;
    }
    let model = Mlp::assemble(layers, configs.iter().map(|config| config.links).collect())?;
    let Some(init) = shortcut else { return Ok(model) };
    let mut weight = Matrix::zeros(inputs, below);
    init.fill(inputs, below, weight.as_mut_slice(), &mut stream.named("shortcut"))?;
    model.with_shortcut(weight)
}

/// Samples and targets fit the model, the loss and each other, and are finite.
pub(crate) fn check_data<T: Real>(
    model: &Mlp<T>,
    loss: Loss,
    samples: &Matrix<T>,
    targets: &Matrix<T>,
) -> Result<(), MlpError> {
    model.check_samples(samples)?;
    let layer = model.layers().len();
    if targets.nrows() != model.outputs() {
        return Err(MlpError::Targets { layer, expected: model.outputs(), found: targets.nrows() });
    }
    if targets.ncols() != samples.ncols() {
        return Err(MlpError::SampleCount { samples: samples.ncols(), targets: targets.ncols() });
    }
    if samples.ncols() == 0 {
        return Err(MlpError::NoSamples);
    }
    let activation = model.output_layer().activation;
    let on_logits = matches!(loss, Loss::SoftmaxCrossEntropyLogits | Loss::SigmoidCrossEntropyLogits);
    if on_logits && activation != Activation::Identity {
        return Err(MlpError::LogitsNeedIdentity { loss, layer, activation });
    }
    check_finite(samples).map_err(|error| MlpError::Data { what: "the samples", error })?;
    check_finite(targets).map_err(|error| MlpError::Data { what: "the targets", error })
}
