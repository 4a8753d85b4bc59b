//! Why the sigmoid (slide 52): three curves of biology that rise and level off.

use crate::CortexError;
use crate::error::{check_finite, check_non_negative, check_positive, check_values, out_of_range};
use nn_core::math;

/// The rate of a leaky integrate-and-fire neuron with a refractory period: 1/(t_ref + τ ln(I/(I − 1))) for a constant input
/// I > 1, else 0. The input is in units of the one that just reaches the threshold.
///
/// `time_constant` τ is positive, `refractory_period` t_ref not negative, both in seconds; the rate is in Hz and stays below
/// 1/t_ref.
///
/// # Errors
/// [`CortexError::Core`] for a parameter out of its range, by name.
pub fn firing_rate(input: f64, time_constant: f64, refractory_period: f64) -> Result<f64, CortexError> {
    check_finite("the input", input)?;
    check_positive("the time constant", time_constant)?;
    check_non_negative("the refractory period", refractory_period)?;
    if input <= 1.0 {
        return Ok(0.0);
    }
    // ln(I/(I − 1)) = −ln(1 − 1/I)
    Ok(1.0 / (refractory_period - time_constant * math::ln_1p(-1.0 / input)))
}

/// The probability that a channel is open at membrane potential V: 1/(1 + exp(−(V − V½)/k)), a channel of two states in
/// Boltzmann's distribution.
///
/// `half` V½ and `slope` k > 0 in the unit of V, usually mV.
///
/// # Errors
/// [`CortexError::Core`] for a parameter out of its range, by name.
pub fn open_probability(potential: f64, half: f64, slope: f64) -> Result<f64, CortexError> {
    check_finite("the potential", potential)?;
    check_finite("the potential of half opening", half)?;
    check_positive("the slope", slope)?;
    Ok(math::sigmoid((potential - half) / slope))
}

/// How many cells of a population fire at input I when their thresholds are normally distributed: the number of
/// `thresholds` below I.
///
/// # Errors
/// [`CortexError::Core`] for an input, [`CortexError::Value`] for a threshold that is NaN.
pub fn firing_cells(input: f64, thresholds: &[f64]) -> Result<usize, CortexError> {
    if input.is_nan() {
        return Err(out_of_range("the input", "a number", input));
    }
    check_values("threshold", thresholds, "a number", |threshold| !threshold.is_nan())?;
    Ok(thresholds.iter().filter(|&&threshold| threshold < input).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Euler's method with small steps.
    fn simulated(input: f64, time_constant: f64, refractory_period: f64) -> f64 {
        let step = 1e-6;
        let (mut potential, mut time) = (0.0, 0.0);
        while potential < 1.0 {
            potential += step / time_constant * (input - potential);
            time += step;
        }
        1.0 / (time + refractory_period)
    }

    #[test]
    fn the_rate_is_that_of_the_simulated_neuron() {
        for input in [1.05, 1.5, 3.0, 20.0] {
            let (rate, simulated) = (firing_rate(input, 0.02, 0.002).unwrap(), simulated(input, 0.02, 0.002));
            assert!((rate / simulated - 1.0).abs() < 2e-3, "{input}: {rate} {simulated}");
        }
    }

    #[test]
    fn the_rate_rises_and_stays_below_that_of_the_refractory_period() {
        let rates: Vec<f64> = (0..2000).map(|k| firing_rate(f64::from(k) * 0.1, 0.02, 0.002).unwrap()).collect();
        assert!(rates.is_sorted());
        assert!(rates[10] == 0.0 && rates[11] > 0.0);
        assert!(firing_rate(1e9, 0.02, 0.002).unwrap() > 499.9 && rates[1999] < 500.0);
    }

    #[test]
    fn a_channel_is_half_open_at_its_half_potential() {
        assert_eq!(open_probability(-40.0, -40.0, 6.0).unwrap(), 0.5);
        let (open, shut) = (open_probability(-30.0, -40.0, 6.0).unwrap(), open_probability(-50.0, -40.0, 6.0).unwrap());
        assert!((open + shut - 1.0).abs() < 1e-15 && open > 0.84);
    }

    #[test]
    fn parameters_out_of_range_are_named() {
        let message = open_probability(0.0, 0.0, 0.0).unwrap_err().to_string();
        assert_eq!(message, "the slope must be positive and finite, is 0");
        assert!(firing_rate(2.0, -1.0, 0.0).is_err() && firing_rate(f64::NAN, 1.0, 0.0).is_err());
        assert_eq!(firing_cells(0.5, &[0.1, 0.5, 0.7]).unwrap(), 1);
    }
}
