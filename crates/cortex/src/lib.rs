//! Models of the visual cortex, in the order of the lecture.
//!
//! The way from the eye to the cortex is one of combining features (slide 4). Hubel and Wiesel found cells that answer to bars of
//! one orientation (slide 5): stimuli ([`Bar`], [`Grating`], [`Dot`], [`noise`]) on a [`VisualField`], receptive fields
//! ([`DifferenceOfGaussians`] for retina and LGN, [`Gabor`] for simple cells), cells ([`RectifiedCell`], [`EnergyCell`],
//! [`PooledCell`]), [`spike_train`] and [`raster`], and a [`TuningCurve`] with the numbers that physiologists read from it.
//!
//! ```
//! use cortex::{Gabor, Grating, RectifiedCell, TuningCurve, VisualField};
//!
//! let field = VisualField::new(65, 1.0 / 12.0)?; // 65 x 65 samples, 12 a degree
//! let cell = RectifiedCell::new(Gabor::round(40_f64.to_radians(), 1.0, 0.54).on(&field)?);
//!
//! let angles = (0..36).map(|k| f64::from(5 * k).to_radians()).collect();
//! let curve = TuningCurve::measure(angles, |angle| cell.response(&Grating::new(angle, 1.0).on(&field)?))?;
//! assert_eq!(curve.preferred_orientation().map(|angle| angle.to_degrees().round()), Some(40.0));
//! assert_eq!(curve.half_width().map(|angle| angle.to_degrees().round()), Some(20.0));
//! # Ok::<(), cortex::CortexError>(())
//! ```
//!
//! Neighbors in the retina project to neighbors in the cortex (slide 6): [`RetinotopyConfig`] grows such a [`Projection`] by
//! Hebb's rule, [`LogPolarMap`] is the formula of the grown one. Orientation changes smoothly over the cortex, except at pinwheels (slides 6 and 9): [`OrientationMap`] finds them
//! in any map. The first map that organizes itself is von der Malsburg's of 1973 (slides 9, 11 and 12):
//! [`Malsburg1973Config::PUBLISHED`] trains a [`MalsburgCortex`] on [`malsburg_bars`].
//!
//! ```
//! use cortex::{Malsburg1973Config, malsburg_bars, nn_core::Stream};
//!
//! let (bars, angles) = malsburg_bars();
//! let mut training = Malsburg1973Config::PUBLISHED.training(&bars, Stream::new(1973))?;
//! for epoch in &mut training {
//!     println!("{:.0} cells answer to a bar", epoch?.responding);
//! }
//! let cortex = training.into_model();
//! let apart = cortex.neighbor_difference(&cortex.tuning(&bars, &angles)?)?;
//! assert!(apart.to_degrees() < 33.0); // neighbors prefer similar orientations; 45 is chance
//! # Ok::<(), cortex::CortexError>(())
//! ```
//!
//! Sparse coding (slide 9) asks why receptive fields look as they do: [`SparseCodingConfig`] learns a [`SparseCode`] of natural
//! images, after [`Whitening`]; [`BasisShape`] measures what comes out, [`Gabor::fit`] compares it, or a kernel of LeNet
//! (slide 86), with a simple cell. Slide 52 asks why units have a sigmoid: [`firing_rate`],
//! [`open_probability`], [`firing_cells`].
//!
//! Angles are in radians; an orientation is the direction of a bar, 0 horizontal, π/2 vertical, turning counterclockwise.
//! Fields, cells and maps are `f64`, because they are formulas and small; codes are `f32` or `f64`. Training is an iterator of
//! epochs, as in every crate of the workspace: `training`, `fit`, `resume`.

mod basis_shape;
mod cells;
mod error;
mod gabor_fit;
mod inference;
mod log_polar;
mod malsburg1973;
mod malsburg_cortex;
mod malsburg_dynamics;
mod nonlinearity;
mod orientation_map;
mod patches;
mod projection;
mod receptive_field;
mod retinotopy;
mod sparse_code;
mod sparse_coding;
mod spikes;
mod stimulus;
mod tuning;
mod visual_field;

pub use basis_shape::BasisShape;
pub use cells::{EnergyCell, PooledCell, Pooling, RectifiedCell};
pub use error::CortexError;
pub use gabor_fit::GaborFit;
pub use inference::{Penalty, Sparseness};
pub use log_polar::LogPolarMap;
pub use malsburg_cortex::{MalsburgCortex, malsburg_bars};
pub use malsburg_dynamics::CorticalDynamics;
pub use malsburg1973::{Malsburg1973Config, Malsburg1973Epoch, Malsburg1973Training, Normalization};
pub use nn_core;
pub use nonlinearity::{firing_cells, firing_rate, open_probability};
pub use orientation_map::{OrientationMap, Pinwheel, Spacing, random_orientation_map};
pub use patches::{Whitening, draw_patches, excess_kurtosis, principal_components};
pub use projection::Projection;
pub use receptive_field::{DifferenceOfGaussians, Gabor, ReceptiveField};
pub use retinotopy::{RetinotopyConfig, RetinotopyEpoch, RetinotopyTraining};
pub use sparse_code::SparseCode;
pub use sparse_coding::{Gain, SparseCodingConfig, SparseCodingEpoch, SparseCodingTraining};
pub use spikes::{raster, spike_train};
pub use stimulus::{Bar, Dot, Grating, noise};
pub use tuning::{TuningCurve, modulation_ratio, orientation_difference};
pub use visual_field::VisualField;
