//! [`EarlyStopping`]: when to stop, and the best network so far.

use crate::{Mlp, MlpError};
use nn_core::{CoreError, Real};

/// Watches a number that should fall, a validation loss or an error rate, keeps the best network, and says when to stop.
///
/// ```
/// use mlp::{EarlyStopping, MlpConfig};
/// use nn_core::{Adam, Stream, accuracy, one_hot};
///
/// let (train, validation) = datasets::iris::<f32>()?.split_strided(3, 0)?;
/// let targets = one_hot(3, &train.labels)?;
/// let config = MlpConfig { optimizer: Adam::new(0.01).into(), epochs: 500, ..MlpConfig::classifier(&[16], 3) };
/// let mut training = config.training(&train.samples, &targets, Stream::new(1))?;
/// let mut stopping = EarlyStopping::new(20, 0.0)?;
/// while let Some(epoch) = training.next() {
///     epoch?;
///     let network = training.model();
///     let error_rate = 1.0 - accuracy(&network.predict(&validation.samples)?, &validation.labels)?;
///     if stopping.stops(error_rate, network) {
///         break;
///     }
/// }
/// let (error_rate, network) = stopping.into_best().ok_or("no epoch was run")?;
/// assert!(error_rate < 0.1 && network.inputs() == 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct EarlyStopping<T: Real> {
    patience: usize,
    minimum_change: f64,
    best: Option<(f64, Mlp<T>)>,
    waited: usize,
}

impl<T: Real> EarlyStopping<T> {
    /// Stops after `patience` observations in a row (at least 1) that are not below the best by more than `minimum_change`.
    ///
    /// # Errors
    /// [`MlpError::Core`] when the patience is 0 or the change is negative or not finite.
    pub fn new(patience: usize, minimum_change: f64) -> Result<Self, MlpError> {
        if patience == 0 {
            return Err(CoreError::OutOfRange { name: "patience", rule: "at least 1", value: 0.0 }.into());
        }
        if !(minimum_change >= 0.0 && minimum_change.is_finite()) {
            let (name, rule) = ("minimum_change", "non-negative and finite");
            return Err(CoreError::OutOfRange { name, rule, value: minimum_change }.into());
        }
        Ok(Self { patience, minimum_change, best: None, waited: 0 })
    }

    /// Takes an observation and the network it belongs to; true when it is time to stop. A NaN is never an improvement.
    pub fn stops(&mut self, value: f64, model: &Mlp<T>) -> bool {
        let improves = match &self.best {
            Some((best, _)) => value < best - self.minimum_change,
            None => !value.is_nan(),
        };
        if improves {
            self.best = Some((value, model.clone()));
            self.waited = 0;
        } else {
            self.waited += 1;
        }
        self.waited >= self.patience
    }

    /// Observations since the best one.
    pub fn waited(&self) -> usize {
        self.waited
    }

    /// The best observation so far and its network; nothing before the first one.
    pub fn best(&self) -> Option<(f64, &Mlp<T>)> {
        self.best.as_ref().map(|(value, model)| (*value, model))
    }

    /// The best observation and its network; nothing before the first one.
    pub fn into_best(self) -> Option<(f64, Mlp<T>)> {
        self.best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MlpConfig;
    use nn_core::Stream;

    fn network(seed: u64) -> Mlp<f64> {
        MlpConfig::regressor(&[2], 1).initialize(1, &Stream::new(seed)).unwrap()
    }

    #[test]
    fn stops_after_patience_and_keeps_the_best() {
        let mut stopping = EarlyStopping::new(3, 0.1).unwrap();
        let values = [5.0, 3.0, 2.95, 3.2, 2.0, 2.5, f64::NAN, 1.95, 0.0];
        let stopped = values.iter().enumerate().position(|(i, &value)| stopping.stops(value, &network(i as u64)));
        assert_eq!(stopped, Some(7), "three values in a row that are not 0.1 below 2.0");
        let (best, model) = stopping.best().unwrap();
        assert_eq!((best, model), (2.0, &network(4)));
        assert_eq!(stopping.into_best().unwrap().1, network(4));
    }

    #[test]
    fn impossible_settings_are_named() {
        let message = |stopping: Result<EarlyStopping<f32>, MlpError>| stopping.unwrap_err().to_string();
        assert_eq!(message(EarlyStopping::new(0, 0.0)), "patience must be at least 1, is 0");
        assert_eq!(message(EarlyStopping::new(1, -1.0)), "minimum_change must be non-negative and finite, is -1");
        assert!(EarlyStopping::<f32>::new(1, 0.0).unwrap().into_best().is_none());
    }
}
