//! Simulated annealing: temperature falls during the run.

use crate::error::out_of_range;
use crate::multi_spin::{CORRELATED_REPLICAS, MOST_NEIGHBORS, Replicas};
use crate::spins::SpinChain;
use crate::{EnergyError, Gibbs, Ising, Network, Order, Temperature};
use nn_core::{Real, Stream, math};

/// **Eq. annealing** (slide 80): T decreases during the run. How it does, from step 0 to the last of `steps` steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TemperatureSchedule {
    /// T stays.
    Fixed(f64),
    /// T falls by the same amount in every step, from the first value to the second.
    Linear(f64, f64),
    /// T falls by the same factor in every step, from the first value to the second.
    Geometric(f64, f64),
    /// T₀ ln 2 / ln(2 + step): so slow that the ground state is certain in the end (Geman and Geman 1984).
    Logarithmic(f64),
}

impl TemperatureSchedule {
    /// The temperature of a step, counted from 0, of so many.
    ///
    /// # Errors
    /// [`EnergyError::Core`] for a temperature that is not positive and finite.
    pub fn temperature(&self, step: usize, steps: usize) -> Result<Temperature, EnergyError> {
        let (first, last) = match *self {
            Self::Fixed(t) | Self::Logarithmic(t) => (t, t),
            Self::Linear(first, last) | Self::Geometric(first, last) => (first, last),
        };
        for t in [first, last] {
            if !(t > 0.0 && t.is_finite()) {
                return Err(out_of_range("a temperature of the schedule", "positive and finite", t));
            }
        }
        let part = step as f64 / steps.saturating_sub(1).max(1) as f64;
        Temperature::new(match *self {
            Self::Fixed(t) => t,
            Self::Linear(..) => first + (last - first) * part,
            Self::Geometric(..) => first * math::powf(last / first, part),
            Self::Logarithmic(t) => t * std::f64::consts::LN_2 / math::ln(2.0 + step as f64),
        })
    }
}

/// Whether a proposed flip happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// With probability min(1, exp(−ΔE/T)).
    Metropolis,
    /// With probability 1/(1 + exp(ΔE/T)): the rule of the Boltzmann machine.
    HeatBath,
}

/// Simulated annealing: how the temperature falls, how long, how often.
///
/// ```
/// use energy::{Annealing, Graph, Ising, TemperatureSchedule};
/// use nn_core::Stream;
///
/// let graph = Graph::random(60, 150, &Stream::new(1))?;
/// let annealing = Annealing { sweeps: 200, replicas: 8, ..Annealing::new(TemperatureSchedule::Geometric(5.0, 0.3)) };
/// let best = annealing.minimize_spins(&Ising::from(&graph), &Stream::new(2))?;
/// assert_eq!(graph.cut(&best.state)? as f64, graph.cut_of_energy(best.energy));
/// assert!(best.replicas.iter().all(|replica| replica.best >= best.energy));
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Annealing {
    /// The temperature of every sweep.
    pub schedule: TemperatureSchedule,
    /// Sweeps of a replica: visits to each unit, on the average.
    pub sweeps: usize,
    /// Runs from random states, each with a stream of its own.
    pub replicas: u64,
    /// The rule of sparse spins. A [`Network`] is always annealed by the heat bath.
    ///
    /// Metropolis always takes a flip that costs nothing. Visiting spin after spin, that moves the walls between domains of a
    /// chain of spins in step, and they never meet: take the heat bath or a random order where spins have two neighbors.
    pub acceptance: Acceptance,
    /// Whose turn it is in a sweep.
    pub order: Order,
}

/// What annealing found.
#[derive(Debug, Clone, PartialEq)]
pub struct Annealed {
    /// The state of the lowest energy that any replica had at the end of a sweep; of the first such replica.
    pub state: Vec<bool>,
    /// Its energy, summed anew from the state.
    pub energy: f64,
    /// Every replica, in order.
    pub replicas: Vec<Replica>,
}

/// The energies of one replica.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Replica {
    /// The lowest at the end of a sweep.
    pub best: f64,
    /// After the last sweep.
    pub last: f64,
}

impl Annealing {
    /// One replica of 1000 sweeps, Metropolis, spin after spin.
    pub fn new(schedule: TemperatureSchedule) -> Self {
        Self { schedule, sweeps: 1000, replicas: 1, acceptance: Acceptance::Metropolis, order: Order::Sequential }
    }

    /// Replica k draws from position k of the stream `replica`.
    fn temperatures(&self) -> Result<Vec<Temperature>, EnergyError> {
        if self.replicas == 0 {
            return Err(out_of_range("the number of replicas", "at least 1", 0.0));
        }
        (0..self.sweeps).map(|sweep| self.schedule.temperature(sweep, self.sweeps)).collect()
    }

