//! The layers with maps, over a group of sixteen samples.

use super::convolution::{InputGradient, NetInput, Plan, WeightGradient};
use super::{LANES, Lane, add, fused, zero};
use crate::network::LayerGradient;
use crate::{Cnn, Convolution, Layer, Pooling, PoolingKind, Subsampling};
use nn_core::simd::dispatch;
use nn_core::{CoreError, Real};

/// What a layer computes for a group.
pub(super) struct Buffers<T> {
    /// The input with its border, for convolutions that have one.
    padded: Vec<Lane<T>>,
    net_input: Vec<Lane<T>>,
    pub output: Vec<Lane<T>>,
    /// ∂E/∂z, then ∂E/∂a.
    pub delta: Vec<Lane<T>>,
    /// ∂E/∂x with the border.
    padded_slope: Vec<Lane<T>>,
    plan: Option<Plan>,
}

/// A group of samples on its way through the layers with maps.
pub(super) struct Group<T> {
    pub input: Vec<Lane<T>>,
    pub layers: Vec<Buffers<T>>,
}

/// How derivatives go back: first, or second as in the diagonal method, where everything that multiplies is squared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    First,
    Second,
}

impl<T: Real> Group<T> {
    pub fn new(model: &Cnn<T>, layers: usize, backward: bool) -> Self {
        let lanes = |units: usize| vec![zero::<T>(); units];
        let buffers = |(index, layer): (usize, &Layer<T>)| {
            let units = layer.output().units();
            let (plan, padded, padding_value) = match layer {
                Layer::Convolution(layer) => {
                    let plan = Plan::new(layer);
                    let padded = if layer.padding > 0 { plan.area * layer.input.maps } else { 0 };
                    (Some(plan), padded, layer.padding_value)
                }
                _ => (None, 0, T::ZERO),
            };
            Buffers {
                padded: vec![[padding_value; LANES]; padded],
                net_input: lanes(units),
                output: lanes(units),
                delta: lanes(if backward { units } else { 0 }),
                padded_slope: lanes(if backward && index > 0 { padded } else { 0 }),
                plan,
            }
        };
        let layers = model.layers()[..layers].iter().enumerate().map(buffers).collect();
        Self { input: lanes(model.input().units()), layers }
    }

    /// Puts samples, one after the other, into the lanes; lanes without a sample become zero.
    pub fn load(&mut self, samples: &[T]) {
        let units = self.input.len();
        for (lane, sample) in samples.chunks_exact(units).enumerate() {
            self.input.iter_mut().zip(sample).for_each(|(values, &value)| values[lane] = value);
        }
        for lane in samples.len() / units..LANES {
            self.input.iter_mut().for_each(|values| values[lane] = T::ZERO);
        }
    }

    /// The last output.
    pub fn output(&self) -> &[Lane<T>] {
        self.layers.last().map_or(&self.input, |layer| &layer.output)
    }

    /// ∂E/∂z of the last output, to be filled before [`Group::backward`]; nothing without layers.
    pub fn slope(&mut self) -> Option<&mut [Lane<T>]> {
        self.layers.last_mut().map(|layer| &mut layer.delta[..])
    }

    pub fn forward(&mut self, model: &Cnn<T>) -> Result<(), CoreError> {
        for index in 0..self.layers.len() {
            let (done, rest) = self.layers.split_at_mut(index);
            let x = done.last().map_or(&self.input[..], |below| &below.output);
            let Buffers { padded, net_input, output, plan, .. } = &mut rest[0];
            let layer = &model.layers()[index];
            match layer {
                Layer::Convolution(layer) => {
                    if let Some(plan) = plan {
                        let x = match layer.padding {
                            0 => x,
                            _ => {
                                for_each_row(layer, plan, |row, at| {
                                    padded[at..][..layer.input.width].copy_from_slice(&x[row..][..layer.input.width]);
                                });
                                &padded[..]
                            }
                        };
                        match fused() {
                            true => dispatch(NetInput::<T, true> { layer, plan, x, a: net_input }),
                            false => dispatch(NetInput::<T, false> { layer, plan, x, a: net_input }),
                        }
                    }
                }
                Layer::Subsampling(layer) => subsample(layer, x, net_input),
                Layer::Pooling(layer) => pool(layer, x, net_input),
                // Dense layers are the tail's.
                Layer::Dense(_) | Layer::Dropout(_) | Layer::RadialBasis(_) => {}
            }
            layer.activation().apply(net_input.as_flattened(), output.as_flattened_mut())?;
        }
        Ok(())
    }

