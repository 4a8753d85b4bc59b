//! The only way to a transcendental function.
//!
//! Scalars (`exp(x)`) and slices (`exp_slice(x, y)`, `exp_in_place(x)`), each with the same bits on every platform and,
//! for slices, on every instruction set ([`crate::simd::Path`]), length and position.
//!
//! **Slice and scalar differ in the last bits.** A model uses one of the two in its online and its batch path, or a
//! batch of one sample will not equal the online step.
//!
//! The largest errors in ulp (units in the last place of the exact value); 0.5 is a correctly rounded result.
//!
//! | function | scalar `f32` | scalar `f64` | slice `f32` | slice `f64` |
//! |---|---|---|---|---|
//! | [`exp`] | 0.5 | 0.5; subnormal 1 | 1 | 1 |
//! | [`ln`] | 0.5 | 0.5 | 1 | 1 |
//! | [`exp_m1`], [`ln_1p`], [`sin`], [`cos`], [`erf`], [`erfc`], [`powf`] | 0.5 | 0.5 | | |
//! | [`tanh`] | 0.5 | 0.5 | 2.5 | 3 |
//! | [`sigmoid`] | 0.5 | 2.5 | 2.5 | 3 |
//! | [`softplus`] | 1.5 | 2 | 3 | 3.5 |
//! | [`normal_cdf`] | 0.5 | 1.5 | 5.5 | 6 |
//!
//! They hold over the whole range, the far tails and subnormal results included: everything is relative to the result,
//! Φ(−38) = 2.9·10⁻³¹⁶ not excepted. Where they come from: the `f32` columns of the functions that have a slice form
//! are measured over every argument between 2⁻³⁰ and 2⁹ of both signs and a part of the others (one argument of `exp`,
//! −0.0073525836, rounds wrongly, at 0.500000005 ulp; [`normal_cdf_slice`]: every third argument); the rest is measured on samples, against `mpmath` and, where the
//! scalar is correctly rounded, against the scalar. The tests repeat a part of it.
//!
//! Edges, scalar and slice alike: NaN gives NaN (of any sign and payload), infinities give the limits, a zero keeps its
//! sign where the function is odd, overflow gives an infinity and underflow subnormal numbers, then zero.
//!
//! ```
//! use nn_core::math;
//!
//! let net_input = [-1.0_f32, 0.0, 1.0];
//! let mut output = [0.0; 3];
//! math::sigmoid_slice(&net_input, &mut output)?;
//! assert_eq!(output[1], 0.5);
//! assert!((output[2] - math::sigmoid(1.0)).abs() <= 2e-7);
//! # Ok::<(), nn_core::CoreError>(())
//! ```

mod kernel;
mod lane;
mod scalar;
mod slice;

pub use scalar::{
    Transcendental, cos, erf, erfc, exp, exp_m1, ln, ln_1p, normal_cdf, powf, sigmoid, sin, softplus, tanh,
};
pub use slice::{
    exp_in_place, exp_slice, ln_in_place, ln_slice, normal_cdf_in_place, normal_cdf_slice, sigmoid_in_place,
    sigmoid_slice, softplus_in_place, softplus_slice, tanh_in_place, tanh_slice,
};
