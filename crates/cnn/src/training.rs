//! Training: a configuration, an iterator of epochs, and how to go on where one stopped.

use crate::augment::Augmentation;
use crate::checks::{check_data, check_layers};
use crate::fast::{Batch as Chunks, Masks, Mode, Single, Source, Sum, Update};
use crate::network::LayerGradient;
use crate::second_order::curvature;
use crate::{Cnn, CnnError, Layer, LayerConfig, Method, Objective, Shape};
use nn_core::{
    Adam, Batch, Loss, Matrix, Optimizer, OptimizerState, Parameters, RateSchedule, Real, Reduction, Stream,
};

/// How a network is built and trained. Holds no data and no randomness.
///
/// ```
/// use cnn::{CnnConfig, ConvolutionConfig, DenseConfig, LayerConfig, PoolingKind, Shape};
/// use nn_core::{Activation, Matrix, Stream, one_hot};
///
/// // Eight images of 8 x 8: a vertical or a horizontal bar.
/// let images = Matrix::from_fn(64, 8, |pixel, image| {
///     let place = if image % 2 == 0 { pixel % 8 } else { pixel / 8 };
///     if place == 2 + image / 2 { 1.0_f32 } else { 0.0 }
/// });
/// let labels: Vec<usize> = (0..8).map(|image| image % 2).collect();
/// let config = CnnConfig {
///     epochs: 60,
///     ..CnnConfig::classifier(
///         Shape::new(1, 8, 8),
///         vec![
///             LayerConfig::Convolution(ConvolutionConfig::new(4, 3, Activation::Relu)),
///             LayerConfig::Pooling { kind: PoolingKind::Max, window: 2 },
///             LayerConfig::Dense(DenseConfig::new(2, Activation::Identity)),
///         ],
///     )
/// };
/// let network = config.fit(&images, &one_hot(2, &labels)?, Stream::new(1989))?;
/// assert_eq!(network.predict(&images)?, labels);
/// # Ok::<(), cnn::CnnError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CnnConfig {
    /// Shape of a sample.
    pub input: Shape,
    /// The layers, from the first above the input to the output.
    pub layers: Vec<LayerConfig>,
    /// What is minimized.
    pub objective: Objective,
    /// Sum or mean over the samples of a step.
    pub reduction: Reduction,
    /// How a gradient changes the weights.
    pub method: Method,
    /// How the learning rate changes from epoch to epoch.
    pub schedule: RateSchedule,
    /// How many samples make a step.
    pub batch: Batch,
    /// Number of passes over the samples.
    pub epochs: usize,
    /// Every epoch takes the samples in a new order. Without effect on full batches.
    pub shuffle: bool,
    /// How samples change each time they are seen.
    pub augmentation: Option<Augmentation>,
}

impl CnnConfig {
    /// A classifier on logits: softmax cross-entropy, Adam at 0.001, minibatches of 32, 10 epochs, a new order each.
    pub fn classifier(input: Shape, layers: Vec<LayerConfig>) -> Self {
        Self {
            input,
            layers,
            objective: Objective::Loss(Loss::SoftmaxCrossEntropyLogits),
            reduction: Reduction::Mean,
            method: Adam::new(0.001).into(),
            schedule: RateSchedule::Constant,
            batch: Batch::Minibatch(32),
            epochs: 10,
            shuffle: true,
            augmentation: None,
        }
    }

    /// The network before training, weights from `stream.named("weights")`.
    ///
    /// # Errors
    /// As [`Cnn::new`].
    pub fn initialize<T: Real>(&self, stream: &Stream) -> Result<Cnn<T>, CnnError> {
        Cnn::new(self.input, &self.layers, stream)
    }

