//! A layer with maps, one sample at a time: forward and back.

use super::deep::{self, Frame, Layout};
use super::first;
use super::octet::{Octet, octets};
use super::packed::Packed;
use super::windows::{Windowed, spread};
use crate::fast::convolution::Plan;
use crate::fast::fused;
use crate::{Convolution, Layer, PoolingKind};
use nn_core::simd::dispatch;
use nn_core::{CoreError, Real};

/// A layer with maps.
pub(super) struct Stage<T> {
    /// Values of a position in `net_input`, `output` and `delta`.
    pub pitch: usize,
    plan: Option<Plan>,
    pub layout: Option<Layout>,
    pub packed: Packed<T>,
    pub slopes: Packed<T>,
    mask: Vec<Octet<T>>,
    /// What a convolution reads: with its border, in its own order.
    x: Vec<T>,
    x_slope: Vec<T>,
    net_input: Vec<T>,
    pub output: Vec<T>,
    pub delta: Vec<T>,
}

impl<T: Real> Stage<T> {
    pub fn new(index: usize, layer: &Layer<T>) -> Self {
        let output = layer.output();
        let pitch = 8 * octets(output.maps);
        let values = || vec![T::ZERO; output.positions() * pitch];
        let mut stage = Self {
            pitch,
            plan: None,
            layout: None,
            packed: Packed::Nothing,
            slopes: Packed::Nothing,
            mask: Vec::new(),
            x: Vec::new(),
            x_slope: Vec::new(),
            net_input: values(),
            output: values(),
            delta: values(),
        };
        match layer {
            Layer::Convolution(layer) => {
                let plan = Plan::new(layer);
                if index == 0 {
                    stage.x = vec![layer.padding_value; plan.area * layer.input.maps];
                    stage.packed = Packed::First(first::Packed::new(layer));
                } else {
                    let layout = Layout::new(layer);
                    stage.x = vec![T::ZERO; plan.area * layout.pitch];
                    for position in stage.x.chunks_exact_mut(layout.pitch) {
                        position[..layout.maps + layout.repeated].fill(layer.padding_value);
                    }
                    stage.x_slope = vec![T::ZERO; stage.x.len()];
                    stage.mask = deep::Packed::mask(layer, &layout);
                    stage.packed = Packed::Deep(deep::Packed::new(layer, &layout));
                    stage.layout = Some(layout);
                }
                stage.plan = Some(plan);
            }
            Layer::Subsampling(_) => stage.packed = Packed::Maps(vec![T::ZERO; pitch], vec![T::ZERO; pitch]),
            _ => {}
        }
        stage.slopes = stage.packed.clone();
        stage
    }

    pub fn forward(&mut self, layer: &Layer<T>, below: Option<&Self>, sample: &[T]) -> Result<(), CoreError> {
        let Self { pitch, plan, layout, packed, x, net_input, output, .. } = self;
        match (layer, packed, &*plan, &*layout, below) {
            (Layer::Convolution(layer), Packed::First(packed), Some(plan), _, _) => {
                for_each_row(layer, plan, |map, y, at| {
                    let row = &sample[(map * layer.input.height + y) * layer.input.width..][..layer.input.width];
                    x[map * plan.area + at..][..row.len()].copy_from_slice(row);
                });
                let (a, _) = net_input.as_chunks_mut();
                match fused() {
                    true => dispatch(first::NetInput::<T, true> { layer, plan, packed, x, a }),
                    false => dispatch(first::NetInput::<T, false> { layer, plan, packed, x, a }),
                }
            }
            (Layer::Convolution(layer), Packed::Deep(packed), Some(plan), Some(layout), Some(below)) => {
                for_each_position(layer, plan, |from, to| {
                    let x = &mut x[to * layout.pitch..][..layout.pitch];
                    let maps = &below.output[from * below.pitch..][..layout.maps];
                    x[..layout.maps].copy_from_slice(maps);
                    x[layout.maps..][..layout.repeated].copy_from_slice(&maps[..layout.repeated]);
                });
                let (frame, a, a_pitch) = (Frame { layer, plan, layout }, &mut net_input[..], *pitch);
                match fused() {
                    true => dispatch(deep::NetInput::<T, true> { frame, packed, x, a, a_pitch }),
                    false => dispatch(deep::NetInput::<T, false> { frame, packed, x, a, a_pitch }),
                }
            }
            (Layer::Subsampling(layer), Packed::Maps(coefficient, bias), _, _, Some(below)) => {
                dispatch(Windowed { windows: layer.windows, below: &below.output, a: net_input, maximum: false });
                for a in net_input.chunks_exact_mut(*pitch) {
                    for (a, (&coefficient, &bias)) in a.iter_mut().zip(coefficient.iter().zip(&*bias)) {
                        *a = coefficient * *a + bias;
                    }
                }
            }
            (Layer::Pooling(layer), _, _, _, Some(below)) => {
                let maximum = layer.kind == PoolingKind::Max;
                dispatch(Windowed { windows: layer.windows, below: &below.output, a: net_input, maximum });
                if !maximum {
                    let share = T::from_f64(1.0 / (layer.windows.side * layer.windows.side) as f64);
                    net_input.iter_mut().for_each(|a| *a *= share);
                }
            }
            _ => {}
        }
        layer.activation().apply(net_input, output)
    }

