//! One sample at a time, for steps after every sample and for answers without waiting for others.
//!
//! Within a sample the maps of a position lie side by side, eight a vector. Weights of the layers with maps are kept in the order
//! in which the loops read them ([`Single::pack`], [`Single::unpack`]); those of the dense layers stay in the model.

mod input_gradient;
mod maps_below;
mod octet;
mod own_maps;
mod packed;
mod stage;
mod windows;

use super::tail::Tail;
use super::workspace::{Masks, Sum};
use crate::network::LayerGradient;
use crate::{Cnn, CnnError, Layer, Objective};
use nn_core::simd::{Kernel, dispatch};
use nn_core::{CoreError, Real, View, ViewMut, dense};
use octet::octets;
use packed::Packed;
use stage::Stage;

/// A network ready to take samples one by one.
pub(crate) struct Single<T: Real> {
    stages: Vec<Stage<T>>,
    tail: Tail<T>,
    gradient: Vec<LayerGradient<T>>,
}

/// What follows a sample's backward pass.
pub(crate) enum Update<'a, T> {
    /// w ← w − η ∂E/∂w
    Descend(T),
    /// w ← w − rate ∂E/∂w with a rate for each parameter.
    Rates(&'a Rates<T>),
    /// The gradient is handed out by [`Single::gradient`].
    Collect,
}

/// Rates in the order of [`Single`].
pub(crate) struct Rates<T> {
    stages: Vec<Packed<T>>,
    layers: Vec<LayerGradient<T>>,
}

impl<T: Real> Single<T> {
    /// Nothing for networks that do not begin with a convolution.
    pub fn new(model: &Cnn<T>) -> Option<Self> {
        let front = model.front();
        if front == 0 || !matches!(model.layers()[0], Layer::Convolution(_)) {
            return None;
        }
        let stages = model.layers()[..front].iter().enumerate().map(|(index, layer)| Stage::new(index, layer));
        let mut single = Self {
            stages: stages.collect(),
            tail: Tail::new(model, front, model.layers().len(), 1, true),
            gradient: model.layer_gradients(),
        };
        single.pack(model);
        Some(single)
    }

    /// Takes over the model's parameters.
    pub fn pack(&mut self, model: &Cnn<T>) {
        for (stage, layer) in self.stages.iter_mut().zip(model.layers()) {
            let (weight, bias) = match layer {
                Layer::Convolution(layer) => (&layer.weight, &layer.bias),
                Layer::Subsampling(layer) => (&layer.coefficient, &layer.bias),
                _ => continue,
            };
            stage.packed.pack(stage.layout.as_ref(), layer, weight, bias);
        }
    }

    /// Gives the parameters back to the model.
    pub fn unpack(&self, model: &mut Cnn<T>) {
        for (stage, layer) in self.stages.iter().zip(model.layers_mut()) {
            // The layer describes the order and receives the values: two borrows, so the values move out for a moment.
            let Some((weight, bias)) = layer.learned_mut() else { continue };
            let (mut new_weight, mut new_bias) = (std::mem::take(weight), std::mem::take(bias));
            stage.packed.unpack(stage.layout.as_ref(), layer, &mut new_weight, &mut new_bias);
            if let Some((weight, bias)) = layer.learned_mut() {
                (*weight, *bias) = (new_weight, new_bias);
            }
        }
    }

    /// Rates of every parameter in this order.
    pub fn rates(&self, model: &Cnn<T>, layers: Vec<LayerGradient<T>>) -> Rates<T> {
        let stages = self.stages.iter().zip(model.layers()).zip(&layers).map(|((stage, layer), (weight, bias))| {
            let mut packed = stage.packed.cleared();
            packed.pack(stage.layout.as_ref(), layer, weight, bias);
            packed
        });
        Rates { stages: stages.collect(), layers }
    }

    /// The outputs for one sample.
    pub fn forward(&mut self, model: &Cnn<T>, sample: &[T], masks: Option<Masks<'_>>) -> Result<&[T], CoreError> {
        for index in 0..self.stages.len() {
            let (done, rest) = self.stages.split_at_mut(index);
            let layer = &model.layers()[index];
            rest[0].forward(layer, done.last(), sample)?;
        }
        if let (Some(last), Some(layer)) = (self.stages.last(), model.layers().get(self.stages.len() - 1)) {
            let positions = layer.output().positions();
            for (map, input) in self.tail.input.chunks_exact_mut(positions).enumerate() {
                let blocks = octets(layer.output().maps);
                for (input, values) in input.iter_mut().zip(last.output.chunks_exact(blocks)) {
                    *input = values[map / 8][map % 8];
                }
            }
        }
        self.tail.forward(model, 1, masks)?;
        Ok(self.tail.output(model.outputs()))
    }

