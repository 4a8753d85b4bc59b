//! A convolution, one sample at a time, with its own maps side by side, eight a vector: weights are kept as
//! `[place of a kernel][map]`.
//!
//! For the first convolution of a network, and for others whose maps fill the vectors better than the maps below do.

use super::octet::{Octet, add, add_scaled, octets};
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

    /// 1 for every connection that exists; nothing when all maps see all maps below.
    pub fn mask(layer: &Convolution<T>) -> Vec<Octet<T>> {
        if layer.sees.iter().all(|sees| sees.len() == layer.input.maps) {
            return Vec::new();
        }
        let mut mask = Self::new(layer).weight;
        let lanes = mask.as_flattened_mut();
        places(layer, 0, |_, to| lanes[to] = T::ONE, |_, _| {});
        mask
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

/// How the input lies in memory.
#[derive(Debug, Clone)]
pub(super) struct Steps {
    /// From a map below to the next.
    map: usize,
    /// From a position to the next.
    position: usize,
    /// The places of a window, from its upper left corner.
    taps: Vec<usize>,
}

impl Steps {
    pub fn new<T: Real>(layer: &Convolution<T>, plan: &Plan, map: usize, position: usize) -> Self {
        let side = layer.kernel;
        let taps = (0..layer.input.maps * side * side).map(|tap| {
            let (below, ky, kx) = (tap / (side * side), tap / side % side, tap % side);
            below * map + (ky * plan.width + kx) * position
        });
        Self { map, position, taps: taps.collect() }
    }
}

/// a = b + Σ w x; `x` is the input with its border, `a` is `[position][block]`.
pub(super) struct NetInput<'a, T: Real, const FUSED: bool> {
    pub layer: &'a Convolution<T>,
    pub plan: &'a Plan,
    pub steps: &'a Steps,
    pub packed: &'a Packed<T>,
    pub x: &'a [T],
    pub a: &'a mut [Octet<T>],
}

/// Some positions of a row times some blocks of maps at a time.
macro_rules! tile {
    ($name:ident, $positions:literal, $blocks:literal, $($sum:ident $position:literal $block:literal),*) => {
        impl<T: Real, const FUSED: bool> NetInput<'_, T, FUSED> {
            /// `STEP` is the way from a position's window to the next one's, or 0 for any.
            #[inline(always)]
            fn $name<const STEP: usize>(&mut self, first: usize, block: usize) {
                let layer = self.layer;
                let step = if STEP == 0 { layer.stride * self.steps.position } else { STEP };
                let blocks = octets(layer.output.maps);
                let shared = layer.bias_kind != Bias::PerUnit;
                let bias = |position: usize| if shared { 0 } else { position } * blocks + block;
                $(let mut $sum = self.packed.bias[bias(first + $position) + $block];)*
                let x = &self.x[self.plan.starts[first] * self.steps.position..];
                for (&tap, w) in self.steps.taps.iter().zip(self.packed.weight.chunks_exact(blocks)) {
                    let x = &x[tap..][..($positions - 1) * step + 1];
                    let w = &w[block..][..$blocks];
                    $(add_scaled::<T, FUSED>(&mut $sum, x[$position * step], &w[$block]);)*
                }
                $(self.a[(first + $position) * blocks + block + $block] = $sum;)*
            }
        }
    };
}

tile!(tile_5_2, 5, 2, s_00 0 0, s_01 0 1, s_10 1 0, s_11 1 1, s_20 2 0, s_21 2 1, s_30 3 0, s_31 3 1, s_40 4 0, s_41 4 1);
tile!(tile_4_2, 4, 2, s_00 0 0, s_01 0 1, s_10 1 0, s_11 1 1, s_20 2 0, s_21 2 1, s_30 3 0, s_31 3 1);
tile!(tile_1_2, 1, 2, s_0 0 0, s_1 0 1);
tile!(tile_8_1, 8, 1, s_0 0 0, s_1 1 0, s_2 2 0, s_3 3 0, s_4 4 0, s_5 5 0, s_6 6 0, s_7 7 0);
tile!(tile_7_1, 7, 1, s_0 0 0, s_1 1 0, s_2 2 0, s_3 3 0, s_4 4 0, s_5 5 0, s_6 6 0);
tile!(tile_1_1, 1, 1, s_0 0 0);

