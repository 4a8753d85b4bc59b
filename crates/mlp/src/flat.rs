//! All weights of a network as one vector, for methods that think of E(w) as a function of a point.

use crate::step::Buffers;
use crate::{LayerConfig, Mlp, MlpError};
use nn_core::{Loss, Matrix, Parameters, Real, Reduction};
use std::ops::Range;

/// All weights, tensor after tensor.
pub(crate) fn read<T: Real>(model: &impl Parameters<T>, values: &mut Vec<T>) {
    values.clear();
    model.tensors().iter().for_each(|tensor| values.extend_from_slice(tensor.values));
}

/// Sets all weights.
pub(crate) fn write<T: Real>(model: &mut impl Parameters<T>, values: &[T]) {
    let mut rest = values;
    for tensor in model.tensors_mut() {
        let (first, others) = rest.split_at(tensor.values.len());
        tensor.values.copy_from_slice(first);
        rest = others;
    }
}

/// Where in the vector the weights and biases of frozen layers lie.
pub(crate) fn frozen_ranges<T: Real>(model: &Mlp<T>, layers: &[LayerConfig]) -> Vec<Range<usize>> {
    let frozen: Vec<String> = layers
        .iter()
        .enumerate()
        .filter(|(_, layer)| layer.frozen)
        .map(|(index, _)| format!("layers.{index}."))
        .collect();
    let mut start = 0;
    let ranges = model.tensors().into_iter().filter_map(|tensor| {
        let range = start..start + tensor.values.len();
        start = range.end;
        frozen.iter().any(|prefix| tensor.name.starts_with(prefix)).then_some(range)
    });
    ranges.collect()
}

/// E(w) and ∇E(w) over one set of samples.
pub(crate) struct Problem<'a, T: Real> {
    pub samples: &'a Matrix<T>,
    pub targets: &'a Matrix<T>,
    pub loss: Loss,
    pub reduction: Reduction,
    /// ½ this ‖w‖² is added.
    pub weight_decay: f64,
    pub frozen: Vec<Range<usize>>,
    pub buffers: Buffers<T>,
    pub model: Mlp<T>,
    pub slopes: Mlp<T>,
}

impl<T: Real> Problem<'_, T> {
    /// The value and the gradient at a point.
    pub fn evaluate(&mut self, weights: &[T], gradient: &mut Vec<T>) -> Result<f64, MlpError> {
        write(&mut self.model, weights);
        let Self { samples, targets, model, slopes, .. } = self;
        let mut value = self.buffers.value_and_slopes(model, samples, targets, (self.loss, self.reduction), slopes)?;
        read(&self.slopes, gradient);
        if self.weight_decay != 0.0 {
            value += 0.5 * self.weight_decay * nn_core::simd::dot(weights, weights).to_f64();
            nn_core::simd::axpy(T::from_f64(self.weight_decay), weights, gradient);
        }
        for range in &self.frozen {
            gradient[range.clone()].fill(T::ZERO);
        }
        Ok(value)
    }
}
