//! [`HebbianMemory`]: Hebb's network without its matrix.

use crate::error::check_length;
use crate::pattern::pack;
use crate::simulation::Fields;
use crate::{EnergyError, Patterns, Thresholds};
use nn_core::simd::{Kernel, dispatch};

/// Patterns a block: rows are padded to a multiple of it, with zeros.
const BLOCK: usize = 32;

/// The network of [`hebb`](crate::hebb) for the same patterns, without weights: N P numbers instead of N².
///
/// wᵢⱼ is a sum over patterns, so the net input is one, too: with ξ = 2u − 1, σ = 2u − 1 of the state and the overlaps
/// M_µ = Σⱼ ξⱼ^µ σⱼ, twice the net input of unit i is Σ_µ ξᵢ^µ M_µ − P σᵢ plus a constant that [`Thresholds::Balanced`] makes
/// zero. An update costs P additions and a change P more, all in integers: states, energies and trajectories are those of
/// the matrix to the last bit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HebbianMemory {
    patterns: Patterns,
    /// ξᵢ^µ, unit after unit, a row of `stride` for each.
    signs: Vec<i8>,
    stride: usize,
    /// Σⱼ wᵢⱼ + 2(sᵢ − θᵢ).
    constants: Vec<i32>,
    /// 2(sᵢ − θᵢ).
    doubled_bias: Vec<i32>,
}

impl HebbianMemory {
    /// Units an overlap of 16 bits can count.
    pub const MOST_UNITS: usize = i16::MAX as usize;

    /// A memory of these patterns.
    ///
    /// # Errors
    /// [`EnergyError::UnitLimit`] above 32,767 units, [`EnergyError::TooManyPatterns`] above 32,767,
    /// [`EnergyError::Length`] for thresholds of another length, [`EnergyError::Overflow`].
    pub fn new(patterns: Patterns, thresholds: Thresholds<i32>) -> Result<Self, EnergyError> {
        let (units, count) = (patterns.units(), patterns.len());
        if units > Self::MOST_UNITS {
            return Err(EnergyError::UnitLimit { what: "a memory of overlaps", units, most: Self::MOST_UNITS });
        }
        if count > i16::MAX as usize {
            return Err(EnergyError::TooManyPatterns { patterns: count, most: i16::MAX as usize });
        }
        let stride = count.next_multiple_of(BLOCK);
        let mut signs = vec![0; units * stride];
        // 64 units at a time: one word of every pattern.
        for (block, rows) in signs.chunks_mut(64 * stride.max(1)).enumerate() {
            let words: Vec<u64> = (0..count).map(|pattern| patterns.words_of(pattern)[block]).collect();
            for (bit, row) in rows.chunks_exact_mut(stride.max(1)).enumerate() {
                for (sign, word) in row.iter_mut().zip(&words) {
                    *sign = if word >> bit & 1 == 1 { 1 } else { -1 };
                }
            }
        }
        let mut memory = Self { patterns, signs, stride, constants: vec![0; units], doubled_bias: vec![0; units] };
        // Σⱼ wᵢⱼ is the sum with all σⱼ = 1, the constant left out.
        let all = memory.cache(&vec![true; units]);
        let totals: Vec<i64> = (0..units).map(|unit| i64::from(memory.doubled(&all, unit, true))).collect();
        let bias: Vec<i64> = match thresholds {
            Thresholds::Zero => vec![0; units],
            Thresholds::Balanced => totals.iter().map(|total| -total).collect(),
            Thresholds::Custom(list) => list.into_iter().map(|threshold| -2 * i64::from(threshold)).collect(),
        };
        check_length("the list of thresholds", units, bias.len())?;
        for unit in 0..units {
            let largest = (totals[unit] + bias[unit]).abs().max(bias[unit].abs()) + (units * count) as i64;
            if largest > i64::from(i32::MAX) {
                return Err(EnergyError::Overflow { unit, largest, limit: i32::MAX });
            }
        }
        memory.constants = totals.iter().zip(&bias).map(|(total, bias)| (total + bias) as i32).collect();
        memory.doubled_bias = bias.into_iter().map(|bias| bias as i32).collect();
        Ok(memory)
    }

    /// The patterns.
    pub fn patterns(&self) -> &Patterns {
        &self.patterns
    }

