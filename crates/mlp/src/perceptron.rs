//! Rosenblatt's perceptron, the two-line solution of XOR by hand, and hidden layers of random units (slides 20 to 23).

use crate::MlpError;
use nn_core::{CoreError, Init, Matrix, Parameters, Real, Stream, Tensor, TensorMut, check_finite, simd};

/// A unit with a threshold: y = 1 where w · x + b > 0, else 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Perceptron<T: Real> {
    /// Weights w, one an input.
    pub weight: Vec<T>,
    /// Bias b: the weight of x₀ = 1.
    pub bias: T,
}

impl<T: Real> Perceptron<T> {
    /// All weights zero.
    pub fn new(inputs: usize) -> Self {
        Self { weight: vec![T::ZERO; inputs], bias: T::ZERO }
    }

    /// 1 where w · x + b > 0, else 0. The sum runs over the shorter of w and x.
    pub fn output(&self, x: &[T]) -> bool {
        simd::dot(&self.weight, x) + self.bias > T::ZERO
    }

    /// **Eq. perceptron-rule** (slide 20): w ← w + η (t − y) x, b ← b + η (t − y). Returns whether y was wrong.
    pub fn adapt(&mut self, x: &[T], target: bool, learning_rate: T) -> bool {
        let wrong = self.output(x) != target;
        if wrong {
            let step = if target { learning_rate } else { -learning_rate };
            simd::axpy(step, x, &mut self.weight);
            self.bias += step;
        }
        wrong
    }

    /// Training from zero weights, one pass over the samples after the other in their order, as an iterator of epochs
    /// that ends after the first epoch without a mistake. Samples D × n.
    ///
    /// A separable set ends after at most (R/γ)² mistakes ([`novikoff_bound`]); a set that is not separable never does, so
    /// `take` a number of epochs.
    ///
    /// # Errors
    /// [`MlpError::NoSamples`], [`MlpError::SampleCount`], [`MlpError::Data`], or [`MlpError::Core`] for a learning rate that
    /// is not positive and finite.
    ///
    /// ```
    /// use mlp::Perceptron;
    ///
    /// let inputs = nn_core::samples_from_rows(2, vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0])?;
    /// let mut training = Perceptron::training(&inputs, &[false, false, false, true], 1.0)?; // AND
    /// let mistakes: usize = training.by_ref().map(|epoch| epoch.mistakes).sum();
    /// assert!(mistakes > 0 && training.model().output(&[1.0, 1.0]) && !training.model().output(&[1.0, 0.0]));
    /// # Ok::<(), mlp::MlpError>(())
    /// ```
    pub fn training<'a>(
        samples: &'a Matrix<T>,
        targets: &'a [bool],
        learning_rate: f64,
    ) -> Result<PerceptronTraining<'a, T>, MlpError> {
        if samples.ncols() != targets.len() {
            return Err(MlpError::SampleCount { samples: samples.ncols(), targets: targets.len() });
        }
        if samples.is_empty() {
            return Err(MlpError::NoSamples);
        }
        if !(learning_rate > 0.0 && learning_rate.is_finite()) {
            let (name, rule) = ("learning_rate", "positive and finite");
            return Err(CoreError::OutOfRange { name, rule, value: learning_rate }.into());
        }
        check_finite(samples).map_err(|error| MlpError::Data { what: "the samples", error })?;
        let model = Self::new(samples.nrows());
        Ok(PerceptronTraining {
            samples,
            targets,
            learning_rate: T::from_f64(learning_rate),
            model,
            epoch: 0,
            mistakes: Vec::new(),
            done: false,
        })
    }
}

/// `weight` with shape `[inputs]`, `bias` with shape `[1]`.
impl<T: Real> Parameters<T> for Perceptron<T> {
    fn tensors(&self) -> Vec<Tensor<'_, T>> {
        let bias = std::slice::from_ref(&self.bias);
        vec![
            Tensor { name: "weight".into(), shape: vec![self.weight.len()], values: &self.weight },
            Tensor { name: "bias".into(), shape: vec![1], values: bias },
        ]
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>> {
        let (shape, bias) = (vec![self.weight.len()], std::slice::from_mut(&mut self.bias));
        vec![
            TensorMut { name: "weight".into(), shape, values: &mut self.weight },
            TensorMut { name: "bias".into(), shape: vec![1], values: bias },
        ]
    }
}

/// What one pass over the samples gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PerceptronEpoch {
    /// Number of the epoch, counted from 1.
    pub number: usize,
    /// Samples that were wrong when their turn came: the number of corrections.
    pub mistakes: usize,
}

/// A sample that was wrong when its turn came, and corrected the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mistake {
    /// Number of the epoch, counted from 1.
    pub epoch: usize,
    /// The sample, counted from 0.
    pub sample: usize,
}

/// A perceptron in training: an iterator of epochs.
#[derive(Debug, Clone)]
pub struct PerceptronTraining<'a, T: Real> {
    samples: &'a Matrix<T>,
    targets: &'a [bool],
    learning_rate: T,
    model: Perceptron<T>,
    epoch: usize,
    mistakes: Vec<Mistake>,
    done: bool,
}

impl<T: Real> PerceptronTraining<'_, T> {
    /// The perceptron as it is now.
    pub fn model(&self) -> &Perceptron<T> {
        &self.model
    }

    /// Number of epochs done.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// Every mistake so far, in order: the weights are the sum of these samples, each with the sign of its correction.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// The perceptron as it is now.
    pub fn into_model(self) -> Perceptron<T> {
        self.model
    }
}