    /// From the slopes of [`Group::slope`]: adds to the gradients of all layers. `factors` is the model, with squared
    /// parameters for second derivatives.
    pub fn backward(
        &mut self,
        factors: &Cnn<T>,
        order: Order,
        gradient: &mut [LayerGradient<T>],
    ) -> Result<(), CoreError> {
        for index in (0..self.layers.len()).rev() {
            let (done, rest) = self.layers.split_at_mut(index);
            let (x, below) = match done.last_mut() {
                Some(Buffers { output, delta, .. }) => (&output[..], Some(&mut delta[..])),
                None => (&self.input[..], None),
            };
            let Buffers { padded, net_input, output, delta, padded_slope, plan } = &mut rest[0];
            let layer = &factors.layers()[index];
            for _ in 0..if order == Order::Second { 2 } else { 1 } {
                let (a, z) = (net_input.as_flattened(), output.as_flattened());
                layer.activation().apply_derivative(a, z, delta.as_flattened_mut())?;
            }
            let (weight, bias) = &mut gradient[index];
            match layer {
                Layer::Convolution(layer) => {
                    if let Some(plan) = plan {
                        let x = if layer.padding > 0 { &padded[..] } else { x };
                        let squares;
                        let x = match order {
                            Order::First => x,
                            Order::Second => {
                                squares = x.iter().map(|x| x.map(|x| x * x)).collect::<Vec<_>>();
                                &squares[..]
                            }
                        };
                        convolve_back(layer, plan, x, delta, (weight, bias), below, padded_slope);
                    }
                }
                Layer::Subsampling(layer) => subsample_back(layer, x, delta, order, (weight, bias), below),
                Layer::Pooling(layer) => pool_back(layer, x, delta, order, below),
                Layer::Dense(_) | Layer::Dropout(_) | Layer::RadialBasis(_) => {}
            }
        }
        Ok(())
    }
}

/// Every row of the maps below: where it begins without the border, and with it.
fn for_each_row<T: Real>(layer: &Convolution<T>, plan: &Plan, mut visit: impl FnMut(usize, usize)) {
    let (input, padding) = (layer.input, layer.padding);
    for map in 0..input.maps {
        for y in 0..input.height {
            let with_border = map * plan.area + (y + padding) * plan.width + padding;
            visit((map * input.height + y) * input.width, with_border);
        }
    }
}

fn convolve_back<T: Real>(
    layer: &Convolution<T>,
    plan: &Plan,
    x: &[Lane<T>],
    delta: &[Lane<T>],
    (weight, bias): (&mut [T], &mut [T]),
    below: Option<&mut [Lane<T>]>,
    padded_slope: &mut [Lane<T>],
) {
    match fused() {
        true => dispatch(WeightGradient::<T, true> { layer, plan, x, delta, weight, bias }),
        false => dispatch(WeightGradient::<T, false> { layer, plan, x, delta, weight, bias }),
    }
    let Some(below) = below else { return };
    let spread = |slope: &mut [Lane<T>]| {
        slope.fill(zero());
        match fused() {
            true => dispatch(InputGradient::<T, true> { layer, plan, delta, below: slope }),
            false => dispatch(InputGradient::<T, false> { layer, plan, delta, below: slope }),
        }
    };
    if layer.padding == 0 {
        return spread(below);
    }
    spread(padded_slope);
    for_each_row(layer, plan, |row, at| {
        below[row..][..layer.input.width].copy_from_slice(&padded_slope[at..][..layer.input.width]);
    });
}

