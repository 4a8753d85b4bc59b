//! Training as an iterator of epochs.

use crate::config::{check, check_data};
use crate::objective::{Objective, OwnLoss};
use crate::sparsity::CodePenalty;
use crate::step::{Buffers, Pass, Samples};
use crate::update::Rule;
use crate::{Corruption, Mlp, MlpConfig, MlpError};
use nn_core::{Matrix, Optimizer, OptimizerState, Parameters, RateSchedule, Real, Stream, View};
use std::borrow::Cow;

/// What one pass over the samples gave.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Epoch {
    /// Number of the epoch, counted from 1.
    pub number: usize,
    /// Mean over the samples of E_n, each measured just before the step it took part in; with weights, the weighted mean.
    pub loss: f64,
    /// The learning rate η of this epoch; of Rprop the first step.
    pub learning_rate: f64,
}

/// Training as an iterator of epochs.
///
/// Epoch k draws its order from position k of the stream `shuffle`, so that it can be repeated from the model and the
/// optimizer's state alone. An error (divergence) is the last item.
pub struct Training<'a, T: Real> {
    config: Cow<'a, MlpConfig>,
    samples: &'a Matrix<T>,
    targets: &'a Matrix<T>,
    /// One a sample; empty without weights.
    weights: Vec<T>,
    weight_total: f64,
    own_loss: Option<Box<OwnLoss<'a, T>>>,
    extras: Extras,
    frozen: Vec<bool>,
    lowest: usize,
    shuffle: Stream,
    corruption: Stream,
    order: Vec<usize>,
    buffers: Buffers<T>,
    gathered: Gathered<T>,
    model: Mlp<T>,
    last_good: Mlp<T>,
    last_good_state: OptimizerState<T>,
    state: OptimizerState<T>,
    epoch: usize,
    diverged: bool,
}

/// What autoencoders want besides.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Extras {
    pub corruption: Option<Corruption>,
    pub penalty: Option<CodePenalty>,
}

/// Memory for the samples of a step that do not lie side by side, or are changed first.
#[derive(Default)]
struct Gathered<T> {
    samples: Vec<T>,
    targets: Vec<T>,
    weights: Vec<T>,
}

impl<'a, T: Real> Training<'a, T> {
    #[allow(clippy::too_many_arguments, reason = "the only place where all of it comes together")]
    pub(crate) fn new(
        config: Cow<'a, MlpConfig>,
        samples: &'a Matrix<T>,
        targets: &'a Matrix<T>,
        stream: &Stream,
        model: Mlp<T>,
        state: OptimizerState<T>,
        epoch: usize,
        extras: Extras,
    ) -> Result<Self, MlpError> {
        check(&config, &model)?;
        check_data(&model, config.loss, samples, targets)?;
        if !state.has_shapes_of(&config.optimizer_state(&model)) {
            return Err(MlpError::State);
        }
        let mut frozen: Vec<bool> = config.layers.iter().map(|layer| layer.frozen).collect();
        // Weights that another layer shares must not stand still for want of a delta.
        let plain = model.is_plain();
        let lowest = if plain { frozen.iter().take_while(|&&frozen| frozen).count() } else { 0 };
        if !frozen.contains(&true) {
            frozen.clear();
        }
        let size = config.batch.size(samples.ncols());
        Ok(Self {
            samples,
            targets,
            weights: Vec::new(),
            weight_total: samples.ncols() as f64,
            own_loss: None,
            extras,
            frozen,
            lowest,
            shuffle: stream.named("shuffle"),
            corruption: stream.named("corruption"),
            order: (0..samples.ncols()).collect(),
            buffers: Buffers::new(&model, size),
            gathered: Gathered { samples: Vec::new(), targets: Vec::new(), weights: Vec::new() },
            last_good: model.clone(),
            last_good_state: state.clone(),
            model,
            state,
            epoch,
            diverged: false,
            config,
        })
    }