impl<T: Real, const FUSED: bool> NetInput<'_, T, FUSED> {
    #[inline(always)]
    fn with<const STEP: usize>(mut self) {
        let (blocks, width) = (octets(self.layer.output.maps), self.layer.output.width);
        let wide = if width % 5 == 0 { 5 } else { 4 };
        let long = if width % 7 == 0 { 7 } else { 8 };
        for row in (0..self.layer.output.positions()).step_by(width.max(1)) {
            let end = row + width;
            for block in (0..blocks).step_by(2) {
                let mut first = row;
                while first < end {
                    first += match (blocks - block, end - first) {
                        (1, left) if left >= long && long == 7 => {
                            self.tile_7_1::<STEP>(first, block);
                            7
                        }
                        (1, left) if left >= long => {
                            self.tile_8_1::<STEP>(first, block);
                            8
                        }
                        (1, _) => {
                            self.tile_1_1::<STEP>(first, block);
                            1
                        }
                        (_, left) if left >= wide && wide == 5 => {
                            self.tile_5_2::<STEP>(first, block);
                            5
                        }
                        (_, left) if left >= wide => {
                            self.tile_4_2::<STEP>(first, block);
                            4
                        }
                        _ => {
                            self.tile_1_2::<STEP>(first, block);
                            1
                        }
                    };
                }
            }
        }
    }
}

impl<T: Real, const FUSED: bool> Kernel for NetInput<'_, T, FUSED> {
    type Output = ();
    const AVX2: bool = FUSED;
    const AVX512: bool = FUSED;

    #[inline(always)]
    fn run(self) {
        match self.layer.stride * self.steps.position {
            1 => self.with::<1>(),
            2 => self.with::<2>(),
            8 => self.with::<8>(),
            _ => self.with::<0>(),
        }
    }
}

/// g ← g + Σ δ x, for weights (straight into them when the deltas come with −η) and biases.
pub(super) struct AddGradient<'a, T: Real, const FUSED: bool> {
    pub layer: &'a Convolution<T>,
    pub plan: &'a Plan,
    pub steps: &'a Steps,
    pub x: &'a [T],
    /// `[position][block]`
    pub delta: &'a [Octet<T>],
    /// 1 for every kernel that exists, 0 for the others; empty when all exist.
    pub mask: &'a [Octet<T>],
    pub target: &'a mut Packed<T>,
}

/// How the loops over the positions step.
#[derive(Clone, Copy)]
struct Walk {
    blocks: usize,
    /// Positions of a row.
    width: usize,
    /// Of the kernel.
    side: usize,
    /// From a position of the input to the next.
    step: usize,
    stride: usize,
    /// From a row of the input to the next.
    pitch: usize,
}

/// Some places of some kernel rows times some blocks of maps.
macro_rules! taps {
    ($name:ident, $rows:literal, $taps:literal, $blocks:literal, $($sum:ident $row:literal $tap:literal $block:literal),*) => {
        #[inline(always)]
        fn $name<T: Real, const STEP: usize, const FUSED: bool>(
            x: &[T],
            delta: &[Octet<T>],
            target: &mut [Octet<T>],
            Walk { blocks, width, side, step, stride, pitch }: Walk,
        ) {
            let step = if STEP == 0 { step } else { STEP };
            $(let mut $sum = target[($row * side + $tap) * blocks + $block];)*
            for (y, delta) in delta.chunks(width * blocks).enumerate() {
                let mut rows = [x; $rows];
                for (row, x) in rows.iter_mut().enumerate() {
                    *x = &x[(y * stride + row) * pitch..][..((width - 1) * stride + $taps - 1) * step + 1];
                }
                for (position, delta) in delta.chunks(blocks).enumerate() {
                    let mut rows = rows;
                    for x in &mut rows {
                        *x = &x[position * stride * step..][..($taps - 1) * step + 1];
                    }
                    let delta = &delta[..$blocks];
                    $(add_scaled::<T, FUSED>(&mut $sum, rows[$row][$tap * step], &delta[$block]);)*
                }
            }
            $(target[($row * side + $tap) * blocks + $block] = $sum;)*
        }
    };
}

