//! The Boltzmann machine: a network some of whose units are hidden, and the goal it learns.

use crate::error::check_length;
use crate::{EnergyError, Network, Patterns, Temperature, exact_distribution, ground_states, state_of};
use nn_core::{Matrix, Parameters, Real, Tensor, TensorMut};

/// What the visible units shall do: patterns and their probabilities.
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    patterns: Patterns,
    probabilities: Vec<f64>,
}

impl Goal {
    /// These patterns with these probabilities.
    ///
    /// # Errors
    /// [`EnergyError::Length`] unless there is one for every pattern; negative probabilities, or a sum that is not 1 within 10⁻⁶.
    pub fn new(patterns: Patterns, probabilities: Vec<f64>) -> Result<Self, EnergyError> {
        if patterns.is_empty() {
            return Err(EnergyError::NoSamples);
        }
        check_length("the list of probabilities", patterns.len(), probabilities.len())?;
        crate::exact::check_probabilities("the sum of the goal's probabilities", &probabilities)?;
        Ok(Self { patterns, probabilities })
    }

    /// These patterns, each as likely as the others.
    ///
    /// # Errors
    /// [`EnergyError::NoSamples`].
    pub fn uniform(patterns: Patterns) -> Result<Self, EnergyError> {
        let count = patterns.len();
        Self::new(patterns, vec![1.0 / count.max(1) as f64; count])
    }

    /// The patterns.
    pub fn patterns(&self) -> &Patterns {
        &self.patterns
    }

    /// The probability of each pattern.
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }
}

/// A network whose first units are visible and whose others are hidden, at a temperature.
#[derive(Debug, Clone, PartialEq)]
pub struct BoltzmannMachine<T: Real> {
    pub(crate) network: Network<T>,
    visible: usize,
    temperature: Temperature,
}

impl<T: Real> BoltzmannMachine<T> {
    /// A machine of this network.
    ///
    /// # Errors
    /// [`EnergyError::Length`] for more visible units than there are units, or none; a temperature of zero or infinity.
    pub fn new(network: Network<T>, visible: usize, temperature: Temperature) -> Result<Self, EnergyError> {
        if visible == 0 || visible > network.units() {
            let (expected, found) = (network.units(), visible);
            return Err(EnergyError::Length { what: "its visible part", expected, found });
        }
        Temperature::new(temperature.value())?;
        Ok(Self { network, visible, temperature })
    }

    /// The network: visible units first.
    pub fn network(&self) -> &Network<T> {
        &self.network
    }

    /// Number of visible units.
    pub fn visible(&self) -> usize {
        self.visible
    }

    /// Number of hidden units.
    pub fn hidden(&self) -> usize {
        self.network.units() - self.visible
    }

    /// T.
    pub fn temperature(&self) -> Temperature {
        self.temperature
    }

    /// The network of the hidden units while the visible ones are clamped; `None` without hidden units.
    ///
    /// # Errors
    /// [`EnergyError::Length`].
    pub fn conditional(&self, visible: &[bool]) -> Result<Option<Network<f64>>, EnergyError> {
        check_length("the state of the visible units", self.visible, visible.len())?;
        let (first, hidden) = (self.visible, self.hidden());
        if hidden == 0 {
            return Ok(None);
        }
        let weights = Matrix::from_fn(hidden, hidden, |i, j| self.network.weights()[(first + i, first + j)].to_f64());
        let mut state = visible.to_vec();
        state.resize(self.network.units(), false);
        let inputs = (first..self.network.units()).map(|unit| self.network.net_input_of(unit, &state)).collect();
        Ok(Some(Network::new(weights)?.with_inputs(inputs)?))
    }

    /// The likeliest state of the hidden units while the visible ones are clamped; of several the one with the lowest number.
    ///
    /// # Errors
    /// [`EnergyError::Length`], [`EnergyError::TooManyUnits`] above [`crate::LISTABLE_UNITS`] hidden units.
    pub fn likeliest_hidden(&self, visible: &[bool]) -> Result<Vec<bool>, EnergyError> {
        let Some(network) = self.conditional(visible)? else { return Ok(Vec::new()) };
        let (_, states) = ground_states(&network)?;
        Ok(state_of(states.first().copied().unwrap_or(0), self.hidden()))
    }

    /// p(v) of all 2ᵛ states of the visible units, the hidden ones summed out; bit i of the index is unit i.
    ///
    /// # Errors
    /// [`EnergyError::TooManyUnits`] when all units together are more than [`crate::LISTABLE_UNITS`].
    pub fn visible_distribution(&self) -> Result<Vec<f64>, EnergyError> {
        let all = exact_distribution(&self.network, self.temperature)?;
        let mut visible = vec![0.0; 1 << self.visible];
        for states in all.chunks_exact(visible.len()) {
            visible.iter_mut().zip(states).for_each(|(sum, p)| *sum += p);
        }
        Ok(visible)
    }

    /// D(goal‖p) over the visible units, in nats.
    ///
    /// # Errors
    /// As [`crate::log_partition_function`], and [`EnergyError::Length`] for patterns of another size.
    pub fn divergence(&self, goal: &Goal) -> Result<f64, EnergyError> {
        check_length("a pattern of the goal", self.visible, goal.patterns().units())?;
        let pairs = crate::phases::exact(self, goal)?;
        Ok(pairs.divergence.unwrap_or(f64::NAN))
    }
}

/// The tensors of its [`Network`].
impl<T: Real> Parameters<T> for BoltzmannMachine<T> {
    fn tensors(&self) -> Vec<Tensor<'_, T>> {
        self.network.tensors()
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>> {
        self.network.tensors_mut()
    }
}
