//! [`Objective`]: what training minimizes.

use crate::CnnError;
use nn_core::{CoreError, DecisionRule, Loss, Real, math};

/// What training minimizes, sample by sample.
///
/// Targets are one column a sample. For the two objectives of radial basis units a target marks the right class by its
/// largest value (one-hot will do).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Objective {
    /// One of nn-core's losses on the outputs: mean squared error, cross-entropy and so on.
    Loss(Loss),
    /// E = y_D: the distance to the code of the right class D (LeCun et al., 1998, equation 8). It has the trivial solution of a
    /// constant F6 when codes may learn; ours are fixed.
    Distance,
    /// E = y_D + ln(e^−j + Σᵢ e^−yᵢ): the right class competes with the wrong ones and with "rubbish" at distance j
    /// (LeCun et al., 1998, equation 9). The second term only matters where some distance comes near the least one or j.
    MaximumAPosteriori {
        /// j > 0, the distance of the rubbish class. With untrained outputs near 0 every distance to an 84-pixel code is about
        /// 84: a j far below that makes the second term a constant.
        rubbish: f64,
    },
}

impl From<Loss> for Objective {
    fn from(loss: Loss) -> Self {
        Self::Loss(loss)
    }
}

impl Objective {
    pub(crate) fn check(self) -> Result<(), CnnError> {
        match self {
            Self::MaximumAPosteriori { rubbish } if !(rubbish > 0.0 && rubbish.is_finite()) => {
                let (name, rule) = ("the distance of the rubbish class", "positive and finite");
                Err(CoreError::OutOfRange { name, rule, value: rubbish }.into())
            }
            _ => Ok(()),
        }
    }

    /// E_n of every sample into `losses`, ∂E_n/∂y of every output into `slope`, for samples of `outputs` values one after the
    /// other.
    pub(crate) fn evaluate<T: Real>(
        self,
        outputs: usize,
        y: &[T],
        target: &[T],
        losses: &mut [f64],
        slope: &mut [T],
    ) -> Result<(), CoreError> {
        if let Self::Loss(loss) = self {
            return loss.evaluate(outputs, y, target, losses, slope);
        }
        let samples = y.chunks_exact(outputs).zip(target.chunks_exact(outputs));
        for ((y, target), (loss, slope)) in samples.zip(losses.iter_mut().zip(slope.chunks_exact_mut(outputs))) {
            let right = DecisionRule::Largest.class(target);
            slope.fill(T::ZERO);
            *loss = y[right].to_f64();
            if let Self::MaximumAPosteriori { rubbish } = self {
                let competition = competition(y, T::from_f64(rubbish));
                *loss += competition.to_f64();
                // ∂/∂yᵢ of ln(e^−j + Σ e^−yᵢ) is −e^−yᵢ / (e^−j + Σ e^−yᵢ).
                for (slope, &y) in slope.iter_mut().zip(y) {
                    *slope = -math::exp(-y - competition);
                }
            }
            slope[right] += T::ONE;
        }
        Ok(())
    }

    /// ∂²E_n/∂y² in the Gauss-Newton sense for losses on outputs; on distances ∂²E_n/∂f² of the layer below: 2.
    pub(crate) fn curvature<T: Real>(self, outputs: usize, y: &[T], curvature: &mut [T]) -> Result<(), CnnError> {
        match self {
            Self::Distance | Self::MaximumAPosteriori { .. } => curvature.fill(T::ONE + T::ONE),
            Self::Loss(Loss::HalfSquaredError) => curvature.fill(T::ONE),
            Self::Loss(Loss::MeanSquaredError) => curvature.fill(T::from_f64(2.0 / outputs as f64)),
            Self::Loss(loss @ (Loss::SoftmaxCrossEntropyLogits | Loss::SigmoidCrossEntropyLogits)) => {
                curvature.copy_from_slice(y);
                loss.prediction(outputs, curvature);
                curvature.iter_mut().for_each(|p| *p *= T::ONE - *p);
            }
            Self::Loss(loss) => return Err(CnnError::NoCurvature { objective: format!("{loss:?}") }),
        }
        Ok(())
    }
}

/// ln(e^−j + Σᵢ e^−yᵢ), the largest exponent taken out first, so that nothing underflows to ln 0.
fn competition<T: Real>(y: &[T], rubbish: T) -> T {
    let nearest = y.iter().fold(rubbish, |least, &y| least.min(y));
    let sum = y.iter().fold(math::exp(nearest - rubbish), |sum, &y| sum + math::exp(nearest - y));
    math::ln(sum) - nearest
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::Stream;

    #[test]
    fn the_slope_is_the_slope_of_the_value_where_rubbish_competes() {
        let mut stream = Stream::new(1998).named("map");
        for rubbish in [0.5, 84.0, 90.0] {
            let objective = Objective::MaximumAPosteriori { rubbish };
            for _ in 0..50 {
                let y: Vec<f64> = (0..10).map(|_| 84.0 + 3.0 * stream.normal()).collect();
                let mut target = vec![0.0; 10];
                target[3] = 1.0;
                let value = |y: &[f64]| {
                    let mut loss = [0.0];
                    objective.evaluate(10, y, &target, &mut loss, &mut [0.0; 10]).unwrap();
                    loss[0]
                };
                let mut slope = [0.0; 10];
                objective.evaluate(10, &y, &target, &mut [0.0], &mut slope).unwrap();
                for k in 0..10 {
                    let shifted = |step: f64| {
                        let mut y = y.clone();
                        y[k] += step;
                        value(&y)
                    };
                    let difference = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
                    assert!((difference - slope[k]).abs() < 1e-8, "{rubbish} {k}: {difference} {}", slope[k]);
                }
                // Far below every distance, rubbish leaves nothing to the others: the slopes are those of equation 8.
                let others = slope.iter().enumerate().filter(|(k, _)| *k != 3).map(|(_, slope)| slope.abs());
                let strongest = others.fold(0.0, f64::max);
                assert_eq!(strongest > 1e-20, rubbish > 1.0, "{strongest}");
            }
        }
    }

    #[test]
    fn distances_of_a_thousand_stay_finite() {
        for y in [[1000.0_f32, 2000.0], [0.0, 5000.0]] {
            let (mut loss, mut slope) = ([0.0], [0.0; 2]);
            let objective = Objective::MaximumAPosteriori { rubbish: 1500.0 };
            objective.evaluate(2, &y, &[0.0, 1.0], &mut loss, &mut slope).unwrap();
            assert!(loss[0].is_finite() && slope.iter().all(|s| s.is_finite()), "{loss:?} {slope:?}");
        }
        assert!(Objective::MaximumAPosteriori { rubbish: 0.0 }.check().is_err());
    }
}
