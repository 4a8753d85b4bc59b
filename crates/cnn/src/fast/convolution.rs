//! A convolution over sixteen samples at a time: lane l of every number belongs to sample l of the group, so that strides,
//! borders and connection tables cost nothing and no multiplication is wasted.
//!
//! Multiplication and addition are fused on CPUs that can (`FUSED`), in one order on every path: the same bits with any width
//! of vectors. Accumulators are single arrays, because an array of arrays would not stay in registers.

use super::{Lane, add_product, zero};
use crate::{Bias, Convolution};
use nn_core::Real;
use nn_core::simd::Kernel;

/// Where things lie in the padded input.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Columns of a padded map.
    pub width: usize,
    /// Values of a padded map.
    pub area: usize,
    /// For every output position the upper left corner of its window.
    pub starts: Vec<usize>,
    /// For every map below the maps that see it.
    pub seen_by: Vec<Vec<usize>>,
}

impl Plan {
    pub fn new<T: Real>(layer: &Convolution<T>) -> Self {
        let (height, width) = (layer.input.height + 2 * layer.padding, layer.input.width + 2 * layer.padding);
        let starts = (0..layer.output.positions()).map(|position| {
            let (y, x) = (position / layer.output.width, position % layer.output.width);
            (y * width + x) * layer.stride
        });
        let seen_by = (0..layer.input.maps).map(|below| {
            let sees = layer.sees.iter().enumerate();
            sees.filter(|(_, sees)| sees.contains(&below)).map(|(map, _)| map).collect()
        });
        Self { width, area: height * width, starts: starts.collect(), seen_by: seen_by.collect() }
    }
}

/// a = b + Σ w x
pub(super) struct NetInput<'a, T: Real, const FUSED: bool> {
    pub layer: &'a Convolution<T>,
    pub plan: &'a Plan,
    pub x: &'a [Lane<T>],
    pub a: &'a mut [Lane<T>],
}

impl<T: Real, const FUSED: bool> Kernel for NetInput<'_, T, FUSED> {
    type Output = ();
    const AVX2: bool = FUSED;
    const AVX512: bool = FUSED;

    #[inline(always)]
    fn run(self) {
        match self.layer.kernel {
            5 => self.with_side::<5>(),
            3 => self.with_side::<3>(),
            _ => self.with_side::<0>(),
        }
    }
}

impl<T: Real, const FUSED: bool> NetInput<'_, T, FUSED> {
    /// `SIDE` is the kernel's side, or 0 for any.
    #[inline(always)]
    fn with_side<const SIDE: usize>(self) {
        let (layer, plan) = (self.layer, self.plan);
        let positions = layer.output.positions();
        let bias = |map: usize, position: usize| match layer.bias_kind {
            Bias::Shared => layer.bias[map],
            Bias::PerUnit => layer.bias[map * positions + position],
            Bias::None => T::ZERO,
        };
        let (quads, _) = plan.starts.as_chunks::<4>();
        let side = if SIDE == 0 { layer.kernel } else { SIDE };
        // Plain loops: what a closure holds is not compiled for the wide instructions unless it happens to be inlined.
        for (map, a) in self.a.chunks_exact_mut(positions).enumerate() {
            for (quad, starts) in quads.iter().enumerate() {
                let first = 4 * quad;
                let mut s_0 = [bias(map, first); super::LANES];
                let mut s_1 = [bias(map, first + 1); super::LANES];
                let mut s_2 = [bias(map, first + 2); super::LANES];
                let mut s_3 = [bias(map, first + 3); super::LANES];
                for &below in &layer.sees[map] {
                    let weights = &layer.weight[(map * layer.input.maps + below) * side * side..][..side * side];
                    for ky in 0..side {
                        let w = &weights[ky * side..][..side];
                        let row = &self.x[below * plan.area + ky * plan.width..];
                        let (x_0, x_1) = (&row[starts[0]..][..side], &row[starts[1]..][..side]);
                        let (x_2, x_3) = (&row[starts[2]..][..side], &row[starts[3]..][..side]);
                        for kx in 0..side {
                            add_product::<T, FUSED>(&mut s_0, w[kx], &x_0[kx]);
                            add_product::<T, FUSED>(&mut s_1, w[kx], &x_1[kx]);
                            add_product::<T, FUSED>(&mut s_2, w[kx], &x_2[kx]);
                            add_product::<T, FUSED>(&mut s_3, w[kx], &x_3[kx]);
                        }
                    }
                }
                a[first] = s_0;
                a[first + 1] = s_1;
                a[first + 2] = s_2;
                a[first + 3] = s_3;
            }
            for (position, a) in a.iter_mut().enumerate().skip(4 * quads.len()) {
                let mut sum = [bias(map, position); super::LANES];
                for &below in &layer.sees[map] {
                    let weights = &layer.weight[(map * layer.input.maps + below) * side * side..][..side * side];
                    for ky in 0..side {
                        let w = &weights[ky * side..][..side];
                        let x = &self.x[below * plan.area + ky * plan.width + plan.starts[position]..][..side];
                        for kx in 0..side {
                            add_product::<T, FUSED>(&mut sum, w[kx], &x[kx]);
                        }
                    }
                }
                *a = sum;
            }
        }
    }
}

