//! Training with a second set of samples that says when to stop: curves, and the best network.

use crate::{EarlyStopping, Mlp, MlpConfig, MlpError};
use nn_core::{Loss, Matrix, Real, Stream, error_rate};

/// What early stopping watches on the validation set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Monitor {
    /// The mean loss of a sample.
    #[default]
    Loss,
    /// The fraction of samples whose predicted class ([`Mlp::predict`]) is not that of the target.
    ErrorRate,
}

/// Samples that are not learned from, and when to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Validation<'a, T: Real> {
    /// D × m.
    pub samples: &'a Matrix<T>,
    /// K × m.
    pub targets: &'a Matrix<T>,
    /// What is watched.
    pub monitor: Monitor,
    /// Training ends after so many epochs in a row without a new best, at least 1.
    pub patience: usize,
    /// A new best is lower than the old one by more than this.
    pub minimum_change: f64,
}

impl<'a, T: Real> Validation<'a, T> {
    /// Watches the loss, waits 10 epochs.
    pub fn new(samples: &'a Matrix<T>, targets: &'a Matrix<T>) -> Self {
        Self { samples, targets, monitor: Monitor::Loss, patience: 10, minimum_change: 0.0 }
    }
}

/// What was measured after each epoch; epoch k stands at k − 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curves {
    /// Mean loss of a training sample, measured before the step it took part in.
    pub training: Vec<f64>,
    /// What the monitor saw on the validation set.
    pub validation: Vec<f64>,
    /// The epoch whose network was kept, counted from 1.
    pub best_epoch: usize,
}

impl MlpConfig {
    /// Trains until the validation set says stop, or to the last epoch, and returns the network of the best epoch.
    ///
    /// # Errors
    /// As [`MlpConfig::training`] for both sets, [`MlpError::Diverged`], and [`MlpError::Core`] for a patience of 0, a negative
    /// change or no epoch at all.
    ///
    /// ```
    /// use mlp::{MlpConfig, Validation};
    /// use nn_core::{Stream, one_hot};
    ///
    /// let (train, rest) = datasets::iris::<f32>()?.split_strided(3, 0)?;
    /// let (targets, rest_targets) = (one_hot(3, &train.labels)?, one_hot(3, &rest.labels)?);
    /// let config = MlpConfig { epochs: 300, ..MlpConfig::classifier(&[16], 3) };
    /// let validation = Validation::new(&rest.samples, &rest_targets);
    /// let (network, curves) = config.fit_validated(&train.samples, &targets, &validation, Stream::new(1))?;
    /// println!("best after epoch {}: {:.3}", curves.best_epoch, curves.validation[curves.best_epoch - 1]);
    /// # assert_eq!(network.inputs(), 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fit_validated<T: Real>(
        &self,
        samples: &Matrix<T>,
        targets: &Matrix<T>,
        validation: &Validation<'_, T>,
        stream: Stream,
    ) -> Result<(Mlp<T>, Curves), MlpError> {
        let mut stopping = EarlyStopping::new(validation.patience, validation.minimum_change)?;
        let mut training = self.training(samples, targets, stream)?;
        crate::config::check_data(training.model(), self.loss, validation.samples, validation.targets)?;
        let mut curves = Curves::default();
        while let Some(epoch) = training.next() {
            curves.training.push(epoch?.loss);
            let model = training.model();
            let observed = match validation.monitor {
                Monitor::Loss => model.loss(validation.samples, validation.targets, self.loss)?,
                Monitor::ErrorRate => model.error_rate(validation.samples, validation.targets)?,
            };
            curves.validation.push(observed);
            let stop = stopping.stops(observed, model);
            if stopping.waited() == 0 {
                curves.best_epoch = curves.validation.len();
            }
            if stop {
                break;
            }
        }
        let model = stopping.into_best().map_or_else(|| training.into_model(), |(_, model)| model);
        Ok((model, curves))
    }
}

impl<T: Real> Mlp<T> {
    /// Mean over the samples, D × n, of E_n against targets, K × n; 0 without samples.
    ///
    /// # Errors
    /// [`MlpError::Inputs`], or [`MlpError::Core`] when targets and outputs differ in size.
    pub fn loss(&self, samples: &Matrix<T>, targets: &Matrix<T>, loss: Loss) -> Result<f64, MlpError> {
        let output = self.forward(samples)?;
        let total = loss.value(self.outputs(), output.as_slice(), targets.as_slice())?;
        Ok(total / samples.ncols().max(1) as f64)
    }

    /// The fraction of samples, D × n, whose predicted class is not that of their target, K × n; 0 without samples. Targets are read by
    /// the rule of the outputs.
    ///
    /// # Errors
    /// [`MlpError::Inputs`], [`MlpError::Targets`] or [`MlpError::SampleCount`].
    pub fn error_rate(&self, samples: &Matrix<T>, targets: &Matrix<T>) -> Result<f64, MlpError> {
        let (layer, expected, found) = (self.layers.len(), self.outputs(), targets.nrows());
        if expected != found {
            return Err(MlpError::Targets { layer, expected, found });
        }
        if samples.ncols() != targets.ncols() {
            return Err(MlpError::SampleCount { samples: samples.ncols(), targets: targets.ncols() });
        }
        let classes = self.decision_rule().classes(targets);
        let predicted = self.predict(samples)?;
        Ok(error_rate(&predicted, &classes)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::{Adam, one_hot};

    #[test]
    fn the_network_of_the_best_epoch_is_kept() {
        let (train, rest) = datasets::iris::<f64>().unwrap().split_strided(3, 0).unwrap();
        let (targets, rest_targets) = (one_hot(3, &train.labels).unwrap(), one_hot(3, &rest.labels).unwrap());
        let config = MlpConfig { optimizer: Adam::new(0.05).into(), epochs: 400, ..MlpConfig::classifier(&[16], 3) };
        for monitor in [Monitor::Loss, Monitor::ErrorRate] {
            let validation = Validation { monitor, patience: 15, ..Validation::new(&rest.samples, &rest_targets) };
            let fit = config.fit_validated(&train.samples, &targets, &validation, Stream::new(1)).unwrap();
            let (network, curves) = fit;
            assert_eq!(curves.validation.len(), curves.best_epoch + 15, "stopped by patience");
            assert_eq!(curves.training.len(), curves.validation.len());
            let best = curves.validation[curves.best_epoch - 1];
            assert!(curves.validation.iter().all(|&value| value >= best));
            let again = match monitor {
                Monitor::Loss => network.loss(&rest.samples, &rest_targets, config.loss).unwrap(),
                Monitor::ErrorRate => network.error_rate(&rest.samples, &rest_targets).unwrap(),
            };
            assert_eq!(again, best);
        }
    }
}
