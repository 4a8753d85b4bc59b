//! Simulated annealing: temperature falls during the run.

use crate::error::out_of_range;
use crate::{EnergyError, Temperature};
use nn_core::math;

/// **Eq. annealing** (slide 80): T decreases during the run. How it does, from step 0 to the last of `steps` steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TemperatureSchedule {
    /// T stays.
    Fixed(f64),
    /// T falls by the same amount in every step, from the first value to the second.
    Linear(f64, f64),
    /// T falls by the same factor in every step, from the first value to the second.
    Geometric(f64, f64),
    /// T₀ ln 2 / ln(2 + step): so slow that the ground state is certain in the end (Geman and Geman 1984).
    Logarithmic(f64),
}

impl TemperatureSchedule {
    /// The temperature of a step, counted from 0, of so many.
    ///
    /// # Errors
    /// [`EnergyError::Core`] for a temperature that is not positive and finite.
    pub fn temperature(&self, step: usize, steps: usize) -> Result<Temperature, EnergyError> {
        let (first, last) = match *self {
            Self::Fixed(t) | Self::Logarithmic(t) => (t, t),
            Self::Linear(first, last) | Self::Geometric(first, last) => (first, last),
        };
        for t in [first, last] {
            if !(t > 0.0 && t.is_finite()) {
                return Err(out_of_range("a temperature of the schedule", "positive and finite", t));
            }
        }
        let part = step as f64 / steps.saturating_sub(1).max(1) as f64;
        Temperature::new(match *self {
            Self::Fixed(t) => t,
            Self::Linear(..) => first + (last - first) * part,
            Self::Geometric(..) => first * math::powf(last / first, part),
            Self::Logarithmic(t) => t * std::f64::consts::LN_2 / math::ln(2.0 + step as f64),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eq. annealing: every schedule falls from its first temperature, the bounded ones to their last.
    #[test]
    fn schedules_fall_from_the_first_temperature_to_the_last() {
        use TemperatureSchedule::{Fixed, Geometric, Linear, Logarithmic};
        for schedule in [Linear(8.0, 2.0), Geometric(8.0, 2.0), Logarithmic(8.0)] {
            let values: Vec<f64> = (0..5).map(|step| schedule.temperature(step, 5).unwrap().value()).collect();
            assert_eq!(values[0], 8.0);
            assert!(values.is_sorted_by(|a, b| a > b), "{values:?}");
        }
        assert_eq!(Linear(8.0, 2.0).temperature(2, 5).unwrap().value(), 5.0);
        assert!((Geometric(8.0, 2.0).temperature(2, 5).unwrap().value() - 4.0).abs() < 1e-14);
        assert_eq!(Fixed(3.0).temperature(4, 5).unwrap().value(), 3.0);
        let error = Geometric(1.0, 0.0).temperature(0, 2).unwrap_err().to_string();
        assert_eq!(error, "a temperature of the schedule must be positive and finite, is 0");
    }
}
