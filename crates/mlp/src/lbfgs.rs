//! L-BFGS: full-batch steps that learn the curvature from the last few gradients (Nocedal, 1980).

use crate::config::{check_data, check_layers, initialize};
use crate::flat::{Problem, frozen_ranges, read, write};
use crate::line_search::{Point, search};
use crate::step::Buffers;
use crate::{LayerConfig, Mlp, MlpConfig, MlpError};
use nn_core::simd::{axpy, dot};
use nn_core::{CoreError, Init, Loss, Matrix, Parameters, Real, Reduction, Stream, Tensor, TensorMut};

/// How a network is trained by L-BFGS: one step an epoch over all samples, its length by line search. For sets and networks
/// that are not large, and where the last digits of the minimum matter: no learning rate to choose.
///
/// ```
/// use mlp::{Lbfgs, MlpConfig};
/// use nn_core::{Stream, samples_from_rows};
///
/// let x = samples_from_rows(1, (0..50).map(|i| f64::from(i) / 25.0 - 1.0).collect())?;
/// let t = x.map(|x| x * x);
/// let network = Lbfgs::new(&MlpConfig::regressor(&[5], 1)).fit(&x, &t, Stream::new(56))?;
/// assert!(network.loss(&x, &t, nn_core::Loss::MeanSquaredError)? < 1e-3);
/// # Ok::<(), mlp::MlpError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Lbfgs {
    /// The layers, from the first hidden layer to the output.
    pub layers: Vec<LayerConfig>,
    /// Weights from the inputs to the outputs, drawn from this distribution.
    pub shortcut: Option<Init>,
    /// What is minimized.
    pub loss: Loss,
    /// Sum or mean over the samples.
    pub reduction: Reduction,
    /// ½ this ‖w‖² is added to the loss; non-negative.
    pub weight_decay: f64,
    /// How many steps are remembered, at least 1.
    pub memory: usize,
    /// Largest number of steps.
    pub epochs: usize,
    /// Training ends when no slope is larger than this.
    pub tolerance: f64,
}

impl Lbfgs {
    /// The layers and the loss of this configuration; 10 steps remembered, at most 1000 steps, tolerance 1e-8.
    pub fn new(config: &MlpConfig) -> Self {
        Self {
            layers: config.layers.clone(),
            shortcut: config.shortcut,
            loss: config.loss,
            reduction: config.reduction,
            weight_decay: 0.0,
            memory: 10,
            epochs: 1000,
            tolerance: 1e-8,
        }
    }

    /// Training from the beginning, step by step. Samples D × n, targets K × n.
    ///
    /// # Errors
    /// Everything that does not fit, before the first step.
    pub fn training<'a, T: Real>(
        &'a self,
        samples: &'a Matrix<T>,
        targets: &'a Matrix<T>,
        stream: Stream,
    ) -> Result<LbfgsTraining<'a, T>, MlpError> {
        let model = initialize(&self.layers, self.shortcut, samples.nrows(), &stream)?;
        let state = self.optimizer_state(&model);
        self.resume(samples, targets, model, state, 0)
    }

    /// Training from the state after `epoch` epochs, with the bits of never having stopped. Nothing in it is random.
    ///
    /// # Errors
    /// As [`Lbfgs::training`]; [`MlpError::State`] when the state does not belong to the model.
    pub fn resume<'a, T: Real>(
        &'a self,
        samples: &'a Matrix<T>,
        targets: &'a Matrix<T>,
        model: Mlp<T>,
        state: LbfgsState<T>,
        epoch: usize,
    ) -> Result<LbfgsTraining<'a, T>, MlpError> {
        check_layers(&self.layers, &model)?;
        check_data(&model, self.loss, samples, targets)?;
        let range = |name, rule, value: f64, holds| match holds {
            true => Ok(()),
            false => Err(CoreError::OutOfRange { name, rule, value }),
        };
        range("memory", "at least 1", self.memory as f64, self.memory > 0)?;
        let non_negative = |value: f64| value >= 0.0 && value.is_finite();
        range("weight_decay", "non-negative and finite", self.weight_decay, non_negative(self.weight_decay))?;
        range("tolerance", "non-negative and finite", self.tolerance, non_negative(self.tolerance))?;
        if state.steps.len() != self.memory || state.steps[0].len() != model.parameter_count() {
            return Err(MlpError::State);
        }
        let mut problem = Problem {
            samples,
            targets,
            loss: self.loss,
            reduction: self.reduction,
            weight_decay: self.weight_decay,
            frozen: frozen_ranges(&model, &self.layers),
            buffers: Buffers::new(&model, samples.ncols()),
            slopes: model.clone(),
            model,
        };
        let (mut weights, mut gradient) = (Vec::new(), Vec::new());
        read(&problem.model, &mut weights);
        let value = problem.evaluate(&weights, &mut gradient)?;
        if !value.is_finite() {
            return Err(MlpError::LossNotFinite { epoch });
        }
        Ok(LbfgsTraining { config: self, problem, state, weights, gradient, value, epoch, done: false })
    }

    /// Trains to the end and returns the network.
    ///
    /// # Errors
    /// As [`Lbfgs::training`].
    pub fn fit<T: Real>(&self, samples: &Matrix<T>, targets: &Matrix<T>, stream: Stream) -> Result<Mlp<T>, MlpError> {
        let mut training = self.training(samples, targets, stream)?;
        training.try_for_each(|epoch| epoch.map(|_| ()))?;
        Ok(training.into_model())
    }

    /// The state before the first step.
    pub fn optimizer_state<T: Real>(&self, model: &Mlp<T>) -> LbfgsState<T> {
        let slots = || vec![vec![T::ZERO; model.parameter_count()]; self.memory];
        LbfgsState { count: [T::ZERO], steps: slots(), changes: slots() }
    }
}

