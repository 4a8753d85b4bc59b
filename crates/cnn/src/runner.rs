//! [`Runner`]: a network that answers one sample at a time.

use crate::fast::{Single, forward};
use crate::{Cnn, CnnError};
use nn_core::{Matrix, Real};

/// A trained network with everything prepared to answer single samples without delay.
///
/// ```
/// use cnn::{Cnn, CnnConfig};
/// use nn_core::Stream;
///
/// let network: Cnn<f32> = CnnConfig::lenet_1989().initialize(&Stream::new(1989))?;
/// let mut runner = network.runner();
/// let digit = runner.predict(&[-1.0; 256])?;
/// assert!(digit < 10);
/// # Ok::<(), cnn::CnnError>(())
/// ```
pub struct Runner<'a, T: Real> {
    model: &'a Cnn<T>,
    single: Option<Single<T>>,
    output: Vec<T>,
}

impl<T: Real> Cnn<T> {
    /// The network, ready for single samples. Its answers are those of [`Cnn::forward`] up to rounding.
    pub fn runner(&self) -> Runner<'_, T> {
        Runner { model: self, single: Single::new(self), output: vec![T::ZERO; self.outputs()] }
    }
}

impl<T: Real> Runner<'_, T> {
    /// The outputs for one sample.
    ///
    /// # Errors
    /// [`CnnError::Inputs`] when the sample has another size than the network's input.
    pub fn forward(&mut self, sample: &[T]) -> Result<&[T], CnnError> {
        if sample.len() != self.model.input().units() {
            return Err(CnnError::Inputs { expected: self.model.input(), found: sample.len() });
        }
        match &mut self.single {
            Some(single) => Ok(single.forward(self.model, sample, None)?),
            None => {
                let column = Matrix::from_column_slice(sample.len(), 1, sample);
                forward(self.model, &column, self.model.layers().len(), &mut self.output)?;
                Ok(&self.output)
            }
        }
    }

    /// The class of one sample, as [`Cnn::predict`] chooses it.
    ///
    /// # Errors
    /// As [`Runner::forward`].
    pub fn predict(&mut self, sample: &[T]) -> Result<usize, CnnError> {
        let rule = self.model.decision_rule();
        Ok(rule.class(self.forward(sample)?))
    }
}
