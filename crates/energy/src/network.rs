//! [`Network`]: symmetric weights, external inputs, thresholds; net input and energy of a state.

use crate::error::check_length;
use crate::{EnergyError, Thresholds};
use nn_core::simd::{Kernel, LANES, dispatch};
use nn_core::{Matrix, Parameters, Real, Tensor, TensorMut};

/// N units, 0 or 1, with symmetric weights wᵢⱼ, external inputs sᵢ and thresholds θᵢ (slides 69 and 75).
///
/// Hopfield network and Boltzmann machine are this one network with two rules: [`crate::ThresholdRule`] and
/// [`crate::HeatBath`]. Weights are symmetric with a zero diagonal by construction, both halves stored, so that the weights
/// of one unit lie together. A state is a slice of `bool`, one a unit; [`crate::Patterns`] converts from numbers.
///
/// ```
/// use energy::Network;
/// use nn_core::Matrix;
///
/// let network = Network::new(Matrix::from_row_slice(2, 2, &[0.0, 3.0, 3.0, 0.0]))?.with_thresholds(vec![1.0, 1.0])?;
/// assert_eq!(network.net_input(0, &[false, true])?, 2.0);
/// assert_eq!(network.energy(&[true, true])?, -1.0);
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Network<T: Real> {
    /// N × N; column i holds the weights of unit i.
    weights: Matrix<T>,
    inputs: Vec<T>,
    thresholds: Vec<T>,
}

impl<T: Real> Network<T> {
    /// A network with these weights, N × N, without external inputs and thresholds.
    ///
    /// # Errors
    /// [`EnergyError::NoUnits`], [`EnergyError::NotSquare`], [`EnergyError::NotFinite`], [`EnergyError::Diagonal`],
    /// [`EnergyError::Asymmetric`] for the first pair of units that breaks the rule.
    pub fn new(weights: Matrix<T>) -> Result<Self, EnergyError> {
        let units = weights.nrows();
        let network = Self { weights, inputs: vec![T::ZERO; units], thresholds: vec![T::ZERO; units] };
        network.check()?;
        Ok(network)
    }

    /// A network of weights that are symmetric, finite and zero on the diagonal, and finite inputs.
    pub(crate) fn from_checked(weights: Matrix<T>, inputs: Vec<T>) -> Self {
        let thresholds = vec![T::ZERO; inputs.len()];
        Self { weights, inputs, thresholds }
    }

    /// N units without connections.
    ///
    /// # Errors
    /// [`EnergyError::NoUnits`].
    pub fn unconnected(units: usize) -> Result<Self, EnergyError> {
        Self::new(Matrix::zeros(units, units))
    }

    /// The network whose weight between the units i > j is `weight(i, j)`.
    ///
    /// # Errors
    /// [`EnergyError::NoUnits`], [`EnergyError::NotFinite`].
    pub fn from_pairs(units: usize, mut weight: impl FnMut(usize, usize) -> T) -> Result<Self, EnergyError> {
        let mut weights = Matrix::zeros(units, units);
        for j in 0..units {
            for i in j + 1..units {
                let w = weight(i, j);
                (weights[(i, j)], weights[(j, i)]) = (w, w);
            }
        }
        Self::new(weights)
    }

    /// The same network with the external inputs sᵢ.
    ///
    /// # Errors
    /// [`EnergyError::Length`], [`EnergyError::NotFinite`].
    pub fn with_inputs(self, inputs: Vec<T>) -> Result<Self, EnergyError> {
        check_length("the list of inputs", self.units(), inputs.len())?;
        check_finite("inputs", "s", &inputs)?;
        Ok(Self { inputs, ..self })
    }

    /// The same network with the thresholds θᵢ: a list of them, or [`Thresholds`].
    ///
    /// # Errors
    /// [`EnergyError::Length`], [`EnergyError::NotFinite`].
    pub fn with_thresholds(self, thresholds: impl Into<Thresholds<T>>) -> Result<Self, EnergyError> {
        let thresholds = thresholds.into().of(&self.weights);
        check_length("the list of thresholds", self.units(), thresholds.len())?;
        check_finite("thresholds", "θ", &thresholds)?;
        Ok(Self { thresholds, ..self })
    }

