//! What a step minimizes: a loss by its name, or the caller's own.

use nn_core::{CoreError, Loss, Real};

/// E_n of one sample from outputs y and target t, and ∂E_n/∂yₖ into the last slice.
pub(crate) type OwnLoss<'a, T> = dyn Fn(&[T], &[T], &mut [T]) -> f64 + Send + Sync + 'a;

/// What a step minimizes.
#[derive(Clone, Copy)]
pub(crate) enum Objective<'a, T> {
    /// A loss by its name.
    Named(Loss),
    /// The caller's own.
    Own(&'a OwnLoss<'a, T>),
}

impl<T: Real> Objective<'_, T> {
    /// As [`Loss::evaluate`].
    pub fn evaluate(
        self,
        outputs: usize,
        output: &[T],
        target: &[T],
        losses: &mut [f64],
        slope: &mut [T],
    ) -> Result<(), CoreError> {
        let own = match self {
            Self::Named(loss) => return loss.evaluate(outputs, output, target, losses, slope),
            Self::Own(own) => own,
        };
        slope.fill(T::ZERO);
        let samples = output.chunks_exact(outputs).zip(target.chunks_exact(outputs));
        for ((y, t), (loss, slope)) in samples.zip(losses.iter_mut().zip(slope.chunks_exact_mut(outputs))) {
            *loss = own(y, t, slope);
        }
        Ok(())
    }
}
