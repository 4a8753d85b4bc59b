//! One step of training: the way forward, the deltas, the change of the weights; without allocation.
//!
//! Large batches are split over threads in two stages: columns (samples) of every layer on the way forward and back, then
//! columns (units) of every weight matrix. No sum is split, so the bits do not depend on the number of threads.

use crate::backprop::{hidden_delta, output_delta, weight_gradient};
use crate::network::layer_forward;
use crate::{Layer, Mlp};
use nn_core::{CoreError, GradientDescent, Loss, Optimizer, OptimizerState, Real, View, ViewMut};
use std::ops::DerefMut;

/// What the way forward and back needs to know.
pub(crate) struct Pass<'a, T: Real> {
    pub model: &'a Mlp<T>,
    pub loss: Loss,
    /// 1, or 1/B: the factor of a sample's slope in the batch.
    pub factor: T,
}

/// Net inputs, outputs and deltas of one layer for some samples: vectors, or the part of them that one thread works on.
struct LayerBuffers<S> {
    net_input: S,
    output: S,
    delta: S,
}

/// The memory of a step.
pub(crate) struct Buffers<T> {
    layers: Vec<LayerBuffers<Vec<T>>>,
    /// Slopes of one layer's weights and biases, for optimizers that need them.
    weight_slope: Vec<T>,
    bias_slope: Vec<T>,
    losses: Vec<f64>,
}

/// All deltas of some samples, and the losses, from inputs to outputs and back.
fn forward_and_deltas<T: Real, S: DerefMut<Target = [T]>>(
    pass: &Pass<'_, T>,
    samples: View<'_, T>,
    targets: &[T],
    buffers: &mut [LayerBuffers<S>],
    losses: &mut [f64],
) -> Result<(), CoreError> {
    let layers = pass.model.layers();
    let n = samples.ncols();
    let mut x = samples;
    for (layer, buffers) in layers.iter().zip(buffers.iter_mut()) {
        let size = layer.units() * n;
        layer_forward(layer, x, &mut buffers.net_input[..size], &mut buffers.output[..size])?;
        x = View::new(layer.units(), n, &buffers.output[..size])?;
    }
    let last = layers.len() - 1;
    let (layer, size) = (&layers[last], targets.len());
    let LayerBuffers { net_input, output, delta } = &mut buffers[last];
    let (a, y, delta) = (&net_input[..size], &output[..size], &mut delta[..size]);
    pass.loss.evaluate(layer.units(), y, targets, losses, delta)?;
    if pass.factor != T::ONE {
        delta.iter_mut().for_each(|slope| *slope *= pass.factor);
    }
    output_delta(layer, a, y, delta)?;
    for index in (0..last).rev() {
        let (below, above) = buffers.split_at_mut(index + 1);
        let (layer, layer_above) = (&layers[index], &layers[index + 1]);
        let delta_above = View::new(layer_above.units(), n, &above[0].delta[..layer_above.units() * n])?;
        let size = layer.units() * n;
        let LayerBuffers { net_input, output, delta } = &mut below[index];
        hidden_delta(layer, &net_input[..size], &output[..size], layer_above, delta_above, &mut delta[..size])?;
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
        let layers = model.layers().iter().map(layer).collect();
        Self { layers, weight_slope: vec![], bias_slope: vec![], losses: vec![0.0; samples] }
    }

    /// The way forward and back; the sum of the samples' losses.
    pub fn forward_and_deltas(
        &mut self,
        pass: &Pass<'_, T>,
        samples: View<'_, T>,
        targets: &[T],
    ) -> Result<f64, CoreError> {
        let n = samples.ncols();
        let losses = &mut self.losses[..n];
        #[cfg(feature = "parallel")]
        if let Some(pieces) = parallel::pieces(4 * pass.model.weight_count() * n, n) {
            parallel::forward_and_deltas(pass, samples, targets, &mut self.layers, losses, pieces)?;
            return Ok(losses.iter().sum());
        }
        forward_and_deltas(pass, samples, targets, &mut self.layers, losses)?;
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

    /// Changes the weights after the last pass, over the same samples.
    pub fn update(
        &mut self,
        model: &mut Mlp<T>,
        optimizer: &Optimizer,
        state: &mut OptimizerState<T>,
        samples: View<'_, T>,
    ) -> Result<(), CoreError> {
        optimizer.begin_step(state);
        for index in 0..model.layers().len() {
            if let Optimizer::GradientDescent(rule) = optimizer {
                self.descend(model, rule, index, samples)?;
                continue;
            }
            let (x, delta) = input_and_delta(&self.layers, model, index, samples)?;
            let Layer { weight, bias, .. } = &mut model.layers_mut()[index];
            self.weight_slope.resize(weight.len(), T::ZERO);
            self.bias_slope.resize(bias.len(), T::ZERO);
            split_weight_gradient(x, delta, T::ZERO, &mut self.weight_slope, &mut self.bias_slope)?;
            optimizer.step_tensor(state, 2 * index, weight.as_mut_slice(), &self.weight_slope)?;
            optimizer.step_tensor(state, 2 * index + 1, bias.as_mut_slice(), &self.bias_slope)?;
        }
        Ok(())
    }

    /// Gradient descent goes straight into the weights, W ← W + X (−η Δ)ᵀ: no slope is ever written down.
    fn descend(
        &mut self,
        model: &mut Mlp<T>,
        rule: &GradientDescent,
        index: usize,
        samples: View<'_, T>,
    ) -> Result<(), CoreError> {
        let rate = T::from_f64(-rule.learning_rate);
        let size = model.layers()[index].units() * samples.ncols();
        self.layers[index].delta[..size].iter_mut().for_each(|delta| *delta *= rate);
        let (x, step) = input_and_delta(&self.layers, model, index, samples)?;
        let Layer { weight, bias, .. } = &mut model.layers_mut()[index];
        if rule.weight_decay != 0.0 {
            let decay = T::from_f64(1.0 - rule.learning_rate * rule.weight_decay);
            weight.iter_mut().chain(bias.iter_mut()).for_each(|w| *w *= decay);
        }
        split_weight_gradient(x, step, T::ONE, weight.as_mut_slice(), bias.as_mut_slice())
    }
}

fn input_and_delta<'a, T: Real>(
    layers: &'a [LayerBuffers<Vec<T>>],
    model: &Mlp<T>,
    index: usize,
    samples: View<'a, T>,
) -> Result<(View<'a, T>, View<'a, T>), CoreError> {
    let n = samples.ncols();
    let view = |layer: usize, values: &'a [T]| {
        let units = model.layers()[layer].units();
        View::new(units, n, &values[..units * n])
    };
    let input = if index == 0 { samples } else { view(index - 1, &layers[index - 1].output)? };
    Ok((input, view(index, &layers[index].delta)?))
}

