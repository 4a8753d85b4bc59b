//! Calls of `energy`.

use super::{INF, NAN, refused, rows, spoiled, stream, survived, zeros};
use energy::{
    BoltzmannMachine, DenseMemory, Gibbs, GradedConfig, GradedNetwork, Graph, HeatBath, IntegerNetwork, Interaction,
    Ising, Network, Order, Patterns, Rbm, RecallConfig, Simulation, SpinNetwork, StateCounts, Temperature,
    ThresholdRule, Thresholds, Visible, hebb, softmax_update,
};
use nn_core::Matrix;

fn machine() -> BoltzmannMachine<f64> {
    BoltzmannMachine::new(Network::unconnected(3).unwrap(), 2, Temperature::ONE).unwrap()
}

fn rbm() -> Rbm<f64> {
    Rbm::new(zeros(3, 2), vec![0.0; 2], vec![0.0; 3], Visible::Binary).unwrap()
}

#[test]
fn energy_networks_refuse_what_does_not_fit() {
    let patterns = || Patterns::from_pictures(&["##..", "#.#."]).unwrap();
    let network = || hebb::<f64>(&patterns()).unwrap();
    let skew = Matrix::from_row_slice(2, 2, &[0.0, 1.0, 2.0, 0.0]);
    let diagonal = Matrix::from_row_slice(2, 2, &[1.0, 1.0, 1.0, 1.0]);
    refused(rows! {
        "no unit" => Network::<f64>::new(zeros(0, 0)),
        "weights that are not square" => Network::new(zeros(2, 3)),
        "weights of NaN" => Network::new(spoiled(2, 2, NAN)),
        "asymmetric weights" => Network::new(skew.clone()),
        "a diagonal" => Network::new(diagonal.clone()),
        "inputs of another number" => network().with_inputs(vec![1.0]),
        "inputs of NaN" => network().with_inputs(vec![NAN; 4]),
        "thresholds of another number" => network().with_thresholds(Thresholds::Custom(vec![1.0])),
        "the energy of another state" => network().energy(&[true]),
        "the input of no unit" => network().net_input(9, &[true; 4]),
        "recall of another size" => RecallConfig::default().recall(&network(), &[true; 3], stream()),
        "a negative temperature" => Temperature::new(-1.0),
        "a temperature of NaN" => Temperature::new(NAN),
        "patterns of different sizes" => Patterns::from_pictures(&["##", "#"]),
        "patterns without units" => Patterns::new(0),
        "patterns that are neither 0 nor 1" => Patterns::from_matrix(&spoiled(2, 2, 0.5)),
        "patterns of NaN" => Patterns::from_matrix(&spoiled(2, 2, NAN)),
        "a chain from another size" => Gibbs::new(&network()).chain_from(&[true], stream()).map(drop),
        "an order beyond the last unit" => Gibbs::new(&network()).chain(stream()).set_order(Order::Given(vec![4])),
        "free units beyond the last" => Gibbs::new(&network()).chain(stream()).set_free(&[usize::MAX]),
        "a load of NaN" => energy::retrieval(NAN),
        "a load of 0" => energy::one_step_error(0.0),
        "no pattern to store" => energy::one_step_error_without_thresholds(4, 0),
        "overlap of nothing" => energy::overlap(&[], &[]),
        "overlap of other lengths" => energy::overlap(&[true], &[true, false]),
        "distances to another distribution" => StateCounts::new(2).unwrap().total_variation(&[1.0]),
        "softmax of other queries" => softmax_update(&zeros(3, 2), &zeros(2, 1), 1.0),
        "softmax with beta of NaN" => softmax_update(&zeros(3, 2), &zeros(3, 1), NAN),
        "softmax of no pattern" => softmax_update(&zeros(3, 0), &zeros(3, 1), 1.0),
        "softmax of NaN" => softmax_update(&spoiled(3, 2, NAN), &zeros(3, 1), 1.0),
        "a memory of power 0" => DenseMemory::new(patterns(), Interaction::Power(0)),
        "a partition function of too many units" => energy::partition_function(&Network::<f64>::unconnected(99).unwrap(), Temperature::ONE),
        "pairs of another distribution" => energy::pairs_of_distribution(2, &[1.0]),
        "pairs of too many units" => energy::pairs_of_distribution(usize::MAX, &[1.0]),
        "the derivative by no pair" => energy::model_probability_gradient(&network(), Temperature::ONE, 0, usize::MAX),
        "a gradient at temperature zero" => energy::kl_gradient(0.5, 0.5, Temperature::ZERO),
        "a run with steps of NaN" => GradedConfig { width: NAN, ..GradedConfig::default() }.start(&GradedNetwork::from(&network()), zeros(4, 1)).map(drop),
        "a run from NaN" => GradedConfig::default().start(&GradedNetwork::from(&network()), spoiled(4, 1, NAN)).map(drop),
        "settling within NaN" => GradedConfig::default().start(&GradedNetwork::from(&network()), zeros(4, 1)).and_then(|mut run| run.settle(3, NAN)),
        "recall of other cues" => RecallConfig::default().recall_all(&network(), &Patterns::new(3).unwrap(), &stream()).and_then(|_| RecallConfig::default().recall_all(&network(), &Patterns::from_pictures(&["###"])?, &stream())),
        "clipped weights of no pattern" => IntegerNetwork::clipped(&patterns(), Thresholds::Custom(vec![1])),
        "neighbors of no unit" => Ising::new(2, &[], vec![0; 2]).unwrap().neighbors(2).map(drop),
        "a condition of another size" => machine().conditional(&[true; 3]),
        "the likeliest of another size" => machine().likeliest_hidden(&[]),
        "a sweep of no unit" => Simulation::new(&network(), &[true; 4]).unwrap().sweep(&[4], &ThresholdRule, &mut stream()),
        "a step of no unit" => Simulation::new(&network(), &[true; 4]).unwrap().step_synchronously(&[usize::MAX], &ThresholdRule, &mut stream()),
        "the stability of no unit" => Simulation::new(&network(), &[true; 4]).unwrap().is_stable(&[4]),
        "unlearning by NaN" => energy::unlearn(network(), &Thresholds::Zero, NAN, 2, &stream()),
        "a field of no spin" => SpinNetwork::from(&network()).local_field(4, &[true; 4]),
        "a field of other spins" => SpinNetwork::from(&network()).local_field(0, &[true]),
        "the free energy of another size" => rbm().free_energy(&zeros(3, 1)),
        "the free energy of NaN" => rbm().free_energy(&spoiled(2, 1, NAN)),
        "the likelihood of another size" => rbm().pseudo_log_likelihood(&zeros(3, 1)),
        "the likelihood of nothing" => rbm().pseudo_log_likelihood(&zeros(2, 0)),
        "the mean likelihood of nothing" => rbm().mean_log_likelihood(&zeros(2, 0), 1.0),
        "the mean likelihood of another size" => rbm().mean_log_likelihood(&zeros(3, 1), 1.0),
        "samples from another size" => rbm().sample_from(&zeros(3, 1), 1, &stream()),
        "samples from NaN" => rbm().sample_from(&spoiled(2, 1, NAN), 1, &stream()),
    });
    survived(rows! {
        "chi squared of NaN" => StateCounts::new(1).unwrap().chi_squared(&[NAN, 1.0]),
        "chi squared of no state" => StateCounts::new(1).unwrap().chi_squared(&[0.5, 0.5]),
        "formulas of NaN" => Ok::<_, String>([
            energy::learn_step(NAN, INF, 0.0), energy::energy_delta(true, false, NAN), energy::unit_probability(NAN, Temperature::ZERO),
            energy::unit_probability(INF, Temperature::INFINITE), energy::unit_probability_below_zero(NAN),
            energy::energy_gradient(true, true), energy::hebb_increment(false, true),
        ]),
        "states of many units" => Ok::<_, String>((energy::state_of(u32::MAX, 40), energy::number_of(&[true; 40]), energy::number_of(&[]))),
        "no free unit" => Gibbs::new(&network()).chain_from(&[true; 4], stream()).map(|mut chain| {
            chain.set_free(&[]).unwrap();
            for order in [Order::Sequential, Order::Shuffled, Order::Random, Order::Given(vec![0, 0])] {
                chain.set_order(order).unwrap();
                chain.sweeps_at(Temperature::INFINITE, 3);
                chain.randomize();
                assert_eq!(chain.state(), [true; 4], "a clamped unit stays");
            }
        }),
        "a free unit that stands twice" => Gibbs::new(&network()).chain_from(&[true; 4], stream()).map(|mut chain| {
            chain.set_free(&[3, 0, 3]).unwrap();
            chain.sweep(Temperature::ZERO)
        }),
        "a given order of no unit" => {
            Order::Given(vec![9]).fill(&[], &mut vec![], &mut stream());
            Ok::<_, String>(())
        },
        "a random order of no unit" => {
            Order::Random.fill(&[], &mut vec![], &mut stream());
            Ok::<_, String>(())
        },
        "an inverse of NaN" => Ok::<_, String>([NAN, INF, -1.0, 2.0].map(|x| (GradedConfig::default().integral_of_inverse(x), GradedConfig::default().output(x)))),
        "a cut of NaN" => Ok::<_, String>(Graph::new(0, vec![]).map(|graph| graph.cut_of_energy(NAN))),
        "recall of no cue" => RecallConfig::default().recall_all(&network(), &Patterns::new(4).unwrap(), &stream()),
        "one clamped cue" => RecallConfig::default().recall(&network(), energy::Cue { state: &[true; 4], clamped: &[true; 4] }, stream()),
        "no unit to step" => Simulation::new(&network(), &[true; 4]).unwrap().step_synchronously(&[], &HeatBath { temperature: Temperature::ZERO }, &mut stream()),
        "samples of nothing" => rbm().sample(0, 0, &stream()),
        "a QUBO of one unit" => Ok::<_, String>(energy::qubo_of_network(&Network::<f64>::unconnected(1).unwrap())),
        "the mean likelihood with NaN" => rbm().mean_log_likelihood(&zeros(2, 1), NAN),
    });
}
