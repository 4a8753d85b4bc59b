//! The change of the weights after the way forward and back.

use crate::backprop::{fill_slopes, weight_gradient};
use crate::step::{Buffers, input_and_delta};
use crate::{Layer, Links, Mlp};
use nn_core::{CoreError, GradientDescent, Optimizer, OptimizerState, Real, View, ViewMut, dense};

/// How the weights change.
pub(crate) struct Rule<'a> {
    pub optimizer: &'a Optimizer,
    /// Whether each layer is frozen; empty when none is.
    pub frozen: &'a [bool],
    /// 1 − this multiplies every weight and bias after a step.
    pub shrink: f64,
}

/// Weights of some units, and what an optimizer remembers about them.
pub(crate) struct Stepped<'a, T> {
    pub steps: f64,
    pub weight: &'a mut [T],
    pub first: &'a mut [T],
    pub second: &'a mut [T],
}

/// Slopes that stay in the cache near a core until the optimizer has used them.
const SLOPES: usize = 1 << 16;

/// Fewer units would change the arithmetic of the product.
const FEWEST_UNITS: usize = 6;

impl<T> Stepped<'_, T> {
    /// Units of one block, of so many units in all.
    fn block(inputs: usize, units: usize) -> usize {
        // Without a division for small layers: it would take as long as their step.
        if inputs * units <= SLOPES { units } else { (SLOPES / inputs.max(1)).max(2 * FEWEST_UNITS).min(units) }
    }

    /// Slopes that [`step_units`] needs room for.
    pub fn room(inputs: usize, units: usize) -> usize {
        // A last block that would be too small is added to the one before.
        inputs * (Self::block(inputs, units) + FEWEST_UNITS).min(units)
    }
}

/// The slopes of a block of units, then the optimizer's step for their weights, block after block: the slopes never leave the
/// cache.
pub(crate) fn step_units<T: Real>(
    optimizer: &Optimizer,
    x: View<'_, T>,
    delta: View<'_, T>,
    stepped: Stepped<'_, T>,
    slope: &mut [T],
) -> Result<(), CoreError> {
    let (inputs, units) = (x.nrows(), delta.nrows());
    let block = Stepped::<T>::block(inputs, units);
    let mut start = 0;
    while start < units {
        let end = if units - start < block + FEWEST_UNITS { units } else { start + block };
        let slope = &mut slope[..inputs * (end - start)];
        dense::weight_gradient(
            T::ONE,
            x,
            delta.rows(start..end)?,
            T::ZERO,
            ViewMut::new(inputs, end - start, &mut *slope)?,
        )?;
        let part = inputs * start..inputs * end;
        let remembered = |values: &'_ mut [T]| if values.is_empty() { 0..0 } else { part.clone() };
        let (of_first, of_second) = (remembered(stepped.first), remembered(stepped.second));
        let (first, second) = (&mut stepped.first[of_first], &mut stepped.second[of_second]);
        optimizer.step_values(stepped.steps, &mut stepped.weight[part], slope, first, second);
        start = end;
    }
    Ok(())
}

impl<T: Real> Buffers<T> {
    /// Changes the weights after the last pass, over the same samples.
    pub fn update(
        &mut self,
        model: &mut Mlp<T>,
        rule: &Rule<'_>,
        state: &mut OptimizerState<T>,
        samples: View<'_, T>,
    ) -> Result<(), CoreError> {
        rule.optimizer.begin_step(state);
        if model.is_plain() {
            for index in 0..model.layers.len() {
                if rule.frozen.get(index) == Some(&true) {
                    continue;
                }
                match rule.optimizer {
                    Optimizer::GradientDescent(descent) => self.descend(model, descent, index, samples)?,
                    optimizer => self.step_layer(model, optimizer, state, index, samples)?,
                }
            }
        } else {
            self.update_linked(model, rule, state, samples)?;
        }
        if rule.shrink != 0.0 {
            let keep = T::from_f64(1.0 - rule.shrink);
            for (index, Layer { weight, bias, .. }) in model.layers.iter_mut().enumerate() {
                if rule.frozen.get(index) != Some(&true) {
                    weight.iter_mut().chain(bias.iter_mut()).for_each(|w| *w *= keep);
                }
            }
            model.shortcut.iter_mut().flat_map(|weight| weight.iter_mut()).for_each(|w| *w *= keep);
        }
        Ok(())
    }