    /// `straight`: slopes are added to the parameters themselves.
    pub fn backward(&mut self, layer: &Layer<T>, below: Option<&mut Self>, straight: bool) -> Result<(), CoreError> {
        let Self { pitch, plan, layout, packed, slopes, mask, x, x_slope, net_input, output, delta } = self;
        layer.activation().apply_derivative(net_input, output, delta)?;
        if !straight {
            slopes.clear();
        }
        match (layer, &*plan, &*layout, below) {
            (Layer::Convolution(layer), Some(plan), None, _) => {
                let target = if straight { packed } else { slopes };
                let (delta, _) = delta.as_chunks();
                if let Packed::First(target) = target {
                    match fused() {
                        true => dispatch(first::AddGradient::<T, true> { layer, plan, x, delta, target }),
                        false => dispatch(first::AddGradient::<T, false> { layer, plan, x, delta, target }),
                    }
                }
            }
            (Layer::Convolution(layer), Some(plan), Some(layout), Some(below)) => {
                let (frame, delta_pitch) = (Frame { layer, plan, layout }, *pitch);
                if let Packed::Deep(packed) = &*packed {
                    x_slope.fill(T::ZERO);
                    let slope = &mut x_slope[..];
                    match fused() {
                        true => {
                            dispatch(deep::InputGradient::<T, true> { frame, packed, delta, delta_pitch, below: slope })
                        }
                        false => dispatch(deep::InputGradient::<T, false> {
                            frame,
                            packed,
                            delta,
                            delta_pitch,
                            below: slope,
                        }),
                    }
                    for_each_position(layer, plan, |to, from| {
                        let slope = &x_slope[from * layout.pitch..][..layout.pitch];
                        let below = &mut below.delta[to * below.pitch..][..layout.maps];
                        below.copy_from_slice(&slope[..layout.maps]);
                        let repeated = slope[layout.maps..][..layout.repeated].iter();
                        below.iter_mut().zip(repeated).for_each(|(below, &slope)| *below += slope);
                    });
                }
                if let Packed::Deep(target) = if straight { packed } else { slopes } {
                    match fused() {
                        true => dispatch(deep::AddGradient::<T, true> { frame, x, delta, delta_pitch, mask, target }),
                        false => dispatch(deep::AddGradient::<T, false> { frame, x, delta, delta_pitch, mask, target }),
                    }
                }
            }
            (Layer::Subsampling(layer), _, _, Some(below)) => {
                let windows = layer.windows;
                if let Packed::Maps(coefficient, _) = &*packed {
                    spread(windows, delta, *pitch, &mut below.delta, below.pitch, |delta, lane| {
                        delta * coefficient[lane]
                    });
                }
                dispatch(Windowed { windows, below: &below.output, a: net_input, maximum: false });
                if let Packed::Maps(coefficient, bias) = if straight { packed } else { slopes } {
                    for (sums, delta) in net_input.chunks_exact(*pitch).zip(delta.chunks_exact(*pitch)) {
                        for lane in 0..delta.len() {
                            coefficient[lane] += delta[lane] * sums[lane];
                            bias[lane] += delta[lane];
                        }
                    }
                }
            }
            (Layer::Pooling(layer), _, _, Some(below)) => match layer.kind {
                PoolingKind::Average => {
                    let share = T::from_f64(1.0 / (layer.windows.side * layer.windows.side) as f64);
                    spread(layer.windows, delta, *pitch, &mut below.delta, below.pitch, |delta, _| delta * share);
                }
                PoolingKind::Max => {
                    below.delta.fill(T::ZERO);
                    for (position, delta) in delta.chunks_exact(*pitch).enumerate() {
                        for (lane, &delta) in delta.iter().enumerate().take(layer.windows.output.maps) {
                            let value = |place: usize| below.output[place * below.pitch + lane];
                            let best = layer
                                .windows
                                .values(position)
                                .reduce(|best, place| if value(place) > value(best) { place } else { best });
                            best.into_iter().for_each(|place| below.delta[place * below.pitch + lane] = delta);
                        }
                    }
                }
            },
            _ => {}
        }
        Ok(())
    }
}

/// Every row of the maps below: map, row, and where it begins in a map with a border.
fn for_each_row<T: Real>(layer: &Convolution<T>, plan: &Plan, mut visit: impl FnMut(usize, usize, usize)) {
    for map in 0..layer.input.maps {
        for y in 0..layer.input.height {
            visit(map, y, (y + layer.padding) * plan.width + layer.padding);
        }
    }
}

/// Every position of the maps below: without the border, and with it.
fn for_each_position<T: Real>(layer: &Convolution<T>, plan: &Plan, mut visit: impl FnMut(usize, usize)) {
    for y in 0..layer.input.height {
        for x in 0..layer.input.width {
            visit(y * layer.input.width + x, (y + layer.padding) * plan.width + x + layer.padding);
        }
    }
}