    /// The rules of the type, again: for a network whose tensors were filled from a file.
    ///
    /// # Errors
    /// As [`Network::new`].
    pub fn check(&self) -> Result<(), EnergyError> {
        let (rows, columns) = self.weights.shape();
        if rows != columns {
            return Err(EnergyError::NotSquare { rows, columns });
        }
        if rows == 0 {
            return Err(EnergyError::NoUnits);
        }
        for j in 0..columns {
            let diagonal = self.weights[(j, j)].to_f64();
            for i in 0..rows {
                let value = self.weights[(i, j)].to_f64();
                if !value.is_finite() {
                    return Err(EnergyError::NotFinite { what: "weights", place: format!("w[{i}][{j}]"), value });
                }
            }
            if diagonal != 0.0 {
                return Err(EnergyError::Diagonal { unit: j, value: diagonal });
            }
            for i in 0..j {
                let (forward, backward) = (self.weights[(i, j)].to_f64(), self.weights[(j, i)].to_f64());
                if forward != backward {
                    return Err(EnergyError::Asymmetric { i, j, forward, backward });
                }
            }
        }
        check_finite("inputs", "s", &self.inputs)?;
        check_finite("thresholds", "θ", &self.thresholds)
    }

    /// N.
    pub fn units(&self) -> usize {
        self.weights.nrows()
    }

    /// The weights, N × N.
    pub fn weights(&self) -> &Matrix<T> {
        &self.weights
    }

    /// The weights, for a change that keeps them symmetric with a zero diagonal.
    pub(crate) fn weights_mut(&mut self) -> &mut Matrix<T> {
        &mut self.weights
    }

    /// wᵢⱼ for every j: the weights of unit i, one column of memory.
    pub fn weights_of(&self, unit: usize) -> &[T] {
        let units = self.units();
        &self.weights.as_slice()[unit * units..][..units]
    }

    /// The external inputs sᵢ.
    pub fn inputs(&self) -> &[T] {
        &self.inputs
    }

    /// The thresholds θᵢ.
    pub fn thresholds(&self) -> &[T] {
        &self.thresholds
    }

    /// sᵢ − θᵢ.
    pub fn bias(&self, unit: usize) -> T {
        self.inputs[unit] - self.thresholds[unit]
    }

    /// Adds to wᵢⱼ and wⱼᵢ; nothing for i = j.
    ///
    /// # Errors
    /// [`EnergyError::NoSuchUnit`]; [`EnergyError::NotFinite`], and the weight stays as it was.
    pub fn add_to_weight(&mut self, i: usize, j: usize, change: T) -> Result<(), EnergyError> {
        let units = self.units();
        for unit in [i, j] {
            if unit >= units {
                return Err(EnergyError::NoSuchUnit { what: "a weight", unit, units });
            }
        }
        let weight = self.weights[(i, j)] + change;
        if !weight.is_finite() {
            let (place, value) = (format!("w[{i}][{j}]"), weight.to_f64());
            return Err(EnergyError::NotFinite { what: "weights", place, value });
        }
        if i != j {
            (self.weights[(i, j)], self.weights[(j, i)]) = (weight, weight);
        }
        Ok(())
    }

    pub(crate) fn check_state(&self, what: &'static str, state: &[bool]) -> Result<(), EnergyError> {
        check_length(what, self.units(), state.len())
    }

    /// Iᵢ = Σⱼ wᵢⱼ uⱼ + sᵢ − θᵢ (slide 69), summed in `f64` over 16 lanes.
    ///
    /// # Errors
    /// [`EnergyError::Length`], [`EnergyError::NoSuchUnit`].
    pub fn net_input(&self, unit: usize, state: &[bool]) -> Result<f64, EnergyError> {
        self.check_state("the state", state)?;
        let units = self.units();
        if unit >= units {
            return Err(EnergyError::NoSuchUnit { what: "the net input", unit, units });
        }
        Ok(self.net_input_of(unit, state))
    }

    /// [`Network::net_input`] without checks.
    pub(crate) fn net_input_of(&self, unit: usize, state: &[bool]) -> f64 {
        self.weighted_sum(unit, state) + self.bias_of(unit)
    }