    /// The lowest energy of a network found, by the heat bath.
    ///
    /// # Errors
    /// Temperatures that are not positive and finite, no replica, an order that names a unit beyond the last.
    pub fn minimize<T: Real>(&self, network: &Network<T>, stream: &Stream) -> Result<Annealed, EnergyError> {
        let temperatures = self.temperatures()?;
        self.order.check(network.units())?;
        let gibbs = Gibbs::new(network);
        let run = |replica: u64| {
            let mut chain = gibbs.chain(stream.named("replica").at(replica).named("chain"));
            chain.set_order(self.order.clone())?;
            let (mut best, mut state) = (chain.energy(), chain.state().to_vec());
            for &temperature in &temperatures {
                let changed = chain.sweep(temperature);
                if changed > 0 && chain.energy() < best {
                    best = chain.energy();
                    state.copy_from_slice(chain.state());
                }
            }
            // The chain of a network with real weights knows its energies up to rounding.
            let (best, last) = (network.energy_of(&state), network.energy_of(chain.state()));
            Ok((state, Replica { best: best.min(last), last }))
        };
        collect(self.replicas, run, |state| network.energy_of(state))
    }

    /// The lowest energy of sparse spins found.
    ///
    /// # Errors
    /// As [`Annealing::minimize`].
    pub fn minimize_spins(&self, ising: &Ising, stream: &Stream) -> Result<Annealed, EnergyError> {
        let temperatures = self.temperatures()?;
        let run = |replica: u64| {
            let stream = stream.named("replica").at(replica);
            let mut chain = SpinChain::new(ising, &self.order, &stream)?;
            let mut state = vec![false; ising.units()];
            let mut best = chain.energy();
            chain.state_into(&mut state);
            for &temperature in &temperatures {
                chain.sweep(temperature, self.acceptance);
                if chain.energy() < best {
                    best = chain.energy();
                    chain.state_into(&mut state);
                }
            }
            Ok((state, Replica { best: best as f64, last: chain.energy() as f64 }))
        };
        collect(self.replicas, run, |state| ising.energy_of(state) as f64)
    }

    /// The lowest energy at the end of [`CORRELATED_REPLICAS`] replicas of spins without fields whose couplings are all ±1,
    /// annealed together at a fraction of the cost, spin after spin; [`Annealing::replicas`] and [`Annealing::order`] have no
    /// effect, and the states before the last are not kept.
    ///
    /// **The replicas are correlated**: they share the random number of every visit. Each alone is a correct chain, so this is
    /// right for the best of many and for a mean, and **wrong for error bars**: take those over several calls.
    ///
    /// # Errors
    /// As [`Annealing::minimize`]; [`EnergyError::Graph`] for other couplings, a field, or more than 4095 neighbors.
    pub fn minimize_correlated(&self, ising: &Ising, stream: &Stream) -> Result<Annealed, EnergyError> {
        let temperatures = self.temperatures()?;
        for unit in 0..ising.units() {
            let (neighbors, couplings) = ising.neighbors_of(unit);
            let problem = if let Some(coupling) = couplings.iter().find(|coupling| coupling.abs() != 1) {
                format!("replicas in bits need couplings of 1 and -1, found {coupling} at spin {unit}")
            } else if ising.fields()[unit] != 0 {
                format!("replicas in bits need spins without fields, found {} at spin {unit}", ising.fields()[unit])
            } else if neighbors.len() > MOST_NEIGHBORS {
                format!(
                    "replicas in bits need at most {MOST_NEIGHBORS} neighbors, found {} at spin {unit}",
                    neighbors.len()
                )
            } else {
                continue;
            };
            return Err(EnergyError::Graph { problem });
        }
        let mut replicas = Replicas::new(ising, stream);
        for &temperature in &temperatures {
            replicas.sweep(temperature, self.acceptance);
        }
        let end = |replica: u64| {
            let state = replicas.state(replica as usize);
            let last = ising.energy_of(&state) as f64;
            Ok((state, Replica { best: last, last }))
        };
        collect(CORRELATED_REPLICAS as u64, end, |state| ising.energy_of(state) as f64)
    }
}

