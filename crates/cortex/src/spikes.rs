//! Spikes: a Poisson process whose rate follows a response, and rasters of repeated trials.

use crate::CortexError;
use crate::error::{check_positive, check_values, out_of_range};
use nn_core::{Stream, math};

/// Above this number a list of spikes would not fit into memory.
const MOST_SPIKES: f64 = 16_777_216.0;

/// The times of the spikes of one trial, ascending: an inhomogeneous Poisson process whose rate is `rates[k]` from
/// k · bin to (k + 1) · bin.
///
/// At most 2²⁴ spikes are expected. Exact for piecewise constant rates: the integral of the rate from one spike to the next is exponentially distributed.
/// Rates are in spikes per unit of time, `bin` in that unit (usually Hz and seconds).
///
/// # Errors
/// [`CortexError::Value`] for a rate that is negative or not finite, [`CortexError::Core`] for a bin that is not positive, or
/// more spikes than that.
///
/// ```
/// use cortex::spike_train;
/// use nn_core::Stream;
///
/// let spikes = spike_train(&[0.0, 50.0, 0.0], 1.0, &mut Stream::new(1959))?; // 50 Hz in the second second
/// assert!(spikes.iter().all(|time| (1.0..2.0).contains(time)));
/// assert!((20..80).contains(&spikes.len()));
/// # Ok::<(), cortex::CortexError>(())
/// ```
pub fn spike_train(rates: &[f64], bin: f64, stream: &mut Stream) -> Result<Vec<f64>, CortexError> {
    check_positive("the bin", bin)?;
    check_values("rate", rates, "non-negative and finite", |rate| rate >= 0.0 && rate.is_finite())?;
    let expected = rates.iter().map(|rate| rate * bin).sum::<f64>();
    if expected > MOST_SPIKES {
        return Err(out_of_range("the expected number of spikes", "at most 16777216", expected));
    }
    let mut spikes = Vec::new();
    let mut waiting = exponential(stream);
    for (k, &rate) in rates.iter().enumerate() {
        let mut passed = 0.0;
        // Each turn of the inner loop is a spike.
        while rate * (bin - passed) > waiting {
            passed += waiting / rate;
            spikes.push(k as f64 * bin + passed);
            waiting = exponential(stream);
        }
        waiting -= rate * (bin - passed);
    }
    Ok(spikes)
}

/// −ln(1 − u), u uniform in [0, 1).
fn exponential(stream: &mut Stream) -> f64 {
    -math::ln_1p(-stream.uniform())
}

/// The spikes of `trials` repetitions; trial k draws from `stream.at(k)`.
///
/// # Errors
/// As [`spike_train`].
pub fn raster(rates: &[f64], bin: f64, trials: usize, stream: &Stream) -> Result<Vec<Vec<f64>>, CortexError> {
    (0..trials).map(|trial| spike_train(rates, bin, &mut stream.at(trial as u64))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_the_mean_and_the_variance_of_poisson() {
        let rates: Vec<f64> = (0..40).map(|k| f64::from(k % 8) * 5.0).collect();
        let expected: f64 = rates.iter().sum::<f64>() * 0.025;
        let counts: Vec<f64> =
            raster(&rates, 0.025, 4000, &Stream::new(1)).unwrap().iter().map(|spikes| spikes.len() as f64).collect();
        let mean = counts.iter().sum::<f64>() / 4000.0;
        let variance = counts.iter().map(|count| (count - mean) * (count - mean)).sum::<f64>() / 3999.0;
        // The standard error of the mean is √(17.5/4000) = 0.066, that of the Fano factor √(2/4000) = 0.022: five of them.
        assert!((mean - expected).abs() < 0.33, "{mean} {expected}");
        assert!((variance / mean - 1.0).abs() < 0.11, "{}", variance / mean);
    }

    #[test]
    fn spikes_fall_where_the_rate_is() {
        let trials = raster(&[0.0, 100.0, 0.0, 300.0], 0.1, 500, &Stream::new(2)).unwrap();
        let count = |bin: f64| {
            let inside = |time: &&f64| (**time / 0.1).floor() == bin;
            trials.iter().map(|spikes| spikes.iter().filter(inside).count()).sum::<usize>() as f64 / 500.0
        };
        assert_eq!((count(0.0), count(2.0)), (0.0, 0.0));
        // Standard errors 0.14 and 0.24: five of them.
        assert!((count(1.0) - 10.0).abs() < 0.7 && (count(3.0) - 30.0).abs() < 1.2, "{} {}", count(1.0), count(3.0));
        assert!(trials.iter().all(|spikes| spikes.is_sorted()));
    }

    #[test]
    fn trials_do_not_depend_on_each_other() {
        let long = raster(&[40.0], 1.0, 5, &Stream::new(3)).unwrap();
        assert_eq!(raster(&[40.0], 1.0, 2, &Stream::new(3)).unwrap(), long[..2]);
    }

    #[test]
    fn a_negative_rate_is_named() {
        let error = spike_train(&[1.0, -2.0], 0.1, &mut Stream::new(1)).unwrap_err();
        assert_eq!(error.to_string(), "rate 1 must be non-negative and finite, is -2");
        assert_eq!(
            spike_train(&[1.0], 0.0, &mut Stream::new(1)).unwrap_err().to_string(),
            "the bin must be positive and finite, is 0"
        );
    }
}
