//! [`Shape`]: how many feature maps, and how large.

use std::fmt;

/// A stack of feature maps of one size.
///
/// A sample with this shape is one column of maps · height · width values: map after map, in each map row after row, so that
/// the value of map m in row r and column c stands at (m · height + r) · width + c, as in PyTorch's `[C, H, W]`.
///
/// ```
/// use cnn::Shape;
///
/// assert_eq!(Shape::new(12, 8, 8).units(), 768);
/// assert_eq!(Shape::new(12, 8, 8).to_string(), "12 maps of 8 x 8");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Number of maps.
    pub maps: usize,
    /// Rows of a map.
    pub height: usize,
    /// Columns of a map.
    pub width: usize,
}

impl Shape {
    /// So many maps of height × width.
    pub const fn new(maps: usize, height: usize, width: usize) -> Self {
        Self { maps, height, width }
    }

    /// Units without a place: so many maps of 1 × 1.
    pub const fn flat(units: usize) -> Self {
        Self { maps: units, height: 1, width: 1 }
    }

    /// Units of one map.
    pub const fn positions(self) -> usize {
        self.height.saturating_mul(self.width)
    }

    /// Units of all maps.
    pub const fn units(self) -> usize {
        self.maps.saturating_mul(self.positions())
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { maps, height, width } = self;
        let plural = if *maps == 1 { "map" } else { "maps" };
        write!(f, "{maps} {plural} of {height} x {width}")
    }
}
