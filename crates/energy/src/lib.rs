//! The Hopfield network and the Boltzmann machine, in the order of the lecture.
//!
//! N units, 0 or 1, are connected by symmetric weights ([`Network`], slide 69). A unit takes its next state from its net
//! input Iᵢ = Σⱼ wᵢⱼ uⱼ + sᵢ − θᵢ by a rule. With the [`ThresholdRule`] of Hopfield a network completes a cue to what it has
//! stored ([`RecallConfig`], slide 70): its energy E ([`Network::energy`], slide 71) never rises ([`energy_delta`]), and it falls
//! into a local minimum (slide 72). The rule of Hebb ([`StorageRule`], slide 73) digs minima where patterns lie. With the
//! [`HeatBath`] of Boltzmann (slide 75) a unit is 1 with [`unit_probability`], as a physical system of two levels
//! ([`two_level`], slide 76), and the states follow exp(−E/T)/Z ([`exact_distribution`], slide 77). The temperature falls in
//! simulated annealing ([`TemperatureSchedule`], slide 80); learning lowers the divergence from a goal ([`kl_divergence`] and
//! [`learn_step`], slides 81 to 84).
//!
//! Most users need [`Patterns`] (what is stored), [`Network`] and [`RecallConfig`].
//!
//! ```
//! use energy::{Patterns, RecallConfig, StorageRule, Thresholds};
//! use nn_core::Stream;
//!
//! // Two letters of 3 x 5 pixels, and one of them with two wrong pixels.
//! let letters = Patterns::from_pictures(&["###/#../###/#../###", "#.#/#.#/###/#.#/#.#"])?;
//! let network = StorageRule::HEBB.store::<f64>(&letters, Thresholds::Balanced)?;
//! let mut cue = letters.state(0);
//! (cue[0], cue[7]) = (!cue[0], !cue[7]);
//!
//! let recall = RecallConfig::default().recall(&network, &cue, Stream::new(1982))?;
//! assert_eq!(recall.state, letters.state(0));
//! assert!(recall.energy < network.energy(&cue)?);
//! # Ok::<(), energy::EnergyError>(())
//! ```
//!
//! [`Thresholds`] decide between the lecture's 0/1 units and what other books write with ±1 ([`SpinNetwork`]). Three networks
//! recall alike, bit for bit: [`Network`] of reals, [`IntegerNetwork`] with weights of 16 bits, and [`HebbianMemory`], which
//! needs no weights. [`classify`] says what a fixed point is, [`critical_load`] how many patterns fit, [`GradedNetwork`] is
//! Hopfield's network of 1984, [`DenseMemory`] and [`softmax_update`] lead on to attention. Most users can ignore them.

mod annealing;
mod attractor;
mod bits;
mod boltzmann;
mod capacity;
mod counts;
mod dense;
mod dynamics;
mod enumeration;
mod error;
mod exact;
mod graded;
mod graph;
mod hopfield;
mod integer;
mod ising;
mod likelihood;
mod machine;
mod memory;
mod multi_spin;
mod network;
mod order;
mod parallel;
mod pattern;
mod phases;
mod rbm;
mod rbm_rows;
mod rbm_training;
mod sampling;
mod simulation;
mod spins;
mod storage;
mod units;
mod visits;

pub use annealing::{Acceptance, Annealed, Annealing, Replica, TemperatureSchedule};
pub use attractor::{Attractor, classify};
pub use boltzmann::{BoltzmannConfig, BoltzmannEpoch, BoltzmannTraining, Step, learn_step};
pub use capacity::{Retrieval, critical_load, one_step_error, one_step_error_without_thresholds, retrieval};
pub use counts::StateCounts;
pub use dense::{DenseMemory, Interaction, softmax_update};
pub use dynamics::{Dynamics, HeatBath, Temperature, ThresholdRule, unit_probability, unit_probability_below_zero};
pub use error::EnergyError;
pub use exact::{
    Equilibrium, LISTABLE_UNITS, SUMMABLE_UNITS, TwoLevel, exact_distribution, ground_states, kl_divergence,
    kl_gradient, log_partition_function, model_probability_gradient, number_of, pairs_of_distribution,
    partition_function, state_of, two_level,
};
pub use graded::{GradedConfig, GradedNetwork, GradedRun};
pub use graph::{Edge, Graph};
pub use hopfield::{Cue, Ending, Recall, RecallConfig, Recalling, SweepReport, Update};
pub use integer::IntegerNetwork;
pub use ising::{Ising, network_of_qubo, qubo_of_network};
pub use likelihood::{Ais, AisEstimate};
pub use machine::{BoltzmannMachine, Goal};
pub use memory::HebbianMemory;
pub use multi_spin::CORRELATED_REPLICAS;
pub use network::{Network, energy_delta};
pub use nn_core;
pub use order::Order;
pub use pattern::{Patterns, hamming_distance, overlap, with_flips};
pub use phases::{Expectations, Phases};
pub use rbm::{Rbm, Visible};
pub use rbm_training::{Divergence, RbmConfig, RbmEpoch, RbmTraining};
pub use sampling::{Chain, Gibbs};
pub use simulation::{Fields, Flip, Simulation};
pub use storage::{Scale, StorageRule, Thresholds, energy_gradient, hebb, hebb_increment, unlearn};
pub use units::SpinNetwork;
