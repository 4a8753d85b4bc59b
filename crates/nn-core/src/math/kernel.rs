//! One lane of every slice function: no branch, no fused rounding, additions, multiplications and at most one division
//! in a fixed order, so that a loop over lanes becomes vector instructions and every width gives the same bits.

use super::lane::Lane;

/// Σ cₖ xᵏ, the highest power first in the slice: Horner's rule in x² for the even and for the odd powers, two chains
/// that the CPU works on at the same time.
#[inline(always)]
fn polynomial<L: Lane>(x: L, coefficients: &[L]) -> L {
    let square = x * x;
    let (mut even, mut odd) = (L::ZERO, L::ZERO);
    for (index, &coefficient) in coefficients.iter().enumerate() {
        let power = coefficients.len() - 1 - index;
        let sum = if power.is_multiple_of(2) { &mut even } else { &mut odd };
        *sum = if index < 2 { coefficient } else { *sum * square + coefficient };
    }
    odd * x + even
}

/// The smaller of x and a bound; NaN stays NaN.
#[inline(always)]
fn at_most<L: Lane>(x: L, bound: L) -> L {
    if x > bound { bound } else { x }
}

/// The larger of x and a bound; NaN stays NaN.
#[inline(always)]
fn at_least<L: Lane>(x: L, bound: L) -> L {
    if x < bound { bound } else { x }
}

/// (r, s) with x = r + n ln 2, |r| ≤ ln 2/2 and s = n + `ROUNDER`.
#[inline(always)]
fn reduced<L: Lane>(x: L) -> (L, L) {
    let shifted = x * L::LOG2_E + L::ROUNDER;
    let n = shifted - L::ROUNDER;
    ((x - n * L::LN2_UPPER) - n * L::LN2_LOWER, shifted)
}

/// eʳ − 1 for |r| ≤ ln 2/2
#[inline(always)]
fn exp_m1_reduced<L: Lane>(r: L) -> L {
    r + r * r * polynomial(r, L::EXP)
}

/// eˣ for x within the two bounds of the format.
#[inline(always)]
fn exp_bounded<L: Lane>(x: L) -> L {
    let (r, shifted) = reduced(x);
    let (one_half, other_half) = L::power_of_two_halves(shifted);
    (L::ONE + exp_m1_reduced(r)) * one_half * other_half
}

/// e^−|x|
#[inline(always)]
fn exp_of_minus_magnitude<L: Lane>(x: L) -> L {
    exp_bounded(at_least(-x.abs(), L::EXP_LOWEST))
}

/// eˣ
#[inline(always)]
pub(super) fn exp<L: Lane>(x: L) -> L {
    exp_bounded(at_most(at_least(x, L::EXP_LOWEST), L::EXP_HIGHEST))
}

/// ln x = n ln 2 + ln m; ln m by the series in s = f/(2 + f), f = m − 1, arranged so that f enters unrounded.
#[inline(always)]
pub(super) fn ln<L: Lane>(x: L) -> L {
    let half = L::from_f64(0.5);
    let (m, n) = x.mantissa_and_exponent();
    let f = m - L::ONE;
    let s = f / (L::ONE + L::ONE + f);
    let z = s * s;
    let h = half * f * f;
    let finite = n * L::LN2_UPPER - ((h - (s * (h + z * polynomial(z, L::LN)) + n * L::LN2_LOWER)) - f);
    let above_zero = if x < L::INFINITY { finite } else { x };
    let at_zero = if x == L::ZERO { -L::INFINITY } else { L::from_f64(f64::NAN) };
    if x > L::ZERO { above_zero } else { at_zero }
}

/// tanh x = t/(t + 2) with t = e^2|x| − 1 = 2ⁿ p + (2ⁿ − 1), then the sign of x.
#[inline(always)]
pub(super) fn tanh<L: Lane>(x: L) -> L {
    let (r, shifted) = reduced(at_most(x.abs() + x.abs(), L::TANH_HIGHEST));
    let scale = L::power_of_two(shifted);
    let t = scale * exp_m1_reduced(r) + (scale - L::ONE);
    (t / (t + (L::ONE + L::ONE))).with_sign_of(x)
}

/// 1/(1 + e⁻ˣ), from e^−|x|, which never overflows.
#[inline(always)]
pub(super) fn sigmoid<L: Lane>(x: L) -> L {
    let e = exp_of_minus_magnitude(x);
    let numerator = if x < L::ZERO { e } else { L::ONE };
    numerator / (L::ONE + e)
}

/// ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|)
#[inline(always)]
pub(super) fn softplus<L: Lane>(x: L) -> L {
    let half = L::from_f64(0.5);
    let e = exp_of_minus_magnitude(x);
    let s = e / (L::ONE + half * e);
    let z = s * s;
    let hinge = if x > L::ZERO { x } else { L::ZERO };
    hinge + (s + s * (z * polynomial(z, L::LN_1P)))
}

/// Φ(x); the lower tail is exp(−u²/2) t P(t), u = |x|, with u² as an exact square and a small rest.
#[inline(always)]
pub(super) fn normal_cdf<L: Lane>(x: L) -> L {
    let half = L::from_f64(0.5);
    let u = at_most(x.abs(), L::CDF_HIGHEST);
    let upper = u.upper_half();
    let (r, shifted) = reduced(-half * (upper * upper));
    let exp = L::ONE + exp_m1_reduced(r - half * ((u - upper) * (u + upper)));
    let quarter = L::from_f64(0.25) * u;
    let t = L::ONE / (L::ONE + quarter);
    let (one_half, other_half) = L::power_of_two_halves(shifted);
    let tail = exp * (t * polynomial(L::from_f64(0.75) - quarter * t, L::TAIL)) * one_half * other_half;
    if x > L::ZERO { L::ONE - tail } else { tail }
}
