//! [`IntegerNetwork`]: integer weights in 16 bits, net inputs without rounding.

use crate::bits::{LANES, UnitBits};
use crate::error::check_length;
use crate::simulation::Fields;
use crate::{EnergyError, Network, Patterns, Thresholds};
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Matrix, Real};

/// A network whose weights are integers: half the memory of `f32`, exact net inputs and energies, no drift.
///
/// What Hebb's rule gives, plain, clipped or bounded ([`IntegerNetwork::hebb`], [`IntegerNetwork::clipped`],
/// [`IntegerNetwork::bounded`]). Thresholds are halves of integers, as [`Thresholds::Balanced`] needs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegerNetwork {
    units: usize,
    /// N × N, symmetric with a zero diagonal; column i holds the weights of unit i.
    weights: Vec<i16>,
    /// 2(sᵢ − θᵢ).
    doubled_bias: Vec<i32>,
}

impl IntegerNetwork {
    /// wᵢⱼ = Σ_µ 4 (uᵢ − ½)(uⱼ − ½) (slide 73), counted 64 patterns at a time.
    ///
    /// # Errors
    /// [`EnergyError::NoUnits`], [`EnergyError::TooManyPatterns`] above 32,767, [`EnergyError::Length`] for thresholds of
    /// another length, [`EnergyError::Overflow`].
    pub fn hebb(patterns: &Patterns, thresholds: Thresholds<i32>) -> Result<Self, EnergyError> {
        Self::from_weights(patterns.units(), hebb_weights(patterns)?, thresholds)
    }

    /// The signs of the weights of [`IntegerNetwork::hebb`] (Hopfield 1982: storage of one bit a pair costs 2/π of capacity).
    ///
    /// # Errors
    /// As [`IntegerNetwork::hebb`].
    pub fn clipped(patterns: &Patterns, thresholds: Thresholds<i32>) -> Result<Self, EnergyError> {
        let mut weights = hebb_weights(patterns)?;
        weights.iter_mut().for_each(|weight| *weight = weight.signum());
        Self::from_weights(patterns.units(), weights, thresholds)
    }

    /// Pattern after pattern, no weight ever beyond ±`limit`: old patterns fade (Hopfield 1982 with a limit of 3).
    ///
    /// # Errors
    /// As [`IntegerNetwork::hebb`]; [`EnergyError::Core`] for a limit below 1.
    pub fn bounded(patterns: &Patterns, limit: i16, thresholds: Thresholds<i32>) -> Result<Self, EnergyError> {
        if limit < 1 {
            return Err(crate::error::out_of_range("the limit of weights", "at least 1", f64::from(limit)));
        }
        let units = patterns.units();
        let mut weights = vec![0; units * units];
        for state in patterns.states() {
            for (i, column) in weights.chunks_exact_mut(units).enumerate() {
                for (weight, &u_j) in column.iter_mut().zip(&state) {
                    let change = if u_j == state[i] { 1 } else { -1 };
                    *weight = (*weight + change).clamp(-limit, limit);
                }
                column[i] = 0;
            }
        }
        Self::from_weights(units, weights, thresholds)
    }

    /// Weights that are symmetric with a zero diagonal.
    fn from_weights(units: usize, weights: Vec<i16>, thresholds: Thresholds<i32>) -> Result<Self, EnergyError> {
        let sums: Vec<(i64, i64)> = weights.chunks_exact(units).map(|column| dispatch(Sums(column))).collect();
        let doubled_bias: Vec<i64> = match thresholds {
            Thresholds::Zero => vec![0; units],
            Thresholds::Balanced => sums.iter().map(|(sum, _)| -sum).collect(),
            Thresholds::Custom(list) => list.into_iter().map(|threshold| -2 * i64::from(threshold)).collect(),
        };
        check_length("the list of thresholds", units, doubled_bias.len())?;
        Self::checked(units, weights, &sums, &doubled_bias)
    }

    /// Every net input, whatever the state, must fit.
    fn checked(
        units: usize,
        weights: Vec<i16>,
        sums: &[(i64, i64)],
        doubled_bias: &[i64],
    ) -> Result<Self, EnergyError> {
        for (unit, ((_, magnitudes), bias)) in sums.iter().zip(doubled_bias).enumerate() {
            let largest = 2 * magnitudes + bias.abs();
            if largest > i64::from(i32::MAX) {
                return Err(EnergyError::Overflow { unit, largest, limit: i32::MAX });
            }
        }
        let doubled_bias = doubled_bias.iter().map(|&bias| bias as i32).collect();
        Ok(Self { units, weights, doubled_bias })
    }