/// g ← g + Σ δ x over positions and samples, for weights; for biases g ← g + Σ δ.
pub(super) struct WeightGradient<'a, T: Real, const FUSED: bool> {
    pub layer: &'a Convolution<T>,
    pub plan: &'a Plan,
    pub x: &'a [Lane<T>],
    pub delta: &'a [Lane<T>],
    pub weight: &'a mut [T],
    pub bias: &'a mut [T],
}

/// Σ δ x of neighboring places of a kernel row.
macro_rules! taps {
    ($name:ident, $count:literal, $($sum:ident $tap:literal),*) => {
        #[inline(always)]
        fn $name<T: Real, const FUSED: bool>(
            delta: &[Lane<T>],
            x: &[Lane<T>],
            (width, stride, row_step): (usize, usize, usize),
            gradient: &mut [T],
        ) {
            $(let mut $sum = zero::<T>();)*
            for (y, delta) in delta.chunks_exact(width).enumerate() {
                let x = &x[y * row_step..][..(width - 1) * stride + $count];
                for (position, delta) in delta.iter().enumerate() {
                    let x = &x[position * stride..][..$count];
                    $(super::add_products::<T, FUSED>(&mut $sum, delta, &x[$tap]);)*
                }
            }
            // The compiler must not see loop and tree together: it would build its vectors across the sums.
            $(gradient[$tap] += super::total(&std::hint::black_box($sum));)*
        }
    };
}

taps!(taps_5, 5, s_0 0, s_1 1, s_2 2, s_3 3, s_4 4);
taps!(taps_4, 4, s_0 0, s_1 1, s_2 2, s_3 3);
taps!(taps_3, 3, s_0 0, s_1 1, s_2 2);
taps!(taps_2, 2, s_0 0, s_1 1);
taps!(taps_1, 1, s_0 0);

