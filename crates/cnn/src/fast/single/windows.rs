//! Windows that tile maps, all maps of a position side by side.

use super::octet::{Octet, add, octets};
use crate::subsampling::Windows;
use nn_core::Real;
use nn_core::simd::Kernel;

/// Sums or maxima of windows.
pub(super) struct Windowed<'a, T> {
    pub windows: Windows,
    pub below: &'a [Octet<T>],
    pub a: &'a mut [Octet<T>],
    pub maximum: bool,
}

impl<T: Real> Kernel for Windowed<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        match (self.maximum, self.windows.side, octets(self.windows.output.maps)) {
            (false, 2, 1) => self.with::<false, 2, 1>(),
            (false, 2, 2) => self.with::<false, 2, 2>(),
            (false, ..) => self.with::<false, 0, 0>(),
            (true, 2, 1) => self.with::<true, 2, 1>(),
            (true, 2, 2) => self.with::<true, 2, 2>(),
            (true, ..) => self.with::<true, 0, 0>(),
        }
    }
}

impl<T: Real> Windowed<'_, T> {
    /// Windows of `SIDE` with `BLOCKS` vectors a position, or any for 0.
    #[inline(always)]
    fn with<const MAXIMUM: bool, const SIDE: usize, const BLOCKS: usize>(self) {
        let Self { windows, below, a, .. } = self;
        let side = if SIDE == 0 { windows.side } else { SIDE };
        let blocks = if BLOCKS == 0 { octets(windows.output.maps) } else { BLOCKS };
        for (y, a) in a.chunks_exact_mut(windows.output.width * blocks).enumerate() {
            for (x, a) in a.chunks_exact_mut(blocks).enumerate() {
                let corner = (y * windows.input.width + x) * side * blocks;
                for (block, a) in a.iter_mut().enumerate() {
                    let mut result = below[corner + block];
                    for row in 0..side {
                        let values = &below[corner + row * windows.input.width * blocks..][..side * blocks];
                        for column in usize::from(row == 0)..side {
                            let value = values[column * blocks + block];
                            for lane in 0..8 {
                                result[lane] = match MAXIMUM {
                                    true if value[lane] > result[lane] => value[lane],
                                    true => result[lane],
                                    false => result[lane] + value[lane],
                                };
                            }
                        }
                    }
                    *a = result;
                }
            }
        }
    }
}

/// a = c s + b with a coefficient and a bias of every map.
pub(super) struct Weigh<'a, T> {
    pub sums: &'a [Octet<T>],
    pub coefficient: &'a [Octet<T>],
    pub bias: &'a [Octet<T>],
    pub a: &'a mut [Octet<T>],
}

impl<T: Real> Kernel for Weigh<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let blocks = self.coefficient.len();
        for (block, (coefficient, bias)) in self.coefficient.iter().zip(self.bias).enumerate() {
            let sums = self.sums[block..].iter().step_by(blocks);
            for (a, sums) in self.a[block..].iter_mut().step_by(blocks).zip(sums) {
                for lane in 0..8 {
                    a[lane] = coefficient[lane] * sums[lane] + bias[lane];
                }
            }
        }
    }
}

/// Every value of a window gets the slope of the window, times something of its map.
pub(super) struct Spread<'a, T> {
    pub windows: Windows,
    pub delta: &'a [Octet<T>],
    pub factor: &'a [Octet<T>],
    pub below: &'a mut [Octet<T>],
}

impl<T: Real> Kernel for Spread<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { windows, delta, factor, below } = self;
        let (side, blocks) = (windows.side, factor.len());
        for (y, delta) in delta.chunks_exact(windows.output.width * blocks).enumerate() {
            for (x, delta) in delta.chunks_exact(blocks).enumerate() {
                let corner = (y * windows.input.width + x) * side * blocks;
                for (block, (delta, factor)) in delta.iter().zip(factor).enumerate() {
                    let mut slope = *delta;
                    for lane in 0..8 {
                        slope[lane] *= factor[lane];
                    }
                    for row in 0..side {
                        for column in 0..side {
                            below[corner + (row * windows.input.width + column) * blocks + block] = slope;
                        }
                    }
                }
            }
        }
    }
}

/// The slopes of coefficients and biases: c ← c + Σ δ s, b ← b + Σ δ.
pub(super) struct WeighGradient<'a, T> {
    pub sums: &'a [Octet<T>],
    pub delta: &'a [Octet<T>],
    pub coefficient: &'a mut [Octet<T>],
    pub bias: &'a mut [Octet<T>],
}

impl<T: Real> Kernel for WeighGradient<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let blocks = self.coefficient.len();
        for (block, (coefficient, bias)) in self.coefficient.iter_mut().zip(self.bias).enumerate() {
            let (mut coefficients, mut biases) = (*coefficient, *bias);
            let sums = self.sums[block..].iter().step_by(blocks);
            for (sums, delta) in sums.zip(self.delta[block..].iter().step_by(blocks)) {
                for lane in 0..8 {
                    coefficients[lane] += delta[lane] * sums[lane];
                }
                add(&mut biases, delta);
            }
            (*coefficient, *bias) = (coefficients, biases);
        }
    }
}
