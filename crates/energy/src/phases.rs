//! The two phases of learning: ⟨uᵢ uⱼ⟩ with the visible units clamped to patterns, and with all units free.

use crate::{BoltzmannMachine, Chain, EnergyError, Equilibrium, Gibbs, Goal, Order, Temperature};
use nn_core::{Matrix, Real, Stream};

/// Where ⟨uᵢ uⱼ⟩ come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Expectations {
    /// Enumeration: of the hidden units for every pattern, of all units for the model.
    Exact,
    /// Gibbs samples at the end of annealing.
    Sampled(Phases),
}

/// Most visits that are drawn at once.
const MOST_VISITS: usize = u32::MAX as usize;

/// How a phase is sampled. A unit of time is a sweep: as many visits as there are free units, or as [`Order::Given`] lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Phases {
    /// Units of time at a temperature, one after the other, before anything is counted.
    pub annealing: Vec<(usize, f64)>,
    /// Units of time in which pairs are counted, after each of them, at the temperature of the machine.
    pub gathering: usize,
    /// How often every pattern is clamped in an epoch; the free phase is run as often in all.
    pub clampings: usize,
    /// Probability that a 1 of a clamped pattern is shown as 0.
    pub ones_lost: f64,
    /// Probability that a 0 of a clamped pattern is shown as 1.
    pub zeros_lost: f64,
    /// Whose turn it is.
    pub order: Order,
}

impl Phases {
    /// So many sweeps before counting and so many with it, at the temperature of the machine, without noise.
    pub fn gibbs(burn_in: usize, gathering: usize, temperature: f64) -> Self {
        Self {
            annealing: vec![(burn_in, temperature)],
            gathering,
            clampings: 1,
            ones_lost: 0.0,
            zeros_lost: 0.0,
            order: Order::Shuffled,
        }
    }

    /// The encoders of Ackley, Hinton and Sejnowski (1985), as later programs quote them: 2 units of time at T = 20, 2 at 15, 2
    /// at 12, 4 at 10, counting for 10 at T = 10, each pattern twice, 15 % of the ones and 5 % of the zeros of a pattern
    /// disturbed, units drawn at random. For a machine of temperature 10.
    pub fn of_1985() -> Self {
        Self {
            annealing: vec![(2, 20.0), (2, 15.0), (2, 12.0), (4, 10.0)],
            gathering: 10,
            clampings: 2,
            ones_lost: 0.15,
            zeros_lost: 0.05,
            order: Order::Random,
        }
    }

    /// The annealing, if a machine of so many units can be sampled in this way: all visits of one clamping are drawn at once.
    pub(crate) fn check(&self, units: usize) -> Result<Vec<(usize, Temperature)>, EnergyError> {
        for (name, value) in [("the share of ones lost", self.ones_lost), ("the share of zeros lost", self.zeros_lost)]
        {
            if !(0.0..=1.0).contains(&value) {
                return Err(crate::error::out_of_range(name, "between 0 and 1", value));
            }
        }
        for (name, value) in [("the time of gathering", self.gathering), ("the number of clampings", self.clampings)] {
            if value == 0 {
                return Err(crate::error::out_of_range(name, "at least 1", 0.0));
            }
        }
        let longest = match &self.order {
            Order::Given(list) => list.len(),
            _ => units,
        };
        let time = self.annealing.iter().fold(self.gathering, |all, &(time, _)| all.saturating_add(time));
        if time > MOST_VISITS || time.saturating_mul(longest) > MOST_VISITS {
            let name = "the time of annealing and gathering, times the units,";
            return Err(crate::error::out_of_range(name, "at most 4294967295", time as f64 * longest as f64));
        }
        self.annealing.iter().map(|&(time, t)| Ok((time, Temperature::new(t)?))).collect()
    }
}

/// ⟨uᵢ uⱼ⟩ of goal and model, N × N each; the diagonal is ⟨uᵢ⟩.
pub(crate) struct Pairs {
    pub goal: Matrix<f64>,
    pub model: Matrix<f64>,
    /// D(goal‖model) over the visible units, where it was computed on the way.
    pub divergence: Option<f64>,
}

