//! Scalars, through pxfm, which rounds correctly wherever it was tested: the same bits on every platform.

use super::{kernel, slice};
use crate::Real;

/// The transcendental functions of `f32` and `f64`. Implementation detail of [`crate::Real`]: call the functions of
/// [`crate::math`] instead.
#[doc(hidden)]
pub trait Transcendental: Sized {
    fn math_exp(self) -> Self;
    fn math_exp_m1(self) -> Self;
    fn math_ln(self) -> Self;
    fn math_ln_1p(self) -> Self;
    fn math_tanh(self) -> Self;
    fn math_sin(self) -> Self;
    fn math_cos(self) -> Self;
    fn math_erf(self) -> Self;
    fn math_erfc(self) -> Self;
    fn math_powf(self, exponent: Self) -> Self;
    fn math_sigmoid(self) -> Self;
    fn math_normal_cdf(self) -> Self;
    fn math_exp_map(x: Option<&[Self]>, y: &mut [Self]);
    fn math_ln_map(x: Option<&[Self]>, y: &mut [Self]);
    fn math_tanh_map(x: Option<&[Self]>, y: &mut [Self]);
    fn math_sigmoid_map(x: Option<&[Self]>, y: &mut [Self]);
    fn math_softplus_map(x: Option<&[Self]>, y: &mut [Self]);
    fn math_normal_cdf_map(x: Option<&[Self]>, y: &mut [Self]);
}

macro_rules! transcendental {
    ($type:ty, $($method:ident($($argument:ident),*) = $function:path,)*) => {
        impl Transcendental for $type {
            $(#[inline]
            fn $method(self, $($argument: Self),*) -> Self {
                $function(self, $($argument),*)
            })*
            fn math_exp_map(x: Option<&[Self]>, y: &mut [Self]) {
                slice::map(x, y, kernel::exp);
            }
            fn math_ln_map(x: Option<&[Self]>, y: &mut [Self]) {
                slice::map(x, y, kernel::ln);
            }
            fn math_tanh_map(x: Option<&[Self]>, y: &mut [Self]) {
                slice::map(x, y, kernel::tanh);
            }
            fn math_sigmoid_map(x: Option<&[Self]>, y: &mut [Self]) {
                slice::map(x, y, kernel::sigmoid);
            }
            fn math_softplus_map(x: Option<&[Self]>, y: &mut [Self]) {
                slice::map(x, y, kernel::softplus);
            }
            fn math_normal_cdf_map(x: Option<&[Self]>, y: &mut [Self]) {
                slice::map(x, y, kernel::normal_cdf);
            }
        }
    };
}

transcendental!(
    f32,
    math_exp() = pxfm::f_expf,
    math_exp_m1() = pxfm::f_expm1f,
    math_ln() = pxfm::f_logf,
    math_ln_1p() = pxfm::f_log1pf,
    math_tanh() = pxfm::f_tanhf,
    math_sin() = pxfm::f_sinf,
    math_cos() = pxfm::f_cosf,
    math_erf() = pxfm::f_erff,
    math_erfc() = pxfm::f_erfcf,
    math_powf(exponent) = pxfm::f_powf,
    math_sigmoid() = sigmoid_f32,
    math_normal_cdf() = normal_cdf_f32,
);

transcendental!(
    f64,
    math_exp() = exp_f64,
    math_exp_m1() = pxfm::f_expm1,
    math_ln() = pxfm::f_log,
    math_ln_1p() = pxfm::f_log1p,
    math_tanh() = pxfm::f_tanh,
    math_sin() = pxfm::f_sin,
    math_cos() = pxfm::f_cos,
    math_erf() = pxfm::f_erf,
    math_erfc() = pxfm::f_erfc,
    math_powf(exponent) = pxfm::f_pow,
    math_sigmoid() = sigmoid_f64,
    math_normal_cdf() = normal_cdf_f64,
);

/// pxfm 0.1.30 is wrong by up to a factor of 2 for about one in a thousand results below the smallest normal number:
/// those come from e^(x + 211), with e⁻²¹¹ because this power is almost exactly a number of the format.
fn exp_f64(x: f64) -> f64 {
    const EXP_MINUS_211: f64 = 2.311_342_571_421_719_2e-92;
    if x < -708.0 { pxfm::f_exp(x + 211.0) * EXP_MINUS_211 } else { pxfm::f_exp(x) }
}

