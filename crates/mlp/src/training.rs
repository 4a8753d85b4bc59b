//! Training: a configuration, an iterator of epochs, and how to go on where one stopped.

use crate::step::{Buffers, Pass};
use crate::{LayerConfig, Mlp, MlpError};
use nn_core::{
    Activation, Adam, Batch, Loss, Matrix, Optimizer, OptimizerState, Parameters, Real, Reduction, Stream, View,
    check_finite,
};

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
    /// What is minimized.
    pub loss: Loss,
    /// Sum or mean over the samples of a step.
    pub reduction: Reduction,
    /// How a gradient changes the weights.
    pub optimizer: Optimizer,
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
            loss: Loss::SoftmaxCrossEntropyLogits,
            reduction: Reduction::Mean,
            optimizer: Optimizer::Adam(Adam::new(0.001)),
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
            loss: Loss::HalfSquaredError,
            reduction: Reduction::Sum,
            optimizer: nn_core::GradientDescent::new(0.1).into(),
            batch: Batch::Full,
            epochs: 1000,
            shuffle: false,
        }
    }

    /// The network before training: every layer's weights, then its biases, from `stream.named("weights")`.
    ///
    /// # Errors
    /// [`MlpError::NoLayers`], [`MlpError::NoUnits`], or [`MlpError::Core`] for an initialisation out of range.
    pub fn initialize<T: Real>(&self, inputs: usize, stream: &Stream) -> Result<Mlp<T>, MlpError> {
        let mut stream = stream.named("weights");
        let mut below = inputs;
        let mut layers = Vec::with_capacity(self.layers.len());
        for config in &self.layers {
            layers.push(config.initialize(below, &mut stream)?);
            below = config.units;
        }
        Mlp::new(layers)
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
        self.optimizer.check()?;
        self.batch.check()?;
        check_data(&model, self.loss, samples, targets)?;
        let fits = |state: &OptimizerState<T>| -> Vec<(String, Vec<usize>)> {
            state.tensors().into_iter().map(|tensor| (tensor.name, tensor.shape)).collect()
        };
        if fits(&state) != fits(&self.optimizer_state(&model)) {
            return Err(MlpError::State);
        }
        let size = self.batch.size(samples.ncols());
        let gathered = if size == 1 || size == samples.ncols() { 0 } else { size };
        Ok(Training {
            config: self,
            samples,
            targets,
            shuffle: stream.named("shuffle"),
            order: (0..samples.ncols()).collect(),
            buffers: Buffers::new(&model, size),
            gathered_samples: vec![T::ZERO; gathered * samples.nrows()],
            gathered_targets: vec![T::ZERO; gathered * targets.nrows()],
            last_good: model.clone(),
            model,
            state,
            epoch,
            diverged: false,
        })
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

/// What one pass over the samples gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Number of the epoch, counted from 1.
    pub number: usize,
    /// Mean over the samples of E_n, each measured just before the step it took part in.
    pub loss: f64,
}

/// Training as an iterator of epochs.
///
/// Epoch k draws its order from position k of the stream `shuffle`, so that it can be repeated from the model and the
/// optimizer's state alone. An error (divergence) is the last item.
pub struct Training<'a, T: Real> {
    config: &'a MlpConfig,
    samples: &'a Matrix<T>,
    targets: &'a Matrix<T>,
    shuffle: Stream,
    order: Vec<usize>,
    buffers: Buffers<T>,
    gathered_samples: Vec<T>,
    gathered_targets: Vec<T>,
    model: Mlp<T>,
    last_good: Mlp<T>,
    state: OptimizerState<T>,
    epoch: usize,
    diverged: bool,
}

