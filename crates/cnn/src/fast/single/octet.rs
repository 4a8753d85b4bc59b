//! Eight numbers side by side, as many as the loops of single samples take at once.

use nn_core::Real;

pub(super) type Octet<T> = [T; 8];

/// Vectors that hold so many maps.
pub(super) fn octets(maps: usize) -> usize {
    maps.div_ceil(8)
}

/// Eight neighbors.
#[inline(always)]
pub(super) fn octet<T: Real>(values: &[T], first: usize) -> Octet<T> {
    let mut octet = [T::ZERO; 8];
    octet.copy_from_slice(&values[first..][..8]);
    octet
}

/// sum ← sum + w x
#[inline(always)]
pub(super) fn add_scaled<T: Real, const FUSED: bool>(sum: &mut Octet<T>, w: T, x: &Octet<T>) {
    for lane in 0..8 {
        sum[lane] = if FUSED { w.mul_add(x[lane], sum[lane]) } else { sum[lane] + w * x[lane] };
    }
}

/// sum ← sum + x y, lane by lane
#[inline(always)]
pub(super) fn add_products<T: Real, const FUSED: bool>(sum: &mut Octet<T>, x: &Octet<T>, y: &Octet<T>) {
    for lane in 0..8 {
        sum[lane] = if FUSED { x[lane].mul_add(y[lane], sum[lane]) } else { sum[lane] + x[lane] * y[lane] };
    }
}

/// sum ← sum + x
#[inline(always)]
pub(super) fn add<T: Real>(sum: &mut Octet<T>, x: &Octet<T>) {
    for lane in 0..8 {
        sum[lane] += x[lane];
    }
}

/// The sum of the lanes as a balanced tree.
#[inline(always)]
pub(super) fn total<T: Real>(sum: &Octet<T>) -> T {
    let mut sum = *sum;
    for lane in 0..4 {
        sum[lane] += sum[lane + 4];
    }
    (sum[0] + sum[2]) + (sum[1] + sum[3])
}

/// So many windows of a slice, at these starts from an offset on.
#[inline(always)]
pub(super) fn windows<'a, T, const N: usize>(
    x: &'a [T],
    starts: &[usize; N],
    offset: usize,
    length: usize,
) -> [&'a [T]; N] {
    let mut windows = [x; N];
    for index in 0..N {
        windows[index] = &x[starts[index] + offset..][..length];
    }
    windows
}
