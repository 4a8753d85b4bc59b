//! Slices: own vector kernels, several times as fast as the scalars and less exact by an ulp or two.

use super::lane::Lane;
use crate::simd::{Kernel, dispatch};
use crate::{CoreError, Real};

/// Numbers that a kernel takes at once.
const LANES: usize = 16;
/// y ← f(x), or y ← f(y) without x. Both slices have the same length.
struct Map<'a, L, F> {
    x: Option<&'a [L]>,
    y: &'a mut [L],
    function: F,
}

impl<L: Lane, F: Fn(L) -> L> Kernel for Map<'_, L, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        // Plain loops, because a closure that is not inlined would keep the baseline's instructions.
        let (y, y_rest) = self.y.as_chunks_mut::<LANES>();
        // The rest runs through the same lanes, padded, and not number by number.
        let mut padded = [L::ZERO; LANES];
        if let Some(x) = self.x {
            let (x, x_rest) = x.as_chunks::<LANES>();
            for (x, y) in x.iter().zip(y) {
                *y = lanes(x, &self.function);
            }
            for (padded, &x) in padded.iter_mut().zip(x_rest) {
                *padded = x;
            }
        } else {
            for y in y {
                *y = lanes(y, &self.function);
            }
            for (padded, &y) in padded.iter_mut().zip(y_rest.iter()) {
                *padded = y;
            }
        }
        if !y_rest.is_empty() {
            for (y, value) in y_rest.iter_mut().zip(lanes(&padded, &self.function)) {
                *y = value;
            }
        }
    }
}

/// A loop, because `<[L; LANES]>::map` does not become vector instructions.
#[inline(always)]
fn lanes<L: Lane>(x: &[L; LANES], function: &impl Fn(L) -> L) -> [L; LANES] {
    let mut y = *x;
    for value in &mut y {
        *value = function(*value);
    }
    y
}

/// y ← f(x), or y ← f(y) without x, with the widest instructions. `x` has been checked to have the length of `y`.
#[inline]
pub(super) fn map<L: Lane>(x: Option<&[L]>, y: &mut [L], function: impl Fn(L) -> L) {
    dispatch(Map { x, y, function });
}

fn check_length<T>(x: &[T], y: &[T]) -> Result<(), CoreError> {
    if x.len() == y.len() {
        return Ok(());
    }
    Err(CoreError::Size { what: "results of a slice function", expected: x.len(), found: y.len() })
}

/// y ← eˣ
///
/// # Errors
/// [`CoreError::Size`] if the slices differ in length.
pub fn exp_slice<T: Real>(x: &[T], y: &mut [T]) -> Result<(), CoreError> {
    check_length(x, y)?;
    T::math_exp_map(Some(x), y);
    Ok(())
}

/// x ← eˣ
pub fn exp_in_place<T: Real>(x: &mut [T]) {
    T::math_exp_map(None, x);
}

/// y ← ln x; −∞ at 0, NaN below
///
/// # Errors
/// [`CoreError::Size`] if the slices differ in length.
pub fn ln_slice<T: Real>(x: &[T], y: &mut [T]) -> Result<(), CoreError> {
    check_length(x, y)?;
    T::math_ln_map(Some(x), y);
    Ok(())
}

/// x ← ln x; −∞ at 0, NaN below
pub fn ln_in_place<T: Real>(x: &mut [T]) {
    T::math_ln_map(None, x);
}

/// y ← tanh x
///
/// # Errors
/// [`CoreError::Size`] if the slices differ in length.
pub fn tanh_slice<T: Real>(x: &[T], y: &mut [T]) -> Result<(), CoreError> {
    check_length(x, y)?;
    T::math_tanh_map(Some(x), y);
    Ok(())
}

/// x ← tanh x
pub fn tanh_in_place<T: Real>(x: &mut [T]) {
    T::math_tanh_map(None, x);
}

/// y ← 1/(1 + e⁻ˣ)
///
/// # Errors
/// [`CoreError::Size`] if the slices differ in length.
pub fn sigmoid_slice<T: Real>(x: &[T], y: &mut [T]) -> Result<(), CoreError> {
    check_length(x, y)?;
    T::math_sigmoid_map(Some(x), y);
    Ok(())
}

/// x ← 1/(1 + e⁻ˣ)
pub fn sigmoid_in_place<T: Real>(x: &mut [T]) {
    T::math_sigmoid_map(None, x);
}

/// y ← ln(1 + eˣ)
///
/// # Errors
/// [`CoreError::Size`] if the slices differ in length.
pub fn softplus_slice<T: Real>(x: &[T], y: &mut [T]) -> Result<(), CoreError> {
    check_length(x, y)?;
    T::math_softplus_map(Some(x), y);
    Ok(())
}

/// x ← ln(1 + eˣ)
pub fn softplus_in_place<T: Real>(x: &mut [T]) {
    T::math_softplus_map(None, x);
}

/// y ← Φ(x), the distribution function of the standard normal distribution
///
/// # Errors
/// [`CoreError::Size`] if the slices differ in length.
pub fn normal_cdf_slice<T: Real>(x: &[T], y: &mut [T]) -> Result<(), CoreError> {
    check_length(x, y)?;
    T::math_normal_cdf_map(Some(x), y);
    Ok(())
}

/// x ← Φ(x), the distribution function of the standard normal distribution
pub fn normal_cdf_in_place<T: Real>(x: &mut [T]) {
    T::math_normal_cdf_map(None, x);
}