    /// E of a state (slide 71), exact.
    ///
    /// # Errors
    /// [`EnergyError::Length`].
    pub fn energy(&self, state: &[bool]) -> Result<f64, EnergyError> {
        check_length("the state", self.patterns.units(), state.len())?;
        Ok(self.cached_energy(&self.cache(state), state))
    }

    /// Twice the net input.
    #[inline(always)]
    fn doubled(&self, overlaps: &[i16], unit: usize, current: bool) -> i32 {
        let row = &self.signs[unit * self.stride..][..self.stride];
        let mut sum = 0;
        for (signs, overlaps) in row.as_chunks::<BLOCK>().0.iter().zip(overlaps.as_chunks::<BLOCK>().0) {
            // A sum of its own for each block: then the compiler multiplies and adds 16-bit numbers in pairs.
            let mut part = 0;
            for k in 0..BLOCK {
                part += i32::from(signs[k]) * i32::from(overlaps[k]);
            }
            sum += part;
        }
        let own = self.patterns.len() as i32;
        sum + self.constants[unit] - if current { own } else { -own }
    }
}

/// The overlaps M_µ, padded with zeros.
impl Fields for HebbianMemory {
    type Cache = Vec<i16>;

    fn units(&self) -> usize {
        self.patterns.units()
    }

    fn cache(&self, state: &[bool]) -> Vec<i16> {
        let words: Vec<u64> = state.chunks(64).map(pack).collect();
        let mut overlaps = vec![0; self.stride];
        dispatch(Overlaps { patterns: &self.patterns, state: &words, overlaps: &mut overlaps });
        overlaps
    }

    #[inline(always)]
    fn cached_net_input(&self, overlaps: &Vec<i16>, unit: usize, current: bool) -> f64 {
        0.5 * f64::from(self.doubled(overlaps, unit, current))
    }

    #[inline(always)]
    fn flip(&self, overlaps: &mut Vec<i16>, unit: usize, next: bool) {
        let row = &self.signs[unit * self.stride..][..self.stride];
        let factor = if next { 2 } else { -2 };
        overlaps.iter_mut().zip(row).for_each(|(overlap, &sign)| *overlap += factor * i16::from(sign));
    }

    /// Σ_{i<j} wᵢⱼ uᵢ uⱼ = ½ Σ_µ (A_µ² − K) with A_µ = Σⱼ ξⱼ^µ uⱼ and K units that are 1.
    fn cached_energy(&self, overlaps: &Vec<i16>, state: &[bool]) -> f64 {
        let (units, active) = (self.patterns.units() as i64, state.iter().filter(|u| **u).count() as i64);
        let mut sum = 0;
        for (pattern, &overlap) in overlaps.iter().take(self.patterns.len()).enumerate() {
            let ones = self.patterns.words_of(pattern).iter().map(|word| i64::from(word.count_ones())).sum::<i64>();
            let a = (i64::from(overlap) + 2 * ones - units) / 2;
            sum += a * a - active;
        }
        let biases = state.iter().zip(&self.doubled_bias).filter(|(u, _)| **u);
        sum += biases.map(|(_, bias)| i64::from(*bias)).sum::<i64>();
        -0.5 * sum as f64
    }
}

/// M_µ = N − 2 d with the number d of units in which pattern and state differ.
struct Overlaps<'a> {
    patterns: &'a Patterns,
    state: &'a [u64],
    overlaps: &'a mut [i16],
}

