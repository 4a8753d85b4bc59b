//! The first convolution of a network, one sample at a time: the maps of a position lie side by side, eight a vector.
//!
//! It sees few maps and nobody asks for the slope of its input, so its weights are kept as `[place of a kernel][map]`.

use super::octet::{Octet, add_scaled, octets, windows};
use crate::fast::convolution::Plan;
use crate::{Bias, Convolution};
use nn_core::Real;
use nn_core::simd::Kernel;

/// Weights and biases in this module's order, or their slopes.
#[derive(Debug, Clone)]
pub(super) struct Packed<T> {
    /// `[map below][row][column][block of eight maps]`
    pub weight: Vec<Octet<T>>,
    /// `[position][block]`, of one position when biases are shared.
    pub bias: Vec<Octet<T>>,
}

/// Where a weight and each of so many biases of the layer stand. The layer's own tensors may be elsewhere for the moment.
fn places<T: Real>(
    layer: &Convolution<T>,
    biases: usize,
    mut weight: impl FnMut(usize, usize),
    mut bias: impl FnMut(usize, usize),
) {
    let (lanes, taps) = (8 * octets(layer.output.maps), layer.input.maps * layer.kernel * layer.kernel);
    for (map, sees) in layer.sees.iter().enumerate() {
        for tap in 0..taps {
            if sees.contains(&(tap / (layer.kernel * layer.kernel))) {
                weight(map * taps + tap, tap * lanes + map);
            }
        }
    }
    let positions = if layer.bias_kind == Bias::PerUnit { layer.output.positions() } else { 1 };
    for index in 0..biases {
        bias(index, index % positions * lanes + index / positions);
    }
}

impl<T: Real> Packed<T> {
    pub fn new(layer: &Convolution<T>) -> Self {
        let blocks = octets(layer.output.maps);
        let positions = if layer.bias_kind == Bias::PerUnit { layer.output.positions() } else { 1 };
        let weight = vec![[T::ZERO; 8]; layer.input.maps * layer.kernel * layer.kernel * blocks];
        Self { weight, bias: vec![[T::ZERO; 8]; positions * blocks] }
    }

    /// From tensors in the layer's own order.
    pub fn pack(&mut self, layer: &Convolution<T>, weight: &[T], bias: &[T]) {
        let (weights, biases) = (self.weight.as_flattened_mut(), self.bias.as_flattened_mut());
        places(layer, bias.len(), |from, to| weights[to] = weight[from], |from, to| biases[to] = bias[from]);
    }

    /// Into tensors in the layer's own order.
    pub fn unpack(&self, layer: &Convolution<T>, weight: &mut [T], bias: &mut [T]) {
        let (weights, biases) = (self.weight.as_flattened(), self.bias.as_flattened());
        places(layer, bias.len(), |to, from| weight[to] = weights[from], |to, from| bias[to] = biases[from]);
    }
}

/// a = b + Σ w x; `x` is `[map below][row][column]` with its border, `a` is `[position][block]`.
pub(super) struct NetInput<'a, T: Real, const FUSED: bool> {
    pub layer: &'a Convolution<T>,
    pub plan: &'a Plan,
    pub packed: &'a Packed<T>,
    pub x: &'a [T],
    pub a: &'a mut [Octet<T>],
}

/// Some positions times some blocks of maps at a time.
macro_rules! tile {
    ($name:ident, $positions:literal, $blocks:literal, $($sum:ident $position:literal $block:literal),*) => {
        impl<T: Real, const FUSED: bool> NetInput<'_, T, FUSED> {
            #[inline(always)]
            fn $name<const SIDE: usize>(&mut self, first: usize, block: usize) {
                let (layer, plan) = (self.layer, self.plan);
                let side = if SIDE == 0 { layer.kernel } else { SIDE };
                let blocks = octets(layer.output.maps);
                let starts: &[usize; $positions] = match plan.starts[first..].first_chunk() {
                    Some(starts) => starts,
                    None => return,
                };
                let shared = layer.bias_kind != Bias::PerUnit;
                let bias = |position: usize| if shared { 0 } else { position } * blocks + block;
                $(let mut $sum = self.packed.bias[bias(first + $position) + $block];)*
                for below in 0..layer.input.maps {
                    for ky in 0..side {
                        let row = below * plan.area + ky * plan.width;
                        let x = windows::<T, $positions>(self.x, starts, row, side);
                        let w = &self.packed.weight[(below * side + ky) * side * blocks..][..side * blocks];
                        for kx in 0..side {
                            let w = &w[kx * blocks + block..][..$blocks];
                            $(add_scaled::<T, FUSED>(&mut $sum, x[$position][kx], &w[$block]);)*
                        }
                    }
                }
                $(self.a[(first + $position) * blocks + block + $block] = $sum;)*
            }
        }
    };
}

tile!(tile_4_2, 4, 2, s_00 0 0, s_01 0 1, s_10 1 0, s_11 1 1, s_20 2 0, s_21 2 1, s_30 3 0, s_31 3 1);
tile!(tile_8_1, 8, 1, s_0 0 0, s_1 1 0, s_2 2 0, s_3 3 0, s_4 4 0, s_5 5 0, s_6 6 0, s_7 7 0);
tile!(tile_1_1, 1, 1, s_0 0 0);

