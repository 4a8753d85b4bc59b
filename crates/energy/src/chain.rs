//! Chains of heat-bath updates whose net inputs are kept, so that only a flip costs N additions.
//!
//! A unit becomes 1 with probability 1/(1 + exp(−I/T)), that is, when I exceeds T ln(r/(1 − r)) for a uniform r. The
//! thresholds of a whole sweep are drawn at once, in one vector loop without a branch; what remains to be done unit after unit
//! is a comparison. The noise has the scale T: at T → 0 it vanishes, and the rule is Hopfield's.

use crate::visits::{AddColumn, Odds, RealWeights, Sweep, Thresholds, WholeWeights};
use crate::{EnergyError, Gibbs, Network, Order, Temperature};
use nn_core::rand::Rng;
use nn_core::simd::dispatch;
use nn_core::{Real, Stream, math};
use std::ops::Range;

/// Sweeps after which net inputs in floating point are summed anew.
const REFRESH: u64 = 1000;

/// Visits whose numbers are drawn at once, about.
const TOGETHER: usize = 1024;

/// One chain of states: a replica of the network with a stream of its own.
#[derive(Debug, Clone)]
pub struct Chain<'a, T: Real> {
    network: &'a Network<T>,
    bias: &'a [T],
    state: Vec<bool>,
    sums: Sums<'a, T>,
    free: Vec<u32>,
    all_free: bool,
    visits: Order,
    stream: Stream,
    sweeps: u64,
    /// The unit of each visit; empty when all units are visited in their order.
    order: Vec<u32>,
    words: Vec<u8>,
    /// ln(r/(1 − r)), one a visit.
    numbers: Vec<T>,
    /// What Σⱼ wᵢⱼ uⱼ has to exceed, one a visit.
    thresholds: Vec<T>,
}

/// Σⱼ wᵢⱼ uⱼ of every unit.
#[derive(Debug, Clone)]
enum Sums<'a, T> {
    Whole { weights: &'a [i16], sums: Vec<i32> },
    Real { sums: Vec<T> },
}

impl<'a, T: Real> Chain<'a, T> {
    /// A chain of this network from this state.
    pub(crate) fn begin(gibbs: &'a Gibbs<'_, T>, state: Vec<bool>, stream: Stream) -> Self {
        let mut chain = Self {
            network: gibbs.network(),
            bias: &gibbs.bias,
            sums: match &gibbs.whole {
                Some(weights) => Sums::Whole { weights, sums: vec![0; state.len()] },
                None => Sums::Real { sums: vec![T::ZERO; state.len()] },
            },
            free: (0..state.len() as u32).collect(),
            all_free: true,
            visits: Order::Sequential,
            stream: stream.named("sweeps"),
            sweeps: 0,
            order: Vec::new(),
            words: Vec::new(),
            numbers: Vec::new(),
            thresholds: Vec::new(),
            state,
        };
        chain.refresh();
        chain
    }

    /// The state now.
    pub fn state(&self) -> &[bool] {
        &self.state
    }

    /// Sweeps done.
    pub fn sweeps(&self) -> u64 {
        self.sweeps
    }

    /// Whose turn it is in a sweep: unit after unit until this is called.
    ///
    /// # Errors
    /// [`EnergyError::NoSuchUnit`].
    pub fn set_order(&mut self, order: Order) -> Result<(), EnergyError> {
        order.check(self.state.len())?;
        self.visits = order;
        Ok(())
    }

    /// The units that sweeps may change; the others are clamped.
    ///
    /// # Errors
    /// [`EnergyError::NoSuchUnit`].
    pub fn set_free(&mut self, free: &[usize]) -> Result<(), EnergyError> {
        let units = self.state.len();
        if let Some(&unit) = free.iter().find(|unit| **unit >= units) {
            return Err(EnergyError::NoSuchUnit { what: "the list of free units", unit, units });
        }
        self.free.clear();
        self.free.extend(free.iter().map(|&unit| unit as u32));
        self.all_free = self.free.iter().enumerate().all(|(at, unit)| *unit as usize == at) && free.len() == units;
        Ok(())
    }

    /// Sets units from the first one on, free or not.
    ///
    /// # Errors
    /// [`EnergyError::Length`] if there are more values than units.
    pub fn set_first(&mut self, values: &[bool]) -> Result<(), EnergyError> {
        if values.len() > self.state.len() {
            let (expected, found) = (self.state.len(), values.len());
            return Err(EnergyError::Length { what: "the list of clamped units", expected, found });
        }
        for (unit, &value) in values.iter().enumerate() {
            if self.state[unit] != value {
                self.flip(unit);
            }
        }
        Ok(())
    }