/// The steps and changes of the gradient that L-BFGS remembers: saved and loaded like a model.
#[derive(Debug, Clone, PartialEq)]
pub struct LbfgsState<T: Real> {
    /// Pairs remembered so far; pair k lies in slot k modulo the memory.
    count: [T; 1],
    steps: Vec<Vec<T>>,
    changes: Vec<Vec<T>>,
}

impl<T: Real> LbfgsState<T> {
    fn count(&self) -> usize {
        self.count[0].to_f64() as usize
    }

    /// −H g: the inverse curvature learned so far times the gradient, by two loops over the pairs.
    fn direction(&self, gradient: &[T]) -> Vec<T> {
        let (count, memory) = (self.count(), self.steps.len());
        let slots: Vec<usize> = (count.saturating_sub(memory)..count).map(|pair| pair % memory).collect();
        let mut direction: Vec<T> = gradient.iter().map(|&slope| -slope).collect();
        let curvature = |slot: usize| dot(&self.steps[slot], &self.changes[slot]);
        let mut factors = Vec::with_capacity(slots.len());
        for &slot in slots.iter().rev() {
            let factor = dot(&self.steps[slot], &direction) / curvature(slot);
            axpy(-factor, &self.changes[slot], &mut direction);
            factors.push(factor);
        }
        if let Some(&newest) = slots.last() {
            let scale = curvature(newest) / dot(&self.changes[newest], &self.changes[newest]);
            direction.iter_mut().for_each(|d| *d *= scale);
        }
        for (&slot, factor) in slots.iter().zip(factors.into_iter().rev()) {
            let correction = factor - dot(&self.changes[slot], &direction) / curvature(slot);
            axpy(correction, &self.steps[slot], &mut direction);
        }
        direction
    }

    /// Remembers a pair, if the function curves upwards along it.
    fn remember(&mut self, step: &[T], change: &[T]) {
        if dot(step, change) <= T::EPSILON * dot(change, change) {
            return;
        }
        let slot = self.count() % self.steps.len();
        self.steps[slot].copy_from_slice(step);
        self.changes[slot].copy_from_slice(change);
        self.count[0] += T::ONE;
    }
}

impl<T: Real> Parameters<T> for LbfgsState<T> {
    fn tensors(&self) -> Vec<Tensor<'_, T>> {
        let slot = |name: &str, slot: usize| format!("lbfgs.{slot}.{name}");
        let count = Tensor { name: "lbfgs.count".into(), shape: vec![1], values: &self.count };
        let named = |name: &'static str, values: &'_ [Vec<T>]| -> Vec<(String, usize)> {
            values.iter().enumerate().map(|(index, values)| (slot(name, index), values.len())).collect()
        };
        let names = named("step", &self.steps).into_iter().chain(named("change", &self.changes));
        let tensors = names.zip(self.steps.iter().chain(&self.changes));
        let tensors = tensors.map(|((name, size), values)| Tensor { name, shape: vec![size], values });
        std::iter::once(count).chain(tensors).collect()
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>> {
        let count = TensorMut { name: "lbfgs.count".into(), shape: vec![1], values: &mut self.count };
        let slots = [("step", &mut self.steps), ("change", &mut self.changes)].into_iter().flat_map(|(name, slots)| {
            slots.iter_mut().enumerate().map(move |(slot, values)| TensorMut {
                name: format!("lbfgs.{slot}.{name}"),
                shape: vec![values.len()],
                values,
            })
        });
        std::iter::once(count).chain(slots).collect()
    }
}

