//! Dense associative memory and the softmax update: the bridge from Hopfield to attention.

use crate::error::{check_length, out_of_range};
use crate::{EnergyError, Patterns};
use nn_core::{Matrix, Real, View, gemm, math, softmax};

/// F of the energy E = −Σ_µ F(M_µ), where M_µ = Σᵢ ξᵢ^µ σᵢ is the overlap in ±1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interaction {
    /// F(x) = xⁿ, n ≥ 2 (Krotov and Hopfield 2016): 2 is Hebb's network, up to a constant; capacity grows as Nⁿ⁻¹.
    Power(u32),
    /// F(x) = eˣ (Demircigil et al. 2017): capacity grows exponentially with N.
    Exponential,
}

/// A memory whose energy is steeper than a square, so that near patterns weigh far more than distant ones.
///
/// ```
/// use energy::{DenseMemory, Interaction, Patterns, with_flips};
/// use nn_core::Stream;
///
/// // Forty patterns in sixty units: far above what Hebb's rule can hold.
/// let mut stream = Stream::new(2016);
/// let patterns = Patterns::random(60, 40, &mut stream)?;
/// let memory = DenseMemory::new(patterns.clone(), Interaction::Power(4))?;
/// let cue = with_flips(&patterns.state(7), 0.1, &mut stream)?;
/// assert_eq!(memory.recall(&cue, 100)?, patterns.state(7));
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DenseMemory {
    patterns: Patterns,
    interaction: Interaction,
}

impl DenseMemory {
    /// A memory of these patterns.
    ///
    /// # Errors
    /// [`EnergyError::Core`] for a power below 2.
    pub fn new(patterns: Patterns, interaction: Interaction) -> Result<Self, EnergyError> {
        if let Interaction::Power(power) = interaction
            && power < 2
        {
            return Err(out_of_range("the power of the energy", "at least 2", f64::from(power)));
        }
        Ok(Self { patterns, interaction })
    }

    /// E/Nⁿ = −Σ_µ (M_µ/N)ⁿ, or −ln Σ_µ exp(M_µ): numbers that do not overflow, and order states as E does.
    ///
    /// # Errors
    /// [`EnergyError::Length`].
    pub fn energy(&self, state: &[bool]) -> Result<f64, EnergyError> {
        let overlaps = self.overlaps(state)?;
        Ok(match self.interaction {
            Interaction::Power(power) => {
                -overlaps.iter().map(|&overlap| whole_power(overlap / state.len() as f64, power)).sum::<f64>()
            }
            Interaction::Exponential => {
                let largest = overlaps.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let sum: f64 = overlaps.iter().map(|&overlap| math::exp(overlap - largest)).sum();
                if overlaps.is_empty() { 0.0 } else { -largest - math::ln(sum) }
            }
        })
    }

