//! [`Image`]: a gray picture.

use crate::DatasetError;
use nn_core::{Matrix, Real};

/// A gray picture with pixels from 0 (black) to 255 (white).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    name: &'static str,
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Image {
    pub(crate) fn new(
        name: &'static str,
        (width, height): (usize, usize),
        file: &str,
        pixels: Vec<u8>,
    ) -> Result<Self, DatasetError> {
        if pixels.len() == width * height {
            Ok(Self { name, width, height, pixels })
        } else {
            Err(DatasetError::content(file, "all bytes", format!("{width} x {height} pixels"), pixels.len()))
        }
    }

    /// What it shows, for instance `camera`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Pixels of a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The pixels: pixel width · row + column.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Brightness x / 255, from 0 (black) to 1 (white), as a height × width matrix: as one looks at it, the upper left
    /// pixel is element (0, 0).
    ///
    /// ```
    /// let [camera, ..] = datasets::images()?;
    /// let brightness = camera.brightness::<f32>();
    /// assert_eq!(brightness[(3, 200)], f32::from(camera.pixels()[256 * 3 + 200]) / 255.0);
    /// # Ok::<(), datasets::DatasetError>(())
    /// ```
    pub fn brightness<T: Real>(&self) -> Matrix<T> {
        Matrix::from_row_iterator(
            self.height,
            self.width,
            self.pixels.iter().map(|&pixel| T::from_f64(f64::from(pixel) / 255.0)),
        )
    }
}
