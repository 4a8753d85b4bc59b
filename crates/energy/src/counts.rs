//! How often the states of a small network were seen.

use crate::EnergyError;

/// How often every state of a small network was seen (slide 78).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateCounts {
    units: usize,
    counts: Vec<u64>,
}

impl StateCounts {
    /// No state seen yet.
    ///
    /// # Errors
    /// [`EnergyError::TooManyUnits`] above [`crate::LISTABLE_UNITS`].
    pub fn new(units: usize) -> Result<Self, EnergyError> {
        let most = crate::LISTABLE_UNITS;
        if units > most {
            let instead = "count what the units do alone and in pairs";
            return Err(EnergyError::TooManyUnits { what: "counting them one by one", units, most, instead });
        }
        Ok(Self { units, counts: vec![0; 1 << units] })
    }

    /// Counts a state.
    ///
    /// # Errors
    /// [`EnergyError::Length`].
    pub fn add(&mut self, state: &[bool]) -> Result<(), EnergyError> {
        crate::error::check_length("the state", self.units, state.len())?;
        self.counts[crate::number_of(state) as usize] += 1;
        Ok(())
    }

    /// The counts; bit i of the index is unit i.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Number of states counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The counts as shares of their total.
    pub fn frequencies(&self) -> Vec<f64> {
        let total = self.total().max(1) as f64;
        self.counts.iter().map(|&count| count as f64 / total).collect()
    }

    /// ½ Σ |frequency − p|: 0 for the same distribution, 1 for one that has nothing in common with it.
    ///
    /// # Errors
    /// [`EnergyError::Length`].
    pub fn total_variation(&self, p: &[f64]) -> Result<f64, EnergyError> {
        crate::error::check_length("the distribution", self.counts.len(), p.len())?;
        Ok(0.5 * self.frequencies().iter().zip(p).map(|(f, p)| (f - p).abs()).sum::<f64>())
    }

    /// Pearson's χ² = Σ (count − n p)²/(n p), with 2ᴺ − 1 degrees of freedom for independent states.
    ///
    /// # Errors
    /// [`EnergyError::Length`].
    pub fn chi_squared(&self, p: &[f64]) -> Result<f64, EnergyError> {
        crate::error::check_length("the distribution", self.counts.len(), p.len())?;
        let total = self.total() as f64;
        let term = |(&count, &p): (&u64, &f64)| match (count, p * total) {
            (0, expected) => expected,
            (count, expected) => (count as f64 - expected) * (count as f64 - expected) / expected,
        };
        Ok(self.counts.iter().zip(p).map(term).sum())
    }
}
