//! [`Patterns`]: states of 0/1 units, packed 64 to a word.

use crate::EnergyError;
use crate::error::check_length;
use nn_core::{Matrix, Real, Stream};

/// P patterns of N units, 0 or 1, packed 64 units to a word: what a network stores and recalls.
///
/// ```
/// use energy::Patterns;
///
/// let patterns = Patterns::from_pictures(&["#.#/.#.", ".#./###"])?;
/// assert_eq!((patterns.units(), patterns.len()), (6, 2));
/// assert_eq!(patterns.state(0), [true, false, true, false, true, false]);
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patterns {
    units: usize,
    /// ⌈N/64⌉ words a pattern; bit i of a pattern is unit i, the bits above N are 0.
    words: Vec<u64>,
    len: usize,
}

impl Patterns {
    /// No pattern yet of so many units.
    ///
    /// # Errors
    /// [`EnergyError::NoUnits`].
    pub fn new(units: usize) -> Result<Self, EnergyError> {
        if units == 0 {
            return Err(EnergyError::NoUnits);
        }
        Ok(Self { units, words: Vec::new(), len: 0 })
    }

    /// The columns of a matrix of zeros and ones, N × P.
    ///
    /// # Errors
    /// [`EnergyError::NoUnits`], [`EnergyError::NotBinary`] for any other value.
    pub fn from_matrix<T: Real>(patterns: &Matrix<T>) -> Result<Self, EnergyError> {
        Self::from_two_values(patterns, 0, "units")
    }

    /// The columns of a matrix of −1 and +1, N × P: u = (1 + σ)/2.
    ///
    /// # Errors
    /// [`EnergyError::NoUnits`], [`EnergyError::NotBinary`] for any other value.
    pub fn from_spins<T: Real>(spins: &Matrix<T>) -> Result<Self, EnergyError> {
        Self::from_two_values(spins, -1, "spins")
    }

    fn from_two_values<T: Real>(values: &Matrix<T>, first: i8, what: &'static str) -> Result<Self, EnergyError> {
        let mut patterns = Self::new(values.nrows())?;
        let mut state = vec![false; values.nrows()];
        for (pattern, column) in values.column_iter().enumerate() {
            for (unit, (bit, value)) in state.iter_mut().zip(column.iter()).enumerate() {
                let value = value.to_f64();
                if value != 1.0 && value != f64::from(first) {
                    return Err(EnergyError::NotBinary { what, first, second: 1, pattern, unit, value });
                }
                *bit = value == 1.0;
            }
            patterns.push(&state)?;
        }
        Ok(patterns)
    }

    /// Pictures row by row, rows divided by `/` or line ends: `#` is 1, every other sign is 0.
    ///
    /// # Errors
    /// [`EnergyError::NoUnits`], [`EnergyError::Length`] where two pictures differ in their number of signs.
    pub fn from_pictures(pictures: &[&str]) -> Result<Self, EnergyError> {
        let bits = |picture: &str| -> Vec<bool> {
            picture.chars().filter(|sign| !matches!(sign, '/' | '\n' | '\r')).map(|sign| sign == '#').collect()
        };
        let mut patterns = Self::new(pictures.first().map_or(0, |picture| bits(picture).len()))?;
        pictures.iter().try_for_each(|picture| patterns.push(&bits(picture)))?;
        Ok(patterns)
    }

    /// Random patterns: every unit is 1 with probability ½.
    ///
    /// # Errors
    /// [`EnergyError::NoUnits`].
    pub fn random(units: usize, count: usize, stream: &mut Stream) -> Result<Self, EnergyError> {
        let mut patterns = Self::new(units)?;
        for _ in 0..count {
            for first in (0..units).step_by(64) {
                let word = nn_core::rand::Rng::next_u64(stream);
                patterns.words.push(word & mask(units - first));
            }
        }
        patterns.len = count;
        Ok(patterns)
    }

    /// Adds a pattern.
    ///
    /// # Errors
    /// [`EnergyError::Length`].
    pub fn push(&mut self, state: &[bool]) -> Result<(), EnergyError> {
        check_length("the pattern", self.units, state.len())?;
        self.words.extend(state.chunks(64).map(pack));
        self.len += 1;
        Ok(())
    }

    /// N.
    pub fn units(&self) -> usize {
        self.units
    }

    /// P.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no pattern.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Unit i of pattern µ.
    ///
    /// # Panics
    /// Beyond the last pattern or unit, as an index of a slice.
    pub fn get(&self, pattern: usize, unit: usize) -> bool {
        assert!(unit < self.units, "there are {} units, found {unit}", self.units);
        self.words_of(pattern)[unit / 64] >> (unit % 64) & 1 == 1
    }

    /// Pattern µ as a state.
    ///
    /// # Panics
    /// Beyond the last pattern, as an index of a slice.
    pub fn state(&self, pattern: usize) -> Vec<bool> {
        (0..self.units).map(|unit| self.get(pattern, unit)).collect()
    }