impl<T: Real> Iterator for PerceptronTraining<'_, T> {
    type Item = PerceptronEpoch;

    fn next(&mut self) -> Option<PerceptronEpoch> {
        if self.done {
            return None;
        }
        self.epoch += 1;
        let before = self.mistakes.len();
        let samples = self.samples.as_slice().chunks_exact(self.samples.nrows()).zip(self.targets);
        for (sample, (x, &target)) in samples.enumerate() {
            if self.model.adapt(x, target, self.learning_rate) {
                self.mistakes.push(Mistake { epoch: self.epoch, sample });
            }
        }
        let mistakes = self.mistakes.len() - before;
        self.done = mistakes == 0;
        Some(PerceptronEpoch { number: self.epoch, mistakes })
    }
}

/// (R/γ)²: the most mistakes a perceptron makes on samples that the given weights separate (Novikoff, 1962).
///
/// R is the length of the longest sample (with x₀ = 1), γ the smallest distance of a sample from the separating plane through
/// the origin of that space, for weights (b, w) of length 1. `None` when the weights do not separate the samples, or the
/// numbers of samples and targets differ.
pub fn novikoff_bound<T: Real>(separator: &Perceptron<T>, samples: &Matrix<T>, targets: &[bool]) -> Option<f64> {
    if samples.ncols() != targets.len() || samples.nrows() != separator.weight.len() {
        return None;
    }
    let square = |values: &[T]| -> f64 { values.iter().map(|value| value.to_f64() * value.to_f64()).sum() };
    let (mut longest, mut margin) = (0.0_f64, f64::INFINITY);
    for (x, &target) in samples.column_iter().zip(targets) {
        let net_input: f64 = separator.weight.iter().zip(&x).map(|(w, x)| w.to_f64() * x.to_f64()).sum();
        let net_input = net_input + separator.bias.to_f64();
        longest = longest.max(1.0 + square(x.as_slice()));
        margin = margin.min(if target { net_input } else { -net_input });
    }
    let bias = separator.bias.to_f64();
    (margin > 0.0).then(|| longest * (square(&separator.weight) + bias * bias) / (margin * margin))
}

/// A layer of threshold units: z = 1 where W x + b > 0, else 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ThresholdLayer<T: Real> {
    /// D × M: column j holds the incoming weights of unit j.
    pub weight: Matrix<T>,
    /// M biases.
    pub bias: Vec<T>,
}

impl<T: Real> ThresholdLayer<T> {
    /// The outputs of all units, 0 or 1, M × n, for samples D × n.
    ///
    /// # Errors
    /// [`MlpError::Inputs`] or [`MlpError::Biases`] when the sizes do not fit.
    pub fn outputs(&self, samples: &Matrix<T>) -> Result<Matrix<T>, MlpError> {
        let (inputs, units) = self.weight.shape();
        if samples.nrows() != inputs {
            let source_name = "the samples have";
            return Err(MlpError::Inputs { layer: 1, expected: inputs, source_name, found: samples.nrows() });
        }
        if self.bias.len() != units {
            return Err(MlpError::Biases { layer: 1, expected: units, found: self.bias.len() });
        }
        Ok(Matrix::from_fn(units, samples.ncols(), |unit, sample| {
            let (w, x) = (self.weight.column(unit), samples.column(sample));
            let net_input = simd::dot(w.as_slice(), x.as_slice()) + self.bias[unit];
            if net_input > T::ZERO { T::ONE } else { T::ZERO }
        }))
    }
}

/// **Eq. xor-by-hand** (slide 21): z₁ = [x₁ − x₂ − ½ > 0], z₂ = [x₂ − x₁ − ½ > 0], y = [z₁ + z₂ − ½ > 0].
///
/// Two lines cut the plane, the third unit is their OR. The slide gives the lines without weights; these are ours.
pub fn xor_by_hand<T: Real>() -> [ThresholdLayer<T>; 2] {
    let (one, half) = (T::ONE, T::from_f64(0.5));
    let hidden =
        ThresholdLayer { weight: Matrix::from_column_slice(2, 2, &[one, -one, -one, one]), bias: vec![-half, -half] };
    let output = ThresholdLayer { weight: Matrix::from_column_slice(2, 1, &[one, one]), bias: vec![-half] };
    [hidden, output]
}

/// **Eq. random-hidden-layer** (slide 23): Rosenblatt's first layer, threshold units with random weights that never learn;
/// only the perceptron that reads them is trained.
///
/// # Errors
/// [`MlpError::NoUnits`] without units or inputs, [`MlpError::Core`] for an initialisation out of range.
pub fn random_hidden_layer<T: Real>(
    inputs: usize,
    units: usize,
    init: Init,
    stream: &mut Stream,
) -> Result<ThresholdLayer<T>, MlpError> {
    if inputs == 0 || units == 0 {
        return Err(MlpError::NoUnits { layer: 1 });
    }
    let mut layer = ThresholdLayer { weight: Matrix::zeros(inputs, units), bias: vec![T::ZERO; units] };
    init.fill(inputs, units, layer.weight.as_mut_slice(), stream)?;
    init.fill(inputs, units, &mut layer.bias, stream)?;
    Ok(layer)
}
