//! [`Schedule`]: how the learning rate changes from epoch to epoch; [`Method`]: how gradients become changes.

use nn_core::{CoreError, Optimizer};

/// How the learning rate changes from epoch to epoch.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Schedule {
    /// The method's own rate.
    #[default]
    Constant,
    /// From the method's own rate in the first epoch by equal steps to this rate in the last.
    Linear {
        /// Rate of the last epoch.
        last: f64,
    },
    /// (epochs, rate) one after the other; the last rate stays.
    Steps(Vec<(usize, f64)>),
}

impl Schedule {
    /// The schedule of 1998: 0.0005 for two passes, 0.0002 for three, 0.0001 for three, 0.00005 for four, then 0.00001.
    pub fn lecun_1998() -> Self {
        Self::Steps(vec![(2, 0.0005), (3, 0.0002), (3, 0.0001), (4, 0.00005), (1, 0.00001)])
    }

    /// The rate of an epoch, counted from 0, of so many.
    pub fn rate(&self, own: f64, epoch: usize, epochs: usize) -> f64 {
        match self {
            Self::Constant => own,
            Self::Linear { last } => {
                own + (last - own) * (epoch.min(epochs) as f64 / epochs.saturating_sub(1).max(1) as f64).min(1.0)
            }
            Self::Steps(steps) => {
                let mut end = 0;
                let reached = steps.iter().find(|(epochs, _)| {
                    end += epochs;
                    epoch < end
                });
                reached.or(steps.last()).map_or(own, |&(_, rate)| rate)
            }
        }
    }

    pub(crate) fn check(&self) -> Result<(), CoreError> {
        let rates: Vec<f64> = match self {
            Self::Constant => Vec::new(),
            Self::Linear { last } => vec![*last],
            Self::Steps(steps) => steps.iter().map(|&(_, rate)| rate).collect(),
        };
        match rates.into_iter().find(|rate| !(*rate > 0.0 && rate.is_finite())) {
            Some(value) => {
                Err(CoreError::OutOfRange { name: "a rate of the schedule", rule: "positive and finite", value })
            }
            None => Ok(()),
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedule_of_1998_has_its_five_rates() {
        let schedule = Schedule::lecun_1998();
        let rates: Vec<f64> = (0..20).map(|epoch| schedule.rate(1.0, epoch, 20)).collect();
        assert_eq!(rates[..6], [0.0005, 0.0005, 0.0002, 0.0002, 0.0002, 0.0001]);
        assert_eq!((rates[7], rates[8], rates[11], rates[12], rates[19]), (0.0001, 0.00005, 0.00005, 0.00001, 0.00001));
    }

    #[test]
    fn a_linear_schedule_begins_and_ends_where_it_says() {
        let schedule = Schedule::Linear { last: 1e-4 };
        assert_eq!(schedule.rate(3e-4, 0, 46), 3e-4);
        assert!((schedule.rate(3e-4, 45, 46) - 1e-4).abs() < 1e-18);
        assert!(Schedule::Steps(vec![(1, -1.0)]).check().is_err());
    }
}
