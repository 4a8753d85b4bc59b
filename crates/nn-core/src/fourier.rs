//! The discrete Fourier transform of signals and pictures whose sides are powers of two.

use crate::{CoreError, Matrix, math};
use std::f64::consts::TAU;

/// A complex picture: real and imaginary part, of the same shape.
///
/// Row u and column v of a transformed picture hold the waves with u cycles down and v cycles to the right;
/// frequencies above half the side stand for negative ones, see [`frequency`].
#[derive(Debug, Clone, PartialEq)]
pub struct ComplexImage {
    /// The real part.
    pub real: Matrix<f64>,
    /// The imaginary part.
    pub imaginary: Matrix<f64>,
}

impl ComplexImage {
    /// A real picture.
    pub fn from_real(real: Matrix<f64>) -> Self {
        let (rows, columns) = real.shape();
        Self { real, imaginary: Matrix::zeros(rows, columns) }
    }

    /// F(u, v) = Σ f(r, c) e^(−2πi (ur/rows + vc/columns)), by Cooley and Tukey's halving.
    ///
    /// # Errors
    /// [`CoreError::OutOfRange`] when a side is not a power of two, [`CoreError::Size`] when the parts differ in shape.
    ///
    /// ```
    /// use nn_core::{ComplexImage, Matrix};
    ///
    /// let wave = Matrix::from_fn(8, 8, |_, column| nn_core::math::cos(std::f64::consts::TAU * column as f64 / 4.0));
    /// let spectrum = ComplexImage::from_real(wave).transformed()?.power();
    /// assert!((spectrum[(0, 2)] - 32.0 * 32.0).abs() < 1e-9); // two cycles to the right
    /// assert!(spectrum[(2, 0)] < 1e-20);
    /// # Ok::<(), nn_core::CoreError>(())
    /// ```
    pub fn transformed(self) -> Result<Self, CoreError> {
        self.along_both(-1.0)
    }

    /// The inverse of [`ComplexImage::transformed`].
    ///
    /// # Errors
    /// As [`ComplexImage::transformed`].
    pub fn inverted(self) -> Result<Self, CoreError> {
        let scale = 1.0 / self.real.len() as f64;
        let Self { mut real, mut imaginary } = self.along_both(1.0)?;
        real *= scale;
        imaginary *= scale;
        Ok(Self { real, imaginary })
    }

    /// |F|² of every element.
    pub fn power(&self) -> Matrix<f64> {
        self.real.zip_map(&self.imaginary, |real, imaginary| real * real + imaginary * imaginary)
    }

    /// Every element times a real factor, by its row and column.
    #[must_use]
    pub fn scaled(mut self, factor: impl Fn(usize, usize) -> f64) -> Self {
        for column in 0..self.real.ncols() {
            for row in 0..self.real.nrows() {
                let factor = factor(row, column);
                self.real[(row, column)] *= factor;
                self.imaginary[(row, column)] *= factor;
            }
        }
        self
    }

    fn along_both(self, sign: f64) -> Result<Self, CoreError> {
        let Self { mut real, mut imaginary } = self;
        for (what, expected, found) in [
            ("rows of the imaginary part", real.nrows(), imaginary.nrows()),
            ("columns of the imaginary part", real.ncols(), imaginary.ncols()),
        ] {
            if expected != found {
                return Err(CoreError::Size { what, expected, found });
            }
        }
        for side in [real.nrows(), real.ncols()] {
            if !side.is_power_of_two() {
                let (name, rule) = ("the side of a transformed picture", "a power of two");
                return Err(CoreError::OutOfRange { name, rule, value: side as f64 });
            }
        }
        columns(&mut real, &mut imaginary, sign);
        (real, imaginary) = (real.transpose(), imaginary.transpose());
        columns(&mut real, &mut imaginary, sign);
        Ok(Self { real: real.transpose(), imaginary: imaginary.transpose() })
    }
}

/// The signed frequency of element `index` of `side`: 0, 1, ..., side/2, then −side/2 + 1, ..., −1.
pub fn frequency(index: usize, side: usize) -> f64 {
    if 2 * index > side { index as f64 - side as f64 } else { index as f64 }
}

