//! What the classical neural networks share: matrices whose columns are samples, one matrix product,
//! one home of transcendental functions, one kind of randomness, activations, losses, optimizers.
//!
//! Conventions, stated once for every crate of the workspace:
//!
//! - **A sample is a column.** A data set of n samples with d features is a d × n [`Matrix`], column-major,
//!   so that a = W x reads as in the lecture and a row-major n × d buffer (NumPy, CSV) becomes a d × n matrix
//!   without a copy: [`samples_from_rows`].
//! - **A layer's weights keep one unit's incoming weights together.** The equations write W as M × D; memory
//!   holds the D × M matrix whose column j is wⱼ, the same bytes as PyTorch's row-major `[out][in]`.
//! - **[`Real`] is `f32` or `f64`.** Models and data are generic over it, configurations are plain `f64`.
//! - **Same seed, same bits.** Randomness comes from a [`Stream`] and from nothing else; transcendental functions
//!   come from [`math`], never from the platform; no result depends on the number of threads.
//! - **Equations carry their slide.** `**Eq. gradient-step** (slide 39)` marks the one function that implements
//!   the lecture's equation of that name.
//!
//! ```
//! use nn_core::{Stream, samples_from_rows};
//!
//! let samples = samples_from_rows(2, vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0])?; // three samples of two features
//! assert_eq!(samples.column(1).as_slice(), [2.0, 3.0]);
//!
//! let mut stream = Stream::new(1986).named("weights");
//! let weight = stream.uniform() - 0.5;
//! assert!(weight.abs() <= 0.5);
//! # Ok::<(), nn_core::CoreError>(())
//! ```

mod activation;
mod batch;
mod decision;
pub mod dense;
mod error;
mod fourier;
mod gemm;
mod gradient_check;
mod hexagon;
mod init;
mod lattice;
mod loss;
pub mod math;
mod matrix;
mod metric;
mod numbered_lines;
mod optimizer;
mod parameters;
mod real;
pub mod simd;
mod stream;
mod view;

pub use activation::Activation;
pub use batch::Batch;
pub use decision::{DecisionRule, predicted_classes};
pub use error::CoreError;
pub use fourier::{ComplexImage, frequency};
pub use gemm::gemm;
pub use gradient_check::{GradientCheck, gradient_check};
pub use hexagon::Hexagon;
pub use init::Init;
pub use lattice::{Boundary, Lattice, Topology};
pub use loss::{Loss, Reduction, cross_entropy, softmax, squared_error_half, sum_of_squares};
pub use matrix::{Matrix, Sample, Vector, check_finite, samples_from_rows};
pub use metric::{ConfusionMatrix, accuracy, error_rate, one_hot};
pub use nalgebra;
pub use numbered_lines::NumberedLines;
pub use optimizer::{
    AdaGrad, Adam, AdamW, ClassicalMomentum, GradientDescent, Momentum, Nesterov, Optimizer, OptimizerState,
    RateSchedule, RmsProp, Rprop,
};
pub use parameters::{Parameters, Tensor, TensorMut};
pub use rand;
pub use real::Real;
pub use stream::Stream;
pub use view::{View, ViewMut};