/// Runs the replicas, over all cores, and keeps the best state.
fn collect(
    replicas: u64,
    run: impl Fn(u64) -> Result<(Vec<bool>, Replica), EnergyError> + Sync + Send,
    energy: impl Fn(&[bool]) -> f64,
) -> Result<Annealed, EnergyError> {
    #[cfg(feature = "parallel")]
    let runs: Vec<Result<(Vec<bool>, Replica), EnergyError>> = {
        use rayon::prelude::*;
        (0..replicas).into_par_iter().map(run).collect()
    };
    #[cfg(not(feature = "parallel"))]
    let runs: Vec<Result<(Vec<bool>, Replica), EnergyError>> = (0..replicas).map(run).collect();
    let mut annealed = Annealed { state: Vec::new(), energy: f64::INFINITY, replicas: Vec::new() };
    for run in runs {
        let (state, replica) = run?;
        if annealed.replicas.is_empty() || replica.best < annealed.energy {
            (annealed.state, annealed.energy) = (state, replica.best);
        }
        annealed.replicas.push(replica);
    }
    annealed.energy = energy(&annealed.state);
    Ok(annealed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eq. annealing: every schedule falls from its first temperature, the bounded ones to their last.
    #[test]
    fn schedules_fall_from_the_first_temperature_to_the_last() {
        use TemperatureSchedule::{Fixed, Geometric, Linear, Logarithmic};
        for schedule in [Linear(8.0, 2.0), Geometric(8.0, 2.0), Logarithmic(8.0)] {
            let values: Vec<f64> = (0..5).map(|step| schedule.temperature(step, 5).unwrap().value()).collect();
            assert_eq!(values[0], 8.0);
            assert!(values.is_sorted_by(|a, b| a > b), "{values:?}");
        }
        assert_eq!(Linear(8.0, 2.0).temperature(2, 5).unwrap().value(), 5.0);
        assert!((Geometric(8.0, 2.0).temperature(2, 5).unwrap().value() - 4.0).abs() < 1e-14);
        assert_eq!(Fixed(3.0).temperature(4, 5).unwrap().value(), 3.0);
        let error = Geometric(1.0, 0.0).temperature(0, 2).unwrap_err().to_string();
        assert_eq!(error, "a temperature of the schedule must be positive and finite, is 0");
    }

    #[test]
    fn annealing_finds_the_ground_state_of_a_small_glass() {
        let mut stream = Stream::new(80);
        let network = Network::<f64>::from_pairs(14, |_, _| stream.normal()).unwrap();
        let (ground, states) = crate::ground_states(&network).unwrap();
        let annealing = Annealing {
            sweeps: 200,
            replicas: 10,
            order: Order::Shuffled,
            ..Annealing::new(TemperatureSchedule::Geometric(5.0, 0.05))
        };
        let found = annealing.minimize(&network, &Stream::new(1)).unwrap();
        assert!((found.energy - ground).abs() < 1e-12);
        assert_eq!(crate::number_of(&found.state), states[0]);
        assert_eq!(found.energy, network.energy(&found.state).unwrap());
        assert_eq!(found.replicas.len(), 10);
        assert!(found.replicas.iter().all(|replica| replica.best <= replica.last && replica.best >= found.energy));
    }

    #[test]
    fn scalar_and_correlated_replicas_find_cuts_of_the_same_quality() {
        let graph = crate::Graph::random(120, 480, &Stream::new(5)).unwrap();
        let ising = Ising::from(&graph);
        let annealing =
            Annealing { sweeps: 300, replicas: 40, ..Annealing::new(TemperatureSchedule::Geometric(8.0, 0.4)) };
        let scalar = annealing.minimize_spins(&ising, &Stream::new(1)).unwrap();
        let together = annealing.minimize_correlated(&ising, &Stream::new(2)).unwrap();
        assert_eq!(together.replicas.len(), CORRELATED_REPLICAS);
        let mean = |annealed: &Annealed| {
            annealed.replicas.iter().map(|replica| replica.last).sum::<f64>() / annealed.replicas.len() as f64
        };
        // Cuts near 340; means of 40 and of 256 correlated replicas differ by less than 2.
        assert!((mean(&scalar) - mean(&together)).abs() < 4.0, "{} {}", mean(&scalar), mean(&together));
        assert_eq!(graph.cut(&together.state).unwrap() as f64, graph.cut_of_energy(together.energy));
        assert_eq!(annealing.minimize_spins(&ising, &Stream::new(1)).unwrap(), scalar);
    }

    #[test]
    fn what_replicas_in_bits_cannot_do_is_an_error() {
        let annealing = Annealing::new(TemperatureSchedule::Fixed(1.0));
        let error = |ising: &Ising| annealing.minimize_correlated(ising, &Stream::new(0)).unwrap_err().to_string();
        let strong = Ising::new(2, &[(0, 1, 3)], vec![0; 2]).unwrap();
        assert_eq!(error(&strong), "a graph: replicas in bits need couplings of 1 and -1, found 3 at spin 0");
        let field = Ising::new(2, &[(0, 1, -1)], vec![0, 2]).unwrap();
        assert_eq!(error(&field), "a graph: replicas in bits need spins without fields, found 2 at spin 1");
        let none = Annealing { replicas: 0, ..annealing.clone() };
        let error = none.minimize_spins(&strong, &Stream::new(0)).unwrap_err().to_string();
        assert_eq!(error, "the number of replicas must be at least 1, is 0");
    }
}