    /// Training from the beginning, epoch by epoch. Samples d × n, map after map, row after row; targets K × n.
    ///
    /// # Errors
    /// Everything that does not fit, before the first step: sizes, ranges, values that are not finite.
    pub fn training<'a, T: Real>(
        &'a self,
        samples: &'a Matrix<T>,
        targets: &'a Matrix<T>,
        stream: Stream,
    ) -> Result<Training<'a, T>, CnnError> {
        let model = self.initialize(&stream)?;
        let state = self.optimizer_state(&model);
        self.resume(samples, targets, stream, model, state, 0)
    }

    /// Training from the state after `epoch` epochs, with the bits of never having stopped, when `stream` is the same.
    ///
    /// # Errors
    /// As [`CnnConfig::training`]; [`CnnError::Model`] when the model has other layers than the configuration,
    /// [`CnnError::State`] when the optimizer's state does not belong to the model.
    pub fn resume<'a, T: Real>(
        &'a self,
        samples: &'a Matrix<T>,
        targets: &'a Matrix<T>,
        stream: Stream,
        model: Cnn<T>,
        state: OptimizerState<T>,
        epoch: usize,
    ) -> Result<Training<'a, T>, CnnError> {
        self.method.check()?;
        self.schedule.check()?;
        self.batch.check()?;
        check_layers(&self.initialize(&stream)?, &model)?;
        check_data(&model, self.objective, samples, targets)?;
        if let Some(augmentation) = &self.augmentation {
            augmentation.check(model.input())?;
        }
        if !state.has_shapes_of(&self.optimizer_state(&model)) {
            return Err(CnnError::State);
        }
        if let Method::Diagonal(_) = self.method {
            self.objective.curvature::<T>(1, &[], &mut [])?;
        }
        Ok(Training {
            config: self,
            samples,
            targets,
            order: (0..samples.ncols()).collect(),
            engine: match self.batch.size(samples.ncols()) {
                1 => Single::new(&model).map(|single| Engine::Single(Box::new(single))),
                _ => None,
            }
            .unwrap_or_else(|| Engine::Chunks(Chunks::new(&model, self.batch.size(samples.ncols())))),
            last_good: model.clone(),
            last_good_state: state.clone(),
            model,
            state,
            stream,
            epoch,
            diverged: false,
        })
    }

    /// Trains to the last epoch and returns the network.
    ///
    /// # Errors
    /// As [`CnnConfig::training`], and [`CnnError::Diverged`].
    pub fn fit<T: Real>(&self, samples: &Matrix<T>, targets: &Matrix<T>, stream: Stream) -> Result<Cnn<T>, CnnError> {
        let mut training = self.training(samples, targets, stream)?;
        training.try_for_each(|epoch| epoch.map(drop))?;
        Ok(training.into_model())
    }

    /// The optimizer's state before the first step, for [`CnnConfig::resume`] and for loading a saved one into. The diagonal
    /// method remembers nothing from one epoch to the next.
    pub fn optimizer_state<T: Real>(&self, model: &Cnn<T>) -> OptimizerState<T> {
        let sizes: Vec<usize> = model.tensors().iter().map(|tensor| tensor.values.len()).collect();
        match self.method {
            Method::Optimizer(optimizer) => optimizer.state(&sizes),
            Method::Diagonal(_) => Optimizer::from(nn_core::GradientDescent::new(1.0)).state(&[]),
        }
    }
}

/// What one pass over the samples gave.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Epoch {
    /// Number of the epoch, counted from 1.
    pub number: usize,
    /// Mean over the samples of E_n, each measured just before the step it took part in.
    pub loss: f64,
    /// Samples whose class was wrong at that moment.
    pub mistakes: usize,
    /// The learning rate η of this epoch.
    pub learning_rate: f64,
}

/// The loops that a training uses: of single samples, or of chunks.
enum Engine<T: Real> {
    Single(Box<Single<T>>),
    Chunks(Chunks<T>),
}

