//! How a restricted Boltzmann machine is built and trained.

use crate::error::out_of_range;
use crate::rbm::check_samples;
use crate::rbm_training::RbmTraining;
use crate::{EnergyError, Rbm, Visible};
use nn_core::{Batch, Init, Matrix, RateSchedule, Real, Stream, math};

/// Where the chains of the negative phase begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Divergence {
    /// At the samples, in every step anew: CD-k (Hinton 2002).
    Contrastive {
        /// k
        steps: usize,
    },
    /// Where they ended in the step before: PCD (Tieleman 2008).
    Persistent {
        /// Steps of Gibbs sampling between two updates.
        steps: usize,
    },
}

impl Divergence {
    pub(crate) fn steps(self) -> usize {
        match self {
            Self::Contrastive { steps } | Self::Persistent { steps } => steps,
        }
    }
}

/// How a restricted Boltzmann machine is built and trained. Holds no data and no randomness.
///
/// ```
/// use energy::{Divergence, RbmConfig};
/// use nn_core::{Matrix, Stream};
///
/// // Four pixels of which the first two agree, and the last two.
/// let samples = Matrix::from_fn(4, 40, |i, n| if (n / (1 + i / 2)) % 2 == 0 { 1.0_f32 } else { 0.0 });
/// let config = RbmConfig { divergence: Divergence::Persistent { steps: 1 }, epochs: 200, ..RbmConfig::new(3) };
/// let machine = config.fit(&samples, Stream::new(2002))?;
/// let features = machine.transform(&samples)?;
/// assert_eq!(features.shape(), (3, 40));
/// println!("{}", machine.mean_log_likelihood(&samples, machine.log_partition_function()?)?);
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RbmConfig {
    /// H.
    pub hidden: usize,
    /// What the visible units are.
    pub visible: Visible,
    /// The negative phase.
    pub divergence: Divergence,
    /// λ, for a mean over the samples of a batch.
    pub learning_rate: f64,
    /// How the learning rate changes from epoch to epoch.
    pub schedule: RateSchedule,
    /// How many samples make a step, and how many chains there are if they are persistent.
    pub batch: Batch,
    /// Passes over the samples.
    pub epochs: usize,
    /// Weights, not biases, shrink by λ times this in every step.
    pub weight_decay: f64,
    /// How the weights begin; each of the H hidden units has D inputs.
    pub weight_init: Init,
    /// Every epoch takes the samples in a new order.
    pub shuffle: bool,
}

impl RbmConfig {
    /// H hidden units, binary visible ones, CD-1, λ = 0.05, batches of 10, 20 epochs, weights from N(0, 0.01²), visible biases
    /// from the means of the data.
    pub fn new(hidden: usize) -> Self {
        Self {
            hidden,
            visible: Visible::Binary,
            divergence: Divergence::Contrastive { steps: 1 },
            learning_rate: 0.05,
            schedule: RateSchedule::Constant,
            batch: Batch::Minibatch(10),
            epochs: 20,
            weight_decay: 0.0,
            weight_init: Init::Normal(0.01),
            shuffle: true,
        }
    }

    /// The machine before training: weights from `stream.named("weights")`, hidden biases 0, visible biases the log-odds of
    /// the data's means (kept between 0.001 and 0.999), or the means if the visible units are Gaussian.
    ///
    /// # Errors
    /// As [`RbmConfig::training`].
    pub fn initialize<T: Real>(&self, samples: &Matrix<T>, stream: &Stream) -> Result<Rbm<T>, EnergyError> {
        if samples.ncols() == 0 {
            return Err(EnergyError::NoSamples);
        }
        check_samples(samples.nrows(), self.visible, samples)?;
        let mut weights = Matrix::zeros(self.hidden, samples.nrows());
        let mut stream = stream.named("weights");
        self.weight_init.fill(samples.nrows(), self.hidden, weights.as_mut_slice(), &mut stream)?;
        let bias = samples.row_iter().map(|row| {
            let mean = row.iter().map(|value| value.to_f64()).sum::<f64>() / samples.ncols() as f64;
            let share = mean.clamp(0.001, 0.999);
            T::from_f64(if self.visible == Visible::Binary { math::ln(share / (1.0 - share)) } else { mean })
        });
        Rbm::new(weights, bias.collect(), vec![T::ZERO; self.hidden], self.visible)
    }