    fn step_layer(
        &mut self,
        model: &mut Mlp<T>,
        optimizer: &Optimizer,
        state: &mut OptimizerState<T>,
        index: usize,
        samples: View<'_, T>,
    ) -> Result<(), CoreError> {
        let (x, delta) = input_and_delta(&self.layers, model, index, samples)?;
        let Layer { weight, bias, .. } = &mut model.layers[index];
        self.bias_slope.resize(bias.len(), T::ZERO);
        dense::bias_gradient(T::ONE, delta, T::ZERO, &mut self.bias_slope)?;
        let steps = state.steps() as f64;
        let (first, second) = state.tensor_mut(2 * index);
        let stepped = Stepped { steps, weight: weight.as_mut_slice(), first, second };
        step_weights(optimizer, x, delta, stepped, &mut self.weight_slope)?;
        optimizer.step_tensor(state, 2 * index + 1, bias.as_mut_slice(), &self.bias_slope)
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
        let size = model.layers[index].units() * samples.ncols();
        self.layers[index].delta[..size].iter_mut().for_each(|delta| *delta *= rate);
        let (x, step) = input_and_delta(&self.layers, model, index, samples)?;
        let Layer { weight, bias, .. } = &mut model.layers[index];
        if rule.weight_decay != 0.0 {
            let decay = T::from_f64(1.0 - rule.learning_rate * rule.weight_decay);
            weight.iter_mut().chain(bias.iter_mut()).for_each(|w| *w *= decay);
        }
        split_weight_gradient(x, step, T::ONE, weight.as_mut_slice(), bias.as_mut_slice())
    }

    /// Networks with other links: all slopes first, then the optimizer's step for every tensor of a layer that is not frozen.
    fn update_linked(
        &mut self,
        model: &mut Mlp<T>,
        rule: &Rule<'_>,
        state: &mut OptimizerState<T>,
        samples: View<'_, T>,
    ) -> Result<(), CoreError> {
        let Self { layers, slopes, .. } = self;
        let slopes = slopes.get_or_insert_with(|| model.clone());
        fill_slopes(model, samples, |index| input_and_delta(layers, model, index, samples), slopes)?;
        let (optimizer, mut tensor) = (rule.optimizer, 0);
        for (index, (layer, slope)) in model.layers.iter_mut().zip(&slopes.layers).enumerate() {
            let learns = rule.frozen.get(index) != Some(&true);
            if !matches!(model.links[index], Links::TiedTo(_)) {
                if learns {
                    optimizer.step_tensor(state, tensor, layer.weight.as_mut_slice(), slope.weight.as_slice())?;
                }
                tensor += 1;
            }
            if learns {
                optimizer.step_tensor(state, tensor, layer.bias.as_mut_slice(), slope.bias.as_slice())?;
            }
            tensor += 1;
        }
        if let (Some(weight), Some(slope)) = (&mut model.shortcut, &slopes.shortcut) {
            optimizer.step_tensor(state, tensor, weight.as_mut_slice(), slope.as_slice())?;
        }
        Ok(())
    }
}

/// [`step_units`] for all units, split over threads where that is worth it.
fn step_weights<T: Real>(
    optimizer: &Optimizer,
    x: View<'_, T>,
    delta: View<'_, T>,
    stepped: Stepped<'_, T>,
    slope: &mut Vec<T>,
) -> Result<(), CoreError> {
    #[cfg(feature = "parallel")]
    if let Some(pieces) = crate::parallel::pieces(2 * stepped.weight.len() * x.ncols(), delta.nrows()) {
        return crate::parallel::step_pieces(optimizer, x, delta, stepped, slope, pieces);
    }
    let room = Stepped::<T>::room(x.nrows(), delta.nrows());
    if slope.len() < room {
        slope.resize(room, T::ZERO);
    }
    step_units(optimizer, x, delta, stepped, slope)
}

/// [`weight_gradient`], its product split over threads by units where that is worth it.
pub(crate) fn split_weight_gradient<T: Real>(
    x: View<'_, T>,
    delta: View<'_, T>,
    keep: T,
    weight: &mut [T],
    bias: &mut [T],
) -> Result<(), CoreError> {
    #[cfg(feature = "parallel")]
    if let Some(pieces) = crate::parallel::pieces(2 * weight.len() * x.ncols(), delta.nrows()) {
        crate::parallel::weight_gradient(x, delta, keep, weight, pieces)?;
        return dense::bias_gradient(T::ONE, delta, keep, bias);
    }
    weight_gradient(x, delta, keep, ViewMut::new(x.nrows(), delta.nrows(), weight)?, bias)
}

/// G ← X Δᵀ + `keep` · G, split over threads by columns where that is worth it.
pub(crate) fn split_product<T: Real>(
    x: View<'_, T>,
    delta: View<'_, T>,
    keep: T,
    weight: &mut [T],
) -> Result<(), CoreError> {
    #[cfg(feature = "parallel")]
    if let Some(pieces) = crate::parallel::pieces(2 * weight.len() * x.ncols(), delta.nrows()) {
        return crate::parallel::weight_gradient(x, delta, keep, weight, pieces);
    }
    dense::weight_gradient(T::ONE, x, delta, keep, ViewMut::new(x.nrows(), delta.nrows(), weight)?)
}