impl<T: Real, const FUSED: bool> NetInput<'_, T, FUSED> {
    #[inline(always)]
    fn with_side<const SIDE: usize>(mut self) {
        let (blocks, positions) = (octets(self.layer.output.maps), self.layer.output.positions());
        let mut block = 0;
        while block < blocks {
            let (count, step) = if block + 1 < blocks { (4, 2) } else { (8, 1) };
            let whole = positions / count * count;
            for first in (0..whole).step_by(count) {
                match step {
                    2 => self.tile_4_2::<SIDE>(first, block),
                    _ => self.tile_8_1::<SIDE>(first, block),
                }
            }
            for position in whole..positions {
                for block in block..block + step {
                    self.tile_1_1::<SIDE>(position, block);
                }
            }
            block += step;
        }
    }
}

impl<T: Real, const FUSED: bool> Kernel for NetInput<'_, T, FUSED> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        match self.layer.kernel {
            5 => self.with_side::<5>(),
            3 => self.with_side::<3>(),
            _ => self.with_side::<0>(),
        }
    }
}

/// g ← g + Σ δ x, for weights (straight into them when the deltas come with −η) and biases.
pub(super) struct AddGradient<'a, T: Real, const FUSED: bool> {
    pub layer: &'a Convolution<T>,
    pub plan: &'a Plan,
    pub x: &'a [T],
    /// `[position][block]`
    pub delta: &'a [Octet<T>],
    pub target: &'a mut Packed<T>,
}

/// sum ← sum + x
#[inline(always)]
fn add<T: Real>(sum: &mut Octet<T>, x: &Octet<T>) {
    for lane in 0..8 {
        sum[lane] += x[lane];
    }
}

/// Some places of a kernel row times some blocks of maps.
macro_rules! taps {
    ($name:ident, $taps:literal, $blocks:literal, $($sum:ident $tap:literal $block:literal),*) => {
        #[inline(always)]
        fn $name<T: Real, const FUSED: bool>(
            x: &[T],
            delta: &[Octet<T>],
            target: &mut [Octet<T>],
            (blocks, width, stride, row_step): (usize, usize, usize, usize),
        ) {
            $(let mut $sum = target[$tap * blocks + $block];)*
            for (y, delta) in delta.chunks(width * blocks).enumerate() {
                let x = &x[y * row_step..];
                for (position, delta) in delta.chunks(blocks).enumerate() {
                    let x = &x[position * stride..][..$taps];
                    let delta = &delta[..$blocks];
                    $(add_scaled::<T, FUSED>(&mut $sum, x[$tap], &delta[$block]);)*
                }
            }
            $(target[$tap * blocks + $block] = $sum;)*
        }
    };
}

taps!(taps_5_2, 5, 2, a_0 0 0, b_0 0 1, a_1 1 0, b_1 1 1, a_2 2 0, b_2 2 1, a_3 3 0, b_3 3 1, a_4 4 0, b_4 4 1);
taps!(taps_5_1, 5, 1, a_0 0 0, a_1 1 0, a_2 2 0, a_3 3 0, a_4 4 0);
taps!(taps_3_2, 3, 2, a_0 0 0, b_0 0 1, a_1 1 0, b_1 1 1, a_2 2 0, b_2 2 1);
taps!(taps_1_1, 1, 1, a_0 0 0);

impl<T: Real, const FUSED: bool> Kernel for AddGradient<'_, T, FUSED> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (layer, plan, side) = (self.layer, self.plan, self.layer.kernel);
        let blocks = octets(layer.output.maps);
        match layer.bias_kind {
            Bias::PerUnit => {
                for (bias, delta) in self.target.bias.iter_mut().zip(self.delta) {
                    add(bias, delta);
                }
            }
            Bias::Shared => {
                for delta in self.delta.chunks_exact(blocks) {
                    for (bias, delta) in self.target.bias.iter_mut().zip(delta) {
                        add(bias, delta);
                    }
                }
            }
            Bias::None => {}
        }
        let steps = (blocks, layer.output.width, layer.stride, layer.stride * plan.width);
        for below in 0..layer.input.maps {
            for ky in 0..side {
                let x = &self.x[below * plan.area + ky * plan.width..];
                let target = &mut self.target.weight[(below * side + ky) * side * blocks..][..side * blocks];
                match (side, blocks) {
                    (5, 2) => taps_5_2::<T, FUSED>(x, self.delta, target, steps),
                    (5, 1) => taps_5_1::<T, FUSED>(x, self.delta, target, steps),
                    (3, 2) => taps_3_2::<T, FUSED>(x, self.delta, target, steps),
                    _ => {
                        for kx in 0..side {
                            for block in 0..blocks {
                                let target = &mut target[kx * blocks + block..];
                                taps_1_1::<T, FUSED>(&x[kx..], &self.delta[block..], target, steps);
                            }
                        }
                    }
                }
            }
        }
        // Kernels that do not exist stay zero.
        for (map, sees) in layer.sees.iter().enumerate().filter(|(_, sees)| sees.len() < layer.input.maps) {
            for below in (0..layer.input.maps).filter(|below| !sees.contains(below)) {
                for tap in below * side * side..(below + 1) * side * side {
                    self.target.weight[tap * blocks + map / 8][map % 8] = T::ZERO;
                }
            }
        }
    }
}
