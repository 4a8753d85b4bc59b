//! Backpropagation: from the error at the outputs to the slope of every weight (slides 42 to 48).

use crate::step::{Buffers, Pass, Samples};
use crate::update::{split_product, split_weight_gradient};
use crate::{Layer, Links, Mlp, MlpError, Trace};
use nn_core::{
    CoreError, Loss, Matrix, Parameters, Real, Reduction, Tensor, TensorMut, Vector, View, ViewMut, dense, gemm,
};

/// **Eq. output-delta** (slide 46): δₖ = ∂E_n/∂aₖ = h′(aₖ) ∂E_n/∂yₖ, which is (yₖ − tₖ) h′(aₖ) for half the squared error.
///
/// `delta` comes in as ∂E_n/∂yₖ and goes out as δₖ, M × B.
pub(crate) fn output_delta<T: Real>(layer: &Layer<T>, a: &[T], y: &[T], delta: &mut [T]) -> Result<(), CoreError> {
    layer.activation.apply_derivative(a, y, delta)
}

/// **Eq. hidden-delta** (slides 47-48): δⱼ = h′(aⱼ) Σₖ wₖⱼ δₖ, the errors of the layer above flow back through its weights.
///
/// `layer`, its `a`, `z` and `delta` are the layer below, M × B; the bias unit has no delta. `penalty` is a further slope ∂E/∂zⱼ
/// of every unit, the same for all samples.
pub(crate) fn hidden_delta<T: Real>(
    layer: &Layer<T>,
    a: &[T],
    z: &[T],
    weight_above: View<'_, T>,
    delta_above: View<'_, T>,
    penalty: Option<&[T]>,
    delta: &mut [T],
) -> Result<(), CoreError> {
    let sum = ViewMut::new(weight_above.nrows(), delta_above.ncols(), delta)?;
    dense::input_gradient(weight_above, delta_above, sum)?;
    if let Some(penalty) = penalty {
        for delta in delta.chunks_exact_mut(layer.units()) {
            delta.iter_mut().zip(penalty).for_each(|(delta, &slope)| *delta += slope);
        }
    }
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

/// The slopes of all weights, from the inputs and deltas of every layer. `slopes` is a network of the same shape.
pub(crate) fn fill_slopes<'a, T: Real>(
    model: &Mlp<T>,
    samples: View<'a, T>,
    input_and_delta: impl Fn(usize) -> Result<(View<'a, T>, View<'a, T>), CoreError>,
    slopes: &mut Mlp<T>,
) -> Result<(), CoreError> {
    for index in 0..model.layers.len() {
        let (x, delta) = input_and_delta(index)?;
        if let Links::TiedTo(other) = model.links[index] {
            // W = Vᵀ: what W has a slope for, V has, with inputs and deltas exchanged.
            split_product(delta, x, T::ONE, slopes.layers[other].weight.as_mut_slice())?;
            dense::bias_gradient(T::ONE, delta, T::ZERO, slopes.layers[index].bias.as_mut_slice())?;
        } else {
            let Layer { weight, bias, .. } = &mut slopes.layers[index];
            split_weight_gradient(x, delta, T::ZERO, weight.as_mut_slice(), bias.as_mut_slice())?;
        }
    }
    for (layer, links) in slopes.layers.iter_mut().zip(&model.links) {
        if let Links::Groups(groups) = links {
            let inputs = layer.inputs();
            crate::links::keep_groups(groups, inputs, layer.weight.as_mut_slice());
        }
    }
    if let Some(weight) = &mut slopes.shortcut {
        let (_, delta) = input_and_delta(model.layers.len() - 1)?;
        split_product(samples, delta, T::ZERO, weight.as_mut_slice())?;
    }
    Ok(())
}

/// ∂E/∂w for every weight of a network: the same tensors under the same names as the network's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradient<T: Real> {
    pub(crate) slopes: Mlp<T>,
}

impl<T: Real> Gradient<T> {
    /// ∂E/∂W of layer `layer` (from 0), D × M; nothing if there is no such layer. D × 0 for a tied layer: its slope is part of
    /// the slope of the layer that has the weights.
    pub fn weight(&self, layer: usize) -> Option<&Matrix<T>> {
        self.slopes.layers().get(layer).map(|layer| &layer.weight)
    }

    /// ∂E/∂b of layer `layer` (from 0); nothing if there is no such layer.
    pub fn bias(&self, layer: usize) -> Option<&Vector<T>> {
        self.slopes.layers().get(layer).map(|layer| &layer.bias)
    }

