//! Bad input: every message says what was expected, what was found, and where.

use energy::{
    Ais, Annealing, BoltzmannConfig, BoltzmannMachine, Cue, DenseMemory, Divergence, EnergyError, Equilibrium, Gibbs,
    Goal, GradedConfig, GradedNetwork, Graph, HebbianMemory, IntegerNetwork, Interaction, Ising, Network, Order,
    Patterns, Rbm, RbmConfig, RecallConfig, Simulation, SpinNetwork, StateCounts, StorageRule, Temperature,
    TemperatureSchedule, Thresholds, Update, Visible, classify, exact_distribution, ground_states, hamming_distance,
    kl_divergence, log_partition_function, network_of_qubo, two_level, with_flips,
};
use nn_core::{Matrix, Stream};

fn message<V>(result: Result<V, EnergyError>) -> String {
    match result {
        Ok(_) => "no error".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn stream() -> Stream {
    Stream::new(0)
}

fn pair() -> Network<f64> {
    Network::from_pairs(2, |_, _| 1.0).unwrap()
}

fn two_patterns() -> Patterns {
    Patterns::from_pictures(&["##..", "#.#."]).unwrap()
}

#[test]
fn weights_that_are_no_network_are_refused_with_their_place() {
    let square = |values: &[f64]| Network::new(Matrix::from_row_slice(2, 2, values));
    assert_eq!(message(Network::<f64>::new(Matrix::zeros(0, 0))), "a network needs at least one unit");
    assert_eq!(message(Network::<f64>::new(Matrix::zeros(2, 3))), "weights must be a square matrix, are 2 x 3");
    let asymmetric = "weights must be symmetric: w[0][1] is 1, w[1][0] is 2";
    let found = message(square(&[0.0, 1.0, 2.0, 0.0]));
    assert!(found == asymmetric || found == "weights must be symmetric: w[1][0] is 2, w[0][1] is 1", "{found}");
    let diagonal = "no unit may be connected with itself: w[1][1] must be 0, is 3";
    assert_eq!(message(square(&[0.0, 1.0, 1.0, 3.0])), diagonal);
    let nan = message(square(&[0.0, f64::NAN, f64::NAN, 0.0]));
    assert!(nan.starts_with("weights must be finite: w[") && nan.ends_with("is NaN"), "{nan}");
    assert_eq!(message(pair().with_inputs(vec![0.0, f64::INFINITY])), "inputs must be finite: s[1] is inf");
    let thresholds = Thresholds::Custom(vec![f64::NAN, 0.0]);
    assert_eq!(message(pair().with_thresholds(thresholds)), "thresholds must be finite: θ[0] is NaN");
    assert_eq!(message(pair().with_inputs(vec![1.0])), "the network has 2 units, the list of inputs has 1");
    let custom = Thresholds::Custom(vec![1.0; 3]);
    assert_eq!(message(pair().with_thresholds(custom)), "the network has 2 units, the list of thresholds has 3");
    let mut network = pair();
    network.add_to_weight(1, 1, 1.0).unwrap(); // A unit is not connected with itself: nothing changes.
    assert!(message(network.add_to_weight(0, 2, 1.0)).contains("unit 2"));
    assert!(message(network.add_to_weight(0, 1, f64::NAN)).contains("must be finite"));
    assert_eq!(network, pair());
    let spins = SpinNetwork::new(Matrix::from_row_slice(2, 2, &[0.0, 1.0, 1.0, 0.0]), vec![0.0; 3]);
    assert!(message(spins).contains("the network has 2 units"));
}

#[test]
fn states_and_cues_of_another_length_are_refused() {
    let network = pair();
    assert!(message(network.energy(&[true; 3])).starts_with("the network has 2 units, "));
    assert!(message(network.net_input(2, &[true; 2])).starts_with("there are 2 units (0 to 1), "));
    let config = RecallConfig::default();
    assert!(message(config.recall(&network, &[true; 3], stream())).starts_with("the network has 2 units, "));
    let cue = Cue { state: &[true, false], clamped: &[true; 3] };
    assert!(message(config.recall(&network, cue, stream())).starts_with("the network has 2 units, "));
    let given = RecallConfig { update: Update::Asynchronous(Order::Given(vec![0, 7])), ..RecallConfig::default() };
    assert!(message(given.recall(&network, &[true; 2], stream())).contains("unit 7"));
    let never = RecallConfig { max_sweeps: 0, ..RecallConfig::default() };
    let expected = "the number of sweeps must be at least 1, is 0";
    assert_eq!(message(never.recall(&network, &[true; 2], stream())), expected);
    assert!(message(Simulation::new(&network, &[true])).starts_with("the network has 2 units, "));
    let gibbs = Gibbs::new(&network);
    assert!(message(gibbs.chain_from(&[true], stream()).map(drop)).starts_with("the network has 2 units, "));
    assert!(message(gibbs.chain(stream()).set_free(&[5])).contains("unit 5"));
    assert!(message(gibbs.chain(stream()).set_first(&[true; 3])).starts_with("the network has 2 units, "));
    assert!(message(gibbs.chain(stream()).net_input(2)).starts_with("there are 2 units (0 to 1), "));
    let dense = DenseMemory::new(two_patterns(), Interaction::Power(3)).unwrap();
    assert!(message(dense.recall(&[true; 3], 10)).starts_with("the network has 4 units, "));
    assert!(message(classify(&[true; 3], &two_patterns(), 0)).starts_with("the network has 4 units, "));
    assert!(message(hamming_distance(&[true], &[true; 2])).contains('2'));
    assert!(message(StateCounts::new(2).unwrap().add(&[true])).contains("2 units"));
}

#[test]
fn patterns_that_are_not_binary_are_refused_with_their_place() {
    let mut values = Matrix::<f64>::zeros(3, 4);
    values[(2, 1)] = 0.5;
    assert_eq!(message(Patterns::from_matrix(&values)), "units must be 0 or 1: pattern 1, unit 2 is 0.5");
    values[(2, 1)] = f64::NAN;
    assert_eq!(message(Patterns::from_matrix(&values)), "units must be 0 or 1: pattern 1, unit 2 is NaN");
    let spins = message(Patterns::from_spins(&Matrix::<f64>::zeros(2, 2)));
    assert!(spins.ends_with("must be -1 or 1: pattern 0, unit 0 is 0"), "{spins}");
    assert_eq!(message(Patterns::new(0)), "a network needs at least one unit");
    assert!(message(Patterns::new(3).unwrap().push(&[true; 2])).starts_with("the network has 3 units, "));
    assert!(message(with_flips(&[true; 4], 1.5, &mut stream())).contains("is 1.5"));
    let twice = Patterns::from_pictures(&["##..", "##.."]).unwrap();
    let dependent = "pattern 1 depends linearly on the patterns before it";
    assert_eq!(message(StorageRule::PseudoInverse.store::<f64>(&twice, Thresholds::Balanced)), dependent);
}

#[test]
fn temperatures_are_positive() {
    for (temperature, shown) in [(0.0, "0"), (-1.0, "-1"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        let expected = format!("the temperature must be positive and finite, is {shown}");
        assert_eq!(message(Temperature::new(temperature)), expected);
        let scheduled = format!("a temperature of the schedule must be positive and finite, is {shown}");
        let annealing = Annealing::new(TemperatureSchedule::Fixed(temperature));
        let ising = Ising::new(2, &[(0, 1, 1)], vec![0; 2]).unwrap();
        assert_eq!(message(annealing.minimize(&pair(), &stream())), scheduled);
        assert_eq!(message(annealing.minimize_spins(&ising, &stream())), scheduled);
        assert_eq!(message(annealing.minimize_correlated(&ising, &stream())), scheduled);
        let machine = BoltzmannConfig { temperature, ..BoltzmannConfig::exact(0) };
        let goal = Goal::uniform(two_patterns()).unwrap();
        assert_eq!(message(machine.training::<f64>(&goal, stream()).map(drop)), expected);
    }
    assert!(message(two_level(1.0, Temperature::ZERO)).contains("temperature"));
    assert!(message(log_partition_function(&pair(), Temperature::ZERO)).contains("temperature"));
    assert!(message(BoltzmannMachine::new(pair(), 1, Temperature::INFINITE)).contains("temperature"));
}

#[test]
fn too_many_units_are_told_how_many_are_possible_and_what_to_use_instead() {
    let large = Network::<f64>::unconnected(40).unwrap();
    let listed = message(exact_distribution(&large, Temperature::ONE));
    assert!(
        listed.starts_with("40 units have 2^40 states: ") && listed.contains("possible up to 24 units; "),
        "{listed}"
    );
    let summed = message(Equilibrium::of(&large, Temperature::ONE));
    let expected = "40 units have 2^40 states: summing over them is possible up to 34 units; \
                    draw samples instead (Gibbs), or anneal";
    assert_eq!(summed, expected);
    assert_eq!(message(log_partition_function(&large, Temperature::ONE)), expected);
    assert!(message(ground_states(&large)).contains("possible up to"));
    assert!(message(StateCounts::new(40)).contains("possible up to"));
    let goal = Goal::uniform(two_patterns()).unwrap();
    let learning = message(BoltzmannConfig::exact(40).training::<f64>(&goal, stream()).map(drop));
    assert!(
        learning.contains("possible up to 34 units; learn from Gibbs samples (Expectations::Sampled)"),
        "{learning}"
    );
    let machine = Rbm::new(Matrix::<f64>::zeros(30, 30), vec![0.0; 30], vec![0.0; 30], Visible::Binary).unwrap();
    let found = message(machine.log_partition_function());
    assert!(found.contains("possible up to 26 units; estimate it by annealed importance sampling (Ais)"), "{found}");
}

#[test]
fn distributions_are_distributions() {
    assert!(message(kl_divergence(&[0.5, 0.5], &[1.0])).contains('2'));
    assert!(message(kl_divergence(&[0.5, 0.6], &[0.5, 0.5])).contains("must be 1, is 1.1"));
    assert!(message(kl_divergence(&[1.5, -0.5], &[0.5, 0.5])).contains("-0.5"));
    assert!(message(Goal::new(two_patterns(), vec![1.0])).contains("the list of probabilities has 1"));
    assert!(message(Goal::new(two_patterns(), vec![0.5, 0.4])).contains("must be 1, is 0.9"));
    assert_eq!(message(Goal::uniform(Patterns::new(3).unwrap())), "there is no sample");
}

#[test]
fn machines_refuse_samples_and_settings_that_do_not_fit() {
    let config = RbmConfig::new(3);
    let train = |config: &RbmConfig, samples: &Matrix<f64>| message(config.training(samples, stream()).map(drop));
    assert_eq!(train(&config, &Matrix::zeros(4, 0)), "there is no sample");
    assert_eq!(
        train(&config, &Matrix::from_element(2, 2, 2.0)),
        "binary units take values from 0 to 1: sample 0, feature 0 is 2"
    );
    let samples = Matrix::from_fn(4, 6, |i, n| f64::from(u8::from((i + n) % 2 == 0)));
    let rate = RbmConfig { learning_rate: -1.0, ..config.clone() };
    assert_eq!(train(&rate, &samples), "the learning rate must be positive and finite, is -1");
    let still = RbmConfig { divergence: Divergence::Persistent { steps: 0 }, ..config.clone() };
    assert_eq!(train(&still, &samples), "the number of steps of a chain must be at least 1, is 0");
    let machine = config.fit(&samples, stream()).unwrap();
    let narrow = "the machine has 4 visible units, the samples have 5 features";
    assert_eq!(message(machine.transform(&Matrix::zeros(5, 1))), narrow);
    assert!(message(Ais { steps: 0, chains: 5 }.estimate(&machine, None, &stream())).contains("is 0"));
    assert!(message(BoltzmannMachine::new(pair(), 3, Temperature::ONE)).contains("its visible part has 3"));
}

#[test]
fn graphs_and_files_are_refused_with_their_line() {
    let read = |text: &str| message(Graph::read_gset(text.as_bytes()));
    assert!(read("").starts_with("line 1: expected "));
    assert!(read("3 1\n1 9 1\n").starts_with("line 2: expected "));
    assert!(read("3 2\n1 2 1\n").contains("expected"));
    assert!(read("3 1\n1 2 x\n").starts_with("line 2: expected "));
    assert!(message(Graph::random(3, 9, &stream())).starts_with("a graph: "));
    assert!(message(Ising::new(2, &[(0, 5, 1)], vec![0; 2])).contains('5'));
    assert!(message(Ising::new(2, &[(0, 1, 1)], vec![0; 3])).contains('3'));
    assert!(message(network_of_qubo(&Matrix::<f64>::zeros(2, 3))).contains("2 x 3"));
    let none = Annealing { replicas: 0, ..Annealing::new(TemperatureSchedule::Fixed(1.0)) };
    assert_eq!(message(none.minimize(&pair(), &stream())), "the number of replicas must be at least 1, is 0");
}

#[test]
fn integers_and_potentials_have_their_ranges() {
    let half = Network::from_pairs(3, |i, j| if (i, j) == (2, 0) { 0.5 } else { 1.0 }).unwrap();
    let expected = "w[2][0] must be an integer from -32767 to 32767, is 0.5";
    assert_eq!(message(IntegerNetwork::from_network(&half)), expected);
    let big = Patterns::new(HebbianMemory::MOST_UNITS + 1).unwrap();
    let expected = "a memory of overlaps has at most 32767 units, found 32768";
    assert_eq!(message(HebbianMemory::new(big, Thresholds::Zero)), expected);
    let network = pair();
    let graded = GradedNetwork::from(&network);
    for (name, config) in [
        ("u₀", GradedConfig { width: 0.0, ..GradedConfig::default() }),
        ("R", GradedConfig { resistance: -1.0, ..GradedConfig::default() }),
    ] {
        let found = message(config.start(&graded, Matrix::zeros(2, 1)).map(drop));
        assert!(found.starts_with(name) && found.contains("must be positive and finite"), "{found}");
    }
    let found = message(GradedConfig::default().start(&graded, Matrix::zeros(3, 1)).map(drop));
    assert_eq!(found, "the network has 2 units, the start has 3");
}