/// Transforms every column, whose length is a power of two.
fn columns(real: &mut Matrix<f64>, imaginary: &mut Matrix<f64>, sign: f64) {
    let n = real.nrows();
    let turn = |k: usize| sign * TAU * k as f64 / n as f64;
    let cosines: Vec<f64> = (0..n / 2).map(|k| math::cos(turn(k))).collect();
    let sines: Vec<f64> = (0..n / 2).map(|k| math::sin(turn(k))).collect();
    let bits = n.trailing_zeros();
    for (re, im) in real.as_mut_slice().chunks_exact_mut(n).zip(imaginary.as_mut_slice().chunks_exact_mut(n)) {
        for index in 0..n {
            let mirrored = if bits == 0 { 0 } else { index.reverse_bits() >> (usize::BITS - bits) };
            if mirrored > index {
                re.swap(index, mirrored);
                im.swap(index, mirrored);
            }
        }
        let mut half = 1;
        while half < n {
            let step = n / (2 * half);
            for start in (0..n).step_by(2 * half) {
                for k in 0..half {
                    let (low, high) = (start + k, start + k + half);
                    let (c, s) = (cosines[k * step], sines[k * step]);
                    let (a, b) = (re[high] * c - im[high] * s, re[high] * s + im[high] * c);
                    (re[high], im[high]) = (re[low] - a, im[low] - b);
                    (re[low], im[low]) = (re[low] + a, im[low] + b);
                }
            }
            half *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stream;

    fn random(rows: usize, columns: usize) -> ComplexImage {
        let mut image = ComplexImage::from_real(Matrix::zeros(rows, columns));
        let mut stream = Stream::new(5).named("fourier");
        stream.fill_normal(image.real.as_mut_slice(), 0.0, 1.0);
        stream.fill_normal(image.imaginary.as_mut_slice(), 0.0, 1.0);
        image
    }

    /// The definition.
    fn by_the_sum(image: &ComplexImage) -> ComplexImage {
        let (rows, columns) = image.real.shape();
        let mut result = ComplexImage::from_real(Matrix::zeros(rows, columns));
        for u in 0..rows {
            for v in 0..columns {
                for r in 0..rows {
                    for c in 0..columns {
                        let turn = (u * r) as f64 / rows as f64 + (v * c) as f64 / columns as f64;
                        let (cosine, sine) = (math::cos(-TAU * turn), math::sin(-TAU * turn));
                        let (a, b) = (image.real[(r, c)], image.imaginary[(r, c)]);
                        result.real[(u, v)] += a * cosine - b * sine;
                        result.imaginary[(u, v)] += a * sine + b * cosine;
                    }
                }
            }
        }
        result
    }

    #[test]
    fn the_fast_transform_is_the_sum() {
        for (rows, columns) in [(1, 1), (2, 1), (1, 8), (8, 4), (16, 16)] {
            let image = random(rows, columns);
            let (fast, slow) = (image.clone().transformed().unwrap(), by_the_sum(&image));
            let error = (&fast.real - &slow.real).amax().max((&fast.imaginary - &slow.imaginary).amax());
            assert!(error < 1e-12, "{rows} x {columns}: {error}");
        }
    }

    #[test]
    fn the_inverse_gives_the_picture_back() {
        let image = random(64, 32);
        let back = image.clone().transformed().unwrap().inverted().unwrap();
        assert!((&back.real - &image.real).amax() < 1e-13 && (&back.imaginary - &image.imaginary).amax() < 1e-13);
    }

    #[test]
    fn power_is_kept() {
        let image = random(32, 32);
        let (before, after) = (image.power().sum(), image.transformed().unwrap().power().sum());
        assert!((after / (before * 1024.0) - 1.0).abs() < 1e-13);
    }

    #[test]
    fn frequencies_above_half_are_negative() {
        let of_8: Vec<f64> = (0..8).map(|index| frequency(index, 8)).collect();
        assert_eq!(of_8, [0.0, 1.0, 2.0, 3.0, 4.0, -3.0, -2.0, -1.0]);
    }

    #[test]
    fn other_sides_are_errors() {
        let message = |rows, columns| random(rows, columns).transformed().unwrap_err().to_string();
        assert_eq!(message(8, 12), "the side of a transformed picture must be a power of two, is 12");
        assert_eq!(message(0, 4), "the side of a transformed picture must be a power of two, is 0");
        let uneven = ComplexImage { real: Matrix::zeros(4, 4), imaginary: Matrix::zeros(4, 2) };
        assert!(uneven.transformed().is_err());
    }
}
