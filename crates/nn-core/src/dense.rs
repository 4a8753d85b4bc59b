//! One affine layer, a = W x + b, forward and backward, as functions on borrowed memory.
//!
//! Memory: the weights are the D × M matrix whose column j holds unit j's incoming weights; D inputs, M units, B samples.

use crate::{CoreError, Real, View, ViewMut, gemm};

/// Fewer units than this are counted in one loop over all samples: a loop of their own for each, or a call, would cost more.
const SHORT: usize = 8;

/// **Eq. bias-unit** (slide 26): x = (x₀, x₁, .., x_D)ᵀ with x₀ = 1, so that the bias is weight 0.
///
/// The crates keep a separate bias vector; this is the lecture's form, and a test shows that both agree.
pub fn augment_bias<T: Real>(x: &[T]) -> Vec<T> {
    std::iter::once(T::ONE).chain(x.iter().copied()).collect()
}

/// A = Wᵀ X + b 1ᵀ: net inputs, M × B, from inputs X, D × B; every column of A gets the bias.
///
/// # Errors
/// [`CoreError::Size`] when the shapes do not fit.
pub fn forward<T: Real>(
    weight: View<'_, T>,
    bias: &[T],
    input: View<'_, T>,
    net_input: ViewMut<'_, T>,
) -> Result<(), CoreError> {
    let units = net_input.nrows();
    if bias.len() != units {
        return Err(CoreError::Size { what: "biases of a layer", expected: units, found: bias.len() });
    }
    if units < SHORT {
        let mut unit = 0;
        for a in &mut *net_input.values {
            *a = bias[unit];
            unit = if unit + 1 == units { 0 } else { unit + 1 };
        }
    } else {
        net_input.values.chunks_exact_mut(units).for_each(|a| a.copy_from_slice(bias));
    }
    gemm(T::ONE, weight.transposed(), input, T::ONE, net_input)
}

/// ∂E/∂W = X Δᵀ scaled and added: G ← `scale` · X Δᵀ + `keep` · G, for G of D × M, X of D × B, deltas Δ of M × B.
///
/// With `scale` = −η and `keep` = 1 this is gradient descent straight into the weights.
///
/// # Errors
/// [`CoreError::Size`] when the shapes do not fit.
pub fn weight_gradient<T: Real>(
    scale: T,
    input: View<'_, T>,
    delta: View<'_, T>,
    keep: T,
    gradient: ViewMut<'_, T>,
) -> Result<(), CoreError> {
    gemm(scale, input, delta.transposed(), keep, gradient)
}

/// ∂E/∂b = Δ 1 scaled and added: g ← `scale` · Σ_n δ_n + `keep` · g, samples in order.
///
/// # Errors
/// [`CoreError::Size`] when there are not as many gradients as rows of deltas.
pub fn bias_gradient<T: Real>(scale: T, delta: View<'_, T>, keep: T, gradient: &mut [T]) -> Result<(), CoreError> {
    if gradient.len() != delta.nrows() {
        let (expected, found) = (delta.nrows(), gradient.len());
        return Err(CoreError::Size { what: "biases of a layer", expected, found });
    }
    let units = gradient.len();
    gradient.iter_mut().for_each(|g| *g = if keep == T::ZERO { T::ZERO } else { keep * *g });
    if delta.transposed {
        for (unit, g) in gradient.iter_mut().enumerate() {
            *g = delta.values[unit * delta.stride..][..delta.rows].iter().fold(*g, |g, &delta| g + scale * delta);
        }
        return Ok(());
    }
    if units < SHORT && delta.stride == units {
        let mut unit = 0;
        for &delta in delta.values {
            gradient[unit] += scale * delta;
            unit = if unit + 1 == units { 0 } else { unit + 1 };
        }
        return Ok(());
    }
    for sample in 0..delta.columns {
        let delta = &delta.values[sample * delta.stride..][..units];
        gradient.iter_mut().zip(delta).for_each(|(g, &delta)| *g += scale * delta);
    }
    Ok(())
}