impl<T: Real, const FUSED: bool> Kernel for WeightGradient<'_, T, FUSED> {
    type Output = ();
    const AVX2: bool = FUSED;
    const AVX512: bool = FUSED;

    #[inline(always)]
    fn run(self) {
        let (layer, plan, side) = (self.layer, self.plan, self.layer.kernel);
        let positions = layer.output.positions();
        let steps = (layer.output.width, layer.stride, layer.stride * plan.width);
        for (map, delta) in self.delta.chunks_exact(positions).enumerate() {
            match layer.bias_kind {
                Bias::Shared => {
                    let mut sum = zero::<T>();
                    for delta in delta {
                        super::add(&mut sum, delta);
                    }
                    self.bias[map] += super::total(&sum);
                }
                Bias::PerUnit => {
                    let bias = &mut self.bias[map * positions..][..positions];
                    for (bias, delta) in bias.iter_mut().zip(delta) {
                        *bias += super::total(delta);
                    }
                }
                Bias::None => {}
            }
            for &below in &layer.sees[map] {
                let gradient = &mut self.weight[(map * layer.input.maps + below) * side * side..][..side * side];
                for (ky, gradient) in gradient.chunks_exact_mut(side).enumerate() {
                    let row = below * plan.area + ky * plan.width;
                    for (block, gradient) in gradient.chunks_mut(5).enumerate() {
                        let x = &self.x[row + 5 * block..];
                        match gradient.len() {
                            5 => taps_5::<T, FUSED>(delta, x, steps, gradient),
                            4 => taps_4::<T, FUSED>(delta, x, steps, gradient),
                            3 => taps_3::<T, FUSED>(delta, x, steps, gradient),
                            2 => taps_2::<T, FUSED>(delta, x, steps, gradient),
                            _ => taps_1::<T, FUSED>(delta, x, steps, gradient),
                        }
                    }
                }
            }
        }
    }
}

/// ∂E/∂x ← ∂E/∂x + Σ w δ, into the padded form of the input: four maps at a time spread their deltas over their windows.
pub(super) struct InputGradient<'a, T: Real, const FUSED: bool> {
    pub layer: &'a Convolution<T>,
    pub plan: &'a Plan,
    pub delta: &'a [Lane<T>],
    pub below: &'a mut [Lane<T>],
}

/// The part of some maps that see one map below.
macro_rules! spread {
    ($name:ident, $count:literal, $($delta:ident $place:literal),*) => {
        #[inline(always)]
        fn $name<T: Real, const FUSED: bool>(
            layer: &Convolution<T>,
            plan: &Plan,
            below: usize,
            maps: &[usize],
            deltas: &[Lane<T>],
            slope: &mut [Lane<T>],
            weights: &mut Vec<[T; $count]>,
        ) {
            let (side, positions) = (layer.kernel, layer.output.positions());
            weights.clear();
            weights.extend((0..side * side).map(|place| [$(layer.kernel_of(maps[$place], below)[place]),*]));
            $(let $delta = &deltas[maps[$place] * positions..][..positions];)*
            for (position, &start) in plan.starts.iter().enumerate() {
                $(let $delta = $delta[position];)*
                for (ky, weights) in weights.chunks_exact(side).enumerate() {
                    let row = &mut slope[start + ky * plan.width..][..side];
                    for (value, w) in row.iter_mut().zip(weights) {
                        let mut sum = *value;
                        $(add_product::<T, FUSED>(&mut sum, w[$place], &$delta);)*
                        *value = sum;
                    }
                }
            }
        }
    };
}

spread!(spread_4, 4, d_0 0, d_1 1, d_2 2, d_3 3);
spread!(spread_2, 2, d_0 0, d_1 1);
spread!(spread_1, 1, d_0 0);

impl<T: Real, const FUSED: bool> Kernel for InputGradient<'_, T, FUSED> {
    type Output = ();
    const AVX2: bool = FUSED;
    const AVX512: bool = FUSED;

    #[inline(always)]
    fn run(self) {
        let (layer, plan) = (self.layer, self.plan);
        let (mut four, mut two, mut one) = (Vec::new(), Vec::new(), Vec::new());
        for (below, slope) in self.below.chunks_exact_mut(plan.area).enumerate() {
            let mut maps = &plan.seen_by[below][..];
            while !maps.is_empty() {
                let count = match maps.len() {
                    4.. => {
                        spread_4::<T, FUSED>(layer, plan, below, maps, self.delta, slope, &mut four);
                        4
                    }
                    2.. => {
                        spread_2::<T, FUSED>(layer, plan, below, maps, self.delta, slope, &mut two);
                        2
                    }
                    _ => {
                        spread_1::<T, FUSED>(layer, plan, below, maps, self.delta, slope, &mut one);
                        1
                    }
                };
                maps = &maps[count..];
            }
        }
    }
}