    /// The patterns as states, one after the other.
    pub fn states(&self) -> impl Iterator<Item = Vec<bool>> + '_ {
        (0..self.len).map(|pattern| self.state(pattern))
    }

    /// The first patterns, or all of them if there are fewer.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        let len = count.min(self.len);
        Self { units: self.units, words: self.words[..len * self.stride()].to_vec(), len }
    }

    /// N × P numbers, 0 and 1: for pictures.
    pub fn to_matrix<T: Real>(&self) -> Matrix<T> {
        Matrix::from_fn(self.units, self.len, |unit, pattern| if self.get(pattern, unit) { T::ONE } else { T::ZERO })
    }

    /// The words of pattern µ, bit i of word i/64 being unit i; bits above N are 0.
    pub fn words_of(&self, pattern: usize) -> &[u64] {
        &self.words[pattern * self.stride()..][..self.stride()]
    }

    /// Words a pattern.
    pub(crate) fn stride(&self) -> usize {
        self.units.div_ceil(64)
    }
}

/// How many units of two states differ.
///
/// # Errors
/// [`EnergyError::Length`].
pub fn hamming_distance(a: &[bool], b: &[bool]) -> Result<usize, EnergyError> {
    check_length("the other state", a.len(), b.len())?;
    Ok(a.iter().zip(b).filter(|(a, b)| a != b).count())
}

/// The overlap m = (1/N) Σᵢ (2aᵢ − 1)(2bᵢ − 1): 1 for equal states, −1 for complements, near 0 for unrelated ones.
///
/// # Errors
/// [`EnergyError::NoUnits`], [`EnergyError::Length`].
pub fn overlap(a: &[bool], b: &[bool]) -> Result<f64, EnergyError> {
    if a.is_empty() {
        return Err(EnergyError::NoUnits);
    }
    Ok(1.0 - 2.0 * hamming_distance(a, b)? as f64 / a.len() as f64)
}

/// The state with this share of units inverted, exactly round(share N) of them, drawn without replacement.
///
/// # Errors
/// [`EnergyError::Core`] for a share outside [0, 1].
pub fn with_flips(state: &[bool], share: f64, stream: &mut Stream) -> Result<Vec<bool>, EnergyError> {
    if !(0.0..=1.0).contains(&share) {
        return Err(crate::error::out_of_range("the share of flips", "between 0 and 1", share));
    }
    let mut flipped = state.to_vec();
    let count = (share * state.len() as f64).round() as usize;
    for unit in stream.permutation(state.len()).into_iter().take(count) {
        flipped[unit] = !flipped[unit];
    }
    Ok(flipped)
}

/// Up to 64 units as a word, the first one lowest.
pub(crate) fn pack(state: &[bool]) -> u64 {
    state.iter().enumerate().fold(0, |word, (bit, &unit)| word | u64::from(unit) << bit)
}

/// The lowest bits of a word that stand for units, of which so many are left.
fn mask(units: usize) -> u64 {
    if units >= 64 { u64::MAX } else { (1 << units) - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_keep_what_was_put_in() {
        let mut stream = Stream::new(7);
        for units in [1, 63, 64, 65, 200] {
            let random = Patterns::random(units, 5, &mut stream).unwrap();
            let mut pushed = Patterns::new(units).unwrap();
            random.states().for_each(|state| pushed.push(&state).unwrap());
            assert_eq!(pushed, random);
            assert_eq!(Patterns::from_matrix(&random.to_matrix::<f32>()).unwrap(), random);
            let spins = random.to_matrix::<f64>().map(|u| 2.0 * u - 1.0);
            assert_eq!(Patterns::from_spins(&spins).unwrap(), random);
            assert_eq!(random.first(2).state(1), random.state(1));
        }
    }

    #[test]
    fn other_values_and_lengths_are_refused_with_their_place() {
        let error = Patterns::from_matrix(&Matrix::from_row_slice(2, 2, &[0.0, 1.0, 1.0, 0.5])).unwrap_err();
        assert_eq!(error.to_string(), "units must be 0 or 1: pattern 1, unit 1 is 0.5");
        let error = Patterns::from_spins(&Matrix::from_row_slice(1, 1, &[0.0])).unwrap_err();
        assert_eq!(error.to_string(), "spins must be -1 or 1: pattern 0, unit 0 is 0");
        let error = Patterns::from_pictures(&["##", "#"]).unwrap_err();
        assert_eq!(error.to_string(), "the network has 2 units, the pattern has 1");
        assert_eq!(Patterns::from_pictures(&[]).unwrap_err(), EnergyError::NoUnits);
        assert!(overlap(&[], &[]).is_err());
    }

    #[test]
    fn overlap_and_distance_by_hand() {
        let (a, b) = ([true, true, false, false], [true, false, false, false]);
        assert_eq!(hamming_distance(&a, &b).unwrap(), 1);
        assert_eq!(overlap(&a, &b).unwrap(), 0.5);
        assert_eq!(overlap(&a, &a).unwrap(), 1.0);
        assert_eq!(overlap(&a, &a.map(|u| !u)).unwrap(), -1.0);
    }

    #[test]
    fn flips_are_counted_exactly() {
        let state = vec![true; 35];
        for share in [0.0, 0.1, 0.3, 1.0] {
            let flipped = with_flips(&state, share, &mut Stream::new(3)).unwrap();
            assert_eq!(hamming_distance(&state, &flipped).unwrap(), (share * 35.0).round() as usize);
        }
        let error = with_flips(&state, 1.5, &mut Stream::new(3)).unwrap_err().to_string();
        assert_eq!(error, "the share of flips must be between 0 and 1, is 1.5");
    }
}
