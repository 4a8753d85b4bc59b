//! A convolution above others, one sample at a time: the maps below of a position lie side by side, and a map of the layer sees a
//! window of them.
//!
//! Where a connection table lets every map see at most eight neighbors in a circle of maps (1989: 0-7, 4-11, 8-11 and 0-3), the
//! first maps are repeated behind the last, so that each map's window is one vector at an offset of its own and no connection
//! is computed that does not exist.

use super::octet::{Octet, add_products, add_scaled, octet, octets, total, windows};
use super::own_maps;
use crate::fast::convolution::Plan;
use crate::{Bias, Convolution};
use nn_core::Real;
use nn_core::simd::Kernel;

/// How the maps below lie in memory.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// Values of a position.
    pub pitch: usize,
    /// Vectors of a map's window.
    pub blocks: usize,
    /// Where each map's window begins.
    pub offsets: Vec<usize>,
    /// Maps below.
    pub maps: usize,
    /// How many of the first maps are repeated behind the last.
    pub repeated: usize,
}

impl Layout {
    pub fn new<T: Real>(layer: &Convolution<T>) -> Self {
        let (maps, aligned) = (layer.input.maps, Self::aligned(layer));
        if maps <= 8 {
            return aligned;
        }
        // For each map the shortest stretch of the circle that holds all it sees.
        let stretch = |sees: &Vec<usize>| {
            let length = |first: usize| sees.iter().map(|&below| (below + maps - first) % maps + 1).max().unwrap_or(0);
            sees.iter().map(|&first| (length(first), first)).min().unwrap_or((maps, 0))
        };
        let stretches: Vec<(usize, usize)> = layer.sees.iter().map(stretch).collect();
        if stretches.iter().any(|&(length, _)| length > 8) {
            return aligned;
        }
        let offsets: Vec<usize> = stretches.iter().map(|&(_, first)| first).collect();
        let last = offsets.iter().max().map_or(8, |largest| largest + 8);
        Self {
            pitch: last.max(maps).next_multiple_of(8),
            blocks: 1,
            offsets,
            maps,
            repeated: last.saturating_sub(maps),
        }
    }

    /// Every map sees the maps below in their order.
    pub fn aligned<T: Real>(layer: &Convolution<T>) -> Self {
        let (maps, blocks) = (layer.input.maps, octets(layer.input.maps));
        Self { pitch: 8 * blocks, blocks, offsets: vec![0; layer.output.maps], maps, repeated: 0 }
    }

    /// The map below in lane `lane` of a map's window, and whether it is its first appearance there.
    fn map_below(&self, map: usize, lane: usize) -> Option<usize> {
        let place = self.offsets[map] + lane;
        (lane < self.maps && place < self.maps + self.repeated).then(|| place % self.maps)
    }
}

/// Weights and biases in this module's order, or their slopes.
#[derive(Debug, Clone)]
pub(super) struct Packed<T> {
    /// `[map][block of the window][row][column]`, eight maps below each.
    pub weight: Vec<Octet<T>>,
    /// The layer's own order.
    pub bias: Vec<T>,
}

fn places<T: Real>(layer: &Convolution<T>, layout: &Layout, mut weight: impl FnMut(usize, usize)) {
    let area = layer.kernel * layer.kernel;
    for (map, sees) in layer.sees.iter().enumerate() {
        for lane in 0..8 * layout.blocks {
            let Some(below) = layout.map_below(map, lane).filter(|below| sees.contains(below)) else { continue };
            for tap in 0..area {
                let octet = (map * layout.blocks + lane / 8) * area + tap;
                weight((map * layer.input.maps + below) * area + tap, 8 * octet + lane % 8);
            }
        }
    }
}

impl<T: Real> Packed<T> {
    pub fn new(layer: &Convolution<T>, layout: &Layout) -> Self {
        let weights = layer.output.maps * layout.blocks * layer.kernel * layer.kernel;
        Self { weight: vec![[T::ZERO; 8]; weights], bias: vec![T::ZERO; layer.bias.len()] }
    }

    /// The weights, from those with the layer's own maps side by side.
    pub fn follow(&mut self, layer: &Convolution<T>, layout: &Layout, own: &own_maps::Packed<T>) {
        let (area, lanes) = (layer.kernel * layer.kernel, 8 * octets(layer.output.maps));
        let (weights, own) = (self.weight.as_flattened_mut(), own.weight.as_flattened());
        for (map, sees) in layer.sees.iter().enumerate() {
            for &below in sees {
                let to = &mut weights[8 * (map * layout.blocks + below / 8) * area + below % 8..];
                let from = &own[below * area * lanes + map..];
                for (to, &from) in to.iter_mut().step_by(8).zip(from.iter().step_by(lanes)).take(area) {
                    *to = from;
                }
            }
        }
    }

    /// From tensors in the layer's own order.
    pub fn pack(&mut self, layer: &Convolution<T>, layout: &Layout, weight: &[T], bias: &[T]) {
        let weights = self.weight.as_flattened_mut();
        places(layer, layout, |from, to| weights[to] = weight[from]);
        self.bias.copy_from_slice(bias);
    }

