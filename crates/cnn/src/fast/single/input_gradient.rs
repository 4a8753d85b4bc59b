//! The slopes of what a convolution above others sees, one sample at a time, the maps below side by side.

use super::maps_below::{Frame, Packed};
use super::octet::{add_scaled, octet};
use nn_core::Real;
use nn_core::simd::Kernel;

/// ∂E/∂x ← ∂E/∂x + Σ w δ, in the order of `x`, repeated maps apart.
pub(super) struct InputGradient<'a, T: Real, const FUSED: bool> {
    pub frame: Frame<'a, T>,
    pub packed: &'a Packed<T>,
    pub delta: &'a [T],
    pub delta_pitch: usize,
    pub below: &'a mut [T],
}

macro_rules! spreads {
    ($name:ident, $maps:literal, $($delta:ident $map:literal),*) => {
        impl<T: Real, const FUSED: bool> InputGradient<'_, T, FUSED> {
            #[inline(always)]
            fn $name<const SIDE: usize, const PITCH: usize>(&mut self, map: usize) {
                let Frame { layer, plan, layout } = self.frame;
                let side = if SIDE == 0 { layer.kernel } else { SIDE };
                let pitch = if PITCH == 0 { layout.pitch } else { PITCH };
                let area = side * side;
                for block in 0..layout.blocks {
                    let offset = layout.offsets[map] + 8 * block;
                    let weight = |map: usize| &self.packed.weight[(map * layout.blocks + block) * area..][..area];
                    let mut of = [weight(map); $maps];
                    for (index, of) in of.iter_mut().enumerate() {
                        *of = weight(map + index);
                    }
                    for (&start, delta) in plan.starts.iter().zip(self.delta.chunks_exact(self.delta_pitch)) {
                        let delta = &delta[map..][..$maps];
                        $(let $delta = delta[$map];)*
                        for ky in 0..side {
                            let from = (start + ky * plan.width) * pitch + offset;
                            let below = &mut self.below[from..][..(side - 1) * pitch + 8];
                            let mut w = of;
                        for w in &mut w {
                            *w = &w[ky * side..][..side];
                        }
                            for kx in 0..side {
                                let below = &mut below[kx * pitch..][..8];
                                let mut sum = [T::ZERO; 8];
                                sum.copy_from_slice(below);
                                $(add_scaled::<T, FUSED>(&mut sum, $delta, &w[$map][kx]);)*
                                below.copy_from_slice(&sum);
                            }
                        }
                    }
                }
            }
        }
    };
}

spreads!(spread_four, 4, d_0 0, d_1 1, d_2 2, d_3 3);
spreads!(spread_one, 1, d_0 0);

/// Neighboring positions of a row spread the slopes of all maps over a row of their windows, whose sums stay in registers.
macro_rules! segments {
    ($name:ident, $positions:literal, $places:literal, [$($sum:ident $place:literal),*],
     $($position:literal: $to_0:ident $to_1:ident $to_2:ident $to_3:ident $to_4:ident;)*) => {
        impl<T: Real, const FUSED: bool> InputGradient<'_, T, FUSED> {
            #[inline(always)]
            fn $name<const PITCH: usize>(&mut self, block: usize, first: usize, ky: usize) {
                let Frame { layer, plan, layout } = self.frame;
                let pitch = if PITCH == 0 { layout.pitch } else { PITCH };
                let maps = layer.output.maps;
                let deltas = &self.delta[first * self.delta_pitch..][..($positions - 1) * self.delta_pitch + maps];
                let from = (plan.starts[first] + ky * plan.width) * pitch + 8 * block;
                let below = &mut self.below[from..][..($places - 1) * pitch + 8];
                $(let mut $sum = octet(below, $place * pitch);)*
                for map in 0..maps {
                    let w = &self.packed.weight[((map * layout.blocks + block) * 5 + ky) * 5..][..5];
                    let mut delta = [T::ZERO; $positions];
                    for (position, delta) in delta.iter_mut().enumerate() {
                        *delta = deltas[position * self.delta_pitch + map];
                    }
                    $(
                        add_scaled::<T, FUSED>(&mut $to_0, delta[$position], &w[0]);
                        add_scaled::<T, FUSED>(&mut $to_1, delta[$position], &w[1]);
                        add_scaled::<T, FUSED>(&mut $to_2, delta[$position], &w[2]);
                        add_scaled::<T, FUSED>(&mut $to_3, delta[$position], &w[3]);
                        add_scaled::<T, FUSED>(&mut $to_4, delta[$position], &w[4]);
                    )*
                }
                $(below[$place * pitch..][..8].copy_from_slice(&$sum);)*
            }
        }
    };
}

