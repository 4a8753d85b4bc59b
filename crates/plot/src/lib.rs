//! Figures of the classical neural networks as SVG and PNG, from plain vectors and matrices, with an embedded font.
//!
//! A [`Figure`] is a description: one panel, or several in a grid. A panel is a struct with public fields, filled in
//! where it differs from the default, and checked when the figure is rendered:
//!
//! | panel | shows |
//! |---|---|
//! | [`Curve`] | training curves, activation functions, anything over an axis, with bands and reference lines |
//! | [`Scatter`] | points by class, decision regions and lines |
//! | [`LatticePlot`] | a self-organizing map over its data |
//! | [`CellMap`] | the units of a map as squares or hexagons: U-matrices, hits, labels, orientations |
//! | [`HeatMap`] | weights, confusion matrices, U-matrices |
//! | [`ImageGrid`] | digits, receptive fields, states of a network |
//! | [`Histogram`] | distributions |
//! | [`Bar`] | results beside the numbers a paper reports |
//!
//! [`Figure::to_svg`] and [`Figure::to_png`] return the bytes and open no file. The same description gives the same bytes
//! on every run. Categories have the colors of Okabe and Ito and markers of their own, magnitudes are drawn in viridis,
//! signed weights in blue and red with white at zero, so that color-blind readers and grey printers lose nothing.
//! The font is DejaVu Sans, which has Greek letters, subscripts and mathematical signs, but no Japanese.
//!
//! ```
//! use nn_core::Stream;
//! use plot::{Axis, Band, Curve, Figure, Line, Reference, Ticks};
//!
//! let mut stream = Stream::new(1986);
//! let epochs: Vec<f64> = (1..=60).map(f64::from).collect();
//! let mean: Vec<f64> = epochs.iter().map(|epoch| 12.0 / epoch + 1.0 + 0.1 * stream.normal()).collect();
//! let low = mean.iter().map(|error| 0.8 * error).collect();
//! let high = mean.iter().map(|error| 1.2 * error).collect();
//!
//! let curve = Curve {
//!     bands: vec![Band { name: "µ ± σ of 20 seeds".to_owned(), ..Band::new(epochs.clone(), low, high) }],
//!     lines: vec![Line::new("test error", epochs, mean)],
//!     references: vec![Reference::horizontal(1.6, "paper: 1.6 %")],
//!     x: Axis { ticks: Ticks::Whole, ..Axis::new("epoch") },
//!     y: Axis { log: true, ..Axis::new("error (%)") },
//!     ..Curve::default()
//! };
//! let figure = Figure::new(curve).titled("Backpropagation on handwritten digits");
//! assert!(figure.to_svg()?.contains("paper: 1.6 %"));
//! assert_eq!(&figure.to_png()?[1..4], b"PNG");
//! # Ok::<(), plot::PlotError>(())
//! ```
//!
//! A value that does not belong in a picture is an error that names the series and the index ([`PlotError`]); only in
//! [`Curve`] and in lines a NaN is allowed, and is a gap.

mod annotation;
mod axes;
mod axis;
mod bar;
mod canvas;
mod cell_map;
mod check;
mod color;
mod color_bar;
mod curve;
mod error;
mod figure;
mod geometry;
mod heat_map;
mod histogram;
mod image_grid;
mod lattice_plot;
mod legend;
mod number;
mod png;
mod regions;
mod scatter;
mod stroke;
mod svg;
mod text;
mod tick_marks;
mod trace;

pub use annotation::{Note, Reference};
pub use axis::{Axis, Ticks};
pub use bar::{Bar, Bars};
pub use cell_map::{CellMap, Cells, Glyph};
pub use color::{Color, ColorMap};
pub use curve::{Band, Curve, Line};
pub use error::PlotError;
pub use figure::{Figure, Panel};
pub use heat_map::HeatMap;
pub use histogram::{Histogram, Values};
pub use image_grid::{ImageGrid, ImageRange};
pub use lattice_plot::LatticePlot;
pub use regions::{Answers, Regions};
pub use scatter::{Boundary, PointClass, Scatter};
pub use stroke::{LineStyle, Marker};
