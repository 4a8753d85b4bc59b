//! Losses: how far an output is from its target, and the slope of that distance.

use crate::{CoreError, Real, math};

/// How the losses of several samples become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reduction {
    /// The sum over samples, as in the lecture's equations.
    Sum,
    /// The mean over samples: the learning rate does not depend on the size of the batch.
    #[default]
    Mean,
}

impl Reduction {
    /// The factor of one sample's gradient in a batch of this many samples: 1, or 1/samples.
    pub fn factor(self, samples: usize) -> f64 {
        match self {
            Self::Sum => 1.0,
            Self::Mean => 1.0 / samples as f64,
        }
    }
}

/// The loss of one sample, E_n, as a function of the network's output.
///
/// The two with `Logits` expect the net inputs of the output layer (so its activation is the identity) and stay finite
/// for logits of ±1000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Loss {
    /// ½ Σₖ (yₖ − tₖ)²: see [`squared_error_half`].
    #[default]
    HalfSquaredError,
    /// (1/K) Σₖ (yₖ − tₖ)²: the mean over the K outputs, without the factor ½ (PyTorch's `MSELoss`).
    MeanSquaredError,
    /// Σₖ |yₖ − tₖ|; the slope at yₖ = tₖ is 0.
    AbsoluteError,
    /// −Σₖ tₖ ln softmax(a)ₖ on logits a; targets are probabilities that sum to 1 (one-hot for a class).
    SoftmaxCrossEntropyLogits,
    /// −Σₖ (tₖ ln σ(aₖ) + (1 − tₖ) ln(1 − σ(aₖ))) on logits a, σ the sigmoid; every target in [0, 1].
    SigmoidCrossEntropyLogits,
    /// −Σₖ (tₖ ln yₖ + (1 − tₖ) ln(1 − yₖ)) on outputs y in (0, 1). Infinite where an output is exactly wrong: prefer
    /// the form on logits.
    BinaryCrossEntropy,
}

/// **Eq. squared-error** (slide 33): E_n = ½ ‖y − t‖².
pub fn squared_error_half<T: Real>(output: &[T], target: &[T]) -> T {
    T::from_f64(0.5) * crate::simd::squared_distance(output, target)
}

/// **Eq. squared-error-sum** (slide 34): E = ½ Σ_n ‖y_n − t_n‖², for samples of `outputs` values one after the other.
pub fn sum_of_squares<T: Real>(outputs: usize, output: &[T], target: &[T]) -> T {
    let samples = output.chunks(outputs.max(1)).zip(target.chunks(outputs.max(1)));
    samples.map(|(output, target)| squared_error_half(output, target)).sum()
}

/// **Eq. cross-entropy** (slide 34): −Σₖ tₖ ln pₖ of probabilities p; a target of 0 adds nothing, whatever pₖ is.
pub fn cross_entropy<T: Real>(probability: &[T], target: &[T]) -> T {
    let terms = probability.iter().zip(target).filter(|(_, t)| **t != T::ZERO);
    terms.fold(T::ZERO, |sum, (&p, &t)| sum - t * math::ln(p))
}

/// softmax(a)ₖ = exp(aₖ) / Σⱼ exp(aⱼ), for samples of `classes` logits one after the other, in place.
///
/// Safe for logits of any finite size: the largest logit of a sample is subtracted first.
pub fn softmax<T: Real>(classes: usize, logits: &mut [T]) {
    shifted_exponentials(classes, logits);
    for sample in logits.chunks_mut(classes.max(1)) {
        let total: T = sample.iter().copied().sum();
        sample.iter_mut().for_each(|p| *p /= total);
    }
}

/// a ← exp(a − max a) sample by sample.
fn shifted_exponentials<T: Real>(classes: usize, logits: &mut [T]) {
    for sample in logits.chunks_mut(classes.max(1)) {
        let largest = largest(sample);
        sample.iter_mut().for_each(|a| *a -= largest);
    }
    math::exp_in_place(logits);
}

fn largest<T: Real>(values: &[T]) -> T {
    values.iter().fold(-T::INFINITY, |largest, &value| largest.max(value))
}

impl Loss {
    /// Σ_n E_n, for samples of `outputs` values one after the other: what training minimizes, before [`Reduction`].
    ///
    /// # Errors
    /// As [`Loss::evaluate`].
    pub fn value<T: Real>(self, outputs: usize, output: &[T], target: &[T]) -> Result<f64, CoreError> {
        let mut losses = vec![0.0; output.len() / outputs.max(1)];
        self.evaluate(outputs, output, target, &mut losses, &mut vec![T::ZERO; output.len()])?;
        Ok(losses.iter().sum())
    }