segments! {
    segment_5, 5, 9, [s_0 0, s_1 1, s_2 2, s_3 3, s_4 4, s_5 5, s_6 6, s_7 7, s_8 8],
    0: s_0 s_1 s_2 s_3 s_4;
    1: s_1 s_2 s_3 s_4 s_5;
    2: s_2 s_3 s_4 s_5 s_6;
    3: s_3 s_4 s_5 s_6 s_7;
    4: s_4 s_5 s_6 s_7 s_8;
}
segments! {
    segment_4, 4, 8, [s_0 0, s_1 1, s_2 2, s_3 3, s_4 4, s_5 5, s_6 6, s_7 7],
    0: s_0 s_1 s_2 s_3 s_4;
    1: s_1 s_2 s_3 s_4 s_5;
    2: s_2 s_3 s_4 s_5 s_6;
    3: s_3 s_4 s_5 s_6 s_7;
}
segments! {
    segment_1, 1, 5, [s_0 0, s_1 1, s_2 2, s_3 3, s_4 4],
    0: s_0 s_1 s_2 s_3 s_4;
}

impl<T: Real, const FUSED: bool> InputGradient<'_, T, FUSED> {
    /// Windows of 5 x 5 that step by one, all beginning at the first map below.
    #[inline(always)]
    fn by_rows<const PITCH: usize>(mut self) {
        let output = self.frame.layer.output;
        for block in 0..self.frame.layout.blocks {
            for row in (0..output.positions()).step_by(output.width) {
                for ky in 0..5 {
                    let (mut first, end) = (row, row + output.width);
                    while first < end {
                        first += match end - first {
                            5 | 9.. => {
                                self.segment_5::<PITCH>(block, first, ky);
                                5
                            }
                            4 | 6..=8 => {
                                self.segment_4::<PITCH>(block, first, ky);
                                4
                            }
                            _ => {
                                self.segment_1::<PITCH>(block, first, ky);
                                1
                            }
                        };
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn with<const SIDE: usize, const PITCH: usize>(mut self) {
        let maps = self.frame.layer.output.maps;
        let mut map = 0;
        while map < maps {
            if self.frame.four(map) {
                self.spread_four::<SIDE, PITCH>(map);
                map += 4;
            } else {
                self.spread_one::<SIDE, PITCH>(map);
                map += 1;
            }
        }
    }
}

impl<T: Real, const FUSED: bool> Kernel for InputGradient<'_, T, FUSED> {
    type Output = ();
    const AVX2: bool = FUSED;
    const AVX512: bool = FUSED;

    #[inline(always)]
    fn run(self) {
        let Frame { layer, layout, .. } = self.frame;
        let by_rows = layer.kernel == 5 && layer.stride == 1 && layout.offsets.iter().all(|&offset| offset == 0);
        match (by_rows, layer.kernel, layout.pitch) {
            (true, _, 8) => self.by_rows::<8>(),
            (true, _, _) => self.by_rows::<0>(),
            (false, 5, 8) => self.with::<5, 8>(),
            (false, 5, 16) => self.with::<5, 16>(),
            (false, 3, 8) => self.with::<3, 8>(),
            _ => self.with::<0, 0>(),
        }
    }
}
