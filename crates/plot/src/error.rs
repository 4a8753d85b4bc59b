//! The errors of this crate: what was expected, what was found, and where.

/// What can be wrong with the description of a figure. Found when the figure is rendered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    /// Something that must hold at least one element is empty.
    #[error("{what} is empty")]
    Empty {
        /// What is empty, for instance ``line `training` ``.
        what: String,
    },
    /// Two sizes that must agree do not.
    #[error("{what}: expected {expected}, found {found}")]
    Length {
        /// What was counted, for instance ``y values of line `training` ``.
        what: String,
        /// The number that was needed.
        expected: usize,
        /// The number that came.
        found: usize,
    },
    /// A value is NaN, infinite or too large to place on an axis.
    #[error("{series}, value {index} is {value}, must be finite and at most 1e300 in magnitude")]
    NotFinite {
        /// The series the value belongs to.
        series: String,
        /// Its index in the series, counted from 0; of a matrix, column by column.
        index: usize,
        /// The value found there.
        value: f64,
    },
    /// A value on a logarithmic axis is zero or negative.
    #[error("{series}, value {index} is {value}, must be positive on a logarithmic axis")]
    NotPositive {
        /// The series the value belongs to.
        series: String,
        /// Its index in the series, counted from 0.
        index: usize,
        /// The value found there.
        value: f64,
    },
    /// An index points past the end of what it counts.
    #[error("{what} is {index}, but there are {count} (0 to {})", count.saturating_sub(1))]
    Index {
        /// What points, for instance `edge 12, first node`.
        what: String,
        /// The index found.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// A range does not ascend, or is not finite.
    #[error("{what} must ascend and be finite, is {low} to {high}")]
    Range {
        /// Whose range it is.
        what: String,
        /// Its lower end.
        low: f64,
        /// Its upper end.
        high: f64,
    },
    /// The size of the picture is out of bounds.
    #[error("a figure must be {least} to {most} pixels wide and high, is {width} x {height}")]
    Size {
        /// Width asked for, in pixels.
        width: u32,
        /// Height asked for, in pixels.
        height: u32,
        /// The smallest side.
        least: u32,
        /// The largest side.
        most: u32,
    },
    /// A panel has too little room for its labels and its data.
    #[error(
        "{panel} has {width:.0} x {height:.0} pixels left for its data, needs at least 24 x 24: make the figure higher, or its columns, legend or texts fewer"
    )]
    Room {
        /// The panel's kind and title.
        panel: String,
        /// Pixels left to right.
        width: f64,
        /// Pixels top to bottom.
        height: f64,
    },
    /// The drawing back end or the PNG encoder reported an error.
    #[error("drawing failed: {reason}")]
    Drawing {
        /// What it said.
        reason: String,
    },
}
