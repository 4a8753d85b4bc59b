//! Tests that span crates, and the snippets of README and documents, compiled and run as documentation tests.

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
pub struct Readme;

/// The tutorial on the self-organizing map.
#[doc = include_str!("../docs/models/som.md")]
#[cfg(doctest)]
pub struct SomTutorial;

/// The tutorial on the visual cortex.
#[doc = include_str!("../docs/models/cortex.md")]
#[cfg(doctest)]
pub struct CortexTutorial;

/// The tutorial on the Hopfield network and the Boltzmann machine.
#[doc = include_str!("../docs/models/energy.md")]
#[cfg(doctest)]
pub struct EnergyTutorial;

/// The tutorial on convolutional networks.
#[doc = include_str!("../docs/models/cnn.md")]
#[cfg(doctest)]
pub struct CnnTutorial;

/// The tutorial on the multilayer perceptron.
#[doc = include_str!("../docs/models/mlp.md")]
#[cfg(doctest)]
pub struct MlpTutorial;

/// The comparison with other packages: their task in our words.
#[doc = include_str!("../COMPARE.md")]
#[cfg(doctest)]
pub struct Compare;
