//! A layer with maps, one sample at a time: forward and back.

use super::input_gradient::InputGradient;
use super::maps_below::{self, Frame, Layout};
use super::octet::{Octet, octets};
use super::own_maps::{self, Steps};
use super::packed::Packed;
use super::windows::{Spread, Weigh, WeighGradient, Windowed};
use crate::fast::convolution::Plan;
use crate::fast::fused;
use crate::{Convolution, Layer, PoolingKind};
use nn_core::simd::dispatch;
use nn_core::{CoreError, Real};

/// A layer with maps.
pub(super) struct Stage<T> {
    /// Vectors of a position in `net_input`, `output` and `delta`.
    blocks: usize,
    plan: Option<Plan>,
    /// How [`own_maps`] walks over the input.
    steps: Option<Steps>,
    /// How a convolution above others sees the maps below.
    pub layout: Option<Layout>,
    pub packed: Packed<T>,
    pub slopes: Packed<T>,
    /// Which kernels exist.
    mask: Vec<Octet<T>>,
    /// The weights as [`maps_below`] has them, where `packed` has them as [`own_maps`]: for the slopes of the input.
    turned: Option<maps_below::Packed<T>>,
    /// What a convolution reads: with its border, in its own order.
    x: Vec<T>,
    x_slope: Vec<T>,
    /// What subsampling adds up.
    sums: Vec<Octet<T>>,
    /// What average pooling multiplies every sum with.
    share: Vec<Octet<T>>,
    net_input: Vec<Octet<T>>,
    pub output: Vec<Octet<T>>,
    pub delta: Vec<Octet<T>>,
}

impl<T: Real> Stage<T> {
    pub fn new(index: usize, layer: &Layer<T>) -> Self {
        let output = layer.output();
        let blocks = octets(output.maps);
        let values = || vec![[T::ZERO; 8]; output.positions() * blocks];
        let mut stage = Self {
            blocks,
            plan: None,
            steps: None,
            layout: None,
            packed: Packed::Nothing,
            slopes: Packed::Nothing,
            mask: Vec::new(),
            turned: None,
            x: Vec::new(),
            x_slope: Vec::new(),
            sums: Vec::new(),
            share: Vec::new(),
            net_input: values(),
            output: values(),
            delta: values(),
        };
        match layer {
            Layer::Convolution(layer) => {
                let plan = Plan::new(layer);
                if index == 0 {
                    stage.x = vec![layer.padding_value; plan.area * layer.input.maps];
                    stage.steps = Some(Steps::new(layer, &plan, plan.area, 1));
                    stage.mask = own_maps::Packed::mask(layer);
                    stage.packed = Packed::OwnMaps(own_maps::Packed::new(layer));
                } else {
                    stage.above_others(layer, &plan);
                }
                stage.plan = Some(plan);
            }
            Layer::Subsampling(_) => {
                stage.packed = Packed::Maps(vec![[T::ZERO; 8]; blocks], vec![[T::ZERO; 8]; blocks]);
                stage.sums = values();
            }
            Layer::Pooling(layer) => {
                let share = T::from_f64(1.0 / (layer.windows.side * layer.windows.side) as f64);
                stage.share = vec![[share; 8]; blocks];
            }
            Layer::Dense(_) | Layer::RadialBasis(_) | Layer::Dropout(_) => {}
        }
        stage.slopes = stage.packed.clone();
        stage
    }

    /// Vectors hold the maps below or the layer's own, whatever needs fewer of them.
    fn above_others(&mut self, layer: &Convolution<T>, plan: &Plan) {
        let mut layout = Layout::new(layer);
        if layer.input.maps * self.blocks < layer.output.maps * layout.blocks {
            layout = Layout::aligned(layer);
            self.steps = Some(Steps::new(layer, plan, 1, layout.pitch));
            self.mask = own_maps::Packed::mask(layer);
            self.packed = Packed::OwnMaps(own_maps::Packed::new(layer));
            self.turned = Some(maps_below::Packed::new(layer, &layout));
        } else {
            self.mask = maps_below::Packed::mask(layer, &layout);
            self.packed = Packed::MapsBelow(maps_below::Packed::new(layer, &layout));
        }
        self.x = vec![T::ZERO; plan.area * layout.pitch];
        for position in self.x.chunks_exact_mut(layout.pitch) {
            position[..layout.maps + layout.repeated].fill(layer.padding_value);
        }
        self.x_slope = vec![T::ZERO; self.x.len()];
        self.layout = Some(layout);
    }