impl<T: Real> Training<'_, T> {
    /// The network after the last good epoch.
    pub fn model(&self) -> &Mlp<T> {
        if self.diverged { &self.last_good } else { &self.model }
    }

    /// The network after the last good epoch.
    pub fn into_model(self) -> Mlp<T> {
        if self.diverged { self.last_good } else { self.model }
    }

    /// What the optimizer remembers; with [`Training::model`] and the number of the epoch, all that resuming needs.
    pub fn optimizer_state(&self) -> &OptimizerState<T> {
        &self.state
    }

    /// Number of epochs done.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// One pass over the samples; the sum of their losses.
    fn run_epoch(&mut self) -> Result<f64, MlpError> {
        let n = self.samples.ncols();
        let size = self.config.batch.size(n);
        let shuffled = self.config.shuffle && size < n;
        if shuffled {
            // From the same order every time: an epoch does not depend on the one before.
            self.order.iter_mut().enumerate().for_each(|(position, sample)| *sample = position);
            self.shuffle.at(self.epoch as u64).shuffle(&mut self.order);
        }
        let mut total = 0.0;
        for range in self.config.batch.ranges(n) {
            let first = self.order[range.start];
            // Neighboring columns are used where they lie; a shuffled minibatch is gathered.
            let in_place = range.len() == 1 || !shuffled;
            let (samples, targets) = if in_place {
                let range = first..first + range.len();
                let outputs = self.targets.nrows();
                let targets = &self.targets.as_slice()[range.start * outputs..range.end * outputs];
                (View::from(self.samples).columns(range)?, targets)
            } else {
                let order = &self.order[range];
                let targets = gather(self.targets, order, &mut self.gathered_targets);
                let samples = gather(self.samples, order, &mut self.gathered_samples);
                (View::new(self.samples.nrows(), order.len(), samples)?, targets)
            };
            let factor = T::from_f64(self.config.reduction.factor(samples.ncols()));
            let pass = Pass { model: &self.model, loss: self.config.loss, factor };
            total += self.buffers.forward_and_deltas(&pass, samples, targets)?;
            self.buffers.update(&mut self.model, &self.config.optimizer, &mut self.state, samples)?;
        }
        Ok(total)
    }

    /// Keeps the model if every weight is finite, or says which layer is not.
    fn keep_if_finite(&mut self) -> Result<(), MlpError> {
        let finite = |values: &[T]| values.iter().fold(true, |all, value| all & value.is_finite());
        let layers = self.model.layers().iter();
        let broken = |layer: &crate::Layer<T>| !(finite(layer.weight.as_slice()) && finite(layer.bias.as_slice()));
        let Some(index) = layers.enumerate().position(|(_, layer)| broken(layer)) else {
            for (kept, layer) in self.last_good.layers_mut().iter_mut().zip(self.model.layers()) {
                kept.weight.as_mut_slice().copy_from_slice(layer.weight.as_slice());
                kept.bias.as_mut_slice().copy_from_slice(layer.bias.as_slice());
            }
            return Ok(());
        };
        self.diverged = true;
        Err(MlpError::Diverged {
            epoch: self.epoch + 1,
            layer: index + 1,
            last_good: self.epoch,
            learning_rate: self.config.optimizer.learning_rate(),
        })
    }
}

/// Copies columns to the beginning of a buffer and returns that beginning.
fn gather<'a, T: Real>(matrix: &Matrix<T>, columns: &[usize], buffer: &'a mut [T]) -> &'a [T] {
    let rows = matrix.nrows();
    let buffer = &mut buffer[..rows * columns.len()];
    for (to, &column) in buffer.chunks_exact_mut(rows).zip(columns) {
        to.copy_from_slice(&matrix.as_slice()[column * rows..][..rows]);
    }
    buffer
}

impl<T: Real> Iterator for Training<'_, T> {
    type Item = Result<Epoch, MlpError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.diverged || self.epoch >= self.config.epochs {
            return None;
        }
        let total = match self.run_epoch().and_then(|total| self.keep_if_finite().map(|()| total)) {
            Ok(total) => total,
            Err(error) => {
                self.diverged = true;
                return Some(Err(error));
            }
        };
        self.epoch += 1;
        Some(Ok(Epoch { number: self.epoch, loss: total / self.samples.ncols() as f64 }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = if self.diverged { 0 } else { self.config.epochs.saturating_sub(self.epoch) };
        (left, Some(left))
    }
}

impl<T: Real> ExactSizeIterator for Training<'_, T> {}
