//! [`gradient_check`]: is the gradient the slope of the loss?

use crate::CoreError;

/// The worst component of a gradient, as [`gradient_check`] found it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GradientCheck {
    /// |gradient − slope| / max(1, |gradient|, |slope|) at the worst component.
    pub worst_error: f64,
    /// Index of the worst component.
    pub index: usize,
    /// The gradient claimed there.
    pub gradient: f64,
    /// The slope measured there: (E(w + step) − E(w − step)) / (2 step).
    pub slope: f64,
}

/// Compares a gradient with central differences (E(w + ε) − E(w − ε)) / 2ε of the loss, component by component.
///
/// `step` ε is usually 1e-5: the error is then about 1e-10 plus the rounding of the loss over 1e-5. The parameters are
/// back at their values afterwards. Costs two evaluations a parameter.
///
/// # Errors
/// [`CoreError::Size`] when the lengths differ, [`CoreError::Empty`] without parameters, [`CoreError::OutOfRange`] when
/// the step is not positive and finite.
///
/// ```
/// let mut w = [3.0, -1.0];
/// let gradient = [6.0, -2.0]; // of w₁² + w₂²
/// let check = nn_core::gradient_check(&mut w, &gradient, 1e-5, |w| w[0] * w[0] + w[1] * w[1])?;
/// assert!(check.worst_error < 1e-9);
/// # Ok::<(), nn_core::CoreError>(())
/// ```
pub fn gradient_check(
    parameters: &mut [f64],
    gradient: &[f64],
    step: f64,
    mut loss: impl FnMut(&[f64]) -> f64,
) -> Result<GradientCheck, CoreError> {
    if gradient.len() != parameters.len() {
        let (expected, found) = (parameters.len(), gradient.len());
        return Err(CoreError::Size { what: "components of the gradient", expected, found });
    }
    if parameters.is_empty() {
        return Err(CoreError::Empty { what: "the gradient" });
    }
    if !(step > 0.0 && step.is_finite()) {
        return Err(CoreError::OutOfRange { name: "the step", rule: "positive and finite", value: step });
    }
    let mut worst = GradientCheck { worst_error: -1.0, index: 0, gradient: 0.0, slope: 0.0 };
    for (index, &gradient) in gradient.iter().enumerate() {
        let parameter = parameters[index];
        parameters[index] = parameter + step;
        let above = loss(parameters);
        parameters[index] = parameter - step;
        let below = loss(parameters);
        parameters[index] = parameter;
        let slope = (above - below) / (2.0 * step);
        let error = (gradient - slope).abs() / gradient.abs().max(slope.abs()).max(1.0);
        // A NaN counts as the worst possible error.
        let worst_error = if error.is_nan() { f64::INFINITY } else { error };
        if worst_error > worst.worst_error {
            worst = GradientCheck { worst_error, index, gradient, slope };
        }
    }
    Ok(worst)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_component_is_found() {
        let mut w = [1.0, 2.0, 3.0];
        let check = gradient_check(&mut w, &[2.0, 4.5, 6.0], 1e-5, |w| w.iter().map(|w| w * w).sum()).unwrap();
        assert_eq!(check.index, 1);
        assert!((check.worst_error - 0.5 / 4.5).abs() < 1e-8);
        assert_eq!(w, [1.0, 2.0, 3.0]);
        let nan = gradient_check(&mut w, &[2.0, f64::NAN, 6.0], 1e-5, |w| w.iter().map(|w| w * w).sum()).unwrap();
        assert_eq!((nan.index, nan.worst_error), (1, f64::INFINITY));
    }

    #[test]
    fn bad_arguments_are_errors() {
        assert!(gradient_check(&mut [1.0], &[], 1e-5, |_| 0.0).is_err());
        assert!(gradient_check(&mut [], &[], 1e-5, |_| 0.0).is_err());
        assert!(gradient_check(&mut [1.0], &[1.0], 0.0, |_| 0.0).is_err());
    }
}