    /// Updates unit after unit until none changes, at most so many sweeps: σᵢ takes the sign for which E is lower, and keeps
    /// its state where both are equal.
    ///
    /// # Errors
    /// [`EnergyError::Length`].
    pub fn recall(&self, cue: &[bool], max_sweeps: usize) -> Result<Vec<bool>, EnergyError> {
        let mut overlaps = self.overlaps(cue)?;
        let mut state = cue.to_vec();
        for _ in 0..max_sweeps {
            let mut changed = false;
            for (unit, u) in state.iter_mut().enumerate() {
                let current = *u;
                // ξᵢσᵢ of every pattern: the overlap without the unit is M − ξᵢσᵢ.
                let agrees = |pattern: usize| if self.patterns.get(pattern, unit) == current { 1.0 } else { -1.0 };
                if self.gain(&overlaps, agrees) < 0.0 {
                    overlaps.iter_mut().enumerate().for_each(|(pattern, overlap)| *overlap -= 2.0 * agrees(pattern));
                    *u = !current;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        Ok(state)
    }

    /// Σ_µ F(M) − F(M − 2ξᵢσᵢ), up to a positive factor: positive where the unit is right as it is.
    fn gain(&self, overlaps: &[f64], agrees: impl Fn(usize) -> f64) -> f64 {
        let flipped = |pattern: usize| overlaps[pattern] - 2.0 * agrees(pattern);
        match self.interaction {
            Interaction::Power(power) => {
                let scale = 1.0 / self.patterns.units() as f64;
                let f = |overlap: f64| whole_power(overlap * scale, power);
                (0..overlaps.len()).map(|pattern| f(overlaps[pattern]) - f(flipped(pattern))).sum()
            }
            Interaction::Exponential => {
                let largest = (0..overlaps.len())
                    .fold(f64::NEG_INFINITY, |most, pattern| most.max(overlaps[pattern]).max(flipped(pattern)));
                let f = |overlap: f64| math::exp(overlap - largest);
                (0..overlaps.len()).map(|pattern| f(overlaps[pattern]) - f(flipped(pattern))).sum()
            }
        }
    }

    fn overlaps(&self, state: &[bool]) -> Result<Vec<f64>, EnergyError> {
        check_length("the state", self.patterns.units(), state.len())?;
        let units = state.len() as f64;
        let of = |pattern: Vec<bool>| {
            let different = pattern.iter().zip(state).filter(|(a, b)| a != b).count();
            units - 2.0 * different as f64
        };
        Ok(self.patterns.states().map(of).collect())
    }
}

/// xⁿ by multiplication.
fn whole_power(x: f64, power: u32) -> f64 {
    (0..power).fold(1.0, |product, _| product * x)
}

/// The softmax update (Ramsauer et al. 2020): every query ξ becomes X softmax(β Xᵀ ξ), a mean of the stored columns of X
/// weighted by how well they fit. One step of it is attention, with X as keys and values.
///
/// `patterns` is N × P, `queries` N × n; real values are allowed.
///
/// # Errors
/// [`EnergyError::Core`] for β that is not positive and finite, no pattern, sizes that do not fit or values that are not finite.
pub fn softmax_update<T: Real>(patterns: &Matrix<T>, queries: &Matrix<T>, beta: f64) -> Result<Matrix<T>, EnergyError> {
    if !(beta > 0.0 && beta.is_finite()) {
        return Err(out_of_range("beta", "positive and finite", beta));
    }
    if patterns.is_empty() {
        return Err(nn_core::CoreError::Empty { what: "the set of patterns" }.into());
    }
    check_length("a query", patterns.nrows(), queries.nrows())?;
    nn_core::check_finite(patterns)?;
    nn_core::check_finite(queries)?;
    let mut weights = Matrix::zeros(patterns.ncols(), queries.ncols());
    gemm(T::from_f64(beta), View::from(patterns).transposed(), queries, T::ZERO, &mut weights)?;
    softmax(patterns.ncols(), weights.as_mut_slice());
    let mut updated = Matrix::zeros(patterns.nrows(), queries.ncols());
    gemm(T::ONE, patterns, &weights, T::ZERO, &mut updated)?;
    Ok(updated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RecallConfig, StorageRule, Thresholds, with_flips};
    use nn_core::Stream;

    #[test]
    fn the_square_is_hebbs_network() {
        let mut stream = Stream::new(16);
        let patterns = Patterns::random(50, 5, &mut stream).unwrap();
        let network = StorageRule::HEBB.store::<f64>(&patterns, Thresholds::Balanced).unwrap();
        let memory = DenseMemory::new(patterns.clone(), Interaction::Power(2)).unwrap();
        let cues = Patterns::random(50, 20, &mut stream).unwrap();
        let mut offset = None;
        for cue in cues.states() {
            let hebb = RecallConfig::SEQUENTIAL.recall(&network, &cue, Stream::new(0)).unwrap();
            assert_eq!(memory.recall(&cue, 1000).unwrap(), hebb.state);
            // Spins: E = −⅛ Σ M² + constant, in units of the 0/1 network.
            let rest = network.energy(&cue).unwrap() - 2500.0 / 8.0 * memory.energy(&cue).unwrap();
            assert!((rest - *offset.get_or_insert(rest)).abs() < 1e-9);
        }
    }

    #[test]
    fn steeper_energies_hold_more_and_never_rise() {
        let mut stream = Stream::new(17);
        let patterns = Patterns::random(100, 200, &mut stream).unwrap();
        for interaction in [Interaction::Power(4), Interaction::Exponential] {
            let memory = DenseMemory::new(patterns.clone(), interaction).unwrap();
            for pattern in 0..20 {
                let stored = patterns.state(pattern);
                let cue = with_flips(&stored, 0.1, &mut stream).unwrap();
                let mut energies = vec![memory.energy(&cue).unwrap()];
                for sweeps in 1..4 {
                    energies.push(memory.energy(&memory.recall(&cue, sweeps).unwrap()).unwrap());
                }
                assert!(energies.is_sorted_by(|a, b| a >= b), "{energies:?}");
                assert_eq!(memory.recall(&cue, 100).unwrap(), stored, "{interaction:?}, pattern {pattern}");
            }
        }
        let error = DenseMemory::new(patterns, Interaction::Power(1)).unwrap_err().to_string();
        assert_eq!(error, "the power of the energy must be at least 2, is 1");
    }

    #[test]
    fn one_softmax_step_finds_the_nearest_of_many_real_patterns() {
        let mut stream = Stream::new(20);
        let mut patterns = Matrix::<f64>::zeros(128, 100);
        stream.fill_normal(patterns.as_mut_slice(), 0.0, 1.0);
        let mut queries = patterns.columns(0, 10).into_owned();
        queries.iter_mut().for_each(|value| *value += 0.3 * stream.normal());
        let updated = softmax_update(&patterns, &queries, 1.0).unwrap();
        let stored = patterns.columns(0, 10);
        assert!((&updated - stored).amax() < 0.01 && (&queries - stored).amax() > 0.3);
        assert!(softmax_update(&patterns, &queries, 0.0).is_err());
        assert!(softmax_update(&patterns, &Matrix::zeros(127, 1), 1.0).is_err());
        assert!(softmax_update(&Matrix::zeros(128, 0), &queries, 1.0).is_err());
    }
}
