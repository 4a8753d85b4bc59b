//! A penalty that keeps the units of one layer silent for most samples.

use nn_core::{CoreError, Real};

/// β Σⱼ KL(ρ ‖ ρ̂ⱼ) is added to the error: unit j of the code is to be at ρ on average, ρ̂ⱼ its mean over the step's samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sparsity {
    /// ρ, in (0, 1).
    pub target: f64,
    /// β, non-negative.
    pub strength: f64,
}

impl Sparsity {
    /// # Errors
    /// [`CoreError::OutOfRange`] with the name, the value and the rule.
    pub(crate) fn check(self) -> Result<(), CoreError> {
        let range = |name, rule, value, holds| match holds {
            true => Ok(()),
            false => Err(CoreError::OutOfRange { name, rule, value }),
        };
        let Self { target, strength } = self;
        range("the sparsity's target", "between 0 and 1", target, target > 0.0 && target < 1.0)?;
        let holds = strength >= 0.0 && strength.is_finite();
        range("the sparsity's strength", "non-negative and finite", strength, holds)
    }
}

/// β Σⱼ KL(ρ ‖ ρ̂ⱼ) on the outputs of one layer, ρ̂ⱼ the mean output of unit j over the batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CodePenalty {
    /// The layer, counted from 0.
    pub layer: usize,
    /// ρ
    pub target: f64,
    /// β
    pub strength: f64,
}

/// Means are kept this far from 0 and 1, where the divergence is infinite.
const MARGIN: f64 = 1e-6;

impl CodePenalty {
    /// ∂/∂zⱼ of the penalty for every unit, the same for all n samples, times `factor` (1 for a sum over samples, 1/n for a
    /// mean). `outputs` are the layer's outputs, in pieces of samples.
    pub fn slopes<'a, T: Real>(
        &self,
        outputs: impl Iterator<Item = &'a [T]>,
        n: usize,
        factor: T,
        units: usize,
        slopes: &mut Vec<T>,
    ) {
        slopes.clear();
        slopes.resize(units, T::ZERO);
        for outputs in outputs {
            for z in outputs.chunks_exact(units) {
                slopes.iter_mut().zip(z).for_each(|(sum, &z)| *sum += z);
            }
        }
        for slope in slopes {
            let mean = (slope.to_f64() / n as f64).clamp(MARGIN, 1.0 - MARGIN);
            *slope = factor * T::from_f64(self.strength * ((1.0 - self.target) / (1.0 - mean) - self.target / mean));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::math;

    /// KL(ρ ‖ ρ̂) = ρ ln(ρ/ρ̂) + (1 − ρ) ln((1 − ρ)/(1 − ρ̂)), the divergence of two coins, in nats; both in (0, 1).
    fn divergence(target: f64, mean: f64) -> f64 {
        let mean = mean.clamp(MARGIN, 1.0 - MARGIN);
        target * math::ln(target / mean) + (1.0 - target) * math::ln((1.0 - target) / (1.0 - mean))
    }

    #[test]
    fn the_slope_is_that_of_the_divergence() {
        let penalty = CodePenalty { layer: 0, target: 0.1, strength: 3.0 };
        let outputs = [0.2, 0.7, 0.4, 0.1, 0.3, 0.9]; // two units, three samples
        let mut slopes = vec![];
        penalty.slopes([&outputs[..2], &outputs[2..]].into_iter(), 3, 1.0 / 3.0, 2, &mut slopes);
        let value = |z: f64| 3.0 * divergence(0.1, (z + 0.4 + 0.3) / 3.0);
        let difference = (value(0.2 + 1e-6) - value(0.2 - 1e-6)) / 2e-6;
        assert!((slopes[0] - difference).abs() < 1e-8, "{} {difference}", slopes[0]);
        assert_eq!(divergence(0.3, 0.3), 0.0);
    }
}
