//! The way forward and back of one step, without allocation.
//!
//! Large batches are split over threads in two stages: columns (samples) of every layer on the way forward and back, then
//! columns (units) of every weight matrix. No sum is split, so the bits do not depend on the number of threads.

use crate::backprop::{hidden_delta, output_delta};
use crate::network::layer_forward;
use crate::objective::Objective;
use crate::sparsity::CodePenalty;
use crate::{Layer, Mlp};
use nn_core::{CoreError, Loss, Real, View};
use std::ops::DerefMut;

/// What the way forward and back needs to know.
pub(crate) struct Pass<'a, T: Real> {
    pub model: &'a Mlp<T>,
    pub objective: Objective<'a, T>,
    /// 1, or 1/B: the factor of a sample's slope in the batch.
    pub factor: T,
    /// The first layer whose deltas are needed, counted from 0: those of frozen layers below it are not.
    pub lowest: usize,
    /// A penalty on the mean outputs of one layer.
    pub penalty: Option<CodePenalty>,
}

impl<'a, T: Real> Pass<'a, T> {
    /// All deltas, no penalty.
    pub fn new(model: &'a Mlp<T>, loss: Loss, factor: f64) -> Self {
        Self { model, objective: Objective::Named(loss), factor: T::from_f64(factor), lowest: 0, penalty: None }
    }
}

/// Samples of a step, their targets, and how much each counts.
#[derive(Clone, Copy)]
pub(crate) struct Samples<'a, T> {
    pub inputs: View<'a, T>,
    pub targets: &'a [T],
    pub weights: Option<&'a [T]>,
}

/// Net inputs, outputs and deltas of one layer for some samples: vectors, or the part of them that one thread works on.
pub(crate) struct LayerBuffers<S> {
    pub net_input: S,
    pub output: S,
    pub delta: S,
}

/// The memory of a step.
pub(crate) struct Buffers<T: Real> {
    pub(crate) layers: Vec<LayerBuffers<Vec<T>>>,
    /// Slopes of some units' weights and of one layer's biases, for optimizers that need them.
    pub(crate) weight_slope: Vec<T>,
    pub(crate) bias_slope: Vec<T>,
    /// Slopes of a network that is not plain.
    pub(crate) slopes: Option<Mlp<T>>,
    penalty_slope: Vec<T>,
    losses: Vec<f64>,
}

/// The outputs of all layers.
pub(crate) fn forward<T: Real, S: DerefMut<Target = [T]>>(
    model: &Mlp<T>,
    inputs: View<'_, T>,
    buffers: &mut [LayerBuffers<S>],
) -> Result<(), CoreError> {
    let (n, last) = (inputs.ncols(), model.layers.len() - 1);
    let mut x = inputs;
    for (index, (layer, buffers)) in model.layers.iter().zip(buffers.iter_mut()).enumerate() {
        let size = layer.units() * n;
        let shortcut = if index == last { model.shortcut.as_ref().map(|weight| (weight, inputs)) } else { None };
        let (a, z) = (&mut buffers.net_input[..size], &mut buffers.output[..size]);
        layer_forward(layer, model.weight_view(index), x, shortcut, a, z)?;
        x = View::new(layer.units(), n, &buffers.output[..size])?;
    }
    Ok(())
}

