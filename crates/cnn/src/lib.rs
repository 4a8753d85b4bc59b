//! Convolutional networks in the order of the lecture, to the letter of their papers: LeNet of 1989, 1990 and 1998, and small
//! networks of your own from the same blocks.
//!
//! A convolution (slide 86) is a layer whose units see a small window of the maps below and share their weights with all units
//! of their map. [`LayerConfig`] describes the blocks: [`ConvolutionConfig`] with stride, border, connection table and biases of
//! a map or of each unit; trainable [`SubsamplingConfig`]; pooling; dense layers; dropout; [`RadialBasis`] outputs with the codes
//! of [`digit_codes`]. A [`CnnConfig`] adds how to train, a [`Cnn`] is the trained network.
//!
//! | preset | units | connections | parameters |
//! |---|---|---|---|
//! | [`lenet1989::lecun_1989`] | 1,256 | 64,660 | 9,760 |
//! | [`lenet1::lenet_1`] | 4,635 | 98,442 | 2,578 |
//! | [`lenet5::lenet_5`] | | 340,908 | 60,000 |
//!
//! ```
//! use cnn::{Cnn, CnnConfig};
//! use nn_core::{Parameters, Stream};
//!
//! let network: Cnn<f32> = CnnConfig::lenet_1989().initialize(&Stream::new(1989))?;
//! assert_eq!((network.units(), network.connections(), network.parameter_count()), (1_256, 64_660, 9_760));
//! # Ok::<(), cnn::CnnError>(())
//! ```
//!
//! Training is an iterator of epochs:
//!
//! ```
//! use cnn::CnnConfig;
//! use datasets::{Scale, optdigits};
//! use nn_core::{Stream, one_hot};
//!
//! // 8 x 8 digits on the input of 1989, each pixel doubled; targets are ±1.
//! let digits = optdigits()?.first(200)?;
//! let small = digits.samples::<f32>(Scale::Signed)?;
//! let samples = cnn::resized(&small, cnn::Shape::new(1, 8, 8), 16, 16)?;
//! let targets = one_hot(10, digits.labels())?.map(|t: f32| 2.0 * t - 1.0);
//! let config = CnnConfig { epochs: 5, ..CnnConfig::lenet_1989() };
//! let mut training = config.training(&samples, &targets, Stream::new(1989))?;
//! for epoch in &mut training {
//!     let epoch = epoch?; // an error if training diverges
//!     println!("pass {}: {} of 200 mistaken while learning", epoch.number, epoch.mistakes);
//! }
//! let network = training.into_model();
//! assert_eq!(network.predict(&samples)?.len(), 200);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Before LeNet came [`fukushima1969`] (slide 54), the first network with rectified units, and the [`neocognitron`] of 1980 (slides
//! 4 and 9), which learns without a teacher: both are small modules of their own. [`Cnn::runner`] answers single samples fast,
//! [`Cnn::sliding`] every window of a larger image at once.
//!
//! Samples are columns: map after map, row after row ([`Shape`]). [`shifted`], [`bordered`] and [`resized`] bring images into
//! shape, [`Augmentation`] changes them each time they are seen. [`Cnn::trace`] opens the inside for pictures,
//! [`Cnn::curvature`] is the diagonal of the Hessian for the method of 1998 ([`DiagonalLevenbergMarquardt`]); most users can
//! ignore both.

mod augment;
mod checks;
mod connection;
mod convolution;
mod dense;
mod error;
mod fast;
pub mod fukushima1969;
mod layer;
pub mod lenet1;
pub mod lenet1989;
pub mod lenet5;
mod method;
pub mod neocognitron;
mod network;
mod objective;
mod radial_basis;
mod runner;
mod second_order;
mod shape;
mod sliding;
mod subsampling;
mod training;

pub use augment::{Affine, Augmentation, RandomErasing, bordered, resized, shifted};
pub use connection::Connections;
pub use convolution::{Bias, Convolution, ConvolutionConfig};
pub use dense::{Dense, DenseConfig};
pub use error::{CnnError, LARGEST};
pub use layer::{Dropout, Layer, LayerConfig};
pub use lenet1989::InitReading;
pub use method::{DiagonalLevenbergMarquardt, Method};
pub use network::{Cnn, Gradient, LayerStructure, Trace};
pub use nn_core;
pub use objective::Objective;
pub use radial_basis::{CODE_HEIGHT, CODE_WIDTH, RadialBasis, digit_codes};
pub use runner::Runner;
pub use shape::Shape;
pub use sliding::Sliding;
pub use subsampling::{Pooling, PoolingKind, Subsampling, SubsamplingConfig};
pub use training::{CnnConfig, Epoch, Training};