    /// Training from the beginning, epoch by epoch, on samples D × n: 0, 1 or probabilities between them for binary visible
    /// units. Samples of nothing but 0 and 1 train several times faster.
    ///
    /// # Errors
    /// Everything that does not fit, before the first step.
    pub fn training<'a, T: Real>(
        &'a self,
        samples: &'a Matrix<T>,
        stream: Stream,
    ) -> Result<RbmTraining<'a, T>, EnergyError> {
        let machine = self.initialize(samples, &stream)?;
        self.resume(samples, stream, machine, None, 0)
    }

    /// Training from the machine after `epoch` epochs, with the bits of never having stopped when `stream` is the same and
    /// `chains` are those of [`RbmTraining::chains`]. Without chains persistent ones begin at the first samples.
    ///
    /// # Errors
    /// As [`RbmConfig::training`].
    pub fn resume<'a, T: Real>(
        &'a self,
        samples: &'a Matrix<T>,
        stream: Stream,
        model: Rbm<T>,
        chains: Option<Matrix<T>>,
        epoch: usize,
    ) -> Result<RbmTraining<'a, T>, EnergyError> {
        self.check(samples)?;
        model.check_samples(samples)?;
        if model.hidden_units() != self.hidden || model.visible() != self.visible {
            return Err(EnergyError::Unsupported("the machine's layers must be those of the configuration"));
        }
        RbmTraining::begin(self, samples, stream, model, chains, epoch)
    }

    /// Trains to the last epoch and returns the machine.
    ///
    /// # Errors
    /// As [`RbmConfig::training`], and [`EnergyError::Diverged`].
    pub fn fit<T: Real>(&self, samples: &Matrix<T>, stream: Stream) -> Result<Rbm<T>, EnergyError> {
        let mut training = self.training(samples, stream)?;
        training.try_for_each(|epoch| epoch.map(drop))?;
        Ok(training.into_model())
    }

    fn check<T: Real>(&self, samples: &Matrix<T>) -> Result<(), EnergyError> {
        if samples.ncols() == 0 {
            return Err(EnergyError::NoSamples);
        }
        if !(self.learning_rate > 0.0 && self.learning_rate.is_finite()) {
            return Err(out_of_range("the learning rate", "positive and finite", self.learning_rate));
        }
        self.schedule.check()?;
        self.batch.check()?;
        if !(self.weight_decay >= 0.0 && self.weight_decay.is_finite()) {
            return Err(out_of_range("the weight decay", "non-negative and finite", self.weight_decay));
        }
        if self.divergence.steps() == 0 {
            return Err(out_of_range("the number of steps of a chain", "at least 1", 0.0));
        }
        Ok(())
    }

    /// λ in this epoch, counted from 0.
    pub(crate) fn rate(&self, epoch: usize) -> f64 {
        self.learning_rate * self.schedule.factor(epoch, self.epochs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_is_told() {
        let message = |config: &RbmConfig, samples: &Matrix<f64>| match config.training(samples, Stream::new(0)) {
            Ok(_) => "no error".to_owned(),
            Err(error) => error.to_string(),
        };
        let good = RbmConfig::new(3);
        let samples = Matrix::from_fn(9, 5, |i, n| f64::from(u8::from((i + n) % 3 == 0)));
        assert_eq!(message(&good, &Matrix::zeros(4, 0)), "there is no sample");
        let mut wide = samples.clone();
        wide[(2, 3)] = 1.5;
        assert_eq!(message(&good, &wide), "binary units take values from 0 to 1: sample 3, feature 2 is 1.5");
        wide[(2, 3)] = f64::NAN;
        assert_eq!(message(&good, &wide), "sample 3, feature 2 is NaN");
        let still = RbmConfig { divergence: Divergence::Contrastive { steps: 0 }, ..good.clone() };
        assert_eq!(message(&still, &samples), "the number of steps of a chain must be at least 1, is 0");
        assert_eq!(message(&RbmConfig::new(0), &samples), "a network needs at least one unit");
        let machine = good.fit(&samples, Stream::new(0)).unwrap();
        let error = machine.transform(&Matrix::zeros(8, 1)).unwrap_err().to_string();
        assert_eq!(error, "the machine has 9 visible units, the samples have 8 features");
        let large = Rbm::new(Matrix::<f64>::zeros(30, 30), vec![0.0; 30], vec![0.0; 30], Visible::Binary).unwrap();
        let error = large.log_partition_function().unwrap_err().to_string();
        assert!(
            error.contains("possible up to 26 units; estimate it by annealed importance sampling (Ais)"),
            "{error}"
        );
    }
}