    pub fn forward(&mut self, layer: &Layer<T>, below: Option<&Self>, sample: &[T]) -> Result<(), CoreError> {
        let Self { blocks, plan, steps, layout, packed, x, sums, net_input, output, .. } = self;
        match (layer, packed, &*plan, below) {
            (Layer::Convolution(layer), packed, Some(plan), below) => {
                match (&*layout, below) {
                    (Some(layout), Some(below)) => gather(layer, plan, layout, &below.output, x),
                    _ => for_each_row(layer, plan, |map, y, at| {
                        let row = &sample[(map * layer.input.height + y) * layer.input.width..][..layer.input.width];
                        x[map * plan.area + at..][..row.len()].copy_from_slice(row);
                    }),
                }
                match (packed, &*steps, &*layout) {
                    (Packed::OwnMaps(packed), Some(steps), _) => {
                        let a = &mut net_input[..];
                        match fused() {
                            true => dispatch(own_maps::NetInput::<T, true> { layer, plan, steps, packed, x, a }),
                            false => dispatch(own_maps::NetInput::<T, false> { layer, plan, steps, packed, x, a }),
                        }
                    }
                    (Packed::MapsBelow(packed), _, Some(layout)) => {
                        let (a_pitch, a) = (8 * *blocks, net_input.as_flattened_mut());
                        let frame = Frame { layer, plan, layout };
                        match fused() {
                            true => dispatch(maps_below::NetInput::<T, true> { frame, packed, x, a, a_pitch }),
                            false => dispatch(maps_below::NetInput::<T, false> { frame, packed, x, a, a_pitch }),
                        }
                    }
                    _ => {}
                }
            }
            (Layer::Subsampling(layer), Packed::Maps(coefficient, bias), _, Some(below)) => {
                dispatch(Windowed { windows: layer.windows, below: &below.output, a: sums, maximum: false });
                dispatch(Weigh { sums, coefficient, bias, a: net_input });
            }
            (Layer::Pooling(layer), _, _, Some(below)) => {
                let maximum = layer.kind == PoolingKind::Max;
                dispatch(Windowed { windows: layer.windows, below: &below.output, a: net_input, maximum });
                if !maximum {
                    let share = self.share[0][0];
                    net_input.as_flattened_mut().iter_mut().for_each(|a| *a *= share);
                }
            }
            _ => {}
        }
        layer.activation().apply(net_input.as_flattened(), output.as_flattened_mut())
    }

    /// `straight`: slopes are added to the parameters themselves.
    pub fn backward(&mut self, layer: &Layer<T>, below: Option<&mut Self>, straight: bool) -> Result<(), CoreError> {
        let Self { packed, slopes, delta, .. } = self;
        layer.activation().apply_derivative(
            self.net_input.as_flattened(),
            self.output.as_flattened(),
            delta.as_flattened_mut(),
        )?;
        if !straight {
            slopes.clear();
        }
        match (layer, below) {
            (Layer::Convolution(layer), below) => {
                if let Some(below) = below {
                    self.input_slope(layer, below);
                }
                self.add_gradient(layer, straight);
            }
            (Layer::Subsampling(layer), Some(below)) => {
                if let Packed::Maps(factor, _) = &*packed {
                    dispatch(Spread { windows: layer.windows, delta, factor, below: &mut below.delta });
                }
                if let Packed::Maps(coefficient, bias) = if straight { packed } else { slopes } {
                    dispatch(WeighGradient { sums: &self.sums, delta, coefficient, bias });
                }
            }
            (Layer::Pooling(layer), Some(below)) => match layer.kind {
                PoolingKind::Average => {
                    let (windows, factor) = (layer.windows, &self.share);
                    dispatch(Spread { windows, delta, factor, below: &mut below.delta });
                }
                PoolingKind::Max => {
                    let pitch = 8 * self.blocks;
                    let (values, slopes) = (below.output.as_flattened(), below.delta.as_flattened_mut());
                    slopes.fill(T::ZERO);
                    for (position, delta) in delta.as_flattened().chunks_exact(pitch).enumerate() {
                        for (lane, &delta) in delta.iter().enumerate().take(layer.windows.output.maps) {
                            let value = |place: usize| values[place * pitch + lane];
                            let best = layer
                                .windows
                                .values(position)
                                .reduce(|best, place| if value(place) > value(best) { place } else { best });
                            best.into_iter().for_each(|place| slopes[place * pitch + lane] = delta);
                        }
                    }
                }
            },
            _ => {}
        }
        Ok(())
    }