fn subsample<T: Real>(layer: &Subsampling<T>, x: &[Lane<T>], a: &mut [Lane<T>]) {
    let positions = layer.windows.output.positions();
    for (unit, a) in a.iter_mut().enumerate() {
        let map = unit / positions;
        let mut sum = zero();
        layer.windows.values(unit).for_each(|value| add(&mut sum, &x[value]));
        let (coefficient, bias) = (layer.coefficient[map], layer.bias[map]);
        for lane in 0..LANES {
            a[lane] = coefficient * sum[lane] + bias;
        }
    }
}

fn subsample_back<T: Real>(
    layer: &Subsampling<T>,
    x: &[Lane<T>],
    delta: &[Lane<T>],
    order: Order,
    (coefficient, bias): (&mut [T], &mut [T]),
    mut below: Option<&mut [Lane<T>]>,
) {
    let positions = layer.windows.output.positions();
    for (map, delta) in delta.chunks_exact(positions).enumerate() {
        let (mut slope, mut bias_slope) = (zero(), zero());
        for (position, delta) in delta.iter().enumerate() {
            let values = layer.windows.values(map * positions + position);
            let mut sum = zero();
            values.clone().for_each(|value| add(&mut sum, &x[value]));
            for lane in 0..LANES {
                let sum = if order == Order::First { sum[lane] } else { sum[lane] * sum[lane] };
                slope[lane] += delta[lane] * sum;
            }
            add(&mut bias_slope, delta);
            if let Some(below) = below.as_deref_mut() {
                let sent = delta.map(|delta| delta * layer.coefficient[map]);
                values.for_each(|value| below[value] = sent);
            }
        }
        coefficient[map] += super::total(&slope);
        bias[map] += super::total(&bias_slope);
    }
}

fn pool<T: Real>(layer: &Pooling, x: &[Lane<T>], a: &mut [Lane<T>]) {
    let share = T::from_f64(1.0 / (layer.windows.side * layer.windows.side) as f64);
    for (unit, a) in a.iter_mut().enumerate() {
        let mut values = layer.windows.values(unit);
        match layer.kind {
            PoolingKind::Average => {
                *a = zero();
                values.for_each(|value| add(a, &x[value]));
                a.iter_mut().for_each(|a| *a *= share);
            }
            PoolingKind::Max => {
                values.next().into_iter().for_each(|first| *a = x[first]);
                values.for_each(|value| {
                    for lane in 0..LANES {
                        a[lane] = if x[value][lane] > a[lane] { x[value][lane] } else { a[lane] };
                    }
                });
            }
        }
    }
}

fn pool_back<T: Real>(layer: &Pooling, x: &[Lane<T>], delta: &[Lane<T>], order: Order, below: Option<&mut [Lane<T>]>) {
    let Some(below) = below else { return };
    let share = T::from_f64(1.0 / (layer.windows.side * layer.windows.side) as f64);
    let share = if order == Order::First { share } else { share * share };
    for (unit, delta) in delta.iter().enumerate() {
        let values = layer.windows.values(unit);
        match layer.kind {
            PoolingKind::Average => {
                let sent = delta.map(|delta| delta * share);
                values.for_each(|value| below[value] = sent);
            }
            PoolingKind::Max => {
                values.clone().for_each(|value| below[value] = zero());
                for (lane, &delta) in delta.iter().enumerate() {
                    let largest =
                        values.clone().reduce(|best, value| if x[value][lane] > x[best][lane] { value } else { best });
                    largest.into_iter().for_each(|value| below[value][lane] = delta);
                }
            }
        }
    }
}
