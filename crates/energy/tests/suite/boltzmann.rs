//! What must hold for every Boltzmann machine: exact sums, detailed balance, energies, files, saved tensors.

use energy::{
    Annealing, BoltzmannMachine, Dynamics, Equilibrium, Gibbs, Graph, HeatBath, Ising, Network, Order, Rbm, RbmConfig,
    StateCounts, Temperature, TemperatureSchedule, exact_distribution, kl_divergence, log_partition_function,
    number_of, state_of, unit_probability, unit_probability_below_zero,
};
use nn_core::{Matrix, Parameters, Stream};
use proptest::prelude::*;

fn network(units: usize, scale: f64, seed: u64) -> Network<f64> {
    let mut stream = Stream::new(seed).named("network");
    let network = Network::from_pairs(units, |_, _| scale * stream.normal()).unwrap();
    let inputs = (0..units).map(|_| scale * stream.normal()).collect();
    let thresholds: Vec<f64> = (0..units).map(|_| scale * stream.normal()).collect();
    network.with_inputs(inputs).unwrap().with_thresholds(thresholds).unwrap()
}

proptest! {
    /// Eq. heat-bath and Eq. boltzmann-distribution: p(s) P(s → s′) = p(s′) P(s′ → s) for every change of one unit.
    #[test]
    fn the_heat_bath_keeps_detailed_balance(units in 1..5_usize, seed: u64, t in 0.2..5.0_f64) {
        let (network, t) = (network(units, 1.0, seed), Temperature::new(t).unwrap());
        let p = exact_distribution(&network, t).unwrap();
        for s in 0..1_u32 << units {
            let state = state_of(s, units);
            for unit in 0..units {
                let mut changed = state.clone();
                changed[unit] = !state[unit];
                let on = unit_probability(network.net_input(unit, &state).unwrap(), t);
                let (there, back) = if state[unit] { (1.0 - on, on) } else { (on, 1.0 - on) };
                let flow = p[s as usize] * there - p[number_of(&changed) as usize] * back;
                prop_assert!(flow.abs() < 1e-13, "{s} {unit}: {flow}");
            }
        }
    }

    /// F = ⟨E⟩ − T S = −T ln Z; moments are derivatives of ln Z; p(s) sums to 1.
    #[test]
    fn sums_over_states_fit_together(units in 1..14_usize, seed: u64, t in 0.3..3.0_f64, which: prop::sample::Index) {
        let (network, temperature) = (network(units, 1.0, seed), Temperature::new(t).unwrap());
        let found = Equilibrium::of(&network, temperature).unwrap();
        prop_assert!((found.free_energy - (found.mean_energy - t * found.entropy)).abs() < 1e-9);
        let p = exact_distribution(&network, temperature).unwrap();
        prop_assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let unit = which.index(units);
        let shifted = |step: f64| {
            let mut inputs = network.inputs().to_vec();
            inputs[unit] += step;
            log_partition_function(&network.clone().with_inputs(inputs).unwrap(), temperature).unwrap()
        };
        let slope = t * (shifted(1e-4) - shifted(-1e-4)) / 2e-4;
        prop_assert!((found.pairs[(unit, unit)] - slope).abs() < 1e-6);
    }

    /// T → ∞ is a coin, T → +0 the threshold, T → −0 its mirror image; a tie is a coin everywhere.
    #[test]
    fn temperatures_have_their_limits(net_input in -10.0..10.0_f64, seed: u64) {
        prop_assert_eq!(unit_probability(net_input, Temperature::INFINITE), 0.5);
        prop_assert_eq!(unit_probability(0.0, Temperature::ZERO), 0.5);
        let cold = HeatBath { temperature: Temperature::ZERO };
        if net_input != 0.0 {
            prop_assert_eq!(cold.decide(net_input, seed % 2 == 0, &mut Stream::new(seed)), net_input > 0.0);
            prop_assert_eq!(unit_probability_below_zero(net_input) > 0.5, net_input < 0.0);
        }
    }

    #[test]
    fn a_chain_knows_its_energy(units in 1..40_usize, seed: u64, whole: bool, t in 0.1..4.0_f64) {
        let network = if whole {
            let mut stream = Stream::new(seed);
            Network::from_pairs(units, |_, _| f64::from(stream.below(9)) - 4.0).unwrap()
        } else {
            network(units, 1.0, seed)
        };
        let gibbs = Gibbs::new(&network);
        let mut chain = gibbs.chain(Stream::new(seed));
        chain.set_order(Order::Shuffled).unwrap();
        chain.sweeps_at(Temperature::new(t).unwrap(), 20);
        let energy = network.energy(chain.state()).unwrap();
        let tolerance = if whole { 0.0 } else { 1e-9 };
        prop_assert!((chain.energy() - energy).abs() <= tolerance);
    }

    #[test]
    fn annealing_reports_the_energy_of_its_state(units in 2..30_usize, seed: u64) {
        let graph = Graph::random(units, units * (units - 1) / 3, &Stream::new(seed)).unwrap();
        let ising = Ising::from(&graph);
        let annealing = Annealing { sweeps: 20, replicas: 3, ..Annealing::new(TemperatureSchedule::Linear(3.0, 0.2)) };
        for annealed in [
            annealing.minimize_spins(&ising, &Stream::new(seed)).unwrap(),
            annealing.minimize_correlated(&ising, &Stream::new(seed)).unwrap(),
        ] {
            prop_assert_eq!(ising.energy(&annealed.state).unwrap(), annealed.energy);
            prop_assert_eq!(graph.cut(&annealed.state).unwrap() as f64, graph.cut_of_energy(annealed.energy));
        }
    }

    #[test]
    fn reading_a_graph_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[0-9 \n-]{0,80}") {
        drop(Graph::read_gset(&bytes[..]));
        drop(Graph::read_gset(text.as_bytes()));
    }

    /// Eq. kl-divergence: never negative.
    #[test]
    fn divergences_are_not_negative(seed: u64, units in 1..6_usize) {
        let p = exact_distribution(&network(units, 1.0, seed), Temperature::ONE).unwrap();
        let q = exact_distribution(&network(units, 1.0, seed.wrapping_add(1)), Temperature::ONE).unwrap();
        prop_assert!(kl_divergence(&p, &q).unwrap() >= 0.0);
        prop_assert!(kl_divergence(&p, &p).unwrap().abs() < 1e-12);
    }

    #[test]
    fn a_saved_network_has_the_same_energies(units in 1..20_usize, seed: u64) {
        let machine = BoltzmannMachine::new(network(units, 1.0, seed), units, Temperature::ONE).unwrap();
        let mut bytes = Vec::new();
        io::save_parameters(&mut bytes, &machine, &std::collections::BTreeMap::new()).unwrap();
        let other = network(units, 2.0, seed.wrapping_add(1));
        let mut again = BoltzmannMachine::new(other, units, Temperature::ONE).unwrap();
        io::load_parameters(&bytes[..], &mut again, &io::Limits::default()).unwrap();
        again.network().check().unwrap();
        prop_assert_eq!(&again, &machine);
        let mut larger = Network::<f64>::unconnected(units + 1).unwrap();
        let before = larger.clone();
        prop_assert!(io::load_parameters(&bytes[..], &mut larger, &io::Limits::default()).is_err());
        prop_assert_eq!(larger, before);
    }

    #[test]
    fn a_saved_machine_is_the_same_machine(seed: u64) {
        let samples = Matrix::from_fn(5, 12, |i, n| f64::from(u8::from((i + n) % 3 == 0)));
        let config = RbmConfig { epochs: 2, ..RbmConfig::new(4) };
        let machine = config.fit(&samples, Stream::new(seed)).unwrap();
        let mut bytes = Vec::new();
        io::save_parameters(&mut bytes, &machine, &std::collections::BTreeMap::new()).unwrap();
        let mut again: Rbm<f64> = config.initialize(&samples, &Stream::new(seed.wrapping_add(1))).unwrap();
        io::load_parameters(&bytes[..], &mut again, &io::Limits::default()).unwrap();
        again.check().unwrap();
        prop_assert_eq!(&again, &machine);
        prop_assert_eq!(machine.parameter_count(), 5 * 4 + 5 + 4);
    }
}

#[test]
fn hot_chains_are_uniform() {
    let network = network(5, 1.0, 3);
    let gibbs = Gibbs::new(&network);
    let mut chain = gibbs.chain(Stream::new(1));
    let mut counts = StateCounts::new(5).unwrap();
    for _ in 0..32_000 {
        chain.sweep(Temperature::INFINITE);
        counts.add(chain.state()).unwrap();
    }
    // χ² of 31 degrees of freedom is below 61.1 in 999 of 1000 runs.
    assert!(counts.chi_squared(&[1.0 / 32.0; 32]).unwrap() < 61.1);
}