    /// Into tensors in the layer's own order.
    pub fn unpack(&self, layer: &Convolution<T>, layout: &Layout, weight: &mut [T], bias: &mut [T]) {
        let weights = self.weight.as_flattened();
        places(layer, layout, |to, from| weight[to] = weights[from]);
        bias.copy_from_slice(&self.bias);
    }

    /// 1 for every connection that exists.
    pub fn mask(layer: &Convolution<T>, layout: &Layout) -> Vec<Octet<T>> {
        let mut mask = Self::new(layer, layout).weight;
        let lanes = mask.as_flattened_mut();
        places(layer, layout, |_, to| lanes[to] = T::ONE);
        mask
    }
}

/// What all three passes need.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a, T: Real> {
    pub layer: &'a Convolution<T>,
    pub plan: &'a Plan,
    pub layout: &'a Layout,
}

impl<T: Real> Frame<'_, T> {
    /// Whether four neighboring maps from this one on have windows that begin at one place.
    #[inline(always)]
    pub fn four(&self, map: usize) -> bool {
        let offsets = &self.layout.offsets[map..];
        offsets.len() >= 4 && offsets[1] == offsets[0] && offsets[2] == offsets[0] && offsets[3] == offsets[0]
    }
}

/// a = b + Σ w x; `x` is `[position with border][maps below]`, `a` is `[position][map]` with a pitch of its own.
pub(super) struct NetInput<'a, T: Real, const FUSED: bool> {
    pub frame: Frame<'a, T>,
    pub packed: &'a Packed<T>,
    pub x: &'a [T],
    pub a: &'a mut [T],
    pub a_pitch: usize,
}

macro_rules! net_inputs {
    ($name:ident, $maps:literal, $positions:literal, $($sum:ident $map:literal $position:literal),*) => {
        impl<T: Real, const FUSED: bool> NetInput<'_, T, FUSED> {
            #[inline(always)]
            fn $name<const SIDE: usize, const PITCH: usize>(&mut self, map: usize, first: usize) {
                let Frame { layer, plan, layout } = self.frame;
                let side = if SIDE == 0 { layer.kernel } else { SIDE };
                let pitch = if PITCH == 0 { layout.pitch } else { PITCH };
                let starts: &[usize; $positions] = match plan.starts[first..].first_chunk() {
                    Some(starts) => starts,
                    None => return,
                };
                let mut steps = *starts;
                for step in &mut steps {
                    *step *= pitch;
                }
                $(let mut $sum = [T::ZERO; 8];)*
                for block in 0..layout.blocks {
                    let offset = layout.offsets[map] + 8 * block;
                    let area = side * side;
                    let weight = |map: usize| &self.packed.weight[(map * layout.blocks + block) * area..][..area];
                    let mut of = [weight(map); $maps];
                    for (index, of) in of.iter_mut().enumerate() {
                        *of = weight(map + index);
                    }
                    for ky in 0..side {
                        let length = (side - 1) * pitch + 8;
                        let x = windows::<T, $positions>(
                            self.x,
                            &steps,
                            ky * plan.width * pitch + offset,
                            length,
                        );
                        let mut w = of;
                        for w in &mut w {
                            *w = &w[ky * side..][..side];
                        }
                        for kx in 0..side {
                            $(add_products::<T, FUSED>(&mut $sum, &octet(x[$position], kx * pitch), &w[$map][kx]);)*
                        }
                    }
                }
                let positions = layer.output.positions();
                $({
                    let bias = match layer.bias_kind {
                        Bias::Shared => self.packed.bias[map + $map],
                        Bias::PerUnit => self.packed.bias[(map + $map) * positions + first + $position],
                        Bias::None => T::ZERO,
                    };
                    self.a[(first + $position) * self.a_pitch + map + $map] = total(&std::hint::black_box($sum)) + bias;
                })*
            }
        }
    };
}

net_inputs!(four_by_two, 4, 2, s_00 0 0, s_01 0 1, s_10 1 0, s_11 1 1, s_20 2 0, s_21 2 1, s_30 3 0, s_31 3 1);
net_inputs!(one_by_one, 1, 1, s_0 0 0);

impl<T: Real, const FUSED: bool> NetInput<'_, T, FUSED> {
    #[inline(always)]
    fn with<const SIDE: usize, const PITCH: usize>(mut self) {
        let (maps, positions) = (self.frame.layer.output.maps, self.frame.layer.output.positions());
        let pairs = positions / 2 * 2;
        let mut map = 0;
        while map < maps {
            let four = self.frame.four(map);
            if four {
                for first in (0..pairs).step_by(2) {
                    self.four_by_two::<SIDE, PITCH>(map, first);
                }
            }
            let count = if four { 4 } else { 1 };
            for position in if four { pairs } else { 0 }..positions {
                for map in map..map + count {
                    self.one_by_one::<SIDE, PITCH>(map, position);
                }
            }
            map += count;
        }
    }
}