    /// E_n of every sample into `losses`, and ∂E_n/∂yₖ of every output into `slope` (for the losses on logits
    /// ∂E_n/∂aₖ), for samples of `outputs` values one after the other.
    ///
    /// # Errors
    /// [`CoreError::Size`] when the slices do not fit together, [`CoreError::Uneven`] when they do not divide into samples.
    pub fn evaluate<T: Real>(
        self,
        outputs: usize,
        output: &[T],
        target: &[T],
        losses: &mut [f64],
        slope: &mut [T],
    ) -> Result<(), CoreError> {
        let size = |what, expected, found| match expected == found {
            true => Ok(()),
            false => Err(CoreError::Size { what, expected, found }),
        };
        size("target values", output.len(), target.len())?;
        size("slope values", output.len(), slope.len())?;
        // A product first: a division would take as long as all the rest does for a sample or two.
        if outputs == 0 || outputs.checked_mul(losses.len()) != Some(output.len()) {
            if outputs == 0 || !output.len().is_multiple_of(outputs) {
                return Err(CoreError::Uneven { length: output.len(), features: outputs });
            }
            size("losses", output.len() / outputs, losses.len())?;
        }
        // What needs an exponential runs over all samples at once.
        match self {
            Self::SoftmaxCrossEntropyLogits => {
                slope.copy_from_slice(output);
                shifted_exponentials(outputs, slope);
            }
            Self::SigmoidCrossEntropyLogits => math::sigmoid_slice(output, slope)?,
            _ => {}
        }
        for (sample, loss) in losses.iter_mut().enumerate() {
            let of_sample = sample * outputs..(sample + 1) * outputs;
            let (y, t) = (&output[of_sample.clone()], &target[of_sample.clone()]);
            *loss = self.sample(y, t, &mut slope[of_sample]).to_f64();
        }
        Ok(())
    }

    /// E_n and its slope for one sample; for the losses on logits `slope` comes in with the exponentials of `evaluate`.
    #[inline]
    fn sample<T: Real>(self, y: &[T], t: &[T], slope: &mut [T]) -> T {
        let triples = slope.iter_mut().zip(y.iter().zip(t));
        match self {
            Self::HalfSquaredError => {
                triples.for_each(|(slope, (&y, &t))| *slope = y - t);
                squared_error_half(y, t)
            }
            Self::MeanSquaredError => {
                let factor = T::from_f64(2.0 / y.len() as f64);
                triples.for_each(|(slope, (&y, &t))| *slope = factor * (y - t));
                factor * squared_error_half(y, t)
            }
            Self::AbsoluteError => triples.fold(T::ZERO, |sum, (slope, (&y, &t))| {
                *slope = if y > t { T::ONE } else { T::from_f64(-f64::from(y < t)) };
                sum + (y - t).abs()
            }),
            Self::SoftmaxCrossEntropyLogits => {
                let partition: T = slope.iter().copied().sum();
                let log_partition = largest(y) + math::ln(partition);
                let scale = t.iter().copied().sum::<T>() / partition;
                slope.iter_mut().zip(y.iter().zip(t)).fold(T::ZERO, |sum, (slope, (&a, &t))| {
                    *slope = *slope * scale - t;
                    if t == T::ZERO { sum } else { sum + t * (log_partition - a) }
                })
            }
            // −t ln σ(a) − (1 − t) ln(1 − σ(a)) = softplus(a) − t a
            Self::SigmoidCrossEntropyLogits => triples.fold(T::ZERO, |sum, (slope, (&a, &t))| {
                *slope -= t;
                sum + (math::softplus(a) - t * a)
            }),
            Self::BinaryCrossEntropy => triples.fold(T::ZERO, |sum, (slope, (&y, &t))| {
                *slope = (y - t) / (y * (T::ONE - y));
                sum + cross_entropy(&[y, T::ONE - y], &[t, T::ONE - t])
            }),
        }
    }

