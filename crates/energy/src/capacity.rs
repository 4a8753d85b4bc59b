//! How many random patterns a Hebbian network of ±1 units can hold: the theory.

use crate::EnergyError;
use crate::error::out_of_range;
use nn_core::math;

/// What theory says about a network at the load α = P/N of random patterns, at temperature zero and for N → ∞.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retrieval {
    /// Patterns over units.
    pub load: f64,
    /// The overlap m of the fixed point with its pattern.
    pub overlap: f64,
}

impl Retrieval {
    /// The share of wrong units, (1 − m)/2.
    pub fn error(&self) -> f64 {
        0.5 * (1.0 - self.overlap)
    }
}

/// The largest load at which patterns can be recalled: α_c = 0.137906, m_c = 0.9674 (Amit, Gutfreund and Sompolinsky 1985,
/// replica symmetric; 0.138186 with one step of broken symmetry).
///
/// Solved, not quoted: the largest α for which [`retrieval`] has a solution.
pub fn critical_load() -> Retrieval {
    let y = critical_argument();
    Retrieval { load: load_of(y), overlap: math::erf(y) }
}

/// The recall of a pattern at this load, or `None` above [`critical_load`].
///
/// m = erf(y), where y is the larger solution of erf(y)/y − (2/√π) exp(−y²) = √(2α).
///
/// # Errors
/// [`EnergyError::Core`] for a load that is not positive and finite.
pub fn retrieval(load: f64) -> Result<Option<Retrieval>, EnergyError> {
    check(load)?;
    let (mut low, mut high) = (critical_argument(), 1.0 / (2.0 * load).sqrt() + 2.0);
    if load > load_of(low) {
        return Ok(None);
    }
    // The load falls with y from here on.
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if load_of(middle) > load { low = middle } else { high = middle }
    }
    Ok(Some(Retrieval { load, overlap: math::erf(0.5 * (low + high)) }))
}

/// The probability that a unit of a stored pattern leaves it at once, Φ(−√(1/α)): 0.0036 at α = 0.138.
///
/// # Errors
/// [`EnergyError::Core`] for a load that is not positive and finite.
pub fn one_step_error(load: f64) -> Result<f64, EnergyError> {
    check(load)?;
    Ok(math::normal_cdf(-(1.0 / load).sqrt()))
}

/// The same for 0/1 units without thresholds, after Hopfield (1982, equation 10): Φ(−√(N/(2 (P − 1)))).
///
/// 0 for a single pattern.
///
/// # Errors
/// [`EnergyError::Core`] for no units or no pattern.
pub fn one_step_error_without_thresholds(units: usize, patterns: usize) -> Result<f64, EnergyError> {
    for (name, value) in [("the number of units", units), ("the number of patterns", patterns)] {
        if value == 0 {
            return Err(out_of_range(name, "at least 1", 0.0));
        }
    }
    let noise = 2.0 * (patterns as f64 - 1.0);
    Ok(math::normal_cdf(-(units as f64 / noise).sqrt()))
}

fn check(load: f64) -> Result<(), EnergyError> {
    match load > 0.0 && load.is_finite() {
        true => Ok(()),
        false => Err(out_of_range("the load", "positive and finite", load)),
    }
}

/// α of the solution y = m/√(2 α r).
fn load_of(y: f64) -> f64 {
    let two_over_root_pi = std::f64::consts::FRAC_2_SQRT_PI;
    let root = math::erf(y) / y - two_over_root_pi * math::exp(-y * y);
    0.5 * root * root
}

/// Where the load is largest: by sections of a bracket around the only maximum.
fn critical_argument() -> f64 {
    let (mut low, mut high) = (0.5, 4.0);
    for _ in 0..200 {
        let third = (high - low) / 3.0;
        if load_of(low + third) < load_of(high - third) { low += third } else { high -= third }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_critical_load_is_that_of_the_literature() {
        let critical = critical_load();
        assert!((critical.load - 0.137_906).abs() < 5e-7, "{critical:?}");
        assert!((critical.overlap - 0.9674).abs() < 5e-5, "{critical:?}");
        assert!((critical.error() - 0.0163).abs() < 5e-5, "{critical:?}");
    }

    #[test]
    fn retrieval_exists_up_to_the_critical_load_and_solves_its_equation() {
        assert_eq!(retrieval(0.138).unwrap(), None);
        let mut before = 1.0;
        for load in [0.01, 0.05, 0.1, 0.13, 0.1379] {
            let overlap = retrieval(load).unwrap().unwrap().overlap;
            assert!(overlap <= before && overlap > 0.96, "{load}: {overlap}");
            before = overlap;
        }
        assert!(retrieval(0.0).is_err() && retrieval(f64::NAN).is_err());
    }

    /// The table of Hertz, Krogh and Palmer (1991).
    #[test]
    fn one_step_errors_are_those_of_the_textbook() {
        for (load, error) in [(0.105, 0.0010), (0.138, 0.0036), (0.185, 0.0100), (0.37, 0.0501), (0.61, 0.1002)] {
            assert!((one_step_error(load).unwrap() - error).abs() < 6e-5, "{load}");
        }
        let paper = one_step_error_without_thresholds(100, 10).unwrap();
        assert!((paper - 0.00921).abs() < 5e-6, "{paper}");
        assert_eq!(one_step_error_without_thresholds(100, 1).unwrap(), 0.0);
        assert!(one_step_error_without_thresholds(0, 1).is_err());
    }
}
