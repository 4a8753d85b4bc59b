//! The shape of a basis or receptive field: orientation, frequency, place and size, from its pixels and its spectrum.

use crate::CortexError;
use crate::tuning::angle_of;
use nn_core::{ComplexImage, CoreError, Matrix, frequency};
use std::f64::consts::{FRAC_PI_2, PI};

/// Side of the square that a basis is padded to before its spectrum is taken.
const PADDED: usize = 64;

/// What is measured of a basis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BasisShape {
    /// |Σ P e^(2iθ)| / Σ P over the directions θ of the power spectrum P: 1 for a grating, 0 for a round spot.
    pub orientation_index: f64,
    /// The direction of its bars in radians, in [0, π): across the mean direction of the spectrum.
    pub orientation: f64,
    /// The mean frequency Σ P f / Σ P in cycles per pixel.
    pub frequency: f64,
    /// The participation ratio (Σ a²)² / (n Σ a⁴): near 0 for a basis at one place, 1 for one that is spread evenly.
    pub localization: f64,
    /// The standard deviation of the squared pixels' places along the bars over that across them.
    pub aspect: f64,
}

impl BasisShape {
    /// Of a basis of side² pixels, row by row. A basis without contrast has all measures 0.
    ///
    /// # Errors
    /// [`CoreError::OutOfRange`] for a number of pixels that is not a square or above 64², [`CortexError::Core`] for values that
    /// are not finite.
    ///
    /// ```
    /// use cortex::{BasisShape, Gabor, VisualField};
    ///
    /// let gabor = Gabor::round(30_f64.to_radians(), 0.15, 0.4).on(&VisualField::new(16, 1.0)?)?;
    /// let pixels: Vec<f64> = gabor.weights().transpose().as_slice().to_vec();
    /// let shape = BasisShape::of(&pixels)?;
    /// assert!((shape.orientation.to_degrees() - 30.0).abs() < 0.5 && shape.orientation_index > 0.7);
    /// # Ok::<(), cortex::CortexError>(())
    /// ```
    pub fn of(pixels: &[f64]) -> Result<Self, CortexError> {
        let side = (pixels.len() as f64).sqrt().round() as usize;
        if side * side != pixels.len() || side == 0 || side > PADDED {
            let (name, rule) = ("the number of pixels", "a square of 1 to 64");
            return Err(CoreError::OutOfRange { name, rule, value: pixels.len() as f64 }.into());
        }
        let pixel = |row: usize, column: usize| pixels[row * side + column];
        nn_core::check_finite(&Matrix::from_column_slice(pixels.len(), 1, pixels))?;
        let mean = pixels.iter().sum::<f64>() / pixels.len() as f64;
        let padded =
            Matrix::from_fn(
                PADDED,
                PADDED,
                |row, column| {
                    if row < side && column < side { pixel(row, column) - mean } else { 0.0 }
                },
            );
        let power = ComplexImage::from_real(padded).transformed()?.power();
        let (mut real, mut imaginary, mut total, mut weighted) = (0.0, 0.0, 0.0, 0.0);
        for column in 0..PADDED {
            for row in 0..PADDED {
                // Rows grow downward, angles counterclockwise.
                let (right, up) = (frequency(column, PADDED), -frequency(row, PADDED));
                let (squared, p) = (right * right + up * up, power[(row, column)]);
                if squared > 0.0 {
                    // cos 2θ and sin 2θ of the direction.
                    real += p * (right * right - up * up) / squared;
                    imaginary += p * 2.0 * right * up / squared;
                    weighted += p * squared.sqrt() / PADDED as f64;
                    total += p;
                }
            }
        }
        let squares: f64 = pixels.iter().map(|a| a * a).sum();
        if total <= 1e-24 * squares || squares == 0.0 {
            return Ok(Self {
                orientation_index: 0.0,
                orientation: 0.0,
                frequency: 0.0,
                localization: 0.0,
                aspect: 0.0,
            });
        }
        let orientation = (0.5 * angle_of(real, imaginary) + FRAC_PI_2).rem_euclid(PI);
        let fourth: f64 = pixels.iter().map(|a| a * a * a * a).sum();
        let (sine, cosine) = (nn_core::math::sin(orientation), nn_core::math::cos(orientation));
        let moment = |along: bool, square: bool| {
            let places = (0..pixels.len()).map(|index| {
                let (x, y) = ((index % side) as f64, -((index / side) as f64));
                let place = if along { x * cosine + y * sine } else { x * sine - y * cosine };
                pixels[index] * pixels[index] * if square { place * place } else { place }
            });
            places.sum::<f64>() / squares
        };
        let spread = |along: bool| (moment(along, true) - moment(along, false) * moment(along, false)).max(0.0).sqrt();
        let across = spread(false);
        Ok(Self {
            orientation_index: (real * real + imaginary * imaginary).sqrt() / total,
            orientation,
            frequency: weighted / total,
            localization: squares * squares / (pixels.len() as f64 * fourth),
            aspect: if across > 0.0 { spread(true) / across } else { 0.0 },
        })
    }

    /// Of every column of a matrix of bases.
    ///
    /// # Errors
    /// As [`BasisShape::of`].
    pub fn of_all<T: nn_core::Real>(bases: &Matrix<T>) -> Result<Vec<Self>, CortexError> {
        bases.column_iter().map(|basis| Self::of(&basis.iter().map(|a| a.to_f64()).collect::<Vec<_>>())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Gabor, VisualField};

    fn pixels(gabor: &Gabor, side: usize) -> Vec<f64> {
        gabor.on(&VisualField::new(side, 1.0).unwrap()).unwrap().weights().transpose().as_slice().to_vec()
    }

    #[test]
    fn a_gabor_function_has_its_own_orientation_frequency_and_aspect() {
        for step in 0..9 {
            let orientation = f64::from(20 * step).to_radians();
            let gabor = Gabor { along: 4.0, across: 2.0, phase: 0.7, ..Gabor::round(orientation, 0.2, 0.5) };
            let shape = BasisShape::of(&pixels(&gabor, 32)).unwrap();
            assert!(crate::orientation_difference(shape.orientation, orientation) < 0.02, "{step}: {shape:?}");
            assert!((shape.frequency - 0.2).abs() < 0.01, "{shape:?}");
            assert!(shape.orientation_index > 0.9, "{shape:?}");
            assert!((shape.aspect - 2.0).abs() < 0.25, "{shape:?}");
        }
    }

    #[test]
    fn a_single_pixel_is_local_and_has_no_orientation() {
        let mut spot = vec![0.0; 144];
        spot[77] = 2.0;
        let shape = BasisShape::of(&spot).unwrap();
        assert!((shape.localization - 1.0 / 144.0).abs() < 1e-12 && shape.orientation_index < 0.05, "{shape:?}");
        let even: Vec<f64> = (0..144).map(|k| if (k / 12 + k) % 2 == 0 { 1.0 } else { -1.0 }).collect();
        assert!((BasisShape::of(&even).unwrap().localization - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_square_is_named() {
        let message = |count: usize| BasisShape::of(&vec![1.0; count]).unwrap_err().to_string();
        assert_eq!(message(143), "the number of pixels must be a square of 1 to 64, is 143");
        assert!(message(0).contains("is 0") && message(65 * 65).contains("4225"));
        assert_eq!(BasisShape::of(&[3.0; 16]).unwrap().orientation_index, 0.0);
    }
}