    /// Every free unit becomes 0 or 1 by a coin.
    pub fn randomize(&mut self) {
        for at in 0..self.free.len() {
            let unit = self.free[at] as usize;
            if self.state[unit] != (self.stream.below(2) == 1) {
                self.flip(unit);
            }
        }
    }

    /// Iᵢ = Σⱼ wᵢⱼ uⱼ + sᵢ − θᵢ as the chain knows it: exact for whole weights.
    ///
    /// # Errors
    /// [`EnergyError::NoSuchUnit`].
    pub fn net_input(&self, unit: usize) -> Result<f64, EnergyError> {
        let units = self.state.len();
        if unit >= units {
            return Err(EnergyError::NoSuchUnit { what: "the net input", unit, units });
        }
        Ok(self.sum(unit) + self.network.inputs()[unit].to_f64() - self.network.thresholds()[unit].to_f64())
    }

    fn sum(&self, unit: usize) -> f64 {
        match &self.sums {
            Sums::Whole { sums, .. } => f64::from(sums[unit]),
            Sums::Real { sums } => sums[unit].to_f64(),
        }
    }

    /// E of the state, from the sums the chain keeps: O(N), and exact for whole weights and biases.
    pub fn energy(&self) -> f64 {
        let mut twice = 0.0;
        for unit in (0..self.state.len()).filter(|&unit| self.state[unit]) {
            let bias = self.network.inputs()[unit].to_f64() - self.network.thresholds()[unit].to_f64();
            twice -= self.sum(unit) + 2.0 * bias;
        }
        0.5 * twice
    }

    /// Sums anew what the chain keeps.
    fn refresh(&mut self) {
        let units = self.state.len();
        match &mut self.sums {
            Sums::Whole { sums, .. } => sums.fill(0),
            Sums::Real { sums } => sums.fill(T::ZERO),
        }
        for unit in 0..units {
            if self.state[unit] {
                self.add_column(unit, true);
            }
        }
    }

    fn flip(&mut self, unit: usize) {
        let on = !self.state[unit];
        self.state[unit] = on;
        self.add_column(unit, on);
    }

    fn add_column(&mut self, unit: usize, on: bool) {
        let units = self.state.len();
        match &mut self.sums {
            Sums::Whole { weights, sums } => {
                let couplings = WholeWeights { weights, units };
                dispatch(AddColumn::<T, _> { couplings, unit, sums, on });
            }
            Sums::Real { sums } => {
                let couplings = RealWeights { weights: self.network.weights().as_slice(), units };
                dispatch(AddColumn { couplings, unit, sums, on });
            }
        }
    }

    /// One sweep: each free unit once, or what the order says. Returns how many changed.
    pub fn sweep(&mut self, temperature: Temperature) -> usize {
        let visits = self.draw(1);
        self.visit(0..visits, 1, temperature)
    }

    /// So many sweeps at one temperature.
    pub fn sweeps_at(&mut self, temperature: Temperature, sweeps: usize) {
        // In a fixed order the numbers of several sweeps are drawn at once. Sums are refreshed before the same sweeps nevertheless.
        let together = match self.visits {
            Order::Sequential => (TOGETHER / self.free.len().max(1)).max(1),
            _ => 1,
        };
        let mut left = sweeps;
        while left > 0 {
            let before_refresh = (REFRESH - 1 - self.sweeps % REFRESH) as usize;
            let sweeps = left.min(together).min(if before_refresh == 0 { together } else { before_refresh });
            let visits = self.draw(sweeps);
            self.visit(0..visits, sweeps, temperature);
            left -= sweeps;
        }
    }

    /// Draws the numbers of so many sweeps. Returns the number of visits.
    pub(crate) fn draw(&mut self, sweeps: usize) -> usize {
        self.order.clear();
        let free = self.free.len();
        let mut visits = sweeps * free;
        match &self.visits {
            Order::Sequential if self.all_free => {}
            Order::Sequential => (0..sweeps).for_each(|_| self.order.extend_from_slice(&self.free)),
            Order::Shuffled => {
                for sweep in 0..sweeps {
                    self.order.extend_from_slice(&self.free);
                    self.stream.shuffle(&mut self.order[sweep * free..]);
                }
            }
            Order::Random => {
                // The high half of a product with 32 random bits: the likeliest and the least likely unit differ by N/2³².
                self.words.resize(4 * visits, 0);
                self.stream.fill_bytes(&mut self.words);
                let pick = |word: &[u8; 4]| (u64::from(u32::from_le_bytes(*word)) * free as u64) >> 32;
                self.order.extend(self.words.as_chunks::<4>().0.iter().map(|word| self.free[pick(word) as usize]));
            }
            Order::Given(list) => {
                let mut is_free = vec![false; self.state.len()];
                self.free.iter().for_each(|&unit| is_free[unit as usize] = true);
                let list = list.iter().filter(|unit| is_free[**unit]).map(|&unit| unit as u32);
                (0..sweeps).for_each(|_| self.order.extend(list.clone()));
                visits = self.order.len();
            }
        }
        self.words.resize(4 * visits, 0);
        self.stream.fill_bytes(&mut self.words);
        self.numbers.resize(visits, T::ZERO);
        dispatch(Odds { words: &self.words, odds: &mut self.numbers });
        math::ln_in_place(&mut self.numbers);
        visits
    }

