//! The perceptron and the multilayer perceptron with backpropagation, in the order of the lecture.
//!
//! A unit adds its weighted inputs and passes the sum through an activation function. One unit with a threshold is
//! Rosenblatt's [`Perceptron`] (slide 20): it learns whatever a line can separate, and never XOR. Two lines and a third unit
//! solve XOR by hand ([`xor_by_hand`], slide 21); random first layers were the hope of the time ([`random_hidden_layer`],
//! slide 23). The multilayer perceptron [`Mlp`] (slides 25 to 30) learns all its layers: the error at the outputs flows
//! backwards through the weights (slides 42 to 48), and every weight takes a step down its slope.
//!
//! Most users need two types: [`MlpConfig`] says what to build and how to train it, [`Mlp`] is the trained network.
//!
//! ```
//! use mlp::MlpConfig;
//! use nn_core::{Stream, one_hot, samples_from_rows};
//!
//! // Four points in the plane, one a column, and their classes.
//! let points = samples_from_rows(2, vec![0.0_f32, 0.1, 0.2, 0.0, 1.0, 0.9, 0.8, 1.1])?;
//! let classes = one_hot(2, &[0, 0, 1, 1])?;
//!
//! let config = MlpConfig { epochs: 300, ..MlpConfig::classifier(&[8], 2) };
//! let mut training = config.training(&points, &classes, Stream::new(7))?;
//! for epoch in &mut training {
//!     let epoch = epoch?; // an error if training diverges
//!     if epoch.number % 100 == 0 {
//!         println!("epoch {} loss {:.4}", epoch.number, epoch.loss);
//!     }
//! }
//! let network = training.into_model();
//! assert_eq!(network.predict(&points)?, [0, 0, 1, 1]);
//! # Ok::<(), mlp::MlpError>(())
//! ```
//!
//! What else there is, in slide order:
//!
//! | slides | what | where |
//! |---|---|---|
//! | 20, 23 | mistakes of a perceptron and their bound | [`PerceptronTraining::mistakes`], [`novikoff_bound`] |
//! | 25-30 | layers, a shortcut from inputs to outputs, tied and grouped weights | [`Layer`], [`Links`], [`MlpConfig::shortcut`] |
//! | 33-34 | losses by name, losses of your own | [`Loss`](nn_core::Loss), [`Training::with_loss`] |
//! | 41 | online, minibatch, batch; schedules; weights of samples and classes | [`MlpConfig`], [`Training::weighted`], [`class_weights`] |
//! | 45-48 | slopes of weights, inputs, single outputs | [`Mlp::gradient`], [`Mlp::input_gradient`], [`Mlp::output_gradient`], [`Mlp::jacobian`] |
//! | 56 | minima to the last digit for small networks | [`LevenbergMarquardt`], [`Lbfgs`] |
//! | 60-63 | what learns and what does not; frozen layers | [`Mlp::deltas`], [`Mlp::relative_weight_change`], [`Trace`], [`LayerConfig::frozen`] |
//! | 66-67 | autoencoders: linear, deep, tied, denoising, sparse | [`AutoencoderConfig`], [`Autoencoder`] |
//!
//! Training is an iterator: progress bars, early stopping, snapshots and pictures belong to the caller's loop. A run can be
//! continued at any epoch with [`MlpConfig::resume`], bit by bit as if it had never stopped; [`MlpConfig::fit_validated`] and
//! [`EarlyStopping`] keep the best network on a validation set. [`Mlp::trace`], [`Mlp::backward`] and [`Mlp::deltas`] open the inside for pictures and checks;
//! most users can ignore them.

mod autoencoder;
mod autoencoder_config;
mod backprop;
mod config;
mod corruption;
mod diagnostics;
mod error;
mod flat;
mod layer;
mod lbfgs;
mod levenberg_marquardt;
mod line_search;
mod links;
mod network;
mod objective;
#[cfg(feature = "parallel")]
mod parallel;
mod parameters;
mod perceptron;
mod quantized;
mod separability;
mod sparsity;
mod step;
mod stopping;
mod training;
mod update;
mod validation;
mod weights;

pub use autoencoder::Autoencoder;
pub use autoencoder_config::{AutoencoderConfig, AutoencoderTraining};
pub use backprop::Gradient;
pub use config::MlpConfig;
pub use corruption::Corruption;
pub use diagnostics::root_mean_square;
pub use error::MlpError;
pub use layer::{Layer, LayerConfig};
pub use lbfgs::{Lbfgs, LbfgsEpoch, LbfgsState, LbfgsTraining};
pub use levenberg_marquardt::{LevenbergMarquardt, LevenbergMarquardtEpoch, LevenbergMarquardtTraining};
pub use links::Links;
pub use network::{Mlp, Trace};
pub use nn_core;
pub use perceptron::{
    Mistake, Perceptron, PerceptronEpoch, PerceptronTraining, ThresholdLayer, novikoff_bound, random_hidden_layer,
    xor_by_hand,
};
pub use quantized::QuantizedMlp;
pub use separability::{association_unit_activity, separable_fraction};
pub use sparsity::Sparsity;
pub use stopping::EarlyStopping;
pub use training::{Epoch, Training};
pub use validation::{Curves, Monitor, Validation};
pub use weights::{balanced_weights, class_weights};