    /// The same training with a weight for every sample: E = Σₙ weightₙ Eₙ, or that divided by the number of samples of the
    /// step ([`Reduction::Mean`](nn_core::Reduction)). With sums, a sample of weight 2 counts as two samples.
    ///
    /// # Errors
    /// [`MlpError::WeightCount`], [`MlpError::SampleWeight`] or [`MlpError::NoWeight`].
    ///
    /// ```
    /// use mlp::{MlpConfig, class_weights};
    /// use nn_core::{Stream, one_hot};
    ///
    /// let iris = datasets::iris::<f32>()?;
    /// let config = MlpConfig::classifier(&[8], 3);
    /// let weights = class_weights(&iris.labels, &[1.0, 5.0, 1.0])?; // a mistake on class 1 counts five times
    /// let targets = one_hot(3, &iris.labels)?;
    /// let mut training = config.training(&iris.samples, &targets, Stream::new(1))?.weighted(&weights)?;
    /// assert!(training.next().ok_or("no epoch")??.loss > 0.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn weighted(mut self, weights: &[f64]) -> Result<Self, MlpError> {
        let samples = self.samples.ncols();
        if weights.len() != samples {
            return Err(MlpError::WeightCount { samples, weights: weights.len() });
        }
        if let Some(sample) = weights.iter().position(|weight| !(weight.is_finite() && *weight >= 0.0)) {
            return Err(MlpError::SampleWeight { sample, value: weights[sample] });
        }
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return Err(MlpError::NoWeight);
        }
        self.weight_total = total;
        self.weights = weights.iter().map(|&weight| T::from_f64(weight)).collect();
        Ok(self)
    }

    /// The same training with a loss of the caller's own in the place of [`MlpConfig::loss`].
    ///
    /// `loss(y, t, slope)` gets the K outputs and the K targets of one sample, writes ∂E_n/∂yₖ into `slope`, which comes in
    /// as zeros, and returns E_n; training ends with [`MlpError::OwnLoss`] when that is not a number. All else is as ever: sum or
    /// mean, weights of samples, optimizer, threads. Resuming needs the same call again. That slope and loss belong together
    /// shows [`nn_core::gradient_check`].
    ///
    /// ```
    /// use mlp::MlpConfig;
    /// use nn_core::{Matrix, Stream};
    ///
    /// // Pinball loss: least at the quantile q. Here q = 0.9, and the targets are 0, 1, .., 100, whatever the input.
    /// let pinball = |y: &[f64], t: &[f64], slope: &mut [f64]| {
    ///     let (error, q) = (t[0] - y[0], 0.9);
    ///     slope[0] = if error > 0.0 { -q } else { 1.0 - q };
    ///     -slope[0] * error
    /// };
    /// let (samples, targets) = (Matrix::zeros(1, 101), Matrix::from_fn(1, 101, |_, n| n as f64));
    /// let config = MlpConfig { epochs: 500, ..MlpConfig::lecture(MlpConfig::regressor(&[], 1).layers) };
    /// let mut training = config.training(&samples, &targets, Stream::new(9))?.with_loss(pinball);
    /// training.try_for_each(|epoch| epoch.map(drop))?;
    /// assert!((training.model().forward(&samples)?[0] - 90.0).abs() < 2.0);
    /// # Ok::<(), mlp::MlpError>(())
    /// ```
    #[must_use]
    pub fn with_loss(mut self, loss: impl Fn(&[T], &[T], &mut [T]) -> f64 + Send + Sync + 'a) -> Self {
        self.own_loss = Some(Box::new(loss));
        self
    }
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

    /// What the optimizer remembers after the last good epoch; with [`Training::model`] and the number of the epoch, all that
    /// resuming needs.
    pub fn optimizer_state(&self) -> &OptimizerState<T> {
        if self.diverged { &self.last_good_state } else { &self.state }
    }

    /// Number of epochs done.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// The optimizer with the learning rate of this epoch.
    fn optimizer(&self) -> Optimizer {
        let optimizer = self.config.optimizer;
        if self.config.schedule == RateSchedule::Constant {
            return optimizer;
        }
        let factor = self.config.schedule.factor(self.epoch, self.config.epochs);
        optimizer.with_learning_rate(optimizer.learning_rate() * factor)
    }

    /// One pass over the samples; the sum of their losses.
    fn run_epoch(&mut self) -> Result<f64, MlpError> {
        let n = self.samples.ncols();
        let size = self.config.batch.size(n);
        let shuffled = self.config.shuffle && size < n;
        if shuffled {
            self.shuffle.at(self.epoch as u64).fill_permutation(&mut self.order);
        }
        let optimizer = self.optimizer();
        let rule = Rule { optimizer: &optimizer, frozen: &self.frozen, shrink: self.config.shrink };
        let mut noise = self.extras.corruption.map(|corruption| (corruption, self.corruption.at(self.epoch as u64)));
        let mut total = 0.0;
        for range in self.config.batch.ranges(n) {
            let order = &self.order[range.clone()];
            // Neighboring columns are used where they lie; a shuffled minibatch is gathered.
            let in_place = range.len() == 1 || !shuffled;
            let Gathered { samples, targets, weights } = &mut self.gathered;
            if let Some((corruption, stream)) = &mut noise {
                gather(self.samples.as_slice(), self.samples.nrows(), order, samples);
                corruption.apply(samples, stream);
            } else if !in_place {
                gather(self.samples.as_slice(), self.samples.nrows(), order, samples);
            }
            let inputs = match in_place && noise.is_none() {
                true => View::from(self.samples).columns(order[0]..order[0] + order.len())?,
                false => View::new(self.samples.nrows(), order.len(), samples)?,
            };
            let step = Samples {
                inputs,
                targets: pick(self.targets.as_slice(), self.targets.nrows(), order, in_place, targets),
                weights: (!self.weights.is_empty()).then(|| pick(&self.weights, 1, order, in_place, weights)),
            };
            let factor = T::from_f64(self.config.reduction.factor(order.len()));
            let objective = self.own_loss.as_deref().map_or(Objective::Named(self.config.loss), Objective::Own);
            let (lowest, penalty) = (self.lowest, self.extras.penalty);
            let pass = Pass { model: &self.model, objective, factor, lowest, penalty };
            total += self.buffers.forward_and_deltas(&pass, &step)?;
            self.buffers.update(&mut self.model, &rule, &mut self.state, step.inputs)?;
        }
        Ok(total)
    }

    /// Keeps the model if every weight is finite, or says which layer is not; nor is it kept after a loss of the caller's own
    /// that is no number.
    fn keep_if_finite(&mut self, total: f64) -> Result<(), MlpError> {
        let finite = |values: &[T]| values.iter().all(|value| value.is_finite());
        let layers = self.model.layers.iter();
        let broken = |layer: &crate::Layer<T>| !(finite(layer.weight.as_slice()) && finite(layer.bias.as_slice()));
        let mut broken = layers.enumerate().position(|(_, layer)| broken(layer));
        if self.model.shortcut.as_ref().is_some_and(|weight| !finite(weight.as_slice())) {
            broken = broken.or(Some(self.model.layers.len() - 1));
        }
        let Some(index) = broken else {
            if self.own_loss.is_some() && total.is_nan() {
                return Err(MlpError::OwnLoss { epoch: self.epoch + 1, last_good: self.epoch });
            }
            for (kept, layer) in self.last_good.layers.iter_mut().zip(&self.model.layers) {
                kept.weight.as_mut_slice().copy_from_slice(layer.weight.as_slice());
                kept.bias.as_mut_slice().copy_from_slice(layer.bias.as_slice());
            }
            if let (Some(kept), Some(weight)) = (&mut self.last_good.shortcut, &self.model.shortcut) {
                kept.as_mut_slice().copy_from_slice(weight.as_slice());
            }
            self.last_good_state.clone_from(&self.state);
            return Ok(());
        };
        Err(MlpError::Diverged {
            epoch: self.epoch + 1,
            layer: index + 1,
            last_good: self.epoch,
            learning_rate: self.optimizer().learning_rate(),
        })
    }
}