    /// The integers of a network, if all of its weights are integers of 16 bits and its sᵢ − θᵢ halves of integers.
    ///
    /// # Errors
    /// [`EnergyError::NotIntegral`], [`EnergyError::Overflow`].
    pub fn from_network<T: Real>(network: &Network<T>) -> Result<Self, EnergyError> {
        let units = network.units();
        let mut weights = Vec::with_capacity(units * units);
        for (index, weight) in network.weights().as_slice().iter().enumerate() {
            let value = weight.to_f64();
            if value.round() != value || value.abs() > f64::from(i16::MAX) {
                let place = format!("w[{}][{}]", index % units, index / units);
                return Err(EnergyError::NotIntegral { place, rule: "an integer from -32767 to 32767", value });
            }
            weights.push(value as i16);
        }
        let bias = |unit: usize| {
            let value = network.inputs()[unit].to_f64() - network.thresholds()[unit].to_f64();
            let doubled = 2.0 * value;
            if doubled.round() != doubled || doubled.abs() > f64::from(i32::MAX) {
                let place = format!("s[{unit}] - θ[{unit}]");
                return Err(EnergyError::NotIntegral { place, rule: "half of an integer of 32 bits", value });
            }
            Ok(doubled as i64)
        };
        let sums: Vec<(i64, i64)> = weights.chunks_exact(units).map(|column| dispatch(Sums(column))).collect();
        Self::checked(units, weights, &sums, &(0..units).map(bias).collect::<Result<Vec<_>, _>>()?)
    }

    /// The same network in reals.
    ///
    /// # Errors
    /// [`EnergyError::NoUnits`] does not occur; rounding to `f32` does, above 2²⁴.
    pub fn to_network<T: Real>(&self) -> Result<Network<T>, EnergyError> {
        let values = self.weights.iter().map(|&weight| T::from_f64(f64::from(weight))).collect();
        let thresholds = self.doubled_bias.iter().map(|&bias| T::from_f64(-0.5 * f64::from(bias)));
        Network::new(Matrix::from_vec(self.units, self.units, values))?.with_thresholds(thresholds.collect::<Vec<_>>())
    }

    /// N.
    pub fn units(&self) -> usize {
        self.units
    }

    /// wᵢⱼ for every j: the weights of unit i.
    ///
    /// # Panics
    /// Beyond the last unit, as an index of a slice.
    pub fn weights_of(&self, unit: usize) -> &[i16] {
        &self.weights[unit * self.units..][..self.units]
    }

    /// E of a state (slide 71), exact.
    ///
    /// # Errors
    /// [`EnergyError::Length`].
    pub fn energy(&self, state: &[bool]) -> Result<f64, EnergyError> {
        check_length("the state", self.units, state.len())?;
        Ok(self.cached_energy(&self.cache(state), state))
    }
}

/// N × N weights of Hebb's rule.
///
/// P patterns of two units agree in P − d places and differ in d, so wᵢⱼ = P − 2d, and d is a count of bits.
fn hebb_weights(patterns: &Patterns) -> Result<Vec<i16>, EnergyError> {
    let (units, count) = (patterns.units(), patterns.len());
    if count > i16::MAX as usize {
        return Err(EnergyError::TooManyPatterns { patterns: count, most: i16::MAX as usize });
    }
    let bits = UnitBits::of(patterns);
    let mut weights = vec![0; units * units];
    crate::parallel::for_each_chunk(&mut weights, units, 64, |first, columns| {
        dispatch(HebbColumns { bits: &bits, first, columns });
    });
    Ok(weights)
}

/// The weights of the units from `first` on, a column each.
struct HebbColumns<'a> {
    bits: &'a UnitBits,
    first: usize,
    columns: &'a mut [i16],
}

impl Kernel for HebbColumns<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        /// Bytes whose counts of bits fit one byte.
        const BYTES: usize = 31;
        let (units, count) = (self.bits.units(), self.bits.patterns() as i16);
        let mut own = vec![0; self.bits.patterns().div_ceil(8)];
        for (offset, column) in self.columns.chunks_exact_mut(units).enumerate() {
            let unit = self.first + offset;
            for (own, row) in own.iter_mut().zip(self.bits.block(unit / LANES)) {
                *own = row[unit % LANES];
            }
            for (block, weights) in column.chunks_mut(LANES).enumerate() {
                let mut agreement = [count; LANES];
                for (rows, own) in self.bits.block(block).chunks(BYTES).zip(own.chunks(BYTES)) {
                    let mut different = [0_u8; LANES];
                    for (row, &own) in rows.iter().zip(own) {
                        for lane in 0..LANES {
                            different[lane] += (row[lane] ^ own).count_ones() as u8;
                        }
                    }
                    for lane in 0..LANES {
                        agreement[lane] -= 2 * i16::from(different[lane]);
                    }
                }
                weights.copy_from_slice(&agreement[..weights.len()]);
            }
            column[unit] = 0;
        }
    }
}

/// Σ w and Σ |w| of a unit's weights.
struct Sums<'a>(&'a [i16]);

impl Kernel for Sums<'_> {
    type Output = (i64, i64);

    #[inline(always)]
    fn run(self) -> (i64, i64) {
        let (mut sum, mut magnitudes) = (0, 0);
        // Blocks whose sums fit 32 bits.
        for block in self.0.chunks(65_536) {
            let (mut part, mut part_of_magnitudes) = (0, 0);
            for &weight in block {
                part += i32::from(weight);
                part_of_magnitudes += i32::from(weight).abs();
            }
            sum += i64::from(part);
            magnitudes += i64::from(part_of_magnitudes);
        }
        (sum, magnitudes)
    }
}