/// [`weight_gradient`], split over threads by units where that is worth it.
fn split_weight_gradient<T: Real>(
    x: View<'_, T>,
    delta: View<'_, T>,
    keep: T,
    weight: &mut [T],
    bias: &mut [T],
) -> Result<(), CoreError> {
    #[cfg(feature = "parallel")]
    if let Some(pieces) = parallel::pieces(2 * weight.len() * x.ncols(), bias.len()) {
        return parallel::weight_gradient(x, delta, keep, weight, bias, pieces);
    }
    weight_gradient(x, delta, keep, ViewMut::new(x.nrows(), bias.len(), weight)?, bias)
}

#[cfg(feature = "parallel")]
mod parallel {
    //! The two stages over rayon's threads.

    use super::{CoreError, LayerBuffers, Pass, Real, View, ViewMut};
    use rayon::prelude::*;

    /// Below this many floating-point operations a stage is faster on one thread: waking another takes as long.
    const WORTH_SPLITTING: usize = 20_000_000;

    /// Columns of a product that keep the arithmetic of the whole product (see [`nn_core::gemm`]).
    const FEWEST_COLUMNS: usize = 6;

    /// Into how many pieces to split so many columns with so many operations; nothing if not at all.
    pub fn pieces(operations: usize, columns: usize) -> Option<usize> {
        if operations < WORTH_SPLITTING {
            return None;
        }
        let pieces = rayon::current_num_threads().min(columns / FEWEST_COLUMNS);
        (pieces > 1).then_some(pieces)
    }

    /// The beginning of every piece of so many columns, and the end.
    fn cuts(columns: usize, pieces: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
        (0..pieces).map(move |piece| piece * columns / pieces..(piece + 1) * columns / pieces)
    }

    /// Splits off the first `size` values.
    fn take<'a, T>(rest: &mut &'a mut [T], size: usize) -> &'a mut [T] {
        let (first, others) = std::mem::take(rest).split_at_mut(size);
        *rest = others;
        first
    }

    pub fn forward_and_deltas<T: Real>(
        pass: &Pass<'_, T>,
        samples: View<'_, T>,
        targets: &[T],
        buffers: &mut [LayerBuffers<Vec<T>>],
        losses: &mut [f64],
        pieces: usize,
    ) -> Result<(), CoreError> {
        let outputs = pass.model.outputs();
        let mut whole: Vec<LayerBuffers<&mut [T]>> = buffers
            .iter_mut()
            .map(|LayerBuffers { net_input, output, delta }| LayerBuffers {
                net_input: &mut net_input[..],
                output,
                delta,
            })
            .collect();
        let mut losses = losses;
        let mut jobs = Vec::with_capacity(pieces);
        for range in cuts(samples.ncols(), pieces) {
            let layers = whole.iter_mut().zip(pass.model.layers()).map(|(whole, layer)| {
                let size = layer.units() * range.len();
                let LayerBuffers { net_input, output, delta } = whole;
                LayerBuffers { net_input: take(net_input, size), output: take(output, size), delta: take(delta, size) }
            });
            let layers: Vec<LayerBuffers<&mut [T]>> = layers.collect();
            let targets = &targets[range.start * outputs..range.end * outputs];
            jobs.push((samples.columns(range.clone())?, targets, layers, take(&mut losses, range.len())));
        }
        jobs.into_par_iter().try_for_each(|(samples, targets, mut layers, losses)| {
            super::forward_and_deltas(pass, samples, targets, &mut layers, losses)
        })
    }

    pub fn weight_gradient<T: Real>(
        x: View<'_, T>,
        delta: View<'_, T>,
        keep: T,
        weight: &mut [T],
        bias: &mut [T],
        pieces: usize,
    ) -> Result<(), CoreError> {
        let (mut weight, mut bias, inputs) = (weight, bias, x.nrows());
        let mut jobs = Vec::with_capacity(pieces);
        for range in cuts(delta.nrows(), pieces) {
            let weight = ViewMut::new(inputs, range.len(), take(&mut weight, inputs * range.len()))?;
            jobs.push((delta.rows(range.clone())?, weight, take(&mut bias, range.len())));
        }
        jobs.into_par_iter().try_for_each(|(delta, weight, bias)| super::weight_gradient(x, delta, keep, weight, bias))
    }
}