impl<T: Real, const FUSED: bool> Kernel for NetInput<'_, T, FUSED> {
    type Output = ();
    const AVX2: bool = FUSED;
    const AVX512: bool = FUSED;

    #[inline(always)]
    fn run(self) {
        match (self.frame.layer.kernel, self.frame.layout.pitch) {
            (5, 8) => self.with::<5, 8>(),
            (5, 16) => self.with::<5, 16>(),
            (3, 8) => self.with::<3, 8>(),
            _ => self.with::<0, 0>(),
        }
    }
}

/// g ← (g + Σ δ x) · mask, for weights (straight into them when the deltas come with −η) and biases.
pub(super) struct AddGradient<'a, T: Real, const FUSED: bool> {
    pub frame: Frame<'a, T>,
    pub x: &'a [T],
    pub delta: &'a [T],
    pub delta_pitch: usize,
    pub mask: &'a [Octet<T>],
    pub target: &'a mut Packed<T>,
}

macro_rules! gradients {
    ($name:ident, $maps:literal, $taps:literal, $($sum:ident $map:literal $tap:literal),*) => {
        impl<T: Real, const FUSED: bool> AddGradient<'_, T, FUSED> {
            /// Neighboring places of kernel row `ky`, from column `kx`, of neighboring maps.
            #[inline(always)]
            fn $name<const PITCH: usize>(&mut self, map: usize, block: usize, ky: usize, kx: usize) {
                let Frame { layer, plan, layout } = self.frame;
                let pitch = if PITCH == 0 { layout.pitch } else { PITCH };
                let side = layer.kernel;
                let offset = layout.offsets[map] + 8 * block + (ky * plan.width + kx) * pitch;
                let place = |map: usize, tap: usize| {
                    ((map * layout.blocks + block) * side + ky) * side + kx + tap
                };
                $(let mut $sum = self.target.weight[place(map + $map, $tap)];)*
                for (&start, delta) in plan.starts.iter().zip(self.delta.chunks_exact(self.delta_pitch)) {
                    let x = &self.x[start * pitch + offset..][..($taps - 1) * pitch + 8];
                    let delta = &delta[map..][..$maps];
                    $(add_scaled::<T, FUSED>(&mut $sum, delta[$map], &octet(x, $tap * pitch));)*
                }
                $({
                    let place = place(map + $map, $tap);
                    // Copies, so that the compiler need not ask whether slopes and mask overlap.
                    let (mask, mut sum) = (self.mask[place], $sum);
                    for lane in 0..8 {
                        sum[lane] *= mask[lane];
                    }
                    self.target.weight[place] = sum;
                })*
            }
        }
    };
}

gradients!(two_by_five, 2, 5, a_0 0 0, a_1 0 1, a_2 0 2, a_3 0 3, a_4 0 4, b_0 1 0, b_1 1 1, b_2 1 2, b_3 1 3, b_4 1 4);
gradients!(two_by_three, 2, 3, a_0 0 0, a_1 0 1, a_2 0 2, b_0 1 0, b_1 1 1, b_2 1 2);
gradients!(single, 1, 1, a_0 0 0);

impl<T: Real, const FUSED: bool> AddGradient<'_, T, FUSED> {
    #[inline(always)]
    fn with<const PITCH: usize>(mut self) {
        let Frame { layer, layout, .. } = self.frame;
        let (maps, side, positions) = (layer.output.maps, layer.kernel, layer.output.positions());
        match layer.bias_kind {
            Bias::Shared => {
                for delta in self.delta.chunks_exact(self.delta_pitch) {
                    for (bias, &delta) in self.target.bias.iter_mut().zip(delta) {
                        *bias += delta;
                    }
                }
            }
            Bias::PerUnit => {
                for (map, bias) in self.target.bias.chunks_exact_mut(positions).enumerate() {
                    for (bias, delta) in bias.iter_mut().zip(self.delta.chunks_exact(self.delta_pitch)) {
                        *bias += delta[map];
                    }
                }
            }
            Bias::None => {}
        }
        let mut map = 0;
        while map < maps {
            let pair = map + 1 < maps && layout.offsets[map] == layout.offsets[map + 1] && (side == 5 || side == 3);
            for block in 0..layout.blocks {
                for ky in 0..side {
                    match (pair, side) {
                        (true, 5) => self.two_by_five::<PITCH>(map, block, ky, 0),
                        (true, _) => self.two_by_three::<PITCH>(map, block, ky, 0),
                        (false, _) => {
                            for kx in 0..side {
                                self.single::<PITCH>(map, block, ky, kx);
                            }
                        }
                    }
                }
            }
            map += if pair { 2 } else { 1 };
        }
    }
}

impl<T: Real, const FUSED: bool> Kernel for AddGradient<'_, T, FUSED> {
    type Output = ();
    const AVX2: bool = FUSED;
    const AVX512: bool = FUSED;

    #[inline(always)]
    fn run(self) {
        match self.frame.layout.pitch {
            8 => self.with::<8>(),
            16 => self.with::<16>(),
            _ => self.with::<0>(),
        }
    }
}
