//! What must hold for every network, state and seed.

use energy::{
    Ending, Fields, HeatBath, IntegerNetwork, Network, Order, Patterns, RecallConfig, Simulation, SpinNetwork,
    StorageRule, Temperature, ThresholdRule, Thresholds, Update, energy_delta, hamming_distance,
};
use nn_core::Stream;
use proptest::prelude::*;

/// A network of reals, or of small integers, in which ties are common; inputs and thresholds included.
fn network(units: usize, integral: bool, seed: u64) -> Network<f64> {
    let mut stream = Stream::new(seed).named("network");
    let mut draw = || if integral { f64::from(stream.below(5)) - 2.0 } else { stream.normal() };
    let network = Network::from_pairs(units, |_, _| draw()).unwrap();
    let inputs = (0..units).map(|_| draw()).collect();
    network.with_inputs(inputs).unwrap().with_thresholds((0..units).map(|_| draw()).collect::<Vec<_>>()).unwrap()
}

fn state(units: usize, seed: u64) -> Vec<bool> {
    Patterns::random(units, 1, &mut Stream::new(seed).named("state")).unwrap().state(0)
}

fn orders(units: usize) -> [Order; 4] {
    [Order::Shuffled, Order::Random, Order::Sequential, Order::Given((0..units).rev().collect())]
}

/// The state after the first changes of a run.
fn replay(cue: &[bool], units: impl Iterator<Item = usize>) -> Vec<bool> {
    units.fold(cue.to_vec(), |mut state, unit| {
        state[unit] = !state[unit];
        state
    })
}