/// Training as an iterator of epochs.
///
/// Epoch k draws its order from position k of the stream `shuffle`, its changes of samples from `augment`, what dropout drops
/// from `dropout`, the samples of the diagonal from `curvature`, so that it can be repeated from the model and the optimizer's
/// state alone. An error (divergence) is the last item.
pub struct Training<'a, T: Real> {
    config: &'a CnnConfig,
    samples: &'a Matrix<T>,
    targets: &'a Matrix<T>,
    stream: Stream,
    order: Vec<usize>,
    engine: Engine<T>,
    model: Cnn<T>,
    last_good: Cnn<T>,
    last_good_state: OptimizerState<T>,
    state: OptimizerState<T>,
    epoch: usize,
    diverged: bool,
}

impl<T: Real> Training<'_, T> {
    /// The network after the last good epoch.
    pub fn model(&self) -> &Cnn<T> {
        if self.diverged { &self.last_good } else { &self.model }
    }

    /// The network after the last good epoch.
    pub fn into_model(self) -> Cnn<T> {
        if self.diverged { self.last_good } else { self.model }
    }

    /// What the optimizer remembers after the last good epoch; with [`Training::model`] and the number of the epoch, all that
    /// resuming needs.
    pub fn optimizer_state(&self) -> &OptimizerState<T> {
        if self.diverged { &self.last_good_state } else { &self.state }
    }

    /// Number of epochs done.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    fn rate(&self) -> f64 {
        self.config.method.learning_rate() * self.config.schedule.factor(self.epoch, self.config.epochs)
    }

    /// One pass over the samples.
    fn run_epoch(&mut self) -> Result<Sum, CnnError> {
        let n = self.samples.ncols();
        let size = self.config.batch.size(n);
        if self.config.shuffle && size < n {
            self.stream.named("shuffle").at(self.epoch as u64).fill_permutation(&mut self.order);
        }
        let method = self.config.method.with_learning_rate(self.rate());
        let rates = self.rates(&method)?;
        let epoch = |name: &str| self.stream.named(name).at(self.epoch as u64).named("sample");
        let (augment, dropout) = (epoch("augment"), epoch("dropout"));
        let drops = self.model.layers().iter().any(|layer| matches!(layer, Layer::Dropout(_)));
        let source = Source {
            samples: self.samples,
            targets: self.targets,
            order: &self.order,
            augmentation: self.config.augmentation.as_ref().map(|augmentation| (augmentation, &augment)),
            dropout: drops.then_some(&dropout),
        };
        let mut total = Sum::default();
        let mut add = |sum: Sum| {
            total.loss += sum.loss;
            total.mistakes += sum.mistakes;
        };
        let (objective, reduction) = (self.config.objective, self.config.reduction);
        match &mut self.engine {
            Engine::Chunks(chunks) => {
                for places in self.config.batch.ranges(n) {
                    let factor = T::from_f64(reduction.factor(places.len()));
                    let mode = Mode::Gradient { objective, factor };
                    add(chunks.run_places(&self.model, mode, &source, places)?);
                    step(&mut self.model, chunks.gradient(), &method, &mut self.state, &rates)?;
                }
            }
            Engine::Single(single) => {
                single.pack(&self.model);
                let rates = single.rates(&self.model, rates);
                let update = match &method {
                    Method::Optimizer(Optimizer::GradientDescent(rule)) if rule.weight_decay == 0.0 => {
                        Update::Descend(T::from_f64(rule.learning_rate))
                    }
                    Method::Optimizer(_) => Update::Collect,
                    Method::Diagonal(_) => Update::Rates(&rates),
                };
                let mut changed = vec![T::ZERO; self.samples.nrows()];
                for place in 0..n {
                    let sample = source.sample_or(place, &mut changed);
                    let masks = source.dropout.map(|stream| Masks { stream, first: place });
                    add(single.step(&mut self.model, objective, (sample, source.target(place)), masks, &update)?);
                    if let Update::Collect = update {
                        step(&mut self.model, single.gradient(), &method, &mut self.state, &[])?;
                        single.pack(&self.model);
                    } else if let Method::Optimizer(optimizer) = &method {
                        optimizer.begin_step(&mut self.state);
                    }
                }
                if !matches!(update, Update::Collect) {
                    single.unpack(&mut self.model);
                }
            }
        }
        Ok(total)
    }

    /// η/(μ + h) of every parameter for the diagonal method; nothing for the others.
    fn rates(&self, method: &Method) -> Result<Vec<LayerGradient<T>>, CnnError> {
        let Method::Diagonal(rule) = method else { return Ok(Vec::new()) };
        let mut order = self.stream.named("curvature").at(self.epoch as u64).permutation(self.samples.ncols());
        order.truncate(rule.samples);
        let mut batch = Chunks::new(&self.model, order.len());
        let source = Source::plain(self.samples, self.targets, &order);
        curvature(&self.model, &mut batch, self.config.objective, &source)?;
        let mut rates = batch.into_gradient();
        let (eta, mu) = (T::from_f64(rule.learning_rate), T::from_f64(rule.damping));
        for (weight, bias) in &mut rates {
            weight.iter_mut().chain(bias).for_each(|h| *h = eta / (mu + *h));
        }
        Ok(rates)
    }

    /// Keeps the model if every weight is finite, or says which layer is not.
    fn keep_if_finite(&mut self) -> Result<(), CnnError> {
        let finite = |values: &[T]| values.iter().fold(true, |all, value| all & value.is_finite());
        let broken = |layer: &Layer<T>| !layer.learned().iter().all(|(_, _, values)| finite(values));
        let Some(index) = self.model.layers().iter().position(broken) else {
            self.last_good.clone_from(&self.model);
            self.last_good_state.clone_from(&self.state);
            return Ok(());
        };
        Err(CnnError::Diverged {
            epoch: self.epoch + 1,
            layer: index + 1,
            last_good: self.epoch,
            learning_rate: self.rate(),
        })
    }
}