/// ∂E/∂X = W Δ: the error sent back to the inputs, D × B.
///
/// # Errors
/// [`CoreError::Size`] when the shapes do not fit.
pub fn input_gradient<T: Real>(
    weight: View<'_, T>,
    delta: View<'_, T>,
    gradient: ViewMut<'_, T>,
) -> Result<(), CoreError> {
    gemm(T::ONE, weight, delta, T::ZERO, gradient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Matrix, Stream, gradient_check};

    fn random(rows: usize, columns: usize, stream: &mut Stream) -> Matrix<f64> {
        Matrix::from_fn(rows, columns, |_, _| stream.normal())
    }

    /// Eq. bias-unit: both forms give the same net inputs.
    #[test]
    fn a_bias_is_the_weight_of_a_unit_that_is_always_one() {
        let mut stream = Stream::new(26);
        let (weight, bias, input) = (random(5, 3, &mut stream), [0.3, -0.2, 0.9], random(5, 4, &mut stream));
        let mut net_input = Matrix::zeros(3, 4);
        forward((&weight).into(), &bias, (&input).into(), (&mut net_input).into()).unwrap();
        for sample in 0..4 {
            let x = augment_bias(input.column(sample).as_slice());
            assert_eq!((x.len(), x[0]), (6, 1.0));
            for unit in 0..3 {
                let w = weight.column(unit);
                let w = std::iter::once(bias[unit]).chain(w.iter().copied());
                let a: f64 = w.zip(&x).map(|(w, x)| w * x).sum();
                assert!((a - net_input[(unit, sample)]).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn backward_is_the_slope_of_forward() {
        let (inputs, units, samples) = (7, 6, 8);
        let mut stream = Stream::new(45);
        let (weight, input) = (random(inputs, units, &mut stream), random(inputs, samples, &mut stream));
        let (bias, delta) = (vec![0.1; units], random(units, samples, &mut stream));
        // E = Σ δ ∘ A, whose slope with respect to A is δ.
        let loss = |weight: &[f64], bias: &[f64], input: &[f64]| {
            let mut a = Matrix::zeros(units, samples);
            let weight = View::new(inputs, units, weight).unwrap();
            forward(weight, bias, View::new(inputs, samples, input).unwrap(), (&mut a).into()).unwrap();
            a.dot(&delta)
        };
        let mut weight_slope = Matrix::zeros(inputs, units);
        weight_gradient(1.0, (&input).into(), (&delta).into(), 0.0, (&mut weight_slope).into()).unwrap();
        let mut bias_slope = vec![f64::NAN; units];
        bias_gradient(1.0, (&delta).into(), 0.0, &mut bias_slope).unwrap();
        let mut input_slope = Matrix::zeros(inputs, samples);
        input_gradient((&weight).into(), (&delta).into(), (&mut input_slope).into()).unwrap();
        let (w, b, x) = (weight.as_slice(), &bias[..], input.as_slice());
        let checks = [
            gradient_check(&mut w.to_vec(), weight_slope.as_slice(), 1e-5, |w| loss(w, b, x)),
            gradient_check(&mut b.to_vec(), &bias_slope, 1e-5, |b| loss(w, b, x)),
            gradient_check(&mut x.to_vec(), input_slope.as_slice(), 1e-5, |x| loss(w, b, x)),
        ];
        for check in checks {
            let check = check.unwrap();
            assert!(check.worst_error < 1e-8, "{check:?}");
        }
    }

    #[test]
    fn the_deltas_of_a_bias_may_lie_in_rows() {
        let delta = random(3, 5, &mut Stream::new(46));
        let (mut by_column, mut by_row) = ([1.0; 3], [1.0; 3]);
        bias_gradient(0.5, (&delta).into(), 1.0, &mut by_column).unwrap();
        bias_gradient(0.5, View::from(&delta.transpose()).transposed(), 1.0, &mut by_row).unwrap();
        assert_eq!(by_column, by_row);
    }

    #[test]
    fn shapes_that_do_not_fit_are_errors() {
        let (weight, input) = (Matrix::<f64>::zeros(3, 2), Matrix::zeros(4, 1));
        let mut net_input = Matrix::zeros(2, 1);
        let error = forward((&weight).into(), &[0.0; 2], (&input).into(), (&mut net_input).into()).unwrap_err();
        assert_eq!(error.to_string(), "rows of the second factor: expected 3, found 4");
        assert!(forward((&weight).into(), &[0.0; 3], (&input).into(), (&mut net_input).into()).is_err());
        assert!(bias_gradient(1.0, (&input).into(), 0.0, &mut [0.0; 3]).is_err());
    }
}