proptest! {
    /// Eq. hopfield-update and Eq. energy: exact with integers, to rounding with reals.
    #[test]
    fn threshold_never_raises_the_energy(units in 1..40_usize, integral: bool, seed: u64) {
        let (network, cue) = (network(units, integral, seed), state(units, seed));
        for order in orders(units) {
            let config = RecallConfig { update: Update::Asynchronous(order), max_sweeps: 2000 };
            let recall = config.recall(&network, &cue, Stream::new(seed)).unwrap();
            prop_assert_eq!(recall.ending, Ending::FixedPoint);
            let mut energy = network.energy(&cue).unwrap();
            for (number, flip) in recall.flips.iter().enumerate() {
                let state = replay(&cue, recall.flips[..=number].iter().map(|flip| flip.unit));
                let recomputed = network.energy(&state).unwrap();
                if integral {
                    prop_assert!(flip.energy < energy);
                    prop_assert_eq!(flip.energy, recomputed);
                } else {
                    prop_assert!(flip.energy < energy + 1e-10);
                    prop_assert!((flip.energy - recomputed).abs() < 1e-10);
                }
                energy = recomputed;
            }
            prop_assert_eq!(replay(&cue, recall.flips.iter().map(|flip| flip.unit)), recall.state.clone());
            prop_assert!((recall.energy - network.energy(&recall.state).unwrap()).abs() < 1e-10);
        }
    }

    /// Eq. energy-difference: equal to the difference of two energies.
    #[test]
    fn the_difference_of_a_flip_is_recomputed(units in 1..30_usize, seed: u64, which: prop::sample::Index) {
        let (network, mut u) = (network(units, true, seed), state(units, seed));
        let unit = which.index(units);
        let (before, net_input) = (network.energy(&u).unwrap(), network.net_input(unit, &u).unwrap());
        let delta = energy_delta(u[unit], !u[unit], net_input);
        u[unit] = !u[unit];
        prop_assert_eq!(network.energy(&u).unwrap(), before + delta);
    }

    #[test]
    fn a_state_is_a_fixed_point_exactly_if_no_unit_changes(units in 1..12_usize, seed: u64) {
        let (network, u) = (network(units, true, seed), state(units, seed));
        let stable = (0..units).all(|unit| {
            let net_input = network.net_input(unit, &u).unwrap();
            if u[unit] { net_input >= 0.0 } else { net_input <= 0.0 }
        });
        let all: Vec<usize> = (0..units).collect();
        prop_assert_eq!(Simulation::new(&network, &u).unwrap().is_stable(&all).unwrap(), stable);
        for config in [RecallConfig::default(), RecallConfig::SEQUENTIAL, RecallConfig::SYNCHRONOUS] {
            let recall = config.recall(&network, &u, Stream::new(seed)).unwrap();
            prop_assert_eq!(recall.flips.is_empty(), stable);
            if recall.ending == Ending::FixedPoint {
                prop_assert!(Simulation::new(&network, &recall.state).unwrap().is_stable(&all).unwrap());
            }
        }
    }

    #[test]
    fn a_pattern_alone_is_recalled_from_anything_nearer_than_its_complement(units in 3..80_usize, seed: u64) {
        let patterns = Patterns::random(units, 1, &mut Stream::new(seed)).unwrap();
        for rule in [StorageRule::HEBB, StorageRule::PseudoInverse, StorageRule::Storkey, StorageRule::Clipped] {
            let network = rule.store::<f64>(&patterns, Thresholds::Balanced).unwrap();
            let flips = (units - 1) as f64 / 2.0 - 1.0;
            let cue = energy::with_flips(&patterns.state(0), flips.max(0.0).floor() / units as f64, &mut Stream::new(seed)).unwrap();
            let recall = RecallConfig::default().recall(&network, &cue, Stream::new(seed)).unwrap();
            prop_assert_eq!(recall.state, patterns.state(0));
        }
    }

    #[test]
    fn a_complement_goes_the_way_of_its_state_without_fields(units in 1..40_usize, seed: u64) {
        let spins = SpinNetwork::from(&network(units, true, seed));
        let spins = SpinNetwork::new(spins.couplings().clone(), vec![0.0; units]).unwrap();
        let (network, cue) = (spins.to_network().unwrap(), state(units, seed));
        let complement: Vec<bool> = cue.iter().map(|u| !u).collect();
        let [one, other] = [&cue, &complement]
            .map(|cue| RecallConfig::default().recall(&network, cue, Stream::new(seed)).unwrap());
        prop_assert_eq!(hamming_distance(&one.state, &other.state).unwrap(), units);
        prop_assert_eq!(one.energy, other.energy);
        prop_assert_eq!(one.flips, other.flips);
    }

    /// Goles and Olivos (1981).
    #[test]
    fn all_at_once_ends_in_a_fixed_point_or_a_cycle_of_two(units in 1..40_usize, integral: bool, seed: u64) {
        let (network, cue) = (network(units, integral, seed), state(units, seed));
        let recall = RecallConfig::SYNCHRONOUS.recall(&network, &cue, Stream::new(seed)).unwrap();
        prop_assert!(recall.ending != Ending::SweepLimit);
        let all: Vec<usize> = (0..units).collect();
        let mut simulation = Simulation::new(&network, &recall.state).unwrap();
        for _ in 0..2 {
            simulation.step_synchronously(&all, &ThresholdRule, &mut Stream::new(0)).unwrap();
        }
        prop_assert_eq!(simulation.state(), &recall.state[..]);
    }

    #[test]
    fn integers_and_reals_go_the_same_way(units in 1..40_usize, seed: u64) {
        let (network, cue) = (network(units, true, seed), state(units, seed));
        let integers = IntegerNetwork::from_network(&network).unwrap();
        prop_assert_eq!(integers.to_network::<f64>().unwrap().energy(&cue).unwrap(), network.energy(&cue).unwrap());
        for config in [RecallConfig::default(), RecallConfig::SEQUENTIAL, RecallConfig::SYNCHRONOUS] {
            let [a, b] = [
                config.recall(&network, &cue, Stream::new(seed)).unwrap(),
                config.recall(&integers, &cue, Stream::new(seed)).unwrap(),
            ];
            prop_assert_eq!(a, b);
        }
    }

    /// Eq. heat-bath: T → 0 is Hopfield's step where the net input is not zero, T → ∞ a fair coin.
    #[test]
    fn the_cold_heat_bath_takes_hopfields_steps(units in 1..30_usize, seed: u64) {
        let (network, u) = (network(units, false, seed), state(units, seed));
        let order: Vec<usize> = (0..units).collect();
        let run = |temperature: Temperature| {
            let mut simulation = Simulation::new(&network, &u).unwrap();
            simulation.sweep(&order, &HeatBath { temperature }, &mut Stream::new(seed)).unwrap();
            simulation.into_state()
        };
        let mut hopfield = Simulation::new(&network, &u).unwrap();
        hopfield.sweep(&order, &ThresholdRule, &mut Stream::new(seed)).unwrap();
        prop_assert_eq!(run(Temperature::ZERO), hopfield.state());
        prop_assert_eq!(run(Temperature::new(1e-300).unwrap()), hopfield.state());
        let mut stream = Stream::new(seed);
        let coins: Vec<bool> = (0..units).map(|_| stream.uniform() < 0.5).collect();
        prop_assert_eq!(run(Temperature::INFINITE), coins);
    }

    #[test]
    fn a_run_at_any_temperature_keeps_its_energy_and_net_inputs(units in 1..30_usize, seed: u64) {
        let (network, u) = (network(units, true, seed), state(units, seed));
        let mut simulation = Simulation::new(&network, &u).unwrap();
        let (order, mut stream) = ((0..units).collect::<Vec<_>>(), Stream::new(seed));
        for _ in 0..20 {
            simulation.sweep(&order, &HeatBath { temperature: Temperature::new(3.0).unwrap() }, &mut stream).unwrap();
            prop_assert_eq!(simulation.energy(), network.energy(simulation.state()).unwrap());
            for unit in 0..units {
                let recomputed = network.net_input(unit, simulation.state()).unwrap();
                prop_assert_eq!(simulation.net_input(unit).unwrap(), recomputed);
            }
        }
        let energy = simulation.energy();
        simulation.refresh();
        prop_assert_eq!(simulation.energy(), energy);
        prop_assert_eq!(Fields::units(&network), units);
    }

    #[test]
    fn clamped_units_never_change(units in 1..30_usize, seed: u64) {
        let (network, u, clamped) = (network(units, false, seed), state(units, seed), state(units, seed ^ 1));
        for update in orders(units).map(Update::Asynchronous).into_iter().chain([Update::Synchronous]) {
            let config = RecallConfig { update, ..RecallConfig::default() };
            let cue = energy::Cue { state: &u, clamped: &clamped };
            let recall = config.recall(&network, cue, Stream::new(seed)).unwrap();
            prop_assert!((0..units).all(|unit| !clamped[unit] || recall.state[unit] == u[unit]));
            prop_assert!(recall.flips.iter().all(|flip| !clamped[flip.unit]));
        }
    }
}
