//! Backpropagation: from the error at the outputs to the slope of every weight (slides 42 to 48).

use crate::step::{Buffers, Pass};
use crate::{Layer, Mlp, MlpError, Trace};
use nn_core::{CoreError, Loss, Matrix, Parameters, Real, Reduction, Tensor, TensorMut, View, ViewMut, dense};

/// **Eq. output-delta** (slide 46): δₖ = ∂E_n/∂aₖ = h′(aₖ) ∂E_n/∂yₖ, which is (yₖ − tₖ) h′(aₖ) for half the squared error.
///
/// `delta` comes in as ∂E_n/∂yₖ and goes out as δₖ, M × B.
pub(crate) fn output_delta<T: Real>(layer: &Layer<T>, a: &[T], y: &[T], delta: &mut [T]) -> Result<(), CoreError> {
    layer.activation.apply_derivative(a, y, delta)
}

/// **Eq. hidden-delta** (slides 47-48): δⱼ = h′(aⱼ) Σₖ wₖⱼ δₖ, the errors of the layer above flow back through its weights.
///
/// `layer`, its `a`, `z` and `delta` are the layer below, M × B; the bias unit has no delta.
pub(crate) fn hidden_delta<T: Real>(
    layer: &Layer<T>,
    a: &[T],
    z: &[T],
    above: &Layer<T>,
    delta_above: View<'_, T>,
    delta: &mut [T],
) -> Result<(), CoreError> {
    let sum = ViewMut::new(above.inputs(), delta_above.ncols(), delta)?;
    dense::input_gradient((&above.weight).into(), delta_above, sum)?;
    layer.activation.apply_derivative(a, z, delta)
}

/// **Eq. weight-gradient** (slide 46): ∂E_n/∂wₖⱼ = δₖ zⱼ, and ∂E_n/∂wₖ₀ = δₖ for the bias; summed over the samples.
///
/// Written over `weight` and `bias` when `keep` is 0, added to them when it is 1. x is the layer's input, D × B.
pub(crate) fn weight_gradient<T: Real>(
    x: View<'_, T>,
    delta: View<'_, T>,
    keep: T,
    weight: ViewMut<'_, T>,
    bias: &mut [T],
) -> Result<(), CoreError> {
    dense::weight_gradient(T::ONE, x, delta, keep, weight)?;
    dense::bias_gradient(T::ONE, delta, keep, bias)
}

/// ∂E/∂w for every weight of a network: the same tensors under the same names as the network's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradient<T: Real> {
    slopes: Mlp<T>,
}

impl<T: Real> Gradient<T> {
    /// ∂E/∂W of layer `layer` (from 0), D × M; nothing if there is no such layer.
    pub fn weight(&self, layer: usize) -> Option<&Matrix<T>> {
        self.slopes.layers().get(layer).map(|layer| &layer.weight)
    }
}

impl<T: Real> Parameters<T> for Gradient<T> {
    fn tensors(&self) -> Vec<Tensor<'_, T>> {
        self.slopes.tensors()
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>> {
        self.slopes.tensors_mut()
    }
}

impl<T: Real> Mlp<T> {
    /// ∂E/∂w for every weight, from the slope of the loss with respect to the network's outputs, K × n.
    ///
    /// # Errors
    /// [`MlpError::Inputs`], [`MlpError::Targets`] or [`MlpError::Core`] when samples, trace and slope do not fit the network
    /// and each other.
    pub fn backward(
        &self,
        samples: &Matrix<T>,
        trace: &Trace<T>,
        output_slope: &Matrix<T>,
    ) -> Result<Gradient<T>, MlpError> {
        self.check_samples(samples)?;
        if output_slope.nrows() != self.outputs() {
            let (layer, expected, found) = (self.layers().len(), self.outputs(), output_slope.nrows());
            return Err(MlpError::Targets { layer, expected, found });
        }
        if output_slope.ncols() != samples.ncols() {
            return Err(MlpError::SampleCount { samples: samples.ncols(), targets: output_slope.ncols() });
        }
        let layers = trace.net_inputs.len().min(trace.outputs.len());
        if layers != self.layers().len() {
            let expected = self.layers().len();
            return Err(CoreError::Size { what: "layers of the trace", expected, found: layers }.into());
        }
        let mut slopes = self.clone();
        let mut delta = output_slope.clone();
        let last = layers - 1;
        let (a, y) = (trace.net_inputs[last].as_slice(), trace.outputs[last].as_slice());
        output_delta(self.output_layer(), a, y, delta.as_mut_slice())?;
        for index in (0..layers).rev() {
            let x = if index == 0 { samples } else { &trace.outputs[index - 1] };
            let Layer { weight, bias, .. } = &mut slopes.layers_mut()[index];
            weight_gradient(x.into(), (&delta).into(), T::ZERO, weight.into(), bias.as_mut_slice())?;
            if index > 0 {
                let mut below = Matrix::zeros(x.nrows(), x.ncols());
                let a = trace.net_inputs[index - 1].as_slice();
                let (layer, above) = (&self.layers()[index - 1], &self.layers()[index]);
                hidden_delta(layer, a, x.as_slice(), above, (&delta).into(), below.as_mut_slice())?;
                delta = below;
            }
        }
        Ok(Gradient { slopes })
    }

    /// E and ∂E/∂w for every weight over these samples, D × n, with targets, K × n.
    ///
    /// # Errors
    /// As training would give: sizes that do not fit, a loss on logits over an output layer that is not linear.
    pub fn gradient(
        &self,
        samples: &Matrix<T>,
        targets: &Matrix<T>,
        loss: Loss,
        reduction: Reduction,
    ) -> Result<(f64, Gradient<T>), MlpError> {
        crate::training::check_data(self, loss, samples, targets)?;
        let n = samples.ncols();
        let mut buffers = Buffers::new(self, n);
        let factor = reduction.factor(n);
        let pass = Pass { model: self, loss, factor: T::from_f64(factor) };
        let total = buffers.forward_and_deltas(&pass, samples.into(), targets.as_slice())?;
        let mut slopes = self.clone();
        for index in 0..self.layers().len() {
            let (x, delta) = buffers.input_and_delta(self, index, samples.into())?;
            let Layer { weight, bias, .. } = &mut slopes.layers_mut()[index];
            weight_gradient(x, delta, T::ZERO, weight.into(), bias.as_mut_slice())?;
        }
        Ok((total * factor, Gradient { slopes }))
    }
}