    /// ∂E/∂ of what a convolution sees, into the layer below.
    fn input_slope(&mut self, layer: &Convolution<T>, below: &mut Self) {
        let (Some(plan), Some(layout)) = (&self.plan, &self.layout) else { return };
        if let (Packed::OwnMaps(own), Some(turned)) = (&self.packed, &mut self.turned) {
            turned.follow(layer, layout, own);
        }
        let packed = match (&self.packed, &self.turned) {
            (Packed::MapsBelow(packed), _) | (_, Some(packed)) => packed,
            _ => return,
        };
        let (frame, delta, delta_pitch) = (Frame { layer, plan, layout }, self.delta.as_flattened(), 8 * self.blocks);
        self.x_slope.fill(T::ZERO);
        let slope = &mut self.x_slope[..];
        match fused() {
            true => dispatch(InputGradient::<T, true> { frame, packed, delta, delta_pitch, below: slope }),
            false => {
                dispatch(InputGradient::<T, false> { frame, packed, delta, delta_pitch, below: slope });
            }
        }
        scatter(layer, plan, layout, &self.x_slope, &mut below.delta);
    }

    /// The slopes of a convolution's parameters.
    fn add_gradient(&mut self, layer: &Convolution<T>, straight: bool) {
        let Self { blocks, plan: Some(plan), steps, layout, packed, slopes, mask, x, delta, .. } = self else { return };
        match (if straight { packed } else { slopes }, &*steps, &*layout) {
            (Packed::OwnMaps(target), Some(steps), _) => match fused() {
                true => dispatch(own_maps::AddGradient::<T, true> { layer, plan, steps, x, delta, mask, target }),
                false => dispatch(own_maps::AddGradient::<T, false> { layer, plan, steps, x, delta, mask, target }),
            },
            (Packed::MapsBelow(target), _, Some(layout)) => {
                let (frame, delta, delta_pitch) = (Frame { layer, plan, layout }, delta.as_flattened(), 8 * *blocks);
                match fused() {
                    true => dispatch(maps_below::AddGradient::<T, true> { frame, x, delta, delta_pitch, mask, target }),
                    false => {
                        dispatch(maps_below::AddGradient::<T, false> { frame, x, delta, delta_pitch, mask, target });
                    }
                }
            }
            _ => {}
        }
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

/// The outputs below with their border, the first maps repeated behind the last.
fn gather<T: Real>(layer: &Convolution<T>, plan: &Plan, layout: &Layout, below: &[Octet<T>], x: &mut [T]) {
    let (below, pitch) = (below.as_flattened(), 8 * octets(layout.maps));
    for y in 0..layer.input.height {
        let from = &below[y * layer.input.width * pitch..][..layer.input.width * pitch];
        let to = ((y + layer.padding) * plan.width + layer.padding) * layout.pitch;
        let to = &mut x[to..][..layer.input.width * layout.pitch];
        if layout.repeated == 0 && layout.pitch == pitch {
            to.copy_from_slice(from);
            continue;
        }
        for (to, from) in to.chunks_exact_mut(layout.pitch).zip(from.chunks_exact(pitch)) {
            to[..layout.maps].copy_from_slice(&from[..layout.maps]);
            to[layout.maps..][..layout.repeated].copy_from_slice(&from[..layout.repeated]);
        }
    }
}

/// The way back: slopes of repeated maps are added.
fn scatter<T: Real>(layer: &Convolution<T>, plan: &Plan, layout: &Layout, slope: &[T], below: &mut [Octet<T>]) {
    let (below, pitch) = (below.as_flattened_mut(), 8 * octets(layout.maps));
    for y in 0..layer.input.height {
        let from = ((y + layer.padding) * plan.width + layer.padding) * layout.pitch;
        let from = &slope[from..][..layer.input.width * layout.pitch];
        let to = &mut below[y * layer.input.width * pitch..][..layer.input.width * pitch];
        if layout.repeated == 0 && layout.pitch == pitch {
            to.copy_from_slice(from);
            continue;
        }
        for (to, from) in to.chunks_exact_mut(pitch).zip(from.chunks_exact(layout.pitch)) {
            to[..layout.maps].copy_from_slice(&from[..layout.maps]);
            let repeated = from[layout.maps..][..layout.repeated].iter();
            to.iter_mut().zip(repeated).for_each(|(to, &slope)| *to += slope);
        }
    }
}
