//! The dense layers above the maps, over the columns of a chunk.

use super::front::Order;
use super::workspace::Masks;
use crate::dense::net_input;
use crate::network::LayerGradient;
use crate::{Cnn, Layer};
use nn_core::{CoreError, Real, View, ViewMut, dense};

/// What a dense layer computes for a chunk, sample after sample.
pub(super) struct Buffers<T> {
    net_input: Vec<T>,
    pub output: Vec<T>,
    /// ∂E/∂z, then ∂E/∂a.
    pub delta: Vec<T>,
    /// What dropout multiplies with.
    mask: Vec<T>,
}

/// The layers from `first` on.
pub(super) struct Tail<T> {
    pub first: usize,
    /// What comes from below, and ∂E/∂ of it.
    pub input: Vec<T>,
    pub slope: Vec<T>,
    pub layers: Vec<Buffers<T>>,
}

impl<T: Real> Tail<T> {
    pub fn new(model: &Cnn<T>, first: usize, end: usize, columns: usize, backward: bool) -> Self {
        let layers = model.layers()[first..end].iter().map(|layer| {
            let size = layer.output().units() * columns;
            let mask = if matches!(layer, Layer::Dropout(_)) { size } else { 0 };
            Buffers {
                net_input: vec![T::ZERO; size],
                output: vec![T::ZERO; size],
                delta: vec![T::ZERO; if backward { size } else { 0 }],
                mask: vec![T::ONE; mask],
            }
        });
        let size = model.below(first).units() * columns;
        let slope = vec![T::ZERO; if backward { size } else { 0 }];
        Self { first, input: vec![T::ZERO; size], slope, layers: layers.collect() }
    }

    /// The first values of the last output.
    pub fn output(&self, size: usize) -> &[T] {
        &self.layers.last().map_or(&self.input, |layer| &layer.output)[..size]
    }

    /// ∂E/∂z of the last output, to be filled before [`Tail::backward`].
    pub fn output_slope(&mut self, size: usize) -> &mut [T] {
        &mut self.layers.last_mut().map_or(&mut self.slope, |layer| &mut layer.delta)[..size]
    }

    /// [`Tail::output`] and [`Tail::output_slope`] together.
    pub fn output_and_slope(&mut self, size: usize) -> (&[T], &mut [T]) {
        match self.layers.last_mut() {
            Some(layer) => (&layer.output[..size], &mut layer.delta[..size]),
            None => (&self.input[..size], &mut self.slope[..size]),
        }
    }

    pub fn forward(&mut self, model: &Cnn<T>, columns: usize, masks: Option<Masks<'_>>) -> Result<(), CoreError> {
        for index in 0..self.layers.len() {
            let (done, rest) = self.layers.split_at_mut(index);
            let layer = &model.layers()[self.first + index];
            let inputs = model.below(self.first + index).units() * columns;
            let x = &done.last().map_or(&self.input, |below| &below.output)[..inputs];
            let size = layer.output().units() * columns;
            let Buffers { net_input: a, output: z, mask, .. } = &mut rest[0];
            let (a, z) = (&mut a[..size], &mut z[..size]);
            match layer {
                Layer::Convolution(layer) => net_input(&layer.weight, &layer.bias, x, a)?,
                Layer::Dense(layer) => net_input(&layer.weight, &layer.bias, x, a)?,
                Layer::RadialBasis(layer) => layer.net_input(x, a),
                Layer::Dropout(layer) => {
                    a.copy_from_slice(x);
                    if let Some(masks) = masks {
                        masks.draw(layer.rate, self.first + index, columns, &mut mask[..size]);
                        a.iter_mut().zip(&mask[..size]).for_each(|(a, &mask)| *a *= mask);
                    }
                }
                Layer::Subsampling(_) | Layer::Pooling(_) => {}
            }
            layer.activation().apply(a, z)?;
        }
        Ok(())
    }

