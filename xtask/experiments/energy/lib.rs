//! The experiments on Hopfield networks and Boltzmann machines. How to add one: see [`experiment`].

#[path = "annealing.rs"]
mod annealing;
#[path = "boltzmann-encoders.rs"]
mod boltzmann_encoders;
#[path = "boltzmann-histogram.rs"]
mod boltzmann_histogram;
#[path = "boltzmann-learning.rs"]
mod boltzmann_learning;
#[path = "boltzmann-shifter.rs"]
mod boltzmann_shifter;
#[path = "boltzmann-temperature.rs"]
mod boltzmann_temperature;
#[path = "graded-1984.rs"]
mod graded_1984;
#[path = "hopfield-1982.rs"]
mod hopfield_1982;
#[path = "hopfield-capacity.rs"]
mod hopfield_capacity;
#[path = "hopfield-energy.rs"]
mod hopfield_energy;
#[path = "hopfield-recall.rs"]
mod hopfield_recall;
#[path = "hopfield-storage-rules.rs"]
mod hopfield_storage_rules;
#[path = "hopfield-tsp.rs"]
mod hopfield_tsp;
#[path = "rbm-digits.rs"]
mod rbm_digits;

use experiment::Experiment;

/// The experiments, in slide order.
pub fn all() -> Vec<Experiment> {
    vec![
        graded_1984::EXPERIMENT,
        hopfield_recall::EXPERIMENT,
        hopfield_energy::EXPERIMENT,
        hopfield_tsp::EXPERIMENT,
        hopfield_1982::EXPERIMENT,
        hopfield_capacity::EXPERIMENT,
        hopfield_storage_rules::EXPERIMENT,
        boltzmann_temperature::EXPERIMENT,
        boltzmann_histogram::EXPERIMENT,
        annealing::EXPERIMENT,
        boltzmann_learning::EXPERIMENT,
        boltzmann_encoders::EXPERIMENT,
        boltzmann_shifter::EXPERIMENT,
        rbm_digits::EXPERIMENT,
    ]
}
