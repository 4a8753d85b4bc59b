//! Levenberg and Marquardt's method: between Gauss and Newton's step and a short step down the slope (Hagan and Menhaj, 1994).

use crate::config::{check_data, check_layers, initialize};
use crate::flat::{frozen_ranges, read, write};
use crate::{LayerConfig, Links, Mlp, MlpConfig, MlpError};
use nn_core::simd::{axpy, dot};
use nn_core::{CoreError, Init, Loss, Matrix, Parameters, Real, Stream, View, gemm};
use std::ops::Range;

/// How a small network is trained on half the squared error: w ← w − (J Jᵀ + μ 1)⁻¹ J r, with the residuals r = y − t of all
/// samples and outputs and J their slopes.
///
/// A step that lowers the error divides μ, one that does not is taken back and multiplies it. Time grows with the cube and
/// memory with the square of the number of weights, so for networks below about 5000 weights; a minimum is met to the last
/// digits of `f64`.
///
/// ```
/// use mlp::{LayerConfig, LevenbergMarquardt, MlpConfig};
/// use nn_core::{Activation, Loss, Stream, math, samples_from_rows};
///
/// let x = samples_from_rows(1, (0..50).map(|i| f64::from(i) / 25.0 - 1.0).collect())?;
/// let t = x.map(|x| math::sin(3.0 * x));
/// let layers = vec![LayerConfig::new(3, Activation::Tanh), LayerConfig::new(1, Activation::Identity)];
/// let network = LevenbergMarquardt::new(&MlpConfig::lecture(layers)).fit(&x, &t, Stream::new(56))?;
/// assert!(network.loss(&x, &t, Loss::HalfSquaredError)? < 1e-4);
/// # Ok::<(), mlp::MlpError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LevenbergMarquardt {
    /// The layers, from the first hidden layer to the output.
    pub layers: Vec<LayerConfig>,
    /// Weights from the inputs to the outputs, drawn from this distribution.
    pub shortcut: Option<Init>,
    /// μ at the beginning, positive.
    pub damping: f64,
    /// What a good step divides μ by and a bad one multiplies it with, above 1.
    pub factor: f64,
    /// Largest number of steps.
    pub epochs: usize,
}

/// Beyond this damping a step is too short to change anything.
const LARGEST_DAMPING: f64 = 1e12;
/// Below it the damping no longer matters.
const SMALLEST_DAMPING: f64 = 1e-16;

impl LevenbergMarquardt {
    /// The layers of this configuration; μ = 0.001, factor 10, at most 200 steps.
    pub fn new(config: &MlpConfig) -> Self {
        let (layers, shortcut) = (config.layers.clone(), config.shortcut);
        Self { layers, shortcut, damping: 1e-3, factor: 10.0, epochs: 200 }
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
    ) -> Result<LevenbergMarquardtTraining<'a, T>, MlpError> {
        let model = initialize(&self.layers, self.shortcut, samples.nrows(), &stream)?;
        self.resume(samples, targets, model, self.damping, 0)
    }

    /// Training from the network after `epoch` epochs and its damping, with the bits of never having stopped.
    ///
    /// # Errors
    /// As [`LevenbergMarquardt::training`].
    pub fn resume<'a, T: Real>(
        &'a self,
        samples: &'a Matrix<T>,
        targets: &'a Matrix<T>,
        model: Mlp<T>,
        damping: f64,
        epoch: usize,
    ) -> Result<LevenbergMarquardtTraining<'a, T>, MlpError> {
        check_layers(&self.layers, &model)?;
        check_data(&model, Loss::HalfSquaredError, samples, targets)?;
        let range = |name, rule, value: f64, holds| match holds {
            true => Ok(()),
            false => Err(CoreError::OutOfRange { name, rule, value }),
        };
        range("damping", "positive and finite", damping, damping > 0.0 && damping.is_finite())?;
        range("factor", "above 1 and finite", self.factor, self.factor > 1.0 && self.factor.is_finite())?;
        let frozen = frozen_ranges(&model, &self.layers);
        let residuals = model.forward(samples)? - targets;
        let value = 0.5 * dot(residuals.as_slice(), residuals.as_slice()).to_f64();
        if !value.is_finite() {
            return Err(MlpError::LossNotFinite { epoch });
        }
        Ok(LevenbergMarquardtTraining {
            config: self,
            samples,
            targets,
            frozen,
            trial: model.clone(),
            model,
            residuals,
            value,
            damping,
            epoch,
            done: false,
        })
    }

    /// Trains to the end and returns the network.
    ///
    /// # Errors
    /// As [`LevenbergMarquardt::training`].
    pub fn fit<T: Real>(&self, samples: &Matrix<T>, targets: &Matrix<T>, stream: Stream) -> Result<Mlp<T>, MlpError> {
        let mut training = self.training(samples, targets, stream)?;
        training.try_for_each(|epoch| epoch.map(|_| ()))?;
        Ok(training.into_model())
    }
}

