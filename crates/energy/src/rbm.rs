//! The restricted Boltzmann machine: visible and hidden units, and weights between the two kinds alone.

use crate::EnergyError;
use nn_core::{Matrix, Parameters, Real, Stream, Tensor, TensorMut, View, ViewMut, gemm, math, simd};

/// What visible units are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Visible {
    /// 0 or 1; between them in data, where a value is a probability.
    #[default]
    Binary,
    /// Real numbers with a variance of 1 around their mean: standardize the data.
    Gaussian,
}

/// A restricted Boltzmann machine at T = 1: E(v, h) = −c·v − b·h − hᵀ W v, or with Gaussian visible units
/// ½ ‖v − c‖² − b·h − hᵀ W v.
///
/// Given one layer, the units of the other are independent, so a whole layer is sampled at once. Harmonium in Smolensky
/// (1986), products of experts in Hinton (2002). Trained by [`crate::RbmConfig`].
#[derive(Debug, Clone, PartialEq)]
pub struct Rbm<T: Real> {
    /// H × D: column i holds the weights of visible unit i.
    pub(crate) weights: Matrix<T>,
    pub(crate) visible_bias: Vec<T>,
    pub(crate) hidden_bias: Vec<T>,
    visible: Visible,
}

impl<T: Real> Rbm<T> {
    /// A machine of these weights, H × D, and biases cᵢ of the D visible, bⱼ of the H hidden units.
    ///
    /// # Errors
    /// [`EnergyError::NoUnits`], [`EnergyError::Length`] for a bias list, [`EnergyError::NotFinite`].
    pub fn new(
        weights: Matrix<T>,
        visible_bias: Vec<T>,
        hidden_bias: Vec<T>,
        visible: Visible,
    ) -> Result<Self, EnergyError> {
        let (hidden, count) = weights.shape();
        if hidden == 0 || count == 0 {
            return Err(EnergyError::NoUnits);
        }
        crate::error::check_length("the list of visible biases", count, visible_bias.len())?;
        crate::error::check_length("the list of hidden biases", hidden, hidden_bias.len())?;
        let machine = Self { weights, visible_bias, hidden_bias, visible };
        machine.check()?;
        Ok(machine)
    }

    /// Every parameter is finite, again: for a machine whose tensors were filled from a file.
    ///
    /// # Errors
    /// [`EnergyError::NotFinite`].
    pub fn check(&self) -> Result<(), EnergyError> {
        for tensor in self.tensors() {
            if let Some(at) = tensor.values.iter().position(|value| !value.is_finite()) {
                let (place, value) = (format!("{}[{at}]", tensor.name), tensor.values[at].to_f64());
                return Err(EnergyError::NotFinite { what: "a restricted Boltzmann machine", place, value });
            }
        }
        Ok(())
    }

    /// D.
    pub fn visible_units(&self) -> usize {
        self.weights.ncols()
    }

    /// H.
    pub fn hidden_units(&self) -> usize {
        self.weights.nrows()
    }

    /// What the visible units are.
    pub fn visible(&self) -> Visible {
        self.visible
    }

    /// W, H × D: row j holds the weights of hidden unit j, its filter.
    pub fn weights(&self) -> &Matrix<T> {
        &self.weights
    }

    /// c
    pub fn visible_bias(&self) -> &[T] {
        &self.visible_bias
    }

    /// b
    pub fn hidden_bias(&self) -> &[T] {
        &self.hidden_bias
    }

    /// The samples, D × n, fit, are finite, and between 0 and 1 if the visible units are binary.
    pub(crate) fn check_samples(&self, samples: &Matrix<T>) -> Result<(), EnergyError> {
        check_samples(self.visible_units(), self.visible, samples)
    }