/// One step down the gradient.
fn step<T: Real>(
    model: &mut Cnn<T>,
    gradient: &[LayerGradient<T>],
    method: &Method,
    state: &mut OptimizerState<T>,
    rates: &[LayerGradient<T>],
) -> Result<(), CnnError> {
    let learned = model.layers_mut().iter_mut().map(Layer::learned_mut).zip(gradient).enumerate();
    let learned = learned.filter_map(|(index, (learned, gradient))| learned.map(|learned| (index, learned, gradient)));
    match method {
        Method::Optimizer(optimizer) => {
            optimizer.begin_step(state);
            let tensors =
                learned.flat_map(|(_, (weight, bias), gradient)| [(weight, &gradient.0), (bias, &gradient.1)]);
            for (index, (values, gradient)) in tensors.filter(|(values, _)| !values.is_empty()).enumerate() {
                optimizer.step_tensor(state, index, values, gradient)?;
            }
        }
        Method::Diagonal(_) => {
            for (index, (weight, bias), gradient) in learned {
                let (weight_rates, bias_rates) = &rates[index];
                for (values, gradient, rates) in [(weight, &gradient.0, weight_rates), (bias, &gradient.1, bias_rates)]
                {
                    values.iter_mut().zip(gradient.iter().zip(rates)).for_each(|(w, (&g, &rate))| *w -= rate * g);
                }
            }
        }
    }
    Ok(())
}

impl<T: Real> Iterator for Training<'_, T> {
    type Item = Result<Epoch, CnnError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.diverged || self.epoch >= self.config.epochs {
            return None;
        }
        let learning_rate = self.rate();
        let sum = match self.run_epoch().and_then(|sum| self.keep_if_finite().map(|()| sum)) {
            Ok(sum) => sum,
            Err(error) => {
                self.diverged = true;
                return Some(Err(error));
            }
        };
        self.epoch += 1;
        let loss = sum.loss / self.samples.ncols() as f64;
        Some(Ok(Epoch { number: self.epoch, loss, mistakes: sum.mistakes, learning_rate }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = if self.diverged { 0 } else { self.config.epochs.saturating_sub(self.epoch) };
        (left, Some(left))
    }
}

impl<T: Real> ExactSizeIterator for Training<'_, T> {}
