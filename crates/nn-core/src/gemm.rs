//! The only way to a matrix product: C ← α op(A) op(B) + β C.

use crate::simd::{Kernel, LANES, axpy_lanes, dispatch, dot_4, reduce};
use crate::{CoreError, Real, View, ViewMut};
use nalgebra::{DMatrixView, DMatrixViewMut, Dyn};

/// A product with a side of this length or less is computed by this module's own loops.
const SMALL: usize = 5;

/// Up to so many multiplications, the loops of [`Small`] cost more than their sums.
const TINY: usize = 64;

/// Columns shorter than this are added element by element: a vector loop would cost more than it saves. Same bits.
const SHORT: usize = 8;

/// C ← α op(A) op(B) + β C, where op transposes what was [`View::transposed`]. C is not read when β is 0.
///
/// Shapes: op(A) is m × k, op(B) is k × n, C is m × n. Arithmetic, and with it the bits, depends on the shapes alone:
/// - m, n and k above 5: every element is a sum over k in ascending order, in blocks of 256, with fused multiplication
///   and addition where the CPU has it (matrixmultiply's kernels). The bits of an element do not depend on the other
///   columns of C, so a product may be split by columns of C, 6 or more a piece, and not on the width of the CPU's vectors.
/// - otherwise, one contiguous column against another (op(A) transposed, op(B) not): the 16 lanes of [`crate::simd::dot`],
///   or for k below 16 the plain sum; every other case: the plain sum over ascending k. No fused rounding.
///
/// Nothing is allocated when α is 1 or a side is short; else α goes into a copy of B first.
///
/// # Errors
/// [`CoreError::Size`] when the shapes do not fit.
///
/// ```
/// use nn_core::{Matrix, gemm};
///
/// let a = Matrix::from_row_slice(2, 3, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// let mut c = Matrix::zeros(3, 3);
/// gemm(1.0, nn_core::View::from(&a).transposed(), &a, 0.0, &mut c)?; // c = aᵀ a
/// assert_eq!(c[(0, 2)], 1.0 * 3.0 + 4.0 * 6.0);
/// # Ok::<(), nn_core::CoreError>(())
/// ```
pub fn gemm<'a, T: Real>(
    alpha: T,
    a: impl Into<View<'a, T>>,
    b: impl Into<View<'a, T>>,
    beta: T,
    c: impl Into<ViewMut<'a, T>>,
) -> Result<(), CoreError> {
    let (a, b, c) = (a.into(), b.into(), c.into());
    let (m, k, n) = (a.nrows(), a.ncols(), b.ncols());
    let check = |what, expected, found| match expected == found {
        true => Ok(()),
        false => Err(CoreError::Size { what, expected, found }),
    };
    check("rows of the second factor", k, b.nrows())?;
    check("rows of the product", m, c.nrows())?;
    check("columns of the product", n, c.ncols())?;
    if m > SMALL && n > SMALL && k > SMALL {
        large(alpha, a, b, beta, c);
        return Ok(());
    }
    if m * n * k <= TINY {
        tiny(alpha, a, b, beta, c);
    } else {
        dispatch(Small { alpha, a, b, beta, c });
    }
    Ok(())
}

/// Matrixmultiply multiplies by α and β with one rounding inside a full tile and with two at the edges of C, and its tiles
/// are as wide as the CPU's vectors. With α = 1 and β = 0 or 1 both are exact, and the bits the same everywhere.
fn large<T: Real>(alpha: T, a: View<'_, T>, b: View<'_, T>, beta: T, c: ViewMut<'_, T>) {
    if alpha != T::ONE {
        let scaled: Vec<T> = b.values.iter().map(|&value| alpha * value).collect();
        return large(T::ONE, a, View { values: &scaled, ..b }, beta, c);
    }
    let kept = if beta == T::ZERO { T::ZERO } else { T::ONE };
    if kept == T::ONE {
        scale(beta, c.values);
    }
    let mut c = DMatrixViewMut::from_slice(c.values, c.rows, c.columns);
    c.gemm(T::ONE, &strided(a), &strided(b), kept);
}