    /// x ← b + W v, a column a sample.
    pub(crate) fn hidden_inputs_into(&self, samples: View<'_, T>, inputs: &mut [T]) -> Result<(), EnergyError> {
        let (hidden, count) = (self.hidden_units(), samples.ncols());
        inputs.chunks_exact_mut(hidden).for_each(|column| column.copy_from_slice(&self.hidden_bias));
        Ok(gemm(T::ONE, &self.weights, samples, T::ONE, ViewMut::new(hidden, count, inputs)?)?)
    }

    /// y ← c + Wᵀ h, a column a sample.
    pub(crate) fn visible_inputs_into(&self, hidden: View<'_, T>, inputs: &mut [T]) -> Result<(), EnergyError> {
        let (visible, count) = (self.visible_units(), hidden.ncols());
        inputs.chunks_exact_mut(visible).for_each(|column| column.copy_from_slice(&self.visible_bias));
        let weights = View::from(&self.weights).transposed();
        Ok(gemm(T::ONE, weights, hidden, T::ONE, ViewMut::new(visible, count, inputs)?)?)
    }

    /// b + W v, H × n.
    pub(crate) fn hidden_inputs(&self, samples: &Matrix<T>) -> Result<Matrix<T>, EnergyError> {
        let mut inputs = Matrix::zeros(self.hidden_units(), samples.ncols());
        self.hidden_inputs_into(View::from(samples), inputs.as_mut_slice())?;
        Ok(inputs)
    }

    /// p(hⱼ = 1 | v) = 1/(1 + exp(−bⱼ − Wⱼ·v)) of every sample: features, H × n from D × n.
    ///
    /// # Errors
    /// [`EnergyError::Features`] for samples of another size, [`EnergyError::Core`] for values that are not finite,
    /// [`EnergyError::NotProbability`] for values outside of 0 to 1 and binary visible units.
    pub fn transform(&self, samples: &Matrix<T>) -> Result<Matrix<T>, EnergyError> {
        self.check_samples(samples)?;
        let mut features = self.hidden_inputs(samples)?;
        math::sigmoid_in_place(features.as_mut_slice());
        Ok(features)
    }

    /// The mean of the visible units given the features: what the machine makes of each sample, D × n. Nothing is drawn.
    ///
    /// # Errors
    /// As [`Rbm::transform`].
    pub fn reconstruct(&self, samples: &Matrix<T>) -> Result<Matrix<T>, EnergyError> {
        let features = self.transform(samples)?;
        let mut means = Matrix::zeros(self.visible_units(), samples.ncols());
        self.visible_inputs_into(View::from(&features), means.as_mut_slice())?;
        if self.visible == Visible::Binary {
            math::sigmoid_in_place(means.as_mut_slice());
        }
        Ok(means)
    }

    /// F(v) = −c·v − Σⱼ ln(1 + exp(bⱼ + Wⱼ·v)), with ½ ‖v − c‖² for −c·v if the visible units are Gaussian: p(v) ∝ exp(−F(v)).
    ///
    /// # Errors
    /// As [`Rbm::transform`].
    pub fn free_energy(&self, samples: &Matrix<T>) -> Result<Vec<T>, EnergyError> {
        self.check_samples(samples)?;
        let mut inputs = self.hidden_inputs(samples)?;
        math::softplus_in_place(inputs.as_mut_slice());
        let (hidden, visible) = (self.hidden_units(), self.visible_units());
        let columns = samples.as_slice().chunks_exact(visible).zip(inputs.as_slice().chunks_exact(hidden));
        Ok(columns.map(|(v, softplus)| self.visible_energy(v) - simd::sum(softplus)).collect())
    }

    /// The part of the energy that is the visible units' own.
    pub(crate) fn visible_energy(&self, v: &[T]) -> T {
        match self.visible {
            Visible::Binary => -simd::dot(&self.visible_bias, v),
            Visible::Gaussian => T::from_f64(0.5) * simd::squared_distance(v, &self.visible_bias),
        }
    }