/// Some columns of so many rows each: where they lie, or copied to a buffer.
fn pick<'a, T: Real>(
    values: &'a [T],
    rows: usize,
    columns: &[usize],
    in_place: bool,
    buffer: &'a mut Vec<T>,
) -> &'a [T] {
    if in_place {
        return &values[columns[0] * rows..(columns[0] + columns.len()) * rows];
    }
    gather(values, rows, columns, buffer);
    buffer
}

/// Copies columns into a buffer.
fn gather<T: Real>(values: &[T], rows: usize, columns: &[usize], buffer: &mut Vec<T>) {
    buffer.clear();
    for &column in columns {
        buffer.extend_from_slice(&values[column * rows..][..rows]);
    }
}

impl<T: Real> Iterator for Training<'_, T> {
    type Item = Result<Epoch, MlpError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.diverged || self.epoch >= self.config.epochs {
            return None;
        }
        let total = match self.run_epoch().and_then(|total| self.keep_if_finite(total).map(|()| total)) {
            Ok(total) => total,
            Err(error) => {
                self.diverged = true;
                return Some(Err(error));
            }
        };
        let learning_rate = self.optimizer().learning_rate();
        self.epoch += 1;
        Some(Ok(Epoch { number: self.epoch, loss: total / self.weight_total, learning_rate }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = if self.diverged { 0 } else { self.config.epochs.saturating_sub(self.epoch) };
        (left, Some(left))
    }
}

impl<T: Real> ExactSizeIterator for Training<'_, T> {}