    /// ∂E/∂S of the weights from the inputs straight to the outputs, D × K.
    pub fn shortcut(&self) -> Option<&Matrix<T>> {
        self.slopes.shortcut()
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
    /// δ of every layer for a slope of the outputs.
    pub(crate) fn deltas_from(
        &self,
        samples: &Matrix<T>,
        trace: &Trace<T>,
        output_slope: &Matrix<T>,
    ) -> Result<Vec<Matrix<T>>, MlpError> {
        self.check_samples(samples)?;
        if output_slope.nrows() != self.outputs() {
            let (layer, expected, found) = (self.layers.len(), self.outputs(), output_slope.nrows());
            return Err(MlpError::Targets { layer, expected, found });
        }
        if output_slope.ncols() != samples.ncols() {
            return Err(MlpError::SampleCount { samples: samples.ncols(), targets: output_slope.ncols() });
        }
        let layers = trace.net_inputs.len().min(trace.outputs.len());
        if layers != self.layers.len() {
            let expected = self.layers.len();
            return Err(CoreError::Size { what: "layers of the trace", expected, found: layers }.into());
        }
        let mut delta = output_slope.clone();
        let last = layers - 1;
        let (a, y) = (trace.net_inputs[last].as_slice(), trace.outputs[last].as_slice());
        output_delta(self.output_layer(), a, y, delta.as_mut_slice())?;
        let mut deltas = vec![delta];
        for index in (0..last).rev() {
            let (layer, above) = (&self.layers[index], &deltas[deltas.len() - 1]);
            let (a, z) = (trace.net_inputs[index].as_slice(), trace.outputs[index].as_slice());
            let mut delta = Matrix::zeros(layer.units(), samples.ncols());
            hidden_delta(layer, a, z, self.weight_view(index + 1), above.into(), None, delta.as_mut_slice())?;
            deltas.push(delta);
        }
        deltas.reverse();
        Ok(deltas)
    }

    /// ∂E/∂w for every weight, from the slope of the loss with respect to the network's outputs, K × n.
    ///
    /// # Errors
    /// [`MlpError::Inputs`], [`MlpError::Targets`], [`MlpError::SampleCount`] or [`MlpError::Core`] when samples, trace and
    /// slope do not fit the network and each other.
    pub fn backward(
        &self,
        samples: &Matrix<T>,
        trace: &Trace<T>,
        output_slope: &Matrix<T>,
    ) -> Result<Gradient<T>, MlpError> {
        let deltas = self.deltas_from(samples, trace, output_slope)?;
        let mut slopes = self.clone();
        let input_and_delta = |index: usize| {
            let x = if index == 0 { samples } else { &trace.outputs[index - 1] };
            Ok((x.into(), (&deltas[index]).into()))
        };
        fill_slopes(self, samples.into(), input_and_delta, &mut slopes)?;
        Ok(Gradient { slopes })
    }

    /// ∂E/∂xᵢ = Σⱼ wⱼᵢ δⱼ for every input of every sample, D × n, from the slope of the loss with respect to the outputs, K × n.
    ///
    /// With this a network can be a part of a larger one: what is below it learns from this slope as from its own loss.
    ///
    /// # Errors
    /// As [`Mlp::backward`].
    pub fn input_gradient(
        &self,
        samples: &Matrix<T>,
        trace: &Trace<T>,
        output_slope: &Matrix<T>,
    ) -> Result<Matrix<T>, MlpError> {
        let deltas = self.deltas_from(samples, trace, output_slope)?;
        let mut slope = Matrix::zeros(self.inputs(), samples.ncols());
        dense::input_gradient(self.weight_view(0), (&deltas[0]).into(), (&mut slope).into())?;
        if let Some(weight) = &self.shortcut {
            gemm(T::ONE, weight, &deltas[deltas.len() - 1], T::ONE, &mut slope)?;
        }
        Ok(slope)
    }

    /// ∂yₖ/∂w for every weight, summed over the samples, D × n: which way to turn the weights for a larger output k, counted
    /// from 0.
    ///
    /// # Errors
    /// [`MlpError::Inputs`], or [`MlpError::Output`] when there is no such output.
    pub fn output_gradient(&self, samples: &Matrix<T>, output: usize) -> Result<Gradient<T>, MlpError> {
        if output >= self.outputs() {
            return Err(MlpError::Output { layer: self.layers.len(), outputs: self.outputs(), found: output });
        }
        let mut slope = Matrix::zeros(self.outputs(), samples.ncols());
        slope.row_mut(output).fill(T::ONE);
        self.backward(samples, &self.trace(samples)?, &slope)
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
        crate::config::check_data(self, loss, samples, targets)?;
        let mut buffers = Buffers::new(self, samples.ncols());
        let mut slopes = self.clone();
        let value = buffers.value_and_slopes(self, samples, targets, (loss, reduction), &mut slopes)?;
        Ok((value, Gradient { slopes }))
    }
}

impl<T: Real> Buffers<T> {
    /// E over all samples, and its slopes.
    pub fn value_and_slopes(
        &mut self,
        model: &Mlp<T>,
        samples: &Matrix<T>,
        targets: &Matrix<T>,
        (loss, reduction): (Loss, Reduction),
        slopes: &mut Mlp<T>,
    ) -> Result<f64, CoreError> {
        let factor = reduction.factor(samples.ncols());
        let pass = Pass::new(model, loss, factor);
        let samples = Samples { inputs: samples.into(), targets: targets.as_slice(), weights: None };
        let total = self.forward_and_deltas(&pass, &samples)?;
        let input_and_delta = |index: usize| self.input_and_delta(model, index, samples.inputs);
        fill_slopes(model, samples.inputs, input_and_delta, slopes)?;
        Ok(total * factor)
    }
}
