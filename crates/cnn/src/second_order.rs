//! The diagonal of the Hessian, as the stochastic diagonal Levenberg-Marquardt method needs it.

use crate::fast::{Batch, Mode, Source};
use crate::{Cnn, CnnError, Gradient, Objective};
use nn_core::{Matrix, Real};

impl<T: Real> Cnn<T> {
    /// The diagonal of the Gauss-Newton matrix, a mean over the samples, a number for every parameter, none negative.
    ///
    /// Second derivatives go back like first ones, with every factor squared and h″ left out: ∂²E/∂a² = h′(a)² ∂²E/∂z²,
    /// ∂²E/∂xⱼ² = Σᵢ wᵢⱼ² ∂²E/∂aᵢ², and for a connection ∂²E/∂u² = x² ∂²E/∂a². A weight that several connections share is the sum
    /// over them. What crosses between units is left out, so this is the true diagonal of the Gauss-Newton matrix for one layer,
    /// and an approximation of it below. At a layer of distances it begins with ∂²y_D/∂f² = 2.
    ///
    /// # Errors
    /// As [`Cnn::gradient`]; [`CnnError::NoCurvature`] for losses without a curvature.
    ///
    /// # Source
    /// LeCun, Bottou, Bengio and Haffner (1998), appendix C.
    pub fn curvature(
        &self,
        samples: &Matrix<T>,
        targets: &Matrix<T>,
        objective: Objective,
    ) -> Result<Gradient<T>, CnnError> {
        crate::checks::check_data(self, objective, samples, targets)?;
        let order: Vec<usize> = (0..samples.ncols()).collect();
        let mut batch = Batch::new(self, order.len());
        curvature(self, &mut batch, objective, &Source::plain(samples, targets, &order))?;
        Ok(self.named_gradient(batch.into_gradient()))
    }
}

/// [`Cnn::curvature`] over the source's order, left in the batch's gradient.
pub(crate) fn curvature<T: Real>(
    model: &Cnn<T>,
    batch: &mut Batch<T>,
    objective: Objective,
    source: &Source<'_, T>,
) -> Result<(), CnnError> {
    let factor = T::from_f64(1.0 / source.order.len() as f64);
    batch.run(model, Mode::Curvature { objective, factor }, source).map(drop)
}