    /// Mean over the samples of Σᵢ ln p(vᵢ | the other visible units), in nats, exactly: D² H operations a sample.
    ///
    /// # Errors
    /// As [`Rbm::transform`]; [`EnergyError::Unsupported`] for Gaussian visible units; no sample.
    pub fn pseudo_log_likelihood(&self, samples: &Matrix<T>) -> Result<f64, EnergyError> {
        self.check_samples(samples)?;
        if self.visible == Visible::Gaussian {
            return Err(EnergyError::Unsupported("the pseudo-likelihood is that of binary visible units"));
        }
        if samples.ncols() == 0 {
            return Err(EnergyError::NoSamples);
        }
        let hidden = self.hidden_units();
        let inputs = self.hidden_inputs(samples)?;
        let mut softplus = vec![T::ZERO; hidden];
        let mut total = 0.0;
        for (v, inputs) in samples.column_iter().zip(inputs.as_slice().chunks_exact(hidden)) {
            softplus.copy_from_slice(inputs);
            math::softplus_in_place(&mut softplus);
            let whole = simd::sum(&softplus).to_f64();
            for (unit, &value) in v.iter().enumerate() {
                // F with the unit at its other value.
                let step = T::ONE - value - value;
                for ((softplus, &input), &w) in softplus.iter_mut().zip(inputs).zip(self.weights.column(unit).iter()) {
                    *softplus = input + step * w;
                }
                math::softplus_in_place(&mut softplus);
                let rise = whole - simd::sum(&softplus).to_f64() - (step * self.visible_bias[unit]).to_f64();
                // ln p(vᵢ | rest) = −ln(1 + exp(F(v) − F(v with i flipped)))
                total -= math::softplus(-rise);
            }
        }
        Ok(total / samples.ncols() as f64)
    }

    /// States of the visible units after so many steps of Gibbs sampling, D × n, from these: a chain a sample.
    ///
    /// # Errors
    /// As [`Rbm::transform`].
    pub fn sample_from(&self, start: &Matrix<T>, steps: usize, stream: &Stream) -> Result<Matrix<T>, EnergyError> {
        self.check_samples(start)?;
        let mut draws = Draws::new(stream.named("sampling"));
        let mut visible = start.clone();
        let mut hidden = Matrix::zeros(self.hidden_units(), start.ncols());
        for _ in 0..steps {
            self.hidden_inputs_into(View::from(&visible), hidden.as_mut_slice())?;
            draws.logistic(hidden.as_mut_slice());
            self.visible_inputs_into(View::from(&hidden), visible.as_mut_slice())?;
            draws.visible(self.visible, visible.as_mut_slice());
        }
        Ok(visible)
    }

    /// Samples of the visible units, D × n: chains of so many steps from coins (binary) or from noise around c (Gaussian).
    ///
    /// # Errors
    /// As [`Rbm::transform`].
    pub fn sample(&self, count: usize, steps: usize, stream: &Stream) -> Result<Matrix<T>, EnergyError> {
        let mut draws = Draws::new(stream.named("start"));
        let mut start = Matrix::zeros(self.visible_units(), count);
        if self.visible == Visible::Gaussian {
            for mut column in start.column_iter_mut() {
                column.as_mut_slice().copy_from_slice(&self.visible_bias);
            }
        }
        draws.visible(self.visible, start.as_mut_slice());
        self.sample_from(&start, steps, stream)
    }
}

/// The samples, D × n, have as many rows as there are visible units, are finite, and from 0 to 1 if those are binary.
pub(crate) fn check_samples<T: Real>(units: usize, visible: Visible, samples: &Matrix<T>) -> Result<(), EnergyError> {
    if samples.nrows() != units {
        return Err(EnergyError::Features { expected: units, found: samples.nrows() });
    }
    nn_core::check_finite(samples)?;
    if visible == Visible::Binary {
        let inside = |value: &T| *value >= T::ZERO && *value <= T::ONE;
        if let Some(at) = samples.as_slice().iter().position(|value| !inside(value)) {
            let (sample, feature) = (at / units, at % units);
            return Err(EnergyError::NotProbability { sample, feature, value: samples.as_slice()[at].to_f64() });
        }
    }
    Ok(())
}