/// What one step gave.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct LevenbergMarquardtEpoch {
    /// Number of the step, counted from 1.
    pub number: usize,
    /// Mean over the samples of E_n after the step.
    pub loss: f64,
    /// The damping with which the next step begins.
    pub damping: f64,
}

/// Training by Levenberg and Marquardt's method: an iterator of steps, which ends early when no step lowers the error.
pub struct LevenbergMarquardtTraining<'a, T: Real> {
    config: &'a LevenbergMarquardt,
    samples: &'a Matrix<T>,
    targets: &'a Matrix<T>,
    frozen: Vec<Range<usize>>,
    model: Mlp<T>,
    trial: Mlp<T>,
    residuals: Matrix<T>,
    value: f64,
    damping: f64,
    epoch: usize,
    done: bool,
}

impl<T: Real> LevenbergMarquardtTraining<'_, T> {
    /// The network after the last step.
    pub fn model(&self) -> &Mlp<T> {
        &self.model
    }

    /// The network after the last step.
    pub fn into_model(self) -> Mlp<T> {
        self.model
    }

    /// Number of steps done.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// μ now; with the model, all that resuming needs.
    pub fn damping(&self) -> f64 {
        self.damping
    }

    /// One step that lowers the error; false if there is none.
    fn step(&mut self) -> Result<bool, MlpError> {
        let mut jacobian = self.model.jacobian(self.samples)?;
        for mut column in jacobian.column_iter_mut() {
            self.frozen.iter().for_each(|range| column.rows_range_mut(range.clone()).fill(T::ZERO));
        }
        let count = jacobian.nrows();
        let mut slope = Matrix::zeros(count, 1);
        let residuals = View::new(self.residuals.len(), 1, self.residuals.as_slice())?;
        gemm(T::ONE, &jacobian, residuals, T::ZERO, &mut slope)?;
        let mut curvature = Matrix::zeros(count, count);
        gemm(T::ONE, &jacobian, View::from(&jacobian).transposed(), T::ZERO, &mut curvature)?;
        let mut weights = Vec::new();
        read(&self.model, &mut weights);
        while self.damping <= LARGEST_DAMPING {
            let mut damped = curvature.clone();
            (0..count).for_each(|i| damped[(i, i)] += T::from_f64(self.damping));
            let mut change = slope.as_slice().to_vec();
            if solve(&mut damped, &mut change) {
                let mut moved = weights.clone();
                axpy(-T::ONE, &change, &mut moved);
                write(&mut self.trial, &moved);
                let residuals = self.trial.forward(self.samples)? - self.targets;
                let value = 0.5 * dot(residuals.as_slice(), residuals.as_slice()).to_f64();
                if value < self.value {
                    std::mem::swap(&mut self.model, &mut self.trial);
                    (self.residuals, self.value) = (residuals, value);
                    self.damping = (self.damping / self.config.factor).max(SMALLEST_DAMPING);
                    return Ok(true);
                }
            }
            self.damping *= self.config.factor;
        }
        Ok(false)
    }
}