/// In `f64`, then rounded; e^−x does not overflow where the result is not zero.
fn sigmoid_f32(x: f32) -> f32 {
    (1.0 / (1.0 + pxfm::f_exp(-f64::from(x)))) as f32
}

/// From e^−|x|, which never overflows: the quotient keeps its relative precision on both sides.
fn sigmoid_f64(x: f64) -> f64 {
    let e = exp_f64(-x.abs());
    if x < 0.0 { e / (1.0 + e) } else { 1.0 / (1.0 + e) }
}

/// In `f64`, then rounded: x/√2 keeps the bits that the tail amplifies.
fn normal_cdf_f32(x: f32) -> f32 {
    (0.5 * pxfm::f_erfc(f64::from(x) * -std::f64::consts::FRAC_1_SQRT_2)) as f32
}

/// erfc(h + l)/2 = erfc(h)/2 − exp(−h²) l/√π, where −x/√2 = h + l: without l, the tail would lose x²/2 ulp.
fn normal_cdf_f64(x: f64) -> f64 {
    /// 1/√2 = UPPER + LOWER; UPPER has 26 bits, so that its product with the upper half of x is exact.
    const UPPER: f64 = f64::from_bits(0x3fe6_a09e_6000_0000);
    const LOWER: f64 = 1.210_161_710_447_897e-8;
    /// 1/√π
    const FRAC_1_SQRT_PI: f64 = 0.5 * std::f64::consts::FRAC_2_SQRT_PI;

    let h = x * -std::f64::consts::FRAC_1_SQRT_2;
    let upper = f64::from_bits(x.to_bits() & (u64::MAX << 27));
    let l = -((upper * UPPER + h) + ((x - upper) * UPPER + x * LOWER));
    let tail = 0.5 * pxfm::f_erfc(h);
    let correction = FRAC_1_SQRT_PI * pxfm::f_exp(-h * h) * l;
    // At infinity the correction is NaN, and the first term exact.
    if correction.is_finite() { tail - correction } else { tail }
}

/// eˣ
#[inline]
pub fn exp<T: Real>(x: T) -> T {
    x.math_exp()
}

/// eˣ − 1, without cancellation near 0
#[inline]
pub fn exp_m1<T: Real>(x: T) -> T {
    x.math_exp_m1()
}

/// ln x; −∞ at 0, NaN below
#[inline]
pub fn ln<T: Real>(x: T) -> T {
    x.math_ln()
}

/// ln(1 + x), without cancellation near 0; −∞ at −1, NaN below
#[inline]
pub fn ln_1p<T: Real>(x: T) -> T {
    x.math_ln_1p()
}

/// tanh x
#[inline]
pub fn tanh<T: Real>(x: T) -> T {
    x.math_tanh()
}

/// sin x, x in radians
#[inline]
pub fn sin<T: Real>(x: T) -> T {
    x.math_sin()
}

/// cos x, x in radians
#[inline]
pub fn cos<T: Real>(x: T) -> T {
    x.math_cos()
}

/// erf x = 2/√π ∫₀ˣ exp(−t²) dt
#[inline]
pub fn erf<T: Real>(x: T) -> T {
    x.math_erf()
}

/// erfc x = 1 − erf x, without cancellation for large x
#[inline]
pub fn erfc<T: Real>(x: T) -> T {
    x.math_erfc()
}

/// xʸ; NaN for negative x and fractional y
#[inline]
pub fn powf<T: Real>(x: T, y: T) -> T {
    x.math_powf(y)
}

/// 1/(1 + e⁻ˣ)
#[inline]
pub fn sigmoid<T: Real>(x: T) -> T {
    x.math_sigmoid()
}

/// ln(1 + eˣ)
#[inline]
pub fn softplus<T: Real>(x: T) -> T {
    let hinge = if x > T::ZERO { x } else { T::ZERO };
    ln_1p(exp(-x.abs())) + hinge
}

/// Φ(x) = erfc(−x/√2)/2: the distribution function of the standard normal distribution
#[inline]
pub fn normal_cdf<T: Real>(x: T) -> T {
    x.math_normal_cdf()
}
