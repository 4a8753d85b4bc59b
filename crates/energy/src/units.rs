//! 0/1 units and ±1 units: one network in two notations.

use crate::error::check_length;
use crate::{EnergyError, Network};
use nn_core::{Matrix, Real};

/// The network of N spins σᵢ = ±1 with couplings Jᵢⱼ, fields hᵢ and E = constant − Σ_{i<j} Jᵢⱼ σᵢ σⱼ − Σᵢ hᵢ σᵢ.
///
/// What most books and packages write. With u = (1 + σ)/2 it is a [`Network`]: Jᵢⱼ = wᵢⱼ/4, hᵢ = (sᵢ − θᵢ)/2 + ¼ Σⱼ wᵢⱼ. All
/// energies are those of the 0/1 network, the constant included, and the local field is half its net input, so that
/// trajectories are the same. [`Thresholds::Balanced`](crate::Thresholds::Balanced) without inputs gives h = 0. A spin is
/// written as `bool`, `true` for +1.
///
/// ```
/// use energy::{Network, SpinNetwork, Thresholds};
/// use nn_core::Matrix;
///
/// let weights = Matrix::from_row_slice(2, 2, &[0.0, 4.0, 4.0, 0.0]);
/// let network = Network::new(weights)?.with_thresholds(Thresholds::Balanced)?;
/// let spins = SpinNetwork::from(&network);
/// assert_eq!((spins.couplings()[(0, 1)], spins.fields()), (1.0, &[0.0, 0.0][..]));
/// assert_eq!(spins.energy(&[true, false])?, network.energy(&[true, false])?);
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SpinNetwork<T: Real> {
    /// Couplings as weights, fields as inputs: symmetry and zero diagonal are checked there.
    network: Network<T>,
    constant: f64,
}

impl<T: Real> SpinNetwork<T> {
    /// Spins with these couplings, N × N, and fields; the constant is 0.
    ///
    /// # Errors
    /// As [`Network::new`] and [`Network::with_inputs`].
    pub fn new(couplings: Matrix<T>, fields: Vec<T>) -> Result<Self, EnergyError> {
        Ok(Self { network: Network::new(couplings)?.with_inputs(fields)?, constant: 0.0 })
    }

    /// N.
    pub fn units(&self) -> usize {
        self.network.units()
    }

    /// Jᵢⱼ, N × N.
    pub fn couplings(&self) -> &Matrix<T> {
        self.network.weights()
    }

    /// hᵢ.
    pub fn fields(&self) -> &[T] {
        self.network.inputs()
    }

    /// What is added to every energy.
    pub fn constant(&self) -> f64 {
        self.constant
    }

    /// Σⱼ Jᵢⱼ σⱼ + hᵢ: the spin follows its sign, and E changes by −(σᵢ′ − σᵢ) times it.
    ///
    /// # Errors
    /// [`EnergyError::Length`], [`EnergyError::NoSuchUnit`].
    pub fn local_field(&self, unit: usize, spins: &[bool]) -> Result<f64, EnergyError> {
        // Σ J σ = 2 Σ J u − Σ J.
        let active = self.network.net_input(unit, spins)? - self.fields()[unit].to_f64();
        Ok(2.0 * active - sum(self.network.weights_of(unit)) + self.fields()[unit].to_f64())
    }

    /// E = constant − Σ_{i<j} Jᵢⱼ σᵢ σⱼ − Σᵢ hᵢ σᵢ.
    ///
    /// # Errors
    /// [`EnergyError::Length`].
    pub fn energy(&self, spins: &[bool]) -> Result<f64, EnergyError> {
        check_length("the state", self.units(), spins.len())?;
        let sign = |spin: bool| if spin { 1.0 } else { -1.0 };
        let mut energy = self.constant;
        for (i, &spin) in spins.iter().enumerate() {
            let below = self.network.weights_of(i)[..i].iter().zip(spins);
            let pairs: f64 = below.map(|(coupling, &other)| coupling.to_f64() * sign(other)).sum();
            energy -= sign(spin) * (pairs + self.fields()[i].to_f64());
        }
        Ok(energy)
    }

    /// The 0/1 network of the same trajectories and energy differences: wᵢⱼ = 4 Jᵢⱼ, sᵢ = 2 hᵢ, θᵢ = 2 Σⱼ Jᵢⱼ.
    ///
    /// # Errors
    /// [`EnergyError::NotFinite`] where four times a coupling, or the sum of a unit's couplings, overflows.
    pub fn to_network(&self) -> Result<Network<T>, EnergyError> {
        let scaled = |factor: f64, value: T| T::from_f64(factor * value.to_f64());
        let threshold = |unit| T::from_f64(2.0 * sum(self.network.weights_of(unit)));
        Network::new(self.couplings().map(|coupling| scaled(4.0, coupling)))?
            .with_inputs(self.fields().iter().map(|&field| scaled(2.0, field)).collect())?
            .with_thresholds((0..self.units()).map(threshold).collect::<Vec<T>>())
    }
}

