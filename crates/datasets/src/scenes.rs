//! Generated pictures with the statistics of natural ones: dead leaves, and pink noise as their control.

use crate::DatasetError;
use nn_core::{ComplexImage, CoreError, Matrix, Stream, frequency};

/// Smallest and largest radius of a leaf, in pixels of the picture before it is halved.
const RADII: (f64, f64) = (3.0, 100.0);

/// Leaves for 512 × 512 pixels; other sizes get as many for their area.
const LEAVES: f64 = 6000.0;

/// Dead leaves (Matheron; Lee, Mumford and Huang 2001): disks of random grey that fall on each other, radii with the density
/// r⁻³ from 3 to 100, drawn on a picture of twice the size that is then averaged 2 × 2. side × side, brightness 0 to 1.
///
/// Edges, occlusion and no scale of its own: the reasons why natural pictures have oriented parts at all scales.
///
/// # Errors
/// [`DatasetError::Core`] for side 0 or a side above 4096.
///
/// ```
/// use datasets::dead_leaves;
/// use nn_core::Stream;
///
/// let picture = dead_leaves(64, &mut Stream::new(1).named("leaves"))?;
/// assert_eq!(picture.shape(), (64, 64));
/// assert!(picture.iter().all(|brightness| (0.0..=1.0).contains(brightness)));
/// # Ok::<(), datasets::DatasetError>(())
/// ```
pub fn dead_leaves(side: usize, stream: &mut Stream) -> Result<Matrix<f64>, DatasetError> {
    check_side(side)?;
    let canvas = 2 * side;
    let mut picture = Matrix::from_element(canvas, canvas, 0.5);
    let area = (canvas as f64 / 512.0) * (canvas as f64 / 512.0);
    let (a, b) = (1.0 / (RADII.0 * RADII.0), 1.0 / (RADII.1 * RADII.1));
    for _ in 0..(LEAVES * area).round() as usize {
        let radius = 1.0 / (a - stream.uniform() * (a - b)).sqrt();
        let (x, y) = (stream.uniform() * canvas as f64, stream.uniform() * canvas as f64);
        let grey = stream.uniform();
        let range = |center: f64| {
            let (low, high) = ((center - radius).ceil().max(0.0), (center + radius).floor());
            low as usize..=(high.max(0.0) as usize).min(canvas - 1)
        };
        for column in range(x) {
            for row in range(y) {
                let (dx, dy) = (column as f64 - x, row as f64 - y);
                if dx * dx + dy * dy <= radius * radius {
                    picture[(row, column)] = grey;
                }
            }
        }
    }
    Ok(Matrix::from_fn(side, side, |row, column| 0.25 * picture.view((2 * row, 2 * column), (2, 2)).sum()))
}

/// Gaussian noise whose power falls as 1/f², the power spectrum of natural pictures and nothing else of them. side × side, mean 0
/// and variance 1.
///
/// # Errors
/// [`DatasetError::Core`] for a side that is not a power of two, is below 2 or above 4096.
pub fn pink_noise(side: usize, stream: &mut Stream) -> Result<Matrix<f64>, DatasetError> {
    check_side(side)?;
    let mut white = Matrix::zeros(side, side);
    stream.fill_normal(white.as_mut_slice(), 0.0, 1.0);
    let factor = |row: usize, column: usize| {
        let (down, right) = (frequency(row, side), frequency(column, side));
        let squared = down * down + right * right;
        if squared > 0.0 { 1.0 / squared.sqrt() } else { 0.0 }
    };
    let picture = ComplexImage::from_real(white).transformed()?.scaled(factor).inverted()?.real;
    let variance = picture.iter().map(|value| value * value).sum::<f64>() / picture.len() as f64;
    if variance <= 0.0 {
        let (name, rule) = ("the side of the picture", "at least 2");
        return Err(CoreError::OutOfRange { name, rule, value: side as f64 }.into());
    }
    Ok(picture / variance.sqrt())
}

fn check_side(side: usize) -> Result<(), CoreError> {
    match side {
        1..=4096 => Ok(()),
        _ => {
            let (name, rule) = ("the side of the picture", "from 1 to 4096");
            Err(CoreError::OutOfRange { name, rule, value: side as f64 })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::math;

    /// ln of the mean power in rings of frequency, against ln f: its slope.
    fn spectral_slope(picture: &Matrix<f64>) -> f64 {
        let side = picture.nrows();
        let power = ComplexImage::from_real(picture.clone()).transformed().unwrap().power();
        let mut rings = vec![(0.0, 0.0); side / 2];
        for row in 0..side {
            for column in 0..side {
                let (down, right) = (frequency(row, side), frequency(column, side));
                let ring = (down * down + right * right).sqrt().round() as usize;
                if (2..side / 4).contains(&ring) {
                    rings[ring] = (rings[ring].0 + power[(row, column)], rings[ring].1 + 1.0);
                }
            }
        }
        let points: Vec<(f64, f64)> =
            (2..side / 4).map(|f| (math::ln(f as f64), math::ln(rings[f].0 / rings[f].1))).collect();
        let n = points.len() as f64;
        let (x, y) = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0 / n, sum.1 + point.1 / n));
        let (xy, xx) = points.iter().fold((0.0, 0.0), |sum, point| {
            (sum.0 + (point.0 - x) * (point.1 - y), sum.1 + (point.0 - x) * (point.0 - x))
        });
        xy / xx
    }

    #[test]
    fn pink_noise_has_the_power_it_is_named_for() {
        for seed in 0..5 {
            let picture = pink_noise(128, &mut Stream::new(seed)).unwrap();
            assert!((spectral_slope(&picture) + 2.0).abs() < 0.25, "{}", spectral_slope(&picture));
            assert!((picture.norm_squared() / picture.len() as f64 - 1.0).abs() < 1e-12 && picture.sum().abs() < 1e-8);
        }
    }

    #[test]
    fn dead_leaves_have_nearly_the_power_of_natural_pictures() {
        let slopes: Vec<f64> =
            (0..8).map(|seed| spectral_slope(&dead_leaves(128, &mut Stream::new(seed)).unwrap())).collect();
        let mean = slopes.iter().sum::<f64>() / 8.0;
        assert!((-3.3..=-1.7).contains(&mean), "{slopes:?}");
    }

    #[test]
    fn leaves_are_flat_and_their_edges_are_sharp() {
        let picture = dead_leaves(128, &mut Stream::new(3)).unwrap();
        let steps = (0..128).flat_map(|row| (1..128).map(move |column| (row, column)));
        let steps: Vec<f64> =
            steps.map(|(row, column)| (picture[(row, column)] - picture[(row, column - 1)]).abs()).collect();
        let share = |holds: fn(&&f64) -> bool| steps.iter().filter(holds).count() as f64 / steps.len() as f64;
        // Noise of the same spectrum would have nearly no step of 0.
        assert!(share(|step| **step == 0.0) > 0.4 && share(|step| **step > 0.2) > 0.03);
    }

    #[test]
    fn other_sizes_are_errors() {
        let message = dead_leaves(0, &mut Stream::new(1)).unwrap_err().to_string();
        assert_eq!(message, "the side of the picture must be from 1 to 4096, is 0");
        assert!(pink_noise(100, &mut Stream::new(1)).unwrap_err().to_string().contains("power of two"));
        assert!(pink_noise(1, &mut Stream::new(1)).unwrap_err().to_string().contains("at least 2"));
    }
}
