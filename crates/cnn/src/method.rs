//! [`Method`]: how gradients become changes.

use nn_core::{CoreError, Optimizer};

/// How gradients become changes of the weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// One of nn-core's optimizers.
    Optimizer(Optimizer),
    /// Each weight its own rate η/(μ + h), by the diagonal of the Hessian.
    Diagonal(DiagonalLevenbergMarquardt),
}

/// The stochastic diagonal Levenberg-Marquardt method (LeCun et al., 1998, appendix C): w ← w − η/(μ + h) ∂E/∂w with h the
/// diagonal of the Gauss-Newton matrix, a mean over some samples, taken before each epoch. A weight that many connections share
/// adds up their second derivatives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiagonalLevenbergMarquardt {
    /// η > 0
    pub learning_rate: f64,
    /// μ > 0, which keeps steps small where the error is flat.
    pub damping: f64,
    /// Number of samples for the diagonal, at least 1.
    pub samples: usize,
}

impl DiagonalLevenbergMarquardt {
    /// μ = 0.02 and 500 samples, as in 1998; η of the first passes.
    pub const LECUN_1998: Self = Self { learning_rate: 0.0005, damping: 0.02, samples: 500 };

    fn check(&self) -> Result<(), CoreError> {
        let values = [("learning_rate", self.learning_rate), ("damping", self.damping)];
        for (name, value) in values {
            if !(value > 0.0 && value.is_finite()) {
                return Err(CoreError::OutOfRange { name, rule: "positive and finite", value });
            }
        }
        if self.samples == 0 {
            let (name, rule) = ("the number of samples for the diagonal", "at least 1");
            return Err(CoreError::OutOfRange { name, rule, value: 0.0 });
        }
        Ok(())
    }
}

impl<R: Into<Optimizer>> From<R> for Method {
    fn from(rule: R) -> Self {
        Self::Optimizer(rule.into())
    }
}

impl From<DiagonalLevenbergMarquardt> for Method {
    fn from(rule: DiagonalLevenbergMarquardt) -> Self {
        Self::Diagonal(rule)
    }
}

impl Method {
    /// The learning rate η.
    pub fn learning_rate(&self) -> f64 {
        match self {
            Self::Optimizer(optimizer) => optimizer.learning_rate(),
            Self::Diagonal(rule) => rule.learning_rate,
        }
    }

    pub(crate) fn with_learning_rate(self, learning_rate: f64) -> Self {
        match self {
            Self::Optimizer(optimizer) => Self::Optimizer(optimizer.with_learning_rate(learning_rate)),
            Self::Diagonal(rule) => Self::Diagonal(DiagonalLevenbergMarquardt { learning_rate, ..rule }),
        }
    }

    pub(crate) fn check(&self) -> Result<(), CoreError> {
        match self {
            Self::Optimizer(optimizer) => optimizer.check(),
            Self::Diagonal(rule) => rule.check(),
        }
    }
}
