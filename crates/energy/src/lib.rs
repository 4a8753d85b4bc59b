//! The Hopfield network and the Boltzmann machine, in the order of the lecture.
//!
//! **Hopfield** (slides 69 to 73). N units, 0 or 1, are connected by symmetric weights ([`Network`], slide 69). A unit takes
//! its next state from its net input Iᵢ = Σⱼ wᵢⱼ uⱼ + sᵢ − θᵢ by a rule. With the [`ThresholdRule`] a network completes a cue
//! to what it has stored ([`RecallConfig`], slide 70): its energy E ([`Network::energy`], slide 71) never rises
//! ([`energy_delta`]), and it falls into a local minimum (slide 72). Hebb's rule ([`StorageRule`], slide 73) digs minima where
//! patterns lie. Most users need [`Patterns`] (what is stored), [`Network`] and [`RecallConfig`].
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
//! **Boltzmann** (slides 75 to 84). The same network with the rule [`HeatBath`]: a unit is 1 with [`unit_probability`]
//! (slide 75), as a physical system of two levels ([`two_level`], slide 76). States then have the probabilities exp(−E/T)/Z
//! ([`exact_distribution`], slide 77), and a long [`Chain`] of [`Gibbs`] shows them in these shares ([`StateCounts`],
//! slide 78). At T → 0 the rule is Hopfield's except at a tie, at T → ∞ a coin ([`Temperature`], slide 79). In [`Annealing`]
//! the temperature falls until the lowest energy is found (slide 80). A [`BoltzmannMachine`] learns a [`Goal`]: the divergence
//! ([`kl_divergence`], slide 81) falls along its gradient ([`kl_gradient`], slides 82 and 83) by [`learn_step`] (slide 84),
//! with expectations by enumeration or by sampling ([`Expectations`]), with hidden units or without. Most users need
//! [`Network`], [`Temperature`], and [`Gibbs`], [`Annealing`] or [`BoltzmannConfig`].
//!
//! ```
//! use energy::{BoltzmannConfig, Goal, Patterns, Temperature, exact_distribution};
//! use nn_core::{Init, Stream};
//!
//! // Even parity of three units: pairs of units know nothing of it, so that three hidden units have to.
//! let goal = Goal::uniform(Patterns::from_pictures(&["...", "##.", "#.#", ".##"])?)?;
//! let config = BoltzmannConfig { weight_init: Init::Normal(1.5), ..BoltzmannConfig::exact(3) };
//! let mut training = config.training::<f64>(&goal, Stream::new(1985))?;
//! let first = training.model().divergence(&goal)?;
//! for step in training.by_ref() {
//!     step?;
//! }
//! let machine = training.into_model();
//! assert!(machine.divergence(&goal)? < first);
//! assert!((exact_distribution(machine.network(), Temperature::ONE)?.iter().sum::<f64>() - 1.0).abs() < 1e-12);
//! # Ok::<(), energy::EnergyError>(())
//! ```
//!
//! A restricted machine ([`Rbm`], [`RbmConfig`]) has no connections within a layer and learns pictures; [`Ais`] estimates its Z.
//! [`Ising`], [`Graph`] and [`network_of_qubo`] bring problems of other fields to [`Annealing`].
//!
//! # What most users can ignore
//!
//! [`Thresholds`] decide between the lecture's 0/1 units and what other books write with ±1 ([`SpinNetwork`]). Three networks
//! recall alike, bit for bit: [`Network`] of reals, [`IntegerNetwork`] with weights of 16 bits, and [`HebbianMemory`], which
//! needs no weights. [`classify`] says what a fixed point is, [`critical_load`] how many patterns fit, [`GradedNetwork`] is
//! Hopfield's network of 1984, [`DenseMemory`] and [`softmax_update`] lead on to attention. [`Simulation`] moves any of them
//! step by step, [`Equilibrium`] holds ln Z, free energy, entropy and pair expectations of small networks.

mod annealing;
mod attractor;
mod bits;
mod boltzmann;
mod capacity;
mod chain;
mod counts;
mod dense;
mod dynamics;
mod enumeration;
mod error;
mod exact;
mod gibbs;
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
mod rbm_config;
mod rbm_rows;
mod rbm_step;
mod rbm_training;
mod simulation;
mod spins;
mod storage;
mod units;
mod visits;

pub use annealing::{Acceptance, Annealed, Annealing, Replica, TemperatureSchedule};
pub use attractor::{Attractor, classify};
pub use boltzmann::{BoltzmannConfig, BoltzmannEpoch, BoltzmannTraining, Step, learn_step};
pub use capacity::{Retrieval, critical_load, one_step_error, one_step_error_without_thresholds, retrieval};
pub use chain::Chain;
pub use counts::StateCounts;
pub use dense::{DenseMemory, Interaction, softmax_update};
pub use dynamics::{Dynamics, HeatBath, Temperature, ThresholdRule, unit_probability, unit_probability_below_zero};
pub use error::EnergyError;
pub use exact::{
    Equilibrium, LISTABLE_UNITS, SUMMABLE_UNITS, TwoLevel, exact_distribution, ground_states, kl_divergence,
    kl_gradient, log_partition_function, model_probability_gradient, number_of, pairs_of_distribution,
    partition_function, state_of, two_level,
};
pub use gibbs::Gibbs;
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
pub use rbm_config::{Divergence, RbmConfig};
pub use rbm_training::{RbmEpoch, RbmTraining};
pub use simulation::{Fields, Flip, Simulation};
pub use storage::{Scale, StorageRule, Thresholds, energy_gradient, hebb, hebb_increment, unlearn};
pub use units::SpinNetwork;
