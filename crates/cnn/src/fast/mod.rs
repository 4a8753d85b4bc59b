//! The fast paths. Everything here is tested against the definitions in the layers' own files.
//!
//! Samples go through a network in chunks of 32. Convolutions and subsampling work on groups of sixteen samples, a sample a
//! lane ([`convolution`]); the dense layers above them on the chunk as one matrix product. A chunk's result does not depend
//! on the others, and chunks are added in a fixed order, so the number of threads changes no bit. Steps after every sample have
//! loops of their own ([`single`]).

mod convolution;
mod front;
mod single;
mod tail;
mod workspace;

pub(crate) use single::{Single, Update};
pub(crate) use workspace::{Batch, Masks, Mode, Source, Sum, forward};

use nn_core::Real;
use nn_core::simd::{Path, detect};

/// Samples of a group.
pub(crate) const LANES: usize = nn_core::simd::LANES;
/// Samples of a chunk.
pub(crate) const CHUNK: usize = 2 * LANES;

/// One number of every sample of a group.
pub(crate) type Lane<T> = [T; LANES];

/// Whether this CPU multiplies and adds in one instruction. The bits depend on it, so it is a property of the CPU, not of the
/// path that kernels take.
pub(crate) fn fused() -> bool {
    detect() != Path::Portable
}

#[inline(always)]
fn zero<T: Real>() -> Lane<T> {
    [T::ZERO; LANES]
}

/// sum ← sum + w x
#[inline(always)]
fn add_product<T: Real, const FUSED: bool>(sum: &mut Lane<T>, w: T, x: &Lane<T>) {
    for lane in 0..LANES {
        sum[lane] = if FUSED { w.mul_add(x[lane], sum[lane]) } else { sum[lane] + w * x[lane] };
    }
}

/// sum ← sum + x y, lane by lane
#[inline(always)]
fn add_products<T: Real, const FUSED: bool>(sum: &mut Lane<T>, x: &Lane<T>, y: &Lane<T>) {
    for lane in 0..LANES {
        sum[lane] = if FUSED { x[lane].mul_add(y[lane], sum[lane]) } else { sum[lane] + x[lane] * y[lane] };
    }
}

/// sum ← sum + x
#[inline(always)]
fn add<T: Real>(sum: &mut Lane<T>, x: &Lane<T>) {
    for lane in 0..LANES {
        sum[lane] += x[lane];
    }
}

/// The sum of the lanes as a balanced tree.
#[inline(always)]
fn total<T: Real>(sum: &Lane<T>) -> T {
    let mut sum = *sum;
    for lane in 0..8 {
        sum[lane] += sum[lane + 8];
    }
    for lane in 0..4 {
        sum[lane] += sum[lane + 4];
    }
    (sum[0] + sum[2]) + (sum[1] + sum[3])
}
