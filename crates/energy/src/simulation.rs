//! [`Simulation`]: a network in motion, its net inputs kept up to date flip by flip.

use crate::error::check_length;
use crate::{Dynamics, EnergyError, Network, ThresholdRule, energy_delta};
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Real, Stream};

/// A network that can keep something up to date from which every net input follows: a change of one unit costs one pass
/// over its weights, an update without a change nearly nothing.
///
/// Three networks do: [`Network`] keeps net inputs, [`IntegerNetwork`](crate::IntegerNetwork) keeps them as integers, and
/// [`HebbianMemory`](crate::HebbianMemory) keeps the overlaps with its patterns and has no weights at all.
pub trait Fields: Sync {
    /// What is kept up to date.
    type Cache: Clone + std::fmt::Debug + Send;

    /// N.
    fn units(&self) -> usize;

    /// The cache of a state of N units.
    fn cache(&self, state: &[bool]) -> Self::Cache;

    /// The net input of a unit that is `current` now.
    fn cached_net_input(&self, cache: &Self::Cache, unit: usize, current: bool) -> f64;

    /// Takes a unit's change to `next` into the cache.
    fn flip(&self, cache: &mut Self::Cache, unit: usize, next: bool);

    /// The energy of the state to which the cache belongs.
    fn cached_energy(&self, cache: &Self::Cache, state: &[bool]) -> f64;
}

/// The net inputs Iᵢ themselves, in the precision of the weights.
impl<T: Real> Fields for Network<T> {
    type Cache = Vec<T>;

    fn units(&self) -> usize {
        self.units()
    }

    fn cache(&self, state: &[bool]) -> Vec<T> {
        let mut fields: Vec<T> = (0..state.len()).map(|unit| self.bias(unit)).collect();
        let active: Vec<usize> = (0..state.len()).filter(|&unit| state[unit]).collect();
        dispatch(AddColumns { columns: self.weights().as_slice(), active: &active, fields: &mut fields });
        fields
    }

    #[inline(always)]
    fn cached_net_input(&self, fields: &Vec<T>, unit: usize, _current: bool) -> f64 {
        fields[unit].to_f64()
    }

    #[inline(always)]
    fn flip(&self, fields: &mut Vec<T>, unit: usize, next: bool) {
        let column = self.weights_of(unit);
        if next {
            fields.iter_mut().zip(column).for_each(|(field, &weight)| *field += weight);
        } else {
            fields.iter_mut().zip(column).for_each(|(field, &weight)| *field -= weight);
        }
    }

    /// E = −½ Σᵢ uᵢ (Iᵢ + sᵢ − θᵢ), because Iᵢ counts every pair twice and the bias once.
    fn cached_energy(&self, fields: &Vec<T>, state: &[bool]) -> f64 {
        let active = (0..state.len()).filter(|&unit| state[unit]);
        -0.5 * active.map(|unit| fields[unit].to_f64() + self.bias(unit).to_f64()).sum::<f64>()
    }
}

/// Adds the columns of the active units, in their order, four in one pass over the fields.
struct AddColumns<'a, T> {
    columns: &'a [T],
    active: &'a [usize],
    fields: &'a mut [T],
}

impl<T: Real> Kernel for AddColumns<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let units = self.fields.len();
        let column = |unit: usize| &self.columns[unit * units..][..units];
        let (fours, rest) = self.active.as_chunks::<4>();
        for four in fours {
            let [a, b, c, d] = four.map(column);
            for i in 0..units {
                self.fields[i] = self.fields[i] + a[i] + b[i] + c[i] + d[i];
            }
        }
        for &unit in rest {
            self.fields.iter_mut().zip(column(unit)).for_each(|(field, &weight)| *field += weight);
        }
    }
}

/// A unit that took another state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flip {
    /// How many updates came before, over the whole run.
    pub update: u64,
    /// The unit.
    pub unit: usize,
    /// The energy after it.
    pub energy: f64,
}

/// A network in motion: a state, its energy, and what gives every net input at once.
///
/// ```
/// use energy::{HeatBath, Network, Simulation, Temperature, ThresholdRule};
/// use nn_core::{Matrix, Stream};
///
/// let network = Network::new(Matrix::from_row_slice(2, 2, &[0.0, 1.0, 1.0, 0.0]))?;
/// let mut simulation = Simulation::new(&network, &[true, false])?;
/// simulation.sweep(&[0, 1], &ThresholdRule, &mut Stream::new(0))?; // unit 0 keeps its state, unit 1 follows it
/// assert_eq!((simulation.state(), simulation.energy()), (&[true, true][..], -1.0));
/// simulation.sweep(&[0, 1], &HeatBath { temperature: Temperature::INFINITE }, &mut Stream::new(0))?;
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Simulation<'a, N: Fields> {
    network: &'a N,
    cache: N::Cache,
    state: Vec<bool>,
    energy: f64,
    updates: u64,
    flips: Vec<Flip>,
}

impl<'a, N: Fields> Simulation<'a, N> {
    /// The network in this state.
    ///
    /// # Errors
    /// [`EnergyError::Length`].
    pub fn new(network: &'a N, state: &[bool]) -> Result<Self, EnergyError> {
        check_length("the state", network.units(), state.len())?;
        let cache = network.cache(state);
        let energy = network.cached_energy(&cache, state);
        Ok(Self { network, cache, state: state.to_vec(), energy, updates: 0, flips: Vec::new() })
    }

    /// The state u.
    pub fn state(&self) -> &[bool] {
        &self.state
    }