impl Kernel for Overlaps<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (pattern, overlap) in self.overlaps.iter_mut().take(self.patterns.len()).enumerate() {
            let words = self.patterns.words_of(pattern).iter().zip(self.state);
            let different: u64 = words.map(|(a, b)| u64::from((a ^ b).count_ones())).sum();
            *overlap = (self.patterns.units() as i64 - 2 * different as i64) as i16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IntegerNetwork, Order, RecallConfig, Simulation, Update, hebb};
    use nn_core::Stream;

    /// The rule of slide 69 with every net input summed anew: the reference of all fast recalls.
    fn naive(network: &crate::Network<f64>, cue: &[bool]) -> (Vec<bool>, Vec<(usize, f64)>) {
        let (mut state, mut flips) = (cue.to_vec(), Vec::new());
        loop {
            let before = flips.len();
            for unit in 0..state.len() {
                let net_input = network.net_input(unit, &state).unwrap();
                let next = if net_input == 0.0 { state[unit] } else { net_input > 0.0 };
                if next != state[unit] {
                    state[unit] = next;
                    flips.push((unit, network.energy(&state).unwrap()));
                }
            }
            if flips.len() == before {
                return (state, flips);
            }
        }
    }

    #[test]
    fn overlaps_integers_and_reals_recall_like_the_plain_rule() {
        let mut stream = Stream::new(4096);
        for (units, count) in [(1, 1), (20, 3), (64, 9), (130, 33), (90, 40), (33, 0)] {
            let patterns = Patterns::random(units, count, &mut stream).unwrap();
            let custom = (0..units).map(|unit| unit as i32 % 7 - 3).collect::<Vec<_>>();
            let reals = custom.iter().map(|&threshold| f64::from(threshold)).collect();
            let kinds = [
                (Thresholds::Zero, Thresholds::Zero),
                (Thresholds::Balanced, Thresholds::Balanced),
                (Thresholds::Custom(custom), Thresholds::Custom(reals)),
            ];
            for (whole, real) in kinds {
                let network = hebb::<f64>(&patterns).unwrap().with_thresholds(real).unwrap();
                let integers = IntegerNetwork::hebb(&patterns, whole.clone()).unwrap();
                let memory = HebbianMemory::new(patterns.clone(), whole).unwrap();
                let cue = Patterns::random(units, 1, &mut stream).unwrap().state(0);
                let (state, flips) = naive(&network, &cue);
                let config = RecallConfig::SEQUENTIAL;
                let [a, b, c] = [
                    config.recall(&network, &cue, Stream::new(0)).unwrap(),
                    config.recall(&integers, &cue, Stream::new(0)).unwrap(),
                    config.recall(&memory, &cue, Stream::new(0)).unwrap(),
                ];
                assert_eq!(a.flips.iter().map(|flip| (flip.unit, flip.energy)).collect::<Vec<_>>(), flips);
                assert_eq!(a.state, state);
                assert_eq!(a.energy, network.energy(&state).unwrap());
                assert_eq!(b, a);
                assert_eq!(c, a);
            }
        }
    }

    #[test]
    fn every_order_and_synchronous_steps_agree_too() {
        let mut stream = Stream::new(4097);
        let patterns = Patterns::random(100, 12, &mut stream).unwrap();
        let integers = IntegerNetwork::hebb(&patterns, Thresholds::Balanced).unwrap();
        let network = integers.to_network::<f32>().unwrap();
        let memory = HebbianMemory::new(patterns, Thresholds::Balanced).unwrap();
        let cues = Patterns::random(100, 10, &mut stream).unwrap();
        let asynchronous = [Order::Shuffled, Order::Random, Order::Given((0..100).rev().collect())];
        for update in asynchronous.map(Update::Asynchronous).into_iter().chain([Update::Synchronous]) {
            let config = RecallConfig { update, ..RecallConfig::default() };
            let expected = config.recall_all(&network, &cues, &stream).unwrap();
            assert_eq!(config.recall_all(&integers, &cues, &stream).unwrap(), expected);
            assert_eq!(config.recall_all(&memory, &cues, &stream).unwrap(), expected);
        }
    }

    #[test]
    fn net_inputs_and_energies_are_those_of_the_matrix() {
        let mut stream = Stream::new(4098);
        let patterns = Patterns::random(77, 5, &mut stream).unwrap();
        let network = hebb::<f64>(&patterns).unwrap();
        let memory = HebbianMemory::new(patterns.clone(), Thresholds::Zero).unwrap();
        for state in Patterns::random(77, 10, &mut stream).unwrap().states() {
            assert_eq!(memory.energy(&state).unwrap(), network.energy(&state).unwrap());
            let simulation = Simulation::new(&memory, &state).unwrap();
            for unit in 0..77 {
                assert_eq!(simulation.net_input(unit).unwrap(), network.net_input(unit, &state).unwrap());
            }
        }
        let error = HebbianMemory::new(Patterns::new(40_000).unwrap(), Thresholds::Zero).unwrap_err().to_string();
        assert_eq!(error, "a memory of overlaps has at most 32767 units, found 40000");
    }
}