/// What one step gave.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct LbfgsEpoch {
    /// Number of the step, counted from 1.
    pub number: usize,
    /// Mean over the samples of E_n after the step; with weight decay, its term is added (divided by n where E is a sum).
    pub loss: f64,
    /// The largest slope |∂E/∂w| after the step.
    pub largest_slope: f64,
}

/// Training by L-BFGS: an iterator of steps, which ends early at a minimum.
pub struct LbfgsTraining<'a, T: Real> {
    config: &'a Lbfgs,
    problem: Problem<'a, T>,
    state: LbfgsState<T>,
    weights: Vec<T>,
    gradient: Vec<T>,
    value: f64,
    epoch: usize,
    done: bool,
}

impl<T: Real> LbfgsTraining<'_, T> {
    /// A copy of the network after the last step.
    pub fn model(&self) -> Mlp<T> {
        let mut model = self.problem.model.clone();
        write(&mut model, &self.weights);
        model
    }

    /// The network after the last step.
    pub fn into_model(mut self) -> Mlp<T> {
        write(&mut self.problem.model, &self.weights);
        self.problem.model
    }

    /// Number of steps done.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// What is remembered; with the model, all that resuming needs.
    pub fn optimizer_state(&self) -> &LbfgsState<T> {
        &self.state
    }

    /// The largest slope |∂E/∂w|.
    pub fn largest_slope(&self) -> f64 {
        self.gradient.iter().fold(0.0, |largest, slope| largest.max(slope.abs().to_f64()))
    }

    /// One step; false if none goes down.
    fn step(&mut self) -> Result<bool, MlpError> {
        let mut direction = self.state.direction(&self.gradient);
        let mut slope = dot(&direction, &self.gradient).to_f64();
        if !(slope < 0.0 && slope.is_finite()) {
            self.state.count[0] = T::ZERO;
            direction = self.state.direction(&self.gradient);
            slope = dot(&direction, &self.gradient).to_f64();
        }
        // Without a curvature the first step is as long as the slopes are small.
        let first = if self.state.count() == 0 { 1.0_f64.min(1.0 / (-slope).sqrt()) } else { 1.0 };
        let start = Point { step: 0.0, value: self.value, slope };
        let (mut weights, mut gradient) = (Vec::new(), Vec::new());
        let rounding = 8.0 * T::EPSILON.to_f64();
        let found = search(start, first, rounding, |step| {
            weights.clone_from(&self.weights);
            axpy(T::from_f64(step), &direction, &mut weights);
            let value = self.problem.evaluate(&weights, &mut gradient)?;
            Ok(Point { step, value, slope: dot(&direction, &gradient).to_f64() })
        })?;
        let Some(found) = found else { return Ok(false) };
        let difference =
            |after: &[T], before: &[T]| -> Vec<T> { after.iter().zip(before).map(|(&a, &b)| a - b).collect() };
        self.state.remember(&difference(&weights, &self.weights), &difference(&gradient, &self.gradient));
        (self.weights, self.gradient, self.value) = (weights, gradient, found.value);
        Ok(true)
    }
}

impl<T: Real> Iterator for LbfgsTraining<'_, T> {
    type Item = Result<LbfgsEpoch, MlpError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done || self.epoch >= self.config.epochs || self.largest_slope() <= self.config.tolerance {
            return None;
        }
        let moved = self.step().and_then(|moved| match moved {
            // Once more down the slope itself, without what was remembered.
            false if self.state.count() > 0 => {
                self.state.count[0] = T::ZERO;
                self.step()
            }
            moved => Ok(moved),
        });
        match moved {
            Err(error) => {
                self.done = true;
                Some(Err(error))
            }
            Ok(false) => {
                self.done = true;
                None
            }
            Ok(true) => {
                self.epoch += 1;
                let n = self.problem.samples.ncols();
                let loss = self.value / (self.config.reduction.factor(n) * n as f64);
                Some(Ok(LbfgsEpoch { number: self.epoch, loss, largest_slope: self.largest_slope() }))
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(if self.done { 0 } else { self.config.epochs.saturating_sub(self.epoch) }))
    }
}