/// Random states of whole layers, drawn in bulk.
pub(crate) struct Draws {
    stream: Stream,
    words: Vec<u8>,
}

impl Draws {
    pub fn new(stream: Stream) -> Self {
        Self { stream, words: Vec::new() }
    }

    fn words(&mut self, count: usize) -> &[u8] {
        self.words.resize(4 * count, 0);
        nn_core::rand::Rng::fill_bytes(&mut self.stream, &mut self.words);
        &self.words
    }

    /// Net inputs → 0 or 1 by the heat bath at T = 1.
    pub fn logistic<T: Real>(&mut self, inputs: &mut [T]) {
        math::sigmoid_in_place(inputs);
        self.coins(inputs);
    }

    /// Probabilities → 0 or 1.
    pub fn coins<T: Real>(&mut self, probabilities: &mut [T]) {
        let words = self.words(probabilities.len());
        simd::dispatch(Coins { words, values: probabilities });
    }

    /// Probabilities → bytes 0 or 1, which the probabilities survive.
    pub fn coins_into<T: Real>(&mut self, probabilities: &[T], states: &mut [u8]) {
        let words = self.words(probabilities.len());
        simd::dispatch(CoinsInto { words, probabilities, states });
    }

    /// Net inputs → states of the visible units.
    pub fn visible<T: Real>(&mut self, visible: Visible, inputs: &mut [T]) {
        match visible {
            Visible::Binary => self.logistic(inputs),
            Visible::Gaussian => {
                for value in inputs {
                    *value += T::from_f64(self.stream.normal());
                }
            }
        }
    }
}

/// A uniform number below 1 from the upper 24 bits of a word: exact in both formats.
#[inline(always)]
fn uniform<T: Real>(word: &[u8; 4]) -> T {
    const SCALE: f32 = 1.0 / (1_u32 << 24) as f32;
    T::from_f64(f64::from((u32::from_le_bytes(*word) >> 8) as i32 as f32 * SCALE))
}

struct Coins<'a, T> {
    words: &'a [u8],
    values: &'a mut [T],
}

impl<T: Real> simd::Kernel for Coins<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (value, word) in self.values.iter_mut().zip(self.words.as_chunks::<4>().0) {
            *value = if uniform::<T>(word) < *value { T::ONE } else { T::ZERO };
        }
    }
}

struct CoinsInto<'a, T> {
    words: &'a [u8],
    probabilities: &'a [T],
    states: &'a mut [u8],
}

impl<T: Real> simd::Kernel for CoinsInto<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let numbers = self.probabilities.iter().zip(self.words.as_chunks::<4>().0);
        for (state, (&probability, word)) in self.states.iter_mut().zip(numbers) {
            *state = u8::from(uniform::<T>(word) < probability);
        }
    }
}

/// `weights` with shape `[D, H]`, `visible_bias` with shape `[D]`, `hidden_bias` with shape `[H]`.
///
/// A file may hold anything: call [`Rbm::check`] after filling the tensors.
impl<T: Real> Parameters<T> for Rbm<T> {
    fn tensors(&self) -> Vec<Tensor<'_, T>> {
        let (hidden, visible) = self.weights.shape();
        let tensor = |name: &str, shape, values| Tensor { name: name.into(), shape, values };
        vec![
            tensor("weights", vec![visible, hidden], self.weights.as_slice()),
            tensor("visible_bias", vec![visible], &self.visible_bias),
            tensor("hidden_bias", vec![hidden], &self.hidden_bias),
        ]
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>> {
        let (hidden, visible) = self.weights.shape();
        vec![
            TensorMut { name: "weights".into(), shape: vec![visible, hidden], values: self.weights.as_mut_slice() },
            TensorMut { name: "visible_bias".into(), shape: vec![visible], values: &mut self.visible_bias },
            TensorMut { name: "hidden_bias".into(), shape: vec![hidden], values: &mut self.hidden_bias },
        ]
    }
}