/// The spins of a 0/1 network. Without rounding for weights, inputs and thresholds that are integers or halves of them.
impl<T: Real> From<&Network<T>> for SpinNetwork<T> {
    fn from(network: &Network<T>) -> Self {
        let units = network.units();
        let bias = |unit: usize| network.inputs()[unit].to_f64() - network.thresholds()[unit].to_f64();
        let total = |unit: usize| sum(network.weights_of(unit));
        let fields = (0..units).map(|unit| T::from_f64(0.5 * bias(unit) + 0.25 * total(unit))).collect();
        let constant = (0..units).map(|unit| -0.5 * bias(unit) - 0.125 * total(unit)).sum();
        let couplings = network.weights().map(|weight| T::from_f64(0.25 * weight.to_f64()));
        Self { network: Network::from_checked(couplings, fields), constant }
    }
}

/// Σ of one unit's weights in `f64`, over eight lanes.
pub(crate) fn sum<T: Real>(weights: &[T]) -> f64 {
    let (eights, rest) = weights.as_chunks::<8>();
    let mut lanes = [0.0; 8];
    for eight in eights {
        for (lane, weight) in lanes.iter_mut().zip(eight) {
            *lane += weight.to_f64();
        }
    }
    lanes.into_iter().chain(rest.iter().map(|weight| weight.to_f64())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dynamics, ThresholdRule, Thresholds, energy_delta};
    use nn_core::Stream;

    fn random_network(units: usize, integral: bool, stream: &mut Stream) -> Network<f64> {
        let mut draw = || {
            let value = stream.uniform_between(-5.0, 5.0);
            if integral { value.round() } else { value }
        };
        let network = Network::from_pairs(units, |_, _| draw()).unwrap();
        let inputs = (0..units).map(|_| draw()).collect();
        network.with_inputs(inputs).unwrap().with_thresholds((0..units).map(|_| draw()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn integers_keep_energies_fields_and_trajectories_exactly() {
        let mut stream = Stream::new(1982);
        for units in [1, 2, 5, 9] {
            let network = random_network(units, true, &mut stream);
            let spins = SpinNetwork::from(&network);
            let back = spins.to_network().unwrap();
            let start: Vec<bool> = (0..units).map(|_| stream.below(2) == 1).collect();
            let mut states = [(); 3].map(|()| start.clone());
            let shift = back.energy(&states[0]).unwrap() - network.energy(&states[0]).unwrap();
            for step in 0..50 {
                let unit = step % units;
                let net_input = network.net_input(unit, &states[0]).unwrap();
                let field = spins.local_field(unit, &states[1]).unwrap();
                assert_eq!(2.0 * field, net_input);
                assert_eq!(back.net_input(unit, &states[2]).unwrap(), net_input);
                let decide = |i: f64, state: &[bool]| ThresholdRule.decide(i, state[unit], &mut Stream::new(0));
                let next = [decide(net_input, &states[0]), decide(field, &states[1]), decide(net_input, &states[2])];
                let before = spins.energy(&states[1]).unwrap();
                let delta = energy_delta(states[0][unit], next[0], net_input);
                for (state, next) in states.iter_mut().zip(next) {
                    state[unit] = next;
                }
                assert_eq!(spins.energy(&states[1]).unwrap() - before, delta);
                assert_eq!(states[0], states[1]);
                assert_eq!(states[0], states[2]);
                assert_eq!(spins.energy(&states[1]).unwrap(), network.energy(&states[0]).unwrap());
                assert_eq!(back.energy(&states[2]).unwrap() - network.energy(&states[0]).unwrap(), shift);
            }
        }
    }

    #[test]
    fn other_weights_agree_to_rounding() {
        let mut stream = Stream::new(1983);
        let network = random_network(12, false, &mut stream);
        let spins = SpinNetwork::from(&network);
        for _ in 0..100 {
            let state: Vec<bool> = (0..12).map(|_| stream.below(2) == 1).collect();
            assert!((spins.energy(&state).unwrap() - network.energy(&state).unwrap()).abs() < 1e-12);
        }
    }

    #[test]
    fn balanced_thresholds_are_spins_without_fields() {
        let network = random_network(7, true, &mut Stream::new(1984)).with_inputs(vec![0.0; 7]).unwrap();
        let balanced = network.with_thresholds(Thresholds::Balanced).unwrap();
        assert_eq!(SpinNetwork::from(&balanced).fields(), [0.0; 7]);
    }
}