/// Twice the net input, an integer.
impl Fields for IntegerNetwork {
    type Cache = Vec<i32>;

    fn units(&self) -> usize {
        self.units
    }

    fn cache(&self, state: &[bool]) -> Vec<i32> {
        let mut fields = self.doubled_bias.clone();
        dispatch(AddActive { network: self, state, fields: &mut fields });
        fields
    }

    #[inline(always)]
    fn cached_net_input(&self, fields: &Vec<i32>, unit: usize, _current: bool) -> f64 {
        0.5 * f64::from(fields[unit])
    }

    #[inline(always)]
    fn flip(&self, fields: &mut Vec<i32>, unit: usize, next: bool) {
        let factor = if next { 2 } else { -2 };
        let column = self.weights_of(unit);
        fields.iter_mut().zip(column).for_each(|(field, &weight)| *field += factor * i32::from(weight));
    }

    fn cached_energy(&self, fields: &Vec<i32>, state: &[bool]) -> f64 {
        let active = (0..state.len()).filter(|&unit| state[unit]);
        let sum: i64 = active.map(|unit| i64::from(fields[unit]) + i64::from(self.doubled_bias[unit])).sum();
        -0.25 * sum as f64
    }
}

struct AddActive<'a> {
    network: &'a IntegerNetwork,
    state: &'a [bool],
    fields: &'a mut Vec<i32>,
}

impl Kernel for AddActive<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let active: Vec<usize> = (0..self.state.len()).filter(|&unit| self.state[unit]).collect();
        let (fours, rest) = active.as_chunks::<4>();
        for four in fours {
            // Four weights a pass over the fields.
            let [a, b, c, d] = four.map(|unit| self.network.weights_of(unit));
            for ((((field, &a), &b), &c), &d) in self.fields.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                *field += 2 * (i32::from(a) + i32::from(b) + i32::from(c) + i32::from(d));
            }
        }
        for &unit in rest {
            self.network.flip(self.fields, unit, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hebb;
    use nn_core::Stream;

    #[test]
    fn counted_bits_are_hebbs_sum() {
        let mut stream = Stream::new(73);
        for (units, count) in [(1, 1), (5, 0), (7, 3), (70, 64), (65, 130)] {
            let patterns = Patterns::random(units, count, &mut stream).unwrap();
            let network = IntegerNetwork::hebb(&patterns, Thresholds::Balanced).unwrap();
            let naive = hebb::<f64>(&patterns).unwrap().with_thresholds(Thresholds::Balanced).unwrap();
            assert_eq!(network.to_network().unwrap(), naive);
            assert_eq!(IntegerNetwork::from_network(&naive).unwrap(), network);
        }
    }

    #[test]
    fn clipped_weights_are_signs_and_bounded_ones_forget() {
        let patterns = Patterns::random(30, 20, &mut Stream::new(1)).unwrap();
        let plain = IntegerNetwork::hebb(&patterns, Thresholds::Zero).unwrap();
        let clipped = IntegerNetwork::clipped(&patterns, Thresholds::Zero).unwrap();
        assert!(plain.weights.iter().zip(&clipped.weights).all(|(plain, clipped)| plain.signum() == *clipped));
        let free = IntegerNetwork::bounded(&patterns, 20, Thresholds::Zero).unwrap();
        assert_eq!(free, plain); // a limit that is never reached
        let bounded = IntegerNetwork::bounded(&patterns, 3, Thresholds::Zero).unwrap();
        assert!(bounded.weights.iter().all(|weight| weight.abs() <= 3));
        let last = patterns.state(19);
        assert!((0..30).all(|i| i == 0 || bounded.weights_of(0)[i] > -3 || last[0] != last[i]));
        let error = IntegerNetwork::bounded(&patterns, 0, Thresholds::Zero).unwrap_err().to_string();
        assert_eq!(error, "the limit of weights must be at least 1, is 0");
    }

    #[test]
    fn what_is_no_integer_is_refused_with_its_place() {
        let network = Network::from_pairs(3, |i, j| if (i, j) == (2, 0) { 0.5 } else { 1.0 }).unwrap();
        let error = IntegerNetwork::from_network(&network).unwrap_err().to_string();
        assert_eq!(error, "w[2][0] must be an integer from -32767 to 32767, is 0.5");
        let network = Network::<f64>::unconnected(2).unwrap().with_inputs(vec![0.0, 0.25]).unwrap();
        let error = IntegerNetwork::from_network(&network).unwrap_err().to_string();
        assert_eq!(error, "s[1] - θ[1] must be half of an integer of 32 bits, is 0.25");
        let big = Thresholds::Custom(vec![i32::MAX; 2]);
        let error = IntegerNetwork::hebb(&Patterns::new(2).unwrap(), big).unwrap_err().to_string();
        assert_eq!(error, "twice the net input of unit 0 may reach 4294967294, the limit is 2147483647");
    }
}