/// The losses, and the deltas from the outputs back to the lowest layer that needs them.
pub(crate) fn deltas<T: Real, S: DerefMut<Target = [T]>>(
    pass: &Pass<'_, T>,
    samples: &Samples<'_, T>,
    penalty_slope: &[T],
    buffers: &mut [LayerBuffers<S>],
    losses: &mut [f64],
) -> Result<(), CoreError> {
    let layers = &pass.model.layers;
    let n = samples.inputs.ncols();
    let last = layers.len() - 1;
    let (layer, size) = (&layers[last], samples.targets.len());
    let LayerBuffers { net_input, output, delta } = &mut buffers[last];
    let (a, y, delta) = (&net_input[..size], &output[..size], &mut delta[..size]);
    pass.objective.evaluate(layer.units(), y, samples.targets, losses, delta)?;
    if let Some(weights) = samples.weights {
        for ((delta, loss), &weight) in delta.chunks_exact_mut(layer.units()).zip(losses).zip(weights) {
            delta.iter_mut().for_each(|slope| *slope *= pass.factor * weight);
            *loss *= weight.to_f64();
        }
    } else if pass.factor != T::ONE {
        delta.iter_mut().for_each(|slope| *slope *= pass.factor);
    }
    output_delta(layer, a, y, delta)?;
    for index in (pass.lowest..last).rev() {
        let (below, above) = buffers.split_at_mut(index + 1);
        let (layer, units_above) = (&layers[index], layers[index + 1].units());
        let delta_above = View::new(units_above, n, &above[0].delta[..units_above * n])?;
        let size = layer.units() * n;
        let LayerBuffers { net_input, output, delta } = &mut below[index];
        let (a, z, delta) = (&net_input[..size], &output[..size], &mut delta[..size]);
        let penalty = pass.penalty.as_ref().filter(|penalty| penalty.layer == index).map(|_| penalty_slope);
        hidden_delta(layer, a, z, pass.model.weight_view(index + 1), delta_above, penalty, delta)?;
    }
    Ok(())
}

impl<T: Real> Buffers<T> {
    /// Memory for batches of up to `samples` samples.
    pub fn new(model: &Mlp<T>, samples: usize) -> Self {
        let layer = |layer: &Layer<T>| {
            let buffer = || vec![T::ZERO; layer.units() * samples];
            LayerBuffers { net_input: buffer(), output: buffer(), delta: buffer() }
        };
        Self {
            layers: model.layers.iter().map(layer).collect(),
            weight_slope: vec![],
            bias_slope: vec![],
            slopes: None,
            penalty_slope: vec![],
            losses: vec![0.0; samples],
        }
    }

    /// The way forward and back; the sum of the samples' losses, each times its weight.
    pub fn forward_and_deltas(&mut self, pass: &Pass<'_, T>, samples: &Samples<'_, T>) -> Result<f64, CoreError> {
        let n = samples.inputs.ncols();
        let losses = &mut self.losses[..n];
        #[cfg(feature = "parallel")]
        if let Some(pieces) = crate::parallel::pieces(4 * pass.model.weight_count() * n, n) {
            let penalty_slope = &mut self.penalty_slope;
            crate::parallel::forward_and_deltas(pass, samples, &mut self.layers, penalty_slope, losses, pieces)?;
            return Ok(losses.iter().sum());
        }
        forward(pass.model, samples.inputs, &mut self.layers)?;
        if let Some(penalty) = &pass.penalty {
            let size = pass.model.layers[penalty.layer].units() * n;
            let outputs = std::iter::once(&self.layers[penalty.layer].output[..size]);
            penalty.slopes(outputs, n, pass.factor, pass.model.layers[penalty.layer].units(), &mut self.penalty_slope);
        }
        deltas(pass, samples, &self.penalty_slope, &mut self.layers, losses)?;
        Ok(losses.iter().sum())
    }

    /// The inputs of a layer and its deltas in the last pass.
    pub fn input_and_delta<'a>(
        &'a self,
        model: &Mlp<T>,
        index: usize,
        samples: View<'a, T>,
    ) -> Result<(View<'a, T>, View<'a, T>), CoreError> {
        input_and_delta(&self.layers, model, index, samples)
    }
}

/// The inputs of a layer and its deltas, from the layers' buffers alone.
pub(crate) fn input_and_delta<'a, T: Real>(
    layers: &'a [LayerBuffers<Vec<T>>],
    model: &Mlp<T>,
    index: usize,
    samples: View<'a, T>,
) -> Result<(View<'a, T>, View<'a, T>), CoreError> {
    let n = samples.ncols();
    let view = |layer: usize, values: &'a [T]| {
        let units = model.layers[layer].units();
        View::new(units, n, &values[..units * n])
    };
    let input = if index == 0 { samples } else { view(index - 1, &layers[index - 1].output)? };
    Ok((input, view(index, &layers[index].delta)?))
}