    /// Visits that were drawn for so many sweeps, at this temperature. Returns how many units changed.
    pub(crate) fn visit(&mut self, range: Range<usize>, sweeps: usize, temperature: Temperature) -> usize {
        let sweeps = sweeps as u64;
        if (self.sweeps + sweeps) / REFRESH != self.sweeps / REFRESH && matches!(self.sums, Sums::Real { .. }) {
            self.refresh();
        }
        self.sweeps += sweeps;
        self.thresholds.resize(range.len(), T::ZERO);
        let t = T::from_f64(temperature.value());
        let numbers = &self.numbers[range.clone()];
        let order = (!self.order.is_empty()).then(|| &self.order[range]);
        dispatch(Thresholds { numbers, t, bias: self.bias, order, thresholds: &mut self.thresholds });
        let units = self.state.len();
        let (thresholds, state) = (&self.thresholds[..], &mut self.state[..]);
        match &mut self.sums {
            Sums::Whole { weights, sums } => {
                dispatch(Sweep { couplings: WholeWeights { weights, units }, sums, thresholds, state, order })
            }
            Sums::Real { sums } => {
                let couplings = RealWeights { weights: self.network.weights().as_slice(), units };
                dispatch(Sweep { couplings, sums, thresholds, state, order })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{StateCounts, exact_distribution};
    use nn_core::simd::{Path, limit};

    fn network<T: Real>(units: usize, whole: bool, seed: u64) -> Network<T> {
        let mut stream = Stream::new(seed);
        let mut number = || if whole { f64::from(stream.below(7)) - 3.0 } else { stream.normal() };
        let network = Network::from_pairs(units, |_, _| T::from_f64(number())).unwrap();
        network.with_inputs((0..units).map(|_| T::from_f64(0.5 * number())).collect()).unwrap()
    }

    /// The definition: every visit sums the net input anew.
    fn naive<T: Real>(chain: &mut Chain<'_, T>, temperature: Temperature) -> Vec<bool> {
        let mut state = chain.state.clone();
        let visits = chain.draw(1);
        for visit in 0..visits {
            let unit = chain.order.get(visit).map_or(visit, |&unit| unit as usize);
            let noise = temperature.value() * chain.numbers[visit].to_f64();
            let net_input = chain.network.net_input(unit, &state).unwrap();
            state[unit] = if temperature == Temperature::ZERO && net_input == 0.0 {
                chain.numbers[visit] <= T::ZERO
            } else if temperature == Temperature::ZERO {
                net_input > 0.0
            } else {
                net_input > noise
            };
        }
        chain.visit(0..visits, 1, temperature);
        state
    }

    #[test]
    fn fast_sweeps_are_those_of_the_definition() {
        fn compare<T: Real>(units: usize, whole: bool, order: &Order, free: &[usize]) {
            let network = network::<T>(units, whole, units as u64);
            let gibbs = Gibbs::new(&network);
            assert_eq!(gibbs.is_exact(), whole);
            let mut chain = gibbs.chain(Stream::new(5));
            chain.set_order(order.clone()).unwrap();
            chain.set_free(free).unwrap();
            for t in [Temperature::new(2.0).unwrap(), Temperature::new(0.2).unwrap(), Temperature::ZERO] {
                for _ in 0..50 {
                    let expected = naive(&mut chain, t);
                    assert_eq!(chain.state(), expected, "{units} units, {order:?}");
                }
                let energy = network.energy(chain.state()).unwrap();
                let tolerance = if whole { 0.0 } else { 1e-3 };
                assert!((chain.energy() - energy).abs() <= tolerance, "{} {energy}", chain.energy());
            }
        }
        for whole in [true, false] {
            for order in [Order::Sequential, Order::Shuffled, Order::Random, Order::Given(vec![3, 1, 3, 0])] {
                for units in [5, 8, 37] {
                    let all: Vec<usize> = (0..units).collect();
                    compare::<f64>(units, whole, &order, &all);
                    compare::<f64>(units, whole, &order, &[0, 2, 3]);
                }
                compare::<f32>(40, true, &order, &(0..40).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn sweeps_together_are_sweeps_one_by_one() {
        for order in [Order::Sequential, Order::Shuffled, Order::Random, Order::Given(vec![3, 1, 3, 0])] {
            for (whole, free) in
                [(true, (0..21).collect::<Vec<_>>()), (false, (0..21).collect()), (false, vec![0, 2, 3])]
            {
                let network = network::<f32>(21, whole, 7);
                let gibbs = Gibbs::new(&network);
                let chain = || {
                    let mut chain = gibbs.chain(Stream::new(3));
                    chain.set_order(order.clone()).unwrap();
                    chain.set_free(&free).unwrap();
                    chain
                };
                let (mut one_by_one, mut together) = (chain(), chain());
                // Sums are refreshed twice on the way.
                for sweeps in [1, 700, 299, 1, 0, 1400] {
                    for _ in 0..sweeps {
                        one_by_one.sweep(Temperature::ONE);
                    }
                    together.sweeps_at(Temperature::ONE, sweeps);
                    assert_eq!(together.state(), one_by_one.state(), "{order:?}");
                    let bits = |chain: &Chain<'_, f32>| (0..21).map(|u| chain.sum(u).to_bits()).collect::<Vec<_>>();
                    assert_eq!(bits(&together), bits(&one_by_one), "{order:?}");
                    assert_eq!(together.sweeps(), one_by_one.sweeps());
                }
            }
        }
    }

    #[test]
    fn a_long_chain_follows_the_exact_distribution() {
        for (whole, seed) in [(true, 1), (false, 2)] {
            let network = network::<f32>(8, whole, seed);
            let t = Temperature::new(2.5).unwrap();
            let exact = exact_distribution(&network, t).unwrap();
            let gibbs = Gibbs::new(&network);
            let mut chain = gibbs.chain(Stream::new(78));
            chain.set_order(Order::Shuffled).unwrap();
            let mut counts = StateCounts::new(8).unwrap();
            for _ in 0..40_000 {
                chain.sweeps_at(t, 3);
                counts.add(chain.state()).unwrap();
            }
            // χ² of 255 degrees of freedom is below 330.5 in 999 of 1000 runs.
            let chi_squared = counts.chi_squared(&exact).unwrap();
            assert!(chi_squared < 330.5, "{chi_squared}");
            assert!(counts.total_variation(&exact).unwrap() < 0.04);
        }
    }

    #[test]
    fn every_temperature_has_its_limit_and_clamped_units_stay() {
        let network = network::<f64>(20, true, 9);
        let gibbs = Gibbs::new(&network);
        let mut chain = gibbs.chain(Stream::new(1));
        let free: Vec<usize> = (5..20).collect();
        chain.set_free(&free).unwrap();
        chain.set_first(&[true, false, true, false, true]).unwrap();
        let mut ones = 0;
        for _ in 0..400 {
            chain.sweep(Temperature::INFINITE);
            assert_eq!(chain.state()[..5], [true, false, true, false, true]);
            ones += chain.state()[5..].iter().filter(|&&on| on).count();
        }
        assert!((2850..=3150).contains(&ones), "{ones} of 6000"); // 3.9 standard deviations
        chain.set_free(&(0..20).collect::<Vec<_>>()).unwrap();
        // At zero the energy never rises, and a stationary state is reached unless a tie is tossed again and again.
        let mut energy = chain.energy();
        for _ in 0..50 {
            chain.sweep(Temperature::ZERO);
            assert!(chain.energy() <= energy);
            energy = chain.energy();
        }
        assert!(chain.set_free(&[20]).is_err());
        assert!(chain.set_first(&[true; 21]).is_err());
    }

    #[test]
    fn chains_do_not_depend_on_the_vector_path_and_differ_from_each_other() {
        let network = network::<f32>(50, false, 4);
        let gibbs = Gibbs::new(&network);
        let run = || {
            let mut chains = gibbs.chains(3, &Stream::new(8));
            chains.iter_mut().for_each(|chain| chain.sweeps_at(Temperature::ONE, 1500));
            chains.iter().map(|chain| chain.state().to_vec()).collect::<Vec<_>>()
        };
        let wide = run();
        limit(Path::Portable);
        assert_eq!(run(), wide);
        limit(Path::Avx512);
        assert!(wide[0] != wide[1] && wide[1] != wide[2]);
    }
}
