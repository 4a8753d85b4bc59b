//! The matrix product against its definition, over shapes, transposes, factors, and splits.

use nn_core::{Matrix, Real, Stream, View, ViewMut, gemm};
use proptest::prelude::*;

fn random<T: Real>(rows: usize, columns: usize, stream: &mut Stream) -> Matrix<T> {
    let mut matrix = Matrix::zeros(rows, columns);
    stream.fill_normal(matrix.as_mut_slice(), 0.0, 1.0);
    matrix
}

fn operand<T: Real>(matrix: &Matrix<T>, transposed: bool) -> View<'_, T> {
    if transposed { View::from(matrix).transposed() } else { matrix.into() }
}

/// Stored so that op(A) is rows × columns.
fn stored<T: Real>(rows: usize, columns: usize, transposed: bool, stream: &mut Stream) -> Matrix<T> {
    if transposed { random(columns, rows, stream) } else { random(rows, columns, stream) }
}

fn by_definition(alpha: f64, a: &Matrix<f64>, b: &Matrix<f64>, beta: f64, c: &Matrix<f64>) -> Matrix<f64> {
    Matrix::from_fn(a.nrows(), b.ncols(), |i, j| {
        let sum: f64 = (0..a.ncols()).map(|p| a[(i, p)] * b[(p, j)]).sum();
        alpha * sum + if beta == 0.0 { 0.0 } else { beta * c[(i, j)] }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_product_is_the_sum_of_products(
        (m, n, k) in (0..40_usize, 0..40_usize, 0..40_usize),
        (transpose_a, transpose_b) in (any::<bool>(), any::<bool>()),
        alpha in prop_oneof![Just(1.0), Just(-0.25), Just(0.0)],
        beta in prop_oneof![Just(0.0), Just(1.0), Just(0.5)],
        seed in any::<u64>(),
    ) {
        let mut stream = Stream::new(seed);
        let a = stored::<f64>(m, k, transpose_a, &mut stream);
        let b = stored::<f64>(k, n, transpose_b, &mut stream);
        // With beta 0 the old product must not be read: a NaN would spread.
        let c = if beta == 0.0 { Matrix::repeat(m, n, f64::NAN) } else { random(m, n, &mut stream) };
        let plain = |matrix: &Matrix<f64>, transposed| if transposed { matrix.transpose() } else { matrix.clone() };
        let expected = by_definition(alpha, &plain(&a, transpose_a), &plain(&b, transpose_b), beta, &c);
        let mut product = c;
        gemm(alpha, operand(&a, transpose_a), operand(&b, transpose_b), beta, &mut product).unwrap();
        for (found, expected) in product.iter().zip(&expected) {
            prop_assert!((found - expected).abs() <= 1e-13 * (1.0 + k as f64), "{found} instead of {expected}");
        }
    }

    /// What makes splitting over threads safe: an element's bits do not depend on the other columns of the product.
    #[test]
    fn a_product_split_by_columns_has_the_same_bits(
        (m, n, k) in (6..70_usize, 12..90_usize, 6..600_usize),
        (transpose_a, transpose_b) in (any::<bool>(), any::<bool>()),
        (alpha, beta) in prop_oneof![Just((1.0, 0.0)), Just((1.0, 1.0)), Just((-0.03, 1.0)), Just((0.7, 0.9))],
        cut in 0.0..1.0,
        seed in any::<u64>(),
    ) {
        split_by_columns::<f32>(m, n, k, transpose_a, transpose_b, alpha, beta, cut, seed)?;
        split_by_columns::<f64>(m, n, k, transpose_a, transpose_b, alpha, beta, cut, seed)?;
    }
}

#[allow(clippy::too_many_arguments)] // one case of the property above
fn split_by_columns<T: Real>(
    m: usize,
    n: usize,
    k: usize,
    transpose_a: bool,
    transpose_b: bool,
    alpha: f64,
    beta: f64,
    cut: f64,
    seed: u64,
) -> Result<(), TestCaseError> {
    let mut stream = Stream::new(seed);
    let (alpha, beta) = (T::from_f64(alpha), T::from_f64(beta));
    let a = stored::<T>(m, k, transpose_a, &mut stream);
    let b = stored::<T>(k, n, transpose_b, &mut stream);
    let c = random::<T>(m, n, &mut stream);
    let mut whole = c.clone();
    gemm(alpha, operand(&a, transpose_a), operand(&b, transpose_b), beta, &mut whole).unwrap();

    let cut = 6 + (cut * (n - 12) as f64) as usize;
    let mut split = c;
    let (left, right) = split.as_mut_slice().split_at_mut(m * cut);
    for (columns, values) in [(0..cut, left), (cut..n, right)] {
        let part = if transpose_b {
            Matrix::from_fn(columns.len(), k, |j, p| b[(columns.start + j, p)])
        } else {
            b.columns(columns.start, columns.len()).into_owned()
        };
        let values = ViewMut::new(m, columns.len(), values).unwrap();
        gemm(alpha, operand(&a, transpose_a), operand(&part, transpose_b), beta, values).unwrap();
    }
    prop_assert!(whole == split, "{m} x {k} x {n}, cut at {cut}");
    Ok(())
}

#[test]
fn shapes_that_do_not_fit_are_errors() {
    let (a, b, mut c) = (Matrix::<f64>::zeros(3, 4), Matrix::zeros(5, 2), Matrix::zeros(3, 2));
    let error = gemm(1.0, &a, &b, 0.0, &mut c).unwrap_err();
    assert_eq!(error.to_string(), "rows of the second factor: expected 4, found 5");
    let b = Matrix::zeros(4, 3);
    let error = gemm(1.0, &a, &b, 0.0, &mut c).unwrap_err();
    assert_eq!(error.to_string(), "columns of the product: expected 3, found 2");
    let mut c = Matrix::zeros(2, 3);
    assert_eq!(gemm(1.0, &a, &b, 0.0, &mut c).unwrap_err().to_string(), "rows of the product: expected 3, found 2");
}

#[test]
fn a_view_must_hold_rows_times_columns() {
    let error = View::new(3, 4, &[0.0_f32; 11]).unwrap_err();
    assert_eq!(error.to_string(), "values of a matrix: expected 12, found 11");
    assert!(View::new(usize::MAX, 2, &[0.0_f32; 2]).is_err());
    let matrix = Matrix::<f64>::zeros(3, 4);
    let view = View::from(&matrix);
    assert_eq!(view.columns(1..3).unwrap().ncols(), 2);
    assert_eq!(view.columns(1..5).unwrap_err().to_string(), "columns of a matrix: expected 4, found 5");
    assert!(view.transposed().columns(0..1).is_err());
    assert_eq!(view.rows(1..3).unwrap().nrows(), 2);
    assert_eq!(view.rows(2..4).unwrap_err().to_string(), "rows of a matrix: expected 3, found 4");
    assert_eq!(view.columns(4..4).unwrap().ncols(), 0);
}

#[test]
fn rows_and_columns_of_a_matrix_multiply_like_copies() {
    let mut stream = Stream::new(3).named("rows");
    for (from, to) in [(2, 5), (1, 30), (0, 1)] {
        for transpose in [false, true] {
            let (a, b) = (random::<f64>(40, 35, &mut stream), random::<f64>(35, 40, &mut stream));
            let part = View::from(&a).columns(3..33).unwrap().rows(from..to).unwrap();
            let copy = a.view((from, 3), (to - from, 30)).into_owned();
            let b = b.view((0, 0), (if transpose { to - from } else { 30 }, 9)).into_owned();
            let (rows, columns) = (if transpose { 30 } else { to - from }, 9);
            let (mut found, mut expected) = (Matrix::zeros(rows, columns), Matrix::zeros(rows, columns));
            gemm(1.0, if transpose { part.transposed() } else { part }, &b, 0.0, &mut found).unwrap();
            gemm(1.0, operand(&copy, transpose), &b, 0.0, &mut expected).unwrap();
            assert_eq!(found, expected);
            let mut by_row = Matrix::zeros(9, to - from);
            let mut expected = Matrix::zeros(9, to - from);
            let c = random::<f64>(9, 30, &mut stream);
            gemm(1.0, &c, part.transposed(), 0.0, &mut by_row).unwrap();
            gemm(1.0, &c, operand(&copy, true), 0.0, &mut expected).unwrap();
            assert_eq!(by_row, expected);
        }
    }
}

/// The promise of equal bits on every CPU with fused multiplication and addition, whatever the width of its vectors.
#[test]
fn the_product_is_a_fused_sum_in_blocks_of_256() {
    if nn_core::simd::detect() == nn_core::simd::Path::Portable {
        eprintln!("SKIPPED the_product_is_a_fused_sum_in_blocks_of_256: needs a CPU with fused multiplication");
        return;
    }
    let mut stream = Stream::new(256).named("gemm");
    for (m, k, n) in [(100, 784, 32), (10, 100, 32), (6, 6, 6), (17, 513, 9), (33, 256, 21)] {
        let (a, b) = (random::<f32>(m, k, &mut stream), random::<f32>(k, n, &mut stream));
        let mut product = random::<f32>(m, n, &mut stream);
        let expected = Matrix::from_fn(m, n, |i, j| {
            (0..k.div_ceil(256)).fold(product[(i, j)], |sum, block| {
                let terms = block * 256..k.min((block + 1) * 256);
                sum + terms.fold(0.0, |sum, p| a[(i, p)].mul_add(b[(p, j)], sum))
            })
        });
        gemm(1.0, &a, &b, 1.0, &mut product).unwrap();
        assert_eq!(product, expected, "{m} x {k} x {n}");
    }
}