    fn bias_of(&self, unit: usize) -> f64 {
        self.inputs[unit].to_f64() - self.thresholds[unit].to_f64()
    }

    fn weighted_sum(&self, unit: usize, state: &[bool]) -> f64 {
        dispatch(ActiveSum { values: &self.weights_of(unit)[..state.len()], state })
    }

    /// **Eq. energy** (slide 71): E = −Σ_{i<j} wᵢⱼ uᵢ uⱼ − Σᵢ (sᵢ − θᵢ) uᵢ, summed in `f64`.
    ///
    /// The sum is over pairs i < j, each once; Hopfield (1982) writes −½ Σ_{i≠j}.
    ///
    /// # Errors
    /// [`EnergyError::Length`].
    pub fn energy(&self, state: &[bool]) -> Result<f64, EnergyError> {
        self.check_state("the state", state)?;
        Ok(self.energy_of(state))
    }

    pub(crate) fn energy_of(&self, state: &[bool]) -> f64 {
        let active = (0..state.len()).filter(|&i| state[i]);
        -active.map(|i| self.weighted_sum(i, &state[..i]) + self.bias_of(i)).sum::<f64>()
    }
}

/// **Eq. energy-difference** (slide 71): ΔE = −(uᵢ′ − uᵢ) Iᵢ when one unit with net input Iᵢ changes from uᵢ to uᵢ′.
///
/// Exact because wᵢᵢ = 0: the net input does not depend on the unit itself. Zero when nothing changes.
///
/// ```
/// use energy::energy_delta;
///
/// assert_eq!(energy_delta(false, true, 2.0), -2.0);
/// assert_eq!(energy_delta(true, true, 2.0), 0.0);
/// ```
#[inline]
pub fn energy_delta(current: bool, next: bool, net_input: f64) -> f64 {
    match (current, next) {
        (false, true) => -net_input,
        (true, false) => net_input,
        _ => 0.0,
    }
}

/// The sum of the values whose unit is 1.
struct ActiveSum<'a, T> {
    values: &'a [T],
    state: &'a [bool],
}

impl<T: Real> Kernel for ActiveSum<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let (values, rest_of_values) = self.values.as_chunks::<LANES>();
        let (states, rest_of_states) = self.state.as_chunks::<LANES>();
        let mut lanes = [0.0; LANES];
        for (values, states) in values.iter().zip(states) {
            for lane in 0..LANES {
                lanes[lane] += if states[lane] { values[lane].to_f64() } else { 0.0 };
            }
        }
        for (lane, (value, &state)) in rest_of_values.iter().zip(rest_of_states).enumerate() {
            lanes[lane] += if state { value.to_f64() } else { 0.0 };
        }
        let mut width = LANES;
        while width > 1 {
            width /= 2;
            for lane in 0..width {
                lanes[lane] += lanes[lane + width];
            }
        }
        lanes[0]
    }
}

fn check_finite<T: Real>(what: &'static str, letter: &str, values: &[T]) -> Result<(), EnergyError> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(unit) => {
            let (place, value) = (format!("{letter}[{unit}]"), values[unit].to_f64());
            Err(EnergyError::NotFinite { what, place, value })
        }
    }
}

