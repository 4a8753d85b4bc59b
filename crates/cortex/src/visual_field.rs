//! [`VisualField`]: the square part of the world that a cell sees, sampled.

use crate::CortexError;
use crate::error::{check_finite, check_positive};
use nn_core::{CoreError, Matrix};

/// Above this side an image would not fit into memory.
const LARGEST_SIDE: usize = 1 << 14;

/// side × side samples at a distance of `spacing`, with the point (0, 0) in the middle.
///
/// x grows to the right, y upward. An image is a matrix as one looks at it: row 0 is the top. The unit of length is the
/// caller's: pixels, degrees of visual angle, or periods of a grating.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VisualField {
    side: usize,
    spacing: f64,
}

impl VisualField {
    /// A field of side × side samples.
    ///
    /// # Errors
    /// [`CoreError::Empty`] for side 0, [`CoreError::OutOfRange`] for a side above 16,384 or a spacing that is not positive
    /// and finite.
    pub fn new(side: usize, spacing: f64) -> Result<Self, CortexError> {
        if side == 0 {
            return Err(CoreError::Empty { what: "the visual field" }.into());
        }
        if side > LARGEST_SIDE {
            return Err(crate::error::out_of_range("the side of the visual field", "at most 16384", side as f64));
        }
        check_positive("the spacing of the visual field", spacing)?;
        Ok(Self { side, spacing })
    }

    /// Samples along a side.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Distance between neighboring samples.
    pub fn spacing(&self) -> f64 {
        self.spacing
    }

    /// Where the sample in this row and column lies.
    pub fn position(&self, row: usize, column: usize) -> (f64, f64) {
        let middle = 0.5 * (self.side as f64 - 1.0);
        ((column as f64 - middle) * self.spacing, (middle - row as f64) * self.spacing)
    }

    /// The image whose brightness is this function of the position.
    pub fn image(&self, brightness: impl Fn(f64, f64) -> f64) -> Matrix<f64> {
        Matrix::from_fn(self.side, self.side, |row, column| {
            let (x, y) = self.position(row, column);
            brightness(x, y)
        })
    }
}

/// (across, along): the position in the frame of something at `center` whose bars run in the direction of `orientation`.
///
/// Orientation 0 is horizontal, π/2 vertical; across a vertical bar is to the right.
pub(crate) struct Frame {
    center: (f64, f64),
    cosine: f64,
    sine: f64,
}

impl Frame {
    pub(crate) fn new(orientation: f64, center: (f64, f64)) -> Self {
        Self { center, cosine: nn_core::math::cos(orientation), sine: nn_core::math::sin(orientation) }
    }

    pub(crate) fn place(&self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = (x - self.center.0, y - self.center.1);
        (x * self.sine - y * self.cosine, x * self.cosine + y * self.sine)
    }
}

pub(crate) fn check_point(name: &'static str, (x, y): (f64, f64)) -> Result<(), CortexError> {
    check_finite(name, x)?;
    check_finite(name, y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_the_origin_and_the_top_row_is_up() {
        let field = VisualField::new(5, 0.5).unwrap();
        assert_eq!(field.position(2, 2), (0.0, 0.0));
        assert_eq!(field.position(0, 4), (1.0, 1.0));
        let even = VisualField::new(4, 1.0).unwrap();
        assert_eq!((even.position(0, 0), even.position(3, 3)), ((-1.5, 1.5), (1.5, -1.5)));
    }

    #[test]
    fn across_a_vertical_bar_is_to_the_right() {
        let (across, along) = Frame::new(std::f64::consts::FRAC_PI_2, (1.0, 0.0)).place(3.0, 5.0);
        assert!((across - 2.0).abs() < 1e-12 && (along - 5.0).abs() < 1e-12);
        let (across, along) = Frame::new(0.0, (0.0, 0.0)).place(3.0, 5.0);
        assert_eq!((across, along), (-5.0, 3.0));
    }

    #[test]
    fn impossible_fields_are_named() {
        let message = |side, spacing| VisualField::new(side, spacing).unwrap_err().to_string();
        assert_eq!(message(0, 1.0), "the visual field is empty");
        assert_eq!(message(3, 0.0), "the spacing of the visual field must be positive and finite, is 0");
        assert_eq!(message(1 << 20, 1.0), "the side of the visual field must be at most 16384, is 1048576");
    }
}