taps!(taps_5_2, 1, 5, 2, a_0 0 0 0, b_0 0 0 1, a_1 0 1 0, b_1 0 1 1, a_2 0 2 0, b_2 0 2 1, a_3 0 3 0, b_3 0 3 1, a_4 0 4 0, b_4 0 4 1);
taps!(taps_55_1, 2, 5, 1, a_0 0 0 0, a_1 0 1 0, a_2 0 2 0, a_3 0 3 0, a_4 0 4 0, b_0 1 0 0, b_1 1 1 0, b_2 1 2 0, b_3 1 3 0, b_4 1 4 0);
taps!(taps_5_1, 1, 5, 1, a_0 0 0 0, a_1 0 1 0, a_2 0 2 0, a_3 0 3 0, a_4 0 4 0);
taps!(taps_3_2, 1, 3, 2, a_0 0 0 0, b_0 0 0 1, a_1 0 1 0, b_1 0 1 1, a_2 0 2 0, b_2 0 2 1);
taps!(taps_1_1, 1, 1, 1, a_0 0 0 0);

impl<T: Real, const FUSED: bool> Kernel for AddGradient<'_, T, FUSED> {
    type Output = ();
    const AVX2: bool = FUSED;
    const AVX512: bool = FUSED;

    #[inline(always)]
    fn run(self) {
        match self.steps.position {
            1 => self.with::<1>(),
            8 => self.with::<8>(),
            _ => self.with::<0>(),
        }
    }
}

impl<T: Real, const FUSED: bool> AddGradient<'_, T, FUSED> {
    #[inline(always)]
    fn with<const STEP: usize>(self) {
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
        let step = if STEP == 0 { self.steps.position } else { STEP };
        let (width, stride) = (layer.output.width, layer.stride);
        let walk = Walk { blocks, width, side, step, stride, pitch: plan.width * step };
        for below in 0..layer.input.maps {
            let mut ky = 0;
            while ky < side {
                let x = &self.x[below * self.steps.map + ky * plan.width * step..];
                let target = &mut self.target.weight[(below * side + ky) * side * blocks..];
                ky += match (side, blocks) {
                    (5, 2) => {
                        taps_5_2::<T, STEP, FUSED>(x, self.delta, target, walk);
                        1
                    }
                    (5, 1) if ky < 4 => {
                        taps_55_1::<T, STEP, FUSED>(x, self.delta, target, walk);
                        2
                    }
                    (5, 1) => {
                        taps_5_1::<T, STEP, FUSED>(x, self.delta, target, walk);
                        1
                    }
                    (3, 2) => {
                        taps_3_2::<T, STEP, FUSED>(x, self.delta, target, walk);
                        1
                    }
                    _ => {
                        for kx in 0..side {
                            for block in 0..blocks {
                                let target = &mut target[kx * blocks + block..];
                                taps_1_1::<T, STEP, FUSED>(&x[kx * step..], &self.delta[block..], target, walk);
                            }
                        }
                        1
                    }
                };
            }
        }
        for (weight, mask) in self.target.weight.iter_mut().zip(self.mask) {
            for lane in 0..8 {
                weight[lane] *= mask[lane];
            }
        }
    }
}
