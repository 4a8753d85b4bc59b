//! [`Real`]: `f32` or `f64`, and nothing else.

use crate::math::Transcendental;

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32` or `f64`. Sealed: every promise about bits and errors is tested for exactly these two.
///
/// Transcendental functions are in [`crate::math`], not here, so that a call to the platform's own
/// `exp` cannot slip in by method syntax.
pub trait Real:
    sealed::Sealed
    + Transcendental
    + nalgebra::Scalar
    + num_traits::NumAssign
    + std::ops::Neg<Output = Self>
    + Copy
    + PartialOrd
    + Default
    + std::fmt::Display
    + std::fmt::LowerExp
    + std::iter::Sum
    + Send
    + Sync
{
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// Positive infinity.
    const INFINITY: Self;
    /// Distance from 1 to the next larger number.
    const EPSILON: Self;
    /// Bytes of one number: 4 or 8.
    const BYTES: usize;

    /// The nearest number of this type; overflow gives an infinity.
    fn from_f64(value: f64) -> Self;
    /// The same value as `f64`, exact.
    fn to_f64(self) -> f64;
    /// |x|
    fn abs(self) -> Self;
    /// √x, correctly rounded; NaN below zero.
    fn sqrt(self) -> Self;
    /// x · a + b with one rounding.
    ///
    /// One instruction inside a [`Kernel`](crate::simd::Kernel) on a path with fused multiplication (AVX2 and wider), a call
    /// of the platform's library everywhere else: a kernel asks [`path`](crate::simd::path) first.
    fn mul_add(self, a: Self, b: Self) -> Self;
    /// Neither NaN nor infinite.
    fn is_finite(self) -> bool;
    /// The larger of two numbers; the other one if one is NaN.
    fn max(self, other: Self) -> Self;
    /// The smaller of two numbers; the other one if one is NaN.
    fn min(self, other: Self) -> Self;
}

macro_rules! real {
    ($type:ty, $bytes:expr) => {
        impl Real for $type {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const INFINITY: Self = <$type>::INFINITY;
            const EPSILON: Self = <$type>::EPSILON;
            const BYTES: usize = $bytes;

            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $type
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                <$type>::abs(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                <$type>::sqrt(self)
            }
            #[inline(always)]
            fn mul_add(self, a: Self, b: Self) -> Self {
                <$type>::mul_add(self, a, b)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                <$type>::is_finite(self)
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                <$type>::max(self, other)
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                <$type>::min(self, other)
            }
        }
    };
}

real!(f32, 4);
real!(f64, 8);
