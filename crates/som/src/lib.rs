//! Kohonen's self-organizing map, in the order of the lecture.
//!
//! N units have a reference vector wᵢ each; the one nearest to an input wins (slide 13). The units sit on a lattice, and who
//! is whose neighbor comes from the lattice alone, not from the vectors (slide 14, [`Lattice`](nn_core::Lattice)). Learning
//! (slide 15) moves the winner and its neighbors towards the input, by a [`Neighborhood`] function whose height h₀ and width σ
//! fall by a [`Schedule`]: [`Som::adapt`] is the slide's rule, word for word. Fed from a square, the map unfolds (slide 16).
//! What it is good for (slide 17): dimension reduction ([`Som::transform`]), vector quantization ([`Som::quantize`]),
//! visualization ([`Som::u_matrix`], [`Som::component_plane`], [`Som::hits`]) and clustering ([`Som::clusters`]).
//!
//! Most users need two types: [`SomConfig`] says what to build and how to train it, [`Som`] is the trained map.
//!
//! ```
//! use nn_core::{Stream, samples_from_rows};
//! use som::{Adjacency, SomConfig};
//!
//! // Colors, one a column.
//! let colors = samples_from_rows(3, vec![1.0_f32, 0.0, 0.0, 0.9, 0.1, 0.0, 0.0, 0.0, 1.0, 0.1, 0.0, 0.9])?;
//!
//! let config = SomConfig::for_samples(colors.ncols())?;
//! let mut training = config.training(&colors, Stream::new(1982))?;
//! for epoch in &mut training {
//!     let epoch = epoch?;
//!     println!("epoch {} mean winner distance {:.3}", epoch.number, epoch.mean_winner_distance);
//! }
//! let map = training.into_model();
//! let winners = map.predict(&colors)?;
//! assert_ne!(winners[0], winners[2]);
//! assert!(map.quantization_error(&colors)? < 0.2);
//! println!("{}", map.u_matrix(Adjacency::Edges));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Training is an iterator: progress bars, early stopping, snapshots and pictures belong to the caller's loop. A run can be
//! continued at any epoch with [`SomConfig::resume`], bit by bit as if it had never stopped; at epoch 0 the same method takes a
//! codebook of yours. Batch training is the default, because it is many times faster and needs no learning rate;
//! [`Algorithm::Online`] is the slide's.
//!
//! Samples are a `Matrix` with one sample a column, [`SparseSamples`], or [`Data`] with weights or missing values. NaN is an error
//! unless [`Data::with_missing`] says that it means "not known".
//!
//! [`Som::label_units`] makes a classifier of a map, [`CodFile`], [`DatFile`], [`LrnFile`], [`read_wts`] and their like exchange
//! maps and samples with SOM_PAK, the ESOM tools and somoclu. Most users can ignore them.
//!
//! Winners are found by a fast search whose results are those of the definition to the last bit, so a codebook depends
//! neither on the number of threads nor on the CPU's vectors.

mod aligned;
mod batch;
mod cluster;
mod data;
mod distance;
mod error;
mod esom;
mod influence;
mod init;
mod labels;
mod map;
mod neighborhood;
mod online;
mod packing;
mod pieces;
mod quality;
mod rounding;
mod schedule;
mod search;
mod smoothing;
mod som_pak;
mod stripes;
mod sums;
mod text;
mod training;
mod views;

pub use data::{Data, SparseSamples};
pub use distance::Distance;
pub use error::SomError;
pub use esom::{LrnFile, read_bm, read_umx, read_wts, write_bm, write_umx, write_wts};
pub use init::Initialization;
pub use labels::UnitLabels;
pub use map::{Som, Winner};
pub use neighborhood::Neighborhood;
pub use nn_core;
pub use quality::Adjacency;
pub use schedule::Schedule;
pub use som_pak::{CodFile, DatFile};
pub use training::{Algorithm, Epoch, Quality, SomConfig, Training};