impl<T: Real> Iterator for LevenbergMarquardtTraining<'_, T> {
    type Item = Result<LevenbergMarquardtEpoch, MlpError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done || self.epoch >= self.config.epochs {
            return None;
        }
        match self.step() {
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
                let loss = self.value / self.samples.ncols() as f64;
                Some(Ok(LevenbergMarquardtEpoch { number: self.epoch, loss, damping: self.damping }))
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(if self.done { 0 } else { self.config.epochs.saturating_sub(self.epoch) }))
    }
}

/// x ← A⁻¹ x for a symmetric positive definite A by Cholesky's factors A = Uᵀ U; false if A is not positive definite.
fn solve<T: Real>(a: &mut Matrix<T>, x: &mut [T]) -> bool {
    let n = a.nrows();
    for j in 0..n {
        let (before, column) = a.as_mut_slice().split_at_mut(j * n);
        let column = &mut column[..n];
        for i in 0..j {
            let other = &before[i * n..][..n];
            column[i] = (column[i] - dot(&other[..i], &column[..i])) / other[i];
        }
        let square = column[j] - dot(&column[..j], &column[..j]);
        if !(square > T::ZERO && square.is_finite()) {
            return false;
        }
        column[j] = square.sqrt();
    }
    for j in 0..n {
        let column = &a.as_slice()[j * n..][..n];
        x[j] = (x[j] - dot(&column[..j], &x[..j])) / column[j];
    }
    for j in (0..n).rev() {
        let column = &a.as_slice()[j * n..][..n];
        x[j] /= column[j];
        let known = x[j];
        axpy(-known, &column[..j], &mut x[..j]);
    }
    true
}

impl<T: Real> Mlp<T> {
    /// ∂yₖ/∂w of every output for every sample: one row a weight, in the order of the named tensors, one column an output of a
    /// sample (column n K + k), P × n K.
    ///
    /// # Errors
    /// [`MlpError::Inputs`] when the samples have another number of features than the network has inputs.
    pub fn jacobian(&self, samples: &Matrix<T>) -> Result<Matrix<T>, MlpError> {
        let (outputs, n, count) = (self.outputs(), samples.ncols(), self.parameter_count());
        let trace = self.trace(samples)?;
        let mut starts = Vec::with_capacity(self.layers.len());
        let mut next = 0;
        for (layer, links) in self.layers.iter().zip(&self.links) {
            let own = if matches!(links, Links::TiedTo(_)) { 0 } else { layer.weight.len() };
            starts.push((next, next + own));
            next += own + layer.units();
        }
        let mut jacobian = Matrix::zeros(count, n * outputs);
        for k in 0..outputs {
            let mut slope = Matrix::zeros(outputs, n);
            slope.row_mut(k).fill(T::ONE);
            let deltas = self.deltas_from(samples, &trace, &slope)?;
            for sample in 0..n {
                let column = &mut jacobian.as_mut_slice()[(sample * outputs + k) * count..][..count];
                for (index, layer) in self.layers.iter().enumerate() {
                    let input = if index == 0 { samples } else { &trace.outputs[index - 1] };
                    let (x, delta) = (input.column(sample), deltas[index].column(sample));
                    let (x, delta) = (x.as_slice(), delta.as_slice());
                    let (weight, bias) = starts[index];
                    match self.links[index] {
                        Links::TiedTo(other) => {
                            let weight = &mut column[starts[other].0..starts[other].1];
                            outer(delta, x, weight);
                        }
                        Links::Full => outer(x, delta, &mut column[weight..bias]),
                        Links::Groups(groups) => {
                            outer(x, delta, &mut column[weight..bias]);
                            crate::links::keep_groups(groups, layer.inputs(), &mut column[weight..bias]);
                        }
                    }
                    column[bias..bias + layer.units()].copy_from_slice(delta);
                }
                if self.shortcut.is_some() {
                    let (x, delta) = (samples.column(sample), deltas[deltas.len() - 1].column(sample));
                    outer(x.as_slice(), delta.as_slice(), &mut column[next..]);
                }
            }
        }
        Ok(jacobian)
    }
}

/// W ← W + x δᵀ
fn outer<T: Real>(x: &[T], delta: &[T], weight: &mut [T]) {
    for (weight, &delta) in weight.chunks_exact_mut(x.len()).zip(delta) {
        axpy(delta, x, weight);
    }
}