/// The operand as nalgebra's view with strides: the transposed view keeps the fast product, `tr_mul` does not.
fn strided<T: Real>(view: View<'_, T>) -> DMatrixView<'_, T, Dyn, Dyn> {
    let (rows, columns) = (Dyn(view.nrows()), Dyn(view.ncols()));
    let (step, jump) = if view.transposed { (view.stride, 1) } else { (1, view.stride) };
    DMatrixView::from_slice_with_strides_generic(view.values, rows, columns, Dyn(step), Dyn(jump))
}

/// The arithmetic of [`Small`], for products so small that a loop would cost more than what is in it: short sides are arrays.
fn tiny<T: Real>(alpha: T, a: View<'_, T>, b: View<'_, T>, beta: T, c: ViewMut<'_, T>) {
    let whole = a.stride == a.rows && (beta == T::ZERO || beta == T::ONE);
    match (a.transposed, b.transposed, a.rows) {
        (true, false, 1) if whole => tiny_dots::<T, 1>(alpha, a, b, beta, c),
        (true, false, 2) if whole => tiny_dots::<T, 2>(alpha, a, b, beta, c),
        (true, false, 3) if whole => tiny_dots::<T, 3>(alpha, a, b, beta, c),
        (true, false, 4) if whole => tiny_dots::<T, 4>(alpha, a, b, beta, c),
        (false, _, 1) if whole => tiny_columns::<T, 1>(alpha, a, b, beta, c),
        (false, _, 2) if whole => tiny_columns::<T, 2>(alpha, a, b, beta, c),
        (false, _, 3) if whole => tiny_columns::<T, 3>(alpha, a, b, beta, c),
        (false, _, 4) if whole => tiny_columns::<T, 4>(alpha, a, b, beta, c),
        _ => tiny_elements(alpha, a, b, beta, c),
    }
}

/// op(A) transposed, op(B) not, k = K, β 0 or 1: columns of A against columns of B.
fn tiny_dots<T: Real, const K: usize>(alpha: T, a: View<'_, T>, b: View<'_, T>, beta: T, c: ViewMut<'_, T>) {
    let (columns, _) = a.values.as_chunks::<K>();
    let (mut c, mut at_b) = (c.values.iter_mut(), 0);
    for _ in 0..b.columns {
        let Some(column) = b.values[at_b..].first_chunk::<K>() else { return };
        for (a, c) in columns.iter().zip(c.by_ref()) {
            let sum = alpha * a.iter().zip(column).fold(T::ZERO, |sum, (&a, &b)| sum + a * b);
            *c = if beta == T::ZERO { T::ZERO + sum } else { *c + sum };
        }
        at_b += b.stride;
    }
}

/// op(A) not transposed, m = M, β 0 or 1: columns of C, each a sum of columns of A.
fn tiny_columns<T: Real, const M: usize>(alpha: T, a: View<'_, T>, b: View<'_, T>, beta: T, c: ViewMut<'_, T>) {
    let (step_b, next_b) = if b.transposed { (b.stride, 1) } else { (1, b.stride) };
    let (columns, _) = a.values.as_chunks::<M>();
    let (sums, _) = c.values.as_chunks_mut::<M>();
    let mut first = 0;
    for c in sums {
        let mut sum = if beta == T::ZERO { [T::ZERO; M] } else { *c };
        let mut at_b = first;
        for column in columns {
            let factor = alpha * b.values[at_b];
            sum.iter_mut().zip(column).for_each(|(sum, &a)| *sum += factor * a);
            at_b += step_b;
        }
        *c = sum;
        first += next_b;
    }
}

/// All other products, element by element.
fn tiny_elements<T: Real>(alpha: T, a: View<'_, T>, b: View<'_, T>, beta: T, c: ViewMut<'_, T>) {
    let k = a.ncols();
    let (step_a, next_a) = if a.transposed { (1, a.stride) } else { (a.stride, 1) };
    let (step_b, next_b) = if b.transposed { (b.stride, 1) } else { (1, b.stride) };
    // Where both factors run along memory, α multiplies the sum; elsewhere it multiplies B.
    let (inner, outer) = if a.transposed { (T::ONE, alpha) } else { (alpha, T::ONE) };
    for (j, c) in c.values.chunks_exact_mut(c.rows.max(1)).enumerate() {
        for (i, c) in c.iter_mut().enumerate() {
            let (mut at_a, mut at_b) = (i * next_a, j * next_b);
            let kept = kept(beta, *c);
            let mut sum = if a.transposed { T::ZERO } else { kept };
            for _ in 0..k {
                sum += (inner * b.values[at_b]) * a.values[at_a];
                at_a += step_a;
                at_b += step_b;
            }
            *c = if a.transposed { kept + outer * sum } else { sum };
        }
    }
}

/// β c, where 0 forgets whatever c is.
#[inline(always)]
fn kept<T: Real>(beta: T, c: T) -> T {
    if beta == T::ZERO { T::ZERO } else { beta * c }
}

/// A product with a short side.
struct Small<'a, T> {
    alpha: T,
    a: View<'a, T>,
    b: View<'a, T>,
    beta: T,
    c: ViewMut<'a, T>,
}