    /// The output as a prediction: probabilities for the losses on logits, unchanged for the others.
    pub fn prediction<T: Real>(self, outputs: usize, output: &mut [T]) {
        match self {
            Self::SoftmaxCrossEntropyLogits => softmax(outputs, output),
            Self::SigmoidCrossEntropyLogits => math::sigmoid_in_place(output),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stream;

    const ALL: [Loss; 6] = [
        Loss::HalfSquaredError,
        Loss::MeanSquaredError,
        Loss::AbsoluteError,
        Loss::SoftmaxCrossEntropyLogits,
        Loss::SigmoidCrossEntropyLogits,
        Loss::BinaryCrossEntropy,
    ];

    #[test]
    fn the_slope_is_the_slope_of_the_value() {
        let mut stream = Stream::new(33).named("loss");
        for loss in ALL {
            for _ in 0..50 {
                let output: Vec<f64> = (0..8).map(|_| stream.uniform_between(0.05, 0.95)).collect();
                let target: Vec<f64> = (0..8).map(|_| stream.uniform()).collect();
                let mut slope = vec![0.0; 8];
                loss.evaluate(4, &output, &target, &mut [0.0; 2], &mut slope).unwrap();
                for k in 0..8 {
                    let shifted = |step: f64| {
                        let mut output = output.clone();
                        output[k] += step;
                        loss.value(4, &output, &target).unwrap()
                    };
                    let difference = (shifted(1e-6) - shifted(-1e-6)) / 2e-6;
                    assert!((difference - slope[k]).abs() < 1e-7 * (1.0 + slope[k].abs()), "{loss:?}");
                }
            }
        }
    }

    /// Eq. cross-entropy of softmax and of sigmoid outputs.
    #[test]
    fn the_forms_on_logits_equal_the_forms_on_probabilities() {
        let logits = [0.3, -1.2, 2.0, 0.1];
        let target = [0.0, 0.0, 1.0, 0.0];
        let mut probability = logits;
        softmax(4, &mut probability);
        let fused = Loss::SoftmaxCrossEntropyLogits.value(4, &logits, &target).unwrap();
        assert!((fused - cross_entropy(&probability, &target)).abs() < 1e-14);

        let mut output = logits;
        Loss::SigmoidCrossEntropyLogits.prediction(4, &mut output);
        let fused = Loss::SigmoidCrossEntropyLogits.value(4, &logits, &target).unwrap();
        let plain = Loss::BinaryCrossEntropy.value(4, &output, &target).unwrap();
        assert!((fused - plain).abs() < 1e-14);
    }

    #[test]
    fn logits_of_a_thousand_stay_finite() {
        for loss in [Loss::SoftmaxCrossEntropyLogits, Loss::SigmoidCrossEntropyLogits] {
            for logits in [[1000.0_f32, -1000.0], [-1000.0, 1000.0], [1000.0, 1000.0]] {
                let mut slope = [0.0; 2];
                let mut value = [0.0];
                loss.evaluate(2, &logits, &[1.0, 0.0], &mut value, &mut slope).unwrap();
                assert!(value[0].is_finite() && slope.iter().all(|s| s.is_finite()), "{loss:?} at {logits:?}");
            }
        }
        let wrong = Loss::SoftmaxCrossEntropyLogits.value(2, &[-1000.0_f64, 1000.0], &[1.0, 0.0]).unwrap();
        assert_eq!(wrong, 2000.0);
    }

    /// Eq. squared-error and Eq. squared-error-sum.
    #[test]
    fn half_the_squared_error_is_the_lectures() {
        assert_eq!(squared_error_half(&[1.0, 2.0], &[0.0, 0.0]), 2.5);
        assert_eq!(sum_of_squares(2, &[1.0, 2.0, 3.0, 0.0], &[0.0; 4]), 7.0);
        assert_eq!(Loss::HalfSquaredError.value(2, &[1.0, 2.0, 3.0, 0.0], &[0.0; 4]).unwrap(), 7.0);
        assert_eq!(Loss::MeanSquaredError.value(2, &[1.0, 2.0, 3.0, 0.0], &[0.0; 4]).unwrap(), 7.0);
    }

    #[test]
    fn sizes_that_differ_are_an_error() {
        let error = Loss::HalfSquaredError.value(2, &[1.0, 2.0], &[1.0]).unwrap_err();
        assert_eq!(error.to_string(), "target values: expected 2, found 1");
        let error = Loss::HalfSquaredError.value(3, &[1.0, 2.0], &[1.0, 2.0]).unwrap_err();
        assert_eq!(error.to_string(), "2 values do not divide into samples of 3 features");
        assert!(Loss::HalfSquaredError.value::<f64>(0, &[], &[]).is_err());
    }
}