    /// One sample forward and back, and what follows. Parameters of the layers with maps change here, those of the dense layers
    /// in the model.
    pub fn step(
        &mut self,
        model: &mut Cnn<T>,
        objective: Objective,
        (sample, target): (&[T], &[T]),
        masks: Option<Masks<'_>>,
        update: &Update<'_, T>,
    ) -> Result<Sum, CnnError> {
        self.forward(model, sample, masks)?;
        let outputs = model.outputs();
        let mut loss = [0.0];
        let tail = &mut self.tail;
        let layers = tail.layers.len();
        let (output, slope) = tail.output_and_slope(outputs);
        objective.evaluate(outputs, output, target, &mut loss, slope)?;
        let mistakes = usize::from(model.decision_rule().class(output) != model.target_rule().class(target));
        if let Update::Descend(rate) = update {
            // All slopes are linear in these, so every one of them comes with −η.
            slope.iter_mut().for_each(|slope| *slope *= -*rate);
        }
        tail.backward(model, super::front::Order::First, 1)?;
        if let Update::Collect = update {
            for (weight, bias) in &mut self.gradient {
                weight.fill(T::ZERO);
                bias.fill(T::ZERO);
            }
            tail.add_gradient(model, super::front::Order::First, 1, &mut self.gradient)?;
        } else {
            for index in tail.first..tail.first + layers {
                update_dense(model, tail, index, update)?;
            }
        }
        self.backward(model, update)?;
        Ok(Sum { loss: loss[0], mistakes })
    }

    /// After a step with [`Update::Collect`].
    pub fn gradient(&self) -> &[LayerGradient<T>] {
        &self.gradient
    }

    fn backward(&mut self, model: &Cnn<T>, update: &Update<'_, T>) -> Result<(), CoreError> {
        let front = self.stages.len();
        if let (Some(last), Some(layer)) = (self.stages.last_mut(), model.layers().get(front - 1)) {
            let positions = layer.output().positions();
            for (map, slope) in self.tail.slope.chunks_exact(positions).enumerate() {
                let blocks = octets(layer.output().maps);
                for (slope, delta) in slope.iter().zip(last.delta.chunks_exact_mut(blocks)) {
                    delta[map / 8][map % 8] = *slope;
                }
            }
        }
        for index in (0..front).rev() {
            let (done, rest) = self.stages.split_at_mut(index);
            let (stage, layer) = (&mut rest[0], &model.layers()[index]);
            let straight = matches!(update, Update::Descend(_));
            stage.backward(layer, done.last_mut(), straight)?;
            match update {
                Update::Descend(_) => {}
                Update::Rates(rates) => stage.packed.subtract(&stage.slopes, &rates.stages[index]),
                Update::Collect => {
                    let (weight, bias) = &mut self.gradient[index];
                    stage.slopes.unpack(stage.layout.as_ref(), layer, weight, bias);
                }
            }
        }
        Ok(())
    }
}

/// The step of one dense layer, its deltas known.
fn update_dense<T: Real>(
    model: &mut Cnn<T>,
    tail: &Tail<T>,
    index: usize,
    update: &Update<'_, T>,
) -> Result<(), CoreError> {
    let (inputs, units) = (model.below(index).units(), model.layers()[index].output().units());
    let (weight, bias) = match &mut model.layers_mut()[index] {
        Layer::Convolution(layer) => (&mut layer.weight, &mut layer.bias),
        Layer::Dense(layer) => (&mut layer.weight, &mut layer.bias),
        _ => return Ok(()),
    };
    let (x, delta) = tail.input_and_delta(index, inputs, units, 1);
    if let Update::Rates(rates) = update {
        let (weight_rates, bias_rates) = &rates.layers[index];
        dispatch(Outer { weight, rates: weight_rates, x, delta });
        bias.iter_mut().zip(bias_rates.iter().zip(delta)).for_each(|(b, (&rate, &delta))| *b -= rate * delta);
        return Ok(());
    }
    let (x, deltas) = (View::new(inputs, 1, x)?, View::new(units, 1, delta)?);
    dense::weight_gradient(T::ONE, x, deltas, T::ONE, ViewMut::new(inputs, units, weight)?)?;
    dense::bias_gradient(T::ONE, deltas, T::ONE, bias)
}

/// w ← w − rate δ x for every weight of a dense layer.
struct Outer<'a, T> {
    weight: &'a mut [T],
    rates: &'a [T],
    x: &'a [T],
    delta: &'a [T],
}

impl<T: Real> Kernel for Outer<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let inputs = self.x.len();
        let units = self.weight.chunks_exact_mut(inputs).zip(self.rates.chunks_exact(inputs)).zip(self.delta);
        for ((weight, rates), &delta) in units {
            for ((w, &rate), &x) in weight.iter_mut().zip(rates).zip(self.x) {
                *w -= rate * (delta * x);
            }
        }
    }
}