/// Both phases by enumeration.
pub(crate) fn exact<T: Real>(machine: &BoltzmannMachine<T>, goal: &Goal) -> Result<Pairs, EnergyError> {
    let (network, visible) = (machine.network(), machine.visible());
    let units = network.units();
    let free = Equilibrium::of(network, machine.temperature())?;
    let mut clamped = Matrix::zeros(units, units);
    let mut divergence = 0.0;
    for (index, &p) in goal.probabilities().iter().enumerate().filter(|(_, p)| **p > 0.0) {
        let state = goal.patterns().state(index);
        let hidden = match machine.conditional(&state)? {
            Some(network) => Some(Equilibrium::of(&network, machine.temperature())?),
            None => None,
        };
        let ones: Vec<usize> = (0..visible).filter(|&unit| state[unit]).collect();
        for &i in &ones {
            ones.iter().for_each(|&j| clamped[(i, j)] += p);
            if let Some(hidden) = &hidden {
                for j in visible..units {
                    let mean = p * hidden.pairs[(j - visible, j - visible)];
                    clamped[(i, j)] += mean;
                    clamped[(j, i)] += mean;
                }
            }
        }
        if let Some(hidden) = &hidden {
            for i in visible..units {
                (visible..units).for_each(|j| clamped[(i, j)] += p * hidden.pairs[(i - visible, j - visible)]);
            }
        }
        let mut full = state.clone();
        full.resize(units, false);
        let log_hidden = hidden.map_or(0.0, |hidden| hidden.log_partition_function);
        let log_q = log_hidden - network.energy_of(&full) / machine.temperature().value() - free.log_partition_function;
        divergence += p * (nn_core::math::ln(p) - log_q);
    }
    Ok(Pairs { goal: clamped, model: free.pairs, divergence: Some(divergence) })
}

/// Both phases by Gibbs sampling.
pub(crate) fn sampled<T: Real>(
    machine: &BoltzmannMachine<T>,
    goal: &Goal,
    phases: &Phases,
    stream: &Stream,
) -> Result<Pairs, EnergyError> {
    let annealing = phases.check(machine.network().units())?;
    let (network, visible) = (machine.network(), machine.visible());
    let units = network.units();
    let gibbs = Gibbs::new(network);
    let mut noise = stream.named("noise");
    let mut run = Run { phases, annealing, temperature: machine.temperature(), ones: Vec::new() };
    let (mut clamped, mut free) = (Counts::new(units), Counts::new(units));

    let mut chain = gibbs.chain(stream.named("clamped"));
    chain.set_order(phases.order.clone())?;
    chain.set_free(&(visible..units).collect::<Vec<_>>())?;
    for (index, &p) in goal.probabilities().iter().enumerate().filter(|(_, p)| **p > 0.0) {
        let pattern = goal.patterns().state(index);
        for _ in 0..phases.clampings {
            let shown: Vec<bool> = pattern
                .iter()
                .map(|&on| {
                    let lost = if on { phases.ones_lost } else { phases.zeros_lost };
                    on != (lost > 0.0 && noise.uniform() < lost)
                })
                .collect();
            chain.set_first(&shown)?;
            chain.randomize();
            run.gather(&mut chain, p, &mut clamped);
        }
    }
    let mut chain = gibbs.chain(stream.named("free"));
    chain.set_order(phases.order.clone())?;
    for _ in 0..goal.probabilities().len() * phases.clampings {
        chain.randomize();
        run.gather(&mut chain, 1.0, &mut free);
    }
    Ok(Pairs { goal: clamped.means(), model: free.means(), divergence: None })
}

struct Run<'a> {
    phases: &'a Phases,
    annealing: Vec<(usize, Temperature)>,
    temperature: Temperature,
    ones: Vec<usize>,
}

impl Run<'_> {
    /// Anneals, then counts.
    fn gather<T: Real>(&mut self, chain: &mut Chain<'_, T>, weight: f64, counts: &mut Counts) {
        let sweeps = self.annealing.iter().map(|(time, _)| time).sum::<usize>() + self.phases.gathering;
        // All numbers of an annealing are drawn at once: a sweep of a few units is too short for it.
        let visits = chain.draw(sweeps) / sweeps;
        let mut at = 0;
        for &(time, temperature) in &self.annealing {
            chain.visit(at..at + time * visits, time, temperature);
            at += time * visits;
        }
        for _ in 0..self.phases.gathering {
            chain.visit(at..at + visits, 1, self.temperature);
            at += visits;
            counts.add(chain.state(), weight, &mut self.ones);
        }
    }
}

/// Weighted counts of pairs that are 1.
struct Counts {
    units: usize,
    pairs: Vec<f64>,
    total: f64,
}

impl Counts {
    fn new(units: usize) -> Self {
        Self { units, pairs: vec![0.0; units * units], total: 0.0 }
    }

    fn add(&mut self, state: &[bool], weight: f64, ones: &mut Vec<usize>) {
        ones.clear();
        ones.extend((0..state.len()).filter(|&unit| state[unit]));
        self.total += weight;
        for (at, &i) in ones.iter().enumerate() {
            let row = &mut self.pairs[i * self.units..][..self.units];
            ones[..=at].iter().for_each(|&j| row[j] += weight);
        }
    }

    fn means(&self) -> Matrix<f64> {
        let total = if self.total > 0.0 { self.total } else { 1.0 };
        Matrix::from_fn(self.units, self.units, |i, j| self.pairs[i.max(j) * self.units + i.min(j)] / total)
    }
}