impl<T: Real> Kernel for Small<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { alpha, a, b, beta, c } = self;
        let (m, k) = (c.rows, a.ncols());
        if m == 0 {
            return;
        }
        for (j, c) in c.values.chunks_exact_mut(m).enumerate() {
            scale(beta, c);
            match (a.transposed, b.transposed) {
                (true, false) => columns_by_column(alpha, a, &b.values[j * b.stride..][..k], c),
                (false, _) => {
                    let factor = |p: usize| {
                        alpha * if b.transposed { b.values[p * b.stride + j] } else { b.values[j * b.stride + p] }
                    };
                    if m < SHORT {
                        for (i, c) in c.iter_mut().enumerate() {
                            *c = (0..k).fold(*c, |sum, p| sum + factor(p) * a.values[p * a.stride + i]);
                        }
                        continue;
                    }
                    for p in 0..k {
                        axpy_lanes(factor(p), &a.values[p * a.stride..][..m], c);
                    }
                }
                (true, true) => {
                    for (i, c) in c.iter_mut().enumerate() {
                        let terms = (0..k).map(|p| a.values[i * a.stride + p] * b.values[p * b.stride + j]);
                        *c += alpha * terms.fold(T::ZERO, |sum, term| sum + term);
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn scale<T: Real>(beta: T, c: &mut [T]) {
    if beta == T::ZERO {
        c.fill(T::ZERO);
    } else if beta != T::ONE {
        c.iter_mut().for_each(|c| *c *= beta);
    }
}

/// cᵢ ← cᵢ + α aᵢ · b, for the columns aᵢ of a.
#[inline(always)]
fn columns_by_column<T: Real>(alpha: T, a: View<'_, T>, b: &[T], c: &mut [T]) {
    let k = b.len();
    let column = |i: usize| &a.values[i * a.stride..][..k];
    if k < LANES {
        for (i, c) in c.iter_mut().enumerate() {
            let terms = column(i).iter().zip(b).map(|(&a, &b)| a * b);
            *c += alpha * terms.fold(T::ZERO, |sum, term| sum + term);
        }
        return;
    }
    let (fours, rest) = c.as_chunks_mut::<4>();
    for (four, c) in fours.iter_mut().enumerate() {
        let dots = dot_4([0, 1, 2, 3].map(|i| column(four * 4 + i)), b);
        for i in 0..4 {
            c[i] += alpha * dots[i];
        }
    }
    for (i, c) in rest.iter_mut().enumerate() {
        *c += alpha * reduce(column(fours.len() * 4 + i), b, |x, y| x * y);
    }
}