    /// From the last layer's slopes: ∂E/∂a of every layer, and ∂E/∂ of the input in `slope`. `factors` is the model, with squared
    /// parameters for second derivatives; then the slopes of a radial basis layer are those of the layer below it.
    pub fn backward(&mut self, factors: &Cnn<T>, order: Order, columns: usize) -> Result<(), CoreError> {
        for index in (0..self.layers.len()).rev() {
            let (done, rest) = self.layers.split_at_mut(index);
            let layer = &factors.layers()[self.first + index];
            let inputs = factors.below(self.first + index).units();
            let (x, below) = match done.last_mut() {
                Some(Buffers { output, delta, .. }) => (&output[..], &mut delta[..]),
                None => (&self.input[..], &mut self.slope[..]),
            };
            let (x, below) = (&x[..inputs * columns], &mut below[..inputs * columns]);
            let size = layer.output().units() * columns;
            let Buffers { net_input, output, delta, mask } = &mut rest[0];
            let (a, z, delta) = (&net_input[..size], &output[..size], &mut delta[..size]);
            for _ in 0..if order == Order::Second { 2 } else { 1 } {
                layer.activation().apply_derivative(a, z, delta)?;
            }
            if let Some(weight) = weight_of(layer) {
                // Nobody asks for the slope of a sample.
                if self.first + index > 0 {
                    let (weight, delta) =
                        (View::new(inputs, size / columns, weight)?, View::new(size / columns, columns, delta)?);
                    dense::input_gradient(weight, delta, ViewMut::new(inputs, columns, below)?)?;
                }
                continue;
            }
            match layer {
                Layer::RadialBasis(layer) => match order {
                    Order::First => layer.backward(x, delta, below),
                    // All of them are the same number.
                    Order::Second => below.fill(delta.first().copied().unwrap_or(T::ZERO)),
                },
                _ => {
                    below.copy_from_slice(delta);
                    if order == Order::First {
                        below.iter_mut().zip(&mask[..]).for_each(|(below, &mask)| *below *= mask);
                    }
                }
            }
        }
        Ok(())
    }

    /// After [`Tail::backward`]: the inputs and ∂E/∂a of layer `index` of the model.
    pub fn input_and_delta(&self, index: usize, inputs: usize, units: usize, columns: usize) -> (&[T], &[T]) {
        let own = index - self.first;
        let x = own.checked_sub(1).map_or(&self.input, |below| &self.layers[below].output);
        (&x[..inputs * columns], &self.layers[own].delta[..units * columns])
    }

    /// After [`Tail::backward`]: adds to the gradients.
    pub fn add_gradient(
        &self,
        model: &Cnn<T>,
        order: Order,
        columns: usize,
        gradient: &mut [LayerGradient<T>],
    ) -> Result<(), CoreError> {
        for (index, layer) in model.layers().iter().enumerate().skip(self.first) {
            if weight_of(layer).is_none() {
                continue;
            }
            let (inputs, units) = (model.below(index).units(), layer.output().units());
            let (x, delta) = self.input_and_delta(index, inputs, units, columns);
            let squares;
            let x = match order {
                Order::First => x,
                Order::Second => {
                    squares = x.iter().map(|&x| x * x).collect::<Vec<_>>();
                    &squares[..]
                }
            };
            let (weight, bias) = &mut gradient[index];
            let (delta, x) = (View::new(units, columns, delta)?, View::new(inputs, columns, x)?);
            dense::weight_gradient(T::ONE, x, delta, T::ONE, ViewMut::new(inputs, units, weight)?)?;
            dense::bias_gradient(T::ONE, delta, T::ONE, bias)?;
        }
        Ok(())
    }
}

/// The weights of a layer that is dense.
fn weight_of<T: Real>(layer: &Layer<T>) -> Option<&[T]> {
    match layer {
        Layer::Convolution(layer) => Some(&layer.weight),
        Layer::Dense(layer) => Some(&layer.weight),
        _ => None,
    }
}