    /// The state, at the end.
    pub fn into_state(self) -> Vec<bool> {
        self.state
    }

    /// E of the state: kept up to date by [`energy_delta`], exact for weights that are integers.
    pub fn energy(&self) -> f64 {
        self.energy
    }

    /// Updates of single units so far.
    pub fn updates(&self) -> u64 {
        self.updates
    }

    /// What changed in the last sweep.
    pub fn flips(&self) -> &[Flip] {
        &self.flips
    }

    /// Iᵢ.
    ///
    /// # Errors
    /// [`EnergyError::NoSuchUnit`].
    pub fn net_input(&self, unit: usize) -> Result<f64, EnergyError> {
        self.check_units("the net input", &[unit])?;
        Ok(self.network.cached_net_input(&self.cache, unit, self.state[unit]))
    }

    /// Whether the threshold rule would leave every one of these units as it is.
    ///
    /// # Errors
    /// [`EnergyError::NoSuchUnit`].
    pub fn is_stable(&self, units: &[usize]) -> Result<bool, EnergyError> {
        self.check_units("the list of units", units)?;
        Ok(dispatch(Decide { run: self, units, dynamics: &ThresholdRule, stream: &mut Stream::new(0) }).is_empty())
    }

    /// Updates these units one after the other. Returns how many changed.
    ///
    /// # Errors
    /// [`EnergyError::NoSuchUnit`].
    pub fn sweep<D: Dynamics>(
        &mut self,
        order: &[usize],
        dynamics: &D,
        stream: &mut Stream,
    ) -> Result<usize, EnergyError> {
        self.check_units("the order of updates", order)?;
        self.flips.clear();
        dispatch(Sweep { run: self, order, dynamics, stream });
        self.updates += order.len() as u64;
        Ok(self.flips.len())
    }

    /// Updates these units all at once, from the net inputs of the state before. Returns how many changed.
    ///
    /// The energy may rise: it falls for one unit at a time only. No unit may stand twice.
    ///
    /// # Errors
    /// [`EnergyError::NoSuchUnit`].
    pub fn step_synchronously<D: Dynamics>(
        &mut self,
        units: &[usize],
        dynamics: &D,
        stream: &mut Stream,
    ) -> Result<usize, EnergyError> {
        self.check_units("the list of units", units)?;
        self.flips.clear();
        let changes = dispatch(Decide { run: self, units, dynamics, stream });
        dispatch(Apply { run: self, changes: &changes });
        self.updates += units.len() as u64;
        Ok(self.flips.len())
    }

    /// Computes net inputs and energy anew from the state: rounding of many changes is gone.
    pub fn refresh(&mut self) {
        self.cache = self.network.cache(&self.state);
        self.settle_energy();
    }

    /// The energy from the net inputs, instead of from the sum of its changes.
    pub(crate) fn settle_energy(&mut self) {
        self.energy = self.network.cached_energy(&self.cache, &self.state);
    }

    fn check_units(&self, what: &'static str, list: &[usize]) -> Result<(), EnergyError> {
        let units = self.state.len();
        match list.iter().fold(0, |most, &unit| most.max(unit)) {
            unit if unit >= units => Err(EnergyError::NoSuchUnit { what, unit, units }),
            _ => Ok(()),
        }
    }

    #[inline(always)]
    fn change(&mut self, update: u64, unit: usize, net_input: f64) {
        let next = !self.state[unit];
        self.energy += energy_delta(!next, next, net_input);
        self.state[unit] = next;
        self.network.flip(&mut self.cache, unit, next);
        self.flips.push(Flip { update, unit, energy: self.energy });
    }
}

/// One unit after the other.
struct Sweep<'r, 'a, 's, N: Fields, D> {
    run: &'r mut Simulation<'a, N>,
    order: &'s [usize],
    dynamics: &'s D,
    stream: &'s mut Stream,
}

impl<N: Fields, D: Dynamics> Kernel for Sweep<'_, '_, '_, N, D> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { run, order, dynamics, stream } = self;
        for (number, &unit) in order.iter().enumerate() {
            let current = run.state[unit];
            let net_input = run.network.cached_net_input(&run.cache, unit, current);
            if dynamics.decide(net_input, current, stream) != current {
                run.change(run.updates + number as u64, unit, net_input);
            }
        }
    }
}

/// The units that would change, from the state as it is.
struct Decide<'r, 'a, 's, N: Fields, D> {
    run: &'r Simulation<'a, N>,
    units: &'s [usize],
    dynamics: &'s D,
    stream: &'s mut Stream,
}

impl<N: Fields, D: Dynamics> Kernel for Decide<'_, '_, '_, N, D> {
    type Output = Vec<usize>;

    #[inline(always)]
    fn run(self) -> Vec<usize> {
        let Self { run, units, dynamics, stream } = self;
        let mut changes = Vec::new();
        for &unit in units {
            let current = run.state[unit];
            let net_input = run.network.cached_net_input(&run.cache, unit, current);
            if dynamics.decide(net_input, current, stream) != current {
                changes.push(unit);
            }
        }
        changes
    }
}

/// Changes decided before, one after the other, so that every one's part of the energy is known.
struct Apply<'r, 'a, 's, N: Fields> {
    run: &'r mut Simulation<'a, N>,
    changes: &'s [usize],
}

impl<N: Fields> Kernel for Apply<'_, '_, '_, N> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for &unit in self.changes {
            let net_input = self.run.network.cached_net_input(&self.run.cache, unit, self.run.state[unit]);
            self.run.change(self.run.updates, unit, net_input);
        }
    }
}
