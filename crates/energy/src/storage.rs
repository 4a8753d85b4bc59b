//! How patterns become weights.

use crate::units::sum;
use crate::{EnergyError, Network, Patterns};
use nn_core::{Matrix, Real};

/// The thresholds θᵢ that go with the weights of a network.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Thresholds<T> {
    /// θᵢ = 0: 0/1 units as in Hopfield (1982) and on slide 73. A pattern and its complement are not alike.
    #[default]
    Zero,
    /// θᵢ = ½ Σⱼ wᵢⱼ: the network of ±1 units without fields, in which a complement is as stable as its pattern.
    Balanced,
    /// Any list, one a unit.
    Custom(Vec<T>),
}

impl<T> From<Vec<T>> for Thresholds<T> {
    fn from(list: Vec<T>) -> Self {
        Self::Custom(list)
    }
}

impl<T: Real> Thresholds<T> {
    /// The list for these weights.
    pub(crate) fn of(self, weights: &Matrix<T>) -> Vec<T> {
        match self {
            Self::Zero => vec![T::ZERO; weights.ncols()],
            Self::Balanced => weights.column_iter().map(|column| T::from_f64(0.5 * sum(column.as_slice()))).collect(),
            Self::Custom(list) => list,
        }
    }
}

/// **Eq. hebb** (slide 73): ∂E/∂wᵢⱼ = −uᵢ uⱼ, hence wᵢⱼ ← wᵢⱼ + λ uᵢ uⱼ lowers the energy of the state u.
///
/// E is linear in w and has no minimum there: the rule digs where a pattern lies, it minimizes nothing.
///
/// ```
/// use energy::{Network, energy_gradient};
///
/// let (u, lambda) = ([true, true], 0.1);
/// let mut network = Network::<f64>::unconnected(2)?;
/// let before = network.energy(&u)?;
/// network.add_to_weight(0, 1, -lambda * energy_gradient(u[0], u[1]))?;
/// assert!(network.energy(&u)? < before);
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[inline]
pub fn energy_gradient(u_i: bool, u_j: bool) -> f64 {
    if u_i && u_j { -1.0 } else { 0.0 }
}

/// **Eq. hebb-centred** (slide 73): Δwᵢⱼ = 4 (uᵢ − ½)(uⱼ − ½), +1 where two units agree and −1 where they differ.
#[inline]
pub fn hebb_increment(u_i: bool, u_j: bool) -> f64 {
    let centred = |u: bool| f64::from(u8::from(u)) - 0.5;
    4.0 * centred(u_i) * centred(u_j)
}

/// wᵢⱼ = Σ_µ 4 (uᵢ − ½)(uⱼ − ½) over the patterns µ, as the sum stands on slide 73; zero thresholds.
///
/// # Errors
/// [`EnergyError::NoUnits`].
pub fn hebb<T: Real>(patterns: &Patterns) -> Result<Network<T>, EnergyError> {
    Network::from_pairs(patterns.units(), |i, j| {
        let pairs = (0..patterns.len()).map(|pattern| (patterns.get(pattern, i), patterns.get(pattern, j)));
        T::from_f64(pairs.map(|(u_i, u_j)| hebb_increment(u_i, u_j)).sum())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eq. hebb: the gradient is the slope of the energy.
    #[test]
    fn the_gradient_is_the_slope_of_the_energy() {
        for number in 0..4_u32 {
            let u = [number & 1 == 1, number & 2 == 2];
            let energy = |w: f64| Network::from_pairs(2, |_, _| w).unwrap().energy(&u).unwrap();
            assert_eq!(energy(1.25) - energy(0.25), energy_gradient(u[0], u[1]));
        }
    }

    /// Eq. hebb-centred: the four cases, and the sum over two patterns.
    #[test]
    fn equal_units_attract_and_different_ones_repel() {
        for (u_i, u_j, expected) in [(true, true, 1.0), (false, false, 1.0), (true, false, -1.0), (false, true, -1.0)] {
            assert_eq!(hebb_increment(u_i, u_j), expected);
        }
        let network = hebb::<f32>(&Patterns::from_pictures(&["##.", "#.."]).unwrap()).unwrap();
        assert_eq!(network.weights().as_slice(), [0.0, 0.0, -2.0, 0.0, 0.0, 0.0, -2.0, 0.0, 0.0]);
    }

    #[test]
    fn balanced_thresholds_are_half_the_sum_of_the_weights() {
        let network = Network::from_pairs(3, |i, j| (10 * i + j) as f64).unwrap();
        let balanced = network.clone().with_thresholds(Thresholds::Balanced).unwrap();
        assert_eq!(balanced.thresholds(), [15.0, 15.5, 20.5]);
        assert_eq!(balanced.with_thresholds(Thresholds::Zero).unwrap(), network);
        let error = network.with_thresholds(vec![1.0]).unwrap_err().to_string();
        assert_eq!(error, "the network has 3 units, the list of thresholds has 1");
    }
}