/// `weights` with shape `[N, N]`, `inputs` and `thresholds` with shape `[N]`.
///
/// A file may hold anything: call [`Network::check`] after filling the tensors.
impl<T: Real> Parameters<T> for Network<T> {
    fn tensors(&self) -> Vec<Tensor<'_, T>> {
        let units = self.units();
        let tensor = |name: &str, shape, values| Tensor { name: name.into(), shape, values };
        vec![
            tensor("weights", vec![units, units], self.weights.as_slice()),
            tensor("inputs", vec![units], &self.inputs),
            tensor("thresholds", vec![units], &self.thresholds),
        ]
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>> {
        let units = self.units();
        vec![
            TensorMut { name: "weights".into(), shape: vec![units, units], values: self.weights.as_mut_slice() },
            TensorMut { name: "inputs".into(), shape: vec![units], values: &mut self.inputs },
            TensorMut { name: "thresholds".into(), shape: vec![units], values: &mut self.thresholds },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three units: w₀₁ = 1, w₀₂ = −2, w₁₂ = 4; s = (0.5, 0, 0), θ = (0, 0, 1).
    fn network() -> Network<f64> {
        let weights = Matrix::from_row_slice(3, 3, &[0.0, 1.0, -2.0, 1.0, 0.0, 4.0, -2.0, 4.0, 0.0]);
        let network = Network::new(weights).unwrap().with_inputs(vec![0.5, 0.0, 0.0]).unwrap();
        network.with_thresholds(vec![0.0, 0.0, 1.0]).unwrap()
    }

    /// Eq. energy: by hand.
    #[test]
    fn energies_by_hand() {
        let energies = [
            ([false, false, false], 0.0),
            ([true, false, false], -0.5),
            ([false, false, true], 1.0),
            ([true, true, false], -1.5),
            ([true, false, true], 2.5),
            ([true, true, true], -2.5),
        ];
        for (state, energy) in energies {
            assert_eq!(network().energy(&state).unwrap(), energy, "{state:?}");
        }
    }

    /// Eq. energy-difference: against the energies of both states, for every unit and state.
    #[test]
    fn the_difference_is_the_difference_of_energies() {
        for number in 0..8_u32 {
            let state = [0, 1, 2].map(|unit| number >> unit & 1 == 1);
            for unit in 0..3 {
                let mut changed = state;
                changed[unit] = !state[unit];
                let net_input = network().net_input(unit, &state).unwrap();
                let expected = network().energy(&changed).unwrap() - network().energy(&state).unwrap();
                assert_eq!(energy_delta(state[unit], changed[unit], net_input), expected, "{state:?}, unit {unit}");
            }
        }
    }

    #[test]
    fn the_first_broken_rule_is_named_with_its_place() {
        let error = |values: &[f64]| Network::new(Matrix::from_row_slice(2, 2, values)).unwrap_err().to_string();
        assert_eq!(error(&[0.0, 1.0, 2.0, 0.0]), "weights must be symmetric: w[0][1] is 1, w[1][0] is 2");
        assert_eq!(error(&[0.0, 1.0, 1.0, 0.5]), "no unit may be connected with itself: w[1][1] must be 0, is 0.5");
        assert_eq!(error(&[0.0, f64::NAN, 1.0, 0.0]), "weights must be finite: w[0][1] is NaN");
        let wide = Network::new(Matrix::<f32>::zeros(2, 3)).unwrap_err().to_string();
        assert_eq!(wide, "weights must be a square matrix, are 2 x 3");
        assert_eq!(Network::<f32>::unconnected(0).unwrap_err(), EnergyError::NoUnits);
    }

    #[test]
    fn weights_change_in_pairs_and_stay_finite() {
        let mut network = network();
        network.add_to_weight(0, 1, 2.0).unwrap();
        assert_eq!((network.weights()[(0, 1)], network.weights()[(1, 0)]), (3.0, 3.0));
        network.add_to_weight(1, 1, 2.0).unwrap();
        assert_eq!(network.weights()[(1, 1)], 0.0);
        assert!(network.add_to_weight(0, 1, f64::INFINITY).is_err());
        let error = network.add_to_weight(0, 3, 1.0).unwrap_err().to_string();
        assert_eq!(error, "there are 3 units (0 to 2), a weight names unit 3");
        network.check().unwrap();
    }

    #[test]
    fn long_sums_do_not_depend_on_the_vector_path() {
        use nn_core::simd::{Path, limit};
        let values: Vec<f64> = (0..1000).map(|k| 1.0 / f64::from(k + 1)).collect();
        let state: Vec<bool> = (0..1000).map(|k| k % 3 != 1).collect();
        let sum = || dispatch(ActiveSum { values: &values, state: &state });
        let wide = sum();
        limit(Path::Portable);
        assert_eq!(sum().to_bits(), wide.to_bits());
        limit(Path::Avx512);
        let plain: f64 = (0..1000).filter(|&k| state[k]).map(|k| values[k]).sum();
        assert!((wide - plain).abs() < 1e-12);
    }
}
